package media

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// A rate is frames per second as a fraction. Frame i is due i/rate after the
// first one.
type rate struct{ num, den int64 }

// maxRate is the most frames a second that are shown.
const maxRate = 60

// parseRate picks the rate a clip is shown at from its average rate and the one
// its container is written in, both like "30000/1001". The second is exact for a
// clip of constant rate and far too high for one of variable rate, which is shown
// at its average.
func parseRate(average, written string) rate {
	avg, okAvg := parseFraction(average)
	base, okBase := parseFraction(written)
	r := rate{25, 1}
	switch {
	case okAvg && okBase && base.float() <= avg.float()*1.05 && base.float() >= avg.float()*0.95:
		r = base
	case okAvg:
		r = avg
	case okBase:
		r = base
	}
	if r.float() > maxRate {
		return rate{maxRate, 1}
	}
	if r.float() < 1 {
		return rate{1, 1}
	}
	if r.den > 1001 || r.num > maxRate*1001 {
		return rate{int64(math.Round(r.float() * 1000)), 1000}
	}
	return r
}

func parseFraction(text string) (rate, bool) {
	a, b, _ := strings.Cut(text, "/")
	num, err1 := strconv.ParseInt(a, 10, 32)
	den, err2 := strconv.ParseInt(b, 10, 32)
	return rate{num, den}, err1 == nil && err2 == nil && num > 0 && den > 0
}

func (r rate) float() float64 { return float64(r.num) / float64(r.den) }

func (r rate) String() string {
	return strconv.FormatInt(r.num, 10) + "/" + strconv.FormatInt(r.den, 10)
}

// index returns which frame is due at elapsed.
func (r rate) index(elapsed time.Duration) int64 {
	return int64(max(0, min(elapsed, maxLength))) * r.num / (r.den * int64(time.Second))
}

// at returns when frame i is due: the first instant at which index returns i.
func (r rate) at(i int64) time.Duration {
	return time.Duration((i*r.den*int64(time.Second) + r.num - 1) / r.num)
}
