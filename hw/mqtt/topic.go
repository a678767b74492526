package mqtt

import "strings"

// zigbeeBase is the first level of zigbee2mqtt's topics, unless its
// configuration says otherwise.
const zigbeeBase = "zigbee2mqtt"

// Zigbee reports whether a topic is one of zigbee2mqtt's. Its motion sensors
// report in bursts and release after a minute or more: good for presence, too
// slow to tell that service began.
func Zigbee(topic string) bool { return strings.HasPrefix(topic, zigbeeBase+"/") }

// liveness returns where it is told whether the device behind a state topic is
// reachable, and whether the program that speaks for the device runs; "" where
// no convention says. The conventions:
//
//   - zigbee2mqtt, "MQTT Topics and Messages": FRIENDLY_NAME/availability if
//     availability is switched on, and bridge/state. A friendly name may have
//     slashes.
//   - ESPHome, "MQTT Client Component": <prefix>/<component>/<id>/state, and the
//     birth and last will on <prefix>/status. Home Assistant's statestream and
//     its own birth topic have the same shape.
func liveness(topic string) (device, bridge string) {
	if Zigbee(topic) {
		return topic + "/availability", zigbeeBase + "/bridge/state"
	}
	levels := strings.Split(topic, "/")
	n := len(levels)
	if n >= 4 && levels[n-1] == "state" && components[levels[n-3]] {
		return strings.Join(levels[:n-3], "/") + "/status", ""
	}
	return "", ""
}

// components are the kinds of entity, as ESPHome and Home Assistant name them,
// that can be a sensor here.
var components = map[string]bool{
	"binary_sensor": true, "sensor": true, "switch": true, "text_sensor": true,
	"input_boolean": true, "event": true, "button": true,
}
