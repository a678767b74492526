package control

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"entracte/player"
	"entracte/scheduler"
	"entracte/scheduler/plan"
)

// API is what is offered. All fields but LeftOut and the clock's must be set; they are
// called from many goroutines, with a context that ends when the one who asks goes away, or with
// Serve.
type API struct {
	Player interface {
		Status(context.Context) (player.Status, error)
		Why(context.Context) ([]scheduler.Refusal, error)
	}
	// LeftOut says why campaigns are not in the plan that the player has, or why a whole
	// feed is not: then Campaign is empty. It goes before what Player says of the same
	// campaign. nil: nothing is left out.
	LeftOut func() []Refusal
	// Signal sets a sensor of kind "signal". It returns [ErrNoInput] for a name
	// that is not one.
	Signal func(ctx context.Context, input string, a Act) error
	// Pause silences the screen for a time from now, at most [MaxPause]; 0 lets it
	// speak again.
	Pause func(ctx context.Context, d time.Duration) error
	// Plays yields the recent plays, oldest first. What it yields as an error is
	// left out of the answer.
	Plays iter.Seq2[plan.Play, error]
	// Sensors says what the inputs say now.
	Sensors func() Sensors
	// Metrics writes figures in Prometheus's text format.
	Metrics func(context.Context, io.Writer) error
	// Clock says what time it is; SetClock takes a person's word for it. Without
	// them there is nothing to ask.
	Clock    func() Time
	SetClock func(to time.Time, forgetLater bool) (Time, error)
}

// ErrNoInput says that no sensor of kind "signal" has the name.
var ErrNoInput = errors.New("no such signal")

// Server is a listening control socket or loopback port. Its methods may be called from any
// goroutine.
type Server struct {
	l    net.Listener
	http http.Server
}

// mode lets the socket's owner and group speak.
const mode = 0o660

// Listen opens the socket at path, readable and writable for its owner and
// group, and makes its folder if there is none. A socket left behind by a player
// that died is replaced; one that may still have a player, and anything that is
// not a socket, is left alone and refused. Callers wait until Serve is called.
func Listen(path string, api API) (*Server, error) {
	l, err := bind(path)
	if err != nil {
		return nil, err
	}
	// The umask may have taken the group's part.
	if err := os.Chmod(path, mode); err != nil {
		l.Close()
		return nil, fmt.Errorf("the control socket cannot be guarded: %w", err)
	}
	return newServer(l, api.handler()), nil
}

func newServer(l net.Listener, h http.Handler) *Server {
	s := &Server{l: l}
	s.http = http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      20 * time.Second,
		MaxHeaderBytes:    16 << 10,
	}
	return s
}

// Serve answers until ctx ends or the server is closed, then removes the socket
// and returns nil. Requests still being answered are cut off, and their contexts
// end. It must be called once at most.
func (s *Server) Serve(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() { s.http.Close() })
	defer stop()
	err := s.http.Serve(s.l)
	if ctx.Err() != nil || errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return fmt.Errorf("%s broke: %w", s.l.Addr(), err)
}

// Close stops listening and removes the socket, whether or not Serve was called.
func (s *Server) Close() error {
	err := s.http.Close()
	// http.Server knows of the listener from Serve only.
	if e := s.l.Close(); e != nil && !errors.Is(e, net.ErrClosed) {
		err = errors.Join(err, e)
	}
	return err
}

// An endpoint answers one path.
type endpoint struct {
	method string
	ask    func(*http.Request) (any, error)
}

func (a API) handler() http.Handler {
	endpoints := map[string]endpoint{
		"/api/v1/status": {http.MethodGet, func(r *http.Request) (any, error) { return a.Player.Status(r.Context()) }},
		"/api/v1/why": {http.MethodGet, func(r *http.Request) (any, error) {
			refusals, err := a.Player.Why(r.Context())
			return a.complete(written(refusals)), err
		}},
		"/api/v1/signal": {http.MethodPost, func(r *http.Request) (any, error) {
			input, act, err := readSignal(r.Body)
			if err != nil {
				return nil, err
			}
			return struct{}{}, a.Signal(r.Context(), input, act)
		}},
		"/api/v1/pause": {http.MethodPost, func(r *http.Request) (any, error) {
			d, err := readPause(r.Body)
			if err != nil {
				return nil, err
			}
			return struct{}{}, a.Pause(r.Context(), d)
		}},
		"/api/v1/plays":   {http.MethodGet, func(*http.Request) (any, error) { return a.Plays, nil }},
		"/api/v1/sensors": {http.MethodGet, func(*http.Request) (any, error) { return a.Sensors(), nil }},
		"/api/v1/metrics": {http.MethodGet, func(r *http.Request) (any, error) {
			var m metrics
			err := a.Metrics(r.Context(), &m)
			return &m, err
		}},
	}
	a.offerClock(endpoints)
	paths := strings.Join(slices.Sorted(maps.Keys(endpoints)), ", ")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		e, known := endpoints[r.URL.Path]
		switch {
		case !known:
			answer(w, nil, &badRequest{http.StatusNotFound, fmt.Sprintf("there is nothing at %q", r.URL.Path), "ask for one of " + paths})
		case r.Method != e.method:
			w.Header().Set("Allow", e.method)
			answer(w, nil, &badRequest{http.StatusMethodNotAllowed, fmt.Sprintf("%s does not take %s", r.URL.Path, r.Method), "use " + e.method})
		default:
			v, err := e.ask(r)
			answer(w, v, err)
		}
	})
}

// A badRequest is a request that makes no sense here.
type badRequest struct {
	status     int
	fact, hint string
}

func (b *badRequest) Error() string { return b.fact + "\nhint: " + b.hint }

// Metrics are an answer that is no JSON.
type metrics struct{ bytes.Buffer }

// A failure is the body of an answer that fails.
type failure struct {
	Error string `json:"error"`
	Hint  string `json:"hint,omitempty"`
}

func answer(w http.ResponseWriter, v any, err error) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	if plays, ok := v.(iter.Seq2[plan.Play, error]); ok && err == nil {
		writePlays(w, plays)
		return
	}
	if m, ok := v.(*metrics); ok && err == nil {
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		_, _ = w.Write(m.Bytes())
		return
	}
	status := http.StatusOK
	if err != nil {
		v, status = failed(err)
	}
	var body bytes.Buffer
	enc := json.NewEncoder(&body)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		// It wrote nothing, and two strings can always be written.
		v, status = failed(err)
		_ = enc.Encode(v)
	}
	w.WriteHeader(status)
	// The client is gone if this fails; nothing can be told to it.
	_, _ = w.Write(body.Bytes())
}

func failed(err error) (failure, int) {
	fact, hint, _ := strings.Cut(err.Error(), "\nhint: ")
	status := http.StatusServiceUnavailable
	var bad *badRequest
	switch {
	case errors.As(err, &bad):
		status = bad.status
	case errors.Is(err, ErrNoInput):
		status = http.StatusNotFound
	}
	return failure{fact, hint}, status
}
