//go:build !linux

package usb

import (
	"context"
	"errors"
)

// Watch is for Linux.
func Watch(context.Context, Machine, func([]Stick)) error { return errors.ErrUnsupported }

// Writable is for Linux.
func (s Stick) Writable(func() error) error { return errors.ErrUnsupported }
