package report

import (
	"fmt"
	"math/rand/v2"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"entracte/scheduler/plan"
	"entracte/storage/disk"
	"entracte/storage/disk/crash"
)

// A step is what a protocol says of its progress.
type step struct {
	what    string
	n       int
	receipt Receipt
}

func (s step) String() string { return fmt.Sprintf("%s %d", s.what, s.n) }

func lastStep(told []step, what string) (n int) {
	for _, s := range told {
		if s.what == what {
			n = s.n
		}
	}
	return n
}

func makeData(d disk.Disk) error {
	for _, dir := range []string{"/data", "/stick"} {
		if err := d.Mkdir(dir); err != nil {
			return err
		}
	}
	return d.SyncDir("/")
}

// Plays that a log forgot once Roll had them are in the hours after every power
// cut, each of them once.
func TestRollOutlivesPowerCuts(t *testing.T) {
	s := newShow().some(0)
	for range 3 {
		s.some(30)
		s.at = s.at.Add(20 * time.Hour)
	}
	day := func(p plan.Play) int { return p.StartedAt.YearDay() }
	crash.Check(t, crash.Trial[step]{
		States: 400,
		Setup:  func(d *crash.Disk) error { return makeData(d) },
		Run: func(d *crash.Disk, _ *rand.Rand, tell func(step)) error {
			for n := 0; n < len(s.plays); {
				end := n + 1
				for end < len(s.plays) && day(s.plays[end]) == day(s.plays[n]) {
					end++
				}
				if err := Roll(d, "/data")(hourOf(s.plays[n].StartedAt), sequence(s.plays[n:end])); err != nil {
					return err
				}
				tell(step{what: "rolled", n: end})
				n = end
			}
			return nil
		},
		Check: func(d *crash.Disk, told []step) error {
			// What the log may still have: at most everything, at least what it was
			// not told to be safe.
			for _, from := range []int{0, lastStep(told, "rolled")} {
				rows, errs := collect(Hours(d, "/data", sequence(s.plays[from:])))
				if len(errs) > 0 {
					return errs[0]
				}
				if err := differ(rows, s.plays); err != nil {
					return err
				}
			}
			// And the call that was cut off is made again.
			from := lastStep(told, "rolled")
			for n := from; n < len(s.plays); n++ {
				if n+1 == len(s.plays) || day(s.plays[n+1]) != day(s.plays[from]) {
					if err := Roll(d, "/data")(hourOf(s.plays[from].StartedAt), sequence(s.plays[from:n+1])); err != nil {
						return err
					}
					rows, errs := collect(Hours(d, "/data", sequence(s.plays[n+1:])))
					if len(errs) > 0 {
						return errs[0]
					}
					return differ(rows, s.plays)
				}
			}
			return nil
		},
	})
}

// A receipt that was reported as written is on the stick, whole, and its
// acknowledgement is understood; whatever else is there is whole or unsigned.
func TestGiveOutlivesPowerCuts(t *testing.T) {
	s := newShow().some(60)
	g := newGiver(t)
	g.Data = "/data"
	crash.Check(t, crash.Trial[step]{
		States: 400,
		Setup:  func(d *crash.Disk) error { return makeData(d) },
		Run: func(d *crash.Disk, _ *rand.Rand, tell func(step)) error {
			g := g
			g.Disk = d
			acked := Mark{}
			for n := 20; n <= 60; n += 20 {
				r, _, err := g.Give("/stick", sequence(s.plays[:n]), acked, later)
				if err != nil {
					return err
				}
				tell(step{what: "given", n: n, receipt: r})
				if acked.Seq == 0 {
					acked = r.Mark()
				}
			}
			return nil
		},
		Check: func(d *crash.Disk, told []step) error {
			dir := "/stick/ENTRACTE/reports/" + g.Device
			entries, _ := d.ReadDir(dir)
			var there []Mark
			for _, e := range entries {
				if name := e.Name(); strings.HasSuffix(name, signed) {
					r, err := Verify(d, path.Join(dir, name), g.Key.Public())
					if err != nil {
						return err
					}
					there = append(there, r.Mark())
				}
			}
			given, err := readGiven(d, "/data")
			if err != nil {
				return err
			}
			for _, s := range told {
				m := s.receipt.Mark()
				if n := len(slices.DeleteFunc(slices.Clone(there), func(k Mark) bool { return k != m })); n != 2 {
					return fmt.Errorf("of receipt %+v %d forms are there", m, n)
				}
			}
			for _, m := range there {
				if given.since(m) != m.Seq {
					return fmt.Errorf("the acknowledgement %+v would not be understood", m)
				}
			}
			return nil
		},
	})
}

// A key that somebody saw is the key.
func TestKeyOutlivesPowerCuts(t *testing.T) {
	public := map[int]string{}
	crash.Check(t, crash.Trial[step]{
		States: 500,
		Setup:  func(d *crash.Disk) error { return makeData(d) },
		Run: func(d *crash.Disk, _ *rand.Rand, tell func(step)) error {
			k, err := OpenKey(d, "/data")
			if err != nil {
				return err
			}
			n := len(public) + 1
			public[n] = k.Public()
			tell(step{what: "made", n: n})
			return nil
		},
		Check: func(d *crash.Disk, told []step) error {
			n := lastStep(told, "made")
			seen, err := PublicKey(d, "/data")
			if n > 0 && (err != nil || seen != public[n]) {
				return fmt.Errorf("the public half is %q, %v", seen, err)
			}
			k, err := OpenKey(d, "/data")
			if err != nil {
				return err
			}
			if seen != "" && k.Public() != seen {
				return fmt.Errorf("%s was seen, and the key is %s", seen, k.Public())
			}
			_, err = disk.ReadFile(d, "/data/"+keyName, 4096)
			return err
		},
	})
}
