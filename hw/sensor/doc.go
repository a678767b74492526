// Package sensor turns hardware into readings for hw/presence.
//
// It promises that what cannot be read is reported as unknown with a sentence
// that says why, never as low; that a missing or removed chip costs no CPU and
// is tried again; and that every goroutine ends soon after its context.
//
// A [GPIO] is one sensor on one pin. On the edge of the pin it reads the level
// and reports that: the kernel coalesces and drops edges, so an edge is only a
// reason to look. It looks every 250 ms in any case.
//
//	button := sensor.GPIO{Input: "counter button", Pin: "GPIO27", Pull: gpio.PullUp, ActiveLow: true}
//	go button.Watch(ctx, readings) // chan presence.Reading
//
// Debounce, hold and warm-up are hw/presence's affair; this package must know
// nothing of roles, states or opening hours. It reaches real pins only through
// periph's gpioioctl driver, never through package host, which would map the
// registers of boards it does not know.
package sensor
