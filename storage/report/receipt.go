package report

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"path/filepath"
	"regexp"
	"time"

	"aead.dev/minisign"

	"entracte/scheduler/plan"
	"entracte/storage/disk"
)

// A Receipt is what a signed receipt says of itself. All of it is of one organisation,
// but for the device and the venue.
type Receipt struct {
	// Device is the screen's id, Org the organisation it is for, Venue the shop's name,
	// Key the public half of the key that signed it.
	Device string `json:"device"`
	Org    string `json:"org"`
	Venue  string `json:"venue"`
	Key    string `json:"key"`
	// From and To are the organisation's own numbers that it accounts for; with Boot,
	// To is what an acknowledgement names.
	From uint64 `json:"from_seq"`
	To   uint64 `json:"to_seq"`
	Boot string `json:"boot"`
	// First and Last are the hours of its first and its last row.
	First time.Time `json:"first_hour"`
	Last  time.Time `json:"last_hour"`
	// Completed, Interrupted and Failed are the sums of its rows. Missing are the
	// numbers that are in none of them: records that the organisation was told of and
	// that are damaged since, or no longer kept; and one for each hour in or before
	// which records of anybody are lost.
	Completed   int64 `json:"completed"`
	Interrupted int64 `json:"interrupted"`
	Failed      int64 `json:"failed"`
	Missing     int64 `json:"missing"`
}

// Mark is what acknowledges the receipt.
func (r *Receipt) Mark() Mark { return Mark{Boot: r.Boot, Seq: r.To} }

// add sums up a row.
func (r *Receipt) add(row *Row) {
	if r.To == 0 {
		r.First = row.Hour
	}
	r.To, r.Last = row.To, row.Hour
	r.Completed += row.Completed
	r.Interrupted += row.Interrupted
	r.Failed += row.Failed
}

func (r *Receipt) records() int64 { return r.Completed + r.Interrupted + r.Failed }

// ReceiptFormat names this form of receipt, and its version.
const ReceiptFormat = "entracte-receipt/1"

// A Giver gives receipts of one screen.
type Giver struct {
	Disk disk.Disk
	// Data is the data folder.
	Data string
	Key  *Key
	// Device is the screen's id: small letters, digits and dashes, as in packs.
	Device string
	Venue  string
}

