package presence

import (
	"strings"
	"testing"
)

// Inputs without delays, so that the table shows the machine's own times.
const bare = `
input door signal presence
input till signal service
`

const open = bare + `
00:00:00 hours open
00:00:00 till low
`

// Each case is one row of the table in the package comment, or one clause of
// it: a script and the states it must lead through.
var rows = []struct{ name, script, want string }{
	{"starting: nothing read", bare + "00:00:00 hours open\n00:00:04.999 end", "-"},
	{"starting: 5 s at most", bare + "00:00:00 hours open\n00:00:05 end", "5.000 serving"},
	{"starting: a failed read is a read", bare + `
		00:00:00 hours open
		00:00:01 door low
		00:00:02 till unknown no chip`, "2.000 empty"},
	{"starting: waits for a press that is being checked", `
		input button gpio service
		input door signal presence
		00:00:00 hours open
		00:00:00 door high
		00:00:01 button high
		00:00:02 end`, "1.005 serving"},
	{"starting: waits for the hours", bare + `
		00:00:01 door high
		00:00:01 till low
		00:00:02 hours open`, "2.000 waiting"},
	{"starting to closed", bare + "00:00:01 hours closed", "1.000 closed"},

	{"starting to serving", bare + "00:00:00 till high", "0.000 serving"},
	{"waiting to serving", open + `
		00:00:01 door high
		00:00:02 till high`, "1.000 waiting 2.000 serving"},
	{"empty to serving", open + `
		00:00:01 door low
		00:00:02 till high`, "1.000 empty 2.000 serving"},
	{"asleep to serving", open + `
		00:00:00 door low
		00:06:00 till high`, "0.000 empty 300.000 asleep 360.000 serving"},
	{"closed to serving, and back", bare + `
		00:00:00 hours closed
		00:00:01 till high
		00:00:09 till low
		00:01:00 end`, "0.000 closed 1.000 serving 11.000 closed"},

	{"serving to waiting: stable for 2 s", open + `
		00:00:00 door high
		00:00:10 till high
		00:00:20 till low
		00:00:21 till high
		00:00:22 till low
		00:01:00 end`, "0.000 waiting 10.000 serving 24.000 waiting"},
	{"serving to waiting: 3 s in the state", open + `
		00:00:00 door high
		00:00:10 till high
		00:00:10.100 till low
		00:01:00 end`, "0.000 waiting 10.000 serving 13.000 waiting"},
	{"serving to empty", open + `
		00:00:00 door low
		00:00:10 till high
		00:00:20 till low
		00:01:00 end`, "0.000 empty 10.000 serving 22.000 empty"},
	{"serving through closing time", open + `
		00:00:00 door high
		00:00:10 till high
		00:00:20 hours closed
		00:00:30 till low
		00:01:00 end`, "0.000 waiting 10.000 serving 32.000 closed"},

	{"empty to waiting", open + `
		00:00:00 door low
		00:00:10 door high`, "0.000 empty 10.000 waiting"},
	{"asleep to waiting", open + `
		00:00:00 door low
		00:06:00 door high`, "0.000 empty 300.000 asleep 360.000 waiting"},
	{"waiting to empty past the hold", `
		input door signal presence hold=15s release_after=1s
		00:00:00 hours open
		00:00:00 door high
		00:00:10 door low
		00:01:00 end`, "0.000 waiting 26.000 empty"},
	{"waiting through a blink shorter than the hold", `
		input door signal presence hold=15s
		00:00:00 hours open
		00:00:00 door high
		00:00:10 door low
		00:00:24.999 door high
		00:01:00 end`, "0.000 waiting"},
	{"empty to asleep", `
		venue off_after=90s
		input door signal presence
		00:00:00 hours open
		00:00:00 door low
		00:02:00 end`, "0.000 empty 90.000 asleep"},

	{"waiting to closed", open + `
		00:00:00 door high
		00:00:10 hours closed`, "0.000 waiting 10.000 closed"},
	{"empty to closed", open + `
		00:00:00 door low
		00:00:10 hours closed`, "0.000 empty 10.000 closed"},
	{"asleep to closed", open + `
		00:00:00 door low
		00:06:00 hours closed`, "0.000 empty 300.000 asleep 360.000 closed"},
	{"closed stays closed with presence", bare + `
		00:00:00 hours closed
		00:00:01 till low
		00:00:02 door high
		00:01:00 end`, "0.000 closed"},
	{"closed to waiting at opening time", bare + `
		00:00:00 hours closed
		00:00:01 till low
		00:00:02 door high
		00:00:10 hours open`, "0.000 closed 10.000 waiting"},
	{"closed to empty at opening time", bare + `
		00:00:00 hours closed
		00:00:01 till low
		00:00:02 door low
		00:00:10 hours open`, "0.000 closed 10.000 empty"},
	{"closed to waiting when the clock loses trust", bare + `
		00:00:00 hours closed
		00:00:01 till low
		00:00:02 door high
		00:00:10 hours untrusted`, "0.000 closed 10.000 waiting"},

	{"no presence input: always waiting", `
		input till signal service
		00:00:00 hours open
		00:00:00 till low
		09:00:00 hours closed`, "0.000 waiting 32400.000 closed"},
	{"no input at all", "00:00:00 hours open\n09:00:00 end", "0.000 waiting"},
}

func TestTransitions(t *testing.T) {
	t.Parallel()
	for _, c := range rows {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			checkStates(t, c.script, c.want)
		})
	}
}

// checkStates plays a script and compares the states entered, with the second
// they were entered in; "-" stands for none.
func checkStates(t *testing.T, text, want string) {
	t.Helper()
	s, err := parseScript(text)
	if err != nil {
		t.Fatal(err)
	}
	m := New(s.config)
	for _, e := range s.events {
		m.happens(e)
	}
	var got []string
	for _, h := range m.History() {
		got = append(got, seconds(h.At), h.To.String())
	}
	if len(got) == 0 {
		got = []string{"-"}
	}
	if g := strings.Join(got, " "); g != want {
		t.Errorf("states\n got %s\nwant %s", g, want)
	}
}
