package storage

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"entracte/storage/disk"
	"entracte/storage/pack"
)

// What is synced by itself, how much of what is smaller is synced in one go, and after
// how many bytes the card begins to write.
const (
	largeBlob  = 8 << 20
	batchFiles = 64
	batchBytes = 32 << 20
	beginEvery = 8 << 20
)

// maxUnread is after how many blobs in a row that cannot be read nothing more is asked
// of a source.
const maxUnread = 3

// tellEvery is the least time between two calls of Receiving.Progress.
const tellEvery = 200 * time.Millisecond

// A fetch copies missing blobs from one source into the store. Its errors are the
// card's; what is wrong with the source is noted.
type fetch struct {
	cache *Cache
	src   Source
	pipe  *pipe
	tell  func(Progress)
	// stored is told each medium that is in the store; it may not be safe there yet.
	stored func(sha string)

	now         Progress
	began, told time.Time
	read        int64 // bytes from this source

	// batch are the parts that are whole but not safe yet.
	batch     []*part
	batchSize int64
	// touched are the folders of the store with names that are not safe yet.
	touched map[string]bool

	wrong []string
	// unread are blobs that could not be read, since the last one that could, and
	// failed is why.
	unread []string
	failed error
	// gone is why the source cannot be read any more.
	gone error
}

// all fetches blobs until the source is gone, and makes safe what it got, also when
// it fails.
func (f *fetch) all(ctx context.Context, parts []*part) (err error) {
	f.began = time.Now()
	for _, p := range parts {
		f.now.Bytes += p.offset
		f.now.OfBytes += p.blob.Size
	}
	f.now.OfFiles = len(parts)
	for _, p := range parts {
		if err = f.one(ctx, p); err != nil || f.gone != nil {
			break
		}
		f.report(true)
	}
	if f.gone == nil && len(f.unread) > 0 {
		f.gone = f.failed // nothing says that it is still there
	}
	return errors.Join(err, f.flush(), f.settle())
}

// one fetches one blob, as far as the source has it.
func (f *fetch) one(ctx context.Context, p *part) error {
	resumed := p.offset > 0
	err := f.copy(ctx, p)
	if err == nil && p.whole() && resumed {
		// The hash of the first bytes is of what was written, perhaps before the
		// power went; a card that wrote on in their last block may have lost them.
		var same bool
		if same, err = p.reads(); err == nil && !same {
			p.hash.Reset()
		}
	}
	var from *sourceError
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err == nil && p.whole():
		return f.add(p)
	case err == nil, errors.Is(err, errTooLong):
		if err := f.again(p); err != nil {
			return err
		}
		if resumed { // the first bytes came from elsewhere: this source may be right
			return f.one(ctx, p)
		}
		f.wrong = append(f.wrong, p.blob.SHA256)
	case !errors.As(err, &from):
		return err
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, errShort):
		// Another source may have it.
	case errors.Is(err, pack.ErrNotPack), errors.Is(err, pack.ErrDamaged):
		f.wrong = append(f.wrong, p.blob.SHA256)
	default:
		f.fail(p, from.err)
	}
	return nil
}

// fail notes that a blob could not be read: a bad block of the medium, if another blob
// can be read after it, or its end.
func (f *fetch) fail(p *part, err error) {
	f.unread, f.failed = append(f.unread, p.blob.SHA256), err
	if !errors.Is(err, syscall.EIO) || len(f.unread) == maxUnread {
		f.gone = err
	}
}

// again drops what was copied of a blob.
func (f *fetch) again(p *part) error {
	f.now.Bytes -= p.offset
	p.reset()
	return p.drop()
}

