package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"entracte/storage/disk/disktest"
)

// A key is there whole or not at all: a disk that is full says so, and nothing is left
// that looks like a key.
func TestKeygenOnAFullDisk(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	disktest.Mount(t, dir, 64<<10)
	fill := disktest.Fill(t, dir)
	var out, said bytes.Buffer
	name := filepath.Join(dir, "acme")
	if code := run(t.Context(), []string{"keygen", "--out", name}, &out, &said); code != exitNoSpace {
		t.Errorf("exit code %d", code)
	}
	if s := said.String(); !strings.Contains(s, "cannot write "+name+".key: the disk is full") || !strings.Contains(s, "\nhint: ") {
		t.Errorf("it says %q", s)
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 1 {
		t.Errorf("left are %v, %v", left, err)
	}
	// Room for one of the two is not enough.
	if err := os.Truncate(fill, 60<<10); err != nil {
		t.Fatal(err)
	}
	if code := run(t.Context(), []string{"keygen", "--out", name}, &out, &said); code != exitNoSpace {
		t.Errorf("with room for one file: exit code %d", code)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
		t.Errorf("left are %v, %v", left, err)
	}
}
