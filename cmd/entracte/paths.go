package main

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"
)

const (
	defaultData = "/var/lib/entracte"
	runSocket   = "/run/entracte/control.sock"
)

// defaultConfigs are where the config is looked for, in order.
var defaultConfigs = []string{"/boot/firmware/entracte.toml", "/etc/entracte/entracte.toml"}

func dataFlag(cmd *cobra.Command, to *string) {
	cmd.Flags().StringVar(to, "data", defaultData, "the folder that holds everything that lasts")
}

func configFlag(cmd *cobra.Command, to *string) {
	cmd.Flags().StringVar(to, "config", "", "the config file (default "+defaultConfigs[0]+", else "+defaultConfigs[1]+")")
}

// socketPath is where a player with this data folder is asked: at its own place, or at
// the other one if only there somebody answers.
func socketPath(data string) string {
	spare := spareSocket(data)
	if answers(ownSocket(data)) || !answers(spare) {
		return ownSocket(data)
	}
	return spare
}

// ownSocket is where the control socket of a player with this data folder belongs:
// under /run for the machine's own player, beside the data for one run by hand.
func ownSocket(data string) string {
	if filepath.Clean(data) == defaultData {
		return runSocket
	}
	return filepath.Join(data, "control.sock")
}

// spareSocket is where it is when the data folder takes none.
func spareSocket(data string) string {
	if abs, err := filepath.Abs(data); err == nil {
		data = abs
	}
	sum := sha256.Sum256([]byte(data))
	return filepath.Join(os.TempDir(), fmt.Sprintf("entracte-%x.sock", sum[:6]))
}

// answers reports whether somebody listens on a socket.
func answers(path string) bool {
	if i, err := os.Lstat(path); err != nil || i.Mode().Type() != fs.ModeSocket {
		return false
	}
	c, err := net.DialTimeout("unix", path, time.Second)
	if err == nil {
		c.Close()
	}
	return err == nil
}

// findConfig returns the path of the config file.
func findConfig(flag string) (string, error) {
	if flag != "" {
		return flag, nil
	}
	for _, p := range defaultConfigs {
		if _, err := os.Stat(p); !errors.Is(err, fs.ErrNotExist) {
			return p, nil
		}
	}
	return "", fmt.Errorf("there is no config: neither %s nor %s exists\nhint: name one with --config, or try `entracte demo`", defaultConfigs[0], defaultConfigs[1])
}
