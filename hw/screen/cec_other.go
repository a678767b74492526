//go:build !linux

package screen

import "fmt"

func openAdapters(string) ([]adapter, error) {
	return nil, fmt.Errorf("%w: CEC needs Linux", ErrAbsent)
}
