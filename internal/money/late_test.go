package money

import (
	"math"
	"testing"
)

// COURIER-4.1.4, money.md F7 with M16.
func TestLateService(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name              string
		base              int64
		perDay, days, cap int
		want              int64
	}{
		{"M16: 31.08 capped at 25.90", 25900, 300, 4, 1000, 2590},
		{"three days stay below the cap: 259.00 x 9%", 25900, 300, 3, 1000, 2331},
		{"one day of 1%", 25900, 100, 1, 1000, 259},
		{"a tie goes up: 0.50 x 1% = 0.005", 50, 100, 1, 1000, 1},
		{"just below a tie: 0.49 x 1% = 0.0049", 49, 100, 1, 1000, 0},
		{"rounded once, not every day: 0.49 x 3% = 0.0147", 49, 100, 3, 1000, 1},
		{"the cap is rounded alike: 0.05 x 10% = 0.005", 5, 10000, 9, 1000, 1},
		{"nothing paid", 0, 100, 9, 1000, 0},
		{"nothing promised", 25900, 0, 9, 1000, 0},
		{"no negative", -25900, 100, 9, 1000, 0},
		{"the largest there is", math.MaxInt64, 10000, 1000, 10000, math.MaxInt64},
	} {
		if got := LateService(c.base, c.perDay, c.days, c.cap); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}

func TestShareOf(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		paid      int64
		units, of int
		want      int64
	}{
		{1000, 3, 3, 1000}, {1000, 1, 3, 333}, {1000, 2, 3, 667}, {1, 1, 2, 1}, {1000, 0, 3, 0}, {1000, 4, 3, 1000}, {1000, 1, 0, 0}, {-5, 1, 1, 0},
		{math.MaxInt64, 2, 3, 6148914691236517205}, {math.MaxInt64, 1, 1, math.MaxInt64},
	} {
		if got := ShareOf(c.paid, c.units, c.of); got != c.want {
			t.Errorf("%d of %d units for %d: %d, want %d", c.units, c.of, c.paid, got, c.want)
		}
	}
}
