//go:build !unix

package pack

// noWait is nothing where folders hold no pipes.
const noWait = 0
