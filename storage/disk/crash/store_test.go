package crash

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"path"
	"strings"
	"testing"

	"entracte/storage/disk"
)

// store is a folder of files that are named by their digests, and one value
// outside it that says which are in use: media and cache.db in small.
func store(d *Disk, blob []byte) (digest string, err error) {
	sum := sha256.Sum256(blob)
	digest = hex.EncodeToString(sum[:])
	folder := path.Join("/media", digest[:2])
	if _, err := d.Stat(folder); err != nil {
		if err := errors.Join(d.Mkdir(folder), d.SyncDir("/media")); err != nil {
			return "", err
		}
	}
	return digest, disk.Save(d, "/media", func(w io.Writer) (string, error) {
		_, err := w.Write(blob)
		return path.Join(digest[:2], digest), err
	})
}

func blob(rng *rand.Rand) []byte {
	b := make([]byte, 1+rng.IntN(1500))
	for i := range b {
		b[i] = byte(rng.Uint32())
	}
	return b
}

// installs stores a few blobs, commits their digests, and sweeps what is not in
// use any more.
func installs() Trial[string] {
	return Trial[string]{
		States: 80_000, Many: 600_000,
		Setup: func(d *Disk) error { return d.Mkdir("/media") },
		Run: func(d *Disk, rng *rand.Rand, tell func(string)) error {
			for range 3 {
				var digests []string
				for range 1 + rng.IntN(2) {
					digest, err := store(d, blob(rng))
					if err != nil {
						return err
					}
					digests = append(digests, digest)
				}
				d.Commit("plan", strings.Join(digests, " "))
				tell(strings.Join(digests, " "))
				if err := sweep(d); err != nil {
					return err
				}
			}
			return nil
		},
		Recover: sweep,
		Check: func(d *Disk, told []string) error {
			if err := sweep(d); err != nil {
				return err
			}
			plan := d.Committed("plan")
			if len(told) > 0 && plan == "" {
				return errors.New("there is no plan any more")
			}
			for digest := range strings.FieldsSeq(plan) {
				b, err := disk.ReadFile(d, path.Join("/media", digest[:2], digest), 1<<20)
				if err != nil {
					return fmt.Errorf("the plan names a file that is not there: %w", err)
				}
				if sum := sha256.Sum256(b); hex.EncodeToString(sum[:]) != digest {
					return fmt.Errorf("%s does not hold what its name says", digest)
				}
			}
			return nil
		},
	}
}

// sweep removes what the plan does not name.
func sweep(d *Disk) error {
	plan := d.Committed("plan")
	folders, err := d.ReadDir("/media")
	if err != nil {
		return err
	}
	for _, f := range folders {
		p := path.Join("/media", f.Name())
		if !f.IsDir() {
			if err := d.Remove(p); err != nil {
				return err
			}
			continue
		}
		list, err := d.ReadDir(p)
		if err != nil {
			return err
		}
		for _, e := range list {
			if !strings.Contains(plan, e.Name()) {
				if err := d.Remove(path.Join(p, e.Name())); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func TestPowerCutInStore(t *testing.T) { Check(t, installs()) }
