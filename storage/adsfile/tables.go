package adsfile

import "entracte/scheduler/plan"

// file is ads.toml as it is written.
type file struct {
	Campaign []campaign `toml:"campaign" most:"10000"`
}

type campaign struct {
	ID             string              `toml:"id" long:"64"`
	Advertiser     string              `toml:"advertiser" long:"80"`
	Category       int                 `toml:"category"`
	Occasions      []any               `toml:"occasions" most:"20" long:"32"`
	Flight         flight              `toml:"flight"`
	Weight         int                 `toml:"weight" range:"1 10"`
	Tier           plan.Tier           `toml:"tier" oneof:"emergency takeover guaranteed weighted house"`
	Goal           int                 `toml:"goal" range:"1 10000000"`
	Caps           []limit             `toml:"caps" most:"2"`
	Dayparts       []daypart           `toml:"dayparts" most:"50"`
	Rivals         string              `toml:"rivals" long:"64"`
	Sole           bool                `toml:"sole"`
	Booked         plan.Date           `toml:"booked"`
	Place          *place              `toml:"place"`
	Clientele      []string            `toml:"clientele" most:"30"`
	Offers         []string            `toml:"offers" most:"30"`
	Language       []string            `toml:"language" most:"10"`
	UntrustedClock plan.UntrustedClock `toml:"untrusted_clock" oneof:"skip play"`
	Creative       []creative          `toml:"creative" most:"100"`
}

type flight struct {
	From plan.Date `toml:"from"`
	To   plan.Date `toml:"to"`
}

type limit struct {
	Plays int            `toml:"plays" range:"1 100000"`
	Per   plan.CapPeriod `toml:"per" oneof:"hour day"`
}

type daypart struct {
	Days []string     `toml:"days" most:"7" oneof:"mon tue wed thu fri sat sun"`
	From *plan.Minute `toml:"from"`
	To   *plan.Minute `toml:"to"`
}

type place struct {
	Commune   string  `toml:"commune" long:"80"`
	Postcode  string  `toml:"postcode" long:"12"`
	Latitude  float64 `toml:"latitude" range:"-90 90"`
	Longitude float64 `toml:"longitude" range:"-180 180"`
	WithinKM  float64 `toml:"within_km" range:"0.1 20000"`
}

type creative struct {
	ID      string  `toml:"id" long:"64"`
	File    string  `toml:"file" long:"250"`
	Seconds float64 `toml:"seconds" range:"1 3600"`
	Card    *card   `toml:"card"`
}

type card struct {
	Title   string `toml:"title" long:"120"`
	Text    string `toml:"text" long:"400" lines:"yes"`
	Picture string `toml:"picture" long:"250"`
	QR      string `toml:"qr" long:"300"`
}
