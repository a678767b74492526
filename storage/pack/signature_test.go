package pack

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"aead.dev/minisign"
)

// Everything that was signed, and every way to write a signature, counts: a bit of
// either changed, and it is no pack. Only the first line is nobody's.
func TestEveryByteCounts(t *testing.T) {
	t.Parallel()
	key := testKey(t, "acme")
	p := signed(t, small(42), key)
	keys := trust(t, key)
	first := bytes.IndexByte(p.Signature, '\n')
	for i := 0; i < len(p.Manifest); i += 3 {
		b := bytes.Clone(p.Manifest)
		b[i] ^= 1 << (i % 8)
		if _, err := Parse(b, p.Signature, p.Name, p.Version, keys); !errors.Is(err, ErrUntrusted) {
			t.Fatalf("byte %d of the manifest: %v", i, err)
		}
	}
	for i := first; i < len(p.Signature); i++ {
		for _, bit := range []int{i % 8, (i + 5) % 8} {
			b := bytes.Clone(p.Signature)
			b[i] ^= 1 << bit
			if _, err := Parse(p.Manifest, b, p.Name, p.Version, keys); !errors.Is(err, ErrUntrusted) {
				t.Fatalf("bit %d of byte %d of the signature: %v", bit, i, err)
			}
		}
	}
	for cut := range len(p.Signature) {
		if _, err := Parse(p.Manifest, p.Signature[:cut], p.Name, p.Version, keys); !errors.Is(err, ErrUntrusted) {
			t.Fatalf("%d bytes of the signature: %v", cut, err)
		}
	}
}

func TestSignaturesThatAreNone(t *testing.T) {
	t.Parallel()
	key := testKey(t, "acme")
	p := signed(t, small(42), key)
	sig := string(p.Signature)
	plain := minisign.SignWithComments(key.secret, p.Manifest, comment(p.Name, p.Version, p.Sums), "x")
	lines := strings.Split(sig, "\n")
	for what, text := range map[string]string{
		"not prehashed":         string(plain),
		"line feeds of Windows": strings.ReplaceAll(sig, "\n", "\r\n"),
		"something behind it":   sig + "x",
		"an empty line behind":  sig + "\n",
		"no last line feed":     strings.TrimSuffix(sig, "\n"),
		"spaces":                strings.Replace(sig, lines[1], lines[1]+" ", 1),
		"too long":              strings.Replace(sig, "signed by", strings.Repeat("x", MaxSignature), 1),
		"another prefix":        strings.Replace(sig, "trusted comment: ", "trusted  comment: ", 2),
		"nothing":               "",
	} {
		if _, err := Parse(p.Manifest, []byte(text), p.Name, p.Version, trust(t, key)); !errors.Is(err, ErrUntrusted) {
			t.Errorf("%s: %v", what, err)
		}
	}
	other := strings.Replace(sig, lines[0], "untrusted comment: anything", 1)
	if _, err := Parse(p.Manifest, []byte(other), p.Name, p.Version, trust(t, key)); err != nil {
		t.Errorf("another first line: %v", err)
	}
}

