package view

import (
	"context"
	"slices"

	"aftersales/ent"
	"aftersales/internal/auth"
	"aftersales/internal/calendar"
	"aftersales/internal/casework"
	"aftersales/internal/lifecycle"
	"aftersales/internal/plan"
)

// Case is any kind of case.
type Case interface {
	Node
	IsCase()
}

// CaseOf shows a stored case as its kind.
func CaseOf(c *ent.ServiceCase) Case {
	switch {
	case c.Kind == lifecycle.OrderChange:
		return OrderChangeOf(c)
	case c.Kind == lifecycle.Repairs:
		return RepairOf(c)
	case c.Kind.IsService():
		return OnSiteServiceOf(c)
	case c.Kind.IsTicket():
		return TicketOf(c)
	}
	return &Return{c}
}

// Return shows a return: the case core with its detail, items, parcels and refunds beside it.
type Return struct{ *ent.ServiceCase }

func (*Return) IsNode() {}
func (*Return) IsCase() {}

// StatusLabel is the status in the reader's language.
func (r *Return) StatusLabel(ctx context.Context) string {
	return casework.StatusLabel(r.Status, Lang(ctx))
}

// Plans are the plans the case opened under, and keeps.
func (r *Return) Plans() []*plan.Ref {
	refs := casework.PlansOf(r.ServiceCase)
	out := make([]*plan.Ref, len(refs))
	for i := range refs {
		out[i] = &refs[i]
	}
	return out
}

func (r *Return) Merchant() *Merchant { return &Merchant{r.Edges.Merchant} }
func (r *Return) Customer() *Customer { return &Customer{r.Edges.Customer} }
func (r *Return) Order() *Order       { return &Order{r.Edges.Order} }
func (r *Return) Assignee() *Staff    { return StaffOf(r.Edges.Assignee) }
func (r *Return) EscalatedTo() *Staff { return StaffOf(r.Edges.EscalatedTo) }

// Outcome is null until the case ended.
func (r *Return) Outcome() *lifecycle.Outcome {
	if r.ServiceCase.Outcome == "" {
		return nil
	}
	return &r.ServiceCase.Outcome
}

// OutcomeNote is the reason of the outcome: what somebody wrote, else what the outcome itself says. Null until the case ended.
func (r *Return) OutcomeNote(ctx context.Context) *string {
	if r.ServiceCase.OutcomeNote != "" {
		return &r.ServiceCase.OutcomeNote
	}
	return optional(casework.OutcomeText(r.ServiceCase.Outcome, Lang(ctx)))
}

// Deadlines are the case's clocks in the order they started, narrowed by state and open.
func (r *Return) Deadlines(state []plan.DeadlineState, open *bool) []*Deadline {
	out := []*Deadline{}
	for _, d := range r.Edges.Deadlines {
		if (state == nil || slices.Contains(state, d.State)) && (open == nil || *open == d.Open) {
			d.Edges.Case = r.ServiceCase
			out = append(out, &Deadline{d})
		}
	}
	slices.SortFunc(out, func(a, b *Deadline) int {
		if c := a.StartedAt.Compare(b.StartedAt); c != 0 {
			return c
		}
		return compare(a.ID, b.ID)
	})
	return out
}

// NextDeadline is the open clock that is due first; a paused one only when no other is open.
func (r *Return) NextDeadline() *Deadline {
	var next *ent.Deadline
	for _, d := range r.Edges.Deadlines {
		if d.Open && (next == nil || before(d, next)) {
			next = d
		}
	}
	if next == nil {
		return nil
	}
	next.Edges.Case = r.ServiceCase
	return &Deadline{next}
}

func before(a, b *ent.Deadline) bool {
	switch {
	case a.DueAt == nil && b.DueAt == nil && !a.PromisedDueAt.Equal(b.PromisedDueAt):
		return a.PromisedDueAt.Before(b.PromisedDueAt)
	case a.DueAt == nil && b.DueAt == nil:
		return a.ID < b.ID
	case a.DueAt == nil || b.DueAt == nil:
		return b.DueAt == nil
	case a.DueAt.Equal(*b.DueAt):
		return a.ID < b.ID
	}
	return a.DueAt.Before(*b.DueAt)
}

