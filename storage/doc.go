// Package storage keeps what must outlive a power cut: the media, the plan in
// force, and a few named values. The plays are package playlog's.
//
// # What lies in the data folder
//
//	cache.db            bbolt: the feeds in force and the named values; small, a few writes a day
//	media/ab/<64 hex>   the media, named by the SHA-256 of their bytes, never changed once there
//
// # What it promises
//
//   - The plan is the old one or the new one, never a mixture: media are copied,
//     synced and probed first, then one transaction puts the feed in force.
//   - No path is ever built from a name that somebody else chose; media are found
//     by validated hex digits only.
//   - A damaged cache.db is an error that says so ([ErrDamaged]), never a panic
//     and never a wrong value: every value carries a checksum, because bbolt has
//     none on its data pages.
//   - One process writes. The second one gets [ErrInUse].
//
// # What it must not know
//
// It does not decide what plays, decode a picture, or look at a screen: whether a
// file can be shown is asked of the [Probe] it is given. It knows no clock.
//
// # Example
//
//	cache, err := storage.Open("/var/lib/entracte")
//	defer cache.Close()
//	root, err := os.OpenRoot("/home/shop/ads")
//	feed, skipped, err := cache.Install(ctx, parsed, root.FS(), probe)
//	p, err := cache.Plan() // also tomorrow, when the folder is gone
//
// # Later
//
// Packs will call the same two steps as Install (media first, then one
// transaction), and a crash model stands in for [disk.Disk], which every change to
// a file but bbolt's own goes through, and for the index behind cache.db.
package storage
