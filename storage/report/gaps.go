package report

import (
	"strings"

	"entracte/scheduler/plan"
)

// gaps says what the page does not have, as far as anybody can know.
func (s *summary) gaps(l speech) list {
	var lines []string
	say := func(fr, en string, args ...any) { lines = append(lines, l.say(fr, en, args...)) }
	switch {
	case s.from == 0:
		say("Aucun enregistrement.", "No records.")
	case s.missing == 0:
		say("Aucun enregistrement ne manque : ils sont numérotés de %s à %s, sans trou.", "No record is missing: they are numbered %s to %s without a gap.", l.count(int64(s.from)), l.count(int64(s.to)))
	default:
		say("Enregistrements numérotés qui manquent, abîmés ou perdus sur la carte : %s sur %s.", "Numbered records that are missing, damaged or lost on the card: %s of %s.",
			l.count(s.missing), l.count(int64(s.to-s.from+1)))
	}
	if s.forgotten > 0 && s.page.From.IsZero() {
		say("Les enregistrements d'avant le numéro %s sont plus vieux que ce qui est gardé, ou perdus.", "Records before number %s are older than what is kept, or lost.", l.count(s.forgotten+1))
	}
	if s.lost != nil {
		say("Les derniers ont été perdus après qu'un reçu les a comptés (%s à %s) ; d'autres ont pu suivre.", "The last ones were lost after a receipt had counted them (%s to %s); there may have been more.",
			l.count(int64(s.lost.From)), l.count(int64(s.lost.To)))
	}
	if s.unread > 0 {
		fact, _, _ := strings.Cut(s.err.Error(), "\n")
		say("Des enregistrements gardés sur la carte ne se lisent plus (%[2]s) : entracte plays verify dit lesquels.", "Unreadable: %[1]s (%[2]s).", fact, l.times(s.unread))
	}
	if s.undated > 0 {
		say("Pas sur cette page, faute de date connue : %s.", "Not on this page, because no date is known: %s.", l.plays(s.undated))
	}
	const most = 12
	if dates, n := s.silent(most); n > 0 {
		var names []string
		for _, d := range dates {
			names = append(names, l.dayMonth(d))
		}
		if n > most {
			names = append(names, "…")
		}
		say("Jours d'ouverture sans aucune diffusion : %d (%s). Personne n'a attendu, ou l'écran était éteint : rien ne le dit.",
			"Open days on which nothing was shown: %d (%s). Nobody waited, or the screen was off: nothing tells which.", n, strings.Join(names, ", "))
	}
	return list{l.say("Ce qui manque", "What is missing"), append(lines, s.page.Notes...)}
}

// clockTrust says how far the times can be believed.
func (s *summary) clockTrust(l speech) list {
	var lines []string
	for _, c := range []struct {
		clock  plan.Clock
		fr, en string
	}{
		{plan.ClockTrusted, "sur une heure sûre", "on a clock that was right"},
		{plan.ClockFloor, "sur une heure approchée : pas plus tôt, peut-être plus tard", "on a clock that may be late: not before that time, perhaps after it"},
		{plan.ClockUnknown, "sur une heure inconnue, et sans date", "on a clock that nobody had set, without a date"},
	} {
		if n := s.clocks[c.clock].completed; n > 0 {
			lines = append(lines, l.say("%s (%s) %s.", "%s (%s) %s.", l.plays(n), l.share(n, s.total.completed), l.pick(c.fr, c.en)))
		}
	}
	if lines == nil {
		lines = []string{l.say("Aucun passage.", "No plays.")}
	}
	return list{l.say("L'heure", "The clock"), lines}
}
