package control

import (
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
)

// A browser on this machine runs pages of strangers: what they can send gets
// nowhere, and what a program sends does.
func TestWebPagesMayNotSpeak(t *testing.T) {
	t.Parallel()
	d := newDesk()
	at := d.openPort(t)
	_, port, err := net.SplitHostPort(at)
	if err != nil {
		t.Fatal(err)
	}
	const json, no = "application/json", 403
	for _, c := range []struct {
		name, host, kind string
		headers          []string
		get, post        int
	}{
		{"a program", at, json, nil, 200, 200},
		{"by name", "localhost:" + port, json, nil, 200, 200},
		{"with a charset", at, "Application/JSON; charset=utf-8", nil, 200, 200},
		{"a page of our own", at, json, []string{"Origin: http://" + at, "Sec-Fetch-Site: same-origin"}, 200, 200},
		{"typed into the browser", at, json, []string{"Sec-Fetch-Site: none"}, 200, 200},

		{"a name that leads here", "evil.example:" + port, json, nil, no, no},
		{"a name that leads here, same site to itself", "evil.example:" + port, json, []string{"Origin: http://evil.example:" + port, "Sec-Fetch-Site: same-origin"}, no, no},
		{"no port", "127.0.0.1", json, nil, no, no},
		{"another port", "127.0.0.1:1", json, nil, no, no},
		{"another loopback", "127.0.0.2:" + port, json, nil, no, no},
		{"a longer name", "localhost.evil.example:" + port, json, nil, no, no},
		{"another site", at, json, []string{"Origin: https://evil.example"}, no, no},
		{"another port's page", at, json, []string{"Origin: http://127.0.0.1:1"}, no, no},
		{"another scheme", at, json, []string{"Origin: https://" + at}, no, no},
		{"a file or a sandbox", at, json, []string{"Origin: null"}, no, no},
		{"two origins", at, json, []string{"Origin: http://" + at, "Origin: https://evil.example"}, no, no},
		{"cross-site without an origin", at, json, []string{"Sec-Fetch-Site: cross-site"}, no, no},
		{"same-site is another port", at, json, []string{"Sec-Fetch-Site: same-site"}, no, no},
		{"a form", at, "application/x-www-form-urlencoded", nil, 200, 415},
		{"plain text", at, "text/plain", nil, 200, 415},
		{"plain text that looks like it", at, "text/plain; application/json", nil, 200, 415},
		{"no type", at, "", nil, 200, 415},
	} {
		for method, want := range map[string]int{"GET": c.get, "POST": c.post} {
			target, body := "/api/v1/status", ""
			if method == "POST" {
				target, body = "/api/v1/signal", `{"input": "till", "on": true}`
			}
			req := request(t, at, method, target, body)
			req.Host = c.host
			req.Header.Set("Content-Type", c.kind)
			for _, h := range c.headers {
				k, v, _ := strings.Cut(h, ": ")
				req.Header.Add(k, v)
			}
			r := ask(t, at, req)
			if r.status != want || want != http.StatusOK && (r.Error == "" || r.Hint == "") {
				t.Errorf("%s: %s answers %d %s, want %d", c.name, method, r.status, r.body, want)
			}
			if got := d.taken(); (got != "") != (method == "POST" && want == http.StatusOK) {
				t.Errorf("%s: %q arrived", c.name, got)
			}
			if r.header.Get("Access-Control-Allow-Origin") != "" {
				t.Errorf("%s: other sites may read it", c.name)
			}
		}
	}
	req := request(t, at, "OPTIONS", "/api/v1/signal", "")
	req.Header.Set("Origin", "https://evil.example")
	req.Header.Set("Access-Control-Request-Method", "POST")
	if r := ask(t, at, req); r.status != http.StatusForbidden {
		t.Errorf("a browser that asks first gets %d", r.status)
	}
}

func TestPortOfTheMachineOnly(t *testing.T) {
	t.Parallel()
	d := newDesk()
	at := d.openPort(t)
	host, port, err := net.SplitHostPort(at)
	if err != nil || host != "127.0.0.1" {
		t.Fatalf("it listens on %s, %v", at, err)
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	_, err = ListenLoopback(n, d.api())
	says(t, err, "the local API cannot be offered", "has port "+port)
}
