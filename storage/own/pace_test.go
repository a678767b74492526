package own

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// run plays a story in which the folder holds one letter after another: what each
// second brings is an event (e), a change (c), both (b), or nothing (.). It looks
// when the pace asks for it and returns when what was told.
func run(story string, eyes bool) (told string) {
	start := time.Unix(0, 0)
	p := pace{quiet: 2 * time.Second, net: 20 * time.Second, poll: 5 * time.Second, looked: start}
	p.event(start)
	listing := 'A'
	var out []string
	for second, what := range story {
		now := start.Add(time.Duration(second) * time.Second)
		if what == 'c' || what == 'b' {
			listing++
		}
		if (what == 'e' || what == 'b') && eyes {
			p.event(now)
		}
		for !now.Before(p.next(eyes)) {
			if p.look(now, string(listing), eyes) {
				out = append(out, fmt.Sprintf("%d%c", second, listing))
			}
		}
	}
	return strings.Join(out, " ")
}

func TestPace(t *testing.T) {
	t.Parallel()
	for name, k := range map[string]struct {
		story string
		eyes  bool
		want  string
	}{
		"tells once at the start":                {".......................................................", true, "2A"},
		"busy from the start":                    {"bbbb.......", true, "5E"},
		"one change":                             {"......b.......", true, "2A 8B"},
		"a long copy is told when it is over":    {"......bbbbbbbb.bb.b.......", true, "2A 20L"},
		"events that change nothing":             {"......eee.....", true, "2A"},
		"there and back":                         {"......b.......b......", true, "2A 8B 16C"},
		"never quiet: told every so often":       {"...." + strings.Repeat("b", 50) + "....", true, "2A 24V 45k 55s"},
		"an event was lost":                      {"......c...........................", true, "2A 24B"},
		"without events, told when settled":      {"......c...........", false, "4A 11B"},
		"without events, a copy that goes on":    {"......cccccccc..............", false, "4A 15I"},
		"without events, started during a copy":  {"cccccccc..........", false, "10I"},
		"without events, nothing happens":        {"..............................", false, "4A"},
		"without events, a change while looking": {"....................c..c.......", false, "4A 26C"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := run(k.story, k.eyes); got != k.want {
				t.Errorf("told %q, want %q", got, k.want)
			}
		})
	}
}

// TestPaceForgetsNothing: whatever happened, the last state is told in the end,
// and no state twice in a row.
func TestPaceForgetsNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		eyes := rapid.Bool().Draw(t, "eyes")
		story := rapid.StringMatching(`[.ecb]{0,80}`).Draw(t, "story")
		told := strings.Fields(run(story+strings.Repeat(".", 45), eyes))
		last := 'A' + rune(strings.Count(story, "c")+strings.Count(story, "b"))
		if len(told) == 0 || !strings.HasSuffix(told[len(told)-1], string(last)) {
			t.Fatalf("told %q, and the folder holds %c", told, last)
		}
		for i := 1; i < len(told); i++ {
			if strings.TrimLeft(told[i], "0123456789") == strings.TrimLeft(told[i-1], "0123456789") {
				t.Fatalf("told twice: %q", told)
			}
		}
	})
}
