package pack

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"entracte/scheduler/plan"
)

// resigned is a manifest that somebody with the key changed, and its signature.
func resigned(t testing.TB, change func(string) string) (string, string) {
	t.Helper()
	key := testKey(t, "acme")
	p := signed(t, small(42), key)
	text := change(string(p.Manifest))
	return text, string(key.Sign([]byte(text), comment(p.Name, p.Version, p.Sums)))
}

// replaced changes one place in a text, which must be there.
func replaced(t testing.TB, old, new string) func(string) string {
	return func(text string) string {
		t.Helper()
		if !strings.Contains(text, old) {
			t.Fatalf("there is no %q in the manifest", old)
		}
		return strings.Replace(text, old, new, 1)
	}
}

// What is signed is read strictly all the same: a key can be in wrong hands, and two
// players must not read two things.
func TestHostileManifests(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat("[", 20) + strings.Repeat("]", 20)
	for _, c := range []struct{ what, old, new, says string }{
		{"a key twice", `"gen": 1,`, `"gen": 1, "gen": 1,`, "gen is given twice"},
		{"a key twice, escaped", `"gen": 1,`, `"gen": 1, "g\u0065n": 2,`, "gen is given twice"},
		{"a key twice, deep inside", `"weight": 2,`, `"weight": 2, "weight": 3,`, "program.campaigns[0].weight is given twice"},
		{"a key twice that nobody knows", `"gen": 1,`, `"gen": 1, "x": 1, "x": 1,`, "x is given twice"},
		{"a key in capitals", `"gen": 1,`, `"gen": 1, "Gen": 2,`, `the key "Gen"`},
		{"a key with a Kelvin sign", `"id": "lens-2026"`, `"boo\u212Aed": "2026-01-01", "id": "lens-2026"`, "none of this format"},
		{"no key", `"gen": 1,`, `"": 1, "gen": 1,`, "none of this format"},
		{"null", `"weight": 2,`, `"weight": null,`, "null"},
		{"an empty text", `"advertiser": "Studio Lens"`, `"advertiser": ""`, "is empty"},
		{"a control character", "Studio Lens", `Studio\u0007Lens`, "invisible character U+0007"},
		{"an escape sequence", "Studio Lens", `Studio\u001b[2J`, "U+001B"},
		{"a line feed in a name", "Studio Lens", `Studio\nLens`, "U+000A"},
		{"text from right to left", "Studio Lens", `Studio\u202Esnel`, "U+202E"},
		{"half a surrogate pair", "Studio Lens", `Studio \ud800`, "U+FFFD"},
		{"bytes that are no UTF-8", "Studio Lens", "Studio \xff", "not UTF-8"},
		{"a byte order mark", `{`, "\ufeff{", "not JSON"},
		{"two documents", `{`, `{} {`, "not JSON"},
		{"a trailing comma", `"gen": 1,`, `"gen": 1,,`, "not JSON"},
		{"a comment", `"gen": 1,`, `"gen": 1, // one`, "not JSON"},
		{"too deep", `"gen": 1,`, `"gen": 1, "x": ` + deep + `,`, "nests deeper than 16"},
		{"a long text", "Studio Lens", strings.Repeat("é", 81), "more than 80 characters"},
		{"a long text that nobody knows", `"gen": 1,`, `"gen": 1, "x": "` + strings.Repeat("x", 201) + `",`, "more than 200 characters"},
		{"a long number", `"gen": 1,`, `"gen": ` + strings.Repeat("1", 33) + `,`, "number of 33 characters"},
		{"a fraction", `"gen": 1,`, `"gen": 1.5,`, "gen is a number"},
		{"an exponent", `"gen": 1,`, `"gen": 1e0,`, "gen is a number"},
		{"a number as text", `"gen": 1,`, `"gen": "1",`, "gen is a string"},
		{"a text as number", `"advertiser": "Studio Lens"`, `"advertiser": 7`, "is a number"},
		{"an object as list", `"campaigns": [`, `"campaigns": {"x": [`, "not JSON"},
		{"a size beyond 64 bits", `"size": 7`, `"size": 18446744073709551616`, "too large"},
		{"another format", `entracte-pack/1`, `entracte-pack/2`, "format"},
		{"something it must understand", `"gen": 1,`, `"gen": 1, "critical": ["hologram"],`, `newer player: "hologram"`},
		{"something deep that it must understand", `"gen": 1,`, `"gen": 1, "critical": ["program.campaigns.hologram"],`, "newer player"},
		{"a newer player", `"gen": 1,`, `"gen": 1, "min_player": "1.1",`, "newer player: 1.1"},
		{"a nonsense player", `"gen": 1,`, `"gen": 1, "min_player": "one",`, "newer player"},
		{"generation 0", `"gen": 1,`, `"gen": 0,`, "no version"},
		{"a serial too large", `"serial": 42,`, `"serial": 100000000,`, "no version"},
		{"an org that is a path", `"org": "acme"`, `"org": "../acme"`, "not the name of a feed"},
		{"a time with a zone", `10:00:00Z`, `10:00:00+01:00`, "not a time"},
		{"a time with fractions", `10:00:00Z`, `10:00:00.5Z`, "not a time"},
		{"a time long ago", `2026-11-22T`, `1970-11-22T`, "not a time"},
		{"over before it began", `"gen": 1,`, `"gen": 1, "not_after": "2026-11-22T10:00:00Z",`, "before it was issued"},
		{"stale before it began", `"gen": 1,`, `"gen": 1, "stale_after_powered_h": -1,`, "stale_after_powered_h"},
		{"a device that is a path", `"gen": 1,`, `"gen": 1, "audience": {"devices": ["../x"]},`, "no name of a device"},
		{"devices out of order", `"gen": 1,`, `"gen": 1, "audience": {"devices": ["b", "a"]},`, "out of order"},
		{"an acknowledged path", `"gen": 1,`, `"gen": 1, "pop_ack": {"../x": {"seq": 1}},`, "none of this format"},
		{"nothing acknowledged", `"gen": 1,`, `"gen": 1, "pop_ack": {"dev": {"seq": 0}},`, "count from 1"},
		{"a digest in capitals", `"sha256": "`, `"sha256": "A`, "not a SHA-256 digest"},
		{"a digest that is a path", `"sha256": "` + sumOf("picture"), `"sha256": "../../../../etc/passwd`, "not a SHA-256 digest"},
		{"an empty blob", `"size": 7`, `"size": 0`, "its size is 0"},
		{"a blob no stick holds", `"size": 7`, `"size": 4294967296`, "its size is 4294967296"},
		{"a program", `image/jpeg`, `application/x-executable`, "no medium"},
		{"a bomb", `"w": 1920`, `"w": 40000`, "pixels"},
		{"a picture that runs", `"h": 1080`, `"h": 1080, "dur_ms": 5`, "cannot run for"},
		{"no blobs", `"blobs": [`, `"bloobs": [`, "no blobs"},
		{"no program", `"program": {`, `"programme": {`, "no program"},
		{"a blob that is not there", `"blob": 0`, `"blob": 1`, "there is no blob 1"},
		{"a blob before the first", `"blob": 0`, `"blob": -1`, "there is no blob -1"},
		{"neither blob nor card", `"blob": 0,`, ``, "one of blob and card"},
		{"both", `"blob": 0,`, `"blob": 0, "card": {"title": "x"},`, "one of blob and card"},
		{"an empty card", `"card": {`, `"card": {}, "later": {`, "card is empty"},
		{"a creative for ever", `"length_ms": 10000`, `"length_ms": 86400001`, "cannot show for"},
		{"a creative twice", `"id": "lens-offer"`, `"id": "lens-couple"`, "there twice"},
		{"an id that is a path", `"id": "lens-2026"`, `"id": "../x"`, "its id is none"},
		{"a weight too large", `"weight": 2,`, `"weight": 11,`, "weight 11"},
		{"no weight", `"weight": 2,`, ``, "weight 0"},
		{"an unknown tier", `"tier": "weighted"`, `"tier": "supreme"`, "tier"},
		{"the shop itself, not in its tier", "Studio Lens", "@venue", "house tier"},
		{"a stranger with an @", "Studio Lens", "@venues", "only @venue"},
		{"no category", `"category": 1021,`, ``, "category 0"},
		{"a day that does not exist", `"weight": 2,`, `"weight": 2, "booked": "2026-02-30",`, "2026-02-30"},
		{"a flight backwards", `"weight": 2,`, `"weight": 2, "flight": {"from": "2026-02-02", "to": "2026-02-01"},`, "flight"},
		{"a goal without a promise", `"weight": 2,`, `"weight": 2, "goal": 5,`, "goal"},
		{"two caps an hour", `"weight": 2,`, `"weight": 2, "caps": [{"plays": 1, "per": "hour"}, {"plays": 2, "per": "hour"}],`, "two caps"},
		{"three caps", `"weight": 2,`, `"weight": 2, "caps": [{}, {}, {}],`, "more than 2 entries"},
		{"days out of order", `"weight": 2,`, `"weight": 2, "dayparts": [{"days": ["sat", "mon"], "from": "10:00", "to": "12:00"}],`, "out of order"},
		{"half a place", `"weight": 2,`, `"weight": 2, "place": {"latitude": 45.5},`, "latitude"},
		{"a distance from nowhere", `"weight": 2,`, `"weight": 2, "place": {"commune": "Lyon", "within_km": 5},`, "nowhere"},
		{"a place off the globe", `"weight": 2,`, `"weight": 2, "place": {"latitude": 91, "longitude": 0},`, "globe"},
		{"no language", `"weight": 2,`, `"weight": 2, "language": ["FR"],`, "language"},
	} {
		text, sig := resigned(t, replaced(t, c.old, c.new))
		_, err := Parse([]byte(text), []byte(sig), Name{"acme", "shop-17"}, Version{1, 42}, trust(t, testKey(t, "acme")))
		if !errors.Is(err, ErrNotPack) || !strings.Contains(fmt.Sprint(err), c.says) {
			t.Errorf("%s: %v", c.what, err)
		}
	}
}

