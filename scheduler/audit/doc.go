// Package audit judges plays after the fact: given the plan, the venue, the
// vocabulary and the records of what reached the glass, it reports every rule of
// fair scheduling that they break. It shares no code with package scheduler and
// must never import it, so that a mistake there is not repeated here; it knows
// no clock, no disk and nothing about how a choice was made.
//
//	faults := audit.Check(audit.Shop{Plan: p, Venue: v, Words: words}, plays)
//	for _, f := range faults {
//		fmt.Println(f) // play 17 (acme/shop/lens): cap: 5 plays within an hour, at most 4
//	}
//
// What holds in every log: [Records], [Filters], [Caps], [Rivals], [Tiers],
// [Explained] and [Repeats]. [Check] asks them all. What holds only while the
// same campaigns may play all along and no rule binds: [MeasureShares],
// [Diversity] and [Starvation]; [Stretches] cuts a log into parts where the same
// campaigns may play. [Idling] judges moments when nothing was shown, [Delivery]
// the promises of the guaranteed tier.
//
// Plays come in the order of their records. Within a boot MonoMS tells how far
// apart they are. Between two boots only what is certain counts: the difference
// of trusted clocks, or else the time the machine had been up, so that nothing
// counts as longer ago than it surely was.
//
// Where the rules leave room, the strict reading was taken:
//
//   - An hour of a cap is measured from the end of one play to the start of the
//     next, which includes every other way to lay it. Exactly an hour apart is
//     apart. A day cap counts the completed plays whose venue date is that of
//     the new play, or later where the clock was set back; if either clock was
//     not trusted, those of 24 hours of powered time.
//   - A showing that was broken off, but began while the cap was used up, is no
//     excess of plays; it is reported by a rule of its own ([RuleCapBegun]).
//   - Rivals are apart when something was completed between them, or 30 seconds
//     passed. Where the waits are known and a new one began between the two, the
//     time before it counts only if it was 60 seconds or more; otherwise 30
//     seconds of the new wait must have passed. Advertisers are the same when
//     their names differ in case and spaces only; groups are compared exactly.
//   - A measured distance decides on the area, even in the advertiser's own
//     commune; the commune decides when nobody can measure. Distances are great
//     circles on a sphere of 6371 km, rounded to the metre.
//   - A shop whose activity the vocabulary does not know refuses every paid
//     campaign: nobody can tell who competes with it.
//   - A sole booking is held out by an earlier one of another advertiser, and
//     holds out later ones, while it could play itself but for caps and rivals.
//     No date is later than any; equal dates go by feed, then id.
//   - The venue's own content obeys the clock for its own dates and dayparts.
//   - "Within k plays" counts completed plays of the weighted tier. k follows
//     the fair shares of the campaigns that pass the filters at that moment, or
//     of those with room in their caps, whichever is smaller. Every pick is
//     judged, also one that was broken off. Other admissible campaigns are those
//     that are not within k themselves and were not broken off within 30 seconds.
//   - Variety counts guaranteed and weighted plays together; a category is active
//     when a weighted campaign of it may play.
//   - Of three picks one at most is guaranteed, whatever tier the others are; if
//     the rule holds for completed plays only, [RuleGuaranteedBegun] says so. There is
//     no exception where nothing else may play, but [RuleGuaranteedAlone] says so.
//
// Not judged, since plays cannot show it: whether a longer ad would have fit the
// wait, whether media that failed here were asked for again, and determinism.
package audit