// copy copies the rest of a blob. If the source fails, what came before is kept.
func (f *fetch) copy(ctx context.Context, p *part) error {
	if p.offset > 0 && p.offset == p.blob.Size {
		return nil // all of it came before; a web server has no answer to what is behind the end
	}
	in, err := f.src.Open(ctx, pack.BlobPath(p.blob.SHA256), p.offset)
	if err != nil {
		return &sourceError{err}
	}
	defer in.Close()
	if s, ok := in.(interface{ Size() int64 }); ok && s.Size() >= 0 && s.Size() != p.blob.Size {
		return &sourceError{pack.ErrDamaged}
	}
	out, err := p.open()
	if err != nil {
		return err
	}
	err = f.pour(ctx, in, p, out)
	if err == nil && p.blob.Size >= largeBlob && p.whole() {
		err = out.Sync()
	}
	return errors.Join(err, out.Close())
}

func (f *fetch) pour(ctx context.Context, in io.Reader, p *part, out disk.File) error {
	begun := p.offset
	err := f.pipe.pour(ctx, in, p.hash, p.offset, p.blob.Size, func(b, state []byte) error {
		if _, err := out.Write(b); err != nil {
			return err
		}
		n := int64(len(b))
		p.offset += n
		if begun+beginEvery <= p.offset || p.offset == p.blob.Size {
			disk.Begin(out, begun, p.offset-begun)
			begun = p.offset
		}
		f.now.Bytes += n
		f.read += n
		f.report(false)
		if state == nil {
			return nil
		}
		return p.keep(out, state)
	})
	var from *sourceError
	if !errors.As(err, &from) || errors.Is(err, errTooLong) || p.offset == 0 {
		return err
	}
	// The source is gone, or the player is to stop: the next one goes on here.
	now, err2 := state(p.offset, p.hash)
	if err2 = errors.Join(err2, out.Truncate(p.offset), p.keep(out, now)); err2 != nil {
		return err2
	}
	return err
}

// report tells how far the copy is, now or when it is time to.
func (f *fetch) report(atOnce bool) {
	now := time.Now()
	if f.tell == nil || !atOnce && now.Sub(f.told) < tellEvery {
		return
	}
	f.told = now
	if d := now.Sub(f.began); d > 0 {
		f.now.Rate = float64(f.read) / d.Seconds()
	}
	f.tell(f.now)
}

// add puts a whole blob into the store: at once if its bytes are safe, else with a
// batch of others.
func (f *fetch) add(p *part) error {
	f.now.Files++
	f.wrong, f.unread = append(f.wrong, f.unread...), nil
	if p.blob.Size >= largeBlob {
		return f.place(p)
	}
	f.batch = append(f.batch, p)
	f.batchSize += p.blob.Size
	if len(f.batch) < f.cache.batch && f.batchSize < batchBytes {
		return nil
	}
	return f.flush()
}

// flush makes the batch safe and puts it into the store.
func (f *fetch) flush() error {
	if len(f.batch) == 0 {
		return nil
	}
	var paths []string
	for _, p := range f.batch {
		paths = append(paths, p.path)
	}
	if err := f.cache.disk.SyncFiles(f.cache.incomingDir(), paths); err != nil {
		return err
	}
	for _, p := range f.batch {
		if err := f.place(p); err != nil {
			return err
		}
	}
	f.batch, f.batchSize = nil, 0
	return nil
}

// place gives a blob whose bytes are safe its name in the store.
func (f *fetch) place(p *part) error {
	to := f.cache.mediaPath(p.blob.SHA256)
	if err := f.cache.disk.Mkdir(filepath.Dir(to)); err != nil {
		return err
	}
	if err := f.cache.disk.Rename(p.path, to); err != nil {
		return err
	}
	f.touched[filepath.Dir(to)] = true
	f.stored(p.blob.SHA256)
	return removeIfThere(f.cache.disk, p.statePath())
}

// settle makes the new names in the store safe. No transaction may refer to them
// before: one that is committed lasts, and renames of before it need not.
func (f *fetch) settle() error {
	if len(f.touched) == 0 {
		return nil
	}
	for _, dir := range slices.Sorted(maps.Keys(f.touched)) {
		if err := f.cache.disk.SyncDir(dir); err != nil {
			return err
		}
	}
	clear(f.touched)
	return f.cache.disk.SyncDir(f.cache.mediaDir())
}
