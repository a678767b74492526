package media

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"image"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestRefusalsOfStrangers(t *testing.T) {
	heic := []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic")
	for _, c := range []struct {
		name, content string
		says          []string
	}{
		{"holiday.avi", "RIFF\x24\x00\x00\x00AVI LIST", []string{"holiday.avi is an AVI film, which this player does not play", "ffmpeg -i holiday.avi -c:v libx264 -pix_fmt yuv420p out.mp4"}},
		{"my trip.mp4", "RIFF\x24\x00\x00\x00AVI LIST", []string{"ffmpeg -i 'my trip.mp4' -c:v"}},
		{"notes.jpg", "Opening hours: 9 to 5, café\n", []string{"notes.jpg is a text file, though its name says jpg"}},
		{"a.png", "\x00\x01\x02\x03", []string{"no format this player knows, though its name says png"}},
		{"IMG_1.jpg", string(heic), []string{"IMG_1.jpg is a HEIC picture", "JPEG"}},
		{"a.avif", "\x00\x00\x00\x18ftypavif\x00\x00\x00\x00mif1miaf", []string{"AVIF"}},
		{"a.wmv", "\x30\x26\xb2\x75\x8e\x66\xcf\x11", []string{"Windows Media"}},
		{"a.ts", "\x47" + strings.Repeat("\x00", 187) + "\x47", []string{"transport stream", "libx264"}},
		{"a.mp3", "ID3\x04", []string{"MP3 sound"}},
		{"a.pdf", "%PDF-1.7", []string{"a PDF", "export"}},
		{"a.bmp", "BM\x36\x00\x00\x00\x00\x00\x00\x00", []string{"BMP"}},
		{"a.zip", "PK\x03\x04", []string{"ZIP"}},
		{"bell\x07\x1b[2J.bin", "\x7fELF", []string{"bell??[2J.bin is a program"}},
		{"page.gif", "<svg xmlns=", []string{"SVG"}},
	} {
		_, err := Probe(context.Background(), write(t, c.name, []byte(c.content)))
		refused(t, err, c.says...)
	}
}

func TestRefusalsOfFiles(t *testing.T) {
	_, err := Probe(context.Background(), write(t, "a.jpg", nil))
	refused(t, err, "a.jpg is empty (0 bytes)")
	_, err = Probe(context.Background(), t.TempDir())
	refused(t, err, "is not a file")
	if _, err = Probe(context.Background(), filepath.Join(t.TempDir(), "none.jpg")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%v", err)
	}
	if _, err = Open(context.Background(), write(t, "a.png", pngOf(t, scene())), Options{}); err == nil {
		t.Error("opened for a glass without pixels")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err = Probe(ctx, write(t, "a.png", pngOf(t, scene()))); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// frameJPEG is the bare header of a JPEG: no pixel, but a first and a last marker.
func frameJPEG(sof byte, w, h int, sampling ...byte) []byte {
	body := []byte{8, byte(h >> 8), byte(h), byte(w >> 8), byte(w), byte(len(sampling))}
	for i, s := range sampling {
		body = append(body, byte(i+1), s, 0)
	}
	b := append([]byte{0xff, 0xd8, 0xff, sof, 0, byte(len(body) + 2)}, body...)
	return append(b, 0xff, 0xd9)
}

func pngSized(t *testing.T, w, h uint32) []byte {
	b := pngOf(t, scene())
	binary.BigEndian.PutUint32(b[16:], w)
	binary.BigEndian.PutUint32(b[20:], h)
	return b
}

func TestRefusalsOfSize(t *testing.T) {
	gif := animated(t, []frameOf{{image.Rect(0, 0, 4, 4), 1, 0, 10}, {image.Rect(0, 0, 4, 4), 2, 0, 10}}, 0)
	binary.LittleEndian.PutUint16(gif[6:], 6000)
	binary.LittleEndian.PutUint16(gif[8:], 6000)
	for _, c := range []struct {
		name    string
		content []byte
		says    string
	}{
		{"a.jpg", frameJPEG(0xc0, 8000, 6000, 0x22, 0x11, 0x11), "8000 × 6000 pixels, 48 million; the most is 40 million"},
		{"a.png", pngSized(t, 100_000, 401), "40 million"},
		{"a.png", pngSized(t, 1<<30, 1<<30), "size is nonsense"},
		// What image/jpeg would hold: 590 MB, as measured.
		{"a.jpg", frameJPEG(0xc2, 7900, 5000, 0x11, 0x11, 0x11), "would take 565 MB of memory"},
		{"a.jpg", frameJPEG(0xc3, 100, 100, 0x11), "JPEG of a rare kind"},
		{"a.gif", gif, "would take 412 MB of memory as long as it shows"},
		{"a.webp", webpOf("VP8X", []byte{2, 0, 0, 0, 9, 0, 0, 9, 0, 0}), "is an animated WebP"},
	} {
		_, err := Probe(context.Background(), write(t, c.name, c.content))
		refused(t, err, c.says)
	}
	// The same size is fine when it is not progressive.
	if f, err := Probe(context.Background(), write(t, "a.jpg", frameJPEG(0xc0, 7900, 5000, 0x11, 0x11, 0x11))); err != nil || f.Width != 7900 {
		t.Errorf("%+v, %v", f, err)
	}
}

func webpOf(kind string, body []byte) []byte {
	b := []byte("WEBP" + kind)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(body)))
	b = append(b, body...)
	return append(binary.LittleEndian.AppendUint32([]byte("RIFF"), uint32(len(b))), b...)
}

