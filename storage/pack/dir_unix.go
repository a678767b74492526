//go:build unix

package pack

import "syscall"

// noWait opens a pipe at once, to be refused, instead of waiting for its writer.
const noWait = syscall.O_NONBLOCK | syscall.O_NOFOLLOW
