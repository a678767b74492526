package presence

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the expected files of the traces")

// TestTraces replays owners' days. A trace may be recorded in a shop: the
// format is that of script.
func TestTraces(t *testing.T) {
	t.Parallel()
	traces, err := filepath.Glob("testdata/*.trace")
	if err != nil || len(traces) < 7 {
		t.Fatalf("found %d traces, %v", len(traces), err)
	}
	for _, name := range traces {
		t.Run(filepath.Base(name), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			s, err := parseScript(string(text))
			if err != nil {
				t.Fatal(err)
			}
			got := s.play(t)
			golden := strings.TrimSuffix(name, ".trace") + ".golden"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("got\n%swant\n%s", got, want)
			}
		})
	}
}
