package plan

import (
	"slices"
	"time"

	"aftersales/internal/lifecycle"
)

// Where several plans promise a case the same, the stricter promise holds (issue: adopting one plan loses nothing of another).
// Which is stricter is only known once both are counted: 24 hours from a Friday end before 1 working day, and not from a Monday.

// Candidate is a promise that starts now, under its plan, with the instant at which it would be due.
type Candidate struct {
	Plan    *Plan
	Promise Promise
	DueAt   time.Time
}

// Holding keeps of what several plans promise what no other promise of the same kind makes needless: one is needless if
// another is due no later, is fulfilled by nothing that would not fulfil it too, stands still no oftener, is explained and
// followed up no less, can be extended no farther, and is owed by the same party. Of two that make each other needless the first stays. What the customer has to do themselves is no promise to
// them: of those the latest holds.
func Holding(all []Candidate) []Candidate {
	out := make([]Candidate, 0, len(all))
	for i, c := range all {
		needless := slices.ContainsFunc(all, func(o Candidate) bool { return o.covers(c) && !c.covers(o) }) ||
			slices.ContainsFunc(all[:i], func(o Candidate) bool { return o.covers(c) && c.covers(o) })
		if !needless {
			out = append(out, c)
		}
	}
	return out
}

// covers reports whether whoever keeps c keeps o.
func (c Candidate) covers(o Candidate) bool {
	p, q := c.Promise, o.Promise
	if p.Kind != q.Kind || p.Obligor != q.Obligor {
		return false
	}
	if p.Obligor == Customer {
		return !c.DueAt.Before(o.DueAt)
	}
	return !o.DueAt.Before(c.DueAt) && p.Fulfils(q) && within(p.PausedIn, q.PausedIn) && within(q.OnTimeout, p.OnTimeout) &&
		(p.Explain || !q.Explain) && (p.ExplainAhead || !q.ExplainAhead) && p.extendsNoFarther(q)
}

func (p Promise) extendsNoFarther(q Promise) bool {
	return p.Extension == nil || q.Extension != nil && p.Unit == q.Unit && p.Extension.To <= q.Extension.To
}

// Fulfils reports whether whatever fulfils p fulfils q as well.
func (p Promise) Fulfils(q Promise) bool {
	for _, e := range p.Stop {
		if !slices.Contains(q.Stop, e) {
			return false
		}
	}
	if len(p.StopAll) == 0 {
		return true
	}
	some := slices.ContainsFunc(p.StopAll, func(e lifecycle.Event) bool { return slices.Contains(q.Stop, e) })
	return some || len(q.StopAll) > 0 && within(q.StopAll, p.StopAll)
}

func within[T comparable](a, b []T) bool {
	return !slices.ContainsFunc(a, func(v T) bool { return !slices.Contains(b, v) })
}
