package storage

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"entracte/storage/disk"
)

// lending is what is shown from where it lies, because it could not be copied, and
// would otherwise not be shown at all. It ends with the process.
type lending struct {
	mu sync.Mutex
	// media by their digests.
	media map[string]lent
	// feeds are the records that refer to them, by name, as cache.db would have them;
	// and why they could not be stored.
	feeds map[string][]byte
	why   map[string]error
}

// A lent medium is a file outside the store, as it was when it was looked at.
type lent struct {
	path string
	size int64
	time time.Time
}

// Lent says why a feed plays from where its media lie; nil if it does not. They are
// copied with the next [Cache.Install] that has room.
func (c *Cache) Lent(feed string) error {
	c.lending.mu.Lock()
	defer c.lending.mu.Unlock()
	return c.lending.why[feed]
}

// feed returns a feed that is in force for as long as the process lives; nil if none
// of that name is.
func (l *lending) feed(name string) *record {
	l.mu.Lock()
	defer l.mu.Unlock()
	b, ok := l.feeds[name]
	if !ok {
		return nil
	}
	r, _ := decodeRecord(b) // what hold encoded
	return r
}

func (l *lending) hold(r *record, why error) error {
	b, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("feed %q: %w", r.Feed.Name, err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.feeds == nil {
		l.feeds, l.why = map[string][]byte{}, map[string]error{}
	}
	l.feeds[r.Feed.Name], l.why[r.Feed.Name] = b, why
	return nil
}

func (l *lending) release(name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.feeds, name)
	delete(l.why, name)
}

// over is stored with what is held in its place or beside it, sorted by name.
func (l *lending) over(stored []*record) []*record {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.feeds) == 0 {
		return stored
	}
	stored = slices.DeleteFunc(stored, func(r *record) bool { return l.feeds[r.Feed.Name] != nil })
	for _, b := range l.feeds {
		if r, err := decodeRecord(b); err == nil {
			stored = append(stored, r)
		}
	}
	slices.SortFunc(stored, func(a, b *record) int { return cmp.Compare(a.Feed.Name, b.Feed.Name) })
	return stored
}

func (l *lending) add(sha string, m lent) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.media == nil {
		l.media = map[string]lent{}
	}
	l.media[sha] = m
}

// path returns where a lent medium lies, if it is still what it was.
func (l *lending) path(sha string) (string, bool) {
	l.mu.Lock()
	m, ok := l.media[sha]
	l.mu.Unlock()
	if !ok {
		return "", false
	}
	i, err := os.Lstat(m.path)
	return m.path, err == nil && i.Mode().IsRegular() && i.Size() == m.size && i.ModTime().Equal(m.time)
}

// lend takes the digest of a source file that stays where it is. Only a file of the
// system's own can be lent: in.full is the error for any other.
func (in *install) lend(ctx context.Context, name string) (sha string, size int64, path string, err error) {
	f, err := in.fsys.Open(name)
	if err != nil {
		return "", 0, "", &sourceError{err}
	}
	defer f.Close()
	i, err := f.Stat()
	if err != nil {
		return "", 0, "", &sourceError{err}
	}
	named, ok := f.(interface{ Name() string })
	if !ok {
		return "", 0, "", in.full
	}
	if path, err = filepath.Abs(named.Name()); err != nil {
		return "", 0, "", in.full
	}
	if there, err := os.Lstat(path); err != nil || !os.SameFile(there, i) {
		return "", 0, "", in.full
	}
	hash := sha256.New()
	if size, err = io.Copy(hash, &source{ctx: ctx, r: io.LimitReader(f, MaxMedia+1)}); err != nil {
		return "", 0, "", err
	}
	if size > MaxMedia {
		return "", 0, "", &sourceError{fmt.Errorf("it has more than %d bytes: %w", int64(MaxMedia), ErrTooBig)}
	}
	sha = hex.EncodeToString(hash.Sum(nil))
	in.cache.lending.add(sha, lent{path, size, i.ModTime()})
	return sha, size, path, nil
}

// copyOrLend stores a source file of so many bytes. Where that fails and nothing of the
// feed was ever stored, it is shown from where it lies.
func (in *install) copyOrLend(ctx context.Context, name string, f fs.File, bytes int64) (sha string, size int64, path string, err error) {
	if in.full == nil {
		if err = in.cache.fits(bytes); err == nil {
			sha, size, err = in.cache.addMedia(ctx, f, MaxMedia)
		}
		if err == nil {
			return sha, size, in.cache.mediaPath(sha), nil
		}
		if !in.lends || !isOurs(err) {
			return "", 0, "", err
		}
		in.full = err
	}
	return in.lend(ctx, name)
}

// stays reports whether a file that is lent stays so: it is what it was when it was
// probed, and there still is no room for it.
func (in *install) stays(o origin) bool {
	if _, ok := in.cache.lending.path(o.SHA256); !ok || !in.lends {
		return false
	}
	if in.full == nil {
		in.full = in.cache.fits(o.Size)
	}
	return in.full != nil
}

// isOurs reports whether it is the data folder that failed, and not the source.
func isOurs(err error) bool {
	var from *sourceError
	var ours *disk.Fault
	return !errors.As(err, &from) && errors.As(err, &ours)
}
