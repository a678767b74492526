// Package scheduler decides which creative takes the pause, and can always say
// why, and why not another.
//
// # What it promises
//
//   - The same plan, past, seed and moments give the same choices on every
//     machine, whatever the order of the campaigns in the plan: integers only, no
//     clock, no chance.
//   - Who may not play does not: every campaign passes the same filters in the
//     same order ([Filter]), and the first that refuses names itself. A competitor
//     of the venue is refused whatever its tier. What cannot be checked is refused
//     too: a campaign of no known category, a venue of no known activity, a
//     distance nobody can measure.
//   - Never more completed plays than a cap allows in any sliding hour or venue
//     day, and never two advertisers of one rivals group side by side.
//   - Fair turns, at every moment while no cap, rival, wait or change binds: a
//     category is less than one play, and an ad less than two, from its exact share;
//     otherwise nobody hoards more than two. No category has more than two fifths of
//     the turns, and those that nothing relates to the shop have a tenth at least.
//   - A pick looks at the categories, at the guaranteed campaigns, and at a few ads
//     of one category, and allocates next to nothing; a hundred thousand weighted
//     ads cost it hardly more than a thousand, unless rivals hold up most of them.
//
// It must not know a clock, a disk, a screen, a goroutine or chance, nor anything
// about a person: time comes in as a [Moment], the shop as the plan.Venue that its
// owner declared, and of those who waited only counts ([Options.Waits]).
//
// # A decision
//
// [Scheduler.Peek] looks ahead and changes nothing; it is what preparation lives
// on. [Scheduler.Pick] gives a [Lease] when the first frame is due.
// [Scheduler.Complete] charges it; [Scheduler.Abort] gives it back uncharged. At
// most one lease is out at a time, and no lease is a play before it is completed.
//
// Tiers go emergency, takeover, guaranteed, weighted, house. House content takes
// its own share of the turns of the guaranteed and weighted tiers, and fills every
// gap. What is exempt from all but the flight, daypart and format filters is the
// house tier of the advertiser "@venue", the shop itself: the tier alone exempts
// nobody, or a competitor could book it.
//
// # How well an ad complements the shop
//
// Each weighted campaign gets points when the plan or the profile changes, never
// for a turn:
//
//	an occasion shared with the activity, primary / secondary   40 / 20
//	strength of the relation of its category, 0 to 3            × 10
//	place: same commune / within 10 km / within 30 km           15 / 10 / 5
//	clientele: the campaign's tags that the shop has, in tenths 0 to 10
//	offers: the same                                            0 to 10
//	season: the relation names this month                       5
//
// 70 points make it weigh 8 times a general ad, 50 make 4, 30 make 2; the class is
// multiplied by the booked weight. With targeting off all of this is skipped, and
// no field of the profile that is used only here changes anything.
//
// # Fair turns
//
// Take three ads with weights 2, 1 and 1. The exact share of the first is one turn
// in two, so its first turn belongs somewhere before the end of play 2, its second
// before the end of play 4 and not before play 2 is over, and so on: every turn has
// a window that begins when the ad has had its share and ends when it would be a
// whole turn behind. Among those whose window has begun, the one that ends first
// goes. That is earliest eligible virtual deadline first (EEVDF, Stoica and
// Abdel-Wahab 1995, the rule of the Linux scheduler since 6.6), and nobody is ever a
// whole turn off. What is behind the window is virtual time, which advances by
// 1/(sum of the weights) a play; a window is 1/weight wide, and who comes or goes
// changes the speed of time and nobody's window.
//
// It is done twice: a lane of categories ([lane]), and in each category a [pool] of
// ads in two heaps, by the beginning and by the end of their windows. The errors
// add up: less than one play for a category, less than two for an ad. An ad that is
// blocked by a cap, a daypart or its flight is in neither heap. It comes back when
// a timer or the calendar says so, with no credit for the time it was away, so
// nobody bursts.
//
// Before categories take turns, their weights are water-filled ([divide]): what the
// largest may not have, above two fifths, goes to the others in proportion. Those
// that nothing relates to the shop, together, are raised to a tenth. So the shop
// cannot close itself in a bubble of what it is already about.
//
// An ad must not come back within k plays while another may play, where k is the
// number of plays that lie between two turns of the ad with the largest share, at
// most 20. Windows alone do not promise that: an ad may play at the end of one
// window and the beginning of the next. Refusing it then would cost it turns that
// a large ad can never make up, hundreds of them in a small plan. So the exception
// is rehearsed ([Scheduler.rehearse]): a category whose ad is held up lets others
// go first, and an ad with no room to wait goes before them, if a rehearsal of the
// next turns shows that no category gets late. Where that fails, another ad of the
// category takes the turn; where that would bend the shares of the ads, the ad
// comes back early and says so ("relaxed:repeat"): shares go first. In three
// hundred random plans no share was off, and in one plan of twenty-five some turn
// was early.
//
// # Promises, waits and gaps
//
// A guaranteed campaign has G plays in its flight. They follow the chances to show
// something, not the clock: after a part F of the flight's expected waits, G·F are
// due, and the next play has its window between done/G and (done+1)/G ([promise]).
// They take one of three picks at most while anything else may play. [Overbooked] refuses what cannot be kept.
//
// Waits are short. Where a sensor tells and enough were counted, an ad that is
// longer than what is left of the wait with even odds steps back while a shorter
// one may play; each still has one try in ten of its turns. [RarelyFit] tells the
// owner.
//
// When nothing is admissible, the repeat distance is relaxed first, then house
// content fills in, then nothing plays. Filters, caps and rivals never relax. Two
// advertisers of one group are side by side when nothing was completed between
// them, less than [RivalDistance] passed with anything else on the glass, and no
// wait began [NewWait] or more after the first. Of a campaign that has left the plan
// the record tells the category and not the group, so that only its category keeps
// the distance.
//
// # Time
//
// What the clock is worth decides how far dates count. Trusted: all of it. At least
// so late (plan.ClockFloor; Civil is then the floor plus the powered time since): a
// flight plays when it has surely begun and not surely ended, a day-parted campaign
// as it asked, a day cap counts 24 hours of powered time. Unknown: only campaigns
// without dates and dayparts play. A season is known to a trusted clock only.
//
// A Scheduler belongs to one goroutine. The plan it was made for must not change
// under it; a new plan is a new Scheduler, given the plays of the past, which it
// plays again so that caps and turns go on.
package scheduler
