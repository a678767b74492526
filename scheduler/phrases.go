package scheduler

// phrases are the sentences of one language. %[1]s is always who: the advertiser,
// with its category where known.
type phrases struct {
	shop  string // how "this shop" reads, with its label behind where it has one
	venue string // who the shop itself is, instead of "@venue"

	weighted, guaranteed, takeover string // %[2]s: what the shop is
	emergency, targetingOff        string
	occasion                       string    // %[2]s: what the shop is, %[3]s: the occasion
	relation                       [3]string // by plan.RelationKind
	discovery                      string
	sameCommune                    string
	kilometres                     string // %d
	share, onlyOne                 string // %d turns, of %d
	sharesOne                      string // of %d
	caps, and                      string
	per                            [2]string // by plan.CapPeriod, %d plays
	shorter, try                   string
	repeat, coolDown               string
	venueTurn, venueFiller         string
	houseTurn, houseFiller         string

	notBegun, over             string // %[2]s: a date
	daypart                    string // %[2]s: the dayparts
	format, formatWhy          string // %[2]s: why
	regulated, refusedCategory string // %[2]s: the category
	refused, noCategory        string
	competitor                 string // %[2]s: the category, %[3]s: what the shop is
	unknownActivity            string
	area, areaUnknown          string // %[2]s: the place, %[3]s: kilometres, %[4]s: the distance
	language                   string // %[2]s: its languages
	sole                       string // %[2]s: who holds it
	cap                        [2]string
	rivals                     string // %[2]s: the rival
	clockDates, clockDaypart   string

	overbooked string // %[2]d plays, %[3]s to %[4]s, %[5]d still free, of %[6]d forecast
	rarelyFits string // %[2]d seconds, %[3]d the median wait, %[4]s the creative

	date string // layout
	days [7]string
}

func phrasesOf(language string) *phrases {
	if fold(language) == "fr" {
		return &french
	}
	return &english
}

var french = phrases{
	shop:         "ce commerce",
	venue:        "Contenu du commerce",
	weighted:     "%[1]s a réservé des passages sur cet écran et ne vend pas ce que vend %[2]s",
	guaranteed:   "%[1]s a réservé un nombre de passages garanti et ne vend pas ce que vend %[2]s",
	takeover:     "%[1]s a réservé tout l'écran pour ce moment et ne vend pas ce que vend %[2]s",
	emergency:    "Message urgent, montré avant tout le reste : %[1]s",
	targetingOff: "Le ciblage est désactivé et chaque annonce admise dans ce commerce passe à son tour, ici %[1]s",
	occasion:     "Montré parce que %[2]s et %[1]s ont une occasion en commun (%[3]s)",
	relation: [3]string{"Montré parce que %[2]s et %[1]s servent les mêmes moments de la vie",
		"Montré parce qu'on passe volontiers chez %[1]s et dans %[2]s au cours d'une même sortie",
		"Montré parce que %[1]s va bien avec ce que vend %[2]s"},
	discovery:   "Montré pour la variété : %[1]s n'a pas de lien particulier avec ce commerce",
	sameCommune: ", dans la même commune",
	kilometres:  ", à %d km d'ici",
	share:       "elle prend environ %d passages sur %d",
	sharesOne:   "elle prend environ 1 passage sur %d",
	onlyOne:     "c'est la seule annonce admise en ce moment",
	shorter:     "à la place d'une annonce plus longue, qui tient rarement dans l'attente",
	try:         "un essai, bien qu'elle tienne rarement dans l'attente",
	caps:        "au plus ",
	and:         " et ",
	per:         [2]string{"%d par heure", "%d par jour"},
	repeat:      "de retour plus tôt que d'ordinaire, pour que chacun garde sa part",
	coolDown:    "reprise aussitôt, faute d'autre chose à montrer",
	venueTurn:   "Contenu du commerce lui-même : c'est son tour.",
	venueFiller: "Contenu du commerce lui-même : aucune annonce ne peut passer en ce moment.",
	houseTurn:   "Contenu d'accompagnement (%[1]s) : c'est son tour.",
	houseFiller: "Contenu d'accompagnement (%[1]s) : aucune annonce ne peut passer en ce moment.",

	notBegun:        "%[1]s : la campagne ne commence que le %[2]s.",
	over:            "%[1]s : le dernier jour de la campagne était le %[2]s.",
	daypart:         "%[1]s : ce n'est pas l'heure, la campagne passe %[2]s.",
	format:          "%[1]s : aucun de ses médias n'est installé sur cet écran.",
	formatWhy:       "%[1]s : ses médias ne peuvent pas être montrés ici (%[2]s).",
	regulated:       "%[1]s : les annonces « %[2]s » ne passent que si le commerce les accepte, et il ne l'a pas fait.",
	refusedCategory: "%[1]s : le commerce refuse les annonces « %[2]s ».",
	refused:         "%[1]s : le commerce refuse cet annonceur.",
	noCategory:      "%[1]s : la campagne n'a pas de catégorie connue, rien ne dit si c'est un concurrent.",
	competitor:      "%[1]s : c'est un concurrent, il vend « %[2]s » comme %[3]s.",
	unknownActivity: "%[1]s : l'activité du commerce n'est pas connue, rien ne dit qui est un concurrent.",
	area:            "%[1]s : la campagne ne passe qu'à %[3]s km autour de %[2]s, ce commerce est à %[4]s km.",
	areaUnknown:     "%[1]s : la campagne ne passe qu'à %[3]s km autour de %[2]s, et la distance n'est pas connue.",
	language:        "%[1]s : la campagne est dans une autre langue (%[2]s).",
	sole:            "%[1]s : %[2]s a réservé avant, et une seule de leurs campagnes peut passer.",
	cap:             [2]string{"%[1]s : la limite de %[2]d par heure est atteinte.", "%[1]s : la limite de %[2]d par jour est atteinte."},
	rivals:          "%[1]s : son concurrent %[2]s vient de passer, ils ne se suivent jamais.",
	clockDates:      "%[1]s : l'horloge n'est pas assez sûre pour vérifier les dates de la campagne.",
	clockDaypart:    "%[1]s : l'horloge n'est pas assez sûre pour vérifier les heures de la campagne.",

	overbooked: "%[1]s : %[2]d passages sont promis du %[3]s au %[4]s, mais l'écran ne peut plus en promettre que %[5]d (un tiers des %[6]d passages prévus, moins ce qui est déjà promis). La campagne n'est pas admise.",
	rarelyFits: "%[1]s : « %[4]s » dure %[2]d s et tient rarement dans vos attentes (la moitié dure moins de %[3]d s).",

	date: "02/01/2006",
	days: [7]string{"dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"},
}

