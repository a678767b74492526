package config

import (
	"time"

	"entracte/scheduler/plan"
)

// file is entracte.toml as it is written.
type file struct {
	Venue    venueTable `toml:"venue"`
	Screen   Screen     `toml:"screen"`
	Presence Presence   `toml:"presence"`
	Sensor   []Sensor   `toml:"sensor" most:"40"`
	MQTT     MQTT       `toml:"mqtt"`
	Content  Content    `toml:"content"`
	Device   Device     `toml:"device"`
}

type venueTable struct {
	Name              string      `toml:"name" long:"80"`
	Activity          string      `toml:"activity" long:"60"`
	NAF               nafTable    `toml:"naf"`
	Commune           string      `toml:"commune" long:"80"`
	Postcode          string      `toml:"postcode" long:"12"`
	Latitude          float64     `toml:"latitude" range:"-90 90"`
	Longitude         float64     `toml:"longitude" range:"-180 180"`
	Clientele         []string    `toml:"clientele" most:"30"`
	Offers            []string    `toml:"offers" most:"30"`
	Language          string      `toml:"language" oneof:"fr en"`
	Timezone          string      `toml:"timezone" long:"60"`
	Targeting         bool        `toml:"targeting"`
	VisibleFromStreet bool        `toml:"visible_from_street"`
	ClosedOn          []plan.Date `toml:"closed_on" most:"400"`
	Hours             hoursTable  `toml:"hours"`
	Refuse            struct {
		Categories  []int    `toml:"categories" most:"600"`
		Advertisers []string `toml:"advertisers" most:"600" long:"80"`
	} `toml:"refuse"`
	Accept struct {
		Regulated []any `toml:"regulated" most:"40"`
	} `toml:"accept"`
}

type nafTable struct {
	Scheme string `toml:"scheme" oneof:"naf-r2 naf-2025"`
	Code   string `toml:"code" long:"10"`
}

// defaults returns what holds where the file is silent.
func defaults() *file {
	return &file{
		Venue:    venueTable{Language: "fr", Timezone: "Europe/Paris", Targeting: true},
		Screen:   Screen{Fit: FitCover, Transition: TransitionFade, Serving: LookBlack, Idle: LookCard},
		Presence: Presence{OffAfter: 5 * time.Minute, ServingMax: 90 * time.Minute, OnSensorLoss: Show},
		MQTT:     MQTT{Discovery: true},
		Content:  Content{OwnShare: 4, StickFolder: true},
	}
}

// Screen is how the glass is mounted and what it looks like between ads.
type Screen struct {
	// Rotation turns the picture clockwise by 0, 90, 180 or 270 degrees; default 0.
	Rotation int `toml:"rotation" oneof:"0 90 180 270"`
	// Fit is how media of another shape fill the glass; default cover.
	Fit Fit `toml:"fit" oneof:"cover contain blur"`
	// Transition is how one creative follows another; default fade.
	Transition Transition `toml:"transition" oneof:"fade slide wipe cut"`
	// Serving is the neutral frame during service: black (default), logo or card.
	Serving Look `toml:"serving" oneof:"black logo card"`
	// Idle is the frame while nobody waits: card (default), logo, clock or black.
	Idle Look `toml:"idle" oneof:"card logo clock black"`
	// Logo is a picture file, relative to the folder of the config file unless
	// absolute; empty for none.
	Logo string `toml:"logo"`
	// Volume is 0 (default, silent) to 100.
	Volume int `toml:"volume" range:"0 100"`
	// Output is a connector such as "HDMI-A-2"; empty (default) for the first.
	Output string `toml:"output" long:"32"`
}

// A Fit is how a picture of another shape fills the glass.
type Fit string

// FitCover cuts what is too much, FitContain leaves bars, FitBlur fills the bars
// with a blurred copy.
const (
	FitCover   Fit = "cover"
	FitContain Fit = "contain"
	FitBlur    Fit = "blur"
)

// A Transition is how one creative follows another.
type Transition string

// The transitions.
const (
	TransitionFade  Transition = "fade"
	TransitionSlide Transition = "slide"
	TransitionWipe  Transition = "wipe"
	TransitionCut   Transition = "cut"
)

// A Look is a frame of the venue's own.
type Look string

// The looks. LookClock is for idle only.
const (
	LookBlack Look = "black"
	LookLogo  Look = "logo"
	LookCard  Look = "card"
	LookClock Look = "clock"
)

// Presence is how long beliefs last and what to do without sensors.
type Presence struct {
	// OffAfter is how long the venue is empty before the screen goes off: 10 s to
	// 7 days, default 5 min.
	OffAfter time.Duration `toml:"off_after" range:"10s 7d"`
	// ServingMax is how long service may be signalled before that is reported: 1
	// min to 1 day, default 90 min.
	ServingMax time.Duration `toml:"serving_max" range:"1m 1d"`
	// OnSensorLoss is what to do when no presence sensor works; default Show.
	OnSensorLoss Policy `toml:"on_sensor_loss" oneof:"show quiet"`
}

// A Policy is what to do without knowing.
type Policy string

// Show plays in opening hours; Quiet plays nothing.
const (
	Show  Policy = "show"
	Quiet Policy = "quiet"
)

// MQTT is the broker that mqtt sensors and our own announcement go through.
type MQTT struct {
	// Broker is "mqtt://host[:1883]" or "mqtts://host[:8883]"; empty (default)
	// for none.
	Broker string `toml:"broker"`
	User   string `toml:"user"`
	// PasswordFile holds the password of User on its first line, CAFile the
	// certificates to trust instead of the system's, in PEM. Both may be empty, and
	// are relative to the folder of the config file unless absolute.
	PasswordFile string `toml:"password_file"`
	CAFile       string `toml:"ca_file"`
	// Discovery announces the player to Home Assistant, without a word about
	// people; default true.
	Discovery bool `toml:"discovery"`
}

// Content is where ads and the owner's own pictures come from.
type Content struct {
	// Folder is the owner's own content; empty (default) for "own" in the data
	// folder.
	Folder string `toml:"folder"`
	// OwnShare is the owner's share of turns while paid ads are eligible.
	OwnShare Share `toml:"own_share"`
	// StickFolder accepts the owner's pictures from a stick that carries this
	// venue's code; default true.
	StickFolder bool `toml:"stick_folder"`
	// Feeds are the "org/feed" names this device listens to.
	Feeds []string `toml:"feeds" most:"20" long:"65"`
	// Trust lists the operators' minisign public keys: 56 characters of base64, before
	// them the organisation whose key it is and a space. Without one it is good for any,
	// which is so only where Feeds name one organisation at most.
	Trust []string `toml:"trust" most:"20" long:"500"`
	// Origin is an http or https URL of the pack tree, without a trailing slash;
	// empty (default) for none.
	Origin string `toml:"origin"`
}

// A Share is one turn in so many: 4 for "1 in 4", the default; 0 for none at
// all, so that own content only fills the gaps.
type Share int

// Device is what tells this screen from others.
type Device struct {
	// ID is 1 to 32 of a-z, 0-9 and "-"; empty (default) to derive it from the
	// machine id.
	ID   string   `toml:"id"`
	Tags []string `toml:"tags" most:"20"`
}
