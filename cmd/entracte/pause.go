package main

import (
	"context"
	"log/slog"
	"time"

	"entracte/cmd/entracte/config"
	"entracte/hw/presence"
	"entracte/player/control"
)

// pause silences the screen for a time from now, for the local API; 0 ends every
// pause, one that began with a button included.
func (in *inputs) pause(ctx context.Context, d time.Duration) error {
	if d > 0 {
		in.send(ctx, presence.Reading{Pulse: true, Lasts: d})
		return ctx.Err()
	}
	over := presence.Reading{Pulse: true, Lasts: -1}
	in.send(ctx, over)
	for _, s := range in.config.Sensors {
		if s.Role == config.RolePause {
			over.Input = s.Name
			in.send(ctx, over)
		}
	}
	return ctx.Err()
}

// serveLoopback offers the API to programs that cannot use a Unix socket, until
// ctx ends. The player does without if it has to. Who sets the clock must have the
// right to the socket.
func serveLoopback(ctx context.Context, api control.API, log *slog.Logger) {
	api.SetClock = nil
	srv, err := control.ListenLoopback(control.Port, api)
	if err == nil {
		err = srv.Serve(ctx)
	}
	if err != nil {
		log.Warn("local API", "err", err)
	}
}
