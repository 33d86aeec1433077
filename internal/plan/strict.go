package plan

import (
	"slices"
	"time"

	"aftersales/internal/deadline"
	"aftersales/internal/lifecycle"
)

// Where several plans promise a case the same, the strictest promise holds, so that adopting one plan loses nothing of another.
// A promise gives way only to one that is provably stricter, whatever the start, the calendar and what happens on the way;
// where that cannot be said of either, both clocks run.

// Candidate is a promise that starts now, under its plan, with the instant at which it would be due.
type Candidate struct {
	Plan    *Plan
	Promise Promise
	DueAt   time.Time
}

// Holding keeps of what several plans promise what no other promise of the same kind makes needless: one is needless if
// another, owed by the same party, is kept by nothing that would not keep it too, in time that is never longer, stands still
// no oftener, can be extended no farther, is explained and followed up no less, and costs no less when missed. Of two that
// make each other needless the first stays. What customers have to do themselves is no promise to them: of those the latest
// holds.
func Holding(all []Candidate) []Candidate {
	out := make([]Candidate, 0, len(all))
	for i := range all {
		if !needless(all, i) {
			out = append(out, all[i])
		}
	}
	return out
}

func needless(all []Candidate, i int) bool {
	c := &all[i]
	for j := range all {
		if o := &all[j]; j != i && o.covers(c) && (j < i || !c.covers(o)) {
			return true
		}
	}
	return false
}

// covers reports whether whoever keeps c keeps o.
func (c *Candidate) covers(o *Candidate) bool {
	p, q := &c.Promise, &o.Promise
	if p.Kind != q.Kind || p.Obligor != q.Obligor {
		return false
	}
	if p.Obligor == Customer {
		return !c.DueAt.Before(o.DueAt)
	}
	return p.noLonger(q) && p.pausesNoMore(q) && p.extendsNoFarther(q) && p.Fulfils(*q) && within(q.OnTimeout, p.OnTimeout) &&
		(p.Explain || !q.Explain) && (p.ExplainAhead || !q.ExplainAhead) && p.costsNoLess(q)
}

// noLonger reports whether p's time provably ends no later than q's when both start together.
func (p *Promise) noLonger(q *Promise) bool {
	if p.Unit == q.Unit && p.Roll && !q.Roll {
		return false // the last day of p may move past that of q
	}
	return NoLonger(p.Unit, p.Length, q.Unit, q.Length)
}

// minutesOf is how many minutes a unit of elapsed time or of days has; 0 for months, which have no fixed length.
func minutesOf(u deadline.Unit) int {
	switch u {
	case deadline.Minutes:
		return 1
	case deadline.Hours:
		return 60
	case deadline.Days, deadline.WorkingDays:
		return 24 * 60
	default:
		return 0
	}
}

// NoLonger reports whether a length of one unit provably ends no later than one of another, whenever they start together and
// whatever the calendar: n days end at 24:00, so they are never less than 24 n hours (where no clock is changed), and n
// working days are never fewer days than n. Nothing is said the other way round, nor between months and anything else.
func NoLonger(unit deadline.Unit, length int, than deadline.Unit, limit int) bool {
	switch {
	case unit == than:
		return length <= limit
	case unit.Elapsed() && than != deadline.Months, unit == deadline.Days && than == deadline.WorkingDays:
		return length*minutesOf(unit) <= limit*minutesOf(than)
	default:
		return false
	}
}

// pausesNoMore reports whether p stays no longer than q also when clocks stand still on the way. Elapsed time and days count a
// pause differently: against days, p needs a day to spare for the pause.
func (p *Promise) pausesNoMore(q *Promise) bool {
	switch {
	case len(p.PausedIn) == 0:
		return true
	case !within(p.PausedIn, q.PausedIn):
		return false
	case p.Unit == q.Unit, p.Unit.Elapsed() && q.Unit.Elapsed():
		return true
	default:
		return p.Unit.Elapsed() && NoLonger(p.Unit, p.Length, q.Unit, q.Length-1)
	}
}

func (p *Promise) extendsNoFarther(q *Promise) bool {
	return p.Extension == nil || q.Extension != nil && NoLonger(p.Unit, p.Extension.To, q.Unit, q.Extension.To)
}

func (p *Promise) costsNoLess(q *Promise) bool {
	return q.Compensation == nil || p.Compensation != nil && p.Compensation.PerDayBps >= q.Compensation.PerDayBps && p.Compensation.CapBps >= q.Compensation.CapBps
}

// Fulfils reports whether whatever fulfils p fulfils q as well.
func (p Promise) Fulfils(q Promise) bool {
	if !within(p.Stop, q.Stop) {
		return false
	}
	if len(p.StopAll) == 0 {
		return true
	}
	// One of p's facts alone may be enough for q. That of having answered is recorded for a question, too.
	some := slices.ContainsFunc(p.StopAll, func(e lifecycle.Event) bool {
		return slices.Contains(q.Stop, e) && (e != lifecycle.Responded || slices.Contains(q.Stop, lifecycle.InfoRequested))
	})
	return some || len(q.StopAll) > 0 && within(q.StopAll, p.StopAll)
}

func within[T comparable](a, b []T) bool {
	for _, v := range a {
		if !slices.Contains(b, v) {
			return false
		}
	}
	return true
}
