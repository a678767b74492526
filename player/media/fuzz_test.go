package media

import (
	"context"
	"encoding/binary"
	"image"
	"os"
	"path/filepath"
	"testing"
)

// seeds are one small file of each kind that is decoded here.
func seeds(t testing.TB) map[string][]byte {
	// The smallest lossless WebP: one pixel, every code of a single symbol.
	vp8l := []byte{0x2f, 0, 0, 0, 0, 0x88, 0x88, 0x08}
	return map[string][]byte{
		"a.png":  withChunk(pngOf(t, scene()), "eXIf", exifBlock(binary.LittleEndian, 5)),
		"a.jpg":  withExif(jpegOf(t, scene()), exifBlock(binary.BigEndian, 6)),
		"a.gif":  animated(t, []frameOf{{image.Rect(0, 0, 9, 9), 1, 3, 1}, {image.Rect(2, 2, 5, 5), 2, 2, 9}, {image.Rect(1, 0, 9, 9), 3, 1, 0}}, 2),
		"a.webp": webpOf("VP8L", vp8l),
	}
}

// FuzzOpen opens anything as a file: it may be refused, it may not break a limit.
func FuzzOpen(f *testing.F) {
	for _, b := range seeds(f) {
		f.Add(b)
	}
	f.Add(frameJPEG(0xc2, 60, 40, 0x22, 0x11, 0x11))
	f.Add(webpOf("VP8X", []byte{0, 0, 0, 0, 9, 0, 0, 9, 0, 0}))
	f.Add(emptyMP4)
	path := filepath.Join(f.TempDir(), "fuzz")
	o := Options{Glass: image.Pt(31, 17)}
	f.Fuzz(func(t *testing.T, b []byte) {
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		for o.Fit = range Blur + 1 {
			openAny(t, path, o)
		}
	})
}

func openAny(t *testing.T, path string, o Options) {
	content, err := open(context.Background(), tools{}, path, o)
	if err != nil {
		return
	}
	check := func(img *image.RGBA) {
		if size := img.Rect.Size(); size.X < 1 || size.Y < 1 || size.X > o.Glass.X || size.Y > o.Glass.Y || !img.Opaque() {
			t.Fatalf("%T of %v for a glass of %v, opaque %v", content, size, o.Glass, img.Opaque())
		}
	}
	switch c := content.(type) {
	case *Picture:
		check(c.Image)
	case *Animation:
		if c.loop() <= 0 || c.Frames() < 2 {
			t.Fatalf("%d frames in %v", c.Frames(), c.loop())
		}
		for _, e := range c.ends {
			_, img := c.FrameAt(e - 1)
			check(img)
		}
	case *Video:
		t.Fatal("a film without a decoder")
	}
}

// FuzzProbeJSON reads anything as ffprobe's answer: what is accepted keeps the limits.
func FuzzProbeJSON(f *testing.F) {
	f.Add([]byte(fakeJSON))
	f.Add([]byte(`{"streams":[{"codec_type":"video","codec_name":"vp9","width":4096,"height":2160,"pix_fmt":"yuv420p10le","sample_aspect_ratio":"8:1",
		"avg_frame_rate":"2147483647/1","color_space":"bt2020nc","side_data_list":[{"rotation":-90}]}],"format":{"duration":"1e4"}}`))
	f.Add([]byte(`{"streams":[{"codec_type":"video","codec_name":"h264","width":2,"height":2,"avg_frame_rate":"1/2147483647","duration":"0.0000001","index":-1}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		s := &source{path: "a.mp4", Facts: Facts{Kind: Clip, Format: "MP4"}, clip: clip{demuxer: "mov"}}
		if s.readProbe(b) != nil {
			return
		}
		if s.Width < 1 || s.Height < 1 || s.Width > 8*maxSide || s.Height > 8*maxSide || s.Length <= 0 || s.Length > maxLength || s.Codec == "" {
			t.Fatalf("%+v", s.Facts)
		}
		if r := s.clip.rate.float(); !(r >= 1 && r <= maxRate) {
			t.Fatalf("rate %v", s.clip.rate)
		}
		if s.clip.rate.index(maxLength) < 0 || s.clip.rate.at(s.clip.rate.index(maxLength)) > maxLength {
			t.Fatalf("rate %v overflows in a day", s.clip.rate)
		}
		for fit := range Blur + 1 {
			v := newVideo(s, Options{Glass: image.Pt(64, 36), Fit: fit})
			if v.Coded.X%8 != 0 || v.Coded.Y%4 != 0 || !v.Visible.In(image.Rectangle{Max: v.Coded.Add(image.Pt(1, 1))}) || v.Coded.X > 64 || v.Coded.Y > 36 || v.Display.X < 1 || v.Display.Y < 1 {
				t.Fatalf("%v: coded %v visible %v display %v", s.clip, v.Coded, v.Visible, v.Display)
			}
		}
	})
}
