package board

import (
	"os"
	"testing"
	"time"
)

func TestAgrees(t *testing.T) {
	now := time.Unix(1_795_000_000, 0)
	for _, tt := range []struct {
		what, hctosys, epoch string
		want                 bool
	}{
		{"a good clock", "1\n", "1795000002\n", true},
		{"one without a battery", "1\n", "3600\n", false},
		{"not the one the time came from", "0\n", "1795000000\n", false},
		{"no number", "1\n", "\n", false},
		{"none", "", "", false},
	} {
		dir := t.TempDir() + "/"
		if tt.hctosys != "" {
			for name, text := range map[string]string{"hctosys": tt.hctosys, "since_epoch": tt.epoch} {
				if err := os.WriteFile(dir+name, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		}
		if got := agrees(dir, now); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.what, got, tt.want)
		}
	}
}
