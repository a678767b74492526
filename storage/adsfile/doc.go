// Package adsfile reads an ads folder: an ads.toml beside its media. It is what a
// pack is built from, and what play and simulate read directly, as a feed named
// "local".
//
// It promises that every campaign it returns passes [plan.Campaign.Validate],
// and that each of its files is a regular, readable, local file of the folder.
// Whatever is wrong with the text of ads.toml refuses the whole folder, all
// faults at once, each with its line and the next step. A media file that is
// missing refuses its creative only, for the show goes on: it is listed as a
// [Skip].
//
// It must not open media, know a codec, or know where the folder lies; it asks
// the vocabulary only through [Words].
//
//	feed, skipped, err := adsfile.Read(os.DirFS(dir), assets.Vocabulary())
//	if err != nil {
//		return err // "ads.toml:7: campaign "lens-2026": …\nhint: …"
//	}
//	for _, s := range skipped {
//		log.Print(s)
//	}
package adsfile

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"entracte/scheduler/plan"
	"entracte/storage/strict"
)

// Name is the file that makes a folder an ads folder.
const Name = "ads.toml"

// Feed is the name Read gives the feed; the caller may set another.
const Feed = "local"

// Words is what must be known of the vocabulary. The assets implement it.
type Words interface {
	// HasCategory knows the ids of the IAB Ad Product Taxonomy 2.0.
	HasCategory(id int) bool
	// HasOccasion knows the occasions, "165" as well as "x-moving".
	HasOccasion(id string) bool
	// Tags returns the closed list of a kind: "clientele" or "offers".
	Tags(kind string) []string
}

// A Skip is a creative, or a campaign left without any, that cannot be shown
// because of the files in the folder.
type Skip struct {
	Campaign string `json:"campaign"`
	// Creative is empty when the whole campaign is left out, File when no file
	// is to blame.
	Creative string `json:"creative,omitempty"`
	File     string `json:"file,omitempty"`
	// Reason is a sentence, without a line feed.
	Reason string `json:"reason"`
}

// String says which creative is skipped, and why.
func (s Skip) String() string {
	if s.Creative == "" {
		return fmt.Sprintf("campaign %q is left out: %s", s.Campaign, s.Reason)
	}
	return fmt.Sprintf("creative %q of campaign %q is left out: %s", s.Creative, s.Campaign, s.Reason)
}

// Read reads the ads.toml at the root of fsys. Equal files give equal feeds:
// the revision is 12 hex digits of the SHA-256 of the text, and of the skips if
// there are any.
//
// A creative whose file tells its own length, as a video does, has Length 0
// unless ads.toml gives seconds; so has a still picture, for nothing is opened
// here: who shows it takes [plan.DefaultStill].
//
// The error is [strict.Faults] if the text is wrong, and wraps [fs.ErrNotExist]
// if there is no ads.toml.
func Read(fsys fs.FS, words Words) (plan.Feed, []Skip, error) {
	text, err := read(fsys)
	if err != nil {
		return plan.Feed{}, nil, err
	}
	campaigns, err := Parse(Name, text, words)
	if err != nil {
		return plan.Feed{}, nil, err
	}
	feed := plan.Feed{Name: Feed}
	var skipped []Skip
	for _, c := range campaigns {
		var kept []plan.Creative
		for _, creative := range c.Creatives {
			if file, reason := unusable(fsys, creative); reason != "" {
				skipped = append(skipped, Skip{Campaign: c.ID, Creative: creative.ID, File: file, Reason: reason})
				continue
			}
			kept = append(kept, creative)
		}
		if c.Creatives = kept; kept == nil {
			skipped = append(skipped, Skip{Campaign: c.ID, Reason: "no creative is left"})
			continue
		}
		feed.Campaigns = append(feed.Campaigns, c)
	}
	sum := sha256.New()
	sum.Write(text)
	for _, s := range skipped {
		fmt.Fprintf(sum, "\x00%s/%s", s.Campaign, s.Creative)
	}
	feed.Revision = hex.EncodeToString(sum.Sum(nil))[:12]
	return feed, skipped, nil
}

func read(fsys fs.FS) ([]byte, error) {
	// Asked before it is opened: opening a pipe waits for somebody to write.
	stat, err := fs.Stat(fsys, Name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, noAds(fsys)
	}
	if err == nil && !stat.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a file\nhint: write a text file of that name", Name)
	}
	if err != nil {
		return nil, unreadable(err)
	}
	f, err := fsys.Open(Name)
	if err != nil {
		return nil, unreadable(err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, strict.MaxSize+1))
	if err != nil {
		return nil, unreadable(err)
	}
	return text, nil
}

func unreadable(err error) error {
	return fmt.Errorf("%s cannot be read: %w\nhint: check the file, and the stick or card it is on", Name, err)
}

// noAds explains a folder without an ads.toml.
func noAds(fsys fs.FS) error {
	if files := media(fsys); len(files) > 0 {
		return fmt.Errorf("there is no %s beside %q and the other media in this folder (%d in all): %w\nhint: write an %s that says who books which file, when and how often",
			Name, files[0], len(files), fs.ErrNotExist, Name)
	}
	return fmt.Errorf("there is no %s in this folder: %w\nhint: give the folder that holds %s and its media", Name, fs.ErrNotExist, Name)
}
