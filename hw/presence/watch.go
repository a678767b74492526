package presence

import (
	"context"
	"time"
)

// hoursEvery is how long a closing time may go unnoticed.
const hoursEvery = 30 * time.Second

// Watch runs the machine until ctx ends; it owns m for as long. The machine's
// times count from start, whose monotonic reading is used.
//
// It feeds m the readings as they come, asks hours at once and then at least
// every 30 s, and calls out with the first belief and after each change. Both
// functions run on Watch's goroutine: they must return quickly, for they stand
// between a service signal and the screen; out may call m's Belief and History.
// A closed channel of readings means that no more will come.
func Watch(ctx context.Context, m *Machine, start time.Time, readings <-chan Reading, hours func() (open, trusted bool), out func(Belief)) {
	var told Belief
	var asked time.Duration
	first := true
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case r, ok := <-readings:
			if ok {
				m.take(time.Since(start), r.Taken.Sub(start), r)
			} else {
				readings = nil
			}
		case <-timer.C:
		}
		now := time.Since(start)
		if first || now >= asked+hoursEvery {
			open, trusted := hours()
			m.SetHours(now, open, trusted)
			asked = now
		} else {
			m.Advance(now)
		}
		if b := m.Belief(); first || !b.Equal(told) {
			told, first = b, false
			out(b)
		}
		next := asked + hoursEvery
		if d, ok := m.Deadline(); ok {
			next = min(next, d)
		}
		timer.Reset(next - time.Since(start))
	}
}
