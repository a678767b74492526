package pack

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"entracte/scheduler/plan"
	"entracte/storage/disk"
)

// The kinds of refusal, told apart with [errors.Is]. The error that carries one is a
// [disk.Fault]: a fact, then a hint.
var (
	// ErrNotPack: it is no entracte-pack/1, or needs a newer player.
	ErrNotPack = errors.New("not a pack")
	// ErrUntrusted: no key that may sign it did, or what was signed is something
	// else.
	ErrUntrusted = errors.New("not trusted")
	// ErrDamaged: a file is not what the signed manifest says.
	ErrDamaged = errors.New("damaged")
	// ErrOlder: something newer is in force.
	ErrOlder = errors.New("older than what is in force")
	// ErrOtherVenue: it is for another feed, or for other screens.
	ErrOtherVenue = errors.New("not for this venue")
	// ErrSame: it is what is in force; there is nothing to do.
	ErrSame = errors.New("already in force")
)

// Some refusals are more than their kind, because an owner is told something else.
var (
	// ErrChanged is an [ErrUntrusted]: it is not what was signed, or has another name,
	// or the signature cannot be read. A bad copy is more likely than a forgery.
	ErrChanged = fmt.Errorf("changed on the way, so %w", ErrUntrusted)
	// ErrEnded is an [ErrUntrusted]: a newer generation of the operator's keys ended the
	// one that signed it.
	ErrEnded = fmt.Errorf("of keys that have ended, so %w", ErrUntrusted)
	// ErrTwice is an [ErrUntrusted]: another pack of that version is in force.
	ErrTwice = fmt.Errorf("a second one of that version, so %w", ErrUntrusted)
	// ErrTooNew is an [ErrNotPack]: it needs a newer player.
	ErrTooNew = fmt.Errorf("for a newer player, so %w here", ErrNotPack)
	// ErrNone is an [ErrNotPack]: there is no pack of that feed, nor of another.
	ErrNone = fmt.Errorf("nothing there, so %w", ErrNotPack)
)

// refuse makes a refusal of a kind.
func refuse(kind error, hint, format string, a ...any) error {
	return &disk.Fault{Kind: kind, Fact: fmt.Sprintf(format, a...), Hint: hint}
}

// An Elsewhere is an [ErrOtherVenue] that says whom a pack is for, or a source.
type Elsewhere struct {
	*disk.Fault
	// Whom are names of feeds, of devices or of tags. Those of a source were not signed.
	Whom []string
}

// Unwrap returns the fault.
func (e *Elsewhere) Unwrap() error { return e.Fault }

// elsewhere makes a refusal of what is for others.
func elsewhere(whom []string, hint, format string, a ...any) error {
	return &Elsewhere{&disk.Fault{Kind: ErrOtherVenue, Fact: fmt.Sprintf(format, a...), Hint: hint}, whom}
}

// A tooNew is what a newer player would understand.
type tooNew string

func (s tooNew) Error() string { return "it needs a newer player: " + string(s) }
func (tooNew) Unwrap() error   { return ErrTooNew }

