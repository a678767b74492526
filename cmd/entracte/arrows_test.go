package main

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// arrows lists, for each package, what of this module and which of the big
// dependencies it may import directly. cmd wires everything and is not listed.
// An import that is not here is either a mistake or a decision: then it belongs
// here, with its reason in the package comment.
var arrows = map[string][]string{
	"assets":                    {"scheduler/plan"},
	"scheduler/plan":            {},
	"scheduler":                 {"scheduler/plan"},
	"scheduler/simulation":      {"scheduler", "scheduler/plan"},
	"scheduler/audit":           {"scheduler/plan"},
	"hw/presence":               {},
	"hw/presence/trace":         {"hw/presence", "scheduler/plan"},
	"hw/board":                  {},
	"hw/clock":                  {"scheduler/plan"},
	"hw/screen":                 {},
	"hw/sensor":                 {"hw/presence", "periph.io"},
	"hw/mqtt":                   {"hw/presence", "github.com/eclipse"},
	"hw/radar":                  {"hw/presence"},
	"player":                    {"scheduler", "scheduler/plan", "hw/presence"},
	"player/media":              {},
	"player/card":               {"assets"},
	"player/control":            {"player", "scheduler", "scheduler/plan", "hw/presence", "hw/clock"},
	"player/stage":              {"player", "player/media", "github.com/hajimehoshi/ebiten", "github.com/ebitengine/oto"},
	"storage":                   {"storage/disk", "storage/pack", "scheduler/plan", "go.etcd.io/bbolt"},
	"storage/disk":              {},
	"storage/disk/crash":        {"storage/disk"},
	"storage/disk/disktest":     {},
	"storage/usb":               {"storage", "storage/pack", "storage/disk", "storage/own", "scheduler/plan"},
	"storage/playlog":           {"storage/disk", "scheduler/plan"},
	"storage/origin":            {"storage/pack"},
	"storage/own":               {"scheduler/plan", "github.com/fsnotify"},
	"storage/pack":              {"storage/disk", "scheduler/plan", "aead.dev"},
	"storage/report":            {"storage/disk", "scheduler/plan", "assets", "aead.dev/minisign"},
	"storage/strict":            {},
	"storage/strict/stricttest": {"storage/strict"},
	"storage/adsfile":           {"storage/strict", "scheduler/plan"},
	"cmd/entracte":              nil,
	"scripts/benchmark":         nil,
	// The config turns itself into each part's own options.
	"cmd/entracte/config": {"storage/strict", "scheduler/plan", "hw/presence"},
}

// guarded are the modules outside ours that only some packages may import.
var guarded = []string{"github.com/hajimehoshi/ebiten", "github.com/ebitengine/oto", "go.etcd.io/bbolt", "github.com/fsnotify", "periph.io", "github.com/spf13", "github.com/eclipse", "aead.dev"}

// sensing are packages and names that would let the player see, hear or scan a
// person.
var sensing = []string{"v4l", "video4linux", "webcam", "camera", "gocv", "portaudio", "malgo", "bluetooth", "gopacket", "pcap", "wifi", "nl80211"}

type pkg struct {
	ImportPath   string
	Imports      []string
	TestImports  []string
	XTestImports []string
}

func list(t *testing.T, args ...string) []pkg {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list", "-json=ImportPath,Imports"}, args...)...)
	cmd.Dir = "../.."
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []pkg
	for d := json.NewDecoder(bytes.NewReader(out)); d.More(); {
		var p pkg
		if err := d.Decode(&p); err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	return all
}

func TestArrows(t *testing.T) {
	for _, p := range list(t, "./...") {
		name := strings.TrimPrefix(p.ImportPath, "entracte/")
		if strings.HasPrefix(name, "scripts/") {
			continue
		}
		allowed, known := arrows[name]
		if !known {
			t.Errorf("package %s is not in the layout: add it to arrows, with what it may import", name)
			continue
		}
		if allowed == nil {
			continue
		}
		for _, imp := range p.Imports {
			of := strings.TrimPrefix(imp, "entracte/")
			if of == imp && !slices.ContainsFunc(guarded, func(g string) bool { return strings.HasPrefix(imp, g) }) {
				continue
			}
			if !slices.ContainsFunc(allowed, func(a string) bool { return of == a || strings.HasPrefix(of, a+"/") && strings.Contains(a, ".") }) {
				t.Errorf("%s must not import %s: arrows point one way", name, of)
			}
		}
	}
}

// The scheduler is pure: no clock, no chance, no disk, no network.
func TestSchedulerIsPure(t *testing.T) {
	impure := []string{"os", "net", "net/http", "math/rand", "math/rand/v2", "io/fs", "syscall", "log", "log/slog"}
	for _, p := range list(t, "./scheduler/...") {
		for _, imp := range p.Imports {
			if slices.Contains(impure, imp) {
				t.Errorf("%s must not import %s: its decisions come from its arguments alone", p.ImportPath, imp)
			}
		}
	}
}

// Nothing in the program can see, hear or scan a person.
func TestNothingSenses(t *testing.T) {
	for _, p := range list(t, "-deps", "./cmd/entracte") {
		for _, word := range sensing {
			if strings.Contains(strings.ToLower(p.ImportPath), word) {
				t.Errorf("%s is in the program: no camera, no microphone, no radio", p.ImportPath)
			}
		}
	}
}

// watching are the device files of Linux that a person can be seen, heard or
// found by: cameras, tuners, capture cards, recording, Bluetooth, packet capture.
var watching = regexp.MustCompile(`/dev/(video|v4l|media\d|vbi|radio|swradio|snd/pcm.*c\b|hci|rfkill|vhci|dvb)|AF_PACKET|AF_BLUETOOTH|SOCK_RAW|VIDIOC_`)

// No line of the program names such a device either.
func TestNoWatchingDevices(t *testing.T) {
	for _, bad := range []string{"/dev/video0", "/dev/snd/pcmC0D0c", "unix.AF_BLUETOOTH"} {
		if !watching.MatchString(bad) {
			t.Errorf("%s would pass", bad)
		}
	}
	for _, dir := range []string{"cmd", "player", "scheduler", "storage", "hw", "assets"} {
		err := filepath.WalkDir("../../"+dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
				return err
			}
			b, err := os.ReadFile(path)
			if found := watching.Find(b); found != nil {
				t.Errorf("%s names %s: no camera, no microphone, no radio", path, found)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
}
