package screen

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// conform is what every layer must do, the real ones in their place too: truth is
// what the screen is, as somebody else sees it.
func conform(t *testing.T, l Layer, truth func() Power) {
	t.Helper()
	ctx := t.Context()
	if l.Name() == "" {
		t.Error("it has no name")
	}
	for _, on := range []bool{true, false, false, true, true, false, true} {
		want := Off
		if on {
			want = On
		}
		if err := Try(ctx, l, on); err != nil {
			t.Fatalf("asked to be %s: %v", want, err)
		}
		if got, err := l.Power(ctx); got != want || err != nil {
			t.Errorf("asked to be %s, it says it is %s, %v", want, got, err)
		}
		if got := truth(); got != want {
			t.Errorf("asked to be %s, it is %s", want, got)
		}
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	if err := Try(ended, l, false); !errors.Is(err, context.Canceled) {
		t.Errorf("after the end of the context: %v", err)
	}
	if err := Try(ctx, l, true); err != nil {
		t.Error(err)
	}
}

func TestLayersConform(t *testing.T) {
	for _, takes := range []time.Duration{0, 3 * time.Second, 7 * time.Second} {
		for name, make := range map[string]func(*set) Layer{
			"fake": func(s *set) Layer { return fake{s} },
			"cec":  func(s *set) Layer { return (&cable{set: s, physical: 0x1000}).layer() },
			"dpms": func(s *set) Layer { return (&server{set: s}).layer() },
		} {
			if name == "dpms" && takes > 0 {
				continue // a signal is there or not
			}
			t.Run(fmt.Sprint(name, " ", takes), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s := newSet(Off)
					s.takes = takes
					conform(t, make(s), s.is)
				})
			})
		}
	}
}

func TestTry(t *testing.T) {
	broken := errors.New("broken")
	for _, c := range []struct {
		what  string
		set   func(*set)
		err   string
		takes time.Duration
		asked []time.Duration
	}{
		{"obeys", func(*set) {}, "", 0, []time.Duration{0}},
		{"slow, but on its way", func(s *set) { s.takes = 12 * time.Second }, "", 12 * time.Second, []time.Duration{0}},
		{"too slow", func(s *set) { s.takes = time.Hour }, "asked three times to be off, it says it is turning off", lastAnswer, []time.Duration{0}},
		{"lies", func(s *set) { s.deaf = true }, "asked three times to be off, it says it is on", lastAnswer, tries[:]},
		{"refuses", func(s *set) { s.refuses = broken }, "broken", lastAnswer, tries[:]},
		{"obeys in silence", func(s *set) { s.silent = broken }, "asked to be off, it does not say what it is: broken", lastAnswer, tries[:]},
		{"is not there", func(s *set) { s.refuses = fmt.Errorf("%w: no device", ErrAbsent) }, "not here: no device", 0, []time.Duration{0}},
		{"is there at the second try", func(s *set) {
			s.refuses = broken
			time.AfterFunc(time.Second, func() { s.change(func() { s.refuses = nil }) })
		}, "", 2 * time.Second, tries[:2]},
		{"is pulled out between", func(s *set) {
			s.deaf = true
			time.AfterFunc(5*time.Second, func() { s.change(func() { s.refuses = ErrAbsent }) })
		}, "not here", 8 * time.Second, tries[:]},
		{"obeys and then is pulled out", func(s *set) {
			s.takes = 4 * time.Second
			time.AfterFunc(time.Second/2, func() { s.change(func() { s.silent = broken }) })
		}, "asked to be off, it does not say what it is: broken", lastAnswer, tries[:]},
	} {
		t.Run(c.what, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newSet(On)
				c.set(s)
				begun := time.Now()
				err := Try(t.Context(), fake{s}, false)
				if got := fmt.Sprint(err); got != c.err && !(err == nil && c.err == "") {
					t.Errorf("it ended with %q, want %q", got, c.err)
				}
				if took := time.Since(begun); took != c.takes {
					t.Errorf("it took %v, want %v", took, c.takes)
				}
				var at []time.Duration
				for _, a := range s.requests() {
					at = append(at, a.at)
				}
				if !slices.Equal(at, c.asked) {
					t.Errorf("it was asked at %v, want %v", at, c.asked)
				}
			})
		})
	}
}

