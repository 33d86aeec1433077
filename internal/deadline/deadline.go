// Package deadline counts when a promise ends, and tells why.
//
// A Clock is a rule, a start, pauses and perhaps an extension; Compute turns it into due times by a calendar. The counting
// follows Civil Code 200-204: by days and months the first day is not counted and the last one ends at 24:00 in the
// calendar's zone (or at the close of business where that was agreed); by hours the time elapses.
//
// The package is pure: it knows no cases, merchants, storage and current time. Whether a clock is met or breached is for
// its user to say, with OnTime.
package deadline

import (
	"slices"
	"time"

	"aftersales/internal/calendar"
)

// Result is what a clock comes to. Instants are UTC in whole microseconds and exclusive: done before them is in time.
type Result struct {
	// PromisedDueAt is the literal promise, with the extension but without any pause. PromisedLastDay is nil for hours.
	PromisedDueAt   time.Time
	PromisedLastDay *calendar.Date
	// DueAt is the effective due time, nil while a pause is open: such a clock cannot be breached. LastDay is nil then, too,
	// and for hours.
	DueAt   *time.Time
	LastDay *calendar.Date
	// CountedDays are the days 1 to n of a working-day or day clock, with those that pauses added and without those that
	// only a roll passed over; while a pause is open, those up to the day on which it began. Empty for hours and months.
	CountedDays []calendar.Date
	// Provisional: it mattered whether some date in a year without a published notice is worked, so that the result may
	// change on publication. Never for hours.
	Provisional bool
}

// Compute counts a clock. The error is a *problem.Problem (INVALID_INPUT) at unit, length, extendedTo, startedAt, cutOff,
// closeOfBusiness or pauses.N.from/to.
func Compute(cal *calendar.Calendar, c Clock) (Result, error) {
	if p := c.check(); p != nil {
		return Result{}, p
	}
	return count(cal, c).Result, nil
}

// OnTime: the due instant itself is late, for every kind of clock.
func OnTime(completed, due time.Time) bool { return completed.Before(due) }

// AtRiskAt is when a clock that is still open deserves attention: once thresholdBps ten-thousandths of the promised time
// are used up, measured back from the effective due time, and never before the start. It is nil when nothing is due.
func AtRiskAt(r Result, start time.Time, thresholdBps int) *time.Time {
	if r.DueAt == nil {
		return nil
	}
	start = instant(start)
	left := int64(10_000 - min(max(thresholdBps, 0), 10_000))
	promised := r.PromisedDueAt.Sub(start).Microseconds()
	at := r.DueAt.Add(-time.Duration(promised*left/10_000) * time.Microsecond)
	if at.Before(start) {
		at = start
	}
	return &at
}

// tally is a Result with the reasons that Explain tells.
type tally struct {
	Result
	start   time.Time
	length  int           // in force: the extended one, if extended
	day0    calendar.Date // the day that is not counted; zero for hours
	moved   bool          // the cut-off moved day0 away from the date of the start
	nominal calendar.Date // the last day before any roll
	pauses  []effect      // those that count; an open one is the last
	// unpublished are the years without a notice that were looked at.
	unpublished []int
}

// effect is what one pause added: days for day clocks, its own duration for hour clocks.
type effect struct {
	span
	days    int
	elapsed time.Duration
}

func count(cal *calendar.Calendar, c Clock) tally {
	t := tally{start: instant(c.Start), length: c.Rule.Length}
	if c.ExtendedTo != 0 {
		t.length = c.ExtendedTo
	}
	if c.Rule.Unit.Elapsed() {
		t.countHours(c)
	} else {
		w := walk{cal: cal, rule: c.Rule}
		t.countDays(&w, c)
		t.CountedDays, t.unpublished = w.counted, w.unpublished
		t.Provisional = len(w.unpublished) > 0
	}
	return t
}

func (t *tally) countHours(c Clock) {
	due := t.start.Add(time.Duration(t.length) * c.Rule.Unit.span())
	t.PromisedDueAt = due
	for _, s := range unite(c.Pauses, t.start) {
		if !s.from.Before(due) {
			break // waiting after the due time heals no breach
		}
		if s.open {
			t.pauses = append(t.pauses, effect{span: s})
			return
		}
		elapsed := s.to.Sub(s.from)
		due = due.Add(elapsed)
		t.pauses = append(t.pauses, effect{span: s, elapsed: elapsed})
	}
	t.DueAt = &due
}

