package origin

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"io/fs"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

const text = "0123456789"

func open(t *testing.T, h http.HandlerFunc, o Options) *Origin {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return at(t, s.URL, o)
}

func at(t *testing.T, address string, o Options) *Origin {
	t.Helper()
	origin, err := New(address, o)
	if err != nil {
		t.Fatal(err)
	}
	return origin
}

func get(o *Origin, from int64) (string, error) {
	f, err := o.Open(context.Background(), "blobs/ab/x", from)
	if err != nil {
		return "", err
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	return string(b), err
}

func files(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/ENTRACTE/blobs/ab/x" {
		http.NotFound(w, r)
		return
	}
	http.ServeContent(w, r, "", time.Time{}, strings.NewReader(text))
}

func TestOpen(t *testing.T) {
	t.Parallel()
	o := open(t, files, Options{})
	for from, want := range map[int64]string{0: text, 4: "456789", 9: "9"} {
		if got, err := get(o, from); got != want || err != nil {
			t.Errorf("from %d: %q, %v", from, got, err)
		}
	}
	if _, err := o.Open(t.Context(), "blobs/ab/y", 0); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("what is not there: %v", err)
	}
	if _, err := o.Open(t.Context(), "../secret", 0); !errors.Is(err, fs.ErrInvalid) {
		t.Errorf("a path that leads out: %v", err)
	}
	if got, err := get(o, 11); err == nil {
		t.Errorf("behind the end: %q", got)
	}
	f, err := o.Open(t.Context(), "blobs/ab/x", 4)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if n := f.(interface{ Size() int64 }).Size(); n != int64(len(text)) {
		t.Errorf("it has %d bytes", n)
	}
	if _, err := o.List(t.Context(), "feeds"); !errors.Is(err, errors.ErrUnsupported) {
		t.Error(err)
	}
}

// Servers that do not do what they should.
func TestBadServers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		from   int64
		want   string // "" for an error
	}{
		"no ranges": {func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, text) }, 4, "456789"},
		"another range": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Range", "bytes 0-9/10")
			w.WriteHeader(http.StatusPartialContent)
			io.WriteString(w, text)
		}, 4, ""},
		"a range that ends early": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Range", "bytes 4-5/10")
			w.WriteHeader(http.StatusPartialContent)
			io.WriteString(w, "45")
		}, 4, ""},
		"shorter than what there was": {func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "01") }, 4, ""},
		"packed": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			io.WriteString(w, text)
		}, 0, ""},
		"overloaded": {func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }, 0, ""},
		"breaks off": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "10")
			io.WriteString(w, "0123")
			panic(http.ErrAbortHandler)
		}, 0, ""},
		"in circles": {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path, http.StatusFound) }, 0, ""},
		"to another host": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://localhost:1/", http.StatusFound)
		}, 0, ""},
		"elsewhere on itself": {func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/moved" {
				io.WriteString(w, text)
				return
			}
			http.Redirect(w, r, "/moved", http.StatusFound)
		}, 0, text},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := get(open(t, c.answer, Options{}), c.from)
			if (err == nil) != (c.want != "") || err == nil && got != c.want {
				t.Errorf("%q, %v", got, err)
			}
		})
	}
}

// A server that sends nothing more is given up, before the answer or within.
func TestStall(t *testing.T) {
	t.Parallel()
	for name, first := range map[string]string{"from the start": "", "in the middle": "0123"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := open(t, func(w http.ResponseWriter, r *http.Request) {
				if first != "" {
					w.Header().Set("Content-Length", "10")
					io.WriteString(w, first)
					w.(http.Flusher).Flush()
				}
				<-r.Context().Done()
			}, Options{Stall: 50 * time.Millisecond})
			if got, err := get(o, 0); err == nil || got != first {
				t.Errorf("%q, %v", got, err)
			}
		})
	}
}

// With a set clock a certificate is checked whole, without one all but its dates.
func TestCertificates(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name       string
		from, to   time.Time
		host       string
		known      bool
		trusted    bool
		wantAccept bool
	}{
		{"valid", now.AddDate(0, -1, 0), now.AddDate(0, 1, 0), "127.0.0.1", true, true, true},
		{"over", now.AddDate(0, -2, 0), now.AddDate(0, -1, 0), "127.0.0.1", true, true, false},
		{"over, and no clock", now.AddDate(0, -2, 0), now.AddDate(0, -1, 0), "127.0.0.1", true, false, true},
		{"not yet, and no clock", now.AddDate(0, 1, 0), now.AddDate(0, 2, 0), "127.0.0.1", true, false, true},
		{"another host, and no clock", now.AddDate(0, -1, 0), now.AddDate(0, 1, 0), "127.0.0.2", true, false, false},
		{"unknown, and no clock", now.AddDate(0, -1, 0), now.AddDate(0, 1, 0), "127.0.0.1", false, false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			cert := certificate(t, c.host, c.from, c.to)
			s := httptest.NewUnstartedServer(http.HandlerFunc(files))
			s.TLS = &tls.Config{Certificates: []tls.Certificate{cert}}
			s.Config.ErrorLog = log.New(io.Discard, "", 0)
			s.StartTLS()
			defer s.Close()
			roots := x509.NewCertPool()
			if c.known {
				roots.AddCert(cert.Leaf)
			}
			o := at(t, s.URL, Options{
				Now:       func() (time.Time, bool) { return now, c.trusted },
				Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}},
			})
			got, err := get(o, 0)
			if (err == nil) != c.wantAccept || err == nil && got != text {
				t.Errorf("%q, %v", got, err)
			}
		})
	}
}

func certificate(t *testing.T, host string, from, to time.Time) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: from, NotAfter: to, IsCA: true, BasicConstraintsValid: true,
		IPAddresses: []net.IP{net.ParseIP(host)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"https://ads.example.org":            "https://ads.example.org/ENTRACTE",
		"https://ads.example.org/":           "https://ads.example.org/ENTRACTE",
		"https://ads.example.org/a/ENTRACTE": "https://ads.example.org/a/ENTRACTE",
		"http://192.168.1.4:8080/shops":      "http://192.168.1.4:8080/shops/ENTRACTE",
		"ads.example.org":                    "",
		"ftp://ads.example.org":              "",
		"https://user:secret@example.org":    "",
		"https://ads.example.org/?shop=17":   "",
		"https://":                           "",
	} {
		o, err := New(address, Options{})
		switch {
		case want == "" && (err == nil || !strings.Contains(err.Error(), "\nhint: ")):
			t.Errorf("%s: %v", address, err)
		case want != "" && (err != nil || o.String() != want):
			t.Errorf("%s: %v, %v", address, o, err)
		}
	}
}

// Failures come ever less often, success sets that back, and chance spreads them.
func TestFollow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		var at []time.Duration
		begun := time.Now()
		Follow(ctx, func(context.Context) error {
			at = append(at, time.Since(begun))
			begun = time.Now()
			switch len(at) {
			case 9, 10:
				return nil
			case 12:
				cancel()
			}
			return errors.New("offline")
		})
		want := []time.Duration{20 * time.Second, time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute, 16 * time.Minute,
			30 * time.Minute, 30 * time.Minute, 30 * time.Minute, 30 * time.Minute, 30 * time.Minute, time.Minute}
		if len(at) != len(want) {
			t.Fatal(at)
		}
		for i := range want {
			if at[i] < want[i] || at[i] > want[i]*6/5 {
				t.Errorf("visit %d after %v, want %v and up to a fifth more", i, at[i], want[i])
			}
		}
	})
}
