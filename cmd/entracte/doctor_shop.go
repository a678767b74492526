package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"entracte/assets"
	"entracte/cmd/entracte/config"
	"entracte/hw/presence"
	"entracte/hw/sensor"
	"entracte/player/control"
)

// shopChecks are about the config and what it names. The broker is asked beside
// it: a network that hangs must not hide what is wrong in the file.
func shopChecks(path string) []check {
	return []check{
		{"config", func(context.Context) []finding { return settings(path) }},
		{"broker", func(ctx context.Context) []finding {
			path, err := findConfig(path)
			if err != nil {
				return nil // settings says so
			}
			cfg, err := config.Load(path, assets.Vocabulary())
			if err != nil {
				return nil
			}
			return examineBroker(ctx, cfg, path)
		}},
	}
}

func settings(path string) []finding {
	f := finding{What: "config", State: fine}
	path, err := findConfig(path)
	if err != nil {
		f.State = attention
		f.Fact, f.Hint, _ = strings.Cut(err.Error(), "\nhint: ")
		return []finding{f}
	}
	cfg, err := config.Load(path, assets.Vocabulary())
	if err != nil {
		f.State, f.Fact = wrong, err.Error()
		return []finding{f}
	}
	f.Fact = fmt.Sprintf("%s: %s, sensors: %d", path, cfg.Venue().Name, len(cfg.Sensors))
	list := []finding{f}
	for _, s := range cfg.Sensors {
		switch s.Kind {
		case config.GPIO:
			list = append(list, finding{What: "sensor", State: fine, Fact: fmt.Sprintf("%q (%s) on %s, header pin %d, active %s", s.Name, s.Role, s.Pin, sensor.HeaderPin(s.Pin), s.Active)})
		case config.LD2410:
			list = append(list, serialPort(thisRaspberry(), s.Port), finding{What: "sensor", State: fine, Fact: fmt.Sprintf("%q (%s) on %s at %d baud, zone %d to %d cm", s.Name, s.Role, s.Port, s.Baud, s.NearCM, s.FarCM)})
		}
	}
	list = append(list, ownPictures(cfg, path)...)
	if presence.New(cfg.Machine()).Belief().NoService {
		list = append(list, finding{What: "service", State: attention, Fact: presence.NoServiceSentence, Hint: "wire a button or a mat and add a [[sensor]] with role = \"service\""})
	}
	return list
}

// ownPictures looks for the owner's folder where the config names one.
func ownPictures(c *config.Config, path string) []finding {
	dir := c.Content.Folder
	if dir == "" {
		return nil // `play` makes its own
	}
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(filepath.Dir(path), dir)
	}
	if _, err := os.ReadDir(dir); err != nil {
		return []finding{{What: "own", State: attention, Fact: fmt.Sprintf("the owner's folder cannot be read: %v", err), Hint: "make it, or correct content.folder"}}
	}
	return []finding{{What: "own", State: fine, Fact: dir + " holds the owner's pictures"}}
}

// adsFolder reads an ads folder as `play --ads` would.
func adsFolder(dir string) finding {
	f := finding{What: "ads", State: fine}
	a, err := openAds(dir)
	if err == nil && a.gone != nil {
		err = a.gone
	}
	if err != nil {
		f.State = attention
		f.Fact, f.Hint, _ = strings.Cut(err.Error(), "\nhint: ")
		f.Hint = cmp.Or(f.Hint, "put the stick in, or name the folder that holds ads.toml")
		return f
	}
	f.Fact = fmt.Sprintf("%s: campaigns: %d", dir, len(a.feed.Campaigns))
	if n := len(a.skipped); n > 0 {
		f.State = attention
		f.Fact += fmt.Sprintf("; left out: %d, first %s: %s", n, a.skipped[0].File, a.skipped[0].Reason)
		f.Hint = "`entracte play` names each of them"
	}
	return f
}

// running asks the player on this data folder, if there is one.
func running(ctx context.Context, data string) finding {
	f := finding{What: "player", State: fine}
	s, err := control.Dial(socketPath(data)).Status(ctx)
	switch {
	case errors.Is(err, control.ErrNoPlayer):
		f.Fact = "none is running on " + data
	case err != nil:
		f.State = attention
		f.Fact, f.Hint, _ = strings.Cut(err.Error(), "\nhint: ")
	case len(s.Faults) > 0:
		f.State, f.Fact, f.Hint = attention, fmt.Sprintf("running for %s; it names faults: %d", seconds(s.Uptime), len(s.Faults)), "entracte status"
	default:
		f.Fact = fmt.Sprintf("running for %s, without a fault", seconds(s.Uptime))
	}
	return f
}
