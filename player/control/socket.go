package control

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// maxPath is the longest Unix socket path that every system takes: macOS has 104
// bytes with the closing NUL (sys/un.h), Linux and Windows 108 (unix(7), afunix.h).
const maxPath = 103

// bind opens the socket at path, in place of a dead one.
func bind(path string) (net.Listener, error) {
	if len(path) > maxPath {
		return nil, fmt.Errorf("the control socket %s has too long a path (%d characters, at most %d)\nhint: choose a shorter --data", path, len(path), maxPath)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, fmt.Errorf("the control socket has no folder: %w\nhint: run as the user the folder belongs to, or choose another --data", err)
	}
	if err := removeDead(path); err != nil {
		return nil, err
	}
	config := net.ListenConfig{Control: guard}
	l, err := config.Listen(context.Background(), "unix", address(path))
	if err != nil {
		return nil, fmt.Errorf("the control socket cannot be opened: %w\nhint: run as the user the folder belongs to, or choose another --data", err)
	}
	return l, nil
}

// removeDead removes a socket that nobody listens on. It refuses everything else
// that is in the way: only a connection that is refused proves a player dead, and
// what is not a socket was not put there by one.
func removeDead(path string) error {
	there, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("the place of the control socket cannot be looked at: %w", err)
	}
	if there.Mode().Type() != fs.ModeSocket {
		return fmt.Errorf("%s is in the way of the control socket, and is not a socket\nhint: move it elsewhere, or choose another --data", path)
	}
	c, err := net.DialTimeout("unix", address(path), time.Second)
	switch {
	case err == nil:
		c.Close()
		return fmt.Errorf("another player answers on %s\nhint: `entracte status` asks it; stop it first", path)
	case !errors.Is(err, refused):
		return fmt.Errorf("another player may listen on %s: %w\nhint: stop it; if there is none, remove that file", path, err)
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("the old control socket cannot be removed: %w\nhint: run as the user it belongs to, or remove it", err)
	}
	return nil
}

// address keeps a path that begins with @ a path: package net would take it for
// a name in Linux's abstract namespace, which has no permissions.
func address(path string) string {
	if strings.HasPrefix(path, "@") {
		return "./" + path
	}
	return path
}
