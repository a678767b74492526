package main

import (
	"strings"
	"testing"
	"time"

	"entracte/storage/report"
)

func TestLastMoment(t *testing.T) {
	t.Parallel()
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2027, 1, 30, 12, 0, 0, 0, paris)
	for text, want := range map[string]string{
		"":                         "0001-01-01T00:00:00Z",
		"2027-01-31":               "2027-01-31T23:00:00Z",
		"2027-01-30":               "2027-01-30T23:00:00Z",
		"2027-01-29":               "is over",
		"2027-06-30":               "2027-06-30T22:00:00Z",
		"2027-01-30T11:00:01Z":     "2027-01-30T11:00:01Z",
		"2027-01-30T11:00:00Z":     "is over",
		"2027-01-30T11:00:01.5Z":   "no day and no moment",
		"2027-01-30T11:00:01+0100": "no day and no moment",
		"2027-02-29":               "no day and no moment",
		"2027-1-31":                "no day and no moment",
		"9999-12-31":               "is over",
		"tomorrow":                 "no day and no moment",
	} {
		got, err := lastMoment(text, now)
		if err != nil && strings.Contains(err.Error(), want) && strings.Contains(err.Error(), "\nhint: ") {
			continue
		}
		if err != nil || got.Format(time.RFC3339) != want {
			t.Errorf("%q is %v, %v, want %s", text, got, err, want)
		}
	}
}

func TestPoweredHours(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{
		"": 0, "1h": time.Hour, "300h": 300 * time.Hour, "87600h": 87_600 * time.Hour, "120m": 2 * time.Hour,
		"0h": -1, "90m": -1, "87601h": -1, "300": -1, "-5h": -1, "30d": -1, "soon": -1,
	} {
		if got, err := poweredHours(text); err == nil && got != want || err != nil && (want >= 0 || !strings.Contains(err.Error(), "\nhint: ")) {
			t.Errorf("%q is %v, %v", text, got, err)
		}
	}
}

// Of each screen the newest receipt counts, and two keys of one screen are a question.
func TestKeepReceipts(t *testing.T) {
	t.Parallel()
	newest := map[string]report.Receipt{}
	for _, to := range []uint64{12, 141, 40} {
		if err := keep(newest, report.Receipt{Device: "a", Key: "RW1", To: to}, "file"); err != nil {
			t.Fatal(err)
		}
	}
	if err := keep(newest, report.Receipt{Device: "b", Key: "RW2", To: 7}, "file"); err != nil || newest["a"].To != 141 || newest["b"].To != 7 {
		t.Errorf("%+v, %v", newest, err)
	}
	if err := keep(newest, report.Receipt{Device: "a", Key: "RW2", To: 200}, "file"); err == nil || exitCode(err) != exitUntrusted || newest["a"].To != 141 {
		t.Errorf("%+v, %v", newest, err)
	}
}
