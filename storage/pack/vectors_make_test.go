package pack

import (
	"strings"
	"testing"

	"aead.dev/minisign"
)

// vectors are the files of every test vector, but for expected.txt.
func vectors(t *testing.T) map[string]map[string]string {
	t.Helper()
	m := maker{t, map[string]map[string]string{}}
	m.accepted()
	m.notTrusted()
	m.ordered()
	m.notForUs()
	m.hostile()
	m.large()
	m.generations()
	return m.all
}

// A maker makes vectors: of one good pack, changed in one way each.
type maker struct {
	t   *testing.T
	all map[string]map[string]string
}

const at42 = "ENTRACTE/feeds/shop-17/0001-00000042"

// base are the files of the good pack, and what a player of that shop is told.
func (m maker) base() map[string]string {
	return m.files(small(42), testKey(m.t, "acme"))
}

func (m maker) files(p *Pack, k Key) map[string]string {
	p = signed(m.t, p, k)
	at := "ENTRACTE/feeds/" + p.Name.Feed + "/"
	files := map[string]string{
		"case.txt":                        m.told("trust " + testKey(m.t, "acme").Public()),
		at + "latest":                     p.Version.String() + "\n",
		at + p.Version.String() + ".json": string(p.Manifest),
		at + p.Version.String() + ".json.minisig": string(p.Signature),
		at + p.Version.String() + ".sums":         string(p.Sums),
	}
	for _, b := range p.Blobs {
		if b.SHA256 == sumOf("picture") {
			files["ENTRACTE/"+BlobPath(b.SHA256)] = "picture"
		}
	}
	return files
}

// told is a case.txt.
func (m maker) told(lines ...string) string {
	return "feed acme/shop-17\ndevice dev-1\ntag window\n" + strings.Join(lines, "\n") + "\n"
}

// vector stores the good pack after some changes.
func (m maker) vector(name string, changes ...func(map[string]string)) {
	files := m.base()
	for _, change := range changes {
		change(files)
	}
	m.all[name] = files
}

// in changes one file.
func in(file string, change func(string) string) func(map[string]string) {
	return func(files map[string]string) { files[file] = change(files[file]) }
}

func flip(at int) func(string) string {
	return func(s string) string {
		b := []byte(s)
		b[at] ^= 1
		return string(b)
	}
}

func cut(n int) func(string) string { return func(s string) string { return s[:n] } }

func is(text string) func(string) string { return func(string) string { return text } }

// signedAgain signs what the manifest became.
func (m maker) signedAgain(files map[string]string) {
	p := small(42)
	files[at42+".json.minisig"] = string(testKey(m.t, "acme").Sign([]byte(files[at42+".json"]), comment(p.Name, p.Version, sums(p.Blobs))))
}

func (m maker) accepted() {
	m.vector("valid")
	m.vector("valid-no-latest", func(f map[string]string) { delete(f, "ENTRACTE/feeds/shop-17/latest") })
	m.vector("valid-unknown-fields", in(at42+".json", replaced(m.t, `"gen": 1,`, `"gen": 1, "critical": ["pop_ack"], "later": {"a": [1.5e3, true, {"b": "c"}]},`)), m.signedAgain)
	m.vector("valid-first-line-changed", in(at42+".json.minisig", replaced(m.t, "signed by", "anything")))
	c, blobs := full()
	p := small(42)
	p.Feed.Campaigns, p.Blobs = append(p.Feed.Campaigns[:0:0], c), blobs
	p.Devices, p.Tags, p.Acks = []string{"dev-1", "dev-2"}, []string{"counter"}, map[string]Ack{"dev-1": {"6f1d", 88120}, "dev-2": {"", 7}}
	p.NotAfter, p.StaleAfter, p.MinPlayer = p.IssuedAt.AddDate(0, 3, 0), 720*3600e9, Level
	m.all["valid-every-field"] = m.files(p, testKey(m.t, "acme"))
	m.vector("missing-blobs", func(f map[string]string) { delete(f, "ENTRACTE/"+BlobPath(sumOf("picture"))) })
	m.vector("older-one-is-whole", func(f map[string]string) {
		f["ENTRACTE/feeds/shop-17/0001-00000043.json.minisig"] = "half"
		f["ENTRACTE/feeds/shop-17/latest"] = "0001-00000043\n"
	})
}

