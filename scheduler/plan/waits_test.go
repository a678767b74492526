package plan

import (
	"encoding/json"
	"math"
	"reflect"
	"testing"
	"time"
)

func TestWaitsCount(t *testing.T) {
	t.Parallel()
	var w Waits
	at := time.Date(2026, 11, 3, 14, 59, 59, 0, time.UTC) // a Tuesday
	for _, d := range []time.Duration{-1, 0, 4999 * time.Millisecond, 5 * time.Second, 37 * time.Second, 30 * time.Minute, 9 * time.Hour} {
		w.Count(at, d)
	}
	var want Waits
	want.Hours[2*24+14] = 7
	want.Lengths[0], want.Lengths[1], want.Lengths[7], want.Lengths[360] = 3, 1, 1, 2
	if w != want {
		t.Errorf("counts are wrong: hours %v, lengths %v", w.Hours, w.Lengths)
	}
	w.Count(time.Time{}, 12*time.Second)
	want.Lengths[2]++
	if w != want {
		t.Errorf("a wait of an unknown hour: hours %v, lengths %v", w.Hours, w.Lengths)
	}
	w.Lengths[3] = math.MaxUint32
	w.Count(at, 16*time.Second)
	if w.Lengths[3] != math.MaxUint32 {
		t.Error("a full count starts again from nothing")
	}
}

func TestWatch(t *testing.T) {
	t.Parallel()
	var w Waits
	w.Watch(-time.Second)
	w.Watch(90 * time.Minute)
	w.Watch(30 * time.Minute)
	if w.Watched != 2*time.Hour {
		t.Errorf("watched for %v", w.Watched)
	}
	w.Watch(math.MaxInt64)
	if w.Watched != math.MaxInt64 {
		t.Errorf("a full count is %v", w.Watched)
	}
}

// What a screen remembers is stored: these names stay.
func TestMemoryInJSON(t *testing.T) {
	t.Parallel()
	m := Memory{
		Delivered: []Delivery{{"local", "lens", Date{2026, 11, 1}, 12}, {Feed: "acme/shop", Campaign: "dress", Plays: 1}},
		Boot:      "b1", MonoMS: 72_000,
	}
	const want = `{"delivered":[{"feed":"local","campaign":"lens","from":"2026-11-01","plays":12},` +
		`{"feed":"acme/shop","campaign":"dress","plays":1}],"boot":"b1","mono_ms":72000}`
	if got := string(marshal(t, m)); got != want {
		t.Errorf("it is written\n%s\nwant\n%s", got, want)
	}
	m.Waits = &Waits{Watched: time.Hour}
	m.Waits.Count(time.Date(2026, 11, 3, 14, 0, 0, 0, time.UTC), time.Minute)
	var fields map[string]map[string]any
	if err := json.Unmarshal(marshal(t, Memory{Waits: m.Waits}), &fields); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"hours", "lengths", "watched"} {
		if fields["waits"][name] == nil {
			t.Errorf("there is no %s", name)
		}
	}
	var again Memory
	if err := json.Unmarshal(marshal(t, m), &again); err != nil || !reflect.DeepEqual(again, m) {
		t.Errorf("it reads back as %+v, %v", again, err)
	}
}
