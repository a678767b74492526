// Package mqtt reads sensors that report to an MQTT broker, and tells the broker
// of this screen what anyone may know.
//
// It promises that what nobody vouches for is unknown, never low: a payload that
// says so or makes no sense, a device or bridge that its availability topic
// calls offline, a topic that may not be read, a broker that gave no sign of
// life for 10 s, and a stored value of which nothing tells how old it is. Such a
// retained value counts only while an availability topic says that its device is
// online, and a retained press never does. Each comes with a sentence and a hint.
// Nothing waits for the broker: [Connection.Run] ends with its context and
// reconnects until then, after pauses that depend on the device alone.
//
//	c := mqtt.Connection{
//		Broker: mqtt.Broker{Address: "mqtt://192.168.1.10", Device: "shop-17"},
//		Inputs: []mqtt.Input{{Name: "door", Topic: "zigbee2mqtt/door"}},
//	}
//	go c.Run(ctx, readings) // {"occupancy": true} on the topic: door is high
//
// Topics of zigbee2mqtt, ESPHome and Home Assistant need no more than that;
// others are described by a path into their JSON and their words for yes and no.
//
// # What is announced
//
// Home Assistant and whoever else reads the broker can keep what it says for
// years, beside the time. So the announcement must be such that nobody could tell
// from it when a customer, or anybody, was there. What the screen does is of no
// use for that: the presence state says it outright; what is on the glass, the
// number of plays and the time of the last one change only while somebody waits;
// screen power follows the last customer by minutes; a pause is a press by
// somebody, and most likely for a customer; and of the faults, "stuck on", "service
// for too long", "no reading for 2h" and a film that fails when it is shown all
// are observations of people. None of these may be published, as text or as a
// count.
//
// What remains is what would be the same in a shop that nobody ever enters:
//
//   - that the player runs (its last will says when it stops),
//   - whether the venue is open by the hours in its config,
//   - how many campaigns the plan in force has,
//   - faults of the machine: a pin that cannot be read, a clock that cannot be
//     trusted,
//   - the venue's name and the version.
//
// [Facts] has no room for more, and is asked for by the minute, not on an event.
// Sensors that come over the broker are left out of the faults: an unknown one
// becomes known with the next movement, and the broker has them anyway. So are
// radars, which can go blind to an echo of the last person.
//
// What no announcement can hide: that the device has power, and, on a broker that
// others share, the messages of the sensors themselves.
//
// The package must not know roles, states, ads or the screen. Debounce, hold and
// max_age are hw/presence's affair, which is why each live message is reported
// even if it says the same as the last.
package mqtt
