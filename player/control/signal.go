package control

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// Act is what a signal says.
type Act string

// The acts of a signal. What On says holds until Off; a Pulse is one press.
const (
	On    Act = "on"
	Off   Act = "off"
	Pulse Act = "pulse"
)

// maxSignal bounds the body of a signal, in bytes.
const maxSignal = 4096

// A signal is the body of a request that sets one: On or Pulse, not both.
type signal struct {
	Input string `json:"input"`
	On    *bool  `json:"on,omitempty"`
	Pulse bool   `json:"pulse,omitempty"`
}

const signalHint = `write {"input": "till", "on": true} or {"input": "till", "pulse": true}`

func signalOf(input string, a Act) (signal, error) {
	on := a == On
	switch a {
	case On, Off:
		return signal{Input: input, On: &on}, nil
	case Pulse:
		return signal{Input: input, Pulse: true}, nil
	}
	return signal{}, fmt.Errorf("a signal is on, off or pulse, not %q", a)
}

func readSignal(body io.Reader) (string, Act, error) {
	bad := func(status int, format string, args ...any) (string, Act, error) {
		return "", "", &badRequest{status, fmt.Sprintf(format, args...), signalHint}
	}
	text, err := io.ReadAll(io.LimitReader(body, maxSignal+1))
	if err != nil {
		return bad(http.StatusBadRequest, "the signal did not arrive whole: %v", err)
	}
	if len(text) > maxSignal {
		return bad(http.StatusRequestEntityTooLarge, "the signal is longer than %d bytes", maxSignal)
	}
	var q signal
	d := json.NewDecoder(strings.NewReader(string(text)))
	d.DisallowUnknownFields()
	if err := d.Decode(&q); err != nil {
		return bad(http.StatusBadRequest, "the signal cannot be read: %s", inWords(err))
	}
	if _, err := d.Token(); err != io.EOF {
		return bad(http.StatusBadRequest, "something follows the signal")
	}
	switch {
	case q.Input == "":
		return bad(http.StatusBadRequest, "the signal names no input")
	case q.Pulse == (q.On != nil):
		return bad(http.StatusBadRequest, `the signal says neither "on" nor "pulse", or both`)
	case q.Pulse:
		return q.Input, Pulse, nil
	case *q.On:
		return q.Input, On, nil
	}
	return q.Input, Off, nil
}

// inWords says what is wrong with a body without the names of Go types.
func inWords(err error) string {
	var wrong *json.UnmarshalTypeError
	switch {
	case errors.Is(err, io.EOF):
		return "it is empty"
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "it ends in the middle"
	case errors.As(err, &wrong) && wrong.Field != "":
		return fmt.Sprintf("%q is of type %s", wrong.Field, wrong.Value)
	case errors.As(err, &wrong):
		return fmt.Sprintf("it is of type %s", wrong.Value)
	}
	return strings.TrimPrefix(err.Error(), "json: ")
}
