// Package storage keeps what must outlive a power cut: the media, the plan in
// force, a few named values, and the plays.
//
// # What lies in the data folder
//
//	cache.db            bbolt: the feeds in force and the named values; small, a few writes a day
//	media/ab/<64 hex>   the media, named by the SHA-256 of their bytes, never changed once there
//	plays/000001.jsonl  the play log, one JSON line a play, in segments of 1 MiB
//
// # What it promises
//
//   - The plan is the old one or the new one, never a mixture: media are copied,
//     synced and probed first, then one transaction puts the feed in force.
//   - No path is ever built from a name that somebody else chose; media are found
//     by validated hex digits only.
//   - What [Plays.Append] returned is in the log, and survives the death of the
//     process at once and a power cut after the next [Plays.Sync].
//   - A damaged cache.db is an error that says so ([ErrDamaged]), never a panic
//     and never a wrong value: every value carries a checksum, because bbolt has
//     none on its data pages.
//   - One process writes. The second one gets [ErrInUse]. [ReadPlays] needs no
//     lock and may run beside the player.
//
// # What it must not know
//
// It does not decide what plays, decode a picture, or look at a screen: whether a
// file can be shown is asked of the [Probe] it is given. It knows no clock; who
// calls [Plays.Sync] how often is the caller's affair.
//
// # Example
//
//	cache, err := storage.Open("/var/lib/entracte")
//	defer cache.Close()
//	root, err := os.OpenRoot("/home/shop/ads")
//	feed, skipped, err := cache.Install(ctx, parsed, root.FS(), probe)
//	p, err := cache.Plan() // also tomorrow, when the folder is gone
//
//	plays, err := storage.OpenPlays("/var/lib/entracte")
//	play, err = plays.Append(play) // numbered and written
//	err = plays.Sync()             // and safe on the card
//
// # Later
//
// The binary play log takes the place of plays.go behind the same functions,
// packs will call the same two steps as Install (media first, then one
// transaction), and a crash model stands in for [disk.Disk], which every change to
// a file but bbolt's own goes through, and for the index behind cache.db.
package storage
