// Package clock decides what time it is on a machine that may have no clock, and
// how far that can be believed.
//
// A Pi without a battery wakes up with the time it went to sleep, or with 1970; a
// network's time is not authenticated; an owner mistypes a year. So there are three
// answers ([plan.Clock]), and they rest on four marks that outlive a power cut
// ([Kept]), each carried on by the time the machine was powered:
//
//	floor    surely passed: when the program was built, or the newest signed pack
//	         was issued. Only that raises it: one forged 2040 from a network would
//	         end every campaign for ever.
//	seen     the latest time that was trusted. It may be wrong, so it begins no
//	         flight and decides nothing else: a flight that was over by then stays
//	         over, although the clock is set back.
//	vouched  the last word of a person. It widens what is plausible, nothing else.
//	hardware what the battery clock read, to find out whether it runs without power.
//
// # What it promises
//
//   - Trusted is only what somebody vouches for: a network (the kernel is
//     disciplined), a battery clock that was found running on while the power was
//     off, or a person, until the power goes. A person's word goes before the
//     others'. Once trusted it stays so while the machine runs: what has passed
//     since is measured.
//   - Nothing is trusted that is more than a day ([Slack]) before the floor, and no
//     network or battery clock more than 400 days ([Reach]) after it, unless a
//     person's word or a newer pack makes it plausible.
//   - No mark ever falls by itself. Only a person can say that what was seen was
//     wrong ([Clock.Vouch]).
//   - Time is an argument. Nothing here asks the machine, sleeps or writes.
//
// # What it must not know
//
// Where the readings come from (package board), where the marks are kept, and what
// is played by the answer (package scheduler).
//
// # Example
//
// A shop without a network, in the morning: the power is back, the machine says
// the evening before.
//
//	c := clock.New(built, boot, kept, clock.Reading{Mono: 20 * time.Second, System: evening})
//	c.At(25 * time.Second)                  // the floor and 25 s, plan.ClockFloor
//	c.Vouch(time.Minute, morning, false)    // `entracte clock set`
//	c.At(2 * time.Minute)                   // a minute past morning, plan.ClockTrusted
package clock
