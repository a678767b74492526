package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"entracte/storage/disk"
	"entracte/storage/playlog"
	"entracte/storage/report"
)

// verifyWithin is how long the doctor reads the play log: less than it waits for any
// check, so that what was read until then is said.
const verifyWithin = 2 * time.Second

// playChain walks the hash chain of the play log, as far as there is time.
func playChain(ctx context.Context, data string) finding {
	ctx, cancel := context.WithTimeout(ctx, verifyWithin)
	defer cancel()
	d := timedDisk{disk.OS, ctx}
	known, unheld := report.Held(d, data) // before the log, which goes on meanwhile
	chain, err := playlog.Verify(d, data)
	switch {
	case errors.Is(err, fs.ErrNotExist) && known > 0:
		err = lostLog(data, known)
	case errors.Is(err, fs.ErrNotExist) && emptied(d, filepath.Join(data, "plays")):
		err = &disk.Fault{
			Fact: "the folder of the play log has none in it", Kind: playlog.ErrDamaged,
			Hint: "the next start begins a new one; if plays were recorded here before, they are gone, and nothing here tells how many",
		}
	case err == nil:
		if n := lostRecords(chain, known); n > 0 {
			err = missingRecords(n)
		} else {
			err = unheld
		}
	}
	return judgeChain(chain, err)
}

func judgeChain(chain playlog.Chain, err error) finding {
	f := finding{What: "plays", State: fine}
	held := fmt.Sprintf("%s in %s", nounShowing.counted("en", chain.Plays+chain.Unsealed), nounSegment.counted("en", chain.Segments))
	switch {
	case err == nil:
		f.Fact = "the play log is whole, its chain unbroken: " + held
	case errors.Is(err, fs.ErrNotExist):
		f.Fact = "no plays are recorded yet"
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		f.Fact = "the play log was not read to its end in time; whole so far: " + held
		f.Hint = "`entracte plays verify FOLDER` reads all of it"
	case errors.Is(err, playlog.ErrDamaged):
		f.State = attention
		f.Fact, f.Hint, _ = strings.Cut(err.Error(), "\nhint: ")
		if f.Hint != "" {
			break
		}
		f.Hint = "what can be read still counts, and the receipt says what is missing; if it happens again, try another card"
	default:
		f.State = attention
		f.Fact, f.Hint, _ = strings.Cut(err.Error(), "\nhint: ")
	}
	return f
}

// emptied reports whether the folder of a play log is there and has neither a log nor one
// of an older kind.
func emptied(d disk.Disk, dir string) bool {
	entries, err := d.ReadDir(dir)
	return err == nil && !slices.ContainsFunc(entries, func(e fs.DirEntry) bool {
		ext := filepath.Ext(e.Name())
		return ext == ".seg" && e.Name() != "spare.seg" || ext == ".jsonl"
	})
}

// A timedDisk opens no more files once its context has ended.
type timedDisk struct {
	disk.Disk
	ctx context.Context
}

func (d timedDisk) Open(path string) (disk.File, error) {
	if err := d.ctx.Err(); err != nil {
		return nil, &fs.PathError{Op: "open", Path: path, Err: err}
	}
	return d.Disk.Open(path)
}