func (m maker) notTrusted() {
	sig := at42 + ".json.minisig"
	key, p := testKey(m.t, "acme"), signed(m.t, small(42), testKey(m.t, "acme"))
	m.vector("wrong-key", in("case.txt", is(m.told("trust "+testKey(m.t, "other").Public()))))
	m.vector("nobody-trusted", in("case.txt", is(m.told())))
	m.vector("flipped-manifest", in(at42+".json", flip(300)))
	m.vector("flipped-signature", in(sig, flip(120)))
	m.vector("flipped-comment", in(sig, replaced(m.t, "serial=42", "serial=43")))
	m.vector("truncated-manifest", in(at42+".json", cut(500)))
	m.vector("truncated-signature", in(sig, cut(200)))
	m.vector("no-signature", func(f map[string]string) { delete(f, sig) })
	m.vector("no-manifest", func(f map[string]string) { delete(f, at42+".json") })
	m.vector("not-prehashed", in(sig, is(string(minisign.SignWithComments(key.secret, p.Manifest, comment(p.Name, p.Version, p.Sums), "x")))))
	m.vector("signature-crlf", in(sig, func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }))
	m.vector("signature-with-more", in(sig, func(s string) string { return s + "x\n" }))
	for name, c := range map[string]string{
		"comment-of-other-sums":   comment(p.Name, p.Version, []byte("other")),
		"comment-of-other-org":    comment(Name{"other", "shop-17"}, p.Version, p.Sums),
		"comment-of-other-serial": comment(p.Name, Version{1, 43}, p.Sums),
		"comment-with-more":       comment(p.Name, p.Version, p.Sums) + " x=y",
	} {
		m.vector(name, in(sig, is(string(key.Sign(p.Manifest, c)))))
	}
	m.vector("renamed", func(f map[string]string) {
		for _, end := range []string{".json", ".json.minisig", ".sums"} {
			f["ENTRACTE/feeds/shop-17/0001-00000044"+end] = f[at42+end]
			delete(f, at42+end)
		}
	})
}

// ordered are packs against what is in force.
func (m maker) ordered() {
	trusts := "trust " + testKey(m.t, "acme").Public()
	p := signed(m.t, small(42), testKey(m.t, "acme"))
	m.vector("newer", in("case.txt", is(m.told(trusts, "in-force 0001-00000041 "+sumOf("41")))))
	m.vector("rolled-back", in("case.txt", is(m.told(trusts, "in-force 0001-00000043 "+sumOf("43")))))
	m.vector("equivocating", in("case.txt", is(m.told(trusts, "in-force 0001-00000042 "+sumOf("another 42")))))
	m.vector("same", in("case.txt", is(m.told(trusts, "in-force 0001-00000042 "+p.Digest))))
	m.vector("latest-lies", in("ENTRACTE/feeds/shop-17/latest", is("0001-00000041\n")), in("case.txt", is(m.told(trusts, "in-force 0001-00000041 "+sumOf("41")))))
	m.vector("latest-is-a-path", in("ENTRACTE/feeds/shop-17/latest", is("../../../../etc/pass\n")))
}

func (m maker) notForUs() {
	key := testKey(m.t, "acme")
	other := small(42)
	other.Name.Feed = "shop-12"
	m.all["other-feed"] = m.files(other, key)
	p := signed(m.t, other, key)
	m.vector("feed-renamed", in(at42+".json", is(string(p.Manifest))), in(at42+".json.minisig", is(string(p.Signature))))
	stranger := small(42)
	stranger.Name.Org = "rival"
	m.all["other-org"] = m.files(stranger, key)
	elsewhere := small(42)
	elsewhere.Devices, elsewhere.Tags = []string{"dev-2"}, []string{"counter"}
	m.all["other-audience"] = m.files(elsewhere, key)
	tagged := small(42)
	tagged.Devices, tagged.Tags = []string{"dev-2"}, []string{"window"}
	m.all["audience-by-tag"] = m.files(tagged, key)
}

// hostile are manifests that somebody with the key made by hand.
func (m maker) hostile() {
	for name, c := range map[string][2]string{
		"json-key-twice":          {`"gen": 1,`, `"gen": 1, "gen": 1,`},
		"json-key-twice-escaped":  {`"weight": 2,`, `"weight": 2, "w\u0065ight": 3,`},
		"json-key-twice-unknown":  {`"gen": 1,`, `"gen": 1, "later": {"a": 1, "a": 1},`},
		"json-key-in-capitals":    {`"gen": 1,`, `"gen": 1, "Gen": 2,`},
		"json-null":               {`"weight": 2,`, `"weight": 2, "goal": null,`},
		"json-empty-text":         {`"Studio Lens"`, `""`},
		"json-too-deep":           {`"gen": 1,`, `"gen": 1, "later": ` + strings.Repeat("[", 16) + strings.Repeat("]", 16) + `,`},
		"json-control-character":  {"Studio Lens", `Studio\u0007Lens`},
		"json-bidi":               {"Studio Lens", `Studio\u202eLens`},
		"json-half-surrogate":     {"Studio Lens", `Studio\udc00Lens`},
		"json-not-utf-8":          {"Studio Lens", "Studio \xc0\xafLens"},
		"json-byte-order-mark":    {"{", "\ufeff{"},
		"json-two-documents":      {"{", "{}{"},
		"json-comment":            {`"gen": 1,`, `"gen": 1, /* one */`},
		"json-fraction":           {`"gen": 1,`, `"gen": 1.0,`},
		"json-long-text":          {"Studio Lens", strings.Repeat("é", 81)},
		"json-long-number":        {`"gen": 1,`, `"gen": 1, "later": 0.` + strings.Repeat("1", 40) + `,`},
		"json-must-understand":    {`"gen": 1,`, `"gen": 1, "critical": ["program.campaigns.hologram"],`},
		"manifest-newer-player":   {`"gen": 1,`, `"gen": 1, "min_player": "99.0",`},
		"manifest-other-format":   {"entracte-pack/1", "entracte-pack/2"},
		"manifest-time-zone":      {"10:00:00Z", "10:00:00+01:00"},
		"manifest-blob-is-a-path": {sumOf("picture"), strings.Repeat("../", 20) + "etc/"},
		"manifest-no-such-blob":   {`"blob": 0`, `"blob": 7`},
		"manifest-huge-blob":      {`"size": 7`, `"size": 4294967296`},
		"manifest-bomb":           {`"w": 1920`, `"w": 2000000`},
		"manifest-executable":     {"image/jpeg", "application/x-sh"},
		"program-id-is-a-path":    {`"id": "lens-2026"`, `"id": "../../x"`},
		"program-id-twice":        {`"id": "lens-offer"`, `"id": "lens-couple"`},
		"program-speaks-as-venue": {"Studio Lens", "@venue"},
		"program-no-such-day":     {`"weight": 2,`, `"weight": 2, "flight": {"from": "2026-02-30"},`},
		"program-weight":          {`"weight": 2,`, `"weight": 0,`},
	} {
		m.vector(name, in(at42+".json", replaced(m.t, c[0], c[1])), m.signedAgain)
	}
}

