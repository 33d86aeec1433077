package calendar

import (
	"encoding/json"
	"testing"
	"time"

	"aftersales/internal/problem"

	"pgregory.net/rapid"
)

func TestParseDateTakesOnlyExistingDays(t *testing.T) {
	t.Parallel()
	d, err := ParseDate("2024-02-29")
	if want := (Date{2024, time.February, 29}); err != nil || d != want {
		t.Fatalf("got %v, %v; want %v", d, err, want)
	}
	for _, bad := range []string{
		"", "2023-02-29", "2025-13-01", "2025-00-10", "2025-01-32", "2025-1-1", "20250101", "2025-01-01T00:00:00Z",
		" 2025-01-01", "2025-01-01 ", "-025-01-01", "２０２５-01-01", "0x25-01-01",
	} {
		if d, err := ParseDate(bad); !problem.Is(err, problem.InvalidInput) {
			t.Errorf("ParseDate(%q) = %v, %v; want INVALID_INPUT", bad, d, err)
		}
	}
}

func TestDateTravelsAsText(t *testing.T) {
	t.Parallel()
	in := map[Date]Date{{2025, time.October, 1}: {2026, time.January, 4}}
	raw, err := json.Marshal(in)
	if err != nil || string(raw) != `{"2025-10-01":"2026-01-04"}` {
		t.Fatalf("got %s, %v", raw, err)
	}
	var out map[Date]Date
	if err := json.Unmarshal(raw, &out); err != nil || out[Date{2025, time.October, 1}] != (Date{2026, time.January, 4}) {
		t.Fatalf("got %v, %v", out, err)
	}
	if err := new(Date).UnmarshalText([]byte("2026-02-30")); !problem.Is(err, problem.InvalidInput) {
		t.Errorf("2026-02-30 was read: %v", err)
	}
}

func TestAddMonthsKeepsTheDayOrTakesTheMonthEnd(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from Date
		n    int
		want Date
	}{
		{Date{2024, time.January, 31}, 1, Date{2024, time.February, 29}},
		{Date{2025, time.January, 31}, 1, Date{2025, time.February, 28}},
		{Date{2025, time.January, 30}, 1, Date{2025, time.February, 28}},
		{Date{2025, time.January, 28}, 1, Date{2025, time.February, 28}},
		{Date{2024, time.February, 29}, 12, Date{2025, time.February, 28}},
		{Date{2024, time.February, 29}, 48, Date{2028, time.February, 29}},
		{Date{2025, time.February, 28}, 1, Date{2025, time.March, 28}},
		{Date{2025, time.October, 31}, 2, Date{2025, time.December, 31}},
		{Date{2025, time.October, 31}, 3, Date{2026, time.January, 31}},
		{Date{2025, time.March, 31}, -1, Date{2025, time.February, 28}},
		{Date{2025, time.January, 15}, -1, Date{2024, time.December, 15}},
	} {
		if got := c.from.AddMonths(c.n); got != c.want {
			t.Errorf("%v + %d months = %v, want %v", c.from, c.n, got, c.want)
		}
	}
}

func TestDateOrderAndDistanceAgree(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := Date{1970, time.January, 1}.AddDays(rapid.IntRange(0, 50_000).Draw(t, "day"))
		n := rapid.IntRange(-5_000, 5_000).Draw(t, "n")
		e := d.AddDays(n)
		if back := e.AddDays(-n); back != d {
			t.Fatalf("%v + %d - %d = %v", d, n, n, back)
		}
		if before := e.Before(d); before != (n < 0) {
			t.Fatalf("%v before %v: %v", e, d, before)
		}
		if c := d.Compare(e); (c < 0) != (n > 0) || (c == 0) != (n == 0) {
			t.Fatalf("%v compared with %v: %d", d, e, c)
		}
		if got, want := int(e.Weekday()), ((int(d.Weekday())+n)%7+7)%7; got != want {
			t.Fatalf("weekday of %v: %d, want %d", e, got, want)
		}
		if p, err := ParseDate(d.String()); err != nil || p != d {
			t.Fatalf("ParseDate(%q) = %v, %v", d, p, err)
		}
	})
}

func TestDaysUntil(t *testing.T) {
	t.Parallel()
	a := Date{Year: 2024, Month: 2, Day: 28}
	for _, c := range []struct {
		to   Date
		want int
	}{{a, 0}, {Date{Year: 2024, Month: 3, Day: 1}, 2}, {Date{Year: 2023, Month: 2, Day: 28}, -365}, {Date{Year: 2025, Month: 2, Day: 28}, 366}} {
		if got := a.DaysUntil(c.to); got != c.want {
			t.Errorf("to %s: %d, want %d", c.to, got, c.want)
		}
	}
}
