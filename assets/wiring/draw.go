//go:build ignore

// Draws the wiring pictures of the README. Run it in this folder after a change
// and look at all four:
//
//	go run draw.go pages.go
//
// Names and places of the pins come from package hw/sensor, so that a picture
// cannot show another pin than the player reads. Nothing else needs it.
package main

import (
	"fmt"
	"html"
	"log"
	"os"
	"strings"

	"entracte/hw/sensor"
)

const (
	width, height = 920, 720
	firstY, pitch = 112, 24
	chipWide      = 100
	leftBox       = 24
	boxWide       = 176
	rightBox      = width - leftBox - boxWide
)

// Where the header is: its two rows, and the left edges of the chips that name a
// pin.
var oddX, evenX, oddChip, evenChip int

func moveHeader(x int) { oddX, evenX, oddChip, evenChip = x, x+24, x-124, x+64 }

// A wire is drawn in a colour and in a dash, for those who do not tell colours
// apart and for printers.
// line is what a serial port calls the pin.
type wire struct{ colour, dash, width, means, line string }

var (
	fiveVolt  = &wire{"#b91c1c", "", "6", "5 V", ""}
	threeVolt = &wire{"#b45309", "", "2.5", "3.3 V", ""}
	ground    = &wire{"#1f2937", "9 6", "4", "ground", ""}
	signal    = &wire{"#1d4ed8", "0.1 8", "5", "signal, 3.3 V", ""}
	toPi      = &wire{"#1d4ed8", "0.1 8", "5", "data to the Pi, 3.3 V", " RXD"}
	fromPi    = &wire{"#047857", "16 6 0.1 6", "4", "data from the Pi, 3.3 V", " TXD"}
	free      *wire
)

// A terminal is what a device has to be wired by, and the header pin it goes to.
type terminal struct {
	label string
	wire  *wire
	pin   int
}

// A device is what is wired, left or right of the header.
type device struct {
	right     bool
	y         int
	name, sub string
	glyph     string
	terminals []terminal
	notes     []string
}

// A page is one picture.
type page struct {
	file, title, alt string
	devices          []device
	// header is where its odd row is, and aside what is said beside the board.
	header int
	aside  []string
}

func main() {
	for _, p := range pages {
		if err := os.WriteFile(p.file+".svg", []byte(p.draw()), 0o644); err != nil {
			log.Fatal(err)
		}
	}
}

// pinName is what the pin of the 40-pin header carries. Source of power and
// ground: "GPIO and the 40-pin header", Raspberry Pi documentation.
func pinName(pin int) string {
	switch pin {
	case 1, 17:
		return "3.3 V"
	case 2, 4:
		return "5 V"
	}
	for n := range 28 {
		if name := fmt.Sprintf("GPIO%d", n); sensor.HeaderPin(name) == pin {
			return name
		}
	}
	return "ground"
}

// A sketch collects the lines of a picture.
type sketch struct{ strings.Builder }

func (s *sketch) add(format string, args ...any) { fmt.Fprintf(s, format+"\n", args...) }

func (s *sketch) text(x, y, size int, more, words string) {
	s.add(`<text x="%d" y="%d" font-size="%d" %s>%s</text>`, x, y, size, more, html.EscapeString(words))
}

