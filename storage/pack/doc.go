// Package pack reads and writes the signed pack: the ads of one feed, as an operator
// hands them to shops on a stick or from a web server. The same code does both. The
// rest of this comment is the format's specification, from which somebody else could
// write another reader or writer; the files below testdata/vectors say whether it is
// right.
//
// # What it promises
//
//   - A [Pack] that [Parse] or [Read] returns was signed by a key that may sign it, and
//     every field of it was checked. Signatures come first, over the bytes as they were
//     read once; those bytes are then parsed, and no other.
//   - No two ways of writing a manifest are read as one, and no manifest can be read in
//     two ways. What a reader does not know it ignores, unless it must not.
//   - No path is made from a name that somebody else chose, but from checked names of
//     feeds, numbers and hex digits.
//   - Everything has a limit that is met before memory is taken.
//   - [Build] leaves the pack before in place until the new one is whole, whenever it
//     is cut short.
//
// # What it must not know
//
// It does not decode media, know a clock, or know what is in force: [Pack.Follows] and
// [Pack.For] are asked by who does. It does not copy media to a device.
//
// # Example
//
//	keys, err := pack.ParseKeys(config.Trust)
//	root, err := pack.OpenDir("/media/stick")
//	defer root.Close()
//	src := pack.Dir(root)
//	keys, learnt, err := pack.Advance(ctx, src, name.Org, keys) // keep what was learnt
//	versions, err := pack.Find(ctx, src, name)
//	for _, v := range versions {
//		p, err := pack.Read(ctx, src, name, v, keys)
//		if err == nil {
//			err = errors.Join(p.Follows(inForce, digest), p.For(device, tags))
//		}
//		// nil: copy p.Blobs from src, check each one's digest, then play p.Feed
//	}
//
// # The tree: entracte-pack/1
//
// A pack lies in one tree of folders, the same on a stick (FAT32, exFAT), below the
// address of a web server, and in a CDN. All but one of its files never change.
//
//	ENTRACTE/
//	  feeds/<feed>/latest                        unsigned hint: the newest version and a line feed
//	  feeds/<feed>/<version>.json                the manifest
//	  feeds/<feed>/<version>.json.minisig        its signature
//	  feeds/<feed>/<version>.sums                the blobs, as sha256sum(1) lists them
//	  blobs/ab/<64 hex>                          a medium, named by its SHA-256; ab are its first two digits
//	  keys/<generation>.json, .json.minisig      a generation of keys, eight digits
//	  reports/                                   players write here, nobody reads it here
//	  README.txt                                 for whoever finds the stick
//
// Names of organisations, feeds, devices and tags match ^[a-z0-9][a-z0-9-]{0,31}$. A
// version is the generation of keys and the serial number, 0001-00000042: four digits
// from 1 to 9999 and eight from 1 to 99999999. Versions order by generation, then by
// serial.
//
// A writer publishes blobs, then manifest and sums, then the signature, then latest,
// each file whole or not at all, and never changes a manifest. A reader takes the
// version that latest names and, where it can list the folder, every version with a
// signature; it tries the highest first. Both are hints only.
//
// # Signatures
//
// A signature is a file of minisign (https://jedisct1.github.io/minisign/), prehashed:
// its algorithm is "ED". It has at most 1024 bytes, exactly four lines, each ended by
// one line feed, no control characters, and base64 in its only canonical form. The
// first line is not signed and means nothing; this writer puts the public key there.
// The trusted comment of a manifest is exactly
//
//	entracte-pack/1 org=<org> feed=<feed> gen=<gen> serial=<serial> sums=<64 hex>
//
// with numbers in decimal without leading zeros, and the SHA-256 of the sums. The name
// of the file, that comment and the manifest must say the same feed and version, the two
// latter the same org, and the sums must be those of the manifest's blobs, or the pack is
// refused.
//
// The sums are a line a blob, in the manifest's order: the digest, two spaces, the path
// below blobs/, a line feed. A reader makes them from the manifest and need not read
// the file; it is there for sha256sum -c, in the folder blobs.
//
// # Documents
//
// Manifests (at most 4 MiB) and keysets (64 KiB) are JSON (RFC 8259) in UTF-8 without a
// byte order mark. Beyond that, in all of the document, known fields or not:
//
//   - Keys match ^[a-z][a-z0-9_]{0,39}$, or are device names in pop_ack. No object has
//     a key twice. So no two keys differ in capital letters only.
//   - There is no null and no empty text; what is not there is left out.
//   - Texts have no control character, no bidi control and no U+FFFD; where the tables
//     say "lines", a line feed is fine. They have at most 200 characters (code points),
//     or as the tables say. Numbers have at most 32 characters; whole numbers have no
//     fraction and no exponent.
//   - It nests at most 16 deep, has at most 300,000 values, lists at most 1,000 entries
//     and objects 1,000 keys, or as the tables say.
//   - "critical" lists fields that a reader must understand, as paths without indexes
//     such as "program.campaigns.caps": one that it does not know refuses the document.
//     Any other field that it does not know is ignored.
//
// Times are UTC in whole seconds, 2026-11-22T10:00:00Z, from 2020 on.
//
// # The manifest
//
//	format                 "entracte-pack/1"
//	org, feed, gen, serial as above
//	issued_at              when it was signed
//	critical               optional, at most 100
//	min_player             optional, "1.0": the least level of the format a player must know
//	audience               optional: devices (at most 10,000) and tags (100), each sorted, without doubles
//	not_after              optional, later than issued_at: not to be shown when it is certainly later
//	stale_after_powered_h  optional, 1 to 87,600: not to be shown after so many hours powered on
//	pop_ack                optional, at most 10,000 devices: {"<device>": {"boot": text of 64, "seq": 1…}}
//	blobs                  at most 10,000, 64 GiB in all, sorted by digest, without doubles
//	program                the plan
//
// A device takes a pack if it is named in devices, has one of tags, or if both are empty.
// pop_ack says up to which of its own plays the organisation has a device's proof of play:
// boot and to_seq of the receipt that arrived.
//
// A blob:
//
//	sha256   64 lower-case hex digits
//	size     1 to 4,294,967,295 bytes
//	media    image/jpeg, image/png, image/webp, image/gif, video/mp4, video/quicktime, video/webm, video/x-matroska
//	w, h     pixels, as seen: at most 40 million, and 4,096 either way for a video
//	dur_ms   a video has it, an image/gif may, nothing else: 1 to 86,400,000
//
// What the media really are, a player asks of its own copy before it shows one.
//
// The program is {"campaigns": […]}, at most 10,000. The fields are those of ads.toml,
// with the same meaning, limits and defaults:
//
//	id               ^[a-z0-9][a-z0-9._-]*$, 64 characters; each once in the pack
//	advertiser       80; "@venue" in the house tier only, nothing else may begin with @
//	category         above 0; only the house tier may leave it out
//	occasions        at most 20 of 32
//	flight           {"from": "2026-11-01", "to": "2027-02-01"}, either may be left out; to is exclusive
//	weight           1 to 10
//	tier             weighted, house, guaranteed, takeover, emergency
//	goal             plays over the flight: the guaranteed tier has it and both dates, nothing else
//	caps             {"plays": 4, "per": "hour" or "day"}, at most one of each
//	dayparts         at most 50 of {"days": ["sun", "mon", …], "from": "22:00", "to": "02:00"}: days in that order, or left out
//	rivals           64
//	sole             true or false
//	booked           a date
//	place            commune (80), postcode (12), latitude and longitude (both or none), within_km (with them only)
//	clientele        at most 30 of 64
//	offers           at most 30 of 64
//	language         at most 10 of two small letters
//	untrusted_clock  skip, play
//	creatives        1 to 100
//
// A creative has one of blob and card:
//
//	id         as above; each once in the pack
//	file       250; what people call it, never a path
//	blob       an index into blobs, from 0
//	length_ms  at most 86,400,000; left out for the natural length of a film or an animation; a card has it
//	card       title (120, lines), text (400, lines), picture (250, what people call it),
//	           blob (its picture), qr (300); not all of them left out
//
// # Keys
//
// A player's config names public keys, each for one organisation or for any; those are
// pinned. They may sign packs of generation 1 of that organisation, until it has a
// keyset. Operators do not trust each other: a player that takes packs of more than one
// organisation wants the organisation of each key. A keyset is one generation of an
// organisation's keys:
//
//	format     "entracte-keys/1"
//	org, gen   as above
//	issued_at  when it was signed
//	critical   optional
//	roots      1 to 8 public keys ("RW…") that may sign the next generation
//	signers    1 to 100 of {"key": "RW…", "feeds": ["shop-17", …]}; the feed "*" is all
//
// Its trusted comment is exactly "entracte-keys/1 org=<org> gen=<gen>". Generation 1 is
// signed by a key pinned for that organisation, every other one by a root of the one before; a player applies
// them one after the other and keeps them. The packs of a generation are signed by its
// signers. Once a generation is applied, no pack of an earlier one is accepted any more,
// so that a lost key is worth nothing, and serial numbers count anew.
//
// # What a player accepts
//
// In this order: the signature verifies with a key that may sign this feed in this
// generation; the manifest can be read; names agree; the version is higher than the one
// in force; the audience includes it. The same version with another digest is an alarm: two
// packs were signed under one number. Both hold while the pack in force goes back to a
// pinned key, by the first generation of keys or by its own signature: when that key is
// not pinned for the organisation any more, the pack is as none, neither shown nor followed. A blob counts
// when its copy has its digest; with some of them missing the player waits, and another
// source may bring them.
package pack
