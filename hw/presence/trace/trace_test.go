package trace

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestDays replays the days that the owners of shops asked about.
func TestDays(t *testing.T) {
	t.Parallel()
	days, err := filepath.Glob("../testdata/*.trace")
	if err != nil || len(days) < 10 {
		t.Fatalf("found %d days, %v", len(days), err)
	}
	for _, path := range days {
		t.Run(filepath.Base(path), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			day, err := Parse(filepath.Base(path), string(text))
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(string(text), "\n"+"#") && !strings.HasPrefix(string(text), "#") {
				t.Error("it tells no story")
			}
			if err := day.Replay(); err != nil {
				t.Error(err)
			}
		})
	}
}

const shop = `
hours 09:00-18:00
sensor door role=presence kind=signal
sensor till role=service kind=signal
08:59:00 door low
08:59:00 till low = closed
`

// Each difference is found, and named with its line.
func TestDifferences(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, day, want string }{
		{"as expected", "09:00:00 = empty\n09:01:00 door high = waiting\n09:02:00 end", ""},
		{"does not come", "09:00:00 = empty\n09:01:00 door high = serving\n09:02:00 end",
			"x:8: expected serving from here on, but at 09:01:00.000 it is waiting: door sees somebody"},
		{"comes without a line", "09:00:00 = empty\n09:01:00 till high\n09:02:00 end",
			"x:7: expected empty from here on, but at 09:01:00.000 it is serving"},
		{"comes for a moment", "09:00:00 = empty\n09:01:00 door high\n09:01:00.010 door low\n09:02:00 end",
			"x:7: expected empty from here on, but at 09:01:00.000 it is waiting"},
		{"comes too late", "09:00:00 = empty\n09:00:58 = waiting\n09:01:00 door high\n09:02:00 end",
			"x:8: expected waiting, it is empty"},
		{"never comes", "09:00:00 = empty\n09:04:00 = asleep\n09:04:01.500 end",
			"x:8: expected asleep, it is empty"},
		{"comes too early", "09:00:00 = empty\n09:05:01 = asleep\n09:06:00 end",
			"x:7: expected empty from here on, but at 09:05:00.000 it is asleep"},
		{"service is slow", "09:00:00 = empty\n09:01:00 = serving\n09:01:00.200 till high\n09:01:01 end",
			"x:8: expected serving, it is empty"},
		{"a fault of another", "09:00:00 = empty\n09:01:00 till fault torn out = empty fault door\n09:01:01 end",
			`x:8: expected empty with a fault of "door" from here on, but at 09:01:00.000 it is empty with a fault of "till"`},
		{"paused", "09:00:00 = empty\n09:01:00 owner press = serving paused\n09:11:00 = serving\n09:11:02 = empty\n09:12:00 end", ""},
		{"an untrusted clock", "09:00:00 = empty\n09:05:00 = asleep\n17:00:00 door high = waiting\n18:00:00 = closed\n18:30:00 clock untrusted = waiting\n18:30:01 end",
			`x:11: expected waiting from here on, but at 18:30:00.000 it is waiting with a fault of "door": the clock cannot`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			day, err := Parse("x", shop+c.day)
			if err != nil {
				t.Fatal(err)
			}
			err = day.Replay()
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("differences\n%v\nwant %q", err, c.want)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ day, want string }{
		{"", "x:7: the day has no end"},
		{"09:00:00 end\n09:01:00 end", "x:8: the day ends twice"},
		{"09:01:00 door low\n09:00:00 end", "x:7: this is after the end"},
		{"hours 09:00-12:00", "x:7: the hours are empty, or were told before"},
		{"sensor", "x:7: a sensor needs a name"},
		{"sensor door role=presence kind=gpio", `x:7: "door" cannot be the name`},
		{"sensor owner role=presence kind=gpio", `x:7: "owner" cannot be the name`},
		{"sensor b role=camera kind=gpio", `x:7: "role=camera" is no role`},
		{"sensor b kind=gpio role=presence", `x:7: "kind=gpio" is no role`},
		{"sensor b role=presence kind=camera", `x:7: "kind=camera" is no kind`},
		{"sensor b role=presence kind=gpio mode=toggle", `x:7: "mode=toggle" does not fit here`},
		{"sensor b role=service kind=gpio mode=twice", `x:7: "mode=twice" does not fit here`},
		{"sensor b role=presence kind=gpio pin=GPIO17", `x:7: there is no key "pin" here`},
		{"sensor b role=presence kind=gpio hold=15", `x:7: "hold=15" is no duration`},
		{"sensor b role=presence kind=gpio hold=1s hold=2s", "x:7: hold is told twice"},
		{"presence on_sensor_loss=black", `x:7: "on_sensor_loss=black" does not fit`},
		{`sensor "counter button`, "x:7: a quote is not closed"},
		{"9:00:00 door low", `x:7: "9:00:00" is no time`},
		{"09:60:00 door low", `x:7: "09:60:00" is no time`},
		{"09:00:00.1234 door low", "is no time"},
		{"48:00:00 door low", "is no time"},
		{"09:00:00", "x:7: nothing happens"},
		{"09:00:00 =", "x:7: no state is expected"},
		{"09:00:00 = busy", "x:7: no state is expected"},
		{"09:00:00 = empty fault", `x:7: "fault" cannot be expected`},
		{"09:00:00 = empty fault cat", `x:7: "cat" is no sensor`},
		{"09:00:00 door", `x:7: a sensor does not say ""`},
		{"09:00:00 door high up", `x:7: a sensor does not say "high up"`},
		{"09:00:00 door fault", `x:7: a sensor does not say "fault"`},
		{"09:00:00 window low", `x:7: there is no sensor "window"`},
		{"09:00:00 clock right", `x:7: there is no sensor "clock"`},
		{"09:00:00 to 10:00:00 door low", "x:7: it is not said how often"},
		{"09:00:00 to 10:00:00 every 1us door low", `x:7: "1us" is no duration`},
		{"00:00:00 to 47:00:00 every 10ms door low", "x:7: more than 1000000 things happen"},
		{"09:00:00 to 10:00:00 every 1s = empty", "x:7: nothing happens"},
	} {
		_, err := Parse("x", shop+c.day)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "hint: ") {
			t.Errorf("%q is refused with %v, want %q", c.day, err, c.want)
		}
	}
	for _, hours := range []string{"hours", "hours 9-12", "hours 09:00-09:00", "hours 09:00", "hours 24:00-03:00", "hours closed 09:00-10:00"} {
		if _, err := Parse("x", hours+"\n09:00:00 end"); err == nil || !strings.HasPrefix(err.Error(), "x:1: ") {
			t.Errorf("%q is refused with %v", hours, err)
		}
	}
}

