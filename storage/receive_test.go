package storage

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"entracte/scheduler/plan"
	"entracte/storage/pack"
)

var shop = pack.Name{Org: "acme", Feed: "shop-17"}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// packOf makes a pack with a campaign for every medium, and the source that has it.
func packOf(serial int, media ...string) (*pack.Pack, *stick) {
	v := pack.Version{Gen: 1, Serial: serial}
	p := &pack.Pack{
		Name: shop, Version: v, Feed: plan.Feed{Name: shop.String(), Revision: v.String()},
		Manifest: fmt.Appendf(nil, "manifest %s %q", v, media), Signature: []byte("signature"),
	}
	p.Digest = digest(p.Manifest)
	s := &stick{files: make(map[string][]byte)}
	for i, m := range media {
		sha := digest([]byte(m))
		p.Feed.Campaigns = append(p.Feed.Campaigns, plan.Campaign{
			ID: fmt.Sprint("c", i), Advertiser: "A", Weight: 1,
			Creatives: []plan.Creative{{ID: fmt.Sprint("cr", i), File: fmt.Sprint("label ", i), SHA256: sha}},
		})
		if s.files[sha] == nil {
			p.Blobs = append(p.Blobs, pack.Blob{SHA256: sha, Size: int64(len(m))})
		}
		s.files[sha] = []byte(m)
	}
	return p, s
}

// A stick has blobs, and may be pulled.
type stick struct {
	files map[string][]byte
	// asked are the blobs that were opened, and from where.
	asked []string
	// left is how many bytes are read before err, if that is set.
	left int
	err  error
}

func (s *stick) Open(_ context.Context, name string, from int64) (io.ReadCloser, error) {
	sha := filepath.Base(name)
	b, ok := s.files[sha]
	if name != pack.BlobPath(sha) {
		return nil, fs.ErrInvalid
	}
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	s.asked = append(s.asked, fmt.Sprintf("%s@%d", sha, from))
	if from > int64(len(b)) {
		return nil, pack.ErrDamaged
	}
	return io.NopCloser(&pulled{s, bytes.NewReader(b[from:])}), nil
}

type pulled struct {
	s *stick
	r io.Reader
}

func (p *pulled) Read(b []byte) (int, error) {
	if p.s.err == nil {
		return p.r.Read(b)
	}
	if p.s.left == 0 {
		return 0, p.s.err
	}
	n, err := p.r.Read(b[:min(len(b), p.s.left)])
	p.s.left -= n
	return n, err
}

func receive(c *Cache, s Source, p *pack.Pack) (Received, error) {
	return c.Receive(context.Background(), s, p, Receiving{Probe: pretty})
}

func mustReceive(t testing.TB, c *Cache, s Source, p *pack.Pack) Received {
	t.Helper()
	got, err := receive(c, s, p)
	if err != nil || !got.InForce {
		t.Fatalf("%+v, %v", got, err)
	}
	return got
}

// left are the files of a folder of the data, without their folders.
func left(t testing.TB, c *Cache, dir string) (names []string) {
	t.Helper()
	err := filepath.WalkDir(filepath.Join(c.dir, dir), func(_ string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, d.Name())
		}
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	slices.Sort(names)
	return names
}

