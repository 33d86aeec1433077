package e2e

import (
	"slices"
	"testing"

	"aftersales/internal/apptest"
)

const setTrigger = `mutation($t: RefundTrigger, $m: ID) { refundTriggerSet(merchant: $m, trigger: $t) { merchant { refundTrigger } userErrors { code field message } } }`

// advanceOf is a return of one of two kettles (99.00) of a merchant who pays on approval, approved on Tuesday 11 March at noon
// and refunded at once, the money not yet credited.
func advanceOf(t *testing.T, s *apptest.Shop, o apptest.Order) (id, refund string) {
	t.Helper()
	s.Admin.Must(setTrigger, apptest.Vars{"t": "APPROVAL"})
	id = s.Request(o, "RETURN_AND_REFUND", 1)
	s.Agent.Must(apptest.ApproveReturn, apptest.Vars{"id": id})
	return id, s.Refund(id)
}

// Design section 5.4: a merchant may let refunds start early enough to keep the literal promise. Each return keeps the
// trigger it opened under; a refund may start at it or later, never before, and leaves the status as it is.
func TestRefundTriggerSaysFromWhenOnToPay(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", now)
		shown := func() string {
			return s.Customer.Must(`{ merchant { refundTrigger } }`, nil).Str("merchant.refundTrigger")
		}
		is(t, "unless chosen", shown(), "INSPECTION")
		for _, c := range []apptest.Caller{s.Agent, s.Supervisor, s.Finance, s.Customer} {
			if r := c.Do(setTrigger, apptest.Vars{"t": "APPROVAL"}); len(r.Errors) != 1 || r.Errors[0].Code() != "FORBIDDEN" {
				t.Errorf("%s", r.Raw)
			}
		}
		refusedAs(t, e.Platform().Refused(setTrigger, apptest.Vars{"t": "APPROVAL", "m": "nobody"}), "NOT_FOUND", "merchant")
		early := s.Request(kettle(s, "A0", now), "RETURN_AND_REFUND", 1)
		points := []string{"AWAITING_SHIPMENT", "IN_TRANSIT", "RECEIVED"}
		for i, trigger := range []string{"APPROVAL", "CARRIER_PICKUP", "RECEIPT", "INSPECTION"} {
			is(t, "set", s.Admin.Must(setTrigger, apptest.Vars{"t": trigger}).Str("refundTriggerSet.merchant.refundTrigger"), trigger)
			for at, point := range points {
				id := s.Request(kettle(s, trigger+point, now), "RETURN_AND_REFUND", 1)
				is(t, "kept", offersOf(t, s.Customer, id).Str("refundTrigger"), trigger)
				s.Agent.Must(apptest.ApproveReturn, apptest.Vars{"id": id})
				if at > 0 {
					s.Customer.Must(apptest.ShipReturn, apptest.Vars{"id": id})
				}
				if at > 1 {
					s.Warehouse.Must(apptest.ReceiveReturn, apptest.Vars{"id": id})
				}
				c := look(t, s.Finance, id)
				is(t, trigger+" in "+point, slices.Contains(c.Strings("allowedActions"), "RETURN_REFUND"), at >= i)
				if at < i {
					refusedAs(t, s.Finance.Refused(apptest.RefundReturn, apptest.Vars{"id": id, "key": s.Key()}), "ILLEGAL_TRANSITION", "")
					continue
				}
				s.Refund(id)
				is(t, "the status stays", look(t, s.Agent, id).Str("status"), point)
				refusedAs(t, s.Finance.Refused(apptest.RefundReturn, apptest.Vars{"id": id, "key": s.Key()}), "ILLEGAL_TRANSITION", "")
			}
		}
		// What was opened before keeps what held then, and null is the usual again.
		s.Admin.Must(setTrigger, apptest.Vars{"t": "APPROVAL"})
		s.Agent.Must(apptest.ApproveReturn, apptest.Vars{"id": early})
		refusedAs(t, s.Finance.Refused(apptest.RefundReturn, apptest.Vars{"id": early, "key": s.Key()}), "ILLEGAL_TRANSITION", "")
		e.Platform().Must(setTrigger, apptest.Vars{"t": nil, "m": "mall"})
		is(t, "by default", shown(), "INSPECTION")
	})
}

