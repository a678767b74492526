package storage

import "os"

// release closes the file, and its lock with it.
func release(f *os.File) { f.Close() }
