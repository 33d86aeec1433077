package deadline

import (
	"slices"
	"testing"
	"time"

	"aftersales/internal/calendar"

	"pgregory.net/rapid"
)

// propertyCalendars differ in zone trouble and in holidays: a published China, a provisional end of it, a Friday weekend
// where midnight may be missing, and one where it may come twice.
func propertyCalendars(t testing.TB) []*calendar.Calendar {
	all := calendars(t)
	havana := calendar.Spec{
		Code: "CU", Name: "Cuba", TimeZone: "America/Havana", Weekend: []time.Weekday{time.Sunday},
		Years: []calendar.Year{{Year: 2026, Status: calendar.Published}},
	}
	for i := range 12 {
		havana.Years[0].Off = append(havana.Years[0].Off, calendar.Day{
			Date: calendar.Date{Year: 2026, Month: time.Month(i + 1), Day: 1 + 2*i}, Name: "Holiday",
		})
	}
	return []*calendar.Calendar{all["CN"], all["DE"], all["EG"], made(t, havana)}
}

// drawClock makes clocks on whole hours around clock changes and holidays of 2025-2027.
func drawClock(t *rapid.T, unit Unit) Clock {
	base := time.Date(2025, 9, 1, 0, 0, 0, 0, time.UTC)
	hours := func(name string, from, to int) time.Time {
		return base.Add(time.Duration(rapid.IntRange(from, to).Draw(t, name)) * time.Hour)
	}
	if unit == "" {
		unit = rapid.SampledFrom([]Unit{Hours, WorkingDays, Days, Months}).Draw(t, "unit")
	}
	longest := map[Unit]int{Hours: 300, WorkingDays: 20, Days: 30, Months: 3}[unit]
	c := Clock{
		Rule:  Rule{Unit: unit, Length: rapid.IntRange(1, longest).Draw(t, "length"), Roll: rapid.Bool().Draw(t, "roll")},
		Start: hours("start", 0, 12_000),
	}
	if rapid.Bool().Draw(t, "extended") {
		c.ExtendedTo = c.Rule.Length + rapid.IntRange(1, 10).Draw(t, "by")
	}
	startHour := int(c.Start.Sub(base) / time.Hour)
	for range rapid.IntRange(0, 4).Draw(t, "pauses") {
		from := hours("from", startHour-100, startHour+1_000)
		p := Pause{From: from}
		if rapid.IntRange(0, 9).Draw(t, "closed") > 0 {
			to := from.Add(time.Duration(rapid.IntRange(0, 200).Draw(t, "lasts")) * time.Hour)
			p.To = &to
		}
		c.Pauses = append(c.Pauses, p)
	}
	return c
}

// naive follows the same words in another way: hour by hour along a list of slots, day by day along a list of dates.
type naive struct {
	cal    *calendar.Calendar
	first  time.Time // the hour of slot 0
	paused []bool    // one slot an hour
}

const slots = 24 * 365

func newNaive(cal *calendar.Calendar, c Clock) naive {
	n := naive{cal: cal, first: c.Start, paused: make([]bool, slots)}
	for _, p := range c.Pauses {
		for i := range n.paused {
			at := c.Start.Add(time.Duration(i) * time.Hour)
			if !at.Before(p.From) && (p.To == nil || at.Before(*p.To)) {
				n.paused[i] = true
			}
		}
	}
	return n
}

// due is nil while an open pause holds the clock.
func (n naive) due(c Clock) *time.Time {
	length := max(c.Rule.Length, c.ExtendedTo)
	if c.Rule.Unit == Hours {
		for i := range n.paused {
			if length == 0 {
				at := n.first.Add(time.Duration(i) * time.Hour)
				return &at
			}
			if !n.paused[i] {
				length--
			}
		}
		return nil
	}
	extra := 0
	due := n.end(c, length, extra)
	for i := 0; i < slots; {
		if !n.paused[i] {
			i++
			continue
		}
		j := i
		for j < slots && n.paused[j] {
			j++
		}
		from, to := n.first.Add(time.Duration(i)*time.Hour), n.first.Add(time.Duration(j)*time.Hour)
		if !from.Before(due) {
			break
		}
		if j == slots {
			return nil
		}
		for _, d := range n.dates(c, from) { // its midnights: the days after the pause's first
			if at := n.midnight(d); at.After(from) && !at.After(to) {
				extra++
			}
		}
		due = n.end(c, length, extra)
		i = j
	}
	return &due
}

