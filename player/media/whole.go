package media

import (
	"encoding/binary"
	"errors"
	"io"
)

// wholeMP4 follows the boxes of an ISO base media file (ISO/IEC 14496-12, 4.2) to
// the end of the file. There must be an index, and what holds pictures must fit;
// cameras do leave odd bytes behind both.
func wholeMP4(f *io.SectionReader) error {
	indexed, filled := false, false
	for at, boxes := int64(0), 0; at < f.Size() && boxes < maxChunks; boxes++ {
		kind, size, err := box(f, at)
		vital := kind == "mdat" || kind == "moov" || kind == "moof"
		if err == nil && size > f.Size()-at {
			err = io.ErrUnexpectedEOF
		}
		if err != nil && indexed && filled && !vital {
			return nil
		}
		if err != nil {
			return err
		}
		indexed = indexed || kind == "moov"
		filled = filled || kind == "mdat"
		at += size
	}
	if !indexed {
		return io.ErrUnexpectedEOF
	}
	return nil
}

// box reads a box header.
func box(f *io.SectionReader, at int64) (kind string, size int64, err error) {
	var b [16]byte
	if _, err := f.ReadAt(b[:8], at); err != nil {
		return "", 0, err
	}
	kind, size = string(b[4:8]), int64(binary.BigEndian.Uint32(b[:]))
	least := int64(8)
	switch size {
	case 0: // to the end of the file
		size = f.Size() - at
	case 1: // a long size follows
		if _, err := f.ReadAt(b[8:], at+8); err != nil {
			return kind, 0, err
		}
		size, least = int64(binary.BigEndian.Uint64(b[8:])), 16
	}
	if size < least {
		return kind, 0, errors.New("a box has a nonsense size")
	}
	return kind, size, nil
}

// wholeMatroska checks that the segment, when it says how long it is, fits into
// the file (RFC 8794, 4 to 6; RFC 9559, 5.1).
func wholeMatroska(f *io.SectionReader) error {
	const segment = 0x18538067
	at := int64(0)
	for at < f.Size() {
		id, n, err := ebmlNumber(f, at, false)
		if err != nil {
			return err
		}
		size, m, err := ebmlNumber(f, at+n, true)
		if err != nil {
			return err
		}
		body := at + n + m
		if size < 0 { // unknown: a live recording
			return nil
		}
		if size > f.Size()-body {
			return io.ErrUnexpectedEOF
		}
		if id == segment {
			return nil
		}
		at = body + size
	}
	return io.ErrUnexpectedEOF
}

// ebmlNumber reads a variable length number and returns it with its length; -1
// for the size that means unknown. An element ID keeps its length marker.
func ebmlNumber(f *io.SectionReader, at int64, size bool) (value, length int64, err error) {
	var b [8]byte
	if _, err := f.ReadAt(b[:1], at); err != nil {
		return 0, 0, err
	}
	length = 1
	for mark := byte(0x80); b[0]&mark == 0; mark >>= 1 {
		if length++; length > 8 {
			return 0, 0, errors.New("an element's number is too long")
		}
	}
	if _, err := f.ReadAt(b[:length], at); err != nil {
		return 0, 0, err
	}
	v := binary.BigEndian.Uint64(b[:]) >> (64 - 8*length)
	if !size {
		return int64(v & (1<<62 - 1)), length, nil
	}
	ones := uint64(1)<<(7*length) - 1
	if v &= ones; v == ones {
		return -1, length, nil
	}
	return int64(v), length, nil
}
