package pack

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Format is the first field of every manifest.
const Format = "entracte-pack/1"

// Level is what this package understands of the format; a manifest's min_player asks
// for at least that much. It rises with every field that a player learns.
const Level = "1.0"

// The limits of a pack. Files larger than theirs are refused before they are read.
const (
	MaxManifest  = 4 << 20
	MaxSignature = 1 << 10
	MaxLatest    = 32
	// MaxBlob is the largest medium: what FAT32 can hold.
	MaxBlob = 1<<32 - 1
	// MaxSize is the largest sum of all media of a pack.
	MaxSize = 64 << 30
	// MaxStale is the longest [Pack.StaleAfter].
	MaxStale = 10 * 365 * 24 * time.Hour

	maxBlobs  = 10_000
	maxAcks   = 10_000
	maxPixels = 40_000_000
	maxSide   = 4096
	maxLength = 24 * time.Hour
)

// Media are what a blob may be.
var Media = []string{
	"image/jpeg", "image/png", "image/webp", "image/gif",
	"video/mp4", "video/quicktime", "video/webm", "video/x-matroska",
}

// manifest is the document as it is written.
type manifest struct {
	Format    string         `json:"format"`
	Org       string         `json:"org"`
	Feed      string         `json:"feed"`
	Gen       int            `json:"gen"`
	Serial    int            `json:"serial"`
	IssuedAt  string         `json:"issued_at"`
	Critical  []string       `json:"critical,omitempty" most:"100"`
	MinPlayer string         `json:"min_player,omitempty"`
	Audience  *audience      `json:"audience,omitempty"`
	NotAfter  string         `json:"not_after,omitempty"`
	Stale     int            `json:"stale_after_powered_h,omitempty"`
	Acks      map[string]ack `json:"pop_ack,omitempty"`
	Blobs     []blob         `json:"blobs" most:"10000"`
	Program   *program       `json:"program"`
}

type audience struct {
	Devices []string `json:"devices,omitempty" most:"10000" long:"32"`
	Tags    []string `json:"tags,omitempty" most:"100" long:"32"`
}

type ack struct {
	Boot string `json:"boot,omitempty" long:"64"`
	Seq  uint64 `json:"seq"`
}

type blob struct {
	SHA256 string `json:"sha256"`
	Size   int64  `json:"size"`
	Media  string `json:"media"`
	Width  int    `json:"w"`
	Height int    `json:"h"`
	Length int64  `json:"dur_ms,omitempty"`
}

// encode writes the manifest of a pack: what [decodeManifest] reads.
func encode(p *Pack) ([]byte, error) {
	m := manifest{
		Format: Format, Org: p.Name.Org, Feed: p.Name.Feed, Gen: p.Version.Gen, Serial: p.Version.Serial,
		IssuedAt: stamp(p.IssuedAt), MinPlayer: p.MinPlayer, NotAfter: stamp(p.NotAfter), Stale: int(p.StaleAfter / time.Hour),
		Blobs: []blob{},
	}
	if len(p.Devices)+len(p.Tags) > 0 {
		m.Audience = &audience{p.Devices, p.Tags}
	}
	for device, a := range p.Acks {
		if m.Acks == nil {
			m.Acks = map[string]ack{}
		}
		m.Acks[device] = ack(a)
	}
	for _, b := range p.Blobs {
		m.Blobs = append(m.Blobs, blob{b.SHA256, b.Size, b.Media, b.Width, b.Height, b.Length.Milliseconds()})
	}
	var err error
	if m.Program, err = programOf(p.Feed.Campaigns, p.Blobs); err != nil {
		return nil, err
	}
	return marshal(m)
}

// marshal writes a document with one value a line, for people with a pager.
func marshal(v any) ([]byte, error) {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	err := e.Encode(v)
	return out.Bytes(), err
}

// decodeManifest reads and checks a manifest, whoever signed it. Its error is one
// sentence.
func decodeManifest(text []byte) (*Pack, error) {
	var m manifest
	if err := decode(text, &m); err != nil {
		return nil, err
	}
	if m.Format != Format {
		return nil, fmt.Errorf("its format is %q, not %q", m.Format, Format)
	}
	if !enough(m.MinPlayer) {
		return nil, tooNew(fmt.Sprintf("%s, and this one is %s", m.MinPlayer, Level))
	}
	p := &Pack{
		Name: Name{m.Org, m.Feed}, Version: Version{m.Gen, m.Serial}, MinPlayer: m.MinPlayer,
		StaleAfter: time.Duration(m.Stale) * time.Hour, Manifest: text, Digest: digestOf(text),
	}
	if err := p.Name.check(); err != nil {
		return nil, err
	}
	if !p.Version.valid() {
		return nil, fmt.Errorf("gen %d and serial %d are no version", m.Gen, m.Serial)
	}
	if m.Blobs == nil || m.Program == nil {
		return nil, fmt.Errorf("it has no blobs or no program")
	}
	for _, read := range []func(*manifest) error{p.times, p.whom, p.media} {
		if err := read(&m); err != nil {
			return nil, err
		}
	}
	p.Feed.Name, p.Feed.Revision = p.Name.String(), p.Version.String()
	var err error
	p.Feed.Campaigns, err = m.Program.campaigns(p.Blobs)
	return p, err
}

