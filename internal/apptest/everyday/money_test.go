package everyday

import (
	"testing"

	"aftersales/internal/apptest"
)

// MALL-4.2a, MALL-3.3c, MALL-3.3d: what comes back is what was paid for it, to the cent.
func TestMoneyBack(t *testing.T) {
	play(t, []situation{
		{"one cup of three goes back without a reason", func(s *story) {
			s.buys(apptest.Vars{"shipping": "8.00"}, line{SKU: "CUP", Quantity: 3, UnitPrice: "10.00", Delivered: signed(1)})
			s.ask("RETURN_AND_REFUND", "NO_REASON_7D", 1)
			s.back()
			s.pay() // 30.00 x 1/3; delivery stays with the customer (Consumer Rights Protection Law art. 25)
			s.paid("10.00 CREDITED")
			s.stands("COMPLETED", "REFUNDED")
			s.due("REFUND", "MET", "")
			s.books("10.00", 2)
		}},
		{"everything goes back without a reason: delivery was the customer's choice", func(s *story) {
			s.buys(apptest.Vars{"shipping": "8.00"}, line{SKU: "CUP", Quantity: 3, UnitPrice: "10.00", Delivered: signed(1)}, line{SKU: "PLATE", Quantity: 1, UnitPrice: "25.00", Delivered: signed(1)})
			s.ask("RETURN_AND_REFUND", "NO_REASON_7D", 3, 1)
			s.back()
			s.pay() // 30.00 + 25.00
			s.paid("55.00 CREDITED")
			s.books("55.00", 0, 0)
		}},
		{"everything goes back because it is bad: delivery comes back too", func(s *story) {
			s.buys(apptest.Vars{"shipping": "8.00"}, line{SKU: "CUP", Quantity: 3, UnitPrice: "10.00", Delivered: signed(1)}, line{SKU: "PLATE", Quantity: 1, UnitPrice: "25.00", Delivered: signed(1)})
			s.ask("RETURN_AND_REFUND", "QUALITY", 3, 1)
			s.back()
			s.pay() // 30.00 + 25.00 + 8.00 (art. 24)
			s.paid("63.00 CREDITED")
			s.books("63.00", 0, 0)
		}},
		{"a third of ten yuan, three times", func(s *story) {
			s.buys(apptest.Vars{"discount": "20.00"}, line{SKU: "CUP", Quantity: 3, UnitPrice: "10.00", Delivered: signed(1)}) // 10.00 paid for three
			for _, want := range []string{"3.33 CREDITED", "3.33 CREDITED", "3.34 CREDITED"} {                                 // M19: the last takes the rest
				s.ask("RETURN_AND_REFUND", "QUALITY", 1)
				s.back()
				s.pay()
				s.paid(want)
			}
			s.books("10.00", 0)
		}},
		{"an order discount is spread over the lines", func(s *story) {
			s.buys(apptest.Vars{"discount": "10.00"}, line{SKU: "A", Quantity: 1, UnitPrice: "33.33", Delivered: signed(1)},
				line{SKU: "B", Quantity: 1, UnitPrice: "33.33", Delivered: signed(1)}, line{SKU: "C", Quantity: 1, UnitPrice: "33.34", Delivered: signed(1)})
			s.ask("RETURN_AND_REFUND", "QUALITY", 0, 0, 1)
			s.back()
			s.pay() // M17: 33.34 - 3.34
			s.paid("30.00 CREDITED")
			s.books("30.00", 1, 1, 0)
		}},
		{"a parcel that never came is paid without anything coming back", func(s *story) {
			s.buys(apptest.Vars{"shipping": "8.00"}, line{SKU: "CUP", Quantity: 2, UnitPrice: "10.00"})
			s.ask("REFUND", "NOT_RECEIVED", 2)
			s.approve(nil)
			s.stands("REFUNDING", "")
			s.pay() // 20.00 + 8.00: all of the order (MALL-2.2a)
			s.paid("28.00 CREDITED")
			s.stands("COMPLETED", "REFUNDED")
			s.books("28.00", 0)
		}},
		{"two applications for one line at once: the second is told by which case it is held", func(s *story) {
			s.buys(nil, line{SKU: "CUP", Quantity: 2, UnitPrice: "10.00", Delivered: signed(1)})
			s.ask("RETURN_AND_REFUND", "QUALITY", 2)
			first := s.id
			number := s.Agent.Must(`query($id: ID!) { case(id: $id) { number } }`, apptest.Vars{"id": first}).Str("case.number")
			refusal := s.refused(s.Customer, "returnRequest", apptest.Vars{"input": s.application("RETURN_AND_REFUND", "QUALITY", 1)}, "QUANTITY_EXCEEDS_BOUGHT")
			for _, p := range refusal.List("params") {
				if p.Str("name") == "case" && p.Str("value") != number {
					s.t.Errorf("held by %s, want %s", p.Str("value"), number)
				}
			}
			s.do(s.Customer, "returnCancel", nil)
			s.books("0.00", 2)
		}},
	})
}
