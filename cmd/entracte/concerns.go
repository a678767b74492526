package main

import (
	"slices"
	"strconv"
	"strings"

	"entracte/player"
)

// Concerns that content and the machine bring. Those of the player are in its package.
const (
	// screenPower: the screen's power cannot be switched. Where it comes from it is an
	// input, [screenInput].
	screenPower player.Concern = "screen-power"
	// mended: what was damaged at the start was made anew, or could not be.
	mended player.Concern = "mended"
	// unsigned: receipts cannot be signed.
	unsigned player.Concern = "unsigned"
	// settingsNeedWork: something in the config will not do.
	settingsNeedWork player.Concern = "settings"
	// unkept: nothing can be stored, or what is shown cannot be copied first.
	unkept player.Concern = "unkept"
	// unread: what is stored cannot be read, or some of it cannot be stored.
	unread player.Concern = "unread"
	// overbooked: so many Ads promise more than the screen can keep.
	overbooked player.Concern = "overbooked"
	// ownUnread: the owner's folder cannot be read.
	ownUnread player.Concern = "own-unread"
	// ownLeft: so many Files of the owner's cannot be shown.
	ownLeft player.Concern = "own-left"
	// mediaLeft: so many Files of so many Ads are missing or cannot be shown.
	mediaLeft player.Concern = "media-left"
	// noPack: nothing was ever installed from the feeds that Names has.
	noPack player.Concern = "no-pack"
	// packWaits: so many Files of new packs have not come yet.
	packWaits player.Concern = "pack-waits"
	// packOld: packs with so many Ads were not renewed in time, or have ended.
	packOld player.Concern = "pack-old"
	// overStays: so many Ads were over before the clock was set back.
	overStays player.Concern = "over-stays"
	// distrusted: the key of what Names has is in the config no more.
	distrusted player.Concern = "distrusted"
	// others: so many concerns more, in Files.
	others player.Concern = "others"
)

// screenInput is the name under which the screen's power is an input of the belief.
const screenInput = "screen"

// A saying is what an owner reads about a concern: what is the matter, and what to do.
// {files}, {ads}, {media} and {names} are the notice's, counted; the form is that of the
// files, or of the ads where no files are counted, or of the names.
type saying struct{ fr, en forms }

// always is a saying without a count.
func always(fr, en string) saying { return saying{forms{fr, fr}, forms{en, en}} }

