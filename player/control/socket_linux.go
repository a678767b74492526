package control

import "syscall"

// refused is the error of connecting to a socket that nobody listens on.
const refused = syscall.ECONNREFUSED

// guard closes the socket to others before it has a name: Linux gives the file of
// a socket the mode of the socket itself, less the umask (unix_bind in
// net/unix/af_unix.c).
func guard(_, _ string, c syscall.RawConn) error {
	var err error
	if e := c.Control(func(fd uintptr) { err = syscall.Fchmod(int(fd), mode) }); e != nil {
		return e
	}
	return err
}
