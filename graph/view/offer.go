package view

import (
	"time"

	"aftersales/ent"
	"aftersales/internal/lifecycle"
	"aftersales/internal/plan"
)

// Proposal shows an offer; its case is loaded beside it, with order and deadlines where amount and expiresAt are asked for.
type Proposal struct{ *ent.Proposal }

func (Proposal) IsNode() {}

// Amount is what the customer would get for the goods; null: by rule.
func (p Proposal) Amount() *Money {
	if p.Proposal.Amount == nil {
		return nil
	}
	return MoneyOf(*p.Proposal.Amount, p.Edges.Case.Edges.Order.Currency)
}

// Author is who made the offer.
func (p Proposal) Author() string { return p.AuthorName }

// ExpiresAt is when the clock that started with the offer is due.
func (p Proposal) ExpiresAt() *time.Time {
	for _, d := range p.Edges.Case.Edges.Deadlines {
		if d.Kind == plan.ProposalReply && d.StartedAt.Equal(p.MadeAt) {
			return &d.PromisedDueAt
		}
	}
	return nil
}

// Answer is what the customer said; null when nothing.
func (p Proposal) Answer() *string { return optional(p.Proposal.Answer) }

// Proposals are the rounds of offers, first to last.
func (r *Return) Proposals() []*Proposal {
	out := make([]*Proposal, len(r.Edges.Proposals))
	for i, p := range r.Edges.Proposals {
		p.Edges.Case = r.ServiceCase
		out[i] = &Proposal{p}
	}
	return out
}

// RefundTrigger is from when on the refund may start.
func (r *Return) RefundTrigger() lifecycle.Trigger { return r.Edges.Detail.RefundTrigger }

// RefundTrigger is from when on refunds of new returns may start; after the inspection unless the merchant chose.
func (m Merchant) RefundTrigger() lifecycle.Trigger {
	if m.Merchant.RefundTrigger == "" {
		return lifecycle.TriggerInspection
	}
	return m.Merchant.RefundTrigger
}
