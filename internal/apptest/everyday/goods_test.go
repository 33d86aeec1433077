package everyday

import (
	"testing"

	"aftersales/internal/apptest"
)

var sent = apptest.Vars{"carrier": "SF", "waybill": "SF-B1"}

// MALL-3.3a to 3.3c, MALL-2.1c, MALL-3.2e: what is found when goods come back, and what becomes of it.
func TestGoodsBack(t *testing.T) {
	cups := line{SKU: "CUP", Quantity: 3, UnitPrice: "10.00", Delivered: signed(1)}
	asked := func(s *story, reason string, n int) {
		s.buys(nil, cups)
		s.ask("RETURN_AND_REFUND", reason, n)
	}
	arrived := func(s *story, reason string, n int) {
		asked(s, reason, n)
		s.approve(nil)
		s.ship()
		s.receive()
	}
	play(t, []situation{
		{"two of three are accepted: two are paid, the third goes home", func(s *story) {
			arrived(s, "QUALITY", 3)
			s.finds(apptest.Vars{"acceptedQuantity": 2})
			s.due("SEND_BACK", "RUNNING", "2025-03-15T00:00:00+08:00") // Wed 12, Thu 13, Fri 14
			s.pay()
			s.paid("20.00 CREDITED")
			s.stands("INSPECTION_FAILED", "")
			s.do(s.Warehouse, "returnSendBack", apptest.Vars{"input": sent})
			s.due("SEND_BACK", "MET", "")
			s.stands("SENT_BACK", "")
			s.do(s.Customer, "returnSendBackDelivered", nil)
			s.stands("COMPLETED", "REFUNDED")
			s.books("20.00", 1)
		}},
		{"used: something is taken off, shown by a photo", func(s *story) {
			arrived(s, "NO_REASON_7D", 1)
			s.finds(apptest.Vars{"acceptedQuantity": 1, "condition": "USED", "deductions": []apptest.Vars{{"reason": "USED", "amount": "2.50", "note": "Tea stains.", "evidence": []string{s.proof(s.Warehouse)}}}})
			s.pay() // 10.00 - 2.50
			s.paid("7.50 CREDITED")
			s.books("7.50", 2)
			s.ask("RETURN_AND_REFUND", "QUALITY", 2)
			s.back()
			s.pay() // what was taken off before does not come back with the rest
			s.paid("20.00 CREDITED")
		}},
		{"the gift did not come back: its marked price is taken off", func(s *story) {
			s.buys(apptest.Vars{"lines": []apptest.Vars{
				{"externalId": "1", "sku": "KETTLE", "title": "Kettle", "quantity": 1, "unitPrice": "100.00", "deliveredAt": signed(1)},
				{"externalId": "2", "sku": "TEA", "title": "Tea", "quantity": 1, "unitPrice": "0.00", "giftOf": "1", "markedPrice": "15.00", "deliveredAt": signed(1)},
			}})
			s.ask("RETURN_AND_REFUND", "NO_REASON_7D", 1, 0)
			s.approve(nil)
			s.ship()
			s.receive()
			s.finds(apptest.Vars{"acceptedQuantity": 1, "missingGifts": []apptest.Vars{{"orderLine": s.order.Lines[1], "quantity": 1}}})
			s.pay()
			s.paid("85.00 CREDITED")
		}},
		{"an empty parcel: nothing to pay, nothing to send home", func(s *story) {
			arrived(s, "QUALITY", 1)
			s.finds(apptest.Vars{"acceptedQuantity": 0, "condition": "EMPTY_PARCEL"})
			s.stands("INSPECTION_FAILED", "")
			s.do(s.Agent, "returnReject", apptest.Vars{"input": apptest.Vars{"reason": "The parcel was empty."}})
			s.stands("REJECTED", "REJECTED")
			s.books("0.00", 3)
		}},
		{"other goods than were sold go back to the customer", func(s *story) {
			arrived(s, "QUALITY", 1)
			s.finds(apptest.Vars{"acceptedQuantity": 0, "condition": "WRONG_GOODS"})
			s.do(s.Warehouse, "returnSendBack", apptest.Vars{"input": sent})
			s.do(s.Customer, "returnSendBackDelivered", nil)
			s.stands("REJECTED", "REJECTED")
			s.books("0.00", 3)
		}},
		{"broken: the cause is written down before anything is decided", func(s *story) {
			asked(s, "DAMAGED", 1)
			ok := apptest.Vars{"ok": true}
			in := apptest.Vars{"review": apptest.Vars{"product": ok, "description": ok, "reason": ok}, "steps": []string{"Keep it."}, "disposition": "SCRAP"}
			s.refused(s.Agent, "returnApprove", apptest.Vars{"input": in}, "INVALID_INPUT")
			in["damageCause"] = "TRANSIT"
			s.do(s.Agent, "returnApprove", apptest.Vars{"input": in})
			s.stands("REFUNDING", "") // nothing comes back: it is broken
			s.pay()
			s.paid("10.00 CREDITED")
			s.books("10.00", 2)
		}},
		{"the carrier's signature ends the pause, not the click", func(s *story) {
			asked(s, "QUALITY", 1) // Tue 11 10:15; approved at once: the pause begins
			s.approve(nil)
			s.ship()
			s.Advance("2025-03-14T09:00:00+08:00")
			s.do(s.Integration, "returnDelivered", apptest.Vars{"input": apptest.Vars{"deliveredAt": "2025-03-13T16:00:00+08:00", "signedBy": "Zhao Lei"}})
			// Wed 12 and Thu 13 were on the way: the 5th working day after Tue 11 is Tue 18.
			s.due("REFUND", "RUNNING", "2025-03-19T00:00:00+08:00")
			s.due("RECEIPT_CONFIRMATION", "RUNNING", "2025-03-17T00:00:00+08:00") // 3 days after Thu 13
			s.receive()
			s.due("REFUND", "RUNNING", "2025-03-19T00:00:00+08:00")
			s.due("RECEIPT_CONFIRMATION", "MET", "")
		}},
		{"delivered and never booked in: received by itself", func(s *story) {
			asked(s, "QUALITY", 1)
			s.approve(nil)
			s.ship()
			s.do(s.Integration, "returnDelivered", apptest.Vars{"input": apptest.Vars{"deliveredAt": opening, "signedBy": "Zhao Lei"}})
			s.Advance("2025-03-14T23:59:59+08:00")
			s.stands("IN_TRANSIT", "")
			s.Advance("2025-03-15T00:00:00+08:00")
			s.stands("RECEIVED", "")
		}},
		{"refused at the door: the same parcel comes back", func(s *story) {
			s.buys(nil, line{SKU: "CUP", Quantity: 1, UnitPrice: "10.00"})
			s.ask("RETURN_AND_REFUND", "QUALITY", 1)
			s.approve(nil)
			s.do(s.Customer, "returnShip", apptest.Vars{"input": apptest.Vars{"carrier": "SF", "waybill": "OUT-1", "method": "REFUSED"}})
			s.receive()
			s.finds()
			s.pay()
			s.paid("10.00 CREDITED")
		}},
		{"it comes after the case expired: parked, matched, paid", func(s *story) {
			asked(s, "QUALITY", 1)
			s.approve(nil)
			s.Advance("2025-03-19T00:00:00+08:00") // 7 days after Tue 11
			s.stands("EXPIRED", "EXPIRED")
			parked := s.do(s.Warehouse, "parcelPark", apptest.Vars{"input": apptest.Vars{"idempotencyKey": s.Key(), "carrier": "SF", "waybill": "SF-LATE"}}).Str("parkedParcel.id")
			s.do(s.Warehouse, "parcelMatch", apptest.Vars{"id": parked, "case": s.id})
			s.stands("RECEIVED", "")
			s.due("REFUND", "RUNNING", "2025-03-25T00:00:00+08:00") // anew from Wed 19: Thu 20, Fri 21, Mon 24
			s.finds()
			s.pay()
			s.stands("COMPLETED", "REFUNDED")
			s.books("10.00", 2)
		}},
		{"what sending it cost comes back when the goods were bad", func(s *story) {
			asked(s, "QUALITY", 1)
			s.approve(nil)
			s.ship()
			s.do(s.Customer, "returnFreightClaim", apptest.Vars{"input": apptest.Vars{"amount": "6.00", "receipt": s.proof(s.Customer)}})
			s.receive()
			s.finds()
			s.pay() // 10.00 + 6.00 (art. 24)
			s.paid("16.00 CREDITED")
			s.books("10.00", 2) // the way back is not part of what was paid for the order
		}},
		{"and does not when it was the customer's wish", func(s *story) {
			asked(s, "NO_REASON_7D", 1)
			s.approve(nil)
			s.ship()
			s.refused(s.Customer, "returnFreightClaim", apptest.Vars{"input": apptest.Vars{"amount": "6.00", "receipt": s.proof(s.Customer)}}, "NOT_ELIGIBLE")
		}},
	})
}
