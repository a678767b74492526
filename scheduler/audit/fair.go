package audit

import (
	"cmp"
	"encoding/binary"
	"math/big"
	"slices"
	"time"

	"entracte/scheduler/plan"
)

// A Weighed is a category or a campaign before its fair share is known.
type Weighed struct {
	Category int
	Weight   int64
	// Discovery: the category has no relation to the activity.
	Discovery bool
}

// A Fair is what everybody should get of the weighted turns.
type Fair struct {
	// Most is the largest share a category may have by the rule: 2/5, or one in so
	// many categories.
	Most *big.Rat
	// Categories are by id, Ads by feed and id.
	Categories []CategoryShare
	Ads        []AdShare
	// Repeat is k: no ad returns within so many plays.
	Repeat int
	// Both: categories with and without a relation are active.
	Both bool
}

// A CategoryShare is the fair share of a category.
type CategoryShare struct {
	Weighed
	Share *big.Rat
}

// An AdShare is the fair share of a campaign.
type AdShare struct {
	Ad       string // feed/campaign
	Category int
	Weight   int64
	Share    *big.Rat
	index    int
}

var (
	twoFifths = big.NewRat(2, 5)
	tenth     = big.NewRat(1, 10)
)

// FairCategories returns the share of each category, in the order given. Weights
// must be positive.
//
// The most that one may have is c = max(2/5, 1/n) of n categories. First
// all are filled together: every category has min(c, λ·weight) with the λ that
// makes the sum 1. If some are discovery and some are not, and the discovery ones
// have less than 1/10 together, they are then filled to 1/10 and the others
// to 9/10, each part by the same rule. The others can always fill theirs: m
// categories that cannot hold 9/10 under c have at most m·c from the first
// filling, so that discovery had more than 1/10 already and takes the rest.
func FairCategories(categories []Weighed) []*big.Rat {
	if len(categories) == 0 {
		return nil
	}
	most := mostOf(len(categories))
	shares := fill(categories, big.NewRat(1, 1), most)
	var found, related []Weighed
	sum := new(big.Rat)
	for k, c := range categories {
		if c.Discovery {
			found = append(found, c)
			sum.Add(sum, shares[k])
		} else {
			related = append(related, c)
		}
	}
	if len(found) == 0 || len(related) == 0 || sum.Cmp(tenth) >= 0 {
		return shares
	}
	low, high := fill(found, tenth, most), fill(related, big.NewRat(9, 10), most)
	for k, c := range categories {
		if c.Discovery {
			shares[k], low = low[0], low[1:]
		} else {
			shares[k], high = high[0], high[1:]
		}
	}
	return shares
}

// mostOf is the largest share that one of n categories may have.
func mostOf(n int) *big.Rat {
	if n <= 2 {
		return big.NewRat(1, int64(max(n, 1)))
	}
	return twoFifths
}

// fill pours a part over the categories by weight, none above most: those that
// would overflow are filled to the brim and the others share what is left.
func fill(categories []Weighed, part, most *big.Rat) []*big.Rat {
	shares := make([]*big.Rat, len(categories))
	left := new(big.Rat).Set(part)
	for {
		weights := int64(0)
		for k, c := range categories {
			if shares[k] == nil {
				weights += c.Weight
			}
		}
		if weights == 0 {
			return shares
		}
		level := new(big.Rat).Quo(left, new(big.Rat).SetInt64(weights))
		full := 0
		for k, c := range categories {
			if shares[k] == nil && new(big.Rat).Mul(level, new(big.Rat).SetInt64(c.Weight)).Cmp(most) > 0 {
				shares[k] = most
				full++
			}
		}
		left.Sub(left, new(big.Rat).Mul(most, big.NewRat(int64(full), 1)))
		if full > 0 {
			continue
		}
		for k, c := range categories {
			if shares[k] == nil {
				shares[k] = new(big.Rat).Mul(level, new(big.Rat).SetInt64(c.Weight))
			}
		}
		return shares
	}
}

// FairShares returns the fair shares of the weighted campaigns that pass the
// hard filters at a time of the venue, with a trusted clock, caps and rivals
// left aside.
func FairShares(s Shop, at time.Time) Fair {
	b := newBook(s)
	at = at.In(b.zone)
	i := instant{civil: at, date: plan.DateOf(at), clock: plan.ClockTrusted}
	return *b.fairOf(b.passing(i, nil), i.date.Month)
}

// passing returns the weighted ads that pass the filters, and, given a history,
// have room in their caps.
func (b *book) passing(at instant, h *history) []int {
	var ads []int
	for i := range b.ads {
		if b.ads[i].campaign.Tier != plan.TierWeighted || b.refusal(i, at) != "" {
			continue
		}
		if h != nil {
			if _, _, full := h.full(i, at); full {
				continue
			}
		}
		ads = append(ads, i)
	}
	return ads
}

// fairOf returns the fair shares among these ads, which it remembers.
func (b *book) fairOf(ads []int, month time.Month) *Fair {
	key := make([]byte, 1, 1+4*len(ads))
	key[0] = byte(month)
	for _, i := range ads {
		key = binary.LittleEndian.AppendUint32(key, uint32(i))
	}
	if f, ok := b.fairs[string(key)]; ok {
		return f
	}
	f := b.newFair(ads, month)
	b.fairs[string(key)] = f
	return f
}

func (b *book) newFair(ads []int, month time.Month) *Fair {
	f := &Fair{}
	sums := make(map[int]int64)
	for _, i := range ads {
		a := &b.ads[i]
		w, category := b.weight(a, month), a.campaign.Category
		if _, known := sums[category]; !known {
			f.Categories = append(f.Categories, CategoryShare{Weighed: Weighed{Category: category, Discovery: b.shop.Venue.Targeting && !a.relation.found}})
		}
		sums[category] += w
		f.Ads = append(f.Ads, AdShare{Ad: a.name, Category: category, Weight: w, index: i})
	}
	slices.SortFunc(f.Categories, func(x, y CategoryShare) int { return cmp.Compare(x.Category, y.Category) })
	weighed := make([]Weighed, len(f.Categories))
	kinds := make(map[bool]bool)
	for k := range f.Categories {
		c := &f.Categories[k]
		c.Weight = sums[c.Category]
		weighed[k], kinds[c.Discovery] = c.Weighed, true
	}
	f.Most, f.Both = mostOf(len(weighed)), len(kinds) == 2
	perWeight := make(map[int]*big.Rat)
	for k, share := range FairCategories(weighed) {
		f.Categories[k].Share = share
		perWeight[weighed[k].Category] = new(big.Rat).Quo(share, new(big.Rat).SetInt64(weighed[k].Weight))
	}
	largest := new(big.Rat)
	for k := range f.Ads {
		a := &f.Ads[k]
		a.Share = new(big.Rat).Mul(perWeight[a.Category], new(big.Rat).SetInt64(a.Weight))
		if a.Share.Cmp(largest) > 0 {
			largest = a.Share
		}
	}
	f.Repeat = repeatDistance(largest)
	return f
}

// repeatDistance is k = min(20, ⌊1 / largest fair share⌋ − 1).
func repeatDistance(largest *big.Rat) int {
	if largest.Sign() <= 0 {
		return 0
	}
	turns := new(big.Int).Quo(largest.Denom(), largest.Num())
	if !turns.IsInt64() || turns.Int64() > 20 {
		return 20
	}
	return int(turns.Int64()) - 1
}
