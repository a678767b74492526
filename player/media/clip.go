package media

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"io"
	"math"
	"strconv"
	"strings"
	"time"
)

// A clip is what ffprobe says about a film.
type clip struct {
	// demuxer is ffmpeg's name for the container.
	demuxer string
	// video and sound are stream numbers; sound is -1 when there is none.
	video, sound int
	// frame is the upright size in samples, which may not be square; display has
	// them square.
	frame, display image.Point
	rate           rate
	// plain is true when the decoder yields 8 bit 4:2:0 planes.
	plain, rgb bool
	matrix     Matrix
	full       bool
}

// codecs are the films that are played, by ffmpeg's name and ours.
var codecs = map[string]string{"h264": "H.264", "hevc": "HEVC", "vp8": "VP8", "vp9": "VP9", "av1": "AV1"}

// probed is the part of ffprobe's JSON that matters.
type probed struct {
	Streams []probedStream `json:"streams"`
	Format  struct {
		Duration string `json:"duration"`
	} `json:"format"`
}

type probedStream struct {
	Index       int    `json:"index"`
	Type        string `json:"codec_type"`
	Codec       string `json:"codec_name"`
	Width       int    `json:"width"`
	Height      int    `json:"height"`
	PixFmt      string `json:"pix_fmt"`
	Aspect      string `json:"sample_aspect_ratio"`
	Rate        string `json:"r_frame_rate"`
	AverageRate string `json:"avg_frame_rate"`
	Duration    string `json:"duration"`
	Range       string `json:"color_range"`
	Space       string `json:"color_space"`
	Channels    int    `json:"channels"`
	Disposition struct {
		AttachedPicture int `json:"attached_pic"`
	} `json:"disposition"`
	SideData []struct {
		Rotation float64 `json:"rotation"`
	} `json:"side_data_list"`
}

// examineClip follows the container to its end, then asks ffprobe.
func (s *source) examineClip(ctx context.Context, t tools, c container, f *io.SectionReader) error {
	s.Kind, s.clip.demuxer = Clip, "mov"
	whole := wholeMP4
	if c == matroskaFile {
		s.clip.demuxer, whole = "matroska", wholeMatroska
	}
	if err := whole(f); err != nil {
		return err
	}
	if err := t.check(); err != nil {
		return err
	}
	out, err := t.probe(ctx, s.clip.demuxer, s.path)
	if err != nil {
		return err
	}
	return s.readProbe(out)
}

// readProbe takes ffprobe's JSON, which quotes a hostile file, and holds it
// against the limits.
func (s *source) readProbe(out []byte) error {
	var p probed
	if err := json.Unmarshal(out, &p); err != nil {
		return fmt.Errorf("ffprobe answered nonsense: %w", err)
	}
	var video *probedStream
	s.clip.sound, s.Sound = -1, false
	for i := range p.Streams {
		st := &p.Streams[i]
		if st.Index < 0 || st.Index > 1<<16 {
			return fmt.Errorf("ffprobe found a stream number %d", st.Index)
		}
		if st.Type == "video" && st.Disposition.AttachedPicture == 0 && video == nil {
			video = st
		}
		if st.Type == "audio" && st.Channels > 0 && s.clip.sound < 0 {
			s.clip.sound, s.Sound = st.Index, true
		}
	}
	if video == nil {
		return refuse("a sound alone cannot be shown", "is %s without a picture", article(s.Format))
	}
	s.Codec = codecs[video.Codec]
	if s.Codec == "" {
		return refuse(clipHint(baseName(s.path)), "is %s with %s in it, which this player does not play", article(s.Format), printable(cmp.Or(video.Codec, "an unknown codec")))
	}
	if err := s.geometry(video); err != nil {
		return err
	}
	if err := s.colours(video); err != nil {
		return err
	}
	s.clip.video = video.Index
	s.clip.rate = parseRate(video.AverageRate, video.Rate)
	return s.length(cmp.Or(seconds(video.Duration), seconds(p.Format.Duration)))
}

