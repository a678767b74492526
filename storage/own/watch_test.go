package own

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"
)

// watching runs a watch with short times and returns what wakes the test.
func watching(t *testing.T, dir string, p pace, notifier func() (*fsnotify.Watcher, error)) <-chan string {
	t.Helper()
	told := make(chan string, 100)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		watch(ctx, dir, p, notifier, func() { told <- listing(dir) })
	}()
	t.Cleanup(func() {
		cancel()
		<-ended
	})
	return told
}

// wantTold waits until the watch tells of what the folder holds now.
func wantTold(t *testing.T, told <-chan string, dir, what string) {
	t.Helper()
	deadline := time.After(10 * time.Second)
	for {
		select {
		case got := <-told:
			if got == listing(dir) {
				return
			}
		case <-deadline:
			t.Fatalf("%s: never told", what)
		}
	}
}

func put(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

// exercise changes a folder in every way and waits to hear of it.
func exercise(t *testing.T, missing bool, p pace, notifier func() (*fsnotify.Watcher, error)) {
	dir := filepath.Join(t.TempDir(), ".own")
	if !missing {
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	told := watching(t, dir, p, notifier)
	wantTold(t, told, dir, "the start")
	if missing {
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		wantTold(t, told, dir, "the folder appears")
	}
	if err := os.Remove(dir); err != nil {
		t.Fatal(err)
	}
	wantTold(t, told, dir, "the empty folder is removed")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	wantTold(t, told, dir, "the empty folder is back")
	put(t, filepath.Join(dir, "a.jpg"), "a")
	wantTold(t, told, dir, "a file is added")
	put(t, filepath.Join(dir, "a.jpg"), "longer")
	wantTold(t, told, dir, "a file grows")
	if err := os.Rename(filepath.Join(dir, "a.jpg"), filepath.Join(dir, "b.jpg")); err != nil {
		t.Fatal(err)
	}
	wantTold(t, told, dir, "a file is renamed")
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	wantTold(t, told, dir, "the folder is removed")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(dir, "c.jpg"), "c")
	wantTold(t, told, dir, "the folder is back")
	put(t, filepath.Join(dir, "d.jpg"), "d")
	wantTold(t, told, dir, "a file is added to the new folder")
}

func TestWatch(t *testing.T) {
	t.Parallel()
	if w, err := fsnotify.NewWatcher(); err != nil {
		t.Skip("no file events here: " + err.Error())
	} else {
		w.Close()
	}
	// The net is wide: what is told while the folder is there was heard.
	for _, missing := range []bool{false, true} {
		exercise(t, missing, pace{quiet: 20 * time.Millisecond, net: time.Hour, poll: 20 * time.Millisecond}, fsnotify.NewWatcher)
	}
}

func TestWatchWithoutEvents(t *testing.T) {
	t.Parallel()
	deaf := func() (*fsnotify.Watcher, error) { return nil, errors.New("too many open files") }
	exercise(t, true, pace{quiet: 20 * time.Millisecond, net: time.Hour, poll: 20 * time.Millisecond}, deaf)
}

// TestWatchLosesEvents: the net catches what the ear missed.
func TestWatchLosesEvents(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var w *fsnotify.Watcher
	notifier := func() (*fsnotify.Watcher, error) {
		real, err := fsnotify.NewWatcher()
		if err != nil {
			return nil, err
		}
		w = real
		// Events go nowhere; overflow is said instead.
		lost := *real
		lost.Events = make(chan fsnotify.Event)
		lost.Errors = make(chan error, 1)
		go func() {
			for range real.Events {
				select {
				case lost.Errors <- fsnotify.ErrEventOverflow:
				default:
				}
			}
		}()
		return &lost, nil
	}
	told := watching(t, dir, pace{quiet: 20 * time.Millisecond, net: time.Hour, poll: time.Hour}, notifier)
	wantTold(t, told, dir, "the start")
	if w == nil {
		t.Skip("no file events here")
	}
	put(t, filepath.Join(dir, "a.jpg"), "a")
	wantTold(t, told, dir, "an overflow")
}
