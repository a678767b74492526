package playlog

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"entracte/storage/disk"
)

// A Chain is what [Verify] went through.
type Chain struct {
	// Segments and Commits are how many there are, Plays how many plays they hold.
	Segments, Commits, Plays int
	// First and Last are the numbers of the first and the last play; 0 without any.
	First, Last uint64
	// End is the number of the last play that the log knows of, which may be forgotten.
	// What else knows of a later one knows that plays are lost. Missing is how many
	// numbers no play has between the first and the last one: the log lost them before,
	// and went on above what was known of them elsewhere.
	End, Missing uint64
	// Unsealed is how many plays at the end are not in the chain yet: a running
	// player has them since its last sync.
	Unsealed int
	// Hash is that of the last commit: who has noted it down can tell later whether
	// what led to it was changed.
	Hash [32]byte
}

// Verify walks the hash chain of a data folder from its oldest segment to its end. The
// error names the first break, and wraps [ErrDamaged]; the chain is then that up to
// it. Whoever may write to the card may write a whole chain anew: it shows damage and
// clumsy changes, and all changes to whom noted an earlier [Chain.Hash] down.
func Verify(d disk.Disk, data string) (Chain, error) {
	return shelfOf(d, data).verify()
}

func (s shelf) verify() (Chain, error) {
	const tries = 8 // a writer begins a segment a day
	for range tries {
		numbers, err := s.numbers()
		if err == nil && len(numbers) == 0 {
			err = fs.ErrNotExist
		}
		if err != nil {
			return Chain{}, s.unread(err)
		}
		v := verifier{shelf: s}
		for k, n := range numbers {
			if err := v.segment(n, k == len(numbers)-1); err != nil {
				return v.Chain, err
			}
		}
		if v.forgotten >= v.before {
			return v.Chain, nil
		}
		// Or a writer went on meanwhile, and says what it forgot in a segment of after
		// the listing.
		if now, err := s.numbers(); err != nil || slices.Equal(now, numbers) {
			return v.Chain, v.damage(v.oldest, "the segment before it is missing: "+missing(v.forgotten, v.before))
		}
	}
	return Chain{}, fmt.Errorf("the play log in %s changed all the time while it was read\nhint: ask again", s.dir)
}

type verifier struct {
	shelf
	Chain
	b []byte
	// number is the last segment's, and seq that of its last play.
	number, seq uint64
	// oldest is the first segment's number, before that of the last play before it, and
	// forgotten that of the last play that is gone: only then is a segment used again.
	oldest, before, forgotten uint64
}

func (v *verifier) segment(number uint64, last bool) error {
	var err error
	v.b, err = v.load(number, last, v.b)
	if errors.Is(err, errReused) {
		if _, gone := v.disk.Stat(v.path(number)); gone == nil {
			return v.damage(number, "block 0 is that of another segment")
		}
		v.Chain = Chain{} // the writer went on meanwhile: what was before is gone too
		return nil
	}
	if err != nil {
		return explainRead("cannot read", v.path(number), err)
	}
	w := v.walk(v.b, number, map[string]string{})
	w.hashed = true
	switch {
	case !w.headed:
		return v.damage(number, "block 0 is damaged")
	case v.Segments == 0:
		v.Hash, v.seq = w.head.chain, w.head.seq
		v.oldest, v.before = number, w.head.seq
	case number != v.number+1:
		return v.damage(v.number+1, "the segment is missing")
	case w.head.seq != v.seq || w.head.chain != v.Hash:
		return v.damage(number, "block 0 does not continue the segment before")
	}
	v.number = number
	v.Segments++
	plays := 0
	for i := range w.items {
		switch {
		case i.fault != "":
			return v.damage(number, i.fault)
		case i.play != nil:
			plays++
			if v.First == 0 {
				v.First = i.play.Seq
			} else {
				v.Missing += i.play.Seq - v.seq - 1
			}
			v.seq = i.play.Seq
		case i.kind == memoKind:
			v.forgotten = max(v.forgotten, parseMemo(i.value).forgotten)
		case i.sealed == nil:
		case i.sealed.prev != v.Hash:
			return v.damage(number, fmt.Sprintf("block %d does not continue the commit before", i.sealed.block))
		case i.says != i.hash:
			return v.damage(number, fmt.Sprintf("block %d does not have the hash its seal says", i.sealed.block))
		default:
			v.Hash = i.hash
			v.Commits++
			v.Plays, plays = v.Plays+plays, 0
			v.Last = w.seq
		}
	}
	v.seq, v.End = w.seq, w.seq
	if w.open && !last {
		return v.damage(number, fmt.Sprintf("block %d is not sealed", w.start/block))
	}
	v.Unsealed = plays
	return nil
}
