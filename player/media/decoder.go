package media

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// sizes returns the part of a frame that is needed, in samples, and its
// proportions in square pixels. Both sides of visible are even, as 4:2:0 needs,
// neither is larger than in the file.
func (c *clip) sizes(fit Fit, glass image.Point) (visible, display image.Point) {
	part, display := fit.window(c.display, glass)
	kx := float64(part.Dx()) / float64(c.display.X) * float64(c.frame.X)
	ky := float64(part.Dy()) / float64(c.display.Y) * float64(c.frame.Y)
	// A film smaller than the glass is enlarged by who draws; one that has fewer
	// samples than pixels in one direction keeps those.
	even := func(samples float64, pixels int) int {
		return max(2, min(int(samples+0.5), pixels)&^1)
	}
	return image.Pt(even(kx, display.X), even(ky, display.Y)), display
}

// args are ffmpeg's: decode one stream, at a constant rate, cut and scale it for
// the glass, pad it for the texture, and write bare planes to standard output;
// and the sound to pipe 3.
func (v *Video) args(s *source, o Options) []string {
	args := []string{"-nostdin", "-hide_banner", "-threads", strconv.Itoa(threads())}
	args = append(args, inputArgs(s.clip.demuxer, s.path)...)
	args = append(args, "-map", "0:"+strconv.Itoa(s.clip.video), "-vf", v.filters(&s.clip, o),
		"-c:v", "rawvideo", "-pix_fmt", "nv12", "-f", "rawvideo", "pipe:1")
	if o.Sound && soundPipes && s.clip.sound >= 0 {
		args = append(args, "-map", "0:"+strconv.Itoa(s.clip.sound), "-af", "aresample=48000:async=1:first_pts=0",
			"-ac", "2", "-ar", strconv.Itoa(soundRate), "-c:a", "pcm_s16le", "-f", "s16le", "pipe:3")
	}
	return args
}

// filters is the chain from decoded frames to what Planes promises. ffmpeg turns
// a rotated film upright before it. Frames are dropped or repeated first, so that
// none is scaled in vain; both streams begin at 0, so that sound and picture
// agree. Range and matrix are named on both sides, so that they are kept.
func (v *Video) filters(c *clip, o Options) string {
	chain := []string{"fps=" + c.rate.String() + ":start_time=0"}
	if o.Fit == Cover {
		// In terms of the frame at hand: a film may change its size half-way.
		wide := float64(o.Glass.X) / float64(o.Glass.Y) * float64(c.frame.X) / float64(c.frame.Y) * float64(c.display.Y) / float64(c.display.X)
		chain = append(chain, fmt.Sprintf(`crop=min(iw\,ih*%.6f):min(ih\,iw/%.6f)`, wide, wide))
	}
	scale := fmt.Sprintf("scale=%d:%d", v.Visible.X, v.Visible.Y)
	span := map[bool]string{false: "tv", true: "pc"}
	matrix := map[Matrix]string{BT601: "bt601", BT709: "bt709", BT2020: "bt2020"}[c.matrix]
	switch {
	case c.rgb:
		scale += ":out_range=tv:out_color_matrix=" + matrix
	case c.plain:
		scale += ":in_range=" + span[c.full] + ":out_range=" + span[c.full]
	default:
		scale += ":in_range=" + span[c.full] + ":out_range=" + span[c.full] + ":in_color_matrix=" + matrix + ":out_color_matrix=" + matrix
	}
	chain = append(chain, scale)
	if right, below := v.Coded.X-v.Visible.X, v.Coded.Y-v.Visible.Y; right > 0 || below > 0 {
		// fillborders knows three planes only.
		chain = append(chain, "format=yuv420p", fmt.Sprintf("pad=%d:%d:0:0", v.Coded.X, v.Coded.Y),
			fmt.Sprintf("fillborders=right=%d:bottom=%d:mode=smear", right, below))
	}
	return strings.Join(append(chain, "format=nv12"), ",")
}

// A decoder moves frames from the pipe to the video's ring. It ends with the
// program.
type decoder struct {
	video    *Video
	path     string
	ctx      context.Context
	frames   *os.File
	cmd      *exec.Cmd
	words    *lastWords
	patience time.Duration
}

// run is the decoder's goroutine. When the ring is full it does not read, and the
// pipe holds the program back; the watchdog runs only while it reads.
func (d *decoder) run() {
	v := d.video
	watchdog := time.AfterFunc(d.patience, func() { v.cancel(errStalled) })
	var read int
	var err error
	for seq := int64(1); err == nil; seq++ {
		watchdog.Stop()
		var p *Planes
		select {
		case p = <-v.free:
		case <-d.ctx.Done():
			err = d.ctx.Err()
			continue
		}
		watchdog.Reset(d.patience)
		if read, err = io.ReadFull(d.frames, p.Pix); err == nil {
			p.Seq = seq
			v.ready <- p
		}
	}
	d.frames.Close()
	// A program that closed its output and lives on is not waited for longer.
	watchdog.Reset(d.patience)
	exit := d.cmd.Wait()
	watchdog.Stop()
	if err := d.verdict(read, err, exit); err != nil {
		v.fail(&refusal{printable(baseName(d.path)), "broke off: " + err.Error(), "if it does every time, convert it: " + clipHint(baseName(d.path)), err})
	}
	close(v.ready)
	v.cancel(errClosed)
}

// verdict tells a regular end from the others: nil if there is nothing to report.
func (d *decoder) verdict(read int, err, exit error) error {
	cause := context.Cause(d.ctx)
	switch {
	case errors.Is(cause, errClosed):
		return nil
	case cause != nil:
		return cause
	case exit != nil:
		return d.words.explain("its decoder broke off", exit)
	case read > 0 && errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("its decoder stopped in the middle of a frame, after %d bytes", read)
	case !errors.Is(err, io.EOF):
		return err
	}
	return nil
}
