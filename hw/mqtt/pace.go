package mqtt

import (
	"crypto/sha256"
	"encoding/binary"
	"strconv"
	"time"
)

// timing is how patient a connection is.
type timing struct {
	// lost is how long after its last sign of life the broker's word still counts.
	lost time.Duration
	// grace is how long after connecting the broker may take to send what it has
	// in store, before silence is reported. It must be less than the 5 s that
	// hw/presence waits at the start.
	grace time.Duration
	// keepAlive is a whole number of seconds: that is MQTT's unit. The client asks
	// for a sign of life that often, and gives it ping to come, so that a broker
	// behind a pulled cable is missed, and looked for again, before lost.
	keepAlive, ping time.Duration
	// connect bounds one try to connect.
	connect time.Duration
	// first and most are the pauses between tries: they double from one to the
	// other. A connection that lasted for steady begins anew with first.
	first, most, steady time.Duration
	// facts is how often what is announced is asked for.
	facts time.Duration
	// beat is how often a link that waits shows that it is alive.
	beat time.Duration
}

var usual = timing{
	lost: 10 * time.Second, grace: 2 * time.Second,
	keepAlive: 4 * time.Second, ping: 2 * time.Second,
	connect: 10 * time.Second,
	first:   time.Second, most: 30 * time.Second, steady: 30 * time.Second,
	facts: time.Minute, beat: time.Second,
}

// failures counts on: how many there were in a row, with the one that ended a
// try or a session that took so long.
func (t *timing) failures(before int, took time.Duration) int {
	if took >= t.steady {
		return 1
	}
	return before + 1
}

// pause is how long to wait after the n-th failure in a row, counted from 1:
// between half of the doubled pause and all of it. Where in between depends on
// the device's id, so that the screens of a shop do not all come back to a
// restarted broker in one beat, and every run can be repeated.
func (t *timing) pause(device string, n int) time.Duration {
	d := t.most
	if n <= 20 {
		d = min(t.first<<(n-1), t.most)
	}
	sum := sha256.Sum256([]byte(device + "/" + strconv.Itoa(n)))
	fraction := time.Duration(binary.BigEndian.Uint16(sum[:]))
	return d/2 + d/2*fraction/(1<<16)
}
