package view

import (
	"cmp"
	"slices"
	"time"

	"aftersales/ent"
	"aftersales/internal/calendar"
	"aftersales/internal/lifecycle"
	"aftersales/internal/plan"
	"aftersales/internal/repairs"
)

// Diagnosis is what was found; null until then.
func (r *Repair) Diagnosis() *RepairDiagnosis {
	d := r.Edges.Repair
	if d.DiagnosedAt == nil {
		return nil
	}
	return &RepairDiagnosis{Finding: d.Finding, Plan: d.Plan, HumanCaused: d.HumanCaused, Covered: d.Covered, Goodwill: d.Goodwill,
		CoverageReason: d.CoverageReason, DiagnosedAt: *d.DiagnosedAt,
		Evidence: append(r.shown(d.HumanCausedEvidence), r.shown(d.Evidence)...)}
}

// shown gives pieces of the case's evidence by id.
func (r *Repair) shown(ids []string) []*Evidence {
	out := []*Evidence{}
	for _, e := range r.Edges.Evidence {
		if slices.Contains(ids, e.ID) {
			out = append(out, &Evidence{e})
		}
	}
	return out
}

// Parts are those used or awaited, in the order in which they were recorded.
func (r *Repair) Parts() []*RepairPart {
	parts := slices.Clone(r.Edges.Parts)
	slices.SortFunc(parts, func(a, b *ent.RepairPart) int { return compare(a.ID, b.ID) })
	out := make([]*RepairPart, len(parts))
	for i, p := range parts {
		out[i] = &RepairPart{p}
	}
	return out
}

// Quotes are the prices that were named, first to last.
func (r *Repair) Quotes() []*RepairQuote {
	out := make([]*RepairQuote, len(r.Edges.Quotes))
	for i, q := range r.Edges.Quotes {
		q.Edges.Case = r.ServiceCase
		out[i] = &RepairQuote{q}
	}
	return out
}

// Quote is the one that waits for the customer; null when none does.
func (r *Repair) Quote() *RepairQuote {
	for _, q := range r.Quotes() {
		if q.State == repairs.QuoteOpen {
			return q
		}
	}
	return nil
}

// Price is what the customer pays: nothing for a free repair, else what they accepted.
func (r *Repair) Price() *Money {
	d := r.Edges.Repair
	for _, q := range r.Edges.Quotes {
		if q.State == repairs.QuoteAccepted {
			return MoneyOf(d.Price, q.Currency)
		}
	}
	if d.Covered || d.Goodwill {
		return MoneyOf(0, r.Edges.Order.Currency)
	}
	return nil
}

// Work is what was done; null until the first test.
func (r *Repair) Work() *RepairWork {
	d := r.Edges.Repair
	if d.WorkDone == "" {
		return nil
	}
	return &RepairWork{WorkDone: d.WorkDone, TestNotes: optional(d.TestNotes), Collecting: d.Collecting, CompletedAt: d.CompletedAt}
}

// RepairPart shows a part that a repair needs.
type RepairPart struct{ *ent.RepairPart }

func (RepairPart) IsNode() {}

func (p RepairPart) PartNumber() *string        { return optional(p.RepairPart.PartNumber) }
func (p RepairPart) Supplier() *string          { return optional(p.RepairPart.Supplier) }
func (p RepairPart) ExpectedOn() *calendar.Date { return date(p.RepairPart.ExpectedOn) }

// RepairQuote shows the price of a repair; its case is loaded beside it, with deadlines where expiresAt is asked for.
type RepairQuote struct{ *ent.RepairQuote }

func (RepairQuote) IsNode() {}

// Lines are what is charged.
func (q RepairQuote) Lines() []*RepairQuoteLine {
	out := make([]*RepairQuoteLine, len(q.RepairQuote.Lines))
	for i, l := range q.RepairQuote.Lines {
		out[i] = &RepairQuoteLine{Fee: l.FeeCode, Name: l.Name, Basis: l.Basis, LegalReference: l.LegalReference, Amount: MoneyOf(l.Amount, q.Currency),
			Quantity: l.Quantity, Total: MoneyOf(total(l), q.Currency), Note: optional(l.Note)}
	}
	return out
}

func total(l lifecycle.QuoteLine) int64 { return l.Amount * int64(l.Quantity) }

func (q RepairQuote) Total() *Money    { return MoneyOf(q.RepairQuote.Total, q.Currency) }
func (q RepairQuote) Message() *string { return optional(q.RepairQuote.Message) }
func (q RepairQuote) Author() string   { return q.AuthorName }
func (q RepairQuote) Answer() *string  { return optional(q.RepairQuote.Answer) }

// ExpiresAt is when the clock that started with the quote is due; nil while that stands still.
func (q RepairQuote) ExpiresAt() *time.Time {
	for _, d := range q.Edges.Case.Edges.Deadlines {
		if d.Kind == plan.QuoteReply && d.StartedAt.Equal(q.MadeAt) {
			if d.State == plan.Paused {
				return nil
			}
			return cmp.Or(d.DueAt, &d.PromisedDueAt)
		}
	}
	return nil
}
