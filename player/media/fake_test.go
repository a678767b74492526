package media

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// The film that the fakes decode: 64 × 48 at 25 frames a second.
const (
	fakeJSON = `{"streams":[{"index":0,"codec_type":"video","codec_name":"h264","width":64,"height":48,"pix_fmt":"yuv420p",
		"r_frame_rate":"25/1","avg_frame_rate":"25/1","duration":"2.0"},{"index":1,"codec_type":"audio","codec_name":"aac","channels":2}],
		"format":{"duration":"2.0"}}`
	fakeFrame = 64 * 48 * 3 / 2
)

// fake is ffmpeg or ffprobe gone wrong. It does not return.
func fake(mode string) {
	frames := func(n int) {
		for i := range n {
			os.Stdout.Write(bytes.Repeat([]byte{byte(i + 1)}, fakeFrame))
		}
	}
	switch mode {
	case "probe":
		fmt.Println(fakeJSON)
	case "probe-garbage":
		fmt.Println("]]}{ \x00\x1b[31m")
	case "probe-flood":
		for range 64 {
			os.Stdout.Write(make([]byte, 64<<10))
		}
	case "probe-refuses":
		fmt.Fprintln(os.Stderr, "moov atom not found\x1b[2J")
		os.Exit(1)
	case "whole":
		frames(5)
	case "short":
		frames(2)
		os.Stdout.Write(make([]byte, fakeFrame/2))
	case "garbage":
		os.Stdout.WriteString("Segmentation fault\n")
	case "refuses":
		fmt.Fprintln(os.Stderr, "Invalid data found when processing input")
		os.Exit(1)
	case "dies":
		frames(2)
		fmt.Fprintln(os.Stderr, "first line\nerror while decoding MB 3 4")
		os.Exit(1)
	case "flood":
		for range 200 {
			os.Stderr.Write(bytes.Repeat([]byte("x"), 64<<10))
		}
		frames(5)
	case "nothing", "probe-nothing":
		time.Sleep(time.Hour)
	case "stall":
		frames(2)
		time.Sleep(time.Hour)
	case "linger":
		frames(2)
		os.Stdout.Close()
		time.Sleep(time.Hour)
	case "endless":
		os.WriteFile(os.Args[0]+".pid", []byte(strconv.Itoa(os.Getpid())), 0o600)
		for {
			frames(100)
		}
	case "sounds":
		// Far more sound than anyone keeps, before the first frame.
		pipe := os.NewFile(3, "sound")
		for i := range 20 {
			pipe.Write(bytes.Repeat([]byte{byte(i + 1)}, soundRate*soundFrame))
		}
		frames(5)
	case "parent":
		child := exec.Command(os.Args[0][:len(os.Args[0])-len("parent")] + "nothing")
		child.Stdout = os.Stdout
		if err := child.Start(); err != nil {
			os.Exit(1)
		}
		frames(1)
		time.Sleep(time.Hour)
	}
	os.Exit(0)
}

// fakes returns tools that misbehave, and the path of a film they pretend to read.
func fakes(t *testing.T, ffmpeg, ffprobe string) (tools, string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	link := func(mode string) string {
		path := filepath.Join(dir, "fake-"+mode)
		if err := os.Symlink(self, path); err != nil && !errors.Is(err, os.ErrExist) {
			t.Skip("this machine makes no links, so the test cannot stand in for ffmpeg: ", err)
		}
		return path
	}
	link("nothing")
	// Only those that wait for ever must be waited for.
	patience := time.Minute
	if slices.Contains([]string{"nothing", "stall", "linger"}, ffmpeg) || ffprobe == "probe-nothing" {
		patience = 2 * time.Second
	}
	return tools{ffmpeg: link(ffmpeg), ffprobe: link(ffprobe), patience: patience}, write(t, "fake.mp4", emptyMP4)
}

// emptyMP4 has the boxes a film has, with nothing in them.
var emptyMP4 = []byte("\x00\x00\x00\x10ftypisom\x00\x00\x00\x00\x00\x00\x00\x08moov")

