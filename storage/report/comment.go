package report

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// comment is the trusted comment of a receipt's signature: the format, then
// key=value pairs in a fixed order, values percent-encoded as in the path of a URL
// (RFC 3986), so that the line is ASCII and its parts hold no spaces.
func (r *Receipt) comment(sum string) string {
	pairs := []string{ReceiptFormat}
	for _, f := range r.fields(&sum) {
		pairs = append(pairs, f.name+"="+url.PathEscape(f.get()))
	}
	return strings.Join(pairs, " ")
}

// parseComment is the inverse of comment.
func parseComment(s string) (r Receipt, sum string, err error) {
	pairs := strings.Split(s, " ")
	fields := r.fields(&sum)
	if pairs[0] != ReceiptFormat || len(pairs) != 1+len(fields) {
		return Receipt{}, "", errComment
	}
	for i, f := range fields {
		name, escaped, _ := strings.Cut(pairs[1+i], "=")
		value, err := url.PathUnescape(escaped)
		if err == nil {
			err = f.set(value)
		}
		if name != f.name || err != nil {
			return Receipt{}, "", errComment
		}
	}
	if r.comment(sum) != s {
		return Receipt{}, "", errComment
	}
	return r, sum, nil
}

var errComment = errors.New("its signed comment is not that of a receipt")

// A field is one of the values that a receipt states.
type field struct {
	name string
	get  func() string
	set  func(string) error
}

func (r *Receipt) fields(sum *string) []field {
	return []field{
		textField("device", &r.Device), textField("org", &r.Org), textField("venue", &r.Venue), textField("key", &r.Key),
		seqField("from", &r.From), seqField("to", &r.To), textField("boot", &r.Boot),
		hourField("first", &r.First), hourField("last", &r.Last),
		numberField("completed", &r.Completed), numberField("interrupted", &r.Interrupted),
		numberField("failed", &r.Failed), numberField("missing", &r.Missing), textField("sha256", sum),
	}
}

func textField(name string, to *string) field {
	return field{name, func() string { return *to }, func(s string) error { *to = s; return nil }}
}

func seqField(name string, to *uint64) field {
	return field{name, func() string { return strconv.FormatUint(*to, 10) }, func(s string) (err error) {
		*to, err = strconv.ParseUint(s, 10, 64)
		return err
	}}
}

func numberField(name string, to *int64) field {
	return field{name, func() string { return number(*to) }, func(s string) (err error) {
		*to, err = strconv.ParseInt(s, 10, 64)
		return err
	}}
}

func hourField(name string, to *time.Time) field {
	return field{name, func() string { return to.Format(hourLayout) }, func(s string) (err error) {
		*to, err = time.Parse(hourLayout, s)
		return err
	}}
}

// jsonHead is the first line of a receipt as JSON lines.
func (r *Receipt) jsonHead() string {
	b, _ := jsonLine(struct {
		Format string `json:"receipt"`
		Receipt
	}{ReceiptFormat, *r}) // nothing in it can fail: years of four digits
	return string(b)
}

// agree compares what a receipt says of itself with what its rows add up to.
func (r *Receipt) agree(sums Receipt) error {
	sums.Device, sums.Org, sums.Venue, sums.Key, sums.Boot, sums.From = r.Device, r.Org, r.Venue, r.Key, r.Boot, r.From
	sums.Missing = int64(r.To-r.From+1) - sums.records()
	if sums != *r || r.From == 0 || r.Missing < 0 {
		return fmt.Errorf("its rows do not add up to what it says: %d plays of %d", sums.Completed, r.Completed)
	}
	return nil
}