// geometry finds the upright size: the rotation first, then the samples' shape.
func (s *source) geometry(v *probedStream) error {
	if v.Width <= 0 || v.Height <= 0 {
		return refuse(clipHint(baseName(s.path)), "does not say how large its picture is")
	}
	if v.Width > maxSide || v.Height > maxSide {
		return refuse(fmt.Sprintf("ffmpeg -i %s -vf scale=1920:-2 -c:v libx264 -pix_fmt yuv420p out.mp4", quoted(baseName(s.path))),
			"is a film of %d × %d pixels; the most is %d either way", v.Width, v.Height, maxSide)
	}
	if need := frameBytes(v) * decoderFrames; need > maxDecoded {
		return refuse(clipHint(baseName(s.path)), "would take %d MB of memory to decode; the most is %d MB", need>>20, maxDecoded>>20)
	}
	size := image.Pt(v.Width, v.Height)
	num, den := parseAspect(v.Aspect)
	display := ratioSize(size, num, den)
	for _, side := range v.SideData {
		if turned := math.Mod(math.Abs(side.Rotation), 180); turned > 45 && turned < 135 {
			size, display = image.Pt(size.Y, size.X), image.Pt(display.Y, display.X)
		}
	}
	s.stored, s.turn = size, 1
	s.clip.frame, s.clip.display = size, display
	s.Width, s.Height = display.X, display.Y
	return nil
}

// decoderFrames is how many frames a decoder holds at once: those it refers back
// to (five at 4096 × 2304, H.264 level 5.1) and those its threads work on.
const decoderFrames = 10

// frameBytes is the size of one decoded frame, at most.
func frameBytes(v *probedStream) int64 {
	halves := int64(6)
	if strings.Contains(v.PixFmt, "420") {
		halves = 3
	}
	if strings.Contains(v.PixFmt, "10") || strings.Contains(v.PixFmt, "12") {
		halves *= 2
	}
	return int64(v.Width) * int64(v.Height) * halves / 2
}

// colours finds the matrix and range. Where the file is silent, 720 lines and
// more are BT.709, less are BT.601, and the range is limited: what every player
// assumes.
func (s *source) colours(v *probedStream) error {
	c := &s.clip
	c.full = v.Range == "pc" || strings.HasPrefix(v.PixFmt, "yuvj")
	c.plain = v.PixFmt == "yuv420p" || v.PixFmt == "yuvj420p"
	c.rgb = strings.HasPrefix(v.PixFmt, "gbr") || strings.Contains(v.PixFmt, "rgb") || v.Space == "gbr"
	switch v.Space {
	case "smpte170m", "bt470bg", "fcc":
		c.matrix = BT601
	case "bt709", "smpte240m":
		c.matrix = BT709
	case "bt2020nc", "bt2020c":
		c.matrix = BT2020
	case "", "unknown", "reserved", "gbr":
		if c.matrix = BT709; v.Height < 720 {
			c.matrix = BT601
		}
	default:
		return refuse(clipHint(baseName(s.path)), "is a film in a rare colour space (%s)", printable(v.Space))
	}
	if c.rgb {
		c.full = false
	}
	return nil
}

func (s *source) length(d time.Duration) error {
	if d <= 0 {
		return refuse("ffmpeg -i "+quoted(baseName(s.path))+" -c copy out."+map[string]string{"mov": "mp4", "matroska": "mkv"}[s.clip.demuxer],
			"does not say how long it runs")
	}
	if d > maxLength {
		return refuse("cut it", "runs longer than a day")
	}
	s.Length = d
	return nil
}

// seconds reads a decimal number of seconds, 0 for anything else.
func seconds(text string) time.Duration {
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || !(f > 0) || f > 1e9 {
		return 0
	}
	return time.Duration(f * float64(time.Second)).Round(time.Microsecond)
}

// parseAspect reads "4:3"; anything else, and nonsense, is 1:1.
func parseAspect(text string) (num, den int64) {
	a, b, _ := strings.Cut(text, ":")
	num, err1 := strconv.ParseInt(a, 10, 32)
	den, err2 := strconv.ParseInt(b, 10, 32)
	if err1 != nil || err2 != nil || num <= 0 || den <= 0 || num > 8*den || den > 8*num {
		return 1, 1
	}
	return num, den
}

// article puts a or an before a container's name.
func article(format string) string {
	if strings.HasPrefix(format, "MP4") {
		return "an " + format
	}
	return "a " + format
}
