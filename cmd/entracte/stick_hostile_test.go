//go:build linux

package main

import (
	"fmt"
	"slices"
	"testing"
)

// A hostility is a stick that somebody made to do harm, or that bad luck made.
type hostility struct {
	name string
	// make prepares the stick; a pack with the ads "before" and "fresh" lies ready on it.
	make func(*siege)
	// says is what the glass says in the end, in French or in English.
	says string
	// force are the ads that are in force then; "" is "before".
	force string
}

// What the glass says of many of them.
const (
	saysForeign    = "Rien pour cet écran sur cette clé. / Le dossier ENTRACTE doit être à la racine de la clé."
	saysNothing    = "There is nothing on this stick for acme/shop-17."
	saysDamaged    = "acme/shop-17 : la clé est abîmée ou incomplète. Demandez à la régie de la refaire."
	saysUntrusted  = "acme/shop-17 : la signature n’est pas celle d’une régie connue de cet écran. Ce qui passait continue. Si la clé vient de votre régie, appelez-la."
	saysPassed     = "acme/shop-17: a newer delivery is on the stick, but damaged. Ask the operator to make it again. / "
	saysInstalled  = "The ads are in place (acme/shop-17). / New: The fresh."
	saysUnreadable = "La clé ne se lit pas bien. Essayez-en une autre, ou demandez à la régie de la refaire."
	saysWrong      = "acme/shop-17 : il manque encore 1 fichier (5 octets). Une autre clé apportera le reste ; ce qui passait continue. / Fichiers abîmés sur la clé : 1. Demandez à la régie de la refaire."
	saysAbsent     = "acme/shop-17: still missing: 1 file (5 bytes). Another stick will bring the rest; what was playing goes on."
	saysCode       = "Vos images : écrivez 4F7K2M dans le fichier ENTRACTE-OWN/venue.txt de la clé, puis remettez-la."

	bothInForce = "before fresh"
)

// sayLeft is what the glass says of own files that are not taken.
func saysElsewhere(whom string) string {
	return "This stick is for " + whom + ", not for this screen."
}

func sayLeft(n int) string {
	return fmt.Sprintf("Your files left on the stick: %d. The screen takes JPEG, PNG, WebP, GIF, MP4, WebM and MKV.", n)
}

// Whatever is on a stick: the glass says one thing that helps, the ads that were there
// still play or the new ones do, nothing is written anywhere else, nothing that nobody
// signed is stored, and the next good stick is taken.
func TestHostileSticks(t *testing.T) {
	t.Parallel()
	all := slices.Concat(hostileTrees, hostileManifests, hostileBlobs, hostileMedia, hostileSpace, hostileOwn, hostileReceipts)
	if len(all) < 130 {
		t.Errorf("there are only %d cases", len(all))
	}
	a, seen := arm(t), map[string]bool{}
	for _, c := range all {
		if seen[c.name] {
			t.Errorf("%s is there twice", c.name)
		}
		seen[c.name] = true
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := besiege(t, a)
			c.make(s)
			outside := s.tree(s.outside)
			s.visit()
			if title, says := s.says("fr"); says != c.says || title != "Vous pouvez retirer la clé" {
				if title, english := s.says("en"); english != c.says || title != "You can remove the stick" {
					t.Errorf("it says\n%s\n%s\nwant\n%s", says, english, c.says)
				}
			}
			if c.force == "" {
				c.force = "before"
			}
			s.stands(c.force, outside)
			s.heals()
		})
	}
}
