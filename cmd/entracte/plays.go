package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"entracte/storage"
)

// playFormats are what `plays export` writes.
var playFormats = []string{"csv", "jsonl"}

func newPlays() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "plays",
		Short: "What really played",
		Args:  exactly(0, "entracte plays export"),
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newPlaysExport())
	return cmd
}

func newPlaysExport() *cobra.Command {
	var data, format string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Write the play records to standard output",
		Long: `Writes one record for each showing that reached the glass. Only those with
counted = true are plays. It may run while the player does.

  entracte plays export --format csv > plays.csv`,
		Args: exactly(0, "entracte plays export --format csv"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if asJSON {
				format = "jsonl"
			}
			if !slices.Contains(playFormats, format) {
				return usageError{fmt.Errorf("plays are not exported as %q\nhint: --format %s", format, strings.Join(playFormats, " or --format "))}
			}
			return storage.WritePlays(cmd.OutOrStdout(), format, storage.ReadPlays(data))
		},
	}
	dataFlag(cmd, &data)
	cmd.Flags().StringVar(&format, "format", "csv", strings.Join(playFormats, " or "))
	cmd.Flags().BoolVar(&asJSON, "json", false, "the same as --format jsonl")
	return cmd
}
