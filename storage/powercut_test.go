package storage

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"entracte/storage/disk"
	"entracte/storage/disk/crash"
	"entracte/storage/pack"
)

// A modelIndex is an index that a power cut leaves before or after a transaction,
// as [TestPowerCutInBolt] finds of bbolt's.
type modelIndex struct{ d *crash.Disk }

func (x modelIndex) close() error { return nil }

func (x modelIndex) get(bucket, key string) ([]byte, error) {
	if value := x.d.Committed(bucket + " " + key); value != "" {
		return []byte(value), nil
	}
	return nil, nil
}

func (x modelIndex) each(bucket string, fn func([]byte) error) error {
	for _, key := range []string{shop.String(), "local"} { // all there are
		if value, _ := x.get(bucket, key); value != nil {
			if err := fn(value); err != nil {
				return err
			}
		}
	}
	return nil
}

func (x modelIndex) put(bucket, key string, value []byte) error {
	x.d.Commit(bucket+" "+key, string(value))
	return nil
}

// openModel is Open on a model of a card.
func openModel(d disk.Disk, model *crash.Disk) (*Cache, error) {
	c := newCache("/data")
	c.disk, c.index = d, modelIndex{model}
	c.room = func(string) (free, total int64, err error) { return 1 << 30, 1 << 30, nil }
	c.statesEvery, c.buffer, c.batch = 1024, 512, 2
	err := c.makeFolders()
	if err == nil {
		c.mark()
	}
	return c, err
}

// packNo is the pack of a serial number: some of its media are those of the ones
// around it.
func packNo(serial int) (*pack.Pack, *stick) {
	type both struct {
		p *pack.Pack
		s *stick
	}
	made, ok := packs.Load(serial)
	if !ok {
		var media []string
		for n := serial; n < serial+3; n++ {
			media = append(media, medium(n))
		}
		p, s := packOf(serial, media...)
		made, _ = packs.LoadOrStore(serial, both{p, s})
	}
	p := *made.(both).p
	return &p, &stick{files: made.(both).s.files}
}

var packs sync.Map // by serial: they are made once

func medium(n int) string { return strings.Repeat(fmt.Sprintf("medium %d ", n), 1+n*37%250) }

// ownNo is a revision of the owner's own pictures; the first is in a pack too.
func ownNo(revision int) (names []string, files fstest.MapFS) {
	names, files = []string{"also"}, fstest.MapFS{"also": {Data: []byte(medium(revision + 1))}}
	if revision%2 == 0 {
		names = append(names, "own")
		files["own"] = &fstest.MapFile{Data: fmt.Appendf(nil, "picture %d", revision)}
	}
	return names, files
}

// A mortal disk is one under a process that is killed after some more changes, or
// one that has no room for the mark that the cache is open.
type mortal struct {
	disk.Disk
	left   int // changes until then; negative: it is not killed
	noMark bool
}

var errKilled = errors.New("killed")

func (d *mortal) alive() error {
	if d.left == 0 {
		return errKilled
	}
	d.left--
	return nil
}

func (d *mortal) Create(path string) (disk.File, error) {
	if d.noMark && filepath.Base(path) == openMark {
		return nil, &fs.PathError{Op: "open", Path: path, Err: disk.ErrNoSpace}
	}
	if err := d.alive(); err != nil {
		return nil, err
	}
	return d.Disk.Create(path)
}

func (d *mortal) Mkdir(path string) error {
	if err := d.alive(); err != nil {
		return err
	}
	return d.Disk.Mkdir(path)
}

func (d *mortal) Remove(path string) error {
	if err := d.alive(); err != nil {
		return err
	}
	return d.Disk.Remove(path)
}

func (d *mortal) Rename(from, to string) error {
	if err := d.alive(); err != nil {
		return err
	}
	return d.Disk.Rename(from, to)
}

func (d *mortal) SyncDir(path string) error {
	if err := d.alive(); err != nil {
		return err
	}
	return d.Disk.SyncDir(path)
}

func (d *mortal) SyncFiles(dir string, paths []string) error {
	if err := d.alive(); err != nil {
		return err
	}
	return d.Disk.SyncFiles(dir, paths)
}

// TestPowerCut cuts the power everywhere while packs and folders come in: what is in
// force is whole, never less than was promised, and the next stick works.
func TestPowerCut(t *testing.T) {
	t.Parallel()
	crash.Check(t, crash.Trial[news]{
		States: 1500, Many: 100_000,
		Run: days,
		Recover: func(d *crash.Disk) error {
			d.Commit(pluggedAgain, "yes")
			c, err := openModel(d, d)
			if err == nil {
				_, _, err = again(c)
			}
			return err
		},
		Check: func(d *crash.Disk, told []news) error {
			var last news
			if len(told) > 0 {
				last = told[len(told)-1]
			}
			if d.Committed(pluggedAgain) != "" {
				last.pulled, last.begun = false, max(last.begun, 1)
			}
			return starts(d, last)
		},
	})
}

