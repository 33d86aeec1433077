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
}

// listing is what a notice says about one date.
type listing struct {
	name   string
	status Status // of the year whose notice lists the date, which need not be the date's own
	off    bool   // otherwise a make-up workday
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
	if l, ok := c.listed[d]; ok {
		return !l.off
	}
	return !c.weekend[d.Weekday()]
}

// Published reports whether it is certain that d is worked or not: its year is published, or, for a date that a
// neighbouring year's notice lists, that year is (2022-12-31 belongs to the notice for 2023).
func (c *Calendar) Published(d Date) bool {
	if l, ok := c.listed[d]; ok {
		return l.status == Published
	}
	return c.years[d.Year] == Published
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
