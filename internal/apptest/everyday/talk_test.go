package everyday

import (
	"testing"

	"aftersales/internal/apptest"
)

// MALL-3.3f, MALL-3.1e: offers, silence and asking again.
func TestOffersAndSilence(t *testing.T) {
	cups := line{SKU: "CUP", Quantity: 3, UnitPrice: "10.00", Delivered: signed(1)}
	asked := func(s *story) {
		s.buys(nil, cups)
		s.ask("RETURN_AND_REFUND", "QUALITY", 1)
	}
	offer := func(s *story, remedy, disposition string, amount any) {
		in := apptest.Vars{"remedy": remedy, "disposition": disposition, "message": "How about this?"}
		if amount != nil {
			in["amount"] = amount
		}
		s.do(s.Agent, "returnPropose", apptest.Vars{"input": in})
		s.stands("PROPOSED", "")
	}
	play(t, []situation{
		{"keep it and take four yuan: accepted", func(s *story) {
			asked(s)
			offer(s, "REFUND", "KEEP", "4.00")
			s.due("REFUND", "PAUSED", "")
			s.due("FIRST_RESPONSE", "MET", "")
			s.due("PROPOSAL_REPLY", "RUNNING", "2025-03-15T00:00:00+08:00") // 3 days after Tue 11
			s.do(s.Customer, "returnProposalAccept", nil)
			s.stands("REFUNDING", "")
			s.pay()
			s.paid("4.00 CREDITED")
			s.stands("COMPLETED", "COMPENSATED")
			s.books("4.00", 3) // it was kept, and may still come back for its rest
			s.ask("RETURN_AND_REFUND", "QUALITY", 3)
			s.back()
			s.pay() // 30.00 - 4.00
			s.paid("26.00 CREDITED")
		}},
		{"declined, offered again, accepted: both rounds stay on record", func(s *story) {
			asked(s)
			offer(s, "REFUND", "KEEP", "2.00")
			s.do(s.Customer, "returnProposalDecline", apptest.Vars{"message": "Too little."})
			s.stands("REQUESTED", "")
			s.due("REVIEW", "RUNNING", "2025-03-13T10:15:00+08:00")
			offer(s, "REFUND", "SCRAP", "8.00")
			s.do(s.Customer, "returnProposalAccept", nil)
			s.pay()
			s.paid("8.00 CREDITED")
			rounds := s.Customer.Must(`query($id: ID!) { return(id: $id) { proposals { round state } } }`, apptest.Vars{"id": s.id}).List("return.proposals")
			if len(rounds) != 2 || rounds[0].Str("state") != "DECLINED" || rounds[1].Str("state") != "ACCEPTED" {
				s.t.Errorf("rounds %v", rounds)
			}
			s.books("8.00", 2) // thrown away: it cannot come back
		}},
		{"no answer is a no: the clocks go on", func(s *story) {
			asked(s)
			offer(s, "REFUND", "KEEP", "2.00")
			s.Advance("2025-03-15T00:00:00+08:00")
			s.stands("REQUESTED", "")
			s.due("REFUND", "RUNNING", "2025-03-20T00:00:00+08:00") // three working days lost, Wed 12 to Fri 14: the sixth is Wed 19
		}},
		{"an exchange instead: accepted", func(s *story) {
			asked(s)
			offer(s, "EXCHANGE", "RETURN", nil)
			s.do(s.Customer, "returnProposalAccept", nil)
			s.stands("AWAITING_SHIPMENT", "")
			s.due("REFUND", "CANCELLED", "")
			s.due("EXCHANGE", "PAUSED", "")
			s.ship()
			s.receive()
			s.finds()
			s.do(s.Warehouse, "returnReplace", apptest.Vars{"input": apptest.Vars{"shipment": sent}})
			s.do(s.Customer, "returnReplacementDelivered", nil)
			s.stands("COMPLETED", "REPLACED")
		}},
		{"worn goods: an offer of half, accepted after the inspection", func(s *story) {
			asked(s)
			s.approve(nil)
			s.ship()
			s.receive()
			s.finds(apptest.Vars{"acceptedQuantity": 0, "condition": "USED"})
			offer(s, "RETURN_AND_REFUND", "RETURN", "5.00")
			s.do(s.Customer, "returnProposalAccept", nil)
			s.pay()
			s.paid("5.00 CREDITED")
			s.stands("COMPLETED", "REFUNDED")
			s.books("5.00", 2)
		}},
		{"nobody reviews it: approved by itself after 48 hours", func(s *story) {
			asked(s)
			s.Advance("2025-03-13T10:14:59+08:00")
			s.stands("REQUESTED", "")
			s.Advance("2025-03-13T10:15:00+08:00")
			s.stands("AWAITING_SHIPMENT", "")
			s.due("REVIEW", "BREACHED", "")
			s.due("SHIP_BACK", "RUNNING", "2025-03-21T00:00:00+08:00") // 7 days after Thu 13
		}},
		{"not sent in time: expired, taken up again, finished", func(s *story) {
			asked(s)
			s.approve(nil)
			s.Advance("2025-03-19T00:00:00+08:00")
			s.stands("EXPIRED", "EXPIRED")
			s.books("0.00", 3)
			s.do(s.Customer, "returnReopen", nil)
			s.stands("AWAITING_SHIPMENT", "")
			s.books("0.00", 2)
			s.ship()
			s.receive()
			s.finds()
			s.pay()
			s.stands("COMPLETED", "REFUNDED")
		}},
		{"taken up again after the window closed: refused", func(s *story) {
			s.buys(nil, cups)
			s.ask("RETURN_AND_REFUND", "NO_REASON_7D", 1) // signed on Mon 10: until Mon 17
			s.approve(nil)
			s.Advance("2025-03-19T00:00:00+08:00")
			s.refused(s.Customer, "returnReopen", nil, "WINDOW_CLOSED")
		}},
		{"a sixth application for one line is refused", func(s *story) {
			s.buys(nil, cups)
			for range 5 {
				s.ask("RETURN_AND_REFUND", "QUALITY", 1)
				s.do(s.Customer, "returnCancel", nil)
			}
			s.refused(s.Customer, "returnRequest", apptest.Vars{"input": s.application("RETURN_AND_REFUND", "QUALITY", 1)}, "LIMIT_EXCEEDED")
		}},
		{"the money runs ahead of the goods", func(s *story) {
			s.do(s.Admin, "refundTriggerSet", apptest.Vars{"trigger": "CARRIER_PICKUP"})
			asked(s)
			s.approve(nil)
			s.refused(s.Finance, "returnRefund", nil, "ILLEGAL_TRANSITION") // not picked up yet
			s.ship()
			s.pay()
			s.stands("IN_TRANSIT", "")
			s.due("REFUND", "MET", "")
			s.paid("10.00 CREDITED")
			s.receive()
			s.finds()
			s.stands("COMPLETED", "REFUNDED")
			s.books("10.00", 2)
		}},
		{"paid ahead, and the parcel is empty", func(s *story) {
			s.do(s.Admin, "refundTriggerSet", apptest.Vars{"trigger": "APPROVAL"})
			asked(s)
			s.approve(nil)
			s.pay()
			s.ship()
			s.receive()
			s.finds(apptest.Vars{"acceptedQuantity": 0, "condition": "EMPTY_PARCEL"})
			s.do(s.Agent, "returnReject", apptest.Vars{"input": apptest.Vars{"reason": "The parcel was empty."}})
			s.stands("REJECTED", "REJECTED")
			s.books("10.00", 2)
		}},
	})
}
