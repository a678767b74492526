//go:build unix

package media

import (
	"os/exec"
	"syscall"
)

// soundPipes: a child can be given further pipes.
const soundPipes = true

// apart puts the program in a process group of its own, so that a signal to the
// player's group does not reach it, and the kill reaches all it starts.
func apart(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}

// stepBack lets the show go before a program that only looks at a file. It may be
// forbidden, and is only polite.
func stepBack(pid int) { _ = syscall.Setpriority(syscall.PRIO_PROCESS, pid, 10) }
