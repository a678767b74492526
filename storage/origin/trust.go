package origin

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"time"
)

// tlsConfig checks certificates by the time that now tells. While that cannot be
// trusted, everything but the dates is checked: a screen without a clock must get
// its ads, and they are signed. host is the server's, a name or an address: that of the
// connection is empty for an address.
func tlsConfig(base *tls.Config, host string, now func() (time.Time, bool)) *tls.Config {
	if base == nil {
		base = &tls.Config{}
	}
	c := base.Clone()
	c.MinVersion = tls.VersionTLS12
	roots := c.RootCAs
	c.InsecureSkipVerify = true // VerifyConnection does it, in each handshake
	c.VerifyConnection = func(s tls.ConnectionState) error {
		if len(s.PeerCertificates) == 0 {
			return errors.New("the server has no certificate")
		}
		o := x509.VerifyOptions{DNSName: host, Roots: roots, Intermediates: x509.NewCertPool()}
		for _, cert := range s.PeerCertificates[1:] {
			o.Intermediates.AddCert(cert)
		}
		civil, trusted := now()
		times := []time.Time{civil}
		if !trusted {
			times = likely(s.PeerCertificates)
		}
		var err error
		for _, o.CurrentTime = range times {
			if _, err = s.PeerCertificates[0].Verify(o); err == nil {
				return nil
			}
		}
		return err
	}
	return c
}

// likely are times at which a chain may be valid: somewhat after each of its
// certificates begins to be.
func likely(chain []*x509.Certificate) []time.Time {
	var all []time.Time
	for _, c := range chain {
		all = append(all, c.NotBefore.Add(time.Minute))
	}
	return all
}
