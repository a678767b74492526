// Package screen switches the power of the screen: off when nobody has been
// there for long or the venue is closed, on at once when somebody comes.
//
// It promises to believe only the screen's own answer, to try three times (after
// 0, 2 and 8 s) and then take the next way, to leave a screen on for five minutes
// and off for one, and never to make anybody wait for it: a wish is told in no
// time, the newest one wins, and the work is done elsewhere. The ways, which are
// called layers, are HDMI-CEC and the X server's DPMS; where neither works the
// black frame that the player shows anyway has to do, and that is reported.
//
// It must not know who is in front of the screen, opening hours or the player:
// what it is told is a [Wish]. Power is not the way to be quiet during service,
// for televisions are slow; that is the player's neutral frame.
//
// A screen that a service may command:
//
//	s := screen.New(screen.Layers(), func(fault string) { log.Print(fault) })
//	go s.Run(ctx)
//	s.Wish(screen.Rest)   // ten seconds later it goes off
//	s.Wish(screen.Needed) // and on again, without delay
package screen
