// Package jobs runs what happens without anybody asking: the sweep that notices missed deadlines. Its rhythm is real time;
// which clocks it looks at, and what time they show, is casework's business.
package jobs

import (
	"context"
	"log/slog"
	"time"
)

// Sweeper calls the given work at a fixed interval.
type Sweeper struct {
	// Sweep looks for deadlines at risk and missed; Recompute counts clocks that an interrupted publication left behind.
	Sweep, Recompute func(ctx context.Context) (int, error)
	Interval         time.Duration
	Log              *slog.Logger
}

// Run works until ctx ends. A failure is logged and tried again at the next turn: nothing is lost, because the work is
// found in the database each time.
func (s Sweeper) Run(ctx context.Context) {
	tick := time.NewTicker(s.Interval)
	defer tick.Stop()
	for {
		s.turn(ctx)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (s Sweeper) turn(ctx context.Context) {
	for _, work := range []struct {
		name string
		do   func(context.Context) (int, error)
	}{{"sweep", s.Sweep}, {"recompute", s.Recompute}} {
		n, err := work.do(ctx)
		switch {
		case err != nil && ctx.Err() == nil:
			s.Log.ErrorContext(ctx, "background work failed; it is tried again", "work", work.name, "error", err)
		case n > 0:
			s.Log.InfoContext(ctx, "background work", "work", work.name, "deadlines", n)
		}
	}
}
