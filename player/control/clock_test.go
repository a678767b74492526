package control

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"entracte/hw/clock"
	"entracte/scheduler/plan"
)

// withClock is the desk with a clock that says noon, and refuses the past.
func withClock(settable bool) API {
	api := newDesk().api()
	noon := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	api.Clock = func() Time {
		return Time{State: clock.State{Now: noon, Trust: plan.ClockFloor, Doubt: clock.NoSource}, Zone: "Europe/Paris"}
	}
	if settable {
		api.SetClock = func(to time.Time, forget bool) (Time, error) {
			if to.Before(noon) {
				return Time{}, errors.New("it has passed\nhint: check the year")
			}
			t := Time{State: clock.State{Now: to, Trust: plan.ClockTrusted, By: clock.Person}, Zone: "Europe/Paris"}
			if forget {
				t.Seen = to
			}
			return t, nil
		}
	}
	return api
}

func TestClock(t *testing.T) {
	t.Parallel()
	path := place(t)
	srv, err := Listen(path, withClock(true))
	if err != nil {
		t.Fatal(err)
	}
	serve(t, srv)
	c := Dial(path)
	if got, err := c.Clock(soon(t)); err != nil || got.Trust != plan.ClockFloor || got.Doubt != clock.NoSource || got.Zone != "Europe/Paris" || got.Now.Hour() != 12 {
		t.Errorf("%+v %v", got, err)
	}
	at := time.Date(2026, 12, 24, 18, 0, 0, 0, time.FixedZone("", 3600))
	for _, forget := range []bool{false, true} {
		if got, err := c.SetClock(soon(t), at, forget); err != nil || !got.Now.Equal(at) || got.By != clock.Person || got.Seen.Equal(at) != forget {
			t.Errorf("%+v %v", got, err)
		}
	}
	_, err = c.SetClock(soon(t), at.AddDate(-1, 0, 0), false)
	says(t, err, "it has passed", "check the year")
	for body, says := range map[string]string{
		``:                        "it is empty",
		`{}`:                      "the clock is set to no time",
		`{"time": "noon"}`:        "the clock cannot be read",
		`{"time": 1795000000}`:    "the clock cannot be read",
		`{"time": null, "at": 1}`: "at",
		`{"time": "2026-11-22T14:05:00+01:00"} {}`: "something follows",
	} {
		r := speak(t, path, "POST", "/api/v1/clock/set", body)
		if r.status != http.StatusBadRequest || !strings.Contains(r.body, says) || !strings.Contains(r.body, `"hint":"write {\"time\": `) {
			t.Errorf("%s is answered %d %s", body, r.status, r.body)
		}
	}
}

// Without a way to set it there is nothing to ask; a player without a clock says
// so too.
func TestClockThatCannotBeSet(t *testing.T) {
	t.Parallel()
	path := place(t)
	srv, err := Listen(path, withClock(false))
	if err != nil {
		t.Fatal(err)
	}
	serve(t, srv)
	if _, err := Dial(path).SetClock(soon(t), time.Now(), false); err == nil || !strings.Contains(err.Error(), "there is nothing at") {
		t.Error(err)
	}
	if _, err := Dial(path).Clock(soon(t)); err != nil {
		t.Error(err)
	}
}