// slug is a name that can be part of a path, as in packs.
var slug = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,31}$`)

// Give writes the receipt of an organisation to ENTRACTE/reports/<device> on a stick
// that is mounted at root: all whole hours with plays of its feeds that no receipt it
// has acknowledged has, as CSV and as JSON lines, each with its signature beside it.
// It returns what it says and the names of the four files. With nothing new it writes
// nothing and returns no names.
//
// plays are the records of the log, acked the acknowledgements that came back from
// that organisation, in any order. One that names no receipt it was given is as none.
// now is the time by the clock that dates the plays: its hour is not whole yet and
// comes with the next receipt. The caller syncs the log before, and unmounts the stick
// after. One call at a time.
func (g Giver) Give(root, org string, plays iter.Seq2[plan.Play, error], acked []Mark, now time.Time) (Receipt, []string, error) {
	if !slug.MatchString(g.Device) {
		return Receipt{}, nil, &disk.Fault{
			Fact: fmt.Sprintf("the device id %q cannot name a folder", g.Device),
			Hint: "device.id in entracte.toml takes up to 32 small letters, digits and dashes",
		}
	}
	if !slug.MatchString(org) {
		return Receipt{}, nil, fmt.Errorf("the organisation %q cannot name a receipt", org)
	}
	given, _ := readMarks(g.Disk, g.Data, givenName)
	since := given.since(org, acked)
	begin := func() *part { return partOf(org, given, since) }
	if forgotten, _ := readMarks(g.Disk, g.Data, forgottenName); forgotten.of(org).at > since.at {
		begin = func() *part { return partOf(org, given, forgotten.of(org)) }
	}
	r, end, err := g.account(plays, begin(), now)
	if err != nil || r.To == 0 {
		return Receipt{}, nil, err
	}
	if since.number > 0 {
		r.From = since.number + 1
	}
	r.Missing = int64(r.To-r.From+1) - r.records()
	// Remembered first: a receipt may arrive though writing it seemed to fail.
	if err := makeHours(g.Disk, g.Data); err != nil {
		return Receipt{}, nil, err
	}
	if err := saveMarks(g.Disk, g.Data, givenName, given.with(end)); err != nil {
		return Receipt{}, nil, err
	}
	names, err := g.write(root, r, func() iter.Seq2[Row, error] { return g.rows(plays, begin(), r.To) })
	if err != nil {
		return Receipt{}, nil, err
	}
	return r, names, nil
}

// write writes a receipt in both forms; rows begins a walk over its rows.
func (g Giver) write(root string, r Receipt, rows func() iter.Seq2[Row, error]) (names []string, err error) {
	dir := filepath.Join(root, "ENTRACTE", "reports", g.Device)
	if err := mkdirs(g.Disk, root, dir); err != nil {
		return nil, err
	}
	for _, f := range []struct {
		form
		head, ext string
	}{{csvForm, csvHead, "csv"}, {jsonForm, r.jsonHead(), "jsonl"}} {
		name, err := g.sign(dir, f.form, f.head, f.ext, r, rows())
		if err != nil {
			return nil, disk.Explain("cannot write the receipt to", dir, err)
		}
		names = append(names, name, name+signed)
	}
	return names, nil
}

// account sums up what a receipt has of a part, and says where that ends. The last
// portion is left out while its hour is not over.
func (g Giver) account(plays iter.Seq2[plan.Play, error], p *part, now time.Time) (Receipt, mark, error) {
	r := Receipt{Device: g.Device, Org: p.org, Venue: shorten(name(g.Venue), 200), Key: g.Key.Public()}
	end := mark{org: p.org}
	count := func(h *portion) {
		if r.To == 0 {
			r.From = h.from()
		}
		for i := range h.rows {
			r.add(&h.rows[i])
		}
		r.Boot = shorten(name(h.boot), 100)
		end.number, end.at, end.boot = h.to(), h.at, r.Boot
	}
	var last *portion
	for h, err := range portions(g.Disk, g.Data, plays, p) {
		if errors.Is(err, fs.ErrNotExist) {
			return Receipt{}, mark{}, err
		}
		if err != nil {
			continue
		}
		if last != nil {
			count(last)
		}
		last = h
	}
	if last != nil && !last.hour.Equal(hourOf(now)) {
		count(last)
	}
	return r, end, nil
}

// rows are those of a part up to one of its numbers.
func (g Giver) rows(plays iter.Seq2[plan.Play, error], p *part, to uint64) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		for h, err := range portions(g.Disk, g.Data, plays, p) {
			if err != nil {
				continue
			}
			if h.to() > to {
				return
			}
			for _, r := range h.rows {
				if !yield(r, nil) {
					return
				}
			}
		}
	}
}

// signed is the ending of a signature's name.
const signed = ".minisig"

// sign writes one form of a receipt, and then its signature: without one it is
// unfinished, and the next receipt has its records again.
func (g Giver) sign(dir string, f form, head, ext string, r Receipt, rows iter.Seq2[Row, error]) (name string, err error) {
	var signature []byte
	err = disk.Save(g.Disk, dir, func(w io.Writer) (string, error) {
		var sums Receipt
		sum, size := sha256.New(), int64(0)
		var fed bytes.Buffer
		hashed := minisign.NewReader(&fed)
		err := f.write(io.MultiWriter(w, sum, writerFunc(func(b []byte) (int, error) {
			size += int64(len(b))
			fed.Write(b)
			_, err := io.Copy(io.Discard, hashed)
			return len(b), err
		})), head, summed(rows, &sums))
		if err != nil {
			return "", err
		}
		if err := r.agree(sums); err != nil {
			return "", &disk.Fault{Fact: "the play log changed while the receipt was written", Cause: err, Hint: "plug the stick in again"}
		}
		digest := hexSum(sum)
		signature = hashed.SignWithComments(g.Key.private, r.comment(digest), "receipt of "+r.Device+" for "+r.Org+", signed by "+r.Key)
		name, err = g.receiptName(dir, fmt.Sprintf("%s-%010d-%010d", r.Org, r.From, r.To), ext, digest, size)
		return name, err
	})
	if err != nil {
		return "", err
	}
	return name, disk.Save(g.Disk, dir, func(w io.Writer) (string, error) {
		_, err := w.Write(signature)
		return name + signed, err
	})
}

// summed sums up the rows that go by.
func summed(rows iter.Seq2[Row, error], sums *Receipt) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		for r, err := range rows {
			if err == nil {
				sums.add(&r)
			}
			if !yield(r, err) {
				return
			}
		}
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(b []byte) (int, error) { return f(b) }

// receiptName is base.ext, or one with the digest's first digits if another
// receipt has that name: nothing that was given is ever replaced. What is there may
// be anything, a pipe too, or without end: only a file of the same size is read.
func (g Giver) receiptName(dir, base, ext, digest string, size int64) (string, error) {
	name, another := base+"."+ext, fmt.Sprintf("%s-%s.%s", base, digest[:8], ext)
	at, err := g.Disk.Stat(filepath.Join(dir, name))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return name, nil
	case err != nil:
		return "", err
	case !at.Mode().IsRegular() || at.Size() != size:
		return another, nil
	}
	f, err := g.Disk.Open(filepath.Join(dir, name))
	if err != nil {
		return "", err
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return "", err
	}
	if hexSum(sum) == digest {
		return name, nil
	}
	return another, nil
}

// mkdirs makes the folders below root that lead to dir, durably. None of them may be
// a link: it would lead off the stick.
func mkdirs(d disk.Disk, root, dir string) error {
	if parent := filepath.Dir(dir); parent != root && parent != dir {
		if err := mkdirs(d, root, parent); err != nil {
			return err
		}
	}
	if at, err := d.Stat(dir); err == nil && !at.IsDir() {
		return &disk.Fault{Fact: dir + " is not a folder", Hint: "remove it, or format the stick as FAT32 or exFAT"}
	}
	err := d.Mkdir(dir)
	if err == nil {
		err = d.SyncDir(filepath.Dir(dir))
	}
	return disk.Explain("cannot make", dir, err)
}

func makeHours(d disk.Disk, data string) error { return mkdirs(d, data, hoursDir(data)) }

func shorten(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most])
	}
	return s
}
