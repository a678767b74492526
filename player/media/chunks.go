package media

import (
	"encoding/binary"
	"errors"
	"image"
	"io"
)

// maxChunks bounds the chunks of a PNG or WebP; real files have dozens, a long
// IDAT cut in 8 KiB pieces some thousands.
const maxChunks = 1 << 16

// maxExif bounds the EXIF block that is read for its orientation.
const maxExif = 1 << 20

var errChunks = errors.New("it has more chunks than any picture needs")

// pngHeader reads IHDR and eXIf and follows the chunks to IEND (PNG, third
// edition, 5 and 11).
func pngHeader(f *io.SectionReader) (header, error) {
	h := header{turn: 1}
	at := int64(8)
	for range maxChunks {
		var b [8]byte
		if _, err := f.ReadAt(b[:], at); err != nil {
			return h, err
		}
		length, kind := int64(binary.BigEndian.Uint32(b[:])), string(b[4:])
		if at+12+length > f.Size() {
			return h, io.ErrUnexpectedEOF
		}
		switch kind {
		case "IHDR":
			if err := h.ihdr(f, at+8, length); err != nil {
				return h, err
			}
		case "tRNS":
			// A transparent colour makes an NRGBA of a picture without alpha.
			h.decoded = max(h.decoded, int64(h.size.X)*int64(h.size.Y)*8)
		case "eXIf":
			tiff, err := chunk(f, at+8, length)
			if err != nil {
				return h, err
			}
			h.turn = exifOrientation(tiff)
		case "IEND":
			if h.size.X == 0 {
				return h, errors.New("no picture in it")
			}
			return h, nil
		}
		at += 12 + length
	}
	return h, errChunks
}

// ihdr reads the size and estimates the decoder's memory: what image/png
// allocates a pixel, and half as much again for the largest pass of an
// interlaced one.
func (h *header) ihdr(f *io.SectionReader, at, length int64) error {
	var b [13]byte
	if length != 13 {
		return errors.New("its header has the wrong size")
	}
	if _, err := f.ReadAt(b[:], at); err != nil {
		return err
	}
	w, t := binary.BigEndian.Uint32(b[0:]), binary.BigEndian.Uint32(b[4:])
	if w == 0 || t == 0 || w > 1<<24 || t > 1<<24 {
		return errors.New("its size is nonsense")
	}
	h.size = image.Pt(int(w), int(t))
	depth, colour := b[8], b[9]
	pixel := int64(4)
	switch {
	case depth == 16:
		pixel = 8
	case colour == 0 || colour == 3:
		pixel = 1
	}
	h.decoded = int64(w) * int64(t) * pixel
	if b[12] != 0 {
		h.decoded += h.decoded / 2
	}
	return nil
}

// webpHeader follows the chunks of a WebP (RFC 9649).
func webpHeader(f *io.SectionReader) (header, error) {
	h := header{turn: 1}
	var b [12]byte
	if _, err := f.ReadAt(b[:], 0); err != nil {
		return h, err
	}
	end := 8 + int64(binary.LittleEndian.Uint32(b[4:]))
	if end > f.Size() {
		return h, io.ErrUnexpectedEOF
	}
	alpha := false
	at := int64(12)
	for range maxChunks {
		if at+8 > end {
			if h.size.X == 0 {
				return h, errors.New("no picture in it")
			}
			return h, nil
		}
		if _, err := f.ReadAt(b[:8], at); err != nil {
			return h, err
		}
		length, kind := int64(binary.LittleEndian.Uint32(b[4:])), string(b[:4])
		if at+8+length > end {
			return h, io.ErrUnexpectedEOF
		}
		alpha = alpha || kind == "ALPH"
		if err := h.webpChunk(f, kind, at+8, length, alpha); err != nil {
			return h, err
		}
		at += 8 + length + length&1
	}
	return h, errChunks
}

// webpChunk reads one chunk. The estimate is what x/image/webp allocates: planes
// for a lossy picture, two RGBA pictures for a lossless one, and both for a lossy
// one with an alpha channel.
func (h *header) webpChunk(f *io.SectionReader, kind string, at, length int64, alpha bool) error {
	var b [10]byte
	read := func(n int64) error {
		if length < n {
			return io.ErrUnexpectedEOF
		}
		_, err := f.ReadAt(b[:n], at)
		return err
	}
	halves := int64(0)
	switch kind {
	case "VP8X":
		if err := read(10); err != nil {
			return err
		}
		if b[0]&2 != 0 {
			return refuse("make a film of it with any converter, or save the animation as GIF",
				"is an animated WebP, which this player does not show")
		}
		return nil
	case "VP8 ":
		if err := read(10); err != nil {
			return err
		}
		h.size = image.Pt(int(binary.LittleEndian.Uint16(b[6:])&0x3fff), int(binary.LittleEndian.Uint16(b[8:])&0x3fff))
		if halves = 3; alpha {
			halves = 21
		}
	case "VP8L":
		if err := read(5); err != nil {
			return err
		}
		bits := binary.LittleEndian.Uint32(b[1:])
		h.size = image.Pt(int(bits&0x3fff)+1, int(bits>>14&0x3fff)+1)
		halves = 16
	case "EXIF":
		tiff, err := chunk(f, at, length)
		if err == nil {
			h.turn = exifOrientation(tiff)
		}
		return err
	default:
		return nil
	}
	if h.size.X == 0 || h.size.Y == 0 {
		return errors.New("it says it has no pixels")
	}
	h.decoded = int64(h.size.X+15) * int64(h.size.Y+15) * halves / 2
	return nil
}

// chunk returns a chunk's bytes; none when it is too long to be an EXIF block.
func chunk(f *io.SectionReader, at, length int64) ([]byte, error) {
	if length > maxExif {
		return nil, nil
	}
	b := make([]byte, length)
	_, err := f.ReadAt(b, at)
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return b, err
}
