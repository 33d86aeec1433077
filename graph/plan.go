package graph

import (
	"aftersales/graph/view"
	"aftersales/internal/plan"
	"aftersales/internal/plans"
	"aftersales/internal/problem"
)

// derivation reads what a merchant's own plan is to promise.
func derivation(in view.PlanDeriveInput) plans.Derivation {
	d := plans.Derivation{Base: in.Base, BaseVersion: in.BaseVersion, Code: in.Code, Name: in.Name}
	for _, p := range in.Promises {
		c := plan.Change{Kind: p.Kind, Priority: note(p.Priority), Length: p.Length, Unit: p.Unit, AtRiskPercent: p.AtRiskPercent,
			ExplainAhead: p.ExplainAhead, OnTimeout: p.OnTimeout, ExtendTo: p.ExtendTo}
		if p.Compensation != nil {
			c.PerDayBps, c.CapBps = p.Compensation.PerDayBps, p.Compensation.CapBps
		}
		d.Promises = append(d.Promises, c)
	}
	return d
}

// inDerivation is inInput for a mutation whose key and merchant stand beside its input.
func inDerivation(err error) error {
	if ps := problem.All(err); len(ps) > 0 && len(ps[0].Field) > 0 && ps[0].Field[0] == "idempotencyKey" {
		return err
	}
	return inInput(err)
}
