package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"entracte/storage/disk"
	"entracte/storage/playlog"
)

// verifyWithin is how long the doctor reads the play log: less than it waits for any
// check, so that what was read until then is said.
const verifyWithin = 2 * time.Second

// playChain walks the hash chain of the play log, as far as there is time.
func playChain(ctx context.Context, data string) finding {
	ctx, cancel := context.WithTimeout(ctx, verifyWithin)
	defer cancel()
	return judgeChain(playlog.Verify(timedDisk{disk.OS, ctx}, data))
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
		f.Fact, _, _ = strings.Cut(err.Error(), "\n")
		f.Hint = "what can be read still counts, and the receipt says what is missing; if it happens again, try another card"
	default:
		f.State = attention
		f.Fact, f.Hint, _ = strings.Cut(err.Error(), "\nhint: ")
	}
	return f
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
