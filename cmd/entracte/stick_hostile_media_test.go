//go:build linux

package main

import (
	"bytes"
	"compress/zlib"
	"context"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"os/exec"
	"strings"
	"time"
)

// Media that the operator signed and that should not reach a decoder, or the glass.
var hostileMedia = []hostility{
	{"a picture of 60,000 by 60,000", func(s *siege) { s.shows(pngOf(60_000, 60_000, 100)) }, saysSkipped, ""},
	{"a picture whose data unpack to much more", func(s *siege) { s.shows(pngOf(16, 9, 8<<20)) }, saysSkipped, ""},
	{"a picture that is cut off", func(s *siege) { s.shows(aJPEG()[:300]) }, saysSkipped, ""},
	{"an animation of 5,000 large frames", func(s *siege) { s.shows(manyFrames(5000)) }, saysSkipped, ""},
	{"a script called a picture", func(s *siege) { s.shows("#!/bin/sh\nrm -rf /\n") }, saysSkipped, ""},
	{"a drawing with a script", func(s *siege) { s.shows(`<svg xmlns="http://www.w3.org/2000/svg"><script>x</script></svg>`) }, saysSkipped, ""},
	{"a picture that is a program too", func(s *siege) {
		s.shows(aJPEG() + "PK\x03\x04" + "\x7fELF" + "<script>x</script>")
	}, "The ads are in place (acme/shop-17). / New: The odd.", "before odd"},
	{"a list of other files called a film", func(s *siege) { s.film(); s.shows("#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n") }, saysSkipped, ""},
	{"a film that is none", func(s *siege) {
		s.film()
		s.shows("\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2" + strings.Repeat("\xff", 5000))
	}, saysSkipped, ""},
	{"a film whose boxes never end", func(s *siege) {
		s.film()
		s.shows("\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2" + strings.Repeat("\x00\x00\x00\x08moov", 5000))
	}, saysSkipped, ""},
	{"a picture that nobody can ask about in time", func(s *siege) {
		s.shows("odd")
		s.visitor.Receiving.Probe = func(ctx context.Context, _ string) (time.Duration, error) {
			within, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
			defer cancel()
			<-within.Done()
			return 0, within.Err()
		}
	}, saysSkipped, ""},
}

const saysSkipped = "The ads are in place (acme/shop-17). / Creatives that cannot be shown on this screen: 1."

// shows puts a pack on the stick with the ad "before" and one of a medium, which the
// real probe is asked about.
func (s *siege) shows(medium string) {
	s.Helper()
	s.build(orderOf(s.key, 11, map[string]string{"before": "before", "odd": medium}))
	s.visitor.Receiving.Probe = func(ctx context.Context, path string) (time.Duration, error) {
		if strings.HasSuffix(path, digestOf("before")) || strings.HasSuffix(path, digestOf("good")) {
			return 0, nil // six letters, and in force
		}
		return probe(ctx, path)
	}
}

// film skips a case where no film can be looked at.
func (s *siege) film() {
	if _, err := exec.LookPath("ffprobe"); err != nil {
		s.Skip("ffmpeg is not installed: apt-get install ffmpeg")
	}
}

// pngOf is a picture that says it has that size, and has that many bytes of pixels.
func pngOf(width, height uint32, pixels int) string {
	out := []byte("\x89PNG\r\n\x1a\n")
	chunk := func(kind string, b []byte) {
		out = binary.BigEndian.AppendUint32(out, uint32(len(b)))
		body := append([]byte(kind), b...)
		out = binary.BigEndian.AppendUint32(append(out, body...), crc32.ChecksumIEEE(body))
	}
	head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, width), height)
	chunk("IHDR", append(head, 8, 2, 0, 0, 0))
	var packed bytes.Buffer
	z, _ := zlib.NewWriterLevel(&packed, zlib.BestSpeed)
	for zeros := make([]byte, 1<<16); pixels > 0; pixels -= len(zeros) {
		_, _ = z.Write(zeros[:min(pixels, len(zeros))])
	}
	_ = z.Close()
	chunk("IDAT", packed.Bytes())
	chunk("IEND", nil)
	return string(out)
}

func aJPEG() string {
	var b bytes.Buffer
	_ = jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 64, 36)), nil) // to memory
	return b.String()
}

// manyFrames is an animation on a large canvas.
func manyFrames(n int) string {
	g := &gif.GIF{Config: image.Config{Width: 7000, Height: 5000}}
	frame := image.NewPaletted(image.Rect(0, 0, 1, 1), color.Palette{color.Black, color.White})
	for range n {
		g.Image, g.Delay = append(g.Image, frame), append(g.Delay, 1)
	}
	g.Config.ColorModel = frame.Palette
	var b bytes.Buffer
	_ = gif.EncodeAll(&b, g)
	return b.String()
}
