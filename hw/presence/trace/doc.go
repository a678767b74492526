// Package trace reads recorded days: what the sensors of a shop said, and beside
// it what its owner expects of the screen. A day is replayed through the real
// [presence.Machine]; where the two differ, the difference is named with its line.
//
// A day is a text file, NAME.trace. Lines that begin with #, and what follows " #"
// on a line, tell the story. First the shop, in the words of entracte.toml, and
// then the day, in order of time or not:
//
//	hours 09:30-12:30 14:00-19:00
//	presence off_after=5m serving_max=90m on_sensor_loss=show
//	sensor bench role=presence kind=gpio hold=15s
//	sensor "counter button" role=service kind=gpio mode=toggle
//
//	09:30:00      bench low                = empty
//	10:05:00      bench high               = waiting
//	10:05:40.250  "counter button" high    = serving
//	10:05:40.500  "counter button" low
//	10:12:00      bench fault GPIO17 cannot be read = serving fault bench
//	12:30:00      clock untrusted
//	13:00:00      end
//
// hours are those of the day in the form of [venue.hours], and hold for every
// day; without the line the shop is always open, and "hours closed" is a holiday.
// The line "presence" and every word after a sensor's kind may be left out: the
// defaults are the config's. Pins, polarity and topics have no place here, since a
// day begins after them: high means yes.
//
// Times are HH:MM:SS with up to three decimals, to 47:59:59, so that a night has
// one file. What can happen:
//
//	SENSOR high | low | press   the level, or a press without a level
//	SENSOR still                a radar's motionless target
//	SENSOR fault WORDS          it cannot be read, and why
//	owner press                 the owner pauses by the local API
//	clock untrusted | trusted   the clock loses or gains trust
//	end                         the day is over; it must be the last
//
// A radar repeats itself, so that its silence means something:
//
//	10:02:20 to 10:12:20 every 100ms radar still
//
// What is expected stands beside what happens, or alone after a time:
//
//	= STATE [paused] [fault SENSOR]...
//
// From that time on it is so, until the next such line says otherwise: the state,
// whether the screen is paused, and exactly which sensors have a fault. Whatever
// changes without a line is a difference, however short. Serving must come within
// 100 ms, everything else within a second. Before the first such line everything
// is allowed.
//
// The package must know nothing of people, hardware or the wall clock, and is
// used by tests only. A day recorded in a shop is made by hand from what its
// technician saw: the player itself never writes one.
//
//	day, err := trace.Parse("ring-sale.trace", text)
//	err = day.Replay() // ring-sale.trace:14: expected serving, it is waiting: …
package trace
