package radar

import (
	"bytes"
	"encoding/binary"
	"io"
	"slices"
	"sync"
	"time"
)

// faraway is a deadline that no test reaches.
var faraway = time.Now().Add(24 * 365 * time.Hour)

// pieces is a port that gives a stream in pieces and then ends.
type pieces struct {
	Port
	rest []byte
	next func(most int) int
}

func (p *pieces) SetReadDeadline(time.Time) error { return nil }

func (p *pieces) Read(b []byte) (int, error) {
	if len(p.rest) == 0 {
		return 0, io.EOF
	}
	n := copy(b, p.rest[:p.next(len(p.rest))])
	p.rest = p.rest[n:]
	return n, nil
}

// A module is a fake LD2410. Everything under mu may be changed while it runs.
type module struct {
	mu     sync.Mutex
	tuning tuning
	echo   Echo
	gates  bool // engineering mode
	config bool // between enter and leave
	// What can be wrong with it.
	silent   bool
	garbage  bool
	mute     bool // answers no command
	stubborn bool // says yes and keeps its own
	deaf     bool // misses every other command
	strange  bool // has other gates
	chatty   bool // answers what was not asked
	slow     bool // reports 3 s after it left its command mode
	refuses  uint16

	asked []uint16 // the words of all commands
	left  time.Time
}

// factoryTuning is what the protocol description gives as factory settings.
func factoryTuning() tuning {
	return tuning{
		movingReach: 8, stillReach: 8, unmanned: 5,
		moving: [gates]uint8{50, 50, 40, 30, 20, 15, 15, 15, 15},
		still:  [gates]uint8{0, 0, 40, 40, 30, 30, 20, 20, 20},
	}
}

func newModule() *module { return &module{tuning: factoryTuning()} }

func (m *module) set(change func(*module)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	change(m)
}

// times counts how often a command came.
func (m *module) times(word uint16) (n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, w := range m.asked {
		if w == word {
			n++
		}
	}
	return n
}

// serve is the module at the other end of a wire, until that is cut.
func (m *module) serve(wire io.ReadWriteCloser) {
	answers, cut := make(chan []byte, 100), make(chan struct{})
	go func() {
		defer close(cut)
		var got []byte
		room := make([]byte, 100)
		for {
			n, err := wire.Read(room)
			if err != nil {
				return
			}
			var bodies [][]byte
			bodies, got = commandsIn(append(got, room[:n]...))
			for _, body := range bodies {
				if m.chatty {
					answers <- answer(0x00A0, 1)
				}
				if a := m.answer(body); a != nil {
					answers <- a
				}
			}
		}
	}()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		var frame []byte
		select {
		case <-cut:
			return
		case frame = <-answers:
		case <-tick.C:
			frame = m.report()
		}
		if frame == nil {
			continue
		}
		if _, err := wire.Write(frame); err != nil {
			wire.Close()
			<-cut
			return
		}
	}
}

// commandsIn splits off the bodies of whole commands.
func commandsIn(stream []byte) (bodies [][]byte, rest []byte) {
	for {
		i := bytes.Index(stream, []byte{0xFD, 0xFC, 0xFB, 0xFA})
		if i < 0 || len(stream) < i+6 {
			return bodies, stream
		}
		end := i + 6 + int(binary.LittleEndian.Uint16(stream[i+4:]))
		if len(stream) < end+4 {
			return bodies, stream
		}
		bodies = append(bodies, slices.Clone(stream[i+6:end]))
		stream = stream[end+4:]
	}
}

func (m *module) report() []byte {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case m.silent || m.config || m.slow && time.Since(m.left) < 3*time.Second:
		return nil
	case m.garbage:
		return bytes.Repeat([]byte{0xF4, 0xF3, 0x80, 0x1C}, 8)
	}
	return reportFrame(m.echo, m.gates)
}

// answer is what the module answers to the body of a command, and does.
func (m *module) answer(body []byte) []byte {
	m.mu.Lock()
	defer m.mu.Unlock()
	word := binary.LittleEndian.Uint16(body)
	m.asked = append(m.asked, word)
	if m.mute || m.silent || m.deaf && len(m.asked)%2 == 1 {
		return nil
	}
	if !m.config && word != wordEnter && word != wordLeave || word == m.refuses {
		return answer(word, 1)
	}
	number := func(i int) uint32 { return binary.LittleEndian.Uint32(body[2+6*i+2:]) }
	t := &m.tuning
	if m.stubborn {
		t = new(tuning)
	}
	switch word {
	case wordEnter:
		m.config = true
		return answer(word, 0, 1, 0, 0x40, 0)
	case wordLeave:
		m.config, m.left = false, time.Now()
	case wordPlain:
		m.gates = false
	case wordReach:
		t.movingReach, t.stillReach, t.unmanned = uint8(number(0)), uint8(number(1)), uint16(number(2))
	case wordSensitivity:
		gate := number(0)
		t.moving[gate] = uint8(number(1))
		if gate >= 2 {
			t.still[gate] = uint8(number(2))
		}
	case wordSettings:
		v := append([]byte{0xAA, 8, m.tuning.movingReach, m.tuning.stillReach}, m.tuning.moving[:]...)
		v = append(v, m.tuning.still[:]...)
		if m.strange {
			v[1] = 15
		}
		return answer(word, 0, binary.LittleEndian.AppendUint16(v, m.tuning.unmanned)...)
	}
	return answer(word, 0)
}

func answer(word, status uint16, value ...byte) []byte {
	return command(word|0x0100, append([]byte{byte(status), byte(status >> 8)}, value...)...)
}
