package report

import (
	"bytes"
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"path/filepath"

	"aead.dev/minisign"

	"entracte/storage/disk"
)

// A Key is a device's own signing key.
type Key struct{ private minisign.PrivateKey }

// Names in the data folder: the key, which only the player's user can read, and
// its public half, which everybody may.
const (
	keyName    = "device.key"
	publicName = "device.pub"
)

// OpenKey returns the key of a data folder and makes it if there is none: Ed25519
// in minisign's own formats, the secret one unencrypted, for nobody could type a
// password. A key that cannot be read is an error and is never replaced: what it
// signed is known by it.
func OpenKey(d disk.Disk, data string) (*Key, error) {
	path := filepath.Join(data, keyName)
	b, err := disk.ReadFile(d, path, 4096)
	if errors.Is(err, fs.ErrNotExist) {
		return makeKey(d, data)
	}
	if err != nil {
		return nil, disk.Explain("cannot read", path, err)
	}
	k := &Key{}
	if err := k.private.UnmarshalText(bytes.TrimSpace(b)); err != nil {
		return nil, &disk.Fault{
			Fact: path + " is not a minisign key without a password", Cause: err, Kind: ErrDamaged,
			Hint: "put the key back from a copy; or move it away: a new one is made, which the operator has to enrol",
		}
	}
	if public, err := PublicKey(d, data); err != nil || public != k.Public() {
		return k, savePublic(d, data, k)
	}
	return k, nil
}

func makeKey(d disk.Disk, data string) (*Key, error) {
	_, private, err := minisign.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	k := &Key{private}
	b, err := private.MarshalText()
	if err != nil {
		return nil, err
	}
	err = disk.SavePrivate(d, data, func(w io.Writer) (string, error) {
		_, err := w.Write(append(b, '\n'))
		return keyName, err
	})
	if err != nil {
		return nil, disk.Explain("cannot write", filepath.Join(data, keyName), err)
	}
	return k, savePublic(d, data, k)
}

func savePublic(d disk.Disk, data string, k *Key) error {
	b, err := k.public().MarshalText()
	if err != nil {
		return err
	}
	err = disk.Save(d, data, func(w io.Writer) (string, error) {
		_, err := w.Write(append(b, '\n'))
		return publicName, err
	})
	return disk.Explain("cannot write", filepath.Join(data, publicName), err)
}

// PublicKey returns the public half of a data folder's key, "RW…". It needs no
// right to read the key itself. Without a key it is an error that wraps
// [fs.ErrNotExist].
func PublicKey(d disk.Disk, data string) (string, error) {
	path := filepath.Join(data, publicName)
	b, err := disk.ReadFile(d, path, 4096)
	if err != nil {
		return "", err
	}
	return ParseKey(string(b))
}

// ParseKey reads a public key as minisign writes it, "RW…" or the text of a .pub
// file, and returns it as "RW…".
func ParseKey(s string) (string, error) {
	k, err := parsePublic(s)
	return k.String(), err
}

func parsePublic(s string) (minisign.PublicKey, error) {
	var k minisign.PublicKey
	if err := k.UnmarshalText(bytes.TrimSpace([]byte(s))); err != nil {
		return minisign.PublicKey{}, &disk.Fault{
			Fact: "this is not a minisign public key",
			Hint: "it is 56 letters and digits that begin with RW, or the .pub file that holds them; `entracte status` shows a device's",
		}
	}
	return k, nil
}

func (k *Key) public() minisign.PublicKey { return k.private.Public().(minisign.PublicKey) }

// Public returns the public half, "RW…" (base64, 56 characters).
func (k *Key) Public() string { return k.public().String() }