// Money ahead of the goods: REFUND is met when it is credited, on Wednesday, and its pause ends there; the law's own clock,
// which starts with the goods, does not start for what is paid. The goods complete the case. Nobody can cancel any more.
func TestMoneyAheadOfTheGoods(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-03-11T12:00:00+08:00")
		o := kettle(s, "A1", "2025-03-11T12:00:00+08:00")
		id, refund := advanceOf(t, s, o)
		c := look(t, s.Customer, id)
		is(t, "started", c.Str("status")+" "+amount(c.Data, "refunds.0.amount"), "AWAITING_SHIPMENT 99.00 CNY")
		is(t, "counted as returned", lineOf(t, s, o, 0).Int("returnableQuantity"), 1)
		for _, who := range []apptest.Caller{s.Customer, s.Agent} {
			refusedAs(t, who.Refused(apptest.CancelReturn, apptest.Vars{"id": id}), "ILLEGAL_TRANSITION", "")
		}
		s.Advance("2025-03-12T10:00:00+08:00")
		s.Confirm(refund)
		c = look(t, s.Customer, id)
		is(t, "status", c.Str("status"), "AWAITING_SHIPMENT")
		is(t, "outcome", c.Get("outcome"), nil)
		d := c.deadline("REFUND")
		is(t, "REFUND", state(d)+" "+at(t, d, "metAt"), "MET 2025-03-12T10:00:00+08:00")
		is(t, "its pause", at(t, d, "pauses.0.from")+" "+at(t, d, "pauses.0.to"), "2025-03-11T12:00:00+08:00 2025-03-12T10:00:00+08:00")
		is(t, "next", c.Str("nextDeadline.kind"), "SHIP_BACK")
		refusedAs(t, s.Customer.Refused(apptest.CancelReturn, apptest.Vars{"id": id}), "ILLEGAL_TRANSITION", "")

		s.Customer.Must(apptest.ShipReturn, apptest.Vars{"id": id})
		s.Warehouse.Must(apptest.ReceiveReturn, apptest.Vars{"id": id})
		for _, d := range look(t, s.Customer, id).List("deadlines") {
			if d.Str("kind") == "STATUTORY_REFUND" {
				t.Errorf("the law's clock runs for money that was paid: %s", state(d))
			}
		}
		s.Inspect(id, true)
		c = look(t, s.Customer, id)
		is(t, "end", c.Str("status")+" "+c.Str("outcome"), "COMPLETED REFUNDED")
		is(t, "paid once", len(c.List("refunds")), 1)
		is(t, "returnable", lineOf(t, s, o, 0).Int("returnableQuantity"), 1)

		// Inspected before the money arrived: the case waits for it.
		id, refund = advanceOf(t, s, kettle(s, "A2", "2025-03-12T10:00:00+08:00"))
		s.Warehouse.Must(apptest.ReceiveReturn, apptest.Vars{"id": id})
		s.Inspect(id, true)
		is(t, "status", look(t, s.Customer, id).Str("status"), "REFUNDING")
		s.Confirm(refund)
		c = look(t, s.Customer, id)
		is(t, "end", c.Str("status")+" "+c.Str("outcome"), "COMPLETED REFUNDED")
	})
}

