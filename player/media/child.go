package media

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// command prepares one of ffmpeg's programs: no standard input, a process group
// of its own that is killed with the context, and its messages kept for a report.
func command(ctx context.Context, program string, args []string) (*exec.Cmd, *lastWords) {
	cmd := exec.CommandContext(ctx, program, args...)
	words := &lastWords{}
	cmd.Stderr = words
	cmd.WaitDelay = time.Second
	apart(cmd)
	return cmd, words
}

// inputArgs are what both programs are told about a file. The demuxer is forced
// and so is the file protocol: neither a name nor a file's content makes ffmpeg
// open anything else. max_alloc bounds a single allocation.
func inputArgs(demuxer, path string) []string {
	return []string{"-v", "error", "-max_alloc", strconv.Itoa(maxDecoded / 2), "-protocol_whitelist", "file", "-f", demuxer, "-i", "file:" + path}
}

// probe runs ffprobe and returns its JSON.
func (t tools) probe(ctx context.Context, demuxer, path string) ([]byte, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, t.patience, errStalled)
	defer cancel()
	args := append([]string{"-hide_banner", "-show_streams", "-show_format", "-of", "json"}, inputArgs(demuxer, path)...)
	cmd, words := command(ctx, t.ffprobe, args)
	out := &capped{left: 1 << 20}
	cmd.Stdout = out
	err := cmd.Start()
	if err == nil {
		stepBack(cmd.Process.Pid)
		err = cmd.Wait()
	}
	switch {
	case context.Cause(ctx) != nil:
		return nil, context.Cause(ctx)
	case out.left < 0:
		return nil, errors.New("it has more streams than any film needs")
	case err != nil:
		return nil, words.explain("ffprobe cannot read it", err)
	}
	return out.kept, nil
}

// errStalled may be the machine's fault: it has a Timeout method, as network errors do.
var errStalled error = stalled{}

type stalled struct{}

func (stalled) Error() string { return "the decoder made no progress and was ended" }
func (stalled) Timeout() bool { return true }

// capped keeps so many bytes and fails the writer then.
type capped struct {
	kept []byte
	left int
}

func (c *capped) Write(b []byte) (int, error) {
	if c.left -= len(b); c.left < 0 {
		return 0, io.ErrShortWrite
	}
	c.kept = append(c.kept, b...)
	return len(b), nil
}

// lastWords keeps the end of what a program says, however much it says. It is
// written by one goroutine and read after the program ended.
type lastWords struct{ said []byte }

const lastWordsKept = 1024

func (l *lastWords) Write(b []byte) (int, error) {
	l.said = append(l.said, b[max(0, len(b)-lastWordsKept):]...)
	if n := len(l.said); n > lastWordsKept {
		l.said = append(l.said[:0], l.said[n-lastWordsKept:]...)
	}
	return len(b), nil
}

// explain makes an error of what happened and of the program's last line.
func (l *lastWords) explain(fact string, err error) error {
	lines := strings.Split(strings.TrimSpace(string(l.said)), "\n")
	if last := strings.TrimSpace(lines[len(lines)-1]); last != "" {
		return fmt.Errorf("%s (%w): %s", fact, err, printable(last))
	}
	return fmt.Errorf("%s: %w", fact, err)
}

// threads is how many threads a decoder may use: more hold more frames.
func threads() int { return max(1, min(4, runtime.NumCPU())) }
