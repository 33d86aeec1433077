package view

import (
	"cmp"
	"context"
	"slices"

	"aftersales/ent"
	"aftersales/internal/auth"
)

// Compensation shows what a missed deadline costs. Its deadline must be loaded.
type Compensation struct{ *ent.Compensation }

func (Compensation) IsNode() {}

func (c Compensation) Case() Case { return CaseOf(c.Edges.Case) }

// Deadline is the one that was missed.
func (c Compensation) Deadline() *Deadline {
	d := c.Edges.Deadline
	if d.Edges.Case == nil {
		d.Edges.Case = c.Edges.Case
	}
	return &Deadline{d}
}

// Base is what the customer paid for the goods.
func (c Compensation) Base() *Money { return MoneyOf(c.Compensation.Base, c.Currency) }

// DecidedBy is null until somebody decided.
func (c Compensation) DecidedBy() *string { return optional(c.Compensation.DecidedBy) }

// Note is what was said in the house with the decision; customers do not read it.
func (c Compensation) Note(ctx context.Context) *string {
	if a, _ := auth.From(ctx); a.Role == auth.Customer {
		return nil
	}
	return optional(c.Compensation.Note)
}

// Compensations are what missed deadlines of the case cost, earliest first.
func (r *Return) Compensations() []*Compensation {
	rows := slices.Clone(r.Edges.Compensations)
	slices.SortFunc(rows, func(a, b *ent.Compensation) int {
		return cmp.Or(a.ProposedAt.Compare(b.ProposedAt), cmp.Compare(a.ID, b.ID))
	})
	out := make([]*Compensation, len(rows))
	for i, row := range rows {
		row.Edges.Case = r.ServiceCase
		out[i] = &Compensation{row}
	}
	return out
}

// Clause is the rule by which the service acted by itself; null for what people did.
func (e CaseEvent) Clause() *string {
	if e.ActorRole != "" {
		return nil
	}
	return optional(e.Params["clause"])
}
