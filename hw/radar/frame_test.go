package radar

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// The examples of the maker's protocol description.
const (
	plainExample       = "F4F3F2F1 0D00 02AA 02 5100 00 0000 3B 0000 5500 F8F7F6F5"
	engineeringExample = "F4F3F2F1 2300 01AA 03 1E00 3C 0000 39 0000 0808 3C2205030304030605 00003910130606080403 05 5500 F8F7F6F5"
	settingsExample    = "FDFCFBFA 1C00 6101 0000 AA 08 08 08 141414141414141414 191919191919191919 0500 04030201"
)

func unhex(s string) []byte {
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		panic(err)
	}
	return b
}

// reportFrame is a report as a module sends it; gates adds the energies.
func reportFrame(e Echo, gates bool) []byte {
	var state byte
	if e.Moving {
		state |= 1
	}
	if e.Still {
		state |= 2
	}
	kind, size := byte(2), plainReport
	if gates {
		kind, size = 1, engineeringReport
	}
	f := binary.BigEndian.AppendUint32(nil, reportHead)
	f = binary.LittleEndian.AppendUint16(f, uint16(size))
	f = append(f, kind, 0xAA, state)
	f = append(binary.LittleEndian.AppendUint16(f, uint16(e.MovingCM)), 60)
	f = append(binary.LittleEndian.AppendUint16(f, uint16(e.StillCM)), 57)
	f = append(f, 0, 0)
	if gates {
		f = append(f, bytes.Repeat([]byte{8}, 22)...)
	}
	f = append(f, 0x55, 0)
	return binary.BigEndian.AppendUint32(f, reportTail)
}

// decode returns the bodies of all frames in a stream, each after its header.
func decode(stream []byte) (all [][]byte) {
	var d decoder
	for _, b := range stream {
		if head, body := d.take(b); head != 0 {
			all = append(all, append(binary.BigEndian.AppendUint32(nil, head), body...))
		}
	}
	return all
}

func TestReports(t *testing.T) {
	t.Parallel()
	change := func(frame string, at int, to byte) []byte {
		f := unhex(frame)
		f[at] = to
		return f
	}
	for _, c := range []struct {
		name  string
		frame []byte
		want  *Echo
	}{
		{"plain", unhex(plainExample), &Echo{Still: true, MovingCM: 81}},
		{"engineering", unhex(engineeringExample), &Echo{Moving: true, Still: true, MovingCM: 30}},
		{"nobody", change(plainExample, 8, 0), &Echo{MovingCM: 81}},
		{"far", change(plainExample, 13, 2), &Echo{Still: true, MovingCM: 81, StillCM: 512}},
		{"an unknown state", change(plainExample, 8, 4), nil},
		{"another kind", change(plainExample, 6, 3), nil},
		{"the other kind", change(plainExample, 6, 1), nil},
		{"the other kind", change(engineeringExample, 6, 2), nil},
		{"no AA", change(plainExample, 7, 0xAB), nil},
		{"no 55", change(plainExample, 17, 0x54), nil},
		{"no 00", change(plainExample, 18, 1), nil},
		{"no tail", change(plainExample, 22, 0xF4), nil},
		{"no head", change(plainExample, 3, 0xF0), nil},
		{"shorter", change(plainExample, 4, 12), nil},
		{"longer", change(plainExample, 4, 14), nil},
		{"very long", change(plainExample, 5, 0xFF), nil},
		{"cut short", unhex(plainExample)[:22], nil},
		{"an answer", unhex(settingsExample), nil},
	} {
		var got *Echo
		for _, f := range decode(c.frame) {
			if e, ok := parseReport(f[4:]); ok && binary.BigEndian.Uint32(f) == reportHead {
				got = &e
			}
		}
		if (got == nil) != (c.want == nil) || got != nil && *got != *c.want {
			t.Errorf("%s: got %+v, want %+v", c.name, got, c.want)
		}
	}
}

// reference finds frames the slow way: it looks at every place where a header
// stands, and at all that follows.
func reference(stream []byte) (all [][]byte) {
	heads := func(b []byte) bool {
		return bytes.Contains(b, []byte{0xF4, 0xF3, 0xF2, 0xF1}) || bytes.Contains(b, []byte{0xFD, 0xFC, 0xFB, 0xFA})
	}
	for i := range stream {
		s := stream[i:]
		if len(s) < 10 {
			break
		}
		size := int(s[4]) + int(s[5])<<8
		if len(s) < 10+size || heads(s[1:10+size]) {
			continue
		}
		head, tail := string(s[:4]), string(s[6+size:10+size])
		switch {
		case head == "\xF4\xF3\xF2\xF1" && tail == "\xF8\xF7\xF6\xF5" && (size == 13 || size == 35),
			head == "\xFD\xFC\xFB\xFA" && tail == "\x04\x03\x02\x01" && size >= 4 && size <= 64:
			all = append(all, append([]byte(head), s[6:6+size]...))
		}
	}
	return all
}

