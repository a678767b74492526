package storage

import (
	"crypto/sha256"
	"encoding"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"io/fs"
	"path/filepath"

	"entracte/storage/disk"
	"entracte/storage/pack"
)

// A part is a blob that is being copied: incoming/<hex>.part, and beside it, in
// <hex>.state, how far its bytes are safe and the SHA-256 of those as the hash
// function keeps it in between. So a copy goes on where a pulled stick ended it,
// without reading a byte twice.
//
// A state is a checksum as [seal] makes it, the offset in 8 bytes, big-endian, and
// the hash's own binary form.
type part struct {
	disk disk.Disk
	blob pack.Blob
	path string
	// offset is how much is there.
	offset int64
	hash   hash.Hash
}

const (
	partSuffix  = ".part"
	stateSuffix = ".state"
)

func (c *Cache) incomingDir() string { return filepath.Join(c.dir, "incoming") }

// resume looks how far an earlier copy of a blob came, and cuts off what came after
// its last safe byte, with the room that was kept for the rest.
func (c *Cache) resume(b pack.Blob) (*part, error) {
	p := &part{disk: c.disk, blob: b, path: filepath.Join(c.incomingDir(), b.SHA256+partSuffix), hash: sha256.New()}
	i, err := c.disk.Stat(p.path)
	if errors.Is(err, fs.ErrNotExist) {
		return p, nil
	}
	if err != nil {
		return nil, err
	}
	state, err := disk.ReadFile(c.disk, p.statePath(), 4096)
	if err == nil && i.Mode().IsRegular() && p.restore(state) && p.offset <= i.Size() && p.offset <= b.Size {
		return p, p.cut()
	}
	p.reset()
	return p, p.drop()
}

func (p *part) statePath() string {
	return filepath.Join(filepath.Dir(p.path), p.blob.SHA256+stateSuffix)
}

// restore reads a state, and reports whether it is one.
func (p *part) restore(state []byte) bool {
	b, err := unseal(state)
	if err != nil || len(b) < 8 {
		return false
	}
	p.offset = int64(binary.BigEndian.Uint64(b))
	return p.offset >= 0 && p.hash.(encoding.BinaryUnmarshaler).UnmarshalBinary(b[8:]) == nil
}

// state is what restore reads: a hash at an offset.
func state(offset int64, h hash.Hash) ([]byte, error) {
	sum, err := h.(encoding.BinaryMarshaler).MarshalBinary()
	return seal(append(binary.BigEndian.AppendUint64(nil, uint64(offset)), sum...)), err
}

// cut gives back the room beyond the offset.
func (p *part) cut() error {
	f, err := p.disk.Open(p.path)
	if err != nil {
		return err
	}
	return errors.Join(f.Truncate(p.offset), f.Close())
}

// open opens the part for writing at its offset, with room for all of it.
func (p *part) open() (disk.File, error) {
	var f disk.File
	var err error
	if p.offset > 0 {
		f, err = p.disk.Open(p.path)
	} else {
		f, err = p.disk.Create(p.path)
	}
	if err != nil {
		return nil, err
	}
	if err = f.Allocate(p.blob.Size); err == nil {
		_, err = f.Seek(p.offset, io.SeekStart)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// keep makes the bytes up to the state's offset safe, then the state.
func (p *part) keep(f disk.File, state []byte) error {
	if err := f.Sync(); err != nil {
		return err
	}
	return disk.Save(p.disk, filepath.Dir(p.path), func(w io.Writer) (string, error) {
		_, err := w.Write(state)
		return filepath.Base(p.statePath()), err
	})
}

// drop removes the part and its state, the state first: without it the part is
// nothing.
func (p *part) drop() error {
	return errors.Join(removeIfThere(p.disk, p.statePath()), removeIfThere(p.disk, p.path))
}

// whole reports whether what arrived is what was asked for.
func (p *part) whole() bool { return hex.EncodeToString(p.hash.Sum(nil)) == p.blob.SHA256 }

// reads reports whether what is on the card is what was asked for.
func (p *part) reads() (bool, error) {
	f, err := p.disk.Open(p.path)
	if err != nil {
		return false, err
	}
	h := sha256.New()
	_, err = io.Copy(h, f)
	return hex.EncodeToString(h.Sum(nil)) == p.blob.SHA256, errors.Join(err, f.Close())
}

// reset forgets what was copied.
func (p *part) reset() { p.offset, p.hash = 0, sha256.New() }

func removeIfThere(d disk.Disk, path string) error {
	if err := d.Remove(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
