package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"entracte/player"
	"entracte/player/control"
	"entracte/scheduler"
	"entracte/scheduler/plan"
)

// asked is what the flags of why say.
type asked struct {
	config, data, ads, at, lang string
	whyNot, json                bool
}

func newWhy() *cobra.Command {
	var a asked
	cmd := &cobra.Command{
		Use:   "why",
		Short: "Say why this ad is on the glass, and why another is not",
		Long: `Asks the running player what is on the glass, why, and what comes next; with
--why-not also which filter keeps each other campaign off, and why.

  entracte why --why-not
  entracte why --why-not --lang en --json

With --ads it asks no player but a plan: what would take the pause at a time, in
a shop that has not shown anything yet. --at is now unless said.

  entracte why --config entracte.toml --ads FOLDER --at 2026-12-24T18:00:00+01:00 --why-not`,
		Args: exactly(0, "entracte why --why-not"),
		RunE: func(cmd *cobra.Command, _ []string) error { return a.run(cmd) },
	}
	dataFlag(cmd, &a.data)
	configFlag(cmd, &a.config)
	cmd.Flags().StringVar(&a.ads, "ads", "", "ask this ads folder and the config instead of a player")
	cmd.Flags().StringVar(&a.at, "at", "", "with --ads: when, RFC 3339 (default now)")
	cmd.Flags().StringVar(&a.lang, "lang", "", "fr or en (default the shop's language)")
	cmd.Flags().BoolVar(&a.whyNot, "why-not", false, "say why each other campaign may not play")
	jsonFlag(cmd, &a.json)
	return cmd
}

func (a *asked) run(cmd *cobra.Command) error {
	switch {
	case a.lang != "" && a.lang != "fr" && a.lang != "en":
		return usageError{fmt.Errorf("--lang %q is not spoken here\nhint: --lang fr or --lang en", a.lang)}
	case a.at != "" && a.ads == "":
		return usageError{errors.New("--at asks a plan, not a player: the player only knows now\nhint: entracte why --config FILE --ads FOLDER --at " + a.at)}
	}
	answer, err := a.answer(cmd)
	if err != nil {
		return err
	}
	if a.json {
		return printJSON(cmd, answer)
	}
	return answer.print(cmd.OutOrStdout())
}

func (a *asked) answer(cmd *cobra.Command) (*because, error) {
	if a.ads != "" {
		return a.askPlan(cmd)
	}
	ctx, cancel := context.WithTimeout(cmd.Context(), answerWithin)
	defer cancel()
	return a.askPlayer(ctx)
}

// because is the answer, as JSON too.
type because struct {
	// At is the time that was asked about; a player is asked about now.
	At *time.Time `json:"at,omitempty"`
	// State is the presence state of a player, or "closed" or "waiting" of a plan.
	State string `json:"state"`
	// OnGlass is the label of the frame on a player's glass.
	OnGlass string `json:"on_glass,omitempty"`
	// Shown is the creative on the glass, or that would take the pause; Next would
	// follow.
	Shown *reasoned `json:"shown,omitempty"`
	Next  *reasoned `json:"next,omitempty"`
	// WhyNot is nil unless asked for; Campaigns is how many are in force then.
	Campaigns *int   `json:"campaigns,omitempty"`
	WhyNot    []kept `json:"why_not,omitzero"`
	// whatIf says that nobody asked a player.
	whatIf bool
	lang   string
}

// reasoned is a creative and why it was chosen.
type reasoned struct {
	Feed     string   `json:"feed"`
	Campaign string   `json:"campaign"`
	Creative string   `json:"creative"`
	Reasons  []string `json:"reasons"`
	Sentence string   `json:"sentence"`
}

func (r *reasoned) ref() string {
	return plan.Ref{Feed: r.Feed, Campaign: r.Campaign, Creative: r.Creative}.String()
}

// kept is a campaign that a filter keeps off the glass, or that is not in force; without
// a campaign it is a whole feed.
type kept struct {
	Feed     string `json:"feed"`
	Campaign string `json:"campaign"`
	Filter   string `json:"filter"`
	Sentence string `json:"sentence"`
}

