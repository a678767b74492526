package storage

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	bolt "go.etcd.io/bbolt"

	"entracte/storage/disk"
	"entracte/storage/disk/crash"
)

// boltTee is a folder on the real disk, where bbolt writes, and the same folder in
// the model of a card. What bbolt wrote is found by comparing its file with the
// model's, and told to the model in the order of bbolt's Commit (v1.4.3, tx.go):
// the file grows, the data pages by number, a sync, one meta page, a sync.
// TestBoltOrder looks whether that is so. The syncs after the initialisation and
// after growing (db.go) are left out: nothing may depend on them.
type boltTee struct {
	disk.Disk
	root  string
	model *crash.Disk
}

func (d *boltTee) inModel(path string) string {
	rel, err := filepath.Rel(d.root, path)
	if err != nil {
		panic(err)
	}
	return filepath.Join("/", rel)
}

// Stat is what createIndex asks between bbolt's initialisation of the new file and
// the first transaction in it.
func (d *boltTee) Stat(path string) (fs.FileInfo, error) {
	if err := d.follow(path + ".new"); err != nil {
		return nil, err
	}
	return d.Disk.Stat(path)
}

func (d *boltTee) Rename(from, to string) error {
	return errors.Join(d.follow(from), d.model.Rename(d.inModel(from), d.inModel(to)), d.Disk.Rename(from, to))
}

func (d *boltTee) Remove(path string) error {
	return errors.Join(d.model.Remove(d.inModel(path)), d.Disk.Remove(path))
}

func (d *boltTee) SyncDir(path string) error { return d.model.SyncDir(d.inModel(path)) }

// follow tells the model what bbolt did to a file since the last time.
func (d *boltTee) follow(path string) error {
	now, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	f, err := d.model.Open(d.inModel(path))
	if errors.Is(err, fs.ErrNotExist) {
		if f, err = d.model.Create(d.inModel(path)); err != nil {
			return err
		}
		_, err = f.WriteAt(now, 0)
		return err
	}
	if err != nil {
		return err
	}
	before, err := io.ReadAll(f)
	if err != nil {
		return err
	}
	if len(now) > len(before) {
		if err := f.Truncate(int64(len(now))); err != nil {
			return err
		}
	}
	before = append(before, make([]byte, len(now)-len(before))...)
	return transaction(f, before, now)
}

// transaction writes what differs as bbolt does.
func transaction(f disk.File, before, now []byte) error {
	var pages []int
	for at := 0; at < len(now); at += pageSize {
		if !bytes.Equal(before[at:at+pageSize], now[at:at+pageSize]) {
			pages = append(pages, at)
		}
	}
	if len(pages) < 2 || pages[0] > pageSize || pages[1] <= pageSize {
		return fmt.Errorf("pages at %d were written, and not one meta page and some others", pages)
	}
	write := func(at int) error {
		_, err := f.WriteAt(now[at:at+pageSize], int64(at))
		return err
	}
	for _, at := range pages[1:] {
		if err := write(at); err != nil {
			return err
		}
	}
	if filepath.Ext(f.Name()) == ".new" {
		return errors.Join(syncNew(f), write(pages[0]), syncNew(f))
	}
	return errors.Join(syncData(f), write(pages[0]), syncMeta(f))
}

// Each function is a step that is left out on its own. The two syncs in a file that
// has not got its name yet are one: half of it is made anew.
func syncNew(f disk.File) error  { return f.Sync() }
func syncData(f disk.File) error { return f.Sync() }
func syncMeta(f disk.File) error { return f.Sync() }

// A boltEvent is a transaction that begins or that was promised to be safe, and
// what the index holds after it.
type boltEvent struct {
	done bool
	tx   int
	all  map[string]string
}

func (e boltEvent) String() string {
	if e.done {
		return fmt.Sprintf("transaction %d is safe", e.tx)
	}
	return fmt.Sprintf("transaction %d begins", e.tx)
}

