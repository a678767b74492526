package media

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf8"
)

// sniffed is how much of a file's beginning decides what it is.
const sniffed = 4096

// A container is how a file is to be read on.
type container uint8

const (
	noContainer container = iota
	jpegFile
	pngFile
	webpFile
	gifFile
	mp4File
	matroskaFile
)

// A verdict is what the first bytes say: a container that is read on, or the name
// of a format that is not played.
type verdict struct {
	container container
	// format is as in Facts.Format, or what a refusal calls it, with its article.
	format string
	// film and picture tell which hint a refused format gets.
	film, picture bool
}

// sniff tells a file's format from its first bytes. Its name does not matter.
func sniff(b []byte) verdict {
	has := func(at int, s string) bool { return len(b) >= at && bytes.HasPrefix(b[at:], []byte(s)) }
	switch {
	case has(0, "\xff\xd8\xff"):
		return verdict{container: jpegFile, format: "JPEG"}
	case has(0, "\x89PNG\r\n\x1a\n"):
		return verdict{container: pngFile, format: "PNG"}
	case has(0, "GIF87a"), has(0, "GIF89a"):
		return verdict{container: gifFile, format: "GIF"}
	case has(0, "RIFF") && has(8, "WEBP"):
		return verdict{container: webpFile, format: "WebP"}
	case has(4, "ftyp"):
		return brand(b)
	case has(4, "moov"), has(4, "mdat"), has(4, "wide"), has(4, "free"), has(4, "skip"):
		return verdict{container: mp4File, format: "QuickTime"}
	case has(0, "\x1a\x45\xdf\xa3"):
		if bytes.Contains(b[:min(len(b), 64)], []byte("webm")) {
			return verdict{container: matroskaFile, format: "WebM"}
		}
		return verdict{container: matroskaFile, format: "Matroska"}
	}
	for _, s := range strangers {
		if has(s.at, s.magic) && (s.also == "" || has(s.alsoAt, s.also)) {
			return s.verdict
		}
	}
	if looksText(b) {
		return verdict{format: "a text file"}
	}
	return verdict{format: "of no format this player knows"}
}

// strangers are formats people do have, so that a refusal can name them. Longer
// and safer signatures come first.
var strangers = []struct {
	at     int
	magic  string
	alsoAt int
	also   string
	verdict
}{
	{0, "RIFF", 8, "AVI ", verdict{format: "an AVI film", film: true}},
	{0, "RIFF", 8, "WAVE", verdict{format: "a WAV sound"}},
	{0, "\x30\x26\xb2\x75\x8e\x66\xcf\x11", 0, "", verdict{format: "a Windows Media film", film: true}},
	{0, "FLV\x01", 0, "", verdict{format: "a Flash film", film: true}},
	{0, "\x00\x00\x01\xba", 0, "", verdict{format: "an MPEG programme stream", film: true}},
	{0, "\x00\x00\x01\xb3", 0, "", verdict{format: "an MPEG film", film: true}},
	{0, "\x47", 188, "\x47", verdict{format: "an MPEG transport stream", film: true}},
	{4, "\x47", 196, "\x47", verdict{format: "an AVCHD film", film: true}},
	{0, "OggS", 0, "", verdict{format: "an Ogg file", film: true}},
	{0, ".RMF", 0, "", verdict{format: "a RealMedia film", film: true}},
	{0, "ID3", 0, "", verdict{format: "an MP3 sound"}},
	{0, "fLaC", 0, "", verdict{format: "a FLAC sound"}},
	{0, "\x00\x00\x00\x0cJXL \r\n", 0, "", verdict{format: "a JPEG XL picture", picture: true}},
	{0, "\xff\x0a", 0, "", verdict{format: "a JPEG XL picture", picture: true}},
	{0, "\x00\x00\x00\x0cjP  ", 0, "", verdict{format: "a JPEG 2000 picture", picture: true}},
	{0, "II*\x00", 0, "", verdict{format: "a TIFF or raw camera picture", picture: true}},
	{0, "MM\x00*", 0, "", verdict{format: "a TIFF or raw camera picture", picture: true}},
	{0, "8BPS", 0, "", verdict{format: "a Photoshop picture", picture: true}},
	{0, "BM", 6, "\x00\x00\x00\x00", verdict{format: "a BMP picture", picture: true}},
	{0, "\x00\x00\x01\x00", 0, "", verdict{format: "an icon", picture: true}},
	{0, "%PDF-", 0, "", verdict{format: "a PDF", picture: true}},
	{0, "\xd0\xcf\x11\xe0", 0, "", verdict{format: "an old Office document", picture: true}},
	{0, "PK\x03\x04", 0, "", verdict{format: "a ZIP archive or an Office document", picture: true}},
	{0, "Rar!", 0, "", verdict{format: "a RAR archive"}},
	{0, "7z\xbc\xaf", 0, "", verdict{format: "a 7-Zip archive"}},
	{0, "MZ", 0, "", verdict{format: "a Windows program"}},
	{0, "\x7fELF", 0, "", verdict{format: "a program"}},
	{0, "<svg", 0, "", verdict{format: "an SVG drawing", picture: true}},
}

// brand tells the family of an ISO base media file by its brands (ISO/IEC
// 14496-12, 4.3): the same boxes hold films and phones' pictures.
func brand(b []byte) verdict {
	size := min(int64(binary.BigEndian.Uint32(b)), int64(len(b)))
	var all []string
	for at := int64(8); at+4 <= size; at += 4 {
		if at != 12 {
			all = append(all, string(b[at:at+4]))
		}
	}
	if len(all) == 0 {
		return verdict{container: mp4File, format: "MP4"}
	}
	for _, s := range all {
		switch s {
		case "heic", "heix", "heim", "heis", "hevc", "hevx":
			return verdict{format: "a HEIC picture", picture: true}
		case "avif", "avis":
			return verdict{format: "an AVIF picture", picture: true}
		}
	}
	switch strings.TrimSpace(all[0]) {
	case "mif1", "msf1":
		return verdict{format: "a HEIF picture", picture: true}
	case "crx":
		return verdict{format: "a TIFF or raw camera picture", picture: true}
	case "M4A", "M4B", "M4P":
		return verdict{format: "a sound file"}
	case "qt":
		return verdict{container: mp4File, format: "QuickTime"}
	}
	return verdict{container: mp4File, format: "MP4"}
}

// looksText reports whether the bytes are text a person could read.
func looksText(b []byte) bool {
	// The last character may be cut by the end of what was read.
	for cut := 0; cut < utf8.UTFMax && len(b) > 0 && !utf8.Valid(b); cut++ {
		b = b[:len(b)-1]
	}
	if !utf8.Valid(b) || len(b) == 0 {
		return false
	}
	for _, c := range b {
		if c < ' ' && c != '\n' && c != '\r' && c != '\t' && c != '\f' {
			return false
		}
	}
	return true
}
