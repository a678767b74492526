//go:build ignore

package main

// The glyphs are drawn around 0,0 within 34 to each side.
const (
	dome   = `<circle r="30" fill="#f3f4f6"/><circle r="18"/><path d="M-30 0 H30 M0 -30 V30 M-21 -21 L21 21 M-21 21 L21 -21" stroke-width="1"/>`
	waves  = `<rect x="-30" y="-34" width="22" height="68" rx="3" fill="#f3f4f6"/><path d="M-19 -24 v12 M-19 -4 v12 M-19 16 v8 M0 -12 a18 18 0 0 1 0 24 M9 -22 a32 32 0 0 1 0 44 M18 -32 a46 46 0 0 1 0 64"/>`
	knob   = `<circle r="30" fill="#f3f4f6"/><circle r="19" fill="#d1d5db"/>`
	hatch  = `<rect x="-34" y="-24" width="68" height="48" rx="4" fill="#f3f4f6"/><path d="M-34 0 L-10 -24 M-26 22 L20 -24 M-2 24 L34 -12 M20 24 L34 10" stroke-width="1"/>`
	closed = `<circle cx="-26" cy="8" r="4" fill="#374151"/><circle cx="26" cy="8" r="4" fill="#374151"/><path d="M-26 8 L26 8"/><path d="M0 -26 v20 M-6 -12 l6 7 l6 -7" stroke-width="1.5"/>`
)

// Every terminal has pins of its own, so that all four pages fit on one Pi.
var pages = []page{
	{
		file: "pir", header: 440, title: "Motion sensor (PIR): somebody is there",
		alt: "AM312: VCC to header pin 1 (3.3 V), OUT to pin 11 (GPIO17), GND to pin 9. HC-SR501: VCC to pin 2 (5 V), OUT to pin 12 (GPIO18), GND to pin 14.",
		devices: []device{
			{y: 110, name: "AM312", sub: "runs on 3.3 V", glyph: dome,
				terminals: []terminal{{"VCC", threeVolt, 1}, {"GND", ground, 9}, {"OUT", signal, 11}},
				notes:     []string{"The order of the terminals differs", "from maker to maker: go by the", "names on the board.", "", "Keep it away from the Pi's", "Wi-Fi aerial and from sunlight."}},
			{right: true, y: 110, name: "or HC-SR501", sub: "runs on 5 V, OUT 3.3 V", glyph: dome,
				terminals: []terminal{{"VCC", fiveVolt, 2}, {"OUT", signal, 12}, {"GND", ground, 14}},
				notes:     []string{"The names are under the dome.", "", "Jumper on H (retrigger).", "Tx fully left: shortest pulse.", "", "Measure OUT before it goes to", "the Pi: 3.3 V, never more."}},
		},
	},
	{
		file: "radar", header: 250, title: "Radar HLK-LD2410: somebody is there, even standing still",
		alt: "VCC to header pin 4 (5 V), GND to pin 6, TX of the radar to pin 10 (GPIO15, RXD), RX of the radar to pin 8 (GPIO14, TXD). OUT stays free.",
		devices: []device{
			{right: true, y: 110, name: "LD2410, B or C", sub: "5 V, data at 3.3 V", glyph: waves,
				terminals: []terminal{{"VCC", fiveVolt, 4}, {"GND", ground, 6}, {"TX", toPi, 10}, {"RX", fromPi, 8}, {"OUT (free)", free, 0}},
				notes:     []string{"TX and RX cross:", "TX goes to pin 10 (the Pi's RXD),", "RX goes to pin 8 (the Pi's TXD).", "OUT stays free.", "", "The order of the terminals differs", "(LD2410, B, C): go by the names."}},
		},
		aside: []string{"Power: 5 V, 200 mA or more, by two wires", "of its own: nothing else on pins 4 and 6.", "", "Cable over 1 m, or false alarms: a 5 V", "supply of its own on VCC and GND, switched", "with the Pi's. GND still goes to pin 6;", "pin 4 stays free."},
	},
	{
		file: "button", header: 440, title: "Push buttons: service, and the owner's pause",
		alt: "Service button: NO to header pin 13 (GPIO27), C to pin 25 (ground), NC free. Pause button: NO to pin 16 (GPIO23), C to pin 20 (ground).",
		devices: []device{
			{y: 190, name: "Service button", sub: "momentary: press, press", glyph: knob,
				terminals: []terminal{{"NO", signal, 13}, {"C", ground, 25}, {"NC", free, 0}},
				notes:     []string{"Better, if it has NC: wire NC in", "place of NO. A cut cable then", "shows: pressed for ever.", "", "No voltage, no resistor: the Pi's", "own pull-up does it."}},
			{right: true, y: 190, name: "Pause button", sub: "10 minutes of quiet", glyph: knob,
				terminals: []terminal{{"NO", signal, 16}, {"C", ground, 20}},
				notes:     []string{"A button with four legs: take two", "that are diagonally opposite."}},
		},
	},
	{
		file: "mat", header: 440, title: "Pressure mat, or any dry contact: a customer is served",
		alt: "Pressure mat: one wire to header pin 15 (GPIO22), the other to pin 39 (ground). Contact that opens: one wire to pin 18 (GPIO24), the other to pin 34 (ground).",
		devices: []device{
			{y: 190, name: "Pressure mat", sub: "closes when trodden on", glyph: hatch,
				terminals: []terminal{{"A", signal, 15}, {"B", ground, 39}},
				notes:     []string{"Two wires, either way round.", "No voltage on the mat.", "", "Behind the counter, where", "whoever serves stands.", "No chair leg on it."}},
			{right: true, y: 190, name: "Contact (NC)", sub: "opens when in use", glyph: closed,
				terminals: []terminal{{"NC", signal, 18}, {"C", ground, 34}},
				notes:     []string{"A cash drawer, a gate, a relay.", "A cut cable reads as in use:", "the screen goes quiet.", "Dry contacts only: no voltage", "from the other machine."}},
		},
	},
}