// shm is where a sync costs nothing: what is durable is the model's affair.
func shm(t testing.TB) string {
	dir, err := os.MkdirTemp("/dev/shm", "entracte-*")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// A reader opens what a cut left with the code of the player.
type reader struct {
	path string
	buf  []byte
	n    int
}

func newReader(t testing.TB) *reader {
	return &reader{path: filepath.Join(shm(t), indexFile)}
}

// TestPowerCutInBolt cuts the power while bbolt makes its file and writes transactions:
// what opens afterwards is the file of before or after one of those that were under
// way, never a mixture, and never less than was promised.
func TestPowerCutInBolt(t *testing.T) {
	t.Parallel()
	crash.Check(t, boltTrial(t))
}

func boltTrial(t testing.TB) crash.Trial[boltEvent] {
	r := newReader(t)
	return crash.Trial[boltEvent]{
		States: 1500, Many: 60_000,
		Run: func(d *crash.Disk, rng *rand.Rand, tell func(boltEvent)) error {
			dir := shm(t)
			defer os.RemoveAll(dir)
			tee := &boltTee{Disk: disk.OS, root: dir, model: d}
			x, err := openIndex(tee, filepath.Join(dir, indexFile))
			if err != nil {
				return err
			}
			defer x.close()
			all := make(map[string]string)
			tell(boltEvent{done: true, all: maps.Clone(all)})
			for tx := range 8 {
				if err := change(x, all, rng, func() { tell(boltEvent{tx: tx + 1, all: maps.Clone(all)}) }); err != nil {
					return err
				}
				if err := tee.follow(x.path); err != nil {
					return err
				}
				tell(boltEvent{done: true, tx: tx + 1, all: maps.Clone(all)})
			}
			return nil
		},
		Check: r.check,
	}
}

// change puts and removes a few values in one transaction.
func change(x *boltIndex, all map[string]string, rng *rand.Rand, begin func()) error {
	for range 1 + rng.IntN(4) {
		key := fmt.Sprintf("key %d", rng.IntN(12))
		if _, there := all[key]; there && rng.IntN(3) == 0 {
			delete(all, key)
			continue
		}
		value := make([]byte, 1+rng.IntN(900))
		if rng.IntN(8) == 0 {
			value = make([]byte, 9000)
		}
		for i := range value {
			value[i] = byte('a' + rng.IntN(26))
		}
		all[key] = string(value)
	}
	begin()
	return x.update(func(tx *bolt.Tx) error {
		b := tx.Bucket([]byte(valuesBucket))
		var old [][]byte
		if err := b.ForEach(func(k, _ []byte) error { old = append(old, k); return nil }); err != nil {
			return err
		}
		for _, k := range old {
			if _, there := all[string(k)]; !there {
				if err := b.Delete(k); err != nil {
					return err
				}
			}
		}
		for _, k := range slices.Sorted(maps.Keys(all)) {
			if err := b.Put([]byte(k), seal([]byte(all[k]))); err != nil {
				return err
			}
		}
		return nil
	})
}

// check opens the index as the player does and compares it with what was told.
func (r *reader) check(d *crash.Disk, told []boltEvent) error {
	for _, suffix := range []string{"", ".new"} {
		if err := r.materialise(d, suffix); err != nil {
			return err
		}
	}
	x, err := openIndex(disk.OS, r.path)
	if err != nil {
		return err
	}
	defer x.close()
	found := make(map[string]string)
	if err := x.view(func(tx *bolt.Tx) error {
		return tx.Bucket([]byte(valuesBucket)).ForEach(func(k, v []byte) error {
			b, err := unseal(v)
			found[string(k)] = string(b)
			return err
		})
	}); err != nil {
		return err
	}
	if err := oneOf(found, told); err != nil {
		return err
	}
	if r.n++; r.n%8 > 0 {
		return nil
	}
	return r.goOn(x, found)
}

// goOn writes to what was opened, for if a page that is in use is also listed as
// free, that one is written over. (bbolt's own Check would tell, or end the process
// from a goroutine of its own where a step is left out.)
func (r *reader) goOn(x *boltIndex, found map[string]string) error {
	for n := range 3 {
		key := fmt.Sprint("after ", n)
		found[key] = strings.Repeat("the cut ", 600)
		if err := x.put(valuesBucket, key, []byte(found[key])); err != nil {
			return err
		}
	}
	if err := x.close(); err != nil {
		return err
	}
	again, err := openIndex(disk.OS, r.path)
	if err != nil {
		return err
	}
	for key, want := range found {
		if got, e := again.get(valuesBucket, key); e != nil || string(got) != want {
			err = errors.Join(err, e, fmt.Errorf("%s is not there any more", key))
		}
	}
	return errors.Join(err, again.close())
}

// materialise makes a real file of one in the model.
func (r *reader) materialise(d *crash.Disk, suffix string) error {
	f, err := d.Open("/" + indexFile + suffix)
	if err != nil {
		if err := os.Remove(r.path + suffix); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	}
	defer f.Close()
	i, err := f.Stat()
	if err != nil {
		return err
	}
	r.buf = slices.Grow(r.buf[:0], int(i.Size()))[:i.Size()]
	if _, err := io.ReadFull(f, r.buf); err != nil && i.Size() > 0 {
		return err
	}
	return os.WriteFile(r.path+suffix, r.buf, 0o600)
}

// oneOf looks whether the index is as it was after the last transaction that is
// safe, or after one that had begun.
func oneOf(found map[string]string, told []boltEvent) error {
	from := 0
	for i, e := range told {
		if e.done {
			from = i
		}
	}
	if len(told) == 0 {
		told = []boltEvent{{}}
	}
	for _, e := range told[from:] {
		if maps.Equal(found, e.all) {
			return nil
		}
	}
	return fmt.Errorf("%d values are there, not those of %v", len(found), told[from:])
}
