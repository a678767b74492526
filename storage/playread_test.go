package storage

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"entracte/scheduler/plan"
)

func TestReadPlaysAroundDamage(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	log := openLog(t, osDisk{}, dir, segmentSize, segmentCount)
	for range 5 {
		if _, err := log.Append(somePlay()); err != nil {
			t.Fatal(err)
		}
	}
	log.Close()
	path := segmentPath(playsDir(dir), 1)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.SplitAfter(b, []byte("\n"))
	lines[1] = []byte("{\"seq\":\n")
	lines[2][3] = 0
	if err := os.WriteFile(path, bytes.Join(lines, nil), 0o644); err != nil {
		t.Fatal(err)
	}
	var got []string
	for p, err := range ReadPlays(dir) {
		if err != nil {
			got = append(got, strings.TrimPrefix(err.Error(), path)[:3])
			continue
		}
		got = append(got, fmt.Sprint(p.Seq))
	}
	if want := []string{"1", ":2:", ":3:", "4", "5"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	for p := range ReadPlays(dir) { // a reader may stop
		if p.Seq == 1 {
			break
		}
	}
	again := openLog(t, osDisk{}, dir, segmentSize, segmentCount)
	if p, err := again.Append(somePlay()); err != nil || p.Seq != 6 || again.Torn() != 0 {
		t.Errorf("went on with %d, %v, %d torn", p.Seq, err, again.Torn())
	}
}

func TestReadPlaysWithoutLog(t *testing.T) {
	t.Parallel()
	n := 0
	for _, err := range ReadPlays(t.TempDir()) {
		n++
		wantHint(t, err, fs.ErrNotExist)
	}
	if n != 1 {
		t.Errorf("yielded %d times", n)
	}
	dir := t.TempDir()
	openLog(t, osDisk{}, dir, segmentSize, segmentCount)
	for _, name := range []string{"1.jsonl", "0000002.jsonl", "000000.jsonl", "-00001.jsonl", "000003.jsonl.bak", "notes"} {
		if err := os.WriteFile(filepath.Join(playsDir(dir), name), []byte("nonsense\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got := readAll(t, dir); len(got) != 0 {
		t.Errorf("read %v", got)
	}
}

func FuzzParsePlay(f *testing.F) {
	b, err := encodePlay(somePlay())
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{
		string(b), strings.Replace(string(b), `"seq":0`, `"seq":7`, 1), "", "{}", "null", "[1]", "{\"seq\":1}", "{\"seq\":-1}",
		`{"seq":1,"seq":2,"SEQ":3}`, `{"seq":1,"outcome":"seen"}`, `{"seq":1,"started_at":"9999-12-31T23:59:59-23:00"}`,
		`{"seq":1,"reasons":null,"new":[{}]}`, strings.Repeat("[", 10_000), "{\"seq\":1}{\"seq\":2}", "\x00\x00",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		p, err := parsePlay(line)
		if err != nil {
			if !reflect.DeepEqual(p, plan.Play{}) {
				t.Error("an error and a play")
			}
			return
		}
		if p.Seq == 0 {
			t.Error("a play without a number")
		}
		b, err := encodePlay(p)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.IndexByte(b, '\n') != len(b)-1 {
			t.Errorf("more than one line: %q", b)
		}
		again, err := parsePlay(b)
		if err != nil {
			t.Fatal(err)
		}
		if b2, err := encodePlay(again); err != nil || !bytes.Equal(b, b2) {
			t.Errorf("%s became %s, %v", b, b2, err)
		}
	})
}

// FuzzEachLine checks that the lines and offsets add up to the input.
func FuzzEachLine(f *testing.F) {
	for _, seed := range []string{"", "\n", "a", "a\nb\n\nc", strings.Repeat("x", maxLine+5) + "\nb\n", strings.Repeat("y", maxLine-1) + "\n"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var last int64
		err := eachLine(bytes.NewReader(b), func(line []byte, end int64) bool {
			want := b[last : end-1]
			if b[end-1] != '\n' || bytes.Contains(want, []byte("\n")) {
				t.Fatalf("bytes %d to %d are no line", last, end)
			}
			if len(want) < maxLine != (line != nil) || line != nil && !bytes.Equal(line, want) {
				t.Fatalf("line %.50q, want %.50q", line, want)
			}
			last = end
			return true
		})
		if err != nil || bytes.Contains(b[last:], []byte("\n")) {
			t.Fatalf("ended at %d of %d, %v", last, len(b), err)
		}
	})
}
