package storage

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"

	"entracte/storage/disk"
	"entracte/storage/pack"
)

func (c *Cache) keysDir(org string) string { return filepath.Join(c.dir, "keys", org) }

// Keys are the keys of the config and, on top of them, the generations of keys that
// were kept of an organisation, verified again. A generation that cannot be read or
// does not verify ends it: the keys up to there, and the error, which is for the log.
func (c *Cache) Keys(config pack.Keys, org string) (pack.Keys, error) {
	keys := config
	for gen := keys.Generation(org) + 1; ; gen++ {
		path := filepath.Join(c.keysDir(org), keysetName(gen))
		document, err := disk.ReadFile(c.disk, path, maxStored)
		if errors.Is(err, fs.ErrNotExist) {
			return keys, nil
		}
		if err != nil {
			return keys, disk.Explain("cannot read", path, err)
		}
		signature, err := disk.ReadFile(c.disk, path+".minisig", maxStored)
		if err != nil {
			return keys, disk.Explain("cannot read", path, err)
		}
		next, _, err := keys.Apply(document, signature)
		if err != nil {
			return keys, err
		}
		keys = next
	}
}

// KeepKeys keeps a generation of keys that was verified, for Keys to find. A pack of
// an older generation is not trusted any more once it is kept.
func (c *Cache) KeepKeys(set *pack.Keyset) error {
	dir := c.keysDir(set.Org)
	err := errors.Join(mkdir(c.disk, filepath.Dir(dir)), mkdir(c.disk, dir))
	for _, f := range []struct {
		name    string
		content []byte
	}{{keysetName(set.Gen) + ".minisig", set.Signature}, {keysetName(set.Gen), set.Document}} {
		if err == nil {
			err = disk.Save(c.disk, dir, func(w io.Writer) (string, error) {
				_, err := w.Write(f.content)
				return f.name, err
			})
		}
	}
	return disk.Explain("cannot keep the keys in", dir, err)
}

func keysetName(gen int) string { return fmt.Sprintf("%08d.json", gen) }
