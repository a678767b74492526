package main

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"entracte/player"
	"entracte/scheduler/plan"
	"entracte/storage"
	"entracte/storage/disk"
	"entracte/storage/pack"
	"entracte/storage/usb"
)

// stickWords are what the glass says about a stick, in the words of a shop owner.
type stickWords struct {
	reading, copying, checking, giving, done, pulled string
	stay, mayPull, keptGoing, again                  string

	files                                     forms  // with figures
	left, soon                                string // with figures
	installed, added, gone, andMore           string
	same, older, otherVenue, untrusted, isFor string
	ended, twice, tooNew, nothing             string
	damaged, unreadable, noSpace, failed      string
	waiting, passed, passedUnknown            string
	wrong, skipped, foreign, foreignHint      string
	ownCopied                                 forms
	ownKnown, ownCode, ownBad, full           string
	receipt, noReceipt                        string
}

var stickSpeech = map[string]stickWords{
	"fr": {
		reading: "Lecture de la clé", copying: "Copie des publicités", checking: "Vérification des publicités", giving: "Enregistrement du relevé", done: "Vous pouvez retirer la clé", pulled: "La clé a été retirée trop tôt",
		stay: "Laissez la clé en place.", mayPull: "Rien n’est perdu si vous la retirez ; la copie reprendra.",
		keptGoing: "Ce qui passait continue de passer.", again: "Remettez-la pour finir : la copie reprend où elle en était.",
		files: forms{"%d sur %d fichier, %s sur %s", "%d sur %d fichiers, %s sur %s"}, left: "encore %s", soon: "bientôt fini",
		installed: "Les publicités sont en place (%s).", added: "Nouveau : %s.", gone: "Ne passe plus : %s.", andMore: "%s et %d de plus",
		same: "Rien de nouveau (%s).", older: "%s : cette clé est plus ancienne que ce qui passe déjà.",
		otherVenue: "%s : cette clé est pour un autre écran.", isFor: "Cette clé est pour %s, pas pour cet écran.", nothing: "Rien sur cette clé pour %s.",
		untrusted: "%s : la signature n’est pas celle d’une régie connue de cet écran. Ce qui passait continue. Si la clé vient de votre régie, appelez-la.",
		ended:     "%s : la régie a changé de signature, et cet envoi porte l’ancienne. Demandez-lui une nouvelle clé.",
		twice:     "%s : une autre livraison porte déjà ce numéro. Ce qui passait continue. Prévenez la régie.",
		tooNew:    "%s : cette livraison demande un lecteur plus récent. Demandez une mise à jour de l’écran.",
		damaged:   "%s : la clé est abîmée ou incomplète. Demandez à la régie de la refaire.", unreadable: "La clé ne se lit pas bien. Essayez-en une autre, ou demandez à la régie de la refaire.",
		passed:        "%s : un envoi plus récent est sur la clé, mais abîmé. Demandez à la régie de le refaire.",
		passedUnknown: "%s : un envoi plus récent est sur la clé, mais pas d’une régie connue de cet écran.",
		noSpace:       "La carte de l’écran est pleine. Ce qui passait continue. Prévenez la régie.", failed: "%s : l’installation n’a pas réussi. Appelez votre installateur : le journal de l’écran dit pourquoi.",
		waiting: "%s : il manque encore %s (%s). Une autre clé apportera le reste ; ce qui passait continue.",
		wrong:   "Fichiers abîmés sur la clé : %d. Demandez à la régie de la refaire.", skipped: "Créations qui ne peuvent pas passer sur cet écran : %d.",
		foreign: "Rien pour cet écran sur cette clé.", foreignHint: "Le dossier ENTRACTE doit être à la racine de la clé.",
		ownCopied: forms{"Vos images : %d ajoutée.", "Vos images : %d ajoutées."}, ownKnown: "Vos images : déjà toutes là.",
		ownCode: "Vos images : écrivez %s dans le fichier ENTRACTE-OWN/venue.txt de la clé, puis remettez-la.",
		ownBad:  "Vos fichiers laissés sur la clé : %d. L’écran prend JPEG, PNG, WebP, GIF, MP4, WebM et MKV.",
		full:    "La carte de l’écran est pleine : vos images n’y sont pas toutes.",
		receipt: "Le relevé des diffusions est sur la clé : rendez-la à la régie.", noReceipt: "Le relevé des diffusions n’a pas pu être écrit sur la clé. Rien n’est perdu : une autre clé l’aura.",
	},
	"en": {
		reading: "Reading the stick", copying: "Copying ads", checking: "Checking the ads", giving: "Saving the proof of play", done: "You can remove the stick", pulled: "The stick was removed too soon",
		stay: "Leave the stick in.", mayPull: "Nothing is lost if you remove it; the copy will go on.",
		keptGoing: "What was playing goes on.", again: "Put it back to finish: the copy goes on where it was.",
		files: forms{"%d of %d file, %s of %s", "%d of %d files, %s of %s"}, left: "%s left", soon: "nearly done",
		installed: "The ads are in place (%s).", added: "New: %s.", gone: "No longer playing: %s.", andMore: "%s and %d more",
		same: "Nothing new (%s).", older: "%s: this stick is older than what is playing.",
		otherVenue: "%s: this stick is for another screen.", isFor: "This stick is for %s, not for this screen.", nothing: "There is nothing on this stick for %s.",
		untrusted: "%s: it is not signed by an operator this screen knows. What was playing goes on. If the stick is from your operator, call them.",
		ended:     "%s: the operator signs with another key now, and this delivery has the old one. Ask them for a new stick.",
		twice:     "%s: another delivery has this number already. What was playing goes on. Tell the operator.",
		tooNew:    "%s: this delivery needs a newer player. Have the screen updated.",
		damaged:   "%s: the stick is damaged or incomplete. Ask the operator to make it again.", unreadable: "The stick cannot be read well. Try another one, or ask the operator to make it again.",
		passed:        "%s: a newer delivery is on the stick, but damaged. Ask the operator to make it again.",
		passedUnknown: "%s: a newer delivery is on the stick, but not from an operator this screen knows.",
		noSpace:       "The screen’s card is full. What was playing goes on. Tell the operator.", failed: "%s: the installation failed. Call your installer: the screen’s log says why.",
		waiting: "%s: still missing: %s (%s). Another stick will bring the rest; what was playing goes on.",
		wrong:   "Damaged files on the stick: %d. Ask the operator to make it again.", skipped: "Creatives that cannot be shown on this screen: %d.",
		foreign: "There is nothing for this screen on this stick.", foreignHint: "The folder ENTRACTE must be at the top of the stick.",
		ownCopied: forms{"Your pictures: %d added.", "Your pictures: %d added."}, ownKnown: "Your pictures: all here already.",
		ownCode: "Your pictures: write %s in the file ENTRACTE-OWN/venue.txt on the stick, then put it back.",
		ownBad:  "Your files left on the stick: %d. The screen takes JPEG, PNG, WebP, GIF, MP4, WebM and MKV.",
		full:    "The screen’s card is full: not all of your pictures are on it.",
		receipt: "The proof of play is on the stick: give it back to the operator.", noReceipt: "The proof of play could not be written to the stick. Nothing is lost: another stick will have it.",
	},
}

