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
		{"yen have no cents", func(s *story) {
			s.buys(apptest.Vars{"currency": "JPY", "discount": "2"}, line{SKU: "CUP", Quantity: 3, UnitPrice: "334", Delivered: signed(1)}) // 1000 paid
			s.ask("RETURN_AND_REFUND", "QUALITY", 2)
			s.back()
			s.pay() // floor(1000 x 2/3)
			s.paid("666 CREDITED")
			s.books("666", 1)
		}},
		{"each means of payment gets back its own: money first, then coupon, then points", func(s *story) {
			s.buys(apptest.Vars{"tenders": []apptest.Vars{{"kind": "POINTS", "amount": "8.00", "points": 80}, {"kind": "COUPON", "amount": "12.00", "reference": "C-7"}, {"kind": "MONEY", "method": "alipay", "amount": "40.00"}}},
				line{SKU: "CUP", Quantity: 2, UnitPrice: "30.00", Delivered: signed(1)})
			s.ask("RETURN_AND_REFUND", "QUALITY", 1)
			s.back()
			s.pay()
			s.parts("MONEY 30.00")
			s.ask("RETURN_AND_REFUND", "QUALITY", 1)
			s.back()
			s.pay()
			s.parts("MONEY 10.00", "COUPON 12.00", "POINTS 8.00 80 points")
			s.books("60.00", 0)
		}},
		{"a coupon whose rule is to lapse is not paid out", func(s *story) {
			s.buys(apptest.Vars{"tenders": []apptest.Vars{{"kind": "MONEY", "method": "card", "amount": "40.00"}, {"kind": "COUPON", "amount": "10.00", "lapses": true}}},
				line{SKU: "CUP", Quantity: 1, UnitPrice: "50.00", Delivered: signed(1)})
			s.ask("RETURN_AND_REFUND", "QUALITY", 1)
			s.back()
			s.pay()
			s.paid("40.00 CREDITED")
			s.parts("MONEY 40.00", "COUPON 10.00 lapsed")
		}},
		{"a bundle broken up by choice loses its price, and gets it back with the rest", func(s *story) {
			// Sold together at 50.00 each; alone each costs 60.00.
			s.bundle()
			s.ask("RETURN_AND_REFUND", "NO_REASON_7D", 1, 0)
			s.back()
			s.pay() // 50.00 - (60.00 - 50.00) for the one that is kept
			s.paid("40.00 CREDITED")
			s.ask("RETURN_AND_REFUND", "NO_REASON_7D", 0, 1)
			s.back()
			s.pay() // 50.00 + 10.00
			s.paid("60.00 CREDITED")
			s.books("100.00", 0, 0)
		}},
		{"a bundle of which one is bad keeps its price", func(s *story) {
			s.bundle()
			s.ask("RETURN_AND_REFUND", "QUALITY", 1, 0)
			s.back()
			s.pay()
			s.paid("50.00 CREDITED")
		}},
		{"free delivery that is no longer earned is kept back, once", func(s *story) {
			s.buys(apptest.Vars{"freeShippingFrom": "50.00", "shippingWaived": "8.00"}, line{SKU: "CUP", Quantity: 3, UnitPrice: "20.00", Delivered: signed(1)})
			s.ask("RETURN_AND_REFUND", "NO_REASON_7D", 1)
			s.back()
			s.pay() // 20.00 - 8.00: 40.00 of goods are kept, below 50.00
			s.paid("12.00 CREDITED")
			s.ask("RETURN_AND_REFUND", "NO_REASON_7D", 1)
			s.back()
			s.pay()
			s.paid("20.00 CREDITED")
			s.books("32.00", 1)
		}},
	})
}

// bundle is an order of two articles sold together at 50.00 each that cost 60.00 each alone.
func (s *story) bundle() {
	s.t.Helper()
	part := func(id, sku string) apptest.Vars {
		return apptest.Vars{"externalId": id, "sku": sku, "title": sku, "quantity": 1, "unitPrice": "50.00", "listPrice": "60.00", "bundle": "PAIR", "deliveredAt": signed(1)}
	}
	s.buys(apptest.Vars{"lines": []apptest.Vars{part("1", "LEFT"), part("2", "RIGHT")}})
}

