package scheduler

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"entracte/scheduler/plan"
)

// A Reason is one of the things that led to a choice. It is comparable.
type Reason struct {
	kind kind
	// a of b turns for a share and for an own turn; a plays per period b for a cap.
	a, b int
}

// kind is the code of a reason, without its figures.
type kind string

const (
	kindEmergency  kind = "emergency"
	kindTakeover   kind = "takeover"
	kindGuaranteed kind = "guaranteed"
	kindHouse      kind = "house"
	// kindOwnTurn: house content in its own turn, while paid campaigns may play.
	kindOwnTurn kind = "own-turn"
	// kindFiller: house content because no paid campaign may play.
	kindFiller       kind = "filler"
	kindTargetingOff kind = "targeting-off"
	// kindShare: about how many of all turns the campaign takes now.
	kindShare kind = "share"
	// kindCap: a limit that applies.
	kindCap kind = "cap"
	// kindRepeat: the same campaign again, because no other of its tier may play.
	kindRepeat kind = "relaxed:repeat"
	// kindCoolDown: right after an abort, because nothing else may play.
	kindCoolDown kind = "relaxed:cooldown"
)

// Code returns the stable code of the play record: "share:1/9", "cap:4/hour",
// "house", "own-turn", "filler", "emergency", "takeover", "guaranteed",
// "targeting-off", "relaxed:repeat" or "relaxed:cooldown".
func (r Reason) Code() string {
	switch r.kind {
	case kindShare:
		return fmt.Sprintf("%s:%d/%d", r.kind, r.a, r.b)
	case kindCap:
		return fmt.Sprintf("%s:%d/%s", r.kind, r.a, plan.CapPeriod(r.b))
	}
	return string(r.kind)
}

// ParseReason reads what Code writes, for the sentence of a recorded play.
func ParseReason(code string) (Reason, bool) {
	bare := []kind{kindEmergency, kindTakeover, kindGuaranteed, kindHouse, kindOwnTurn, kindFiller, kindTargetingOff,
		kindRepeat, kindCoolDown}
	if slices.Contains(bare, kind(code)) {
		return Reason{kind: kind(code)}, true
	}
	name, figures, _ := strings.Cut(code, ":")
	first, second, _ := strings.Cut(figures, "/")
	r := Reason{kind: kind(name)}
	r.a, _ = strconv.Atoi(first)
	switch r.kind {
	case kindShare:
		r.b, _ = strconv.Atoi(second)
	case kindCap:
		var per plan.CapPeriod
		if per.UnmarshalText([]byte(second)) != nil {
			return Reason{}, false
		}
		r.b = int(per)
	}
	// One spelling only: what it writes must be what it read.
	if r.a < 0 || r.b < 0 || r.Code() != code || r.kind != kindShare && r.kind != kindCap {
		return Reason{}, false
	}
	return r, true
}

// reasons says why the turn came out as it did, in the field just looked at.
func (s *Scheduler) reasons(t turn) []Reason {
	a := &s.ads[t.ad]
	var rs []Reason
	add := func(k kind) { rs = append(rs, Reason{kind: k}) }
	switch a.lane {
	case emergency:
		add(kindEmergency)
	case takeover:
		add(kindTakeover)
	case guaranteed:
		add(kindGuaranteed)
	case house:
		add(kindHouse)
		if t.filler {
			add(kindFiller)
		} else {
			add(kindOwnTurn)
		}
	}
	if a.lane != house {
		if !s.options.Venue.Targeting {
			add(kindTargetingOff)
		}
		rs = append(rs, s.share(t.ad))
	}
	if !a.venue {
		for _, c := range a.campaign.Caps {
			rs = append(rs, Reason{kindCap, c.Plays, int(c.Per)})
		}
	}
	if t.relaxed != "" {
		add(t.relaxed)
	}
	return rs
}

// share is about how many of all turns the ad takes as things are now.
func (s *Scheduler) share(i int) Reason {
	f, a := &s.field, &s.ads[i]
	turns, of := a.weight, f.total[a.lane]
	// One that holds more than half of the weight cannot take more than every
	// second turn, and leaves the rest to the others.
	if len(f.by[a.lane]) > 1 {
		for _, j := range f.by[a.lane] {
			if w := s.ads[j].weight; 2*w > of {
				if j == i {
					turns, of = 1, 2
				} else {
					of = 2 * (of - w)
				}
				break
			}
		}
	}
	if a.lane == guaranteed || a.lane == weighted {
		if f.mixed() {
			turns, of = turns*(guaranteedOf-1), of*guaranteedOf
			if a.lane == guaranteed {
				turns /= guaranteedOf - 1
			}
		}
		if f.contested() {
			turns, of = turns*(s.ownOf()-s.ownTurns()), of*s.ownOf()
		}
	}
	n, m := inWords(turns, of)
	return Reason{kindShare, n, m}
}

// inWords rounds a share to a fraction that people say: 1 in n up to a half, the
// nearest of tenths and simpler above, and all of them only when it is all.
func inWords(turns, of int64) (n, m int) {
	if turns <= 0 {
		return 0, 1
	}
	if turns >= of {
		return 1, 1
	}
	if 2*turns <= of {
		return 1, int((2*of + turns) / (2 * turns))
	}
	best := func(n, m, p, q int64) bool { // |n/m - share| < |p/q - share|
		return abs(n*of-m*turns)*q < abs(p*of-q*turns)*m
	}
	p, q := int64(1), int64(2)
	for m := int64(3); m <= 10; m++ {
		n := min((2*turns*m+of)/(2*of), m-1)
		if best(n, m, p, q) {
			p, q = n, m
		}
	}
	return int(p), int(q)
}

func abs(x int64) int64 { return max(x, -x) }