func FuzzStream(f *testing.F) {
	plain, engineering, settings := unhex(plainExample), unhex(engineeringExample), unhex(settingsExample)
	f.Add(plain)
	f.Add(slices.Concat(engineering, settings, plain))
	f.Add(slices.Concat(plain[:10], plain))
	f.Add(slices.Concat(engineering[:22], plain)) // whose tail would fit
	f.Add(slices.Concat(settings[:7], plain, []byte{0xF4, 0xF3, 0xF4, 0xF3, 0xF2, 0xF1}, plain[4:]))
	f.Add(command(wordLeave))
	f.Add(unhex("F4F3F2F1 1400 02AA 02 5100 00 0000 3B 0000 00000000000000 5500 F8F7F6F5")) // of no report's length
	f.Add(unhex("FDFCFBFA 0400 FE01 0000 04030200"))
	f.Add([]byte("\xF4\xF3\xF2\xF1\xFF\xFF\xF8\xF7\xF6\xF5"))
	f.Fuzz(func(t *testing.T, noise []byte) {
		got := decode(noise)
		if want := reference(noise); !slices.EqualFunc(got, want, bytes.Equal) {
			t.Errorf("found %x, want %x", got, want)
		}
		for _, body := range got {
			parseReport(body[4:])
			if _, _, value, ok := parseAnswer(body[4:]); ok {
				parseTuning(value)
			}
		}
		parseReport(noise)
		parseAnswer(noise)
		parseTuning(noise)
		// Whatever came before, the next whole frame is found, and nothing after it.
		after := decode(slices.Concat(noise, plain, noise))
		if !slices.ContainsFunc(after, func(b []byte) bool { return bytes.Equal(b, decode(plain)[0]) }) {
			t.Errorf("the frame after %x is lost", noise)
		}
	})
}

func someEcho(t *rapid.T) Echo {
	return Echo{
		Moving: rapid.Bool().Draw(t, "moving"), MovingCM: rapid.IntRange(0, 1000).Draw(t, "moving cm"),
		Still: rapid.Bool().Draw(t, "still"), StillCM: rapid.IntRange(0, 1000).Draw(t, "still cm"),
	}
}

// Frames among garbage, pieces of frames included, all come out, once and in
// order, however the stream is cut into reads.
func TestNothingIsLost(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var stream []byte
		var want, got []Echo
		for range rapid.IntRange(1, 8).Draw(t, "frames") {
			if rapid.Bool().Draw(t, "garbage") {
				stream = append(stream, rapid.SliceOfN(rapid.Byte(), 0, 60).Draw(t, "noise")...)
			}
			e, gates := someEcho(t), rapid.Bool().Draw(t, "gates")
			f := reportFrame(e, gates)
			if rapid.Bool().Draw(t, "cut") {
				f = f[:rapid.IntRange(0, len(f)-1).Draw(t, "at")]
			} else {
				want = append(want, e)
			}
			stream = append(stream, f...)
		}
		l := &link{ctx: t.Context(), port: &pieces{rest: stream, next: func(n int) int { return rapid.IntRange(1, n).Draw(t, "read") }}}
		l.heard = func(e Echo) { got = append(got, e) }
		for l.broken == nil {
			_, _, _ = l.pump(faraway, 0)
		}
		if !slices.Equal(got, want) {
			t.Errorf("got %+v, want %+v", got, want)
		}
	})
}

func TestEverySplit(t *testing.T) {
	t.Parallel()
	stream := slices.Concat([]byte{0xF4}, unhex(plainExample), []byte{0xF4, 0xF3, 7}, unhex(engineeringExample), unhex(plainExample))
	for cut := range stream {
		first := true
		var got []Echo
		l := &link{ctx: t.Context(), heard: func(e Echo) { got = append(got, e) }}
		l.port = &pieces{rest: stream, next: func(n int) int {
			if first {
				first = false
				return max(cut, 1)
			}
			return n
		}}
		for l.broken == nil {
			_, _, _ = l.pump(faraway, 0)
		}
		want := []Echo{{Still: true, MovingCM: 81}, {Moving: true, Still: true, MovingCM: 30}, {Still: true, MovingCM: 81}}
		if !slices.Equal(got, want) {
			t.Errorf("cut at %d: got %+v", cut, got)
		}
	}
}

func TestZone(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name          string
		echo          Echo
		near, far     int
		moving, still bool
		ghost         bool
	}{
		{name: "nobody", echo: Echo{MovingCM: 100, StillCM: 100}, far: 600},
		{name: "moves at the near edge", echo: Echo{Moving: true, MovingCM: 40}, near: 40, far: 250, moving: true},
		{name: "moves before it", echo: Echo{Moving: true, MovingCM: 39}, near: 40, far: 250},
		{name: "moves at the far edge", echo: Echo{Moving: true, MovingCM: 250}, near: 40, far: 250, moving: true},
		{name: "moves behind it", echo: Echo{Moving: true, MovingCM: 251}, near: 40, far: 250},
		{name: "each by its own distance", echo: Echo{Moving: true, MovingCM: 400, Still: true, StillCM: 100}, near: 40, far: 250, still: true},
		{name: "a stale distance says nothing", echo: Echo{MovingCM: 100, Still: true, StillCM: 400}, near: 40, far: 250},
		{name: "still, close by", echo: Echo{Still: true, MovingCM: 81}, far: 250, still: true},
		{name: "still, before the zone", echo: Echo{Still: true, MovingCM: 81}, near: 1, far: 250},
		{name: "motion nowhere", echo: Echo{Moving: true, Still: true, StillCM: 120}, far: 250, still: true},
		{name: "latched motion", echo: Echo{Moving: true}, far: 250, ghost: true},
		{name: "latched stillness", echo: Echo{Still: true}, near: 40, far: 250, ghost: true},
		{name: "nobody at no distance", far: 250},
	} {
		if c.echo.ghost() != c.ghost {
			t.Errorf("%s: ghost is %v", c.name, c.echo.ghost())
		}
		moving, still := c.echo.within(c.near, c.far)
		if !c.ghost && (moving != c.moving || still != c.still) {
			t.Errorf("%s: moving %v, still %v", c.name, moving, still)
		}
	}
}
