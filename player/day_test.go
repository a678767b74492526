package player_test

import (
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"entracte/hw/presence"
	"entracte/player"
	"entracte/scheduler/plan"
)

// A customer comes in, waits, is served, waits again and leaves.
func TestVisit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, campaign("lens", 1021), campaign("dress", 1066), house("repairs"))
		s.becomes(presence.Empty)
		s.onGlass(player.LookIdle)

		s.after(time.Second)
		s.becomes(presence.Waiting)
		s.onGlass(player.LookShow)
		if f := s.glass.last(); f.Mark == "" && f.Label != "local/repairs/repairs-1" {
			t.Errorf("%s carries no mark", f.Label)
		}

		// Three seconds into the second creative, service starts.
		s.after(13 * time.Second)
		s.onGlass(player.LookShow)
		before := s.glass.count()
		s.becomes(presence.Serving)
		s.onGlass(player.LookNeutral)
		if f := s.glass.last(); f.Enter != player.Cut || s.glass.count() != before+1 {
			t.Errorf("service: %d frames, entered by %v; want the neutral frame alone, cut", s.glass.count()-before, f.Enter)
		}
		s.after(5 * time.Minute)
		s.onGlass(player.LookNeutral)

		s.becomes(presence.Waiting)
		s.onGlass(player.LookShow)
		s.after(4 * time.Second)
		s.becomes(presence.Empty)
		s.onGlass(player.LookIdle)
		if f := s.glass.last(); f.Enter != player.Fade {
			t.Error("a customer who leaves cuts the creative with a fade")
		}
		s.becomes(presence.Asleep)
		s.onGlass(player.LookBlack)
		s.stop()

		if n := s.log.outcomes(); n[plan.Completed] != 1 || n[plan.Interrupted] != 2 || n[plan.Failed] != 0 {
			t.Errorf("recorded %v, want 1 completed and 2 interrupted", n)
		}
		for _, p := range s.log.plays {
			if p.Counted != (p.Outcome == plan.Completed) || p.PlannedMS != 10000 || p.Plan != "r1" || p.Feed != "local" || len(p.Reasons) == 0 {
				t.Errorf("record %+v", p)
			}
		}
		if ms := s.log.plays[0].ShownMS; ms != 10000 {
			t.Errorf("the completed play was shown for %d ms, want 10000", ms)
		}
		if ms := s.log.plays[1].ShownMS; ms != 3000 {
			t.Errorf("the interrupted showing was shown for %d ms, want 3000", ms)
		}
	})
}

// Between two creatives nothing else is ever on the glass.
func TestNoGap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, campaign("lens", 1021), campaign("dress", 1066))
		s.becomes(presence.Empty)
		s.after(time.Second)
		s.becomes(presence.Waiting)
		from := s.glass.count()
		s.after(10 * time.Minute)
		for i, f := range s.glass.shown[from:] {
			if f.Look != player.LookShow {
				t.Fatalf("frame %d is %q", i, f.Label)
			}
		}
		if n := len(s.glass.shown[from:]); n < 59 || n > 60 {
			t.Errorf("%d creatives of 10 s in 10 minutes", n)
		}
		if n := s.log.outcomes(); n[plan.Completed] != len(s.glass.shown[from:]) {
			t.Errorf("%d frames, outcomes %v", len(s.glass.shown[from:]), n)
		}
	})
}

// A creative that is not ready in time: what is on the glass stays for a moment,
// then the idle look comes, then the creative.
func TestSlowPreparation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, campaign("lens", 1021), campaign("dress", 1066))
		s.becomes(presence.Empty)
		s.after(time.Second)
		s.prep.set(func() { s.prep.take = 11 * time.Second })
		s.becomes(presence.Waiting)
		s.after(10500 * time.Millisecond)
		s.onGlass(player.LookShow)
		s.after(time.Second)
		if f := s.glass.last(); f.Look != player.LookShow {
			t.Errorf("the next creative is not on the glass once it is ready, but %q", f.Label)
		}
		s.prep.set(func() { s.prep.take = time.Hour })
		s.after(30 * time.Second)
		s.onGlass(player.LookIdle)
	})
}

