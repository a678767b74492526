//go:build !race

package audit_test

// racing is whether the race detector watches.
const racing = false
