package main

import (
	"fmt"
	"slices"
	"time"
)

// quantile is the smallest figure that is not below a share q of all (nearest
// rank); 0 for none.
func quantile[T float64 | time.Duration](all []T, q float64) T {
	if len(all) == 0 {
		return 0
	}
	s := slices.Sorted(slices.Values(all))
	rank := int(q*float64(len(s)) + 0.999999)
	return s[min(max(rank, 1), len(s))-1]
}

func median[T float64 | time.Duration](all []T) T { return quantile(all, 0.5) }

// ratio is how the medians of two figures of the same run compare.
func ratio[T float64 | time.Duration](ours, theirs []T) float64 {
	t := float64(median(theirs))
	if t == 0 {
		return 0
	}
	return float64(median(ours)) / t
}

func ms(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d)/1e6) }

// spread is the median, and how far the runs lie apart.
func spread(all []time.Duration) string {
	return fmt.Sprintf("%s (%s to %s, %d runs)", ms(median(all)), ms(slices.Min(all)), ms(slices.Max(all)), len(all))
}