// pluggedAgain is committed when a stick was in again before the second cut: its
// pack may be in force, and how much is missing is not promised while it is copied.
const pluggedAgain = "plugged in again"

// again plugs in the stick of the newest pack that is waited for, or of the first,
// and returns how many bytes were copied.
func again(c *Cache) (serial int, copied int64, err error) {
	serial = 1
	versions, err := c.shelf(shop).versions(blobsSuffix)
	if err != nil {
		return 0, 0, err
	}
	if len(versions) > 0 {
		serial = versions[0].Serial
	}
	p, s := packNo(serial)
	got, err := c.Receive(context.Background(), s, p, Receiving{})
	if errors.Is(err, pack.ErrSame) {
		return serial, 0, nil
	}
	if err == nil && !got.InForce {
		err = fmt.Errorf("pack %d does not come in force: %+v", serial, got)
	}
	return serial, got.Bytes, err
}

// starts starts the player on what is left, then plugs in the same stick again.
func starts(d *crash.Disk, last news) error {
	if _, err := d.Stat("/data/" + openMark); last.marked && err != nil {
		return fmt.Errorf("nobody would check the index: %w", err)
	}
	c, err := openModel(d, d)
	if err != nil {
		return err
	}
	if err := inForce(c, last); err != nil {
		return fmt.Errorf("after the start: %w", err)
	}
	serial, copied, err := again(c)
	if err != nil {
		return fmt.Errorf("the stick again: %w", err)
	}
	if last.pulled && copied > last.missing {
		return fmt.Errorf("%d bytes were missing when the stick was pulled, and %d were copied", last.missing, copied)
	}
	if _, _, err := c.Sweep(); err != nil {
		return err
	}
	last.pack, last.begun = max(last.pack, serial), max(last.begun, serial)
	if err := inForce(c, last); err != nil {
		return fmt.Errorf("with the stick again: %w", err)
	}
	rest, err := d.ReadDir(c.incomingDir())
	for _, e := range rest {
		if !strings.HasPrefix(e.Name(), disk.TempPrefix) { // which the next pack removes
			err = fmt.Errorf("%s is left", e.Name())
		}
	}
	return err
}

// inForce looks whether what is in force was promised or begun, and whole: its media,
// and its manifest, and the same of the pack before it.
func inForce(c *Cache, last news) error {
	records, err := c.records()
	if err != nil {
		return err
	}
	serial, own := 0, 0
	for _, r := range records {
		if r.Pack != nil {
			serial = r.Pack.Serial
			if err := kept(c, r, serial); err != nil {
				return err
			}
		} else if _, err := fmt.Sscan(r.Feed.Revision, &own); err != nil {
			return err
		}
		for sha := range r.media() {
			if err := whole(c, sha); err != nil {
				return err
			}
		}
	}
	if serial < last.pack || serial > last.begun || own < last.own || own > last.begunOwn {
		return fmt.Errorf("pack %d and folder %d are in force, and pack %d to %d and folder %d to %d may be",
			serial, own, last.pack, last.begun, last.own, last.begunOwn)
	}
	return nil
}

// kept looks for the manifests of the pack in force and of the one before, and of a
// newer one that is accepted: if the index is lost, [Recover] takes that.
func kept(c *Cache, r *record, serial int) error {
	p, _ := packNo(serial)
	if len(r.Feed.Campaigns) != len(p.Feed.Campaigns) {
		return fmt.Errorf("pack %d has %d campaigns", serial, len(r.Feed.Campaigns))
	}
	last := serial
	if newest, err := c.shelf(shop).versions(manifestSuffix); err != nil {
		return err
	} else if len(newest) > 0 {
		last = max(last, newest[0].Serial)
	}
	for n := max(serial-1, 1); n <= last; n++ {
		p, _ := packNo(n)
		for suffix, want := range map[string][]byte{manifestSuffix: p.Manifest, signatureSuffix: p.Signature} {
			got, err := c.shelf(shop).read(p.Version, suffix)
			if err == nil && !bytes.Equal(got, want) {
				err = fmt.Errorf("it is %.20q", got)
			}
			if err != nil {
				return fmt.Errorf("%s of pack %d, with pack %d in force: %w", suffix, n, serial, err)
			}
		}
		for _, b := range p.Blobs {
			if err := whole(c, b.SHA256); err != nil {
				return fmt.Errorf("of pack %d, with pack %d in force: %w", n, serial, err)
			}
		}
	}
	return nil
}

func whole(c *Cache, sha string) error {
	b, err := disk.ReadFile(c.disk, c.mediaPath(sha), 1<<20)
	if err != nil {
		return err
	}
	if sum := sha256.Sum256(b); hex.EncodeToString(sum[:]) != sha {
		return fmt.Errorf("%s is in the store and holds something else", sha)
	}
	return nil
}
