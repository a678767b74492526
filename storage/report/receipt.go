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

// A Receipt is what a signed receipt says of itself.
type Receipt struct {
	// Device is the screen's id, Venue the shop's name, Key the public half of the
	// key that signed it.
	Device string `json:"device"`
	Venue  string `json:"venue"`
	Key    string `json:"key"`
	// From and To are the records it accounts for; with Boot, To is what an
	// acknowledgement names.
	From uint64 `json:"from_seq"`
	To   uint64 `json:"to_seq"`
	Boot string `json:"boot"`
	// First and Last are the hours of its first and its last row.
	First time.Time `json:"first_hour"`
	Last  time.Time `json:"last_hour"`
	// Completed, Interrupted and Failed are the sums of its rows. Missing are the
	// records that are in none of them: damaged on the card, or no longer kept.
	Completed   int64 `json:"completed"`
	Interrupted int64 `json:"interrupted"`
	Failed      int64 `json:"failed"`
	Missing     int64 `json:"missing"`
}

// Mark is what acknowledges the receipt.
func (r *Receipt) Mark() Mark { return Mark{Boot: r.Boot, Seq: r.To} }

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

var deviceID = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,31}$`)

// Give writes the receipt of all whole hours that no receipt the operator has
// acknowledged has, to ENTRACTE/reports/<device> on a stick that is mounted at
// root: as CSV and as JSON lines, each with its signature beside it. It returns
// what it says and the names of the four files. With nothing new it writes nothing
// and returns no names.
//
// plays are the records of the log, acked the newest acknowledgement that came
// back. One that names no receipt of this log is as none. now is the time by the
// clock that dates the plays: its hour is not whole yet and comes with the next
// receipt. The caller syncs the log before, and unmounts the stick after.
func (g Giver) Give(root string, plays iter.Seq2[plan.Play, error], acked Mark, now time.Time) (Receipt, []string, error) {
	if !deviceID.MatchString(g.Device) {
		return Receipt{}, nil, &disk.Fault{
			Fact: fmt.Sprintf("the device id %q cannot name a folder", g.Device),
			Hint: "device.id in entracte.toml takes up to 32 small letters, digits and dashes",
		}
	}
	given, _ := readGiven(g.Disk, g.Data)
	since := given.since(acked)
	r, err := g.account(plays, since, now)
	if err != nil || r.To == 0 {
		return Receipt{}, nil, err
	}
	// Remembered first: a receipt may arrive though writing it seemed to fail.
	if err := makeHours(g.Disk, g.Data); err != nil {
		return Receipt{}, nil, err
	}
	if err := saveGiven(g.Disk, g.Data, given.with(r.Mark())); err != nil {
		return Receipt{}, nil, err
	}
	dir := filepath.Join(root, "ENTRACTE", "reports", g.Device)
	if err := mkdirs(g.Disk, root, dir); err != nil {
		return Receipt{}, nil, err
	}
	var names []string
	for _, f := range []struct {
		form
		head, ext string
	}{{csvForm, csvHead, "csv"}, {jsonForm, r.jsonHead(), "jsonl"}} {
		name, err := g.sign(dir, f.form, f.head, f.ext, r, g.rows(plays, since, r.To))
		if err != nil {
			return Receipt{}, nil, disk.Explain("cannot write the receipt to", dir, err)
		}
		names = append(names, name, name+signed)
	}
	return r, names, nil
}

// account sums up what a receipt would have. The last block is left out while its
// hour is not over.
func (g Giver) account(plays iter.Seq2[plan.Play, error], since uint64, now time.Time) (Receipt, error) {
	r := Receipt{Device: g.Device, Venue: shorten(name(g.Venue), 200), Key: g.Key.Public(), From: since + 1}
	var last *block
	records := int64(0)
	count := func(b *block) {
		if r.To == 0 {
			r.From, r.First = min(r.From, b.from()), b.hour()
		}
		r.To, r.Boot, r.Last = b.to(), shorten(name(b.boot), 100), b.hour()
		for i := range b.rows {
			r.Completed += b.rows[i].Completed
			r.Interrupted += b.rows[i].Interrupted
			r.Failed += b.rows[i].Failed
			records += b.rows[i].Records()
		}
	}
	for b, err := range blocks(g.Disk, g.Data, plays) {
		if errors.Is(err, fs.ErrNotExist) {
			return Receipt{}, err
		}
		if err != nil || b.to() <= since {
			continue
		}
		if last != nil {
			count(last)
		}
		last = b
	}
	if last != nil && !last.hour().Equal(hourOf(now)) {
		count(last)
	}
	if r.To > 0 {
		r.Missing = int64(r.To-r.From+1) - records
	}
	return r, nil
}

// rows are those of the blocks after one record and up to another.
func (g Giver) rows(plays iter.Seq2[plan.Play, error], since, to uint64) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		for r, err := range Hours(g.Disk, g.Data, plays) {
			if err != nil || r.To <= since {
				continue
			}
			if r.To > to || !yield(r, nil) {
				return
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
		sum, size := sha256.New(), int64(0)
		var fed bytes.Buffer
		hashed := minisign.NewReader(&fed)
		err := f.write(io.MultiWriter(w, sum, writerFunc(func(b []byte) (int, error) {
			size += int64(len(b))
			fed.Write(b)
			_, err := io.Copy(io.Discard, hashed)
			return len(b), err
		})), head, rows)
		if err != nil {
			return "", err
		}
		digest := hexSum(sum)
		signature = hashed.SignWithComments(g.Key.private, r.comment(digest), "receipt of "+r.Device+", signed by "+r.Key)
		name, err = g.receiptName(dir, fmt.Sprintf("%010d-%010d", r.From, r.To), ext, digest, size)
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
