package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// stickSize is the size of a stick in bytes; its file is sparse.
const stickSize = 512 << 20

// stick is the file of the stick with this number.
func (m *machine) stick(n int) string {
	return filepath.Join(m.work, "stick"+strconv.Itoa(n))
}

// A qmp is a connection to QEMU's own control socket.
// Source: "QEMU QMP Reference Manual".
type qmp struct {
	net.Conn
	in *json.Decoder
}

type message struct {
	Return json.RawMessage
	Error  *struct{ Desc string }
}

func dialQMP(ctx context.Context, path string) (*qmp, error) {
	c, err := dial(ctx, path)
	if err != nil {
		return nil, err
	}
	q := &qmp{c, json.NewDecoder(c)}
	var greeting message
	if err := q.in.Decode(&greeting); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return q, q.do("qmp_capabilities", nil)
}

// do executes a command. Events that come before its answer are not for us.
func (q *qmp) do(command string, arguments any) error {
	if arguments == nil {
		arguments = struct{}{}
	}
	err := json.NewEncoder(q).Encode(map[string]any{"execute": command, "arguments": arguments})
	for err == nil {
		var m message
		err = q.in.Decode(&m)
		switch {
		case m.Error != nil:
			return fmt.Errorf("%s: %s", command, m.Error.Desc)
		case m.Return != nil:
			return nil
		}
	}
	return err
}

type dict = map[string]any

// stickSpeed is how fast a stick is read, in bytes a second: slow enough that it can be
// pulled out in the middle of a copy.
const stickSpeed = 8 << 20

func (q *qmp) plug(stick, file string) error {
	speed := stick + "-speed"
	err := q.do("object-add", dict{"qom-type": "throttle-group", "id": speed, "limits": dict{"bps-read": stickSpeed}})
	if err != nil && !strings.Contains(err.Error(), "duplicate") { // it outlives the stick
		return err
	}
	disk := dict{"driver": "raw", "file": dict{"driver": "file", "filename": file}}
	err = q.do("blockdev-add", dict{"driver": "throttle", "node-name": stick, "throttle-group": speed, "file": disk})
	if err != nil {
		return err
	}
	return q.do("device_add", dict{"driver": "usb-storage", "id": stick, "drive": stick, "bus": "xhci.0", "removable": true})
}

// yank pulls the stick out, without a word to the system in the machine.
func (q *qmp) yank(stick string) error {
	if err := q.do("device_del", dict{"id": stick}); err != nil {
		return err
	}
	// QEMU lets go of the file a moment after its answer.
	var err error
	for range 100 {
		if err = q.do("blockdev-del", dict{"node-name": stick}); err == nil {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	return err
}
