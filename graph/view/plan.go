package view

import (
	"aftersales/internal/lifecycle"
	"aftersales/internal/plan"
	"aftersales/internal/plans"
)

// ServicePlans shows plans with what they are adopted for.
func ServicePlans(all []plans.Entry) []*ServicePlan {
	out := make([]*ServicePlan, len(all))
	for i, e := range all {
		out[i] = ServicePlanOf(e)
	}
	return out
}

// ServicePlanOf shows one version of a plan.
func ServicePlanOf(e plans.Entry) *ServicePlan {
	p := e.Plan
	out := &ServicePlan{Code: p.Code, Version: p.Version, Name: p.Name, BuiltIn: e.Own == nil, Kinds: p.Kinds, AdoptedFor: listed(e.AdoptedFor), Promises: []*PlanPromise{}}
	if e.Own != nil {
		out.Base, out.PublishedAt = &plan.Ref{Code: e.Own.BaseCode, Version: e.Own.BaseVersion}, &e.Own.PublishedAt
	}
	for _, pr := range p.Promises {
		out.Promises = append(out.Promises, promiseOf(pr, p.Kinds))
	}
	return out
}

func promiseOf(pr plan.Promise, all []lifecycle.Kind) *PlanPromise {
	kinds := pr.Kinds
	if len(kinds) == 0 {
		kinds = all
	}
	out := &PlanPromise{Kind: pr.Kind, Clause: pr.Clause, Length: pr.Length, Unit: pr.Unit, Roll: pr.Roll, Obligor: pr.Obligor, Kinds: kinds, Remedies: listed(pr.Remedies),
		Priority: optional(pr.Priority), Start: pr.Start, Stop: listed(pr.Stop), StopAll: listed(pr.StopAll), PausedIn: listed(pr.PausedIn),
		AtRiskPercent: pr.AtRiskPercent, OnTimeout: listed(pr.OnTimeout), Explain: pr.Explain, ExplainAhead: pr.ExplainAhead}
	if e := pr.Extension; e != nil {
		out.ExtendTo, out.ExtensionClause = &e.To, &e.Clause
	}
	if c := pr.Compensation; c != nil {
		out.Compensation = &CompensationRate{PerDayBps: c.PerDayBps, CapBps: c.CapBps, Clause: c.Clause}
	}
	return out
}

// listed is a list that is never null.
func listed[T any](all []T) []T {
	if all == nil {
		return []T{}
	}
	return all
}

// PlanPreviewOf shows what a plan would have changed.
func PlanPreviewOf(p *plans.Preview) *PlanPreview {
	out := &PlanPreview{Plan: &plan.Ref{Code: p.Plan.Code, Version: p.Plan.Version}, From: p.From, To: p.To, Cases: p.Cases, Truncated: p.Truncated, Promises: []*PlanPreviewPromise{}}
	for _, e := range p.Promises {
		out.Promises = append(out.Promises, &PlanPreviewPromise{Promise: promiseOf(e.Promise, p.Plan.Kinds), Cases: e.Cases, Kept: e.Kept, WouldMiss: e.WouldMiss})
	}
	return out
}
