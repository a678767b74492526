package audit_test

import (
	"testing"
	"time"

	"entracte/scheduler/audit"
	"entracte/scheduler/plan"
)

const (
	second = time.Second
	minute = time.Minute
)

func TestHourCap(t *testing.T) {
	t.Parallel()
	s := jeweller(booking("a", 1, limit(2, plan.PerHour)), booking("b", 2))
	for name, c := range map[string]struct {
		write func(l *log)
		want  string
	}{
		"two":                           {func(l *log) { l.play("a a") }, ""},
		"three":                         {func(l *log) { l.play("a a a") }, "cap@2"},
		"four":                          {func(l *log) { l.play("a a a a") }, "cap@2 cap@3"},
		"the third an hour after":       {func(l *log) { l.play("a a").wait(time.Hour - 10*second).play("a") }, ""},
		"a millisecond less":            {func(l *log) { l.play("a a").wait(time.Hour - 10*second - 1e6).play("a") }, "cap@2"},
		"others do not count":           {func(l *log) { l.play("a b b a b") }, ""},
		"broken off does not count":     {func(l *log) { l.play("a a! a! a") }, ""},
		"broken off when used up":       {func(l *log) { l.play("a a a!") }, "cap-begun@2"},
		"the clock is set forward":      {func(l *log) { l.play("a a"); l.civil = l.civil.Add(9 * time.Hour); l.play("a") }, "cap@2"},
		"off for an hour, clocks known": {func(l *log) { l.play("a a").restart("b2", time.Hour, minute).play("a") }, ""},
		"off for an hour, nobody knows": {func(l *log) { l.clock = plan.ClockFloor; l.play("a a").restart("b2", time.Hour, minute).play("a") }, "cap@2"},
		"up for an hour, by a clock set back": {func(l *log) {
			l.play("a a").restart("b2", -9*time.Hour, time.Hour).play("a")
		}, ""},
		"up for an hour since": {func(l *log) { l.clock = plan.ClockFloor; l.play("a a").restart("b2", 0, time.Hour).play("a") }, ""},
		"known on one side only": {func(l *log) {
			l.play("a a").restart("b2", time.Hour, minute)
			l.clock = plan.ClockUnknown
			l.play("a")
		}, "cap@2"},
		"known later in the boot": {func(l *log) {
			l.play("a a").restart("b2", time.Hour, minute)
			l.clock = plan.ClockUnknown
			l.play("a")
			l.clock = plan.ClockTrusted
			l.play("b")
		}, ""},
	} {
		l := newLog(s)
		c.write(l)
		t.Run(name, func(t *testing.T) { want(t, audit.Caps(l.shop, l.plays), c.want) })
	}
}

func TestDayCap(t *testing.T) {
	t.Parallel()
	s := jeweller(booking("a", 1, limit(2, plan.PerDay)))
	night := 14*time.Hour + 59*minute + 30*second // 23:59:30, when it is 9 now
	for name, c := range map[string]struct {
		write func(l *log)
		want  string
	}{
		"three in a day":             {func(l *log) { l.play("a").wait(5 * time.Hour).play("a").wait(5 * time.Hour).play("a") }, "cap@2"},
		"a day ends at midnight":     {func(l *log) { l.wait(night).play("a a a a a") }, "cap@2"}, // 30, 40, 50, then 00:00:00
		"it counts where it began":   {func(l *log) { l.wait(night + 25*second).play("a a a a") }, "cap@3"},
		"set back a day":             {func(l *log) { l.play("a a"); l.civil = l.civil.AddDate(0, 0, -1); l.play("a") }, "cap@2"},
		"set back and a day later":   {func(l *log) { l.play("a a"); l.civil = l.civil.AddDate(0, 0, -1); l.wait(48 * time.Hour).play("a") }, ""},
		"24 hours of an unknown day": {func(l *log) { l.clock = plan.ClockUnknown; l.play("a a").wait(24*time.Hour - 11*second).play("a") }, "cap@2"},
		"and no longer":              {func(l *log) { l.clock = plan.ClockUnknown; l.play("a a").wait(24*time.Hour - 10*second).play("a") }, ""},
		"time switched off":          {func(l *log) { l.clock = plan.ClockFloor; l.play("a a").restart("b2", 72*time.Hour, minute).play("a") }, "cap@2"},
		"off for days, told by clocks, but asked before they were right": {func(l *log) {
			l.play("a a").restart("b2", 72*time.Hour, minute)
			l.clock = plan.ClockFloor
			l.play("a")
			l.clock = plan.ClockTrusted
			l.play("a")
		}, "cap@2"},
		"trust lost overnight": {func(l *log) {
			l.wait(night - minute).play("a a").wait(10 * minute)
			l.clock = plan.ClockFloor
			l.play("a")
		}, "cap@2"},
		"trust found overnight": {func(l *log) {
			l.clock = plan.ClockFloor
			l.wait(night - minute).play("a a").wait(10 * minute)
			l.clock = plan.ClockTrusted
			l.play("a")
		}, "cap@2"},
	} {
		l := newLog(s)
		c.write(l)
		t.Run(name, func(t *testing.T) { want(t, audit.Caps(l.shop, l.plays), c.want) })
	}
}

