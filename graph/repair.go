package graph

import (
	"context"

	"aftersales/ent"
	"aftersales/graph/view"
	"aftersales/internal/casework"
	"aftersales/internal/lifecycle"
)

// loadWork loads what only a repair, or a service at the customer's, has.
func loadWork(q *ent.ServiceCaseQuery, s selection) {
	if s.asks("orderLine", "quantity", "serialNumber", "faultSince", "way", "wishedWay", "confirmedAt", "deliveredAt", "receivedAt", "homeAt",
		"openQuestion", "instructions", "serviceWay", "wishedTimes", "steps", "workDone", "completedAt", "allowedActions") {
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
	if s.asks("allowedActions") { // what the table asks
		q.WithParts()
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
