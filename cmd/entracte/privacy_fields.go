package main

// The declarations of everything that is ever stored. They stand together, and not
// beside each type, so that one page can be read by who wants to know, in both
// languages; TestEverythingStoredIsDeclared walks over the stored types and fails
// when a field is not here, and when one here is no more.

// words is a sentence in both languages.
type words struct{ fr, en string }

func (w words) in(language string) string {
	if language == "fr" {
		return w.fr
	}
	return w.en
}

// A holding is one place where something is stored.
type holding struct {
	// where is its name in the data folder; a value of cache.db is
	// "cache.db: name", a checkpoint of the play log "plays/: name".
	where string
	what  words
	why   words
	long  words
	// visits: it can tell when the screen spoke, or how often and how long somebody
	// waited; the notice lists it.
	visits bool
	kinds  []kind
}

// A kind is one stored type of Go: of is "package.Type", and each field is named
// as it is written.
type kind struct {
	of     string
	fields []field
}

type field struct{ name, fr, en string }

var holdings = []holding{
	{
		where: "plays/",
		what:  words{"ce qui est passé à l'écran", "what was on the screen"},
		why: words{"pour prouver aux annonceurs ce qui est passé, et pour tenir les plafonds ; une heure de passage dit que l'écran parlait, donc souvent que quelqu'un attendait, jamais qui ni combien",
			"to prove to advertisers what played, and to keep caps; the time of a play says that the screen was speaking, so often that somebody waited, never who or how many"},
		long:   playsKept,
		visits: true,
		kinds:  []kind{playKind},
	},
	{
		where:  "plays/hours/",
		what:   words{"les passages comptés par heure", "the plays counted by the hour"},
		why:    words{"pour les reçus, quand l'heure exacte ne sert plus", "for receipts, when the exact time serves no more"},
		long:   words{"400 jours de diffusion", "400 days of play"},
		visits: true,
		kinds:  []kind{rowKind, givenKind},
	},
	{
		where: "plays/: memory",
		what:  words{"les comptes de l'écran", "what the screen has counted"},
		why: words{"pour étaler les passages promis et choisir des annonces assez courtes ; des comptes seulement, aucune attente de personne ne s'y lit",
			"to spread promised plays and to choose ads that are short enough; counts only, nobody's wait can be read from them"},
		long: words{"remplacé une fois par heure au plus ; les comptes restent tant que le dossier existe ; aucun compte d'attentes sans capteur de présence ni pour un écran visible de la rue",
			"replaced once an hour at most; counts stay as long as the folder; no counts of waits without a presence sensor, nor for a screen seen from the street"},
		visits: true,
		kinds:  []kind{memoryKind, waitsKind, deliveryKind, restartedKind},
	},
	{
		where: "plays/: clock",
		what:  words{"ce que la machine sait de l'heure", "what the machine knows of the time"},
		why:   words{"pour qu'aucune annonce ne passe hors de ses dates", "so that no ad plays outside its dates"},
		long:  words{"remplacé une fois par heure", "replaced once an hour"},
		kinds: []kind{clockKind},
	},
	{
		where: "cache.db: device-id",
		what:  words{"l'identifiant de l'écran", "the screen's id"},
		why:   words{"pour distinguer cet écran des autres ; tiré au hasard ou d'un condensé du numéro de la machine", "to tell this screen from others; by chance, or from a digest of the machine's number"},
		long:  words{"tant que le dossier existe", "as long as the folder"},
	},
	{
		where: "cache.db: accepted",
		what:  words{"depuis quand les lots d'annonces à renouveler sont en vigueur", "since when packs of ads that must be renewed are in force"},
		why:   words{"pour qu'un lot trop vieux ne passe plus, même sans horloge", "so that a pack that is too old plays no more, even without a clock"},
		long:  words{"tant que le lot est en vigueur", "as long as the pack is in force"},
	},
	{
		where: "cache.db: acks",
		what:  words{"jusqu'où chaque opérateur a reçu ses passages", "up to where each operator has its plays"},
		why:   words{"pour que son prochain reçu commence après", "so that its next receipt begins after that"},
		long:  words{"remplacé avec chaque lot signé qui le dit", "replaced with each signed pack that says so"},
		kinds: []kind{markKind},
	},
	{
		where: "cache.db",
		what:  words{"les annonces en vigueur", "the ads in force"},
		why:   words{"pour passer même sans clé USB ni réseau ; tout vient des annonceurs et du commerçant", "to play without stick or network; all of it comes from advertisers and the owner"},
		long:  words{"jusqu'au remplacement des annonces", "until the ads are replaced"},
		kinds: feedKinds,
	},
	{
		where: "media/",
		what:  words{"les images et films des annonces", "the ads' pictures and films"},
		why:   words{"pour les montrer", "to show them"},
		long:  words{"tant qu'une annonce en vigueur les montre", "as long as an ad in force shows them"},
	},
	{
		where: "packs/",
		what:  words{"les lots d'annonces signés, tels que l'opérateur les a écrits", "the signed packs of ads, as the operator wrote them"},
		why:   words{"pour les vérifier à nouveau, et les remettre si cache.db se perd", "to check them again, and to put them back if cache.db is lost"},
		long:  words{"le lot en vigueur et le précédent", "the pack in force and the one before"},
	},
	{
		where: "keys/",
		what:  words{"les clés publiques des opérateurs, telles qu'ils les ont signées", "the operators' public keys, as they signed them"},
		why:   words{"pour savoir quels lots croire après un changement de clé", "to know which packs to believe after a change of keys"},
		long:  words{"tant que le dossier existe", "as long as the folder"},
	},
	{
		where: "cache.db.open",
		what:  words{"un fichier vide tant que le lecteur tourne", "an empty file as long as the player runs"},
		why:   words{"pour savoir après une coupure que cache.db est à vérifier", "to know after a power cut that cache.db is to be checked"},
		long:  words{"jusqu'à l'arrêt du lecteur", "until the player stops"},
	},
	{
		where: "incoming/",
		what:  words{"les fichiers d'un lot dont la copie n'est pas finie", "files of a pack whose copy is not finished"},
		why:   words{"pour continuer là où la clé USB a été retirée", "to go on where the stick was pulled"},
		long:  words{"jusqu'à la fin de la copie", "until the copy is done"},
	},
	{
		where: "device.key",
		what:  words{"la clé de l'écran", "the screen's key"},
		why:   words{"pour signer les reçus ; elle ne sert qu'à l'écran", "to sign receipts; it is the screen's alone"},
		long:  words{"tant que le dossier existe", "as long as the folder"},
	},
	{
		where: "device.pub",
		what:  words{"la moitié publique de cette clé", "the public half of that key"},
		why:   words{"pour que l'opérateur vérifie les reçus ; `entracte status` la montre", "so that the operator can check receipts; `entracte status` shows it"},
		long:  words{"tant que le dossier existe", "as long as the folder"},
	},
	{
		where: "own/",
		what:  words{"les images que le commerçant dépose lui-même", "the pictures that the owner puts there"},
		why:   words{"pour les montrer ; le lecteur n'y ajoute que celles d'une clé USB qui porte le code du commerce", "to show them; the player adds only those of a stick that carries the shop's code"},
		long:  words{"jusqu'à ce que le commerçant les enlève", "until the owner removes them"},
	},
	{
		where: "cache.db.bad-…",
		what:  words{"un cache abîmé, mis de côté", "a damaged cache, set aside"},
		why:   words{"pour qu'un technicien puisse chercher la cause ; il contient ce que contenait cache.db", "so that a technician can look for the cause; it holds what cache.db held"},
		long:  words{"les deux derniers, jusqu'à ce que quelqu'un les enlève", "the last two, until somebody removes them"},
	},
	{
		where:  "stick: ENTRACTE/reports/",
		what:   words{"le reçu signé de chaque opérateur, sur sa clé USB", "each operator's signed receipt, on its stick"},
		why:    words{"pour que l'opérateur voie ce qui est passé de ses annonces, heure par heure, jamais à la seconde ; rien sur celles des autres ni du commerce", "so that the operator sees what played of its own ads, by the hour, never by the second; nothing about the ads of others or of the shop"},
		long:   words{"ce que l'opérateur en fait est à lui", "what the operator does with it is theirs"},
		visits: true,
		kinds:  []kind{receiptKind},
	},
}

