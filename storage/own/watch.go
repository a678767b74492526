package own

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"
)

// The times of a watch.
const (
	// Quiet is how long after the last event a folder counts as settled.
	Quiet = 2 * time.Second
	// lookAnyway is how often the folder is listed although nothing was heard.
	lookAnyway = 5 * time.Minute
	// lookBlind is how often it is listed while nothing can be heard.
	lookBlind = 5 * time.Second
)

// Watch calls changed, from its own goroutine, once when the folder is quiet after
// the start, [Quiet] later as a rule, and again whenever the folder has settled into another listing: files added, removed,
// grown, touched, the whole folder gone or back. It returns when ctx ends, and
// not before.
//
// The folder need not be there. Where the system gives no events, the folder is
// listed every few seconds instead; where it does, every five minutes all the
// same, so that a lost event costs no more than that.
func Watch(ctx context.Context, dir string, changed func()) {
	p := pace{quiet: Quiet, net: lookAnyway, poll: lookBlind}
	watch(ctx, dir, p, fsnotify.NewWatcher, changed)
}

// watch is Watch with its times and its source of events given.
func watch(ctx context.Context, dir string, p pace, notifier func() (*fsnotify.Watcher, error), changed func()) {
	var e ear
	if w, err := notifier(); err == nil {
		e = ear{w, filepath.Clean(dir)}
		defer w.Close()
	}
	hears := e.attach()
	p.looked = time.Now()
	p.event(p.looked)
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		timer.Reset(time.Until(p.next(hears)))
		select {
		case <-ctx.Done():
			return
		case ev := <-e.events():
			if ev.Name == e.dir || !PassedOver(filepath.Base(ev.Name)) {
				p.event(time.Now())
			}
		case err := <-e.errors():
			if errors.Is(err, fsnotify.ErrEventOverflow) {
				p.event(time.Now())
			}
		case <-timer.C:
			// A folder that is removed, moved or unmounted takes the watch with it,
			// and the path may name another one by now: a share was mounted, the
			// folder was made anew.
			hears = e.attach()
			if p.look(time.Now(), listing(dir), hears) {
				changed()
			}
		}
	}
}

// listing is a digest of what the folder holds, and empty when it is not there.
func listing(dir string) string {
	feed, _, err := Scan(os.DirFS(dir))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err.Error()
	}
	return feed.Revision
}

// An ear hears the events of one folder. The zero ear hears nothing.
type ear struct {
	w   *fsnotify.Watcher
	dir string
}

// attach makes the ear listen to what the path names now, and reports whether it
// does. Attaching twice is fine.
func (e ear) attach() bool { return e.w != nil && e.w.Add(e.dir) == nil }

func (e ear) events() <-chan fsnotify.Event {
	if e.w == nil {
		return nil
	}
	return e.w.Events
}

func (e ear) errors() <-chan error {
	if e.w == nil {
		return nil
	}
	return e.w.Errors
}
