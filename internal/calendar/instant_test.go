package calendar

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func inZone(t testing.TB, zone string) *Calendar {
	t.Helper()
	c, err := New(Spec{Code: "X", Name: "Any", TimeZone: zone, Weekend: []time.Weekday{time.Saturday, time.Sunday}}, 1)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestDayStartsAtItsFirstInstant(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		why, zone, date string
		minute          int
		want            string
	}{
		{"ordinary", "Asia/Shanghai", "2025-10-01", 0, "2025-10-01T00:00:00+08:00"},
		{"E32: Cairo has no midnight that night", "Africa/Cairo", "2026-04-24", 0, "2026-04-24T01:00:00+03:00"},
		{"the day after Cairo's jump", "Africa/Cairo", "2026-04-25", 0, "2026-04-25T00:00:00+03:00"},
		{"no midnight in Sao Paulo", "America/Sao_Paulo", "2018-11-04", 0, "2018-11-04T01:00:00-02:00"},
		{"Sao Paulo's evening happens twice, its midnight once", "America/Sao_Paulo", "2018-02-18", 0, "2018-02-18T00:00:00-03:00"},
		{"midnight twice in Havana: the first", "America/Havana", "2026-11-01", 0, "2026-11-01T00:00:00-04:00"},
		{"Apia left out 30 December 2011", "Pacific/Apia", "2011-12-30", 0, "2011-12-31T00:00:00+14:00"},
		{"day after the gap", "Pacific/Apia", "2011-12-31", 0, "2011-12-31T00:00:00+14:00"},
		{"back over midnight in St. John's: the first", "America/St_Johns", "2010-11-07", 0, "2010-11-07T00:00:00-02:30"},
		{"closing time in the gap", "America/New_York", "2026-03-08", 150, "2026-03-08T03:00:00-04:00"},
		{"closing time twice: the first", "America/New_York", "2026-11-01", 90, "2026-11-01T01:30:00-04:00"},
		{"closing time on a normal day", "Europe/Berlin", "2026-07-01", 18 * 60, "2026-07-01T18:00:00+02:00"},
		{"UTC has no changes at all", "UTC", "2026-07-01", 0, "2026-07-01T00:00:00Z"},
	} {
		d, err := ParseDate(c.date)
		if err != nil {
			t.Fatal(err)
		}
		want, err := time.Parse(time.RFC3339, c.want)
		if err != nil {
			t.Fatal(err)
		}
		got := inZone(t, c.zone).At(d, c.minute)
		if !got.Equal(want) || got.Location() != time.UTC {
			t.Errorf("%s: %v, want %v", c.why, got, want.UTC())
		}
	}
}

// The definition itself, searched minute by minute: no instant before it shows that day and time, or a later one.
func TestAtIsTheFirstMinuteThatShowsTheTime(t *testing.T) {
	t.Parallel()
	zones := []string{
		"Asia/Shanghai", "Africa/Cairo", "America/Sao_Paulo", "America/Havana", "America/St_Johns", "Asia/Beirut",
		"Asia/Gaza", "Asia/Tehran", "Australia/Lord_Howe", "Europe/Berlin", "Pacific/Apia", "Pacific/Kwajalein",
		"America/Asuncion", "Asia/Pyongyang", "Antarctica/Troll", "America/Caracas", "Asia/Amman", "Pacific/Kiritimati",
	}
	calendars := map[string]*Calendar{}
	for _, z := range zones {
		calendars[z] = inZone(t, z)
	}
	check := func(t *rapid.T, c *Calendar, d Date, minute int) {
		wall := d.utc().Add(time.Duration(minute) * time.Minute)
		shows := func(at time.Time) bool {
			_, offset := at.In(c.zone).Zone()
			return !at.Add(time.Duration(offset) * time.Second).Before(wall)
		}
		first := wall.Add(-30 * time.Hour)
		for !shows(first) {
			first = first.Add(time.Minute)
		}
		if got := c.At(d, minute); !got.Equal(first) {
			t.Fatalf("%s %v minute %d: %v, want %v", c.ZoneName(), d, minute, got, first)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		c := calendars[rapid.SampledFrom(zones).Draw(t, "zone")]
		// Land on a clock change more often than chance would.
		at := time.Date(1972, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, rapid.IntRange(0, 25_000).Draw(t, "day")).In(c.zone)
		if _, end := at.ZoneBounds(); !end.IsZero() && end.Year() < 2060 && rapid.Bool().Draw(t, "change") {
			at = end
		}
		d := dateOf(at).AddDays(rapid.IntRange(-1, 1).Draw(t, "shift"))
		check(t, c, d, 0)
		check(t, c, d, rapid.IntRange(0, 1439).Draw(t, "minute"))
	})
}
