package plan

import (
	"encoding"
	"fmt"
	"testing"
)

// A word is an enum as text.
type word interface {
	fmt.Stringer
	encoding.TextMarshaler
}

// spelled checks that the values from 0 on are the names, there and back, and
// that nothing else is written or read.
func spelled[E interface {
	~uint8
	word
}, P interface {
	*E
	encoding.TextUnmarshaler
}](t *testing.T, names ...string) {
	t.Helper()
	for i := range 256 {
		e, back := E(i), E(0)
		b, err := e.MarshalText()
		if i >= len(names) {
			if err == nil {
				t.Errorf("%T %d is written %q, which has no name", e, i, b)
			}
			if e.String() != fmt.Sprint(i) {
				t.Errorf("%T %d is called %q", e, i, e)
			}
			continue
		}
		if err != nil || string(b) != names[i] || e.String() != names[i] {
			t.Errorf("%T %d is written %q, %v, and called %q, want %q", e, i, b, err, e, names[i])
		}
		if err := P(&back).UnmarshalText(b); err != nil || back != e {
			t.Errorf("%q reads back as %v, %v", b, back, err)
		}
	}
	for _, bad := range []string{"", "0", "1", " " + names[0], names[0] + " ", "Weighted", "TRUSTED", "nothing"} {
		e := E(1)
		if err := P(&e).UnmarshalText([]byte(bad)); err == nil || e != 1 {
			t.Errorf("%T reads %q as %v, %v", e, bad, e, err)
		}
	}
}

func TestWords(t *testing.T) {
	t.Parallel()
	spelled[Tier](t, "weighted", "house", "guaranteed", "takeover", "emergency")
	spelled[UntrustedClock](t, "skip", "play")
	spelled[Clock](t, "unknown", "floor", "trusted")
	spelled[CapPeriod](t, "hour", "day")
	spelled[Outcome](t, "failed", "interrupted", "completed")
}

func TestRefString(t *testing.T) {
	t.Parallel()
	if got := (Ref{"acme/shop-17", "lens-2026", "lens-couple"}).String(); got != "acme/shop-17/lens-2026/lens-couple" {
		t.Errorf("written %q", got)
	}
}