func TestRealFiles(t *testing.T) {
	for _, c := range []struct {
		name string
		want Facts
	}{
		{"exif/portrait_6.jpg", Facts{Kind: Still, Format: "JPEG", Width: 1200, Height: 1800}},
		{"photo/elva.jpg", Facts{Kind: Still, Format: "JPEG", Width: 3072, Height: 1780}},
		{"gif/large-codes.gif", Facts{Kind: Still, Format: "GIF", Width: 100, Height: 100}},
		{"webp/lossless1.webp", Facts{Kind: Still, Format: "WebP", Width: 1000, Height: 307}},
		{"webp/lossy_alpha1.webp", Facts{Kind: Still, Format: "WebP", Width: 1000, Height: 307}},
		{"webp/vp80-00-comprehensive-008.webp", Facts{Kind: Still, Format: "WebP", Width: 1432, Height: 888}},
	} {
		got, err := Probe(context.Background(), shared(t, c.name))
		if err != nil || got != c.want {
			t.Errorf("%s: %+v, %v", c.name, got, err)
		}
	}
}

func TestRealFilms(t *testing.T) {
	tl := ffmpegTools(t)
	for _, c := range []struct {
		name   string
		want   Facts
		frames int64
	}{
		{"video/rabbit320.mp4", Facts{Clip, "MP4", "H.264", 320, 240, 7800 * time.Millisecond, true}, 234},
		{"video/elf.webm", Facts{Clip, "WebM", "VP8", 720, 480, 8033 * time.Millisecond, true}, 241},
	} {
		s, err := examine(context.Background(), tl, shared(t, c.name))
		if err != nil || s.Facts != c.want {
			t.Fatalf("%s: %+v, %v", c.name, s, err)
		}
		v := mustOpen[*Video](t, tl, s.path, Options{Glass: image.Pt(160, 120)})
		if n := play(t, v, nil); n != c.frames || v.Err() != nil {
			t.Errorf("%s: %d frames, %v", c.name, n, v.Err())
		}
	}
}

