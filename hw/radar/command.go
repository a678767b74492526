package radar

import "encoding/binary"

// The commands that are used. Between enter and leave the module reports
// nothing; enter must come first.
const (
	wordReach       = 0x0060 // farthest gates, unmanned duration: written to flash
	wordSettings    = 0x0061 // read all of it
	wordPlain       = 0x0063 // no energies of each gate in the reports
	wordSensitivity = 0x0064 // of one gate: written to flash
	wordLeave       = 0x00FE
	wordEnter       = 0x00FF
)

const (
	// gateCM is how deep a gate is, as modules come.
	gateCM = 75
	gates  = 9
	// nearestReach and farthestReach bound the farthest gate.
	nearestReach  = 2
	farthestReach = gates - 1
	// firstStillGate: the module keeps its own sensitivity to still targets in
	// the gates before.
	firstStillGate = 2
	// unmanned is the module's own hold in seconds. It is as good as none, since
	// holding on is hw/presence's affair; 0 is allowed but never the maker's example.
	unmanned = 1
)

// A tuning is what the module keeps in its flash memory.
type tuning struct {
	movingReach, stillReach uint8 // the farthest gates
	unmanned                uint16
	moving, still           [gates]uint8 // the energy a target must have, by gate
}

// command returns the frame of a command.
func command(word uint16, value ...byte) []byte {
	f := binary.BigEndian.AppendUint32(nil, answerHead)
	f = binary.LittleEndian.AppendUint16(f, uint16(2+len(value)))
	f = binary.LittleEndian.AppendUint16(f, word)
	f = append(f, value...)
	return binary.BigEndian.AppendUint32(f, answerTail)
}

// three is the value of the two commands that write: each number after its
// index.
func three(numbers ...uint32) []byte {
	var v []byte
	for i, n := range numbers {
		v = binary.LittleEndian.AppendUint16(v, uint16(i))
		v = binary.LittleEndian.AppendUint32(v, n)
	}
	return v
}

// parseAnswer reads the body of an answer. The word is the command's.
func parseAnswer(body []byte) (word, status uint16, value []byte, ok bool) {
	if len(body) < shortestAnswer {
		return 0, 0, nil, false
	}
	word = binary.LittleEndian.Uint16(body)
	return word &^ 0x0100, binary.LittleEndian.Uint16(body[2:]), body[4:], word&0x0100 != 0
}

// parseTuning reads the value of the answer to wordSettings.
func parseTuning(v []byte) (t tuning, ok bool) {
	if len(v) != 4+2*gates+2 || v[0] != 0xAA || v[1] != gates-1 {
		return tuning{}, false
	}
	t.movingReach, t.stillReach = v[2], v[3]
	copy(t.moving[:], v[4:])
	copy(t.still[:], v[4+gates:])
	t.unmanned = binary.LittleEndian.Uint16(v[4+2*gates:])
	return t, true
}

// reach is the farthest gate a zone needs. Descriptions differ on whether gate n
// begins or ends at n times its depth; this one is enough for both, and what lies
// beyond the zone is left out by its distance anyway.
func reach(farCM int) uint8 {
	gate := (farCM + gateCM - 1) / gateCM
	return uint8(min(max(gate, nearestReach), farthestReach))
}

// wanted is what the module should keep, given what it has.
func (r *Radar) wanted(has tuning) tuning {
	t := has
	t.movingReach, t.stillReach, t.unmanned = reach(r.FarCM), reach(r.FarCM), unmanned
	for gate := range gates {
		if gate < len(r.Moving) {
			t.moving[gate] = percent(r.Moving[gate])
		}
		if gate < len(r.Still) && gate >= firstStillGate {
			t.still[gate] = percent(r.Still[gate])
		}
	}
	return t
}

func percent(n int) uint8 { return uint8(min(max(n, 0), 100)) }

// writes returns the commands that turn has into t.
func (t tuning) writes(has tuning) [][]byte {
	var all [][]byte
	if t.movingReach != has.movingReach || t.stillReach != has.stillReach || t.unmanned != has.unmanned {
		all = append(all, command(wordReach, three(uint32(t.movingReach), uint32(t.stillReach), uint32(t.unmanned))...))
	}
	for gate := range gates {
		if t.moving[gate] != has.moving[gate] || t.still[gate] != has.still[gate] {
			all = append(all, command(wordSensitivity, three(uint32(gate), uint32(t.moving[gate]), uint32(t.still[gate]))...))
		}
	}
	return all
}
