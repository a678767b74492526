package config

import (
	"fmt"
	"slices"
	"strings"
)

// usedBy lists the keys that only some kinds of sensor have.
var usedBy = []struct {
	key   string
	kinds []Kind
}{
	{"pin", []Kind{GPIO}}, {"active", []Kind{GPIO, OnMQTT}}, {"pull", []Kind{GPIO}},
	{"port", []Kind{LD2410}}, {"baud", []Kind{LD2410}}, {"near_cm", []Kind{LD2410}}, {"far_cm", []Kind{LD2410}},
	{"sensitivity_moving", []Kind{LD2410}}, {"sensitivity_still", []Kind{LD2410}},
	{"topic", []Kind{OnMQTT}}, {"json_path", []Kind{OnMQTT}}, {"max_age", []Kind{OnMQTT}},
	{"true_values", []Kind{OnMQTT}}, {"false_values", []Kind{OnMQTT}}, {"availability_topic", []Kind{OnMQTT}},
}

func (c *checker) sensors(list []Sensor) []Sensor {
	for i := range list {
		s := &list[i]
		at := fmt.Sprintf("sensor[%d]", i)
		c.identity(at, s)
		c.keysOfKind(at, s)
		c.keysOfRole(at, s)
		c.defaultsOf(i, s)
		c.wiring(at, s)
		for j := range list[:i] {
			c.apart(at, s, &list[j])
		}
	}
	return list
}

func (c *checker) identity(at string, s *Sensor) {
	c.Missing(at+".name", "this sensor has no name", `add name = "…", a word for the person who looks for it`)
	c.Missing(at+".role", "the sensor has no role", `add role = "presence", "service" or "pause"`)
	c.Missing(at+".kind", "the sensor has no kind", `add kind = "gpio", "ld2410", "mqtt", "signal" or "key"`)
	if c.Has(at+".name") && (s.Name == "" || strings.TrimSpace(s.Name) != s.Name) {
		c.Fault(at+".name", fmt.Sprintf("name is %q", s.Name), "write a name that does not begin or end with a space")
	}
}

// keysOfKind refuses what the kind has not, and asks for what it needs.
func (c *checker) keysOfKind(at string, s *Sensor) {
	if s.Kind == "" {
		return
	}
	for _, k := range usedBy {
		if !c.Has(at+"."+k.key) || slices.Contains(k.kinds, s.Kind) {
			continue
		}
		c.Fault(at+"."+k.key, fmt.Sprintf("kind %q has no %s", s.Kind, k.key), fmt.Sprintf("remove %q, or set kind = %q", k.key, k.kinds[0]))
	}
	switch s.Kind {
	case GPIO:
		c.Missing(at+".pin", "no pin is given", `add pin = "GPIO17", the one the sensor is wired to`)
	case OnMQTT:
		c.Missing(at+".topic", "no topic is given", `add topic = "zigbee2mqtt/door", the one the sensor reports on`)
	}
}

// keysOfRole refuses what the role and mode have not.
func (c *checker) keysOfRole(at string, s *Sensor) {
	if s.Role == "" {
		return
	}
	if c.Has(at+".mode") && s.Role != RoleService {
		c.Fault(at+".mode", fmt.Sprintf("role %q has no mode", s.Role), `remove "mode", or set role = "service"`)
	}
	if c.Has(at+".on_fault") && s.Role != RoleService {
		c.Fault(at+".on_fault", fmt.Sprintf("role %q has no on_fault", s.Role), `remove "on_fault"; [presence] on_sensor_loss speaks for presence`)
	}
	if c.Has(at+".lasts") && s.Role != RolePause && (s.Role != RoleService || s.Mode != ModePulse) {
		c.Fault(at+".lasts", `lasts is for mode "pulse" and role "pause"`, `remove "lasts", or set mode = "pulse"`)
	}
}

