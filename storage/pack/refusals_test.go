package pack

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"entracte/storage/disk"
)

// Some refusals are told apart because an owner is told something else; each of them
// still is of its kind.
func TestRefusalsOfAKind(t *testing.T) {
	t.Parallel()
	n, v := Name{"acme", "shop-17"}, Version{1, 42}
	p := signed(t, small(42), testKey(t, "acme"))
	parse := func(manifest, sig []byte) error {
		_, err := Parse(manifest, sig, n, v, trust(t, testKey(t, "acme")))
		return err
	}
	newer := func(old, new string) error {
		text, sig := resigned(t, replaced(t, old, new))
		return parse([]byte(text), []byte(sig))
	}
	find := func(files map[string]string) error {
		_, src := tree(t, files)
		_, err := Find(context.Background(), src, n)
		return err
	}
	windows := func(b []byte) []byte { return bytes.ReplaceAll(b, []byte("\n"), []byte("\r\n")) }
	stranger := signed(t, small(42), testKey(t, "stranger"))
	none := errors.New("none of them")
	for _, c := range []struct {
		what       string
		err        error
		kind, more error
	}{
		{"a byte changed", parse(bytes.Replace(p.Manifest, []byte("Lens"), []byte("lens"), 1), p.Signature), ErrUntrusted, ErrChanged},
		{"copied as text", parse(windows(p.Manifest), p.Signature), ErrUntrusted, ErrChanged},
		{"a signature copied as text", parse(p.Manifest, windows(p.Signature)), ErrUntrusted, ErrChanged},
		{"no signature", parse(p.Manifest, nil), ErrUntrusted, ErrChanged},
		{"another's signature", parse(p.Manifest, []byte(testKey(t, "acme").Sign(p.Manifest, "of something else"))), ErrUntrusted, ErrChanged},
		{"renamed", func() error {
			_, err := Parse(p.Manifest, p.Signature, n, Version{1, 43}, trust(t, testKey(t, "acme")))
			return err
		}(), ErrUntrusted, ErrChanged},
		{"a stranger's", parse(stranger.Manifest, stranger.Signature), ErrUntrusted, none},
		{"another of that number", p.Follows(v, sumOf("another")), ErrUntrusted, ErrTwice},
		{"a newer player", newer(`"gen": 1,`, `"gen": 1, "min_player": "1.1",`), ErrNotPack, ErrTooNew},
		{"something it must understand", newer(`"gen": 1,`, `"gen": 1, "critical": ["hologram"],`), ErrNotPack, ErrTooNew},
		{"a wrong weight", newer(`"weight": 2,`, `"weight": 11,`), ErrNotPack, none},
		{"nothing", find(map[string]string{"reports/x": "x"}), ErrNotPack, ErrNone},
		{"a copy that was not finished", find(map[string]string{"feeds/shop-17/0001-00000042.json": "{}"}), ErrNotPack, none},
		{"a file for a folder", find(map[string]string{"feeds/shop-17": "x"}), ErrNotPack, none},
	} {
		if !errors.Is(c.err, c.kind) || c.more != none && !errors.Is(c.err, c.more) {
			t.Errorf("%s: %v", c.what, c.err)
		}
		for _, other := range []error{ErrChanged, ErrTwice, ErrTooNew, ErrNone} {
			if other != c.more && errors.Is(c.err, other) {
				t.Errorf("%s is %v", c.what, other)
			}
		}
	}
}

// What is for others says for whom, as far as it is known.
func TestElsewhere(t *testing.T) {
	t.Parallel()
	ctx, n := context.Background(), Name{"acme", "shop-17"}
	_, others := tree(t, map[string]string{"feeds/shop-12/latest": "x", "feeds/shop-11/latest": "x", "feeds/Not a name/latest": "x"})
	_, none := Find(ctx, others, n)
	rival := small(42)
	rival.Name.Org = "rival"
	p := signed(t, rival, testKey(t, "acme"))
	_, another := Parse(p.Manifest, p.Signature, n, p.Version, trust(t, testKey(t, "acme")))
	named := &Pack{Name: n, Devices: []string{"shop-12"}, Tags: []string{"window"}}
	for _, c := range []struct {
		what string
		err  error
		want string
	}{
		{"other feeds", none, "shop-11 shop-12"},
		{"another organisation's", another, "rival/shop-17"},
		{"other screens", named.For("shop-17", nil), "shop-12 window"},
	} {
		var e *Elsewhere
		if !errors.As(c.err, &e) || strings.Join(e.Whom, " ") != c.want || !errors.Is(c.err, ErrOtherVenue) || !strings.Contains(c.err.Error(), "\nhint: ") {
			t.Errorf("%s: %v", c.what, c.err)
		}
		var fault *disk.Fault
		if !errors.As(c.err, &fault) {
			t.Errorf("%s is no fault", c.what)
		}
	}
}