// A good signature of something else is no signature of this.
func TestSignatureIsForOnePack(t *testing.T) {
	t.Parallel()
	key := testKey(t, "acme")
	p, q := signed(t, small(42), key), signed(t, small(43), key)
	other := small(42)
	other.Name.Feed = "shop-18"
	r := signed(t, other, key)
	keys := trust(t, key)
	for what, err := range map[string]error{
		"the manifest of another serial":   second(Parse(q.Manifest, p.Signature, p.Name, p.Version, keys)),
		"another serial under this name":   second(Parse(q.Manifest, q.Signature, p.Name, p.Version, keys)),
		"another feed under this name":     second(Parse(r.Manifest, r.Signature, p.Name, p.Version, keys)),
		"a comment for another serial":     second(Parse(p.Manifest, key.Sign(p.Manifest, comment(p.Name, q.Version, p.Sums)), p.Name, p.Version, keys)),
		"a comment for other sums":         second(Parse(p.Manifest, key.Sign(p.Manifest, comment(p.Name, p.Version, nil)), p.Name, p.Version, keys)),
		"a comment with something behind":  second(Parse(p.Manifest, key.Sign(p.Manifest, comment(p.Name, p.Version, p.Sums)+" x"), p.Name, p.Version, keys)),
		"a comment of a keyset":            second(Parse(p.Manifest, key.Sign(p.Manifest, "entracte-keys/1 org=acme gen=1"), p.Name, p.Version, keys)),
		"a generation that nobody knows":   second(Parse(p.Manifest, p.Signature, p.Name, Version{2, 42}, keys)),
		"nobody is trusted":                second(Parse(p.Manifest, p.Signature, p.Name, p.Version, Keys{})),
		"another key with the same number": second(Parse(p.Manifest, p.Signature, p.Name, p.Version, trust(t, testKey(t, "other")))),
	} {
		if !errors.Is(err, ErrUntrusted) || !strings.Contains(fmt.Sprint(err), "\nhint: ") {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func second[A any](_ A, err error) error { return err }

func TestKeyFiles(t *testing.T) {
	t.Parallel()
	key := testKey(t, "acme")
	file, err := key.SecretFile("")
	if err != nil {
		t.Fatal(err)
	}
	again, err := ParseKey(file, "")
	if err != nil || again.Public() != key.Public() || NeedsPassword(file) {
		t.Fatalf("%v, %v", again.Public(), err)
	}
	for _, text := range []string{string(key.PublicFile()), key.Public(), " " + key.Public() + "\r\n", "acme " + key.Public()} {
		if _, err := ParseKeys([]string{text}); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
	for _, text := range []string{"", "RW", key.Public() + "x", key.Public()[:55], string(file), strings.Replace(key.Public(), "RW", "RX", 1), "Acme " + key.Public(), "acme  " + key.Public(), "acme " + key.Public() + " x", "acme"} {
		if _, err := ParseKeys([]string{text}); err == nil || !strings.Contains(err.Error(), "\nhint: ") {
			t.Errorf("%q is taken for a public key: %v", text, err)
		}
	}
	for _, text := range []string{"", "x", string(key.PublicFile()), strings.Repeat("x", 5000)} {
		if _, err := ParseKey([]byte(text), ""); err == nil || !strings.Contains(err.Error(), "\nhint: ") {
			t.Errorf("%q is taken for a secret key: %v", clipped(text), err)
		}
	}
}

// locked is a key behind the password "opensesame", at the least cost.
const locked = `untrusted comment: minisign encrypted secret key
RWRTY0IyBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcAgAAAAAAAAAAAIAAAAAAAOH+OegcIX22iMdQusrbScRaeKV09pCBMx4LZ/6fcIGgWOMS4HlzWnanki1x9/Bekic9u98MF7x4FaWnj+QrC/JUYwnErUuavjQ770El6edvuWwJZYDsAudJpMdxkLHcM0wRiPIqXpHY=
`

func TestPasswords(t *testing.T) {
	t.Parallel()
	if !NeedsPassword([]byte(locked)) {
		t.Error("it needs none")
	}
	if k, err := ParseKey([]byte(locked), "opensesame"); err != nil || k.Public() != testKey(t, "locked").Public() {
		t.Errorf("%v, %v", k.Public(), err)
	}
	for _, password := range []string{"", "opensesamy"} {
		if _, err := ParseKey([]byte(locked), password); !errors.Is(err, ErrPassword) || !strings.Contains(err.Error(), "\nhint: ") {
			t.Errorf("%q: %v", password, err)
		}
	}
}

// The program minisign reads what we sign, and we read what it signs.
func TestMinisignAgrees(t *testing.T) {
	t.Parallel()
	program, err := exec.LookPath("minisign")
	if err != nil {
		t.Skip("minisign is not installed: apt-get install minisign")
	}
	dir := t.TempDir()
	run := func(args ...string) string {
		t.Helper()
		cmd := exec.Command(program, args...)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("minisign %s: %v\n%s", strings.Join(args, " "), err, out)
		}
		return string(out)
	}
	write := func(name string, b []byte) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	read := func(name string) []byte {
		t.Helper()
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	key := testKey(t, "acme")
	p := signed(t, small(42), key)
	secret, err := key.SecretFile("")
	if err != nil {
		t.Fatal(err)
	}
	write("a.json", p.Manifest)
	write("a.json.minisig", p.Signature)
	write("ours.pub", key.PublicFile())
	write("ours.key", secret)
	want := comment(p.Name, p.Version, p.Sums)
	if out := run("-VHm", "a.json", "-p", "ours.pub"); !strings.Contains(out, "Trusted comment: "+want) {
		t.Errorf("it says %q", out)
	}
	run("-Sm", "a.json", "-s", "ours.key", "-t", want)
	if _, err := Parse(p.Manifest, read("a.json.minisig"), p.Name, p.Version, trust(t, key)); err != nil {
		t.Errorf("minisign's signature with our key: %v", err)
	}
	run("-GW", "-p", "its.pub", "-s", "its.key")
	run("-Sm", "a.json", "-s", "its.key", "-t", want)
	keys, err := ParseKeys([]string{string(read("its.pub"))})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Parse(p.Manifest, read("a.json.minisig"), p.Name, p.Version, keys); err != nil {
		t.Errorf("minisign's signature: %v", err)
	}
	its, err := ParseKey(read("its.key"), "")
	if err != nil {
		t.Fatal(err)
	}
	write("a.json.minisig", its.Sign(p.Manifest, want))
	run("-VHm", "a.json", "-p", "its.pub")
}
