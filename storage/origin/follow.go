package origin

import (
	"context"
	"math/rand/v2"
	"time"
)

// How often a server is asked: soon after the start, then now and then; after a
// failure sooner, and then ever less often.
const (
	firstAfter = 20 * time.Second
	every      = 30 * time.Minute
	soonest    = time.Minute
)

// Follow calls visit now and then until ctx ends: every half hour, or after an error
// a minute later, then two, then four. Each pause is up to a fifth longer by chance,
// so that a thousand screens that got power back at once do not ask at once.
func Follow(ctx context.Context, visit func(context.Context) error) {
	pause, failures := firstAfter, 0
	for {
		select {
		case <-time.After(pause + rand.N(pause/5)):
		case <-ctx.Done():
			return
		}
		pause = every
		if err := visit(ctx); err == nil {
			failures = 0
			continue
		}
		if pause = soonest << min(failures, 10); pause > every {
			pause = every
		}
		failures++
	}
}
