package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"entracte/player"
	"entracte/scheduler"
)

// API is what the socket offers.
type API struct {
	Player interface {
		Status(context.Context) (player.Status, error)
		Why(context.Context) ([]scheduler.Refusal, error)
	}
	// Signal sets a sensor of kind "signal". It returns [ErrNoInput] for a name
	// that is not one.
	Signal func(ctx context.Context, input string, a Act) error
}

// Act is what a signal says.
type Act string

// The acts of a signal.
const (
	On    Act = "on"
	Off   Act = "off"
	Pulse Act = "pulse"
)

// ErrNoInput says that no sensor of kind "signal" has the name.
var ErrNoInput = errors.New("no such signal")

// Server is a listening control socket.
type Server struct {
	path string
	l    net.Listener
	http http.Server
}

// maxPath is the longest Unix socket path Linux takes (sun_path, unix(7)).
const maxPath = 107

// Listen opens the socket at path, readable and writable for its owner and
// group. A socket left behind by a player that died is replaced; one that
// answers is not.
func Listen(path string, api API) (*Server, error) {
	if len(path) > maxPath {
		return nil, fmt.Errorf("the control socket %s has too long a path (%d characters, at most %d)\nhint: choose a shorter --data", path, len(path), maxPath)
	}
	if c, err := net.DialTimeout("unix", path, time.Second); err == nil {
		c.Close()
		return nil, fmt.Errorf("another player answers on %s\nhint: `entracte status` asks it; stop it first", path)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, fmt.Errorf("the control socket has no folder: %w", err)
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("the old control socket cannot be removed: %w", err)
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, fmt.Errorf("the control socket cannot be opened: %w", err)
	}
	if err := os.Chmod(path, 0o660); err != nil {
		l.Close()
		return nil, fmt.Errorf("the control socket cannot be guarded: %w", err)
	}
	s := &Server{path: path, l: l}
	s.http = http.Server{Handler: api.handler(), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, MaxHeaderBytes: 16 << 10}
	return s, nil
}

// Serve answers until ctx ends, then removes the socket.
func (s *Server) Serve(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() { s.http.Close() })
	defer stop()
	err := s.http.Serve(s.l)
	if ctx.Err() != nil || errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// Close stops listening and removes the socket.
func (s *Server) Close() error { return s.http.Close() }

func (a API) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/v1/status", func(w http.ResponseWriter, r *http.Request) {
		st, err := a.Player.Status(r.Context())
		answer(w, st, err)
	})
	mux.HandleFunc("GET /api/v1/why", func(w http.ResponseWriter, r *http.Request) {
		refusals, err := a.Player.Why(r.Context())
		answer(w, refusals, err)
	})
	mux.HandleFunc("POST /api/v1/signal", func(w http.ResponseWriter, r *http.Request) {
		input, act, err := readSignal(io.LimitReader(r.Body, 4096))
		if err == nil {
			err = a.Signal(r.Context(), input, act)
		}
		answer(w, struct{}{}, err)
	})
	return mux
}

// errRequest marks a request that says nothing sensible.
var errRequest = errors.New("bad request")

func readSignal(body io.Reader) (string, Act, error) {
	var q struct {
		Input string `json:"input"`
		On    *bool  `json:"on"`
		Pulse bool   `json:"pulse"`
	}
	d := json.NewDecoder(body)
	d.DisallowUnknownFields()
	if err := d.Decode(&q); err != nil {
		return "", "", fmt.Errorf("%w: %v", errRequest, err)
	}
	switch {
	case q.Input == "":
		return "", "", fmt.Errorf("%w: which input?\nhint: {\"input\": \"till\", \"on\": true}", errRequest)
	case q.Pulse && q.On == nil:
		return q.Input, Pulse, nil
	case q.On == nil || q.Pulse:
		return "", "", fmt.Errorf("%w: say \"on\" or \"pulse\", one of them\nhint: {\"input\": %q, \"on\": true}", errRequest, q.Input)
	case *q.On:
		return q.Input, On, nil
	}
	return q.Input, Off, nil
}

type failure struct {
	Error string `json:"error"`
	Hint  string `json:"hint,omitempty"`
}

func answer(w http.ResponseWriter, v any, err error) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	if err != nil {
		fact, hint, _ := strings.Cut(err.Error(), "\nhint: ")
		v = failure{fact, hint}
		switch {
		case errors.Is(err, errRequest):
			w.WriteHeader(http.StatusBadRequest)
		case errors.Is(err, ErrNoInput):
			w.WriteHeader(http.StatusNotFound)
		default:
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	// The client is gone if this fails; nothing can be told to it.
	_ = enc.Encode(v)
}
