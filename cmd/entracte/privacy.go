package main

import (
	"cmp"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"entracte/assets"
	"entracte/cmd/entracte/config"
)

func newPrivacy() *cobra.Command {
	var configPath, language string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "privacy",
		Short: "Say everything that is ever stored, why, and for how long",
		Long: `Prints what this program never stores, what it does, and what leaves the
machine; then every field of everything stored, why it is there and for how long.
A test of the program fails when a field is stored that is not in this list.`,
		Args: exactly(0, "entracte privacy --lang fr"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			lang, err := spokenHere(language, configPath)
			if err != nil {
				return err
			}
			if asJSON {
				return printJSON(cmd, declaredIn(lang))
			}
			return printPrivacy(cmd.OutOrStdout(), lang)
		},
	}
	configFlag(cmd, &configPath)
	languageFlag(cmd, &language)
	jsonFlag(cmd, &asJSON)
	return cmd
}

func languageFlag(cmd *cobra.Command, to *string) {
	cmd.Flags().StringVar(to, "lang", "", "fr or en (default the config's, else that of this session)")
}

// spokenHere is the language of an answer for people: what the flag says, else the
// config, else the session.
func spokenHere(flag, configPath string) (string, error) {
	if flag != "" && flag != "fr" && flag != "en" {
		return "", usageError{fmt.Errorf("--lang %q is not spoken here\nhint: --lang fr or --lang en", flag)}
	}
	if flag != "" && configPath == "" {
		return flag, nil
	}
	path, err := findConfig(configPath)
	if err == nil {
		c, err := config.Load(path, assets.Vocabulary())
		if err != nil {
			return "", err // also where the flag says the language: the file was named
		}
		return cmp.Or(flag, c.Venue().Language), nil
	}
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := os.Getenv(name); v != "" {
			if strings.HasPrefix(v, "fr") {
				return "fr", nil
			}
			break
		}
	}
	return "en", nil
}

// never is what is stored nowhere, also not for a moment. Package presence and
// TestNothingSenses keep it so.
var never = []words{
	{"aucune image, aucun son, aucun signal radio : ni caméra, ni micro, ni Wi-Fi ou Bluetooth d'un client", "no picture, no sound, no radio signal: no camera, no microphone, no customer's Wi-Fi or Bluetooth"},
	{"rien sur une personne : ni identifiant, ni profil, ni âge, ni sexe, ni nombre de personnes", "nothing about a person: no identifier, no profile, no age, no sex, no number of people"},
	{"ni quand quelqu'un est venu ou parti, ni la distance que mesure un radar : cela reste en mémoire vive et n'est jamais écrit", "neither when somebody came or went, nor the distance a radar measures: that stays in memory and is never written"},
	{"ni les ventes, ni le service : un passage interrompu est noté interrompu, jamais pourquoi", "neither sales nor service: a showing that was interrupted is recorded as that, never why"},
}

// A leaving is something that leaves the machine.
type leaving struct {
	words
	// when says whether it does with a config; nil is always.
	when func(*config.Config) bool
	// here is what to say of a config with which it does; nil says the words.
	here func(*config.Config) words
}

// leaves is what leaves the machine, and when.
var leaves = []leaving{
	{words: words{"un reçu signé sur la clé USB de chaque opérateur : combien de passages de ses propres annonces, par heure et par annonce ; rien sur celles des autres", "a signed receipt on each operator's stick: how many plays of its own ads, by hour and ad; nothing about those of others"},
		when: func(c *config.Config) bool { return len(c.Content.Feeds) > 0 }},
	{words: words{"les passages, quand quelqu'un les exporte sur cette machine (`entracte plays export`)", "the plays, when somebody exports them on this machine (`entracte plays export`)"}},
	{words: words{"des demandes de fichiers au serveur de l'opérateur, seulement si une origine est configurée : quels lots et quels fichiers, rien de ce qui est passé ni de la présence", "requests for files to the operator's server, only if an origin is set: which packs and files, nothing of what played nor of presence"},
		when: func(c *config.Config) bool { return c.Content.Origin != "" && len(c.Content.Feeds) > 0 },
		here: func(c *config.Config) words {
			return words{"des demandes de fichiers au serveur de l'opérateur (" + hostOf(c.Content.Origin) + ") : quels lots et quels fichiers, rien de ce qui est passé ni de la présence",
				"requests for files to the operator's server (" + hostOf(c.Content.Origin) + "): which packs and files, nothing of what played nor of presence"}
		}},
	{words: words{"annonce MQTT, seulement si un broker est configuré : nom du commerce, identifiant de l'écran, version, ouvert ou fermé selon l'horaire, nombre de campagnes, pannes de la machine ; rien sur la présence", "MQTT announcement, only if a broker is set: the shop's name, the screen's id, version, open or closed by the hours, number of campaigns, faults of the machine; nothing about presence"},
		when: func(c *config.Config) bool { return c.MQTT.Broker != "" && c.MQTT.Discovery },
		here: func(c *config.Config) words {
			return words{"une annonce MQTT au broker " + hostOf(c.MQTT.Broker) + " : nom du commerce, identifiant de l'écran, version, ouvert ou fermé selon l'horaire, nombre de campagnes, pannes de la machine ; rien sur la présence",
				"an MQTT announcement to the broker " + hostOf(c.MQTT.Broker) + ": the shop's name, the screen's id, version, open or closed by the hours, number of campaigns, faults of the machine; nothing about presence"}
		}},
	{words: words{"l'API locale répond aux programmes de cette machine, à personne d'autre : l'état du moment, présence comprise, et les passages", "the local API answers programs on this machine, and nobody else: the state of the moment, presence included, and the plays"}},
	{words: words{"le journal du système reçoit les pannes et les fichiers ignorés, et garde ce que le système garde", "the system's journal gets faults and skipped files, and keeps them as the system does"}},
	{words: words{"rien d'autre : ni compte, ni télémétrie, ni serveur à nous", "nothing else: no account, no telemetry, no server of ours"}},
}

