package config

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
)

// operators are the organisations whose feeds these are, in their order.
func operators(feeds []string) (orgs []string) {
	for _, feed := range feeds {
		if org, _, _ := strings.Cut(feed, "/"); slug.MatchString(org) && !slices.Contains(orgs, org) {
			orgs = append(orgs, org)
		}
	}
	return orgs
}

// trust checks the operators' keys. A key that ends in "…" is the placeholder of
// the example file: it is let through, so that the file works as it is handed
// out, and trusts nobody.
//
// Operators do not trust each other: where two deliver, each key says whose it is.
func (c *checker) trust(entries, orgs []string) []string {
	var real, owners []string
	for i, entry := range entries {
		path := fmt.Sprintf("content.trust[%d]", i)
		org, key, named := strings.Cut(entry, " ")
		if !named {
			org, key = "", entry
		}
		if named && !slug.MatchString(org) {
			c.Fault(path, "content.trust has a key after what is no name of an operator", `write the operator before the key, "acme RW…", or the key alone`)
			continue
		}
		if !c.key(path, key) {
			continue
		}
		owners = append(owners, org)
		switch {
		case org == "" && len(orgs) > 1:
			c.Fault(path, path+" says not which operator's key it is", "several operators deliver here: write "+eachNamed(orgs))
		case org != "" && len(orgs) > 0 && !slices.Contains(orgs, org):
			c.Fault(path, fmt.Sprintf("%s is a key of %q, of whom content.feeds has no feed", path, org), "the operators there are "+strings.Join(orgs, ", ")+": correct the name, or take the key out")
		case slices.Contains(real, entry):
			c.Fault(path, "content.trust has the same key twice", "remove one of them")
		case !strings.HasSuffix(key, placeholder):
			real = append(real, entry)
		}
	}
	for _, org := range orgs {
		if len(owners) > 0 && !slices.Contains(owners, "") && !slices.Contains(owners, org) {
			c.Fault("content.trust", fmt.Sprintf("content.trust has no key of %s, who has a feed in content.feeds", org),
				fmt.Sprintf("add \"%s RW…\", the line of their NAME.pub, or take their feeds out", org))
		}
	}
	return real
}

// placeholder ends a key that is to be filled in.
const placeholder = "…"

// key checks one key.
func (c *checker) key(path, key string) bool {
	raw, err := base64.StdEncoding.Strict().DecodeString(key)
	switch {
	case strings.HasPrefix(key, "RW") && strings.HasSuffix(key, placeholder):
	case strings.HasPrefix(key, "RW") && len(key) > 100:
		c.Fault(path, "content.trust has what looks like a SECRET key", "write the key of NAME.pub here, and take NAME.key off this device")
		return false
	case err != nil || len(raw) != 42 || string(raw[:2]) != "Ed":
		c.Fault(path, "content.trust has what is not a minisign public key", `write the line that begins with RW in the operator's NAME.pub: 56 letters and digits`)
		return false
	}
	return true
}

// eachNamed is how keys of these operators are written.
func eachNamed(orgs []string) string {
	var all []string
	for _, org := range orgs {
		all = append(all, fmt.Sprintf("\"%s RW…\"", org))
	}
	return strings.Join(all, " or ")
}
