package media

import (
	"image"
	"os/exec"
	"path/filepath"
	"testing"
)

// Lossy WebP keeps its whites white and its reds red.
func TestLossyWebPColours(t *testing.T) {
	ffmpeg, err := exec.LookPath("ffmpeg")
	if err != nil {
		t.Skip("ffmpeg is not installed")
	}
	for colour, want := range map[string][3]int{"white": {255, 255, 255}, "black": {0, 0, 0}, "red": {255, 0, 0}, "lime": {0, 255, 0}, "blue": {0, 0, 255}, "gray": {128, 128, 128}} {
		path := filepath.Join(t.TempDir(), "a.webp")
		out, err := exec.Command(ffmpeg, "-v", "error", "-f", "lavfi", "-i", "color="+colour+":s=64x64", "-frames:v", "1", "-c:v", "libwebp", "-quality", "90", path).CombinedOutput()
		if err != nil {
			t.Skipf("this ffmpeg writes no WebP: %s", out)
		}
		c, err := Open(t.Context(), path, Options{Glass: image.Pt(64, 64)})
		if err != nil {
			t.Fatal(err)
		}
		got := c.(*Picture).Image.RGBAAt(32, 32)
		for i, v := range []uint8{got.R, got.G, got.B} {
			if d := int(v) - want[i]; d > 4 || d < -4 {
				t.Errorf("%s is %v, want %v", colour, got, want)
			}
		}
	}
}
