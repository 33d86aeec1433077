package onsite

import (
	"strings"
	"testing"

	"aftersales/internal/calendar"
)

// SLA-A-2.1.4: months are counted from the first day, each by itself, so that a short month shortens no later one (Civil Code 202).
func TestNextDay(t *testing.T) {
	t.Parallel()
	date := func(s string) calendar.Date {
		d, err := calendar.ParseDate(s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	for _, tc := range []struct {
		first string
		every int
		from  string
		want  string // the days that follow, each asked for from the day after the one before
	}{
		{"2025-01-31", 1, "2025-01-01", "2025-01-31 2025-02-28 2025-03-31 2025-04-30 2025-05-31"},
		{"2025-01-31", 1, "2025-02-28", "2025-02-28 2025-03-31"},
		{"2024-02-29", 12, "2024-03-01", "2025-02-28 2026-02-28 2027-02-28 2028-02-29"},
		{"2025-08-31", 6, "2025-09-01", "2026-02-28 2026-08-31"},
		{"2025-03-15", 3, "2027-03-16", "2027-06-15 2027-09-15"},
		{"2025-12-31", 120, "2025-12-31", "2025-12-31 2035-12-31"},
		{"2030-05-05", 7, "2020-01-01", "2030-05-05 2030-12-05 2031-07-05"},
	} {
		var got []string
		at := date(tc.from)
		for range strings.Fields(tc.want) {
			next := NextDay(date(tc.first), tc.every, at)
			got, at = append(got, next.String()), next.AddDays(1)
		}
		if g := strings.Join(got, " "); g != tc.want {
			t.Errorf("every %d months from %s, not before %s: %s, want %s", tc.every, tc.first, tc.from, g, tc.want)
		}
	}
}