func TestReceive(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	c := open(t, data)
	big := strings.Repeat("big ", 3<<20)
	p, s := packOf(1, "one", "film", "bad", "one", big)
	p.Feed.Campaigns[0].Creatives = append(p.Feed.Campaigns[0].Creatives,
		plan.Creative{ID: "words", Card: &plan.Card{Title: "T"}},
		plan.Creative{ID: "card", Card: &plan.Card{Title: "T", Picture: "p", PictureSHA256: digest([]byte("bad"))}})
	var told []Progress
	got, err := c.Receive(context.Background(), s, p, Receiving{Probe: pretty, Progress: func(p Progress) { told = append(told, p) }})
	if err != nil || !got.InForce || got.Files != 4 || got.Bytes != int64(3+4+3+len(big)) {
		t.Fatalf("%+v, %v", got, err)
	}
	want := []Skip{
		{Feed: "acme/shop-17", Campaign: "c0", Creative: "card", File: "p", Reason: errUgly.Error()},
		{Feed: "acme/shop-17", Campaign: "c2", Creative: "cr2", File: "label 2", Reason: errUgly.Error()},
		{Feed: "acme/shop-17", Campaign: "c2", Reason: "none of its creatives can be shown"},
	}
	if !reflect.DeepEqual(got.Skips, want) {
		t.Errorf("skipped %+v", got.Skips)
	}
	if last := told[len(told)-1]; last.Files != 4 || last.OfFiles != 4 || last.Bytes != got.Bytes || last.OfBytes != got.Bytes || last.Rate <= 0 {
		t.Errorf("the last progress was %+v", last)
	}
	for i := range told[1:] {
		if told[i+1].Bytes < told[i].Bytes || told[i+1].Files < told[i].Files {
			t.Errorf("progress goes back: %+v", told[i:i+2])
		}
	}
	c.Close()
	c = open(t, data)
	f, ok, err := c.Feed("acme/shop-17")
	if !ok || err != nil || !reflect.DeepEqual(f, got.Feed) || len(f.Campaigns) != 4 || len(f.Campaigns[0].Creatives) != 2 {
		t.Fatalf("in force: %+v, %v", f, err)
	}
	if f.Campaigns[1].Creatives[0].Length != 30*time.Second {
		t.Error("a film does not know how long it runs")
	}
	if read(t, c, digest([]byte(big))) != big {
		t.Error("the copy of a large blob is another")
	}
	if in := left(t, c, "incoming"); len(in) != 0 {
		t.Errorf("left in incoming: %v", in)
	}
	if _, _, err := c.Sweep(); err != nil {
		t.Error(err)
	}
	if n := len(stored(t, c)); n != 4 { // what fails the probe is kept: it would be copied again
		t.Errorf("%d media after a sweep", n)
	}
	if _, err := receive(c, s, p); !errors.Is(err, pack.ErrSame) {
		t.Errorf("once more: %v", err)
	}
}

func TestReceiveRefuses(t *testing.T) {
	t.Parallel()
	c := open(t, t.TempDir())
	p, s := packOf(5, "one")
	was := mustReceive(t, c, s, p)
	older, s4 := packOf(4, "two")
	other, s5 := packOf(5, "three")
	foreign, s6 := packOf(6, "four")
	foreign.Devices = []string{"another"}
	tagged, s7 := packOf(6, "four")
	tagged.Tags = []string{"window"}
	for _, k := range []struct {
		p    *pack.Pack
		s    *stick
		want error
	}{{older, s4, pack.ErrOlder}, {other, s5, pack.ErrUntrusted}, {foreign, s6, pack.ErrOtherVenue}, {tagged, s7, pack.ErrOtherVenue}} {
		_, err := receive(c, k.s, k.p)
		wantHint(t, err, k.want)
		if len(k.s.asked) > 0 {
			t.Errorf("%v: a blob was read", k.want)
		}
	}
	if f, _, err := c.Feed(shop.String()); err != nil || !reflect.DeepEqual(f, was.Feed) {
		t.Errorf("in force: %+v, %v", f, err)
	}
	if _, err := c.Receive(context.Background(), s7, tagged, Receiving{Tags: []string{"window"}}); err != nil {
		t.Error(err)
	}
}

// A pack whose media are on two sticks waits for the second.
func TestReceiveWaits(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	c := open(t, data)
	was := mustReceive(t, c, func() *stick { _, s := packOf(1, "old"); return s }(), func() *pack.Pack { p, _ := packOf(1, "old"); return p }())
	p, s := packOf(2, "one", "two", "three")
	first := &stick{files: map[string][]byte{digest([]byte("two")): []byte("two")}}
	got, err := receive(c, first, p)
	if err != nil || got.InForce || len(got.Missing) != 2 || got.MissingBytes != 8 || got.Files != 1 || got.Gone != nil {
		t.Fatalf("%+v, %v", got, err)
	}
	if f, _, err := c.Feed(shop.String()); err != nil || !reflect.DeepEqual(f, was.Feed) {
		t.Errorf("in force: %+v, %v", f, err)
	}
	if _, _, err := c.Sweep(); err != nil {
		t.Fatal(err)
	}
	c.Close()
	c = open(t, data)
	waiting, err := c.Waiting()
	if err != nil || !reflect.DeepEqual(waiting, []Waiting{{Feed: "acme/shop-17", Version: "0001-00000002", Files: 2, Bytes: 8}}) {
		t.Errorf("waiting: %+v, %v", waiting, err)
	}
	got = mustReceive(t, c, s, p)
	if got.Files != 2 || len(s.asked) != 2 {
		t.Errorf("%+v, asked for %v", got, s.asked)
	}
	if waiting, err := c.Waiting(); err != nil || len(waiting) > 0 {
		t.Errorf("still waiting: %+v, %v", waiting, err)
	}
}

