package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"entracte/assets"
	"entracte/cmd/entracte/config"
	"entracte/storage"
	"entracte/storage/disk"
	"entracte/storage/pack"
)

func newInstall() *cobra.Command {
	var configPath, data string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "install DIR",
		Short: "Put the packs of a stick or a folder in force",
		Long: `Installs the newest pack of every feed that content.feeds names from DIR, a folder
that holds ENTRACTE or is it. What a pack lacks is waited for: install once more, from
another stick too. What was in force stays until the whole of the next pack is there.

  entracte install /media/stick

A running player does this by itself when a stick is plugged in.

Exit codes: 0 fine, 10 not a pack, 11 not trusted, 12 damaged or incomplete (what is
missing is waited for), 13 the player is running, 14 older than what is in force, 15 not
for this venue, 16 no space.`,
		Args: exactly(1, "entracte install /media/stick"),
		RunE: func(cmd *cobra.Command, args []string) error {
			path, err := findConfig(configPath)
			if err != nil {
				return err
			}
			cfg, err := config.Load(path, assets.Vocabulary())
			if err != nil {
				return err
			}
			if len(cfg.Content.Feeds) == 0 {
				return fmt.Errorf("%s names no feed\nhint: under [content], write feeds = [\"acme/shop-17\"] and the operator's key in trust", path)
			}
			in := &installer{config: cfg, data: data, dir: args[0], out: cmd.OutOrStdout(), bar: &copyBar{w: cmd.ErrOrStderr(), live: terminal(cmd.ErrOrStderr())}}
			if asJSON {
				in.out, in.bar = io.Discard, nil
			}
			err = in.run(cmd.Context())
			if asJSON && in.done != nil {
				err = errors.Join(printJSON(cmd, in.done), err)
			}
			return err
		},
	}
	configFlag(cmd, &configPath)
	dataFlag(cmd, &data)
	jsonFlag(cmd, &asJSON)
	return cmd
}

// An installer installs the packs of one folder.
type installer struct {
	config *config.Config
	data   string
	dir    string
	out    io.Writer
	bar    *copyBar // nil shows nothing
	done   []installed
}

// installed is what became of one feed, for --json.
type installed struct {
	Feed    string `json:"feed"`
	Version string `json:"version,omitempty"`
	// Outcome is in_force, same, waiting or failed.
	Outcome      string   `json:"outcome"`
	Error        string   `json:"error,omitempty"`
	Files        int      `json:"files"`
	Bytes        int64    `json:"bytes"`
	Seconds      float64  `json:"seconds"`
	MissingFiles int      `json:"missing_files"`
	MissingBytes int64    `json:"missing_bytes"`
	Damaged      []string `json:"damaged_blobs,omitempty"`
	LeftOut      []string `json:"left_out,omitempty"`
	PassedOver   []string `json:"passed_over,omitempty"`
	// Keys is the generation of the operator's keys that came with it and counts from
	// now on, whatever became of the pack; 0 if none did.
	Keys int `json:"new_keys_generation,omitempty"`
}

func (in *installer) run(ctx context.Context) error {
	keys, err := pack.ParseKeys(in.config.Content.Trust)
	if err != nil {
		return fmt.Errorf("content.trust: %w", err)
	}
	root, err := pack.OpenDir(in.dir)
	if err != nil {
		return err
	}
	defer root.Close()
	cache, found, err := openCache(ctx, in.config, in.data)
	if errors.Is(err, storage.ErrInUse) {
		return &disk.Fault{
			Kind: storage.ErrInUse, Fact: "a player is running on " + in.data,
			Hint: "put the stick into its machine: it installs what is on it by itself; or stop it first",
		}
	}
	if err != nil {
		return err
	}
	defer cache.Close()
	if found.Aside != "" {
		fmt.Fprintf(in.out, "cache.db was damaged and is set aside as %s\n", found.Aside)
	}
	if err := in.distrusted(cache); err != nil {
		return err
	}
	id, err := deviceID(in.config.Device.ID, cache)
	if err != nil {
		return err
	}
	how := storage.Receiving{Device: id, Tags: in.config.Device.Tags, Feeds: in.config.Content.Feeds, Probe: probe}
	var errs []error
	for _, feed := range in.config.Content.Feeds {
		errs = append(errs, in.feed(ctx, cache, pack.Dir(root), feed, keys, how))
	}
	if _, _, err := cache.Sweep(); err != nil {
		errs = append(errs, err)
	}
	return in.verdict(errs)
}

// distrusted says which packs are in force no more, because their key was taken out of
// the config.
func (in *installer) distrusted(cache *storage.Cache) error {
	all, err := cache.Distrusted()
	for _, p := range all {
		if slices.Contains(in.config.Content.Feeds, p.Feed) {
			fmt.Fprintf(in.out, "%s: pack %s is not shown any more: the key that vouches for it is no longer in content.trust\n", p.Feed, p.Version)
		}
	}
	return err
}

// verdict is the error of a run. Where one feed is on this stick, and was installed or
// waits for media, that others are not is no failure.
func (in *installer) verdict(errs []error) error {
	good := false
	for _, d := range in.done {
		good = good || d.Outcome != "failed"
	}
	var left []error
	for _, err := range errs {
		if !good || !errors.Is(err, pack.ErrOtherVenue) {
			left = append(left, err)
		}
	}
	return errors.Join(left...)
}

