package storage

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"

	"entracte/storage/pack"
)

// A worn stick cannot read some of its files.
type worn struct {
	*stick
	bad   map[string]bool
	tried []string
}

func (w *worn) Open(ctx context.Context, name string, from int64) (io.ReadCloser, error) {
	w.tried = append(w.tried, name)
	if w.bad[filepath.Base(name)] {
		return io.NopCloser(broken{}), nil
	}
	return w.stick.Open(ctx, name, from)
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, &os.PathError{Op: "read", Err: syscall.EIO} }

// A bad block costs one file, which another stick brings; three in a row are the end of
// a stick, and so are the last ones.
func TestReceiveFromWornStick(t *testing.T) {
	t.Parallel()
	media := []string{"a", "b", "c", "d", "e", "f"}
	shas := func(p *pack.Pack) (all []string) {
		for _, b := range p.Blobs {
			all = append(all, b.SHA256)
		}
		return all
	}
	for _, c := range []struct {
		bad          []int // in the order they are read
		files, wrong int
		tried        int
		gone         bool
	}{
		{[]int{0}, 5, 1, 6, false},
		{[]int{0, 1, 3, 4}, 2, 4, 6, false},
		{[]int{1, 2, 3}, 1, 0, 4, true},
		{[]int{5}, 5, 0, 6, true},
		{[]int{0, 5}, 4, 1, 6, true},
		{[]int{0, 1, 2, 3, 4, 5}, 0, 0, 3, true},
	} {
		t.Run(fmt.Sprint(c.bad), func(t *testing.T) {
			t.Parallel()
			cache := open(t, t.TempDir())
			p, src := packOf(1, media...)
			w := &worn{stick: src, bad: map[string]bool{}}
			for _, i := range c.bad {
				w.bad[shas(p)[i]] = true
			}
			got, err := receive(cache, w, p)
			if err != nil || got.InForce || got.Files != c.files || len(got.Wrong) != c.wrong || len(w.tried) != c.tried || (got.Gone != nil) != c.gone {
				t.Errorf("%d tried: %+v, %v", len(w.tried), got, err)
			}
			if want := slices.Sorted(maps.Keys(w.bad)); !c.gone && !slices.Equal(slices.Sorted(slices.Values(got.Wrong)), want) {
				t.Errorf("wrong are %q, want %q", got.Wrong, want)
			}
			if c.gone && !errors.Is(got.Gone, syscall.EIO) {
				t.Error(got.Gone)
			}
			mustReceive(t, cache, src, p)
		})
	}
}

// A feed's folder may name more packs than anybody would read.
func TestNewestOfVeryMany(t *testing.T) {
	t.Parallel()
	_, trust := operator(t)
	c, many := open(t, t.TempDir()), &crowd{}
	_, passed, err := c.Newest(t.Context(), many, shop, trust)
	if !errors.Is(err, pack.ErrUntrusted) || len(passed) > 0 || many.opened > 2*maxTried+10 {
		t.Errorf("%d were opened: %d passed, %v", many.opened, len(passed), err)
	}
}

// A crowd has 60,000 packs of every feed, with signatures that are none.
type crowd struct{ opened int }

func (c *crowd) Open(context.Context, string, int64) (io.ReadCloser, error) {
	c.opened++
	return io.NopCloser(io.LimitReader(zeros{}, 10)), nil
}

func (c *crowd) List(context.Context, string) (names []string, err error) {
	for i := range 60_000 {
		names = append(names, pack.Version{Gen: 1, Serial: i + 1}.String()+".json.minisig")
	}
	return names, nil
}
