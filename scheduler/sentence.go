package scheduler

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"entracte/scheduler/plan"
)

// Sentence says in one sentence why the choice was made, in French ("fr") or
// English (anything else), for the owner of the shop. A choice of a recorded
// play, made with [ParseReason], reads the same.
func Sentence(c Choice, lang string, o Options) string {
	p := phrasesOf(lang)
	if c.Campaign == nil {
		return ""
	}
	has := make(map[kind]Reason)
	for _, r := range c.Reasons {
		has[r.kind] = r
	}
	is := func(k kind) bool { _, ok := has[k]; return ok }
	if is(kindHouse) {
		return houseSentence(p, c.Campaign, is(kindFiller))
	}
	head := p.weighted
	switch {
	case is(kindEmergency):
		head = p.emergency
	case is(kindTakeover):
		head = p.takeover
	case is(kindGuaranteed):
		head = p.guaranteed
	case is(kindTargetingOff):
		head = p.targetingOff
	}
	text := speak(head, who(c.Campaign, lang, o), shopIs(p, lang, o))
	var details []string
	// Above the ordinary tiers the share is among the urgent only: all of it says nothing.
	whole := has[kindShare] == Reason{kindShare, 1, 1}
	if r, ok := has[kindShare]; ok && !is(kindEmergency) && !(whole && is(kindTakeover)) {
		details = append(details, p.shareOf(r))
	}
	if limits := p.capsOf(c.Reasons); limits != "" {
		details = append(details, limits)
	}
	switch {
	case is(kindCoolDown):
		details = append(details, p.coolDown)
	case is(kindRepeat) && !whole:
		details = append(details, p.repeat)
	}
	if len(details) > 0 {
		text += p.join(strings.Join(details, ", "), strings.Contains(text, ":"))
	}
	return text + "."
}

func houseSentence(p *phrases, c *plan.Campaign, filler bool) string {
	switch own := c.Advertiser == plan.VenueAdvertiser; {
	case own && filler:
		return p.venueFiller
	case own:
		return p.venueTurn
	case filler:
		return speak(p.houseFiller, c.Advertiser)
	}
	return speak(p.houseTurn, c.Advertiser)
}

// join puts the details behind the head of a sentence: after a colon, or a comma
// where it has one already.
func (p *phrases) join(details string, colon bool) string {
	switch {
	case colon:
		return ", " + details
	case p == &french:
		return " : " + details
	}
	return ": " + details
}

func (p *phrases) shareOf(r Reason) string {
	switch {
	case r.a == 1 && r.b == 1:
		return p.onlyOne
	case r.a == 1:
		return fmt.Sprintf(p.sharesOne, r.b)
	}
	return fmt.Sprintf(p.share, r.a, r.b)
}

func (p *phrases) capsOf(rs []Reason) string {
	var limits []string
	for _, r := range rs {
		if r.kind == kindCap && r.b < len(p.per) {
			limits = append(limits, fmt.Sprintf(p.per[r.b], r.a))
		}
	}
	if len(limits) == 0 {
		return ""
	}
	return p.caps + strings.Join(limits, p.and)
}

// speak fills in a phrase, which may leave out what it does not need.
func speak(phrase string, who string, more ...any) string {
	args := append([]any{who}, more...)
	used := 0
	for i := range args {
		if strings.Contains(phrase, fmt.Sprintf("%%[%d]", i+1)) {
			used = i + 1
		}
	}
	return fmt.Sprintf(phrase, args[:used]...)
}

// who is the advertiser, with what it sells where we know.
func who(c *plan.Campaign, lang string, o Options) string {
	if label := categoryLabel(c.Category, lang, o.Vocabulary); label != "" {
		return fmt.Sprintf("%s (%s)", c.Advertiser, label)
	}
	return c.Advertiser
}

// shopIs is "this shop (jeweller)".
func shopIs(p *phrases, lang string, o Options) string {
	if o.Vocabulary != nil {
		if label := o.Vocabulary.ActivityLabel(o.Venue.Activity, fold(lang)); label != "" {
			first, size := utf8.DecodeRuneInString(label)
			return fmt.Sprintf("%s (%c%s)", p.shop, unicode.ToLower(first), label[size:])
		}
	}
	return p.shop
}

// categoryLabel is the category's name in the language.
func categoryLabel(id int, lang string, words plan.Vocabulary) string {
	if words == nil || id == 0 {
		return ""
	}
	return words.CategoryLabel(id, fold(lang))
}
