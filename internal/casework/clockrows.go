package casework

import (
	"context"
	"time"

	"aftersales/ent"
)

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

func (st *Step) writeDeadlines(ctx context.Context) error {
	client := st.svc.store.Client(ctx)
	known := map[string]bool{}
	for _, d := range st.Case.Edges.Deadlines {
		known[d.ID] = true
	}
	for _, d := range st.deadlines {
		switch {
		case !st.touched[d.ID]:
		case known[d.ID]:
			if err := updateDeadline(ctx, client, d); err != nil {
				return err
			}
		default:
			if err := createDeadline(client, d).Exec(ctx); err != nil {
				return err
			}
		}
	}
	return nil
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
