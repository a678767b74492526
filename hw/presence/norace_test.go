//go:build !race

package presence_test

const underRace = false