// Events pages through the timeline, oldest first.
func (r *Return) Events(first *int, after *string, last *int, before *string) (*CaseEventConnection, error) {
	events := slices.Clone(r.Edges.Events)
	slices.SortFunc(events, func(a, b *ent.CaseEvent) int {
		if c := a.At.Compare(b.At); c != 0 {
			return c
		}
		return compare(a.ID, b.ID)
	})
	return pageEvents(events, first, after, last, before)
}

func (r *Return) Remedy() lifecycle.Remedy { return r.Edges.Detail.Remedy }

// ReturnReason is why the customer returns.
func (r *Return) ReturnReason() *ReturnReason { return &ReturnReason{r.Edges.Detail.Edges.Reason} }

// Items are the order lines coming back.
func (r *Return) Items() []*ReturnItem {
	items := slices.Clone(r.Edges.Items)
	slices.SortFunc(items, func(a, b *ent.ReturnItem) int { return a.Position - b.Position })
	out := make([]*ReturnItem, len(items))
	for i, it := range items {
		it.Edges.Case = r.ServiceCase
		out[i] = &ReturnItem{it}
	}
	return out
}

// Review is null until somebody reviewed the request.
func (r *Return) Review() *Review {
	v := r.Edges.Detail.Review
	if v == nil {
		return nil
	}
	show := func(v lifecycle.Verdict) *ReviewVerdict { return &ReviewVerdict{Ok: v.OK, Note: optional(v.Note)} }
	return &Review{Product: show(v.Product), Description: show(v.Description), Reason: show(v.Reason)}
}

// OpenQuestion is what the merchant waits for the customer to answer.
func (r *Return) OpenQuestion() *string {
	if r.Status != lifecycle.NeedsInfo {
		return nil
	}
	return optional(r.Edges.Detail.OpenQuestion)
}

// Instructions are what the customer was told on approval.
func (r *Return) Instructions() *ReturnInstructions {
	d := r.Edges.Detail
	if len(d.Steps) == 0 {
		return nil
	}
	out := &ReturnInstructions{Steps: d.Steps, Materials: d.Materials}
	if out.Materials == nil {
		out.Materials = []string{}
	}
	if d.Edges.ReturnAddress != nil {
		out.ReturnAddress = &ReturnAddress{d.Edges.ReturnAddress}
	}
	return out
}

// Parcels are the shipments of the goods.
func (r *Return) Parcels() []*Parcel {
	out := make([]*Parcel, len(r.Edges.Parcels))
	for i, p := range r.Edges.Parcels {
		out[i] = &Parcel{p}
	}
	return out
}

// Refunds are the payments back to the customer.
func (r *Return) Refunds() []*Refund {
	out := make([]*Refund, len(r.Edges.Refunds))
	for i, p := range r.Edges.Refunds {
		p.Edges.Case = r.ServiceCase
		out[i] = &Refund{p}
	}
	return out
}

// ReturnItem shows one line of a return.
type ReturnItem struct{ *ent.ReturnItem }

func (ReturnItem) IsNode() {}

func (i ReturnItem) OrderLine() *OrderLine { return &OrderLine{i.Edges.OrderLine} }

// Inspection is null until the goods were inspected.
func (i ReturnItem) Inspection() *Inspection {
	in := i.ReturnItem.Inspection
	if in == nil {
		return nil
	}
	out := &Inspection{Passed: in.Passed, Notes: optional(in.Notes), InspectedAt: in.InspectedAt, Inspector: StaffOf(i.Edges.Inspector), Checks: []*InspectionCheck{}}
	for _, c := range in.Checks {
		out.Checks = append(out.Checks, &InspectionCheck{Aspect: c.Aspect, Passed: c.Passed, Note: optional(c.Note)})
	}
	i.findings(out)
	return out
}

// Refund shows money on its way back.
type Refund struct{ *ent.Refund }

func (Refund) IsNode() {}

func (r Refund) Case() Case         { return CaseOf(r.Edges.Case) }
func (r Refund) Amount() *Money     { return MoneyOf(r.Refund.Amount, r.Currency) }
func (r Refund) Reference() *string { return optional(r.Refund.Reference) }

// Failure is why a payment failed; null unless it did.
func (r Refund) Failure() *string { return optional(r.Refund.Failure) }

