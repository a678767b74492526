package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"entracte/scheduler/plan"
	"entracte/storage"
)

// keptBeside looks at what a data folder keeps beside the plays. A running player knows more
// and says so itself.
func keptBeside(data string) []finding {
	return append(storedContent(data), storedKey(data)...)
}

// storedContent looks at the index and at the media that it names.
func storedContent(data string) []finding {
	f := finding{What: "content", State: attention}
	if _, err := os.Stat(filepath.Join(data, "cache.db")); errors.Is(err, fs.ErrNotExist) {
		if packs, err := os.ReadDir(filepath.Join(data, "packs")); err != nil || len(packs) == 0 {
			return nil // nothing was ever stored
		}
		f.Fact, f.Hint = "cache.db is gone: the next start fills it again from the packs that are stored", "start the player; `entracte status` says what is still missing then"
		return []finding{f}
	}
	cache, err := storage.Look(data, nil)
	if errors.Is(err, storage.ErrInUse) {
		return nil
	}
	var p plan.Plan
	if err == nil {
		p, err = cache.Plan()
	}
	if err != nil {
		f.Fact, f.Hint, _ = strings.Cut(err.Error(), "\nhint: ")
		return []finding{f}
	}
	if gone, all := goneMedia(p, cache); gone > 0 {
		f.Fact = fmt.Sprintf("%d of %s of the ads in force are missing in %s", gone, nounMedium.counted("en", all), filepath.Join(data, "media"))
		f.Hint = "plug in the operator's newest stick"
		return []finding{f}
	}
	return nil
}

// goneMedia counts the media of a plan that are not stored, and all of them.
func goneMedia(p plan.Plan, cache *storage.Cache) (gone, all int) {
	seen := map[string]bool{"": true}
	for _, feed := range p.Feeds {
		for _, c := range feed.Campaigns {
			for _, m := range c.Creatives {
				if seen[m.SHA256] {
					continue
				}
				seen[m.SHA256] = true
				all++
				if _, err := cache.MediaPath(m.SHA256); err != nil {
					gone++
				}
			}
		}
	}
	return gone, all
}

// storedKey notices a key that is gone from beside its public half.
func storedKey(data string) []finding {
	_, public := os.Stat(filepath.Join(data, "device.pub"))
	_, private := os.Stat(filepath.Join(data, "device.key"))
	if public != nil || !errors.Is(private, fs.ErrNotExist) {
		return nil
	}
	return []finding{{
		What: "key", State: attention, Fact: "the key that signs receipts is gone: the next start makes a new one, which no operator knows",
		Hint: "put device.key back from a copy, or give the operator the new key that `entracte status` shows then",
	}}
}
