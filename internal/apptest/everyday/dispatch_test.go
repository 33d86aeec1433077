package everyday

import (
	"testing"

	"aftersales/internal/apptest"
)

// MALL-2.3b, MALL-2.3c: before it arrives an order is changed as the customer asks, without a fee.
func TestBeforeItArrives(t *testing.T) {
	cancel := func(s *story, items ...apptest.Vars) apptest.Vars {
		in := apptest.Vars{"idempotencyKey": s.Key(), "order": s.order.ID, "reason": "I changed my mind."}
		if len(items) > 0 {
			in["items"] = items
		}
		return apptest.Vars{"input": in}
	}
	stands := func(s *story, status string) {
		s.t.Helper()
		c := s.Customer.Must(`query($id: ID!) { case(id: $id) { kind status outcome } }`, apptest.Vars{"id": s.id}).Sub("case")
		if c.Str("kind") != "ORDER_CHANGE" || c.Str("status") != status {
			s.t.Fatalf("%s %s, want ORDER_CHANGE %s", c.Str("kind"), c.Str("status"), status)
		}
	}
	refund := func(s *story) string {
		return s.Finance.Must(`query($id: ID!) { case(id: $id) { ... on OrderChange { refunds { id } } } }`, apptest.Vars{"id": s.id}).Str("case.refunds.0.id")
	}
	cups, plate := line{SKU: "CUP", Quantity: 2, UnitPrice: "10.00"}, line{SKU: "PLATE", Quantity: 1, UnitPrice: "25.00"}
	play(t, []situation{
		{"all of it is cancelled: delivery comes back too", func(s *story) {
			s.buys(apptest.Vars{"shipping": "8.00"}, cups, plate)
			s.id = s.do(s.Customer, "orderCancel", cancel(s)).Str("orderChange.id")
			stands(s, "REFUNDING")
			s.books("53.00", 0, 0) // 20.00 + 25.00 + 8.00
			s.confirm(refund(s))
			stands(s, "COMPLETED")
		}},
		{"one cup of it is cancelled", func(s *story) {
			s.buys(apptest.Vars{"shipping": "8.00"}, cups, plate)
			s.id = s.do(s.Customer, "orderCancel", cancel(s, apptest.Vars{"orderLine": s.order.Lines[0], "quantity": 1})).Str("orderChange.id")
			s.books("10.00", 1, 1)
			s.confirm(refund(s))
			stands(s, "COMPLETED")
		}},
		{"just dispatched, and stopped on its way", func(s *story) {
			s.dispatched()
			s.id = s.do(s.Customer, "orderCancel", cancel(s)).Str("orderChange.id")
			stands(s, "REQUESTED")
			s.books("0.00", 0)
			s.do(s.Warehouse, "orderInterceptResolve", apptest.Vars{"input": apptest.Vars{"stopped": true}})
			stands(s, "REFUNDING")
			s.books("20.00", 0)
			s.confirm(refund(s))
			stands(s, "COMPLETED")
		}},
		{"just dispatched, and not to be stopped", func(s *story) {
			s.dispatched()
			s.id = s.do(s.Customer, "orderCancel", cancel(s)).Str("orderChange.id")
			s.do(s.Warehouse, "orderInterceptResolve", apptest.Vars{"input": apptest.Vars{"stopped": false}})
			stands(s, "REJECTED")
			s.books("0.00", 2)
		}},
		{"delivered: it is a return then", func(s *story) {
			s.buys(nil, line{SKU: "CUP", Quantity: 2, UnitPrice: "10.00", Delivered: signed(1)})
			s.refused(s.Customer, "orderCancel", cancel(s), "NOT_ELIGIBLE")
		}},
		{"sent elsewhere before it leaves", func(s *story) {
			s.buys(nil, cups)
			to := apptest.Vars{"recipient": "Li Lei", "phone": "13800001234", "line": "2 Other Road", "city": "Suzhou", "country": "CN"}
			s.do(s.Customer, "orderAmendAddress", apptest.Vars{"input": apptest.Vars{"idempotencyKey": s.Key(), "order": s.order.ID, "shipTo": to}})
			if city := s.Customer.Must(`query($id: ID!) { order(id: $id) { shipTo { city } } }`, apptest.Vars{"id": s.order.ID}).Str("order.shipTo.city"); city != "Suzhou" {
				s.t.Errorf("it goes to %s", city)
			}
		}},
	})
}

// dispatched is an order of two cups that left yesterday.
func (s *story) dispatched() {
	s.t.Helper()
	s.buys(apptest.Vars{"lines": []apptest.Vars{{"externalId": "1", "sku": "CUP", "title": "Cup", "quantity": 2, "unitPrice": "10.00", "fulfilledAt": signed(1)}}})
}
