package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A key is there whole or not at all: a disk that is full says so, and nothing is left
// that looks like a key.
func TestKeygenOnAFullDisk(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=64k"); err != nil {
		t.Skip("a small file system cannot be mounted here: " + err.Error())
	}
	t.Cleanup(func() { syscall.Unmount(dir, syscall.MNT_DETACH) })
	fill, err := os.Create(filepath.Join(dir, "fill"))
	if err != nil {
		t.Fatal(err)
	}
	for err == nil {
		_, err = fill.Write(make([]byte, 1024))
	}
	fill.Close()
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
	if err := os.Truncate(fill.Name(), 60<<10); err != nil {
		t.Fatal(err)
	}
	if code := run(t.Context(), []string{"keygen", "--out", name}, &out, &said); code != exitNoSpace {
		t.Errorf("with room for one file: exit code %d", code)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
		t.Errorf("left are %v, %v", left, err)
	}
}
