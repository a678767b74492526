//go:build linux

package main

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"entracte/scheduler/plan"
	"entracte/storage"
	"entracte/storage/disk"
	"entracte/storage/pack"
	"entracte/storage/usb"
)

// A siege is a shop with ads in force, and a stick that is in.
type siege struct {
	*testing.T
	*arsenal
	stick, data, own, outside string
	cache                     *storage.Cache
	visitor                   *usb.Visitor
	in                        usb.Stick
	pull, plugAgain           func()
	news                      usb.News
	// copying is called with each progress of a copy, and freed before the next stick.
	copying func(storage.Progress)
	freed   func()
}

// An arsenal is made once for a test, and copied for each siege.
type arsenal struct {
	key, stranger pack.Key
	// data has the ad "before" in force, as serial 10; stick is a stick with "before" and
	// "fresh" as serial 11, good one with "good" as serial 99.
	data, stick, good string
}

func arm(t *testing.T) *arsenal {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	a, dir := &arsenal{}, t.TempDir()
	var err error
	a.key, err = pack.NewKey(rand.Reader)
	must(err)
	a.stranger, err = pack.NewKey(rand.Reader)
	must(err)
	a.data, a.stick, a.good = filepath.Join(dir, "data"), filepath.Join(dir, "stick"), filepath.Join(dir, "good")
	before := filepath.Join(dir, "before")
	for at, o := range map[string]*pack.Order{
		before:  orderOf(a.key, 10, map[string]string{"before": "before"}),
		a.stick: orderOf(a.key, 11, map[string]string{"before": "before", "fresh": "fresh"}),
		a.good:  orderOf(a.key, 99, map[string]string{"good": "good"}),
	} {
		must(os.MkdirAll(at, 0o755))
		_, err := pack.Build(t.Context(), disk.OS, at, o)
		must(err)
	}
	cache, err := storage.Open(a.data)
	must(err)
	root, err := pack.OpenDir(before)
	must(err)
	defer root.Close()
	p, _, err := cache.Newest(t.Context(), pack.Dir(root), shop17, a.keys(t))
	must(err)
	_, err = cache.Receive(t.Context(), pack.Dir(root), p, storage.Receiving{Device: "screen"})
	must(err)
	must(cache.Close())
	return a
}

// keys trust the operator and nobody else.
func (a *arsenal) keys(t *testing.T) pack.Keys {
	t.Helper()
	keys, err := pack.ParseKeys([]string{a.key.Public()})
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

var shop17 = pack.Name{Org: "acme", Feed: "shop-17"}

// orderOf orders a pack of ads with these pictures.
func orderOf(key pack.Key, serial int, pictures map[string]string) *pack.Order {
	o := &pack.Order{
		Name: shop17, Key: key, Serial: serial, IssuedAt: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC), Files: fstest.MapFS{},
		Probe: func(context.Context, string) (pack.Facts, error) {
			return pack.Facts{Media: "image/png", Width: 16, Height: 9}, nil
		},
	}
	for id, picture := range pictures {
		o.Files.(fstest.MapFS)[id+".png"] = &fstest.MapFile{Data: []byte(picture)}
		o.Campaigns = append(o.Campaigns, plan.Campaign{ID: id, Advertiser: "The " + id, Category: 1021, Weight: 1,
			Creatives: []plan.Creative{{ID: id + "-1", File: id + ".png", Length: 10 * time.Second}}})
	}
	slices.SortFunc(o.Campaigns, func(a, b plan.Campaign) int { return strings.Compare(a.ID, b.ID) })
	return o
}

func besiege(t *testing.T, a *arsenal) *siege {
	t.Helper()
	dir := t.TempDir()
	s := &siege{T: t, arsenal: a, stick: filepath.Join(dir, "stick"), data: filepath.Join(dir, "data"), own: filepath.Join(dir, "own"), outside: filepath.Join(dir, "outside")}
	for _, d := range []string{s.own, s.outside} {
		s.must(os.Mkdir(d, 0o755))
	}
	s.put(filepath.Join(s.outside, "shadow"), "12345") // as long as "fresh"
	s.must(os.CopyFS(s.stick, os.DirFS(a.stick)))
	s.must(os.CopyFS(s.data, os.DirFS(a.data)))
	machine := filepath.Join(dir, "machine")
	plugIn(t, machine, s.stick)
	all, err := machineIn(machine).Sticks()
	if err != nil || len(all) != 1 {
		t.Fatal(all, err)
	}
	s.in, s.pull, s.plugAgain = all[0], func() { pullOut(t, machine) }, func() { plugIn(t, machine, s.stick) }
	s.visitor = &usb.Visitor{
		Keys: a.keys(t), Feeds: []pack.Name{shop17}, Receiving: storage.Receiving{Device: "screen"},
		Own: usb.Own{Disk: disk.OS, Folder: s.own, Code: "4F7K2M"},
	}
	return s
}

func (s *siege) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

func (s *siege) put(path, text string) {
	s.Helper()
	s.must(os.MkdirAll(filepath.Dir(path), 0o755))
	s.must(os.WriteFile(path, []byte(text), 0o644))
}

// open opens the data folder.
func (s *siege) open() {
	s.Helper()
	if s.cache != nil {
		return
	}
	var err error
	s.cache, err = storage.Open(s.data)
	s.must(err)
	s.Cleanup(func() { s.cache.Close() })
	s.visitor.Cache = s.cache
}

