// Package presence answers one question: may the screen speak? It fuses the
// readings of a venue's sensors into a state and says when to ask again.
//
// It promises that an asserted service input leads to [Serving] from every
// state, at once; that what cannot be read is never taken for "nobody" or "no
// customer"; that no level is believed to have stood for longer than somebody
// looked, however long the process slept; that a fault never switches the screen off; and that the state
// depends only on what was observed and when, never on how often the machine
// was advanced.
//
//	from             event                                     to
//	any              a service input asserts                   serving
//	serving          all released for 2 s, 3 s in the state    waiting, empty or closed
//	empty, asleep    presence asserts                          waiting
//	waiting          presence gone past its hold               empty
//	empty            empty for OffAfter                        asleep
//	any but serving  closing time on a trusted clock           closed
//	closed           opening time, or the clock loses trust    waiting or empty
//	starting         every input read and settled, or 5 s      what the inputs say
//
// Serving is quiet in a closed venue too, but it lights no screen there, unless
// the customer came before closing time: see [Belief.AfterHours].
//
// An unknown service input whose OnFault is Quiet keeps the screen from
// waiting: where the inputs say waiting, the state is serving. It does not keep
// an empty venue awake or a closed one open, since those are quiet too.
//
// Presence is the OR of the inputs that can be believed. Motion starts it; a
// still radar target sustains it, for a quarter of an hour after the last
// motion. An input that is stuck on (8 h, or 30 min while closed) is left out
// until its next edge. While no input can be believed OnSensorLoss decides, until
// one has been sound for 30 s, so that a loose plug does not make the screen
// flicker.
//
// [Machine] is pure: no clock, no goroutine, no I/O. Times are durations since
// an arbitrary start, read from a monotonic clock, so that a corrected wall
// clock moves nothing here. [Watch] is the one goroutine that feeds it.
//
//	m := presence.New(presence.Config{Inputs: []presence.Input{bench, button}})
//	m.SetHours(0, true, true)
//	m.Observe(0, presence.Reading{Input: "bench", Level: presence.High})
//	m.Observe(0, presence.Reading{Input: "counter button", Level: presence.Low})
//	if d, ok := m.Deadline(); ok {
//		m.Advance(d) // 50 ms later the bench is believed
//	}
//	m.Belief().State // presence.Waiting
//
// It must not know pins, brokers, screens, ads or the date, and nothing it holds
// may be stored: transitions live in memory only. [Belief.Waited] is all that
// statistics are made of elsewhere, and those are counts.
package presence