func (a *asked) askPlayer(ctx context.Context) (*because, error) {
	client := control.Dial(socketPath(a.data))
	s, err := client.Status(ctx)
	if errors.Is(err, control.ErrNoPlayer) {
		fact, _, _ := strings.Cut(err.Error(), "\nhint: ")
		return nil, fmt.Errorf("%s\nhint: start it with `entracte play`, name its --data, or ask a plan: entracte why --config FILE --ads FOLDER", fact)
	}
	if err != nil {
		return nil, err
	}
	lang := cmp.Or(a.lang, s.Language)
	answer := &because{lang: lang, State: s.State, OnGlass: s.OnGlass, Shown: spoken(s.Shown, lang), Next: spoken(s.Following, lang)}
	if !a.whyNot {
		return answer, nil
	}
	refused, err := client.Why(ctx)
	if err != nil {
		return nil, err
	}
	answer.WhyNot = make([]kept, len(refused))
	for i, r := range refused {
		sentence := r.English
		if lang == "fr" {
			sentence = r.French
		}
		answer.WhyNot[i] = kept{r.Feed, r.Campaign, r.Code, sentence}
	}
	answer.Campaigns = &s.Campaigns
	return answer, nil
}

// spoken is the player's reason in one language.
func spoken(c *player.Chosen, lang string) *reasoned {
	if c == nil {
		return nil
	}
	sentence := c.English
	if lang == "fr" {
		sentence = c.French
	}
	return &reasoned{c.Feed, c.Campaign, c.Creative, c.Reasons, sentence}
}

// askPlan answers from a plan that nothing was ever shown of.
func (a *asked) askPlan(cmd *cobra.Command) (*because, error) {
	at := time.Now()
	if a.at != "" {
		t, err := moment("--at", a.at)
		if err != nil {
			return nil, err
		}
		at = t
	}
	r, err := rehearse(cmd.Context(), a.config, a.ads)
	if err != nil {
		return nil, err
	}
	r.say(cmd.ErrOrStderr())
	venue := r.options.Venue
	at = at.In(venue.Timezone)
	lang := cmp.Or(a.lang, venue.Language)
	answer := &because{At: &at, State: "closed", whatIf: true, lang: lang}
	over := r.admit()
	if venue.Open(at) {
		answer.State = "waiting"
		answer.Shown, answer.Next = r.foretold(at, lang)
	}
	if a.whyNot {
		answer.WhyNot = []kept{}
		for _, o := range over {
			answer.WhyNot = append(answer.WhyNot, kept{o.Feed, o.Campaign.ID, codeOverbooked, o.Sentence(lang)})
		}
		for _, k := range r.refusals(at, lang) {
			answer.WhyNot = append(answer.WhyNot, kept{k.Feed, k.Campaign.ID, k.Code(), k.Sentence(lang)})
		}
		slices.SortStableFunc(answer.WhyNot, func(k, l kept) int { return cmp.Compare(k.Campaign, l.Campaign) })
		n := 0
		for _, f := range r.plan.Feeds {
			n += len(f.Campaigns)
		}
		answer.Campaigns = &n
	}
	return answer, nil
}

// admit takes the campaigns out of the plan that promise too much, as play does.
func (r *rehearsal) admit() []scheduler.Overbooking {
	over := scheduler.Overbooked(r.plan, r.options)
	r.plan = admitted(r.plan, over)
	return over
}

// foretold is what would take the pause at a time, and what would follow.
func (r *rehearsal) foretold(at time.Time, lang string) (shown, next *reasoned) {
	s, now := r.scheduler(at, lang)
	var two [2]*reasoned
	for i, c := range s.Peek(now, len(two)) {
		codes := make([]string, len(c.Reasons))
		for k, reason := range c.Reasons {
			codes[k] = reason.Code()
		}
		two[i] = &reasoned{c.Ref.Feed, c.Ref.Campaign, c.Ref.Creative, codes, scheduler.Sentence(c, lang, r.options)}
	}
	return two[0], two[1]
}

// refusals is what keeps each campaign off the glass at a time, in a shop that has
// not shown anything yet.
func (r *rehearsal) refusals(at time.Time, lang string) []scheduler.Refusal {
	s, now := r.scheduler(at, lang)
	return s.WhyNot(now)
}

// scheduler is a new one that begins at a time. Why a medium cannot be shown is known in
// English only: in French its creative is named, and a note says why.
func (r *rehearsal) scheduler(at time.Time, lang string) (*scheduler.Scheduler, scheduler.Moment) {
	now := scheduler.Moment{Civil: at, Clock: plan.ClockTrusted}
	s := scheduler.New(r.plan, r.options, nil, now)
	for _, u := range r.unplayable {
		why := u.Why
		if lang == "fr" {
			why = u.Ref.Creative
		}
		s.Unplayable(u.Ref, why)
	}
	return s, now
}
