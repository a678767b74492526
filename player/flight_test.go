package player

import (
	"fmt"
	"testing"
	"time"

	"entracte/assets"
	"entracte/scheduler"
	"entracte/scheduler/plan"
)

// A stay is a screen over days, with all that a restart leaves to the next start: the
// card and what was kept. It is the player without its glass.
type stay struct {
	plan    plan.Plan
	options scheduler.Options
	card    card
	kept    plan.Memory
	history history
	sched   *scheduler.Scheduler
	boot    int
	now     scheduler.Moment
	length  time.Duration
	recent  int
	done    map[string]int
	most    map[string]int // a day
}

func newStay(length time.Duration, recent int, campaigns ...plan.Campaign) *stay {
	for i := range campaigns {
		c := &campaigns[i]
		c.Advertiser, c.Weight, c.Category = "Adv "+c.ID, 1, []int{1021, 1066, 1357, 1533}[i]
		c.Creatives = []plan.Creative{{ID: c.ID, SHA256: c.ID, Length: length}}
	}
	return &stay{
		plan: plan.Plan{Feeds: []plan.Feed{{Name: "f", Campaigns: campaigns}}},
		options: scheduler.Options{
			Venue:      plan.Venue{Activity: "jeweller", Language: "en", Timezone: time.UTC},
			Vocabulary: assets.Vocabulary(),
		},
		card: card{zone: time.UTC}, length: length, recent: recent, done: map[string]int{}, most: map[string]int{},
	}
}

// start is a start of the machine.
func (s *stay) start() {
	s.boot++
	s.now.Mono = time.Minute
	s.options.Boot = fmt.Sprint("boot", s.boot)
	s.history = newHistory(time.UTC, true)
	s.history.recent, s.history.most = s.recent, 12*s.recent
	past := s.history.last(func(most int) []plan.Play { return s.card.all[max(len(s.card.all)-most, 0):] }, s.now, s.options.Boot)
	s.card.log = past // the card counts up to its end
	s.history.recall(s.kept, past, plan.Restart(s.options.Boot, s.now.Mono, s.now.Civil, s.now.Clock))
	s.history.promise(s.plan, s.now)
	s.history.settle(s.card.count(s.history.uncounted()))
	s.draft()
}

// draft makes the scheduler anew, as a new plan does.
func (s *stay) draft() {
	s.options.Delivered = s.history.delivered()
	s.sched = scheduler.New(s.plan, s.options, s.history.plays, s.now)
}

func (s *stay) keep() { s.kept = s.history.memory() }

// show plays so many creatives and counts those of the day.
func (s *stay) show(plays int, today map[string]int) {
	for range plays {
		l, ok := s.sched.Pick(s.now)
		p := plan.Play{
			Boot: s.options.Boot, Feed: "f", StartedAt: s.now.Civil, MonoMS: s.now.Mono.Milliseconds(), PlannedMS: s.length.Milliseconds(),
			ShownMS: s.length.Milliseconds(), Outcome: plan.Completed, Counted: true, Clock: s.now.Clock,
		}
		s.now = later(s.now, s.length)
		if !ok {
			continue
		}
		p.Campaign, p.Creative, p.Advertiser, p.Category = l.Ref.Campaign, l.Ref.Creative, l.Campaign.Advertiser, l.Campaign.Category
		s.sched.Complete(l, s.now)
		s.history.add(p)
		s.card.all, s.card.log = append(s.card.all, p), append(s.card.log, p)
		s.done[p.Campaign]++
		today[p.Campaign]++
		s.most[p.Campaign] = max(s.most[p.Campaign], today[p.Campaign])
	}
}

