package casework

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"time"

	"aftersales/ent"
	"aftersales/internal/calendar"
	"aftersales/internal/deadline"
	"aftersales/internal/id"
	"aftersales/internal/lang"
	"aftersales/internal/lifecycle"
	"aftersales/internal/plan"
	"aftersales/internal/problem"
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

// Extend gives the open clock of a kind longer, once, for a special part (MALL-4.3b): to the length its promise allows, from
// the same start, also while it is paused.
//
// Errors: EXTENSION_REFUSED when no such clock is open, its promise cannot be extended, it was extended before, or its limit
// has passed.
func (st *Step) Extend(ctx context.Context, k plan.DeadlineKind, why lifecycle.Extension) error {
	i := slices.IndexFunc(st.deadlines, func(d *ent.Deadline) bool { return d.Open && d.Kind == k })
	if i < 0 {
		return problem.New(problem.ExtensionRefused, problem.Textf("there is no open deadline for %[1]s", "没有进行中的%[2]s时限", DeadlineName(k, lang.EN), DeadlineName(k, lang.ZH)))
	}
	d := st.deadlines[i]
	pr, _ := st.promiseOf(d)
	switch {
	case d.ExtendedTo != 0:
		return problem.New(problem.ExtensionRefused, problem.Text{EN: "this deadline was extended already, and that is possible once", ZH: "该时限已延长过一次，不能再次延长"},
			problem.Param{Name: "extendedTo", Value: strconv.Itoa(d.ExtendedTo)})
	case d.State == plan.Breached || d.DueAt != nil && !deadline.OnTime(st.Now, *d.DueAt):
		return problem.New(problem.ExtensionRefused, problem.Text{EN: "the limit has passed; a deadline can only be extended before it", ZH: "时限已过，只能在到期前延长"})
	case pr.Extension == nil || pr.Extension.To <= d.Rule.Length:
		return problem.New(problem.ExtensionRefused, problem.Textf("the promise %s cannot be extended", "承诺 %s 不可延长", d.Clause), problem.Param{Name: "clause", Value: d.Clause})
	}
	staffID, err := st.StaffID(ctx)
	if err != nil {
		return err
	}
	if staffID != "" {
		d.ExtendedByID = &staffID
	}
	why.Clause, why.At, why.By = pr.Extension.Clause, st.Now, st.Actor.Name
	d.ExtendedTo, d.Extension, d.AtRiskTold = pr.Extension.To, &why, false
	return st.recount(ctx, d)
}

// Carried are the clocks of a case that goes on as another one: open ones of the kinds named, to be carried over by Carry. In
// this case they end, with nothing missed and nothing to explain: that goes on, too.
func (st *Step) Carried(kinds ...plan.DeadlineKind) []*ent.Deadline {
	var out []*ent.Deadline
	for _, d := range st.deadlines {
		if d.Open && slices.Contains(kinds, d.Kind) {
			carried := *d
			out = append(out, &carried)
			d.State, d.BreachedAt, d.ExplanationOwed, d.ExplanationMissed = plan.Cancelled, nil, false, false
			d.Open = false
			st.touched[d.ID] = true
		}
	}
	return out
}

