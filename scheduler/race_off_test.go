//go:build !race

package scheduler_test

// racing is whether the race detector watches.
const racing = false
