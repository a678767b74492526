// Package board is the health of the machine the player runs on: power, heat,
// card, space, memory, and how far its civil time can be believed. It also speaks
// to the service manager that started the player, and decides when to tell it
// that the player is well.
//
// It promises to read and never to change anything, to give every fact with a
// sentence in French and in English and the next step, and to leave out what the
// kernel does not tell instead of guessing. It must not know what the answers are
// used for, and nothing about people passes through it.
//
// A shop whose screen goes black on busy days shows the use: the card is full.
//
//	m := board.Machine{Data: "/var/lib/entracte"}
//	for _, h := range m.Read() {
//		fmt.Println(h.Level, h.English)
//	}
//
// prints, among others,
//
//	bad 41 MB are free in the data folder: nothing new can be installed
//	hint: remove old files from it, or take a larger card
//
// [Machine.Watch] does so once a minute, from one goroutine, and remembers the
// dips of the supply voltage in between.
//
// A [Pulse] is how a screen that hangs comes back without a visit: it looks at
// counters of the loops that must come round, and systemd is fed only while all
// of them do.
package board
