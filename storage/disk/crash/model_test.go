package crash

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"entracte/storage/disk"
)

// left lists what a cut after all of run may leave, each state in words: every
// file with what it holds.
func left(t *testing.T, setup, run func(d *Disk) error) []string {
	t.Helper()
	d := New()
	if err := setup(d); err != nil {
		t.Fatal(err)
	}
	c := newCard(d.copy())
	d.log = new(journal)
	if err := run(d); err != nil {
		t.Fatal(err)
	}
	for i := range d.log.ops {
		c.apply(i, &d.log.ops[i])
	}
	var all []string
	rng := rand.New(rand.NewPCG(1, 1))
	st := newStates(c, rng)
	st.each(1<<20, rng, func() bool {
		if s := describe(st.disk(), "/"); !slices.Contains(all, s) {
			all = append(all, s)
		}
		return true
	})
	slices.Sort(all)
	return all
}

func describe(d *Disk, dir string) string {
	var out []string
	list, _ := d.ReadDir(dir)
	for _, e := range list {
		p := dir + e.Name()
		if e.IsDir() {
			out = append(out, p+"/", describe(d, p+"/"))
			continue
		}
		b, _ := disk.ReadFile(d, p, 1<<20)
		out = append(out, p+"="+short(b))
	}
	return strings.TrimSpace(strings.Join(out, " "))
}

// short writes each run of equal bytes once: "a512" or just "a".
func short(b []byte) string {
	var s strings.Builder
	for len(b) > 0 {
		n := 1
		for n < len(b) && b[n] == b[0] {
			n++
		}
		c := string(b[:1])
		if b[0] == 0 {
			c = "0"
		}
		s.WriteString(c)
		if n > 1 {
			fmt.Fprintf(&s, "x%d.", n)
		}
		b = b[n:]
	}
	return s.String()
}

func write(d *Disk, path, text string, at int64, sync bool) error {
	f, err := d.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		f, err = d.Create(path)
	}
	if err != nil {
		return err
	}
	_, err = f.WriteAt([]byte(text), at)
	if sync {
		err = errors.Join(err, f.Sync())
	}
	return errors.Join(err, f.Close())
}

func steps(all ...error) error { return errors.Join(all...) }

