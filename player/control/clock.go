package control

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"entracte/hw/clock"
)

// Time is what time it is at the venue, and all that is known of it.
type Time struct {
	clock.State
	// Zone is the venue's time zone, as "Europe/Paris".
	Zone string `json:"zone"`
}

// A clockSetting is the body of a request that sets the clock. ForgetLater says
// that a later time that was seen was wrong.
type clockSetting struct {
	Time        time.Time `json:"time"`
	ForgetLater bool      `json:"forget_later,omitempty"`
}

const clockHint = `write {"time": "2026-11-22T14:05:00+01:00"}`

func readClockSetting(r *http.Request) (clockSetting, error) {
	var q clockSetting
	if err := readBody(r.Body, &q, "clock", clockHint); err != nil {
		return q, err
	}
	if q.Time.IsZero() {
		return q, &badRequest{http.StatusBadRequest, "the clock is set to no time", clockHint}
	}
	return q, nil
}

// offerClock adds what the clock can be asked, where there is one.
func (a API) offerClock(endpoints map[string]endpoint) {
	if a.Clock != nil {
		endpoints["/api/v1/clock"] = endpoint{http.MethodGet, func(*http.Request) (any, error) { return a.Clock(), nil }}
	}
	if a.SetClock == nil {
		return
	}
	endpoints["/api/v1/clock/set"] = endpoint{http.MethodPost, func(r *http.Request) (any, error) {
		q, err := readClockSetting(r)
		if err != nil {
			return nil, err
		}
		return a.SetClock(q.Time, q.ForgetLater)
	}}
}

// Clock asks what time it is and how far that can be trusted.
func (c *Client) Clock(ctx context.Context) (Time, error) {
	var t Time
	err := c.do(ctx, http.MethodGet, "clock", nil, &t)
	return t, err
}

// SetClock vouches for a time, until the power goes; forgetLater says that a later
// time that was seen was wrong.
func (c *Client) SetClock(ctx context.Context, to time.Time, forgetLater bool) (Time, error) {
	var t Time
	body, err := json.Marshal(clockSetting{to, forgetLater})
	if err != nil {
		return t, err
	}
	err = c.do(ctx, http.MethodPost, "clock/set", body, &t)
	return t, err
}
