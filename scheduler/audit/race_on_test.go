//go:build race

package audit_test

// racing is whether the race detector watches, under which everything takes ten
// times as long.
const racing = true
