//go:build unix

package pack

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// A tree may be anybody's: pipes, devices and links are refused at once.
func TestDirRefusesWhatIsNoFile(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	dir, src := tree(t, map[string]string{"feeds/shop-17/real": "x", "real/latest": "0001-00000042\n"})
	outside := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(outside, []byte("secret"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(filepath.Join(dir, "feeds/shop-17/latest"), 0o644); err != nil {
		t.Fatal(err)
	}
	for name, to := range map[string]string{"feeds/shop-17/inside": "real", "feeds/shop-17/outside": outside, "feeds/linked": "../real", "feeds/device": "/dev"} {
		if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"feeds/shop-17/latest", "feeds/shop-17/inside", "feeds/shop-17/outside", "feeds/linked/latest", "feeds/device/zero"} {
		if r, err := src.Open(ctx, name, 0); !errors.Is(err, ErrNotPack) {
			t.Errorf("%s: %v, %v", name, r, err)
		}
	}
	if names, err := src.List(ctx, "feeds/linked"); !errors.Is(err, ErrNotPack) {
		t.Errorf("%v, %v", names, err)
	}
	// A pipe in the place of latest does not keep the listing from being read.
	if _, err := Find(ctx, src, Name{"acme", "shop-17"}); !errors.Is(err, ErrOtherVenue) {
		t.Errorf("%v", err)
	}
}
