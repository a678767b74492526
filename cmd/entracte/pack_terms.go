package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"entracte/storage/pack"
)

// packTerms are the flags of `pack build` that say for whom a pack is, until when, and
// which receipts have arrived.
type packTerms struct {
	devices, tags        []string
	notAfter, staleAfter string
	acks, deviceKeys     []string
}

func (t *packTerms) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringSliceVar(&t.devices, "device", nil, "only for the screen with this device.id; may be given several times (default all that listen to the feed)")
	f.StringSliceVar(&t.tags, "tag", nil, "only for screens with this one of their device.tags, or named by --device; may be given several times")
	f.StringVar(&t.notAfter, "not-after", "", "the last day the pack is shown, 2027-01-31, in this computer's time zone; or a moment, 2027-01-31T22:00:00Z")
	f.StringVar(&t.staleAfter, "stale-after", "", "for how long a screen shows the pack without a newer one, in hours that it is on: 300h is a month at 10 hours a day")
	f.StringArrayVar(&t.acks, "ack", nil, "a receipt that has arrived, or a folder of them such as STICK/"+pack.Folder+"/reports: the screens need not give those plays again; may be given several times")
	f.StringArrayVar(&t.deviceKeys, "device-key", nil, "take receipts of these screens only: the key that their status shows, RW…, or a .pub file; may be given several times")
}

// order puts the terms into an order. Whatever cannot be meant is a usage error.
func (t *packTerms) order(ctx context.Context, o *pack.Order) (err error) {
	for _, names := range []struct {
		flag string
		list []string
	}{{"--device", t.devices}, {"--tag", t.tags}} {
		for _, name := range names.list {
			if !isSlug(name) {
				return usageError{fmt.Errorf("%s %q is no name of a screen or tag\nhint: 1 to 32 small letters, digits and -, as under [device] in entracte.toml", names.flag, name)}
			}
		}
	}
	o.Devices, o.Tags = t.devices, t.tags
	if o.NotAfter, err = lastMoment(t.notAfter, o.IssuedAt); err != nil {
		return usageError{err}
	}
	if o.StaleAfter, err = poweredHours(t.staleAfter); err != nil {
		return usageError{err}
	}
	o.Acks, err = t.acknowledged(ctx, o.Name.Org)
	return err
}

// emptyFlags refuses flags that are given without a value, as an unset variable of a
// script does it: without them the pack would be for every screen, or for ever.
func emptyFlags(cmd *cobra.Command, names ...string) error {
	for _, name := range names {
		if f := cmd.Flag(name); f.Changed && strings.Trim(f.Value.String(), "[]") == "" {
			return usageError{fmt.Errorf("--%s is empty\nhint: give it a value, or leave it out", name)}
		}
	}
	return nil
}

// isSlug reports whether a name can be part of one that packs know.
func isSlug(name string) bool {
	_, err := pack.ParseName("x/" + name)
	return err == nil
}

// lastMoment reads --not-after: the end of a day, or a moment. Empty is zero.
func lastMoment(text string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	end, err := time.ParseInLocation(time.DateOnly, text, now.Location())
	if err == nil {
		end = end.AddDate(0, 0, 1)
	} else if end, err = time.Parse("2006-01-02T15:04:05Z", text); err != nil || end.Nanosecond() != 0 {
		return time.Time{}, fmt.Errorf("--not-after %q is no day and no moment\nhint: write the last day, 2027-01-31, or a moment in UTC, 2027-01-31T22:00:00Z", text)
	}
	if !end.After(now) || end.Year() > 9999 {
		return time.Time{}, fmt.Errorf("--not-after %s is over: no screen would show the pack\nhint: write a day to come, or leave it out", text)
	}
	return end.UTC(), nil
}

// poweredHours reads --stale-after. Empty is 0, for ever.
func poweredHours(text string) (time.Duration, error) {
	if text == "" {
		return 0, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < time.Hour || d > pack.MaxStale || d%time.Hour != 0 {
		return 0, fmt.Errorf("--stale-after %q is not 1h to %.0fh in whole hours\nhint: hours that the screen is on: a shop of 10 hours a day, 7 days a week, has 300h in a month", text, pack.MaxStale.Hours())
	}
	return d, nil
}