// What a later version adds and does not call critical is passed over; so is a critical
// field that is known.
func TestUnknownFieldsArePassedOver(t *testing.T) {
	t.Parallel()
	for _, new := range []string{
		`"gen": 1, "later": {"a": [1, true, "x", {"b": 2.5}]},`,
		`"gen": 1, "critical": ["not_after", "program.campaigns.caps.per", "audience.tags", "pop_ack.seq"],`,
		`"gen": 1, "critical": [], "audience": {"devices": [], "tags": []}, "min_player": "1.0",`,
		`"gen": 1, "min_player": "0.9",`,
	} {
		text, sig := resigned(t, replaced(t, `"gen": 1,`, new))
		if _, err := Parse([]byte(text), []byte(sig), Name{"acme", "shop-17"}, Version{1, 42}, trust(t, testKey(t, "acme"))); err != nil {
			t.Errorf("%s: %v", new, err)
		}
	}
}

// What an honest writer could ask for by mistake is refused before it is signed.
func TestPacksThatAreNotSigned(t *testing.T) {
	t.Parallel()
	blob := func(word string, size int64) Blob {
		return Blob{SHA256: sumOf(word), Size: size, Media: "image/png", Width: 1, Height: 1}
	}
	a, b := blob("a", 1), blob("b", 1)
	if a.SHA256 > b.SHA256 {
		a, b = b, a
	}
	var many, huge []Blob
	for i := range maxBlobs + 1 {
		many = append(many, blob(fmt.Sprint(i), 1))
	}
	for i := range 17 {
		huge = append(huge, blob(fmt.Sprint(i), MaxBlob))
	}
	for _, list := range [][]Blob{many, huge} {
		slices.SortFunc(list, func(x, y Blob) int { return strings.Compare(x.SHA256, y.SHA256) })
	}
	for what, c := range map[string]struct {
		change func(*Pack)
		says   string
	}{
		"blobs out of order": {func(p *Pack) { p.Blobs = []Blob{b, a} }, "out of order"},
		"a blob twice":       {func(p *Pack) { p.Blobs = []Blob{a, a} }, "there twice"},
		"too many blobs":     {func(p *Pack) { p.Blobs = many }, "more than 10000 entries"},
		"too many bytes":     {func(p *Pack) { p.Blobs = huge }, "the most is 68719476736"},
		"a campaign twice": {func(p *Pack) {
			again := p.Feed.Campaigns[0]
			again.Creatives = []plan.Creative{{ID: "other", Length: time.Second, Card: &plan.Card{Title: "x"}}}
			p.Feed.Campaigns = append(p.Feed.Campaigns, again)
		}, "there twice"},
		"a manifest too large": {func(p *Pack) {
			c := p.Feed.Campaigns[0]
			p.Feed.Campaigns = nil
			for i := range 7500 {
				c.ID, c.Rivals = fmt.Sprintf("c%d", i), strings.Repeat("r", 64)
				c.Creatives = []plan.Creative{{ID: c.ID, Length: time.Second, Card: &plan.Card{Title: "x", Text: strings.Repeat("x", 400)}}}
				p.Feed.Campaigns = append(p.Feed.Campaigns, c)
			}
		}, "make two feeds of it"},
	} {
		p := small(1)
		p.Feed.Campaigns[0].Creatives = p.Feed.Campaigns[0].Creatives[1:]
		c.change(p)
		if _, err := sign(p, testKey(t, "acme")); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// A file that is too large, or that never ends, is not read to its end.
func TestEndlessFiles(t *testing.T) {
	t.Parallel()
	n, v, keys := Name{"acme", "shop-17"}, Version{1, 42}, trust(t, testKey(t, "acme"))
	for _, name := range []string{"latest", ".minisig", ".json"} {
		src := &endless{Source: second2(tree(t, map[string]string{"feeds/shop-17/latest": "0001-00000042\n", "feeds/shop-17/0001-00000042.json.minisig": "x", "feeds/shop-17/0001-00000042.json": "x"})), name: name}
		if found, err := Find(t.Context(), src, n); err != nil || len(found) != 1 {
			t.Errorf("%s: %v, %v", name, found, err)
		}
		if _, err := Read(t.Context(), src, n, v, keys); err == nil {
			t.Errorf("an endless %s was read", name)
		}
		if src.read > MaxManifest+1 {
			t.Errorf("%d bytes of an endless %s were read", src.read, name)
		}
	}
	text, sig := resigned(t, func(s string) string { return s + strings.Repeat(" ", MaxManifest) })
	if _, err := Parse([]byte(text), []byte(sig), n, v, keys); !errors.Is(err, ErrNotPack) || !strings.Contains(err.Error(), "more than 4194304 bytes") {
		t.Errorf("%v", err)
	}
}

func second2[A, B any](_ A, b B) B { return b }

// endless is a source of which one file never ends; read counts its bytes.
type endless struct {
	Source
	name string
	read int
}

func (e *endless) Open(ctx context.Context, name string, from int64) (io.ReadCloser, error) {
	if strings.HasSuffix(name, e.name) {
		return io.NopCloser(e), nil
	}
	return e.Source.Open(ctx, name, from)
}

func (e *endless) Read(b []byte) (int, error) {
	if e.read += len(b); e.read > 4*MaxManifest {
		return 0, errors.New("that is enough")
	}
	return len(b), nil
}

// A manifest with very many values is refused before it is held in memory.
func TestTooManyValues(t *testing.T) {
	t.Parallel()
	row := "[" + strings.Repeat("0,", 999) + "0]"
	many := `"gen": 1, "x": [` + strings.Repeat(row+",", 300) + row + `],`
	text, sig := resigned(t, replaced(t, `"gen": 1,`, many))
	_, err := Parse([]byte(text), []byte(sig), Name{"acme", "shop-17"}, Version{1, 42}, trust(t, testKey(t, "acme")))
	if !errors.Is(err, ErrNotPack) || !strings.Contains(err.Error(), "more than 300000 values") {
		t.Errorf("%v", err)
	}
}
