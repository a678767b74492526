package strict

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Suggest returns the word of the list that was most likely meant, or "" when
// none is near: the same word in other case or with other dashes, or one that
// is at most two slips of the finger away (one, for words of up to five letters).
func Suggest(word string, words []string) string {
	if len(word) > 64 {
		return ""
	}
	best, nearest := "", 3
	if len(word) <= 5 {
		nearest = 2
	}
	flat := strings.NewReplacer("-", "_", " ", "_")
	for _, w := range words {
		d := slips(flat.Replace(strings.ToLower(word)), flat.Replace(strings.ToLower(w)))
		if d < nearest && d < len([]rune(w)) {
			best, nearest = w, d
		}
	}
	return best
}

// slips is the optimal string alignment distance: letters added, dropped,
// changed, or swapped with their neighbour. It counts in runes.
func slips(a, b string) int {
	x, y := []rune(a), []rune(b)
	before, last, row := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(x); i++ {
		row[0] = i
		for j := 1; j <= len(y); j++ {
			change := last[j-1]
			if x[i-1] != y[j-1] {
				change++
			}
			row[j] = min(change, last[j]+1, row[j-1]+1)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(y)]
}

// ParseDuration reads a duration as [time.ParseDuration] does, and whole days as
// "7d", alone or in front ("1d12h"). It refuses negative ones. A day is 24 hours.
func ParseDuration(s string) (time.Duration, error) {
	bad := fmt.Errorf("%q is not a duration", clip(s))
	var days time.Duration
	rest := s
	if number, after, found := strings.Cut(s, "d"); found {
		n, err := strconv.ParseUint(number, 10, 16)
		if err != nil {
			return 0, bad
		}
		if days, rest = time.Duration(n)*24*time.Hour, after; rest == "" {
			return days, nil
		}
	}
	if strings.HasPrefix(rest, "+") {
		return 0, bad
	}
	clock, err := time.ParseDuration(rest)
	if err != nil || clock < 0 || clock > math.MaxInt64-days {
		return 0, bad
	}
	return days + clock, nil
}
