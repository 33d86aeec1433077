package everyday

import (
	"testing"

	"aftersales/internal/apptest"
)

// MALL-3.3e, MALL-4.2a, MALL-2.1b: other goods instead of the bought ones, met when they are delivered.
func TestExchanges(t *testing.T) {
	cups := line{SKU: "CUP", Quantity: 3, UnitPrice: "30.00", Delivered: signed(1)}
	shipment := apptest.Vars{"carrier": "SF", "waybill": "SF-R1"}
	inspected := func(s *story) {
		s.buys(nil, cups)
		s.ask("EXCHANGE", "QUALITY", 1)
		s.back()
		s.stands("INSPECTION_PASSED", "")
	}
	other := func(s *story, price string) []apptest.Vars {
		return []apptest.Vars{{"item": s.see(s.Agent).Str("items.0.id"), "sku": "MUG", "title": "Mug", "unitPrice": price}}
	}
	play(t, []situation{
		{"the same article again: met when it is delivered, not when it is sent", func(s *story) {
			inspected(s)
			s.do(s.Warehouse, "returnReplace", apptest.Vars{"input": apptest.Vars{}})
			s.stands("REPLACING", "")
			s.do(s.Warehouse, "returnReplace", apptest.Vars{"input": apptest.Vars{"shipment": shipment}})
			s.stands("REPLACEMENT_SHIPPED", "")
			s.due("EXCHANGE", "RUNNING", "2025-03-15T00:00:00+08:00")
			s.do(s.Customer, "returnReplacementDelivered", nil)
			s.stands("COMPLETED", "REPLACED")
			s.due("EXCHANGE", "MET", "")
			s.books("0.00", 2, 1)
		}},
		{"a cheaper article: the difference goes back", func(s *story) {
			inspected(s)
			s.do(s.Warehouse, "returnReplace", apptest.Vars{"input": apptest.Vars{"items": other(s, "25.00"), "shipment": shipment}})
			s.paid("5.00 PROCESSING")
			s.do(s.Warehouse, "returnReplacementDelivered", nil)
			s.due("EXCHANGE", "MET", "")
			s.stands("REFUNDING", "")
			s.confirm(s.see(s.Finance).Str("refunds.0.id"))
			s.stands("COMPLETED", "REPLACED")
			s.books("5.00", 2, 1)
		}},
		{"a dearer article: only once the customer paid the difference", func(s *story) {
			inspected(s)
			in := apptest.Vars{"items": other(s, "36.50"), "shipment": shipment}
			s.refused(s.Warehouse, "returnReplace", apptest.Vars{"input": in}, "INVALID_INPUT")
			in["differenceReference"] = "alipay-9"
			s.do(s.Warehouse, "returnReplace", apptest.Vars{"input": in})
			s.do(s.Customer, "returnReplacementDelivered", nil)
			s.stands("COMPLETED", "REPLACED")
			if got := s.Agent.Must(`query($id: ID!) { order(id: $id) { extraPaid { amount } } }`, apptest.Vars{"id": s.order.ID}).Str("order.extraPaid.amount"); got != "6.50" {
				s.t.Errorf("paid on top %s", got)
			}
			// What took its place is worth what was paid for it.
			s.lines()
			s.ask("RETURN_AND_REFUND", "QUALITY", 0, 1)
			s.back()
			s.pay()
			s.paid("36.50 CREDITED")
			s.books("36.50", 2, 0)
		}},
		{"out of stock: a refund on the same clock", func(s *story) {
			s.buys(nil, cups)
			s.ask("EXCHANGE", "QUALITY", 1) // Tue 11: Wed 12, Thu 13, Fri 14
			s.approve(nil)
			s.ship()
			s.Advance("2025-03-13T09:00:00+08:00")
			s.receive() // two working days lost on the way: Tue 18
			s.finds()
			s.due("EXCHANGE", "RUNNING", "2025-03-19T00:00:00+08:00")
			s.do(s.Agent, "returnConvert", apptest.Vars{"remedy": "RETURN_AND_REFUND", "reason": "Sold out."})
			s.due("EXCHANGE", "CANCELLED", "")
			s.due("REFUND", "RUNNING", "2025-03-19T00:00:00+08:00")
			s.due("STATUTORY_REFUND", "RUNNING", "2025-03-21T00:00:00+08:00") // 7 days after Thu 13
			s.pay()
			s.stands("COMPLETED", "REFUNDED")
			s.books("30.00", 2)
		}},
		{"the parcel was lost: another one without anything coming back", func(s *story) {
			s.buys(nil, line{SKU: "CUP", Quantity: 1, UnitPrice: "30.00"})
			s.ask("EXCHANGE", "NOT_RECEIVED", 1)
			s.approve(nil)
			s.stands("REPLACING", "")
			s.do(s.Warehouse, "returnReplace", apptest.Vars{"input": apptest.Vars{"shipment": shipment}})
			s.do(s.Customer, "returnReplacementDelivered", nil)
			s.stands("COMPLETED", "REPLACED")
			s.books("0.00", 0, 1)
		}},
		{"delivered one instant late: missed, and owed an explanation", func(s *story) {
			inspected(s)
			s.do(s.Warehouse, "returnReplace", apptest.Vars{"input": apptest.Vars{"shipment": shipment}})
			s.Advance("2025-03-15T00:00:00+08:00")
			s.do(s.Customer, "returnReplacementDelivered", nil)
			s.stands("COMPLETED", "REPLACED")
			s.due("EXCHANGE", "BREACHED", "")
			if s.clock("EXCHANGE").Get("explanationOwed") != true {
				s.t.Error("no explanation is owed")
			}
		}},
	})
}
