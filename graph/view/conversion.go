package view

import "aftersales/internal/plan"

// Responsible is who answers to the customer (MALL-5.1a): the merchant, whoever is at fault; recourse is another matter.
func (r *Return) Responsible() plan.Party { return plan.Merchant }

// Origin is the repair that goes on as this return.
func (r *Return) Origin() *Repair {
	if r.Edges.Origin == nil {
		return nil
	}
	return RepairOf(r.Edges.Origin)
}

// Successor is the return that the repair went on as.
func (r *Repair) Successor() *Return {
	if r.Edges.Successor == nil {
		return nil
	}
	return &Return{r.Edges.Successor}
}
