package media

import (
	"os"
	"syscall"
)

// pipeBytes is the size of the pipe that frames come through: the 64 KiB a pipe
// has would mean fifty changes between decoder and player a 1080p frame. It is
// what Linux allows anyone (/proc/sys/fs/pipe-max-size).
const pipeBytes = 1 << 20

// widen asks for a larger pipe; without it everything works, slower.
func widen(pipe *os.File) {
	const setPipeSize = 1031 // F_SETPIPE_SZ, fcntl(2)
	conn, err := pipe.SyscallConn()
	if err != nil {
		return
	}
	_ = conn.Control(func(fd uintptr) {
		_, _, _ = syscall.Syscall(syscall.SYS_FCNTL, fd, setPipeSize, pipeBytes)
	})
}
