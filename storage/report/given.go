package report

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"entracte/storage/disk"
)

// A Mark is the last record of a receipt: what an operator sends back to say that
// it has arrived. The zero Mark acknowledges nothing.
type Mark struct {
	// Boot is the start of the machine that record Seq was made in, so that a
	// number from before a log was lost means nothing afterwards; "" where only the
	// rolled-up hours are left of it, or an operator does not say.
	Boot string `json:"boot"`
	// Seq is its number among the organisation's own.
	Seq uint64 `json:"seq"`
}

// A mark says where in the log an organisation's own number is: the last one of a
// receipt that was given, or of the hours that were forgotten.
type mark struct {
	org    string
	number uint64
	// at is the number of a record of the log, of whoever it is.
	at   uint64
	boot string
}

func (m mark) compare(n mark) int { return cmp.Compare(m.at, n.at) }

// marks are those of receipts that were given, oldest first, or one for each
// organisation of what was forgotten.
type marks []mark

// keptMarks is how many are remembered of an organisation. Who acknowledges an older
// one gets its records again.
const keptMarks = 256

const (
	givenName     = "receipts.csv"
	forgottenName = "forgotten.csv"
)

// ends are the numbers of the log's records that end them.
func (m marks) ends() []uint64 {
	ends := make([]uint64, len(m))
	for i := range m {
		ends[i] = m[i].at
	}
	return ends
}

// end is the last of them.
func (m marks) end() (last uint64) {
	for i := range m {
		last = max(last, m[i].at)
	}
	return last
}

// since is the latest mark that is acknowledged: the zero one if none of them names a
// receipt that the organisation was given.
func (m marks) since(org string, acked []Mark) (latest mark) {
	for _, k := range m {
		if k.org == org && k.at > latest.at && slices.ContainsFunc(acked, func(a Mark) bool {
			return a.Seq == k.number && (a.Boot == "" || a.Boot == k.boot)
		}) {
			latest = k
		}
	}
	return latest
}

// of is the mark of an organisation in a list that has one for each.
func (m marks) of(org string) mark {
	if i := slices.IndexFunc(m, func(k mark) bool { return k.org == org }); i >= 0 {
		return m[i]
	}
	return mark{org: org}
}

// with adds a mark.
func (m marks) with(last mark) marks {
	m = append(slices.DeleteFunc(slices.Clone(m), func(k mark) bool { return k == last }), last)
	n := 0
	for _, k := range m {
		if k.org == last.org {
			n++
		}
	}
	return slices.DeleteFunc(m, func(k mark) bool {
		if k.org == last.org {
			n--
		}
		return k.org == last.org && n >= keptMarks
	})
}

const marksHead = "org,number,to_seq,boot\n"

// encode writes a head, a line a mark, and END with the digest of those.
func (m marks) encode() []byte {
	var b bytes.Buffer
	b.WriteString(marksHead)
	for _, k := range m {
		b.WriteString(joinCells([]string{text(k.org), strconv.FormatUint(k.number, 10), strconv.FormatUint(k.at, 10), text(k.boot)}))
	}
	return fmt.Appendf(b.Bytes(), "END %x,,,\n", sha256.Sum256(b.Bytes()))
}

var errMarks = errors.New("it is not a list of receipts")

func parseMarks(b []byte) (marks, error) {
	lines := strings.Split(string(b), "\n")
	if len(lines) < 3 {
		return nil, errMarks
	}
	var m marks
	for _, line := range lines[1 : len(lines)-2] {
		cells, err := splitCells(line)
		if err != nil || len(cells) != 4 {
			return nil, errMarks
		}
		k := mark{org: plain(cells[0]), boot: plain(cells[3])}
		number, badNumber := strconv.ParseUint(cells[1], 10, 64)
		at, badAt := strconv.ParseUint(cells[2], 10, 64)
		if badNumber != nil || badAt != nil || max(number, at) > maxSeq {
			return nil, errMarks
		}
		k.number, k.at = number, at
		m = append(m, k)
	}
	if !bytes.Equal(m.encode(), b) {
		return nil, errMarks
	}
	return m, nil
}

// readMarks returns the marks of a file beside the day files. One that is damaged, or
// an earlier build's, has none: records are given again, and none is lost.
func readMarks(d disk.Disk, data, name string) (marks, error) {
	path := filepath.Join(hoursDir(data), name)
	b, err := disk.ReadFile(d, path, 4<<20)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, disk.Explain("cannot read", path, err)
	}
	m, err := parseMarks(b)
	if err != nil {
		return nil, &disk.Fault{Fact: path + " is damaged", Cause: err, Kind: ErrDamaged}
	}
	return m, nil
}

func saveMarks(d disk.Disk, data, name string, m marks) error {
	err := disk.Save(d, hoursDir(data), func(w io.Writer) (string, error) {
		_, err := w.Write(m.encode())
		return name, err
	})
	return disk.Explain("cannot write", filepath.Join(hoursDir(data), name), err)
}
