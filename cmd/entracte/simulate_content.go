package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"entracte/assets"
	"entracte/cmd/entracte/config"
	"entracte/player/media"
	"entracte/scheduler"
	"entracte/scheduler/plan"
	"entracte/scheduler/simulation"
	"entracte/storage"
	"entracte/storage/adsfile"
)

// A rehearsal is a config and an ads folder, read for a show that no glass will
// see: nothing is installed, and nothing written.
type rehearsal struct {
	config     *config.Config
	plan       plan.Plan
	options    scheduler.Options
	unplayable []simulation.Unplayable
	// notes are sentences for the technician: what of the folder cannot be shown.
	notes []string
}

// rehearse reads what play would. Its errors are those of play.
func rehearse(ctx context.Context, configPath, dir string) (*rehearsal, error) {
	path, err := findConfig(configPath)
	if err != nil {
		return nil, err
	}
	cfg, err := config.Load(path, assets.Vocabulary())
	if err != nil {
		return nil, err
	}
	a, err := openAds(dir)
	if err != nil {
		return nil, err
	}
	if a.gone != nil {
		return nil, a.gone
	}
	r := &rehearsal{config: cfg, options: scheduler.Options{Venue: cfg.Venue(), Vocabulary: assets.Vocabulary()}}
	if r.options.Venue.ID == "" {
		// The player derives one from its machine; here every machine says the same.
		r.options.Venue.ID = "simulation"
	}
	if n := cfg.Content.OwnShare; n > 0 {
		r.options.OwnShare = scheduler.OwnShare{Turns: 1, Of: int(n)}
	}
	return r, r.read(ctx, a)
}

// read takes the campaigns of the folder, those without media included: the
// format filter then says what is missing.
func (r *rehearsal) read(ctx context.Context, a *ads) error {
	text, err := fs.ReadFile(a.fsys, adsfile.Name)
	if err != nil {
		return err
	}
	feed := plan.Feed{Name: a.feed.Name, Revision: a.feed.Revision}
	if feed.Campaigns, err = adsfile.Parse(adsfile.Name, text, assets.Vocabulary()); err != nil {
		return err
	}
	missing := map[string]string{}
	for _, s := range a.skipped {
		missing[s.Campaign+"/"+s.Creative] = s.Reason
	}
	looked, err := examineMedia(ctx, a, feed.Campaigns)
	if err != nil {
		return err
	}
	for i := range feed.Campaigns {
		c := &feed.Campaigns[i]
		for k := range c.Creatives {
			cr := &c.Creatives[k]
			why := missing[c.ID+"/"+cr.ID]
			if why == "" {
				why = r.fill(cr, looked)
			}
			if why != "" {
				ref := plan.Ref{Feed: feed.Name, Campaign: c.ID, Creative: cr.ID}
				r.unplayable = append(r.unplayable, simulation.Unplayable{Ref: ref, Why: why})
				r.note("%s/%s cannot be shown: %s", c.ID, cr.ID, why)
			}
		}
	}
	r.plan.Feeds = []plan.Feed{feed}
	return nil
}

// fill gives a creative what only its media know, and returns why it cannot be
// shown.
func (r *rehearsal) fill(cr *plan.Creative, looked map[string]*medium) string {
	m := looked[file(cr)]
	switch {
	case m == nil: // a card without a picture
		return ""
	case errors.Is(m.err, media.ErrNoFFmpeg):
		shows := cr.Length
		if shows == 0 {
			shows = plan.DefaultStill
		}
		r.note("%s: without ffmpeg nobody can tell how long it is; it counts as %s", cr.File, shows)
	case m.err != nil:
		fact, _, _ := strings.Cut(m.err.Error(), "\n")
		return fact
	}
	if cr.Card != nil {
		cr.Card.PictureSHA256 = m.sha256
		return ""
	}
	cr.SHA256 = m.sha256
	if m.clip > 0 && (cr.Length == 0 || m.clip < cr.Length) {
		cr.Length = m.clip // no film shows longer than it is
	}
	return ""
}

func (r *rehearsal) note(format string, args ...any) {
	s := fmt.Sprintf(format, args...)
	if !slices.Contains(r.notes, s) {
		r.notes = append(r.notes, s)
	}
}

// say writes the notes.
func (r *rehearsal) say(w io.Writer) {
	for _, n := range r.notes {
		fmt.Fprintln(w, "note: "+n)
	}
}

// file is the name of the medium of a creative, "" for a card without one.
func file(cr *plan.Creative) string {
	if cr.Card != nil {
		return cr.Card.Picture
	}
	return cr.File
}

// A medium is one file of an ads folder.
type medium struct {
	sha256 string
	// clip is how long a film is; 0 for everything else.
	clip time.Duration
	err  error
}

// examineMedia looks at every file once, a few at a time: films take a process
// each.
func examineMedia(ctx context.Context, a *ads, campaigns []plan.Campaign) (map[string]*medium, error) {
	looked := map[string]*medium{}
	var work sync.WaitGroup
	slots := make(chan struct{}, runtime.NumCPU())
	for i := range campaigns {
		for k := range campaigns[i].Creatives {
			name := file(&campaigns[i].Creatives[k])
			if name == "" || looked[name] != nil {
				continue
			}
			m := &medium{}
			looked[name] = m
			work.Go(func() {
				slots <- struct{}{}
				m.err = m.examine(ctx, a, name)
				<-slots
			})
		}
	}
	work.Wait()
	return looked, ctx.Err()
}

// examine applies the rules by which play copies a file to its store.
func (m *medium) examine(ctx context.Context, a *ads, name string) error {
	stat, err := fs.Lstat(a.fsys, name)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return err
	case stat.Mode()&fs.ModeSymlink != 0:
		return errors.New("it is a link; put the file itself there")
	case !stat.Mode().IsRegular():
		return errors.New("it is not a regular file")
	case stat.Size() > storage.MaxMedia:
		return storage.ErrTooBig
	}
	f, err := a.fsys.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return err
	}
	m.sha256 = hex.EncodeToString(sum.Sum(nil))
	path := filepath.Join(a.dir, filepath.FromSlash(name))
	facts, err := media.Probe(ctx, path)
	if err != nil {
		// On a busy machine the program that reads films may have been too slow, and
		// the same command must print the same.
		facts, err = media.Probe(ctx, path)
	}
	if facts.Kind == media.Clip {
		m.clip = facts.Length
	}
	return err
}