// A pulled stick ends in the middle of a file; the next one goes on there.
func TestReceiveGoesOn(t *testing.T) {
	t.Parallel()
	for _, at := range []int{0, 1, bufferSize, 5*bufferSize + 7, 9 << 20} {
		data := t.TempDir()
		c := open(t, data)
		film := strings.Repeat("film of more than 8 MB ", 9<<20/23+1)[:9<<20]
		p, s := packOf(1, film, "small")
		s.left, s.err = at, syscall.EIO
		got, err := receive(c, s, p)
		if err != nil || got.InForce || !errors.Is(got.Gone, syscall.EIO) || got.MissingBytes != int64(len(film)+5-at) {
			t.Fatalf("%d: %+v, %v", at, got, err)
		}
		if _, _, err := c.Sweep(); err != nil {
			t.Fatal(err)
		}
		c.Close()
		c = open(t, data)
		_, s = packOf(1, film, "small")
		if got = mustReceive(t, c, s, p); got.Bytes != int64(len(film)+5-at) {
			t.Errorf("%d: %+v", at, got)
		}
		if want := fmt.Sprintf("%s@%d", digest([]byte(film)), at); at < len(film) && s.asked[0] != want {
			t.Errorf("asked for %v, want %s", s.asked, want)
		}
		if read(t, c, digest([]byte(film))) != film {
			t.Errorf("%d: the copy is another", at)
		}
	}
}

