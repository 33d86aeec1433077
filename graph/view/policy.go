package view

import (
	"slices"

	"aftersales/internal/lifecycle"
	"aftersales/internal/merchants"
	"aftersales/internal/plan"
)

// PolicyOf shows a merchant's published standards.
func PolicyOf(p *merchants.Policy) *ServicePolicy {
	out := &ServicePolicy{MerchantName: p.Merchant.Name, Plan: p.Plan.Code, PlanVersion: p.Plan.Version, Promises: []*PolicyPromise{},
		NoReason: &ReturnWindow{Days: p.NoReasonDays(), Article: p.Law.NoReason.Article, Floor: p.Law.NoReason.Length}}
	if p.Text != nil {
		out.Version, out.Text, out.PublishedAt = &p.Text.Version, &p.Text.Text, &p.Text.PublishedAt
	}
	for _, pr := range p.Plan.Promises {
		remedies := pr.Remedies
		if remedies == nil {
			remedies = []lifecycle.Remedy{}
		}
		out.Promises = append(out.Promises, &PolicyPromise{Kind: pr.Kind, Clause: pr.Clause, Length: pr.Length, Unit: pr.Unit,
			Obligor: pr.Obligor, Remedies: remedies, OnTimeout: pr.OnTimeout})
	}
	out.Standards = []*ServiceStandard{}
	for _, st := range p.Standards {
		shown := &ServiceStandard{Kind: st.Kind, Plans: []*plan.Ref{}, Promises: []*PlanPromise{}}
		for _, pl := range st.Plans {
			if slices.Contains(pl.Kinds, st.Kind) {
				shown.Plans = append(shown.Plans, &plan.Ref{Code: pl.Code, Version: pl.Version})
			}
		}
		for _, pr := range st.Promises() {
			shown.Promises = append(shown.Promises, promiseOf(pr, []lifecycle.Kind{st.Kind}))
		}
		out.Standards = append(out.Standards, shown)
	}
	return out
}
