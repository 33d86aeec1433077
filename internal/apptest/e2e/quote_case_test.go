package e2e

import (
	"testing"

	"aftersales/internal/apptest"
)

// previewed is what a refund of a case would pay now, and paidNow what it then paid: the two have to be one.
func previewed(t testing.TB, s *apptest.Shop, id string) string {
	t.Helper()
	return spelled(sub(t, s.Customer.Must(previewRefund, apptest.Vars{"id": id}), "return.refundPreview"))
}

func paidNow(t testing.TB, s *apptest.Shop, id string) string {
	t.Helper()
	want := previewed(t, s, id)
	s.Confirm(s.Refund(id))
	got := spelled(sub(t, s.Customer.Must(previewRefund, apptest.Vars{"id": id}), "return.refunds.0"))
	is(t, "refund", got, want)
	return got
}

// MALL-4.2a, MALL-2.3d, law.md 2.2: what the inspection finds moves the preview, and the refund pays what the preview says: a
// deduction, a fee by the schedule, a gift that did not come back.
func TestWhatTheInspectionFindsIsTakenOff(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-03-11T10:15:00+08:00")
		s.Admin.Must(upsertFee, feeOf("REPACK", "5.00", "2025-01-01", ""))
		o := put(s, orderIn("K", tenders(tender("MONEY", "w", "150.00", nil), tender("POINTS", "p", "150.00", apptest.Vars{"points": 1500})),
			line("k", 3, "100.00", nil), line("m", 3, "0", apptest.Vars{"giftOf": "k", "markedPrice": "15.00"})))
		id := s.Customer.Must(apptest.RequestReturn, with(s.RequestVars(o, "RETURN_AND_REFUND", 3), "reasonHandle", "NO_REASON_7D")).Str("returnRequest.return.id")
		evidence := receiptOf(s, id)
		is(t, "as it should come back", previewed(t, s, id), "300.00 = GOODS k 300.00 | MONEY w 150.00, POINTS p 150.00 1500P")
		s.Agent.Must(apptest.ApproveReturn, apptest.Vars{"id": id})
		s.Customer.Must(apptest.ShipReturn, apptest.Vars{"id": id})
		s.Warehouse.Must(apptest.ReceiveReturn, apptest.Vars{"id": id})
		finding := s.Findings(id, true)[0]
		finding["acceptedQuantity"], finding["condition"] = 2, "USED"
		finding["deductions"] = []apptest.Vars{{"reason": "USED", "amount": "40.00", "note": "Worn.", "evidence": []string{evidence}}, {"reason": "FEE", "feeCode": "REPACK"}}
		finding["missingGifts"] = []apptest.Vars{{"orderLine": o.Lines[1], "quantity": 1}}
		s.Warehouse.Must(apptest.InspectReturn, apptest.Vars{"id": id, "items": []apptest.Vars{finding}})
		// 200.00 - 40.00 - 5.00 - 15.00; 140.00 of the 150.00 that were money.
		is(t, "paid", paidNow(t, s, id), "140.00 = GOODS k 200.00, DEDUCTION k -40.00, DEDUCTION k -5.00, MISSING_GIFT m -15.00 | MONEY w 140.00")
		is(t, "kettles left", lineOf(t, s, o, 0).Int("returnableQuantity"), 1)
		is(t, "mugs left", lineOf(t, s, o, 1).Int("returnableQuantity"), 1)
	})
}

