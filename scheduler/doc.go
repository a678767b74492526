// Package scheduler decides which creative takes the pause, and can always say
// why, and why not another.
//
// It promises:
//
//   - the same plan, past, seed and moments give the same choices, whatever the
//     order of the campaigns in the plan: integers only, no clock, no chance;
//   - who may not play does not: every campaign passes the same filters in the
//     same order ([Filter]), and the first that refuses names itself. A
//     competitor of the venue is refused whatever its tier. What cannot be
//     checked is refused too: a campaign of no known category, a venue of no
//     known activity, a distance nobody can measure;
//   - never more completed plays than a cap allows in any sliding hour or venue
//     day, and never two advertisers of one rivals group side by side;
//   - fair turns: among those who may play, turns follow the booked weights, and
//     no campaign comes twice in a row while another of its tier may play.
//
// A decision has three steps. [Scheduler.Peek] looks ahead and changes nothing;
// it is what preparation lives on. [Scheduler.Pick] gives a [Lease] when the
// first frame is due. [Scheduler.Complete] charges it; [Scheduler.Abort] gives
// it back uncharged. At most one lease is out at a time, and no lease is ever a
// play before it is completed.
//
// Tiers go emergency, takeover, guaranteed, weighted, house; a guaranteed
// campaign takes at most one of three turns while weighted ones may play. House
// content takes its own share of the turns of the guaranteed and weighted tiers,
// and fills every gap. What is exempt from all but the flight, daypart and
// format filters is the house tier of the advertiser "@venue", the shop itself:
// the tier alone exempts nobody, or a competitor could book it.
//
// Two advertisers of one group are side by side when nothing was completed
// between them and less than [RivalDistance] passed.
//
// What the clock is worth decides how far dates count. Trusted: all of it. At
// least so late (plan.ClockFloor; Civil is then the floor plus the powered time
// since): a flight plays when it has surely begun and not surely ended, a
// day-parted campaign as it asked, a day cap counts 24 hours of powered time.
// Unknown: only campaigns without dates and dayparts play.
//
// The package must not know a clock, a disk, a screen, a goroutine or chance,
// nor anything about a person: time comes in as a [Moment], the shop as the
// plan.Venue that its owner declared. A Scheduler belongs to one goroutine. The
// plan it was made for must not change under it; a new plan is a new Scheduler,
// given the plays of the past so that caps and turns go on.
package scheduler
