package main

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// The colours of the ads: far from black, and from each other.
var (
	orange = color.RGBA{240, 150, 40, 255}
	cyan   = color.RGBA{50, 190, 235, 255}
)

// A shop is a folder the player plays: a config, ads, and its data.
type shop struct{ dir string }

// An ad is a file of the ads folder; seconds is 0 for a film.
type ad struct {
	file    string
	seconds float64
}

// categories are no competitors of each other.
var categories = []int{1021, 1066, 1015, 1372, 1542, 1340}

// newShop writes a shop with a till, no other sensor, and these ads. Its own
// frames are black, so that everything lit is content.
func newShop(name, transition string, ads ...ad) (*shop, error) {
	s := &shop{filepath.Join(work, name)}
	if err := os.RemoveAll(s.dir); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Join(s.dir, "ads"), 0o755); err != nil {
		return nil, err
	}
	config := fmt.Sprintf(`[venue]
name = "Bench"
activity = "jeweller"
language = "en"
timezone = "Europe/Paris"
targeting = false
[screen]
transition = %q
serving = "black"
idle = "black"
[[sensor]]
name = "till"
role = "service"
kind = "signal"
`, transition)
	if err := os.WriteFile(filepath.Join(s.dir, "entracte.toml"), []byte(config), 0o644); err != nil {
		return nil, err
	}
	var list strings.Builder
	for i, a := range ads {
		fmt.Fprintf(&list, "[[campaign]]\nid = \"c%04d\"\nadvertiser = \"Advertiser %d\"\ncategory = %d\n[[campaign.creative]]\nid = \"a%04d\"\nfile = %q\n",
			i, i, categories[i%len(categories)], i, filepath.Base(a.file))
		if a.seconds > 0 {
			fmt.Fprintf(&list, "seconds = %g\n", a.seconds)
		}
		to := filepath.Join(s.dir, "ads", filepath.Base(a.file))
		if err := os.Link(a.file, to); err != nil && !os.IsExist(err) {
			return nil, err
		}
	}
	return s, os.WriteFile(filepath.Join(s.dir, "ads", "ads.toml"), []byte(list.String()), 0o644)
}

// open starts the player in the shop.
func (s *shop) open(on *screen) (*program, error) {
	return on.run(nil, player, "play", "--config", filepath.Join(s.dir, "entracte.toml"),
		"--ads", filepath.Join(s.dir, "ads"), "--data", s.data())
}

func (s *shop) data() string { return filepath.Join(s.dir, "data") }

// picture writes a JPEG of nearly one colour, with enough going on in it that
// decoding it is the work a photograph is.
func picture(name string, size image.Point, base color.RGBA) (string, error) {
	img := image.NewRGBA(image.Rectangle{Max: size})
	seed := uint32(1)
	for y := range size.Y {
		for x := range size.X {
			seed = seed*1664525 + 1013904223
			d := 6*math.Sin(float64(x)/9)*math.Sin(float64(y)/7) + float64(seed>>30)
			i := img.PixOffset(x, y)
			for k, v := range []uint8{base.R, base.G, base.B} {
				img.Pix[i+k] = uint8(min(max(float64(v)+d, 0), 255))
			}
			img.Pix[i+3] = 255
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 85}); err != nil {
		return "", err
	}
	path := filepath.Join(work, name)
	return path, os.WriteFile(path, b.Bytes(), 0o644)
}

// copies writes the JPEG n times, each with another comment segment, so that no
// two are the same file.
func copies(path string, n int) ([]string, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	dir := filepath.Join(work, "copies")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	var names []string
	for i := range n {
		comment := fmt.Appendf([]byte{0xff, 0xd8, 0xff, 0xfe, 0, 6}, "%04d", i)
		name := filepath.Join(dir, fmt.Sprintf("%04d.jpg", i))
		if err := os.WriteFile(name, append(comment, b[2:]...), 0o644); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, nil
}

// filmSeconds and filmRate are the clip of the video rows.
const (
	filmSeconds = 20
	filmRate    = 30
	filmFrames  = filmSeconds * filmRate
)

// film writes a moving clip that is nowhere dark. With numbered, every frame
// carries its number in ten squares at the top, white for 1, after one that is
// always white and one that is always black.
func film(name string, size image.Point, numbered bool) (string, error) {
	path := filepath.Join(work, name)
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	filters := []string{`lutyuv=y=clip(val\,130\,235)`}
	if numbered {
		filters = append(filters, box(0, 12, "black", "1"), box(0, 1, "white", "1"))
		for i := range 10 {
			filters = append(filters, box(2+i, 1, "white", fmt.Sprintf(`mod(floor(n/%d)\,2)`, 1<<i)))
		}
	}
	part := filepath.Join(work, "part-"+name)
	out, err := exec.Command("ffmpeg", "-nostdin", "-v", "error", "-y", "-f", "lavfi",
		"-i", fmt.Sprintf("testsrc2=size=%dx%d:rate=%d:duration=%d", size.X, size.Y, filmRate, filmSeconds),
		"-vf", strings.Join(filters, ","), "-c:v", "libx264", "-preset", "veryfast", "-profile:v", "high",
		"-b:v", "8M", "-pix_fmt", "yuv420p", part).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("ffmpeg: %w: %s", err, out)
	}
	return path, os.Rename(part, path)
}

// square is the side of a number's square, and where the first one is.
const square, squareX, squareY = 64, 64, 64

func box(first, n int, colour, when string) string {
	return fmt.Sprintf("drawbox=x=%d:y=%d:w=%d:h=%d:color=%s:t=fill:enable=%s", squareX+square*first, squareY, square*n, square, colour, when)
}

// number reads the number of the frame on the glass.
func (s *screen) number() (n int, ok bool) {
	bit := func(i int) int {
		c := s.at(image.Pt(squareX+square*i+square/2, squareY+square/2))
		switch {
		case min(c.R, c.G, c.B) > 200:
			return 1
		case max(c.R, c.G, c.B) < 60:
			return 0
		}
		return -1
	}
	if bit(0) != 1 || bit(1) != 0 {
		return 0, false
	}
	for i := range 10 {
		b := bit(2 + i)
		if b < 0 {
			return 0, false
		}
		n |= b << i
	}
	return n, true
}
