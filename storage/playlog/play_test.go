package playlog

import (
	"encoding/binary"
	"math"
	"reflect"
	"slices"
	"testing"

	"entracte/scheduler/plan"
)

// TestRecordSizes holds the format to the sizes it promises: the card's writes follow
// from them.
func TestRecordSizes(t *testing.T) {
	t.Parallel()
	var w words
	for i := range 30 {
		p := somePlay(i)
		p.Seq = uint64(i + 1)
		appendPlay(nil, &w, &p, uint64(i))
	}
	size := func(p plan.Play) int {
		p.Seq = 1 << 40
		b, _ := appendRecord(nil, 0, playRecord, appendPlay(nil, &w, &p, p.Seq-1))
		return len(b)
	}
	if n := size(somePlay(7)); n > 50 {
		t.Errorf("an ordinary play takes %d bytes", n)
	}
	long := somePlay(29)
	long.MonoMS, long.PlannedMS, long.ShownMS, long.Category = 1<<62, 1<<40, 1<<40, 1<<30
	for range 13 {
		long.Reasons = append(long.Reasons, "occasion:4")
	}
	if n := size(long); n > 96 || len(long.Reasons) != 16 {
		t.Errorf("a long play takes %d bytes", n)
	}
	// A busy minute of 14 plays and as many ads stays in its block.
	var c commit
	c.begin(commitHead{})
	for i := range 14 {
		p := somePlay(i)
		p.Seq = uint64(i + 1)
		c.bytes, c.crc = appendRecord(c.bytes, c.crc, playRecord, appendPlay(nil, &c.words, &p, uint64(i)))
	}
	if sealed, _ := c.seal(); len(sealed) > block {
		t.Errorf("a minute takes %d bytes", len(sealed))
	}
}

// Bodies that are no play are refused, however near they come.
func TestNoPlay(t *testing.T) {
	t.Parallel()
	p, err := settle(somePlay(0))
	if err != nil {
		t.Fatal(err)
	}
	p.Seq = 1
	good := appendPlay(nil, &words{}, &p, 0)
	r := wordReader{seen: map[string]string{}}
	if got, err := r.play(good, 0); err != nil || !reflect.DeepEqual(got, p) {
		t.Fatalf("%+v, %v", got, err)
	}
	for name, body := range map[string][]byte{
		"nothing":               {},
		"a byte more":           append(slices.Clone(good), 0),
		"a byte less":           good[:len(good)-1],
		"a flag more":           append([]byte{good[0] | 1<<5}, good[1:]...),
		"outcome 3":             append([]byte{good[0] | 3}, good[1:]...),
		"clock 3":               append([]byte{good[0] | 3<<2}, good[1:]...),
		"a word not told":       append([]byte{good[0], 0, 9}, good[4:]...),
		"a digest of two bytes": append([]byte{good[0], 0, 0, 2<<1 | 1, 0xab, 0xcd}, good[2+2+len(p.Boot):]...),
		"the last number":       append(binary.AppendUvarint([]byte{good[0]}, math.MaxUint64), good[2:]...),
	} {
		r := wordReader{seen: map[string]string{}}
		if got, err := r.play(body, 0); err == nil {
			t.Errorf("%s: %+v", name, got)
		}
	}
}