// A file that lost its end is refused, wherever it was cut.
func TestTruncated(t *testing.T) {
	tl := installed()
	files := map[string][]byte{
		"a.jpg": jpegOf(t, scene()), "a.png": pngOf(t, scene()),
		"a.gif":     animated(t, []frameOf{{image.Rect(0, 0, 9, 9), 1, 0, 10}, {image.Rect(2, 2, 5, 5), 2, 1, 10}}, 0),
		"still.gif": animated(t, []frameOf{{image.Rect(0, 0, 9, 9), 1, 0, 0}}, 0),
	}
	if tl.check() == nil {
		files["a.mp4"] = read(t, film(t, "a.mp4", append(bars, "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")...))
		files["fast.mp4"] = read(t, film(t, "a.mp4", append(bars, "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-movflags", "faststart")...))
		files["a.webm"] = read(t, film(t, "a.webm", append(bars, "-c:v", "libvpx", "-deadline", "realtime", "-pix_fmt", "yuv420p")...))
	}
	for name, whole := range files {
		if _, err := open(context.Background(), tl, write(t, name, whole), glass64); err != nil {
			t.Fatalf("%s whole: %v", name, err)
		}
		for _, keep := range []int{1, 3, 7, 12, 20, 40, len(whole) / 4, len(whole) / 2, len(whole) - 20, len(whole) - 2, len(whole) - 1} {
			content, err := open(context.Background(), tl, write(t, name, whole[:keep]), glass64)
			if err == nil {
				t.Errorf("%s: %d of %d bytes open as %T", name, keep, len(whole), content)
				content.Close()
				continue
			}
			refused(t, err, name)
			if _, err := examine(context.Background(), tl, write(t, name, whole[:keep])); err == nil {
				t.Errorf("%s: %d of %d bytes pass a probe", name, keep, len(whole))
			}
			if keep > 40 && !strings.Contains(err.Error(), "cut short") {
				t.Errorf("%s: %d of %d bytes: %v", name, keep, len(whole), err)
			}
		}
	}
}

func TestTruncatedWebP(t *testing.T) {
	for _, name := range []string{"webp/test.webp", "webp/lossless1.webp", "webp/lossy_alpha1.webp"} {
		whole := read(t, shared(t, name))
		for _, keep := range []int{15, 40, len(whole) / 2, len(whole) - 1} {
			_, err := open(context.Background(), tools{}, write(t, "a.webp", whole[:keep]), glass64)
			refused(t, err, "a.webp")
		}
	}
}

// A camera's odd bytes behind a film are not a reason to refuse it; a film cut in
// its pictures is, even when its index comes first.
func TestWholeMP4(t *testing.T) {
	for _, c := range []struct {
		name, boxes string
		ok          bool
	}{
		{"index last", "\x00\x00\x00\x0cmdat1234\x00\x00\x00\x08moov", true},
		{"long size", "\x00\x00\x00\x01mdat\x00\x00\x00\x00\x00\x00\x00\x141234\x00\x00\x00\x08moov", true},
		{"to the end", "\x00\x00\x00\x08moov\x00\x00\x00\x00mdat1234", true},
		{"odd bytes behind", "\x00\x00\x00\x08moov\x00\x00\x00\x0cmdat1234odd bytes", true},
		{"odd bytes, too few", "\x00\x00\x00\x08moov\x00\x00\x00\x0cmdat1234odd", true},
		{"cut pictures", "\x00\x00\x00\x08moov\x00\x00\x00\x0cmdat1234\x00\x00\x00\x0cmdat1", false},
		{"no index", "\x00\x00\x00\x0cmdat1234", false},
		{"cut index", "\x00\x00\x00\x0cmdat1234\x00\x00\x00\x09moov", false},
		{"no size", "\x00\x00\x00\x02mdat", false},
		{"negative size", "\x00\x00\x00\x01mdat\xff\xff\xff\xff\xff\xff\xff\xff", false},
	} {
		err := wholeMP4(io.NewSectionReader(strings.NewReader(c.boxes), 0, int64(len(c.boxes))))
		if (err == nil) != c.ok {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// A picture whose header is whole and whose pixels are nonsense.
func TestDamagedPixels(t *testing.T) {
	b := pngOf(t, scene())
	at := bytes.Index(b, []byte("IDAT"))
	for i := at + 6; i < at+20; i++ {
		b[i] ^= 0x5a
	}
	_, err := Open(context.Background(), write(t, "a.png", b), glass64)
	refused(t, err, "a.png is a damaged PNG")
}

func TestDecoderPanicIsAnError(t *testing.T) {
	_, err := decoded(context.Background(), write(t, "a.png", []byte("x")), func(io.Reader) (image.Image, error) {
		panic("index out of range")
	})
	if err == nil || !strings.Contains(err.Error(), "gave up") {
		t.Errorf("%v", err)
	}
}
