package deadline

import (
	"testing"
	"time"

	"aftersales/internal/calendar"
)

func ofDay(t testing.TB, s string) *TimeOfDay {
	t.Helper()
	v, err := ParseTimeOfDay(s)
	if err != nil {
		t.Fatal(err)
	}
	return &v
}

// Rule 10 of the counting: the options that an agreement may choose.
func TestCutOffAndCloseOfBusiness(t *testing.T) {
	t.Parallel()
	all := calendars(t)
	six := ofDay(t, "18:00")
	for _, e := range []example{
		{
			id: "a second before the cut-off", rule: Rule{Unit: WorkingDays, Length: 1, CutOff: six},
			start: "2026-03-10T17:59:59+08:00", due: "2026-03-12T00:00:00+08:00", last: "2026-03-11", counted: "2026-03-11",
		}, {
			id: "the cut-off itself is after it", rule: Rule{Unit: WorkingDays, Length: 1, CutOff: six},
			start: "2026-03-10T18:00:00+08:00", due: "2026-03-13T00:00:00+08:00", last: "2026-03-12", counted: "2026-03-12",
		}, {
			id: "a rest day counts as the next workday", rule: Rule{Unit: WorkingDays, Length: 3, CutOff: six},
			start: "2025-10-03T08:00:00+08:00", due: "2025-10-14T00:00:00+08:00", last: "2025-10-13",
			counted: "2025-10-10 2025-10-11 2025-10-13",
		}, {
			id: "a make-up Saturday is no rest day", rule: Rule{Unit: WorkingDays, Length: 1, CutOff: six},
			start: "2025-10-11T08:00:00+08:00", due: "2025-10-14T00:00:00+08:00", last: "2025-10-13", counted: "2025-10-13",
		}, {
			id: "day clocks", rule: Rule{Unit: Days, Length: 2, CutOff: six},
			start: "2026-03-13T18:00:00+08:00", due: "2026-03-19T00:00:00+08:00", last: "2026-03-18", counted: "2026-03-17 2026-03-18",
		}, {
			id: "month clocks", rule: Rule{Unit: Months, Length: 1, CutOff: six},
			start: "2026-03-13T18:00:00+08:00", due: "2026-04-17T00:00:00+08:00", last: "2026-04-16",
		}, {
			id: "hour clocks know no cut-off and no closing", rule: Rule{Unit: Hours, Length: 24, CutOff: six, CloseOfBusiness: six},
			start: "2026-03-14T20:00:00+08:00", due: "2026-03-15T20:00:00+08:00",
		}, {
			id: "without the option a rest day is day 0", rule: Rule{Unit: WorkingDays, Length: 1},
			start: "2026-03-14T20:00:00+08:00", due: "2026-03-17T00:00:00+08:00", last: "2026-03-16", counted: "2026-03-16",
		}, {
			id: "close of business", rule: Rule{Unit: WorkingDays, Length: 1, CloseOfBusiness: six},
			start: "2026-03-10T10:00:00+08:00", due: "2026-03-11T18:00:00+08:00", last: "2026-03-11", counted: "2026-03-11",
		}, {
			id: "a closing time that the spring-forward skips", calendar: "US",
			rule:  Rule{Unit: Days, Length: 1, CloseOfBusiness: ofDay(t, "02:30")},
			start: "2026-03-07T10:00:00-05:00", due: "2026-03-08T03:00:00-04:00", last: "2026-03-08", counted: "2026-03-08",
		}, {
			id: "a pause from closing time on is too late", rule: Rule{Unit: WorkingDays, Length: 1, CloseOfBusiness: six},
			start: "2026-03-10T10:00:00+08:00", pauses: []string{"2026-03-11T18:00:00+08:00 2026-03-13T10:00:00+08:00"},
			due: "2026-03-11T18:00:00+08:00", last: "2026-03-11", counted: "2026-03-11",
		}, {
			id: "a pause before the moved day 0 is cut to it", rule: Rule{Unit: WorkingDays, Length: 1, CutOff: six},
			start: "2025-10-03T08:00:00+08:00", pauses: []string{"2025-10-03T09:00:00+08:00 2025-10-10T09:00:00+08:00"},
			// Day 0 is Thu 9; of the pause only the workday Fri 10 counts.
			due: "2025-10-12T00:00:00+08:00", promised: "2025-10-11T00:00:00+08:00", last: "2025-10-11", counted: "2025-10-10 2025-10-11",
		}, {
			id: "a cut-off on a day of an unknown year is provisional", rule: Rule{Unit: Days, Length: 1, CutOff: six},
			start: "2027-03-10T10:00:00+08:00", due: "2027-03-12T00:00:00+08:00", last: "2027-03-11", counted: "2027-03-11", provisional: true,
		},
	} {
		t.Run(e.id, func(t *testing.T) {
			t.Parallel()
			r, err := Compute(e.in(all), e.clock(t))
			if err != nil {
				t.Fatal(err)
			}
			e.check(t, r)
		})
	}
}

