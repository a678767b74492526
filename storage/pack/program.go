package pack

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"entracte/scheduler/plan"
)

// program is the plan as it is written; the keys are those of ads.toml.
type program struct {
	Campaigns []campaign `json:"campaigns" most:"10000"`
}

type campaign struct {
	ID             string              `json:"id" long:"64"`
	Advertiser     string              `json:"advertiser" long:"80"`
	Category       int                 `json:"category,omitempty"`
	Occasions      []string            `json:"occasions,omitempty" most:"20" long:"32"`
	Flight         *flight             `json:"flight,omitempty"`
	Weight         int                 `json:"weight"`
	Tier           plan.Tier           `json:"tier"`
	Goal           int                 `json:"goal,omitempty"`
	Caps           []limited           `json:"caps,omitempty" most:"2"`
	Dayparts       []daypart           `json:"dayparts,omitempty" most:"50"`
	Rivals         string              `json:"rivals,omitempty" long:"64"`
	Sole           bool                `json:"sole,omitempty"`
	Booked         plan.Date           `json:"booked,omitzero"`
	Place          *place              `json:"place,omitempty"`
	Clientele      []string            `json:"clientele,omitempty" most:"30" long:"64"`
	Offers         []string            `json:"offers,omitempty" most:"30" long:"64"`
	Language       []string            `json:"language,omitempty" most:"10" long:"2"`
	UntrustedClock plan.UntrustedClock `json:"untrusted_clock,omitzero"`
	Creatives      []creative          `json:"creatives" most:"100"`
}

type flight struct {
	From plan.Date `json:"from,omitzero"`
	To   plan.Date `json:"to,omitzero"`
}

type limited struct {
	Plays int            `json:"plays"`
	Per   plan.CapPeriod `json:"per"`
}

type daypart struct {
	Days []string    `json:"days,omitempty" most:"7"`
	From plan.Minute `json:"from"`
	To   plan.Minute `json:"to"`
}

// place has both of latitude and longitude, or neither.
type place struct {
	Commune   string   `json:"commune,omitempty" long:"80"`
	Postcode  string   `json:"postcode,omitempty" long:"12"`
	Latitude  *float64 `json:"latitude,omitempty"`
	Longitude *float64 `json:"longitude,omitempty"`
	WithinKM  float64  `json:"within_km,omitempty"`
}

// creative has one of blob, an index into the manifest's blobs, and card.
type creative struct {
	ID     string `json:"id" long:"64"`
	File   string `json:"file,omitempty" long:"250"`
	Blob   *int   `json:"blob,omitempty"`
	Length int64  `json:"length_ms,omitempty"`
	Card   *card  `json:"card,omitempty"`
}

type card struct {
	Title   string `json:"title,omitempty" long:"120" lines:"yes"`
	Text    string `json:"text,omitempty" long:"400" lines:"yes"`
	Picture string `json:"picture,omitempty" long:"250"`
	Blob    *int   `json:"blob,omitempty"`
	QR      string `json:"qr,omitempty" long:"300"`
}