// dates lists the days of the rule's kind after the local date of an instant, for a year and a half.
func (n naive) dates(c Clock, from time.Time) []calendar.Date {
	var list []calendar.Date
	y, m, d := from.In(n.cal.Zone()).Date()
	for i := 1; i < 550; i++ {
		noon := time.Date(y, m, d+i, 12, 0, 0, 0, n.cal.Zone())
		date := calendar.Date{Year: noon.Year(), Month: noon.Month(), Day: noon.Day()}
		if c.Rule.Unit != WorkingDays || n.cal.IsWorkday(date) {
			list = append(list, date)
		}
	}
	return list
}

func (n naive) end(c Clock, length, extra int) time.Time {
	var last calendar.Date
	if c.Rule.Unit == Months {
		start := n.first.In(n.cal.Zone())
		end := time.Date(start.Year(), start.Month()+time.Month(length), start.Day(), 12, 0, 0, 0, n.cal.Zone())
		for end.Day() != start.Day() && end.Day() < 4 { // ran over into the next month
			end = end.AddDate(0, 0, -1)
		}
		end = end.AddDate(0, 0, extra)
		last = calendar.Date{Year: end.Year(), Month: end.Month(), Day: end.Day()}
	} else {
		last = n.dates(c, n.first)[length+extra-1]
	}
	if c.Rule.Roll {
		for !n.cal.IsWorkday(last) {
			last = last.AddDays(1)
		}
	}
	return n.midnight(last.AddDays(1))
}

// midnight steps back from noon as long as it is still the same day; clock changes happen on quarters of an hour.
func (n naive) midnight(d calendar.Date) time.Time {
	at := time.Date(d.Year, d.Month, d.Day, 12, 0, 0, 0, n.cal.Zone())
	for at.Add(-15*time.Minute).Day() == d.Day {
		at = at.Add(-15 * time.Minute)
	}
	return at.UTC()
}