// What hangs is given up.
func TestTryHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		err := Try(t.Context(), hung{newSet(On)}, false)
		if took := time.Since(begun); took != hangs || err != errHangs {
			t.Errorf("it ended with %v after %v", err, took)
		}
	})
}

// Forcing the signal starts the X server's timers: they are stopped again.
func TestDPMSStopsTimers(t *testing.T) {
	x := &server{set: newSet(Off)}
	if err := x.layer().Switch(t.Context(), true); err != nil || !x.disabled {
		t.Errorf("%v after %q", err, x.ran)
	}
}

// The messages themselves, and those of a television that cannot be placed.
func TestCECMessages(t *testing.T) {
	for _, c := range []struct {
		physical uint16
		on       bool
		want     []string
	}{
		{0x1000, true, []string{"40 04", "4f 82 10 00"}},
		{0x2100, true, []string{"40 04", "4f 82 21 00"}},
		{0x1000, false, []string{"40 36"}},
		{noPhysical, true, []string{"f0 04"}},
		{noPhysical, false, []string{"f0 36"}},
	} {
		b := &cable{set: newSet(Unknown), physical: c.physical}
		if err := b.layer().Switch(t.Context(), c.on); err != nil {
			t.Error(err)
		}
		if !slices.Equal(b.sent, c.want) || b.closed != 1 {
			t.Errorf("at %#x, %v: sent %v and closed it %d times, want %v", c.physical, c.on, b.sent, b.closed, c.want)
		}
	}
}

// Asleep, a television may hide its EDID: it is woken without an address, and
// asked once there is one.
func TestCECWithoutAddress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &cable{set: newSet(Off), physical: noPhysical}
		b.takes = 3 * time.Second
		if _, err := b.layer().Power(t.Context()); !errors.Is(err, errNoAddress) {
			t.Errorf("got %v", err)
		}
		time.AfterFunc(3*time.Second+1, func() { b.change(func() { b.physical = 0x1000 }) })
		if err := Try(t.Context(), b.layer(), true); err != nil {
			t.Errorf("got %v after %v", err, b.sent)
		}
	})
}

// The adapter with a television is asked, whichever socket it is at.
func TestCECSecondSocket(t *testing.T) {
	empty, full := &cable{set: newSet(Unknown), physical: noPhysical}, &cable{set: newSet(On), physical: 0x1000}
	l := &CEC{open: func(string) ([]adapter, error) { return []adapter{empty, full}, nil }}
	if p, err := l.Power(t.Context()); p != On || err != nil {
		t.Errorf("it says %v, %v", p, err)
	}
	if err := l.Switch(t.Context(), false); err != nil || len(empty.sent) > 0 {
		t.Errorf("%v; the empty socket was sent %v", err, empty.sent)
	}
	full.refuses = errNotTaken
	empty.refuses = errNoAnswer
	if err := l.Switch(t.Context(), false); !errors.Is(err, errNotTaken) {
		t.Errorf("the complaint is %v, want that of the socket in use", err)
	}
}

func TestReadDPMS(t *testing.T) {
	for out, want := range map[string]Power{
		"Screen Saver:\nDPMS (Energy Star):\n  Standby: 0    Suspend: 0    Off: 0\n  DPMS is Enabled\n  Monitor is On\n":                 On,
		"DPMS (Energy Star):\n  Standby: 0    Suspend: 0    Off: 0\n  DPMS is Enabled\n  Monitor is Off\n":                               Off,
		"DPMS (Display Power Management Signaling):\n  Standby: 0    Suspend: 0    Off: 0\n  DPMS is Enabled\n  Monitor is in Standby\n": Off,
		"DPMS (Energy Star):\n  DPMS is Disabled\n":                        On,
		"DPMS (Energy Star):\n  DPMS is Enabled\n":                         Unknown,
		"DPMS (Energy Star):\n  Server does not have the DPMS Extension\n": Unknown,
		"": Unknown,
	} {
		got, err := readDPMS(out)
		if got != want || (err != nil) != (want == Unknown) {
			t.Errorf("%q reads %v, %v; want %v", out, got, err, want)
		}
	}
}