// feed installs one feed, and says how it went.
func (in *installer) feed(ctx context.Context, cache *storage.Cache, src pack.Source, feed string, keys pack.Keys, how storage.Receiving) error {
	one := installed{Feed: feed, Outcome: "failed"}
	began := time.Now()
	got, err := in.receive(ctx, cache, src, &one, keys, how)
	one.Seconds = time.Since(began).Seconds()
	one.Files, one.Bytes, one.Damaged = got.Files, got.Bytes, got.Wrong
	one.MissingFiles, one.MissingBytes = len(got.Missing), got.MissingBytes
	for _, s := range got.Skips {
		one.LeftOut = append(one.LeftOut, sentence(s))
	}
	switch {
	case errors.Is(err, pack.ErrSame):
		one.Outcome, err = "same", nil
		fmt.Fprintf(in.out, "%s: pack %s is in force already\n", feed, one.Version)
	case err == nil && got.InForce:
		one.Outcome = "in_force"
		fmt.Fprintf(in.out, "%s: pack %s is in force; campaigns: %d; %s copied, %s in %s\n", feed, one.Version,
			len(got.Feed.Campaigns), count(one.Files, "file"), storage.Megabytes(one.Bytes), time.Since(began).Round(100*time.Millisecond))
	case err == nil:
		one.Outcome = "waiting"
		err = waitsFor(one, got)
	}
	for _, s := range one.LeftOut {
		in.say("  left out: ", s)
	}
	if err != nil {
		one.Error = err.Error()
	}
	in.done = append(in.done, one)
	return err
}

// say says a fact of a list, and its hint below it.
func (in *installer) say(what, sentence string) {
	fmt.Fprintln(in.out, what+strings.ReplaceAll(sentence, "\n", "\n    "))
}

func (in *installer) receive(ctx context.Context, cache *storage.Cache, src pack.Source, one *installed, keys pack.Keys, how storage.Receiving) (storage.Received, error) {
	name, err := pack.ParseName(one.Feed)
	if err != nil {
		return storage.Received{}, err
	}
	before, _ := cache.Keys(keys, name.Org) // what cannot be read is as none, and Newest says so
	p, passed, err := cache.Newest(ctx, src, name, keys)
	if after, _ := cache.Keys(keys, name.Org); after.Generation(name.Org) > before.Generation(name.Org) {
		one.Keys = after.Generation(name.Org)
		fmt.Fprintf(in.out, "new keys of %s: generation %d; packs of those before are not taken any more\n", name.Org, one.Keys)
	}
	if err != nil {
		return storage.Received{}, err
	}
	for _, err := range passed {
		one.PassedOver = append(one.PassedOver, err.Error())
		in.say("  passed over: ", err.Error())
	}
	one.Version = p.Version.String()
	if in.bar != nil {
		in.bar.feed = one.Feed
		how.Progress = in.bar.show
		defer in.bar.end()
	}
	return cache.Receive(ctx, src, p, how)
}

// waitsFor says why a pack is not in force yet. What is wrong with the source comes before
// what it merely lacks.
func waitsFor(one installed, got storage.Received) error {
	what := waitingSentence(storage.Waiting{Feed: one.Feed, Version: one.Version, Files: one.MissingFiles, Bytes: one.MissingBytes})
	const kept = "what was found is kept, and what was in force stays until the rest is there"
	switch {
	case len(got.Wrong) > 0:
		return &disk.Fault{Kind: pack.ErrDamaged, Fact: fmt.Sprintf("%s; on this stick, files that are not what was signed: %d, first %s", what, len(got.Wrong), pack.BlobPath(got.Wrong[0])), Hint: kept + "; make the stick anew"}
	case got.Gone != nil:
		return &disk.Fault{Kind: pack.ErrDamaged, Cause: got.Gone, Fact: what + "; the stick cannot be read any more", Hint: kept + "; put it in again"}
	}
	return &disk.Fault{Kind: pack.ErrDamaged, Fact: what + " that this stick does not have", Hint: kept + "; install from another stick, or make this one anew"}
}

// A copyBar shows how far a copy is, on a terminal.
type copyBar struct {
	w     io.Writer
	live  bool
	feed  string
	drawn bool
}

func (b *copyBar) show(p storage.Progress) {
	if !b.live || p.OfBytes == 0 {
		return
	}
	const cells = 30
	at := int(p.Bytes * cells / p.OfBytes)
	left := ""
	if p.Rate > 0 {
		left = ", " + (time.Duration(float64(p.OfBytes-p.Bytes) / p.Rate * float64(time.Second))).Round(time.Second).String() + " left"
	}
	b.drawn = true
	fmt.Fprintf(b.w, "\r%s %s%s %d of %d files, %s of %s%s\x1b[K", b.feed, strings.Repeat("█", at), strings.Repeat("·", cells-at),
		p.Files, p.OfFiles, storage.Megabytes(p.Bytes), storage.Megabytes(p.OfBytes), left)
}

// end takes the bar away.
func (b *copyBar) end() {
	if b.drawn {
		fmt.Fprint(b.w, "\r\x1b[K")
		b.drawn = false
	}
}
