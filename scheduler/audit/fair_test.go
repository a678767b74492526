package audit_test

import (
	"fmt"
	"math/big"
	"testing"

	"entracte/scheduler/audit"
	"entracte/scheduler/plan"
	"pgregory.net/rapid"
)

// The shares were computed by hand.
func TestFairCategories(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name               string
		related, discovery []int64
		want               string
	}{
		{"one", []int64{7}, nil, "1"},
		{"two: half each at most", []int64{90, 10}, nil, "1/2 1/2"},
		{"three, none too large", []int64{35, 33, 32}, nil, "7/20 33/100 8/25"},
		{"exactly two fifths", []int64{40, 35, 25}, nil, "2/5 7/20 1/4"},
		{"the overflow is shared by weight", []int64{50, 30, 20}, nil, "2/5 9/25 6/25"},
		{"the overflow overflows", []int64{60, 30, 10}, nil, "2/5 2/5 1/5"},
		{"discovery alone", nil, []int64{60, 30, 10}, "2/5 2/5 1/5"},
		{"one of each", []int64{99}, []int64{1}, "1/2 1/2"},
		{"discovery has its tenth", []int64{40, 30, 20}, []int64{10}, "2/5 3/10 1/5 1/10"},
		{"discovery is raised", []int64{40, 30, 25}, []int64{5}, "36/95 27/95 9/38 1/10"},
		{"discovery shares its tenth", []int64{38, 30, 28}, []int64{1, 3}, "57/160 9/32 21/80 1/40 3/40"},
		{"raised, and the others meet the limit", []int64{50, 20, 20}, []int64{1}, "2/5 1/4 1/4 1/10"},
		{"the limit leaves discovery more than its tenth", []int64{90, 9}, []int64{1}, "2/5 2/5 1/5"},
		{"three of two fifths cannot be more than nine tenths", []int64{100, 100, 1}, []int64{1}, "2/5 2/5 1/10 1/10"},
		{"none", nil, nil, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var in []audit.Weighed
			for _, w := range c.related {
				in = append(in, audit.Weighed{Weight: w})
			}
			for _, w := range c.discovery {
				in = append(in, audit.Weighed{Weight: w, Discovery: true})
			}
			got := ""
			for k, s := range audit.FairCategories(in) {
				if k > 0 {
					got += " "
				}
				got += s.RatString()
			}
			if got != c.want {
				t.Errorf("%v and discovery %v share %s, want %s", c.related, c.discovery, got, c.want)
			}
		})
	}
}

// What must be true of any shares: they are all of it, none is above the limit,
// discovery has its tenth, and two of a kind below the limit are as their weights.
func TestFairCategoriesProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) audit.Weighed {
			return audit.Weighed{Weight: rapid.Int64Range(1, 100_000).Draw(t, "weight"), Discovery: rapid.Bool().Draw(t, "discovery")}
		}), 1, 30).Draw(t, "categories")
		shares := audit.FairCategories(in)
		sum, found, most := new(big.Rat), new(big.Rat), big.NewRat(2, 5)
		if one := big.NewRat(1, int64(len(in))); one.Cmp(most) > 0 {
			most = one
		}
		kinds := make(map[bool]int)
		for k, s := range shares {
			sum.Add(sum, s)
			kinds[in[k].Discovery]++
			if in[k].Discovery {
				found.Add(found, s)
			}
			if s.Sign() <= 0 || s.Cmp(most) > 0 {
				t.Fatalf("share %d of %v is %s", k, in, s)
			}
			for j, r := range shares[:k] {
				if in[j].Discovery != in[k].Discovery || r.Cmp(most) == 0 || s.Cmp(most) == 0 {
					continue
				}
				x, y := new(big.Rat).Mul(r, big.NewRat(in[k].Weight, 1)), new(big.Rat).Mul(s, big.NewRat(in[j].Weight, 1))
				if x.Cmp(y) != 0 {
					t.Fatalf("%v share %v", in, shares)
				}
			}
		}
		if sum.Cmp(big.NewRat(1, 1)) != 0 {
			t.Fatalf("%v share %s in all", in, sum)
		}
		if kinds[true] > 0 && kinds[false] > 0 && found.Cmp(big.NewRat(1, 10)) < 0 {
			t.Fatalf("discovery has %s of %v", found, in)
		}
	})
}

// The whole way from the plan to the shares of its ads.
func TestFairShares(t *testing.T) {
	t.Parallel()
	cs := []plan.Campaign{
		// 30 points of relation and 40 of the occasion: class 8.
		booking("a", 11, weight(3), func(c *plan.Campaign) { c.Occasions = []string{"165"} }),
		booking("b", 11), // 30 points: class 2
		booking("c", 2, weight(10)),
		booking("d", 2, weight(4), tier(plan.TierGuaranteed)),
		booking("e", 4, weight(2)), // discovery
		booking("f", 91),           // competes with the shop
		own("g"),
	}
	f := audit.FairShares(jeweller(cs...), monday)
	got := ""
	for _, a := range f.Ads {
		got += fmt.Sprintf("%s %d %s, ", a.Ad, a.Weight, a.Share.RatString())
	}
	// 26, 10 and 2: two are at the limit, and discovery has the rest.
	if want := "f/a 24 24/65, f/b 2 2/65, f/c 10 2/5, f/e 2 1/5, "; got != want {
		t.Errorf("shares are %s want %s", got, want)
	}
	if f.Repeat != 1 || !f.Both || f.Most.RatString() != "2/5" {
		t.Errorf("k is %d, both kinds %t, at most %s", f.Repeat, f.Both, f.Most)
	}
	off := jeweller(cs...)
	off.Venue.Targeting = false
	f = audit.FairShares(off, monday)
	if got := f.Ads[0].Share.RatString(); got != "3/10" || f.Both { // 4, 10, 2: 2/5 of it by 3 and 1
		t.Errorf("with targeting off a has %s", got)
	}
}

func TestRepeatDistance(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ categories, each, want int }{{1, 1, 0}, {1, 4, 3}, {2, 1, 1}, {12, 1, 11}, {20, 1, 19}, {21, 1, 20}, {10, 9, 20}} {
		var cs []plan.Campaign
		for k := range c.categories {
			for j := range c.each {
				cs = append(cs, booking(fmt.Sprint(k, "-", j), 400+k))
			}
		}
		if got := audit.FairShares(jeweller(cs...), monday).Repeat; got != c.want {
			t.Errorf("k is %d for %d categories of %d, want %d", got, c.categories, c.each, c.want)
		}
	}
}