// week names the days by [time.Weekday].
var week = [7]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// identifier is the shape of ids: they become parts of names like
// "acme/shop-17/lens-2026" and of CSV cells.
var identifier = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]*$`)

// language is the shape of an ISO 639-1 code.
var language = regexp.MustCompile(`^[a-z]{2}$`)

// programOf writes campaigns whose creatives carry the digests of blobs.
func programOf(all []plan.Campaign, blobs []Blob) (*program, error) {
	p := &program{Campaigns: []campaign{}}
	for i := range all {
		c := &all[i]
		out := campaign{
			ID: c.ID, Advertiser: c.Advertiser, Category: c.Category, Occasions: c.Occasions, Weight: c.Weight, Tier: c.Tier,
			Goal: c.Goal, Rivals: c.Rivals, Sole: c.Sole, Booked: c.Booked, Clientele: c.Clientele, Offers: c.Offers,
			Language: c.Language, UntrustedClock: c.UntrustedClock, Place: placeOf(c.Place), Creatives: []creative{},
		}
		if c.Flight.Dated() {
			out.Flight = (*flight)(&c.Flight)
		}
		for _, l := range c.Caps {
			out.Caps = append(out.Caps, limited(l))
		}
		for _, d := range c.Dayparts {
			out.Dayparts = append(out.Dayparts, daypart{days(d.Days), d.From, d.To})
		}
		for _, cr := range c.Creatives {
			w, err := creativeOf(cr, blobs)
			if err != nil {
				return nil, fmt.Errorf("campaign %q, creative %q: %w", c.ID, cr.ID, err)
			}
			out.Creatives = append(out.Creatives, w)
		}
		p.Campaigns = append(p.Campaigns, out)
	}
	return p, nil
}

func placeOf(p *plan.Place) *place {
	if p == nil {
		return nil
	}
	out := &place{Commune: p.Commune, Postcode: p.Postcode, WithinKM: p.WithinKM}
	if p.Located {
		out.Latitude, out.Longitude = &p.Latitude, &p.Longitude
	}
	return out
}

func days(set plan.Weekdays) []string {
	var names []string
	for d, name := range week {
		if set != 0 && set.Has(time.Weekday(d)) {
			names = append(names, name)
		}
	}
	return names
}

func creativeOf(c plan.Creative, blobs []Blob) (w creative, err error) {
	w = creative{ID: c.ID, File: c.File, Length: c.Length.Milliseconds()}
	if c.Card == nil {
		w.Blob, err = indexOf(c.SHA256, blobs)
		return w, err
	}
	w.Card = &card{Title: c.Card.Title, Text: c.Card.Text, Picture: c.Card.Picture, QR: c.Card.QR}
	if c.Card.PictureSHA256 != "" {
		w.Card.Blob, err = indexOf(c.Card.PictureSHA256, blobs)
	}
	return w, err
}

func indexOf(sha string, blobs []Blob) (*int, error) {
	i, found := slices.BinarySearchFunc(blobs, sha, func(b Blob, sha string) int { return strings.Compare(b.SHA256, sha) })
	if !found {
		return nil, fmt.Errorf("its medium %q is not among the blobs", sha)
	}
	return &i, nil
}

// campaigns turns what was read into the plan's words, and checks it.
func (p *program) campaigns(blobs []Blob) ([]plan.Campaign, error) {
	var all []plan.Campaign
	campaigns, creatives := map[string]bool{}, map[string]bool{}
	for i := range p.Campaigns {
		c, err := p.Campaigns[i].plan(blobs)
		if err != nil {
			return nil, fmt.Errorf("campaign %q: %w", p.Campaigns[i].ID, err)
		}
		if campaigns[c.ID] {
			return nil, fmt.Errorf("campaign %q is there twice", c.ID)
		}
		campaigns[c.ID] = true
		for _, cr := range c.Creatives {
			if creatives[cr.ID] {
				return nil, fmt.Errorf("creative %q is there twice", cr.ID)
			}
			creatives[cr.ID] = true
		}
		if err := c.Validate(); err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, nil
}

func (w *campaign) plan(blobs []Blob) (plan.Campaign, error) {
	c := plan.Campaign{
		ID: w.ID, Advertiser: w.Advertiser, Category: w.Category, Occasions: some(w.Occasions), Weight: w.Weight, Tier: w.Tier,
		Goal: w.Goal, Rivals: w.Rivals, Sole: w.Sole, Booked: w.Booked, Clientele: some(w.Clientele), Offers: some(w.Offers),
		Language: some(w.Language), UntrustedClock: w.UntrustedClock,
	}
	if !identifier.MatchString(w.ID) {
		return c, fmt.Errorf("its id is none")
	}
	if w.Flight != nil {
		c.Flight = plan.Flight(*w.Flight)
	}
	for i, l := range w.Caps {
		if i > 0 && l.Per == w.Caps[0].Per {
			return c, fmt.Errorf("it has two caps per %s", l.Per)
		}
		c.Caps = append(c.Caps, plan.Cap(l))
	}
	for _, d := range w.Dayparts {
		set, err := weekdays(d.Days)
		if err != nil {
			return c, err
		}
		c.Dayparts = append(c.Dayparts, plan.Daypart{Days: set, From: d.From, To: d.To})
	}
	for _, l := range w.Language {
		if !language.MatchString(l) {
			return c, fmt.Errorf("%q is not a language", l)
		}
	}
	var err error
	if c.Place, err = w.Place.plan(); err != nil {
		return c, err
	}
	for i := range w.Creatives {
		cr, err := w.Creatives[i].plan(blobs)
		if err != nil {
			return c, fmt.Errorf("creative %q: %w", w.Creatives[i].ID, err)
		}
		c.Creatives = append(c.Creatives, cr)
	}
	return c, nil
}

// weekdays reads days in the order of [week], each once.
func weekdays(names []string) (plan.Weekdays, error) {
	var set plan.Weekdays
	last := -1
	for _, name := range names {
		d := slices.Index(week[:], name)
		if d < 0 {
			return 0, fmt.Errorf("%q is not a day of the week", name)
		}
		if d <= last {
			return 0, fmt.Errorf("day %q is out of order, or there twice: %s", name, strings.Join(week[:], ", "))
		}
		set, last = set.With(time.Weekday(d)), d
	}
	return set, nil
}

func (w *place) plan() (*plan.Place, error) {
	if w == nil {
		return nil, nil
	}
	p := &plan.Place{Commune: w.Commune, Postcode: w.Postcode, WithinKM: w.WithinKM}
	if (w.Latitude == nil) != (w.Longitude == nil) {
		return nil, fmt.Errorf("its place has one of latitude and longitude")
	}
	if w.Latitude != nil {
		p.Latitude, p.Longitude, p.Located = *w.Latitude, *w.Longitude, true
	}
	if *p == (plan.Place{}) || p.WithinKM != 0 && !p.Located {
		return nil, fmt.Errorf("its place says nothing, or a distance from nowhere")
	}
	return p, nil
}

func (w *creative) plan(blobs []Blob) (c plan.Creative, err error) {
	c = plan.Creative{ID: w.ID, File: w.File, Length: time.Duration(w.Length) * time.Millisecond}
	switch {
	case !identifier.MatchString(w.ID):
		return c, fmt.Errorf("its id is none")
	case (w.Blob == nil) == (w.Card == nil):
		return c, fmt.Errorf("it needs one of blob and card")
	case w.Length < 0 || w.Length > maxLength.Milliseconds():
		return c, fmt.Errorf("it cannot show for %d ms", w.Length)
	case w.Card == nil:
		c.SHA256, err = digestAt(w.Blob, blobs)
		return c, err
	case w.Card.Title+w.Card.Text+w.Card.QR == "" && w.Card.Blob == nil:
		return c, fmt.Errorf("its card is empty")
	case w.Length == 0:
		return c, fmt.Errorf("a card has no length of its own")
	}
	c.Card = &plan.Card{Title: w.Card.Title, Text: w.Card.Text, Picture: w.Card.Picture, QR: w.Card.QR}
	if w.Card.Blob != nil {
		c.Card.PictureSHA256, err = digestAt(w.Card.Blob, blobs)
	}
	return c, err
}

func digestAt(i *int, blobs []Blob) (string, error) {
	if *i < 0 || *i >= len(blobs) {
		return "", fmt.Errorf("there is no blob %d", *i)
	}
	return blobs[*i].SHA256, nil
}
