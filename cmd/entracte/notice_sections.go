package main

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"entracte/assets"
	"entracte/cmd/entracte/config"
)

// The sections of the full notice.

func (n noticeWriter) sensors() noticeSection {
	var lines []string
	for _, s := range n.c.Sensors {
		line := fmt.Sprintf(n.say("« %s » : %s. ", "“%s”: %s. "), s.Name, n.device(s))
		switch s.Role {
		case config.RolePresence:
			line += n.say("Il dit si quelqu'un attend devant l'écran.", "It tells whether somebody waits in front of the screen.")
		case config.RoleService:
			line += n.say("Il dit qu'un client est servi : l'écran se tait.", "It tells that a customer is being served: the screen goes quiet.")
		case config.RolePause:
			line += fmt.Sprintf(n.say("Il fait taire l'écran pendant %s.", "It silences the screen for %s."), n.minutes(s.Lasts))
		}
		if s.Kind == config.OnMQTT {
			line += n.say(" Ce qu'est cet appareil, le commerçant le sait : demandez-lui.", " What that device is, the shop knows: ask.")
		}
		lines = append(lines, line)
	}
	if !n.has(config.RolePresence) {
		lines = append(lines, n.say("Aucun capteur de présence : l'écran compte l'ouverture du commerce comme une attente.", "No presence sensor: the screen takes opening hours for a wait."))
	}
	if !n.has(config.RoleService) {
		lines = append(lines, n.say("Aucun signal de service : l'écran ne sait pas se taire de lui-même pendant le service.", "No service signal: the screen cannot go quiet by itself during service."))
	}
	lines = append(lines, n.say("Le lecteur n'utilise ni caméra, ni micro, ni Wi-Fi ou Bluetooth pour savoir qui est là ; son code ne contient aucun pilote pour cela, et un essai le vérifie.",
		"The player uses no camera, no microphone, no Wi-Fi or Bluetooth to learn who is there; its code has no driver for that, and a test checks it."))
	return noticeSection{Title: n.say("Ce que l'écran apprend", "What the screen learns"), Lines: n.set(lines...)}
}

func (n noticeWriter) choice() noticeSection {
	v := n.c.Venue()
	var lines []string
	if v.Targeting {
		facts := []string{assets.Vocabulary().ActivityLabel(v.Activity, n.lang)}
		if v.Commune != "" {
			facts = append(facts, v.Commune)
		}
		if t := n.tags(assets.Clientele, v.Clientele); t != "" {
			facts = append(facts, n.say("clientèle : ", "clientele: ")+t)
		}
		if t := n.tags(assets.Offers, v.Offers); t != "" {
			facts = append(facts, n.say("services : ", "services: ")+t)
		}
		lines = append(lines,
			n.say("Selon ce que le commerçant a déclaré de son commerce (", "By what the owner declared of the shop (")+strings.Join(facts, " ; ")+
				n.say("), la saison, et le nombre de passages que les annonceurs ont réservés.", "), the season, and how many plays advertisers have booked."),
			n.say("Jamais selon qui attend : l'écran n'en sait rien.", "Never by who waits: the screen does not know."))
	} else {
		lines = append(lines, n.say("Selon le nombre de passages que les annonceurs ont réservés, et rien d'autre : le ciblage est coupé.", "By how many plays advertisers have booked, and nothing else: targeting is off."))
	}
	lines = append(lines, n.sources()...)
	lines = append(lines,
		n.say("Aucune annonce d'un concurrent du commerce.", "No ad of a competitor of the shop."),
		n.mark(),
		n.say("Pour chaque annonce, l'écran sait dire en une phrase pourquoi elle passe : demandez au comptoir (`entracte why`).", "For each ad the screen can say in one sentence why it plays: ask at the counter (`entracte why`)."))
	return noticeSection{Title: n.say("Comment les annonces sont choisies", "How ads are chosen"), Lines: n.set(lines...)}
}

