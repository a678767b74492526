package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"entracte/scheduler/plan"
	"entracte/scheduler/simulation"
	"entracte/storage/report"
)

// A rehearsed folder, ready for one simulate or why.
type folderOf struct{ dir string }

func newFolder(t *testing.T, ads string) folderOf {
	t.Helper()
	f := folderOf{t.TempDir()}
	f.write(t, "shop.toml", "[venue]\nname = \"Martin\"\nactivity = \"jeweller\"\nlanguage = \"en\"\n")
	f.write(t, "ads/ads.toml", ads)
	return f
}

func (f folderOf) path(name string) string { return filepath.Join(f.dir, filepath.FromSlash(name)) }

func (f folderOf) write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(f.path(name)), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(f.path(name), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func (f folderOf) simulate(args ...string) (code int, stdout, stderr string) {
	return spoke(append([]string{"simulate", "--config", f.path("shop.toml"), "--ads", f.path("ads"), "--from", "2026-11-02T09:30:00+01:00"}, args...)...)
}

// somePicture is a small PNG.
func somePicture(t *testing.T) string {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, 4, 3))
	img.Set(1, 1, color.White)
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// booked is an ads.toml of n campaigns in some categories, each a card or a file.
func booked(n int, creative string) string {
	categories := []int{1021, 1066, 1357, 1360, 1015, 1372, 1090, 1530, 1340, 1482}
	var b strings.Builder
	for k := range n {
		fmt.Fprintf(&b, "[[campaign]]\nid = \"c%03d\"\nadvertiser = \"Adv %d\"\ncategory = %d\nweight = %d\ncaps = [{ plays = 20, per = \"hour\" }]\n[[campaign.creative]]\nid = \"c%03d-1\"\n%s\n",
			k, k, categories[k%len(categories)], 1+k%10, k, creative)
	}
	return b.String()
}

// The records are those of plays export --format jsonl, byte by byte.
func TestSimulateWritesWhatExportWrites(t *testing.T) {
	t.Parallel()
	f := newFolder(t, booked(10, `card = { title = "A <b> & é" }`))
	_, out, _ := f.simulate("--for", "20m", "--json")
	var all []plan.Play
	for line := range strings.Lines(out) {
		var p plan.Play
		if err := json.Unmarshal([]byte(line), &p); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		all = append(all, p)
	}
	var want bytes.Buffer
	err := report.WritePlays(&want, "jsonl", func(yield func(plan.Play, error) bool) {
		for _, p := range all {
			if !yield(p, nil) {
				return
			}
		}
	})
	if err != nil || len(all) < 100 || out != want.String() {
		t.Errorf("%d records, %v\ngot  %.300s\nwant %.300s", len(all), err, out, want.String())
	}
}

// Media are examined where they are, by the rules of play.
func TestSimulateExaminesMedia(t *testing.T) {
	t.Parallel()
	f := newFolder(t, `
[[campaign]]
id = "a"
advertiser = "A"
category = 1021
[[campaign.creative]]
id = "picture"
file = "in a folder/a.png"
[[campaign.creative]]
id = "card"
card = { title = "A", picture = "in a folder/a.png" }
[[campaign.creative]]
id = "link"
file = "link.png"
[[campaign.creative]]
id = "noise"
file = "noise.png"
`)
	f.write(t, "ads/in a folder/a.png", somePicture(t))
	f.write(t, "ads/noise.png", "not a picture")
	if err := os.Symlink(filepath.Join("in a folder", "a.png"), f.path("ads/link.png")); err != nil {
		t.Skipf("no links here: %v", err)
	}
	code, out, complaints := f.simulate("--for", "40s", "--json")
	if code != exitFine {
		t.Fatalf("%d %s", code, complaints)
	}
	creatives := map[string]string{}
	for line := range strings.Lines(out) {
		var p plan.Play
		if err := json.Unmarshal([]byte(line), &p); err != nil {
			t.Fatal(err)
		}
		creatives[p.Creative] = p.SHA256
	}
	if len(creatives) != 2 || len(creatives["picture"]) != 64 || creatives["picture"] != creatives["card"] {
		t.Errorf("played %v", creatives)
	}
	for _, want := range []string{"note: a/link cannot be shown: it is a link; put the file itself there\n", "note: a/noise cannot be shown: "} {
		if !strings.Contains(complaints, want) {
			t.Errorf("%q is missing from %q", want, complaints)
		}
	}
}

