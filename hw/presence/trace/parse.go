package trace

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"entracte/hw/presence"
)

// A Day is a recorded day. It is not changed by being replayed.
type Day struct {
	// Name is the file's, for errors.
	Name string
	// Config is the shop, as the machine is told of it.
	Config presence.Config

	hours  []window // nil is always open, empty is closed
	events []event
}

// A window is a time of day, in which the shop is open; till may be above 24 h.
type window struct{ from, till time.Duration }

// An event is one thing at one time: a reading, the clock's trust, or what is
// expected.
type event struct {
	at      time.Duration
	line    int
	reading *presence.Reading
	trusted *bool
	expect  *outlook
}

const (
	// maxEvents bounds a day: a radar alone says 864,000 things in one.
	maxEvents = 1_000_000
	latest    = 48 * time.Hour
)

// Parse reads a day. An error begins with name and line, as in
// "ring-sale.trace:7: ", and a line "hint: " says what to write.
func Parse(name, text string) (*Day, error) {
	p := &parser{day: &Day{Name: name}, ended: -1}
	for n, line := range strings.Split(text, "\n") {
		p.line = n + 1
		words, err := split(line)
		if err == nil && len(words) > 0 {
			err = p.take(words)
		}
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, p.line, err)
		}
	}
	slices.SortStableFunc(p.day.events, func(a, b event) int { return int(a.at - b.at) })
	switch last := len(p.day.events) - 1; {
	case p.ended < 0:
		return nil, fmt.Errorf("%s:%d: the day has no end\nhint: write a last line such as 18:00:00 end", name, p.line)
	case p.day.events[last].at > p.ended:
		return nil, fmt.Errorf("%s:%d: this is after the end\nhint: move the line with \"end\"", name, p.day.events[last].line)
	}
	return p.day, nil
}

type parser struct {
	day   *Day
	line  int
	ended time.Duration
}

// split cuts a line into words; one in double quotes may hold blanks. A word that
// begins with # ends the line.
func split(line string) ([]string, error) {
	var words []string
	for {
		line = strings.TrimLeft(line, " \t\r")
		if line == "" || line[0] == '#' {
			return words, nil
		}
		end := strings.IndexAny(line, " \t\r")
		if line[0] == '"' {
			end = strings.IndexByte(line[1:], '"') + 2
			if end < 2 {
				return nil, fmt.Errorf("a quote is not closed\nhint: write \"counter button\"")
			}
			words = append(words, line[1:end-1])
			line = line[end:]
			continue
		}
		if end < 0 {
			end = len(line)
		}
		words = append(words, line[:end])
		line = line[end:]
	}
}

func (p *parser) take(words []string) error {
	switch words[0] {
	case "hours":
		return p.hours(words[1:])
	case "presence":
		return p.presence(words[1:])
	case "sensor":
		return p.sensor(words[1:])
	}
	return p.happen(words)
}

func (p *parser) hours(words []string) error {
	const hint = "hint: hours 09:30-12:30 14:00-19:00, or hours closed"
	if p.day.hours != nil || len(words) == 0 {
		return fmt.Errorf("the hours are empty, or were told before\n" + hint)
	}
	p.day.hours = []window{}
	if len(words) == 1 && words[0] == "closed" {
		return nil
	}
	for _, w := range words {
		from, till, both := strings.Cut(w, "-")
		a, err := timeOf(from + ":00")
		b, err2 := timeOf(till + ":00")
		if !both || err != nil || err2 != nil || a >= 24*time.Hour || b > 24*time.Hour || a == b {
			return fmt.Errorf("%q is no opening time\n"+hint, w)
		}
		if b < a {
			b += 24 * time.Hour
		}
		p.day.hours = append(p.day.hours, window{a, b})
	}
	return nil
}

func (p *parser) presence(words []string) error {
	c := &p.day.Config
	durations := map[string]*time.Duration{"off_after": &c.OffAfter, "serving_max": &c.ServingMax}
	return settings(words, durations, map[string]func(string) bool{
		"on_sensor_loss": func(v string) bool { c.OnSensorLoss = policies[v]; return policies[v] != 0 },
	})
}

var policies = map[string]presence.Policy{"show": presence.Show, "quiet": presence.Quiet}