// A stickSpeaker puts news of a stick into words.
type stickSpeaker struct {
	stickWords
	language string
	// code is the venue's, for its own pictures.
	code string
}

func newStickSpeaker(language, code string) stickSpeaker {
	w, ok := stickSpeech[language]
	if !ok {
		language, w = "en", stickSpeech["en"]
	}
	return stickSpeaker{w, language, code}
}

// message is what the glass says.
func (w stickSpeaker) message(n usb.News) player.Message {
	m := player.Message{Progress: -1}
	switch n.Stage {
	case usb.Reading:
		m.Title, m.Lines = w.reading, []string{w.stay}
	case usb.Copying:
		if n.Progress.Bytes >= n.Progress.OfBytes {
			m.Title, m.Lines = w.checking, []string{w.stay}
			break
		}
		m.Title, m.Lines = w.copying, []string{w.progress(n.Progress), w.stay, w.mayPull}
		m.Progress = part(n.Progress)
	case usb.Giving:
		m.Title, m.Lines = w.giving, []string{w.stay}
	case usb.Pulled:
		m.Title, m.Lines = w.pulled, []string{w.keptGoing, w.again}
	case usb.Done:
		m.Title, m.Lines = w.done, w.outcome(n)
	}
	return m
}

// part is how much is copied, in steps that can be seen: each is drawn anew.
func part(p storage.Progress) float64 {
	if p.OfBytes <= 0 {
		return 0
	}
	return math.Floor(100*float64(p.Bytes)/float64(p.OfBytes)) / 100
}