func TestPausesRollsAndUnknownYears(t *testing.T) {
	t.Parallel()
	all := calendars(t)
	for _, e := range []example{
		{
			id: "a make-up day inside a pause is a working day", rule: Rule{Unit: WorkingDays, Length: 2},
			start: "2025-09-30T09:00:00+08:00", pauses: []string{"2025-10-10T09:00:00+08:00 2025-10-12T09:00:00+08:00"},
			due: "2025-10-12T00:00:00+08:00", promised: "2025-10-11T00:00:00+08:00", last: "2025-10-11",
			counted: "2025-10-09 2025-10-10 2025-10-11",
		}, {
			id: "closed days inside a pause are not added twice", rule: Rule{Unit: WorkingDays, Length: 3},
			start: "2025-09-29T09:00:00+08:00", pauses: []string{"2025-09-30T20:00:00+08:00 2025-10-08T20:00:00+08:00"},
			due: "2025-10-11T00:00:00+08:00", last: "2025-10-10", counted: "2025-09-30 2025-10-09 2025-10-10",
		}, {
			id: "resumed at 00:00 sharp: that day's midnight was paused", rule: Rule{Unit: WorkingDays, Length: 1},
			start: "2026-03-10T10:00:00+08:00", pauses: []string{"2026-03-10T11:00:00+08:00 2026-03-11T00:00:00+08:00"},
			due: "2026-03-13T00:00:00+08:00", promised: "2026-03-12T00:00:00+08:00", last: "2026-03-12", counted: "2026-03-11 2026-03-12",
		}, {
			id: "paused at 00:00 sharp: that day's midnight was not", rule: Rule{Unit: WorkingDays, Length: 1},
			start: "2026-03-10T10:00:00+08:00", pauses: []string{"2026-03-11T00:00:00+08:00 2026-03-11T23:59:59+08:00"},
			due: "2026-03-12T00:00:00+08:00", last: "2026-03-11", counted: "2026-03-11",
		}, {
			id: "a second pause within the time the first one won", rule: Rule{Unit: WorkingDays, Length: 1},
			start: "2026-03-10T10:00:00+08:00",
			pauses: []string{
				"2026-03-12T10:00:00+08:00 2026-03-13T10:00:00+08:00", "2026-03-11T10:00:00+08:00 2026-03-12T09:00:00+08:00",
			},
			due: "2026-03-14T00:00:00+08:00", promised: "2026-03-12T00:00:00+08:00", last: "2026-03-13",
			counted: "2026-03-11 2026-03-12 2026-03-13",
		}, {
			id: "pauses that touch are one, also beyond what the first alone would win", rule: Rule{Unit: WorkingDays, Length: 3},
			start: "2026-03-10T10:00:00+08:00",
			pauses: []string{
				"2026-03-13T10:00:00+08:00 2026-03-14T12:00:00+08:00", "2026-03-14T12:00:00+08:00 2026-03-16T12:00:00+08:00",
			},
			due: "2026-03-17T00:00:00+08:00", promised: "2026-03-14T00:00:00+08:00", last: "2026-03-16",
			counted: "2026-03-11 2026-03-12 2026-03-13 2026-03-16",
		}, {
			id: "a pause before the start is cut to it", rule: Rule{Unit: Hours, Length: 1},
			start: "2026-03-10T10:00:00+08:00", pauses: []string{"2026-03-01T10:00:00+08:00 2026-03-10T10:30:00+08:00"},
			due: "2026-03-10T11:30:00+08:00", promised: "2026-03-10T11:00:00+08:00",
		}, {
			id: "a pause that ended before the start", rule: Rule{Unit: Hours, Length: 1},
			start: "2026-03-10T10:00:00+08:00", pauses: []string{"2026-03-01T10:00:00+08:00 2026-03-10T10:00:00+08:00"},
			due: "2026-03-10T11:00:00+08:00",
		}, {
			id: "an open pause absorbs later ones", rule: Rule{Unit: Hours, Length: 10},
			start:    "2026-03-10T10:00:00+08:00",
			pauses:   []string{"2026-03-10T12:00:00+08:00", "2026-03-10T13:00:00+08:00 2026-03-10T14:00:00+08:00"},
			promised: "2026-03-10T20:00:00+08:00",
		}, {
			id: "an open pause from the due instant on is ignored", rule: Rule{Unit: Hours, Length: 1},
			start: "2026-03-10T10:00:00+08:00", pauses: []string{"2026-03-10T11:00:00+08:00"}, due: "2026-03-10T11:00:00+08:00",
		}, {
			id: "day clocks count every paused midnight", rule: Rule{Unit: Days, Length: 7, Roll: true},
			start: "2026-03-09T10:00:00+08:00", pauses: []string{"2026-03-13T10:00:00+08:00 2026-03-17T09:00:00+08:00"},
			due: "2026-03-21T00:00:00+08:00", promised: "2026-03-17T00:00:00+08:00", last: "2026-03-20",
			counted: "2026-03-10 2026-03-11 2026-03-12 2026-03-13 2026-03-14 2026-03-15 2026-03-16 2026-03-17 2026-03-18 2026-03-19 2026-03-20",
		}, {
			id: "month clocks grow by days, then roll", rule: Rule{Unit: Months, Length: 1, Roll: true},
			start: "2026-01-31T10:00:00+08:00", pauses: []string{"2026-02-02T10:00:00+08:00 2026-02-09T10:00:00+08:00"},
			// Sat Feb 28 is a make-up workday, so the promise does not roll; Feb 28 + 7 is Sat Mar 7, which does.
			due: "2026-03-10T00:00:00+08:00", promised: "2026-03-01T00:00:00+08:00", last: "2026-03-09",
		}, {
			id: "no roll unless asked for", rule: Rule{Unit: Days, Length: 7},
			start: "2025-09-26T18:20:00+08:00", due: "2025-10-04T00:00:00+08:00", last: "2025-10-03",
			counted: "2025-09-27 2025-09-28 2025-09-29 2025-09-30 2025-10-01 2025-10-02 2025-10-03",
		}, {
			id: "a day clock without roll asks nothing of the calendar", rule: Rule{Unit: Days, Length: 1},
			start: "2027-05-01T10:00:00+08:00", due: "2027-05-03T00:00:00+08:00", last: "2027-05-02", counted: "2027-05-02",
		}, {
			id: "a roll over New Year's Day of an unknown year", rule: Rule{Unit: Days, Length: 1, Roll: true},
			start: "2026-12-31T10:00:00+08:00", due: "2027-01-05T00:00:00+08:00", last: "2027-01-04", counted: "2027-01-01", provisional: true,
		}, {
			id: "ending with the last published day", rule: Rule{Unit: WorkingDays, Length: 1},
			start: "2026-12-30T10:00:00+08:00", due: "2027-01-01T00:00:00+08:00", last: "2026-12-31", counted: "2026-12-31",
		}, {
			id: "past the last known year only weekends are known", rule: Rule{Unit: WorkingDays, Length: 2},
			start: "2030-09-30T10:00:00+08:00", due: "2030-10-03T00:00:00+08:00", last: "2030-10-02", counted: "2030-10-01 2030-10-02",
			provisional: true,
		}, {
			id: "hour clocks are never provisional", rule: Rule{Unit: Hours, Length: 24},
			start: "2030-09-30T10:00:00+08:00", due: "2030-10-01T10:00:00+08:00",
		}, {
			id: "the notice for 2023 begins in 2022", rule: Rule{Unit: Days, Length: 1, Roll: true},
			start: "2022-12-30T10:00:00+08:00", due: "2023-01-04T00:00:00+08:00", last: "2023-01-03", counted: "2022-12-31",
		},
	} {
		t.Run(e.id, func(t *testing.T) {
			t.Parallel()
			r, err := Compute(e.in(all), e.clock(t))
			if err != nil {
				t.Fatal(err)
			}
			e.check(t, r)
		})
	}
}

