package mqtt

import (
	"context"
	"encoding/json"
	"strings"
)

// An Announcement is what other programs on the broker learn of this screen: by
// Home Assistant's MQTT discovery, as a device with three entities. See the
// package comment for what it may never say.
type Announcement struct {
	// Name is the venue's name, and Version the player's.
	Name, Version string
	// Facts is asked at each connection and once a minute, on a goroutine of the
	// connection; ok is false if there is no answer now, and what was published
	// stays.
	Facts func(context.Context) (f Facts, ok bool)
}

// Facts are all that is ever published of what goes on. None of them may depend
// on whether, when or for how long somebody was there; whoever fills them in
// must not even look at such things.
type Facts struct {
	// Open is what the opening hours in the config say for now.
	Open bool
	// Campaigns is how many the plan in force has.
	Campaigns int
	// Faults are sentences about the machine. An empty list is "no fault".
	Faults []string
}

// The discovery prefix is Home Assistant's default.
const discoveryPrefix = "homeassistant"

func (a *Announcement) statusTopic(b *Broker) string { return "entracte/" + b.Device + "/status" }
func (a *Announcement) stateTopic(b *Broker) string  { return "entracte/" + b.Device + "/state" }

// state is the facts of now.
func (a *Announcement) state(ctx context.Context, b *Broker) (message, bool) {
	f, ok := a.Facts(ctx)
	if !ok {
		return message{}, false
	}
	s := struct {
		Hours     string   `json:"hours"`
		Campaigns int      `json:"campaigns"`
		Problem   string   `json:"problem"`
		Faults    []string `json:"faults"`
	}{"closed", f.Campaigns, "OFF", []string{}}
	if f.Open {
		s.Hours = "open"
	}
	for _, fault := range f.Faults {
		fact, _, _ := strings.Cut(fault, "\n")
		s.Problem, s.Faults = "ON", append(s.Faults, fact)
	}
	payload, _ := json.Marshal(s) // strings and a number
	return message{a.stateTopic(b), string(payload)}, true
}

// An entity is the config of one entity, as the pages "MQTT", "MQTT Sensor" and
// "MQTT Binary sensor" of Home Assistant's documentation describe it.
type entity struct {
	Name               string       `json:"name"`
	UniqueID           string       `json:"unique_id"`
	StateTopic         string       `json:"state_topic"`
	ValueTemplate      string       `json:"value_template"`
	AvailabilityTopic  string       `json:"availability_topic"`
	DeviceClass        string       `json:"device_class,omitempty"`
	Options            []string     `json:"options,omitempty"`
	EntityCategory     string       `json:"entity_category,omitempty"`
	Icon               string       `json:"icon,omitempty"`
	AttributesTopic    string       `json:"json_attributes_topic,omitempty"`
	AttributesTemplate string       `json:"json_attributes_template,omitempty"`
	Device             entityDevice `json:"device"`
	Origin             entityOrigin `json:"origin"`
}

type entityDevice struct {
	Identifiers  []string `json:"identifiers"`
	Name         string   `json:"name"`
	Manufacturer string   `json:"manufacturer"`
	Model        string   `json:"model"`
	Version      string   `json:"sw_version"`
}

type entityOrigin struct {
	Name    string `json:"name"`
	Version string `json:"sw_version"`
}

// configs are the entities, each to be retained on its discovery topic.
func (a *Announcement) configs(b *Broker) []message {
	node := "entracte_" + b.Device
	var all []message
	add := func(component, object string, e entity) {
		e.UniqueID = node + "_" + object
		e.StateTopic, e.AvailabilityTopic = a.stateTopic(b), a.statusTopic(b)
		e.ValueTemplate = "{{ value_json." + object + " }}"
		e.Device = entityDevice{[]string{node}, "Entracte " + a.Name, "Entracte", "signage player", a.Version}
		e.Origin = entityOrigin{"Entracte", a.Version}
		payload, _ := json.Marshal(e) // strings only
		all = append(all, message{strings.Join([]string{discoveryPrefix, component, node, object, "config"}, "/"), string(payload)})
	}
	add("sensor", "hours", entity{Name: "Opening hours", DeviceClass: "enum", Options: []string{"open", "closed"}, Icon: "mdi:store-clock"})
	add("sensor", "campaigns", entity{Name: "Campaigns in the plan", EntityCategory: "diagnostic", Icon: "mdi:playlist-play"})
	add("binary_sensor", "problem", entity{
		Name: "Fault", DeviceClass: "problem", EntityCategory: "diagnostic",
		AttributesTopic: a.stateTopic(b), AttributesTemplate: "{{ {'faults': value_json.faults} | tojson }}",
	})
	return all
}
