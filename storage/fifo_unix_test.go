//go:build unix

package storage

import (
	"path/filepath"
	"syscall"
	"testing"
)

// makeFIFO puts a pipe in a folder that nobody will ever write to, and returns
// its name.
func makeFIFO(t *testing.T, dir string) string {
	t.Helper()
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe.jpg"), 0o644); err != nil {
		t.Fatal(err)
	}
	return "pipe.jpg"
}
