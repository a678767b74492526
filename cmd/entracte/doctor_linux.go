package main

import "golang.org/x/sys/unix"

// mayUse reports why this user may not read and write a device.
func mayUse(path string) error { return unix.Access(path, unix.R_OK|unix.W_OK) }
