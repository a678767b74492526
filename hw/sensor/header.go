package sensor

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// ErrNoChip is wrapped by errors that say that this machine has no pins at all,
// as opposed to pins that cannot be used.
var ErrNoChip = errors.New("no GPIO chip")

// header is the 40-pin header of every Raspberry Pi since the B+: the line
// number at header pin i+1, -1 where there is power or ground.
// Source: "GPIO and the 40-pin header", Raspberry Pi documentation.
var header = [40]int{
	-1, -1, // 3V3, 5V
	2, -1,
	3, -1,
	4, 14,
	-1, 15,
	17, 18,
	27, -1,
	22, 23,
	-1, 24,
	10, -1,
	9, 25,
	11, 8,
	-1, 7,
	0, 1,
	5, -1,
	6, 12,
	13, -1,
	19, 16,
	26, 20,
	-1, 21,
}

// where names a line as whoever holds the cable counts.
func where(name string) string {
	if pin := HeaderPin(name); pin > 0 {
		return fmt.Sprintf("%s (header pin %d)", name, pin)
	}
	return name
}

// HeaderPin returns where on the 40-pin header of a Raspberry Pi a line such as
// "GPIO17" is: 1 to 40, odd numbers on the row next to the board's middle. It
// is 0 for a line that is not on the header.
func HeaderPin(name string) int {
	digits, ok := strings.CutPrefix(name, "GPIO")
	n, err := strconv.Atoi(digits)
	if !ok || err != nil || n < 0 || strconv.Itoa(n) != digits {
		return 0
	}
	return slices.Index(header[:], n) + 1
}
