package radar

import (
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestTune(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newModule()
		m.gates = true
		b := watched(t, m, func(r *Radar) {
			r.Moving = []int{50, 50, 45, 30, 20, 15, 15, 15, 100}
			r.Still = []int{0, 0, 40, 40, 30, 30, 25, 20, 20}
		})
		b.expect(time.Second, "low")
		want := factoryTuning()
		want.movingReach, want.stillReach, want.unmanned = 4, 4, 1
		want.moving[2], want.moving[8], want.still[6] = 45, 100, 25
		if m.tuning != want {
			t.Errorf("the module keeps %+v, want %+v", m.tuning, want)
		}
		if m.times(wordReach) != 1 || m.times(wordSensitivity) != 3 || m.gates {
			t.Errorf("it was asked %04x", m.asked)
		}
		// Flash memory wears: however often the plug comes off, nothing is written
		// that is there already.
		for range 20 {
			b.wire.Close()
			b.expect(2*time.Second, "low")
		}
		if m.times(wordReach) != 1 || m.times(wordSensitivity) != 3 || m.times(wordSettings) < 20 {
			t.Errorf("after 20 times it was written %d times", m.times(wordReach)+m.times(wordSensitivity))
		}
		// A module that was exchanged is set.
		m.set(func(m *module) { m.tuning = factoryTuning() })
		b.wire.Close()
		b.expect(2*time.Second, "low")
		if m.tuning != want || len(b.notices) != 0 {
			t.Errorf("the module keeps %+v; notices %q", m.tuning, b.notices)
		}
	})
}

// Without sensitivities, the module's own stay, and without a difference the
// flash memory is left alone from the first time on.
func TestTuneNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newModule()
		m.tuning.movingReach, m.tuning.stillReach, m.tuning.unmanned = 4, 4, 1
		m.tuning.moving[3], m.tuning.still[0] = 77, 33
		b := watched(t, m)
		b.expect(time.Second, "low")
		if m.times(wordReach)+m.times(wordSensitivity) != 0 || m.times(wordSettings) != 1 || m.times(wordLeave) != 2 {
			t.Errorf("it was asked %04x", m.asked)
		}
	})
}

// A module that cannot be set is read all the same, and that is said once.
func TestNotTuned(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*module)
		writes int
		notice string
	}{
		{"mute", func(m *module) { m.mute = true }, 0, "does not answer commands\nhint: check the wire"},
		{"enter refused", func(m *module) { m.refuses = wordEnter }, 0, "refuses a command: 00ff, status 1"},
		{"settings refused", func(m *module) { m.refuses = wordSettings }, 0, "refuses a command: 0061"},
		{"write refused", func(m *module) { m.refuses = wordReach }, mostWrites, "refuses a command: 0060"},
		{"stubborn", func(m *module) { m.stubborn = true }, mostWrites, "does not keep the settings"},
		{"strange", func(m *module) { m.strange = true }, 0, "settings that no LD2410 has"},
		{"hard of hearing", func(m *module) { m.deaf = true }, 2, ""},
		{"chatty", func(m *module) { m.chatty = true }, 1, ""},
		{"no plain mode", func(m *module) { m.refuses = wordPlain }, 1, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := newModule()
				c.change(m)
				b := watched(t, m)
				for range 10 {
					b.expect(3*time.Second, "low")
					b.wire.Close()
				}
				if n := m.times(wordReach); n != c.writes {
					t.Errorf("it was told to write its flash memory %d times, want %d", n, c.writes)
				}
				switch {
				case c.notice == "" && len(b.notices) != 0,
					c.notice != "" && (len(b.notices) == 0 || len(b.notices) > 2 || !strings.Contains(b.notices[0], "/dev/ttyUSB7 keeps its own settings") || !strings.Contains(b.notices[0], c.notice)):
					t.Errorf("notices: %q", b.notices)
				}
			})
		})
	}
}

// A port that takes nothing, whatever its reason, still brings reports.
func TestNothingCanBeSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newModule()
		deaf := func(string, int) (Port, error) {
			here, there := net.Pipe()
			go func() {
				for {
					if _, err := there.Write(m.report()); err != nil {
						return
					}
					time.Sleep(100 * time.Millisecond)
				}
			}()
			return here, nil
		}
		b := watched(t, m, func(r *Radar) { r.Open = deaf })
		b.expect(3*time.Second, "low")
		if len(b.notices) != 1 || !strings.Contains(b.notices[0], "does not answer commands") {
			t.Errorf("notices: %q", b.notices)
		}
	})
}
