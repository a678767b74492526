package playlog

import (
	"bytes"
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"entracte/storage/disk/crash"
)

// FuzzSegment gives the reader, the verifier and the recovery any bytes for a last
// segment: nothing panics, what is read is in order, and the log goes on.
func FuzzSegment(f *testing.F) {
	for _, plays := range []int{0, 3, 9, 80} {
		data := written(f, plays)
		names, err := filepath.Glob(filepath.Join(data, "plays", "*.seg"))
		if err != nil {
			f.Fatal(err)
		}
		for _, name := range names {
			b, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(bytes.TrimRight(b, "\x00"))
			f.Add(b[:min(len(b), 3*block+100)])
		}
	}
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, segment []byte) {
		segment = mend(segment)
		d := crash.New()
		for _, folder := range []string{data, filepath.Join(data, "plays")} {
			if err := d.Mkdir(folder); err != nil {
				t.Fatal(err)
			}
		}
		file, err := d.Create(filepath.Join(data, "plays", segmentName(1)))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := file.WriteAt(segment, 0); err != nil {
			t.Fatal(err)
		}
		last, read := uint64(0), 0
		for p, err := range tiny.on(d, data).read(math.MaxUint64) {
			if err != nil {
				continue
			}
			if p.Seq <= last {
				t.Fatalf("play %d after %d", p.Seq, last)
			}
			if _, err := settle(p); err != nil {
				t.Fatal(err)
			}
			last, read = p.Seq, read+1
		}
		_, _ = tiny.on(d, data).verify()
		l, err := open(d, data, nil, tiny)
		if err != nil || last > 1<<62 {
			return
		}
		p, err := l.Append(somePlay(1))
		if err != nil || p.Seq <= last {
			t.Fatalf("play %d after %d, %v", p.Seq, last, err)
		}
		l.Close()
		again := 0
		for _, err := range tiny.on(d, data).read(math.MaxUint64) {
			if err == nil {
				again++
			}
		}
		if again != read+1 {
			t.Fatalf("%d plays were there, and %d with one more", read, again)
		}
	})
}

// mend computes the checksums of whatever looks like heads and records, so that what
// is behind them is reached.
func mend(b []byte) []byte {
	b = bytes.Clone(b[:min(len(b), tiny.size)])
	again := func(from, to int) { copy(b[to:], sum(bytes.Clone(b[from:to]), 0)[to-from:]) }
	if len(b) >= headSize {
		again(0, headSize-crcSize)
	}
	for at := block; at+commitSize <= len(b); at += block {
		if string(b[at:at+4]) != commitMagic {
			continue
		}
		again(at, at+commitSize-crcSize)
		crc := headSum(b[at:])
		for p := at + commitSize; p < len(b) && b[p] != noRecord; {
			n, width := binary.Uvarint(b[p+1:])
			if width <= 0 || n > uint64(len(b)) || p+1+width+int(n)+crcSize > len(b) {
				break
			}
			var record []byte
			record, crc = appendRecord(nil, crc, b[p], b[p+1+width:p+1+width+int(n)])
			if len(record) != 1+width+int(n)+crcSize {
				break // a length in more bytes than it takes
			}
			p += copy(b[p:], record)
		}
	}
	return b
}

// FuzzPlay reads any body, and writes what it reads so that it reads the same.
func FuzzPlay(f *testing.F) {
	for i := range 3 {
		p, _ := settle(somePlay(i))
		p.Seq = uint64(i + 1)
		f.Add(appendPlay(nil, &words{}, &p, 0))
	}
	f.Add([]byte(strings.Repeat("\x00", 40)))
	f.Fuzz(func(t *testing.T, body []byte) {
		r := wordReader{seen: map[string]string{}}
		p, err := r.play(body, 0)
		if err != nil {
			return
		}
		r = wordReader{seen: map[string]string{}}
		again, err := r.play(appendPlay(nil, &words{}, &p, 0), 0)
		if err != nil || !reflect.DeepEqual(again, p) {
			t.Errorf("%+v\nbecame %+v, %v", p, again, err)
		}
	})
}
