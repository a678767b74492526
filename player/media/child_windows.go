package media

import (
	"os/exec"
	"syscall"
)

// soundPipes: os/exec gives no further pipes here, so films are silent.
const soundPipes = false

// apart keeps a console's Ctrl-C from the program. It starts no others, so the
// default kill is enough.
func apart(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP, HideWindow: true}
}

func stepBack(int) {}
