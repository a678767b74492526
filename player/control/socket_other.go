//go:build !linux && !windows

package control

import "syscall"

// refused is the error of connecting to a socket that nobody listens on.
const refused = syscall.ECONNREFUSED

// guard cannot act before the socket has a name: until Listen sets its mode, the
// umask decides who may speak.
func guard(_, _ string, _ syscall.RawConn) error { return nil }
