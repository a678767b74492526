package assets

import (
	"strings"
	"testing"
)

// The places where an ad could hurt, and what is kept away from them. A family
// is named by its category, and everything under it is meant.
var (
	mourning = "funeral-home"
	law      = "notary lawyer"
	care     = "pharmacy doctor specialist-doctor dentist physiotherapist osteopath podiatrist nurse midwife " +
		"medical-laboratory psychologist health-centre medical-supplies hearing-centre"
	children = "toy-shop childrens-clothes school nursery library leisure-centre swimming-pool dance-school video-game-shop"
	need     = "employment-agency town-hall public-office community-centre post-office home-help pawn-shop funeral-home"

	festive = "Party Goods; Costumes and Accessories; Seasonal and Holiday Events; Nightlife Experiences; Comedy Events; " +
		"Gift Baskets; Greeting Cards; Candy; Games; Event Planning; Wedding Dresses/Bridal Wear/Tuxedos; Cruises"
	beauty  = "Cosmetic Services; Cosmetics; Fragrance; Dieting and Weightloss; Cosmetic Medical Services; Hair Growth Products"
	bargain = "Gift Cards and Coupons; Factory Outlet Stores; Pawn Shops; Auctions; Metals; Department Stores"
	cures   = "Vitamins and Supplements; Alternative and Natural Medicine; Dieting and Weightloss; Pharmaceuticals; " +
		"Over the Counter Medication; Hair Restoration; Hair Growth Products; Cosmetic Medical Services; Med Spas; Tanning Salons"
	sweets = "HFSS Products [High Fat, Sugar, Salt]; Candy; Cookies and Crackers; Snacks; Fast Food; Carbonated Soft Drinks; " +
		"Sports/Energy Drinks; Drink Mixes; Frozen Desserts; Refrigerated Desserts"
	debt = "Credit and Debt Repair/Credit Reporting; Credit Cards; Payday and Emergency Loans; Mortgage Lenders and Brokers; " +
		"Banking; Student Financial Aid; Stocks and Investments; Pawn Shops; Metals; Timeshares"
	grownUp = "Nightlife Experiences; Piercing and Tattooing; Tanning Salons; Underwear and Lingerie; Beauty Salons; " +
		"Nail Salons; Hair Removal; Med Spas; Cosmetics; Dieting and Weightloss; Fantasy Sports; Stocks and Investments"
	nowhere = "Adult Products and Services; Payday and Emergency Loans; Credit and Debt Repair/Credit Reporting; " +
		"Weightloss Supplements; Debated Sensitive Social Issue; Multi-Level Marketing; Non-Projectile Weapons"
)

func TestTaste(t *testing.T) {
	t.Parallel()
	for _, rule := range []struct{ places, families, reason string }{
		{mourning, festive + ";" + beauty + ";" + bargain + ";" + cures, "families who mourn are here"},
		{law, festive + ";" + beauty + ";" + bargain + ";" + cures, "people are here for a grave matter"},
		{care, cures + ";" + beauty + ";" + bargain + ";" + sweets + ";" + debt, "people are ill here and would believe it"},
		{children, sweets + ";" + grownUp + ";" + debt, "children are here"},
		{need, debt + ";" + bargain, "people may be in need here"},
	} {
		for _, slug := range strings.Fields(rule.places) {
			if !Vocabulary().HasActivity(slug) {
				t.Errorf("no activity %q", slug)
			}
			refuse(t, slug, named(t, rule.families), rule.reason)
		}
	}
	everywhere := append(named(t, nowhere), Vocabulary().Regulated()...)
	for _, a := range Activities() {
		refuse(t, a.Slug, everywhere, "no shop is to be told that this goes with it")
	}
}

// refuse fails on a row of the activity that is in a family or covers it.
func refuse(t *testing.T, activity string, families []int, reason string) {
	t.Helper()
	w := Vocabulary()
	for _, r := range w.Relations(activity) {
		for _, f := range families {
			if within(r.Category, f) || within(f, r.Category) {
				t.Errorf("%s: %d %s: %s", activity, r.Category, w.CategoryName(r.Category), reason)
			}
		}
	}
}
