package playlog

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"entracte/scheduler/plan"
)

// words are those told in a commit so far, with their numbers from 1.
type words struct {
	number map[string]uint64
	told   []string
}

// forget takes back the words told after the first n.
func (w *words) forget(n int) {
	for _, s := range w.told[n:] {
		delete(w.number, s)
	}
	w.told = w.told[:n]
}

func (w *words) appendTo(b []byte, s string) []byte {
	if n, ok := w.number[s]; ok {
		return binary.AppendUvarint(b, n)
	}
	if w.number == nil {
		w.number = map[string]uint64{}
	}
	w.told = append(w.told, s)
	w.number[s] = uint64(len(w.told))
	b = append(b, 0)
	if raw, ok := rawDigest(s); ok {
		return append(binary.AppendUvarint(b, uint64(len(raw))<<1|1), raw...)
	}
	return append(binary.AppendUvarint(b, uint64(len(s))<<1), s...)
}

// rawDigest is a digest without its hex digits.
func rawDigest(s string) ([]byte, bool) {
	if len(s) != hex.EncodedLen(len(digest{})) {
		return nil, false
	}
	raw, err := hex.DecodeString(s)
	return raw, err == nil && hex.EncodeToString(raw) == s
}

// settle is a play as it is kept: its start in UTC and in whole milliseconds, its
// reasons a list. One that cannot be written as JSON again is an error.
func settle(p plan.Play) (plan.Play, error) {
	p.StartedAt = p.StartedAt.UTC().Truncate(time.Millisecond)
	if p.Reasons == nil {
		p.Reasons = []string{}
	}
	if y := p.StartedAt.Year(); y < 0 || y > 9999 {
		return p, fmt.Errorf("a play cannot be recorded in the year %d", y)
	}
	if p.Outcome > plan.Completed || p.Clock > plan.ClockTrusted {
		return p, fmt.Errorf("a play cannot be recorded with outcome %s and clock %s", p.Outcome, p.Clock)
	}
	return p, nil
}

// appendPlay appends the body of a settled play's record; after is the number of the
// play before it.
func appendPlay(b []byte, w *words, p *plan.Play, after uint64) []byte {
	flags := byte(p.Outcome) | byte(p.Clock)<<2
	if p.Counted {
		flags |= 1 << 4
	}
	b = binary.AppendUvarint(append(b, flags), p.Seq-after-1)
	for _, s := range []string{p.Boot, p.Venue, p.Screen, p.Feed, p.Campaign, p.Creative, p.Advertiser, p.Plan, p.SHA256} {
		b = w.appendTo(b, s)
	}
	for _, n := range []int64{int64(p.Category), p.StartedAt.UnixMilli(), p.MonoMS, p.PlannedMS, p.ShownMS} {
		b = binary.AppendVarint(b, n)
	}
	b = binary.AppendUvarint(b, uint64(len(p.Reasons)))
	for _, s := range p.Reasons {
		b = w.appendTo(b, s)
	}
	return b
}

var errNoPlay = errors.New("a record that is no play")

// A wordReader reads the bodies of a commit's plays. seen holds strings that many
// plays share, so that each is there once.
type wordReader struct {
	seen map[string]string
	told []string
	rest []byte
	bad  bool
}

func (r *wordReader) uvarint() uint64 {
	n, width := binary.Uvarint(r.rest)
	return r.took(n, width)
}

func (r *wordReader) varint() int64 {
	n, width := binary.Varint(r.rest)
	return int64(r.took(uint64(n), width))
}

func (r *wordReader) took(n uint64, width int) uint64 {
	if width <= 0 {
		r.bad = true
		return 0
	}
	r.rest = r.rest[width:]
	return n
}

func (r *wordReader) word() string {
	n := r.uvarint()
	if n > 0 {
		if n > uint64(len(r.told)) {
			r.bad = true
			return ""
		}
		return r.told[n-1]
	}
	n = r.uvarint()
	isDigest := n&1 != 0
	if n >>= 1; r.bad || n > uint64(len(r.rest)) || isDigest && n != uint64(len(digest{})) {
		r.bad = true
		return ""
	}
	raw := r.rest[:n]
	r.rest = r.rest[n:]
	s, ok := r.seen[string(raw)]
	switch {
	case isDigest:
		s = hex.EncodeToString(raw)
		if known, ok := r.seen[s]; ok {
			s = known
		}
		r.seen[s] = s
	case !ok:
		s = string(raw)
		r.seen[s] = s
	}
	r.told = append(r.told, s)
	return s
}

// play reads one body; after is the number of the play before it.
func (r *wordReader) play(body []byte, after uint64) (plan.Play, error) {
	if len(body) == 0 {
		return plan.Play{}, errNoPlay
	}
	r.rest, r.bad = body[1:], false
	flags := body[0]
	p := plan.Play{Outcome: plan.Outcome(flags & 3), Clock: plan.Clock(flags >> 2 & 3), Counted: flags>>4&1 != 0}
	p.Seq = after + 1 + r.uvarint()
	for _, s := range []*string{&p.Boot, &p.Venue, &p.Screen, &p.Feed, &p.Campaign, &p.Creative, &p.Advertiser, &p.Plan, &p.SHA256} {
		*s = r.word()
	}
	var started int64
	p.Category = int(r.varint())
	for _, n := range []*int64{&started, &p.MonoMS, &p.PlannedMS, &p.ShownMS} {
		*n = r.varint()
	}
	p.StartedAt = time.UnixMilli(started).UTC()
	n := r.uvarint()
	if n > uint64(len(r.rest)) {
		return plan.Play{}, errNoPlay
	}
	p.Reasons = make([]string, n)
	for i := range p.Reasons {
		p.Reasons[i] = r.word()
	}
	if _, err := settle(p); err != nil || r.bad || len(r.rest) > 0 || p.Seq <= after || flags>>5 != 0 {
		return plan.Play{}, errNoPlay
	}
	return p, nil
}
