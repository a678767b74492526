// Package own turns the owner's folder of pictures and clips into house content,
// and tells when the folder has changed.
//
// It promises that dropping a file into the folder is all there is to do: no
// names to give, no list to keep. What is still being copied is left alone until
// it has settled, and nothing is missed for long, even where the system cannot
// tell of changes (a network share, too few watches).
//
// It must not know whether a file can be shown, nor where media are stored: it
// lists names. It never follows a link and never looks into subfolders.
//
//	go own.Watch(ctx, dir, func() {
//		root, err := os.OpenRoot(dir) // anew: it may be another folder by now
//		feed, skipped, err := own.Scan(root.FS())
//		// err: keep what is in force; else cache.Install(ctx, feed, root.FS(), probe)
//		root.Close()
//	})
package own

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io/fs"
	"path"
	"strings"

	"entracte/scheduler/plan"
)

// FeedName and CampaignID are what the owner's content is called in the plan.
const (
	FeedName   = "own"
	CampaignID = "own"
)

// A Skip is something in the folder that is not taken, and a sentence why,
// without its full stop.
type Skip struct {
	File, Reason string
}

// Scan lists a folder as one feed: a single house campaign whose creatives are the
// files, in the order of their names. Every file is taken, whatever its extension;
// whether it can be shown is for the probe to say. Names that begin with a dot or
// belong to unfinished copies or to the system are passed over in silence;
// folders, links and empty files are reported. An empty folder gives a feed
// without campaigns.
//
// A creative's id depends on the file's name alone. Equal revisions mean the same
// names, sizes and times. Length is left 0: [plan.DefaultStill] for a still, the
// natural length for everything else.
//
// The error says that the folder could not be listed, which is no reason to take
// anything out of force.
func Scan(fsys fs.FS) (plan.Feed, []Skip, error) {
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return plan.Feed{}, nil, fmt.Errorf("the folder of own pictures cannot be read: %w", err)
	}
	house := plan.Campaign{
		ID:         CampaignID,
		Advertiser: plan.VenueAdvertiser,
		Weight:     plan.MinWeight,
		Tier:       plan.TierHouse,
	}
	var skips []Skip
	revision := sha256.New()
	for _, e := range entries {
		name := e.Name()
		if PassedOver(name) {
			continue
		}
		i, err := e.Info()
		if err != nil {
			continue // gone since it was listed
		}
		note(revision, i)
		if reason := refusal(i); reason != "" {
			skips = append(skips, Skip{name, reason})
			continue
		}
		house.Creatives = append(house.Creatives, plan.Creative{ID: creativeID(name), File: name})
	}
	feed := plan.Feed{Name: FeedName, Revision: hex.EncodeToString(revision.Sum(nil)[:8])}
	if len(house.Creatives) > 0 {
		feed.Campaigns = []plan.Campaign{house}
	}
	return feed, skips, nil
}

// note adds to a revision what tells one state of a file from another.
func note(h hash.Hash, i fs.FileInfo) {
	fmt.Fprintf(h, "%q %v %d %d\n", i.Name(), i.Mode().Type(), i.Size(), i.ModTime().UnixNano())
}

// refusal says why an entry is not taken; empty if it is.
func refusal(i fs.FileInfo) string {
	switch {
	case i.IsDir():
		return "it is a folder: only files directly in this one are shown"
	case i.Mode()&fs.ModeSymlink != 0:
		return "it is a link: put the file itself here"
	case !i.Mode().IsRegular():
		return "it is not a file"
	case i.Size() == 0:
		return "it is empty"
	}
	return ""
}

// PassedOver reports whether a name is none of the owner's: hidden, unfinished, or
// put there by a system or an editor.
func PassedOver(name string) bool {
	if strings.HasPrefix(name, ".") || strings.HasPrefix(name, "~") || strings.HasSuffix(name, "~") {
		return true
	}
	lower := strings.ToLower(name)
	switch lower {
	case "desktop.ini", "thumbs.db", "ehthumbs.db", "system volume information", "$recycle.bin", "lost+found":
		return true
	}
	switch path.Ext(lower) {
	case ".part", ".partial", ".crdownload", ".download", ".filepart", ".tmp", ".temp", ".swp":
		return true
	}
	return false
}

// creativeID makes a readable id of a file name: its letters and digits, and
// enough of a digest that no two names share one.
func creativeID(name string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(strings.TrimSuffix(name, path.Ext(name))) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() == 24 {
			break
		}
	}
	sum := sha256.Sum256([]byte(name))
	return strings.TrimPrefix(strings.TrimSuffix(b.String(), "-")+"-"+hex.EncodeToString(sum[:4]), "-")
}
