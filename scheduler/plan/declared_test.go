package plan

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// declared says of every field of every exported type here and in the scheduler
// what it is about. Nothing may be about a person: who adds a field says here what
// it holds, and who reviews it reads that sentence.
var declared = map[string]string{
	"plan.Date.Year":  "The year of a day.",
	"plan.Date.Month": "The month of a day.",
	"plan.Date.Day":   "The day of a month.",

	"plan.Flight.From":  "The first day of a booking.",
	"plan.Flight.To":    "The first day a booking is over.",
	"plan.Window.From":  "When a stretch of the day begins.",
	"plan.Window.To":    "When a stretch of the day ends.",
	"plan.Daypart.Days": "The weekdays a booking plays on.",
	"plan.Daypart.From": "When it begins to play on them.",
	"plan.Daypart.To":   "When it no longer does.",
	"plan.Cap.Plays":    "How often a booking may play.",
	"plan.Cap.Per":      "In an hour or in a day.",

	"plan.Venue.ID":                "The screen's own id.",
	"plan.Venue.Name":              "The name over the shop's door.",
	"plan.Venue.Activity":          "What the shop does, as its owner says.",
	"plan.Venue.NAF":               "The shop's code in the register of companies.",
	"plan.Venue.Commune":           "Where the shop is.",
	"plan.Venue.Postcode":          "Where the shop is.",
	"plan.Venue.Latitude":          "Where the shop is.",
	"plan.Venue.Longitude":         "Where the shop is.",
	"plan.Venue.Located":           "Whether the two above were given.",
	"plan.Venue.Clientele":         "Whom the shop serves, as its owner says: words of a closed list, such as couples, never anybody seen.",
	"plan.Venue.Offers":            "What the shop offers: words of a closed list.",
	"plan.Venue.Language":          "What the shop's screen speaks.",
	"plan.Venue.Timezone":          "Where the clock on the shop's wall is set.",
	"plan.Venue.Targeting":         "Whether the owner lets the shop's own facts choose ads.",
	"plan.Venue.VisibleFromStreet": "Whether the screen is seen from outside.",
	"plan.Venue.Hours":             "When the shop is open.",
	"plan.Venue.ClosedOn":          "The days it is not.",
	"plan.Venue.RefuseCategories":  "What the owner wants no ads for.",
	"plan.Venue.RefuseAdvertisers": "Companies whose ads the owner does not want.",
	"plan.Venue.AcceptRegulated":   "The regulated trades whose ads the owner lets in.",
	"plan.Venue.Tags":              "The operator's words for the screen.",
	"plan.NAF.Scheme":              "The edition of the register's codes.",
	"plan.NAF.Code":                "The code in it.",

	"plan.Plan.Feeds":     "What is in force.",
	"plan.Feed.Name":      "Where content comes from.",
	"plan.Feed.Revision":  "Which state of it this is.",
	"plan.Feed.Campaigns": "What is booked.",

	"plan.Campaign.ID":             "A booking's name.",
	"plan.Campaign.Advertiser":     "The company that pays.",
	"plan.Campaign.Category":       "What it sells.",
	"plan.Campaign.Occasions":      "The occasions it sells for, such as weddings in general.",
	"plan.Campaign.Flight":         "When it is booked for.",
	"plan.Campaign.Weight":         "How many turns it takes.",
	"plan.Campaign.Tier":           "How urgent it is.",
	"plan.Campaign.Goal":           "How many plays were promised.",
	"plan.Campaign.Caps":           "How often it may play.",
	"plan.Campaign.Dayparts":       "When of the week it may play.",
	"plan.Campaign.Rivals":         "The group of companies it must not stand beside.",
	"plan.Campaign.Sole":           "Whether it is the only one of that group.",
	"plan.Campaign.Booked":         "When the booking was made.",
	"plan.Campaign.Place":          "Where the company is.",
	"plan.Campaign.Clientele":      "Which kinds of shop it suits: words of a closed list, matched with the shop's, never with anybody in front.",
	"plan.Campaign.Offers":         "Which services of a shop it goes with: words of a closed list.",
	"plan.Campaign.Language":       "What its creatives speak.",
	"plan.Campaign.UntrustedClock": "What it does when the time of day is not known.",
	"plan.Campaign.Creatives":      "What it shows.",
	"plan.Place.Commune":           "Where the company is.",
	"plan.Place.Postcode":          "Where the company is.",
	"plan.Place.Latitude":          "Where the company is.",
	"plan.Place.Longitude":         "Where the company is.",
	"plan.Place.Located":           "Whether the two above were given.",
	"plan.Place.WithinKM":          "How far from there shops may show it.",

	"plan.Creative.ID":        "A picture's or clip's name in its booking.",
	"plan.Creative.File":      "The name of its file.",
	"plan.Creative.SHA256":    "The digest of its file.",
	"plan.Creative.Length":    "How long it shows.",
	"plan.Creative.Card":      "The words to draw instead of a file.",
	"plan.Card.Title":         "The advertiser's words.",
	"plan.Card.Text":          "The advertiser's words.",
	"plan.Card.Picture":       "The name of the advertiser's picture.",
	"plan.Card.PictureSHA256": "The digest of that picture.",
	"plan.Card.QR":            "The address in the advertiser's code: the same for everybody.",
	"plan.Ref.Feed":           "Where a creative comes from.",
	"plan.Ref.Campaign":       "The booking it belongs to.",
	"plan.Ref.Creative":       "Its name there.",

	"plan.Relation.Category": "What an advertiser sells.",
	"plan.Relation.Kind":     "Why that goes with a kind of shop.",
	"plan.Relation.Strength": "How closely.",
	"plan.Relation.Occasion": "The occasion both serve, such as weddings in general.",
	"plan.Relation.Season":   "The months it is for.",

	"plan.Waits.Hours":   "How many waits began in each hour of an ordinary week, counts only.",
	"plan.Waits.Lengths": "How many waits were how long, counts only.",
	"plan.Waits.Watched": "For how long in all waits were counted.",

	"plan.Delivery.Feed":     "Where a booking comes from.",
	"plan.Delivery.Campaign": "Its name.",
	"plan.Delivery.From":     "When it is booked from.",
	"plan.Delivery.Plays":    "How often it has played.",

	"plan.Memory.Waits":          "The counts of waits.",
	"plan.Memory.Delivered":      "How often bookings with a promise have played.",
	"plan.Memory.Boot":           "Which start of the machine the last play counted was in.",
	"plan.Memory.Restarts":       "When the machine started after power cuts.",
	"plan.Restarted.Play":        "The start.",
	"plan.Restarted.AfterBoot":   "The start of the machine that the last play before it was in.",
	"plan.Restarted.AfterMonoMS": "When in that it began.",
	"plan.Memory.MonoMS":         "When in it that play began.",

	"plan.Play.Seq":        "The number of the record.",
	"plan.Play.Boot":       "Which start of the machine it was.",
	"plan.Play.Venue":      "The shop.",
	"plan.Play.Screen":     "The screen.",
	"plan.Play.Feed":       "Where the creative came from.",
	"plan.Play.Campaign":   "The booking it belongs to.",
	"plan.Play.Creative":   "What was shown.",
	"plan.Play.Advertiser": "The company that pays.",
	"plan.Play.Category":   "What it sells.",
	"plan.Play.SHA256":     "The digest of what was shown.",
	"plan.Play.StartedAt":  "When the creative came on. That it did says that somebody waited, and not who.",
	"plan.Play.MonoMS":     "The same on the machine's own clock.",
	"plan.Play.PlannedMS":  "How long it should have shown.",
	"plan.Play.ShownMS":    "How long it did.",
	"plan.Play.Outcome":    "Whether it was shown to its end, and nothing of why not.",
	"plan.Play.Counted":    "Whether the advertiser gets it counted.",
	"plan.Play.Reasons":    "Why the scheduler chose it, from the plan and the shop.",
	"plan.Play.Plan":       "The state of the feed it came from.",
	"plan.Play.Clock":      "How far the time can be trusted.",

	"scheduler.Moment.Mono":        "The time since the process started.",
	"scheduler.Moment.Civil":       "The time of day.",
	"scheduler.Moment.Clock":       "How far that can be trusted.",
	"scheduler.Moment.WaitBegan":   "Since when the shop has had somebody wait, and not who.",
	"scheduler.OwnShare.Turns":     "How many turns the shop's own content takes.",
	"scheduler.OwnShare.Of":        "Of how many.",
	"scheduler.Options.Venue":      "The shop.",
	"scheduler.Options.Vocabulary": "The tables of trades and categories.",
	"scheduler.Options.OwnShare":   "The turns of the shop's own content.",
	"scheduler.Options.Waits":      "The counts of waits.",
	"scheduler.Options.Delivered":  "How often bookings with a promise have played.",
	"scheduler.Options.Boot":       "Which start of the machine it is.",
	"scheduler.Options.Seed":       "A number that settles ties.",
	"scheduler.Choice.Ref":         "What was chosen.",
	"scheduler.Choice.Campaign":    "The booking it belongs to.",
	"scheduler.Choice.Creative":    "The creative itself.",
	"scheduler.Choice.Reasons":     "Why, from the plan and the shop.",
	"scheduler.Lease.ID":           "The number of the choice.",
	"scheduler.Lease.Choice":       "What was chosen.",
	"scheduler.Refusal.Feed":       "Where a booking comes from.",
	"scheduler.Refusal.Campaign":   "The booking that may not play.",
	"scheduler.Refusal.Filter":     "The rule that refuses it.",
	"scheduler.Refusal.fr":         "The sentence for it in French.",
	"scheduler.Refusal.en":         "The sentence for it in English.",
	"scheduler.Reason.kind":        "Which of the reasons for a choice it is.",
	"scheduler.Reason.a":           "The first figure of a share or a cap.",
	"scheduler.Reason.b":           "The second.",
	"scheduler.Reason.id":          "The occasion, the kind of relation or the distance.",

	"scheduler.Overbooking.Feed":     "Where a booking comes from.",
	"scheduler.Overbooking.Campaign": "The booking that promises too much.",
	"scheduler.Overbooking.Forecast": "How many turns its days will have.",
	"scheduler.Overbooking.Room":     "How many of them can still be promised.",
	"scheduler.LongAd.Ref":           "A creative.",
	"scheduler.LongAd.Length":        "How long it shows.",
	"scheduler.LongAd.Median":        "The length that half of all waits reach.",
	"scheduler.LongAd.advertiser":    "The company that pays.",

	"scheduler.Scheduler.options":  "The shop and its tables.",
	"scheduler.Scheduler.zone":     "Where the clock on the shop's wall is set.",
	"scheduler.Scheduler.feeds":    "Where bookings come from.",
	"scheduler.Scheduler.ads":      "The bookings, made ready.",
	"scheduler.Scheduler.kin":      "How the categories of bookings go with the kind of shop.",
	"scheduler.Scheduler.groups":   "The groups of companies that must not stand side by side.",
	"scheduler.Scheduler.sole":     "The groups that only one may hold.",
	"scheduler.Scheduler.minutes":  "When in the week bookings may begin and end.",
	"scheduler.Scheduler.dates":    "On which days they may.",
	"scheduler.Scheduler.curve":    "How the counts of waits are spread over an ordinary week.",
	"scheduler.Scheduler.promises": "How many plays were promised, and when they are due.",
	"scheduler.Scheduler.broken":   "Creatives that cannot be shown here, and why.",
	"scheduler.Scheduler.state":    "What each booking is owed and when it played.",
	"scheduler.Scheduler.lease":    "What is on the glass.",
	"scheduler.Scheduler.leased":   "Since when.",
	"scheduler.Scheduler.leaseIDs": "How many choices were made.",
	"scheduler.Scheduler.scratch":  "Memory that is used again, with nothing in it between two calls.",
}

