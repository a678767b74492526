package main

import (
	"errors"
	"slices"

	"entracte/storage/pack"
	"entracte/storage/usb"
)

// elsewhere reports whether a feed is missing on the stick, and nothing else is wrong.
func elsewhere(err error) bool {
	return errors.Is(err, pack.ErrOtherVenue) || errors.Is(err, pack.ErrNone)
}

// whoseStick is whom a stick is for that has nothing for this screen, as far as it says
// so: other feeds, or the screens that a pack of one of ours names.
func whoseStick(feeds []usb.FeedNews) (whom []string) {
	for i := range feeds {
		var other *pack.Elsewhere
		if !errors.As(feeds[i].Err, &other) {
			continue
		}
		for _, name := range other.Whom {
			ours := slices.ContainsFunc(feeds, func(f usb.FeedNews) bool { return f.Name.Feed == name })
			if !ours && !slices.Contains(whom, name) {
				whom = append(whom, name)
			}
		}
	}
	return whom
}
