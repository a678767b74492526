package pack

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the test vectors anew, with what this reader says of them")

const vectorsDir = "testdata/vectors"

// Every stored vector is read as its expected.txt says.
func TestVectors(t *testing.T) {
	t.Parallel()
	if *update {
		writeVectors(t)
	}
	cases, err := filepath.Glob(filepath.Join(vectorsDir, "*", "case.txt"))
	if err != nil || len(cases) < 40 {
		t.Fatalf("%d vectors, %v", len(cases), err)
	}
	for _, c := range cases {
		dir := filepath.Dir(c)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(c)
			if err != nil {
				t.Fatal(err)
			}
			got := verdictOf(t, dir, string(text))
			at := filepath.Join(dir, "expected.txt")
			if *update {
				if err := os.WriteFile(at, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(at)
			if err != nil || got != string(want) {
				t.Errorf("it is read as\n%s\nwant\n%s%v", got, want, err)
			}
		})
	}
}

// The vectors are what the code that makes them makes, but for expected.txt.
func TestVectorsAreUpToDate(t *testing.T) {
	t.Parallel()
	if *update {
		t.Skip("they are being written")
	}
	for name, files := range vectors(t) {
		for file, text := range files {
			b, err := os.ReadFile(filepath.Join(vectorsDir, name, filepath.FromSlash(file)))
			if err != nil || string(b) != text {
				t.Errorf("%s/%s is another than the test makes (%v): go test ./storage/pack -run Vectors -update", name, file, err)
			}
		}
	}
}

func writeVectors(t *testing.T) {
	t.Helper()
	for name, files := range vectors(t) {
		dir := filepath.Join(vectorsDir, name)
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
		for file, text := range files {
			at := filepath.Join(dir, filepath.FromSlash(file))
			if err := errors.Join(os.MkdirAll(filepath.Dir(at), 0o755), os.WriteFile(at, []byte(text), 0o644)); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// A device is what a case.txt says of the player that reads.
type device struct {
	name    Name
	id      string
	tags    []string
	trust   []string
	inForce Version
	digest  string
	keysets [][2]string
}

func readCase(t *testing.T, dir, text string) device {
	t.Helper()
	var d device
	for line := range strings.Lines(text) {
		word, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		var err error
		switch word {
		case "", "#":
		case "feed":
			d.name, err = ParseName(rest)
		case "device":
			d.id = rest
		case "tag":
			d.tags = append(d.tags, rest)
		case "trust":
			d.trust = append(d.trust, rest)
		case "in-force":
			version, digest, _ := strings.Cut(rest, " ")
			d.digest = digest
			d.inForce, err = ParseVersion(version)
		case "known-keys":
			var pair [2]string
			for i, end := range []string{"", signatureEnd} {
				b, readErr := os.ReadFile(filepath.Join(dir, rest+end))
				pair[i], err = string(b), errors.Join(err, readErr)
			}
			d.keysets = append(d.keysets, pair)
		default:
			err = errors.New("unknown")
		}
		if err != nil {
			t.Fatalf("%s: %q: %v", dir, line, err)
		}
	}
	return d
}

// verdictOf is what a player with this reader does with the tree of a vector.
func verdictOf(t *testing.T, dir, text string) string {
	t.Helper()
	d, ctx := readCase(t, dir, text), context.Background()
	root, err := os.OpenRoot(filepath.Join(dir, Folder))
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	src := Dir(root)
	keys, err := ParseKeys(d.trust)
	for _, k := range d.keysets {
		if err == nil {
			keys, _, err = keys.Apply([]byte(k[0]), []byte(k[1]))
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	keys, _, err = Advance(ctx, src, d.name.Org, keys)
	fmt.Fprintf(&out, "keys %d %s\n", keys.Generation(d.name.Org), word(t, err))
	found, err := Find(ctx, src, d.name)
	if err != nil {
		fmt.Fprintf(&out, "find %s\n", word(t, err))
	}
	for _, v := range found {
		p, err := Read(ctx, src, d.name, v, keys)
		if err == nil {
			err = errors.Join(p.Follows(d.inForce, d.digest), p.For(d.id, d.tags))
		}
		fmt.Fprintf(&out, "pack %s %s\n", v, word(t, err))
		if err == nil {
			describe(&out, ctx, src, p)
			break
		}
	}
	return out.String()
}

// word is the kind of an error.
func word(t *testing.T, err error) string {
	t.Helper()
	for kind, word := range map[error]string{ErrNotPack: "not-a-pack", ErrUntrusted: "untrusted", ErrDamaged: "damaged", ErrOlder: "older", ErrOtherVenue: "other-venue", ErrSame: "same"} {
		if errors.Is(err, kind) {
			return word
		}
	}
	if err != nil {
		t.Errorf("no kind of error: %v", err)
	}
	return "ok"
}

// describe says what an accepted pack holds.
func describe(out *strings.Builder, ctx context.Context, src Source, p *Pack) {
	fmt.Fprintf(out, "sha256 %s\nkey %s\n", p.Digest, p.Key)
	for _, b := range p.Blobs {
		state := "ok"
		if err := (&Tree{src: src}).checkBlob(ctx, b, func(int64) {}); errors.Is(err, os.ErrNotExist) {
			state = "missing"
		} else if err != nil {
			state = "damaged"
		}
		fmt.Fprintf(out, "blob %s %d %s\n", b.SHA256, b.Size, state)
	}
	for _, c := range p.Feed.Campaigns {
		fmt.Fprintf(out, "campaign %s %s %s weight %d caps %d dayparts %d\n", c.ID, strconv.Quote(c.Advertiser), c.Tier, c.Weight, len(c.Caps), len(c.Dayparts))
		for _, cr := range c.Creatives {
			shows := cr.SHA256
			if cr.Card != nil {
				shows = "card " + strconv.Quote(cr.Card.Title) + " " + cr.Card.PictureSHA256
			}
			fmt.Fprintf(out, "creative %s %d ms %s\n", cr.ID, cr.Length.Milliseconds(), strings.TrimSpace(shows))
		}
	}
}
