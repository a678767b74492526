package assets

import "testing"

// What owners type: with slips, without accents, as it sounds, in the words of
// the street, in either language.
func TestSearchFindsWhatOwnersType(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]string{
		"bijoutier": "jeweller", "horloger": "jeweller", "jewelery": "jeweller", "bague": "jeweller",
		"coifeur": "hairdresser", "coiffeuse": "hairdresser", "salon de coiffure": "hairdresser", "hair dresser": "hairdresser",
		"barber": "barber", "barber shop": "barber", "barbier": "barber", "nail bar": "nail-salon", "ongles": "nail-salon",
		"esthéticienne": "beauty-salon", "institut de beaute": "beauty-salon", "tatoo": "tattoo-studio",
		"boulangrie": "bakery", "boulanger": "bakery", "baker": "bakery", "patisserie": "pastry-shop", "pâtissier": "pastry-shop",
		"boucher": "butcher", "charcutier": "butcher", "poissonier": "fishmonger", "fromager": "cheese-shop",
		"caviste": "wine-shop", "off licence": "wine-shop", "primeurs": "greengrocer", "epicerie": "convenience-store",
		"corner shop": "convenience-store", "chocolatier": "chocolate-shop", "glaces": "ice-cream-shop", "resto": "restaurant",
		"kebab": "fast-food", "bistro": "restaurant", "pub": "bar", "cafe": "cafe", "salon de thé": "cafe",
		"tabac presse": "tobacconist", "tabac": "tobacconist", "buraliste": "tobacconist", "bar tabac": "tobacconist",
		"vape": "vape-shop", "cigarette electronique": "vape-shop", "marchand de journaux": "newsagent",
		"vétérinère": "veterinary", "veterinaire": "veterinary", "vet": "veterinary", "toilettage": "pet-groomer", "animalerie": "pet-shop",
		"oculiste": "optician", "lunettes": "optician", "glasses": "optician", "optitien": "optician",
		"kiné": "physiotherapist", "kinesiterapeute": "physiotherapist", "physio": "physiotherapist", "osteo": "osteopath",
		"dentiste": "dentist", "medecin": "doctor", "docteur": "doctor", "gp": "doctor", "pharmacien": "pharmacy", "farmacie": "pharmacy",
		"chemist": "pharmacy", "labo d'analyses": "medical-laboratory", "infirmiere": "nurse", "sage femme": "midwife", "psy": "psychologist",
		"notaire": "notary", "avocat": "lawyer", "comptable": "accountant", "immobilier": "estate-agency", "agent immobilier": "estate-agency",
		"auto ecole": "driving-school", "autoecole": "driving-school", "moniteur auto": "driving-school",
		"garagiste": "garage", "garage": "garage", "mechanic": "garage", "carossier": "body-shop", "controle technique": "vehicle-inspection",
		"pneus": "tyre-centre", "tires": "tyre-centre", "velo": "bike-shop", "bicycle": "bike-shop", "lavage auto": "car-wash",
		"station essence": "petrol-station", "fleurs": "florist", "fleuriste": "florist", "jardinerie": "garden-centre",
		"pompes funebres": "funeral-home", "undertaker": "funeral-home", "marbrier": "funeral-home", "funerarium": "funeral-home",
		"dry cleaner": "dry-cleaner", "dry cleaning": "dry-cleaner", "pressing": "dry-cleaner", "laverie": "launderette", "laundromat": "launderette",
		"cordonier": "cobbler", "librairie": "bookshop", "libraire": "bookshop", "livres": "bookshop", "jouets": "toy-shop",
		"papetterie": "stationery-shop", "salle de sport": "gym", "fitness": "gym", "crossfit": "gym", "creche": "nursery",
		"mairie": "town-hall", "office de tourisme": "tourist-office", "ecole": "school", "banque": "bank", "assurances": "insurance-agency",
		"robe de mariee": "bridal-shop", "chaussures": "shoe-shop", "quincallerie": "hardware-shop", "brico": "diy-store",
		"electricien": "electrician", "plombier": "plumber", "serurier": "locksmith", "menuisier": "joiner", "macon": "builder",
		"photographe": "photographer", "hotel": "hotel", "agence de voyage": "travel-agency", "camping": "campsite", "taxi": "taxi",
		"restaurateur": "restaurant", "imprimeur": "print-shop", "brocanteur": "antiques-shop", "traiteur": "delicatessen",
		"prothesiste ongulaire": "nail-salon", "esthetique": "beauty-salon", "mercerie": "haberdashery", "retouches": "tailor",
		"maraicher": "greengrocer", "carrosserie": "body-shop", "moto": "motorbike-shop", "massage": "spa", "disquaire": "music-shop",
		"chambre d'hote": "bed-and-breakfast", "gite": "bed-and-breakfast", "camion pizza": "pizzeria", "traiter": "delicatessen",
		"ambulance": "", "ostheopathe": "osteopath", "ortophoniste": "", "cave a vin": "wine-shop", "mode femme": "womens-clothes",
		"clothes": "clothes-shop", "fish and chips": "fast-food", "grocery store": "convenience-store", "drug store": "pharmacy",
		"dental practice": "dentist", "surgery": "doctor", "realtor": "estate-agency", "gas station": "petrol-station",
		"audioprothesiste": "hearing-centre", "estate agent": "estate-agency", "car dealer": "car-dealer", "concessionnaire": "car-dealer",
	} {
		got := ""
		if found := SearchActivities(query); len(found) > 0 {
			got = found[0].Slug
		}
		if got != want {
			t.Errorf("SearchActivities(%q) begins with %q, want %q", query, got, want)
		}
	}
}