// playsKept is how long plays are kept; TestPlaysAreKeptAsSaid knows the code.
var playsKept = words{
	"7 jours, puis comptés par heure ; sans heure sûre, jusqu'à ce que le journal ait 64 Mo ; leurs octets restent sur la carte jusqu'à ce que d'autres les recouvrent",
	"7 days, then counted by the hour; without a trusted clock until the log has 64 MB; their bytes stay on the card until others are written over them",
}

var playKind = kind{"plan.Play", []field{
	{"seq", "le numéro de l'enregistrement", "the number of the record"},
	{"boot", "de quel démarrage de la machine", "which start of the machine"},
	{"venue", "le commerce", "the shop"},
	{"screen", "l'écran", "the screen"},
	{"feed", "d'où vient l'annonce", "where the ad comes from"},
	{"campaign", "la campagne", "the campaign"},
	{"creative", "l'image ou le film montré", "the picture or film that was shown"},
	{"advertiser", "l'annonceur", "the advertiser"},
	{"category", "ce que l'annonceur vend", "what the advertiser sells"},
	{"sha256", "l'empreinte du fichier montré", "the digest of the file that was shown"},
	{"started_at", "quand le passage a commencé", "when the showing began"},
	{"mono_ms", "combien de temps après le démarrage de la machine", "how long after the start of the machine"},
	{"planned_ms", "la durée prévue", "how long it was to be"},
	{"shown_ms", "la durée montrée", "how long it was"},
	{"outcome", "terminé, interrompu ou raté ; jamais pourquoi", "completed, interrupted or failed; never why"},
	{"counted", "si le passage compte", "whether it counts"},
	{"reasons", "pourquoi cette annonce va avec ce commerce", "why this ad goes with this shop"},
	{"plan", "l'état des annonces en vigueur", "which state of the ads was in force"},
	{"clock", "si l'heure était sûre", "how far the time could be believed"},
}}