// large are files with more bytes than they may have. A manifest of 4 MiB is not
// stored.
func (m maker) large() {
	m.vector("large-signature", in(at42+".json.minisig", func(s string) string { return strings.Replace(s, "signed by", strings.Repeat("x", MaxSignature), 1) }))
	m.vector("large-latest", in("ENTRACTE/feeds/shop-17/latest", func(s string) string { return s + strings.Repeat("\n", MaxLatest) }))
	m.vector("large-blob", in("ENTRACTE/"+BlobPath(sumOf("picture")), func(s string) string { return s + "s" }))
	m.vector("short-blob", in("ENTRACTE/"+BlobPath(sumOf("picture")), cut(6)))
	m.vector("flipped-blob", in("ENTRACTE/"+BlobPath(sumOf("picture")), flip(0)))
}

// generations change keys.
func (m maker) generations() {
	acme, spare, fresh := testKey(m.t, "acme"), testKey(m.t, "spare"), testKey(m.t, "fresh")
	one, two := keysetText(m.t, "acme", 1, []Key{spare}, all(acme)), keysetText(m.t, "acme", 2, []Key{spare}, all(fresh))
	keys := func(gen, text string, n int, by Key) func(map[string]string) {
		return func(f map[string]string) {
			f["ENTRACTE/keys/0000000"+gen+".json"], f["ENTRACTE/keys/0000000"+gen+".json.minisig"] = text, keysetSignature(text, "acme", n, by)
		}
	}
	known := func(f map[string]string) {
		f["known-1.json"], f["known-1.json.minisig"] = one, keysetSignature(one, "acme", 1, acme)
		f["known-2.json"], f["known-2.json.minisig"] = two, keysetSignature(two, "acme", 2, spare)
		f["case.txt"] += "known-keys known-1.json\nknown-keys known-2.json\n"
	}
	next := small(1)
	next.Version.Gen = 2
	second := func(f map[string]string) {
		p := signed(m.t, next, fresh)
		at := "ENTRACTE/feeds/shop-17/0002-00000001"
		f[at+".json"], f[at+".json.minisig"], f[at+".sums"] = string(p.Manifest), string(p.Signature), string(p.Sums)
		f["ENTRACTE/feeds/shop-17/latest"] = "0002-00000001\n"
	}
	m.vector("keys-generation-1", keys("1", one, 1, acme))
	m.vector("keys-new-generation", keys("1", one, 1, acme), keys("2", two, 2, spare), second,
		in("case.txt", func(s string) string { return s + "in-force 0001-00000042 " + sumOf("42") + "\n" }))
	m.vector("keys-ended-generation", known)
	m.vector("keys-ended-generation-on-the-stick", keys("1", one, 1, acme), keys("2", two, 2, spare))
	m.vector("keys-unknown-generation", second, func(f map[string]string) { delete(f, at42+".json.minisig") })
	m.vector("keys-one-left-out", keys("2", two, 2, spare), second)
	m.vector("keys-by-a-stranger", keys("1", one, 1, fresh))
	m.vector("keys-by-no-root", keys("1", one, 1, acme), keys("2", two, 2, acme), second)
	m.vector("keys-comment-of-another", keys("1", one, 2, acme))
	m.vector("keys-large", keys("1", one+strings.Repeat(" ", MaxKeyset), 1, acme))
	twice := strings.Replace(one, `"gen": 1`, `"gen": 1, "gen": 1`, 1)
	m.vector("keys-key-twice", keys("1", twice, 1, acme))
	elsewhere := keysetText(m.t, "acme", 1, []Key{spare}, Signer{acme.Public(), []string{"shop-12"}})
	m.vector("keys-of-another-feed", keys("1", elsewhere, 1, acme))
}