func TestNoFieldIsAboutAPerson(t *testing.T) {
	t.Parallel()
	found := make(map[string]bool)
	for pkg, dir := range map[string]string{"plan": ".", "scheduler": ".."} {
		for _, field := range fieldsIn(t, dir) {
			found[pkg+"."+field] = true
		}
	}
	for field := range found {
		if declared[field] == "" {
			t.Errorf("%s is not declared: say in this test what it holds, and that it is nothing about a person", field)
		}
	}
	for field, sentence := range declared {
		if !found[field] {
			t.Errorf("%s is declared and does not exist any more", field)
		}
		if !strings.HasSuffix(sentence, ".") {
			t.Errorf("%s: %q is not a sentence", field, sentence)
		}
	}
}

// about are words that a field about a person would be named with.
var about = []string{"person", "people", "customer", "visitor", "viewer", "shopper", "user", "face", "gender", "sex", "age", "child",
	"name", "phone", "mac", "device", "identifier", "profile", "track", "dwell", "look", "gaze", "emotion", "count"}

// innocent are the names that hold such a word and are about something else.
var innocent = map[string]string{
	"plan.Venue.Name": "the shop's", "plan.Feed.Name": "a feed's", "showing.name": "an advertiser's",
}

// No field of any type, exported or not, is named like something about a person.
func TestNoFieldIsNamedAfterAPerson(t *testing.T) {
	t.Parallel()
	for pkg, dir := range map[string]string{"plan.": ".", "": ".."} {
		for _, field := range everyFieldIn(t, dir) {
			_, name, _ := strings.Cut(field, ".")
			for _, word := range about {
				if innocent[pkg+field] == "" && slices.Contains(words(name), word) {
					t.Errorf("%s%s: %q is about a person, or say what it is about in this test", pkg, field, word)
				}
			}
		}
	}
}