// slug is the shape of the names of organisations, feeds, devices and tags: safe as
// a file name on every system.
var slug = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,31}$`)

// A Name is which feed a pack belongs to.
type Name struct{ Org, Feed string }

// ParseName reads "acme/shop-17": two names of 1 to 32 of a-z, 0-9 and -, neither
// beginning with -.
func ParseName(s string) (Name, error) {
	org, feed, _ := strings.Cut(s, "/")
	n := Name{org, feed}
	if err := n.check(); err != nil {
		return Name{}, err
	}
	return n, nil
}

func (n Name) check() error {
	if !slug.MatchString(n.Org) || !slug.MatchString(n.Feed) {
		return fmt.Errorf("%q is not the name of a feed\nhint: write it like \"acme/shop-17\": small letters, digits and -, at most 32 on each side", n.String())
	}
	return nil
}

// String returns "acme/shop-17".
func (n Name) String() string { return n.Org + "/" + n.Feed }

// The bounds of a [Version].
const (
	MaxGen    = 9_999
	MaxSerial = 99_999_999
)

// A Version orders the packs of a feed: first by the generation of keys they are
// signed under, then by serial number. Both count from 1.
type Version struct{ Gen, Serial int }

var versionText = regexp.MustCompile(`^[0-9]{4}-[0-9]{8}$`)

// ParseVersion reads "0001-00000042".
func ParseVersion(s string) (Version, error) {
	if versionText.MatchString(s) {
		gen, _ := strconv.Atoi(s[:4])
		serial, _ := strconv.Atoi(s[5:])
		if v := (Version{gen, serial}); v.valid() {
			return v, nil
		}
	}
	return Version{}, fmt.Errorf("%q is not a version like 0001-00000042", s)
}

func (v Version) valid() bool {
	return v.Gen >= 1 && v.Gen <= MaxGen && v.Serial >= 1 && v.Serial <= MaxSerial
}

// String returns "0001-00000042", of fixed width so that names sort by age.
func (v Version) String() string { return fmt.Sprintf("%04d-%08d", v.Gen, v.Serial) }

// Compare returns -1, 0 or 1 as v is older than, the same as or newer than w.
func (v Version) Compare(w Version) int {
	return cmp.Or(cmp.Compare(v.Gen, w.Gen), cmp.Compare(v.Serial, w.Serial))
}

// A Blob is one medium of a pack.
type Blob struct {
	// SHA256 is the digest of its bytes, 64 lower-case hex digits: also its name.
	SHA256 string
	// Size is in bytes, 1 to 4,294,967,295.
	Size int64
	// Media is what it is: one of [Media].
	Media string
	// Width and Height are in pixels, as a viewer sees them.
	Width, Height int
	// Length is how long an animation or a film runs once through, in whole
	// milliseconds; 0 for a still.
	Length time.Duration
}

// An Ack acknowledges a receipt of one device, for the pack's organisation alone: it has
// every play of its own up to the last one of that, and need not be told again.
type Ack struct {
	// Boot is the receipt's; empty if the operator does not say.
	Boot string
	// Seq is the receipt's to_seq, a number of the organisation's own plays.
	Seq uint64
}

// A Pack is one signed plan: a manifest whose signature was verified and whose every
// field was checked. The media it names may not be there.
type Pack struct {
	Name    Name
	Version Version
	// IssuedAt is when it was signed, in UTC; only what is signed raises a device's
	// idea of how late it is at least.
	IssuedAt time.Time
	// NotAfter is when it must no longer be shown; zero if never. It counts only
	// where the time is known to be later.
	NotAfter time.Time
	// StaleAfter is for how much powered-on time after it came into force it may
	// be shown; 0 if for ever.
	StaleAfter time.Duration
	// MinPlayer is the least [Level] that may show it, such as "1.0"; empty for any.
	MinPlayer string
	// Devices and Tags are whom it is for; see [Pack.For].
	Devices, Tags []string
	// Acks are by device id.
	Acks map[string]Ack
	// Blobs are all media it refers to, in ascending order of their digests.
	Blobs []Blob
	// Feed is what it shows. Its Name is Name's, its Revision is Version's, and its
	// creatives carry the digests of blobs; File and Picture are labels for
	// messages, never paths.
	Feed plan.Feed
	// Manifest and Signature are the exact bytes that were verified; Sums is the
	// list of blobs for sha256sum(1) that the signature binds.
	Manifest, Signature, Sums []byte
	// Digest is the SHA-256 of Manifest, 64 lower-case hex digits.
	Digest string
	// Key is the public key that signed it, "RW…", and Anchor the key of the config
	// that the trust in it goes back to: the same one, or the one that signed the first
	// generation of keys.
	Key, Anchor string
}

// Size is the sum of all blobs, in bytes.
func (p *Pack) Size() int64 {
	var sum int64
	for _, b := range p.Blobs {
		sum += b.Size
	}
	return sum
}

// For returns nil if the pack is for a device with this id and these tags: it names
// the device, or one of the tags, or nobody at all. Else [ErrOtherVenue].
func (p *Pack) For(device string, tags []string) error {
	if len(p.Devices)+len(p.Tags) == 0 || slices.Contains(p.Devices, device) {
		return nil
	}
	for _, t := range p.Tags {
		if slices.Contains(tags, t) {
			return nil
		}
	}
	var whom []string
	if len(p.Devices) > 0 {
		whom = append(whom, "the screens "+listed(p.Devices))
	}
	if len(p.Tags) > 0 {
		whom = append(whom, "screens tagged "+listed(p.Tags))
	}
	return elsewhere(slices.Concat(p.Devices, p.Tags), "ask the operator for a pack of this screen, or compare device.id and device.tags in entracte.toml",
		"pack %s of feed %s is for %s; this screen is %q", p.Version, p.Name, strings.Join(whom, " and "), device)
}

// listed names the first few of a list.
func listed(all []string) string {
	const most = 5
	if len(all) <= most {
		return strings.Join(all, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(all[:most], ", "), len(all)-most)
}

// Follows returns nil if the pack may take the place of the version in force, whose
// manifest has that digest; the zero Version if none is. Else [ErrSame], [ErrOlder],
// or [ErrTwice]: two different packs were signed under one number, and one of the
// two was not meant to be.
func (p *Pack) Follows(inForce Version, digest string) error {
	switch c := p.Version.Compare(inForce); {
	case c > 0:
		return nil
	case c < 0:
		return refuse(ErrOlder, "what plays stays; to go back on purpose, the operator signs the old content under a new serial number",
			"pack %s of feed %s is older than %s, which is in force", p.Version, p.Name, inForce)
	case p.Digest == digest:
		return refuse(ErrSame, "there is nothing to do", "pack %s of feed %s is in force already", p.Version, p.Name)
	}
	return refuse(ErrTwice, "tell the operator: a serial number was used twice, or somebody else has the key",
		"pack %s of feed %s is signed, but is another one than the %s in force", p.Version, p.Name, inForce)
}

// BlobPath is where the blob of that digest lies in a pack's folder: "blobs/ab/<64
// hex>". It panics if sha is not 64 lower-case hex digits: no other name may become
// a path.
func BlobPath(sha string) string {
	if !isDigest(sha) {
		panic("pack: not a digest: " + sha)
	}
	return "blobs/" + sha[:2] + "/" + sha
}

func isDigest(s string) bool {
	return len(s) == 64 && strings.Trim(s, "0123456789abcdef") == ""
}