// sources says where ads and pictures come from.
func (n noticeWriter) sources() []string {
	c := &n.c.Content
	var lines []string
	if feeds := strings.Join(c.Feeds, ", "); feeds != "" {
		way := n.say("sur une clé USB", "on a stick")
		if c.Origin != "" {
			way = fmt.Sprintf(n.say("sur une clé USB ou par le réseau (%s)", "on a stick or over the network (%s)"), hostOf(c.Origin))
		}
		lines = append(lines, fmt.Sprintf(n.say("Elles arrivent de %s, signées, %s.", "They come from %s, signed, %s."), feeds, way))
	}
	own := n.say("Le commerce peut y ajouter ses propres images : elles prennent la place que rien d'autre ne remplit.", "The shop may add its own pictures: they fill the gaps that nothing else does.")
	if c.OwnShare > 0 {
		own = fmt.Sprintf(n.say("Le commerce peut y ajouter ses propres images : elles prennent un passage sur %d, et la place que rien d'autre ne remplit.",
			"The shop may add its own pictures: they take one turn in %d, and the gaps that nothing else fills."), c.OwnShare)
	}
	lines = append(lines, own)
	return lines
}

func (n noticeWriter) off() noticeSection {
	var lines []string
	if n.c.Venue().Targeting {
		lines = append(lines, n.say("Le choix selon le commerce se coupe d'une ligne du réglage, targeting = false : il ne reste que les réservations. Demandez-le au comptoir.",
			"Choosing ads to go with the shop is switched off with one line of the settings, targeting = false: only bookings are left. Ask at the counter."))
	} else {
		lines = append(lines, n.say("Il est coupé sur cet écran (targeting = false).", "It is off on this screen (targeting = false)."))
	}
	for _, s := range n.c.Sensors {
		if s.Role == config.RolePause {
			lines = append(lines, fmt.Sprintf(n.say("Le commerçant peut faire taire l'écran pendant %s, avec %s.", "The owner can silence the screen for %s with %s."), n.minutes(s.Lasts), n.device(s)))
			break
		}
	}
	if n.c.Venue().VisibleFromStreet {
		lines = append(lines, n.say("L'écran se voit de la rue : il ne compte aucune attente et s'éteint de 1 h à 6 h.", "The screen is seen from the street: it counts no waits and is off from 01:00 to 06:00."))
	}
	return noticeSection{Title: n.say("Couper le ciblage", "Switching targeting off"), Lines: n.set(lines...)}
}

func (n noticeWriter) nothing() noticeSection {
	var lines []string
	for _, w := range never {
		lines = append(lines, sentenceOf(w.in(n.lang)))
	}
	return noticeSection{Title: n.say("Ce qui n'est jamais gardé", "What is never kept"), Lines: n.set(lines...)}
}

// kept is the declarations that may touch on a customer's visit, and the rest in a
// sentence.
func (n noticeWriter) kept() noticeSection {
	s := noticeSection{
		Title: n.say("Ce qui est gardé", "What is kept"),
		Head:  n.set(n.say("quoi", "what"), n.say("pourquoi", "why"), n.say("combien de temps", "for how long")),
	}
	counts := n.has(config.RolePresence) && !n.c.Venue().VisibleFromStreet
	for _, h := range holdings {
		if !h.visits {
			continue
		}
		s.Rows = append(s.Rows, n.set(h.what.in(n.lang), h.why.in(n.lang), h.long.in(n.lang)))
	}
	lead := n.say("Outre ce tableau : les annonces elles-mêmes, la clé de l'écran, son identifiant et l'heure.", "Beside this table: the ads themselves, the screen's key, its id and the time.")
	if !counts {
		lead += n.say(" Ici aucune attente n'est comptée.", " No waits are counted here.")
	}
	s.Lead = n.set(lead)[0]
	return s
}

func (n noticeWriter) leaving() noticeSection {
	var lines []string
	for _, l := range leaves {
		if l.when == nil || l.when(n.c) {
			w := l.words
			if l.here != nil {
				w = l.here(n.c)
			}
			lines = append(lines, sentenceOf(w.in(n.lang)))
		}
	}
	return noticeSection{Title: n.say("Ce qui quitte la machine", "What leaves the machine"), Lines: n.set(lines...)}
}

// sentenceOf makes a sentence of a declaration.
func sentenceOf(s string) string { return capital(s) + "." }

// capital begins a text with a capital.
func capital(s string) string {
	_, n := utf8.DecodeRuneInString(s)
	return strings.ToUpper(s[:n]) + s[n:]
}
