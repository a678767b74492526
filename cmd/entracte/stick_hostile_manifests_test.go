//go:build linux

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"entracte/storage/disk"
	"entracte/storage/pack"
)

// Manifests, signatures and keys that are not what they should be.
var hostileManifests = []hostility{
	{"the manifest is a pipe", func(s *siege) { s.fifo(s.manifest()) }, saysDamaged, ""},
	{"the manifest is a folder", func(s *siege) { s.folder(s.manifest()) }, saysDamaged, ""},
	{"the manifest is a link to a good one", func(s *siege) {
		good := filepath.Join(s.outside, "manifest")
		s.must(os.Rename(s.manifest(), good))
		s.link(good, s.manifest())
	}, saysDamaged, ""},
	{"the manifest has 10 GB", func(s *siege) { s.sparse(s.manifest(), 10<<30) }, saysDamaged, ""},
	{"the manifest has a byte too many", func(s *siege) { s.sparse(s.manifest(), pack.MaxManifest+1) }, saysDamaged, ""},
	{"the manifest is empty", func(s *siege) { s.file(s.manifest(), "") }, saysDamaged, ""},
	{"the manifest is missing", func(s *siege) { s.must(os.Remove(s.manifest())) }, saysDamaged, ""},
	{"the manifest is cut off", func(s *siege) { s.must(os.Truncate(s.manifest(), 100)) }, saysDamaged, ""},
	{"the manifest begins with a mark", func(s *siege) { s.file(s.manifest(), "\ufeff"+s.read(s.manifest())) }, saysDamaged, ""},
	{"the manifest was saved in UTF-16", func(s *siege) { s.file(s.manifest(), wide(s.read(s.manifest()))) }, saysDamaged, ""},
	{"the manifest was copied as text", func(s *siege) { s.file(s.manifest(), windows(s.read(s.manifest()))) }, saysDamaged, ""},
	{"the signature was copied as text", func(s *siege) { s.file(s.manifest()+".minisig", windows(s.read(s.manifest()+".minisig"))) }, saysDamaged, ""},
	{"the signature has no end", func(s *siege) { s.sparse(s.manifest()+".minisig", 10<<30) }, saysDamaged, ""},
	{"the signature is missing", func(s *siege) { s.must(os.Remove(s.manifest() + ".minisig")) }, saysDamaged, ""},
	{"the signature is a link to a device", func(s *siege) { s.link("/dev/zero", s.manifest()+".minisig") }, saysDamaged, ""},
	{"one letter of the manifest is another", func(s *siege) {
		s.file(s.manifest(), strings.Replace(s.read(s.manifest()), "The fresh", "The flesh", 1))
	}, saysDamaged, ""},
	{"signed by a stranger", func(s *siege) {
		s.build(orderOf(s.stranger, 11, map[string]string{"before": "before", "evil": "fresh"}))
	}, saysUntrusted, ""},
	{"signed by a stranger in the operator's name", func(s *siege) {
		b := strings.Split(string(s.stranger.Sign([]byte(s.read(s.manifest())), "entracte-pack/1")), "\n")
		good := strings.Split(s.read(s.manifest()+".minisig"), "\n")
		s.file(s.manifest()+".minisig", strings.Join([]string{good[0], good[1], b[2], b[3], ""}, "\n"))
	}, saysDamaged, ""},
	{"the manifest of one pack with the signature of another", func(s *siege) {
		_, err := pack.Build(s.Context(), disk.OS, s.stick, orderOf(s.key, 12, map[string]string{"other": "other"}))
		s.must(err)
		s.file(s.feed("0001-00000012.json"), s.read(s.manifest()))
	}, saysPassed + saysInstalled, bothInForce},
	{"an old pack under a new name", func(s *siege) {
		for _, end := range []string{".json", ".json.minisig"} {
			s.must(os.Rename(s.feed("0001-00000011"+end), s.feed("0001-00000098"+end)))
		}
		s.put(s.feed("latest"), "0001-00000098\n")
	}, saysDamaged, ""},

	{"the same pack again", func(s *siege) { s.build(orderOf(s.key, 10, map[string]string{"before": "before"})) }, "Rien de nouveau (acme/shop-17).", ""},
	{"another pack of the same number", func(s *siege) { s.build(orderOf(s.key, 10, map[string]string{"other": "other"})) },
		"acme/shop-17 : une autre livraison porte déjà ce numéro. Ce qui passait continue. Prévenez la régie.", ""},
	{"rolled back", func(s *siege) { s.build(orderOf(s.key, 9, map[string]string{"past": "past"})) },
		"acme/shop-17 : cette clé est plus ancienne que ce qui passe déjà.", ""},
	{"another operator's feed of that name", func(s *siege) {
		o := orderOf(s.key, 11, map[string]string{"other": "other"})
		o.Name.Org = "other"
		s.build(o)
	}, saysElsewhere("other/shop-17"), ""},
	{"for other screens", func(s *siege) {
		o := orderOf(s.key, 11, map[string]string{"other": "other"})
		o.Devices, o.Tags = []string{"another-screen"}, []string{"vip"}
		s.build(o)
	}, saysElsewhere("another-screen, vip"), ""},
	{"for a newer player", func(s *siege) { s.edit(`"gen": 1,`, `"gen": 1, "min_player": "9.9",`) },
		"acme/shop-17 : cette livraison demande un lecteur plus récent. Demandez une mise à jour de l’écran.", ""},
	{"a newer pack for a newer player beside it", func(s *siege) {
		good, sig := s.read(s.manifest()), s.read(s.manifest()+".minisig")
		s.sign(strings.Replace(strings.Replace(good, `"serial": 11`, `"serial": 12`, 1), `"gen": 1,`, `"gen": 1, "critical": ["hologram"],`, 1))
		for _, end := range []string{".json", ".json.minisig"} {
			s.must(os.Rename(s.feed("0001-00000011"+end), s.feed("0001-00000012"+end)))
		}
		s.put(s.manifest(), good)
		s.put(s.manifest()+".minisig", sig)
	}, "acme/shop-17: this delivery needs a newer player. Have the screen updated. / " + saysInstalled, bothInForce},
	{"signed, with a path for a digest", func(s *siege) {
		s.edit(`"sha256": "`+digestOf("fresh")+`"`, `"sha256": "../../../../../../../../../../../etc/shadow/////////////////////////"`)
	}, saysDamaged, ""},
	{"signed, nested deeply", func(s *siege) {
		s.edit(`"gen": 1,`, `"gen": 1, "x": `+strings.Repeat("[", 9000)+strings.Repeat("]", 9000)+`,`)
	}, saysDamaged, ""},
	{"signed, with very many values", func(s *siege) {
		row := "[" + strings.Repeat("0,", 999) + "0]"
		s.edit(`"gen": 1,`, `"gen": 1, "x": [`+strings.Repeat(row+",", 999)+row+`],`)
	}, saysDamaged, ""},
	{"signed, with words that turn round", func(s *siege) { s.edit("The fresh", `The \u202Ehserf`) }, saysDamaged, ""},

	{"keys of a stranger", func(s *siege) {
		s.keyset(s.stranger)
	}, saysInstalled, bothInForce},
	{"keys are a link to /", func(s *siege) { s.link("/", s.at("keys")) }, saysInstalled, bothInForce},
	{"a key is a pipe", func(s *siege) {
		s.folder(s.at("keys"))
		s.fifo(s.at("keys/00000001.json"))
	}, saysInstalled, bothInForce},
	{"a key has 10 GB", func(s *siege) { s.sparse(s.at("keys/00000001.json"), 10<<30) }, saysInstalled, bothInForce},
	{"keys that cannot be read", func(s *siege) {
		s.put(s.at("keys/00000001.json"), "\x00")
		s.put(s.at("keys/00000001.json.minisig"), "\xff")
	}, saysInstalled, bothInForce},
	{"a stranger's pack of the keys it brings", func(s *siege) {
		o := orderOf(s.stranger, 12, map[string]string{"evil": "fresh"})
		s.build(o)
		s.keyset(s.stranger)
	}, saysUntrusted, ""},
}

// keyset puts keys on the stick that a key made of itself.
func (s *siege) keyset(key pack.Key) {
	s.Helper()
	text := fmt.Sprintf(`{"format": "entracte-keys/1", "org": "acme", "gen": 1, "issued_at": "2026-11-22T10:00:00Z",
"roots": [%q], "signers": [{"key": %[1]q, "feeds": ["*"]}]}`, key.Public())
	s.put(s.at("keys/00000001.json"), text)
	s.put(s.at("keys/00000001.json.minisig"), string(key.Sign([]byte(text), "entracte-keys/1 org=acme gen=1")))
}
