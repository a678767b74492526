package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"entracte/player"
	"entracte/scheduler"
	"entracte/scheduler/plan"
)

// patience ends a test that would hang; nothing waits for it otherwise.
const patience = 10 * time.Second

// A desk is a player and its inputs, as the socket sees them.
type desk struct {
	status player.Status
	why    []scheduler.Refusal
	err    error
	// asked is told of every question to the player, if set; it then answers
	// when the context ends.
	asked   chan context.Context
	plays   []plan.Play
	sensors Sensors
	// signals are the acts that arrived, as "till on". It has room for those of a
	// test, so that a signal is there when its answer is.
	signals chan string
}

func newDesk() *desk { return &desk{signals: make(chan string, 100)} }

func (d *desk) wait(ctx context.Context) error {
	if d.asked == nil {
		return d.err
	}
	d.asked <- ctx
	<-ctx.Done()
	return ctx.Err()
}

func (d *desk) Status(ctx context.Context) (player.Status, error) { return d.status, d.wait(ctx) }

func (d *desk) Why(ctx context.Context) ([]scheduler.Refusal, error) { return d.why, d.wait(ctx) }

func (d *desk) metrics(ctx context.Context, w io.Writer) error {
	if _, err := io.WriteString(w, "entracte_up 1\n"); err != nil {
		return err
	}
	return d.wait(ctx)
}

func (d *desk) signal(_ context.Context, input string, a Act) error {
	if input != "till" && input != "bell" {
		return fmt.Errorf("%w: %q\nhint: the signals here are \"till\", \"bell\"", ErrNoInput, input)
	}
	d.signals <- input + " " + string(a)
	return d.err
}

func (d *desk) pause(_ context.Context, wanted time.Duration) error {
	d.signals <- "pause " + wanted.String()
	return d.err
}

// api is the desk with a line in its play log that cannot be read.
func (d *desk) api() API {
	return API{Player: d, Signal: d.signal, Pause: d.pause, Sensors: func() Sensors { return d.sensors }, Metrics: d.metrics,
		Plays: func(yield func(plan.Play, error) bool) {
			for _, p := range d.plays {
				if !yield(plan.Play{}, errors.New("a damaged line")) || !yield(p, nil) {
					return
				}
			}
		}}
}

// taken returns the signals that arrived since it was last asked.
func (d *desk) taken() string {
	var all []string
	for {
		select {
		case s := <-d.signals:
			all = append(all, s)
		default:
			return strings.Join(all, ", ")
		}
	}
}

// place is a path for a socket, as short as tests can have it.
func place(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "s")
	if len(path) > maxPath {
		t.Skipf("the folder for temporary files is too deep for a socket: %s", path)
	}
	return path
}

// open listens on a path and serves the desk until the test ends.
func (d *desk) open(t *testing.T, path string) *Client {
	t.Helper()
	srv, err := Listen(path, d.api())
	if err != nil {
		t.Fatal(err)
	}
	serve(t, srv)
	return Dial(path)
}

// openPort offers the desk on a free port until the test ends.
func (d *desk) openPort(t *testing.T) string {
	t.Helper()
	srv, err := ListenLoopback(0, d.api())
	if err != nil {
		t.Fatal(err)
	}
	serve(t, srv)
	return srv.Addr()
}

func serve(t *testing.T, srv *Server) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- srv.Serve(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := ended(t, done); err != nil {
			t.Errorf("Serve: %v", err)
		}
	})
}

// ended waits for what a goroutine sends when it is done.
func ended[V any](t *testing.T, done <-chan V) V {
	t.Helper()
	select {
	case v := <-done:
		return v
	case <-time.After(patience):
		t.Fatal("it never ends")
		panic("unreachable")
	}
}

func soon(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	return ctx
}

// A reply is an answer as a program in another language sees it.
type reply struct {
	status int
	header http.Header
	body   string
	failure
}

// speak asks without our client, at the path of a socket or an address.
func speak(t *testing.T, at, method, target, body string) reply {
	t.Helper()
	return ask(t, at, request(t, at, method, target, body))
}

func request(t *testing.T, at, method, target, body string) *http.Request {
	t.Helper()
	host := "player"
	if !filepath.IsAbs(at) {
		host = at
	}
	req, err := http.NewRequestWithContext(soon(t), method, "http://"+host+target, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	return req
}

func ask(t *testing.T, at string, req *http.Request) reply {
	t.Helper()
	network := "tcp"
	if filepath.IsAbs(at) {
		network = "unix"
	}
	c := http.Client{Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, at)
		},
	}}
	resp, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	r := reply{status: resp.StatusCode, header: resp.Header, body: string(b)}
	if resp.StatusCode != http.StatusOK && req.Method != http.MethodHead {
		if err := json.Unmarshal(b, &r.failure); err != nil {
			t.Errorf("%s %s answers %d with %q, which is no failure: %v", req.Method, req.URL, r.status, b, err)
		}
	}
	return r
}

// says checks the sentence and the hint of an error; no hint means that there is none.
func says(t *testing.T, err error, fact, hint string) {
	t.Helper()
	if err == nil {
		t.Errorf("no error, want %q", fact)
		return
	}
	gotFact, gotHint, _ := strings.Cut(err.Error(), "\nhint: ")
	if !strings.Contains(gotFact, fact) || !strings.Contains(gotHint, hint) || (hint == "") != (gotHint == "") {
		t.Errorf("got %q, want %q with the hint %q", err, fact, hint)
	}
}
