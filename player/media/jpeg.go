package media

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"io"
)

// A header is what a still's file says before any pixel is decoded.
type header struct {
	size image.Point
	turn orientation
	// decoded is what decoding holds at its worst moment, in bytes.
	decoded int64
}

// JPEG markers (ITU-T T.81, table B.1).
const (
	markSOF0  = 0xc0
	markSOF1  = 0xc1
	markSOF2  = 0xc2
	markDHT   = 0xc4
	markJPG   = 0xc8
	markSOF15 = 0xcf
	markDAC   = 0xcc
	markRST0  = 0xd0
	markRST7  = 0xd7
	markSOI   = 0xd8
	markEOI   = 0xd9
	markSOS   = 0xda
	markAPP1  = 0xe1
	markAPP14 = 0xee
	markTEM   = 0x01
)

// jpegHeader walks a JPEG from its first marker to its last one, and so tells a
// file that was cut short without decoding it.
func jpegHeader(file io.Reader) (header, error) {
	w := jpegWalk{r: bufio.NewReaderSize(file, 64<<10), header: header{turn: 1}}
	for {
		mark, err := w.marker()
		if err != nil {
			return header{}, err
		}
		switch {
		case mark == markEOI:
			if w.size.X == 0 {
				return header{}, errors.New("no picture in it")
			}
			return w.header, nil
		case mark == markSOI || mark == markTEM || mark >= markRST0 && mark <= markRST7 || mark == 0:
			continue
		}
		if err := w.segment(mark); err != nil {
			return header{}, err
		}
	}
}

type jpegWalk struct {
	header
	r    *bufio.Reader
	rgb  bool
	exif bool
}

// marker skips to the next marker, over the entropy coded data too, and returns
// its code; 0 for a stuffed byte.
func (w *jpegWalk) marker() (byte, error) {
	for {
		b, err := w.r.ReadByte()
		if err != nil {
			return 0, err
		}
		for b == 0xff {
			if b, err = w.r.ReadByte(); err != nil {
				return 0, err
			}
			if b != 0xff {
				return b, nil
			}
		}
	}
}

func (w *jpegWalk) segment(mark byte) error {
	var n [2]byte
	if _, err := io.ReadFull(w.r, n[:]); err != nil {
		return err
	}
	length := int(binary.BigEndian.Uint16(n[:])) - 2
	if length < 0 {
		return errors.New("a segment is shorter than its own header")
	}
	frame := mark >= markSOF0 && mark <= markSOF15 && mark != markDHT && mark != markJPG && mark != markDAC
	if !frame && mark != markAPP1 && mark != markAPP14 {
		_, err := w.r.Discard(length)
		return err
	}
	body := make([]byte, length)
	if _, err := io.ReadFull(w.r, body); err != nil {
		return err
	}
	switch {
	case frame:
		return w.frame(mark, body)
	case mark == markAPP1:
		if tiff, ok := bytes.CutPrefix(body, []byte("Exif\x00\x00")); ok && !w.exif {
			w.turn, w.exif = exifOrientation(tiff), true
		}
	case mark == markAPP14:
		w.rgb = len(body) >= 12 && bytes.HasPrefix(body, []byte("Adobe")) && body[11] == 0
	}
	return nil
}

// frame reads a frame header (T.81, B.2.2) and estimates the decoder's memory:
// one byte a sample, four more when progressive (image/jpeg keeps every
// coefficient as an int32 until the end), and four a pixel where the decoder
// makes a second picture for another colour model.
func (w *jpegWalk) frame(mark byte, b []byte) error {
	if mark != markSOF0 && mark != markSOF1 && mark != markSOF2 {
		return refuse("save it as an ordinary (baseline or progressive) JPEG", "is a JPEG of a rare kind (lossless or arithmetic), which this player does not show")
	}
	if len(b) < 6 || len(b) < 6+3*int(b[5]) || b[5] == 0 {
		return errors.New("its frame header is too short")
	}
	w.size = image.Pt(int(binary.BigEndian.Uint16(b[3:])), int(binary.BigEndian.Uint16(b[1:])))
	if w.size.X == 0 || w.size.Y == 0 {
		return errors.New("it says it has no pixels")
	}
	parts := b[6 : 6+3*int(b[5])]
	var wide, tall, samples int64 = 1, 1, 0
	for i := 0; i < len(parts); i += 3 {
		h, v := int64(parts[i+1]>>4), int64(parts[i+1]&15)
		wide, tall, samples = max(wide, h), max(tall, v), samples+h*v
	}
	blocks := ((int64(w.size.X) + 8*wide - 1) / (8 * wide)) * ((int64(w.size.Y) + 8*tall - 1) / (8 * tall))
	w.decoded = blocks * 64 * samples
	if mark == markSOF2 {
		w.decoded *= 5
	}
	if b[5] == 4 || b[5] == 3 && w.rgb {
		w.decoded += 4 * int64(w.size.X) * int64(w.size.Y)
	}
	return nil
}
