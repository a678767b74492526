package sensor

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestReachable(t *testing.T) {
	t.Parallel()
	pattern := filepath.Join(t.TempDir(), "gpiochip*")
	if err := reachable(pattern); !errors.Is(err, ErrNoChip) || !strings.Contains(err.Error(), "\nhint: ") {
		t.Errorf("without a device: %v", err)
	}
	dangling := strings.TrimSuffix(pattern, "*") + "0"
	if err := os.Symlink("nowhere", dangling); err != nil {
		t.Fatal(err)
	}
	err := reachable(pattern)
	if errors.Is(err, ErrNoChip) || !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "\nhint: ") {
		t.Errorf("with a device that cannot be opened: %v", err)
	}
	if err := os.WriteFile(strings.TrimSuffix(pattern, "*")+"1", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := reachable(pattern); err != nil {
		t.Errorf("with one device that can be opened: %v", err)
	}
}

func TestPermissionHint(t *testing.T) {
	t.Parallel()
	if os.Geteuid() == 0 {
		t.Skip("root may open everything")
	}
	path := filepath.Join(t.TempDir(), "gpiochip0")
	if err := os.WriteFile(path, nil, 0); err != nil {
		t.Fatal(err)
	}
	if err := reachable(path); err == nil || !strings.Contains(err.Error(), "group gpio") {
		t.Errorf("without permission: %v", err)
	}
}

// Not parallel: it closes file descriptor 0 for a moment.
func TestKeepStandardFiles(t *testing.T) {
	var before, after unix.Stat_t
	if err := unix.Fstat(0, &before); err != nil {
		t.Skipf("the test has no standard input: %v", err)
	}
	keepStandardFiles(func() { _ = unix.Close(0) })
	if err := unix.Fstat(0, &after); err != nil || before.Ino != after.Ino || before.Rdev != after.Rdev {
		t.Errorf("standard input is not what it was: %v", err)
	}
}

func TestBusyNamesTheHolder(t *testing.T) {
	t.Parallel()
	if err := busy("fan@123"); !strings.Contains(err.Error(), "in use by fan@123\nhint: ") {
		t.Errorf("busy says %q", err)
	}
	if err := busy(holder(os.DevNull, 17)); !strings.Contains(err.Error(), "in use by another program") {
		t.Errorf("busy without a name says %q", err)
	}
	if h := holder("/nonexistent", 17); h != "" {
		t.Errorf("the holder of nothing is %q", h)
	}
}
