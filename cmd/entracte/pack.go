package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"entracte/storage/pack"
)

func newPack() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "pack",
		Short: "Make and check signed packs: what operators hand to shops",
		Args:  exactly(0, "entracte pack build, pack verify, pack show, pack keys"),
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newPackBuild(), newPackVerify(), newPackShow(), newPackKeys())
	return cmd
}

// missingFlags names all flags that were not given, at once.
func missingFlags(cmd *cobra.Command, example string, names ...string) error {
	var missing []string
	for _, name := range names {
		if cmd.Flag(name).Value.String() == "" {
			missing = append(missing, "--"+name)
		}
	}
	switch len(missing) {
	case 0:
		return nil
	case 1:
		return usageError{fmt.Errorf("%s is missing\nhint: %s", missing[0], example)}
	}
	last := len(missing) - 1
	return usageError{fmt.Errorf("%s and %s are missing\nhint: %s", strings.Join(missing[:last], ", "), missing[last], example)}
}

// outFolder is the folder that holds the tree to write to: where out is such a tree
// itself, the folder around it, as for who reads one.
func outFolder(out string) string {
	tree := func(names ...string) bool {
		stat, err := os.Stat(filepath.Join(append([]string{out}, names...)...))
		return err == nil && stat.IsDir()
	}
	if real, err := filepath.EvalSymlinks(out); err == nil {
		out = real
	}
	at, err := filepath.Abs(out)
	if err != nil || filepath.Base(at) != pack.Folder || tree(pack.Folder) || !tree("feeds") && !tree("keys") {
		return out
	}
	return filepath.Dir(at)
}

// readKey reads an operator's secret key, and asks for its password if it has one.
func readKey(cmd *cobra.Command, path string) (pack.Key, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return pack.Key{}, fmt.Errorf("there is no key %s\nhint: `entracte keygen --out NAME` makes NAME.key", path)
	}
	if err != nil {
		return pack.Key{}, fmt.Errorf("%w\nhint: give the file NAME.key that `entracte keygen` wrote", err)
	}
	secret := ""
	if pack.NeedsPassword(text) {
		if secret, _, err = password(cmd, "Password of "+path+": "); err != nil {
			return pack.Key{}, err
		}
	}
	key, err := pack.ParseKey(text, secret)
	if err != nil {
		return pack.Key{}, fmt.Errorf("%s: %w", path, err)
	}
	return key, nil
}

// publicKeys reads a flag that takes public keys, or files that hold one.
func publicKeys(flag string, list []string) (pack.Keys, error) {
	var texts []string
	for _, t := range list {
		if !strings.HasPrefix(t, "RW") || len(t) != 56 {
			text, err := os.ReadFile(t)
			if err != nil {
				return pack.Keys{}, usageError{fmt.Errorf("%s %s is neither a public key nor a file that can be read\nhint: give NAME.pub, or the line in it that begins with RW", flag, t)}
			}
			t = string(text)
		}
		texts = append(texts, t)
	}
	keys, err := pack.ParseKeys(texts)
	if err != nil {
		return keys, usageError{fmt.Errorf("%s: %w", flag, err)}
	}
	return keys, nil
}
