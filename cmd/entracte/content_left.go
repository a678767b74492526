package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"entracte/player"
	"entracte/player/control"
	"entracte/scheduler/plan"
	"entracte/storage"
	"entracte/storage/own"
)

// An absence is what of the content is not in force: notices for the owner and the
// status, and a refusal for each campaign, or for a feed as a whole, for `why`.
type absence struct {
	notices  []player.Notice
	refusals []control.Refusal
}

func (l *absence) add(m absence) {
	l.notices, l.refusals = append(l.notices, m.notices...), append(l.refusals, m.refusals...)
}

// The codes of refusals, beside the scheduler's own. That no medium can be shown is one
// of those.
const (
	codeFormat     = "format"
	codeOverbooked = "overbooked"
	codeStale      = "stale"
	codePackEnded  = "pack_ended"
	codeStaysOver  = "stays_over"
	codeUnasked    = "not_asked_for"
	codeUntrusted  = "not_trusted"
	codeNoPack     = "no_pack"
	codeWaiting    = "waiting"
)

// leftOutCodes are of what is not in the plan, whatever the hour and who played last.
var leftOutCodes = []string{codeFormat, codeOverbooked, codeStale, codePackEnded, codeStaysOver, codeUnasked, codeUntrusted, codeNoPack, codeWaiting}

// refusedName is what a refusal is about: a campaign, or a whole feed.
func refusedName(feed, campaign string) string {
	if campaign == "" {
		return feed
	}
	return feed + "/" + campaign
}

// refusalWords are the sentences of `why`, after who it is about.
var refusalWords = map[string]words{
	codeFormat:    {"aucune de ses images et aucun de ses films ne peut passer ici (%s).", "none of its pictures and films can be shown here (%s)."},
	codeStale:     {"le lot %s devait être renouvelé après %s h de marche et ne l'a pas été ; branchez une clé plus récente de la régie.", "pack %s was to be renewed within %s hours of operation, and was not; put a newer stick of the operator in."},
	codePackEnded: {"le lot %s valait jusqu'au %s ; branchez une clé plus récente de la régie.", "pack %s was good until %s; put a newer stick of the operator in."},
	codeStaysOver: {"son dernier jour, le %s, est passé, même si l'horloge a reculé depuis.", "its last day, %s, has passed, although the clock went back since."},
	codeUnasked:   {"le réglage de l'écran ne demande plus ce flux (content.feeds).", "the settings of the screen do not ask for this feed any more (content.feeds)."},
	codeUntrusted: {"la clé qui a signé le lot %s n'est plus dans le réglage (content.trust).", "the key that vouches for pack %s is no longer in the settings (content.trust)."},
	codeNoPack:    {"aucun lot n'est installé ; branchez la clé de la régie.", "no pack is installed; put the operator's stick in."},
	codeWaiting:   {"le lot %s attend encore %s (%s) ; branchez une autre clé.", "pack %s still waits for %s (%s); put another stick in."},
	localFeed:     {"le lecteur a démarré sans son dossier (--ads).", "the player was started without its folder (--ads)."},
}

// refuse is a refusal in both languages: about a campaign, or about a whole feed where
// it is "". who leads the sentence, "" where only the ids are known, which stand beside
// it; each argument is for both languages, or [words].
func refuse(feed, campaign, code, who string, args ...any) control.Refusal {
	r := control.Refusal{Feed: feed, Campaign: campaign, Code: code}
	say := refusalWords[code]
	if code == codeUnasked && !strings.Contains(feed, "/") {
		say = refusalWords[localFeed]
	}
	in := func(lang, format string) string {
		spoken := make([]any, len(args))
		for i, a := range args {
			if w, ok := a.(words); ok {
				a = w.in(lang)
			}
			spoken[i] = a
		}
		return fmt.Sprintf(format, spoken...)
	}
	r.French, r.English = in("fr", say.fr), in("en", say.en)
	if who == "" {
		r.French, r.English = capital(r.French), capital(r.English)
	} else {
		r.French, r.English = who+" : "+r.French, who+": "+r.English
	}
	return r
}

