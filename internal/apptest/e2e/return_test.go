package e2e

import (
	"testing"

	"aftersales/internal/apptest"
)

const wholeReturn = `query($id: ID!) { return(id: $id) { status closedAt outcome version refundable { amount currency } refunds { state amount { amount } }
  deadlines { kind state open dueAt promisedDueAt lastDay metAt breachedAt why explanationOwed pauses { from to reason } } nextDeadline { kind dueAt } allowedActions
  events { nodes { type text actor { role name } } } } }`

// The whole way of MALL-3 in time: request, approval, shipment, inspection, refund credited.
func TestReturnFromRequestToCreditedRefund(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-09-24T10:00:00+08:00")
		o := s.Order("A1", "2025-09-24T10:00:00+08:00", apptest.Line{SKU: "KETTLE", Quantity: 2, UnitPrice: "99.00"})
		id := s.Request(o, "RETURN_AND_REFUND", 1)
		s.ToInspected(id)
		refund := s.Refund(id)
		s.Confirm(refund)
		d := s.Customer.Must(wholeReturn, apptest.Vars{"id": id})
		if d.Str("return.status") != "COMPLETED" || d.Get("return.closedAt") == nil || d.Str("return.outcome") != "REFUNDED" {
			t.Fatalf("%v", d)
		}
		if got := d.Str("return.refunds.0.amount.amount"); got != "99.00" {
			t.Errorf("refund %s", got)
		}
	})
}
