package main

import (
	"fmt"
	"image"
	"log/slog"
	"os"
	"time"

	"github.com/spf13/cobra"

	"entracte/assets"
	"entracte/cmd/entracte/config"
	"entracte/storage/strict"
)

// playFlags are how a test, or a technician at a desk, looks at the real player.
type playFlags struct {
	windowed string
	framesTo string
	until    time.Duration
}

func (f *playFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.windowed, "windowed", "", "play in a window of this size (1280x720) instead of fullscreen")
	cmd.Flags().StringVar(&f.framesTo, "frames-to", "", "write the glass to this folder as a PNG after each change")
	cmd.Flags().Var((*duration)(&f.until), "until", "stop after this long (90s, 2h, 7d)")
}

// duration is a flag in the words of the config: Go's, and days.
type duration time.Duration

func (d *duration) String() string { return time.Duration(*d).String() }
func (d *duration) Type() string   { return "duration" }
func (d *duration) Set(s string) error {
	v, err := strict.ParseDuration(s)
	if err == nil && v <= 0 {
		err = fmt.Errorf("%s is no time at all", s)
	}
	*d = duration(v)
	return err
}

// size reads --windowed; the zero Point is fullscreen.
func (f *playFlags) size() (image.Point, error) {
	if f.windowed == "" {
		return image.Point{}, nil
	}
	var w, h int
	var rest string
	if n, _ := fmt.Sscanf(f.windowed+" .", "%dx%d %s", &w, &h, &rest); n != 3 || rest != "." || w < 16 || h < 16 || w > 8192 || h > 8192 {
		return image.Point{}, usageError{fmt.Errorf("--windowed %q is not a size\nhint: --windowed 1280x720", f.windowed)}
	}
	return image.Pt(w, h), nil
}

func newPlay() *cobra.Command {
	var flags playFlags
	var configPath, data, ads string
	cmd := &cobra.Command{
		Use:   "play",
		Short: "Play on this machine's screen",
		Long: `Plays the plan in force while somebody waits, and nothing else. Everything
that is shown is first copied to the data folder: sticks and folders may go away.

  entracte play                                     as the Pi does
  entracte play --config my.toml --ads FOLDER --data DATA --windowed 1280x720

FOLDER holds an ads.toml beside its pictures and films.`,
		Args: exactly(0, "entracte play --ads FOLDER"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			size, err := flags.size()
			if err != nil {
				return err
			}
			path, err := findConfig(configPath)
			if err != nil {
				return err
			}
			cfg, err := config.Load(path, assets.Vocabulary())
			if err != nil {
				return err
			}
			s := &show{
				config: cfg, configPath: path, data: data, window: size, framesTo: flags.framesTo, until: flags.until,
				log: slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), nil)),
			}
			if ads != "" {
				if s.ads, err = openAds(ads); err != nil {
					return err
				}
			}
			return s.run(cmd.Context())
		},
	}
	configFlag(cmd, &configPath)
	dataFlag(cmd, &data)
	cmd.Flags().StringVar(&ads, "ads", "", "a folder with an ads.toml, taken into force as the feed \"local\"")
	flags.add(cmd)
	return cmd
}

// folder opens a folder so that nothing in it can lead out of it.
func folder(dir string) (*os.Root, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("the folder %s cannot be opened: %w\nhint: check its name, and that this user may read it", dir, err)
	}
	return root, nil
}
