package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"entracte/storage/pack"
)

func newPackShow() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "show DIR",
		Short: "Print what a pack holds",
		Long: `Prints the newest pack of each feed in DIR: for whom it is, what it books, and whether
its media are all there; and the newest generation of keys. It does not read the media; ` + "`entracte pack verify`" + ` does.

  entracte pack show /media/STICK`,
		Args: exactly(1, "entracte pack show /media/STICK"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return packShow(cmd, args[0], asJSON)
		},
	}
	jsonFlag(cmd, &asJSON)
	return cmd
}

// A packSummary is a pack in short, in JSON.
type packSummary struct {
	Feed      string    `json:"feed"`
	Version   string    `json:"version"`
	IssuedAt  time.Time `json:"issued_at,omitzero"`
	NotAfter  time.Time `json:"not_after,omitzero"`
	Stale     int       `json:"stale_after_powered_h,omitempty"`
	Devices   []string  `json:"devices,omitempty"`
	Tags      []string  `json:"tags,omitempty"`
	Key       string    `json:"key,omitempty"`
	Digest    string    `json:"sha256,omitempty"`
	Campaigns int       `json:"campaigns"`
	Files     int       `json:"files"`
	Bytes     int64     `json:"bytes"`
}

func summary(p *pack.Pack) packSummary {
	return packSummary{
		Feed: p.Name.String(), Version: p.Version.String(), IssuedAt: p.IssuedAt, NotAfter: p.NotAfter, Stale: int(p.StaleAfter.Hours()), Devices: p.Devices, Tags: p.Tags,
		Key: p.Key, Digest: p.Digest, Campaigns: len(p.Feed.Campaigns), Files: len(p.Blobs), Bytes: p.Size(),
	}
}

func packShow(cmd *cobra.Command, dir string, asJSON bool) error {
	root, err := pack.OpenDir(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	src := pack.Dir(root)
	tree, err := pack.Examine(cmd.Context(), src, pack.Keys{})
	if err != nil {
		return err
	}
	type shown struct {
		packSummary
		Missing []string `json:"missing,omitempty"`
		Problem string   `json:"problem,omitempty"`
		// Manifest is the signed document, as it is.
		Manifest json.RawMessage `json:"manifest,omitempty"`
	}
	all := []shown{}
	if len(tree.Keysets) > 0 && !asJSON {
		printKeyset(cmd.OutOrStdout(), tree.Keysets[len(tree.Keysets)-1])
	}
	for _, f := range tree.Packs {
		if !f.Newest {
			continue
		}
		if f.Pack == nil {
			all = append(all, shown{packSummary: packSummary{Feed: f.Name.String(), Version: f.Version.String()}, Problem: f.Err.Error()})
			continue
		}
		s := shown{packSummary: summary(f.Pack), Missing: absent(cmd.Context(), src, f.Pack), Manifest: f.Pack.Manifest}
		if f.Err != nil {
			s.Problem = f.Err.Error()
		}
		all = append(all, s)
		if !asJSON {
			printPack(cmd.OutOrStdout(), f, len(s.Missing))
		}
	}
	if asJSON {
		if err := printJSON(cmd, all); err != nil {
			return err
		}
	}
	return tree.Err()
}

// absent are the digests of the blobs that are not there.
func absent(ctx context.Context, src pack.Source, p *pack.Pack) []string {
	var missing []string
	for _, b := range p.Blobs {
		f, err := src.Open(ctx, pack.BlobPath(b.SHA256), 0)
		if err != nil {
			missing = append(missing, b.SHA256)
			continue
		}
		f.Close()
	}
	return missing
}

func printPack(w io.Writer, f pack.Found, missing int) {
	p := f.Pack
	fmt.Fprintf(w, "pack %s of %s, signed %s\n", p.Version, p.Name, p.IssuedAt.Format(time.RFC3339))
	if p.Key != "" {
		fmt.Fprintf(w, "  key       %s\n", p.Key)
	}
	printTerms(w, "  ", p)
	fmt.Fprintf(w, "  media     %s, %s", count(len(p.Blobs), "file"), megabytes(p.Size()))
	if missing > 0 {
		fmt.Fprintf(w, ", %d of them not here", missing)
	}
	fmt.Fprintln(w)
	for _, c := range p.Feed.Campaigns {
		fmt.Fprintf(w, "  %s: %s, %s, weight %d", c.ID, c.Advertiser, c.Tier, c.Weight)
		if c.Flight.Dated() {
			fmt.Fprintf(w, ", from %s to %s", c.Flight.From, c.Flight.To)
		}
		fmt.Fprintln(w)
		for _, cr := range c.Creatives {
			what := cr.File
			if cr.Card != nil {
				what = "card: " + strings.ReplaceAll(cmp.Or(cr.Card.Title, cr.Card.Text, cr.Card.QR, cr.Card.Picture), "\n", " ")
			}
			fmt.Fprintf(w, "    %s  %s  %s\n", cr.ID, cr.Length, what)
		}
	}
}

// printTerms prints for whom a pack is, until when, and which plays have arrived.
func printTerms(w io.Writer, indent string, p *pack.Pack) {
	row := func(name, format string, args ...any) {
		fmt.Fprintf(w, "%s%-9s %s\n", indent, name, fmt.Sprintf(format, args...))
	}
	var whom []string
	if len(p.Devices) > 0 {
		whom = append(whom, count(len(p.Devices), "screen")+": "+strings.Join(p.Devices, ", "))
	}
	if len(p.Tags) > 0 {
		whom = append(whom, "screens tagged "+strings.Join(p.Tags, ", "))
	}
	if len(whom) > 0 {
		row("only for", "%s", strings.Join(whom, "; "))
	}
	if !p.NotAfter.IsZero() {
		row("until", "%s", p.NotAfter.Format(time.RFC3339))
	}
	if p.StaleAfter > 0 {
		row("stale", "after %.0f hours on without a newer pack", p.StaleAfter.Hours())
	}
	for _, device := range slices.Sorted(maps.Keys(p.Acks)) {
		row("has", "the plays of %s up to %d", device, p.Acks[device].Seq)
	}
}

// count writes "1 file", "2 files".
func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
