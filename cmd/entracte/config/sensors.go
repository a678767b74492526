package config

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"entracte/hw/presence"
)

// A Sensor is one [[sensor]]. Fields that its kind or role has no use for say
// nothing.
type Sensor struct {
	Name string `toml:"name" long:"40"`
	Role Role   `toml:"role" oneof:"presence service pause"`
	Kind Kind   `toml:"kind" oneof:"gpio ld2410 mqtt signal key"`
	// Mode is how a service input is understood; default ModeLevel.
	Mode Mode `toml:"mode" oneof:"level toggle pulse"`
	// Lasts is how long a press counts: service in ModePulse (default 3 min) and
	// pause (default 10 min).
	Lasts time.Duration `toml:"lasts" range:"1s 1d"`
	// AssertAfter, ReleaseAfter, Hold and WarmUp default as
	// [presence.Defaults] says for the kind and role.
	AssertAfter  time.Duration `toml:"assert_after" range:"0s 1m"`
	ReleaseAfter time.Duration `toml:"release_after" range:"0s 10m"`
	Hold         time.Duration `toml:"hold" range:"0s 1h"`
	WarmUp       time.Duration `toml:"warm_up" range:"0s 1h"`
	// OnFault is what an unknown service input does; default Quiet.
	OnFault Policy `toml:"on_fault" oneof:"quiet show"`

	// Pin is "GPIO0" to "GPIO27", Active the level that means yes (default high;
	// also for mqtt, where low swaps true and false), Pull the resistor (default:
	// against Active). For gpio.
	Pin    string `toml:"pin"`
	Active Active `toml:"active" oneof:"high low"`
	Pull   Pull   `toml:"pull" oneof:"up down none"`

	// Port is a serial device, default DefaultPort, and Baud its rate, default
	// DefaultBaud. NearCM and FarCM bound the zone in cm, default 0 to 600. For
	// ld2410.
	Port   string `toml:"port"`
	Baud   int    `toml:"baud" oneof:"9600 19200 38400 57600 115200 230400 256000 460800"`
	NearCM int    `toml:"near_cm" range:"0 600"`
	FarCM  int    `toml:"far_cm" range:"1 600"`
	// SensitivityMoving and SensitivityStill are the energies that a target must
	// have in each of the radar's nine gates of 75 cm, nearest first: 0 sees most,
	// 100 nothing. Empty, the default, keeps what the module has; the first two
	// for still targets keep it in any case. For ld2410.
	SensitivityMoving []int `toml:"sensitivity_moving" most:"9" range:"0 100"`
	SensitivityStill  []int `toml:"sensitivity_still" most:"9" range:"0 100"`

	// Topic is a topic without wildcards, JSONPath a dotted path into its JSON or
	// empty, MaxAge how old a value may get (0, the default: any age). TrueValues
	// and FalseValues are the words for yes and no, in any case; none, the default,
	// for the usual ones. AvailabilityTopic says "online" or "offline"; empty for
	// where the topic's own convention has it. For mqtt.
	Topic             string        `toml:"topic" long:"300"`
	JSONPath          string        `toml:"json_path" long:"300"`
	MaxAge            time.Duration `toml:"max_age" range:"1s 30d"`
	TrueValues        []string      `toml:"true_values" most:"20" long:"60"`
	FalseValues       []string      `toml:"false_values" most:"20" long:"60"`
	AvailabilityTopic string        `toml:"availability_topic" long:"300"`
}

// Pressed reports whether a momentary press is what matters, not a level.
func (s *Sensor) Pressed() bool {
	return s.Role == RolePause || s.Role == RoleService && s.Mode != ModeLevel
}

// DefaultPort is the serial port on the header of every Pi.
const DefaultPort = "/dev/serial0"

// DefaultBaud is the rate of every new LD2410.
const DefaultBaud = 256000

const (
	// radarReach is how far the LD2410 sees: 8 gates of 0.75 m.
	radarReach = 600
	// radarGates is how many it has, the one before its nose included.
	radarGates = 9
)

// A Role is what a sensor tells about.
type Role string

// The roles.
const (
	RolePresence Role = "presence"
	RoleService  Role = "service"
	RolePause    Role = "pause"
)

// A Kind is how a sensor is read.
type Kind string

// The kinds.
const (
	GPIO   Kind = "gpio"
	LD2410 Kind = "ld2410"
	OnMQTT Kind = "mqtt"
	Signal Kind = "signal"
	Key    Kind = "key"
)

// A Mode is how a service input is understood.
type Mode string

// The modes.
const (
	ModeLevel  Mode = "level"
	ModeToggle Mode = "toggle"
	ModePulse  Mode = "pulse"
)

// Active is the level that means yes.
type Active string

// The levels.
const (
	ActiveHigh Active = "high"
	ActiveLow  Active = "low"
)

// Pull is the resistor inside the Pi that holds a pin while nothing drives it.
type Pull string

