package media

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
)

// A refusal says why a file cannot be shown, and what to do about it.
type refusal struct {
	name, fact, hint string
	cause            error
}

// Error returns "name fact", and the hint on a line of its own.
func (r *refusal) Error() string {
	s := r.name + " " + r.fact
	if r.hint != "" {
		s += "\nhint: " + r.hint
	}
	return s
}

func (r *refusal) Unwrap() error { return r.cause }

// refuse makes a refusal whose name is filled in by whoever knows the path.
func refuse(hint, format string, a ...any) error {
	return &refusal{fact: fmt.Sprintf(format, a...), hint: hint}
}

// named completes a refusal with the file's name, and turns an error of a reader
// or a decoder into one.
func named(path, format string, err error) error {
	name := filepath.Base(path)
	var r *refusal
	if errors.As(err, &r) {
		if r.name == "" {
			r.name = printable(name)
		}
		return err
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return &refusal{printable(name), "stops before its end: the " + format + " was cut short", againHint, err}
	}
	return &refusal{printable(name), fmt.Sprintf("is a damaged %s: %v", format, err), againHint, err}
}

const againHint = "copy it again from where it came from; if that does not help, save it once more in the program that made it"

// clipHint is the line that makes a clip every player plays. To a shell, the name
// is one word.
func clipHint(name string) string {
	return "ffmpeg -i " + quoted(name) + " -c:v libx264 -pix_fmt yuv420p out.mp4"
}

// printable keeps a hostile file name from writing to a terminal.
func printable(s string) string {
	s = strings.ToValidUTF8(s, "?")
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || 0x80 <= r && r < 0xa0 {
			return '?'
		}
		return r
	}, s)
}

func quoted(name string) string {
	name = printable(name)
	for _, r := range name {
		if !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-+", r) {
			return "'" + strings.ReplaceAll(name, "'", `'\''`) + "'"
		}
	}
	return name
}
