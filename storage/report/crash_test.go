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
// acknowledgement is understood, by the organisation that it is for and by no other;
// whatever else is there is whole or unsigned, and nobody's plays are told to another.
func TestGiveOutlivesPowerCuts(t *testing.T) {
	s := newShow().some(40).shared("acme/shop-17", "rival/window", "rival/door", "own")
	g := newGiver(t)
	g.Data = "/data"
	crash.Check(t, crash.Trial[step]{
		States: 400,
		Setup:  func(d *crash.Disk) error { return makeData(d) },
		Run: func(d *crash.Disk, _ *rand.Rand, tell func(step)) error {
			g := g
			g.Disk = d
			acked := map[string]Mark{}
			for n := 20; n <= 40; n += 20 {
				for _, org := range []string{"acme", "rival"} {
					r, _, err := g.Give("/stick", org, sequence(s.plays[:n]), []Mark{acked[org]}, later)
					if err != nil {
						return err
					}
					tell(step{what: "given", n: n, receipt: r})
					if org == "acme" {
						acked[org] = r.Mark()
					}
				}
			}
			return nil
		},
		Check: func(d *crash.Disk, told []step) error {
			there, err := receiptsOn(d, "/stick", g)
			if err != nil {
				return err
			}
			given, err := readMarks(d, "/data", givenName)
			if err != nil {
				return err
			}
			for _, s := range told {
				if n := len(slices.DeleteFunc(slices.Clone(there), func(r Receipt) bool { return r != s.receipt })); n != 2 {
					return fmt.Errorf("of receipt %+v %d forms are there", s.receipt, n)
				}
			}
			for _, r := range slices.Compact(there) { // the two forms are side by side
				if given.since(r.Org, []Mark{r.Mark()}).number != r.To {
					return fmt.Errorf("the acknowledgement %+v would not be understood", r.Mark())
				}
				g := g
				g.Disk = d
				next, names, err := g.Give("/stick", r.Org, sequence(s.plays), []Mark{r.Mark()}, later)
				if err != nil {
					return err
				}
				mine := playsOf(s.plays, r.Org)
				if len(names) == 0 && r.To != uint64(len(mine)) || len(names) > 0 && (next.From != r.To+1 || next.To != uint64(len(mine)) || next.Missing != 0) {
					return fmt.Errorf("after %+v comes %+v of %d plays", r, next, len(mine))
				}
			}
			return nil
		},
	})
}

// receiptsOn are the signed receipts on a stick; each of them must be whole.
func receiptsOn(d disk.Disk, stick string, g Giver) (all []Receipt, err error) {
	dir := path.Join(stick, "ENTRACTE/reports", g.Device)
	entries, _ := d.ReadDir(dir)
	for _, e := range entries {
		if name := e.Name(); strings.HasSuffix(name, signed) {
			r, err := Verify(d, path.Join(dir, name), g.Key.Public())
			if err != nil {
				return nil, err
			}
			all = append(all, r)
		}
	}
	return all, nil
}

// An organisation's own numbers go on where they were, whenever the power goes while
// old hours are forgotten; those that were said to be forgotten are.
func TestNumbersOutliveForgetting(t *testing.T) {
	s := newShow()
	for range 4 {
		s.some(6)
		s.at = s.at.Add(23 * time.Hour)
	}
	s.shared("acme/shop-17", "rival/window", "own")
	g := newGiver(t)
	g.Data = "/data"
	crash.Check(t, crash.Trial[step]{
		States: 400,
		Setup: func(d *crash.Disk) error {
			if err := makeData(d); err != nil {
				return err
			}
			l := tinyLog{disk: d, data: "/data", plays: s.plays}
			return l.roll(len(s.plays))
		},
		Run: func(d *crash.Disk, _ *rand.Rand, tell func(step)) error {
			for n := range 3 {
				files, _ := dayFiles(d, "/data", nil)
				if err := drop(d, "/data", files, 1); err != nil {
					return err
				}
				tell(step{what: "forgotten", n: n + 1})
			}
			return nil
		},
		Check: func(d *crash.Disk, told []step) error {
			files, damaged := dayFiles(d, "/data", nil)
			if n := lastStep(told, "forgotten"); len(files) > 4-n || len(damaged) > 0 {
				return fmt.Errorf("%d days were forgotten, and there are %v, %v", n, files, damaged)
			}
			forgotten, err := readMarks(d, "/data", forgottenName)
			if err != nil {
				return err
			}
			for _, org := range []string{"acme", "rival"} {
				g := g
				g.Disk = d
				r, _, err := g.Give("/stick", org, sequence(nil), nil, later)
				if err != nil {
					return err
				}
				kept := len(playsOf(s.plays[max(files[0].from-1, forgotten.of(org).at):], org))
				if total := len(playsOf(s.plays, org)); r.To != uint64(total) || r.records() != int64(kept) || r.Missing != 0 {
					return fmt.Errorf("%d plays of %d are kept, and the receipt is %+v", kept, total, r)
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
