package config_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"entracte/cmd/entracte/config"
)

// Opening hours are refused exactly when some minute of the week lies in two of
// their windows.
func TestOverlaps(t *testing.T) {
	t.Parallel()
	const day, week = 24 * 60, 7 * 24 * 60
	names := []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}
	rapid.Check(t, func(t *rapid.T) {
		var covered [week]int
		twice, text := false, least+"[venue.hours]\n"
		for d, name := range names {
			var windows []string
			for range rapid.IntRange(0, 2).Draw(t, "windows") {
				from := rapid.IntRange(0, 95).Draw(t, "from") * 15
				to := rapid.IntRange(0, 96).Filter(func(i int) bool { return i*15 != from }).Draw(t, "to") * 15
				windows = append(windows, fmt.Sprintf("%q", fmt.Sprintf("%02d:%02d-%02d:%02d", from/60, from%60, to/60, to%60)))
				end := to
				if to < from {
					end += day
				}
				for m := from; m < end; m++ {
					at := (d*day + m) % week
					covered[at]++
					twice = twice || covered[at] > 1
				}
			}
			text += fmt.Sprintf("%s = [%s]\n", name, strings.Join(windows, ", "))
		}
		c, err := config.Parse("entracte.toml", []byte(text), words)
		if (err != nil) != twice || err != nil && !strings.Contains(err.Error(), "opening hours overlap") {
			t.Fatalf("overlap is %v, got %v for\n%s", twice, err, text)
		}
		if err != nil {
			return
		}
		v := c.Venue()
		v.Timezone = time.UTC
		for m := 0; m < week; m += 15 {
			sunday := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
			if at := sunday.Add(time.Duration(m) * time.Minute); v.Open(at) != (covered[m] == 1) {
				t.Fatalf("at %s open is %v for\n%s", at.Format("Mon 15:04"), v.Open(at), text)
			}
		}
	})
}
