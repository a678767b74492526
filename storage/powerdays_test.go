package storage

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"

	"entracte/storage/disk/crash"
)

// A news is what the player had begun or promised when the power went.
type news struct {
	pack, own int // the serial and the revision that are in force for certain
	begun     int // the highest serial that may be
	begunOwn  int
	// marked: the cache is open, and the next start is to check it.
	marked bool
	// pulled: the stick was pulled, and so many bytes were missing.
	pulled      bool
	missing     int64
	description string
}

func (n news) String() string { return n.description }

// A venue is a player that receives packs and folders.
type venue struct {
	model *crash.Disk
	disk  *mortal
	c     *Cache
	rng   *rand.Rand
	now   news
	tell  func(news)
}

func (v *venue) say(format string, args ...any) {
	v.now.description = fmt.Sprintf(format, args...)
	v.tell(v.now)
}

// days go by: sticks are plugged in and some of them pulled, folders change, media
// nobody wants are swept, and now and then the player is killed.
func days(d *crash.Disk, rng *rand.Rand, tell func(news)) error {
	v := &venue{model: d, rng: rng, tell: tell}
	if err := v.start(); err != nil {
		return err
	}
	for range 5 {
		v.disk.left = -1
		if rng.IntN(4) == 0 {
			v.disk.left = rng.IntN(40)
		}
		var err error
		switch rng.IntN(6) {
		case 0, 1:
			err = v.own()
		case 2:
			_, _, err = v.c.Sweep()
		default:
			err = v.stick()
		}
		if v.disk.left == 0 {
			err = v.start() // whatever it said before it died
		}
		if err != nil {
			return err
		}
	}
	v.disk.left = -1
	v.now.marked = false
	v.say("it ends")
	return v.c.Close()
}

// start starts a player, on a card that has room for its mark or not.
func (v *venue) start() (err error) {
	v.disk = &mortal{Disk: v.model, left: -1, noMark: v.rng.IntN(3) == 0}
	v.c, err = openModel(v.disk, v.model)
	if v.now.marked = v.now.marked || !v.disk.noMark; err == nil {
		v.say("it starts")
	}
	return err
}

// stick receives the next pack, perhaps in two goes, and while it is copied the
// owner's folder may change.
func (v *venue) stick() error {
	v.now.begun = v.now.pack + 1
	v.say("pack %d is plugged in", v.now.begun)
	p, s := packNo(v.now.begun)
	if v.rng.IntN(2) == 0 {
		s.err, s.left = errors.New("input/output error"), v.rng.IntN(3000)
	}
	src := Source(s)
	if v.rng.IntN(3) == 0 {
		src = &busy{Source: s, after: v.rng.IntN(3), do: v.own}
	}
	got, err := v.c.Receive(context.Background(), src, p, Receiving{})
	if err == nil && !got.InForce {
		s.err = nil
		v.now.pulled, v.now.missing = true, got.MissingBytes
		v.say("it was pulled, %d bytes are missing", got.MissingBytes)
		if v.rng.IntN(2) == 0 {
			if _, _, err := v.c.Sweep(); err != nil {
				return err
			}
		}
		v.model.Commit("a minute", "goes by")
		v.now.pulled = false
		v.say("it is plugged in again")
		got, err = v.c.Receive(context.Background(), s, p, Receiving{})
	}
	if err == nil && !got.InForce {
		err = fmt.Errorf("pack %d still waits: %+v", v.now.begun, got)
	}
	if err == nil {
		v.now.pack = v.now.begun
		v.say("pack %d is in force", v.now.pack)
	}
	return err
}

func (v *venue) own() error {
	v.now.begunOwn = v.now.own + 1
	v.say("folder %d is there", v.now.begunOwn)
	names, files := ownNo(v.now.begunOwn)
	_, skips, err := v.c.Install(context.Background(), feedOf(fmt.Sprint(v.now.begunOwn), names...), files, nil)
	if err == nil && len(skips) > 0 {
		err = fmt.Errorf("%v were left out", skips)
	}
	if err == nil {
		v.now.own = v.now.begunOwn
		v.say("folder %d is in force", v.now.own)
	}
	return err
}

// A busy source is one during which something else happens.
type busy struct {
	Source
	after int
	do    func() error
}

func (b *busy) Open(ctx context.Context, name string, from int64) (io.ReadCloser, error) {
	if b.after--; b.after == -1 {
		if err := b.do(); err != nil {
			return nil, err
		}
	}
	return b.Source.Open(ctx, name, from)
}
