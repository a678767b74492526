package storage

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"entracte/storage/disk"
)

// MaxMedia is the most bytes one medium may have: what fits a FAT32 stick.
const MaxMedia = 1<<32 - 1

// addMedia stores what r holds under the SHA-256 of its bytes and returns that
// digest, in 64 lower-case hex digits, and the size. Each byte is read once. More
// than limit bytes, or than [MaxMedia], are [ErrTooBig]. When it returns, the medium is
// safe on the card. It ends early when ctx does, between two reads.
//
// A medium that no feed refers to is removed by the next Sweep: hold store until one
// does.
func (c *Cache) addMedia(ctx context.Context, r io.Reader, limit int64) (sha string, size int64, err error) {
	limit = min(limit, MaxMedia)
	err = disk.Save(c.disk, c.mediaDir(), func(w io.Writer) (string, error) {
		hash := sha256.New()
		source := &source{ctx: ctx, r: io.LimitReader(r, limit+1)}
		n, err := io.Copy(io.MultiWriter(w, hash), source)
		if err != nil {
			return "", err
		}
		if n > limit {
			return "", &sourceError{fmt.Errorf("it has more than %d bytes: %w", limit, ErrTooBig)}
		}
		sha, size = hex.EncodeToString(hash.Sum(nil)), n
		folder := filepath.Join(c.mediaDir(), sha[:2])
		if c.has(sha, n) {
			// Who stored it may have died before its name was safe.
			return "", errors.Join(c.disk.SyncDir(folder), c.disk.SyncDir(c.mediaDir()))
		}
		return filepath.Join(sha[:2], sha), mkdir(c.disk, folder)
	})
	var from *sourceError
	switch {
	case err == nil:
		return sha, size, nil
	case ctx.Err() != nil:
		return "", 0, ctx.Err()
	case errors.As(err, &from):
		return "", 0, from
	}
	return "", 0, disk.Explain("cannot store media in", c.mediaDir(), err)
}

// MediaPath returns where a stored medium lies. The file must not be changed. The
// error wraps [fs.ErrNotExist] when the medium is not stored.
func (c *Cache) MediaPath(sha string) (string, error) {
	if !validSHA(sha) {
		return "", fmt.Errorf("%.80q is not a media digest: 64 lower-case hex digits", sha)
	}
	path := c.mediaPath(sha)
	i, err := c.disk.Stat(path)
	if err != nil {
		if path, ok := c.lending.path(sha); ok {
			return path, nil
		}
		return "", &disk.Fault{Fact: "media " + sha + " is not stored", Cause: err}
	}
	if !i.Mode().IsRegular() {
		return "", fmt.Errorf("%s is not a file", path)
	}
	return path, nil
}

// has reports whether a medium of that size is stored under a validated digest.
func (c *Cache) has(sha string, size int64) bool {
	i, err := c.disk.Stat(c.mediaPath(sha))
	return err == nil && i.Mode().IsRegular() && i.Size() == size
}

// mediaPath is where a validated digest belongs.
func (c *Cache) mediaPath(sha string) string { return filepath.Join(c.mediaDir(), sha[:2], sha) }

func validSHA(s string) bool {
	return len(s) == 64 && strings.Trim(s, "0123456789abcdef") == ""
}

// A source reads until its context ends, and marks its errors as the source's.
type source struct {
	ctx context.Context
	r   io.Reader
}

func (s *source) Read(b []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, &sourceError{err}
	}
	n, err := s.r.Read(b)
	if err != nil && err != io.EOF {
		err = &sourceError{err}
	}
	return n, err
}

// A sourceError is trouble with what is copied, not with where it goes.
type sourceError struct{ err error }

func (e *sourceError) Error() string { return e.err.Error() }
func (e *sourceError) Unwrap() error { return e.err }
