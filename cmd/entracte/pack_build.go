package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"entracte/assets"
	"entracte/storage/adsfile"
	"entracte/storage/disk"
	"entracte/storage/pack"
)

// packOrder is the flags of `pack build`.
type packOrder struct {
	ads, key, org, feed, out, pi string
	serial                       int
	terms                        packTerms
	json                         bool
}

func newPackBuild() *cobra.Command {
	var o packOrder
	const example = "entracte pack build --ads FOLDER --key acme.key --org acme --feed shop-17 --out STICK"
	cmd := &cobra.Command{
		Use:   "build",
		Short: "Make a signed pack of an ads folder",
		Long: `Writes OUT/` + pack.Folder + `: the media, and a plan that is signed. Copy that folder to a stick or
to any web server as it is; or let --out be the stick. What is there already stays.

  ` + example + `

The serial number is one above the highest in OUT: build into the same folder every
time, for players refuse what is not newer than what they have. A picture or film that
the oldest Pi of the shops (--pi) cannot show is refused, with what to do about it.

With the receipts that came back from the shops (--ack), their screens need not give
those plays again; what the pack before acknowledged goes on.`,
		Args: exactly(0, example),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := missingFlags(cmd, example, "ads", "key", "org", "feed", "out"); err != nil {
				return err
			}
			if cmd.Flags().Changed("serial") && o.serial < 1 {
				return usageError{fmt.Errorf("--serial %d is no serial number\nhint: they count from 1; leave it out for one above the highest", o.serial)}
			}
			if err := emptyFlags(cmd, "device", "tag", "not-after", "stale-after"); err != nil {
				return err
			}
			o.out = outFolder(o.out)
			return packBuild(cmd, &o)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.ads, "ads", "", "the folder with ads.toml and its media")
	f.StringVar(&o.key, "key", "", "the operator's secret key, NAME.key")
	f.StringVar(&o.org, "org", "", "who makes packs: small letters, digits and -")
	f.StringVar(&o.feed, "feed", "", "for which shop or group of shops: small letters, digits and -")
	f.StringVar(&o.out, "out", "", "the folder to write "+pack.Folder+" into, or that folder itself")
	f.IntVar(&o.serial, "serial", 0, "the serial number (default one above the highest there)")
	f.StringVar(&o.pi, "pi", defaultPi, "the oldest Raspberry Pi in the shops: "+strings.Join(piNames(), ", "))
	o.terms.flags(cmd)
	jsonFlag(cmd, &o.json)
	return cmd
}

func packBuild(cmd *cobra.Command, o *packOrder) error {
	board, err := piNamed(o.pi)
	if err != nil {
		return usageError{err}
	}
	name, err := pack.ParseName(o.org + "/" + o.feed)
	if err != nil {
		return usageError{err}
	}
	order := &pack.Order{Name: name, Serial: o.serial, IssuedAt: time.Now()}
	if err := o.terms.order(cmd.Context(), order); err != nil {
		return err
	}
	root, err := folder(o.ads)
	if err != nil {
		return err
	}
	defer root.Close()
	feed, skipped, err := adsfile.Read(root.FS(), assets.Vocabulary())
	if err != nil {
		return err
	}
	if len(skipped) > 0 {
		return leftOut(skipped)
	}
	if order.Key, err = readKey(cmd, o.key); err != nil {
		return err
	}
	bar := &progressBar{w: cmd.ErrOrStderr(), live: terminal(cmd.ErrOrStderr())}
	order.Campaigns, order.Files, order.Tell = feed.Campaigns, root.FS(), bar.show
	order.Probe = func(ctx context.Context, file string) (pack.Facts, error) {
		return board.examine(ctx, filepath.Join(o.ads, filepath.FromSlash(file)))
	}
	built, err := pack.Build(cmd.Context(), disk.OS, o.out, order)
	bar.end()
	if errors.Is(err, context.Canceled) {
		return errors.New("stopped before the pack was whole: readers find the one before\nhint: build again; what was copied is kept")
	}
	if err != nil {
		return err
	}
	return packBuilt(cmd, o, built)
}

// leftOut refuses a folder that names files which are not there: a shop must not find
// out first.
func leftOut(skipped []adsfile.Skip) error {
	var b strings.Builder
	for _, s := range skipped {
		fmt.Fprintln(&b, s)
	}
	return fmt.Errorf("%shint: put the files there, or take the creatives out of %s", b.String(), adsfile.Name)
}

// packBuilt says what was written.
func packBuilt(cmd *cobra.Command, o *packOrder, built *pack.Built) error {
	var copied int64
	for _, b := range built.Copied {
		copied += b.Size
	}
	at := filepath.Join(o.out, pack.Folder)
	if o.json {
		return printJSON(cmd, struct {
			packSummary
			Folder string `json:"folder"`
			Copied int64  `json:"bytes_copied"`
		}{summary(built.Pack), at, copied})
	}
	w := cmd.OutOrStdout()
	fmt.Fprintf(w, "pack %s of %s: %s, %s, %s, of them %s new\n", built.Version, built.Name,
		count(len(built.Feed.Campaigns), "campaign"), count(len(built.Blobs), "file"), megabytes(built.Size()), megabytes(copied))
	fmt.Fprintf(w, "signed by %s\n", built.Key)
	printTerms(w, "", built.Pack)
	if built.First && o.serial == 0 {
		fmt.Fprintf(w, "this is the first pack of %s in %s; a shop that has had packs of this feed from\nelsewhere takes only a higher --serial\n", built.Name, at)
	}
	_, err := fmt.Fprintf(w, "copy %s to a stick or a web server, as it is\n", at)
	return err
}
