package control

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"

	"entracte/player"
	"entracte/scheduler"
)

// Client speaks to a player's control socket.
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
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", path)
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

// Why asks what keeps each campaign off the glass.
func (c *Client) Why(ctx context.Context) ([]scheduler.Refusal, error) {
	var r []scheduler.Refusal
	err := c.do(ctx, http.MethodGet, "why", nil, &r)
	return r, err
}

// Signal sets a sensor of kind "signal".
func (c *Client) Signal(ctx context.Context, input string, a Act) error {
	q := map[string]any{"input": input}
	if a == Pulse {
		q["pulse"] = true
	} else {
		q["on"] = a == On
	}
	return c.do(ctx, http.MethodPost, "signal", q, nil)
}

func (c *Client) do(ctx context.Context, method, what string, body, into any) error {
	var b bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&b).Encode(body); err != nil {
			return err
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, "http://player/api/v1/"+what, &b)
	if err != nil {
		return err
	}
	resp, err := c.http.Do(req)
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return fmt.Errorf("%w (nothing answers on %s)\nhint: start it with `entracte play`, or name its --data", ErrNoPlayer, c.path)
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
	if into == nil {
		return nil
	}
	return json.NewDecoder(resp.Body).Decode(into)
}
