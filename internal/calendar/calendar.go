// Package calendar knows which days are worked where, and when a local day begins.
//
// A Calendar is immutable and safe for concurrent use: a zone, a weekend, and for each known year the days off and the
// make-up workdays of its official notice. China ("CN", from the notices) and Germany ("DE", by rule) are built in.
// The package is pure: it knows no deadlines, no merchants, no storage and no current time.
package calendar

import (
	"time"
	_ "time/tzdata" // zones must exist on a machine without a zone database
)

// Calendar answers for one version of one Spec.
type Calendar struct {
	spec    Spec
	version int
	zone    *time.Location
	weekend [7]bool
	years   map[int]Status
	listed  map[Date]listing
	tables  [lastYear - firstYear + 3]*table // by year, from firstYear-1; nil where only the weekend is known
}

// listing is what a notice says about one date.
type listing struct {
	name   string
	status Status // of the year whose notice lists the date, which need not be the date's own
	off    bool   // otherwise a make-up workday
}

// table is a year worked out day by day, since deadlines ask about many days each time they are counted.
type table [1 << 9]struct{ worked, published bool }

// cell is the place of a date in its year's table.
func cell(d Date) int { return (int(d.Month)<<5 | d.Day) & (1<<9 - 1) }

func (c *Calendar) table(year int) *table {
	if i := year - (firstYear - 1); i >= 0 && i < len(c.tables) {
		return c.tables[i]
	}
	return nil
}

// tabulate fills the tables of every year that a notice is about or reaches into.
func (c *Calendar) tabulate() {
	fill := func(year int) {
		if c.table(year) != nil {
			return
		}
		t := new(table)
		for d := (Date{year, time.January, 1}); d.Year == year; d = d.AddDays(1) {
			day := &t[cell(d)]
			day.worked, day.published = !c.weekend[d.Weekday()], c.years[year] == Published
			if l, ok := c.listed[d]; ok {
				day.worked, day.published = !l.off, l.status == Published
			}
		}
		c.tables[year-(firstYear-1)] = t
	}
	for year := range c.years {
		fill(year)
	}
	for d := range c.listed {
		fill(d.Year)
	}
}

// Code is the calendar's code, such as "CN".
func (c *Calendar) Code() string { return c.spec.Code }

// Version is the number given to New: publishing makes a new version.
func (c *Calendar) Version() int { return c.version }

// Name is the calendar's name for people.
func (c *Calendar) Name() string { return c.spec.Name }

// Zone is the zone whose dates this calendar counts.
func (c *Calendar) Zone() *time.Location { return c.zone }

// ZoneName is the IANA name of Zone.
func (c *Calendar) ZoneName() string { return c.spec.TimeZone }

// Spec is a copy of what the calendar was made from, years and days in the order of time.
func (c *Calendar) Spec() Spec { return c.spec.clone() }

// IsWorkday: a date is worked when a notice makes it a make-up workday, or when it is neither weekend nor listed as off.
// Outside the known years only the weekend is known; see Published.
func (c *Calendar) IsWorkday(d Date) bool {
	if t := c.table(d.Year); t != nil {
		return t[cell(d)].worked
	}
	return !c.weekend[d.Weekday()]
}

// Published reports whether it is certain that d is worked or not: its year is published, or, for a date that a
// neighbouring year's notice lists, that year is (2022-12-31 belongs to the notice for 2023).
func (c *Calendar) Published(d Date) bool {
	t := c.table(d.Year)
	return t != nil && t[cell(d)].published
}

// DayName tells what a notice says about d: the holiday's name and whether d is off for it or a make-up workday. An
// unlisted date, an ordinary weekend among them, has no name.
func (c *Calendar) DayName(d Date) (name string, off, makeUp bool) {
	l, ok := c.listed[d]
	return l.name, ok && l.off, ok && !l.off
}

// NextWorkday is the first workday strictly after d.
func (c *Calendar) NextWorkday(d Date) Date {
	for {
		if d = d.AddDays(1); c.IsWorkday(d) {
			return d
		}
	}
}

// StartOfDay is the first instant of the local date, in UTC: also where midnight does not exist (the clock jumps over
// it) or happens twice. For a date that a zone left out altogether it is the first instant after it.
func (c *Calendar) StartOfDay(d Date) time.Time { return c.At(d, 0) }

// At is the first instant, in UTC, at which the local clock shows the given minute of d or a later one: where the clock
// jumps over that minute it is the instant of the jump, where the minute happens twice it is the earlier one.
func (c *Calendar) At(d Date, minute int) time.Time {
	wall := d.utc().Add(time.Duration(minute) * time.Minute)
	// time.Date does not say which side of a gap or an overlap it takes, so walk the periods of constant offset
	// around the day; no zone is more than a day away from UTC.
	for period := wall.Add(-36 * time.Hour).In(c.zone); ; {
		_, offset := period.Zone()
		_, end := period.ZoneBounds()
		at := wall.Add(-time.Duration(offset) * time.Second)
		if at.Before(period) {
			at = period.UTC()
		}
		if end.IsZero() || at.Before(end) {
			return at
		}
		period = end
	}
}
