package main

import (
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// greedyEnv says what the child of TestConfineWithoutRace takes too much of.
const greedyEnv = "ENTRACTE_TEST_GREEDY"

// TestConfineWithoutRace starts processes that take too much, and sees them die of it.
// The race detector reserves more memory than they may have.
func TestConfineWithoutRace(t *testing.T) {
	if raceDetector {
		t.Skip("the race detector needs more memory than is allowed here; scripts/test runs this without it")
	}
	switch os.Getenv(greedyEnv) {
	case "memory":
		if err := confine(200<<20, 20); err != nil {
			t.Fatal(err)
		}
		var all [][]byte
		for range 300 {
			b := make([]byte, 1<<20)
			for i := range b {
				b[i] = 1
			}
			all = append(all, b)
		}
		t.Skip("survived", len(all))
	case "time":
		if err := confine(200<<20, 1); err != nil {
			t.Fatal(err)
		}
		for began := time.Now(); time.Since(began) < time.Minute; {
		}
		t.Skip("survived")
	case "little":
		if err := confine(200<<20, 20); err != nil {
			t.Fatal(err)
		}
		if b := make([]byte, 100<<20); len(b) > 0 {
			t.Skip("survived")
		}
	}
	t.Parallel()
	for what, dies := range map[string]bool{"memory": true, "time": true, "little": false} {
		cmd := exec.Command(os.Args[0], "-test.run=^TestConfineWithoutRace$", "-test.v")
		cmd.Env = append(os.Environ(), greedyEnv+"="+what)
		out, err := cmd.CombinedOutput()
		if survived := err == nil && strings.Contains(string(out), "survived"); survived == dies {
			t.Errorf("%s: %v\n%.2000s", what, err, out)
		}
	}
}
