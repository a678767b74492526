package media

import (
	"image"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// answer is what ffprobe says of a film, with parts of it replaced.
func answer(replace ...string) []byte {
	return []byte(strings.NewReplacer(replace...).Replace(`{"streams":[
		{"index":0,"codec_type":"video","codec_name":"h264","width":1280,"height":720,"pix_fmt":"yuv420p","sample_aspect_ratio":"1:1",
		 "r_frame_rate":"25/1","avg_frame_rate":"25/1","duration":"2.5","color_space":"","color_range":"","disposition":{"attached_pic":0},"side_data_list":[]},
		{"index":1,"codec_type":"audio","codec_name":"aac","channels":2}],"format":{"duration":"9"}}`))
}

func readAnswer(b []byte) (*source, error) {
	s := &source{path: "a film.mp4", Facts: Facts{Kind: Clip, Format: "MP4"}, clip: clip{demuxer: "mov"}}
	err := s.readProbe(b)
	if err != nil {
		err = named(s.path, s.Format, err)
	}
	return s, err
}

func TestReadProbe(t *testing.T) {
	for _, c := range []struct {
		name           string
		replace        []string
		display, frame image.Point
		matrix         Matrix
		full           bool
	}{
		{"plain", nil, image.Pt(1280, 720), image.Pt(1280, 720), BT709, false},
		{"719 lines", []string{"720", "719"}, image.Pt(1280, 719), image.Pt(1280, 719), BT601, false},
		{"a phone upright", []string{`"side_data_list":[]`, `"side_data_list":[{},{"rotation":-90}]`}, image.Pt(720, 1280), image.Pt(720, 1280), BT709, false},
		{"upside down", []string{`"side_data_list":[]`, `"side_data_list":[{"rotation":180}]`}, image.Pt(1280, 720), image.Pt(1280, 720), BT709, false},
		{"wide samples", []string{`"1:1"`, `"4:3"`}, image.Pt(1707, 720), image.Pt(1280, 720), BT709, false},
		{"narrow samples", []string{`"1:1"`, `"8:9"`}, image.Pt(1280, 810), image.Pt(1280, 720), BT709, false},
		{"wide and turned", []string{`"1:1"`, `"2:1"`, `"side_data_list":[]`, `"side_data_list":[{"rotation":90}]`}, image.Pt(720, 2560), image.Pt(720, 1280), BT709, false},
		{"nonsense samples", []string{`"1:1"`, `"0:1"`}, image.Pt(1280, 720), image.Pt(1280, 720), BT709, false},
		{"declared", []string{`"color_space":""`, `"color_space":"bt2020nc"`, `"color_range":""`, `"color_range":"pc"`}, image.Pt(1280, 720), image.Pt(1280, 720), BT2020, true},
		{"old JPEG samples", []string{"yuv420p", "yuvj420p", `"color_space":""`, `"color_space":"bt470bg"`}, image.Pt(1280, 720), image.Pt(1280, 720), BT601, true},
		{"red, green, blue", []string{"yuv420p", "gbrp", `"color_range":""`, `"color_range":"pc"`}, image.Pt(1280, 720), image.Pt(1280, 720), BT709, false},
	} {
		s, err := readAnswer(answer(c.replace...))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if s.upright() != c.display || s.clip.frame != c.frame || s.clip.matrix != c.matrix || s.clip.full != c.full {
			t.Errorf("%s: display %v, frame %v, %v, full %v", c.name, s.upright(), s.clip.frame, s.clip.matrix, s.clip.full)
		}
		if s.Length != 2500*time.Millisecond || !s.Sound || s.clip.sound != 1 || s.clip.video != 0 {
			t.Errorf("%s: %+v, streams %d and %d", c.name, s.Facts, s.clip.video, s.clip.sound)
		}
	}
}

func TestReadProbeRefuses(t *testing.T) {
	for _, c := range []struct {
		replace []string
		says    string
	}{
		{[]string{`"h264"`, `"mpeg4"`}, "is an MP4 with mpeg4 in it, which this player does not play"},
		{[]string{`"h264"`, `"prores"`}, "ffmpeg -i 'a film.mp4' -c:v libx264"},
		{[]string{`"codec_type":"video"`, `"codec_type":"data"`}, "is an MP4 without a picture"},
		{[]string{`"attached_pic":0`, `"attached_pic":1`}, "without a picture"},
		{[]string{"1280", "4098"}, "4098 × 720 pixels; the most is 4096 either way"},
		{[]string{"1280", "4096", "720", "4096", "yuv420p", "yuv444p10le"}, "would take 960 MB of memory to decode"},
		{[]string{"1280", "0"}, "does not say how large"},
		{[]string{`"color_space":""`, `"color_space":"ycgco"`}, "rare colour space (ycgco)"},
		{[]string{`"duration":"2.5"`, `"duration":"N/A"`, `"duration":"9"`, `"duration":"NaN"`}, "does not say how long it runs"},
		{[]string{`"2.5"`, `"86401"`}, "longer than a day"},
		{[]string{`"streams"`, `"rivers"`}, "without a picture"},
	} {
		_, err := readAnswer(answer(c.replace...))
		refused(t, err, "a film.mp4 ", c.says)
	}
}

func TestRates(t *testing.T) {
	for _, c := range []struct{ average, written, want string }{
		{"25/1", "25/1", "25/1"},
		{"30000/1001", "30000/1001", "30000/1001"},
		{"359/12", "30/1", "30/1"},
		{"17/1", "90000/1", "17/1"},
		{"120/1", "120/1", "60/1"},
		{"1/10", "1/10", "1/1"},
		{"0/0", "24/1", "24/1"},
		{"0/0", "0/0", "25/1"},
		{"", "x", "25/1"},
		{"2147483/71582", "90000/1", "30000/1000"},
		{"-5/1", "5/-1", "25/1"},
	} {
		if got := parseRate(c.average, c.written).String(); got != c.want {
			t.Errorf("%s and %s: %s, want %s", c.average, c.written, got, c.want)
		}
	}
}

// A frame is due from exactly its instant on, for a whole day.
func TestFramesAreDueOnTime(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		rt := rapid.SampledFrom([]rate{{25, 1}, {60, 1}, {30000, 1001}, {60000, 1001}, {24000, 1001}, {12345, 1000}, {1, 1}}).Draw(r, "rate")
		i := rapid.Int64Range(1, rt.index(maxLength)).Draw(r, "i")
		if rt.index(rt.at(i)) != i || rt.index(rt.at(i)-1) != i-1 {
			r.Fatalf("frame %d at %v: %d, before %d", i, rt.at(i), rt.index(rt.at(i)), rt.index(rt.at(i)-1))
		}
	})
	if (rate{25, 1}).index(-time.Second) != 0 {
		t.Error("a frame before the first")
	}
}
