package control

import (
	"fmt"
	"io"
	"net/http"
)

// Act is what a signal says.
type Act string

// The acts of a signal. What On says holds until Off; a Pulse is one press.
const (
	On    Act = "on"
	Off   Act = "off"
	Pulse Act = "pulse"
)

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
	var q signal
	if err := readBody(body, &q, "signal", signalHint); err != nil {
		return "", "", err
	}
	switch {
	case q.Input == "":
		return "", "", &badRequest{http.StatusBadRequest, "the signal names no input", signalHint}
	case q.Pulse == (q.On != nil):
		return "", "", &badRequest{http.StatusBadRequest, `the signal says neither "on" nor "pulse", or both`, signalHint}
	case q.Pulse:
		return q.Input, Pulse, nil
	case *q.On:
		return q.Input, On, nil
	}
	return q.Input, Off, nil
}
