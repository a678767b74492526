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
	var search string
	cmd := &cobra.Command{
		Use:   "activities",
		Short: "List the shop activities (and the tags) a config can name",
		Long: `Lists what venue.activity may be, in shop owners' words.

  entracte activities --search bijou     forgives accents and slips of the hand
  entracte activities --tags             the words for clientele and offers`,
		Args: exactly(0, "entracte activities --search bijou"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if tags {
				return printTags(cmd, asJSON)
			}
			list := assets.Activities()
			if search != "" {
				list = assets.SearchActivities(search)
			}
			if asJSON {
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
		},
	}
	jsonFlag(cmd, &asJSON)
	cmd.Flags().StringVar(&search, "search", "", "only those like this word, in French or English")
	cmd.Flags().BoolVar(&tags, "tags", false, "list the tags of clientele and offers instead")
	return cmd
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