// words splits "waitBegan" into "wait" and "began".
func words(name string) []string {
	var all []string
	begin := 0
	for i, r := range name {
		if i > 0 && unicode.IsUpper(r) && !unicode.IsUpper(rune(name[i-1])) {
			all = append(all, strings.ToLower(name[begin:i]))
			begin = i
		}
	}
	return append(all, strings.ToLower(name[begin:]))
}

// fieldsIn lists the fields of the exported types in a folder of Go code, as
// "Type.Field". The source is read because reflection cannot list types.
func fieldsIn(t *testing.T, dir string) []string {
	t.Helper()
	return slices.DeleteFunc(everyFieldIn(t, dir), func(field string) bool { return !ast.IsExported(field) })
}

// everyFieldIn lists those of the other types too.
func everyFieldIn(t *testing.T, dir string) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	var fields []string
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if spec, ok := n.(*ast.TypeSpec); ok {
				fields = append(fields, fieldsOf(spec)...)
			}
			return true
		})
	}
	return fields
}

func fieldsOf(spec *ast.TypeSpec) []string {
	var fields []string
	ast.Inspect(spec.Type, func(n ast.Node) bool {
		s, ok := n.(*ast.StructType)
		if !ok {
			return true
		}
		for _, f := range s.Fields.List {
			if len(f.Names) == 0 {
				fields = append(fields, fmt.Sprintf("%s.%v", spec.Name, f.Type))
			}
			for _, name := range f.Names {
				fields = append(fields, fmt.Sprintf("%s.%s", spec.Name, name))
			}
		}
		return true
	})
	return fields
}
