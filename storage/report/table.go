package report

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"iter"
	"strings"
)

// A form is one of the two ways in which rows are written: lines, the first one a
// head, the last one an end that holds the SHA-256 of all lines before it.
type form struct {
	row   func(Row) string
	parse func(line string) (Row, error)
	// end is the last line, and begins with ending.
	end    func(sum string) string
	ending string
}

var csvForm = form{
	row: csvRow, parse: parseCSVRow,
	end:    func(sum string) string { return "END " + sum + strings.Repeat(",", len(rowColumns)-1) + "\n" },
	ending: "END ",
}

var jsonForm = form{
	row: jsonRow, parse: parseJSONRow,
	end:    func(sum string) string { return `{"end":"` + sum + "\"}\n" },
	ending: `{"end":`,
}

// csvHead is the first line of rows as CSV.
var csvHead = joinCells(rowColumns)

// write writes a whole table.
func (f form) write(w io.Writer, head string, rows iter.Seq2[Row, error]) error {
	sum := sha256.New()
	b := bufio.NewWriter(io.MultiWriter(w, sum))
	_, err := b.WriteString(head)
	for r, bad := range rows {
		if err = errors.Join(err, bad); err == nil {
			_, err = b.WriteString(f.row(r))
		}
		if err != nil {
			return err
		}
	}
	if err = errors.Join(err, b.Flush()); err != nil {
		return err
	}
	_, err = io.WriteString(w, f.end(hexSum(sum)))
	return err
}

func hexSum(h hash.Hash) string { return hex.EncodeToString(h.Sum(nil)) }

// Faults of a table. The callers say of which file.
var (
	errCut      = errors.New("it was cut off: its last line is not there")
	errDigest   = errors.New("its last line holds another digest than its lines have")
	errOverlong = errors.New("a line is too long")
	errOrder    = errors.New("it does not come after the row before it")
	errTooMany  = errors.New("its hour counts more than its records")
	errHead     = errors.New("its first line is not the one it should be")
	errTail     = errors.New("something follows its last line")
)

// read yields the rows of a whole table that begins with head. An error ends it;
// what was yielded before is in doubt then, because the digest comes last.
func (f form) read(r io.Reader, head string) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		in := &lines{in: bufio.NewReader(r), sum: sha256.New()}
		line, err := in.next()
		if err == nil && line+"\n" != head {
			err = errHead
		}
		if err != nil {
			yield(Row{}, err)
			return
		}
		var o order
		for {
			in.sum.Write([]byte(line + "\n"))
			line, err = in.next()
			if err == nil && strings.HasPrefix(line, f.ending) {
				if err := in.end(line+"\n" == f.end(hexSum(in.sum))); err != nil {
					yield(Row{}, err)
				}
				return
			}
			var row Row
			if err == nil {
				if row, err = f.parse(line); err == nil {
					err = o.follow(&row)
				}
				if err != nil {
					err = fmt.Errorf("line %d: %w", in.number, err)
				}
			}
			if !yield(row, err) || err != nil {
				return
			}
		}
	}
}

// lines reads a table's lines; who has made sure of one adds it to the sum.
type lines struct {
	in     *bufio.Reader
	sum    hash.Hash
	number int
}

// next returns a line without its end.
func (l *lines) next() (string, error) {
	l.number++
	line := ""
	for {
		part, err := l.in.ReadSlice('\n')
		line += string(part)
		switch {
		case len(line) > maxLine:
			return "", errOverlong
		case errors.Is(err, bufio.ErrBufferFull):
		case errors.Is(err, io.EOF):
			return "", errCut
		case err != nil:
			return "", err
		default:
			return line[:len(line)-1], nil
		}
	}
}

// end checks what is behind the last line.
func (l *lines) end(right bool) error {
	if !right {
		return errDigest
	}
	if _, err := l.in.ReadByte(); !errors.Is(err, io.EOF) {
		return errors.Join(err, errTail)
	}
	return nil
}

// An order checks what rows owe to those before them.
type order struct {
	last    Row
	begun   bool
	records int64
}

func (o *order) follow(r *Row) error {
	switch {
	case !o.begun || r.From > o.last.To:
		o.records = 0
	case !r.sameHour(&o.last) || r.compare(&o.last) <= 0:
		return errOrder
	}
	o.begun, o.last = true, *r
	o.records += r.Records()
	if uint64(o.records) > r.To-r.From+1 {
		return errTooMany
	}
	return nil
}
