//go:build linux

// Package guest is for tests that run in the virtual machine of scripts/rig: it
// gives them pins, USB sticks, disks that lose power, a television and a
// watchdog, all of them the kernel's own. A test says first that it needs that:
//
//	func TestRigButton(t *testing.T) {
//		guest.Need(t)
//		chip := guest.Chip(t, "pinctrl-bcm2711", 58, map[int]string{17: "GPIO17"})
//		chip.Set(t, 17, true)
//	}
//
// Everything is undone when the test ends. Such tests are not parallel: there is
// one machine, it runs as root, and what is done to it is seen by all. The
// package knows nothing of the player.
package guest

import (
	"bufio"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Need skips the test outside the virtual machine.
func Need(t testing.TB) {
	t.Helper()
	if os.Getenv("ENTRACTE_RIG") == "" {
		t.Skip("this test needs the virtual machine: scripts/rig/run runs it there")
	}
}

// NeedReset skips the test where the machine may not be reset. A test that ends
// with that is run alone, by `scripts/rig/run --resets`: see [Watchdog.Bites].
func NeedReset(t testing.TB) {
	t.Helper()
	if os.Getenv("ENTRACTE_RIG_RESETS") == "" {
		t.Skip("this test ends with a reset of the virtual machine: scripts/rig/run --resets runs it there")
	}
}

// Nobody is the number of a user without any rights.
const Nobody = 65534

// Alone runs the calling test again in a process of its own, as the user with
// this number, and reports whether this is that process. The other one has
// nothing more to do than to fail with it:
//
//	if !guest.Alone(t, guest.Nobody) {
//		return
//	}
//
// It is for what a process can do only once, such as looking for GPIO chips.
func Alone(t testing.TB, user uint32) bool {
	t.Helper()
	if os.Getenv("ENTRACTE_RIG_ALONE") == t.Name() {
		return true
	}
	pattern := "^" + strings.ReplaceAll(t.Name(), "/", "$/^") + "$"
	c := exec.Command(os.Args[0], "-test.run="+pattern, "-test.v", "-test.timeout="+flag.Lookup("test.timeout").Value.String())
	c.Env = append(os.Environ(), "ENTRACTE_RIG_ALONE="+t.Name())
	c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: user, Gid: user}}
	out, err := c.CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Errorf("in a process of its own: %v", err)
	}
	return false
}

// Eventually waits until the condition holds, and fails the test if it does not
// within d. It is for what the kernel does in its own time.
func Eventually(t testing.TB, d time.Duration, what string, condition func() bool) {
	t.Helper()
	for end := time.Now().Add(d); !condition(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%v later still not: %s", d, what)
		}
	}
}

var port sync.Mutex

// ask sends a request to the program that runs the machine.
func ask(t testing.TB, request string) {
	t.Helper()
	port.Lock()
	defer port.Unlock()
	f, err := os.OpenFile(os.Getenv("ENTRACTE_RIG"), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	fmt.Fprintln(f, request)
	answer, err := bufio.NewReader(f).ReadString('\n')
	if answer = strings.TrimSpace(answer); answer != "ok" {
		t.Fatalf("%s: the host says %q, %v", request, answer, err)
	}
}

// run runs a program and fails the test if that does.
func run(t testing.TB, name string, arguments ...string) string {
	t.Helper()
	out, err := exec.Command(name, arguments...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %q: %v\n%s", name, arguments, err, out)
	}
	return strings.TrimSpace(string(out))
}

func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func read(t testing.TB, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(b))
}
