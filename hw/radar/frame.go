package radar

import "encoding/binary"

const (
	reportHead = 0xF4F3F2F1
	answerHead = 0xFDFCFBFA
	reportTail = 0xF8F7F6F5
	answerTail = 0x04030201
)

// Body lengths. The module's buffer for commands and answers is 64 bytes.
const (
	plainReport       = 13
	engineeringReport = 35
	shortestAnswer    = 4
	longestAnswer     = 64
)

// A decoder finds frames in a stream of bytes.
//
// A header always begins a frame, also inside of another, which then was cut
// short: no report or answer that we ask for can contain one, since energies end
// at 100 and distances below 0xF000. So whatever came before, a whole frame is
// found.
type decoder struct {
	last uint32 // the last four bytes
	head uint32 // of the frame that is being read, 0 between frames
	got  [2 + longestAnswer + 4]byte
	n    int // bytes of the frame after its header
}

// take takes a byte. If it ends a frame, its header and body are returned; the
// body is valid until the next call.
func (d *decoder) take(b byte) (head uint32, body []byte) {
	d.last = d.last<<8 | uint32(b)
	if d.last == reportHead || d.last == answerHead {
		d.head, d.n = d.last, 0
		return 0, nil
	}
	if d.head == 0 {
		return 0, nil
	}
	d.got[d.n] = b
	d.n++
	if d.n < 2 {
		return 0, nil
	}
	size := int(binary.LittleEndian.Uint16(d.got[:]))
	if !plausible(d.head, size) {
		d.head = 0
		return 0, nil
	}
	if d.n < 2+size+4 {
		return 0, nil
	}
	head, d.head = d.head, 0
	if head == reportHead && d.last != reportTail || head == answerHead && d.last != answerTail {
		return 0, nil
	}
	return head, d.got[2 : 2+size]
}

func plausible(head uint32, size int) bool {
	if head == reportHead {
		return size == plainReport || size == engineeringReport
	}
	return size >= shortestAnswer && size <= longestAnswer
}

// An Echo is what one report says, in cm from the module. A distance means
// something only where its kind of target is there; 0 is none.
type Echo struct {
	Moving, Still     bool
	MovingCM, StillCM int
}

// parseReport reads the body of a report. The energies, of the targets and of
// the gates, are not even looked at.
func parseReport(body []byte) (Echo, bool) {
	n := len(body)
	if n != plainReport && n != engineeringReport {
		return Echo{}, false
	}
	kind := byte(2)
	if n == engineeringReport {
		kind = 1
	}
	state := body[2]
	if body[0] != kind || body[1] != 0xAA || state > 3 || body[n-2] != 0x55 || body[n-1] != 0 {
		return Echo{}, false
	}
	return Echo{
		Moving: state&1 != 0, MovingCM: int(binary.LittleEndian.Uint16(body[3:])),
		Still: state&2 != 0, StillCM: int(binary.LittleEndian.Uint16(body[6:])),
	}, true
}

// ghost reports a target that is at no distance: modules repeat a stale energy
// like that, long after the room is empty (esphome issue 17622).
func (e Echo) ghost() bool {
	return (e.Moving || e.Still) && e.MovingCM == 0 && e.StillCM == 0
}

// within says what of it is between near and far, both included. A moving
// target without a distance is nowhere, for motion starts a show. A still one
// without a distance is at 0: the protocol's own example of somebody close by.
func (e Echo) within(near, far int) (moving, still bool) {
	moving = e.Moving && e.MovingCM > 0 && e.MovingCM >= near && e.MovingCM <= far
	still = e.Still && e.StillCM >= near && e.StillCM <= far
	return moving, still
}
