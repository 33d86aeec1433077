package jobs

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"
)

// A miss is called so before a calendar could move it, a failure of one piece of work stops neither the other nor the next
// turn, and the worker ends with its context.
func TestSweeperGoesOnAfterAFailure(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	var calls []string
	var log bytes.Buffer
	s := Sweeper{
		Sweep: func(context.Context) (int, error) {
			calls = append(calls, "sweep")
			return 0, errors.New("the database is away")
		},
		Recompute: func(context.Context) (int, error) {
			if calls = append(calls, "recompute"); len(calls) >= 4 {
				cancel()
			}
			return 2, nil
		},
		Interval: time.Millisecond,
		Log:      slog.New(slog.NewTextHandler(&log, nil)),
	}
	s.Run(ctx) // returns because the second turn cancels it
	if got := strings.Join(calls[:4], " "); got != "sweep recompute sweep recompute" {
		t.Errorf("calls %s", got)
	}
	if got := log.String(); !strings.Contains(got, "the database is away") || !strings.Contains(got, "deadlines=2") {
		t.Errorf("log %s", got)
	}
}