// Only its flight, dayparts and media stop the venue's own content.
func TestNoCapsForTheVenue(t *testing.T) {
	t.Parallel()
	o := own("own")
	limit(1, plan.PerHour)(&o)
	l := newLog(jeweller(o)).play("own own")
	want(t, audit.Caps(l.shop, l.plays), "")
}

// The hour that comes twice belongs to the same day and is two hours long.
func TestCapsWhenClocksChange(t *testing.T) {
	t.Parallel()
	s := jeweller(booking("a", 1, limit(1, plan.PerHour), limit(2, plan.PerDay)))
	l := newLog(s)
	l.civil = time.Date(2026, 10, 25, 0, 30, 0, 0, time.UTC) // 02:30, the first time
	l.play("a").wait(time.Hour - 10*second).play("a")        // 02:30, the second time
	want(t, audit.Caps(l.shop, l.plays), "cap@1")
	l.wait(10 * second)
	l.plays = l.plays[:1]
	l.play("a").wait(90 * minute).play("a")
	want(t, audit.Caps(l.shop, l.plays), "cap@2")
	l.plays = l.plays[:2]
	l.civil = time.Date(2026, 10, 25, 23, 0, 0, 0, time.UTC) // midnight
	l.play("a")
	want(t, audit.Caps(l.shop, l.plays), "")
}

func TestRivals(t *testing.T) {
	t.Parallel()
	s := jeweller(booking("a", 1), booking("b", 1, named("adv  B")), booking("c", 1, named("Adv b ")), booking("d", 2),
		booking("e", 3, rivals("g")), booking("f", 1, rivals("g")), booking("h", 1, tier(plan.TierHouse)), own("own"))
	for name, c := range map[string]struct {
		write func(l *log)
		want  string
	}{
		"side by side":                 {func(l *log) { l.play("a b") }, "rivals@1"},
		"there and back":               {func(l *log) { l.play("a b a") }, "rivals@1 rivals@2"},
		"the same advertiser":          {func(l *log) { l.play("b c") }, ""},
		"another category between":     {func(l *log) { l.play("a d b") }, ""},
		"house content between":        {func(l *log) { l.play("a own b") }, ""},
		"30 seconds of the idle look":  {func(l *log) { l.play("a").wait(30 * second).play("b") }, ""},
		"29 seconds":                   {func(l *log) { l.play("a").wait(29 * second).play("b") }, "rivals@1"},
		"the group has its own name":   {func(l *log) { l.play("e f") }, "rivals@1"},
		"and leaves its category":      {func(l *log) { l.play("a f") }, ""},
		"the house tier of a rival":    {func(l *log) { l.play("a h") }, "rivals@1"},
		"broken off between":           {func(l *log) { l.play("a d! b") }, "rivals@2"},
		"after one broken off":         {func(l *log) { l.play("a! b") }, "rivals@1"},
		"one broken off":               {func(l *log) { l.play("a b!") }, "rivals@1"},
		"broken off, then completed":   {func(l *log) { l.play("a! d b") }, ""},
		"broken off, then long enough": {func(l *log) { l.play("a").wait(28 * second).play("d! b") }, ""},
		"a rival no longer booked":     {func(l *log) { l.play("z b"); l.plays[0].Category, l.plays[0].Advertiser = 1, "Z" }, "rivals@1"},
		"the machine restarts":         {func(l *log) { l.play("a").restart("b2", 5*second, 20*second).play("b") }, "rivals@1"},
		"and is up for 30 seconds":     {func(l *log) { l.play("a").restart("b2", 0, 30*second).play("b") }, ""},
	} {
		l := newLog(s)
		c.write(l)
		t.Run(name, func(t *testing.T) { want(t, audit.Rivals(l.shop, l.plays), c.want) })
	}
}

// A new wait 60 seconds after ends adjacency; before that, 30 seconds of it do.
func TestRivalsOfTwoWaits(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		away, idle time.Duration
		want       string
	}{
		{60 * second, 0, ""},
		{59 * second, 0, "rivals@1"},
		{59 * second, 29 * second, "rivals@1"},
		{59 * second, 30 * second, ""},
		{5 * second, 26 * second, "rivals@1"},
		{0, 29 * second, "rivals@1"},
		{0, 30 * second, ""},
	} {
		l := newLog(jeweller(booking("a", 1), booking("b", 1))).play("a").wait(c.away)
		l.shop.Waits = []audit.Wait{{"b1", 0}, {"b1", l.mono.Milliseconds()}, {"b1", 1e9}, {"b0", 0}}
		l.wait(c.idle).play("b")
		want(t, audit.Rivals(l.shop, l.plays), c.want)
	}
	// Known waits, and both plays in the first.
	l := newLog(jeweller(booking("a", 1), booking("b", 1))).play("a").wait(30 * second).play("b")
	l.shop.Waits = []audit.Wait{{"b1", 0}}
	want(t, audit.Rivals(l.shop, l.plays), "")
}
