package pack

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"aead.dev/minisign"
)

// A Key signs packs, keysets and reports: a minisign secret key. The zero Key is none.
type Key struct{ secret minisign.PrivateKey }

// ErrPassword: the key file is encrypted, and the password is missing or wrong.
var ErrPassword = errors.New("wrong password")

// NewKey makes a key of 32 random bytes; nil takes the system's.
func NewKey(random io.Reader) (Key, error) {
	_, secret, err := minisign.GenerateKey(random)
	return Key{secret}, err
}

// ParseKey reads a minisign secret key file. The password is for one that is
// encrypted, which takes a second or more and 1 GiB of memory; without it, or with
// another, the error is [ErrPassword].
func ParseKey(file []byte, password string) (Key, error) {
	const hint = "give the file NAME.key that `entracte keygen` or `minisign -G` wrote"
	encrypted := minisign.IsEncrypted(file)
	switch {
	case len(file) > MaxSignature:
		return Key{}, fmt.Errorf("it is no minisign secret key\nhint: %s", hint)
	case encrypted && password == "":
		return Key{}, fmt.Errorf("the secret key is encrypted: %w\nhint: type its password", ErrPassword)
	case encrypted:
		k, err := minisign.DecryptKey(password, file)
		if err != nil {
			return Key{}, fmt.Errorf("the secret key does not open: %w\nhint: type the password it was made with", ErrPassword)
		}
		return Key{k}, nil
	}
	var k minisign.PrivateKey
	if err := k.UnmarshalText(file); err != nil {
		return Key{}, fmt.Errorf("it is no minisign secret key\nhint: %s", hint)
	}
	return Key{k}, nil
}

// NeedsPassword reports whether a secret key file is encrypted.
func NeedsPassword(file []byte) bool { return minisign.IsEncrypted(file) }

// Public is the public key as configs name it, "RW…".
func (k Key) Public() string { return k.public().String() }

func (k Key) public() minisign.PublicKey { return k.secret.Public().(minisign.PublicKey) }

// PublicFile is the .pub file of the key.
func (k Key) PublicFile() []byte {
	return fmt.Appendf(nil, "%sminisign public key %016X\n%s\n", untrustedPrefix, k.secret.ID(), k.Public())
}

// SecretFile is the secret key file, encrypted if there is a password; that takes as
// long as [ParseKey] says.
func (k Key) SecretFile(password string) ([]byte, error) {
	text, err := k.secret.MarshalText()
	if password != "" {
		text, err = minisign.EncryptKey(password, k.secret)
	}
	return append(text, '\n'), err
}

// Sign makes the minisign signature file of a message, prehashed, with a trusted
// comment: one line without control characters.
func (k Key) Sign(message []byte, trusted string) []byte {
	r := minisign.NewReader(bytes.NewReader(message))
	_, _ = io.Copy(io.Discard, r) // a bytes.Reader has no error
	return r.SignWithComments(k.secret, trusted, ourComment+k.Public())
}

// sign writes the manifest and the signature of a pack from its other fields, and reads
// them back: what cannot be read back equal is not signed.
func sign(p *Pack, key Key) (*Pack, error) {
	text, err := encode(p)
	if err != nil {
		return nil, err
	}
	if len(text) > MaxManifest {
		return nil, fmt.Errorf("the manifest would have %d bytes; the most is %d\nhint: make two feeds of it", len(text), MaxManifest)
	}
	s, err := parseSignature(key.Sign(text, comment(p.Name, p.Version, sums(p.Blobs))))
	if err != nil {
		return nil, err
	}
	by, ok := s.by(text, []minisign.PublicKey{key.public()})
	if !ok {
		return nil, errors.New("the key does not fit its own public key\nhint: take another copy of the key file")
	}
	return agreed(text, s, p.Name, p.Version, by)
}
