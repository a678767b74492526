// Package control is how programs on the same machine talk to a running player:
// HTTP with JSON bodies, over a Unix socket and on a port of 127.0.0.1. Both take
// the same requests and give the same answers.
//
//	GET  /api/v1/status   player.Status
//	GET  /api/v1/why      what keeps each campaign off the glass now, be it in the plan or
//	                      left out of it: a list of {"feed", "campaign", "code", "fr", "en"},
//	                      the last two sentences; without a campaign it is the whole feed
//	GET  /api/v1/plays    the recent play records, oldest first: a list
//	GET  /api/v1/sensors  Sensors: what the inputs say, for a technician
//	GET  /api/v1/metrics  figures for Prometheus, as text; none tells of people
//	POST /api/v1/signal   {"input": "till", "on": true} or {"input": "till", "pulse": true}
//	POST /api/v1/pause    {"minutes": 10}; 0 lets the screen speak again
//
// Every answer but the metrics is JSON. One that fails is {"error": "fact", "hint": "next step"}
// with a 4xx or 5xx status; the hint may be missing. On the port a POST must say
// Content-Type: application/json.
//
//	curl -H 'Content-Type: application/json' -d '{"input": "till", "on": true}' \
//	    http://127.0.0.1:8737/api/v1/signal
//
// It promises that a signal is delivered before the answer is sent; that on Linux
// only the socket's owner and group can speak on the socket, from its first moment
// on; that no web page can speak on the port; and that nothing is ever removed
// from the disk but a socket nobody listens on. It must not decide anything, and
// it must never be reachable from another machine.
//
//	srv, err := control.Listen("/run/entracte/control.sock", control.API{Player: p, Signal: signal, ...})
//	go srv.Serve(ctx)
//
//	c := control.Dial("/run/entracte/control.sock")
//	err := c.Signal(ctx, "till", control.On)
package control
