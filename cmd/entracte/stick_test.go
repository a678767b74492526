package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"entracte/player"
	"entracte/scheduler/plan"
	"entracte/storage"
	"entracte/storage/disk"
	"entracte/storage/pack"
	"entracte/storage/usb"
)

// Every sentence exists in both languages and takes the same figures.
func TestStickSpeech(t *testing.T) {
	t.Parallel()
	verbs := func(w stickWords) string {
		var b strings.Builder
		for field := range strings.SplitSeq(fmt.Sprintf("%#v", w), `", `) {
			b.WriteString(strings.Repeat("|", 1))
			for i := range len(field) - 1 {
				if field[i] == '%' {
					b.WriteByte(field[i+1])
				}
			}
		}
		return b.String()
	}
	fr, en := stickSpeech["fr"], stickSpeech["en"]
	if verbs(fr) != verbs(en) {
		t.Errorf("the figures differ:\n%s\n%s", verbs(fr), verbs(en))
	}
	for language, w := range stickSpeech {
		if strings.Contains(fmt.Sprintf("%#v", w), `:""`) {
			t.Errorf("a sentence is missing in %s", language)
		}
	}
}

// What the glass says, as an owner reads it.
func TestStickMessages(t *testing.T) {
	t.Parallel()
	shop := pack.Name{Org: "acme", Feed: "shop-17"}
	ads := func(names ...string) (f plan.Feed) {
		for _, n := range names {
			f.Campaigns = append(f.Campaigns, plan.Campaign{ID: n, Advertiser: n})
		}
		return f
	}
	feed := func(f usb.FeedNews) usb.News {
		f.Name = shop
		return usb.News{Stage: usb.Done, Feeds: []usb.FeedNews{f}}
	}
	for _, c := range []struct {
		name, language string
		news           usb.News
		want           string
	}{
		{"reading", "fr", usb.News{}, "Lecture de la clé / Laissez la clé en place."},
		{"copying", "fr", usb.News{Stage: usb.Copying, Progress: storage.Progress{Files: 3, OfFiles: 12, Bytes: 46e6, OfBytes: 184e6, Rate: 2e6}},
			"Copie des publicités / 3 sur 12 fichiers, 46 Mo sur 184 Mo, encore 70 s. / Laissez la clé en place. / Rien n’est perdu si vous la retirez ; la copie reprendra."},
		{"copying long", "en", usb.News{Stage: usb.Copying, Progress: storage.Progress{OfFiles: 1, OfBytes: 4e9, Rate: 20e6}},
			"Copying ads / 0 of 1 file, 0 bytes of 4.0 GB, 4 min left. / Leave the stick in. / Nothing is lost if you remove it; the copy will go on."},
		{"copying from a dying stick", "en", usb.News{Stage: usb.Copying, Progress: storage.Progress{OfFiles: 1, OfBytes: 4e9, Rate: 0.1}},
			"Copying ads / 0 of 1 file, 0 bytes of 4.0 GB, 99 h left. / Leave the stick in. / Nothing is lost if you remove it; the copy will go on."},
		{"copying for hours", "fr", usb.News{Stage: usb.Copying, Progress: storage.Progress{OfFiles: 1, OfBytes: 4e9, Rate: 0.5e6}},
			"Copie des publicités / 0 sur 1 fichier, 0 octet sur 4,0 Go, encore 3 h. / Laissez la clé en place. / Rien n’est perdu si vous la retirez ; la copie reprendra."},
		{"checking", "fr", usb.News{Stage: usb.Copying, Progress: storage.Progress{Files: 3, OfFiles: 3, Bytes: 184e6, OfBytes: 184e6, Rate: 2e6}},
			"Vérification des publicités / Laissez la clé en place."},
		{"in force", "fr", feed(usb.FeedNews{Before: ads("A", "B"), Received: storage.Received{InForce: true, Feed: ads("B", "C", "D", "E", "F")}}),
			"Vous pouvez retirer la clé / Les publicités sont en place (acme/shop-17). / Nouveau : C, D, E et 1 de plus. / Ne passe plus : A."},
		{"waiting", "en", feed(usb.FeedNews{Received: storage.Received{Missing: []string{"x", "y"}, MissingBytes: 12e6}}),
			"You can remove the stick / acme/shop-17: still missing: 2 files (12 MB). Another stick will bring the rest; what was playing goes on."},
		{"same", "fr", feed(usb.FeedNews{Err: pack.ErrSame}), "Vous pouvez retirer la clé / Rien de nouveau (acme/shop-17)."},
		{"a damaged newer one", "en", feed(usb.FeedNews{Passed: []error{pack.ErrDamaged}, Err: pack.ErrSame}),
			"You can remove the stick / acme/shop-17: a newer delivery is on the stick, but damaged. Ask the operator to make it again. / Nothing new (acme/shop-17)."},
		{"older", "fr", feed(usb.FeedNews{Err: pack.ErrOlder}), "Vous pouvez retirer la clé / acme/shop-17 : cette clé est plus ancienne que ce qui passe déjà."},
		{"other venue", "en", feed(usb.FeedNews{Err: pack.ErrOtherVenue}), "You can remove the stick / acme/shop-17: this stick is for another screen."},
		{"untrusted", "en", feed(usb.FeedNews{Err: pack.ErrUntrusted}), "You can remove the stick / acme/shop-17: it is not signed by an operator this screen knows. What was playing goes on. If the stick is from your operator, call them."},
		{"changed", "en", feed(usb.FeedNews{Err: pack.ErrChanged}), "You can remove the stick / acme/shop-17: the stick is damaged or incomplete. Ask the operator to make it again."},
		{"another operator's stick", "en", usb.News{Stage: usb.Done, Feeds: []usb.FeedNews{{Name: shop, Err: pack.ErrSame}, {Err: pack.ErrNone}, {Err: pack.ErrOtherVenue}}},
			"You can remove the stick / Nothing new (acme/shop-17)."},
		{"a stranger's newer one", "en", feed(usb.FeedNews{Passed: []error{pack.ErrUntrusted}, Err: pack.ErrSame}),
			"You can remove the stick / acme/shop-17: a newer delivery is on the stick, but not from an operator this screen knows. / Nothing new (acme/shop-17)."},
		{"a newer one for a newer player", "fr", feed(usb.FeedNews{Passed: []error{pack.ErrTooNew}, Err: pack.ErrSame}),
			"Vous pouvez retirer la clé / acme/shop-17 : cette livraison demande un lecteur plus récent. Demandez une mise à jour de l’écran. / Rien de nouveau (acme/shop-17)."},
		{"no space", "fr", feed(usb.FeedNews{Err: disk.ErrNoSpace}), "Vous pouvez retirer la clé / La carte de l’écran est pleine. Ce qui passait continue. Prévenez la régie."},
		{"anything else", "en", feed(usb.FeedNews{Err: errors.New("x")}), "You can remove the stick / acme/shop-17: the installation failed. Call your installer: the screen’s log says why."},
		{"skipped", "en", feed(usb.FeedNews{Received: storage.Received{InForce: true, Wrong: []string{"x"}, Skips: []storage.Skip{{Creative: "a"}, {Campaign: "b"}}}}),
			"You can remove the stick / The ads are in place (acme/shop-17). / Damaged files on the stick: 1. Ask the operator to make it again. / Creatives that cannot be shown on this screen: 1."},
		{"foreign", "fr", usb.News{Stage: usb.Done, Foreign: true}, "Vous pouvez retirer la clé / Rien pour cet écran sur cette clé. / Le dossier ENTRACTE doit être à la racine de la clé."},
		{"worn out", "fr", usb.News{Stage: usb.Done, Err: usb.ErrUnreadable}, "Vous pouvez retirer la clé / La clé ne se lit pas bien. Essayez-en une autre, ou demandez à la régie de la refaire."},
		{"for nothing we take", "en", usb.News{Stage: usb.Done}, "You can remove the stick / There is nothing for this screen on this stick."},
		{"no code", "fr", usb.News{Stage: usb.Done, Own: usb.OwnNews{Found: true}}, "Vous pouvez retirer la clé / Vos images : écrivez 4F7K2M dans le fichier ENTRACTE-OWN/venue.txt de la clé, puis remettez-la."},
		{"own", "en", usb.News{Stage: usb.Done, Own: usb.OwnNews{Found: true, Coded: true, Copied: 2, Left: []string{"x"}}}, "You can remove the stick / Your pictures: 2 added. / Your files left on the stick: 1. The screen takes JPEG, PNG, WebP, GIF, MP4, WebM and MKV."},
		{"one of them", "fr", usb.News{Stage: usb.Done, Own: usb.OwnNews{Found: true, Coded: true, Copied: 1}}, "Vous pouvez retirer la clé / Vos images : 1 ajoutée."},
		{"receipt", "en", usb.News{Stage: usb.Done, Receipt: true}, "You can remove the stick / The proof of play is on the stick: give it back to the operator."},
		{"no receipt", "en", usb.News{Stage: usb.Done, ReceiptErr: errors.New("x")}, "You can remove the stick / The proof of play could not be written to the stick. Nothing is lost: another stick will have it."},
		{"pulled", "en", usb.News{Stage: usb.Pulled}, "The stick was removed too soon / What was playing goes on. / Put it back to finish: the copy goes on where it was."},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m := newStickSpeaker(c.language, "4F7K2M").message(c.news)
			if got := strings.Join(append([]string{m.Title}, m.Lines...), " / "); got != c.want {
				t.Errorf("it says\n%s\nwant\n%s", got, c.want)
			}
			if (m.Progress >= 0) != (c.news.Stage == usb.Copying && c.name != "checking") {
				t.Errorf("progress %v", m.Progress)
			}
		})
	}
}