// A film shows for its own length, or for what was booked if that is shorter;
// where nothing can read it, for that of a still.
func TestSimulateFilms(t *testing.T) {
	film := ""
	for dir, _ := os.Getwd(); dir != filepath.Dir(dir) && film == ""; dir = filepath.Dir(dir) {
		if found, _ := filepath.Glob(filepath.Join(dir, "assets", "demo", "jeweller", "*.mp4")); found != nil {
			film = found[0]
		}
	}
	b, err := os.ReadFile(film)
	if err != nil {
		t.Fatalf("the demo's film is gone: %v", err)
	}
	f := newFolder(t, `
[[campaign]]
id = "a"
advertiser = "A"
category = 1021
[[campaign.creative]]
id = "natural"
file = "a.mp4"
[[campaign.creative]]
id = "booked"
file = "a.mp4"
seconds = 2
[[campaign.creative]]
id = "overbooked"
file = "a.mp4"
seconds = 60
`)
	f.write(t, "ads/a.mp4", string(b))
	planned := func() (ms map[string]int64, complaints string) {
		code, out, complaints := f.simulate("--for", "4m", "--json")
		ms = map[string]int64{}
		for line := range strings.Lines(out) {
			var p plan.Play
			if err := json.Unmarshal([]byte(line), &p); err != nil || code != exitFine {
				t.Fatal(code, err, complaints)
			}
			ms[p.Creative] = p.PlannedMS
		}
		return ms, complaints
	}
	t.Run("without ffmpeg", func(t *testing.T) {
		t.Setenv("PATH", t.TempDir())
		ms, complaints := planned()
		if ms["natural"] != plan.DefaultStill.Milliseconds() || ms["booked"] != 2000 || !strings.Contains(complaints, "note: a.mp4: without ffmpeg nobody can tell how long it is; it counts as 10s\n") {
			t.Errorf("planned %v, said %q", ms, complaints)
		}
	})
	t.Run("with ffmpeg", func(t *testing.T) {
		ms, complaints := planned()
		if strings.Contains(complaints, "without ffmpeg") {
			t.Skip("ffmpeg is not installed")
		}
		if ms["natural"] < 2000 || ms["natural"] == 10_000 || ms["booked"] != 2000 || ms["overbooked"] != ms["natural"] || complaints != "" {
			t.Errorf("planned %v, said %q", ms, complaints)
		}
	})
}

// The shop's own content takes the share of turns that the config gives it.
func TestSimulateOwnShare(t *testing.T) {
	t.Parallel()
	f := newFolder(t, booked(10, `card = { title = "A" }`)+`
[[campaign]]
id = "own"
advertiser = "@venue"
tier = "house"
[[campaign.creative]]
id = "own-1"
card = { title = "Bonjour" }
`)
	for share, want := range map[string]int{"": 30, `own_share = "1 in 2"`: 60, `own_share = "0"`: 0} {
		f.write(t, "shop.toml", "[venue]\nname = \"Martin\"\nactivity = \"jeweller\"\n[content]\n"+share+"\n")
		_, out, _ := f.simulate("--for", "20m", "--json")
		if got := strings.Count(out, `"campaign":"own"`); got < want-1 || got > want+1 {
			t.Errorf("with %q %d own plays of %d, want %d", share, got, strings.Count(out, "\n"), want)
		}
	}
}

// A shop learns of its waits with a sensor to measure them, unless anybody in the
// street could be counted.
func TestSimulateLearns(t *testing.T) {
	t.Parallel()
	const sensor = "[[sensor]]\nname = \"mat\"\nrole = \"presence\"\nkind = \"signal\"\n"
	for text, want := range map[string]bool{"": false, sensor: true, "visible_from_street = true\n" + sensor: false} {
		f := newFolder(t, booked(1, `card = { title = "A" }`))
		f.write(t, "shop.toml", "[venue]\nname = \"Martin\"\nactivity = \"jeweller\"\n"+text)
		r, err := rehearse(t.Context(), f.path("shop.toml"), f.path("ads"))
		if err != nil {
			t.Fatal(err)
		}
		if r.learn(); (r.options.Waits != nil) != want {
			t.Errorf("with %q it learns: %v", text, !want)
		}
		if told := len(r.notes) > 0; told != (text == "") {
			t.Errorf("with %q it notes %q", text, r.notes)
		}
	}
}