var models = []struct {
	name       string
	setup, run func(d *Disk) error
	want       []string
}{
	{
		"a new file", nil,
		func(d *Disk) error { return write(d, "/f", "a", 0, false) },
		// No name; a name; a name and a size; all.
		[]string{"", "/f=", "/f=0", "/f=a"},
	},
	{
		"a new file that is synced has no name yet", nil,
		func(d *Disk) error { return write(d, "/f", "a", 0, true) },
		[]string{"", "/f=a"},
	},
	{
		"a name that is synced has no bytes yet", nil,
		func(d *Disk) error { return steps(write(d, "/f", "a", 0, false), d.SyncDir("/")) },
		[]string{"/f=", "/f=0", "/f=a"},
	},
	{
		"both", nil,
		func(d *Disk) error { return steps(write(d, "/f", "a", 0, true), d.SyncDir("/")) },
		[]string{"/f=a"},
	},
	{
		"many at once",
		func(d *Disk) error { return steps(write(d, "/f", "", 0, false), write(d, "/g", "", 0, false)) },
		func(d *Disk) error {
			return steps(write(d, "/f", "a", 0, false), write(d, "/g", "b", 0, false), d.SyncFiles("/", []string{"/f", "/g"}))
		},
		[]string{"/f=a /g=b"},
	},
	{
		"one sector is any that it was",
		func(d *Disk) error { return write(d, "/f", "a", 0, false) },
		func(d *Disk) error { return steps(write(d, "/f", "b", 0, false), write(d, "/f", "c", 0, false)) },
		[]string{"/f=0", "/f=a", "/f=b", "/f=c"},
	},
	{
		"later bytes of a sector are not there without earlier ones",
		func(d *Disk) error { return write(d, "/f", "aa", 0, false) },
		func(d *Disk) error { return steps(write(d, "/f", "b", 0, false), write(d, "/f", "b", 1, false)) },
		[]string{"/f=0x2.", "/f=ax2.", "/f=ba", "/f=bx2."},
	},
	{
		"a rename is whole within a folder",
		func(d *Disk) error { return steps(write(d, "/f", "new", 0, false), write(d, "/g", "old", 0, false)) },
		func(d *Disk) error { return d.Rename("/f", "/g") },
		[]string{"/f=new /g=old", "/g=new"},
	},
	{
		"and in halves between two",
		func(d *Disk) error { return steps(d.Mkdir("/d"), write(d, "/f", "x", 0, false)) },
		func(d *Disk) error { return d.Rename("/f", "/d/f") },
		[]string{"/d/", "/d/  /f=x", "/d/ /d/f=x", "/d/ /d/f=x /f=x"},
	},
	{
		"a file in a folder that is lost is lost", nil,
		func(d *Disk) error { return steps(d.Mkdir("/d"), write(d, "/d/f", "x", 0, true), d.SyncDir("/d")) },
		[]string{"", "/d/ /d/f=x"},
	},
	{
		"a removal may come first",
		func(d *Disk) error { return steps(write(d, "/f", "x", 0, false), write(d, "/g", "y", 0, false)) },
		func(d *Disk) error { return steps(d.Remove("/f"), d.Remove("/g")) },
		[]string{"", "/f=x", "/f=x /g=y", "/g=y"},
	},
	{
		"two sectors do not wait for each other",
		func(d *Disk) error { return write(d, "/f", strings.Repeat("a", 1024), 0, false) },
		func(d *Disk) error { return write(d, "/f", "bb", 511, false) },
		[]string{"/f=0x1024.", "/f=ax1024.", "/f=ax511.bax512.", "/f=ax511.bx2.ax511.", "/f=ax512.bax511."},
	},
	{
		"a block that is written and not synced is lost whole, and no other",
		func(d *Disk) error { return write(d, "/f", strings.Repeat("a", 8192), 0, false) },
		func(d *Disk) error {
			return write(d, "/f", "b", 4096, false)
		},
		[]string{"/f=ax4096.0x4096.", "/f=ax4096.bax4095.", "/f=ax8192."},
	},
	{
		"what a truncation takes may come back",
		func(d *Disk) error { return write(d, "/f", "abc", 0, false) },
		func(d *Disk) error {
			f, err := d.Open("/f")
			return steps(err, f.Truncate(1))
		},
		[]string{"/f=0", "/f=0x3.", "/f=a", "/f=a0c", "/f=a0x2.", "/f=abc"},
	},
	{
		"a commit syncs nothing", nil,
		func(d *Disk) error { d.Commit("k", "v"); return write(d, "/f", "", 0, true) },
		[]string{"", "/f="},
	},
}

func TestModel(t *testing.T) {
	t.Parallel()
	for _, m := range models {
		setup := m.setup
		if setup == nil {
			setup = func(*Disk) error { return nil }
		}
		got := left(t, setup, m.run)
		if !slices.Equal(got, m.want) {
			t.Errorf("%s: it leaves\n  %s\nnot\n  %s", m.name, strings.Join(got, "\n  "), strings.Join(m.want, "\n  "))
		}
	}
}

// A sector is torn at any byte where old and new differ.
func TestTorn(t *testing.T) {
	t.Parallel()
	found := make(map[string]bool)
	for range 40 {
		got := left(t, func(d *Disk) error { return write(d, "/f", "aaaa", 0, false) },
			func(d *Disk) error { return write(d, "/f", "bbbb", 0, false) })
		for _, s := range got {
			found[s] = true
		}
	}
	if !found["/f=ax4."] || !found["/f=bx4."] || len(found) < 3 {
		t.Error(found)
	}
}