var modes = map[string]presence.Mode{"level": presence.ModeLevel, "toggle": presence.ModeToggle, "pulse": presence.ModePulse}

var kinds = []string{"gpio", "ld2410", "mqtt", "signal", "key"}

// owner is the name under which the local API's pause appears in a day.
const owner = "owner"

func (p *parser) sensor(words []string) error {
	const hint = "\nhint: sensor bench role=presence kind=gpio"
	if len(words) < 3 {
		return fmt.Errorf("a sensor needs a name, a role and a kind" + hint)
	}
	name := words[0]
	if slices.Contains([]string{owner, "clock", "end", "=", "to", ""}, name) || p.known(name) {
		return fmt.Errorf("%q cannot be the name of a sensor, or is one already"+hint, name)
	}
	var role presence.Role
	word, ok := strings.CutPrefix(words[1], "role=")
	if !ok || role.UnmarshalText([]byte(word)) != nil {
		return fmt.Errorf("%q is no role: presence, service or pause"+hint, words[1])
	}
	kind, ok := strings.CutPrefix(words[2], "kind=")
	if !ok || !slices.Contains(kinds, kind) {
		return fmt.Errorf("%q is no kind: %s"+hint, words[2], strings.Join(kinds, ", "))
	}
	in := presence.Defaults(kind, role)
	in.Name = name
	err := settings(words[3:], map[string]*time.Duration{
		"lasts": &in.Lasts, "assert_after": &in.AssertAfter, "release_after": &in.ReleaseAfter,
		"hold": &in.Hold, "warm_up": &in.WarmUp, "max_age": &in.MaxAge,
	}, map[string]func(string) bool{
		"mode":     func(v string) bool { m, ok := modes[v]; in.Mode = m; return ok && role == presence.RoleService },
		"on_fault": func(v string) bool { in.OnFault = policies[v]; return in.OnFault != 0 && role == presence.RoleService },
	})
	p.day.Config.Inputs = append(p.day.Config.Inputs, in)
	return err
}

func (p *parser) known(name string) bool {
	return slices.ContainsFunc(p.day.Config.Inputs, func(in presence.Input) bool { return in.Name == name })
}

// settings reads key=value words.
func settings(words []string, durations map[string]*time.Duration, others map[string]func(string) bool) error {
	for i, w := range words {
		k, v, _ := strings.Cut(w, "=")
		if slices.ContainsFunc(words[:i], func(x string) bool { return strings.HasPrefix(x, k+"=") }) {
			return fmt.Errorf("%s is told twice\nhint: leave one of them out", k)
		}
		if set := others[k]; set != nil {
			if !set(v) {
				return fmt.Errorf("%q does not fit here\nhint: see the key %s in entracte.toml", w, k)
			}
			continue
		}
		to := durations[k]
		if to == nil {
			return fmt.Errorf("there is no key %q here\nhint: a day begins behind the wires: pins, polarity, ports and topics are left out", k)
		}
		d, err := time.ParseDuration(v)
		if err != nil || d < 0 || d > latest {
			return fmt.Errorf("%q is no duration\nhint: %s=15s", w, k)
		}
		*to = d
	}
	return nil
}

// timeOf reads HH:MM:SS or HH:MM:SS.mmm.
func timeOf(w string) (time.Duration, error) {
	whole, part, decimals := strings.Cut(w, ".")
	fields := strings.Split(whole, ":")
	bad := fmt.Errorf("%q is no time and no word of the shop\nhint: begin with HH:MM:SS, hours, presence, sensor or #", w)
	if len(fields) != 3 || decimals && (part == "" || len(part) > 3) {
		return 0, bad
	}
	var n [4]time.Duration
	for i, f := range append(fields, (part + "000")[:3]) {
		v, err := strconv.ParseUint(f, 10, 16)
		if err != nil || i < 3 && len(f) != 2 || i > 0 && i < 3 && v > 59 {
			return 0, bad
		}
		n[i] = time.Duration(v)
	}
	t := n[0]*time.Hour + n[1]*time.Minute + n[2]*time.Second + n[3]*time.Millisecond
	if t >= latest {
		return 0, bad
	}
	return t, nil
}
