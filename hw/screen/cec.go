package screen

import (
	"context"
	"errors"
	"fmt"
)

// CEC speaks HDMI-CEC to a television by the kernel's /dev/cecN. The devices are
// opened for each request and closed again: other programs may use them too, and
// they may come and go.
type CEC struct {
	// Path is the device; empty (default) takes the first one that has a
	// television behind it.
	Path string
	// open gives the adapters to ask; nil opens the kernel's.
	open func(path string) ([]adapter, error)
}

// An adapter is one opened CEC device.
type adapter interface {
	// addresses returns our place in the HDMI tree and on the bus. ok is false
	// while there is no such place, because the television's EDID cannot be
	// read: it may be asleep, or something else.
	addresses() (physical uint16, logical byte, ok bool, err error)
	// transmit sends a message, and waits for the answer with this opcode if it
	// is not 0.
	transmit(message []byte, answer byte) ([]byte, error)
	Close() error
}

// Messages and addresses of HDMI 1.4b, supplement CEC, tables 6 to 10.
const (
	opImageViewOn   = 0x04
	opStandby       = 0x36
	opActiveSource  = 0x82
	opGivePower     = 0x8f
	opReportPower   = 0x90
	television      = 0x0
	unregistered    = 0xf
	everybody       = 0xf
	noPhysical      = 0xffff
	videoOutputName = "Entracte"
)

// What a transmission may come to beside an answer.
var (
	errNotTaken  = errors.New("no television takes the message: it may be unplugged, or its CEC switched off\nhint: look for CEC in its menu; makers call it Anynet+, Bravia Sync, Simplink, VIERA Link, EasyLink")
	errNoCable   = errors.New("nothing is connected, or it shows no sign of life\nhint: check the cable, and that the screen has mains power")
	errNoAnswer  = errors.New("the television does not answer")
	errNoFeature = errors.New("the television does not know this question")
	errNoAddress = errors.New("the television cannot be asked: it does not say which of its inputs this is")
)

// Name returns "cec".
func (*CEC) Name() string { return "cec" }

// Switch wakes the television and shows it our input, or sends it to standby.
func (c *CEC) Switch(ctx context.Context, on bool) error {
	return c.ask(ctx, func(a adapter) error {
		physical, logical, ok, err := a.addresses()
		if err != nil {
			return err
		}
		from := byte(unregistered) << 4
		if ok {
			from = logical << 4
		}
		if !on {
			_, err := a.transmit([]byte{from | television, opStandby}, 0)
			return err
		}
		if _, err := a.transmit([]byte{from | television, opImageViewOn}, 0); err != nil || !ok {
			return err
		}
		_, err = a.transmit([]byte{from | everybody, opActiveSource, byte(physical >> 8), byte(physical)}, 0)
		return err
	})
}

// Power asks the television.
func (c *CEC) Power(ctx context.Context) (Power, error) {
	says := Unknown
	err := c.ask(ctx, func(a adapter) error {
		_, logical, ok, err := a.addresses()
		if err != nil {
			return err
		}
		if !ok {
			return errNoAddress
		}
		answer, err := a.transmit([]byte{logical<<4 | television, opGivePower}, opReportPower)
		if err != nil {
			return err
		}
		if len(answer) < 3 || int(answer[2]) >= len(reported) {
			return fmt.Errorf("the television answers nonsense: % x", answer)
		}
		says = reported[answer[2]]
		return nil
	})
	return says, err
}

// reported are the operands of Report Power Status.
var reported = [...]Power{On, Off, TurningOn, TurningOff}

// ask puts a question to the adapters, those with an address first, until one has
// an answer.
func (c *CEC) ask(ctx context.Context, question func(adapter) error) error {
	open := c.open
	if open == nil {
		open = openAdapters
	}
	all, err := open(c.Path)
	if err != nil {
		return err
	}
	defer func() {
		for _, a := range all {
			a.Close()
		}
	}()
	var first error
	for _, placed := range []bool{true, false} {
		for _, a := range all {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if _, _, ok, _ := a.addresses(); ok != placed {
				continue
			}
			err := question(a)
			if err == nil {
				return nil
			}
			if first == nil {
				first = err
			}
		}
	}
	return first
}
