package board

import (
	"os"
	"testing"
	"time"
)

func TestHardwareClock(t *testing.T) {
	now := time.Unix(1_795_000_000, 0)
	for _, tt := range []struct {
		what, hctosys, epoch string
		reads                int64
		want                 bool
	}{
		{"a good clock", "1\n", "1795000002\n", 1795000002, true},
		{"the last second that agrees", "1\n", "1794999995\n", 1794999995, true},
		{"one that is behind", "1\n", "1794999994\n", 1794999994, false},
		{"one without a battery", "1\n", "3600\n", 3600, false},
		{"not the one the time came from", "0\n", "1795000000\n", 1795000000, false},
		{"no number", "1\n", "\n", 0, false},
		{"none", "", "", 0, false},
	} {
		dir := t.TempDir() + "/"
		if tt.hctosys != "" {
			for name, text := range map[string]string{"hctosys": tt.hctosys, "since_epoch": tt.epoch} {
				if err := os.WriteFile(dir+name, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		}
		var reads time.Time
		if tt.reads != 0 {
			reads = time.Unix(tt.reads, 0)
		}
		if got, set := hardwareClock(dir, now); set != tt.want || !got.Equal(reads) {
			t.Errorf("%s: %v %v, want %v %v", tt.what, got, set, reads, tt.want)
		}
	}
}