// MALL-3.3b, MALL-3.3d: a payment can fail, and the promise runs on; it is tried again, sent elsewhere with consent, or waits
// for somebody who answers for large ones.
func TestPayments(t *testing.T) {
	cup := line{SKU: "CUP", Quantity: 3, UnitPrice: "10.00", Delivered: signed(1)}
	approved := func(s *story) {
		s.buys(nil, cup)
		s.ask("REFUND", "QUALITY", 3)
		s.approve(nil)
	}
	fail := func(s *story, refund string) {
		s.do(s.Finance, "refundFail", apptest.Vars{"id": refund, "reason": "The account is closed."})
	}
	play(t, []situation{
		{"it fails, is tried again and arrives", func(s *story) {
			approved(s)
			refund := s.refund()
			fail(s, refund)
			s.stands("REFUND_FAILED", "")
			s.paid("30.00 FAILED")
			s.due("REFUND", "RUNNING", "2025-03-15T00:00:00+08:00") // Wed 12, Thu 13, Fri 14
			s.refused(s.Finance, "refundConfirm", apptest.Vars{"id": refund, "reference": "x"}, "ILLEGAL_TRANSITION")
			s.do(s.Finance, "refundRetry", apptest.Vars{"id": refund})
			s.stands("REFUNDING", "")
			s.confirm(refund)
			s.stands("COMPLETED", "REFUNDED")
			s.due("REFUND", "MET", "")
			s.books("30.00", 0)
		}},
		{"it fails and goes to another account, as the customer asks", func(s *story) {
			approved(s)
			refund := s.refund()
			fail(s, refund)
			s.do(s.Customer, "refundRedirect", apptest.Vars{"id": refund, "input": apptest.Vars{"account": "ICBC 6222 0000 1234", "consent": "I ask for it."}})
			s.confirm(refund)
			s.paid("30.00 CREDITED")
			s.tells("REFUND_REDIRECTED")
		}},
		{"it fails for too long: missed, made good, explained, closed", func(s *story) {
			approved(s)
			refund := s.refund()
			fail(s, refund)
			s.Advance("2025-03-14T23:59:59.999999+08:00")
			s.due("REFUND", "RUNNING", "")
			s.Advance("2025-03-15T00:00:00+08:00")
			s.due("REFUND", "BREACHED", "")
			s.do(s.Finance, "refundRetry", apptest.Vars{"id": refund})
			s.confirm(refund)
			s.stands("COMPLETED", "REFUNDED")
			if s.see(s.Agent).Get("closedAt") != nil {
				s.t.Error("closed before the delay was explained")
			}
			s.do(s.Agent, "caseExplainDelay", apptest.Vars{"deadline": s.clock("REFUND").Str("id"), "input": apptest.Vars{"reason": "OTHER", "text": "The bank refused it.", "toldAt": "2025-03-15T00:00:00+08:00", "channel": "PHONE"}})
			s.do(s.Agent, "caseClose", nil)
			if s.see(s.Agent).Get("closedAt") == nil {
				s.t.Error("not closed")
			}
		}},
		{"above the limit it waits for somebody else", func(s *story) {
			s.do(s.Admin, "refundLimitSet", apptest.Vars{"limit": "20.00"})
			approved(s)
			refund := s.do(s.Agent, "returnRefund", nil).Str("refund.id")
			s.refused(s.Supervisor, "refundConfirm", apptest.Vars{"id": refund, "reference": "x"}, "ILLEGAL_TRANSITION")
			s.do(s.Finance, "refundRelease", apptest.Vars{"id": refund})
			s.confirm(refund)
			s.stands("COMPLETED", "REFUNDED")
		}},
	})
}