// sayings are the words of the idle look. Facts for technicians are in the status.
var sayings = map[player.Concern]saying{
	player.NoService: always("Rien ne dit à cet écran qu’un client est servi : il ne peut pas se taire. Faites poser un bouton au comptoir.",
		"Nothing tells this screen that a customer is served: it cannot go quiet. Have a button put at the counter."),
	player.InputFault: {
		forms{"Le capteur {names} ne répond pas bien. Appelez votre installateur.", "Ces capteurs ne répondent pas bien : {names}. Appelez votre installateur."},
		forms{"The sensor {names} does not answer well. Call your installer.", "These sensors do not answer well: {names}. Call your installer."}},
	screenPower: always("L’écran ne s’éteint ou ne s’allume pas de lui-même. Appelez votre installateur.",
		"The screen does not switch itself off or on. Call your installer."),
	player.ClockUnset: {
		forms{"L’écran ne sait pas l’heure, et {ads} l’attend. Branchez-le une fois au réseau, ou appelez votre installateur.", "L’écran ne sait pas l’heure, et {ads} l’attendent. Branchez-le une fois au réseau, ou appelez votre installateur."},
		forms{"The screen does not know the time, and {ads} waits for it. Connect it to the network once, or call your installer.", "The screen does not know the time, and {ads} wait for it. Connect it to the network once, or call your installer."}},
	player.LookFault:   always("Votre logo ne peut pas s’afficher. Appelez votre installateur.", "Your logo cannot be shown. Call your installer."),
	player.RecordFault: always("Les passages ne peuvent pas être notés. Appelez votre installateur.", "Plays cannot be recorded. Call your installer."),
	player.Unshown: {
		forms{"{media} n’a pas pu passer ; l’écran réessaie. Si cela dure, branchez la clé la plus récente.", "{media} n’ont pas pu passer ; l’écran réessaie. Si cela dure, branchez la clé la plus récente."},
		forms{"{media} could not be shown; the screen tries again. If that lasts, plug in the newest stick.", "{media} could not be shown; the screen tries again. If that lasts, plug in the newest stick."}},
	mended: always("La mémoire de l’écran était abîmée et se remplit de nouveau. Branchez la clé la plus récente ; si cela revient, appelez votre installateur.",
		"The screen’s memory was damaged and fills itself again. Plug in the newest stick; if it happens again, call your installer."),
	unsigned:         always("Le relevé pour la régie ne peut pas être signé. Appelez votre installateur.", "The proof of play for the operator cannot be signed. Call your installer."),
	settingsNeedWork: always("Un réglage de l’écran est à revoir. Appelez votre installateur.", "A setting of the screen needs a look. Call your installer."),
	unread:           always("L’écran n’a pas pu ranger ou lire des publicités ; ce qui passait continue. Appelez votre installateur.", "The screen could not store or read some ads; what was playing goes on. Call your installer."),
	unkept:           always("Cet écran ne peut rien ranger sur sa carte ; il montre ce qu’il trouve. Appelez votre installateur.", "This screen cannot store anything on its card; it shows what it finds. Call your installer."),
	overbooked: {
		forms{"{ads} promet plus de passages que cet écran n’en a, et ne passe pas. Prévenez la régie.", "{ads} promettent plus de passages que cet écran n’en a, et ne passent pas. Prévenez la régie."},
		forms{"{ads} promises more plays than this screen has, and is left out. Tell the operator.", "{ads} promise more plays than this screen has, and are left out. Tell the operator."}},
	ownUnread: always("Le dossier de vos images ne se lit pas ; celles déjà prises restent. Appelez votre installateur.", "The folder of your pictures cannot be read; those taken before stay. Call your installer."),
	ownLeft: {
		forms{"{files} de votre dossier d’images ne peut pas passer. L’écran prend JPEG, PNG, WebP, GIF, MP4, WebM et MKV.", "{files} de votre dossier d’images ne peuvent pas passer. L’écran prend JPEG, PNG, WebP, GIF, MP4, WebM et MKV."},
		forms{"{files} in the folder of your pictures cannot be shown. The screen takes JPEG, PNG, WebP, GIF, MP4, WebM and MKV.", "{files} in the folder of your pictures cannot be shown. The screen takes JPEG, PNG, WebP, GIF, MP4, WebM and MKV."}},
	mediaLeft: {
		forms{"{media} de {ads} manque ou ne peut pas passer. Branchez la clé la plus récente.", "{media} de {ads} manquent ou ne peuvent pas passer. Branchez la clé la plus récente."},
		forms{"{media} of {ads} is missing or cannot be shown. Plug in the newest stick.", "{media} of {ads} are missing or cannot be shown. Plug in the newest stick."}},
	noPack: {
		forms{"Aucune publicité n’est encore arrivée de {names}. Branchez la clé de votre régie.", "Aucune publicité n’est encore arrivée de {names}. Branchez les clés de vos régies."},
		forms{"No ads have come from {names} yet. Plug in your operator’s stick.", "No ads have come from {names} yet. Plug in your operators’ sticks."}},
	packWaits: {
		forms{"Il manque {files} aux nouvelles publicités de {names}. Branchez une autre clé, ou la même ; ce qui passait continue.", "Il manque {files} aux nouvelles publicités de {names}. Branchez une autre clé, ou la même ; ce qui passait continue."},
		forms{"{files} of the new ads of {names} is missing. Plug in another stick, or the same one; what was playing goes on.", "{files} of the new ads of {names} are missing. Plug in another stick, or the same one; what was playing goes on."}},
	packOld: {
		forms{"{ads} de {names} ne passe plus : elle est trop ancienne. Branchez la clé la plus récente de votre régie.", "{ads} de {names} ne passent plus : elles sont trop anciennes. Branchez la clé la plus récente de votre régie."},
		forms{"{ads} of {names} no longer plays: it is too old. Plug in the newest stick of your operator.", "{ads} of {names} no longer play: they are too old. Plug in the newest stick of your operator."}},
	overStays: {
		forms{"L’heure de l’écran a reculé ; {ads} qui était déjà finie ne repasse pas. Appelez votre installateur.", "L’heure de l’écran a reculé ; {ads} qui étaient déjà finies ne repassent pas. Appelez votre installateur."},
		forms{"The screen’s clock went back; {ads} that was over already stays off. Call your installer.", "The screen’s clock went back; {ads} that were over already stay off. Call your installer."}},
	distrusted: {
		forms{"Les publicités de {names} ne sont plus admises sur cet écran. Appelez votre installateur.", "Les publicités de {names} ne sont plus admises sur cet écran. Appelez votre installateur."},
		forms{"The ads of {names} are no longer allowed on this screen. Call your installer.", "The ads of {names} are no longer allowed on this screen. Call your installer."}},
	others: {
		forms{"Et 1 autre chose à voir : appelez votre installateur.", "Et {n} autres choses à voir : appelez votre installateur."},
		forms{"And 1 more thing to see to: call your installer.", "And {n} more things to see to: call your installer."}},
}

