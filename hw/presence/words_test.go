package presence

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestWords(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		v    fmt.Stringer
		want string
	}{
		{Starting, "starting"}, {Serving, "serving"}, {Waiting, "waiting"}, {Empty, "empty"}, {Asleep, "asleep"}, {Closed, "closed"},
		{Unknown, "unknown"}, {Low, "low"}, {High, "high"},
		{RolePresence, "presence"}, {RoleService, "service"}, {RolePause, "pause"},
		{ModeLevel, "level"}, {ModeToggle, "toggle"}, {ModePulse, "pulse"},
		{PolicyDefault, "default"}, {Show, "show"}, {Quiet, "quiet"}, {State(6), "unknown(6)"},
	} {
		if got := c.v.String(); got != c.want {
			t.Errorf("%T %d is %q, want %q", c.v, c.v, got, c.want)
		}
	}
}

// Status and its clients speak in these words.
func TestBeliefAsJSON(t *testing.T) {
	t.Parallel()
	m := New(Config{Inputs: []Input{{Name: "till", Role: RoleService}}})
	m.SetHours(0, true, true)
	m.Observe(0, Reading{Input: "till", Level: High})
	b, err := json.Marshal(m.Belief())
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"state":"serving"`, `"role":"service"`, `"raw":"high"`, `"level":"high"`} {
		if !strings.Contains(string(b), want) {
			t.Errorf("%s lacks %s", b, want)
		}
	}
	var back Belief
	if err := json.Unmarshal(b, &back); err != nil || !back.Equal(m.Belief()) {
		t.Errorf("it comes back as %+v, %v", back, err)
	}
	for _, bad := range []string{`{"state":"busy"}`, `{"inputs":[{"role":""}]}`, `{"inputs":[{"raw":"HIGH"}]}`} {
		if json.Unmarshal([]byte(bad), &back) == nil {
			t.Errorf("%s is accepted", bad)
		}
	}
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	const ms = time.Millisecond
	for _, c := range []struct {
		kind string
		role Role
		want Input
	}{
		{"gpio", RolePresence, Input{AssertAfter: 50 * ms, ReleaseAfter: 50 * ms, Hold: 15 * time.Second, WarmUp: time.Minute}},
		{"gpio", RoleService, Input{AssertAfter: 5 * ms, ReleaseAfter: 50 * ms, Lasts: 3 * time.Minute}},
		{"gpio", RolePause, Input{AssertAfter: 5 * ms, ReleaseAfter: 50 * ms, Lasts: 10 * time.Minute}},
		{"ld2410", RolePresence, Input{AssertAfter: 300 * ms, ReleaseAfter: time.Second, Hold: 3 * time.Second, WarmUp: 5 * time.Second, MaxAge: 2 * time.Second}},
		{"mqtt", RolePresence, Input{Hold: 15 * time.Second}},
		{"mqtt", RoleService, Input{Lasts: 3 * time.Minute}},
		{"signal", RoleService, Input{Lasts: 3 * time.Minute}},
		{"key", RolePresence, Input{}},
	} {
		c.want.Role = c.role
		if got := Defaults(c.kind, c.role); got != c.want {
			t.Errorf("%s %v: %+v, want %+v", c.kind, c.role, got, c.want)
		}
	}
}

func Example() {
	m := New(Config{Inputs: []Input{
		{Name: "bench", Role: RolePresence, AssertAfter: 50 * time.Millisecond, Hold: 15 * time.Second},
		{Name: "counter button", Role: RoleService, AssertAfter: 5 * time.Millisecond},
	}})
	m.SetHours(0, true, true)
	m.Observe(0, Reading{Input: "bench", Level: High})
	m.Observe(0, Reading{Input: "counter button", Level: Low})
	if d, ok := m.Deadline(); ok {
		m.Advance(d)
	}
	fmt.Println(m.Belief().State, m.Belief().Since)
	m.Observe(10*time.Second, Reading{Input: "counter button", Level: High})
	m.Advance(11 * time.Second)
	fmt.Println(m.Belief().State, m.Belief().Since)
	// Output:
	// waiting 50ms
	// serving 10.005s
}
