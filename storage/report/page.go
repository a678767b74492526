package report

import (
	"cmp"
	"html/template"
	"io"
	"iter"
	"slices"

	"entracte/assets"
	"entracte/scheduler/plan"
)

var pageTemplate = template.Must(template.New("report").Parse(assets.ReportPage()))

// WritePage writes one HTML page of what played: by day and hour, by advertiser and
// campaign, against promised goals, and what is missing. It loads nothing from
// elsewhere, needs no script, and prints on A4. Damage among the rows is said on the
// page; only an error of w, that there are no plays at all ([fs.ErrNotExist]), or that
// this user may not read them ([fs.ErrPermission]), is returned.
func WritePage(w io.Writer, rows iter.Seq2[Row, error], p Page) error {
	s, err := summarise(rows, &p)
	if err != nil {
		return err
	}
	return pageTemplate.Execute(w, s.view())
}

// A view is what the template shows: words and coordinates, all made here.
type view struct {
	Language, Kicker, Title, Period string
	Meta                            []string
	Figures                         []named
	Charts                          []chartView
	Campaigns                       *tableSection
	Deliveries                      *deliveries
	Lists                           []list
	Foot                            []string
	Key                             *named
}

type named struct{ Name, Value string }

type list struct {
	Title string
	Lines []string
}

type chartView struct {
	barChart
	Title, Note, Details string
	// Legend names the two shades, if there are two.
	Legend []string
	Table  table
}

type tableSection struct {
	Title string
	Table table
}

// A table has a head, rows, and a foot that may be missing.
type table struct {
	Caption string
	Head    []cell
	Rows    [][]cell
	Foot    []cell
}

// A cell is a text, or a number, which stands to the right; Head names its row.
type cell struct {
	Text         string
	Number, Head bool
}

// columns are the heads of a table: the first texts are words, the others numbers.
func columns(words int, texts ...string) (head []cell) {
	for i, t := range texts {
		head = append(head, cell{Text: t, Number: i >= words})
	}
	return head
}

func (s *summary) view() view {
	l := s.speech()
	v := view{
		Language: "en", Kicker: l.say("Preuve de diffusion", "Proof of play"),
		Title: cmp.Or(s.page.Venue.Name, s.venue, l.say("Cet écran", "This screen")), Period: s.period(l),
		Figures: s.figures(l), Campaigns: s.campaignTable(l), Deliveries: s.deliveries(l),
		Lists: []list{s.gaps(l), s.clockTrust(l)},
	}
	if l.french {
		v.Language = "fr"
	}
	v.Meta = []string{v.Period, l.say("Fuseau horaire %s", "Time zone %s", s.page.zone().String())}
	if screen := cmp.Or(s.page.Venue.ID, s.screen); screen != "" {
		v.Meta[1] = l.say("Écran %s · fuseau horaire %s", "Screen %s · time zone %s", screen, s.page.zone().String())
	}
	if len(s.days) > 0 {
		v.Charts = []chartView{s.dayChart(l), s.hourChart(l)}
	}
	v.Foot = []string{
		l.say("Un passage est une diffusion complète, de la première à la dernière image. Une diffusion interrompue n'est ni comptée ni facturée ; pourquoi elle l'a été n'est jamais noté. Personne n'est compté : ceci dit ce qui est passé, jamais qui l'a vu.",
			"A play is a whole showing, from its first to its last frame. One that is interrupted is neither counted nor charged; why it was is never recorded. Nobody is counted: this says what played, never who saw it."),
	}
	v.Foot = append(v.Foot, s.made(l)+" "+l.say("Elle résume ; le reçu signé, sur la clé USB, fait foi : entracte plays verify le vérifie.",
		"This page sums up; the signed receipt on the stick is the proof, and entracte plays verify checks it."))
	if s.page.Key != "" {
		v.Key = &named{l.say("Clé de l'écran :", "The screen's key:"), s.page.Key}
	}
	return v
}

