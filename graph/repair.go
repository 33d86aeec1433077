package graph

import (
	"context"

	"aftersales/ent"
	"aftersales/ent/repairquote"
	"aftersales/graph/view"
	"aftersales/internal/casework"
	"aftersales/internal/lifecycle"
	"aftersales/internal/repairs"
)

// loadWork loads what only a repair, or a service at the customer's, has.
func loadWork(q *ent.ServiceCaseQuery, s selection) {
	if s.asks("orderLine", "quantity", "serialNumber", "faultSince", "way", "wishedWay", "confirmedAt", "deliveredAt", "receivedAt", "homeAt",
		"openQuestion", "instructions", "diagnosis", "price", "work", "daysInRepair", "serviceWay", "wishedTimes", "steps", "workDone", "completedAt", "allowedActions", "disputableUntil") {
		q.WithRepair(func(q *ent.RepairDetailQuery) {
			if s.asks("orderLine") {
				q.WithOrderLine(func(q *ent.OrderLineQuery) { loadLine(q, s.of("orderLine"), false) })
			}
			if s.of("instructions").asks("returnAddress") {
				q.WithReturnAddress()
			}
		})
	}
	if s.asks("visits", "allowedActions") {
		q.WithVisits(func(q *ent.VisitQuery) { loadVisit(q, s.of("visits"), true) })
	}
	if s.asks("parts", "allowedActions") {
		q.WithParts()
	}
	if s.asks("quotes", "quote", "price") {
		q.WithQuotes(func(q *ent.RepairQuoteQuery) { q.Order(repairquote.ByRound()) })
	}
	if s.of("diagnosis").asks("evidence") {
		q.WithEvidence()
	}
}

// afterRepair is after for payloads whose object is a repair.
func (r *Resolver) afterRepair(ctx context.Context, caseID string, err error) (*view.Repair, []*view.UserError, error) {
	c, errs, err := r.after(ctx, "repair", caseID, err)
	if c == nil || c.Kind != lifecycle.Repairs {
		return nil, errs, err
	}
	return view.RepairOf(c), errs, err
}

func newEvidence(in []*view.EvidenceInput) []casework.NewEvidence {
	out := make([]casework.NewEvidence, len(in))
	for i, e := range in {
		out[i] = casework.NewEvidence{Kind: e.Kind, URL: e.URL, SHA256: note(e.Sha256), Note: note(e.Note)}
	}
	return out
}

// answered shows how the answer to a quote ended.
func (r *Resolver) answered(ctx context.Context, caseID, quoteID string, err error) (*view.Repair, *view.RepairQuote, []*view.UserError, error) {
	c, errs, fault := r.afterRepair(ctx, caseID, err)
	if fault != nil || err != nil {
		return c, nil, errs, fault
	}
	q, err := r.repairs.QuoteByID(ctx, quoteID)
	if err != nil {
		return nil, nil, nil, err
	}
	return c, &view.RepairQuote{RepairQuote: q}, errs, nil
}

// daysInRepair counts up to the present of the merchant's clock.
func (r *Resolver) daysInRepair(ctx context.Context, c *ent.ServiceCase) (*view.RepairDays, error) {
	t, err := r.terms(ctx, c.MerchantID) // the calendar is read once an operation
	if err != nil {
		return nil, err
	}
	took := repairs.InRepair(c, t.Now, t.Calendar.Zone())
	if took == nil {
		return nil, nil
	}
	return &view.RepairDays{Parts: took.Parts, Repairer: took.Repairer}, nil
}
