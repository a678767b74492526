package presence

import (
	"testing"
	"time"
)

// A glance is a reading of a pin: when it was taken, and when it comes.
type glance struct {
	taken, comes int // ms
	level        Level
	edges        bool
}

// A level is believed once a look found it again that began when it had stood for
// long enough: not by a timer, not by what waited in a queue, and "low" not if an
// edge was found in between.
func TestLooksAreBelieved(t *testing.T) {
	t.Parallel()
	pressed := []glance{{100, 100, High, false}, {105, 105, High, false}}
	for _, c := range []struct {
		name  string
		looks []glance
		until int
		want  Level
	}{
		{"looked at again", pressed, 105, High},
		{"nobody looked", pressed[:1], 5000, Low},
		{"too early", []glance{pressed[0], {104, 104, High, false}}, 5000, Low},
		{"looked too early, told late", []glance{pressed[0], {104, 170, High, false}}, 5000, Low},
		{"a queue, told at once", []glance{{100, 170, High, false}, {110, 170, High, false}, {120, 170, High, false}}, 5000, Low},
		{"a queue, and a fresh look", []glance{{100, 170, High, false}, {110, 170, High, false}, {175, 175, High, false}}, 175, High},
		{"stamped in the future", []glance{pressed[0], {900, 104, High, false}}, 5000, Low},
		{"edges do not keep it from high", []glance{pressed[0], {103, 103, High, true}, {105, 105, High, true}}, 105, High},
		{"released", append(pressed[:2:2], glance{200, 200, Low, false}, glance{250, 250, Low, false}), 250, Low},
		{"nobody looked at the release", append(pressed[:2:2], glance{200, 200, Low, false}), 5000, High},
		{"a bounce, and a sleep", append(pressed[:2:2], glance{107, 107, Low, false}, glance{170, 170, High, false}), 5000, High},
		{"edges while released", append(pressed[:2:2], glance{200, 200, Low, false}, glance{249, 249, Low, true}, glance{260, 260, Low, false}), 298, High},
		{"and none after", append(pressed[:2:2], glance{200, 200, Low, false}, glance{249, 249, Low, true}, glance{299, 299, Low, false}), 299, Low},
	} {
		in := Defaults("gpio", RoleService)
		in.Name = "mat"
		m := New(Config{Inputs: []Input{in}})
		m.SetHours(0, true, true)
		at := func(ms int) time.Duration { return time.Duration(ms) * time.Millisecond }
		for _, l := range append([]glance{{0, 0, Low, false}}, c.looks...) {
			m.take(at(l.comes), at(l.taken), Reading{Input: "mat", Level: l.level, Edges: l.edges, Taken: time.Unix(1, 0)})
		}
		m.Advance(at(c.until))
		if got := m.Belief().Inputs[0].Level; got != c.want {
			t.Errorf("%s: after %d ms it is %v, want %v", c.name, c.until, got, c.want)
		}
	}
}

// A sensor that tells of changes is believed without a second word, also one whose
// level was looked at before.
func TestChangesAreBelieved(t *testing.T) {
	t.Parallel()
	in := Defaults("gpio", RoleService)
	in.Name = "mat"
	m := New(Config{Inputs: []Input{in}})
	m.SetHours(0, true, true)
	m.take(0, 0, Reading{Input: "mat", Level: Low, Taken: time.Unix(1, 0)})
	m.Observe(time.Second, Reading{Input: "mat", Level: High})
	if d, ok := m.Deadline(); !ok || d != time.Second+5*time.Millisecond {
		t.Errorf("the deadline is %v, %v", d, ok)
	}
	m.Advance(time.Second + 5*time.Millisecond)
	if b := m.Belief(); b.State != Serving {
		t.Errorf("it is %v", b.State)
	}
}