func TestHours(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, hours, day string }{
		{"always open", "", "00:00:00 door low = empty\n00:05:00 = asleep\n47:00:00 end"},
		{"a holiday", "hours closed", "10:00:00 door low = closed\n10:01:00 door high\n10:02:00 door low\n47:00:00 end"},
		{"every day", "hours 10:00-12:00 14:00-24:00", `
			09:00:00 door low = closed
			10:00:00 = empty
			10:05:00 = asleep
			12:00:00 = closed
			14:00:00 = empty
			14:05:00 = asleep
			24:00:00 = closed
			34:00:00 = empty
			34:04:00 end`},
		{"over midnight", "hours 20:00-02:00", `
			01:00:00 door high = waiting
			02:00:00 = closed
			02:10:00 door low
			20:00:00 = empty
			20:05:00 = asleep
			26:00:00 = closed
			27:00:00 end`},
		{"an untrusted clock opens", "hours 10:00-12:00", `
			09:00:00 door high = closed
			09:10:00 clock untrusted = waiting
			09:20:00 clock trusted = closed
			09:21:00 end`},
	} {
		day, err := Parse(c.name, c.hours+"\nsensor door role=presence kind=signal\n"+c.day)
		if err == nil {
			err = day.Replay()
		}
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// Whatever is written, it is refused with a line or it can be replayed.
func FuzzParse(f *testing.F) {
	days, err := filepath.Glob("../testdata/*.trace")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range days {
		text, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	f.Add(shop + "09:00:00 = empty\n09:01:00 \"door\" still # she sits\n09:02:00 end = empty")
	f.Fuzz(func(t *testing.T, text string) {
		day, err := Parse("x", text)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "x:") {
				t.Fatalf("no line in %v", err)
			}
			return
		}
		if len(day.events) < 20_000 {
			_ = day.Replay()
		}
	})
}

// What the package comment shows can be read.
func TestExample(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	_, example, found := strings.Cut(string(text), "or not:\n//\n")
	example, _, ends := strings.Cut(example, "//\n// hours are")
	if !found || !ends {
		t.Fatal("the example has moved")
	}
	day, err := Parse("doc.go", strings.NewReplacer("//\t", "", "//\n", "\n").Replace(example))
	if err == nil && len(day.events) < 10 {
		t.Errorf("%d events", len(day.events))
	}
	if err != nil {
		t.Error(err)
	}
}
