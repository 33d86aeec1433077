package e2e

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"aftersales/internal/apptest"
)

// Refunds and new requests on one order lock it in different ways, and none may wait for the other in a circle: no
// transaction has to be run twice.
func TestRefundsAndRequestsOnOneOrderDoNotDeadlock(t *testing.T) {
	t.Parallel()
	const at = "2025-09-24T10:00:00+08:00"
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", at)
		o := s.Order("A1", at, apptest.Line{SKU: "KETTLE", Quantity: 6, UnitPrice: "9.00"},
			apptest.Line{SKU: "CUP", Quantity: 6, UnitPrice: "9.00"}, apptest.Line{SKU: "PLATE", Quantity: 6, UnitPrice: "9.00"})
		var refunds, requests []apptest.Vars
		for i := range 6 {
			id := s.Request(nth(o, i%3), "REFUND", 1)
			s.Agent.Must(apptest.ApproveReturn, apptest.Vars{"id": id})
			refunds = append(refunds, apptest.Vars{"id": id, "key": fmt.Sprint("refund-", i)})
			requests = append(requests, s.RequestVars(nth(o, i%3), "REFUND", 1))
		}
		var all sync.WaitGroup
		answers := make([]apptest.Response, 2*len(refunds))
		opened, settled := 0, 0
		for _, q := range e.Statements(func() {
			for i := range refunds {
				all.Go(func() { answers[2*i] = s.Finance.Do(apptest.RefundReturn, refunds[i]) })
				all.Go(func() { answers[2*i+1] = s.Customer.Do(apptest.RequestReturn, requests[i]) })
			}
			all.Wait()
		}) {
			if strings.Contains(q, `INSERT INTO "service_cases"`) || strings.Contains(q, "INSERT INTO `service_cases`") {
				opened++
			}
			if strings.HasPrefix(q, "SELECT") && strings.Contains(q, `FROM "order_lines"`) && strings.Contains(q, " FOR ") {
				settled++
			}
		}
		if opened != len(requests) || e.Engine == "postgres" && settled != len(refunds) {
			t.Errorf("%d cases opened and %d refunds settled, counting every attempt; want %d each", opened, settled, len(refunds))
		}
		for _, a := range answers {
			if len(a.Errors) > 0 {
				t.Errorf("%s", a.Raw)
			}
		}
		d := s.Agent.Must(`query($id: ID!) { order(id: $id) { refunded { amount } lines { returnableQuantity } } }`, apptest.Vars{"id": o.ID})
		if got := d.Str("order.refunded.amount"); got != "54.00" {
			t.Errorf("refunded %s, want 6 x 9.00", got)
		}
		if got := d.Int("order.lines.0.returnableQuantity"); got != 6-4 {
			t.Errorf("returnable %d, want 6 less 4 in cases", got)
		}
	})
}