// An agreed sum stands in the place of the rules, from the preview on, also for goods that failed the inspection.
func TestAnAgreedSumIsPreviewedAndPaid(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-03-11T10:15:00+08:00")
		offer := func(id, terms, amount string) {
			s.Agent.Must(`mutation($id: ID!, $key: String!, $a: Decimal!) { returnPropose(id: $id, idempotencyKey: $key, input: { `+terms+`, amount: $a, message: "Let us agree." }) { return { id } userErrors { code field message } } }`,
				apptest.Vars{"id": id, "key": s.Key(), "a": amount})
			s.Customer.Must(`mutation($id: ID!) { returnProposalAccept(id: $id) { return { id } userErrors { code field message } } }`, apptest.Vars{"id": id})
		}
		o := put(s, orderIn("A", nil, line("a", 1, "100.00", nil)))
		kept := s.Request(o, "RETURN_AND_REFUND", 1)
		offer(kept, "remedy: REFUND, disposition: KEEP", "30.00")
		is(t, "kept", paidNow(t, s, kept), "30.00 = AGREED 30.00 | MONEY 30.00")
		is(t, "still returnable", lineOf(t, s, o, 0).Int("returnableQuantity"), 1)
		is(t, "for what is left", wish{o, "RETURN_AND_REFUND", "QUALITY", map[int]int{0: 1}}.quoted(t, s.Customer), "70.00 = GOODS a 70.00 | MONEY 70.00")

		failed := s.Request(put(s, orderIn("B", nil, line("b", 1, "100.00", nil))), "RETURN_AND_REFUND", 1)
		s.Agent.Must(apptest.ApproveReturn, apptest.Vars{"id": failed})
		s.Customer.Must(apptest.ShipReturn, apptest.Vars{"id": failed})
		s.Warehouse.Must(apptest.ReceiveReturn, apptest.Vars{"id": failed})
		s.Inspect(failed, false)
		offer(failed, "remedy: RETURN_AND_REFUND, disposition: RETURN", "20.00")
		is(t, "failed", paidNow(t, s, failed), "20.00 = AGREED 20.00 | MONEY 20.00")
	})
}

// A refund that would be nothing but a lapsing coupon is refused, and the case still has a way to an end (MALL-1.1b).
func TestALapsedCouponIsNoRefund(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-03-11T10:15:00+08:00")
		o := put(s, orderIn("L", tenders(tender("MONEY", "w", "20.00", nil), tender("COUPON", "c", "10.00", apptest.Vars{"lapses": true})), line("a", 3, "10.00", nil)))
		last := s.Request(o, "REFUND", 1)
		wish{o, "REFUND", "QUALITY", map[int]int{0: 2}}.paid(t, s)
		is(t, "preview", previewed(t, s, last), "0.00 = GOODS a 10.00 | COUPON c 10.00 lapsed")
		s.Agent.Must(apptest.ApproveReturn, apptest.Vars{"id": last})
		refusedAs(t, s.Finance.Refused(apptest.RefundReturn, apptest.Vars{"id": last, "key": s.Key()}), "AMOUNT_EXCEEDS_PAID", "")
		is(t, "nothing counted", s.Agent.Must(`query($id: ID!) { order(id: $id) { refunded { amount } } }`, apptest.Vars{"id": o.ID}).Str("order.refunded.amount"), "20.00")
		s.Agent.Must(apptest.RejectReturn, apptest.Vars{"id": last})
	})
}

// MALL-2.3c: two refunds of one order at the same moment lay their tenders end to end: together they pay what the order was
// paid with, and no tender twice.
func TestRefundsAtOnceShareTheTenders(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-03-11T10:15:00+08:00")
		o := put(s, orderIn("A", tenders(tender("MONEY", "w", "70.00", nil), tender("POINTS", "p", "30.00", apptest.Vars{"points": 301})), line("a", 4, "25.00", nil)))
		var cases []string
		for range 4 {
			id := s.Request(o, "REFUND", 1)
			s.Agent.Must(apptest.ApproveReturn, apptest.Vars{"id": id})
			cases = append(cases, id)
		}
		answers := make(chan apptest.Response, len(cases))
		for i, id := range cases {
			go func() {
				answers <- s.Finance.Do(apptest.RefundReturn, apptest.Vars{"id": id, "key": "at-once-" + ftoa(i)})
			}()
		}
		for range cases {
			if r := <-answers; len(r.Errors) > 0 {
				t.Error(r.Raw)
			}
		}
		money, points := 0, 0
		for _, id := range cases {
			for _, p := range s.Agent.Must(previewRefund, apptest.Vars{"id": id}).List("return.refunds.0.parts") {
				if p.Str("kind") == "MONEY" {
					money += minor(t, p.Str("amount.amount"))
				} else {
					points += p.Int("points")
				}
			}
		}
		is(t, "money", money, 7000)
		is(t, "points", points, 301)
	})
}
