package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"entracte/storage/disk"
	"entracte/storage/report"
)

// What comes back from a shop is refused before much of it is read, and a signal ends
// the reading.
func TestReceiptsHaveLimits(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name) }
	for _, name := range []string{"large.csv", "large.csv.minisig", "small.csv", "small.csv.minisig"} {
		if err := os.WriteFile(path(name), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Truncate(path("large.csv"), maxReceipt+1); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(path("folder.csv"), 0o700); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	for name, want := range map[string]string{"large.csv": "has more than 268435456 bytes\nhint: ", "folder.csv": "is not a file\nhint: "} {
		if _, err := acknowledge(receiptDisk{disk.OS, ctx}, path(name), nil); !errors.Is(err, report.ErrNotReceipt) || !strings.Contains(err.Error(), path(name)+" "+want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	f, err := receiptDisk{disk.OS, ctx}.Open(path("small.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	terms := packTerms{acks: []string{dir}}
	if _, err := terms.acknowledged(ctx, "acme"); err == nil || errors.Is(err, errStopped) {
		t.Errorf("before it is stopped: %v", err)
	}
	cancel()
	if _, err := f.Read(make([]byte, 1)); !errors.Is(err, context.Canceled) {
		t.Errorf("in the middle of a file: %v", err)
	}
	if _, err := terms.acknowledged(ctx, "acme"); !errors.Is(err, errStopped) {
		t.Errorf("in a folder: %v", err)
	}
	if _, err := acknowledge(receiptDisk{disk.OS, ctx}, path("small.csv"), nil); !errors.Is(err, errStopped) {
		t.Errorf("a file: %v", err)
	}
}
