package player

import (
	"maps"
	"slices"
	"time"

	"entracte/scheduler/plan"
)

// broken are the creatives that failed here, and why. They are left alone for a
// while, named in the status, and tried again: what failed under load, or while a
// program was missing, may work tomorrow.
type broken struct {
	why map[string]string // by the creative's reference
	ref map[string]plan.Ref
	// mend is when they are tried again; zero while there are none.
	mend time.Time
}

// mendAfter is how long a creative that failed is left alone.
const mendAfter = 15 * time.Minute

// skip takes a creative out of the rotation. The scheduler, which speaks to owners in
// their language, is told which it is; why is a technician's, and in English.
func (p *Player) skip(ref plan.Ref, why string) {
	if p.broken.why == nil {
		p.broken.why, p.broken.ref = map[string]string{}, map[string]plan.Ref{}
	}
	p.broken.why[ref.String()], p.broken.ref[ref.String()] = why, ref
	if p.broken.mend.IsZero() {
		p.broken.mend = time.Now().Add(mendAfter)
	}
	p.sched.Unplayable(ref, ref.Creative)
}

// notice names the creatives that are left alone, if there are any.
func (b *broken) notice() (Notice, bool) {
	n := Notice{Concern: Unshown, Files: len(b.why)}
	ads := map[[2]string]bool{}
	for _, name := range slices.Sorted(maps.Keys(b.why)) {
		n.Details = append(n.Details, name+": "+b.why[name])
		ads[[2]string{b.ref[name].Feed, b.ref[name].Campaign}] = true
	}
	n.Ads = len(ads)
	return n, n.Files > 0
}