// A stick is visited once while it is in, and again when it comes back; its message
// goes when it does.
func TestSticksFollowed(t *testing.T) {
	t.Parallel()
	key, err := pack.NewKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := pack.ParseKeys([]string{key.Public()})
	if err != nil {
		t.Fatal(err)
	}
	cache, err := storage.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer cache.Close()
	machine, path := pluggedMachine(t)
	if _, err := pack.Build(t.Context(), disk.OS, path, &pack.Order{
		Name: pack.Name{Org: "acme", Feed: "shop-17"}, Key: key, IssuedAt: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC),
		Files: fstest.MapFS{"lens.png": {Data: []byte("lens")}},
		Probe: func(context.Context, string) (pack.Facts, error) {
			return pack.Facts{Media: "image/png", Width: 16, Height: 9}, nil
		},
		Campaigns: []plan.Campaign{{ID: "lens", Advertiser: "Studio Lens", Category: 1021, Weight: 1,
			Creatives: []plan.Creative{{ID: "lens-1", File: "lens.png", Length: 10 * time.Second}}}},
	}); err != nil {
		t.Fatal(err)
	}
	in, err := machine.Sticks()
	if err != nil || len(in) != 1 {
		t.Fatal(in, err)
	}
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex // fake time passes unseen by the race detector
		var said []string
		lit := false
		s := &sticks{
			visitor: &usb.Visitor{Cache: cache, Keys: keys, Feeds: []pack.Name{{Org: "acme", Feed: "shop-17"}}, Receiving: storage.Receiving{Device: "screen"}},
			words:   newStickSpeaker("en", "4F7K2M"),
			log:     slog.New(slog.DiscardHandler),
			tell: func(m player.Message) {
				mu.Lock()
				defer mu.Unlock()
				if m.Progress < 0 && m.Title != "Checking the ads" || m.Title == "" {
					said = append(said, strings.Join(append([]string{m.Title}, m.Lines...), " / "))
				}
			},
			light: func(on bool) {
				mu.Lock()
				defer mu.Unlock()
				lit = on
			},
		}
		there := make(chan []usb.Stick)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		s.watch = func(ctx context.Context, changed func([]usb.Stick)) error {
			for now := range there {
				changed(now)
			}
			return nil
		}
		go s.run(ctx)
		step := func(name string, act func(), light bool, want ...string) {
			t.Helper()
			mu.Lock()
			said = nil
			mu.Unlock()
			act()
			synctest.Wait()
			mu.Lock()
			defer mu.Unlock()
			if got := strings.Join(said, "\n"); got != strings.Join(want, "\n") || lit != light {
				t.Errorf("%s: lit %v, it said\n%s\nwant\n%s", name, lit, got, strings.Join(want, "\n"))
			}
		}
		plug, pull := func() { there <- in }, func() { there <- nil }
		after := func(d time.Duration) func() { return func() { time.Sleep(d) } }
		const reading, taken = "Reading the stick / Leave the stick in.", ""
		step("plugged", plug, true, reading, "You can remove the stick / The ads are in place (acme/shop-17). / New: Studio Lens.")
		step("told of again", plug, true)
		step("left in", after(stickTime), false, taken)
		step("pulled later", pull, false)
		step("and no more is said", after(time.Minute), false, taken)
		step("plugged again", plug, true, reading, "You can remove the stick / Nothing new (acme/shop-17).")
		step("pulled at once", pull, true)
		step("soon forgotten", after(pulledTime), false, taken)
		close(there)
	})
}

