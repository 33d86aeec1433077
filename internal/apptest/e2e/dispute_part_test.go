package e2e

import (
	"slices"
	"testing"

	"aftersales/internal/apptest"
)

// MALL-3.3c, MALL-1.3c: of three cups at 10.00 two were accepted and refunded (20.00); the third is what the dispute is about.
func partly(t *testing.T, s *apptest.Shop, number string) (string, apptest.Order) {
	t.Helper()
	o := s.Order(number, "2025-03-11T10:15:00+08:00", apptest.Line{SKU: "CUP", Quantity: 3, UnitPrice: "10.00"})
	id, item := comeBack(t, s, o, "QUALITY", 3, approval())
	s.Warehouse.Must(apptest.InspectReturn, apptest.Vars{"id": id, "items": []apptest.Vars{finding(item, apptest.Vars{"acceptedQuantity": 2})}})
	s.Confirm(s.Refund(id))
	is(t, "status", look(t, s.Agent, id).Str("status"), "INSPECTION_FAILED")
	return id, o
}

func refunded(t *testing.T, s *apptest.Shop, o apptest.Order) string {
	t.Helper()
	return s.Agent.Must(`query($id: ID!) { order(id: $id) { refunded { amount } } }`, apptest.Vars{"id": o.ID}).Str("order.refunded.amount")
}

