package deadline

import (
	"strings"
	"testing"
	"time"

	"aftersales/internal/calendar"
)

func builtIn(t testing.TB, code string) *calendar.Calendar {
	t.Helper()
	spec, ok := calendar.BuiltIn(code)
	if !ok {
		t.Fatalf("no built-in calendar %s", code)
	}
	return made(t, spec)
}

func made(t testing.TB, spec calendar.Spec) *calendar.Calendar {
	t.Helper()
	c, err := calendar.New(spec, 1)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// calendars are those of the worked examples: EG and US with a weekend and no holidays entered.
func calendars(t testing.TB) map[string]*calendar.Calendar {
	t.Helper()
	return map[string]*calendar.Calendar{
		"CN": builtIn(t, "CN"),
		"DE": builtIn(t, "DE"),
		"EG": made(t, calendar.Spec{
			Code: "EG", Name: "Egypt", TimeZone: "Africa/Cairo", Weekend: []time.Weekday{time.Friday, time.Saturday},
			Years: []calendar.Year{{Year: 2026, Status: calendar.Published}},
		}),
		"US": made(t, calendar.Spec{
			Code: "US", Name: "United States", TimeZone: "America/New_York", Weekend: []time.Weekday{time.Saturday, time.Sunday},
			Years: []calendar.Year{{Year: 2026, Status: calendar.Published}},
		}),
	}
}

func at(t testing.TB, s string) time.Time {
	t.Helper()
	v, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// pause reads "from to" or "from" for an open pause.
func pause(t testing.TB, s, reason string) Pause {
	t.Helper()
	from, to, closed := strings.Cut(s, " ")
	p := Pause{From: at(t, from), Reason: reason}
	if closed {
		end := at(t, to)
		p.To = &end
	}
	return p
}

type example struct {
	id, calendar string
	rule         Rule
	extendedTo   int
	start        string
	pauses       []string
	due          string // "" while paused
	promised     string // "" when it equals due
	last         string // "" for hours and while paused
	counted      string
	provisional  bool
}

// The table of deadlines.md, row by row: MALL-4.1a (hours), MALL-4.2a and MALL-4.3a (working days), MALL-4.3b
// (extension), MALL-5.1c (months), PLEDGE-3.4.2 (calendar days), COURIER-4.1.3 (hour clocks never stop).
var examples = []example{
	{
		id: "E01 ordinary week, Tuesday morning", rule: Rule{Unit: WorkingDays, Length: 3},
		start: "2026-03-10T10:15:00+08:00", due: "2026-03-14T00:00:00+08:00",
		last: "2026-03-13", counted: "2026-03-11 2026-03-12 2026-03-13",
	}, {
		id: "E03 Spring Festival 2025: make-up Sunday counts", rule: Rule{Unit: WorkingDays, Length: 3},
		start: "2025-01-24T15:00:00+08:00", due: "2025-02-06T00:00:00+08:00",
		last: "2025-02-05", counted: "2025-01-26 2025-01-27 2025-02-05",
	}, {
		id: "E05 extended from 7 to 10", rule: Rule{Unit: WorkingDays, Length: 7}, extendedTo: 10,
		start: "2025-01-22T09:00:00+08:00", due: "2025-02-12T00:00:00+08:00", last: "2025-02-11",
		counted: "2025-01-23 2025-01-24 2025-01-26 2025-01-27 2025-02-05 2025-02-06 2025-02-07 2025-02-08 2025-02-10 2025-02-11",
	}, {
		id: "E09 National Day and Mid-Autumn 2025: start on the eve", rule: Rule{Unit: WorkingDays, Length: 3},
		start: "2025-09-30T09:00:00+08:00", due: "2025-10-12T00:00:00+08:00",
		last: "2025-10-11", counted: "2025-10-09 2025-10-10 2025-10-11",
	}, {
		id: "E11 start on a make-up Sunday", rule: Rule{Unit: WorkingDays, Length: 3},
		start: "2025-09-28T10:00:00+08:00", due: "2025-10-10T00:00:00+08:00",
		last: "2025-10-09", counted: "2025-09-29 2025-09-30 2025-10-09",
	}, {
		id: "E13 start exactly at 00:00", rule: Rule{Unit: WorkingDays, Length: 3},
		start: "2026-03-11T00:00:00+08:00", due: "2026-03-17T00:00:00+08:00",
		last: "2026-03-16", counted: "2026-03-12 2026-03-13 2026-03-16",
	}, {
		id: "E20 customer abroad, merchant in China", rule: Rule{Unit: WorkingDays, Length: 3},
		start: "2025-10-10T20:00:00-04:00", due: "2025-10-16T00:00:00+08:00",
		last: "2025-10-15", counted: "2025-10-13 2025-10-14 2025-10-15",
	}, {
		id: "E21 24-hour clock on National Day", rule: Rule{Unit: Hours, Length: 24},
		start: "2025-10-01T08:30:00+08:00", due: "2025-10-02T08:30:00+08:00",
	}, {
		id: "E24 48 hours over the US spring-forward", calendar: "US", rule: Rule{Unit: Hours, Length: 48},
		start: "2026-03-07T09:00:00-05:00", due: "2026-03-09T10:00:00-04:00",
	}, {
		id: "E32 Cairo: midnight does not exist", calendar: "EG", rule: Rule{Unit: WorkingDays, Length: 3},
		start: "2026-04-20T10:00:00+02:00", due: "2026-04-24T01:00:00+03:00",
		last: "2026-04-23", counted: "2026-04-21 2026-04-22 2026-04-23",
	}, {
		id: "E34 two overlapping pauses count once", rule: Rule{Unit: Hours, Length: 24},
		start:  "2026-05-20T09:00:00+08:00",
		pauses: []string{"2026-05-20T10:00:00+08:00 2026-05-20T14:00:00+08:00", "2026-05-20T12:00:00+08:00 2026-05-20T16:00:00+08:00"},
		due:    "2026-05-21T15:00:00+08:00", promised: "2026-05-21T09:00:00+08:00",
	}, {
		id: "E36 paused until the parcel comes back", rule: Rule{Unit: WorkingDays, Length: 3},
		start:  "2026-05-11T10:00:00+08:00",
		pauses: []string{"2026-05-12T15:00:00+08:00 2026-05-15T09:00:00+08:00"},
		due:    "2026-05-20T00:00:00+08:00", promised: "2026-05-15T00:00:00+08:00", last: "2026-05-19",
		counted: "2026-05-12 2026-05-13 2026-05-14 2026-05-15 2026-05-18 2026-05-19",
	}, {
		id: "E38 pause inside one day adds no day", rule: Rule{Unit: WorkingDays, Length: 3},
		start:  "2026-05-11T10:00:00+08:00",
		pauses: []string{"2026-05-13T09:00:00+08:00 2026-05-13T18:00:00+08:00"},
		due:    "2026-05-15T00:00:00+08:00", last: "2026-05-14", counted: "2026-05-12 2026-05-13 2026-05-14",
	}, {
		id: "E40 pause after the deadline does not heal a breach", rule: Rule{Unit: WorkingDays, Length: 3},
		start:  "2026-05-11T10:00:00+08:00",
		pauses: []string{"2026-05-15T00:00:00+08:00 2026-05-19T09:00:00+08:00"},
		due:    "2026-05-15T00:00:00+08:00", last: "2026-05-14", counted: "2026-05-12 2026-05-13 2026-05-14",
	}, {
		id: "E41 open pause: no due instant", rule: Rule{Unit: WorkingDays, Length: 3},
		start: "2026-05-11T10:00:00+08:00", pauses: []string{"2026-05-13T15:00:00+08:00"},
		due: "", promised: "2026-05-15T00:00:00+08:00", counted: "2026-05-12 2026-05-13",
	}, {
		id: "E43 7-day return, last day inside National Day: rolls", rule: Rule{Unit: Days, Length: 7, Roll: true},
		start: "2025-09-26T18:20:00+08:00", due: "2025-10-10T00:00:00+08:00", last: "2025-10-09",
		counted: "2025-09-27 2025-09-28 2025-09-29 2025-09-30 2025-10-01 2025-10-02 2025-10-03",
	}, {
		id: "E48 one-year warranty from Feb 29", rule: Rule{Unit: Months, Length: 12, Roll: true},
		start: "2024-02-29T12:00:00+08:00", due: "2025-03-01T00:00:00+08:00", last: "2025-02-28",
	}, {
		id: "E58 into a year without a published notice", rule: Rule{Unit: WorkingDays, Length: 3},
		start: "2026-12-30T10:00:00+08:00", due: "2027-01-06T00:00:00+08:00", last: "2027-01-05",
		counted: "2026-12-31 2027-01-04 2027-01-05", provisional: true,
	},
}

func (e example) clock(t testing.TB) Clock {
	t.Helper()
	c := Clock{Rule: e.rule, Start: at(t, e.start), ExtendedTo: e.extendedTo}
	for _, p := range e.pauses {
		c.Pauses = append(c.Pauses, pause(t, p, "AWAITING_SHIPMENT"))
	}
	return c
}

func (e example) in(all map[string]*calendar.Calendar) *calendar.Calendar {
	if e.calendar == "" {
		return all["CN"]
	}
	return all[e.calendar]
}

func TestWorkedExamples(t *testing.T) {
	t.Parallel()
	all := calendars(t)
	for _, e := range examples {
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

func (e example) check(t *testing.T, r Result) {
	t.Helper()
	switch {
	case e.due == "" && (r.DueAt != nil || r.LastDay != nil):
		t.Errorf("due %v, last day %v while paused", r.DueAt, r.LastDay)
	case e.due != "" && (r.DueAt == nil || !r.DueAt.Equal(at(t, e.due))):
		t.Errorf("due %v, want %v", r.DueAt, at(t, e.due).UTC())
	}
	promised := e.promised
	if promised == "" {
		promised = e.due
	}
	if !r.PromisedDueAt.Equal(at(t, promised)) || r.PromisedDueAt.Location() != time.UTC {
		t.Errorf("promised %v, want %v", r.PromisedDueAt, at(t, promised).UTC())
	}
	if got := text(r.LastDay); got != e.last {
		t.Errorf("last day %q, want %q", got, e.last)
	}
	if isHours := e.rule.Unit == Hours; (r.PromisedLastDay == nil) != isHours {
		t.Errorf("promised last day %v", r.PromisedLastDay)
	}
	var counted []string
	for _, d := range r.CountedDays {
		counted = append(counted, d.String())
	}
	if got := strings.Join(counted, " "); got != e.counted {
		t.Errorf("counted %q, want %q", got, e.counted)
	}
	if r.Provisional != e.provisional {
		t.Errorf("provisional %v", r.Provisional)
	}
}

func text(d *calendar.Date) string {
	if d == nil {
		return ""
	}
	return d.String()
}
