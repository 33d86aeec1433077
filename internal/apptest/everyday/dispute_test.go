package everyday

import (
	"testing"

	"aftersales/internal/apptest"
)

// MALL-1.3c: the customer turns to the platform, and somebody who did not decide before decides.
func TestDisputes(t *testing.T) {
	cups := line{SKU: "CUP", Quantity: 3, UnitPrice: "10.00", Delivered: signed(1)}
	asked := func(s *story) {
		s.buys(nil, cups)
		s.ask("RETURN_AND_REFUND", "QUALITY", 1)
	}
	rejected := func(s *story) {
		asked(s)
		s.do(s.Agent, "returnReject", apptest.Vars{"input": apptest.Vars{"reason": "Worn."}})
	}
	failed := func(s *story) {
		asked(s)
		s.approve(nil)
		s.ship()
		s.receive()
		s.finds(apptest.Vars{"acceptedQuantity": 0, "condition": "USED"})
	}
	dispute := func(s *story) {
		s.do(s.Customer, "caseDispute", apptest.Vars{"reason": "It is as it came."})
		s.stands("DISPUTED", "")
		s.due("DISPUTE_DECISION", "RUNNING", "2025-03-19T00:00:00+08:00") // 7 days after Tue 11
		s.due("DISPUTE_ANSWER", "RUNNING", "2025-03-14T10:15:00+08:00")   // 72 hours
	}
	decide := func(s *story, in apptest.Vars) {
		in["decision"] = "Seen and weighed."
		platform := s.Env.As("PLATFORM_ADMIN", "", "judge")
		s.do(platform, "disputeDecide", apptest.Vars{"input": in})
		s.due("DISPUTE_DECISION", "MET", "")
	}
	play(t, []situation{
		{"a failed inspection, decided for the customer", func(s *story) {
			failed(s)
			dispute(s)
			s.do(s.Agent, "disputeAnswer", apptest.Vars{"input": apptest.Vars{"text": "There are stains."}})
			s.due("DISPUTE_ANSWER", "MET", "")
			decide(s, apptest.Vars{"verdict": "MERCHANT"})
			s.stands("REFUNDING", "")
			s.pay()
			s.paid("10.00 CREDITED")
			s.stands("COMPLETED", "REFUNDED")
			s.books("10.00", 2)
		}},
		{"a failed inspection, decided for the merchant: the goods go home", func(s *story) {
			failed(s)
			dispute(s)
			decide(s, apptest.Vars{"verdict": "CUSTOMER"})
			s.stands("INSPECTION_FAILED", "")
			s.do(s.Warehouse, "returnSendBack", apptest.Vars{"input": sent})
			s.do(s.Customer, "returnSendBackDelivered", nil)
			s.stands("REJECTED", "REJECTED")
			s.books("0.00", 3)
		}},
		{"a failed inspection, shared: sixty percent", func(s *story) {
			failed(s)
			dispute(s)
			decide(s, apptest.Vars{"verdict": "SHARED", "refundAmount": "6.00"})
			s.pay()
			s.paid("6.00 CREDITED")
			s.books("6.00", 2)
		}},
		{"a rejection, decided for the customer: the goods come back, anew on the clock", func(s *story) {
			rejected(s)
			s.stands("REJECTED", "REJECTED")
			s.books("0.00", 3)
			dispute(s)
			s.books("0.00", 2) // held again
			decide(s, apptest.Vars{"verdict": "MERCHANT"})
			s.stands("AWAITING_SHIPMENT", "")
			s.ship()
			s.receive()
			s.finds()
			s.pay()
			s.stands("COMPLETED", "REFUNDED")
		}},
		{"the carrier broke it: the customer is paid, with something on top", func(s *story) {
			failed(s)
			dispute(s)
			decide(s, apptest.Vars{"verdict": "CARRIER", "compensation": "3.00"})
			s.pay()
			s.paid("13.00 CREDITED")
			s.books("10.00", 2) // what comes on top is not part of what was paid for the order
		}},
		{"eight days later it is too late", func(s *story) {
			rejected(s)
			s.Advance("2025-03-19T00:00:00+08:00")
			s.refused(s.Customer, "caseDispute", apptest.Vars{"reason": "I object."}, "WINDOW_CLOSED")
		}},
		{"the platform asks both sides, and one stays silent", func(s *story) {
			failed(s)
			dispute(s)
			s.Advance("2025-03-12T10:15:00+08:00")
			s.do(s.Env.As("PLATFORM_ADMIN", "", "judge"), "disputeAsk", apptest.Vars{"input": apptest.Vars{"sides": []string{"CUSTOMER", "MERCHANT"}, "question": "Show it."}})
			s.due("DISPUTE_EVIDENCE", "RUNNING", "2025-03-15T10:15:00+08:00")
			s.do(s.Customer, "disputeAnswer", apptest.Vars{"input": apptest.Vars{"text": "Here it is.", "evidence": []string{s.proof(s.Customer)}}})
			s.due("DISPUTE_EVIDENCE", "MET", "")
			s.Advance("2025-03-15T10:15:00+08:00")
			s.due("DISPUTE_ANSWER", "BREACHED", "")
			s.stands("DISPUTED", "")
			decide(s, apptest.Vars{"verdict": "MERCHANT"})
		}},
		{"the merchant is closing: the platform works the case, and another judges it", func(s *story) {
			asked(s)
			root := s.Env.Platform()
			s.do(root, "merchantStatusSet", apptest.Vars{"merchant": s.ID, "status": "CLOSED", "reason": "Out of business."})
			if r := s.Agent.Do(`mutation($id: ID!) { returnReject(id: $id, input: { reason: "No." }) { userErrors { code } } }`, apptest.Vars{"id": s.id}); len(r.Errors) == 0 {
				s.t.Error("the staff of a closed merchant still act")
			}
			s.do(root, "returnReject", apptest.Vars{"input": apptest.Vars{"reason": "Worn."}})
			dispute(s)
			s.refused(root, "disputeDecide", apptest.Vars{"input": apptest.Vars{"verdict": "CUSTOMER", "decision": "I still think so."}}, "FORBIDDEN")
			decide(s, apptest.Vars{"verdict": "CUSTOMER"})
			s.stands("REJECTED", "REJECTED")
		}},
	})
}
