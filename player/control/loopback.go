package control

import (
	"fmt"
	"mime"
	"net"
	"net/http"
	"strconv"
)

// Port is the TCP port of the API on 127.0.0.1. No service is registered for it
// (IANA service name and port number registry, 8734 to 8749).
const Port = 8737

// ListenLoopback offers the API on a port of 127.0.0.1; 0 takes any that is free.
// Every program on this machine can reach it, whoever runs it, and no other
// machine can.
//
// So can a web page, in a browser on this machine: by a request across sites, or
// by a name of its own that leads to 127.0.0.1. Requests are therefore refused
// that name another host than 127.0.0.1 or localhost, that a browser marks as
// another site's, or that change something without being of type
// application/json, which no page may send elsewhere without asking first (Fetch
// standard, "CORS-safelisted request-header").
func ListenLoopback(port int, api API) (*Server, error) {
	l, err := net.Listen("tcp4", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return nil, fmt.Errorf("the local API cannot be offered: %w\nhint: another program, or another player, has port %d; the control socket works all the same", err, port)
	}
	return newServer(l, sameSite(l.Addr().(*net.TCPAddr).Port, api.handler())), nil
}

// Addr is where the server listens: the path of its socket, or address and port.
func (s *Server) Addr() string { return s.l.Addr().String() }

// sameSite refuses what a web page may have sent.
func sameSite(port int, h http.Handler) http.Handler {
	hosts := map[string]bool{}
	for _, name := range []string{"127.0.0.1", "localhost"} {
		hosts[net.JoinHostPort(name, strconv.Itoa(port))] = true
	}
	refuse := func(w http.ResponseWriter, status int, fact, hint string) {
		answer(w, nil, &badRequest{status, fact, hint})
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		origins, site := r.Header.Values("Origin"), r.Header.Get("Sec-Fetch-Site")
		kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
		switch {
		case !hosts[r.Host]:
			refuse(w, http.StatusForbidden, fmt.Sprintf("%q is not this machine", r.Host), fmt.Sprintf("ask http://127.0.0.1:%d", port))
		case len(origins) > 1 || len(origins) == 1 && origins[0] != "http://"+r.Host,
			site != "" && site != "same-origin" && site != "none":
			refuse(w, http.StatusForbidden, "a web page of another site may not ask", "ask from a program on this machine")
		case r.Method == http.MethodPost && kind != "application/json":
			refuse(w, http.StatusUnsupportedMediaType, "the request does not say that it is JSON", "add the header Content-Type: application/json")
		default:
			h.ServeHTTP(w, r)
		}
	})
}