func (p *page) draw() string {
	s := &sketch{}
	moveHeader(p.header)
	s.add(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img" font-family="'DejaVu Sans', Verdana, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif" fill="#111827">`, width, height, width, height)
	s.add(`<title>%s</title><desc>%s</desc>`, html.EscapeString(p.title), html.EscapeString(p.alt))
	s.add(`<rect width="%d" height="%d" rx="12" fill="#fbfaf7"/>`, width, height)
	s.text(leftBox, 40, 22, `font-weight="bold"`, p.title)
	used := map[int]*wire{}
	for _, d := range p.devices {
		for _, t := range d.terminals {
			if t.wire != free {
				used[t.pin] = t.wire
			}
		}
	}
	s.board(used)
	for _, d := range p.devices {
		s.device(&d)
	}
	for pin := 1; pin <= 40; pin++ {
		if w := used[pin]; w != nil {
			s.chip(pin, w)
		}
	}
	for i, line := range p.aside {
		s.text(oddX+90, 440+19*i, 13, "", line)
	}
	s.legend(p.devices)
	s.warning()
	s.add(`</svg>`)
	return s.String()
}

// board is the edge of the Pi with its header, seen from above with the SD card
// at the top: odd pins towards the middle, even ones at the edge.
func (s *sketch) board(used map[int]*wire) {
	bottom := firstY + 19*pitch
	s.add(`<rect x="%d" y="64" width="186" height="%d" rx="8" fill="#dcebdc" stroke="#5f8f6a" stroke-width="1.5"/>`, oddX-138, bottom-64+48)
	s.text(oddX-45, 82, 12, `text-anchor="middle" fill="#33553c"`, "Raspberry Pi · SD card end ↑")
	s.text(oddX-45, bottom+38, 12, `text-anchor="middle" fill="#33553c"`, "USB sockets end ↓")
	s.add(`<rect x="%d" y="%d" width="56" height="%d" rx="4" fill="#374151"/>`, oddX-16, firstY-16, 19*pitch+32)
	for pin := 1; pin <= 40; pin++ {
		x, y := place(pin)
		fill, radius := "#9ca3af", 4
		if used[pin] != nil {
			fill, radius = "#ffffff", 8
		}
		if pin == 1 {
			s.add(`<rect x="%d" y="%d" width="16" height="16" fill="%s" stroke="#facc15" stroke-width="3"/>`, x-8, y-8, fill)
			continue
		}
		s.add(`<circle cx="%d" cy="%d" r="%d" fill="%s"/>`, x, y, radius, fill)
	}
	if used[1] == nil {
		s.text(oddX-24, firstY+5, 13, `text-anchor="end" font-weight="bold"`, "pin 1 ▸")
	} else {
		s.text(oddChip, firstY-14, 11, `font-weight="bold"`, "pin 1 (square)")
	}
	if used[39] == nil {
		s.text(oddX-24, bottom+5, 11, `text-anchor="end" fill="#33553c"`, "39")
	}
	s.text(evenX+30, bottom+5, 11, `fill="#4b5563"`, "40")
	if used[2] == nil {
		s.text(evenX+30, firstY+5, 11, `fill="#4b5563"`, "2")
	}
}

func place(pin int) (x, y int) {
	y = firstY + (pin-1)/2*pitch
	if pin%2 == 1 {
		return oddX, y
	}
	return evenX, y
}

// chip names a pin that is used, beside it.
func (s *sketch) chip(pin int, w *wire) {
	x, y := place(pin)
	left, edge := oddChip, oddChip+chipWide
	if pin%2 == 0 {
		left, edge = evenChip, evenChip
	}
	s.add(`<path d="M%d %d H%d" stroke="%s" stroke-width="2"/>`, edge, y, x+sign(edge-x)*8, w.colour)
	s.add(`<rect x="%d" y="%d" width="%d" height="20" rx="4" fill="#fff" stroke="%s" stroke-width="1.5"/>`, left, y-10, chip(w), w.colour)
	s.add(`<text x="%d" y="%d" font-size="13"><tspan font-weight="bold">%d</tspan><tspan dx="7">%s</tspan></text>`, left+8, y+5, pin, pinName(pin)+w.line)
}

// chip is how wide the name of a pin with such a wire is.
func chip(w *wire) int { return chipWide + 9*len(w.line) }

func sign(n int) int {
	if n < 0 {
		return -1
	}
	return 1
}

func (s *sketch) device(d *device) {
	x, edge, out := leftBox, leftBox+boxWide, 1
	if d.right {
		x, edge, out = rightBox, rightBox, -1
	}
	deep := 66 + 34*len(d.terminals)
	for i, t := range d.terminals {
		if t.wire == free {
			continue
		}
		_, y := place(t.pin)
		to := oddChip
		if t.pin%2 == 0 {
			to = evenChip + chip(t.wire)
		}
		s.wire(t.wire, edge+out*6, d.y+76+34*i, to, y)
	}
	s.add(`<rect x="%d" y="%d" width="%d" height="%d" rx="8" fill="#fff" stroke="#374151" stroke-width="1.5"/>`, x, d.y, boxWide, deep)
	s.text(x+12, d.y+25, 16, `font-weight="bold"`, d.name)
	s.text(x+12, d.y+43, 12, `fill="#374151"`, d.sub)
	middle := x + 52
	anchor, at := "end", edge-16
	if d.right {
		middle, anchor, at = x+boxWide-52, "start", edge+16
	}
	s.add(`<g transform="translate(%d %d)" fill="none" stroke="#374151" stroke-width="2">%s</g>`, middle, d.y+60+17*len(d.terminals), d.glyph)
	for i, t := range d.terminals {
		y, colour := d.y+76+34*i, "#9ca3af"
		if t.wire != free {
			colour = t.wire.colour
		}
		s.add(`<rect x="%d" y="%d" width="12" height="12" fill="%s"/>`, edge-6, y-6, colour)
		s.text(at, y+5, 14, fmt.Sprintf(`font-weight="bold" text-anchor="%s"`, anchor), t.label)
	}
	for i, line := range d.notes {
		if d.right {
			s.text(rightBox+boxWide, d.y+deep+24+19*i, 13, `text-anchor="end"`, line)
			continue
		}
		s.text(x, d.y+deep+24+19*i, 13, "", line)
	}
}

// wire runs from a device to a chip. The one that crosses another interrupts it,
// so that the crossing is not taken for a joint.
func (s *sketch) wire(w *wire, x1, y1, x2, y2 int) {
	half := (x1 + x2) / 2
	path := fmt.Sprintf("M%d %d C%d %d %d %d %d %d", x1, y1, half, y1, half, y2, x2, y2)
	if w == fromPi {
		s.add(`<path d="%s" fill="none" stroke="#fbfaf7" stroke-width="10"/>`, path)
	}
	s.add(`<path d="%s" fill="none" stroke="%s" stroke-width="%s" stroke-dasharray="%s" stroke-linecap="round"/>`, path, w.colour, w.width, w.dashes())
}

func (w *wire) dashes() string {
	if w.dash == "" {
		return "none"
	}
	return w.dash
}

func (s *sketch) legend(devices []device) {
	x, shown := leftBox, map[*wire]bool{}
	for _, d := range devices {
		for _, t := range d.terminals {
			if t.wire == free || shown[t.wire] {
				continue
			}
			shown[t.wire] = true
			s.add(`<path d="M%d 650 h56" stroke="%s" stroke-width="%s" stroke-dasharray="%s" stroke-linecap="round"/>`, x+4, t.wire.colour, t.wire.width, t.wire.dashes())
			s.text(x+70, 655, 13, "", t.wire.means)
			x += 96 + 9*len(t.wire.means)
		}
	}
}

func (s *sketch) warning() {
	s.add(`<rect x="%d" y="672" width="%d" height="34" rx="6" fill="#fde68a" stroke="#92400e"/>`, leftBox, width-2*leftBox)
	s.add(`<path d="M46 680 l11 19 h-22 z" fill="#92400e"/><text x="46" y="697" font-size="13" font-weight="bold" fill="#fff" text-anchor="middle">!</text>`)
	s.add(`<text x="68" y="694" font-size="14"><tspan font-weight="bold">Never 5 V on a GPIO.</tspan><tspan dx="6">A GPIO takes 3.3 V at most; 5 V destroys the Pi. Wire with the power off.</tspan></text>`)
}