func (t *tally) countDays(w *walk, c Clock) {
	day0, from := w.begin(t.start)
	t.day0, t.moved = day0, !from.Equal(t.start)
	t.nominal = w.first(day0, t.length)
	due, last := w.end(t.nominal)
	promisedLast := last
	t.PromisedDueAt, t.PromisedLastDay = due, &promisedLast
	for _, s := range unite(c.Pauses, from) {
		if !s.from.Before(due) {
			break // waiting after the due time heals no breach
		}
		begun := calendar.DateOf(s.from, w.cal.Zone())
		if s.open {
			t.pauses = append(t.pauses, effect{span: s})
			w.counted = slices.DeleteFunc(w.counted, begun.Before)
			return
		}
		// The first-day rule applied to the pause itself: only days whose 00:00 falls inside it.
		days := w.between(begun, calendar.DateOf(s.to, w.cal.Zone()))
		t.nominal = w.advance(t.nominal, days)
		due, last = w.end(t.nominal)
		t.pauses = append(t.pauses, effect{span: s, days: days})
	}
	t.DueAt, t.LastDay = &due, &last
}

// walk goes over the days of a calendar for one rule and remembers what it counted and which years it had to guess.
type walk struct {
	cal         *calendar.Calendar
	rule        Rule
	counted     []calendar.Date
	unpublished []int
}

// workday is the only question put to the calendar about a date, so that no guess goes unnoticed.
func (w *walk) workday(d calendar.Date) bool {
	if !w.cal.Published(d) && !slices.Contains(w.unpublished, d.Year) {
		w.unpublished = append(w.unpublished, d.Year)
	}
	return w.cal.IsWorkday(d)
}

func (w *walk) nextWorkday(d calendar.Date) calendar.Date {
	for {
		if d = d.AddDays(1); w.workday(d) {
			return d
		}
	}
}

// begin is day 0 and the instant from which pauses matter: the start, or under a cut-off the beginning of the next workday.
func (w *walk) begin(start time.Time) (calendar.Date, time.Time) {
	day0 := calendar.DateOf(start, w.cal.Zone())
	if w.rule.CutOff == nil {
		return day0, start
	}
	if w.workday(day0) && start.Before(w.cal.At(day0, int(*w.rule.CutOff))) {
		return day0, start
	}
	day0 = w.nextWorkday(day0)
	return day0, w.cal.StartOfDay(day0)
}

// first is the last day of the promise itself.
func (w *walk) first(day0 calendar.Date, length int) calendar.Date {
	if w.rule.Unit == Months {
		return day0.AddMonths(length)
	}
	w.counted = make([]calendar.Date, 0, length)
	return w.advance(day0, length)
}

// advance moves a last day by n further days of the rule's kind; months grow by calendar days.
func (w *walk) advance(last calendar.Date, n int) calendar.Date {
	if w.rule.Unit == Months {
		return last.AddDays(n)
	}
	for ; n > 0; n-- {
		if w.rule.Unit == WorkingDays {
			last = w.nextWorkday(last)
		} else {
			last = last.AddDays(1)
		}
		w.counted = append(w.counted, last)
	}
	return last
}

// between counts the days of the rule's kind in (from, to].
func (w *walk) between(from, to calendar.Date) int {
	n := 0
	for d := from.AddDays(1); !to.Before(d); d = d.AddDays(1) {
		if w.rule.Unit != WorkingDays || w.workday(d) {
			n++
		}
	}
	return n
}

// end rolls the last day and finds the instant at which it is over.
func (w *walk) end(last calendar.Date) (time.Time, calendar.Date) {
	if w.rule.Roll && w.rule.Unit != WorkingDays { // a working day needs no roll
		for !w.workday(last) {
			last = last.AddDays(1)
		}
	}
	if w.rule.CloseOfBusiness != nil {
		return w.cal.At(last, int(*w.rule.CloseOfBusiness)), last
	}
	return w.cal.StartOfDay(last.AddDays(1)), last
}
