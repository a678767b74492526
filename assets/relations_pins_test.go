package assets

import "testing"

// What the owners of these shops would say if asked, in the published names of
// the categories: these ads belong here (a row of their own), those do not (no
// row that is one, is under one, or covers one).
func TestComplementsAnOwnerWouldName(t *testing.T) {
	t.Parallel()
	for activity, owner := range map[string]struct{ has, not string }{
		"jeweller": {
			"Photographers; Wedding Dresses/Bridal Wear/Tuxedos; Flowers; Event Planning; Catering; Hotels and Resorts; Insurance",
			"Jewelry and Watches; Metals; Pawn Shops; Fast Food; Coins and Paper Money; Auctions; Auto Repair",
		},
		"veterinary": {
			"Pet Insurance; Pet Grooming; Pet Sitting; Pet Supplies; Pet Adoption; Pet Ownership",
			"Pet Food; Refrigerated Meats; Kids Activities; Over the Counter Medication",
		},
		"bakery": {
			"Coffee and Tea; Dairy; Condiments and Sauces; Party Goods; Vegetables; Magazines and Newspapers",
			"Bakeries; Bakery; Cookies and Crackers; Fast Food; Dieting and Weightloss; Grocery Stores and Supermarkets",
		},
		"garage": {
			"Car Wash; Auto Insurance; Vehicle Rental; Taxi Services; Restaurants",
			"Auto Repair; Automotive Parts and Accessories; New vehicle Ownership; Flowers; Wedding Dresses/Bridal Wear/Tuxedos; Bars",
		},
		"bookshop": {
			"Coffee and Tea; Museums and Galleries; Theatre and Musicals; Conferences, Lectures and Workshops; Lighting",
			"Books and Audio Books; Book Reading and Review Applications; E-Readers; eCommerce; Fast Food",
		},
		"optician": {
			"Medical Insurance; Books and Audio Books; Lighting; Certification Programs; Back to School Supplies",
			"Vision Care; Sunglasses; Alcohol; Cosmetic Medical Services",
		},
		"pharmacy": {
			"Medical Insurance; Vision Care; Home Healthcare; Public Service Announcements; Swimming Facilities",
			"Drugstores and Pharmacies; Vitamins and Supplements; Weightloss Supplements; Pharmaceuticals; Hand and Body Lotion; Fast Food; " +
				"Tobacco; Grocery Stores and Supermarkets; Alternative and Natural Medicine",
		},
		"hairdresser": {
			"Wedding Dresses/Bridal Wear/Tuxedos; Photographers; Nail Salons; Women's Clothing; Jewelry and Watches",
			"Hair Salons; Shampoo; Hair Coloring; Hair Restoration; Dieting and Weightloss",
		},
		"florist": {
			"Wedding Dresses/Bridal Wear/Tuxedos; Photographers; Catering; Candy; Greeting Cards; Jewelry and Watches",
			"Flowers; Plants; Grocery Stores and Supermarkets; Landscaping Services; Dating",
		},
		"funeral-home": {
			"Flowers; Legal Services; Printing/Fax/WiFi Services; Mental Health; Charities and Donations; Hotels and Resorts",
			"Life Insurance; Nightlife Experiences; Party Goods; Alcohol; Dating; Restaurants; Beauty Salons; Gold Trade In; " +
				"Auctions; Real Estate; Retirement Planning; Senior Living; Religion and Spirituality",
		},
		"notary": {
			"Real Estate Sales; Mortgage Lenders and Brokers; Home Insurance; Genealogy and Family Trees; Charities and Donations",
			"Legal Services; Lawyers; Party Goods; Alcohol; Dating; Casinos; Auctions; Gold Trade In; Nightlife Experiences",
		},
		"toy-shop": {
			"Party Goods; Kids Activities; Bakeries; Books and Audio Books; Children's Clothing; Batteries; Cinemas and Movie Events",
			"Toys; Candy; Fast Food; Video Games; Alcohol; Weapons and Ammunition; Gambling; Tobacco; Dating; Cosmetics",
		},
		"butcher": {
			"Barbeque; Bakeries; Vegetables; Condiments and Sauces; Kitchen and Dining Products",
			"Refrigerated Meats; Frozen Meat/Poultry/Seafood; Meals; Fast Food; Wine; Grocery Stores and Supermarkets",
		},
		"wine-shop": {
			"Dairy; Drinkware; Catering; Event Planning; Gift Baskets; Taxi Services",
			"Wine; Beer; Bars; Kids Activities; Baby and Toddler Products; Childcare; Auto Insurance; Grocery Stores and Supermarkets",
		},
		"tobacconist": {
			"Bakeries; Coffee and Tea; Logistics and Delivery; Grocery Stores and Supermarkets; Taxi Services",
			"Tobacco; Vaping; Gambling; Alcohol; Magazines and Newspapers; Greeting Cards; Payday and Emergency Loans; Kids Activities",
		},
		"bar": {
			"Taxi Services; Ride-sharing Services; Concerts; Sporting Events; Cinemas and Movie Events; Public Service Announcements",
			"Bars; Wine; Beer; Restaurants; Gambling; Sports Betting; Kids Activities; Childcare; Auto Insurance; Certification Programs; Dating",
		},
		"gym": {
			"Sportswear; Footwear; Sporting Goods Stores; Headphones; Physical Therapists; Fruit",
			"Gyms and Health Clubs; Personal Trainers; Weightloss Supplements; Dieting and Weightloss; Fast Food; " +
				"Cosmetic Medical Services; Non-perscribed Performance Enhancers",
		},
		"estate-agency": {
			"Mortgage Lenders and Brokers; Legal Services; Logistics and Delivery; Home Insurance; Furniture; Remodeling and Construction",
			"Real Estate Sales; Real Estate Rentals; Vacation Rentals; Credit and Debt Repair/Credit Reporting",
		},
		"driving-school": {
			"Auto Insurance; Pre-owned Automotive Ownership; Vision Care; Vehicle Rental; Public Service Announcements",
			"Certification Programs; Alcohol; Cannabis; Nightlife Experiences; Automotive Leasing; Payday and Emergency Loans",
		},
		"bike-shop": {
			"Insurance; Sportswear; Participant Sports Leagues; Sightseeing Tours and Activities; Camping and Camp Grounds",
			"Scooters, Motorbikes, and E-bikes; Sporting Goods Stores; Outdoor Recreation Equipment; New vehicle Ownership",
		},
		"town-hall": {
			"Civic Organizations; Public Service Announcements; Childcare; Photographers; Seasonal and Holiday Events; Charities and Donations",
			"Politics; Religion and Spirituality; Gambling; Alcohol; Mortgage Lenders and Brokers; Credit Cards; Life Insurance",
		},
		"doctor": {
			"Drugstores and Pharmacies; Medical Insurance; Public Service Announcements; Vision Care; Physical Therapists",
			"General Practitioners; Vitamins and Supplements; Pharmaceuticals; Alcohol; Fast Food; Alternative and Natural Medicine; " +
				"Life Insurance; Cosmetic Medical Services; Clinical Research",
		},
	} {
		own := make(map[int]bool)
		for _, r := range Vocabulary().Relations(activity) {
			own[r.Category] = true
		}
		for _, id := range named(t, owner.has) {
			if !own[id] {
				t.Errorf("%s lacks %d %s", activity, id, Vocabulary().CategoryName(id))
			}
		}
		refuse(t, activity, named(t, owner.not), "its owner would not have it")
	}
}
