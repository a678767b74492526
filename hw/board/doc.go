// Package board is the health of the machine the player runs on. So far it
// knows how far the civil time can be believed, and how long the machine is up.
//
// It promises to read and never to change anything, and to answer at once.
// It must not know what the answer is used for.
package board
