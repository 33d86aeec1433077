package casework

import (
	"context"
	"maps"
	"slices"
	"time"

	"aftersales/ent"
	"aftersales/internal/auth"
	"aftersales/internal/calendar"
	"aftersales/internal/deadline"
	"aftersales/internal/lifecycle"
	"aftersales/internal/plan"
)

// Happened writes an event at the present time and lets it start and stop the plan's clocks.
func (st *Step) Happened(ctx context.Context, e lifecycle.Event, note string, params map[string]string) error {
	return st.HappenedAt(ctx, e, st.Now, note, params)
}

// HappenedAt is Happened for a fact that became true at an earlier instant (money credited yesterday): clocks stop then,
// the timeline shows it when it became known.
func (st *Step) HappenedAt(ctx context.Context, e lifecycle.Event, at time.Time, note string, params map[string]string) error {
	st.log(ctx, e, st.Now, note, params)
	if err := st.stopClocks(ctx, e, at); err != nil {
		return err
	}
	starting := e
	if e == lifecycle.Reopened { // what an application starts, starts anew
		starting = lifecycle.Opened
	}
	return st.startClocks(ctx, at, func(p *plan.Plan) []plan.Promise { return st.starting(p, starting) })
}

// stopClocks lets an event fulfil the promises that wait for it. Of a promise that needs several facts it records one, and
// fulfils it with the last (SLA-A-2.2.1).
func (st *Step) stopClocks(ctx context.Context, e lifecycle.Event, at time.Time) error {
	for _, d := range st.deadlines {
		pr, ok := st.promiseOf(d)
		if !ok || !d.Open || !st.fulfils(d, pr, e) {
			continue
		}
		if err := st.endPause(ctx, d, at); err != nil { // money may come while the goods are awaited
			return err
		}
		st.meet(d, at)
	}
	return nil
}

// fulfils reports whether an event makes a promise kept, and remembers it if it is one of several facts.
func (st *Step) fulfils(d *ent.Deadline, pr plan.Promise, e lifecycle.Event) bool {
	if pr.StopsAt(e) {
		return true
	}
	if e == lifecycle.InfoRequested { // a question is an answer, too
		e = lifecycle.Responded
	}
	if !slices.Contains(pr.StopAll, e) || slices.Contains(d.Facts, e) {
		return false
	}
	d.Facts = append(slices.Clone(d.Facts), e)
	st.touched[d.ID] = true
	return len(d.Facts) == len(pr.StopAll)
}

// startClocks starts the promises that which names: of the merchant's plans those that hold beside each other, of the law
// all. What runs already does not start again.
func (st *Step) startClocks(ctx context.Context, at time.Time, which func(*plan.Plan) []plan.Promise) error {
	row, cal, err := st.newestCalendar(ctx)
	if err != nil {
		return err
	}
	var all []plan.Candidate
	gather := func(p *plan.Plan) error {
		for _, pr := range which(p) {
			if st.runs(pr.Kind) {
				continue
			}
			r, err := deadline.Compute(cal, deadline.Clock{Rule: pr.Rule(), Start: at})
			if err != nil {
				return err
			}
			all = append(all, plan.Candidate{Plan: p, Promise: pr, DueAt: r.PromisedDueAt})
		}
		return nil
	}
	for _, p := range st.plans {
		if err := gather(p); err != nil {
			return err
		}
	}
	holding := plan.Holding(all)
	all = nil
	if err := gather(st.law); err != nil {
		return err
	}
	for _, c := range append(holding, all...) {
		if err := st.start(row, cal, c.Plan, c.Promise, at); err != nil {
			return err
		}
	}
	return nil
}

// starting lists what a plan promises the case from an event on: about goods only where some come back, about money only
// while some is owed.
func (st *Step) starting(p *plan.Plan, e lifecycle.Event) []plan.Promise {
	return slices.DeleteFunc(p.Starting(e, st.subject()), func(pr plan.Promise) bool {
		return pr.Goods && !st.goods || st.paidAhead() && pr.StopsAt(lifecycle.RefundCredited)
	})
}

// Tell writes an event into the timeline that starts and stops nothing.
func (st *Step) Tell(ctx context.Context, e lifecycle.Event, note string, params map[string]string) {
	st.log(ctx, e, st.Now, note, params)
}

// promiseOf is the promise behind a deadline.
func (st *Step) promiseOf(d *ent.Deadline) (plan.Promise, bool) {
	p := st.known[plan.Ref{Code: d.PlanCode, Version: d.PlanVersion}]
	if p == nil {
		return plan.Promise{}, false
	}
	// The clause tells apart what one plan promises differently to different cases.
	i := slices.IndexFunc(p.Promises, func(pr plan.Promise) bool { return pr.Kind == d.Kind && pr.Clause == d.Clause })
	if i < 0 {
		return plan.Promise{}, false
	}
	return p.Promises[i], true
}

func (st *Step) log(ctx context.Context, e lifecycle.Event, at time.Time, note string, params map[string]string) {
	if st.because != nil && params["clause"] == "" { // what the service does by itself names its rule
		params = maps.Clone(params)
		if params == nil {
			params = map[string]string{}
		}
		params["clause"] = st.because.Clause
	}
	st.events = append(st.events, event(st.svc.store.Client(ctx), st.Actor, st.Case, e, at, note, params))
}

func event(c *ent.Client, a auth.Actor, of *ent.ServiceCase, e lifecycle.Event, at time.Time, note string, params map[string]string) *ent.CaseEventCreate {
	create := c.CaseEvent.Create().SetMerchantID(of.MerchantID).SetCaseID(of.ID).SetType(e).SetAt(at).
		SetActorSubject(a.Subject).SetActorRole(string(a.Role)).SetActorName(a.Name).SetNote(note)
	if params != nil {
		create.SetParams(params)
	}
	return create
}

// newestCalendar is the version that the clocks of this step start by; it is asked for once.
func (st *Step) newestCalendar(ctx context.Context) (*ent.Calendar, *calendar.Calendar, error) {
	if st.calendar != nil {
		cal, err := st.svc.calendars.byID(ctx, st.calendar.ID)
		return st.calendar, cal, err
	}
	row, cal, err := st.svc.MerchantCalendar(ctx, st.Merchant)
	st.calendar = row
	return row, cal, err
}
