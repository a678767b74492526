package media

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"os"
	"strings"
)

// Probe tells what a file is, from its bytes and not from its name. It reads
// headers, follows the file to its end to see that nothing is missing, and
// decodes no pixel. A clip is examined by ffprobe in a process of its own, for at
// most five seconds; without ffmpeg the error is [ErrNoFFmpeg].
//
// An error that is about the file names it, says what is wrong, and ends with a
// "hint: " line. Probe is safe for concurrent use.
func Probe(ctx context.Context, path string) (Facts, error) {
	s, err := examine(ctx, installed(), path)
	if err != nil {
		return Facts{}, err
	}
	return s.Facts, nil
}

// examine is Probe, with what Open needs besides.
func examine(ctx context.Context, t tools, path string) (*source, error) {
	f, size, err := openRegular(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	head := make([]byte, min(size, sniffed))
	if _, err := f.ReadAt(head, 0); err != nil {
		return nil, fmt.Errorf("%s cannot be read: %w\nhint: copy it again, and check the stick or card it is on", printable(path), err)
	}
	v := sniff(head)
	s := &source{path: path, Facts: Facts{Format: v.format}}
	file := io.NewSectionReader(interrupted{ctx, f}, 0, size)
	switch v.container {
	case noContainer:
		err = v.refused(path)
	case mp4File, matroskaFile:
		err = s.examineClip(ctx, t, v.container, file)
	default:
		err = s.examineStill(v.container, file)
	}
	if cause := ctx.Err(); err != nil && cause != nil {
		return nil, fmt.Errorf("%s was not examined to the end: %w", printable(path), cause)
	}
	if err != nil && !errors.Is(err, ErrNoFFmpeg) {
		err = named(path, v.format, err)
	}
	return s, err
}

// openRegular opens a file that is a file: a pipe or a device would block or never end.
func openRegular(path string) (*os.File, int64, error) {
	about, err := os.Stat(path)
	if err != nil {
		return nil, 0, err
	}
	if !about.Mode().IsRegular() {
		return nil, 0, named(path, "", refuse("give the path of one picture or film", "is not a file"))
	}
	if about.Size() == 0 {
		return nil, 0, named(path, "", refuse("copy it again: the copy never got its content", "is empty (0 bytes)"))
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, 0, err
	}
	return f, about.Size(), nil
}

// interrupted ends reading, and with it whatever decodes, when its context ends.
type interrupted struct {
	ctx context.Context
	r   io.ReaderAt
}

func (i interrupted) ReadAt(b []byte, at int64) (int, error) {
	if err := i.ctx.Err(); err != nil {
		return 0, err
	}
	return i.r.ReadAt(b, at)
}

// refused says that a format is not played, naming the way to one that is.
func (v verdict) refused(path string) error {
	switch {
	case v.film:
		return refuse(clipHint(baseName(path)), "is %s, which this player does not play", v.format)
	case v.picture:
		return refuse("open it where it was made and save or export it as JPEG or PNG", "is %s, which this player does not show", v.format)
	}
	hint := "this player shows JPEG, PNG, WebP and GIF pictures, and MP4, WebM and MKV films"
	if claims := claimed(path); claims != "" {
		return refuse(hint, "is %s, though its name says %s", v.format, claims)
	}
	return refuse(hint, "is %s", v.format)
}

// claimed returns what a file's ending promises, "" for nothing we show.
func claimed(path string) string {
	name := strings.ToLower(baseName(path))
	for _, end := range []string{"jpg", "jpeg", "png", "webp", "gif", "mp4", "webm", "mkv", "mov"} {
		if strings.HasSuffix(name, "."+end) {
			return end
		}
	}
	return ""
}

// examineStill reads the header of a still or an animation and holds it against
// the limits.
func (s *source) examineStill(c container, f *io.SectionReader) error {
	if f.Size() > maxFile {
		return refuse("save it smaller", "is a file of %d MB; a picture may have %d MB", f.Size()>>20, maxFile>>20)
	}
	h := header{turn: 1}
	var err error
	s.Kind = Still
	switch c {
	case jpegFile:
		h, err = jpegHeader(f)
	case pngFile:
		h, err = pngHeader(f)
	case webpFile:
		h, err = webpHeader(f)
	case gifFile:
		h, err = s.examineGIF(f)
	}
	if err != nil {
		return err
	}
	if n := int64(h.size.X) * int64(h.size.Y); n > maxPixels {
		return refuse("save it smaller: a screen of 3840 × 2160 has 8 million pixels", "has %d × %d pixels, %d million; the most is %d million", h.size.X, h.size.Y, n/1_000_000, maxPixels/1_000_000)
	}
	if h.decoded > maxDecoded {
		return refuse("save it smaller, or as an ordinary (not progressive) JPEG", "would take %d MB of memory to decode; the most is %d MB", h.decoded>>20, maxDecoded>>20)
	}
	s.stored, s.turn = h.size, h.turn
	up := h.turn.size(h.size)
	s.Width, s.Height = up.X, up.Y
	return nil
}

// examineGIF tells a GIF that moves from one that does not.
func (s *source) examineGIF(f io.Reader) (header, error) {
	r, err := gifReel(f)
	if err != nil {
		return header{}, err
	}
	h := header{size: r.canvas, turn: 1}
	canvas := int64(r.canvas.X) * int64(r.canvas.Y) * 4
	h.decoded = r.held() + canvas
	if len(r.delays) == 1 {
		return h, nil
	}
	// Shown, an animation holds its frames, a canvas, what a frame covered, and
	// the picture made for the glass.
	s.held = r.held() + 3*canvas
	if s.held > maxHeld {
		return h, refuse("ffmpeg -i "+quoted(baseName(s.path))+" -vf scale=-2:720 -c:v libx264 -pix_fmt yuv420p out.mp4", "would take %d MB of memory as long as it shows; the most is %d MB, and a film of it takes less", s.held>>20, maxHeld>>20)
	}
	s.Kind, s.Length = Animated, r.length()
	if s.Length > maxLength {
		return h, refuse("shorten the delays", "runs longer than a day")
	}
	return h, nil
}

func ratioSize(size image.Point, num, den int64) image.Point {
	switch {
	case num > den:
		size.X = int((int64(size.X)*num + den/2) / den)
	case num < den:
		size.Y = int((int64(size.Y)*den + num/2) / num)
	}
	return size
}