// wiring checks where the sensor is connected.
func (c *checker) wiring(at string, s *Sensor) {
	if s.Kind == GPIO && c.Has(at+".pin") && !pinName.MatchString(s.Pin) {
		c.Fault(at+".pin", fmt.Sprintf("pin %q is not a pin", s.Pin), pinHint(s.Pin))
	}
	if s.Kind == LD2410 {
		if s.NearCM >= s.FarCM {
			c.Fault(at+".near_cm", fmt.Sprintf("near_cm %d is not nearer than far_cm %d", s.NearCM, s.FarCM), "the zone begins at near_cm and ends at far_cm, both from the radar")
		}
		if !strings.HasPrefix(s.Port, "/dev/") {
			c.Fault(at+".port", fmt.Sprintf("port %q is not a serial port", s.Port), `write it like "/dev/ttyAMA2" or "/dev/ttyUSB0"`)
		}
		c.sensitivity(at+".sensitivity_moving", s.SensitivityMoving)
		c.sensitivity(at+".sensitivity_still", s.SensitivityStill)
	}
	if s.Kind == OnMQTT {
		c.subscription(at, s)
	}
}

// subscription checks what a sensor on the broker is read from, and how.
func (c *checker) subscription(at string, s *Sensor) {
	for _, t := range [][2]string{{"topic", s.Topic}, {"availability_topic", s.AvailabilityTopic}} {
		if c.Has(at+"."+t[0]) && (t[1] == "" || strings.ContainsAny(t[1], "+#\x00")) {
			c.Fault(at+"."+t[0], fmt.Sprintf("%s %q is not one topic", t[0], t[1]), "write the full topic of this sensor, without + and #")
		}
	}
	if c.Has(at+".json_path") && slices.Contains(strings.Split(s.JSONPath, "."), "") {
		c.Fault(at+".json_path", fmt.Sprintf("json_path %q has an empty step", s.JSONPath), `write keys joined by dots, like "occupancy" or "sensor.0.state"`)
	}
	c.answers(at, s)
}

// answers checks the words for yes and no.
func (c *checker) answers(at string, s *Sensor) {
	yes, no := c.Has(at+".true_values"), c.Has(at+".false_values")
	switch {
	case no && len(s.FalseValues) > 0 && len(s.TrueValues) == 0:
		c.Fault(at+".false_values", "false_values stands without true_values", `add true_values = ["…"], the words for yes`)
	case yes && len(s.TrueValues) > 0 && len(s.FalseValues) == 0 && !s.Pressed():
		c.Fault(at+".true_values", "true_values stands without false_values, so this sensor could never say no", `add false_values = ["…"], the words for no`)
	}
	for i, w := range append(slices.Clone(s.TrueValues), s.FalseValues...) {
		key := at + ".true_values"
		if i >= len(s.TrueValues) {
			key = at + ".false_values"
		}
		if strings.TrimSpace(w) != w || w == "" {
			c.Fault(key, fmt.Sprintf("%q can never be said", w), "write the word without spaces around it")
		} else if i >= len(s.TrueValues) && slices.ContainsFunc(s.TrueValues, func(t string) bool { return strings.EqualFold(t, w) }) {
			c.Fault(key, fmt.Sprintf("%q is a word for yes and for no", w), "remove it from one of the two lists")
		}
	}
}

// sensitivity asks for one value for each gate of a radar.
func (c *checker) sensitivity(key string, gates []int) {
	if c.Has(key) && len(gates) != radarGates {
		c.Fault(key, fmt.Sprintf("%d sensitivities are given", len(gates)), fmt.Sprintf("give one for each of the %d gates of 75 cm, the nearest first, or remove the line", radarGates))
	}
}

// apart refuses two sensors that cannot be told apart or share a connection.
func (c *checker) apart(at string, s, other *Sensor) {
	if s.Name != "" && s.Name == other.Name {
		c.Fault(at+".name", "another sensor has this name", "give each sensor a name of its own")
	}
	if s.Kind == GPIO && other.Kind == GPIO && s.Pin != "" && s.Pin == other.Pin {
		c.Fault(at+".pin", fmt.Sprintf("pin %s is used by sensor %q already", s.Pin, other.Name), "wire one of the two to another pin")
	}
	if s.Kind == LD2410 && other.Kind == LD2410 && s.Port == other.Port {
		c.Fault(at+".port", fmt.Sprintf("port %s is used by sensor %q already", s.Port, other.Name), "each radar needs a serial port of its own")
	}
}
