package screen

import "time"

// A Wish is what the screen should be, and how soon.
type Wish uint8

const (
	// Rest is a screen nobody looks at: off, once that was so for ten seconds.
	Rest Wish = iota + 1
	// Ready is a screen that should be on; one that has only just gone off may
	// stay so for a minute.
	Ready
	// Needed is a screen somebody is in front of: on at once.
	Needed
)

// What a screen's electronics are spared. Because it stays on for five minutes
// before it goes off again, it does so at most twelve times an hour.
const (
	settle = 10 * time.Second
	minOn  = 5 * time.Minute
	minOff = time.Minute
)

// A policy decides when the screen is told what. It is pure: the times it is
// given may count from anywhere and never go back.
type policy struct {
	wish   Wish
	wished time.Duration // since when Rest is wished
	// told is what the screen was told last, and at is when: for "on", when it
	// had answered. A start counts as on: something lit the screen.
	told Power
	at   time.Duration
	// dark says that the screen did not come on when it was told to.
	dark bool
}

func (p *policy) want(w Wish, now time.Duration) {
	if w == Rest && p.wish != Rest {
		p.wished = now
	}
	if w == Needed && p.wish != Needed && p.dark {
		p.told = Unknown // for somebody new it is tried anew
	}
	p.wish = w
}

// next is what the screen must be told next, and from when on; Unknown for
// nothing.
func (p *policy) next() (Power, time.Duration) {
	switch p.wish {
	case Rest:
		if p.told != Off {
			return Off, max(p.wished+settle, p.at+minOn)
		}
	case Ready, Needed:
		switch {
		case p.told == On && p.dark:
			return On, p.at + minOn // a dark screen is worth another try
		case p.told == On:
		case p.told == Off && p.wish == Ready:
			return On, p.at + minOff
		default:
			return On, 0
		}
	}
	return Unknown, 0
}

// tell notes that the screen is being told.
func (p *policy) tell(to Power, now time.Duration) { p.told, p.at, p.dark = to, now, false }

// answered notes the end of it.
func (p *policy) answered(ok bool, now time.Duration) {
	if p.told == On {
		p.at, p.dark = now, !ok
	}
}

// opposed reports whether what the screen is being told must not be waited for.
func (p *policy) opposed() bool { return p.told == Off && p.wish == Needed }