// made says when the page was written, if anybody knows.
func (s *summary) made(l speech) string {
	if s.page.Made.IsZero() {
		return l.say("Page écrite par Entracte ; l'heure de cette machine n'était pas sûre, la page n'en porte donc pas.", "Written by Entracte; this machine's clock could not be trusted, so the page bears no date.")
	}
	made := s.page.Made.In(s.page.zone())
	return l.say("Page écrite par Entracte le %s à %s.", "Written by Entracte on %s at %s.", l.date(plan.DateOf(made)), made.Format("15:04"))
}

func (s *summary) speech() speech { return speech{s.page.Venue.Language == "fr"} }

// period is the time the page is about.
func (s *summary) period(l speech) string {
	first, last := s.bounds()
	switch {
	case first.IsZero() || last.IsZero():
		return l.say("Aucune date connue", "No date known")
	case first == last:
		return l.date(first)
	}
	return l.say("Du %s au %s", "%s to %s", l.date(first), l.date(last))
}

// bounds are the first and the last date of the page.
func (s *summary) bounds() (first, last plan.Date) {
	first, last = s.first, s.last
	if !s.page.From.IsZero() {
		first = s.page.From
	}
	if !s.page.To.IsZero() {
		last = s.page.To.AddDays(-1)
	}
	return first, last
}

func (s *summary) figures(l speech) []named {
	days := int64(len(s.days))
	return []named{
		{l.say("Passages", "Plays"), l.count(s.total.completed)},
		{l.say("Diffusions interrompues", "Showings interrupted"), l.share(s.total.interrupted, s.total.records())},
		{l.say("Temps à l'écran", "Time on the screen"), l.lasted(s.total.shown)},
		{l.say("Jours de diffusion", "Days of play"), l.count(days)},
	}
}

// booked are the campaigns that showed, those of an advertiser together, the most played
// first, and the shop's own after all that was booked.
func (s *summary) booked() []booking {
	plays := map[string]int64{}
	var all []booking
	for b, t := range s.campaigns {
		plays[b.advertiser] += t.completed
		all = append(all, b)
	}
	slices.SortFunc(all, func(a, b booking) int {
		return cmp.Or(cmp.Compare(ownLast(a), ownLast(b)), cmp.Compare(plays[b.advertiser], plays[a.advertiser]), cmp.Compare(a.advertiser, b.advertiser),
			cmp.Compare(s.campaigns[b].completed, s.campaigns[a].completed), cmp.Compare(a.feed, b.feed), cmp.Compare(a.campaign, b.campaign))
	})
	return all
}

// campaignTable lists what each campaign got.
func (s *summary) campaignTable(l speech) *tableSection {
	if len(s.campaigns) == 0 {
		return nil
	}
	t := table{Head: columns(2, l.say("Annonceur", "Advertiser"), l.say("Campagne", "Campaign"), l.say("Passages", "Plays"),
		l.say("Part", "Share"), l.say("Interrompus", "Interrupted"), l.say("Échecs", "Failed"), l.say("Temps à l'écran", "Time on screen"))}
	for _, b := range s.booked() {
		row := append([]cell{{Text: l.advertiser(b.advertiser), Head: true}, {Text: b.feed + "/" + b.campaign}}, s.tallyCells(l, s.campaigns[b])...)
		t.Rows = append(t.Rows, row)
	}
	t.Foot = append([]cell{{Text: l.say("Ensemble", "All"), Head: true}, {}}, s.tallyCells(l, &s.total)...)
	t.Caption = l.say("Part : des passages. Temps à l'écran : diffusions interrompues comprises.", "Share: of the plays. Time on screen: showings that were interrupted included.")
	return &tableSection{Title: l.say("Par annonceur et campagne", "By advertiser and campaign"), Table: t}
}

// ownLast is 1 for the shop's own content, which nobody booked.
func ownLast(b booking) int {
	if b.advertiser == plan.VenueAdvertiser {
		return 1
	}
	return 0
}

func (s *summary) tallyCells(l speech, t *tally) []cell {
	return []cell{
		{Text: l.count(t.completed), Number: true}, {Text: l.share(t.completed, s.total.completed), Number: true},
		{Text: l.count(t.interrupted), Number: true}, {Text: l.count(t.failed), Number: true}, {Text: l.lasted(t.shown), Number: true},
	}
}