func (w stickSpeaker) progress(p storage.Progress) string {
	s := fmt.Sprintf(w.files.of(w.language, p.OfFiles), p.Files, p.OfFiles, w.bytes(p.Bytes), w.bytes(p.OfBytes))
	if p.Rate <= 0 {
		return s + "."
	}
	const most = 99 * 60 * 60 // seconds: a stick that is dying gives a byte now and then
	seconds := min(float64(p.OfBytes-p.Bytes)/p.Rate, most)
	return s + ", " + w.time(time.Duration(seconds*float64(time.Second))) + "."
}

// time is how long it will take, as roughly as it is known.
func (w stickSpeaker) time(d time.Duration) string {
	switch {
	case d < 10*time.Second:
		return w.soon
	case d < 90*time.Second:
		return fmt.Sprintf(w.left, fmt.Sprintf("%d s", (d+9*time.Second)/(10*time.Second)*10))
	case d <= 90*time.Minute:
		return fmt.Sprintf(w.left, fmt.Sprintf("%d min", (d+time.Minute-1)/time.Minute))
	}
	return fmt.Sprintf(w.left, fmt.Sprintf("%d h", (d+time.Hour-1)/time.Hour))
}

// bytes is a size as people say it.
func (w stickSpeaker) bytes(n int64) string { return sizeIn(w.language, n) }

// sizeIn is a size in a language.
func sizeIn(language string, n int64) string {
	switch {
	case n == 1 && language != "fr":
		return "1 byte"
	case n < 2 && language == "fr":
		return fmt.Sprintf("%d octet", n)
	}
	s := storage.Megabytes(n)
	if language == "fr" {
		s = strings.NewReplacer("bytes", "octets", "kB", "ko", "MB", "Mo", "GB", "Go", ".", ",").Replace(s)
	}
	return s
}

// outcome is what became of the stick, a sentence for each thing.
func (w stickSpeaker) outcome(n usb.News) []string {
	switch {
	case n.Err != nil:
		return []string{w.unreadable}
	case n.Foreign:
		return []string{w.foreign, w.foreignHint}
	}
	var out []string
	// One operator's stick need not have what another one's has.
	mine := slices.ContainsFunc(n.Feeds, func(f usb.FeedNews) bool { return !elsewhere(f.Err) })
	if whom := whoseStick(n.Feeds); !mine && len(whom) > 0 {
		out, n.Feeds = append(out, fmt.Sprintf(w.isFor, w.list(whom))), nil
	}
	for i := range n.Feeds {
		if f := &n.Feeds[i]; !mine || !elsewhere(f.Err) {
			out = append(out, w.feed(f)...)
		}
	}
	out = append(out, w.own(n.Own)...)
	switch {
	case n.ReceiptErr != nil:
		out = append(out, w.noReceipt)
	case n.Receipt:
		out = append(out, w.receipt)
	case len(out) == 0:
		out = append(out, w.foreign)
	}
	return once(out)
}

// once says nothing twice: what is wrong with a stick is so for each thing on it.
func once(lines []string) (out []string) {
	for _, line := range lines {
		if !slices.Contains(out, line) {
			out = append(out, line)
		}
	}
	return out
}

