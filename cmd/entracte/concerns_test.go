package main

import (
	"strings"
	"testing"

	"entracte/player"
)

// One is one and none is none, in both languages: French says none in the singular.
func TestCounted(t *testing.T) {
	t.Parallel()
	for n, want := range map[int][2]string{
		0: {"0 fichier", "0 files"}, 1: {"1 fichier", "1 file"}, 2: {"2 fichiers", "2 files"}, 21: {"21 fichiers", "21 files"},
	} {
		if fr, en := nounFile.counted("fr", n), nounFile.counted("en", n); fr != want[0] || en != want[1] {
			t.Errorf("%d: %q and %q", n, fr, en)
		}
	}
}

// What the glass says is grouped, in the owner's language, and ends in what to do.
func TestIdleSentences(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		notices []player.Notice
		fr, en  string
	}{
		{nil, "", ""},
		{[]player.Notice{{Concern: mediaLeft, Files: 1, Ads: 1}},
			"1 image ou film de 1 publicité manque ou ne peut pas passer. Branchez la clé la plus récente.",
			"1 picture or film of 1 ad is missing or cannot be shown. Plug in the newest stick."},
		{[]player.Notice{{Concern: mediaLeft, Files: 2, Ads: 1, Details: []string{"a", "b"}}, {Concern: mediaLeft, Files: 1, Ads: 1}},
			"3 images ou films de 2 publicités manquent ou ne peuvent pas passer. Branchez la clé la plus récente.",
			"3 pictures or films of 2 ads are missing or cannot be shown. Plug in the newest stick."},
		{[]player.Notice{{Concern: player.InputFault, Names: []string{"mat", "screen"}}},
			"L’écran ne s’éteint ou ne s’allume pas de lui-même. Appelez votre installateur.|Le capteur mat ne répond pas bien. Appelez votre installateur.",
			"The screen does not switch itself off or on. Call your installer.|The sensor mat does not answer well. Call your installer."},
		{[]player.Notice{{Concern: player.InputFault, Names: []string{"mat", "till"}}},
			"Ces capteurs ne répondent pas bien : mat, till. Appelez votre installateur.",
			"These sensors do not answer well: mat, till. Call your installer."},
		{[]player.Notice{{Concern: player.ClockUnset, Ads: 2}, {Concern: noPack, Names: []string{"acme/a"}}},
			"Aucune publicité n’est encore arrivée de acme/a. Branchez la clé de votre régie.|L’écran ne sait pas l’heure, et 2 publicités l’attendent. Branchez-le une fois au réseau, ou appelez votre installateur.",
			"No ads have come from acme/a yet. Plug in your operator’s stick.|The screen does not know the time, and 2 ads wait for it. Connect it to the network once, or call your installer."},
	} {
		for lang, want := range map[string]string{"fr": tt.fr, "en": tt.en} {
			if got := strings.Join(idleSentences(tt.notices, lang), "|"); got != want {
				t.Errorf("%+v in %s:\n%s\nwant\n%s", tt.notices, lang, got, want)
			}
		}
	}
}

// Every concern has its words, and none shows a place that was not filled, or the terms
// of a technician.
func TestEveryConcernHasWords(t *testing.T) {
	t.Parallel()
	var all []player.Notice
	for _, c := range []player.Concern{
		player.NoService, player.InputFault, player.ClockUnset, player.LookFault, player.RecordFault, player.Unshown,
		screenPower, mended, unkept, unsigned, settingsNeedWork, unread, overbooked, ownUnread, ownLeft, mediaLeft, noPack, packWaits, packOld, overStays, distrusted,
	} {
		all = append(all, player.Notice{Concern: c, Files: 2, Ads: 2, Names: []string{"acme/a"}, Details: []string{"/var/lib " + string(c)}})
	}
	if len(all)+1 != len(sayings) {
		t.Errorf("%d concerns have words, %d are known", len(sayings), len(all)+1)
	}
	for _, lang := range []string{"fr", "en"} {
		seen := map[string]bool{}
		for _, n := range all {
			for _, count := range []int{1, 2} {
				n.Files, n.Ads = min(n.Files, count), min(n.Ads, count)
				s := idleSentences([]player.Notice{n}, lang)[0]
				if seen[s] || len(s) < 20 || !strings.HasSuffix(s, ".") || strings.ContainsAny(s, "{}/'") && !strings.Contains(s, "acme/a") {
					t.Errorf("%s in %s: %q", n.Concern, lang, s)
				}
			}
			seen[idleSentences([]player.Notice{n}, lang)[0]] = true
		}
		said := idleSentences(all, lang)
		if len(said) != mostSaid+1 || !strings.Contains(said[mostSaid], "17") || said[0] != idleSentences([]player.Notice{all[14]}, lang)[0] {
			t.Errorf("of many it says %q", said)
		}
	}
}
