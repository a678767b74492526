// Package radar reads an HLK-LD2410, LD2410B or LD2410C: a radar module that
// tells, ten times a second by a serial line, how far away somebody moves and
// how far away somebody is still.
//
// It promises that a frame is found whatever garbage surrounds it; that only a
// target inside the zone counts; that a still target is marked as such, so that
// hw/presence lets it sustain presence but not start it; that what cannot be
// read, a silent module included, is reported as unknown with a sentence that
// says why, never as nobody; and that the module's flash memory is written only
// where it differs from what is asked for, a few times in a run at most.
//
//	bench := &radar.Radar{Input: "bench", Port: "/dev/ttyAMA2", NearCM: 40, FarCM: 250}
//	go bench.Watch(ctx, readings) // chan presence.Reading
//
// Moving, still or nobody in the zone is all that leaves this package. No
// distance, no energy and no track of a person is stored, logged or sent
// anywhere; the distances of the last frame are kept in memory until the next
// one, for [Radar.Latest], by which a technician aligns the module.
//
// It must know nothing of roles, states or opening hours: debounce, hold and
// warm-up are hw/presence's affair.
//
// The protocol is Hi-Link's "LD2410C serial communication protocol" V1.00: all
// numbers are little endian, and header, length and tail are the only checks.
//
//	report   F4 F3 F2 F1 | length, 2 bytes | body | F8 F7 F6 F5
//	command  FD FC FB FA | length, 2 bytes | word, 2 bytes | value | 04 03 02 01
//	answer   FD FC FB FA | length, 2 bytes | word + 0100, 2 bytes | status, 2 bytes, 0 is well | value | 04 03 02 01
//
//	body     kind: 02, or 01 with energies of each gate | AA |
//	         state: 1 moving, 2 still, 3 both, 0 nobody |
//	         moving cm, 2 bytes | its energy | still cm, 2 bytes | its energy | nearest cm, 2 bytes |
//	         kind 01: 22 bytes more | 55 00
package radar
