//go:build !linux

package main

import "runtime/debug"

// confine limits this process to so many bytes of memory as well as Go can by itself:
// shops run Linux.
func confine(memory, _ uint64) error {
	debug.SetMemoryLimit(int64(memory) * 3 / 4)
	return nil
}