func TestDisputeAboutTheRest(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-03-11T10:15:00+08:00")
		won, order := partly(t, s, "A1")
		lost, _ := partly(t, s, "A2")
		shared, _ := partly(t, s, "A3")
		taken, takenOrder := partly(t, s, "A4")
		s.Advance("2025-03-12T09:00:00+08:00")
		for _, id := range []string{won, lost, shared, taken} {
			is(t, "SEND_BACK", state(look(t, s.Agent, id).deadline("SEND_BACK")), "RUNNING open")
			s.Customer.Must(caseDispute, complain(s, id))
			is(t, "SEND_BACK", state(look(t, s.Agent, id).deadline("SEND_BACK")), "PAUSED open")
		}

		// Won: the decision itself starts the refund of the third cup, 10.00, and of 5.00 on top, which is not the order's.
		s.Advance("2025-03-13T09:00:00+08:00")
		refusedAs(t, judge(e).Refused(disputeDecide, verdict(s, won, "MERCHANT", apptest.Vars{"remedy": "EXCHANGE"})), "NOT_ELIGIBLE", "input.remedy")
		refusedAs(t, judge(e).Refused(disputeDecide, verdict(s, won, "MERCHANT", apptest.Vars{"disposition": "KEEP"})), "NOT_ELIGIBLE", "input.disposition")
		judge(e).Must(disputeDecide, verdict(s, won, "MERCHANT", apptest.Vars{"compensation": "5.00"}))
		c := look(t, s.Customer, won)
		is(t, "status", c.Str("status"), "REFUNDING")
		is(t, "accepted", c.Int("items.0.acceptedQuantity"), 3)
		is(t, "SEND_BACK", state(c.deadline("SEND_BACK")), "CANCELLED")
		is(t, "refunds", len(c.List("refunds")), 2)
		rest := c.List("refunds")[slices.IndexFunc(c.List("refunds"), func(r apptest.Data) bool { return r.Str("state") == "PROCESSING" })]
		is(t, "the rest", rest.Str("amount.amount"), "15.00")
		is(t, "its purpose", s.Agent.Must(`query($id: ID!) { node(id: $id) { ... on Refund { purpose } } }`, apptest.Vars{"id": rest.Str("id")}).Str("node.purpose"), "DISPUTE")
		is(t, "REFUND", state(c.deadline("REFUND")), "RUNNING open")
		is(t, "begun", at(t, c.deadline("REFUND"), "startedAt"), "2025-03-13T09:00:00+08:00")
		is(t, "due", at(t, c.deadline("REFUND"), "dueAt"), "2025-03-19T00:00:00+08:00") // Fri 14, Mon 17, Tue 18
		is(t, "of the order", refunded(t, s, order), "30.00")
		is(t, "returnable", lineOf(t, s, order, 0).Int("returnableQuantity"), 0)
		s.Confirm(rest.Str("id"))
		c = look(t, s.Customer, won)
		is(t, "ended", c.Str("status")+" "+c.Str("outcome"), "COMPLETED REFUNDED")
		is(t, "REFUND", state(c.deadline("REFUND")), "MET")

		// Shared: 4.00 of the 10.00 that are left, at most those.
		r := refusedAs(t, judge(e).Refused(disputeDecide, verdict(s, shared, "SHARED", apptest.Vars{"refundAmount": "10.01"})), "AMOUNT_EXCEEDS_PAID", "input.refundAmount")
		is(t, "maximum", param(t, r, "maximum"), "10.00")
		judge(e).Must(disputeDecide, verdict(s, shared, "SHARED", apptest.Vars{"refundAmount": "4.00"}))
		c = look(t, s.Customer, shared)
		rest = c.List("refunds")[slices.IndexFunc(c.List("refunds"), func(r apptest.Data) bool { return r.Str("state") == "PROCESSING" })]
		is(t, "the part", rest.Str("amount.amount"), "4.00")
		s.Confirm(rest.Str("id"))
		is(t, "ended", look(t, s.Customer, shared).Str("status"), "COMPLETED")

		// Lost: the cup goes home, and the clock for it goes on with the day it stood still.
		judge(e).Must(disputeDecide, verdict(s, lost, "CUSTOMER", nil))
		c = look(t, s.Customer, lost)
		is(t, "status", c.Str("status"), "INSPECTION_FAILED")
		is(t, "SEND_BACK", state(c.deadline("SEND_BACK")), "RUNNING open")
		s.Warehouse.Must(apptest.SendBack, apptest.Vars{"id": lost})
		is(t, "SEND_BACK", state(look(t, s.Customer, lost).deadline("SEND_BACK")), "MET")
		s.Customer.Must(apptest.SentBackHome, apptest.Vars{"id": lost})
		c = look(t, s.Customer, lost)
		is(t, "ended", c.Str("status")+" "+c.Str("outcome"), "COMPLETED REFUNDED")
		is(t, "no second dispute", slices.Contains(c.Strings("allowedActions"), "CASE_DISPUTE"), false)

		// Home already, and kept for a part of its price: two cups came back, the third did not.
		kept, keptOrder := partly(t, s, "A5")
		s.Warehouse.Must(apptest.SendBack, apptest.Vars{"id": kept})
		s.Customer.Must(caseDispute, complain(s, kept))
		refusedAs(t, judge(e).Refused(disputeDecide, verdict(s, kept, "MERCHANT", apptest.Vars{"disposition": "RETURN"})), "NOT_ELIGIBLE", "input.disposition")
		judge(e).Must(disputeDecide, verdict(s, kept, "SHARED", apptest.Vars{"refundAmount": "4.00"}))
		is(t, "status", look(t, s.Customer, kept).Str("status"), "REFUNDING")
		is(t, "of the order", refunded(t, s, keptOrder), "24.00")
		is(t, "returnable", lineOf(t, s, keptOrder, 0).Int("returnableQuantity"), 1)

		// The third cup is in another return by now.
		second := s.Request(takenOrder, "REFUND", 1)
		refusedAs(t, judge(e).Refused(disputeDecide, verdict(s, taken, "MERCHANT", nil)), "QUANTITY_EXCEEDS_BOUGHT", "")
		is(t, "undecided", look(t, s.Customer, taken).Str("status"), "DISPUTED")
		s.Agent.Must(apptest.RejectReturn, apptest.Vars{"id": second})
		judge(e).Must(disputeDecide, verdict(s, taken, "MERCHANT", nil))
		is(t, "decided", look(t, s.Customer, taken).Str("status"), "REFUNDING")
		is(t, "of the order", refunded(t, s, takenOrder), "30.00")
	})
}

