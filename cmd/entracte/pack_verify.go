package main

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"entracte/storage/pack"
)

func newPackVerify() *cobra.Command {
	var trust []string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "verify DIR",
		Short: "Check a pack as a player would, and every file of it",
		Long: `Reads all packs in DIR, and every medium to its last byte.

  entracte pack verify --trust acme.pub /media/STICK

The newest pack of each feed must be whole. Older ones are kept for their numbers: their
media may be gone, or their keys ended by a newer generation, and they are called "old".

Without --trust each signature is held against the key that it names itself. That finds
what was changed or lost on the way; it does not say whose key that is.

Exit codes: 0 fine, 10 not a pack, 11 not trusted (also a manifest that was changed),
12 damaged or incomplete.`,
		Args: exactly(1, "entracte pack verify --trust acme.pub /media/STICK"),
		RunE: func(cmd *cobra.Command, args []string) error {
			keys, err := publicKeys("--trust", trust)
			if err != nil {
				return err
			}
			return packVerify(cmd, args[0], keys, len(trust) > 0, asJSON)
		},
	}
	cmd.Flags().StringArrayVar(&trust, "trust", nil, "a public key, RW…, or the file NAME.pub; may be given several times")
	jsonFlag(cmd, &asJSON)
	return cmd
}

// A verdict is what `pack verify` says of one pack.
type verdict struct {
	packSummary
	// Newest is true for the highest version of its feed.
	Newest bool `json:"newest"`
	// OK is true if a shop could take it. Only of the newest pack it matters.
	OK bool `json:"ok"`
	// Ended is true if a newer generation of keys ended those that signed it.
	Ended bool `json:"ended,omitempty"`
	// Missing are the digests of the media that are not there.
	Missing []string `json:"missing,omitempty"`
	Error   string   `json:"error,omitempty"`
}

// verdicts is the answer of `pack verify --json`.
type verdicts struct {
	OK bool `json:"ok"`
	// Trusted is true if keys were given and signed everything that a shop could take.
	Trusted bool          `json:"trusted"`
	Packs   []verdict     `json:"packs"`
	Keys    []keysVerdict `json:"keys"`
	// Faults are about the files around the packs.
	Faults []string `json:"faults"`
}

// A keysVerdict is a generation of keys that counts.
type keysVerdict struct {
	Org string `json:"org"`
	Gen int    `json:"generation"`
}

func packVerify(cmd *cobra.Command, dir string, keys pack.Keys, given, asJSON bool) error {
	root, err := pack.OpenDir(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	tree, err := pack.Examine(cmd.Context(), pack.Dir(root), keys)
	if err != nil {
		return err
	}
	bar := &progressBar{w: cmd.ErrOrStderr(), live: terminal(cmd.ErrOrStderr())}
	tell := bar.show
	if !bar.live {
		tell = nil
	}
	err = tree.CheckBlobs(cmd.Context(), tell)
	bar.end()
	if err != nil {
		return err
	}
	if asJSON {
		return errors.Join(printJSON(cmd, verdictsOf(tree, given)), tree.Err())
	}
	printVerdicts(cmd.OutOrStdout(), tree, given)
	return tree.Err()
}

func verdictsOf(tree *pack.Tree, given bool) verdicts {
	ok := tree.Err() == nil
	out := verdicts{OK: ok, Trusted: ok && given, Packs: []verdict{}, Keys: []keysVerdict{}, Faults: []string{}}
	for _, f := range tree.Faults {
		out.Faults = append(out.Faults, f.Error())
	}
	for _, set := range tree.Keysets {
		out.Keys = append(out.Keys, keysVerdict{set.Org, set.Gen})
	}
	for _, f := range tree.Packs {
		v := verdict{packSummary: packSummary{Feed: f.Name.String(), Version: f.Version.String()}, Newest: f.Newest, OK: f.Err == nil && old(f) == "", Ended: f.Ended}
		if f.Pack != nil {
			v.packSummary = summary(f.Pack)
		}
		if f.Err != nil {
			v.Error = f.Err.Error()
		}
		for _, b := range f.Missing {
			v.Missing = append(v.Missing, b.SHA256)
		}
		out.Packs = append(out.Packs, v)
	}
	return out
}

// old is why a pack that has no fault is of no use to a shop; "" if it is.
func old(f pack.Found) string {
	switch {
	case f.Ended:
		return "of an ended generation of keys: no shop that has seen the newer one takes it"
	case len(f.Missing) > 0:
		return fmt.Sprintf("not here any more: %d of %s; shops take the newest", len(f.Missing), count(len(f.Pack.Blobs), "file"))
	}
	return ""
}

func printVerdicts(w io.Writer, tree *pack.Tree, given bool) {
	signers := map[string]bool{}
	for _, set := range tree.Keysets {
		fmt.Fprintf(w, "ok   keys of %s, generation %d\n", set.Org, set.Gen)
	}
	for _, f := range tree.Packs {
		if f.Err != nil {
			fmt.Fprintf(w, "BAD  pack %s of %s\n", f.Version, f.Name)
			continue
		}
		if why := old(f); why != "" {
			fmt.Fprintf(w, "old  pack %s of %s: %s\n", f.Version, f.Name, why)
			continue
		}
		fmt.Fprintf(w, "ok   pack %s of %s: %s, %s\n", f.Version, f.Name, count(len(f.Pack.Blobs), "file"), megabytes(f.Pack.Size()))
		signers[f.Pack.Key] = true
	}
	for _, key := range slices.Sorted(maps.Keys(signers)) {
		if given {
			fmt.Fprintf(w, "signed by %s, which is trusted\n", key)
		} else {
			fmt.Fprintf(w, "signed by %s; whose key that is was not checked: --trust NAME.pub\n", key)
		}
	}
}