// ReturnReason shows a reason customers choose from.
type ReturnReason struct{ *ent.ReturnReason }

func (ReturnReason) IsNode() {}

// Label is the reason in the reader's language.
func (r ReturnReason) Label(ctx context.Context) string { return say(ctx, r.LabelEn, r.LabelZh) }
func (r ReturnReason) AtFault() plan.Party              { return plan.Party(r.ReturnReason.AtFault) }

// Remedies are what the reason entitles to.
func (r ReturnReason) Remedies() []lifecycle.Remedy {
	out := make([]lifecycle.Remedy, len(r.ReturnReason.Remedies))
	for i, v := range r.ReturnReason.Remedies {
		out[i] = lifecycle.Remedy(v)
	}
	return out
}

// CaseEvent shows one line of a timeline.
type CaseEvent struct{ *ent.CaseEvent }

func (CaseEvent) IsNode() {}

// Actor is who did it; no role means the service itself.
func (e CaseEvent) Actor(ctx context.Context) *EventActor {
	if e.ActorRole == "" {
		return &EventActor{Name: say(ctx, "system", "系统")}
	}
	role := auth.Role(e.ActorRole)
	return &EventActor{Role: &role, Name: e.ActorName}
}

// Text is one sentence in the reader's language.
func (e CaseEvent) Text(ctx context.Context) string {
	return casework.EventText(e.CaseEvent, Lang(ctx))
}

// Note is what somebody wrote.
func (e CaseEvent) Note() *string { return optional(e.CaseEvent.Note) }

// Deadline shows a running promise.
type Deadline struct{ *ent.Deadline }

func (Deadline) IsNode() {}

func (d Deadline) Case() Case { return CaseOf(d.Edges.Case) }

// PromisedLastDay and LastDay are what people read; null for hour clocks, LastDay also while paused.
func (d Deadline) PromisedLastDay() *calendar.Date { return date(d.Deadline.PromisedLastDay) }
func (d Deadline) LastDay() *calendar.Date         { return date(d.Deadline.LastDay) }

// RuleOf is the promise behind the clock.
func (d Deadline) RuleOf(pr plan.Promise) *DeadlineRule {
	return &DeadlineRule{Clause: d.Clause, Plan: d.PlanCode, PlanVersion: d.PlanVersion,
		Length: d.Deadline.Rule.Length, Unit: d.Deadline.Rule.Unit, OnTimeout: d.OnTimeout, Stop: listed(pr.Stop), StopAll: listed(pr.StopAll)}
}

// FactsOf shows which of a promise's several facts are recorded; nil where one event suffices.
func (d Deadline) FactsOf(pr plan.Promise) *DeadlineFacts {
	if len(pr.StopAll) == 0 {
		return nil
	}
	out := &DeadlineFacts{Needed: pr.StopAll, Recorded: listed(d.Deadline.Facts), Missing: []lifecycle.Event{}}
	for _, e := range pr.StopAll {
		if !slices.Contains(out.Recorded, e) {
			out.Missing = append(out.Missing, e)
		}
	}
	return out
}

// Pauses are the times that did not count.
func (d Deadline) Pauses(ctx context.Context) []*Pause {
	out := make([]*Pause, len(d.Deadline.Pauses))
	for i, p := range d.Deadline.Pauses {
		out[i] = &Pause{From: p.From, To: p.To, Reason: casework.StatusLabel(lifecycle.Status(p.Reason), Lang(ctx))}
	}
	return out
}

// Extension is the longer time that was granted for a special part.
func (d Deadline) Extension() *DeadlineExtension {
	e := d.Deadline.Extension
	if e == nil {
		return nil
	}
	return &DeadlineExtension{Reason: e.Reason, Part: optional(e.Part), Length: d.ExtendedTo, GrantedAt: e.At, GrantedBy: StaffOf(d.Edges.Granter)}
}

// Explanation is what the customer was told about the lateness.
func (d Deadline) Explanation() *DelayExplanation {
	e := d.Deadline.Explanation
	if e == nil {
		return nil
	}
	understanding := e.Understanding
	if understanding == "" { // told before it was asked for
		understanding = casework.NoAnswer
	}
	return &DelayExplanation{Reason: e.Reason, Text: e.Text, ToldAt: e.ToldAt, Channel: e.Channel, Understanding: understanding}
}
