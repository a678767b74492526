package mqtt

import (
	"context"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
)

var update = flag.Bool("update", false, "write the golden file from what the code says")

func announcement(facts func() Facts) *Announcement {
	return &Announcement{Name: "Bijouterie Martin", Version: "1.2", Facts: func(context.Context) (Facts, bool) { return facts(), true }}
}

// TestAnnouncement pins every byte that is ever published: what is added here is
// told to everybody on the broker, and has to be argued for in the package comment.
func TestAnnouncement(t *testing.T) {
	t.Parallel()
	b := &Broker{Device: "shop-17"}
	a := announcement(func() Facts {
		return Facts{Open: true, Campaigns: 12, Faults: []string{"sensor \"bench\": GPIO17 cannot be read\nhint: look at the wire"}}
	})
	state, _ := a.state(t.Context(), b)
	var text strings.Builder
	for _, m := range append(a.configs(b), state, message{a.statusTopic(b), "online"}) {
		text.WriteString(m.topic + "\n" + m.payload + "\n")
	}
	golden := filepath.Join("testdata", "announcement.golden")
	if *update {
		if err := os.WriteFile(golden, []byte(text.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got := text.String(); got != strings.ReplaceAll(string(want), "\r\n", "\n") {
		t.Errorf("published:\n%s\nwant:\n%s", got, want)
	}
}

// Facts have three fields, and none is about people: see the package comment
// before adding one.
func TestFactsAreFew(t *testing.T) {
	t.Parallel()
	var fields []string
	for i := range reflect.TypeFor[Facts]().NumField() {
		fields = append(fields, reflect.TypeFor[Facts]().Field(i).Name)
	}
	if got := strings.Join(fields, " "); got != "Open Campaigns Faults" {
		t.Errorf("facts are %s", got)
	}
}

// The broker keeps the announcement, hears of changes, and tells everybody when
// the player stops.
func TestAnnounced(t *testing.T) {
	t.Parallel()
	m := newBroker(t, open).start()
	var campaigns atomic.Int64
	campaigns.Store(3)
	facts := func() Facts { return Facts{Campaigns: int(campaigns.Load())} }
	r := run(t, Connection{Broker: Broker{Address: m.address("mqtt")}, Announce: announcement(facts)})

	status := m.joins("watcher").listens("entracte/shop-17/status")
	if got := string(status.hears().Payload()); got != "online" {
		t.Fatalf("status is %q", got)
	}
	state := m.joins("dashboard").listens("entracte/shop-17/state")
	says := func(want string) {
		t.Helper()
		if got := string(state.hears().Payload()); got != want {
			t.Fatalf("state is %s, want %s", got, want)
		}
	}
	says(`{"hours":"closed","campaigns":3,"problem":"OFF","faults":[]}`)
	campaigns.Store(4)
	says(`{"hours":"closed","campaigns":4,"problem":"OFF","faults":[]}`)

	// Home Assistant comes later and finds the entities in the store.
	ha := m.joins("homeassistant").listens("homeassistant/#")
	for range 3 {
		msg := ha.hears()
		var e entity
		if err := json.Unmarshal(msg.Payload(), &e); err != nil || !msg.Retained() || e.AvailabilityTopic != "entracte/shop-17/status" || e.Device.Name != "Entracte Bijouterie Martin" {
			t.Errorf("%s (retained %v): %s", msg.Topic(), msg.Retained(), msg.Payload())
		}
	}

	r.end()
	if got := string(status.hears().Payload()); got != "offline" {
		t.Errorf("after its end the status is %q", got)
	}
	if got := m.joins("late").listens("entracte/shop-17/status").hears(); string(got.Payload()) != "offline" || !got.Retained() {
		t.Errorf("later the status is %q", got.Payload())
	}
}

// Without discovery nothing at all is published.
func TestSilentWithoutDiscovery(t *testing.T) {
	t.Parallel()
	m := newBroker(t, open).start()
	all := m.joins("watcher").listens("#")
	r := run(t, Connection{Broker: Broker{Address: m.address("mqtt")}, Inputs: []Input{{Name: "pir", Topic: "pir/state"}}})
	r.reads("no message on")
	r.end()
	all.says("the end", "x")
	if got := all.hears(); got.Topic() != "the end" {
		t.Errorf("it published %s on %s", got.Payload(), got.Topic())
	}
}
