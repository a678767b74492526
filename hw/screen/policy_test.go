package screen

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestPolicy(t *testing.T) {
	const s, m = time.Second, time.Minute
	for _, c := range []struct {
		what string
		p    policy
		to   Power
		at   time.Duration
	}{
		{"nothing is wished yet", policy{}, Unknown, 0},
		{"the first customer of a start", policy{wish: Needed}, On, 0},
		{"a start in an empty shop", policy{wish: Ready}, On, 0},
		{"a start at night", policy{wish: Rest, wished: s}, Off, 5 * m},
		{"rest after a long day", policy{wish: Rest, wished: 60 * m, told: On, at: m}, Off, 60*m + 10*s},
		{"rest soon after it came on", policy{wish: Rest, wished: 60 * m, told: On, at: 58 * m}, Off, 63 * m},
		{"rests", policy{wish: Rest, wished: m, told: Off, at: 2 * m}, Unknown, 0},
		{"somebody comes", policy{wish: Needed, told: Off, at: 60 * m}, On, 0},
		{"opening time", policy{wish: Ready, told: Off, at: 60 * m}, On, 61 * m},
		{"it is on", policy{wish: Needed, told: On, at: 60 * m}, Unknown, 0},
		{"it did not come on", policy{wish: Needed, told: On, at: 60 * m, dark: true}, On, 65 * m},
	} {
		if to, at := c.p.next(); to != c.to || to != Unknown && at != c.at {
			t.Errorf("%s: %v at %v, want %v at %v", c.what, to, at, c.to, c.at)
		}
	}
}

// Whatever is wished: never off within five minutes of being on, so at most
// twelve times an hour; and on at once for somebody.
func TestPolicySparesTheScreen(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var p policy
		var now, on time.Duration
		var offs []time.Duration
		for range rapid.IntRange(1, 400).Draw(t, "events") {
			now += time.Duration(rapid.IntRange(0, 100).Draw(t, "s")) * time.Second
			p.want(Wish(rapid.IntRange(int(Rest), int(Needed)).Draw(t, "wish")), now)
			for _, wait := range []time.Duration{0, time.Duration(rapid.IntRange(0, 400).Draw(t, "wait")) * time.Second} {
				now += wait
				to, at := p.next()
				if p.wish == Needed && p.told != On && (to != On || at > now) {
					t.Fatalf("somebody waits for %v at %v, now is %v", to, at, now)
				}
				if to == Unknown || at > now {
					continue
				}
				p.tell(to, now)
				now += time.Duration(rapid.IntRange(0, 16).Draw(t, "takes")) * time.Second
				p.answered(rapid.Bool().Draw(t, "answered"), now)
				if to == On {
					on = now
					continue
				}
				offs = append(offs, p.at)
				if p.at-on < minOn {
					t.Fatalf("on at %v and off at %v", on, p.at)
				}
				if n := len(offs); n > 12 && offs[n-1]-offs[n-13] < time.Hour {
					t.Fatalf("off 13 times in an hour: %v", offs[n-13:])
				}
			}
		}
	})
}