// What was promised for a fortnight is delivered and not passed, and a day has no more
// plays of a campaign than its cap, whatever a start finds every morning and at noon.
func TestPromisesOutliveRestarts(t *testing.T) {
	t.Parallel()
	const days, perDay, goal, cap = 14, 200, 420, 40
	flight := plan.Flight{From: plan.Date{Year: 2026, Month: 11, Day: 2}, To: plan.Date{Year: 2026, Month: 11, Day: 2 + days}}
	stays := func() *stay {
		return newStay(2*time.Minute, perDay/8, plan.Campaign{ID: "promised", Tier: plan.TierGuaranteed, Goal: goal, Flight: flight},
			plan.Campaign{ID: "capped", Caps: []plan.Cap{{Plays: cap, Per: plan.PerDay}}},
			plan.Campaign{ID: "hourly", Caps: []plan.Cap{{Plays: 8, Per: plan.PerHour}}}, plan.Campaign{ID: "free"})
	}
	for name, test := range map[string]struct {
		restarts bool
		found    func(s *stay, day int) // what a start in the morning of a day comes by
	}{
		"never off":           {false, nil},
		"clean stops":         {true, func(s *stay, _ int) { s.keep() }},
		"power cuts":          {true, func(*stay, int) {}}, // kept at noon
		"the memory is lost":  {true, func(s *stay, day int) { s.kept = plan.Memory{} }},
		"lost on one day":     {true, func(s *stay, day int) { s.lose(day == 11) }},
		"its play is damaged": {true, func(s *stay, day int) { s.kept.MonoMS = -1 }},
		"nothing is kept any more from the third day on": {true, func(s *stay, day int) {
			if day > 3 {
				s.kept = plan.Memory{Boot: "boot5", MonoMS: 999}
			}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := stays()
			s.now = scheduler.Moment{Civil: time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC), Clock: plan.ClockTrusted}
			s.start()
			for day := range days {
				morning := time.Date(2026, 11, 2+day, 9, 0, 0, 0, time.UTC)
				s.now = later(s.now, morning.Sub(s.now.Civil))
				if test.restarts && day > 0 {
					test.found(s, day)
					s.start()
				}
				today := map[string]int{}
				s.show(perDay/2, today)
				if s.keep(); test.restarts {
					s.start()
				} else {
					s.draft()
				}
				s.show(perDay/2, today)
				due := goal * (day + 1) / days
				if n := s.done["promised"]; n < due-goal/days || n > due {
					t.Errorf("after %d days %d plays of %d are delivered", day+1, n, goal)
				}
			}
			if n := s.done["promised"]; n > goal || n < goal*9/10 {
				t.Errorf("%d plays were delivered, %d are promised", n, goal)
			}
			if n := s.most["capped"]; n > cap || n < cap*9/10 {
				t.Errorf("a day has %d plays of a campaign that may have %d", n, cap)
			}
		})
	}
}

func (s *stay) lose(it bool) {
	if it {
		s.kept = plan.Memory{}
	}
}

// What is not sure yet when it is kept is asked for again after the next start.
func TestNotSureIsNotKept(t *testing.T) {
	t.Parallel()
	h := newHistory(nil, true)
	h.recall(plan.Memory{}, nil, plan.Play{})
	h.promise(promisedPlan(1), scheduler.Moment{})
	played := plan.Play{Boot: "1", MonoMS: 5, Feed: "f", Campaign: "a", Counted: true}
	h.add(played)
	early := h.snapshot()
	h.settle(plan.Memory{Delivered: h.uncounted()[1:]})
	for name, test := range map[string]struct {
		kept plan.Memory
		want int
	}{"before it is counted": {early.memory(), 0}, "one is counted": {h.memory(), 1}} {
		again := newHistory(nil, true)
		again.recall(test.kept, []plan.Play{played}, plan.Play{})
		again.promise(promisedPlan(1), scheduler.Moment{})
		if n := len(test.kept.Delivered); n != test.want || len(again.uncounted()) != 2-n || test.kept.MonoMS != 5 {
			t.Errorf("%s: %d bookings are kept, and %d asked for again", name, n, len(again.uncounted()))
		}
	}
}

// The card is asked unless it is sure that the first day is to come.
func TestAsksOnceTheFlightHasBegun(t *testing.T) {
	t.Parallel()
	auckland := time.FixedZone("", 13*3600)
	eve := time.Date(2026, 10, 31, 10, 59, 0, 0, time.UTC) // a minute to November there
	for _, test := range []struct {
		now   scheduler.Moment
		asked int
	}{
		{scheduler.Moment{Civil: eve, Clock: plan.ClockTrusted}, 0},
		{scheduler.Moment{Civil: eve.Add(time.Minute), Clock: plan.ClockTrusted}, 2},
		{scheduler.Moment{Civil: eve, Clock: plan.ClockFloor}, 2},
		{scheduler.Moment{}, 2},
	} {
		h := newHistory(auckland, true)
		h.promise(promisedPlan(1), test.now)
		if n := len(h.uncounted()); n != test.asked || len(h.delivered()) != 2 {
			t.Errorf("at %v the card is asked for %d campaigns, want %d", test.now, n, test.asked)
		}
	}
}