// Broken creatives are named once and skipped; the show goes on.
func TestBrokenCreative(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, campaign("lens", 1021), campaign("bad", 1066))
		s.prep.set(func() { s.prep.broken["bad-1"] = true })
		s.becomes(presence.Waiting)
		s.after(2 * time.Minute)
		s.onGlass(player.LookShow)
		for _, p := range s.log.plays {
			if p.Campaign != "lens" {
				t.Errorf("%s was recorded", p.Campaign)
			}
		}
		if n := len(s.log.plays); n != 11 {
			t.Errorf("%d plays in two minutes, want 11", n)
		}
	})
}

// A decoder that dies while its film is on the glass costs its own film.
func TestBreaksOnGlass(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, campaign("film", 1021), campaign("dress", 1066))
		s.prep.set(func() { s.prep.films["film-1"] = 10 * time.Second })
		s.becomes(presence.Waiting)
		for s.glass.last().Label != "local/film/film-1" {
			s.after(time.Second)
		}
		s.after(500 * time.Millisecond)
		s.glass.events <- player.GlassEvent{Kind: player.Broke, Showing: s.glass.last().Showing, Err: errBroke}
		synctest.Wait()
		if f := s.glass.last(); f.Label == "local/film/film-1" {
			t.Errorf("the broken film is still on the glass")
		}
		s.after(time.Minute)
		if n := s.log.outcomes(); n[plan.Failed] != 1 {
			t.Errorf("outcomes %v, want one failed", n)
		}
		for _, f := range s.glass.shown[len(s.glass.shown)-5:] {
			if f.Label == "local/film/film-1" {
				t.Error("a broken film came back")
			}
		}
	})
}

// Nothing eligible is the idle look, not black and not a stale frame; a plan
// that arrives is played at once.
func TestEmptyPlan(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, campaign("rival", 1073))
		s.becomes(presence.Waiting)
		s.after(time.Minute)
		s.onGlass(player.LookIdle)
		s.SetPlan(plan.Plan{Feeds: []plan.Feed{{Name: "local", Campaigns: []plan.Campaign{campaign("lens", 1021)}}}}, nil)
		s.after(time.Second)
		s.onGlass(player.LookShow)
	})
}

// A plan that changes under a showing lets it finish, and counts it.
func TestPlanChangesUnderShowing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, campaign("lens", 1021))
		s.becomes(presence.Waiting)
		s.after(5 * time.Second)
		s.SetPlan(plan.Plan{Feeds: []plan.Feed{{Name: "local", Revision: "r2", Campaigns: []plan.Campaign{campaign("dress", 1066)}}}}, nil)
		s.after(time.Second)
		if f := s.glass.last(); f.Label != "local/lens/lens-1" {
			t.Fatalf("%q is on the glass", f.Label)
		}
		s.after(10 * time.Second)
		if f := s.glass.last(); f.Label != "local/dress/dress-1" {
			t.Fatalf("%q is on the glass", f.Label)
		}
		if n := s.log.outcomes(); n[plan.Completed] != 1 {
			t.Errorf("outcomes %v", n)
		}
	})
}

// A frame that never reaches the glass is no showing: nothing is recorded.
func TestNeverPresented(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, campaign("lens", 1021))
		s.glass.blind = true
		s.becomes(presence.Waiting)
		s.after(time.Minute)
		s.becomes(presence.Serving)
		s.stop()
		if len(s.log.plays) != 0 {
			t.Errorf("recorded %v", s.log.plays)
		}
	})
}

// A full card costs records, never the show.
func TestFullCard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, campaign("lens", 1021), campaign("dress", 1066))
		s.log.set(func() { s.log.full = true })
		s.becomes(presence.Waiting)
		s.after(time.Minute)
		s.onGlass(player.LookShow)
		s.log.set(func() { s.log.full = false })
		s.after(time.Minute)
		if len(s.log.plays) == 0 {
			t.Error("nothing is recorded although there is space again")
		}
	})
}

// A log that cannot be written is said before a play is lost, and the idle look says
// so; that it can be again is found without one.
func TestLockedCard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &lockedLog{}
		l.locked.Store(true)
		s := openAs(t, func(c *player.Config) { c.Plays = l }, nil, campaign("lens", 1021))
		says := func() bool {
			t.Helper()
			st, err := s.Status(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			return slices.ContainsFunc(st.Faults, func(f string) bool { return strings.Contains(f, "plays are not recorded: locked") })
		}
		if !says() {
			t.Error("nobody is told from the beginning")
		}
		s.after(time.Hour)
		if !says() {
			t.Error("nobody is told after an hour")
		}
		l.locked.Store(false)
		s.after(2 * time.Minute)
		if says() {
			t.Error("it can be written again, and nobody found out")
		}
	})
}