func (w stickSpeaker) feed(f *usb.FeedNews) []string {
	r := &f.Received
	var out []string
	if len(f.Passed) > 0 {
		out = append(out, fmt.Sprintf(w.over(f.Passed[0]), f.Name))
	}
	if f.Err != nil {
		return append(out, w.refusal(f.Name.String(), f.Err))
	}
	if r.InForce {
		out = append(out, fmt.Sprintf(w.installed, f.Name))
		if s := w.list(advertisers(r.Feed, f.Before)); s != "" {
			out = append(out, fmt.Sprintf(w.added, s))
		}
		if s := w.list(advertisers(f.Before, r.Feed)); s != "" {
			out = append(out, fmt.Sprintf(w.gone, s))
		}
	} else {
		out = append(out, fmt.Sprintf(w.waiting, f.Name, nounFile.counted(w.language, len(r.Missing)), w.bytes(r.MissingBytes)))
	}
	if r.Gone != nil {
		out = append(out, w.unreadable)
	}
	if len(r.Wrong) > 0 {
		out = append(out, fmt.Sprintf(w.wrong, len(r.Wrong)))
	}
	if n := creatives(r.Skips); n > 0 {
		out = append(out, fmt.Sprintf(w.skipped, n))
	}
	return out
}

// over is the sentence about a newer pack that was passed over.
func (w stickSpeaker) over(err error) string {
	switch {
	case errors.Is(err, pack.ErrTooNew):
		return w.tooNew
	case errors.Is(err, pack.ErrUntrusted) && !errors.Is(err, pack.ErrChanged):
		return w.passedUnknown
	}
	return w.passed
}

// refusal says for an owner why a pack was not taken.
func (w stickSpeaker) refusal(feed string, err error) string {
	for _, r := range []struct {
		kind error
		say  string
	}{
		{pack.ErrSame, w.same}, {pack.ErrOlder, w.older}, {pack.ErrOtherVenue, w.otherVenue},
		// Those that are also something more general come first.
		{pack.ErrEnded, w.ended}, {pack.ErrTwice, w.twice}, {pack.ErrChanged, w.damaged}, {pack.ErrTooNew, w.tooNew}, {pack.ErrNone, w.nothing},
		{pack.ErrUntrusted, w.untrusted}, {pack.ErrDamaged, w.damaged}, {pack.ErrNotPack, w.damaged},
	} {
		if errors.Is(err, r.kind) {
			return fmt.Sprintf(r.say, feed)
		}
	}
	switch {
	case errors.Is(err, disk.ErrNoSpace):
		return w.noSpace
	case errors.Is(err, usb.ErrUnreadable):
		return w.unreadable
	}
	return fmt.Sprintf(w.failed, feed)
}

func (w stickSpeaker) own(n usb.OwnNews) []string {
	var out []string
	switch {
	case !n.Found:
		return nil
	case !n.Coded:
		return []string{fmt.Sprintf(w.ownCode, w.code)}
	case errors.Is(n.Err, disk.ErrNoSpace):
		out = append(out, w.full)
	case n.Err != nil:
		out = append(out, w.unreadable)
	case n.Copied > 0:
		out = append(out, fmt.Sprintf(w.ownCopied.of(w.language, n.Copied), n.Copied))
	case n.Known > 0:
		out = append(out, w.ownKnown)
	}
	if len(n.Left) > 0 {
		out = append(out, fmt.Sprintf(w.ownBad, len(n.Left)))
	}
	return out
}

// list names a few.
func (w stickSpeaker) list(names []string) string {
	const most = 3
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf(w.andMore, strings.Join(names[:most], ", "), len(names)-most)
}

// advertisers are those of a feed that another one lacks, in the feed's order.
func advertisers(of, lacking plan.Feed) []string {
	seen := map[string]bool{plan.VenueAdvertiser: true}
	for i := range lacking.Campaigns {
		seen[lacking.Campaigns[i].Advertiser] = true
	}
	var names []string
	for i := range of.Campaigns {
		if a := of.Campaigns[i].Advertiser; !seen[a] {
			seen[a] = true
			names = append(names, a)
		}
	}
	return names
}

// creatives counts what was skipped, but for campaigns that have nothing left.
func creatives(skips []storage.Skip) int {
	n := 0
	for _, s := range skips {
		if s.Creative != "" {
			n++
		}
	}
	return n
}