func compute(t *rapid.T, cal *calendar.Calendar, c Clock) Result {
	r, err := Compute(cal, c)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// later compares due times; an open clock is later than any other.
func later(a, b *time.Time) bool {
	if a == nil || b == nil {
		return a == nil && b != nil
	}
	return a.After(*b)
}

func TestAgreesWithANaiveSimulation(t *testing.T) { // MALL-4.1a, MALL-4.2a, MALL-4.3a, MALL-4.3b, PLEDGE-3.4.2
	t.Parallel()
	cals := propertyCalendars(t)
	rapid.Check(t, func(t *rapid.T) {
		cal, c := rapid.SampledFrom(cals).Draw(t, "calendar"), drawClock(t, "")
		r := compute(t, cal, c)
		want := newNaive(cal, c).due(c)
		if (r.DueAt == nil) != (want == nil) || want != nil && !r.DueAt.Equal(*want) {
			t.Fatalf("%s %+v\ndue  %v\nwant %v", cal.Code(), c, r.DueAt, want)
		}
		bare := c
		bare.Pauses = nil
		if want := newNaive(cal, bare).due(bare); !r.PromisedDueAt.Equal(*want) {
			t.Fatalf("promised %v, want %v", r.PromisedDueAt, want)
		}
	})
}

func TestDayClocksEndWithALocalDay(t *testing.T) {
	t.Parallel()
	cals := propertyCalendars(t)
	rapid.Check(t, func(t *rapid.T) {
		cal := rapid.SampledFrom(cals).Draw(t, "calendar")
		c := drawClock(t, rapid.SampledFrom([]Unit{WorkingDays, Days, Months}).Draw(t, "day unit"))
		r := compute(t, cal, c)
		begins := func(at time.Time, last calendar.Date) {
			d := calendar.DateOf(at, cal.Zone())
			if d != last.AddDays(1) || !cal.StartOfDay(d).Equal(at) || calendar.DateOf(at.Add(-time.Microsecond), cal.Zone()) != last {
				t.Fatalf("%v is not 24:00 of %v", at, last)
			}
			if (c.Rule.Unit == WorkingDays || c.Rule.Roll) && !cal.IsWorkday(last) {
				t.Fatalf("the last day %v is a rest day", last)
			}
		}
		begins(r.PromisedDueAt, *r.PromisedLastDay)
		if r.DueAt != nil {
			begins(*r.DueAt, *r.LastDay)
		}
		day0 := calendar.DateOf(c.Start, cal.Zone())
		for i, d := range r.CountedDays {
			if !day0.Before(d) || i > 0 && !r.CountedDays[i-1].Before(d) || c.Rule.Unit == WorkingDays && !cal.IsWorkday(d) {
				t.Fatalf("counted days %v from %v", r.CountedDays, day0)
			}
		}
		if c.Rule.Unit == WorkingDays && r.LastDay != nil && r.CountedDays[len(r.CountedDays)-1] != *r.LastDay {
			t.Fatalf("the last counted day is not %v", r.LastDay)
		}
		// Only a date in an unpublished year that was looked at makes a result provisional: none before 2027 is.
		if r.LastDay != nil && r.LastDay.Year < 2027 && cal.Code() == "CN" && r.PromisedLastDay.Year < 2027 && lastPause(c).Year() < 2027 && r.Provisional {
			t.Fatal("provisional without reaching an unpublished year")
		}
	})
}

func lastPause(c Clock) time.Time {
	latest := c.Start
	for _, p := range c.Pauses {
		if p.To != nil && p.To.After(latest) {
			latest = *p.To
		}
	}
	return latest
}

func TestMoreTimeIsNeverLessTime(t *testing.T) {
	t.Parallel()
	cals := propertyCalendars(t)
	rapid.Check(t, func(t *rapid.T) {
		cal, c := rapid.SampledFrom(cals).Draw(t, "calendar"), drawClock(t, "")
		c.ExtendedTo = 0
		longer := c
		longer.Rule.Length++
		a, b := compute(t, cal, c), compute(t, cal, longer)
		if later(a.DueAt, b.DueAt) && b.DueAt != nil {
			t.Fatalf("%d: %v, %d: %v", c.Rule.Length, a.DueAt, longer.Rule.Length, b.DueAt)
		}
		if !b.PromisedDueAt.After(a.PromisedDueAt) && !c.Rule.Roll && c.Rule.Unit != Months {
			t.Fatalf("%d: %v, %d: %v", c.Rule.Length, a.PromisedDueAt, longer.Rule.Length, b.PromisedDueAt)
		}
		asExtension := c
		asExtension.ExtendedTo = longer.Rule.Length
		e := compute(t, cal, asExtension)
		if later(e.DueAt, b.DueAt) || later(b.DueAt, e.DueAt) || !e.PromisedDueAt.Equal(b.PromisedDueAt) {
			t.Fatalf("extension %v, longer rule %v", e.DueAt, b.DueAt)
		}
	})
}

func TestPausesNeverMakeItEarlierAndTheirOrderIsNothing(t *testing.T) {
	t.Parallel()
	cals := propertyCalendars(t)
	rapid.Check(t, func(t *rapid.T) {
		cal, c := rapid.SampledFrom(cals).Draw(t, "calendar"), drawClock(t, "")
		r := compute(t, cal, c)
		if r.DueAt != nil && r.DueAt.Before(r.PromisedDueAt) {
			t.Fatalf("due %v before the promise %v", r.DueAt, r.PromisedDueAt)
		}
		given := slices.Clone(c.Pauses)
		shuffled := c
		shuffled.Pauses = rapid.Permutation(c.Pauses).Draw(t, "order")
		// A pause cut in two and told twice is the same pause.
		for _, p := range c.Pauses {
			if p.To != nil {
				mid := p.From.Add(p.To.Sub(p.From) / 2)
				shuffled.Pauses = append(shuffled.Pauses, Pause{From: mid, To: p.To}, Pause{From: p.From, To: &mid})
			}
		}
		s := compute(t, cal, shuffled)
		if later(r.DueAt, s.DueAt) || later(s.DueAt, r.DueAt) || !slices.Equal(r.CountedDays, s.CountedDays) {
			t.Fatalf("%v in this order, %v in that", r.DueAt, s.DueAt)
		}
		if !slices.EqualFunc(given, c.Pauses, func(a, b Pause) bool { return a.From.Equal(b.From) && a.To == b.To }) {
			t.Fatal("Compute changed its input")
		}
		if len(c.Pauses) > 0 {
			fewer := c
			fewer.Pauses = c.Pauses[1:]
			if f := compute(t, cal, fewer); later(f.DueAt, r.DueAt) {
				t.Fatalf("due %v with one pause more, %v without", r.DueAt, f.DueAt)
			}
		}
	})
}