// machineIn is a machine whose kernel tells about itself in the files of a folder.
func machineIn(dir string) usb.Machine {
	return usb.Machine{MountInfo: filepath.Join(dir, "mountinfo"), Sys: filepath.Join(dir, "sys"), Every: 50 * time.Millisecond}
}

// pluggedMachine is a machine with an empty stick, and where that is mounted.
func pluggedMachine(t *testing.T) (usb.Machine, string) {
	t.Helper()
	dir, path := t.TempDir(), t.TempDir()
	plugIn(t, dir, path)
	return machineIn(dir), path
}

// plugIn makes a folder the stick of the machine in dir.
func plugIn(t *testing.T, dir, path string) {
	t.Helper()
	sys := filepath.Join(dir, "sys")
	device := filepath.Join(sys, "devices/usb1/sda1")
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(os.MkdirAll(device, 0o755))
	must(os.WriteFile(filepath.Join(device, "dev"), []byte("8:1\n"), 0o644))
	must(os.MkdirAll(filepath.Join(sys, "class/block"), 0o755))
	must(os.RemoveAll(filepath.Join(sys, "class/block/sda1")))
	must(os.Symlink(device, filepath.Join(sys, "class/block/sda1")))
	must(os.WriteFile(filepath.Join(dir, "mountinfo"), []byte("36 25 8:1 / "+path+" rw - vfat /dev/sda1 rw\n"), 0o644))
}

// pullOut takes it away.
func pullOut(t *testing.T, dir string) {
	t.Helper()
	for _, err := range []error{os.Remove(filepath.Join(dir, "sys/class/block/sda1")), os.WriteFile(filepath.Join(dir, "mountinfo"), nil, 0o644)} {
		if err != nil {
			t.Fatal(err)
		}
	}
}
