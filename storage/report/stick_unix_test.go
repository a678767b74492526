//go:build unix

package report

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"entracte/storage/disk"
)

// Whatever lies on a stick in the place of a folder or of a receipt, nothing is
// written off the stick, and nobody waits for a pipe.
func TestGiveOnHostileStick(t *testing.T) {
	t.Parallel()
	plays := newShow().some(12).plays
	link := func(t *testing.T, to, at string) {
		t.Helper()
		if err := os.Symlink(to, at); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name, at string
		make     func(t *testing.T, at, outside string)
		given    bool
	}{
		{"ENTRACTE is a link", "ENTRACTE", func(t *testing.T, at, outside string) { link(t, outside, at) }, false},
		{"reports is a link", "ENTRACTE/reports", func(t *testing.T, at, outside string) { link(t, outside, at) }, false},
		{"the device is a link", "ENTRACTE/reports/dev-9f3a", func(t *testing.T, at, outside string) { link(t, outside, at) }, false},
		{"reports is a file", "ENTRACTE/reports", func(t *testing.T, at, _ string) { write(t, at, "x") }, false},
		{"the receipt is a link", "ENTRACTE/reports/dev-9f3a/acme-0000000001-0000000012.csv", func(t *testing.T, at, outside string) {
			link(t, filepath.Join(outside, "kept"), at)
		}, true},
		{"the receipt is a pipe", "ENTRACTE/reports/dev-9f3a/acme-0000000001-0000000012.csv", func(t *testing.T, at, _ string) {
			if err := syscall.Mkfifo(at, 0o644); err != nil {
				t.Fatal(err)
			}
		}, true},
		{"the receipt has no end", "ENTRACTE/reports/dev-9f3a/acme-0000000001-0000000012.csv", func(t *testing.T, at, _ string) {
			write(t, at, "")
			if err := os.Truncate(at, 1<<40); err != nil {
				t.Skip("no sparse files here: ", err)
			}
		}, true},
		{"the signature is a link", "ENTRACTE/reports/dev-9f3a/acme-0000000001-0000000012.csv.minisig", func(t *testing.T, at, outside string) {
			link(t, filepath.Join(outside, "kept"), at)
		}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			g, stick, outside := newGiver(t), t.TempDir(), t.TempDir()
			write(t, filepath.Join(outside, "kept"), "kept")
			at := filepath.Join(stick, c.at)
			if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
				t.Fatal(err)
			}
			c.make(t, at, outside)
			_, names, err := g.Give(stick, "acme", sequence(plays), nil, later)
			if (err == nil) != c.given {
				t.Errorf("%q, %v", names, err)
			}
			if err != nil && !strings.Contains(err.Error(), "\nhint: ") {
				t.Errorf("without a hint: %v", err)
			}
			for _, name := range names {
				if strings.HasSuffix(name, signed) {
					continue
				}
				if _, err := Verify(disk.OS, filepath.Join(stick, "ENTRACTE/reports/dev-9f3a", name), g.Key.Public()); err != nil {
					t.Error(err)
				}
			}
			left, err := os.ReadDir(outside)
			kept, _ := os.ReadFile(filepath.Join(outside, "kept"))
			if err != nil || len(left) != 1 || string(kept) != "kept" {
				t.Errorf("beside the stick are %v with %q, %v", left, kept, err)
			}
		})
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
