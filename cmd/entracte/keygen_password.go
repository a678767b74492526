package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
)

// newPassword asks for a password, twice where it cannot be seen.
func newPassword(cmd *cobra.Command) (string, error) {
	first, seen, err := password(cmd, "Password: ")
	if err != nil {
		return "", err
	}
	if seen {
		return first, nil
	}
	second, _, err := password(cmd, "The same again: ")
	if err == nil && first != second {
		err = errors.New("the two passwords differ\nhint: type the same one twice")
	}
	return first, err
}

// password reads one line: from the terminal, without showing it, or from standard
// input if that is none, as a script gives it. seen is true if it was not hidden.
func password(cmd *cobra.Command, prompt string) (text string, seen bool, err error) {
	in := cmd.InOrStdin()
	f, isFile := in.(*os.File)
	if isFile {
		if show, err := hideTyping(f); err == nil {
			fmt.Fprint(cmd.ErrOrStderr(), prompt)
			defer func() {
				show()
				fmt.Fprintln(cmd.ErrOrStderr())
			}()
		} else {
			seen = true
		}
	}
	text, err = lineUntil(cmd.Context(), in)
	if err == nil && text == "" {
		err = errors.New("no password was given\nhint: type one, or give it as the first line of standard input")
	}
	return text, seen || !isFile, err
}

// lineUntil is line, until ctx ends: whoever presses Ctrl-C must find a terminal that
// shows again what is typed.
func lineUntil(ctx context.Context, r io.Reader) (string, error) {
	type answer struct {
		text string
		err  error
	}
	typed := make(chan answer, 1)
	go func() {
		text, err := line(r)
		typed <- answer{text, err}
	}()
	select {
	case a := <-typed:
		return a.text, a.err
	case <-ctx.Done():
		return "", errors.New("no password was given")
	}
}

// line reads one line and nothing behind it, which the next one may be in.
func line(r io.Reader) (string, error) {
	const most = 1024
	var b strings.Builder
	buffer := make([]byte, 1)
	for b.Len() < most {
		n, err := r.Read(buffer)
		if n == 1 {
			if buffer[0] == '\n' {
				break
			}
			b.WriteByte(buffer[0])
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return "", err
		}
	}
	return strings.TrimSuffix(b.String(), "\r"), nil
}
