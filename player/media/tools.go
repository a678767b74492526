package media

import (
	"errors"
	"os/exec"
	"path/filepath"
	"time"
)

// ErrNoFFmpeg says that this machine has no ffmpeg or no ffprobe. Pictures and
// animations are not affected.
var ErrNoFFmpeg = errors.New("films need ffmpeg and ffprobe, and this machine has none\nhint: sudo apt install ffmpeg")

// tools are the programs that read clips.
type tools struct {
	ffmpeg, ffprobe string
	// patience is how long either may go without a result before it is killed.
	patience time.Duration
}

// installed looks the programs up in PATH, each time: ffmpeg may be installed
// while the player runs.
func installed() tools {
	t := tools{patience: 5 * time.Second}
	t.ffmpeg, _ = exec.LookPath("ffmpeg")
	t.ffprobe, _ = exec.LookPath("ffprobe")
	return t
}

func (t tools) check() error {
	if t.ffmpeg == "" || t.ffprobe == "" {
		return ErrNoFFmpeg
	}
	return nil
}

func baseName(path string) string { return filepath.Base(path) }
