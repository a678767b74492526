package playlog

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"hash/crc32"
)

// The sizes of the format, in bytes.
const (
	block      = 4096
	headSize   = 68
	commitSize = 60
	// sealSize is a seal record with its frame.
	sealSize = 1 + 1 + sha256.Size + crcSize
	crcSize  = 4
)

const (
	segmentMagic = "entracte-plays/1"
	commitMagic  = "ECOM"
)

// The types of records.
const (
	noRecord byte = iota
	playRecord
	checkpointRecord
	sealRecord
)

type digest = [sha256.Size]byte

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// A segmentHead is what block 0 of a segment says.
type segmentHead struct {
	// number is the segment's; seq that of the last play before it.
	number, seq uint64
	// chain is the hash of the last commit before it.
	chain digest
}

func (h segmentHead) bytes() []byte {
	b := append(make([]byte, 0, block), segmentMagic...)
	b = binary.LittleEndian.AppendUint64(b, h.number)
	b = binary.LittleEndian.AppendUint64(b, h.seq)
	b = append(b, h.chain[:]...)
	b = sum(b, 0)
	return b[:block]
}

// parseHead reads a segment's head.
func parseHead(b []byte) (h segmentHead, ok bool) {
	if len(b) < headSize || string(b[:16]) != segmentMagic || !sumFits(b[:headSize]) {
		return h, false
	}
	h.number, h.seq = binary.LittleEndian.Uint64(b[16:]), binary.LittleEndian.Uint64(b[24:])
	copy(h.chain[:], b[32:])
	return h, true
}

// A commitHead is what a commit begins with.
type commitHead struct {
	number uint64 // of the segment
	block  uint32
	seq    uint64 // of the last play before it
	prev   digest
}

func (h commitHead) appendTo(b []byte) []byte {
	from := len(b)
	b = append(b, commitMagic...)
	b = binary.LittleEndian.AppendUint64(b, h.number)
	b = binary.LittleEndian.AppendUint32(b, h.block)
	b = binary.LittleEndian.AppendUint64(b, h.seq)
	b = append(b, h.prev[:]...)
	return sum(b, from)
}

// claimsCommit reports whether a commit of the segment was begun at an offset of it,
// and perhaps not finished.
func claimsCommit(segment []byte, at int, number uint64) bool {
	b := segment[min(at, len(segment)):]
	return len(b) >= 16 && string(b[:4]) == commitMagic &&
		binary.LittleEndian.Uint64(b[4:]) == number && binary.LittleEndian.Uint32(b[12:]) == uint32(at/block)
}

// parseCommit reads the head of the commit at an offset of a segment.
func parseCommit(segment []byte, at int, number uint64) (h commitHead, ok bool) {
	if !claimsCommit(segment, at, number) || len(segment) < at+commitSize || !sumFits(segment[at:at+commitSize]) {
		return h, false
	}
	b := segment[at:]
	h = commitHead{number: number, block: uint32(at / block), seq: binary.LittleEndian.Uint64(b[16:])}
	copy(h.prev[:], b[24:])
	return h, true
}

// sum appends the CRC of what b has from an offset on.
func sum(b []byte, from int) []byte {
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b[from:], castagnoli))
}

func sumFits(b []byte) bool {
	n := len(b) - crcSize
	return crc32.Checksum(b[:n], castagnoli) == binary.LittleEndian.Uint32(b[n:])
}

// appendRecord appends a record to a commit, after the CRC of what is before it, and
// returns its own.
func appendRecord(b []byte, before uint32, kind byte, body []byte) ([]byte, uint32) {
	from := len(b)
	b = binary.AppendUvarint(append(b, kind), uint64(len(body)))
	b = append(b, body...)
	crc := crc32.Update(before, castagnoli, b[from:])
	return binary.LittleEndian.AppendUint32(b, crc), crc
}

// parseRecord reads the record at the beginning of b. size 0 is none.
func parseRecord(b []byte, before uint32) (kind byte, body []byte, crc uint32, size int) {
	if len(b) == 0 || b[0] == noRecord {
		return 0, nil, 0, 0
	}
	n, width := binary.Uvarint(b[1:])
	if width <= 0 || n > uint64(len(b)-1-width) {
		return 0, nil, 0, 0
	}
	end := 1 + width + int(n)
	if len(b) < end+crcSize {
		return 0, nil, 0, 0
	}
	crc = crc32.Update(before, castagnoli, b[:end])
	if crc != binary.LittleEndian.Uint32(b[end:]) {
		return 0, nil, 0, 0
	}
	return b[0], b[1+width : end], crc, end + crcSize
}

// checkpointBody is the body of a checkpoint record.
func checkpointBody(kind string, value []byte) []byte {
	b := binary.AppendUvarint(make([]byte, 0, 1+len(kind)+len(value)), uint64(len(kind)))
	return append(append(b, kind...), value...)
}

func parseCheckpoint(body []byte) (kind string, value []byte, ok bool) {
	n, width := binary.Uvarint(body)
	if width <= 0 || n > uint64(len(body)-width) {
		return "", nil, false
	}
	kind = string(body[width : width+int(n)])
	return kind, bytes.Clone(body[width+int(n):]), true
}

// blocks rounds an offset up to the next block.
func blocks(offset int) int { return (offset + block - 1) / block * block }

// headSum is the CRC at the end of a commit's head, which its records continue.
func headSum(commit []byte) uint32 { return binary.LittleEndian.Uint32(commit[commitSize-crcSize:]) }