// After a power cut a copy goes on from the last state, whatever came behind it.
func TestReceiveGoesOnFromAState(t *testing.T) {
	t.Parallel()
	const stateEvery = 4 << 20
	film := strings.Repeat("0123456789abcdef", (stateEvery+3<<20)/16)
	p, s := packOf(1, film)
	sha := digest([]byte(film))
	data := t.TempDir()
	c := open(t, data)
	died := errors.New("died")
	c.disk = &failing{Disk: c.disk, err: died}
	c.statesEvery = stateEvery
	c.disk.(*failing).left.Store(27) // until after the first state
	if _, err := receive(c, s, p); !errors.Is(err, died) {
		t.Fatal(err)
	}
	c.Close()
	part := filepath.Join(data, "incoming", sha+".part")
	if i, err := os.Stat(part); err != nil || i.Size() <= stateEvery || i.Size() >= int64(len(film)) {
		t.Fatalf("the part: %v, %v", i, err)
	}
	for name, damage := range map[string]func(t *testing.T, dir string){
		"as it is":   func(*testing.T, string) {},
		"torn state": func(t *testing.T, dir string) { must(t, os.Truncate(filepath.Join(dir, sha+".state"), 50)) },
		"short part": func(t *testing.T, dir string) { must(t, os.Truncate(filepath.Join(dir, sha+".part"), stateEvery-1)) },
		"no state":   func(t *testing.T, dir string) { must(t, os.Remove(filepath.Join(dir, sha+".state"))) },
		"other bytes": func(t *testing.T, dir string) {
			f, err := os.OpenFile(filepath.Join(dir, sha+".part"), os.O_WRONLY, 0)
			must(t, err)
			_, err = f.WriteAt([]byte("XX"), stateEvery+5) // behind the state
			must(t, errors.Join(err, f.Close()))
		},
		"long part": func(t *testing.T, dir string) { must(t, os.Truncate(filepath.Join(dir, sha+".part"), 20<<20)) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			must(t, os.CopyFS(dir, os.DirFS(data)))
			damage(t, filepath.Join(dir, "incoming"))
			c := open(t, dir)
			_, s := packOf(1, film)
			mustReceive(t, c, s, p)
			from := 0
			if name == "as it is" || name == "other bytes" || name == "long part" {
				from = stateEvery
			}
			if want := fmt.Sprintf("%s@%d", sha, from); len(s.asked) != 1 || s.asked[0] != want {
				t.Errorf("asked for %v, want %s", s.asked, want)
			}
			if read(t, c, sha) != film {
				t.Error("the copy is another")
			}
		})
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// A source with other bytes is found out, and another one completes the pack.
func TestReceiveWrongBytes(t *testing.T) {
	t.Parallel()
	for name, bad := range map[string]string{"another": "onf", "longer": "one ", "much longer": "one" + strings.Repeat(" ", 3<<20)} {
		c := open(t, t.TempDir())
		p, s := packOf(1, "one", "two")
		sha := digest([]byte("one"))
		s.files[sha] = []byte(bad)
		got, err := receive(c, s, p)
		if err != nil || got.InForce || !slices.Equal(got.Wrong, []string{sha}) || !slices.Equal(got.Missing, got.Wrong) || got.MissingBytes != 3 {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
		if in := left(t, c, "incoming"); len(in) != 0 || len(stored(t, c)) != 1 {
			t.Errorf("%s: left %v and %v", name, in, stored(t, c))
		}
		_, s = packOf(1, "one", "two")
		mustReceive(t, c, s, p)
	}
}

// The first half came from a bad source: the good one is not blamed.
func TestReceiveBlamesTheRightSource(t *testing.T) {
	t.Parallel()
	c := open(t, t.TempDir())
	film := strings.Repeat("film", 1<<20)
	p, s := packOf(1, film)
	bad := &stick{files: map[string][]byte{digest([]byte(film)): []byte(strings.Repeat("filn", 1<<20))}, left: 3 << 20, err: syscall.EIO}
	if got, err := receive(c, bad, p); err != nil || got.Gone == nil {
		t.Fatalf("%+v, %v", got, err)
	}
	if got := mustReceive(t, c, s, p); len(got.Wrong) > 0 || len(s.asked) != 2 {
		t.Errorf("%+v, asked for %v", got, s.asked)
	}
}

// A file that is shorter than it should be is no reason to throw it away: a pulled
// stick, or a line that broke, ends like that.
func TestReceiveShortFile(t *testing.T) {
	t.Parallel()
	c := open(t, t.TempDir())
	film := strings.Repeat("film", 1<<20)
	p, s := packOf(1, film, "two")
	cut := &stick{files: map[string][]byte{digest([]byte(film)): []byte(film[:2<<20]), digest([]byte("two")): []byte("two")}}
	got, err := receive(c, cut, p)
	if err != nil || got.MissingBytes != 2<<20 || len(got.Wrong) > 0 || got.Gone != nil || got.Files != 1 {
		t.Fatalf("%+v, %v", got, err)
	}
	if got := mustReceive(t, c, s, p); got.Bytes != 2<<20 {
		t.Errorf("%+v", got)
	}
}

func TestReceiveEndsWithItsContext(t *testing.T) {
	t.Parallel()
	c := open(t, t.TempDir())
	film := strings.Repeat("film", 2<<20)
	p, s := packOf(1, film)
	ctx, cancel := context.WithCancel(context.Background())
	_, err := c.Receive(ctx, s, p, Receiving{Progress: func(Progress) { cancel() }})
	if !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	got := mustReceive(t, c, s, p)
	if got.Bytes == int64(len(film)) {
		t.Error("nothing was kept of what was copied before")
	}
}

// Three packs follow each other: the media of the one in force and of the one before
// are kept.
func TestReceiveKeepsThePackBefore(t *testing.T) {
	t.Parallel()
	c := open(t, t.TempDir())
	for serial := 1; serial <= 3; serial++ {
		p, s := packOf(serial, "always", fmt.Sprint("only ", serial))
		mustReceive(t, c, s, p)
		if _, _, err := c.Sweep(); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{digest([]byte("always")), digest([]byte("only 2")), digest([]byte("only 3"))}
	slices.Sort(want)
	if got := left(t, c, "media"); !slices.Equal(got, want) {
		t.Errorf("stored: %v, want %v", got, want)
	}
	var names []string
	for _, v := range []string{"0001-00000002", "0001-00000003"} {
		names = append(names, v+".blobs", v+".json", v+".json.minisig")
	}
	if got := left(t, c, "packs"); !slices.Equal(got, names) {
		t.Errorf("kept: %v", got)
	}
}

// Media that were lost are fetched again with the pack that is in force.
func TestReceiveMends(t *testing.T) {
	t.Parallel()
	c := open(t, t.TempDir())
	p, s := packOf(1, "one", "two")
	mustReceive(t, c, s, p)
	must(t, os.Remove(c.mediaPath(digest([]byte("two")))))
	must(t, os.Truncate(c.mediaPath(digest([]byte("one"))), 1))
	if got := mustReceive(t, c, s, p); got.Files != 2 {
		t.Errorf("%+v", got)
	}
	if read(t, c, digest([]byte("one")))+read(t, c, digest([]byte("two"))) != "onetwo" {
		t.Error("still lost")
	}
}
