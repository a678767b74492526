//go:build !linux

package board

import "errors"

// usageOf is not known here: desktop systems tell of a full disk themselves.
func usageOf(string) (usage, error) { return usage{}, errors.ErrUnsupported }