// Carry takes over clocks of the case this one was converted from, with their start, pauses, extension and what was missed
// already (design decision 13). Waiting ended with the conversion.
func (st *Step) Carry(ctx context.Context, clocks []*ent.Deadline) error {
	for _, from := range clocks {
		d := *from
		d.ID, d.CaseID = id.New(id.Deadline), st.Case.ID
		d.Edges = ent.DeadlineEdges{}
		if _, err := st.plan(ctx, plan.Ref{Code: d.PlanCode, Version: d.PlanVersion}); err != nil {
			return err
		}
		st.deadlines = append(st.deadlines, &d)
		st.touched[d.ID] = true
		if d.State != plan.Paused {
			continue
		}
		if err := st.endPause(ctx, &d, st.Now); err != nil {
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

// Settle changes what the customer gets (an exchange becomes a refund, MALL-4.2a): the promise goes on under its other name
// on the same clock, with the same start and the same pauses. A clock that was missed already stays, to be made good by
// whatever the customer gets.
func (st *Step) Settle(ctx context.Context, remedy lifecycle.Remedy) error {
	if remedy == st.remedy {
		return nil
	}
	before := st.subject()
	st.remedy = remedy
	began := map[lifecycle.Event]time.Time{lifecycle.Opened: st.Case.OpenedAt}
	if d := st.Case.Edges.Detail; d != nil && d.ReceivedAt != nil {
		began[lifecycle.EventReceived] = *d.ReceivedAt
	}
	var pauses []deadline.Pause
	missed := map[string]bool{} // plans whose promise was broken already
	for _, d := range st.deadlines {
		pr, ok := st.promiseOf(d)
		switch {
		case !ok || !d.Open || !pr.Covers(before) || pr.Covers(st.subject()): // a clock carried over from a repair goes on
		case d.State == plan.Breached:
			missed[d.PlanCode] = true
		default:
			began[pr.Start] = d.StartedAt
			if len(d.Pauses) > len(pauses) {
				pauses = d.Pauses
			}
			st.stopOpen(d)
		}
	}
	for _, e := range slices.Sorted(maps.Keys(began)) {
		fresh := len(st.deadlines)
		err := st.startClocks(ctx, began[e], func(p *plan.Plan) []plan.Promise {
			if missed[p.Code] {
				return nil
			}
			return slices.DeleteFunc(st.starting(p, e), func(pr plan.Promise) bool { return pr.Covers(before) })
		})
		if err != nil {
			return err
		}
		for _, d := range st.deadlines[fresh:] {
			if err := st.inherit(ctx, d, pauses); err != nil {
				return err
			}
		}
	}
	return nil
}

// inherit gives a clock those pauses of another that would have stopped it too.
func (st *Step) inherit(ctx context.Context, d *ent.Deadline, pauses []deadline.Pause) error {
	pr, _ := st.promiseOf(d)
	for _, pause := range pauses {
		if !pr.PausesIn(lifecycle.Status(pause.Reason)) {
			continue
		}
		d.Pauses = append(d.Pauses, pause)
		if pause.To == nil {
			d.State = plan.Paused
		}
	}
	return st.recount(ctx, d)
}

// Award says what the customer gets by a decision: a promise of money or goods that is still open goes on (Settle), otherwise
// it begins anew, at the present time.
func (st *Step) Award(ctx context.Context, remedy lifecycle.Remedy) error {
	if st.runs(plan.Refund) || st.runs(plan.Exchange) {
		return st.Settle(ctx, remedy)
	}
	st.remedy = remedy
	return st.StartNow(ctx, plan.Refund, plan.Exchange)
}

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
	st.touched[d.ID] = true
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
	st.touched[d.ID] = true
}

// nextDue is the earliest due instant that somebody still has to keep, missed ones included.
func nextDue(ds []*ent.Deadline) *time.Time {
	var next *time.Time
	for _, d := range ds {
		if d.Open && d.DueAt != nil && (next == nil || d.DueAt.Before(*next)) {
			next = d.DueAt
		}
	}
	return next
}

// explainable reports whether lateness of a deadline can be explained now: it was missed or is at risk, the merchant owes
// it, and nothing was said yet.
func explainable(d *ent.Deadline, now time.Time) bool {
	if !d.Explain || d.Explanation != nil {
		return false
	}
	return d.BreachedAt != nil || d.Open && d.AtRiskAt != nil && !now.Before(*d.AtRiskAt)
}

// ExplanationState is where the explanation of a delay stands (contract enum ExplanationState).
type ExplanationState string

const (
	ExplanationNotNeeded ExplanationState = "NOT_NEEDED"
	// ExplanationWanted: at risk, and to be explained before the limit (SLA-B-2.2.5).
	ExplanationWanted ExplanationState = "WANTED"
	ExplanationOwed   ExplanationState = "OWED"
	ExplanationGiven  ExplanationState = "GIVEN"
	// ExplanationLate: given, though not before the limit as promised, which is a breach of its own.
	ExplanationLate ExplanationState = "LATE"
)

// ExplanationOf tells where the explanation of a deadline's delay stands at an instant.
func ExplanationOf(d *ent.Deadline, now time.Time) ExplanationState {
	switch {
	case d.Explanation != nil && d.ExplanationMissed:
		return ExplanationLate
	case d.Explanation != nil:
		return ExplanationGiven
	case d.Explain && (d.BreachedAt != nil || d.Open && d.DueAt != nil && !deadline.OnTime(now, *d.DueAt)):
		return ExplanationOwed
	case d.ExplainAhead && d.Open && d.AtRiskAt != nil && !now.Before(*d.AtRiskAt):
		return ExplanationWanted
	default:
		return ExplanationNotNeeded
	}
}

func (st *Step) writeDeadlines(ctx context.Context) error {
	client := st.svc.store.Client(ctx)
	known := map[string]bool{}
	for _, d := range st.Case.Edges.Deadlines {
		known[d.ID] = true
	}
	var fresh []*ent.DeadlineCreate
	for _, d := range st.deadlines {
		switch {
		case !st.touched[d.ID]:
		case known[d.ID]:
			if err := updateDeadline(ctx, client, d); err != nil {
				return err
			}
		default:
			fresh = append(fresh, createDeadline(client, d))
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	return client.Deadline.CreateBulk(fresh...).Exec(ctx)
}

func createDeadline(c *ent.Client, d *ent.Deadline) *ent.DeadlineCreate {
	create := c.Deadline.Create().SetID(d.ID).SetMerchantID(d.MerchantID).SetCaseID(d.CaseID).SetCalendarID(d.CalendarID).
		SetPlanCode(d.PlanCode).SetPlanVersion(d.PlanVersion).SetSandbox(d.Sandbox).SetKind(d.Kind).SetState(d.State).SetOpen(d.Open).SetObligor(d.Obligor).SetClause(d.Clause).
		SetRule(d.Rule).SetOnTimeout(d.OnTimeout).SetAtRiskPercent(d.AtRiskPercent).SetExplain(d.Explain).SetExplainAhead(d.ExplainAhead).SetExplanationMissed(d.ExplanationMissed).
		SetStartedAt(d.StartedAt).SetPromisedDueAt(d.PromisedDueAt).SetPromisedLastDay(d.PromisedLastDay).
		SetNillableDueAt(d.DueAt).SetLastDay(d.LastDay).SetNillableAtRiskAt(d.AtRiskAt).SetNillableMetAt(d.MetAt).
		SetNillableBreachedAt(d.BreachedAt).SetProvisional(d.Provisional).SetExplanationOwed(d.ExplanationOwed).SetExtendedTo(d.ExtendedTo).SetAtRiskTold(d.AtRiskTold)
	if len(d.Pauses) > 0 {
		create.SetPauses(d.Pauses)
	}
	if len(d.Facts) > 0 {
		create.SetFacts(d.Facts)
	}
	if d.Extension != nil {
		create.SetExtension(d.Extension).SetNillableExtendedByID(d.ExtendedByID)
	}
	if d.Explanation != nil {
		create.SetExplanation(d.Explanation)
	}
	return create
}

func updateDeadline(ctx context.Context, c *ent.Client, d *ent.Deadline) error {
	u := c.Deadline.UpdateOneID(d.ID).SetCalendarID(d.CalendarID).SetState(d.State).SetOpen(d.Open).
		SetPromisedDueAt(d.PromisedDueAt).SetPromisedLastDay(d.PromisedLastDay).SetLastDay(d.LastDay).
		SetProvisional(d.Provisional).SetExplanationOwed(d.ExplanationOwed).SetExplanationMissed(d.ExplanationMissed)
	if len(d.Pauses) > 0 {
		u.SetPauses(d.Pauses)
	} else {
		u.ClearPauses() // what was agreed on was agreed otherwise
	}
	if len(d.Facts) > 0 {
		u.SetFacts(d.Facts)
	}
	if d.Extension != nil {
		u.SetExtendedTo(d.ExtendedTo).SetExtension(d.Extension).SetNillableExtendedByID(d.ExtendedByID).SetAtRiskTold(d.AtRiskTold)
	}
	setOrClear(d.DueAt, u.SetDueAt, u.ClearDueAt)
	setOrClear(d.AtRiskAt, u.SetAtRiskAt, u.ClearAtRiskAt)
	setOrClear(d.MetAt, u.SetMetAt, u.ClearMetAt)
	setOrClear(d.BreachedAt, u.SetBreachedAt, u.ClearBreachedAt)
	if d.Explanation != nil {
		u.SetExplanation(d.Explanation)
	}
	return u.Exec(ctx)
}

func setOrClear[B any](t *time.Time, set func(time.Time) B, clear func() B) {
	if t == nil {
		clear()
	} else {
		set(*t)
	}
}
