package board

import (
	"fmt"
	"path"
	"strconv"
	"time"
)

func (m *Machine) model() (Health, bool) {
	name, ok := m.text("/proc/device-tree/model")
	if !ok {
		return Health{}, false
	}
	return Health{What: "board", French: Sentence{Fact: name}, English: Sentence{Fact: name}}, true
}

// Bits of the firmware's word about throttling
// (raspberrypi.com/documentation/computers/os.html#get_throttled).
const (
	bitUnderVoltage = 1 << 0
	bitCapped       = 1 << 1
	bitThrottled    = 1 << 2
	bitSoftLimit    = 1 << 3
	bitWasLow       = 1 << 16
)

// throttled returns the firmware's word as Raspberry Pi's own kernel knows it, in
// hexadecimal without a prefix; mainline kernels have no such file.
func (m *Machine) throttled() (word uint64, ok bool) {
	for _, pattern := range []string{"/sys/devices/platform/soc*/*firmware*/get_throttled", "/sys/devices/platform/*firmware*/get_throttled"} {
		for _, name := range m.glob(pattern) {
			if s, has := m.text(name); has {
				word, err := strconv.ParseUint(s, 16, 32)
				return word, err == nil
			}
		}
	}
	return 0, false
}

// underVoltage asks whether the supply is too low, or was in the last 2 s: the
// driver raspberrypi-hwmon, else the word of the firmware. known is false where
// neither is there.
func (m *Machine) underVoltage() (low, known bool) {
	for _, name := range m.glob("/sys/class/hwmon/hwmon*/name") {
		if driver, _ := m.text(name); driver == "rpi_volt" {
			n, ok := m.number(path.Join(path.Dir(name), "in0_lcrit_alarm"))
			return n != 0, ok
		}
	}
	word, ok := m.throttled()
	return word&(bitUnderVoltage|bitWasLow) != 0, ok
}

// dips remember what was seen of the supply voltage.
type dips struct {
	known bool
	low   bool
	count int       // how often it fell, since the program started
	last  time.Time // when it was low last
}

// dipFor is how long a dip asks for attention: a day of the shop's, evening
// included.
const dipFor = 24 * time.Hour

func (d *dips) look(ask func() (low, known bool), now time.Time) {
	low, known := ask()
	if known && low {
		if !d.low {
			d.count++
		}
		d.last = now
	}
	d.low, d.known = low, known
}

func (m *Machine) power(now time.Time) (Health, bool) {
	d := m.dips
	h := Health{What: "power", Figures: []Figure{{"entracte_undervoltage_dips_total", float64(d.count)}}}
	const remedyFR = "prenez l'alimentation officielle de ce modèle et un câble court et épais"
	const remedyEN = "use the official supply of this model, with a short, thick cable"
	switch {
	case !d.known:
		return h, false
	case d.low:
		h.Level = Bad
		h.French = Sentence{"la tension d'alimentation est trop basse : la machine ralentit et peut redémarrer", remedyFR}
		h.English = Sentence{"the supply voltage is too low: the machine slows down and may restart", remedyEN}
	case d.count > 0 && now.Sub(d.last) < dipFor:
		h.Level = Attention
		h.French = Sentence{fmt.Sprintf("la tension d'alimentation est tombée trop bas depuis le démarrage du lecteur (nombre de fois : %d)", d.count), remedyFR}
		h.English = Sentence{fmt.Sprintf("the supply voltage fell too low since the player started (times: %d)", d.count), remedyEN}
	default:
		h.French = Sentence{Fact: "la tension d'alimentation est bonne"}
		h.English = Sentence{Fact: "the supply voltage is good"}
	}
	return h, true
}

func (m *Machine) throttling() (Health, bool) {
	word, ok := m.throttled()
	if !ok {
		return Health{}, false
	}
	h := Health{What: "throttling", Figures: []Figure{{"entracte_throttled", 0}}}
	switch {
	case word&(bitCapped|bitThrottled|bitSoftLimit) == 0:
		h.French = Sentence{Fact: "le processeur tourne à pleine vitesse"}
		h.English = Sentence{Fact: "the processor runs at full speed"}
		return h, true
	case word&bitUnderVoltage != 0:
		h.French = Sentence{"le processeur est freiné, car la tension est trop basse", "changez d'abord l'alimentation"}
		h.English = Sentence{"the processor is held back because the voltage is too low", "change the supply first"}
	default:
		h.French = Sentence{"le processeur est freiné, car il est trop chaud : les films peuvent saccader", coolFR}
		h.English = Sentence{"the processor is held back because it is too hot: films may stutter", coolEN}
	}
	h.Level, h.Figures[0].Value = Attention, 1
	return h, true
}

const (
	coolFR = "donnez de l'air au boîtier, ou ajoutez un radiateur ou un ventilateur"
	coolEN = "give the case some air, or fit a heat sink or a fan"

	// A Pi slows down from 80 °C on, and most at 85 °C
	// (raspberrypi.com/documentation/computers/raspberry-pi.html#frequency-management-and-thermal-control).
	warm = 80.0
	hot  = 85.0
)

// temperature is that of the hottest zone.
func (m *Machine) temperature() (Health, bool) {
	found, celsius := false, 0.0
	for _, name := range m.glob("/sys/class/thermal/thermal_zone*/temp") {
		n, ok := m.number(name) // in thousandths of a degree Celsius
		if c := float64(n) / 1000; ok && c > -50 && c < 200 && (!found || c > celsius) {
			found, celsius = true, c
		}
	}
	if !found {
		return Health{}, false
	}
	h := Health{What: "temperature", Figures: []Figure{{"entracte_temperature_celsius", celsius}},
		French: Sentence{Fact: fmt.Sprintf("%.0f °C", celsius)}, English: Sentence{Fact: fmt.Sprintf("%.0f °C", celsius)}}
	switch {
	case celsius >= hot:
		h.Level = Bad
		h.French = Sentence{fmt.Sprintf("%.0f °C : la machine ralentit fortement pour se protéger", celsius), coolFR}
		h.English = Sentence{fmt.Sprintf("%.0f °C: the machine slows down a lot to save itself", celsius), coolEN}
	case celsius >= warm:
		h.Level = Attention
		h.French = Sentence{fmt.Sprintf("%.0f °C : la machine commence à ralentir", celsius), coolFR}
		h.English = Sentence{fmt.Sprintf("%.0f °C: the machine begins to slow down", celsius), coolEN}
	}
	return h, true
}
