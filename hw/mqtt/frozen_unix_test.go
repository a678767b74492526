//go:build unix

package mqtt

import (
	"syscall"
	"testing"
)

// A broker that stops without closing anything, as behind a pulled cable, is
// missed by the keep-alive.
func TestBrokerFrozen(t *testing.T) {
	t.Parallel()
	m := newBroker(t, open).start()
	r := run(t, Connection{Broker: Broker{Address: m.address("mqtt")}, Inputs: []Input{{Name: "pir", Topic: "pir/state"}}})
	r.reads("no message on pir/state")
	m.joins("pir").says("pir/state", "ON")
	r.reads("high")
	if err := m.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	r.reads("fell silent")
	if err := m.cmd.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	r.reads("no message on pir/state")
}
