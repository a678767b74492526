//go:build unix

package storage

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
	"testing/fstest"
)

// childEnv names the data folder of the child process of TestKill.
const childEnv = "ENTRACTE_STORAGE_CHILD"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childEnv); dir != "" {
		if err := live(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// content is what file i of a revision holds.
func content(revision, i int) []byte {
	return []byte(strings.Repeat(fmt.Sprintf("%d.%d ", revision, i), 3000))
}

// live installs revisions until it is killed, and says on stdout which it was
// promised.
func live(dir string) error {
	c, err := Open(dir)
	if err != nil {
		return err
	}
	var revision int
	if _, err := c.Get("revision", &revision); err != nil {
		return err
	}
	for revision++; ; revision++ {
		if err := c.Put("revision", revision); err != nil {
			return err
		}
		fsys := fstest.MapFS{"0": {Data: content(revision, 0)}, "1": {Data: content(revision, 1)}}
		if _, _, err := c.Install(context.Background(), feedOf(fmt.Sprint(revision), "0", "1"), fsys, nil); err != nil {
			return err
		}
		fmt.Println(revision)
		if _, _, err := c.Sweep(); err != nil {
			return err
		}
	}
}

// TestKill kills a process at 20 random moments: the feed in force is the last one
// it was promised or the one being installed, whole with its media.
func TestKill(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	rng := rand.New(rand.NewPCG(3, 4))
	feed := 0
	for round := range 20 {
		child := exec.Command(os.Args[0])
		child.Env = append(os.Environ(), childEnv+"="+dir)
		child.Stderr = os.Stderr
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for n := 1 + rng.IntN(8); lines.Scan(); n-- {
			if n == 0 {
				if err := child.Process.Kill(); err != nil {
					t.Fatal(err)
				}
			} // and what it said before it died counts too
			if _, err := fmt.Sscan(lines.Text(), &feed); err != nil {
				t.Fatal(err)
			}
		}
		if err := child.Wait(); err == nil || child.ProcessState.ExitCode() > 0 {
			t.Fatalf("round %d: the child ended by itself: %v", round, err)
		}
		checkSurvivors(t, dir, feed)
	}
}

func checkSurvivors(t *testing.T, dir string, feed int) {
	t.Helper()
	c, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	f, ok, err := c.Feed("local")
	if err != nil || !ok && feed > 0 {
		t.Fatalf("the feed is gone: %v", err)
	}
	var revision int
	fmt.Sscan(f.Revision, &revision)
	var begun int
	if _, err := c.Get("revision", &begun); err != nil || revision < feed || revision > begun {
		t.Fatalf("revision %d is in force, %d was promised, %d begun, %v", revision, feed, begun, err)
	}
	for i, campaign := range f.Campaigns {
		sum := sha256.Sum256(content(revision, i))
		sha := campaign.Creatives[0].SHA256
		if sha != hex.EncodeToString(sum[:]) || read(t, c, sha) != string(content(revision, i)) {
			t.Fatalf("medium %d of revision %d is not what was installed", i, revision)
		}
	}
}
