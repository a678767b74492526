// Package storage keeps what must outlive a power cut: the media, the plan in
// force, and a few named values. The plays are package playlog's.
//
// # What lies in the data folder
//
//	cache.db                                   bbolt: the feeds in force and the named values; small, a few writes a day
//	cache.db.open                              there while a process has it open, and after one that did not close it
//	cache.db.bad-<n>                           damaged ones, the last two
//	media/ab/<64 hex>                          the media, named by the SHA-256 of their bytes, never changed once there
//	incoming/<64 hex>.part and .state          media that are being copied, and how far their bytes are safe
//	packs/<org>/<feed>/<gen-serial>.json       manifests that were accepted, with their .json.minisig: in force and before
//	packs/<org>/<feed>/<gen-serial>.blobs      which media a pack needs, also while some are missing: "<64 hex> <size>\n",
//	                                           after "anchor <public key>\n", the key of the config that it goes back to
//	keys/<org>/<8 digits>.json and .minisig    generations of keys
//
// # What it promises
//
//   - The plan is the old one or the new one, never a mixture: media are copied,
//     synced and probed first, then one transaction puts the feed in force.
//   - Each byte of a stick or a server is read once and hashed while it is copied;
//     only a copy with the digest that was signed is ever used. A copy that was cut
//     short goes on where it ended, from any source.
//   - No path is ever built from a name that somebody else chose; media are found
//     by validated hex digits only.
//   - A damaged cache.db is an error that says so ([ErrDamaged]), never a panic
//     and never a wrong value: every value carries a checksum, because bbolt has
//     none on its data pages. [Recover] sets it aside and fills a new one from the
//     packs, whose signatures verify again.
//   - What is in force is the newest that was signed, and it goes no way back: an older
//     pack, or another one of the same number, is refused. Two things end that. A new
//     generation of keys counts anew. And a pack that goes back to a key which the
//     config does not name any more is not in force from the next start on: its ads are
//     not shown, and it holds back no pack that verifies, whatever its number. It is
//     kept, and in force again if the key comes back before another pack does.
//   - A pack that does not fit is refused before anything is copied, and nothing
//     changes.
//   - One process writes. The second one gets [ErrInUse].
//
// Every change to a file but bbolt's own goes through [disk.Disk], and cache.db is
// behind a small interface, so that a model of a card that loses power stands in for
// both in the tests.
//
// # What it must not know
//
// It does not decide what plays, decode a picture, or look at a screen: whether a
// file can be shown is asked of the [Probe] it is given. It knows no clock, and takes
// no pack's word for anything but what was signed.
//
// # Example
//
//	cache, found, err := storage.Recover(ctx, "/var/lib/entracte", storage.Recovery{Trust: keys})
//	defer cache.Close()
//
//	// A pack from a stick. What is missing, another stick brings.
//	p, _, err := cache.Newest(ctx, stick, name, keys)
//	got, err := cache.Receive(ctx, stick, p, storage.Receiving{Device: id, Probe: probe})
//
//	// A folder of this machine.
//	root, err := os.OpenRoot("/home/shop/ads")
//	feed, skipped, err := cache.Install(ctx, parsed, root.FS(), probe)
//
//	plan, err := cache.Plan() // also tomorrow, when stick and folder are gone
package storage
