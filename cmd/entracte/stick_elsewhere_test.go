package main

import (
	"strings"
	"testing"

	"entracte/storage/disk"
	"entracte/storage/pack"
	"entracte/storage/usb"
)

// A stick that is for another shop says for which, in one sentence, whatever this screen
// listens to.
func TestStickForAnotherShop(t *testing.T) {
	t.Parallel()
	is := func(feed string, whom ...string) usb.FeedNews {
		return usb.FeedNews{Name: pack.Name{Org: "acme", Feed: feed}, Err: &pack.Elsewhere{Fault: &disk.Fault{Kind: pack.ErrOtherVenue, Fact: "this is for others"}, Whom: whom}}
	}
	same := usb.FeedNews{Name: pack.Name{Org: "acme", Feed: "shop-17"}, Err: pack.ErrSame}
	for _, c := range []struct {
		name, language string
		feeds          []usb.FeedNews
		want           string
	}{
		{"one shop's", "en", []usb.FeedNews{is("shop-17", "shop-12")}, "This stick is for shop-12, not for this screen."},
		{"one shop's", "fr", []usb.FeedNews{is("shop-17", "shop-12")}, "Cette clé est pour shop-12, pas pour cet écran."},
		{"two feeds here", "en", []usb.FeedNews{is("shop-17", "shop-12"), is("lyon", "shop-12")}, "This stick is for shop-12, not for this screen."},
		{"many shops'", "en", []usb.FeedNews{is("shop-17", "a", "b", "c", "d", "e")}, "This stick is for a, b, c and 2 more, not for this screen."},
		{"another screen of ours", "en", []usb.FeedNews{is("shop-17", "window"), is("lyon", "shop-17")}, "This stick is for window, not for this screen."},
		{"nobody knows whose", "en", []usb.FeedNews{is("shop-17")}, "acme/shop-17: this stick is for another screen."},
		{"ours too", "en", []usb.FeedNews{same, is("lyon", "shop-17", "shop-12")}, "Nothing new (acme/shop-17)."},
	} {
		m := newStickSpeaker(c.language, "4F7K2M").message(usb.News{Stage: usb.Done, Feeds: c.feeds})
		if got := strings.Join(m.Lines, " / "); got != c.want {
			t.Errorf("%s: it says %q, want %q", c.name, got, c.want)
		}
	}
}
