// Package config reads entracte.toml, the one file in which a technician says
// what the shop is, where the sensors are wired and what the screen may show.
//
// It promises that a [Config] it returns is complete and consistent: every key
// has its default or its value, every value is on its closed list or in its
// range, no pin is used twice, no opening hours overlap. Whatever is wrong with
// a file is reported in one error, all faults at once, each with its line and
// the next step. Only venue.name and venue.activity have no default; a sensor
// also has to say its name, role and kind, and its pin or topic, for nothing
// could guess them.
//
// It must not know how anything is done with the values: it opens no pin, no
// broker, no screen, and asks the vocabulary only through [Words]. Secrets stay
// in files of their own that the config names.
//
//	c, err := config.Load("/boot/firmware/entracte.toml", assets.Vocabulary())
//	if err != nil {
//		return err // "entracte.toml:31: sensor "radar": …\nhint: …"
//	}
//	venue := c.Venue()
//	venue.ID = deviceID
package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"entracte/scheduler/plan"
	"entracte/storage/strict"
)

// Words is what the config must know of the vocabulary. The assets implement it.
type Words interface {
	HasActivity(slug string) bool
	// SuggestActivity returns the slug that was probably meant, or "".
	SuggestActivity(slug string) string
	// Tags returns the closed list of a kind: "clientele" or "offers".
	Tags(kind string) []string
	// HasCategory knows the ids of the IAB Ad Product Taxonomy 2.0.
	HasCategory(id int) bool
	// CategoryName returns the published name of an id, or "".
	CategoryName(id int) string
	// Regulated lists the families that are off unless accepted, and RegulatedID
	// returns the id of one by its slug.
	Regulated() []int
	RegulatedID(slug string) (int, bool)
}

// A Config is a checked entracte.toml. It is read only once made; any goroutine
// may use it.
type Config struct {
	Screen   Screen
	Presence Presence
	// Sensors are in the order of the file; their names are unique.
	Sensors []Sensor
	MQTT    MQTT
	Content Content
	Device  Device

	venue plan.Venue
}

// Venue returns the venue the file declares. Its ID is Device.ID, which is
// empty if the file leaves it to the machine; the caller then fills it.
func (c *Config) Venue() plan.Venue { return c.venue }

// Load reads the file at path. It returns [strict.Faults] if its text is wrong.
func Load(path string, words Words) (*Config, error) {
	text, err := read(path)
	if err != nil {
		return nil, err
	}
	return Parse(path, text, words)
}

// Parse reads the text of a file; name stands for it in messages.
func Parse(name string, text []byte, words Words) (*Config, error) {
	f := defaults()
	doc := strict.Parse(name, text)
	doc.Decode(f)
	c := &checker{Doc: doc, words: words}
	config := &Config{
		venue:    c.venue(&f.Venue),
		Screen:   c.screen(f.Screen),
		Presence: f.Presence,
		Sensors:  c.sensors(f.Sensor),
		MQTT:     c.mqtt(f.MQTT),
		Content:  c.content(f.Content),
		Device:   c.device(f.Device),
	}
	if err := doc.Err(); err != nil {
		return nil, err
	}
	config.venue.ID = config.Device.ID
	config.venue.Tags = config.Device.Tags
	return config, nil
}

// A checker checks what types alone cannot, table by table.
type checker struct {
	*strict.Doc
	words Words
}

func read(path string) ([]byte, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no config file %s: %w\nhint: copy the example file there and fill in name and activity under [venue]", path, fs.ErrNotExist)
	}
	if err != nil {
		return nil, fmt.Errorf("the config file cannot be read: %w\nhint: check that this user may read it", err)
	}
	defer f.Close()
	if stat, err := f.Stat(); err == nil && !stat.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a file\nhint: give the path of an entracte.toml", path)
	}
	text, err := io.ReadAll(io.LimitReader(f, strict.MaxSize+1))
	if err != nil {
		return nil, fmt.Errorf("the config file cannot be read: %w\nhint: the card or stick may be damaged; copy the file anew", err)
	}
	return text, nil
}
