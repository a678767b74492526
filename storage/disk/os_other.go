//go:build !linux

package disk

import (
	"errors"
	"os"
)

func syncSystem(string) error { return errors.ErrUnsupported }

func allocate(*os.File, int64) error { return nil }

func syncFile(f *os.File) error { return f.Sync() }
