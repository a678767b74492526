package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"entracte/storage/disk"
	"entracte/storage/pack"
	"entracte/storage/report"
)

// What comes back from shops is anybody's: it has limits, and a signal ends it.
const (
	// maxReceiptNames are four files for each of the screens that a pack can acknowledge,
	// and their folders, several times over.
	maxReceiptNames = 200_000
	// maxReceipt is the largest receipt, in bytes: 400 days of a busy screen have a tenth
	// of it.
	maxReceipt = 256 << 20
)

var (
	errStopped   = errors.New("stopped while the receipts were read: nothing was built\nhint: build again")
	errManyNames = errors.New("too many files")
)

// A receiptDisk opens regular files of a sensible size only, and ends with its context.
type receiptDisk struct {
	disk.Disk
	ctx context.Context
}

func (d receiptDisk) Open(path string) (disk.File, error) {
	stat, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case !stat.Mode().IsRegular():
		return nil, &disk.Fault{Kind: report.ErrNotReceipt, Fact: path + " is not a file", Hint: "receipts are in " + pack.Folder + "/reports on the stick"}
	case stat.Size() > maxReceipt:
		return nil, &disk.Fault{Kind: report.ErrNotReceipt, Fact: fmt.Sprintf("%s has more than %d bytes", path, maxReceipt), Hint: "take it out of the folder: no screen writes so large a receipt"}
	}
	f, err := d.Disk.Open(path)
	if err != nil {
		return nil, err
	}
	return receiptFile{f, d.ctx}, nil
}

type receiptFile struct {
	disk.File
	ctx context.Context
}

func (f receiptFile) Read(b []byte) (int, error) {
	if err := f.ctx.Err(); err != nil {
		return 0, err
	}
	return f.File.Read(b)
}

// acknowledged verifies the receipts, and returns the newest of each device.
func (t *packTerms) acknowledged(ctx context.Context, org string) (map[string]pack.Ack, error) {
	if len(t.deviceKeys) > 0 && len(t.acks) == 0 {
		return nil, usageError{errors.New("--device-key is for receipts, and there is no --ack\nhint: give the receipts with --ack, or leave it out")}
	}
	var keys []string
	for _, text := range t.deviceKeys {
		key, err := namedKey(text)
		if err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	newest := map[string]report.Receipt{}
	for _, path := range t.acks {
		files, err := receiptFiles(ctx, path)
		if err != nil {
			return nil, err
		}
		ours := 0
		for _, file := range files {
			if ctx.Err() != nil {
				return nil, errStopped
			}
			r, err := acknowledge(receiptDisk{disk.OS, ctx}, file, keys)
			if err != nil {
				return nil, err
			}
			if r.Org != org {
				continue // a screen may have several operators
			}
			ours++
			if err := keep(newest, r, file); err != nil {
				return nil, err
			}
		}
		if ours == 0 {
			return nil, &disk.Fault{Kind: pack.ErrOtherVenue, Fact: fmt.Sprintf("%s has no receipt for %s", path, org), Hint: "compare the --org with what `entracte plays verify` says of it"}
		}
	}
	acks := map[string]pack.Ack{}
	for device, r := range newest {
		acks[device] = pack.Ack(r.Mark())
	}
	return acks, nil
}

// keep keeps a receipt if it is the newest of its screen.
func keep(newest map[string]report.Receipt, r report.Receipt, file string) error {
	was, known := newest[r.Device]
	if known && was.Key != r.Key {
		return &disk.Fault{Kind: report.ErrUntrusted, Fact: fmt.Sprintf("%s is a receipt of %s that is signed by another key than the others: %s", file, r.Device, r.Key),
			Hint: "a screen with a new card has a new key and counts anew: give the receipts of the new card only; if there is no new card, ask whose this one is"}
	}
	if !known || r.To > was.To {
		newest[r.Device] = r
	}
	return nil
}

// acknowledge verifies a receipt; one of keys has signed it, if there are any.
func acknowledge(d disk.Disk, file string, keys []string) (report.Receipt, error) {
	r, err := report.Verify(d, file, "")
	switch {
	case errors.Is(err, context.Canceled):
		return r, errStopped
	case errors.Is(err, fs.ErrNotExist):
		return r, fmt.Errorf("there is no file %s\nhint: receipts are in %s/reports on the stick", file, pack.Folder)
	case err != nil:
		return r, err
	case len(keys) > 0 && !slices.Contains(keys, r.Key):
		return r, &disk.Fault{Kind: report.ErrUntrusted, Fact: fmt.Sprintf("%s is signed by %s, which is none of the keys given", file, r.Key),
			Hint: "compare it with what `entracte status` shows on " + r.Device + ", and give that with --device-key"}
	case !isSlug(r.Device):
		return r, &disk.Fault{Kind: report.ErrNotReceipt, Fact: fmt.Sprintf("%s is of %q, which is no name of a screen", file, r.Device)}
	}
	return r, nil
}

// receiptFiles are the receipts below a folder, without those that have no signature
// beside them; or the one that is named.
func receiptFiles(ctx context.Context, path string) ([]string, error) {
	if stat, err := os.Stat(path); err != nil || !stat.IsDir() {
		return []string{path}, nil
	}
	var files []string
	seen := 0
	err := filepath.WalkDir(path, func(at string, e fs.DirEntry, err error) error {
		switch seen++; {
		case ctx.Err() != nil:
			return errStopped
		case seen > maxReceiptNames:
			return errManyNames
		}
		name, signed := strings.CutSuffix(at, ".minisig")
		if err == nil && signed && e.Type().IsRegular() && slices.Contains([]string{".csv", ".jsonl"}, filepath.Ext(name)) {
			files = append(files, name)
		}
		return err
	})
	switch {
	case errors.Is(err, errStopped):
		return nil, err
	case errors.Is(err, errManyNames):
		return nil, fmt.Errorf("%s holds more than %d files: those are not receipts only\nhint: give the folder %s/reports of the sticks", path, maxReceiptNames, pack.Folder)
	case err != nil:
		return nil, fmt.Errorf("%s cannot be read: %s\nhint: check the stick", path, disk.Reason(err))
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("there is no receipt in %s\nhint: receipts are in %s/reports on the stick, each with its .minisig", path, pack.Folder)
	}
	return files, nil
}
