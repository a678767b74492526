package media

import (
	"bytes"
	"context"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestMain lets the test binary stand in for ffmpeg and ffprobe: a link to it
// named fake-something is that program misbehaving in some way.
func TestMain(m *testing.M) {
	if mode, ok := strings.CutPrefix(filepath.Base(os.Args[0]), "fake-"); ok {
		fake(mode)
	}
	// The race detector would have every fake sleep a second before it ends.
	os.Setenv("GORACE", "atexit_sleep_ms=0")
	os.Exit(m.Run())
}

// shared returns a file of the shared media, or skips.
func shared(t testing.TB, name string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; ; dir = filepath.Dir(dir) {
		path := filepath.Join(dir, "shared", "media", name)
		if _, err := os.Stat(path); err == nil {
			return path
		}
		if dir == filepath.Dir(dir) {
			t.Skipf("there is no shared/media/%s above this folder, so nothing to open", name)
		}
	}
}

// ffmpegTools returns the real programs, or skips.
func ffmpegTools(t testing.TB) tools {
	t.Helper()
	tl := installed()
	if tl.check() != nil {
		t.Skip("this machine has no ffmpeg and ffprobe, so no film can be made or opened")
	}
	// A loaded machine is not what these tests are about.
	tl.patience *= 6
	return tl
}

// film makes a clip with ffmpeg and returns its path.
func film(t testing.TB, name string, args ...string) string {
	t.Helper()
	tl := ffmpegTools(t)
	path := filepath.Join(t.TempDir(), name)
	all := append([]string{"-nostdin", "-v", "error", "-y"}, append(args, path)...)
	if out, err := exec.Command(tl.ffmpeg, all...).CombinedOutput(); err != nil {
		t.Skipf("this machine's ffmpeg cannot make %s: %v: %s", name, err, out)
	}
	return path
}

func write(t testing.TB, name string, b []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func read(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// mustOpen opens a file as the content it must be.
func mustOpen[C Content](t testing.TB, tl tools, path string, o Options) C {
	t.Helper()
	content, err := open(context.Background(), tl, path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { content.Close() })
	c, ok := content.(C)
	if !ok {
		t.Fatalf("%s opened as %T", path, content)
	}
	return c
}

// refused checks that an error is a sentence about the file with a hint.
func refused(t *testing.T, err error, words ...string) {
	t.Helper()
	if err == nil {
		t.Fatal("it was not refused")
	}
	for _, w := range append(words, "\nhint: ") {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("%q does not say %q", err, w)
		}
	}
}

// scene is a picture without any symmetry: blocks of 16 pixels, each of its own
// colour, three across and two down.
func scene() *image.RGBA {
	colours := []color.RGBA{{220, 30, 30, 255}, {30, 200, 40, 255}, {40, 50, 220, 255}, {230, 220, 40, 255}, {240, 240, 240, 255}, {20, 20, 20, 255}}
	img := image.NewRGBA(image.Rect(0, 0, 48, 32))
	for y := range 32 {
		for x := range 48 {
			img.SetRGBA(x, y, colours[y/16*3+x/16])
		}
	}
	return img
}

// difference is the mean over all pixels and colours, in 1/255.
func difference(t testing.TB, a, b *image.RGBA) float64 {
	t.Helper()
	if a.Rect != b.Rect {
		t.Fatalf("one picture is %v, the other %v", a.Rect, b.Rect)
	}
	sum, n := 0, 0
	for i := range a.Pix {
		if i%4 == 3 {
			continue
		}
		d := int(a.Pix[i]) - int(b.Pix[i])
		sum += max(d, -d)
		n++
	}
	return float64(sum) / float64(n)
}

// exifBlock is a TIFF with one entry, the orientation.
func exifBlock(order binary.AppendByteOrder, o uint16) []byte {
	b := []byte("II*\x00")
	if order == binary.AppendByteOrder(binary.BigEndian) {
		b = []byte("MM\x00*")
	}
	b = order.AppendUint32(b, 8)
	b = order.AppendUint16(b, 1)
	b = order.AppendUint16(b, 0x0112)
	b = order.AppendUint16(b, 3)
	b = order.AppendUint32(b, 1)
	b = order.AppendUint16(b, o)
	b = order.AppendUint16(b, 0)
	return order.AppendUint32(b, 0)
}

// withExif puts an EXIF block into a JPEG, after its first marker.
func withExif(jpg, tiff []byte) []byte {
	body := append([]byte("Exif\x00\x00"), tiff...)
	out := append([]byte{}, jpg[:2]...)
	out = append(out, 0xff, 0xe1)
	out = binary.BigEndian.AppendUint16(out, uint16(len(body)+2))
	return append(append(out, body...), jpg[2:]...)
}

// withChunk puts a chunk into a PNG, after IHDR.
func withChunk(png []byte, kind string, body []byte) []byte {
	const after = 8 + 12 + 13
	out := append([]byte{}, png[:after]...)
	out = binary.BigEndian.AppendUint32(out, uint32(len(body)))
	named := append([]byte(kind), body...)
	out = append(out, named...)
	out = binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(named))
	return append(out, png[after:]...)
}

func encoded(t testing.TB, encode func(*bytes.Buffer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := encode(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
