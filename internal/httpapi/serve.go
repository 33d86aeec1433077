package httpapi

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"
)

const (
	shutdownWithin = 20 * time.Second // for running operations, once the server is told to stop
	abandonAfter   = 2 * time.Second  // for those that ignore their cancelled context
)

// drain tells the WebSockets of a server, which http.Server.Shutdown does not know, to come to an end. It travels in the
// base context, so that a handler may be wrapped without losing it.
type drain struct {
	stop    chan struct{} // closed when the server is to stop
	sockets sync.WaitGroup
}

type drainKey struct{}

// drainOf returns nil when the handler is not run by Serve; a nil *drain never stops.
func drainOf(ctx context.Context) *drain {
	d, _ := ctx.Value(drainKey{}).(*drain)
	return d
}

func (d *drain) stopped() <-chan struct{} {
	if d == nil {
		return nil
	}
	return d.stop
}

func (d *drain) stopping() bool {
	select {
	case <-d.stopped():
		return true
	default:
		return false
	}
}

// enter counts a WebSocket until the returned function is called. It must be called before the connection is hijacked:
// until then Shutdown waits for it.
func (d *drain) enter() (leave func()) {
	if d == nil {
		return func() {}
	}
	d.sockets.Add(1)
	return d.sockets.Done
}

// Serve answers on ln until ctx ends, then stops in order: /readyz turns 503 and WebSockets close with 1001 once their
// queries and mutations finished; after linger, in which a load balancer can notice the 503 and look away, no connections
// and no requests are taken any more and running ones finish. What has not finished within twenty seconds is cancelled. It
// closes ln, and returns nil after an orderly stop.
func Serve(ctx context.Context, ln net.Listener, h http.Handler, log *slog.Logger, linger time.Duration) error {
	return serve(ctx, ln, h, log, linger, shutdownWithin)
}

func serve(ctx context.Context, ln net.Listener, h http.Handler, log *slog.Logger, linger, within time.Duration) error {
	d := &drain{stop: make(chan struct{})}
	base, cancelRequests := context.WithCancel(context.WithValue(context.WithoutCancel(ctx), drainKey{}, d))
	defer cancelRequests()

	srv := &http.Server{
		Handler:           h,
		BaseContext:       func(net.Listener) context.Context { return base },
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       60 * time.Second,  // a slow phone uploading evidence or an import
		WriteTimeout:      120 * time.Second, // the GraphQL handler sets a closer one by its own limit
		IdleTimeout:       120 * time.Second,
		MaxHeaderBytes:    64 << 10, // also bounds the query of a GET
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(ln) }()

	select {
	case err := <-failed:
		return fmt.Errorf("serve http: %w", err)
	case <-ctx.Done():
	}
	close(d.stop)
	log.LogAttrs(ctx, slog.LevelInfo, "stopping", slog.Duration("linger", linger), slog.Duration("within", within))
	select {
	case err := <-failed:
		return fmt.Errorf("serve http: %w", err)
	case <-time.After(linger):
	}

	bound, cancel := context.WithTimeout(base, within)
	defer cancel()
	err := srv.Shutdown(bound)
	if err == nil {
		err = waitFor(bound, &d.sockets)
	}
	if err == nil {
		return nil
	}
	// Out of time: cancel what still runs, and give it a moment to roll back.
	cancelRequests()
	last, cancelLast := context.WithTimeout(context.WithoutCancel(ctx), abandonAfter)
	defer cancelLast()
	err = errors.Join(srv.Shutdown(last), waitFor(last, &d.sockets))
	_ = srv.Close()
	if err != nil {
		return fmt.Errorf("stop http: requests were abandoned: %w", err)
	}
	return nil
}

func waitFor(ctx context.Context, wg *sync.WaitGroup) error {
	done := make(chan struct{})
	go func() { wg.Wait(); close(done) }()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
