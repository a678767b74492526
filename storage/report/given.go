package report

import (
	"bytes"
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
	Seq  uint64 `json:"seq"`
}

// marks are the receipts that were given, oldest first.
type marks []Mark

// keptMarks is how many are remembered. Who acknowledges an older one gets its
// records again.
const keptMarks = 256

const givenName = "receipts.csv"

func givenPath(data string) string { return filepath.Join(hoursDir(data), givenName) }

// ends are the numbers of their last records.
func (m marks) ends() []uint64 {
	ends := make([]uint64, len(m))
	for i := range m {
		ends[i] = m[i].Seq
	}
	return ends
}

// since is the number up to which records are acknowledged: 0 if the mark names no
// receipt that was given.
func (m marks) since(acked Mark) uint64 {
	for _, k := range m {
		if k.Seq == acked.Seq && (acked.Boot == "" || k.Boot == acked.Boot) {
			return acked.Seq
		}
	}
	return 0
}

// with adds a mark.
func (m marks) with(last Mark) marks {
	m = append(slices.DeleteFunc(slices.Clone(m), func(k Mark) bool { return k == last }), last)
	return m[max(0, len(m)-keptMarks):]
}

const givenHead = "to_seq,boot\n"

// encode writes a head, a line a mark, and END with the digest of those.
func (m marks) encode() []byte {
	var b bytes.Buffer
	b.WriteString(givenHead)
	for _, k := range m {
		b.WriteString(joinCells([]string{strconv.FormatUint(k.Seq, 10), text(k.Boot)}))
	}
	return fmt.Appendf(b.Bytes(), "END %x,\n", sha256.Sum256(b.Bytes()))
}

var errGiven = errors.New("it is not a list of receipts")

func parseGiven(b []byte) (marks, error) {
	lines := strings.Split(string(b), "\n")
	if len(lines) < 3 {
		return nil, errGiven
	}
	var m marks
	for _, line := range lines[1 : len(lines)-2] {
		cells, err := splitCells(line)
		if err != nil || len(cells) != 2 {
			return nil, errGiven
		}
		seq, err := strconv.ParseUint(cells[0], 10, 64)
		if err != nil {
			return nil, errGiven
		}
		m = append(m, Mark{Boot: plain(cells[1]), Seq: seq})
	}
	if !bytes.Equal(m.encode(), b) {
		return nil, errGiven
	}
	return m, nil
}

// readGiven returns the receipts that were given. A list that is damaged is
// empty: records are given again, and none is lost.
func readGiven(d disk.Disk, data string) (marks, error) {
	b, err := disk.ReadFile(d, givenPath(data), 1<<20)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, disk.Explain("cannot read", givenPath(data), err)
	}
	m, err := parseGiven(b)
	if err != nil {
		return nil, &disk.Fault{Fact: givenPath(data) + " is damaged", Cause: err, Kind: ErrDamaged}
	}
	return m, nil
}

func saveGiven(d disk.Disk, data string, m marks) error {
	err := disk.Save(d, hoursDir(data), func(w io.Writer) (string, error) {
		_, err := w.Write(m.encode())
		return givenName, err
	})
	return disk.Explain("cannot write", givenPath(data), err)
}
