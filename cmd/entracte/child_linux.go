package main

import (
	"bytes"
	"fmt"
	"os"
	"runtime/debug"

	"golang.org/x/sys/unix"
)

// confine limits this process, for the rest of its life, to so many bytes of memory
// beyond what it has, and to so many seconds of processor time; and lets the show, and
// whoever else needs the machine, go first.
func confine(memory, seconds uint64) error {
	b, err := os.ReadFile("/proc/self/statm")
	var pages uint64
	if err == nil {
		_, err = fmt.Fscan(bytes.NewReader(b), &pages)
	}
	if err != nil {
		return fmt.Errorf("the size of this process is not known: %w", err)
	}
	// Address space that is only reserved counts too, and Go reserves much.
	most := pages*uint64(os.Getpagesize()) + memory
	if err := unix.Setrlimit(unix.RLIMIT_AS, &unix.Rlimit{Cur: most, Max: most}); err != nil {
		return os.NewSyscallError("setrlimit", err)
	}
	if err := unix.Setrlimit(unix.RLIMIT_CPU, &unix.Rlimit{Cur: seconds, Max: seconds}); err != nil {
		return os.NewSyscallError("setrlimit", err)
	}
	if err := unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}); err != nil {
		return os.NewSyscallError("setrlimit", err)
	}
	debug.SetMemoryLimit(int64(memory) * 3 / 4)
	// These may be forbidden, and are only polite.
	_ = unix.Setpriority(unix.PRIO_PROCESS, 0, 10)
	_ = os.WriteFile("/proc/self/oom_score_adj", []byte("1000"), 0o644)
	return nil
}
