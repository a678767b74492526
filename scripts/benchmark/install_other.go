//go:build !linux

package main

import "errors"

var errNotLinux = errors.New("only measured on Linux")

func forgetCached(string) error { return errNotLinux }

func slowDown(string) error { return errNotLinux }
