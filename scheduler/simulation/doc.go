// Package simulation plays a plan in time that costs nothing: what a screen
// would have shown to a trace of waits, a year of it in seconds.
//
// It promises:
//
//   - the records are those that the real player would write: one for each lease
//     that reached the glass, numbered without gaps, with the scheduler's own
//     reasons. It drives the very [scheduler.Scheduler] that the player drives, by
//     the same rules: a wait that ends in the middle of a creative interrupts it,
//     and while nothing may play the idle look stands until the scheduler says that
//     this may have changed;
//   - the same plan, options, waits and seed give the same records, byte by byte;
//   - the steps of a wait follow each other without a gap, so that what was shown
//     and what was idle add up to what was waited.
//
// The screen is started at From: Mono counts from there, caps and turns begin
// with nothing, and the clock is trusted. The show ends after For, and with it
// whatever is on the glass, as when the player is stopped.
//
// Waits that a sensor measured are cut to the opening hours, for a closed screen
// is black. Without them nobody knows who waits, and the show runs whenever the
// venue is open.
//
// A shop that learns does so wait by wait, as far as the scheduler looks when it
// decides. What a guaranteed campaign expects of each hour of the week is settled
// when a scheduler is made, here from the waits known at From.
//
// The package must not know a clock, a disk, a glass or a config. It reads the
// plan it is given and changes nothing outside itself.
//
//	s := simulation.Simulation{
//		Plan:    p,
//		Options: scheduler.Options{Venue: venue, Vocabulary: assets.Vocabulary()},
//		From:    time.Date(2026, 11, 2, 0, 0, 0, 0, venue.Timezone),
//		For:     7 * 24 * time.Hour,
//		Waits: slices.Values([]simulation.Wait{
//			{Start: time.Date(2026, 11, 2, 9, 40, 0, 0, venue.Timezone), Length: 95 * time.Second},
//		}),
//	}
//	for step := range s.Run() {
//		if !step.Idle() {
//			fmt.Println(step.Civil, step.Play.Creative, step.Play.Outcome)
//		}
//	}
package simulation
