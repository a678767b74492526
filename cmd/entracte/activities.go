package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"entracte/assets"
)

func newActivities() *cobra.Command {
	var asJSON, tags bool
	var search, lang string
	cmd := &cobra.Command{
		Use:   "activities [NAME]",
		Short: "List the shop activities (and the tags) a config can name",
		Long: `Lists what venue.activity may be, in shop owners' words. With a name, all that is
known of that trade: which ads never play there, and which suit it.

  entracte activities --search bijou     forgives accents and slips of the hand
  entracte activities jeweller --lang fr
  entracte activities --tags             the words for clientele and offers`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 || len(args) == 1 && (tags || search != "") {
				return usageError{fmt.Errorf("activities takes one name, or --search, or --tags\nhint: entracte activities jeweller")}
			}
			if lang != "fr" && lang != "en" {
				return usageError{fmt.Errorf("--lang %q is not spoken here\nhint: --lang fr or --lang en", lang)}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case tags:
				return printTags(cmd, asJSON)
			case len(args) == 1:
				return printActivity(cmd, args[0], lang, asJSON)
			}
			return printActivities(cmd, search, asJSON)
		},
	}
	jsonFlag(cmd, &asJSON)
	cmd.Flags().StringVar(&search, "search", "", "only those like this word, in French or English")
	cmd.Flags().BoolVar(&tags, "tags", false, "list the tags of clientele and offers instead")
	cmd.Flags().StringVar(&lang, "lang", "en", "with a name: fr or en")
	return cmd
}

func printActivities(cmd *cobra.Command, search string, asJSON bool) error {
	list := assets.Activities()
	if search != "" {
		list = assets.SearchActivities(search)
	}
	if asJSON {
		if list == nil {
			list = []assets.Activity{}
		}
		return printJSON(cmd, list)
	}
	if len(list) == 0 {
		return fmt.Errorf("no activity is like %q\nhint: `entracte activities` lists all of them", search)
	}
	w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 8, 2, ' ', 0)
	for _, a := range list {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", a.Slug, a.French, a.English, strings.Join(a.NAF, " "))
	}
	return w.Flush()
}

func printActivity(cmd *cobra.Command, slug, lang string, asJSON bool) error {
	a, known := assets.ActivityBySlug(slug)
	if !known {
		hint := "`entracte activities` lists all of them"
		if s := assets.Vocabulary().SuggestActivity(slug); s != "" {
			hint = fmt.Sprintf("did you mean %q? `entracte activities --search %s` shows what is like it", s, strings.Fields(slug)[0])
		}
		return fmt.Errorf("no activity is called %q\nhint: %s", slug, hint)
	}
	t := tradeOf(a)
	if asJSON {
		return printJSON(cmd, t)
	}
	return t.print(cmd.OutOrStdout(), lang)
}

func printTags(cmd *cobra.Command, asJSON bool) error {
	kinds := []string{"clientele", "offers"}
	if asJSON {
		all := map[string][]assets.Tag{}
		for _, k := range kinds {
			all[k] = assets.Tags(k)
		}
		return printJSON(cmd, all)
	}
	w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 8, 2, ' ', 0)
	for _, k := range kinds {
		for _, t := range assets.Tags(k) {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", k, t.Slug, t.French, t.English)
		}
	}
	return w.Flush()
}
