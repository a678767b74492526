package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"entracte/storage/disk"
	"entracte/storage/playlog"
	"entracte/storage/report"
)

// hourly is the format of `plays export` that counts by the hour.
const hourly = "hourly"

// playFormats are what `plays export` writes.
var playFormats = append(slices.Clone(report.Formats), hourly)

func newPlays() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "plays",
		Short: "What really played",
		Args:  exactly(0, "entracte plays export"),
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newPlaysExport(), newPlaysVerify(), newPlaysReport())
	return cmd
}

func newPlaysExport() *cobra.Command {
	var data, format string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Write the play records to standard output",
		Long: `Writes one record for each showing that reached the glass, of the last 7 days.
Only those with counted = true are plays. It may run while the player does.

  entracte plays export --format csv > plays.csv

--format hourly writes a CSV with one row for each hour and creative instead, of
all that is kept: 400 days of play. Of that, a receipt holds what is of one operator.`,
		Args: exactly(0, "entracte plays export --format csv"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if asJSON {
				format = "jsonl"
			}
			if !slices.Contains(playFormats, format) {
				return usageError{fmt.Errorf("plays are not exported as %q\nhint: --format %s", format, strings.Join(playFormats, " or --format "))}
			}
			if format == hourly {
				return report.WriteHours(cmd.OutOrStdout(), report.Hours(disk.OS, data, playlog.Read(disk.OS, data)))
			}
			return report.WritePlays(cmd.OutOrStdout(), format, playlog.Read(disk.OS, data))
		},
	}
	dataFlag(cmd, &data)
	cmd.Flags().StringVar(&format, "format", "csv", strings.Join(playFormats, ", "))
	cmd.Flags().BoolVar(&asJSON, "json", false, "the same as --format jsonl")
	return cmd
}