// mostSaid is how many concerns the idle look has room for.
const mostSaid = 4

// ownersTurn are the concerns that an owner can end alone, with a stick or a picture.
var ownersTurn = []player.Concern{noPack, packOld, packWaits, mediaLeft, ownLeft}

// idleSentences are what the idle look says about some notices, one sentence for each
// concern: first what an owner can end alone, else in the order in which they come.
func idleSentences(notices []player.Notice, language string) []string {
	all := merged(notices)
	slices.SortStableFunc(all, func(a, b player.Notice) int {
		rank := func(n player.Notice) int {
			if slices.Contains(ownersTurn, n.Concern) {
				return 0
			}
			return 1
		}
		return rank(a) - rank(b)
	})
	if more := len(all) - mostSaid; more > 0 {
		all = append(all[:mostSaid:mostSaid], player.Notice{Concern: others, Files: more})
	}
	out := make([]string, len(all))
	for i, n := range all {
		out[i] = sayings[n.Concern].about(n, language)
	}
	return out
}

// merged adds up the notices of one concern, of which each feed may have its own.
func merged(notices []player.Notice) []player.Notice {
	var all []player.Notice
	for _, n := range notices {
		if n.Concern == player.InputFault && slices.Contains(n.Names, screenInput) {
			all = append(all, player.Notice{Concern: screenPower})
			n.Names = slices.DeleteFunc(slices.Clone(n.Names), func(s string) bool { return s == screenInput })
			if len(n.Names) == 0 {
				continue
			}
		}
		at := slices.IndexFunc(all, func(m player.Notice) bool { return m.Concern == n.Concern })
		if at < 0 {
			all = append(all, n)
			continue
		}
		m := &all[at]
		m.Files, m.Ads = m.Files+n.Files, m.Ads+n.Ads
		m.Names = append(slices.Clip(m.Names), n.Names...)
	}
	return all
}

func (s saying) about(n player.Notice, language string) string {
	f := s.en
	if language == "fr" {
		f = s.fr
	}
	count := n.Files
	if count == 0 {
		count = n.Ads
	}
	if count == 0 {
		count = len(n.Names)
	}
	return strings.NewReplacer(
		"{n}", strconv.Itoa(n.Files),
		"{files}", nounFile.counted(language, n.Files), "{media}", nounMedium.counted(language, n.Files),
		"{ads}", nounAd.counted(language, n.Ads), "{names}", strings.Join(n.Names, ", "),
	).Replace(f.of(language, count))
}
