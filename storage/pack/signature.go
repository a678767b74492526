package pack

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"aead.dev/minisign"
)

// A signature is a minisign signature file, read strictly: four lines, each ended by a
// line feed, in the one way they can be written, with the prehashed algorithm.
type signature struct {
	text []byte
	key  uint64
	// trusted is the comment that is signed; untrusted is anybody's.
	trusted, untrusted string
}

const (
	untrustedPrefix = "untrusted comment: "
	trustedPrefix   = "trusted comment: "
	// ourComment begins the untrusted comment of what we sign; the public key
	// follows, for people. It proves nothing.
	ourComment = "signed by "
)

func parseSignature(text []byte) (*signature, error) {
	if len(text) > MaxSignature {
		return nil, fmt.Errorf("it has more than %d bytes", MaxSignature)
	}
	if !utf8.Valid(text) {
		return nil, fmt.Errorf("it is not UTF-8 text")
	}
	lines := strings.Split(string(text), "\n")
	if len(lines) != 5 || lines[4] != "" {
		return nil, fmt.Errorf("it has not the four lines of a minisign signature")
	}
	untrusted, ok1 := strings.CutPrefix(lines[0], untrustedPrefix)
	trusted, ok2 := strings.CutPrefix(lines[2], trustedPrefix)
	if !ok1 || !ok2 {
		return nil, fmt.Errorf("its comments are not where minisign has them")
	}
	for _, line := range lines {
		for _, r := range line {
			if r < ' ' || r == 0x7f {
				return nil, fmt.Errorf("it has the invisible character U+%04X", r)
			}
		}
	}
	signed, err := canonical(lines[1], 2+8+64)
	if err != nil {
		return nil, err
	}
	if _, err := canonical(lines[3], 64); err != nil {
		return nil, err
	}
	if string(signed[:2]) != "ED" {
		return nil, fmt.Errorf("it is not a prehashed minisign signature")
	}
	return &signature{text: text, key: binary.LittleEndian.Uint64(signed[2:10]), trusted: trusted, untrusted: untrusted}, nil
}

// canonical decodes the one base64 text of n bytes.
func canonical(text string, n int) ([]byte, error) {
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(b) != n || base64.StdEncoding.EncodeToString(b) != text {
		return nil, fmt.Errorf("its signature is not %d bytes in base64", n)
	}
	return b, nil
}

// by returns the one of keys that signed message, and whether there is one.
func (s *signature) by(message []byte, keys []minisign.PublicKey) (minisign.PublicKey, bool) {
	for _, k := range keys {
		if k.ID() != s.key {
			continue
		}
		r := minisign.NewReader(bytes.NewReader(message))
		if _, err := io.Copy(io.Discard, r); err == nil && r.Verify(k, s.text) {
			return k, true
		}
	}
	return minisign.PublicKey{}, false
}

// declared is the public key that the untrusted comment names, if it names one.
func (s *signature) declared() (minisign.PublicKey, bool) {
	text, ok := strings.CutPrefix(s.untrusted, ourComment)
	if !ok {
		return minisign.PublicKey{}, false
	}
	k, err := parsePublic(text)
	return k, err == nil
}

// parsePublic reads the line that begins with RW.
func parsePublic(text string) (k minisign.PublicKey, err error) {
	if _, err := canonical(text, 42); err != nil {
		return k, fmt.Errorf("%s is not a minisign public key\nhint: give the line that begins with RW in the operator's NAME.pub", clipped(fmt.Sprintf("%q", text)))
	}
	if err := k.UnmarshalText([]byte(text)); err != nil {
		return k, fmt.Errorf("%s is not a minisign public key\nhint: give the line that begins with RW in the operator's NAME.pub", clipped(fmt.Sprintf("%q", text)))
	}
	return k, nil
}

// comment is what the trusted comment of a pack says.
func comment(n Name, v Version, sums []byte) string {
	return fmt.Sprintf("%s org=%s feed=%s gen=%d serial=%d sums=%s", Format, n.Org, n.Feed, v.Gen, v.Serial, digestOf(sums))
}

// Claim is which pack a signature file says it is for. It is not verified.
func Claim(sig []byte) (Name, Version, error) {
	s, err := parseSignature(sig)
	if err != nil {
		return Name{}, Version{}, refuse(ErrUntrusted, hintAgain, "the signature cannot be read: %v", err)
	}
	var n Name
	var v Version
	var digest string
	_, err = fmt.Sscanf(s.trusted, Format+" org=%s feed=%s gen=%d serial=%d sums=%s", &n.Org, &n.Feed, &v.Gen, &v.Serial, &digest)
	if err != nil || n.check() != nil || !v.valid() || !isDigest(digest) {
		return Name{}, Version{}, refuse(ErrNotPack, hintAgain, "what was signed is no pack, but %q", clipped(s.trusted))
	}
	return n, v, nil
}