// The resistors.
const (
	PullUp   Pull = "up"
	PullDown Pull = "down"
	PullNone Pull = "none"
)

// Input returns the sensor as the presence machine takes it.
func (s *Sensor) Input() presence.Input {
	in := presence.Input{
		Name: s.Name, Lasts: s.Lasts, AssertAfter: s.AssertAfter, ReleaseAfter: s.ReleaseAfter,
		Hold: s.Hold, WarmUp: s.WarmUp, MaxAge: s.MaxAge,
	}
	in.Role = s.role()
	switch s.Mode {
	case ModeToggle:
		in.Mode = presence.ModeToggle
	case ModePulse:
		in.Mode = presence.ModePulse
	}
	in.OnFault = s.OnFault.presence()
	return in
}

func (s *Sensor) role() presence.Role {
	switch s.Role {
	case RoleService:
		return presence.RoleService
	case RolePause:
		return presence.RolePause
	}
	return presence.RolePresence
}

func (p Policy) presence() presence.Policy {
	switch p {
	case Show:
		return presence.Show
	case Quiet:
		return presence.Quiet
	}
	return presence.PolicyDefault
}

// Machine returns what the presence machine is told, the sensors included.
func (c *Config) Machine() presence.Config {
	m := presence.Config{OffAfter: c.Presence.OffAfter, ServingMax: c.Presence.ServingMax, OnSensorLoss: c.Presence.OnSensorLoss.presence()}
	for i := range c.Sensors {
		m.Inputs = append(m.Inputs, c.Sensors[i].Input())
	}
	return m
}

// defaultsOf fills what the i-th sensor leaves open.
func (c *checker) defaultsOf(i int, s *Sensor) {
	in := presence.Defaults(string(s.Kind), s.role())
	for key, d := range map[string]struct{ field, value *time.Duration }{
		"lasts": {&s.Lasts, &in.Lasts}, "assert_after": {&s.AssertAfter, &in.AssertAfter},
		"release_after": {&s.ReleaseAfter, &in.ReleaseAfter}, "hold": {&s.Hold, &in.Hold},
		"warm_up": {&s.WarmUp, &in.WarmUp}, "max_age": {&s.MaxAge, &in.MaxAge},
	} {
		if !c.Has(fmt.Sprintf("sensor[%d].%s", i, key)) {
			*d.field = *d.value
		}
	}
	set := func(field *string, value string) {
		if *field == "" {
			*field = value
		}
	}
	switch s.Kind {
	case GPIO:
		set((*string)(&s.Active), string(ActiveHigh))
		set((*string)(&s.Pull), map[Active]string{ActiveHigh: "down", ActiveLow: "up"}[s.Active])
	case OnMQTT:
		set((*string)(&s.Active), string(ActiveHigh))
	case LD2410:
		set(&s.Port, DefaultPort)
		if s.FarCM == 0 {
			s.FarCM = radarReach
		}
		if s.Baud == 0 {
			s.Baud = DefaultBaud
		}
	}
	if s.Role == RoleService {
		set((*string)(&s.Mode), string(ModeLevel))
		set((*string)(&s.OnFault), string(Quiet))
	}
}

// header maps the numbers on the 40-pin header to GPIO numbers (Raspberry Pi
// documentation, "GPIO and the 40-pin header"), for the hint to those who count
// pins.
var header = map[int]int{
	3: 2, 5: 3, 7: 4, 8: 14, 10: 15, 11: 17, 12: 18, 13: 27, 15: 22, 16: 23, 18: 24, 19: 10, 21: 9, 22: 25,
	23: 11, 24: 8, 26: 7, 27: 0, 28: 1, 29: 5, 31: 6, 32: 12, 33: 13, 35: 19, 36: 16, 37: 26, 38: 20, 40: 21,
}

var (
	pinName   = regexp.MustCompile(`^GPIO(\d|1\d|2[0-7])$`)
	pinNumber = regexp.MustCompile(`^(?i:gpio|bcm|pin)?[ _-]?0*(\d{1,2})$`)
)

// pinHint says how to write a pin that was written otherwise.
func pinHint(pin string) string {
	hint := `write it like "GPIO17": GPIO0 to GPIO27 are on the header`
	m := pinNumber.FindStringSubmatch(strings.TrimSpace(pin))
	if m == nil {
		return hint
	}
	n, _ := strconv.Atoi(m[1])
	var meant []string
	if n <= 27 {
		meant = append(meant, fmt.Sprintf(`"GPIO%d"`, n))
	}
	if g, ok := header[n]; ok && !slices.Contains(meant, fmt.Sprintf(`"GPIO%d"`, g)) {
		meant = append(meant, fmt.Sprintf(`"GPIO%d" for pin %d of the header`, g, n))
	}
	if meant == nil {
		return hint
	}
	return "write " + strings.Join(meant, ", or ")
}
