// Package sensor turns hardware into readings for hw/presence.
//
// It promises that what cannot be read is reported as unknown with a sentence
// that says why, never as low; that a missing or removed chip costs no CPU and
// is tried again; and that every goroutine ends soon after its context.
//
// A [GPIO] is one sensor on one pin. On the edge of the pin it reads the level
// and reports that: the kernel keeps 16 edges, drops the oldest and coalesces
// others, so an edge is only a reason to look. It looks again while the level is
// young, and every 250 ms in any case, and reports what it finds with the time of
// the look: whoever removes bounce must not believe what nobody has seen. An edge
// that was found in the queue says that the level was another one meanwhile, even
// if it is the same now; when that was does not matter, for the count begins anew.
//
//	button := sensor.GPIO{Input: "counter button", Pin: "GPIO27", Pull: gpio.PullUp, ActiveLow: true}
//	go button.Watch(ctx, readings) // chan presence.Reading
//
// Debounce, hold and warm-up are hw/presence's affair; this package must know
// nothing of roles, states or opening hours. It reaches real pins only through
// periph's gpioioctl driver, never through package host, which would map the
// registers of boards it does not know.
package sensor
