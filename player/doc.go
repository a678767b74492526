// Package player is the loop: it turns the belief about people in front into
// what should be on the glass now, as data, and records what really got there.
//
// It promises that
//   - no creative is on the glass unless somebody waits and nobody is served: a
//     change of belief to serving replaces the frame before anything else is
//     done;
//   - the next creative is prepared before it is due, and its lease begins only
//     when it is put on the glass, so that preparing costs nobody a turn;
//   - a showing that does not run from its first to its last frame is recorded
//     as interrupted and never counted, and nothing says why it was;
//   - when nothing may play the venue's idle look shows: never a stale frame,
//     never black by accident;
//   - of people it remembers counts and nothing else (plan.Waits), and those only
//     where [Config] asks for them.
//
// One goroutine, the one in [Player.Run], owns all state; other goroutines talk
// to it through channels. What takes long is done elsewhere and handed over: plays
// are recorded, and the scheduler of a new plan is made, while the old one plays
// on. It must not know Ebitengine, a disk, a pin or a network: the glass, the
// preparer of content and the log of plays come in as the small interfaces
// declared here.
//
//	p := player.New(player.Config{Glass: stage, Preparer: prep, Plays: log, Venue: venue, ...}, recentPlays)
//	p.SetPlan(plan, nil)              // from the cache
//	go presence.Watch(ctx, ..., p.Believe)
//	err := p.Run(ctx)                 // until ctx ends
package player
