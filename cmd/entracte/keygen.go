package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"entracte/storage/disk"
	"entracte/storage/pack"
)

func newKeygen() *cobra.Command {
	var out string
	var encrypt, asJSON bool
	cmd := &cobra.Command{
		Use:   "keygen --out NAME",
		Short: "Make an operator's key pair",
		Long: `Writes NAME.pub and NAME.key, in the formats of minisign. Packs are signed with the
secret NAME.key; NAME.pub goes into content.trust of every shop's entracte.toml.

  entracte keygen --out acme
  entracte keygen --out acme --password    asks for a password that opens NAME.key

Nothing is ever overwritten. Keep a copy of NAME.key where no thief and no fire finds
both: without it, no new pack reaches the shops. Better, begin with a second key in a
safe, which names another one when this one is lost: ` + "`entracte pack keys --help`.",
		Args: exactly(0, "entracte keygen --out acme"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if out == "" {
				return usageError{errors.New("--out is missing\nhint: entracte keygen --out acme writes acme.pub and acme.key")}
			}
			return keygen(cmd, out, encrypt, asJSON)
		},
	}
	cmd.Flags().StringVar(&out, "out", "", "the name of both files, without its ending")
	cmd.Flags().BoolVar(&encrypt, "password", false, "encrypt the secret key with a password")
	jsonFlag(cmd, &asJSON)
	return cmd
}

func keygen(cmd *cobra.Command, name string, encrypt, asJSON bool) error {
	secretPath, publicPath := name+".key", name+".pub"
	for _, path := range []string{secretPath, publicPath} {
		if _, err := os.Lstat(path); err == nil {
			return fmt.Errorf("%s is there already, and is not overwritten\nhint: choose another name with --out, or move the old key away", path)
		}
	}
	password := ""
	if encrypt {
		var err error
		if password, err = newPassword(cmd); err != nil {
			return err
		}
	}
	key, err := pack.NewKey(nil)
	if err != nil {
		return err
	}
	secret, err := key.SecretFile(password)
	if err != nil {
		return err
	}
	if err := writeNew(secretPath, secret, disk.SavePrivate); err != nil {
		return err
	}
	if err := writeNew(publicPath, key.PublicFile(), disk.Save); err != nil {
		return errors.Join(err, os.Remove(secretPath))
	}
	if asJSON {
		return printJSON(cmd, struct {
			Key       string `json:"public_key"`
			Public    string `json:"public"`
			Secret    string `json:"secret"`
			Encrypted bool   `json:"encrypted"`
		}{key.Public(), publicPath, secretPath, encrypt})
	}
	_, err = fmt.Fprintf(cmd.OutOrStdout(), `%s  the secret key: signs packs; keep it to yourself, and a copy of it safe
%s  the public key, for content.trust in the shops' entracte.toml:
trust = [%q]
where several operators deliver, your --org before it: "acme RW…"
`, secretPath, publicPath, key.Public())
	return err
}

// writeNew writes a file that was not there, whole or not at all, with a way of saving.
func writeNew(path string, text []byte, save func(disk.Disk, string, func(io.Writer) (string, error)) error) error {
	dir := filepath.Dir(path)
	if stat, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) || err == nil && !stat.IsDir() {
		return fmt.Errorf("the folder %s is not there\nhint: make it, or choose another --out", dir)
	}
	return disk.Explain("cannot write", path, save(disk.OS, dir, func(w io.Writer) (string, error) {
		_, err := w.Write(text)
		return filepath.Base(path), err
	}))
}
