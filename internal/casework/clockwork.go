package casework

import (
	"context"
	"slices"
	"time"

	"aftersales/ent"
	"aftersales/internal/calendar"
	"aftersales/internal/deadline"
	"aftersales/internal/id"
	"aftersales/internal/lifecycle"
	"aftersales/internal/plan"
)

// Deadlines of one case: from a promise to a running clock, paused and resumed, met, missed or cancelled. Counting is
// package deadline's; here is only what changes when.

// start begins a promise's clock at an instant, under the version given of the merchant's calendar.
func (st *Step) start(row *ent.Calendar, cal *calendar.Calendar, p *plan.Plan, pr plan.Promise, at time.Time) error {
	d := &ent.Deadline{
		ID: id.New(id.Deadline), MerchantID: st.Case.MerchantID, CaseID: st.Case.ID, CalendarID: row.ID,
		Sandbox: st.Merchant.ClockAt != nil, Kind: pr.Kind, State: plan.Running, Open: true, Obligor: pr.Obligor,
		Clause: pr.Clause, Rule: pr.Rule(), OnTimeout: pr.OnTimeout, AtRiskPercent: pr.AtRiskPercent, Explain: pr.Explain,
		ExplainAhead: pr.ExplainAhead, StartedAt: at, PlanCode: p.Code, PlanVersion: p.Version,
	}
	if err := compute(cal, d); err != nil {
		return err
	}
	st.deadlines = append(st.deadlines, d)
	st.touched[d.ID] = true
	return nil
}

// Clock is the stored deadline as package deadline counts it.
func Clock(d *ent.Deadline) deadline.Clock {
	return deadline.Clock{Rule: d.Rule, Start: d.StartedAt, Pauses: d.Pauses, ExtendedTo: d.ExtendedTo}
}

// compute sets everything that follows from a deadline's rule, start and pauses.
func compute(cal *calendar.Calendar, d *ent.Deadline) error {
	r, err := deadline.Compute(cal, Clock(d))
	if err != nil {
		return err
	}
	d.PromisedDueAt, d.PromisedLastDay = r.PromisedDueAt, dateText(r.PromisedLastDay)
	d.DueAt, d.LastDay = r.DueAt, dateText(r.LastDay)
	d.AtRiskAt = deadline.AtRiskAt(r, d.StartedAt, d.AtRiskPercent*100)
	d.Provisional = r.Provisional
	return nil
}

func dateText(d *calendar.Date) string {
	if d == nil {
		return ""
	}
	return d.String()
}

// enter pauses and resumes the running clocks for a new status (reading X8.1: they stand still exactly while the other
// side holds the ball). A missed deadline is past pausing.
func (st *Step) enter(ctx context.Context, to lifecycle.Status) error {
	for _, d := range st.deadlines {
		pr, ok := st.promiseOf(d)
		if !ok || !d.Open {
			continue
		}
		switch paused := pr.PausesIn(to) && !st.arrived(to); {
		case paused && d.State == plan.Running:
			d.Pauses = append(slices.Clone(d.Pauses), deadline.Pause{From: st.Now, Reason: string(to)})
			d.State = plan.Paused
		case held(d): // until the next appointment, whatever the status
			continue
		case paused && d.State == plan.Paused && d.Pauses[len(d.Pauses)-1].Reason != string(to):
			d.Pauses = slices.Clone(d.Pauses)
			d.Pauses[len(d.Pauses)-1].To = &st.Now
			d.Pauses = append(d.Pauses, deadline.Pause{From: st.Now, Reason: string(to)})
		case !paused && d.State == plan.Paused:
			d.Pauses = slices.Clone(d.Pauses)
			d.Pauses[len(d.Pauses)-1].To = &st.Now
			d.State = plan.Running
		default:
			continue
		}
		if err := st.recount(ctx, d); err != nil {
			return err
		}
	}
	return nil
}

// arrived reports whether goods on their way were delivered already: the customer has done their part, whatever the status
// says until somebody books them in.
func (st *Step) arrived(s lifecycle.Status) bool {
	if s != lifecycle.InTransit {
		return false
	}
	if r := st.Case.Edges.Repair; r != nil {
		return r.DeliveredAt != nil
	}
	d := st.Case.Edges.Detail
	return d != nil && d.DeliveredAt != nil
}

