package view

import (
	"aftersales/internal/lifecycle"
	"aftersales/internal/merchants"
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
	return out
}
