//go:build linux

package main

import (
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"entracte/scheduler/plan"
	"entracte/storage/disk"
	"entracte/storage/report"
)

const aPicture = "\xff\xd8\xff\xe0 and so on"

// The owner's own pictures, of somebody who means ill or knows no better.
var hostileOwn = []hostility{
	{"ENTRACTE-OWN is a link", func(s *siege) {
		s.ownOnly()
		s.link(s.outside, filepath.Join(s.stick, "ENTRACTE-OWN"))
	}, saysForeign, ""},
	{"ENTRACTE-OWN is a file", func(s *siege) { s.ownOnly(); s.file(filepath.Join(s.stick, "ENTRACTE-OWN"), "x") }, saysForeign, ""},
	{"ENTRACTE-OWN is a pipe", func(s *siege) { s.ownOnly(); s.fifo(filepath.Join(s.stick, "ENTRACTE-OWN")) }, saysForeign, ""},
	{"no code", func(s *siege) { s.ownOnly("a.jpg"); s.must(os.Remove(s.ownPath("venue.txt"))) }, saysCode, ""},
	{"another's code", func(s *siege) { s.ownOnly("a.jpg"); s.ownFile("venue.txt", "AAAAAA") }, saysCode, ""},
	{"a code that has no end", func(s *siege) { s.ownOnly("a.jpg"); s.sparse(s.ownPath("venue.txt"), 10<<30) }, saysCode, ""},
	{"a code that is binary", func(s *siege) { s.ownOnly("a.jpg"); s.ownFile("venue.txt", "\xff\xfe\x00\xd8\x1b[2J\x00") }, saysCode, ""},
	{"a code that is a pipe", func(s *siege) { s.ownOnly("a.jpg"); s.fifo(s.ownPath("venue.txt")) }, saysCode, ""},
	{"a code that is a link to it", func(s *siege) {
		s.ownOnly("a.jpg")
		s.put(filepath.Join(s.outside, "code"), "4F7K2M")
		s.link(filepath.Join(s.outside, "code"), s.ownPath("venue.txt"))
	}, saysCode, ""},
	{"a code in UTF-16, in a file named twice", func(s *siege) {
		s.ownOnly("a.jpg")
		s.must(os.Remove(s.ownPath("venue.txt")))
		s.ownFile("Venue.txt.txt", wide("4f7k2m\r\n"))
	}, "Your pictures: 1 added.", ""},
	{"names to deceive", func(s *siege) {
		s.ownOnly("a.jpg", "b\nc.jpg", "d\u202Egpj.exe", "e\x1b[2J.jpg", strings.Repeat("f", 240)+".jpg", "\xff.jpg", `g:h.jpg`, ".new-1-1", "..jpg", "e\u0301te\u0301.jpg", "\u00e9t\u00e9.jpg")
	}, "Your pictures: 3 added. / " + sayLeft(6), ""},
	{"own files that are none", func(s *siege) {
		s.ownOnly("a.jpg")
		s.fifo(s.ownPath("pipe.jpg"))
		s.link(filepath.Join(s.outside, "shadow"), s.ownPath("link.jpg"))
		s.link("/dev/zero", s.ownPath("zero.jpg"))
		s.folder(s.ownPath("folder.jpg"))
		s.sparse(s.ownPath("5 GB.mp4"), 5<<30)
		s.ownFile("setup.jpg", "MZ")
		s.ownFile("empty.jpg", "")
	}, "Your pictures: 1 added. / " + sayLeft(7), ""},
	{"100,000 own files", func(s *siege) {
		s.ownOnly()
		s.through(func(l *liar) {
			l.list = func(_ string, names []string, err error) ([]string, error) {
				for i := range 100_000 {
					names = append(names, fmt.Sprintf("%06d.jpg", i))
				}
				return names, err
			}
		})
	}, sayLeft(100_000), ""},
	{"an own file that becomes a link", func(s *siege) {
		s.ownOnly("a.jpg")
		s.through(func(l *liar) {
			l.list = func(_ string, names []string, err error) ([]string, error) {
				s.link(filepath.Join(s.outside, "shadow"), s.ownPath("a.jpg"))
				return names, err
			}
		})
	}, sayLeft(1), ""},
	{"an own file that grows", func(s *siege) {
		s.ownOnly("a.jpg")
		s.through(func(l *liar) {
			l.open = func(name string, f io.ReadCloser) (io.ReadCloser, error) {
				if !strings.HasSuffix(name, ".jpg") {
					return f, nil
				}
				return boast{given{io.MultiReader(f, endless{}), f}, int64(len(aPicture))}, nil
			}
		})
	}, sayLeft(1), ""},
	{"an own file that breaks", func(s *siege) {
		s.ownOnly("a.jpg", "b.jpg")
		s.through(func(l *liar) { l.open = breaks("b.jpg", 5, syscall.EIO) })
	}, "Your pictures: 1 added. / " + sayLeft(1), ""},
	{"own files that cannot be listed", func(s *siege) {
		s.ownOnly("a.jpg")
		s.through(func(l *liar) { l.list = func(string, []string, error) ([]string, error) { return nil, syscall.EIO } })
	}, saysUnreadable, ""},
	{"in the place of an own file is a folder", func(s *siege) {
		s.ownOnly("a.jpg")
		s.must(os.MkdirAll(filepath.Join(s.own, "a.jpg", "x"), 0o755))
	}, sayLeft(1), ""},
}

