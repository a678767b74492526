package media

import "encoding/binary"

// exifOrientation reads the Orientation tag of an EXIF block, the TIFF structure
// without the "Exif\0\0" before it (CIPA DC-008-2019, 4.5.2). It returns 1 for
// anything it cannot read: a picture with a broken tag is shown as it is stored.
func exifOrientation(tiff []byte) orientation {
	if len(tiff) < 8 {
		return 1
	}
	var order binary.ByteOrder
	switch string(tiff[:4]) {
	case "II*\x00":
		order = binary.LittleEndian
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return 1
	}
	at := uint64(order.Uint32(tiff[4:]))
	if at+2 > uint64(len(tiff)) {
		return 1
	}
	const (
		entry          = 12
		tagOrientation = 0x0112
		typeShort      = 3
	)
	entries := tiff[at+2:]
	for range order.Uint16(tiff[at:]) {
		if len(entries) < entry {
			return 1
		}
		e := entries[:entry]
		entries = entries[entry:]
		if order.Uint16(e) != tagOrientation {
			continue
		}
		v := order.Uint16(e[8:])
		if order.Uint16(e[2:]) != typeShort || order.Uint32(e[4:]) != 1 || v < 1 || v > 8 {
			return 1
		}
		return orientation(v)
	}
	return 1
}