// What can be done to a disk does the same to this one and to the real one.
func TestLikeOS(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		root, err := os.MkdirTemp("", "crash")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(root)
		model := New()
		name := rapid.SampledFrom([]string{"a", "b", "d", "d/a", "d/b", "d/e", "x/a"})
		for range rapid.IntRange(1, 30).Draw(t, "operations") {
			what := rapid.IntRange(0, 8).Draw(t, "what")
			p, q := name.Draw(t, "path"), name.Draw(t, "other")
			at, text := rapid.Int64Range(0, 1100).Draw(t, "at"), rapid.StringN(0, 30, -1).Draw(t, "text")
			if i, err := model.Stat("/" + p); what == 3 && err == nil && i.IsDir() {
				continue // a folder to another folder is not for the model
			}
			got, gotErr := do(model, "/", what, p, q, at, text)
			want, wantErr := do(disk.OS, root, what, p, q, at, text)
			if (gotErr == nil) != (wantErr == nil) || got != want ||
				errors.Is(gotErr, fs.ErrNotExist) && !errors.Is(wantErr, fs.ErrNotExist) && !strings.Contains(wantErr.Error(), "not a directory") {
				t.Fatalf("operation %d on %s (%s): %q, %v; the real one: %q, %v", what, p, q, got, gotErr, want, wantErr)
			}
		}
	})
}

// do does one thing to a disk below root and returns what can be seen of it.
func do(d disk.Disk, root string, what int, p, q string, at int64, text string) (string, error) {
	p, q = filepath.Join(root, p), filepath.Join(root, q)
	switch what {
	case 0:
		f, err := d.Create(p)
		if err != nil {
			return "", err
		}
		return "", f.Close()
	case 1:
		return "", d.Mkdir(p)
	case 2:
		return "", d.Remove(p)
	case 3:
		return "", d.Rename(p, q)
	case 4:
		list, err := d.ReadDir(p)
		var names []string
		for _, e := range list {
			names = append(names, fmt.Sprint(e.Name(), e.IsDir()))
		}
		return fmt.Sprint(names), err
	}
	f, err := d.Open(p)
	if err != nil {
		return "", err
	}
	defer f.Close()
	switch what {
	case 5:
		_, err = f.WriteAt([]byte(text), at)
	case 6:
		err = f.Truncate(at)
	case 7:
		if _, err = f.Seek(-min(at, 3), io.SeekEnd); err == nil {
			_, err = f.Write([]byte(text))
		}
	}
	if err != nil {
		return "", nil // the same offset may be before the beginning of both
	}
	if i, err := d.Stat(p); err == nil && !i.IsDir() {
		b, err := disk.ReadFile(d, p, 1<<20)
		return fmt.Sprint(i.Size(), i.Name(), b), err
	}
	return "folder", nil
}

func TestPart(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"/media/ab/0123456789abcdef0123456789abcdef.part": "media/*/*.part",
		"/feed/deadbeef/cafe":                             "feed/deadbeef/cafe",
		"/packs/acme/shop-17/.new-12-3":                   "packs/acme/shop-*/.new-*-*",
		"/plays/hours/2026-11-22.bin":                     "plays/hours/*-*-*.bin",
		"/":                                               "",
	} {
		if got := part(path); got != want {
			t.Errorf("%s is %s, not %s", path, got, want)
		}
	}
}

func TestWanted(t *testing.T) {
	t.Parallel()
	for _, k := range []struct {
		states, many int
		all          string
		want         int
	}{
		{100, 0, "", 100}, {100, 0, "100000", 100}, {100, 0, "1000000", 1000}, {100, 9000, "1000000", 9000},
		{100, 0, "50000", 50}, {100, 0, "1", 1}, {100, 0, "many", 100}, {100, 0, "550000", 550},
	} {
		if got := wanted(k.states, k.many, k.all); got != k.want {
			t.Errorf("%+v: %d", k, got)
		}
	}
}
