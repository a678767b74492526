package main

import (
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"entracte/storage/disk"
	"entracte/storage/pack"
)

// keysOrder is the flags of `pack keys`.
type keysOrder struct {
	key, org, out  string
	signers, roots []string
	json           bool
}

func newPackKeys() *cobra.Command {
	var o keysOrder
	const example = "entracte pack keys --key acme-root.key --org acme --signer acme.pub --out STICK"
	cmd := &cobra.Command{
		Use:   "keys",
		Short: "Say which keys sign packs from now on: make a generation of keys",
		Long: `Writes the next generation of an operator's keys into OUT/` + pack.Folder + `/keys: who may sign
packs (--signer), and who may sign the generation after it (--root). A shop that has
seen it takes packs of its signers only. From the second generation on serial
numbers count anew; before the first, packs are of generation 1 already, so it goes
into the folder that they were built into.

Begin with a key that signs nothing but generations and lies in a safe. It is the one
that goes into content.trust of the shops, for good:

  entracte keygen --out acme-root
  entracte keygen --out acme
  ` + example + `

When acme.key is lost, stolen or retired, make another one, and the next generation:

  entracte keygen --out acme-2
  entracte pack keys --key acme-root.key --org acme --signer acme-2.pub --out STICK
  entracte pack build --key acme-2.key … --out STICK

Shops that trust acme.pub itself get their spare key while acme.key is still there:

  entracte pack keys --key acme.key --org acme --signer acme.pub --root acme-spare.pub --out STICK

If nothing is left that a shop trusts, write the new key into its content.trust in
place of the old one, and build into a new folder: what the old key signed counts no
more there.`,
		Args: exactly(0, example),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := missingFlags(cmd, example, "key", "org", "out"); err != nil {
				return err
			}
			if len(o.signers) == 0 {
				return usageError{fmt.Errorf("--signer is missing: without one nobody could sign packs\nhint: %s", example)}
			}
			o.out = outFolder(o.out)
			return packKeys(cmd, &o)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.key, "key", "", "the secret key that signs it: a root of the generation before; for the first one, a key that content.trust of the shops names")
	f.StringVar(&o.org, "org", "", "whose keys they are: the --org of the packs")
	f.StringArrayVar(&o.signers, "signer", nil, "a public key that may sign packs, RW…, or the file NAME.pub; may be given several times")
	f.StringArrayVar(&o.roots, "root", nil, "a public key that may sign the generation after this one; may be given several times (default those of the generation before, and --key for the first)")
	f.StringVar(&o.out, "out", "", "the folder that holds "+pack.Folder+", or will")
	jsonFlag(cmd, &o.json)
	return cmd
}

func packKeys(cmd *cobra.Command, o *keysOrder) error {
	if _, err := pack.ParseName(o.org + "/x"); err != nil {
		return usageError{fmt.Errorf("--org %q is no name of an operator\nhint: 1 to 32 small letters, digits and -, as in the packs", o.org)}
	}
	signers, err := publicKeys("--signer", o.signers)
	if err != nil {
		return err
	}
	roots, err := publicKeys("--root", o.roots)
	if err != nil {
		return err
	}
	key, err := readKey(cmd, o.key)
	if err != nil {
		return err
	}
	g, err := pack.BuildKeys(disk.OS, o.out, &pack.Succession{Org: o.org, Key: key, Signers: signers.Pinned(), Roots: roots.Pinned(), IssuedAt: time.Now()})
	if err != nil {
		return err
	}
	if o.json {
		return printJSON(cmd, generationSummary(g, key.Public()))
	}
	return printGeneration(cmd.OutOrStdout(), g, key.Public(), filepath.Join(o.out, pack.Folder))
}

// A keysSummary is a generation of keys, in JSON.
type keysSummary struct {
	Org      string    `json:"org"`
	Gen      int       `json:"generation"`
	IssuedAt time.Time `json:"issued_at"`
	SignedBy string    `json:"signed_by"`
	Signers  []string  `json:"signers"`
	Roots    []string  `json:"roots"`
	File     string    `json:"file"`
	// Ended are the feeds there whose newest pack no shop takes any more.
	Ended []string `json:"build_anew"`
}

func generationSummary(g *pack.Generation, by string) keysSummary {
	s := keysSummary{Org: g.Org, Gen: g.Gen, IssuedAt: g.IssuedAt, SignedBy: by, Roots: g.Roots, File: g.Path, Ended: []string{}}
	for _, signer := range g.Signers {
		s.Signers = append(s.Signers, signer.Key)
	}
	for _, n := range g.Ended {
		s.Ended = append(s.Ended, n.String())
	}
	return s
}

func printGeneration(w io.Writer, g *pack.Generation, by, tree string) error {
	printKeyset(w, g.Keyset)
	fmt.Fprintf(w, "signed by %s\n", by)
	for _, signer := range g.Signers {
		if slices.Contains(g.Roots, signer.Key) {
			fmt.Fprintf(w, "%s signs packs and generations: whoever steals it has both. Better\nkeep a key that signs generations only, in a safe: --root\n", signer.Key)
		}
	}
	if g.Before == nil {
		fmt.Fprintf(w, "shops take it where content.trust names %s, and that line stays there for good\n", by)
	}
	fmt.Fprintf(w, "copy %s to the other sticks and web servers of %s, as it is\n", filepath.Join(tree, "keys"), g.Org)
	var feeds []string
	for _, n := range g.Ended {
		feeds = append(feeds, n.Feed)
	}
	if len(feeds) > 0 {
		fmt.Fprintf(w, "build anew: %s; what is there is of keys that count no more\n", strings.Join(feeds, ", "))
	}
	return nil
}

// printKeyset prints who may sign what.
func printKeyset(w io.Writer, set *pack.Keyset) {
	fmt.Fprintf(w, "keys of %s, generation %d, signed %s\n", set.Org, set.Gen, set.IssuedAt.Format(time.RFC3339))
	for _, s := range set.Signers {
		of := ""
		if !slices.Contains(s.Feeds, "*") {
			of = ", of " + strings.Join(s.Feeds, ", ")
		}
		fmt.Fprintf(w, "  signs packs        %s%s\n", s.Key, of)
	}
	for _, key := range set.Roots {
		fmt.Fprintf(w, "  signs generation %d %s\n", set.Gen+1, key)
	}
}
