package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"entracte/player/media"
	"entracte/storage/pack"
)

// A pi is what a Raspberry Pi plays without dropping frames: films of these codecs up
// to this size and rate, either way up, with 8 bit colour in half resolution.
type pi struct {
	name, title string
	codecs      []string
	long, short int
	rate        float64
	// level is the H.264 level that means the same.
	level string
}

// pis begins with the oldest. The 3 and 4 are bound by their decoders (H.264 to
// 1080p30 and 1080p60, HEVC from the 4 on), the Zero 2 W by its memory, the 5 by its
// processor, which decodes everything. Films of 4K are for no glass a shop has.
var pis = []pi{
	{"zero2", "a Pi Zero 2 W", []string{"H.264"}, 1280, 720, 30, "3.1"},
	{"3", "a Pi 3", []string{"H.264"}, 1920, 1080, 30, "4.0"},
	{"4", "a Pi 4", []string{"H.264", "HEVC"}, 1920, 1080, 60, "4.2"},
	{"5", "a Pi 5", []string{"H.264", "HEVC", "VP8", "VP9", "AV1"}, 1920, 1080, 60, "4.2"},
}

const defaultPi = "3"

func piNames() []string {
	var names []string
	for _, p := range pis {
		names = append(names, p.name)
	}
	return names
}

func piNamed(name string) (pi, error) {
	for _, p := range pis {
		if p.name == name {
			return p, nil
		}
	}
	return pi{}, fmt.Errorf("--pi %q is no Raspberry Pi that is known here\nhint: --pi %s", name, strings.Join(piNames(), ", --pi "))
}

// mediaTypes are what [media.Facts] calls formats.
var mediaTypes = map[string]string{
	"JPEG": "image/jpeg", "PNG": "image/png", "WebP": "image/webp", "GIF": "image/gif",
	"MP4": "video/mp4", "QuickTime": "video/quicktime", "WebM": "video/webm", "Matroska": "video/x-matroska",
}

// examine tells what a file is, or why it cannot be shown on this Pi.
func (p pi) examine(ctx context.Context, path string) (pack.Facts, error) {
	facts, err := media.Probe(ctx, path)
	if err != nil && ctx.Err() == nil {
		// On a busy machine the program that reads films may have been too slow.
		facts, err = media.Probe(ctx, path)
	}
	if errors.Is(err, media.ErrNoFFmpeg) {
		return pack.Facts{}, fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	if err != nil {
		return pack.Facts{}, err
	}
	if facts.Kind == media.Clip {
		if err := p.check(ctx, path, facts.Codec); err != nil {
			return pack.Facts{}, err
		}
	}
	return pack.Facts{Media: mediaTypes[facts.Format], Width: facts.Width, Height: facts.Height, Length: facts.Length}, nil
}

// check asks ffprobe what [media.Facts] leaves out: how a film is coded.
func (p pi) check(ctx context.Context, path, codec string) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, "ffprobe", "-v", "error", "-protocol_whitelist", "file", "-select_streams", "V:0",
		"-show_entries", "stream=width,height,pix_fmt,avg_frame_rate", "-of", "json", "-i", "file:"+path).Output()
	var answer struct{ Streams []film }
	if err == nil {
		err = json.Unmarshal(out, &answer)
	}
	if err == nil && len(answer.Streams) != 1 {
		err = errors.New("it has no picture")
	}
	if err != nil {
		return fmt.Errorf("%s cannot be read by ffprobe: %w\nhint: copy it again from where it came from", filepath.Base(path), err)
	}
	f := answer.Streams[0]
	if wrong := p.refuses(f, codec); len(wrong) > 0 {
		return fmt.Errorf("%s is %s; %s plays %s\nhint: %s", filepath.Base(path), strings.Join(wrong, ", "), p.title, p.plays(), p.mend(f, filepath.Base(path)))
	}
	return nil
}

// A film is how a film is coded, as ffprobe says it.
type film struct {
	Width, Height int
	PixFmt        string `json:"pix_fmt"`
	Rate          string `json:"avg_frame_rate"`
}

// refuses says in which ways a film is too much.
func (p pi) refuses(f film, codec string) []string {
	var wrong []string
	if !slices.Contains(p.codecs, codec) {
		wrong = append(wrong, codec)
	}
	if max(f.Width, f.Height) > p.long || min(f.Width, f.Height) > p.short {
		wrong = append(wrong, fmt.Sprintf("%d × %d pixels", f.Width, f.Height))
	}
	if rate := frameRate(f.Rate); rate > p.rate*1.01 {
		wrong = append(wrong, fmt.Sprintf("%.4g frames a second", rate))
	}
	if f.PixFmt != "yuv420p" && f.PixFmt != "yuvj420p" {
		wrong = append(wrong, "coded as "+strconv.Quote(f.PixFmt))
	}
	return wrong
}

func (p pi) plays() string {
	return fmt.Sprintf("%s up to %d × %d at %g frames a second, coded as yuv420p", strings.Join(p.codecs, " and "), p.long, p.short, p.rate)
}

// mend is the line that makes a film this Pi plays.
func (p pi) mend(f film, name string) string {
	box := fmt.Sprintf("%d:%d", p.long, p.short)
	if f.Height > f.Width {
		box = fmt.Sprintf("%d:%d", p.short, p.long)
	}
	filter := "scale=" + box + ":force_original_aspect_ratio=decrease:force_divisible_by=2"
	if max(f.Width, f.Height) <= p.long && min(f.Width, f.Height) <= p.short {
		filter = "scale=trunc(iw/2)*2:trunc(ih/2)*2"
	}
	if frameRate(f.Rate) > p.rate*1.01 {
		filter += fmt.Sprintf(",fps=%g", p.rate)
	}
	return fmt.Sprintf("ffmpeg -i %s -vf '%s' -c:v libx264 -profile:v high -level:v %s -pix_fmt yuv420p -movflags +faststart %s",
		shellWord(name), filter, p.level, shellWord(strings.TrimSuffix(name, filepath.Ext(name))+"-pi"+p.name+".mp4"))
}

// frameRate reads "30000/1001"; 0 for anything else.
func frameRate(text string) float64 {
	above, below, _ := strings.Cut(text, "/")
	a, err1 := strconv.ParseFloat(above, 64)
	b, err2 := strconv.ParseFloat(below, 64)
	if err1 != nil || err2 != nil || b == 0 {
		return 0
	}
	return a / b
}

// shellWord quotes a file name for a shell, and keeps it from writing to the terminal.
func shellWord(name string) string {
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 {
			return '?'
		}
		return r
	}, name)
	if strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-+") == "" && !strings.HasPrefix(name, "-") {
		return name
	}
	if strings.HasPrefix(name, "-") {
		name = "./" + name
	}
	return "'" + strings.ReplaceAll(name, "'", `'\''`) + "'"
}
