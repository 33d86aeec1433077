package casework

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"time"

	"aftersales/ent"
	"aftersales/internal/deadline"
	"aftersales/internal/id"
	"aftersales/internal/lang"
	"aftersales/internal/lifecycle"
	"aftersales/internal/plan"
	"aftersales/internal/problem"
)

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
