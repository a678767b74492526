package media

import (
	"image"
	"time"
)

// A Kind is what sort of content a file holds.
type Kind uint8

// The kinds. The zero value is no kind at all.
const (
	// Still is one picture: JPEG, PNG, WebP, or a GIF of one frame.
	Still Kind = iota + 1
	// Animated is a GIF of several frames.
	Animated
	// Clip is a film; it needs ffmpeg.
	Clip
)

// String returns "still", "animation" or "video".
func (k Kind) String() string {
	switch k {
	case Still:
		return "still"
	case Animated:
		return "animation"
	case Clip:
		return "video"
	}
	return "unknown"
}

// Facts is what [Probe] found out about a file.
type Facts struct {
	Kind Kind
	// Format is "JPEG", "PNG", "WebP", "GIF", "MP4", "QuickTime", "WebM" or
	// "Matroska".
	Format string
	// Codec is "H.264", "HEVC", "VP8", "VP9" or "AV1" for a clip, else "".
	Codec string
	// Width and Height are in pixels, as seen by a viewer: orientation, rotation
	// and sample aspect ratio honoured. Both are at least 1.
	Width, Height int
	// Length is the time from the first frame to the end of the last one, once
	// through; 0 for a still.
	Length time.Duration
	// Sound reports whether a clip has a sound track.
	Sound bool
}

// Limits. They are met before anything is decoded, from the header alone.
const (
	// maxPixels bounds a still, a GIF's canvas too.
	maxPixels = 40_000_000
	// maxSide bounds both sides of a clip.
	maxSide = 4096
	// maxDecoded bounds what decoding is estimated to hold at its worst moment,
	// in bytes. It is the budget of a decoder's process.
	maxDecoded = 512 << 20
	// maxHeld bounds what an animation holds while it shows, in bytes.
	maxHeld = 128 << 20
	// maxFile bounds the file of a still or an animation, in bytes: the whole of
	// it is read. Clips are streamed and have no such bound.
	maxFile = 256 << 20
	// maxLength bounds animations and clips.
	maxLength = 24 * time.Hour
)

// A source is a file that was examined and may be opened.
type source struct {
	Facts
	path string
	// stored is the size before it is turned upright.
	stored image.Point
	turn   orientation
	// held is what an animation takes while it shows, in bytes.
	held int64
	clip clip
}

// upright returns the size a viewer sees.
func (s *source) upright() image.Point { return image.Pt(s.Width, s.Height) }
