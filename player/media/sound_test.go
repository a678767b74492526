package media

import (
	"bytes"
	"encoding/binary"
	"image"
	"io"
	"math"
	"runtime"
	"testing"
	"time"
)

// take reads until the end or n bytes.
func take(t *testing.T, r io.Reader, n int) []byte {
	t.Helper()
	b := make([]byte, n)
	got, err := io.ReadFull(r, b)
	if err != nil && err != io.ErrUnexpectedEOF && err != io.EOF {
		t.Fatal(err)
	}
	return b[:got]
}

// ended waits until a decoder gave the last of its sound: a track is silent, and never
// waits, while that is late.
func ended(t *testing.T, tr *track) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); ; runtime.Gosched() {
		tr.mu.Lock()
		over := tr.over
		tr.mu.Unlock()
		if over {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("the sound does not end")
		}
	}
}

func TestTrackStaysWithThePicture(t *testing.T) {
	tr := &track{}
	tr.give(bytes.Repeat([]byte{1}, 40))
	b := make([]byte, 100)
	if n, _ := tr.Read(b[:43]); n != 40 || b[0] != 1 {
		t.Fatalf("%d bytes", n)
	}
	// The decoder is late: silence now, and as much is skipped later.
	if n, err := tr.Read(b[:20]); n != 20 || err != nil || b[0] != 0 {
		t.Fatalf("%d bytes, %v: %v", n, err, b[:20])
	}
	tr.give(append(bytes.Repeat([]byte{2}, 20), bytes.Repeat([]byte{3}, 8)...))
	if n, _ := tr.Read(b); n != 8 || b[0] != 3 {
		t.Fatalf("%d bytes of %d", n, b[0])
	}
	tr.end(false)
	if n, err := tr.Read(b); n != 0 || err != io.EOF {
		t.Fatalf("%d, %v", n, err)
	}
	if n, err := tr.Read(b[:3]); n != 0 || err != nil {
		t.Fatalf("less than a sample: %d, %v", n, err)
	}
}

func TestTrackKeepsTheLastTenSeconds(t *testing.T) {
	tr := &track{}
	for i := range 12 {
		tr.give(bytes.Repeat([]byte{byte(i)}, soundRate*soundFrame))
	}
	tr.end(false)
	b := take(t, tr, 2*soundKept)
	if len(b) != soundKept || b[0] != 2 || b[len(b)-1] != 11 {
		t.Errorf("%d bytes from %d to %d", len(b), b[0], b[len(b)-1])
	}
}

// dribble hands out bytes in pieces that split samples.
type dribble struct{ left []byte }

func (d *dribble) Read(b []byte) (int, error) {
	if len(d.left) == 0 {
		return 0, io.EOF
	}
	n := copy(b[:min(len(b), 7)], d.left)
	d.left = d.left[n:]
	return n, nil
}

func (d *dribble) Close() error { return nil }

func TestPumpKeepsSamplesWhole(t *testing.T) {
	whole := make([]byte, 403)
	for i := range whole {
		whole[i] = byte(i)
	}
	tr := &track{}
	tr.pump(&dribble{whole})
	if got := take(t, tr, 1000); !bytes.Equal(got, whole[:400]) {
		t.Errorf("%d bytes", len(got))
	}
}

// A film that goes from black to white, with a tone that begins at the same
// moment: they must stay within 40 ms, also when one stream begins late.
func TestSoundBelongsToThePicture(t *testing.T) {
	tl := ffmpegTools(t)
	if !soundPipes {
		t.Skip("films are silent on this system")
	}
	for _, c := range []struct {
		name                    string
		pictureLate, soundLate  string
		light, loud, wholeSound float64 // seconds
	}{
		{"together", "0", "0", 0.5, 0.5, 1},
		{"picture late", "0.3", "0", 0.8, 0.5, 1},
		{"sound late", "0", "0.3", 0.5, 0.8, 1.3},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			path := film(t, "s.mkv", "-itsoffset", c.pictureLate, "-f", "lavfi", "-i", "color=black:s=64x48:r=50:d=1,geq=lum='if(gte(T,0.5),235,16)':cb=128:cr=128",
				"-itsoffset", c.soundLate, "-f", "lavfi", "-i", "aevalsrc='0.8*sin(2*PI*1000*t)*gte(t,0.5)':s=44100:d=1",
				"-map", "0", "-map", "1", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "flac")
			v := mustOpen[*Video](t, tl, path, Options{Glass: image.Pt(64, 48), Sound: true})
			light := -1.0
			play(t, v, func(i int64, f *Planes) {
				if light < 0 && f.Pix[0] > 128 {
					light = v.rate.at(i).Seconds()
				}
			})
			ended(t, v.sound)
			sound := take(t, v.Sound(), soundKept)
			loud := -1.0
			for i := 0; i+1 < len(sound) && loud < 0; i += 2 {
				if s := int16(binary.LittleEndian.Uint16(sound[i:])); s > 8000 || s < -8000 {
					loud = float64(i/soundFrame) / soundRate
				}
			}
			if math.Abs(light-c.light) > 0.03 || math.Abs(loud-c.loud) > 0.03 {
				t.Errorf("light after %.3f s, loud after %.3f s; want %.1f and %.1f", light, loud, c.light, c.loud)
			}
			if whole := float64(len(sound)/soundFrame) / soundRate; math.Abs(whole-c.wholeSound) > 0.1 {
				t.Errorf("%.2f s of sound, want %.1f", whole, c.wholeSound)
			}
			v.Close()
			if n, err := v.Sound().Read(make([]byte, 64)); n != 0 || err != io.EOF {
				t.Errorf("after Close: %d, %v", n, err)
			}
			if mustOpen[*Video](t, tl, path, glass64).Sound() != nil {
				t.Error("sound that nobody asked for")
			}
		})
	}
}