// await blocks until the next frame is decoded or there are no more.
func await(v *Video) {
	if v.next == nil && !v.over {
		p, ok := <-v.ready
		v.next, v.over = p, !ok
	}
}

// play shows every frame at its time and returns how many there were.
func play(t *testing.T, v *Video, each func(i int64, f *Planes)) int64 {
	t.Helper()
	for i := int64(0); ; i++ {
		await(v)
		f, ended := v.Frame(v.rate.at(i))
		if ended {
			return i
		}
		if f == nil || f.Seq != i+1 {
			t.Fatalf("frame %d: got %+v", i, f)
		}
		if each != nil {
			each(i, f)
		}
	}
}

var glass64 = Options{Glass: image.Pt(64, 48)}

func TestFakeDecoders(t *testing.T) {
	for _, c := range []struct {
		mode   string
		frames int64
		says   string // in Err; "" for a regular end
	}{
		{"whole", 5, ""},
		{"flood", 5, ""},
		{"sounds", 5, ""},
		{"short", 2, "in the middle of a frame"},
		{"dies", 2, "error while decoding MB 3 4"},
		{"stall", 2, "no progress"},
		{"linger", 2, "no progress"},
	} {
		t.Run(c.mode, func(t *testing.T) {
			t.Parallel()
			tl, path := fakes(t, c.mode, "probe")
			o := glass64
			o.Sound = true
			v := mustOpen[*Video](t, tl, path, o)
			n := play(t, v, func(i int64, f *Planes) {
				if f.Pix[0] != byte(i+1) || f.Pix[fakeFrame-1] != byte(i+1) {
					t.Errorf("frame %d holds %d … %d", i, f.Pix[0], f.Pix[fakeFrame-1])
				}
			})
			if n != c.frames {
				t.Errorf("%d frames, want %d", n, c.frames)
			}
			if _, ended := v.Frame(time.Hour); !ended || v.NextDue(time.Hour) != Forever {
				t.Error("it ended and goes on")
			}
			switch err := v.Err(); {
			case c.says == "" && err != nil:
				t.Errorf("a regular end reports %q", err)
			case c.says != "":
				refused(t, err, "fake.mp4 broke off", c.says)
			}
		})
	}
}

func TestFakesThatNeverShowAnything(t *testing.T) {
	for _, c := range []struct{ ffmpeg, ffprobe, says string }{
		{"garbage", "probe", "in the middle of a frame"},
		{"refuses", "probe", "Invalid data found"},
		{"nothing", "probe", "no progress"},
		{"whole", "probe-garbage", "nonsense"},
		{"whole", "probe-flood", "more streams"},
		{"whole", "probe-refuses", "moov atom not found?[2J"},
		{"whole", "probe-nothing", "no progress"},
	} {
		t.Run(c.ffmpeg+" "+c.ffprobe, func(t *testing.T) {
			t.Parallel()
			tl, path := fakes(t, c.ffmpeg, c.ffprobe)
			content, err := open(context.Background(), tl, path, glass64)
			if content != nil {
				t.Errorf("it opened: %v", content)
			}
			refused(t, err, "fake.mp4", c.says)
		})
	}
}

// A film whose decoder is killed from outside, as the kernel does when memory runs out.
func TestKilledMidPlay(t *testing.T) {
	t.Parallel()
	tl, path := fakes(t, "endless", "probe")
	v := mustOpen[*Video](t, tl, path, glass64)
	v.Frame(0)
	pid, err := strconv.Atoi(string(read(t, tl.ffmpeg+".pid")))
	if err != nil {
		t.Fatal(err)
	}
	if p, err := os.FindProcess(pid); err != nil || p.Kill() != nil {
		t.Fatal("the decoder cannot be killed: ", err)
	}
	for i := int64(1); ; i++ {
		await(v)
		f, ended := v.Frame(v.rate.at(i))
		if f == nil {
			t.Fatal("the last frame is gone from the screen")
		}
		if ended {
			break
		}
	}
	refused(t, v.Err(), "broke off", "killed")
}

