package main

import (
	"fmt"
	"io"
	"slices"
	"time"
)

// whyWords are what the answer says beside the sentences.
var whyWords = struct {
	at, onGlass, presence, why, next, whyNot, closed, idle, allPlay, none, noneHint, overHint, folder, folderHint words
}{
	at: words{"à", "at"}, onGlass: words{"à l'écran", "on glass"}, presence: words{"présence", "presence"},
	why: words{"pourquoi", "why"}, next: words{"ensuite", "next"}, whyNot: words{"pas", "why not"},
	closed:  words{"rien : le commerce est fermé à cette heure", "nothing: the shop is closed at that time"},
	idle:    words{"l'écran d'accueil : rien ne peut passer", "idle: nothing may play"},
	allPlay: words{"chaque campagne peut passer", "every campaign may play"},
	none:    words{"aucune campagne n'est en place", "no campaign is in force"},
	noneHint: words{"branchez la clé de la régie, ou donnez un dossier à `entracte play --ads` ; content.feeds nomme les flux attendus",
		"put the operator's stick in, or give `entracte play --ads` a folder; content.feeds names the feeds that are wanted"},
	overHint: words{"corrigez l'heure de l'écran (`entracte clock` dit laquelle il a) ; si l'heure d'avant était fausse : entracte clock set HEURE --forget-later",
		"put the screen's clock right (`entracte clock` says what it has); if the later time was wrong: entracte clock set TIME --forget-later"},
	folder:     words{"le dossier n'a pas de campagne", "the folder has no campaign"},
	folderHint: words{"ajoutez une [[campaign]] à son ads.toml", "add a [[campaign]] to its ads.toml"},
}

// stateWords are the presence states, and "closed" and "waiting" of a plan, in French.
var stateWords = map[string]string{
	"asleep": "en veille", "empty": "personne", "waiting": "quelqu'un attend", "serving": "un client est servi", "closed": "fermé",
}

// labelWords are the frames of a player that are no creative, in French.
var labelWords = map[string]string{
	"idle": "l'écran d'accueil", "neutral": "l'écran neutre", "paused": "l'écran neutre, en pause", "black": "noir", "message": "un message",
}

// inLanguage is an English word of the player's in a language; what has no other is
// left as it is.
func inLanguage(lang, word string, french map[string]string) string {
	if fr, ok := french[word]; ok && lang == "fr" {
		return fr
	}
	return word
}

// print answers in one language, the shop's unless --lang says otherwise: it is what the
// owner tells whoever asks at the counter.
func (b *because) print(w io.Writer) error {
	row := func(name words, text string) { fmt.Fprintf(w, "%-10s %s\n", name.in(b.lang), typeset(text, b.lang)) }
	say := &whyWords
	if b.whatIf {
		row(say.at, b.At.Format(time.RFC3339))
	}
	switch {
	case b.whatIf && b.State == "closed":
		row(say.onGlass, say.closed.in(b.lang))
	case b.whatIf && b.Shown == nil:
		row(say.onGlass, say.idle.in(b.lang))
	case b.whatIf:
		row(say.onGlass, b.Shown.ref())
	default:
		row(say.presence, inLanguage(b.lang, b.State, stateWords))
		row(say.onGlass, inLanguage(b.lang, b.OnGlass, labelWords))
	}
	if b.Shown != nil {
		row(say.why, b.Shown.Sentence)
	}
	if b.Next != nil {
		row(say.next, b.Next.ref())
		row(say.why, b.Next.Sentence)
	}
	if b.WhyNot == nil {
		return nil
	}
	none, hint := say.none, say.noneHint
	switch {
	case b.whatIf:
		none, hint = say.folder, say.folderHint
	case slices.ContainsFunc(b.WhyNot, func(k kept) bool { return k.Filter == codeStaysOver }):
		hint = say.overHint
	}
	switch {
	case b.Campaigns != nil && *b.Campaigns == 0 && (!b.whatIf || len(b.WhyNot) == 0):
		row(say.whyNot, none.in(b.lang))
		row(words{}, words{"que faire : ", "hint: "}.in(b.lang)+hint.in(b.lang))
	case len(b.WhyNot) == 0:
		row(say.whyNot, say.allPlay.in(b.lang))
	}
	for _, k := range b.WhyNot {
		row(say.whyNot, fmt.Sprintf("%s (%s) : %s", refusedName(k.Feed, k.Campaign), k.Filter, k.Sentence))
	}
	return nil
}