func (s *siege) ownPath(name string) string { return filepath.Join(s.stick, "ENTRACTE-OWN", name) }

// ownOnly leaves nothing on the stick but these pictures and the code of the venue, or
// nothing at all.
func (s *siege) ownOnly(names ...string) {
	s.Helper()
	s.must(os.RemoveAll(s.at("")))
	s.ownFile("venue.txt", "4F7K2M")
	for _, name := range names {
		s.ownFile(name, aPicture)
	}
}

const (
	saysReceipt   = " / The proof of play is on the stick: give it back to the operator."
	saysNoReceipt = " / The proof of play could not be written to the stick. Nothing is lost: another stick will have it."
)

// Sticks that a receipt is written to.
var hostileReceipts = []hostility{
	{"a good stick", func(s *siege) { s.gives() }, saysInstalled + saysReceipt, bothInForce},
	{"reports is a link", func(s *siege) { s.gives(); s.link(s.outside, s.at("reports")) }, saysInstalled + saysNoReceipt, bothInForce},
	{"reports is a file", func(s *siege) { s.gives(); s.file(s.at("reports"), "x") }, saysInstalled + saysNoReceipt, bothInForce},
	{"reports is a pipe", func(s *siege) { s.gives(); s.fifo(s.at("reports")) }, saysInstalled + saysNoReceipt, bothInForce},
	{"the reports of this screen are a link", func(s *siege) {
		s.gives()
		s.folder(s.at("reports"))
		s.link(s.outside, s.at("reports/screen"))
	}, saysInstalled + saysNoReceipt, bothInForce},
	{"the receipt is a link to a secret", func(s *siege) {
		s.gives()
		s.put(s.at("reports/screen/x"), "x")
		s.link(filepath.Join(s.outside, "shadow"), s.at("reports/screen/acme-0000000001-0000000001.csv"))
		s.link(filepath.Join(s.outside, "shadow"), s.at("reports/screen/acme-0000000001-0000000001.jsonl.minisig"))
	}, saysInstalled + saysReceipt, bothInForce},
	{"the receipt is a pipe", func(s *siege) {
		s.gives()
		s.put(s.at("reports/screen/x"), "x")
		s.fifo(s.at("reports/screen/acme-0000000001-0000000001.csv"))
	}, saysInstalled + saysReceipt, bothInForce},
	{"the receipt has no end", func(s *siege) {
		s.gives()
		s.sparse(s.at("reports/screen/acme-0000000001-0000000001.csv"), 1<<40)
	}, saysInstalled + saysReceipt, bothInForce},
	{"the receipt is a folder", func(s *siege) {
		s.gives()
		s.put(s.at("reports/screen/acme-0000000001-0000000001.csv/x"), "x")
		s.put(s.at("reports/screen/acme-0000000001-0000000001.csv.minisig/x"), "x")
	}, saysInstalled + saysReceipt, bothInForce},
	{"the pack is beside a link called ENTRACTE", func(s *siege) {
		s.gives()
		s.must(os.Rename(s.at("feeds"), filepath.Join(s.stick, "feeds")))
		s.must(os.Rename(s.at("blobs"), filepath.Join(s.stick, "blobs")))
		s.link(s.outside, s.at(""))
	}, saysInstalled + saysNoReceipt, bothInForce},
	{"a stick that does not let itself be written", func(s *siege) { s.gives(); s.in.ReadOnly = true }, saysInstalled + saysNoReceipt, bothInForce},
}

// gives has one play to tell of.
func (s *siege) gives() {
	s.Helper()
	key, err := report.OpenKey(disk.OS, s.data)
	s.must(err)
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	giver := report.Giver{Disk: disk.OS, Data: s.data, Key: key, Device: "screen", Venue: "Chez Martin"}
	plays := func(yield func(plan.Play, error) bool) {
		yield(plan.Play{Seq: 1, Boot: "b", Venue: "v", Screen: "s", Feed: "acme/shop-17", Campaign: "c", Creative: "c-1", Advertiser: "A",
			StartedAt: now.Add(-3 * time.Hour), PlannedMS: 10_000, ShownMS: 10_000, Outcome: plan.Completed, Counted: true}, nil)
	}
	s.visitor.Give = func(root string, orgs []string) (bool, error) {
		_, names, err := giver.Give(root, orgs[0], iter.Seq2[plan.Play, error](plays), nil, now)
		return len(names) > 0, err
	}
}