func TestSimulateStops(t *testing.T) {
	t.Parallel()
	f := newFolder(t, booked(3, `card = { title = "A" }`))
	ctx, cancel := context.WithCancel(context.Background())
	out := &closing{after: 100_000, do: cancel}
	var complaints bytes.Buffer
	code := run(ctx, []string{"simulate", "--config", f.path("shop.toml"), "--ads", f.path("ads"), "--from", "2026-11-02T09:30:00Z", "--for", "60000d"}, out, &complaints)
	if code != exitFailed || !strings.Contains(complaints.String(), "broken off") {
		t.Errorf("%d %s", code, complaints.String())
	}
	broken := &closing{after: 100_000, err: io.ErrClosedPipe}
	if code := run(t.Context(), []string{"simulate", "--config", f.path("shop.toml"), "--ads", f.path("ads"), "--from", "2026-11-02T09:30:00Z", "--for", "60000d", "--json"}, broken, io.Discard); code != exitFailed {
		t.Errorf("a reader that went away ends it with %d", code)
	}
}

// closing does something, or fails, when enough was written.
type closing struct {
	after int
	do    func()
	err   error
}

func (c *closing) Write(b []byte) (int, error) {
	if c.after -= len(b); c.after < 0 {
		if c.do != nil {
			c.do()
		}
		return len(b), c.err
	}
	return len(b), nil
}

// Whatever the order and the overlaps, the waits cover the same time.
func TestWaitsCoverTheSameTime(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		start := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
		var rows []string
		covered := map[int]bool{}
		for range rapid.IntRange(0, 20).Draw(t, "rows") {
			from, length := rapid.IntRange(0, 300).Draw(t, "from"), rapid.IntRange(1, 40).Draw(t, "length")
			zone := time.FixedZone("", 1800*rapid.IntRange(-20, 20).Draw(t, "zone"))
			rows = append(rows, fmt.Sprintf("%s,%d", start.Add(time.Duration(from)*time.Second).In(zone).Format(time.RFC3339), length))
			for s := from; s < from+length; s++ {
				covered[s] = true
			}
		}
		got, err := readWaits("w.csv", strings.NewReader("start,seconds\n"+strings.Join(rows, "\n")))
		if err != nil {
			t.Fatal(err)
		}
		total, end := 0, start.Add(-1)
		for _, w := range got.list {
			if !w.Start.After(end) {
				t.Fatalf("%s is not after %s", w.Start, end)
			}
			end = w.Start.Add(w.Length)
			for s := w.Start; s.Before(end); s = s.Add(time.Second) {
				if total++; !covered[int(s.Sub(start).Seconds())] {
					t.Fatalf("nobody waits at %s", s)
				}
			}
		}
		if total != len(covered) {
			t.Fatalf("%d seconds of waits, want %d", total, len(covered))
		}
	})
}

func FuzzReadWaits(f *testing.F) {
	for _, s := range []string{"start,seconds\n2026-11-02T09:41:00+01:00,95.5\n", "\xEF\xBB\xBFstart, seconds\r\n2026-11-02T09:41:00Z,1e3\r\n", "start;seconds",
		"start,seconds\n\"2026-11-02T09:41:00Z\",\"5\"\n", "start,seconds\n0000-01-01T00:00:00Z,3e7\n9999-12-31T23:59:59Z,3e7", "start,seconds\n,", "start,seconds\n0\"", "\"", "start,seconds\n2026-11-02T09:41:00Z,nan"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := readWaits("w.csv", bytes.NewReader(b))
		if err != nil {
			if !strings.Contains(err.Error(), "w.csv") || !strings.Contains(err.Error(), "\nhint: ") {
				t.Fatalf("%q says %q", b, err)
			}
			return
		}
		for i, w := range got.list {
			if w.Length <= 0 || i > 0 && !got.list[i-1].Start.Before(w.Start) {
				t.Fatalf("%q gives %v", b, got.list)
			}
		}
		sim := simulation.Simulation{From: time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC), For: time.Minute, Waits: slices.Values(got.list)}
		n := 0
		for range sim.Run() {
			if n++; n > 1000 {
				t.Fatalf("%q never ends", b)
			}
		}
	})
}

// A week of a shop with 200 bookings, printed as records.
func BenchmarkSimulateWeek(b *testing.B) {
	for _, n := range []int{10, 200} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			dir := b.TempDir()
			for name, text := range map[string]string{
				"shop.toml": "[venue]\nname = \"Martin\"\nactivity = \"jeweller\"\n", "ads.toml": booked(n, `card = { title = "A" }`),
			} {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportAllocs()
			for b.Loop() {
				if code := run(b.Context(), []string{"simulate", "--config", filepath.Join(dir, "shop.toml"), "--ads", dir, "--from", "2026-11-02T00:00:00+01:00", "--json"}, io.Discard, io.Discard); code != exitFine {
					b.Fatal(code)
				}
			}
		})
	}
}
