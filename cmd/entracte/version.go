package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// version is what the release build sets with -ldflags; a build from a checkout
// says its commit instead.
var version = ""

// built is when this was built, RFC 3339, set with -ldflags by the scripts; a
// plain build says the time of its commit, if it knows one.
var built = ""

// build is what `version` prints.
type build struct {
	Version  string `json:"version"`
	Commit   string `json:"commit,omitempty"`
	Time     string `json:"time,omitempty"`
	Modified bool   `json:"modified,omitempty"`
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

func thisBuild() build {
	b := build{Version: version, Time: built, Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			switch s.Key {
			case "vcs.revision":
				b.Commit = s.Value
			case "vcs.time":
				b.Time = cmp.Or(b.Time, s.Value)
			case "vcs.modified":
				b.Modified = s.Value == "true"
			}
		}
	}
	if b.Version == "" {
		b.Version = "devel"
	}
	return b
}

func newVersion() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Say which build this is",
		Args:  exactly(0, "entracte version"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			b := thisBuild()
			if asJSON {
				return printJSON(cmd, b)
			}
			fmt.Fprintf(cmd.OutOrStdout(), "entracte %s", b.Version)
			if b.Commit != "" {
				fmt.Fprintf(cmd.OutOrStdout(), " (%.12s)", b.Commit)
			}
			if b.Time != "" {
				fmt.Fprintf(cmd.OutOrStdout(), " %s", b.Time)
			}
			_, err := fmt.Fprintf(cmd.OutOrStdout(), " %s %s\n", b.Go, b.Platform)
			return err
		},
	}
	jsonFlag(cmd, &asJSON)
	return cmd
}

func jsonFlag(cmd *cobra.Command, to *bool) {
	cmd.Flags().BoolVar(to, "json", false, "answer in JSON")
}

func printJSON(cmd *cobra.Command, v any) error {
	enc := json.NewEncoder(cmd.OutOrStdout())
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}
