// Package playlog keeps what really played: numbered, checksummed, chained and
// bounded, on a card that may lose power at any moment.
//
// It promises that a play that [Log.Append] numbered survives the death of the
// process, and one before a [Log.Sync] that returned nil survives a power cut; that
// numbers have neither gaps nor repeats; that what is safe on the card is never
// written over while it counts; that the log takes 64 MiB at most; and that damage
// costs the commit it hits and is told, never the log. It must not know where plays
// are decided or reported, nor read a clock: time comes with the plays.
//
// # The format, version 1
//
// A data folder has plays/000001.seg, plays/000002.seg and so on: segments of 1 MiB,
// at most 64. A segment is written full of zeros once. When all its plays are
// forgotten it is renamed spare.seg, given a new head, and renamed to the next
// number; its old bytes stay until they are written over, and are recognised as old
// because every checksum begins from the segment's number and the place in it.
// A segment has its name only once it is whole: one that is shorter was cut.
// Integers are little-endian or, where they say so, varints as in encoding/binary;
// CRC is CRC-32C; a block is 4,096 bytes.
//
// Block 0 is the head:
//
//	16  "entracte-plays/1"
//	 8  the segment's number, as in its name
//	 8  the number of the last play before it
//	32  the hash of the last commit before it, zeros in the very first
//	 4  CRC of all of that
//
// The rest is commits. A commit begins on a block of its own, so that a torn write
// never touches one that is safe already, and is what one Sync makes durable:
//
//	 4  "ECOM"
//	 8  the segment's number
//	 4  the block it begins on
//	 8  the number of the last play before it
//	32  the hash of the commit before it
//	 4  CRC of all of that
//
// and then records:
//
//	1    type: 1 play, 2 checkpoint, 3 seal; 0 is where the records end
//	1–5  uvarint, length of the body
//	…    body
//	4    CRC of type, length and body, continued from the CRC before it in the commit
//
// So a record counts only after exactly those that were written before it. A seal is
// the last record of a commit. Its body is the commit's hash: SHA-256 of all bytes of
// the commit before the seal, which begin with the hash of the commit before. That
// chain runs on from segment to segment; [Verify] walks it. What follows the last
// seal was written and not synced; the next Open keeps and seals it.
//
// A play is
//
//	1    outcome, clock·4, counted·16
//	     uvarint, its number less that of the play before, less one
//	     words: boot, venue, screen, feed, campaign, creative, advertiser, plan, sha256
//	     varints: category, started_at in ms since 1970, mono_ms, planned_ms, shown_ms
//	     uvarint, how many reasons; words
//
// and a word is a uvarint: n for the n-th new word of this commit, or 0 and then a new
// one: uvarint, its length doubled and its bytes, or plus one and the 32 bytes of a
// digest that is 64 hex digits. Words are told anew in each commit: there is room in
// its block, and a commit that is damaged then takes no other with it. A play without
// a new word takes 40 to 50 bytes, 96 at most with sixteen reasons.
//
// A checkpoint is uvarint, the length of its kind; the kind; bytes that are somebody
// else's. The newest of each kind is written again at the head of each new segment,
// so that the last one alone has all of them. The kind ".log" is the log's own: the
// number of the last play that was forgotten, and for boots whose clock became
// trusted later, as uvarints and varints, count, and each boot's length, bytes,
// monotonic and civil milliseconds.
//
// # Time
//
// A play on a clock that was not trusted is kept as it was recorded. Where the clock
// became trusted later in the same boot ([Log.Dated]), readers get it dated: that
// civil time less what had passed on the monotonic clock. Earlier boots stay as they
// are; nobody knows how long the machine was off.
//
// # Forgetting
//
// Plays are exact for a week: with the first play of a new day in UTC, those older
// than 7 days are handed to a [Roll], a day at a time, and are gone. Only trusted
// time does that. When 64 segments are full of younger plays, the day of the oldest
// one goes first.
//
// Example:
//
//	log, err := playlog.Open(disk.OS, data, report.Roll(disk.OS, data))
//	…
//	play, err = log.Append(play)          // survives kill -9
//	err = log.Sync()                      // survives a power cut
//	err = log.Checkpoint("memory", bytes) // with the next Sync
//
//	for play, err := range playlog.Read(disk.OS, "/var/lib/entracte") { … }
package playlog
