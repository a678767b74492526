// Package control is how programs on the same machine talk to a running player:
// HTTP with JSON bodies over a Unix socket.
//
//	GET  /api/v1/status   player.Status
//	GET  /api/v1/why      what keeps each campaign off the glass now: a list of
//	                      {"feed", "campaign", "code", "fr", "en"}, the last two sentences
//	POST /api/v1/signal   {"input": "till", "on": true} or {"input": "till", "pulse": true}
//
// Every answer is JSON. One that fails is {"error": "fact", "hint": "next step"}
// with a 4xx or 5xx status; the hint may be missing.
//
// It promises that a signal is delivered before the answer is sent; that on Linux
// only the socket's owner and group can speak, from its first moment on; and that
// nothing is ever removed from the disk but a socket nobody listens on. It must
// not decide anything, and it must never be reachable from another machine.
//
//	srv, err := control.Listen("/run/entracte/control.sock", control.API{Player: p, Signal: signal})
//	go srv.Serve(ctx)
//
//	c := control.Dial("/run/entracte/control.sock")
//	err := c.Signal(ctx, "till", control.On)
package control
