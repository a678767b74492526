package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"entracte/assets"
	"entracte/cmd/entracte/config"
)

// A noticePage is what the notice says: facts of the config and of the
// declarations, never a claim about the law.
//
// CNIL asks of screens with audience measurement that a posted notice tell the
// purpose and who is responsible, and of others nothing (cnil.fr, 24 February 2020,
// devices "ne collectant pas de données personnelles"). The short page has both,
// whichever this is.
type noticePage struct {
	Language string
	Short    bool
	Kicker   string
	Venue    string
	Title    string
	// Points are the page in short.
	Points   []string
	Sections []noticeSection
	Foot     []string
}

type noticeSection struct {
	Title, Lead string
	Lines       []string
	// Head and Rows are a table.
	Head []string
	Rows [][]string
}

func newNoticePage(c *config.Config, lang, level string) noticePage {
	n := noticeWriter{c, lang}
	v := c.Venue()
	p := noticePage{
		Language: lang, Short: level == levelShort, Venue: v.Name,
		Kicker: n.say("Écran publicitaire", "Advertising screen"),
		Title:  n.set(n.title())[0], Points: n.points(),
	}
	who := n.say("Responsable de cet écran : ", "Responsible for this screen: ") + v.Name
	if place := strings.TrimSpace(v.Postcode + " " + v.Commune); place != "" {
		who += ", " + place
	}
	if p.Short {
		p.Foot = n.set(who, n.say("La notice complète est au comptoir : demandez-la.", "The full notice is at the counter: ask for it."))
		return p
	}
	p.Sections = []noticeSection{n.sensors(), n.choice(), n.off(), n.nothing(), n.kept(), n.leaving()}
	for i := range p.Sections {
		p.Sections[i].Title = n.set(p.Sections[i].Title)[0]
	}
	p.Foot = n.set(who, n.say(
		"Écrit par le lecteur Entracte d'après le réglage de cet écran (`entracte notice`). La liste de chaque champ gardé : `entracte privacy`.",
		"Written by the Entracte player from this screen's own settings (`entracte notice`). Every field that is kept: `entracte privacy`."))
	return p
}

// A noticeWriter speaks one language about one config.
type noticeWriter struct {
	c    *config.Config
	lang string
}

func (n noticeWriter) say(fr, en string) string { return words{fr, en}.in(n.lang) }

// printed is what print has and a terminal need not: the apostrophe, and spaces where
// no line ends.
var printed = strings.NewReplacer("`", "", "'", "’", "« ", "«\u00a0", " »", "\u00a0»", " cm", "\u00a0cm")

// set typesets sentences.
func (n noticeWriter) set(all ...string) []string {
	out := make([]string, len(all))
	for i, s := range all {
		out[i] = printed.Replace(typeset(s, n.lang))
	}
	return out
}

func (n noticeWriter) has(r config.Role) bool {
	return slices.ContainsFunc(n.c.Sensors, func(s config.Sensor) bool { return s.Role == r })
}

// title promises what the sensors can keep.
func (n noticeWriter) title() string {
	presence, service := n.has(config.RolePresence), n.has(config.RoleService)
	switch {
	case presence && service:
		return n.say("Cet écran ne parle que pendant l'attente", "This screen speaks only while somebody waits")
	case presence:
		return n.say("Cet écran parle quand quelqu'un attend", "This screen speaks when somebody waits")
	case service:
		return n.say("Cet écran se tait pendant le service", "This screen is quiet during service")
	}
	return n.say("Cet écran passe des annonces pendant l'ouverture", "This screen shows ads in opening hours")
}

// points are the door's version.
func (n noticeWriter) points() []string {
	all := []string{n.say("Il n'utilise ni caméra, ni micro, ni les ondes de votre téléphone.", "It uses no camera, no microphone, and none of your phone's signals.")}
	var inputs []string
	for _, s := range n.c.Sensors {
		if what := n.device(s); s.Role != config.RolePause && !slices.Contains(inputs, what) {
			inputs = append(inputs, what)
		}
	}
	if len(inputs) > 0 {
		all = append(all, n.say("Ce qu'il reçoit : ", "What it gets: ")+strings.Join(inputs, n.say(" ; ", "; "))+".")
	}
	all = append(all, n.say("Rien de ce qu'il enregistre ne dit qui était là.", "Nothing that it records tells who was there."))
	if n.c.Venue().Targeting {
		all = append(all, n.say("Les annonces sont choisies pour aller avec ce commerce, jamais selon vous.", "Ads are chosen to go with what this shop is, never by who you are."))
	} else {
		all = append(all, n.say("Aucun ciblage : les annonces passent selon leur réservation.", "No targeting: ads play as they are booked."))
	}
	return n.set(append(all, n.mark())...)
}

// mark says what stands on a paid ad, in the language of the screen.
func (n noticeWriter) mark() string {
	word := markWords[n.c.Venue().Language]
	return fmt.Sprintf(n.say("Chaque annonce payée porte « %s » et le nom de l'annonceur.", "Every paid ad carries “%s” and the advertiser's name."), word)
}

// device says what a sensor is, as far as the config tells.
func (n noticeWriter) device(s config.Sensor) string {
	button := s.Pressed()
	switch s.Kind {
	case config.LD2410:
		return fmt.Sprintf(n.say("un radar qui ne mesure qu'un mouvement et une distance, de %d à %d cm", "a radar that measures only movement and distance, from %d to %d cm"), s.NearCM, s.FarCM)
	case config.OnMQTT:
		if button {
			return n.say("un bouton du réseau du commerce", "a button on the shop's network")
		}
		return n.say("un capteur du réseau du commerce, dont l'écran ne reçoit qu'un oui ou un non", "a sensor on the shop's network, of which the screen gets only a yes or a no")
	case config.Signal:
		if s.Role == config.RoleService {
			return n.say("un signal de la caisse", "a signal from the till")
		}
		return n.say("un signal d'un programme de cette machine", "a signal from a program on this machine")
	case config.Key:
		return n.say("une touche du clavier", "a key of the keyboard")
	}
	switch {
	case button && s.Role == config.RoleService:
		return n.say("un bouton au comptoir", "a button at the counter")
	case button:
		return n.say("un bouton", "a button")
	case s.Role == config.RoleService:
		return n.say("un contact au comptoir, ouvert ou fermé", "a contact at the counter, open or closed")
	}
	return n.say("un détecteur qui ne dit que oui ou non", "a detector that says only yes or no")
}

// minutes says a length in words.
func (n noticeWriter) minutes(d time.Duration) string {
	if d%time.Minute == 0 {
		return nounMinute.counted(n.lang, int(d/time.Minute))
	}
	return nounSecond.counted(n.lang, int(d/time.Second))
}

// tags are the labels of declared tags.
func (n noticeWriter) tags(kind string, slugs []string) string {
	var all []string
	for _, t := range assets.Tags(kind) {
		if slices.Contains(slugs, t.Slug) {
			all = append(all, words{t.French, t.English}.in(n.lang))
		}
	}
	return strings.Join(all, ", ")
}
