package config

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

func (c *checker) screen(s Screen) Screen {
	for _, frame := range []struct {
		key  string
		look Look
	}{{"serving", s.Serving}, {"idle", s.Idle}} {
		if frame.look == LookLogo && s.Logo == "" && !c.Broken() {
			c.Fault("screen."+frame.key, fmt.Sprintf("screen.%s is the logo, but there is none", frame.key), `add logo = "logo.png" under [screen]`)
		}
	}
	if s.Output != "" && !connector.MatchString(s.Output) {
		c.Fault("screen.output", fmt.Sprintf("screen.output %q is not a connector", s.Output), `write it like "HDMI-A-1" or "HDMI-A-2"; leave it empty for the first one`)
	}
	return s
}

var (
	connector = regexp.MustCompile(`^[A-Za-z]+(-[A-Za-z0-9]+)*$`)
	// slug is the shape of organisation, feed and device names in packs.
	slug = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,31}$`)
)

func (c *checker) mqtt(m MQTT) MQTT {
	if m.Broker != "" {
		u, err := url.Parse(m.Broker)
		if err != nil || u.Scheme != "mqtt" && u.Scheme != "mqtts" || !hostOnly(u) || u.Path != "" {
			c.Fault("mqtt.broker", fmt.Sprintf("mqtt.broker %q is not the address of a broker", hide(m.Broker)), `write it like "mqtt://192.168.1.10" or "mqtts://host:8883"; the user goes into user, the password into password_file`)
		} else if m.CAFile != "" && u.Scheme == "mqtt" {
			c.Fault("mqtt.ca_file", "mqtt.ca_file is of no use with mqtt://, which is not encrypted", "write mqtts:// in broker, or remove ca_file")
		}
	}
	if m.PasswordFile != "" && m.User == "" && !c.Broken() {
		c.Fault("mqtt.password_file", "mqtt.password_file stands without a user", `add user = "…" under [mqtt]`)
	}
	return m
}

// hostOnly reports whether a URL names a host, perhaps a port, and nobody.
func hostOnly(u *url.URL) bool {
	if port := u.Port(); port != "" {
		if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
			return false
		}
	}
	return u.Hostname() != "" && u.User == nil && u.RawQuery == "" && u.Fragment == "" && !u.ForceQuery
}

// hide keeps a password out of messages: they end in logs and in photographs.
func hide(address string) string {
	if i := strings.LastIndexByte(address, '@'); i >= 0 {
		return "…" + address[i:]
	}
	return address
}

func (c *checker) content(t Content) Content {
	for i, feed := range t.Feeds {
		path := fmt.Sprintf("content.feeds[%d]", i)
		org, name, _ := strings.Cut(feed, "/")
		if !slug.MatchString(org) || !slug.MatchString(name) {
			c.Fault(path, fmt.Sprintf("content.feeds has %q, which is not a feed", feed), `write it like "acme/shop-17": organisation, slash, feed, in small letters`)
		} else if slices.Contains(t.Feeds[:i], feed) {
			c.Fault(path, fmt.Sprintf("content.feeds has %q twice", feed), "remove one of them")
		}
	}
	t.Trust = c.trust(t.Trust, operators(t.Feeds))
	if t.Origin != "" {
		u, err := url.Parse(t.Origin)
		if err != nil || u.Scheme != "https" && u.Scheme != "http" || !hostOnly(u) {
			c.Fault("content.origin", fmt.Sprintf("content.origin %q is not the address of a web server", hide(t.Origin)), `write it like "https://ads.example.org/packs"`)
		}
		t.Origin = strings.TrimRight(t.Origin, "/")
	}
	return t
}

func (c *checker) device(d Device) Device {
	const hint = "use the letters a-z, 0-9 and -, at most 32 of them"
	if d.ID != "" && !slug.MatchString(d.ID) {
		c.Fault("device.id", fmt.Sprintf("device.id %q is not a name for a device", d.ID), hint)
	}
	for i, tag := range d.Tags {
		if !slug.MatchString(tag) {
			c.Fault(fmt.Sprintf("device.tags[%d]", i), fmt.Sprintf("device.tags has %q", tag), hint)
		}
	}
	return d
}

var share = regexp.MustCompile(`^1 in ([1-9][0-9]{0,2})$`)

// UnmarshalText reads "1 in 4" (2 to 100) and "0".
func (s *Share) UnmarshalText(b []byte) error {
	if string(b) == "0" {
		*s = 0
		return nil
	}
	m := share.FindSubmatch(b)
	if m == nil {
		return fmt.Errorf("%q is not a share of turns\nhint: write \"1 in 4\", or \"0\" to use own content only as filler", b)
	}
	n, _ := strconv.Atoi(string(m[1]))
	if n < 2 || n > 100 {
		return fmt.Errorf("%q leaves no sensible share\nhint: write \"1 in 2\" to \"1 in 100\", or \"0\" to use own content only as filler", b)
	}
	*s = Share(n)
	return nil
}
