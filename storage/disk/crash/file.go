package crash

import (
	"errors"
	"io"
	"io/fs"
	"slices"
	"time"
)

// A file is an open file. It stays open when its name is taken away.
type file struct {
	d      *Disk
	id     int
	name   string
	pos    int64
	closed bool
}

// begin locks the disk and returns the node; done unlocks it.
func (f *file) begin(op string) (n *node, done func(), err error) {
	f.d.mu.Lock()
	if f.closed {
		f.d.mu.Unlock()
		return nil, nil, pathError(op, f.name, fs.ErrClosed)
	}
	return &f.d.nodes[f.id], f.d.mu.Unlock, nil
}

// own makes the sectors of a node this disk's alone.
func (n *node) own() {
	if !n.owned {
		n.sectors, n.owned = slices.Clone(n.sectors), true
	}
}

func (f *file) Name() string { return f.name }

func (f *file) Read(b []byte) (int, error) {
	n, done, err := f.begin("read")
	if err != nil {
		return 0, err
	}
	defer done()
	if len(b) == 0 {
		return 0, nil
	}
	got := n.read(b, f.pos)
	f.pos += int64(got)
	if got == 0 {
		return 0, io.EOF
	}
	return got, nil
}

func (f *file) ReadAt(b []byte, at int64) (int, error) {
	n, done, err := f.begin("read")
	if err != nil {
		return 0, err
	}
	defer done()
	if at < 0 {
		return 0, pathError("readat", f.name, errors.New("negative offset"))
	}
	got := n.read(b, at)
	if got < len(b) {
		return got, io.EOF
	}
	return got, nil
}

func (f *file) Write(b []byte) (int, error) {
	n, done, err := f.begin("write")
	if err != nil {
		return 0, err
	}
	defer done()
	f.write(n, b, f.pos)
	f.pos += int64(len(b))
	return len(b), nil
}

func (f *file) WriteAt(b []byte, at int64) (int, error) {
	n, done, err := f.begin("write")
	if err != nil {
		return 0, err
	}
	defer done()
	if at < 0 {
		return 0, pathError("writeat", f.name, errors.New("negative offset"))
	}
	f.write(n, b, at)
	return len(b), nil
}

func (f *file) write(n *node, b []byte, at int64) {
	if len(b) == 0 {
		return
	}
	n.own()
	n.write(b, at)
	if f.d.log != nil {
		n.owned = false // the journal keeps the sectors
		f.d.note(op{kind: opWrite, path: f.name, node: f.id, at: at, size: int64(len(b)), content: n.content})
	}
}

func (f *file) Seek(offset int64, whence int) (int64, error) {
	n, done, err := f.begin("seek")
	if err != nil {
		return 0, err
	}
	defer done()
	switch whence {
	case io.SeekCurrent:
		offset += f.pos
	case io.SeekEnd:
		offset += n.size
	}
	if offset < 0 {
		return 0, pathError("seek", f.name, fs.ErrInvalid)
	}
	f.pos = offset
	return offset, nil
}

func (f *file) Truncate(size int64) error {
	n, done, err := f.begin("truncate")
	if err != nil {
		return err
	}
	defer done()
	if size < 0 {
		return pathError("truncate", f.name, fs.ErrInvalid)
	}
	if size == n.size {
		return nil
	}
	n.own()
	n.truncate(size)
	if f.d.log != nil {
		n.owned = false
		f.d.note(op{kind: opTruncate, path: f.name, node: f.id, size: size, content: n.content})
	}
	return nil
}

// Allocate does nothing: room that is kept changes no byte and no size.
func (f *file) Allocate(int64) error {
	_, done, err := f.begin("fallocate")
	if err == nil {
		done()
	}
	return err
}

func (f *file) Sync() error {
	_, done, err := f.begin("sync")
	if err != nil {
		return err
	}
	defer done()
	if !f.d.left(opSync, f.name, "") {
		f.d.note(op{kind: opSync, path: f.name, node: f.id})
	}
	return nil
}

func (f *file) Stat() (fs.FileInfo, error) {
	n, done, err := f.begin("stat")
	if err != nil {
		return nil, err
	}
	defer done()
	_, name, _ := f.d.find(f.name)
	return info{name, n.size, false}, nil
}

func (f *file) Close() error {
	_, done, err := f.begin("close")
	if err != nil {
		return err
	}
	defer done()
	f.closed = true
	return nil
}

// An info is what is known of a file or folder; it is its own directory entry.
type info struct {
	name   string
	size   int64
	folder bool
}

func (i info) Name() string               { return i.name }
func (i info) Size() int64                { return i.size }
func (i info) IsDir() bool                { return i.folder }
func (i info) ModTime() time.Time         { return time.Time{} }
func (i info) Sys() any                   { return nil }
func (i info) Type() fs.FileMode          { return i.Mode().Type() }
func (i info) Info() (fs.FileInfo, error) { return i, nil }

func (i info) Mode() fs.FileMode {
	if i.folder {
		return fs.ModeDir | 0o755
	}
	return 0o644
}
