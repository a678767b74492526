package control

import (
	"fmt"
	"io"
	"net/http"
	"time"
)

// MaxPause is the longest pause: a screen that was silenced and forgotten comes
// back the next day.
const MaxPause = 24 * time.Hour

// A pause is the body of a request that silences the screen.
type pause struct {
	Minutes *int `json:"minutes"`
}

const pauseHint = `write {"minutes": 10}; {"minutes": 0} lets the screen speak again`

func readPause(body io.Reader) (time.Duration, error) {
	var q pause
	if err := readBody(body, &q, "pause", pauseHint); err != nil {
		return 0, err
	}
	const most = int(MaxPause / time.Minute)
	switch {
	case q.Minutes == nil:
		return 0, &badRequest{http.StatusBadRequest, "the pause does not say how long", pauseHint}
	case *q.Minutes < 0 || *q.Minutes > most:
		return 0, &badRequest{http.StatusBadRequest, fmt.Sprintf("a pause is of 0 to %d minutes, not %d", most, *q.Minutes), pauseHint}
	}
	return time.Duration(*q.Minutes) * time.Minute, nil
}