// playerLevel is the shape of min_player.
var playerLevel = regexp.MustCompile(`^[0-9]{1,4}\.[0-9]{1,4}$`)

// enough reports whether this player is at least of a level; what is none is too much.
func enough(level string) bool {
	if level == "" {
		return true
	}
	if !playerLevel.MatchString(level) {
		return false
	}
	var parts [2][2]int
	for i, text := range []string{level, Level} {
		major, minor, _ := strings.Cut(text, ".")
		parts[i][0], _ = strconv.Atoi(major)
		parts[i][1], _ = strconv.Atoi(minor)
	}
	return slices.Compare(parts[0][:], parts[1][:]) <= 0
}

// timeText is the one form of times: UTC, whole seconds.
const timeText = "2006-01-02T15:04:05Z"

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(timeText)
}

func instant(field, text string) (time.Time, error) {
	t, err := time.Parse(timeText, text)
	// time.Parse takes fractions of a second that the layout has not.
	if err != nil || t.Year() < 2020 || t.Format(timeText) != text {
		return time.Time{}, fmt.Errorf("%s is %q, not a time like 2026-11-22T10:00:00Z", field, text)
	}
	return t, nil
}

func (p *Pack) times(m *manifest) (err error) {
	if p.IssuedAt, err = instant("issued_at", m.IssuedAt); err != nil {
		return err
	}
	if m.NotAfter != "" {
		if p.NotAfter, err = instant("not_after", m.NotAfter); err != nil {
			return err
		}
		if !p.NotAfter.After(p.IssuedAt) {
			return fmt.Errorf("not_after is %s, before it was issued", m.NotAfter)
		}
	}
	if most := int(MaxStale / time.Hour); m.Stale < 0 || m.Stale > most {
		return fmt.Errorf("stale_after_powered_h is %d, outside 0 to %d", m.Stale, most)
	}
	return nil
}

// whom reads the audience and the acknowledgements.
func (p *Pack) whom(m *manifest) error {
	if a := m.Audience; a != nil {
		p.Devices, p.Tags = some(a.Devices), some(a.Tags)
	}
	for _, list := range [][]string{p.Devices, p.Tags} {
		for i, s := range list {
			if !slug.MatchString(s) {
				return fmt.Errorf("audience has %q, which is no name of a device or tag", s)
			}
			if i > 0 && list[i-1] >= s {
				return fmt.Errorf("audience has %q out of order, or twice", s)
			}
		}
	}
	for device, a := range m.Acks {
		if p.Acks == nil {
			p.Acks = map[string]Ack{}
		}
		if a.Seq == 0 {
			return fmt.Errorf("pop_ack of %s acknowledges record 0, and they count from 1", device)
		}
		p.Acks[device] = Ack(a)
	}
	return nil
}

// media reads the blobs, and makes the list that the signature binds.
func (p *Pack) media(m *manifest) error {
	for i, b := range m.Blobs {
		if err := b.check(); err != nil {
			return fmt.Errorf("blobs[%d]: %w", i, err)
		}
		if i > 0 && m.Blobs[i-1].SHA256 >= b.SHA256 {
			return fmt.Errorf("blobs[%d] is out of order, or there twice", i)
		}
		p.Blobs = append(p.Blobs, Blob{b.SHA256, b.Size, b.Media, b.Width, b.Height, time.Duration(b.Length) * time.Millisecond})
	}
	if n := p.Size(); n > MaxSize {
		return fmt.Errorf("its media are %d bytes; the most is %d", n, int64(MaxSize))
	}
	p.Sums = sums(p.Blobs)
	return nil
}

func (b *blob) check() error {
	film := strings.HasPrefix(b.Media, "video/")
	switch {
	case !isDigest(b.SHA256):
		return fmt.Errorf("%q is not a SHA-256 digest", b.SHA256)
	case b.Size < 1 || b.Size > MaxBlob:
		return fmt.Errorf("its size is %d, outside 1 to %d", b.Size, int64(MaxBlob))
	case !slices.Contains(Media, b.Media):
		return fmt.Errorf("%q is no medium of this format", b.Media)
	case b.Width < 1 || b.Height < 1 || film && max(b.Width, b.Height) > maxSide || int64(b.Width)*int64(b.Height) > maxPixels:
		return fmt.Errorf("its picture has %d × %d pixels", b.Width, b.Height)
	case b.Length < 0 || b.Length > maxLength.Milliseconds() || b.Length == 0 && film || b.Length > 0 && !film && b.Media != "image/gif":
		return fmt.Errorf("a %s cannot run for %d ms", b.Media, b.Length)
	}
	return nil
}

// sums is the list for sha256sum(1), to be checked in the folder blobs.
func sums(blobs []Blob) []byte {
	var out bytes.Buffer
	for _, b := range blobs {
		fmt.Fprintf(&out, "%s  %s/%s\n", b.SHA256, b.SHA256[:2], b.SHA256)
	}
	return out.Bytes()
}

func digestOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// some is a list, nil if it is empty: an empty list says the same as none.
func some[S ~[]E, E any](list S) S {
	if len(list) == 0 {
		return nil
	}
	return list
}