// The same rules by the merchant's own calendar, here Germany's Easter 2026.
func TestGermanEasterIsPassedOver(t *testing.T) {
	t.Parallel()
	r, err := Compute(builtIn(t, "DE"), Clock{Rule: Rule{Unit: WorkingDays, Length: 2}, Start: at(t, "2026-04-02T10:00:00+02:00")})
	if err != nil {
		t.Fatal(err)
	}
	if want := at(t, "2026-04-09T00:00:00+02:00"); !r.DueAt.Equal(want) || r.Provisional {
		t.Errorf("due %v, want %v; provisional %v", r.DueAt, want, r.Provisional)
	}
}

func TestInstantsAreWholeMicrosecondsInUTC(t *testing.T) {
	t.Parallel()
	cn := builtIn(t, "CN")
	start := at(t, "2026-03-10T10:00:00.123456789+08:00")
	r, err := Compute(cn, Clock{Rule: Rule{Unit: Hours, Length: 1}, Start: start})
	if err != nil {
		t.Fatal(err)
	}
	if want := time.Date(2026, 3, 10, 3, 0, 0, 123456000, time.UTC); *r.DueAt != want || r.PromisedDueAt != want {
		t.Errorf("due %v, promised %v, want %v", r.DueAt, r.PromisedDueAt, want)
	}
	if r.LastDay != nil || r.PromisedLastDay != nil || r.CountedDays != nil {
		t.Errorf("an hour clock has no days: %+v", r)
	}
}