// hostOf is the name of a server, without what an address may carry beside it.
func hostOf(address string) string {
	if u, err := url.Parse(address); err == nil && u.Hostname() != "" {
		return u.Hostname()
	}
	return address
}

// heading are the words of the page.
var heading = struct{ title, never, stored, leaves, fields, folder words }{
	words{"Ce que cet écran garde", "What this screen keeps"},
	words{"Jamais gardé", "Never kept"},
	words{"Gardé, dans le dossier de données et sur la clé USB", "Kept, in the data folder and on the stick"},
	words{"Ce qui quitte la machine", "What leaves the machine"},
	words{"Tous les champs", "Every field"},
	words{"Le lecteur n'écrit rien d'autre ; pour un essai, `--frames-to` ajoute des images de l'écran lui-même.", "The player writes nothing else; for a test `--frames-to` adds pictures of the screen itself."},
}

const privacyWidth = 96

func printPrivacy(w io.Writer, lang string) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s (Entracte %s)\n", heading.title.in(lang), thisBuild().Version)
	fmt.Fprintf(&b, "\n%s\n", heading.never.in(lang))
	for _, w := range never {
		hang(&b, "  - ", typeset(w.in(lang), lang))
	}
	fmt.Fprintf(&b, "\n%s\n", heading.stored.in(lang))
	for _, h := range holdings {
		hang(&b, fmt.Sprintf("  %-24s ", h.where), typeset(h.what.in(lang)+" ; "+h.long.in(lang), lang))
	}
	hang(&b, "  ", typeset(heading.folder.in(lang), lang))
	fmt.Fprintf(&b, "\n%s\n", heading.leaves.in(lang))
	for _, l := range leaves {
		hang(&b, "  - ", typeset(l.in(lang), lang))
	}

	fmt.Fprintf(&b, "\n%s\n", heading.fields.in(lang))
	for _, h := range holdings {
		b.WriteString("\n")
		hang(&b, "  ", typeset(h.where+" : "+h.what.in(lang)+", "+h.why.in(lang), lang))
		for _, k := range h.kinds {
			fmt.Fprintf(&b, "    %s\n", k.of)
			for _, f := range k.fields {
				hang(&b, fmt.Sprintf("      %-16s ", f.name), typeset(words{f.fr, f.en}.in(lang), lang))
			}
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// typeset puts the space before a colon or semicolon as the language has it: none,
// or one where no line ends.
func typeset(s, lang string) string {
	if lang == "fr" {
		return strings.NewReplacer(" ;", "\u00a0;", " :", "\u00a0:").Replace(s)
	}
	return strings.NewReplacer(" ;", ";", " :", ":").Replace(s)
}

// hang writes a text in lines of privacyWidth, each after the first as far in as
// the head is long.
func hang(b *strings.Builder, head, text string) {
	in := utf8.RuneCountInString(head)
	b.WriteString(head)
	at := in
	for i, word := range strings.Split(text, " ") {
		n := utf8.RuneCountInString(word)
		switch {
		case i == 0:
		case at+1+n > privacyWidth:
			b.WriteString("\n" + strings.Repeat(" ", in))
			at = in
		default:
			b.WriteString(" ")
			at++
		}
		b.WriteString(word)
		at += n
	}
	b.WriteString("\n")
}

// declaration is the page as JSON.
type declaration struct {
	Language string            `json:"language"`
	Never    []string          `json:"never_stored"`
	Stored   []declaredHolding `json:"stored"`
	Leaves   []string          `json:"leaves_the_machine"`
}

type declaredHolding struct {
	Where   string          `json:"where"`
	What    string          `json:"what"`
	Why     string          `json:"why"`
	HowLong string          `json:"how_long"`
	Fields  []declaredField `json:"fields"`
}

type declaredField struct {
	Of   string `json:"of"`
	Name string `json:"name"`
	Why  string `json:"why"`
}

func declaredIn(lang string) declaration {
	d := declaration{Language: lang}
	for _, w := range never {
		d.Never = append(d.Never, w.in(lang))
	}
	for _, w := range leaves {
		d.Leaves = append(d.Leaves, w.in(lang))
	}
	for _, h := range holdings {
		stored := declaredHolding{h.where, h.what.in(lang), h.why.in(lang), h.long.in(lang), []declaredField{}}
		for _, k := range h.kinds {
			for _, f := range k.fields {
				stored.Fields = append(stored.Fields, declaredField{k.of, f.name, words{f.fr, f.en}.in(lang)})
			}
		}
		d.Stored = append(d.Stored, stored)
	}
	return d
}
