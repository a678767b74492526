package origin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"entracte/storage/pack"
)

// An Origin is a tree of packs on a web server: a [pack.Source] without listings.
// Its methods may be called from any goroutine.
type Origin struct {
	base   *url.URL
	client *http.Client
	stall  time.Duration
}

// Options are what an origin may be told; the zero value is for a set clock.
type Options struct {
	// Now tells the civil time and whether it can be trusted; nil is the system's,
	// trusted.
	Now func() (time.Time, bool)
	// Stall is how long a server may send nothing before it is given up; 0 is 30 s.
	Stall time.Duration
	// Transport is for tests; nil is one of its own.
	Transport *http.Transport
}

// maxRedirects is how often a server may send us elsewhere on itself.
const maxRedirects = 3

// New returns the origin at an address: the folder that holds [pack.Folder], as the
// top of a stick does, or that folder itself. Nothing is asked yet.
func New(address string, o Options) (*Origin, error) {
	base, err := url.Parse(address)
	if err != nil || base.Host == "" || base.Scheme != "https" && base.Scheme != "http" || base.RawQuery != "" || base.Fragment != "" || base.User != nil {
		return nil, fmt.Errorf("%q is not the address of a web server\nhint: content.origin is like \"https://ads.example.org/shops\", without a password or a question mark", address)
	}
	if path.Base(base.Path) != pack.Folder {
		base = base.JoinPath(pack.Folder)
	}
	if o.Stall == 0 {
		o.Stall = 30 * time.Second
	}
	if o.Now == nil {
		o.Now = func() (time.Time, bool) { return time.Now(), true }
	}
	transport := o.Transport
	if transport == nil {
		transport = http.DefaultTransport.(*http.Transport).Clone()
	}
	transport.TLSClientConfig = tlsConfig(transport.TLSClientConfig, base.Hostname(), o.Now)
	transport.ResponseHeaderTimeout = o.Stall
	transport.DisableCompression = true // what is hashed is what lies there
	return &Origin{
		base: base, stall: o.Stall,
		client: &http.Client{Transport: transport, CheckRedirect: func(next *http.Request, before []*http.Request) error {
			switch {
			case len(before) > maxRedirects:
				return errors.New("the server sends us round in circles")
			case next.URL.Host != base.Host || next.URL.Scheme != base.Scheme:
				return fmt.Errorf("the server sends us to %s", next.URL.Host)
			}
			return nil
		}},
	}, nil
}

// String is the address.
func (o *Origin) String() string { return o.base.String() }

// Open opens a file of the tree, such as "feeds/shop-17/latest", from a byte on. What
// the server does not have is [fs.ErrNotExist]; every other error may be gone the next
// time.
func (o *Origin) Open(ctx context.Context, name string, from int64) (io.ReadCloser, error) {
	if !fs.ValidPath(name) || from < 0 {
		return nil, &fs.PathError{Op: "get", Path: name, Err: fs.ErrInvalid}
	}
	ctx, cancel := context.WithCancelCause(ctx)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, o.base.JoinPath(name).String(), nil)
	if err != nil {
		cancel(nil)
		return nil, err
	}
	req.Header.Set("Accept-Encoding", "identity")
	req.Header.Set("User-Agent", "entracte")
	if from > 0 {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-", from))
	}
	resp, err := o.client.Do(req)
	if err != nil {
		cancel(nil)
		return nil, err
	}
	b := &body{resp: resp, cancel: cancel, stall: o.stall}
	if err := b.begin(name, from); err != nil {
		b.Close()
		return nil, &fs.PathError{Op: "get", Path: name, Err: err}
	}
	return b, nil
}

// List is [errors.ErrUnsupported]: servers list nothing, or lie.
func (o *Origin) List(context.Context, string) ([]string, error) {
	return nil, errors.ErrUnsupported
}

// A body is an answer that ends when the server stalls.
type body struct {
	resp   *http.Response
	cancel context.CancelCauseFunc
	stall  time.Duration
	size   int64
}

// begin looks at the answer and leads to the first byte that was asked for.
func (b *body) begin(name string, from int64) error {
	switch code := b.resp.StatusCode; {
	case code == http.StatusNotFound || code == http.StatusGone || code == http.StatusForbidden:
		return fs.ErrNotExist // some servers say 403 of what is not there
	case b.resp.Header.Get("Content-Encoding") != "" && b.resp.Header.Get("Content-Encoding") != "identity":
		return errors.New("the server packs what it sends")
	case from > 0 && code == http.StatusPartialContent:
		var begin, end, size int64
		if _, err := fmt.Sscanf(b.resp.Header.Get("Content-Range"), "bytes %d-%d/%d", &begin, &end, &size); err != nil || begin != from || end != size-1 {
			return fmt.Errorf("the server answers with %q", b.resp.Header.Get("Content-Range"))
		}
		b.size = size
		return nil
	case code != http.StatusOK:
		return fmt.Errorf("the server answers %s", strings.TrimSpace(b.resp.Status))
	}
	b.size = b.resp.ContentLength
	if from > 0 { // it knows no ranges
		if n, err := io.CopyN(io.Discard, b, from); err != nil {
			return fmt.Errorf("the server has %d bytes of it: %w", n, err)
		}
	}
	return nil
}

// Size is how many bytes the whole file has, -1 if the server does not say.
func (b *body) Size() int64 { return b.size }

var errStalled = errors.New("the server sends nothing more")

func (b *body) Read(p []byte) (int, error) {
	timer := time.AfterFunc(b.stall, func() { b.cancel(errStalled) })
	defer timer.Stop()
	n, err := b.resp.Body.Read(p)
	if err != nil && err != io.EOF {
		if cause := context.Cause(b.resp.Request.Context()); cause != nil {
			err = cause
		}
	}
	return n, err
}

func (b *body) Close() error {
	b.cancel(nil)
	return b.resp.Body.Close()
}