// refuseAll refuses every campaign of a feed for the same reason.
func refuseAll(f plan.Feed, code string, args ...any) []control.Refusal {
	var all []control.Refusal
	for i := range f.Campaigns {
		c := &f.Campaigns[i]
		all = append(all, refuse(f.Name, c.ID, code, advertiserOf(c), args...))
	}
	return all
}

// advertiserOf is who a sentence is about; "" for the shop itself.
func advertiserOf(c *plan.Campaign) string {
	if c.Advertiser == plan.VenueAdvertiser {
		return ""
	}
	return c.Advertiser
}

// leftOf is what was skipped of a feed: one notice for all of it, and a refusal for each
// campaign of which nothing is left. lead begins its details.
func leftOf(feed, lead string, skips []storage.Skip) absence {
	if len(skips) == 0 {
		return absence{}
	}
	n := player.Notice{Concern: mediaLeft}
	if feed == own.FeedName {
		n.Concern = ownLeft
	}
	ads := map[string]bool{}
	var out absence
	for _, s := range skips {
		n.Details = append(n.Details, lead+sentence(s))
		if s.Creative == "" && s.File == "" {
			files, reasons := filesOf(s.Campaign, skips)
			out.refusals = append(out.refusals, refuse(feed, s.Campaign, codeFormat, "", words{files, reasons}))
			continue
		}
		n.Files++
		ads[s.Campaign] = true
	}
	n.Ads = len(ads)
	out.notices = []player.Notice{n}
	return out
}

// filesOf names the files of a campaign that were skipped, without and with why: the
// reasons are in English only.
func filesOf(campaign string, skips []storage.Skip) (files, reasons string) {
	var names, whys []string
	for _, s := range skips {
		if s.Campaign == campaign && (s.Creative != "" || s.File != "") {
			why, _, _ := strings.Cut(sentence(s), "\n")
			names, whys = append(names, s.File), append(whys, why)
		}
	}
	const most = 3
	if more := len(names) - most; more > 0 {
		names, whys = append(names[:most], fmt.Sprintf("+ %d", more)), append(whys[:most], fmt.Sprintf("and %d more", more))
	}
	return strings.Join(names, ", "), strings.Join(whys, "; ")
}

// dateOf is a date in both languages.
func dateOf(d plan.Date) words {
	t := time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC)
	return words{t.Format("02/01/2006"), t.Format("2 January 2006")}
}

// unasked refuses what is stored and nobody asked for.
func unasked(p plan.Plan, asked func(feed string) bool) []control.Refusal {
	var all []control.Refusal
	for _, f := range p.Feeds {
		if !asked(f.Name) {
			all = append(all, refuseAll(f, codeUnasked)...)
		}
	}
	return all
}

// ended is about a feed whose pack was good until a day: the campaigns that would go on
// longer are over with it, which the scheduler cannot tell from their own last day.
func ended(f plan.Feed, of storage.InForce, to plan.Date) absence {
	var out absence
	last := dateOf(to.AddDays(-1))
	for i := range f.Campaigns {
		if c := &f.Campaigns[i]; c.Flight.To.IsZero() || to.Before(c.Flight.To) {
			out.refusals = append(out.refusals, refuse(f.Name, c.ID, codePackEnded, advertiserOf(c), of.Version, last))
		}
	}
	if n := len(out.refusals); n > 0 {
		out.notices = []player.Notice{{Concern: packOld, Ads: n, Names: []string{f.Name}, Details: []string{
			fmt.Sprintf("pack %s of %s was good until %s: its ads rest\nhint: put a newer stick of the operator in", of.Version, f.Name, last.en)}}}
	}
	return out
}

// publish keeps what `why` asks for, of any goroutine.
func (c *content) publish() {
	all := slices.Clone(c.saying.refusals)
	c.refusals.Store(&all)
}

// leftOut are the refusals beside the scheduler's own. Any goroutine may ask.
func (c *content) leftOut() []control.Refusal {
	var all []control.Refusal
	if told := c.refusals.Load(); told != nil {
		all = slices.Clone(*told)
	}
	if c.player != nil {
		all = append(all, c.player.refusals()...)
	}
	return all
}
