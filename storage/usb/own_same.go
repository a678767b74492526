package usb

import (
	"bytes"
	"context"
	"io"
	"path/filepath"

	"entracte/storage/pack"
)

// A picture is compared to its last byte, and so is a short film. Of a longer one so
// many pieces are, evenly spread, the first and the last byte among them: a stick that
// stays in is looked at in every start, and its films may have gigabytes. One that was
// cut or coded again differs in all of them.
const (
	pieces    = 16
	pieceSize = 1 << 20
)

// spots are where the pieces of a file begin that are compared.
func spots(size int64) []int64 {
	var at []int64
	if size <= pieces*pieceSize {
		for i := int64(0); i < size; i += pieceSize {
			at = append(at, i)
		}
		return at
	}
	for i := range int64(pieces) {
		at = append(at, i*(size-pieceSize)/(pieces-1))
	}
	return at
}

// has reports whether a file of the stick is in the owner's folder already: a corrected
// picture may have the size of the one before.
func (o Own) has(ctx context.Context, stick pack.Source, name string, size int64) bool {
	path := filepath.Join(o.Folder, name)
	if at, err := o.Disk.Stat(path); err != nil || !at.Mode().IsRegular() || at.Size() != size {
		return false
	}
	here, err := o.Disk.Open(path)
	if err != nil {
		return false
	}
	defer here.Close()
	for _, from := range spots(size) {
		if ctx.Err() != nil || !samePiece(ctx, stick, name, here, from, min(pieceSize, size-from)) {
			return false
		}
	}
	return true
}

// samePiece compares n bytes of a file of the stick with those of another one.
func samePiece(ctx context.Context, stick pack.Source, name string, here io.ReaderAt, from, n int64) bool {
	there, err := stick.Open(ctx, OwnFolder+"/"+name, from)
	if err != nil {
		return false
	}
	defer there.Close()
	a, b := make([]byte, n), make([]byte, n)
	if _, err := io.ReadFull(there, a); err != nil {
		return false
	}
	_, err = here.ReadAt(b, from)
	return (err == nil || err == io.EOF) && bytes.Equal(a, b)
}