func TestTheTieIsLate(t *testing.T) {
	t.Parallel()
	due := at(t, "2026-03-14T00:00:00+08:00")
	if !OnTime(due.Add(-time.Microsecond), due) || OnTime(due, due) || OnTime(due.Add(time.Microsecond), due) {
		t.Error("on time means before the due instant (MALL-4.2a, half-open)")
	}
}

func TestAtRiskIsMeasuredBackFromTheEffectiveDueTime(t *testing.T) {
	t.Parallel()
	start := at(t, "2026-03-10T10:00:00+08:00")
	due := func(h int) *time.Time { v := start.Add(time.Duration(h) * time.Hour).UTC(); return &v }
	for _, c := range []struct {
		why       string
		promised  int
		due       *time.Time
		threshold int
		want      *time.Time
	}{
		{"80 % of 10 h", 10, due(10), 8000, due(8)},
		{"a pause moves it along", 10, due(14), 8000, due(12)},
		{"at once", 10, due(10), 0, due(0)},
		{"only when due", 10, due(10), 10_000, due(10)},
		{"threshold beyond all of it", 10, due(10), 12_000, due(10)},
		{"a negative threshold", 10, due(10), -1, due(0)},
		{"never before the start", 20, due(1), 5000, due(0)},
		{"nothing due", 10, nil, 8000, nil},
		{"ten years do not overflow", 87_600, due(87_600), 5000, due(43_800)},
	} {
		got := AtRiskAt(Result{PromisedDueAt: *due(c.promised), DueAt: c.due}, start, c.threshold)
		if (got == nil) != (c.want == nil) || got != nil && *got != *c.want {
			t.Errorf("%s: %v, want %v", c.why, got, c.want)
		}
	}
}

func TestExtensionCountsFromTheOriginalStartAlsoWhilePaused(t *testing.T) { // MALL-4.3b
	t.Parallel()
	cn := builtIn(t, "CN")
	seven := Clock{Rule: Rule{Unit: WorkingDays, Length: 7}, Start: at(t, "2026-03-02T10:00:00+08:00")}
	paused := seven
	paused.Pauses = []Pause{pause(t, "2026-03-04T10:00:00+08:00 2026-03-06T10:00:00+08:00", "NEEDS_INFO")}
	for _, c := range []Clock{seven, paused} {
		ten, extended := c, c
		ten.Rule.Length, extended.ExtendedTo = 10, 10
		a, errA := Compute(cn, ten)
		b, errB := Compute(cn, extended)
		if errA != nil || errB != nil {
			t.Fatal(errA, errB)
		}
		if *a.DueAt != *b.DueAt || a.PromisedDueAt != b.PromisedDueAt || len(a.CountedDays) != len(b.CountedDays) {
			t.Errorf("extended to 10: %v, promised as 10: %v", b, a)
		}
		if b.PromisedDueAt != at(t, "2026-03-17T00:00:00+08:00").UTC() {
			t.Errorf("the literal promise moves with the extension and not with the pause: %v", b.PromisedDueAt)
		}
	}
	open := seven
	open.ExtendedTo = 10
	open.Pauses = []Pause{pause(t, "2026-03-04T10:00:00+08:00", "NEEDS_INFO")}
	r, err := Compute(cn, open)
	if err != nil || r.DueAt != nil || *r.PromisedLastDay != (calendar.Date{Year: 2026, Month: time.March, Day: 16}) {
		t.Errorf("extended while paused: %+v, %v", r, err)
	}
}