// Goods that went home before the decision come again, or are kept; what was settled in part stays settled.
func TestDisputeOfGoodsThatWentHome(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", now)
		var ids []string
		for _, number := range []string{"A1", "A2", "A3", "A4"} {
			id := s.Request(kettle(s, number, now), "RETURN_AND_REFUND", 1)
			s.Agent.Must(apptest.ApproveReturn, apptest.Vars{"id": id})
			s.Warehouse.Must(apptest.ReceiveReturn, apptest.Vars{"id": id})
			s.Inspect(id, false)
			s.Warehouse.Must(apptest.SendBack, apptest.Vars{"id": id})
			ids = append(ids, id)
		}
		again, keep, lost, home := ids[0], ids[1], ids[2], ids[3]
		s.Customer.Must(apptest.SentBackHome, apptest.Vars{"id": home})
		is(t, "home", look(t, s.Customer, home).Str("status"), "REJECTED")
		for _, id := range ids {
			s.Customer.Must(caseDispute, complain(s, id))
		}

		judge(e).Must(disputeDecide, verdict(s, again, "MERCHANT", nil))
		c := look(t, s.Customer, again)
		is(t, "status", c.Str("status"), "AWAITING_SHIPMENT")
		is(t, "not inspected", c.Get("items.0.acceptedQuantity"), nil)
		is(t, "SHIP_BACK", state(c.deadline("SHIP_BACK")), "RUNNING open")
		is(t, "REFUND", state(c.deadline("REFUND")), "PAUSED open")
		s.Customer.Must(apptest.ShipReturn, apptest.Vars{"id": again})
		s.Warehouse.Must(apptest.ReceiveReturn, apptest.Vars{"id": again})
		s.Inspect(again, true)
		s.Confirm(s.Refund(again))
		is(t, "paid", look(t, s.Customer, again).Str("refunds.0.amount.amount"), "99.00")

		// Kept: money without goods, in full.
		refusedAs(t, judge(e).Refused(disputeDecide, verdict(s, keep, "CARRIER", apptest.Vars{"remedy": "REFUND", "disposition": "RETURN"})), "INVALID_INPUT", "input.disposition")
		judge(e).Must(disputeDecide, verdict(s, keep, "CARRIER", apptest.Vars{"disposition": "KEEP"}))
		c = look(t, s.Customer, keep)
		is(t, "status", c.Str("status")+" "+c.Str("remedy")+" "+c.Str("refundable.amount"), "REFUNDING REFUND 99.00")
		s.Confirm(s.Refund(keep))
		is(t, "outcome", look(t, s.Customer, keep).Str("outcome"), "REFUNDED")

		// Lost while they travel: they arrive, and that is the end.
		judge(e).Must(disputeDecide, verdict(s, lost, "CUSTOMER", nil))
		is(t, "status", look(t, s.Customer, lost).Str("status"), "SENT_BACK")
		s.Customer.Must(apptest.SentBackHome, apptest.Vars{"id": lost})
		is(t, "status", look(t, s.Customer, lost).Str("status"), "REJECTED")

		// Home already: a part of the price for what the customer keeps, so nothing counts as returned.
		judge(e).Must(disputeDecide, verdict(s, home, "SHARED", apptest.Vars{"refundAmount": "30.00", "disposition": "KEEP"}))
		s.Confirm(s.Refund(home))
		c = look(t, s.Customer, home)
		is(t, "outcome", c.Str("outcome")+" "+c.Str("refunds.0.amount.amount"), "COMPENSATED 30.00")
		is(t, "returnable", c.Int("items.0.orderLine.returnableQuantity"), 2)
	})
}

