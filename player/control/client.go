package control

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"

	"entracte/player"
)

// Client speaks to a player's control socket. It holds nothing open between
// questions, and may be used from any goroutine. A question waits for its answer
// as long as its context lets it.
type Client struct {
	path string
	http http.Client
}

// ErrNoPlayer says that nothing answers on the socket.
var ErrNoPlayer = errors.New("no player is running")

// Dial returns a client for the socket at path. It connects when it is used.
func Dial(path string) *Client {
	c := &Client{path: path}
	c.http.Transport = &http.Transport{
		// A connection kept would outlive the client, which nobody closes.
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", address(path))
		},
	}
	return c
}

// Status asks what is going on.
func (c *Client) Status(ctx context.Context) (player.Status, error) {
	var s player.Status
	err := c.do(ctx, http.MethodGet, "status", nil, &s)
	return s, err
}

// Why asks what keeps each campaign off the glass, ordered by feed and campaign.
func (c *Client) Why(ctx context.Context) ([]Refusal, error) {
	var r []Refusal
	err := c.do(ctx, http.MethodGet, "why", nil, &r)
	return r, err
}

// Sensors asks what the inputs say now.
func (c *Client) Sensors(ctx context.Context) (Sensors, error) {
	var s Sensors
	err := c.do(ctx, http.MethodGet, "sensors", nil, &s)
	return s, err
}

// Signal sets a sensor of kind "signal".
func (c *Client) Signal(ctx context.Context, input string, a Act) error {
	q, err := signalOf(input, a)
	if err != nil {
		return err
	}
	body, err := json.Marshal(q)
	if err != nil {
		return err
	}
	return c.do(ctx, http.MethodPost, "signal", body, new(struct{}))
}

// do asks and reads the answer into the value that into points to.
func (c *Client) do(ctx context.Context, method, what string, body []byte, into any) error {
	req, err := http.NewRequestWithContext(ctx, method, "http://player/api/v1/"+what, bytes.NewReader(body))
	if err != nil {
		return err
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return c.noAnswer(ctx, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		var f failure
		if err := json.NewDecoder(io.LimitReader(resp.Body, 64<<10)).Decode(&f); err != nil || f.Error == "" {
			return fmt.Errorf("the player answered %s", resp.Status)
		}
		if f.Hint != "" {
			return fmt.Errorf("%s\nhint: %s", f.Error, f.Hint)
		}
		return errors.New(f.Error)
	}
	if err := json.NewDecoder(resp.Body).Decode(into); err != nil {
		return c.noAnswer(ctx, err)
	}
	return nil
}

// noAnswer says why there is no whole answer.
func (c *Client) noAnswer(ctx context.Context, err error) error {
	// The address in it is one we made up.
	if made := (*url.Error)(nil); errors.As(err, &made) {
		err = made.Err
	}
	var op *net.OpError
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return fmt.Errorf("the player on %s takes too long to answer: %w\nhint: try again; if it stays so, restart the player", c.path, ctx.Err())
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("this user may not speak to the player on %s\nhint: try sudo, or join the group of that file", c.path)
	case errors.As(err, &op) && op.Op == "dial":
		return fmt.Errorf("%w (nothing answers on %s)\nhint: start it with `entracte play`, or name its --data", ErrNoPlayer, c.path)
	}
	return fmt.Errorf("the player on %s gave no whole answer: %w\nhint: ask again; it may have been ending", c.path, err)
}
