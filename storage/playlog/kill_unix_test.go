//go:build unix

package playlog

import (
	"bufio"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"testing"
	"time"

	"entracte/storage/disk"
)

// childEnv names the data folder of the child process of TestKill.
const childEnv = "ENTRACTE_PLAYLOG_CHILD"

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

// live appends plays until it is killed, and says on stdout which it was promised.
func live(dir string) error {
	l, err := open(disk.OS, dir, nil, limits{16 * block, 20, 4})
	if err != nil {
		return err
	}
	if len(l.Found()) > 0 {
		return fmt.Errorf("found %q", l.Found())
	}
	for i := 0; ; i++ {
		p, err := l.Append(playOfOneDay(i))
		if err != nil {
			return err
		}
		if i%9 == 0 {
			if err := l.Checkpoint("memory", fmt.Append(nil, p.Seq)); err != nil {
				return err
			}
		}
		fmt.Println(p.Seq)
	}
}

// TestKill kills a process at 12 random moments: every play it was promised is there,
// in order, and the chain is whole. A reader that runs beside it all the time finds
// nothing wrong either.
func TestKill(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	rng := rand.New(rand.NewPCG(3, 4))
	promised := uint64(0)
	for round := range 12 {
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
		t.Cleanup(func() { child.Process.Kill() })
		lines := bufio.NewScanner(out)
		for n := 1 + rng.IntN(40); lines.Scan(); n-- {
			if _, err := fmt.Sscan(lines.Text(), &promised); err != nil {
				t.Fatal(err)
			}
			if n%8 == 0 && n > 0 {
				inOrder(t, dir, promised)
			}
			if n == 0 {
				if err := child.Process.Kill(); err != nil {
					t.Fatal(err)
				}
			} // and what it said before it died counts too
		}
		if err := child.Wait(); err == nil || child.ProcessState.ExitCode() > 0 {
			t.Fatalf("round %d: the child ended by itself: %v", round, err)
		}
		inOrder(t, dir, promised)
	}
}

// inOrder wants plays without gaps, up to a number at least, and a whole chain; but what
// a writer forgot while it was read.
func inOrder(t *testing.T, dir string, promised uint64) {
	t.Helper()
	last := uint64(0)
	for p, err := range tiny.on(disk.OS, dir).read(math.MaxUint64) {
		if err != nil || last > 0 && p.Seq != last+1 && !forgotten(dir, last+1) {
			t.Fatalf("play %d follows %d, %v", p.Seq, last, err)
		}
		last = p.Seq
	}
	if last < promised && !forgotten(dir, promised) {
		t.Fatalf("play %d was promised, the last one is %d", promised, last)
	}
	verified(t, dir)
}

// forgotten reports whether a log goes back to later plays only.
func forgotten(dir string, seq uint64) bool {
	for p, err := range tiny.on(disk.OS, dir).read(math.MaxUint64) {
		return err == nil && p.Seq > seq
	}
	return false
}

// TestReadBeside reads while segments are written, used again and forgotten.
func TestReadBeside(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l := openTiny(t, dir)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := range 600 {
			if _, err := l.Append(playOfOneDay(i)); err != nil {
				t.Error(err)
				return
			}
		}
	}()
	begin := time.Now()
	for reads := 0; ; reads++ {
		select {
		case <-done:
			t.Logf("%d reads in %v", reads, time.Since(begin))
			return
		default:
		}
		last := uint64(0)
		for p, err := range tiny.on(disk.OS, dir).read(math.MaxUint64) {
			if err != nil || last > 0 && p.Seq != last+1 && !forgotten(dir, last+1) {
				t.Errorf("play %d after %d, %v", p.Seq, last, err)
				<-done
				return
			}
			last = p.Seq
		}
		if _, err := tiny.on(disk.OS, dir).verify(); err != nil {
			t.Error(err)
			<-done
			return
		}
	}
}