func TestCloseEndsTheDecoder(t *testing.T) {
	t.Parallel()
	tl, path := fakes(t, "endless", "probe")
	v := mustOpen[*Video](t, tl, path, glass64)
	f, _ := v.Frame(0)
	held := bytes.Clone(f.Pix)
	for range 3 {
		if err := v.Close(); err != nil {
			t.Fatal(err)
		}
	}
	for range v.ready { // closed when the program is gone
	}
	if f, ended := v.Frame(0); !ended || !bytes.Equal(f.Pix, held) {
		t.Errorf("after Close: ended %v", ended)
	}
	if v.Err() != nil || v.NextDue(0) != Forever {
		t.Errorf("Close reports %v, next due %v", v.Err(), v.NextDue(0))
	}
}

func TestContextEndsTheDecoder(t *testing.T) {
	t.Parallel()
	tl, path := fakes(t, "endless", "probe")
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	content, err := open(ctx, tl, path, glass64)
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	v := content.(*Video)
	for range v.ready {
	}
	v.over, v.next = true, nil
	if _, ended := v.Frame(0); !ended || !errors.Is(v.Err(), context.Canceled) {
		t.Errorf("ended %v, %v", ended, v.Err())
	}
}

func TestContextEndsOpen(t *testing.T) {
	t.Parallel()
	tl, path := fakes(t, "nothing", "probe-nothing")
	tl.patience = time.Hour
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(50*time.Millisecond, cancel)
	if _, err := open(ctx, tl, path, glass64); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// What the decoder started dies with it: the group is killed, not the program.
func TestWholeGroupIsKilled(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("there is no process group to kill on this system")
	}
	tl, _ := fakes(t, "parent", "probe")
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	cmd, _ := command(ctx, tl.ffmpeg, nil)
	out, in, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	cmd.Stdout = in
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	in.Close()
	if _, err := io.ReadFull(out, make([]byte, fakeFrame)); err != nil {
		t.Fatal(err)
	}
	cancel()
	cmd.Wait()
	out.SetReadDeadline(time.Now().Add(10 * time.Second))
	if _, err := out.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("a grandchild still holds the pipe: %v", err)
	}
}

// A screen that stands still for a while: what it missed is dropped and counted,
// and what it holds does not change under it.
func TestLateFramesAreDropped(t *testing.T) {
	t.Parallel()
	tl, path := fakes(t, "endless", "probe")
	v := mustOpen[*Video](t, tl, path, glass64)
	f, _ := v.Frame(0)
	if again, _ := v.Frame(v.rate.at(1) - 1); again != f {
		t.Error("another frame before its time")
	}
	held := bytes.Clone(f.Pix)
	for v.peek() == nil || len(v.ready) < cap(v.ready)-2 { // until the ring is full
		runtime.Gosched()
	}
	if !bytes.Equal(f.Pix, held) {
		t.Error("a frame in hand was written to")
	}
	// One is next, the others wait, all are due.
	ahead := int64(1 + len(v.ready))
	f, _ = v.Frame(v.rate.at(ahead))
	if f.Seq != ahead+1 {
		t.Errorf("newest is %d, want %d", f.Seq, ahead+1)
	}
	if v.Dropped() != ahead-1 || v.Frames() != 2 {
		t.Errorf("%d dropped, %d shown; want %d and 2", v.Dropped(), v.Frames(), ahead-1)
	}
}

func TestNoFFmpeg(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	path := write(t, "fake.mp4", emptyMP4)
	if _, err := Probe(context.Background(), path); !errors.Is(err, ErrNoFFmpeg) || !strings.Contains(err.Error(), "apt install ffmpeg") {
		t.Errorf("%v", err)
	}
	if _, err := Open(context.Background(), path, glass64); !errors.Is(err, ErrNoFFmpeg) {
		t.Errorf("%v", err)
	}
	if f, err := Probe(context.Background(), write(t, "a.png", pngOf(t, scene()))); err != nil || f.Kind != Still {
		t.Errorf("a still without ffmpeg: %+v, %v", f, err)
	}
}
