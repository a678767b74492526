package playlog

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"entracte/scheduler/plan"
	"entracte/storage/disk"
	"entracte/storage/disk/crash"
)

// A promise is what a log had said when the power went: everything up to a play is
// safe, and so is a memory, the n-th.
type promise struct {
	seq    uint64
	memory int
}

const data = "/data"

// rolled is a Roll that writes the numbers of a day's plays into a file.
func rolled(d disk.Disk) Roll {
	folder := filepath.Join(data, "hours")
	return func(at time.Time, plays iter.Seq2[plan.Play, error]) error {
		if err := d.Mkdir(folder); err != nil {
			return err
		}
		var from, to uint64
		for p, err := range plays {
			if err != nil {
				return err
			}
			if from == 0 {
				from = p.Seq
			} else if p.Seq != to+1 {
				return fmt.Errorf("play %d follows %d", p.Seq, to)
			}
			to = p.Seq
		}
		err := disk.Save(d, folder, func(w io.Writer) (string, error) {
			_, err := fmt.Fprint(w, from, to)
			return fmt.Sprintf("%s-%d", at.Format(time.DateOnly), from), err
		})
		return errors.Join(err, d.SyncDir(data))
	}
}

// handed returns the numbers that were rolled up.
func handed(d disk.Disk) (map[uint64]bool, error) {
	folder := filepath.Join(data, "hours")
	all := map[uint64]bool{}
	entries, err := d.ReadDir(folder)
	if err != nil {
		return all, nil // not yet
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), disk.TempPrefix) {
			continue
		}
		b, err := disk.ReadFile(d, filepath.Join(folder, e.Name()), 100)
		if err != nil {
			return nil, err
		}
		var from, to uint64
		if _, err := fmt.Sscan(string(b), &from, &to); err != nil {
			return nil, err
		}
		for ; from <= to; from++ {
			all[from] = true
		}
	}
	return all, nil
}

// show is a run of the player on a tiny log: days go by, it is killed at times, and
// each play tells by its time which one it is.
func show(d *crash.Disk, rng *rand.Rand, lim limits, apart time.Duration, tell func(promise)) error {
	l, err := open(d, data, rolled(d), lim)
	if err != nil {
		return err
	}
	var last promise
	for range 40 + rng.IntN(40) {
		switch n := rng.IntN(20); {
		case n == 0:
			if c := &l.commit; len(c.bytes) > 0 && rng.IntN(2) == 0 { // killed in the middle of a sync
				sealed, _ := c.seal()
				if err := l.writeAt(sealed[len(c.bytes):], c.start+len(c.bytes)); err != nil {
					return err
				}
			}
			l, err = open(d, data, rolled(d), lim)
		case n < 3:
			last.memory++
			err = l.Checkpoint("memory", memoryOf(last.memory))
		case n < 6:
			if err = l.Sync(); err == nil {
				tell(last)
			}
		default:
			var p plan.Play
			p, err = l.Append(playAt(l.seq+1, apart))
			if last.seq = p.Seq; l.commit.plays == 0 {
				tell(last)
			}
		}
		if err != nil {
			return err
		}
	}
	if err = l.Close(); err == nil {
		tell(last)
	}
	return err
}

// playAt is the play of a number; some are not dated.
func playAt(seq uint64, apart time.Duration) plan.Play {
	p := somePlay(int(seq))
	p.StartedAt = started.UTC().Truncate(time.Millisecond).Add(time.Duration(seq) * apart)
	if seq%7 == 0 {
		p.Clock, p.Boot = plan.ClockFloor, "another"
	}
	return p
}

func memoryOf(n int) []byte { return fmt.Appendf(nil, "%d %s", n, strings.Repeat("m", n*997%6000)) }

// survives starts the player again on what a power cut left.
func survives(d *crash.Disk, lim limits, apart time.Duration, told []promise) error {
	var last promise
	if len(told) > 0 {
		last = told[len(told)-1]
	}
	l, err := open(d, data, rolled(d), lim)
	if err != nil {
		return err
	}
	for _, s := range l.Found() {
		if strings.Contains(s, "damaged") {
			return errors.New(s)
		}
	}
	var memory int
	fmt.Sscan(string(l.Kept("memory")), &memory)
	if memory < last.memory || memory > 0 && string(memoryOf(memory)) != string(l.Kept("memory")) {
		return fmt.Errorf("memory %d was promised, %d is there", last.memory, memory)
	}
	if l.seq < last.seq {
		return fmt.Errorf("play %d was promised, %d is the last", last.seq, l.seq)
	}
	there, err := handed(d)
	if err != nil {
		return err
	}
	for n := range there {
		if n > l.seq {
			return fmt.Errorf("play %d is rolled up, and the next one would be numbered %d", n, l.seq+1)
		}
	}
	p, err := l.Append(playAt(l.seq+1, apart))
	if err != nil {
		return err
	}
	if there, err = handed(d); err != nil { // a day may have ended with it
		return err
	}
	seq := uint64(0)
	for got, err := range lim.on(d, data).read(math.MaxUint64) {
		if err != nil {
			return err
		}
		if seq > 0 && got.Seq != seq+1 {
			return fmt.Errorf("play %d follows %d", got.Seq, seq)
		}
		seq = got.Seq
		if want := playAt(seq, apart); got.Creative != want.Creative || !got.StartedAt.Equal(want.StartedAt) {
			return fmt.Errorf("play %d is %+v", seq, got)
		}
		there[seq] = true
	}
	if seq != p.Seq {
		return fmt.Errorf("play %d was appended, %d is the last", p.Seq, seq)
	}
	for n := uint64(1); n <= seq; n++ {
		if !there[n] {
			return fmt.Errorf("play %d is neither in the log nor rolled up", n)
		}
	}
	_, err = lim.on(d, data).verify()
	return errors.Join(err, l.Close())
}

// TestPowerCut cuts the power everywhere in a show: appending, syncing, segments that
// are used again, checkpoints, forgetting by date and by size, and the recovery.
func TestPowerCut(t *testing.T) {
	t.Parallel()
	for name, k := range map[string]struct {
		apart     time.Duration
		syncEvery int
	}{
		"by size":         {time.Minute, 3},
		"by date":         {36 * time.Hour, 3},
		"before it syncs": {5 * 24 * time.Hour, 9}, // days end that no sync has seen
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			lim, apart := limits{size: 8 * block, count: 3, syncEvery: k.syncEvery}, k.apart
			crash.Check(t, crash.Trial[promise]{
				States: 1000, Many: 70_000,
				Setup: func(d *crash.Disk) error { return d.Mkdir(data) },
				Run: func(d *crash.Disk, rng *rand.Rand, tell func(promise)) error {
					return show(d, rng, lim, apart, tell)
				},
				Recover: func(d *crash.Disk) error {
					l, err := open(d, data, rolled(d), lim)
					if err == nil {
						err = l.Close()
					}
					return err
				},
				Check: func(d *crash.Disk, told []promise) error { return survives(d, lim, apart, told) },
			})
		})
	}
}
