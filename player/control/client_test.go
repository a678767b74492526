package control

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestClientWithoutPlayer(t *testing.T) {
	t.Parallel()
	left := place(t)
	dead(t, left)
	for what, path := range map[string]string{
		"no socket":       place(t),
		"no folder":       filepath.Join(place(t), "a", "s"),
		"a dead socket":   left,
		"too long a path": "/" + strings.Repeat("d", 200),
	} {
		c := Dial(path)
		_, err := c.Status(soon(t))
		if !errors.Is(err, ErrNoPlayer) {
			t.Errorf("%s: %v", what, err)
		}
		says(t, err, path, "start it with `entracte play`")
		if _, err := c.Why(soon(t)); !errors.Is(err, ErrNoPlayer) {
			t.Errorf("%s: %v", what, err)
		}
		if err := c.Signal(soon(t), "till", On); !errors.Is(err, ErrNoPlayer) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestClientThatMayNotSpeak(t *testing.T) {
	t.Parallel()
	if os.Geteuid() <= 0 {
		t.Skip("root may speak to every socket, and Windows asks the folder")
	}
	path := place(t)
	newDesk().open(t, path)
	if err := os.Chmod(path, 0); err != nil {
		t.Fatal(err)
	}
	_, err := Dial(path).Status(soon(t))
	says(t, err, "this user may not speak to the player on "+path, "join the group")
}

func TestClientThatWaitsInVain(t *testing.T) {
	t.Parallel()
	d, path := newDesk(), place(t)
	d.asked = make(chan context.Context, 2)
	c := d.open(t, path)
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	_, err := c.Status(ctx)
	if !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, ErrNoPlayer) {
		t.Errorf("got %v", err)
	}
	says(t, err, "takes too long to answer", "restart the player")
	ctx, cancel = context.WithCancel(context.Background())
	cancel()
	if _, err := c.Why(ctx); err != context.Canceled {
		t.Errorf("got %v", err)
	}
}

// Nobody closes a client, so it must not keep connections.
func TestClientHoldsNothingOpen(t *testing.T) {
	t.Parallel()
	path := place(t)
	srv, err := Listen(path, API{Player: newDesk()})
	if err != nil {
		t.Fatal(err)
	}
	defer srv.Close()
	states := make(chan http.ConnState, 10)
	srv.http.ConnState = func(_ net.Conn, s http.ConnState) { states <- s }
	go srv.Serve(context.Background())
	if _, err := Dial(path).Status(soon(t)); err != nil {
		t.Fatal(err)
	}
	for _, want := range []http.ConnState{http.StateNew, http.StateActive, http.StateClosed} {
		if got := ended(t, states); got != want {
			t.Fatalf("the connection is %s, want %s", got, want)
		}
	}
}

// Something else on the socket is told apart from no player.
func TestClientOfSomethingElse(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		what   string
		answer http.HandlerFunc
		fact   string
		hint   string
	}{
		{"breaks off", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "gave no whole answer: EOF", "ask again"},
		{"half an answer", func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte(`{"venue": "Bij`)) }, "gave no whole answer: unexpected EOF", "ask again"},
		{"not JSON", func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("hello")) }, "gave no whole answer: invalid character", "ask again"},
		{"a failure in plain text", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", 500) }, "the player answered 500 Internal Server Error", ""},
		{"an empty failure", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503); w.Write([]byte("{}")) }, "the player answered 503", ""},
	} {
		path := place(t)
		l, err := net.Listen("unix", path)
		if err != nil {
			t.Fatal(err)
		}
		srv := http.Server{Handler: c.answer}
		go srv.Serve(l)
		defer srv.Close()
		_, err = Dial(path).Status(soon(t))
		says(t, err, c.fact, c.hint)
		if errors.Is(err, ErrNoPlayer) || strings.Contains(err.Error(), "http://") {
			t.Errorf("%s: %v", c.what, err)
		}
	}
}