// runs reports whether a clock of this kind is open.
func (st *Step) runs(k plan.DeadlineKind) bool {
	return slices.ContainsFunc(st.deadlines, func(d *ent.Deadline) bool { return d.Open && d.Kind == k })
}

// StartNow starts the clocks of the kinds named that the case's remedy is promised and that do not run, at the present time:
// for what begins anew, such as a refund that a dispute brought back.
func (st *Step) StartNow(ctx context.Context, kinds ...plan.DeadlineKind) error {
	return st.StartAt(ctx, st.Now, kinds...)
}

// StartAt is StartNow for what began at an earlier instant.
func (st *Step) StartAt(ctx context.Context, at time.Time, kinds ...plan.DeadlineKind) error {
	return st.startClocks(ctx, at, func(p *plan.Plan) []plan.Promise {
		var out []plan.Promise
		for _, k := range kinds {
			if pr, ok := p.Promise(k, st.subject()); ok {
				out = append(out, pr)
			}
		}
		return out
	})
}

// Stop cancels the open clocks of the kinds named, because what they were about is no longer asked for.
func (st *Step) Stop(kinds ...plan.DeadlineKind) {
	for _, d := range st.deadlines {
		if d.Open && slices.Contains(kinds, d.Kind) {
			st.stopOpen(d)
		}
	}
}

// Goods says whether goods come back from now on.
func (st *Step) Goods(back bool) { st.goods = back }

// EndPause ends the pauses of a status at an instant at which the customer's part was done, although the status stays or
// was left later: the carrier's signature, not the click, ends the way back (design.md section 5.4).
func (st *Step) EndPause(ctx context.Context, of lifecycle.Status, at time.Time) error {
	for _, d := range st.deadlines {
		n := len(d.Pauses)
		if !d.Open || d.State == plan.Breached || n == 0 || d.Pauses[n-1].Reason != string(of) {
			continue
		}
		if last := d.Pauses[n-1]; last.To != nil && !later(at, last.From).Before(*last.To) {
			continue
		}
		d.State = plan.Paused
		if err := st.endPause(ctx, d, at); err != nil {
			return err
		}
	}
	return nil
}

// endPause lets a paused clock run from an instant on; not from one before the pause.
func (st *Step) endPause(ctx context.Context, d *ent.Deadline, at time.Time) error {
	if d.State != plan.Paused {
		return nil
	}
	d.Pauses = slices.Clone(d.Pauses)
	last := &d.Pauses[len(d.Pauses)-1]
	end := later(at, last.From)
	last.To = &end
	d.State = plan.Running
	return st.recount(ctx, d)
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

// recount computes a clock again after its pauses changed.
func (st *Step) recount(ctx context.Context, d *ent.Deadline) error {
	cal, err := st.svc.calendars.byID(ctx, d.CalendarID)
	if err != nil {
		return err
	}
	st.touched[d.ID] = true
	return compute(cal, d)
}

// meet records that a promise was fulfilled at an instant. In time it is MET, also when the sweep had called it missed
// before the fact became known; late it stays BREACHED and owes its explanation.
func (st *Step) meet(d *ent.Deadline, at time.Time) {
	d.MetAt, d.Open = &at, false
	st.touched[d.ID], st.stopped[d.ID] = true, true
	if d.DueAt == nil || deadline.OnTime(at, *d.DueAt) {
		d.State, d.BreachedAt, d.ExplanationOwed, d.ExplanationMissed = plan.Met, nil, false, false
		return
	}
	d.State, d.BreachedAt = plan.Breached, d.DueAt
	d.ExplanationOwed = d.Explain && d.Explanation == nil
	d.ExplanationMissed = d.ExplanationMissed || d.ExplainAhead && (d.Explanation == nil || !d.Explanation.ToldAt.Before(*d.DueAt))
}

// stopOpen ends a clock whose case ended without it: cancelled, unless it was missed, which stays on record.
func (st *Step) stopOpen(d *ent.Deadline) {
	d.Open = false
	if d.State != plan.Breached {
		d.State = plan.Cancelled
	}
	st.touched[d.ID], st.stopped[d.ID] = true, true
}
