package pack

import (
	"maps"
	"slices"

	"aead.dev/minisign"

	"entracte/storage/disk"
)

// acknowledged are the acknowledgements of a pack: its own, and for other devices those
// of the newest pack of the feed that the key has signed in the tree. A screen may have
// missed that one.
func (t treeWriter) acknowledged(n Name, key Key, own map[string]Ack) map[string]Ack {
	all := map[string]Ack{}
	there, _ := t.versions(n) // who cannot be read says nothing
	slices.SortFunc(there, func(v, w Version) int { return w.Compare(v) })
	for _, v := range slices.Compact(there) {
		if p := t.signed(n, v, key.public()); p != nil {
			maps.Copy(all, p.Acks)
			break
		}
	}
	maps.Copy(all, own)
	return all
}

// signed is a pack in the tree that a key has signed; nil if it is not, or not whole.
func (t treeWriter) signed(n Name, v Version, key minisign.PublicKey) *Pack {
	s, err := t.signature(n, v)
	if err != nil {
		return nil
	}
	text, err := disk.ReadFile(t.disk, t.path(manifestPath(n, v)), MaxManifest)
	if err != nil {
		return nil
	}
	if _, ok := s.by(text, []minisign.PublicKey{key}); !ok {
		return nil
	}
	p, _ := agreed(text, s, n, v, key)
	return p
}