// A lockedLog takes nothing while it is locked.
type lockedLog struct {
	log
	locked atomic.Bool
}

func (l *lockedLog) Sync() error {
	if l.locked.Load() {
		return errors.New("locked")
	}
	return nil
}

// Everything that was prepared is closed, whatever interrupts whom.
func TestNothingLeaks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, campaign("lens", 1021), campaign("dress", 1066), house("repairs"))
		states := []presence.State{presence.Waiting, presence.Serving, presence.Waiting, presence.Empty, presence.Asleep, presence.Waiting, presence.Closed}
		for i := range 200 {
			s.becomes(states[i%len(states)])
			s.after(time.Duration(i*37%4000) * time.Millisecond)
		}
		s.stop()
		for _, c := range s.prep.made {
			if c.closed == 0 {
				t.Fatalf("%s was never closed", c.name)
			}
		}
	})
}

// A film that never shows its last frame is no play.
func TestFilmNeverEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, campaign("film", 1021))
		s.prep.set(func() { s.prep.films["film-1"] = 10 * time.Second })
		s.glass.mu.Lock()
		s.glass.endless = true
		s.glass.mu.Unlock()
		// What was prepared before is a still.
		s.SetPlan(plan.Plan{Feeds: []plan.Feed{{Name: "local", Revision: "r2", Campaigns: []plan.Campaign{campaign("film", 1021)}}}}, nil)
		s.after(time.Second)
		s.becomes(presence.Waiting)
		s.after(time.Minute)
		s.stop()
		if n := s.log.outcomes(); n[plan.Completed] != 0 || n[plan.Failed] != 1 {
			t.Errorf("outcomes %v, want one failed", n)
		}
	})
}

// A plan that comes between handing a frame to the glass and its first draw does
// not make the past forgotten: caps hold.
func TestPlanBeforeFirstFrame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		capped := campaign("lens", 1021)
		capped.Caps = []plan.Cap{{Plays: 2, Per: plan.PerHour}}
		s := open(t, capped)
		s.becomes(presence.Waiting)
		s.after(25 * time.Second)
		if n := s.log.outcomes(); n[plan.Completed] != 2 {
			t.Fatalf("outcomes %v, want two plays", n)
		}
		s.SetPlan(plan.Plan{Feeds: []plan.Feed{{Name: "local", Campaigns: []plan.Campaign{capped, campaign("dress", 1066)}}}}, nil)
		s.glass.mu.Lock()
		s.glass.blind = true
		s.glass.mu.Unlock()
		s.after(15 * time.Second) // something is handed over, and never drawn
		s.SetPlan(plan.Plan{Feeds: []plan.Feed{{Name: "local", Revision: "r3", Campaigns: []plan.Campaign{capped, campaign("dress", 1066)}}}}, nil)
		s.glass.mu.Lock()
		s.glass.blind = false
		s.glass.mu.Unlock()
		s.becomes(presence.Serving)
		s.becomes(presence.Waiting)
		s.after(20 * time.Minute)
		s.stop()
		for _, p := range s.log.plays[2:] {
			if p.Campaign == "lens" {
				t.Fatal("the cap of 2 an hour was broken")
			}
		}
	})
}

// What failed is named while it is left alone, and tried again after a while.
func TestBrokenIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t, campaign("lens", 1021), campaign("bad", 1066))
		s.prep.set(func() { s.prep.broken["bad-1"] = true })
		s.becomes(presence.Waiting)
		s.after(time.Minute)
		status, err := s.Status(t.Context())
		if err != nil || len(status.Faults) != 1 || status.Faults[0] != "local/bad/bad-1: bad-1 is damaged" {
			t.Errorf("status says %q, %v", status.Faults, err)
		}
		s.prep.set(func() { s.prep.broken["bad-1"] = false })
		s.after(20 * time.Minute)
		if status, _ = s.Status(t.Context()); len(status.Faults) != 0 {
			t.Errorf("status still says %q", status.Faults)
		}
		s.stop()
		last := s.log.plays[len(s.log.plays)-4:]
		if !slices.ContainsFunc(last, func(p plan.Play) bool { return p.Campaign == "bad" && p.Counted }) {
			t.Errorf("it never came back: %v", last)
		}
	})
}
