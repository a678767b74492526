//go:build race

package presence_test

// underRace says that everything is ten times slower.
const underRace = true