// The customer has the money and does not send the goods: SHIP_BACK (7 days from Tue 11: to the end of Tue 18) expires the
// case, and nothing is given back twice. Taken up again the goods are awaited, nothing more is promised about money, and
// they complete the case. Money still on its way arrives all the same.
func TestGoodsThatNeverComeAfterTheMoney(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-03-11T12:00:00+08:00")
		o, p := kettle(s, "A1", "2025-03-11T12:00:00+08:00"), kettle(s, "A2", "2025-03-11T12:00:00+08:00")
		id, refund := advanceOf(t, s, o)
		pending, onItsWay := advanceOf(t, s, p)
		s.Confirm(refund)
		s.Advance("2025-03-19T09:00:00+08:00")
		for _, x := range []string{id, pending} {
			c := look(t, s.Customer, x)
			is(t, "expired", c.Str("status")+" "+c.Str("outcome")+" "+at(t, c.Data, "closedAt"), "EXPIRED EXPIRED 2025-03-19T00:00:00+08:00")
		}
		order := func(o apptest.Order) string {
			return s.Agent.Must(`query($id: ID!) { order(id: $id) { refunded { amount } } }`, apptest.Vars{"id": o.ID}).Str("order.refunded.amount")
		}
		for _, x := range []apptest.Order{o, p} {
			is(t, "returnable", lineOf(t, s, x, 0).Int("returnableQuantity"), 1)
			is(t, "refunded", order(x), "99.00")
		}
		is(t, "would refund", option(t, s.Customer, o, "QUALITY", "REFUND").Str("wouldRefund.amount"), "99.00") // the other kettle

		s.Confirm(onItsWay)
		c := look(t, s.Customer, pending)
		is(t, "arrived", c.Str("refunds.0.state")+" "+c.Str("status")+" "+c.Str("outcome"), "CREDITED EXPIRED EXPIRED")
		is(t, "closed", at(t, c.Data, "closedAt"), "2025-03-19T00:00:00+08:00")

		s.Customer.Must(apptest.ReopenReturn, apptest.Vars{"id": id})
		c = look(t, s.Customer, id)
		is(t, "status", c.Str("status"), "AWAITING_SHIPMENT")
		is(t, "returnable", lineOf(t, s, o, 0).Int("returnableQuantity"), 1)
		is(t, "REFUND", state(c.deadline("REFUND")), "MET")
		is(t, "SHIP_BACK", state(c.deadline("SHIP_BACK")), "RUNNING open")
		s.Warehouse.Must(apptest.ReceiveReturn, apptest.Vars{"id": id})
		s.Inspect(id, true)
		c = look(t, s.Customer, id)
		is(t, "end", c.Str("status")+" "+c.Str("outcome"), "COMPLETED REFUNDED")
		is(t, "returnable", lineOf(t, s, o, 0).Int("returnableQuantity"), 1)
		is(t, "refunded", order(o), "99.00")
	})
}

// The money went out ahead and the parcel is empty: nothing is accepted, nothing goes home, and the case ends rejected with a
// reason; the money stays counted. Goods that came and are not what was sold go home instead, and the case ends as paid.
func TestParcelsThatDisappointAfterTheMoney(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T12:00:00+08:00"
		s := e.Sandbox("mall", now)
		back := func(number, condition string) (string, apptest.Order) {
			o := kettle(s, number, now)
			id, refund := advanceOf(t, s, o)
			s.Confirm(refund)
			s.Warehouse.Must(apptest.ReceiveReturn, apptest.Vars{"id": id})
			item := look(t, s.Agent, id).Str("items.0.id")
			s.Warehouse.Must(apptest.InspectReturn, apptest.Vars{"id": id, "items": []apptest.Vars{finding(item, apptest.Vars{"condition": condition})}})
			is(t, condition, look(t, s.Agent, id).Str("status"), "INSPECTION_FAILED")
			return id, o
		}
		id, o := back("A1", "EMPTY_PARCEL")
		refusedAs(t, s.Agent.Refused(apptest.ProposeOffer, propose(s, id, offer("RETURN_AND_REFUND", "RETURN", "10.00"))), "ILLEGAL_TRANSITION", "")
		s.Agent.Must(apptest.RejectReturn, apptest.Vars{"id": id})
		c := look(t, s.Customer, id)
		is(t, "end", c.Str("status")+" "+c.Str("outcome")+" "+c.Str("refunds.0.state"), "REJECTED REJECTED CREDITED")
		is(t, "returnable", lineOf(t, s, o, 0).Int("returnableQuantity"), 1)

		id, o = back("A2", "WRONG_GOODS")
		refusedAs(t, s.Agent.Refused(apptest.RejectReturn, apptest.Vars{"id": id}), "ILLEGAL_TRANSITION", "")
		s.Warehouse.Must(apptest.SendBack, apptest.Vars{"id": id})
		s.Warehouse.Must(apptest.SentBackHome, apptest.Vars{"id": id})
		c = look(t, s.Customer, id)
		is(t, "end", c.Str("status")+" "+c.Str("outcome"), "COMPLETED REFUNDED")
		is(t, "returnable", lineOf(t, s, o, 0).Int("returnableQuantity"), 1)
	})
}