// visit visits the stick, and sees that it ends.
func (s *siege) visit() {
	s.Helper()
	s.open()
	ctx, cancel := context.WithTimeout(s.Context(), patience)
	defer cancel()
	s.visitor.Visit(ctx, s.in, func(n usb.News) {
		if s.news = n; n.Stage == usb.Copying && s.copying != nil {
			s.copying(n.Progress)
		}
	})
	if ctx.Err() != nil {
		s.Fatal("the visit did not end")
	}
}

func (s *siege) says(language string) (title, lines string) {
	m := newStickSpeaker(language, "4F7K2M").message(s.news)
	return m.Title, strings.Join(m.Lines, " / ")
}

// stands checks what is in force and playable, and that nothing else came into the
// store, nor anything at all to the outside.
func (s *siege) stands(force, outside string) {
	s.Helper()
	p, err := s.cache.Plan()
	s.must(err)
	var ids []string
	for _, f := range p.Feeds {
		for _, c := range f.Campaigns {
			ids = append(ids, c.ID)
			for _, cr := range c.Creatives {
				path, err := s.cache.MediaPath(cr.SHA256)
				s.must(err)
				if sum := s.sum(path); sum != cr.SHA256 {
					s.Errorf("%s is stored as %s", sum, cr.SHA256)
				}
			}
		}
	}
	if got := strings.Join(ids, " "); got != force {
		s.Errorf("in force is %q, want %q", got, force)
	}
	signed := s.signed()
	s.must(filepath.WalkDir(filepath.Join(s.data, "media"), func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && (!d.Type().IsRegular() || s.sum(path) != d.Name() || !strings.Contains(signed, d.Name())) {
			err = fmt.Errorf("%s is in the store", path)
		}
		return err
	}))
	if now := s.tree(s.outside); now != outside {
		s.Errorf("outside was\n%s\nand is\n%s", outside, now)
	}
	if entries, err := os.ReadDir(filepath.Dir(s.data)); err != nil || len(entries) != 5 {
		s.Errorf("beside the data folder are %v, %v", entries, err)
	}
}

// signed are the manifests that were accepted or wait: what they name may be stored.
func (s *siege) signed() (all string) {
	s.must(filepath.WalkDir(filepath.Join(s.data, "packs"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		all += string(b)
		return err
	}))
	return all
}

func (s *siege) sum(path string) string {
	s.Helper()
	f, err := os.Open(path)
	s.must(err)
	defer f.Close()
	h := sha256.New()
	_, err = io.Copy(h, f)
	s.must(err)
	return hex.EncodeToString(h.Sum(nil))
}

// tree describes a folder and all in it.
func (s *siege) tree(dir string) string {
	s.Helper()
	var all strings.Builder
	s.must(filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		i, err := d.Info()
		fmt.Fprintf(&all, "%s %v %d", path, i.Mode(), i.Size())
		if i.Mode().IsRegular() && i.Size() < 1<<20 {
			fmt.Fprint(&all, " ", s.sum(path))
		}
		fmt.Fprintln(&all)
		return err
	}))
	return all.String()
}

// heals sees that the next good stick is taken.
func (s *siege) heals() {
	s.Helper()
	s.must(os.RemoveAll(s.stick))
	s.must(os.CopyFS(s.stick, os.DirFS(s.arsenal.good)))
	s.visitor.Through, s.visitor.Give, s.copying = nil, nil, nil
	if s.freed != nil {
		s.freed()
	}
	s.visit()
	f, _, err := s.cache.Feed(shop17.String())
	if err != nil || f.Revision != "0001-00000099" {
		s.Errorf("the next stick: %+v, %+v, %v", f, s.news, err)
	}
}

// The places on the stick.
func (s *siege) at(path string) string   { return filepath.Join(s.stick, "ENTRACTE", path) }
func (s *siege) feed(path string) string { return s.at("feeds/shop-17/" + path) }
func (s *siege) manifest() string        { return s.feed("0001-00000011.json") }
func (s *siege) blob() string            { return s.at(pack.BlobPath(digestOf("fresh"))) }

func digestOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// build puts another pack on the stick, in place of what is there.
func (s *siege) build(o *pack.Order) {
	s.Helper()
	s.must(os.RemoveAll(s.at("")))
	_, err := pack.Build(s.Context(), disk.OS, s.stick, o)
	s.must(err)
}

// sign signs a manifest as the operator does, whatever is in it.
func (s *siege) sign(manifest string) {
	s.Helper()
	var m struct {
		Org, Feed   string
		Gen, Serial int
		Blobs       []struct{ SHA256 string }
	}
	s.must(json.Unmarshal([]byte(manifest), &m))
	var sums strings.Builder
	for _, b := range m.Blobs {
		sums.WriteString(b.SHA256 + "  " + b.SHA256[:2] + "/" + b.SHA256 + "\n")
	}
	s.put(s.manifest(), manifest)
	s.put(s.manifest()+".minisig", string(s.arsenal.key.Sign([]byte(manifest),
		fmt.Sprintf("entracte-pack/1 org=%s feed=%s gen=%d serial=%d sums=%s", m.Org, m.Feed, m.Gen, m.Serial, digestOf(sums.String())))))
}

// edit changes the manifest and signs it again.
func (s *siege) edit(old, new string) {
	s.Helper()
	text := s.read(s.manifest())
	if !strings.Contains(text, old) {
		s.Fatalf("there is no %s in %s", old, text)
	}
	s.sign(strings.Replace(text, old, new, 1))
}

func (s *siege) read(path string) string {
	s.Helper()
	b, err := os.ReadFile(path)
	s.must(err)
	return string(b)
}
