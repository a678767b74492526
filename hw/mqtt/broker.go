package mqtt

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/url"
	"os"
	"runtime"
	"strings"
)

// A Broker is where the connection leads, and as whom.
type Broker struct {
	// Address is "mqtt://host[:1883]", or "mqtts://host[:8883]" for TLS.
	Address string
	// User may be empty for a broker that asks nobody. PasswordFile holds the
	// password on its first line. It is read for each try to connect, so that a
	// corrected one counts without a restart, and so is CAFile.
	User, PasswordFile string
	// CAFile holds the certificates to trust instead of the system's, in PEM.
	CAFile string
	// Device is the device's id. No two devices of a broker may share one: it
	// throws the older connection out.
	Device string
}

// clientID names the session at the broker.
func (b *Broker) clientID() string { return "entracte-" + b.Device }

// secretMost is more than any password or bundle of certificates needs.
const secretMost = 1 << 20

// endpoint returns the address to dial and whether to speak TLS there.
func (b *Broker) endpoint() (u *url.URL, secure bool, err error) {
	u, err = url.Parse(b.Address)
	if err != nil || u.Hostname() == "" || u.Scheme != "mqtt" && u.Scheme != "mqtts" {
		return nil, false, fmt.Errorf("the broker's address is not one\nhint: write it like \"mqtt://192.168.1.10\" or \"mqtts://host:8883\"")
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"mqtt": "1883", "mqtts": "8883"}[u.Scheme]
	}
	return &url.URL{Scheme: u.Scheme, Host: net.JoinHostPort(u.Hostname(), port)}, u.Scheme == "mqtts", nil
}

// password reads the first line of the password file.
func (b *Broker) password() (string, error) {
	if b.PasswordFile == "" {
		return "", nil
	}
	text, err := readSecret("password_file", b.PasswordFile)
	if err != nil {
		return "", err
	}
	line, _, _ := bytes.Cut(bytes.TrimPrefix(text, []byte("\xEF\xBB\xBF")), []byte("\n"))
	p := strings.TrimRight(string(line), "\r")
	if p == "" {
		return "", fmt.Errorf("the first line of password_file %s is empty\nhint: write the password of user %q there", b.PasswordFile, b.User)
	}
	return p, nil
}

// tlsConfig returns how to speak TLS to the broker's host.
func (b *Broker) tlsConfig(host string) (*tls.Config, error) {
	c := &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12}
	if b.CAFile == "" {
		return c, nil
	}
	pem, err := readSecret("ca_file", b.CAFile)
	if err != nil {
		return nil, err
	}
	c.RootCAs = x509.NewCertPool()
	if !c.RootCAs.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("ca_file %s holds no certificate\nhint: it must be in PEM, with a line -----BEGIN CERTIFICATE-----", b.CAFile)
	}
	return c, nil
}

func readSecret(key, path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		hint := "correct the path under [mqtt], or make the file"
		if errors.Is(err, fs.ErrPermission) {
			hint = "give the file to the user the player runs as"
		}
		return nil, fmt.Errorf("%s cannot be read: %w\nhint: %s", key, err, hint)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, secretMost))
	if err != nil {
		return nil, fmt.Errorf("%s cannot be read: %w\nhint: correct the path under [mqtt]", key, err)
	}
	return text, nil
}

// Warnings are sentences about what works and should not stay so.
func (b *Broker) Warnings() []string {
	if b.PasswordFile == "" || runtime.GOOS == "windows" {
		return nil // Windows keeps permissions elsewhere
	}
	stat, err := os.Stat(b.PasswordFile)
	if err != nil || stat.Mode().Perm()&0o004 == 0 {
		return nil // one that is missing is a fault, told by the connection
	}
	return []string{fmt.Sprintf("password_file %s can be read by every user of this machine\nhint: chmod 600 it; the boot partition keeps no modes, so put it under /etc/entracte", b.PasswordFile)}
}
