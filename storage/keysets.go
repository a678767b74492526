package storage

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"

	"entracte/storage/disk"
	"entracte/storage/pack"
)

func (c *Cache) keysDir(org string) string { return filepath.Join(c.dir, "keys", org) }

// Keys are the keys of the config and, on top of them, the generations of keys that
// were kept of an organisation, verified again. A generation that cannot be read or
// does not verify ends it: the keys up to there, and the error, which is for the log.
func (c *Cache) Keys(config pack.Keys, org string) (pack.Keys, error) {
	all, err := c.generations(config, org)
	return all[len(all)-1], err
}

// generations are the keys that were in force one after the other: those of the config,
// then those with each generation that was kept. The error is that of Keys.
func (c *Cache) generations(config pack.Keys, org string) ([]pack.Keys, error) {
	all := []pack.Keys{config}
	for gen := config.Generation(org) + 1; ; gen++ {
		path := filepath.Join(c.keysDir(org), keysetName(gen))
		document, err := disk.ReadFile(c.disk, path, maxStored)
		if errors.Is(err, fs.ErrNotExist) {
			return all, nil
		}
		if err != nil {
			return all, disk.Explain("cannot read", path, err)
		}
		signature, err := disk.ReadFile(c.disk, path+".minisig", maxStored)
		if err != nil {
			return all, disk.Explain("cannot read", path, err)
		}
		next, _, err := all[len(all)-1].Apply(document, signature)
		if err != nil {
			return all, err
		}
		all = append(all, next)
	}
}

// verify reads a pack that came into force once, and verifies it by the keys of that
// day: newer ones end what is delivered, not what is there. all are what generations
// returns; the error is that of the newest.
func (s shelf) verify(n pack.Name, v pack.Version, all []pack.Keys) (p *pack.Pack, err error) {
	for i, keys := range slices.Backward(all) {
		p, failed := s.parse(n, v, keys)
		if failed == nil {
			return p, nil
		}
		if i == len(all)-1 {
			err = failed
		}
	}
	return nil, err
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
