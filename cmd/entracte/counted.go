package main

import "strconv"

// forms are words for one of something and for any other number of them. A count goes
// where they say {n}.
type forms struct{ one, many string }

// of chooses the form for a count. French says none, as one, in the singular; English
// does so for one alone.
func (f forms) of(language string, n int) string {
	if n == 1 || n == 0 && language == "fr" {
		return f.one
	}
	return f.many
}

// A noun is what is counted, in both languages.
type noun struct{ fr, en forms }

// counted is a number with its noun: "1 fichier", "3 files".
func (w noun) counted(language string, n int) string {
	f := w.en
	if language == "fr" {
		f = w.fr
	}
	return strconv.Itoa(n) + " " + f.of(language, n)
}

// The nouns of status, doctor and the glass.
var (
	nounAd       = noun{forms{"publicité", "publicités"}, forms{"ad", "ads"}}
	nounCampaign = noun{forms{"campagne", "campagnes"}, forms{"campaign", "campaigns"}}
	nounFile     = noun{forms{"fichier", "fichiers"}, forms{"file", "files"}}
	nounMedium   = noun{forms{"image ou film", "images ou films"}, forms{"picture or film", "pictures or films"}}
	nounShowing  = noun{forms{"diffusion", "diffusions"}, forms{"showing", "showings"}}
	nounCommit   = noun{forms{"validation", "validations"}, forms{"commit", "commits"}}
	nounPlay     = noun{forms{"passage", "passages"}, forms{"play", "plays"}}
	nounSegment  = noun{forms{"segment", "segments"}, forms{"segment", "segments"}}
	nounMinute   = noun{forms{"minute", "minutes"}, forms{"minute", "minutes"}}
	nounSecond   = noun{forms{"seconde", "secondes"}, forms{"second", "seconds"}}
)
