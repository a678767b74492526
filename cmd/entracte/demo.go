package main

import (
	"fmt"
	"image"
	"log/slog"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"entracte/assets"
	"entracte/cmd/entracte/config"
	"entracte/storage/adsfile"
)

// stop is a moment of the scripted visit: a key, and how long after the last.
type stop struct {
	after time.Duration
	key   rune
}

// visit is what the demo plays without a person: nobody, a customer waits, is
// served, waits again, leaves.
var visit = []stop{
	{2 * time.Second, 'W'},
	{17 * time.Second, 'S'},
	{2 * time.Second, 'W'},
	{8 * time.Second, 'E'},
	{2 * time.Second, 'Q'},
}

// visitStill is how long a still shows in the visit, which is shorter than life.
const visitStill = 4 * time.Second

func newDemo() *cobra.Command {
	var flags playFlags
	var shop, language, data string
	var fullscreen, visiting bool
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Play a demo shop with demo ads",
		Long: `Plays a shop of ours with ads of its complements. The keyboard is the customer:

  W   someone waits        S   is being served
  E   nobody               Q   quit

--shop is ` + strings.Join(assets.DemoShops(), ", ") + `; --lang is fr or en.`,
		Args: exactly(0, "entracte demo --shop bakery --lang en"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			size, err := flags.size()
			if err != nil {
				return err
			}
			if size == (image.Point{}) && !fullscreen {
				size = image.Pt(1280, 720)
			}
			if !slices.Contains(assets.DemoShops(), shop) || language != "fr" && language != "en" {
				return usageError{fmt.Errorf("there is no demo shop %q in %q\nhint: --shop %s, --lang fr or --lang en", shop, language, strings.Join(assets.DemoShops(), " or --shop "))}
			}
			if data == "" {
				if data, err = os.MkdirTemp("", "entracte-demo-"); err != nil {
					return err
				}
				defer os.RemoveAll(data)
			}
			cfg, err := config.Parse("demo.toml", assets.DemoConfig(shop, language), assets.Vocabulary())
			if err != nil {
				return err
			}
			ads, err := demoAds(shop, language, visiting)
			if err != nil {
				return err
			}
			s := &show{
				config: cfg, data: data, ads: ads, window: size, demo: true,
				framesTo: flags.framesTo, until: flags.until,
				log: slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), nil)),
			}
			if visiting {
				s.visit = visit
			}
			return s.run(cmd.Context())
		},
	}
	cmd.Flags().StringVar(&shop, "shop", "jeweller", "which shop")
	cmd.Flags().StringVar(&language, "lang", "fr", "fr or en")
	cmd.Flags().StringVar(&data, "data", "", "keep the demo's cache and plays in this folder (default: a temporary one)")
	cmd.Flags().BoolVar(&fullscreen, "fullscreen", false, "fill the screen instead of a window")
	cmd.Flags().BoolVar(&visiting, "visit", false, "play a short scripted visit instead of reading keys, then end")
	flags.add(cmd)
	return cmd
}

// demoAds reads an embedded shop; hurried ones show stills for a short time.
func demoAds(shop, language string, hurried bool) (*ads, error) {
	fsys, err := assets.Demo(shop, language)
	if err != nil {
		return nil, err
	}
	feed, skipped, err := adsfile.Read(fsys, assets.Vocabulary())
	if err != nil {
		return nil, err
	}
	feed.Name = "demo"
	if hurried {
		feed.Revision += "-visit"
		for i := range feed.Campaigns {
			for j := range feed.Campaigns[i].Creatives {
				if c := &feed.Campaigns[i].Creatives[j]; c.Length > visitStill {
					c.Length = visitStill
				}
			}
		}
	}
	return &ads{feed: feed, skipped: skipped, fsys: fsys}, nil
}