var english = phrases{
	shop:         "this shop",
	venue:        "The shop's own content",
	weighted:     "%[1]s booked turns on this screen and does not sell what %[2]s sells",
	guaranteed:   "%[1]s booked a guaranteed number of turns and does not sell what %[2]s sells",
	takeover:     "%[1]s booked the whole screen for this time and does not sell what %[2]s sells",
	emergency:    "Urgent message, shown before everything else: %[1]s",
	targetingOff: "Targeting is off and every ad allowed in this shop takes its turn, here %[1]s",
	occasion:     "Shown because %[2]s and %[1]s have an occasion in common (%[3]s)",
	relation: [3]string{"Shown because %[2]s and %[1]s serve the same moments of life",
		"Shown because people like to go to %[1]s and to %[2]s on one outing",
		"Shown because %[1]s goes well with what %[2]s sells"},
	discovery:   "Shown for variety: %[1]s has no particular link with this shop",
	sameCommune: ", in the same commune",
	kilometres:  ", %d km from here",
	share:       "it takes about %d turns in %d",
	sharesOne:   "it takes about 1 turn in %d",
	onlyOne:     "it is the only ad allowed now",
	shorter:     "in place of a longer one, which rarely fits the wait",
	try:         "a try, although it rarely fits the wait",
	caps:        "at most ",
	and:         " and ",
	per:         [2]string{"%d an hour", "%d a day"},
	repeat:      "back sooner than usual, so that all keep their share",
	coolDown:    "tried again at once, because there is nothing else to show",
	venueTurn:   "The shop's own content: it is its turn.",
	venueFiller: "The shop's own content: no ad may play now.",
	houseTurn:   "House content of %[1]s: it is its turn.",
	houseFiller: "House content of %[1]s: no ad may play now.",

	notBegun:        "%[1]s: the campaign begins on %[2]s.",
	over:            "%[1]s: the last day of the campaign was %[2]s.",
	daypart:         "%[1]s: not at this time, the campaign plays %[2]s.",
	format:          "%[1]s: none of its media are installed on this screen.",
	formatWhy:       "%[1]s: its media cannot be shown here (%[2]s).",
	regulated:       "%[1]s: ads for “%[2]s” play only where the shop accepts them, and this one has not.",
	refusedCategory: "%[1]s: the shop refuses ads for “%[2]s”.",
	refused:         "%[1]s: the shop refuses this advertiser.",
	noCategory:      "%[1]s: the campaign has no known category, so nothing tells whether it is a competitor.",
	competitor:      "%[1]s: a competitor, it sells “%[2]s” like %[3]s.",
	unknownActivity: "%[1]s: what this shop is, is not known, so nothing tells who is a competitor.",
	area:            "%[1]s: the campaign plays only within %[3]s km of %[2]s, this shop is %[4]s km away.",
	areaUnknown:     "%[1]s: the campaign plays only within %[3]s km of %[2]s, and the distance is not known.",
	language:        "%[1]s: the campaign is in another language (%[2]s).",
	sole:            "%[1]s: %[2]s booked first, and only one of the two may play.",
	cap:             [2]string{"%[1]s: the limit of %[2]d an hour is reached.", "%[1]s: the limit of %[2]d a day is reached."},
	rivals:          "%[1]s: its rival %[2]s has just played, and they never follow each other.",
	clockDates:      "%[1]s: the clock is not sure enough to check the dates of the campaign.",
	clockDaypart:    "%[1]s: the clock is not sure enough to check the hours of the campaign.",

	overbooked: "%[1]s: %[2]d plays are promised from %[3]s to %[4]s, but the screen can promise only %[5]d more (a third of the %[6]d turns that are forecast, less what is promised already). The campaign is not admitted.",
	rarelyFits: "%[1]s: “%[4]s” takes %[2]d s and rarely fits your waits (half of them are shorter than %[3]d s).",

	date: "2 January 2006",
	days: [7]string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
}