// A decision has to make sense, every field of it.
func TestDecisionRefusals(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", now)
		id, _ := rejected(s, "A1", now) // one kettle at 99.00 of an order of 198.00
		s.Customer.Must(caseDispute, complain(s, id))
		for name, tc := range map[string]struct {
			verdict     string
			more        apptest.Vars
			code, field string
		}{
			"no words":                     {"MERCHANT", apptest.Vars{"decision": " "}, "INVALID_INPUT", "input.decision"},
			"a remedy for nobody":          {"CUSTOMER", apptest.Vars{"remedy": "REFUND"}, "INVALID_INPUT", "input.remedy"},
			"goods for nobody":             {"CUSTOMER", apptest.Vars{"disposition": "KEEP"}, "INVALID_INPUT", "input.disposition"},
			"compensation for nobody":      {"CUSTOMER", apptest.Vars{"compensation": "1.00"}, "INVALID_INPUT", "input.compensation"},
			"a share of nothing":           {"SHARED", nil, "INVALID_INPUT", "input.refundAmount"},
			"an amount in full":            {"MERCHANT", apptest.Vars{"refundAmount": "1.00"}, "INVALID_INPUT", "input.refundAmount"},
			"freight in full":              {"CARRIER", apptest.Vars{"freightBearer": "CUSTOMER"}, "INVALID_INPUT", "input.freightBearer"},
			"freight of the platform":      {"SHARED", apptest.Vars{"refundAmount": "1.00", "freightBearer": "PLATFORM"}, "INVALID_INPUT", "input.freightBearer"},
			"a shared exchange":            {"SHARED", apptest.Vars{"refundAmount": "1.00", "remedy": "EXCHANGE"}, "INVALID_INPUT", "input.remedy"},
			"a repair":                     {"MERCHANT", apptest.Vars{"remedy": "REPAIR"}, "NOT_ELIGIBLE", "input.remedy"},
			"return and keep":              {"MERCHANT", apptest.Vars{"remedy": "RETURN_AND_REFUND", "disposition": "KEEP"}, "INVALID_INPUT", "input.disposition"},
			"more than the goods":          {"SHARED", apptest.Vars{"refundAmount": "99.01"}, "AMOUNT_EXCEEDS_PAID", "input.refundAmount"},
			"no compensation":              {"MERCHANT", apptest.Vars{"compensation": "0.00"}, "INVALID_INPUT", "input.compensation"},
			"more than the law knows":      {"MERCHANT", apptest.Vars{"compensation": "594.01"}, "AMOUNT_EXCEEDS_PAID", "input.compensation"}, // 3 x 198.00
			"compensation for an exchange": {"MERCHANT", apptest.Vars{"compensation": "1.00", "remedy": "EXCHANGE"}, "NOT_ELIGIBLE", "input.compensation"},
		} {
			t.Run(name, func(t *testing.T) {
				refusedAs(t, judge(e).Refused(disputeDecide, verdict(s, id, tc.verdict, tc.more)), tc.code, tc.field)
			})
		}
		stale := verdict(s, id, "MERCHANT", nil)
		stale["v"] = 1
		refusedAs(t, judge(e).Refused(disputeDecide, stale), "CONFLICT", "")
		c := look(t, s.Customer, id)
		is(t, "undecided", c.Str("status"), "DISPUTED")

		// Decided once, and the same key again answers the same; of two at once one wins.
		vars, other := verdict(s, id, "MERCHANT", nil), verdict(s, id, "CUSTOMER", nil)
		both := []apptest.Vars{vars, other}
		codes, _ := together(t, "disputeDecide", 2, func(i int) apptest.Response { return judge(e).Do(disputeDecide, both[i]) })
		is(t, "winners", count(codes, ""), 1)
		is(t, "losers", count(codes, "CONFLICT")+count(codes, "ILLEGAL_TRANSITION"), 1)
		is(t, "decisions", len(look(t, s.Customer, id).told("DISPUTE_DECIDED", "")), 1)
		if disputeOf(t, s.Customer, id).Str("verdict") == "CUSTOMER" {
			vars = other
		}
		judge(e).Must(disputeDecide, vars)
		is(t, "decisions", len(look(t, s.Customer, id).told("DISPUTE_DECIDED", "")), 1)
	})
}

// Freight that the customer paid, 12.00 by its receipt, is repaid by who bears it: in full unless a shared verdict says that
// the customer does.
func TestDisputeDecidesFreight(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", now)
		for number, tc := range map[string]struct {
			verdict string
			more    apptest.Vars
			pays    string
			bearer  string
		}{
			"A1": {"CARRIER", nil, "111.00", "CARRIER"}, // 99.00 and 12.00
			"A2": {"SHARED", apptest.Vars{"refundAmount": "50.00"}, "62.00", "MERCHANT"},
			"A3": {"SHARED", apptest.Vars{"refundAmount": "50.00", "freightBearer": "CUSTOMER"}, "50.00", "CUSTOMER"},
			"A4": {"SHARED", apptest.Vars{"refundAmount": "50.00", "freightBearer": "CARRIER", "compensation": "0.01"}, "62.01", "CARRIER"},
		} {
			id := s.Request(kettle(s, number, now), "RETURN_AND_REFUND", 1)
			s.Agent.Must(apptest.ApproveReturn, apptest.Vars{"id": id})
			s.Customer.Must(apptest.ShipReturn, apptest.Vars{"id": id})
			s.Customer.Must(claimFreight, apptest.Vars{"id": id, "amount": "12.00", "receipt": receiptOf(s, id)})
			s.Warehouse.Must(apptest.ReceiveReturn, apptest.Vars{"id": id})
			s.Inspect(id, false)
			s.Customer.Must(caseDispute, complain(s, id))
			judge(e).Must(disputeDecide, verdict(s, id, tc.verdict, tc.more))
			is(t, number, look(t, s.Customer, id).Str("refundable.amount"), tc.pays)
			is(t, "bearer", disputeOf(t, s.Customer, id).Str("freightBearer"), tc.bearer)
		}
	})
}
