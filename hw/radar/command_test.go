package radar

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"
)

// The frames are those of the maker's protocol description.
func TestCommands(t *testing.T) {
	t.Parallel()
	for want, got := range map[string][]byte{
		"FDFCFBFA 0400 FF00 0100 04030201":                                      command(wordEnter, 1, 0),
		"FDFCFBFA 0200 FE00 04030201":                                           command(wordLeave),
		"FDFCFBFA 0200 6100 04030201":                                           command(wordSettings),
		"FDFCFBFA 0200 6300 04030201":                                           command(wordPlain),
		"FDFCFBFA 1400 6000 0000 08000000 0100 08000000 0200 05000000 04030201": command(wordReach, three(8, 8, 5)...),
		"FDFCFBFA 1400 6400 0000 03000000 0100 28000000 0200 28000000 04030201": command(wordSensitivity, three(3, 40, 40)...),
	} {
		if !bytes.Equal(got, unhex(want)) {
			t.Errorf("got %X, want %s", got, want)
		}
	}
}

func TestTuning(t *testing.T) {
	t.Parallel()
	word, status, value, ok := parseAnswer(decode(unhex(settingsExample))[0][4:])
	if word != wordSettings || status != 0 || !ok {
		t.Fatalf("the answer is to %04x, status %d, %v", word, status, ok)
	}
	got, ok := parseTuning(value)
	want := tuning{movingReach: 8, stillReach: 8, unmanned: 5}
	for i := range gates {
		want.moving[i], want.still[i] = 20, 25
	}
	if !ok || got != want {
		t.Errorf("got %+v, %v", got, ok)
	}
	for _, wrong := range [][]byte{nil, value[:len(value)-1], append([]byte{0xAB}, value[1:]...), append([]byte{0xAA, 7}, value[2:]...)} {
		if _, ok := parseTuning(wrong); ok {
			t.Errorf("%X is taken for settings", wrong)
		}
	}
	if _, _, _, ok := parseAnswer(command(wordLeave)[6:8]); ok {
		t.Error("two bytes are taken for an answer")
	}
	if _, _, _, ok := parseAnswer([]byte{0xFE, 0, 0, 0}); ok {
		t.Error("a command is taken for an answer")
	}
}

func TestReach(t *testing.T) {
	t.Parallel()
	for far, want := range map[int]uint8{1: 2, 75: 2, 150: 2, 151: 3, 225: 3, 250: 4, 525: 7, 526: 8, 600: 8, 9999: 8, 0: 2, -5: 2} {
		if got := reach(far); got != want {
			t.Errorf("%d cm need gate %d, got %d", far, want, got)
		}
	}
}

func TestWrites(t *testing.T) {
	t.Parallel()
	factory := factoryTuning()
	settled := factory
	settled.movingReach, settled.stillReach, settled.unmanned = 4, 4, 1
	nearer, held := settled, settled
	nearer.movingReach, held.unmanned = 3, 5
	r := &Radar{FarCM: 250}
	tuned := &Radar{FarCM: 250, Moving: []int{50, 50, 40, 31, 20, 15, 15, 15, 15}, Still: []int{7, 7, 40, 40, 33, 30, 20, 20, 20}}
	for _, c := range []struct {
		name  string
		radar *Radar
		has   tuning
		want  [][]byte
	}{
		{"nothing", r, settled, nil},
		{"the reach", r, factory, [][]byte{command(wordReach, three(4, 4, 1)...)}},
		{"the reach for motion", r, nearer, [][]byte{command(wordReach, three(4, 4, 1)...)}},
		{"the hold", r, held, [][]byte{command(wordReach, three(4, 4, 1)...)}},
		{"gates that differ, except what cannot be set", tuned, settled, [][]byte{
			command(wordSensitivity, three(3, 31, 40)...), command(wordSensitivity, three(4, 20, 33)...),
		}},
	} {
		got := c.radar.wanted(c.has).writes(c.has)
		if len(got) != len(c.want) {
			t.Errorf("%s: got %X", c.name, got)
			continue
		}
		for i := range got {
			if !bytes.Equal(got[i], c.want[i]) {
				t.Errorf("%s: got %X, want %X", c.name, got[i], c.want[i])
			}
		}
	}
}

// What was written is not written again.
func TestWritesSettle(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.IntRange(-5, 120), 0, 12)
		r := &Radar{FarCM: rapid.IntRange(-10, 1000).Draw(t, "far"), Moving: values.Draw(t, "moving"), Still: values.Draw(t, "still")}
		m := newModule()
		m.config, m.tuning.unmanned = true, rapid.Uint16().Draw(t, "unmanned")
		for _, w := range r.wanted(m.tuning).writes(m.tuning) {
			if a := m.answer(w[6 : len(w)-4]); len(a) == 0 {
				t.Fatalf("%X is not answered", w)
			}
		}
		if again := r.wanted(m.tuning).writes(m.tuning); len(again) != 0 {
			t.Errorf("it would write again: %X", again)
		}
		if m.tuning.moving[0] > 100 || m.tuning.movingReach < 2 || m.tuning.movingReach > 8 {
			t.Errorf("the module is told nonsense: %+v", m.tuning)
		}
	})
}
