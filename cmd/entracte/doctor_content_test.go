package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"entracte/scheduler/plan"
	"entracte/storage"
	"entracte/storage/disk"
	"entracte/storage/report"
)

// The doctor misses media, the index and the key of a folder that had them.
func TestDoctorOfStored(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	one := func(want string) {
		t.Helper()
		list := keptBeside(data)
		if want == "" && len(list) > 0 || want != "" && (len(list) != 1 || list[0].State != attention || list[0].Hint == "" || !strings.Contains(list[0].Fact, want)) {
			t.Errorf("%+v, want %q", list, want)
		}
	}
	one("")
	if _, err := report.OpenKey(disk.OS, data); err != nil {
		t.Fatal(err)
	}
	one("")
	if err := os.Rename(filepath.Join(data, "device.key"), filepath.Join(data, "away")); err != nil {
		t.Fatal(err)
	}
	one("the key that signs receipts is gone")
	if err := os.Remove(filepath.Join(data, "device.pub")); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(data, "packs", "acme"), 0o755); err != nil {
		t.Fatal(err)
	}
	one("cache.db is gone")
	cache, err := storage.Open(data)
	if err != nil {
		t.Fatal(err)
	}
	p := plan.Plan{Feeds: []plan.Feed{{Campaigns: []plan.Campaign{{Creatives: []plan.Creative{{SHA256: strings.Repeat("a", 64)}, {}}}}}}}
	if gone, all := goneMedia(p, cache); gone != 1 || all != 1 {
		t.Errorf("%d of %d", gone, all)
	}
	if err := cache.Close(); err != nil {
		t.Fatal(err)
	}
	one("")
	if err := os.WriteFile(filepath.Join(data, "cache.db"), []byte("nonsense"), 0o644); err != nil {
		t.Fatal(err)
	}
	if list := keptBeside(data); len(list) != 1 || list[0].State != attention {
		t.Errorf("%+v", list)
	}
}