var memoryKind = kind{"plan.Memory", []field{
	{"waits", "les comptes d'attentes", "the counts of waits"},
	{"delivered", "les passages des campagnes promises", "the plays of campaigns with a promise"},
	{"boot", "jusqu'à quel passage on a compté", "up to which play was counted"},
	{"mono_ms", "de même", "the same"},
	{"restarts", "les huit dernières coupures de courant", "the last eight power cuts"},
}}

var waitsKind = kind{"plan.Waits", []field{
	{"hours", "combien d'attentes par heure d'une semaine ordinaire, toutes semaines confondues", "how many waits by hour of an ordinary week, all weeks in one"},
	{"lengths", "combien d'attentes par durée, de 5 en 5 secondes", "how many waits by length, in steps of 5 seconds"},
	{"watched", "pendant combien de temps on a compté", "for how long was counted"},
}}

var deliveryKind = kind{"plan.Delivery", []field{
	{"feed", "d'où vient la campagne", "where the campaign comes from"},
	{"campaign", "son nom", "its name"},
	{"from", "son premier jour", "its first day"},
	{"plays", "combien de fois elle est passée", "how often it has played"},
}}

var restartedKind = kind{"plan.Restarted", []field{
	{"play", "le démarrage, dans la forme d'un passage vide", "the start, in the form of an empty play"},
	{"after_boot", "après quel passage", "after which play"},
	{"after_mono_ms", "de même", "the same"},
}}

var clockKind = kind{"clock.Kept", []field{
	{"floor", "une heure certainement passée", "a time that has surely passed"},
	{"floor_from", "ce qui le dit : la date du programme, ou un lot d'annonces", "what says so: this program's date, or a pack of ads"},
	{"seen", "l'heure la plus tardive qui ait été crue", "the latest time that was believed"},
	{"vouched", "l'heure réglée à la main la dernière fois", "the time that was last set by hand"},
	{"now", "l'heure qu'il était", "what time it was"},
	{"by", "qui l'a dit : réseau, horloge à pile, une personne", "who said so: network, battery clock, a person"},
	{"hardware_at", "ce qu'affichait l'horloge à pile", "what the battery clock read"},
	{"hardware_ran", "si elle marche sans courant", "whether it runs without power"},
	{"powered", "depuis combien de temps la machine est allumée, en tout", "for how long the machine has been on, in all"},
	{"boot", "de quel démarrage de la machine", "which start of the machine"},
	{"mono", "combien de temps après ce démarrage", "how long after that start"},
}}

var rowKind = kind{"report.Row", []field{
	{"hour", "l'heure", "the hour"},
	{"from_seq", "le premier enregistrement de l'heure", "the first record of the hour"},
	{"to_seq", "le dernier", "the last"},
	{"screen", "l'écran", "the screen"},
	{"venue", "le commerce", "the shop"},
	{"feed", "d'où vient l'annonce", "where the ad comes from"},
	{"campaign", "la campagne", "the campaign"},
	{"creative", "l'image ou le film", "the picture or film"},
	{"advertiser", "l'annonceur", "the advertiser"},
	{"plan", "l'état des annonces en vigueur", "which state of the ads was in force"},
	{"clock", "si l'heure était sûre", "how far the time could be believed"},
	{"completed", "combien de passages", "how many plays"},
	{"interrupted", "combien d'interrompus, jamais pourquoi", "how many were interrupted, never why"},
	{"failed", "combien de ratés", "how many failed"},
	{"shown_ms", "combien de temps montré", "how long it was shown"},
	{"planned_ms", "combien de temps prévu", "how long it was to be"},
}}

var markKind = kind{"report.Mark", []field{
	{"boot", "le dernier passage du reçu qui est arrivé", "the last play of the receipt that arrived"},
	{"seq", "son numéro parmi les passages de l'opérateur", "its number among the operator's plays"},
}}

var givenKind = kind{"report.mark", []field{
	{"org", "l'opérateur d'un reçu donné", "the operator of a receipt that was given"},
	{"number", "le numéro du dernier passage parmi les siens", "the number of the last play among its own"},
	{"at", "où il est dans le journal", "where it is in the log"},
	{"boot", "de quel démarrage de la machine", "of which start of the machine"},
}}

var receiptKind = kind{"report.Receipt", []field{
	{"device", "l'écran", "the screen"},
	{"org", "l'opérateur", "the operator"},
	{"venue", "le commerce", "the shop"},
	{"key", "la moitié publique de la clé", "the public half of the key"},
	{"from_seq", "le premier passage, dans des numéros propres à l'opérateur", "the first play, in numbers of the operator's own"},
	{"to_seq", "le dernier", "the last"},
	{"boot", "de quel démarrage de la machine", "of which start of the machine"},
	{"first_hour", "la première heure", "the first hour"},
	{"last_hour", "la dernière", "the last"},
	{"completed", "combien de passages", "how many plays"},
	{"interrupted", "combien d'interrompus", "how many were interrupted"},
	{"failed", "combien de ratés", "how many failed"},
	{"missing", "combien de numéros manquent", "how many numbers are missing"},
}}
