package scheduler

import (
	"fmt"
	"math"
	"strings"
	"unicode"
	"unicode/utf8"

	"entracte/scheduler/plan"
)

// Sentence says in a sentence or two why the choice was made, in French ("fr")
// or English (anything else), for the owner of the shop. A choice of a recorded
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
	name, shop := who(c.Campaign, lang, o), shopIs(p, lang, o)
	var text string
	switch {
	case is(kindEmergency):
		text = speak(p.emergency, name)
	case is(kindTakeover):
		text = speak(p.takeover, name, shop)
	case is(kindGuaranteed):
		text = speak(p.guaranteed, name, shop)
	case is(kindTargetingOff):
		text = speak(p.targetingOff, name)
	case is(kindOccasion):
		text = speak(p.occasion, name, shop, occasionLabel(has[kindOccasion].id, lang, o))
	case is(kindDiscovery):
		text = speak(p.discovery, name)
	case is(kindRelation):
		text = p.relationOf(has[kindRelation], c.Campaign, name, shop, lang, o)
	default:
		text = speak(p.weighted, name, shop)
	}
	text += p.where(c.Campaign, has[kindPlace], &o.Venue) + "."
	if details := p.details(has, c.Reasons); details != "" {
		text += " " + details + "."
	}
	return text
}

// relationOf says what relates the campaign to the shop, with the occasion where
// the table of relations still names one.
func (p *phrases) relationOf(r Reason, c *plan.Campaign, name, shop, lang string, o Options) string {
	var kind plan.RelationKind
	_ = kind.UnmarshalText([]byte(r.id)) // an unknown one reads as the first
	if o.Vocabulary != nil && kind == plan.RelationOccasion {
		if k := kinshipOf(c.Category, &o); k.relation.Occasion != "" {
			return speak(p.occasion, name, shop, occasionLabel(k.relation.Occasion, lang, o))
		}
	}
	return speak(p.relation[kind], name, shop)
}

// where is how far the advertiser is, where that spoke for it.
func (p *phrases) where(c *plan.Campaign, place Reason, v *plan.Venue) string {
	switch {
	case place.id == "" || c.Place == nil:
		return ""
	case place.id == nearCodes[sameCommune]:
		return p.sameCommune
	case c.Place.Located && v.Located:
		return fmt.Sprintf(p.kilometres, max(int(math.Round(kilometres(c.Place, v))), 1))
	}
	return ""
}

// details are the share and the limits: "It takes about 1 turn in 9, at most 4 an
// hour".
func (p *phrases) details(has map[kind]Reason, rs []Reason) string {
	var details []string
	add := func(s string) {
		if s != "" {
			details = append(details, s)
		}
	}
	is := func(k kind) bool { _, ok := has[k]; return ok }
	whole := has[kindShare].a == 1 && has[kindShare].b == 1
	if is(kindShare) {
		add(p.shareOf(has[kindShare]))
	}
	add(p.capsOf(rs))
	switch {
	case is(kindTry):
		add(p.try)
	case is(kindShorter):
		add(p.shorter)
	}
	switch {
	case is(kindCoolDown):
		add(p.coolDown)
	case is(kindRepeat) && !whole:
		add(p.repeat)
	}
	return upperFirst(strings.Join(details, ", "))
}

func upperFirst(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	if size == 0 {
		return s
	}
	return string(unicode.ToUpper(first)) + s[size:]
}

func lowerFirst(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToLower(first)) + s[size:]
}

func occasionLabel(id, lang string, o Options) string {
	if o.Vocabulary != nil {
		if label := o.Vocabulary.OccasionLabel(id, fold(lang)); label != "" {
			return lowerFirst(label)
		}
	}
	return id
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
			return fmt.Sprintf("%s (%s)", p.shop, lowerFirst(label))
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
