// Package clock is the one place where the machine's time is read.
//
// Everything else is handed a time or a func() time.Time: a use case asks its merchant's clock, which for a sandbox
// stands still; leases, backoff, tokens and rate limits are given Real. It knows nothing of merchants or calendars.
package clock

import "time"

// Real is the machine's time in UTC, cut to whole microseconds: what both database engines store and compare exactly.
// It carries no monotonic reading, so that a time read back from a database is equal to the one written.
func Real() time.Time {
	return Micros(time.Now())
}

// Micros is an instant in UTC, cut to whole microseconds as Real is.
func Micros(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }
