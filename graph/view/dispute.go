package view

import (
	"aftersales/ent"
	"aftersales/internal/disputes"
	"aftersales/internal/lifecycle"
	"aftersales/internal/plan"
)

// Dispute returns the customer's turn to the platform, nil when there was none.
func (r *Return) Dispute() *Dispute {
	d := r.Edges.Dispute
	if d == nil {
		return nil
	}
	d.Edges.Case = r.ServiceCase
	return &Dispute{d}
}

// Dispute shows a customer's turn to the platform; its case must be loaded, and for amounts the case's order.
type Dispute struct{ *ent.Dispute }

// IsNode marks it as an object with a global id.
func (Dispute) IsNode() {}

// Case returns the case it is about.
func (d Dispute) Case() Case { return CaseOf(d.Edges.Case) }

// CameFrom returns the status that was disputed.
func (d Dispute) CameFrom() lifecycle.Status { return d.Dispute.Rounds[0].From }

// Rounds returns what was asked and said.
func (d Dispute) Rounds() []*DisputeRound {
	out := make([]*DisputeRound, len(d.Dispute.Rounds))
	for i, r := range d.Dispute.Rounds {
		out[i] = &DisputeRound{Number: r.Round, Asked: r.Asked, Question: r.Question, At: r.At, Answers: []*DisputeStatement{}}
		for _, a := range r.Answers {
			said := &DisputeStatement{Side: a.Side, Text: a.Text, Evidence: a.Evidence, By: a.By, At: a.At}
			if said.Evidence == nil {
				said.Evidence = []string{}
			}
			out[i].Answers = append(out[i].Answers, said)
		}
	}
	return out
}

// Verdict returns who is to blame, nil until decided.
func (d Dispute) Verdict() *string { return optional(d.Dispute.Verdict) }

// Decision returns the reasoning, nil until decided.
func (d Dispute) Decision() *string { return optional(d.Dispute.Decision) }

// DecidedBy returns who decided, nil until then.
func (d Dispute) DecidedBy() *string { return optional(d.Dispute.DecidedBy) }

// FreightBearer returns who answers for the way back, nil unless decided for the customer.
func (d Dispute) FreightBearer() *plan.Party {
	if d.Dispute.FreightBearer == "" {
		return nil
	}
	return &d.Dispute.FreightBearer
}

// RefundAmount returns what a shared verdict gives for the goods.
func (d Dispute) RefundAmount() *Money { return d.amount(d.Dispute.RefundAmount) }

// Compensation returns what is paid on top.
func (d Dispute) Compensation() *Money { return d.amount(d.Dispute.Compensation) }

func (d Dispute) amount(minor *int64) *Money {
	if minor == nil {
		return nil
	}
	return MoneyOf(*minor, d.Edges.Case.Edges.Order.Currency)
}

type (
	// DisputeEdge is a dispute in a list.
	DisputeEdge struct {
		Cursor string
		Node   *Dispute
	}
	// DisputeConnection is a page of disputes.
	DisputeConnection struct {
		Counter
		Edges    []*DisputeEdge
		Nodes    []*Dispute
		PageInfo *PageInfo
	}
)

// Disputes shows a page of disputes.
func Disputes(p *disputes.Page) *DisputeConnection {
	c := &DisputeConnection{Counter: p.Count}
	c.Nodes, c.Edges, c.PageInfo = connect(p.Slice, disputes.Key, func(d *ent.Dispute) *Dispute { return &Dispute{d} },
		func(cursor string, n *Dispute) *DisputeEdge { return &DisputeEdge{cursor, n} })
	return c
}
