package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

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

// socketPath is where the control socket of a player with this data folder is:
// under /run for the machine's own player, beside the data for one run by hand.
func socketPath(data string) string {
	if filepath.Clean(data) == defaultData {
		return runSocket
	}
	return filepath.Join(data, "control.sock")
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
