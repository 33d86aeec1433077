package e2e

import (
	"context"
	"strings"
	"testing"
	"time"

	"aftersales/internal/apptest"
	"aftersales/internal/auth"
	"aftersales/internal/orders"
)

const changeFields = `id number kind status statusLabel version description change channel closedAt outcome outcomeNote
	order { id number cancelledAt } customer { name } items { quantity orderLine { id returnableQuantity } } refundable { amount currency }
	refunds { id state amount { amount currency } case { __typename id } }
	deadlines { ` + deadlineFields + ` } nextDeadline { kind case { __typename id } } allowedActions
	events(first: 100) { nodes { type at text note actor { role name } } }`

const (
	refusal     = ` userErrors { code field message params { name value } allowedActions } `
	cancelOrder = `mutation($in: OrderCancelInput!) { orderCancel(input: $in) { orderChange { ` + changeFields + ` }` + refusal + `} }`
	intercepted = `mutation($id: ID!, $v: Int, $key: String!, $stopped: Boolean!, $note: String) {
		orderInterceptResolve(id: $id, expectedVersion: $v, idempotencyKey: $key, input: { stopped: $stopped, note: $note }) { orderChange { ` + changeFields + ` }` + refusal + `} }`
	amendOrder = `mutation($in: OrderAmendAddressInput!) { orderAmendAddress(input: $in) { orderChange { ` + changeFields + ` }` + refusal + `} }`
)

// lookChange is everything a caller sees of a change of an order.
func lookChange(t testing.TB, c apptest.Caller, id string) caseOf {
	t.Helper()
	d := c.Must(`query($id: ID!) { case(id: $id) { ... on OrderChange { `+changeFields+` } } }`, apptest.Vars{"id": id})
	return caseOf{sub(t, d, "case"), t}
}

// cancelVars are the variables of cancelOrder; no items means all that is left.
func cancelVars(s *apptest.Shop, o apptest.Order, items ...apptest.Vars) apptest.Vars {
	in := apptest.Vars{"idempotencyKey": s.Key(), "order": o.ID, "reason": "Ordered twice."}
	if items != nil {
		in["items"] = items
	}
	return apptest.Vars{"in": in}
}

func of(o apptest.Order, line, quantity int) apptest.Vars {
	return apptest.Vars{"orderLine": o.Lines[line], "quantity": quantity}
}

// cancelled cancels as the customer and returns the case.
func cancelled(t testing.TB, s *apptest.Shop, o apptest.Order, items ...apptest.Vars) caseOf {
	t.Helper()
	d := s.Customer.Must(cancelOrder, cancelVars(s, o, items...))
	return caseOf{sub(t, d, "orderCancel.orderChange"), t}
}

// kitchen is an order of 2 kettles at 99.00 and a lamp at 50.00, 8.00 off the whole, 12.00 for delivery: 252.00 in all. The
// discount is spread as 6.39 and 1.61, so that 191.61 was paid for the kettles and 48.39 for the lamp. Times are when the
// lines were dispatched, "" for not.
func kitchen(s *apptest.Shop, number, near string, dispatched ...string) apptest.Order {
	return s.OrderOf("c-1", number, near, apptest.Vars{"shipping": "12.00", "discount": "8.00", "lines": kitchenLines(dispatched...)})
}

func kitchenLines(dispatched ...string) []apptest.Vars {
	lines := []apptest.Vars{{"externalId": "1", "sku": "KETTLE", "title": "Kettle", "quantity": 2, "unitPrice": "99.00"},
		{"externalId": "2", "sku": "LAMP", "title": "Lamp", "quantity": 1, "unitPrice": "50.00"}}
	for i, at := range dispatched {
		if at != "" {
			lines[i]["fulfilledAt"] = at
		}
	}
	return lines
}

const cancellability = `query($id: ID!) { order(id: $id) { cancelledAt refunded { amount } cancellability { addressChangeable wouldRefund { amount currency }
	lines { state quantity wouldRefund { amount } orderLine { id sku unitPrice { amount } } } } } }`

// cancellable is an order's cancellability in one line: state, quantity and value of each line, and what all would bring.
func cancellable(t testing.TB, c apptest.Caller, o apptest.Order) string {
	t.Helper()
	d := sub(t, c.Must(cancellability, apptest.Vars{"id": o.ID}), "order.cancellability")
	var parts []string
	for _, l := range d.List("lines") {
		parts = append(parts, l.Str("state")+" "+ftoa(l.Int("quantity"))+" "+l.Str("wouldRefund.amount"))
	}
	all := "none"
	if d.Get("wouldRefund") != nil {
		all = d.Str("wouldRefund.amount")
	}
	if d.Get("addressChangeable") == true {
		all += ", address"
	}
	return strings.Join(parts, "; ") + "; all " + all
}

// MALL-2.3b, MALL-2.3c, MALL-4.2a: what was not dispatched is cancelled at once and without a fee: all of 252.00 goes back,
// delivery included. Tuesday 2025-03-11: REFUND runs until the end of Friday 14 and is met when the money is credited;
// FIRST_RESPONSE is met at once.
func TestOrderIsCancelledBeforeDispatch(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", now)
		o := kitchen(s, "A1", now)
		is(t, "beforehand", cancellable(t, s.Customer, o), "UNDISPATCHED 2 191.61; UNDISPATCHED 1 48.39; all 252.00, address")
		vars := cancelVars(s, o)
		c := caseOf{sub(t, s.Customer.Must(cancelOrder, vars), "orderCancel.orderChange"), t}
		if !strings.HasPrefix(c.Str("number"), "C250311-") || !strings.HasPrefix(c.Str("id"), "och_") {
			t.Errorf("number %s, id %s", c.Str("number"), c.Str("id"))
		}
		is(t, "kind", c.Str("kind")+" "+c.Str("change"), "ORDER_CHANGE CANCEL")
		is(t, "status", c.Str("status"), "REFUNDING")
		is(t, "channel", c.Str("channel"), "WEBSITE")
		is(t, "refund", amount(c.Data, "refunds.0.amount")+" "+c.Str("refunds.0.state"), "252.00 CNY PROCESSING")
		is(t, "refund's case", c.Str("refunds.0.case.__typename")+c.Str("refunds.0.case.id"), "OrderChange"+c.Str("id"))
		is(t, "refundable", c.Get("refundable"), nil)
		is(t, "cancelled", at(t, c.Data, "order.cancelledAt"), now)
		is(t, "timeline", c.events(), []string{"OPENED", "APPROVED", "ORDER_CANCELLED", "REFUND_STARTED"})
		is(t, "who", c.first("OPENED", "").Str("actor.name")+": "+c.first("OPENED", "").Str("note"), "Li Lei: Ordered twice.")
		is(t, "deadlines", len(c.List("deadlines")), 2)
		is(t, "FIRST_RESPONSE", state(c.deadline("FIRST_RESPONSE")), "MET")
		is(t, "REFUND", state(c.deadline("REFUND")), "RUNNING open")
		is(t, "REFUND due", at(t, c.deadline("REFUND"), "dueAt"), "2025-03-15T00:00:00+08:00")
		is(t, "next", c.Str("nextDeadline.kind")+" "+c.Str("nextDeadline.case.__typename"), "REFUND OrderChange")
		is(t, "customer may", c.Strings("allowedActions"), []string{"CASE_MESSAGE_ADD", "CASE_EVIDENCE_ADD"})
		is(t, "afterwards", cancellable(t, s.Customer, o), "CANCELLED 0 0.00; CANCELLED 0 0.00; all none")

		// The same key says it once; nothing is left for another.
		again := s.Customer.Must(cancelOrder, vars)
		is(t, "replayed", again.Str("orderCancel.orderChange.id"), c.Str("id"))
		refusedAs(t, s.Customer.Refused(cancelOrder, with(vars, "reason", "Other words.")), "IDEMPOTENCY_MISMATCH", "")
		refusedAs(t, s.Customer.Refused(cancelOrder, cancelVars(s, o)), "NOT_ELIGIBLE", "input.order")
		refusedAs(t, s.Customer.Refused(cancelOrder, cancelVars(s, o, of(o, 0, 1))), "NOT_ELIGIBLE", "input.items.0")
		for _, remedy := range []string{"REFUND", "RETURN_AND_REFUND", "EXCHANGE"} {
			refusedAs(t, s.Customer.Refused(apptest.RequestReturn, s.RequestVars(o, remedy, 1)), "NOT_ELIGIBLE", "input.items.0")
		}
		is(t, "blocked", option(t, s.Customer, o, "QUALITY", "RETURN_AND_REFUND").Str("blockers.0.code"), "NOT_DELIVERED")
		is(t, "blocked", option(t, s.Customer, o, "QUALITY", "REFUND").Str("blockers.0.code"), "ALREADY_REFUNDED")

		// What the shop tells later is recorded and undoes nothing.
		kitchen(s, "A1", now, "2025-03-11T11:00:00+08:00")
		d := s.Agent.Must(`query($id: ID!) { order(id: $id) { cancelledAt refunded { amount } lines { fulfilledAt returnableQuantity } } }`, apptest.Vars{"id": o.ID})
		is(t, "still cancelled", at(t, d, "order.cancelledAt"), now)
		is(t, "refunded", d.Str("order.refunded.amount"), "252.00")
		is(t, "fact", at(t, d, "order.lines.0.fulfilledAt"), "2025-03-11T11:00:00+08:00")
		is(t, "left", d.Int("order.lines.0.returnableQuantity"), 0)
		is(t, "state", cancellable(t, s.Customer, o), "CANCELLED 0 0.00; CANCELLED 0 0.00; all none")

		s.Advance("2025-03-12T09:00:00+08:00")
		confirmed := s.Finance.Must(apptest.ConfirmRefund, apptest.Vars{"id": c.Str("refunds.0.id"), "key": s.Key()})
		is(t, "no return", confirmed.Get("refundConfirm.return"), nil)
		c = lookChange(t, s.Agent, c.Str("id"))
		is(t, "status", c.Str("status")+" "+c.Str("outcome")+" "+c.Str("outcomeNote"), "COMPLETED REFUNDED The refund was credited.")
		is(t, "REFUND", state(c.deadline("REFUND"))+" "+at(t, c.deadline("REFUND"), "metAt"), "MET 2025-03-12T09:00:00+08:00")
		is(t, "closed", at(t, c.Data, "closedAt"), "2025-03-12T09:00:00+08:00")
	})
}

// MALL-2.3c: a part is worth its share: the first of two kettles 95.80 (half of 191.61, rounded down), the other 95.81, the
// lamp 48.39; delivery, 12.00, goes back with the last of them. Together all that was paid: 252.00.
func TestPartsOfAnOrderAreCancelled(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", now)
		o := kitchen(s, "A1", now)
		c := cancelled(t, s, o, of(o, 0, 1))
		is(t, "first kettle", amount(c.Data, "refunds.0.amount"), "95.80 CNY")
		is(t, "order", c.Get("order.cancelledAt"), nil)
		is(t, "left", c.Int("items.0.orderLine.returnableQuantity"), 1)
		is(t, "afterwards", cancellable(t, s.Customer, o), "UNDISPATCHED 1 95.81; UNDISPATCHED 1 48.39; all 156.20, address")

		r := refusedAs(t, s.Customer.Refused(cancelOrder, cancelVars(s, o, of(o, 0, 2))), "QUANTITY_EXCEEDS_BOUGHT", "input.items.0.quantity")
		is(t, "cancellable", param(t, r, "cancellable"), "1")
		// What a return holds is not cancelled, and the other way round.
		ret := s.Request(o, "REFUND", 1)
		r = refusedAs(t, s.Customer.Refused(cancelOrder, cancelVars(s, o, of(o, 0, 1))), "QUANTITY_EXCEEDS_BOUGHT", "input.items.0.quantity")
		is(t, "held by", param(t, r, "case"), look(t, s.Customer, ret).numberOf())
		is(t, "meanwhile", cancellable(t, s.Customer, o), "UNDISPATCHED 0 0.00; UNDISPATCHED 1 48.39; all 48.39, address")
		s.Customer.Must(apptest.CancelReturn, apptest.Vars{"id": ret})

		c = cancelled(t, s, o)
		is(t, "the rest", amount(c.Data, "refunds.0.amount"), "156.20 CNY")
		is(t, "items", len(c.List("items")), 2)
		is(t, "order", at(t, c.Data, "order.cancelledAt"), now)
		d := s.Agent.Must(cancellability, apptest.Vars{"id": o.ID})
		is(t, "refunded", d.Str("order.refunded.amount"), "252.00")
	})
}

func (c caseOf) numberOf() string { return c.Str("number") }

// MALL-2.3b: what was just dispatched cannot be cancelled at once: the parcel is asked to be stopped, and the merchant's
// clocks run until the carrier's answer. Stopped, it is refunded in full; not stopped, the customer is told what to do instead.
func TestParcelOnItsWayIsStopped(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now, dispatched = "2025-03-11T10:15:00+08:00", "2025-03-11T09:00:00+08:00"
		s := e.Sandbox("mall", now)
		o := kitchen(s, "A1", now, dispatched, dispatched)
		is(t, "beforehand", cancellable(t, s.Customer, o), "IN_TRANSIT 2 191.61; IN_TRANSIT 1 48.39; all 252.00")
		c := cancelled(t, s, o)
		is(t, "status", c.Str("status")+" "+c.Str("change"), "REQUESTED INTERCEPT")
		is(t, "refundable", amount(c.Data, "refundable"), "252.00 CNY")
		is(t, "timeline", c.events(), []string{"OPENED", "INTERCEPT_REQUESTED"})
		is(t, "FIRST_RESPONSE", state(c.deadline("FIRST_RESPONSE")), "RUNNING open")
		is(t, "REFUND", state(c.deadline("REFUND")), "RUNNING open")
		is(t, "order", c.Get("order.cancelledAt"), nil)
		is(t, "held", c.Int("items.0.orderLine.returnableQuantity"), 0)
		is(t, "customer may", c.Strings("allowedActions"), []string{"CASE_MESSAGE_ADD", "CASE_EVIDENCE_ADD"})
		is(t, "warehouse may", lookChange(t, s.Warehouse, c.Str("id")).Strings("allowedActions"), []string{"ORDER_INTERCEPT_RESOLVE", "CASE_MESSAGE_ADD", "CASE_EVIDENCE_ADD"})
		// A return cannot take the goods meanwhile, and says which case holds them.
		is(t, "blocked by", option(t, s.Customer, o, "QUALITY", "REFUND").Str("blockers.0.case.number"), c.Str("number"))
		// Acts of a return are not for it, whoever tries.
		r := refusedAs(t, s.Agent.Refused(apptest.ApproveReturn, apptest.Vars{"id": c.Str("id")}), "ILLEGAL_TRANSITION", "")
		is(t, "allowed instead", r.Strings("allowedActions"), lookChange(t, s.Agent, c.Str("id")).Strings("allowedActions"))

		s.Advance("2025-03-11T12:00:00+08:00")
		answer := func(id string, stopped bool) apptest.Vars {
			return apptest.Vars{"id": id, "key": s.Key(), "stopped": stopped}
		}
		refusedAs(t, s.Warehouse.Refused(intercepted, with2(answer(c.Str("id"), true), "v", 1)), "CONFLICT", "")
		refusedAs(t, s.Warehouse.Refused(intercepted, with2(answer(c.Str("id"), true), "note", strings.Repeat("x", 5001))), "INVALID_INPUT", "input.note")
		refusedAs(t, s.Warehouse.Refused(intercepted, answer("och_01h455vb4pex5vsknk084sn02q", true)), "NOT_FOUND", "id")
		said := with2(answer(c.Str("id"), true), "note", "Stopped in Hangzhou.")
		c = caseOf{sub(t, s.Warehouse.Must(intercepted, said), "orderInterceptResolve.orderChange"), t}
		is(t, "status", c.Str("status"), "REFUNDING")
		is(t, "refund", amount(c.Data, "refunds.0.amount"), "252.00 CNY")
		is(t, "order", at(t, c.Data, "order.cancelledAt"), "2025-03-11T12:00:00+08:00")
		is(t, "FIRST_RESPONSE", state(c.deadline("FIRST_RESPONSE")), "MET")
		is(t, "REFUND", state(c.deadline("REFUND"))+" "+at(t, c.deadline("REFUND"), "dueAt"), "RUNNING open 2025-03-15T00:00:00+08:00")
		is(t, "timeline", c.events(), []string{"OPENED", "INTERCEPT_REQUESTED", "APPROVED", "INTERCEPT_RESOLVED", "ORDER_CANCELLED", "REFUND_STARTED"})
		is(t, "told", c.first("INTERCEPT_RESOLVED", "").Str("text")+" "+c.first("INTERCEPT_RESOLVED", "").Str("note"), "The parcel was stopped. Stopped in Hangzhou.")
		is(t, "replayed", s.Warehouse.Must(intercepted, said).Str("orderInterceptResolve.orderChange.id"), c.Str("id"))
		refusedAs(t, s.Warehouse.Refused(intercepted, with2(said, "stopped", false)), "IDEMPOTENCY_MISMATCH", "")
		refusedAs(t, s.Warehouse.Refused(intercepted, answer(c.Str("id"), false)), "ILLEGAL_TRANSITION", "")
		s.Confirm(c.Str("refunds.0.id"))
		is(t, "status", lookChange(t, s.Customer, c.Str("id")).Str("status"), "COMPLETED")

		// Not stopped: nothing is held any more, and the goods can be returned once they are there.
		o = kitchen(s, "A2", now, dispatched, dispatched)
		c = cancelled(t, s, o, of(o, 0, 2))
		is(t, "would refund", amount(c.Data, "refundable"), "191.61 CNY")
		c = caseOf{sub(t, s.Integration.Must(intercepted, answer(c.Str("id"), false)), "orderInterceptResolve.orderChange"), t}
		is(t, "status", c.Str("status")+" "+c.Str("outcome"), "REJECTED REJECTED")
		const advice = "The parcel could not be stopped. Refuse it at the door, or ask for a return once it has arrived."
		is(t, "advice", c.Str("outcomeNote"), advice)
		is(t, "told", c.first("INTERCEPT_RESOLVED", "").Str("text"), advice)
		is(t, "timeline", c.events(), []string{"OPENED", "INTERCEPT_REQUESTED", "INTERCEPT_RESOLVED", "REJECTED", "CLOSED"})
		is(t, "FIRST_RESPONSE", state(c.deadline("FIRST_RESPONSE")), "MET")
		is(t, "REFUND", state(c.deadline("REFUND")), "CANCELLED")
		is(t, "refunds", len(c.List("refunds")), 0)
		is(t, "refundable", c.Get("refundable"), nil)
		is(t, "free again", c.Int("items.0.orderLine.returnableQuantity"), 2)
		is(t, "in Chinese", lookChange(t, s.Customer.In("zh-CN"), c.Str("id")).Str("outcomeNote"), "包裹未能拦截，请在送达时拒收，或签收后申请退货。")
		s.Request(o, "RETURN_AND_REFUND", 2)
	})
}

// with2 is a copy of the variables with one changed.
func with2(vars apptest.Vars, name string, value any) apptest.Vars {
	out := apptest.Vars{name: value}
	for k, v := range vars {
		if k != name {
			out[k] = v
		}
	}
	return out
}

// MALL-2.3b: what cannot be cancelled says why, names the place, and tells what can be done instead.
func TestCancellationsThatAreRefused(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", now)
		o, other := kitchen(s, "A1", now), kitchen(s, "A2", now)
		foreign := s.OrderOf("c-2", "B1", now, nil, apptest.Line{SKU: "LAMP", Quantity: 1, UnitPrice: "10.00"})
		there := s.Order("D1", now, apptest.Line{SKU: "KETTLE", Quantity: 2, UnitPrice: "99.00", Delivered: "2025-03-10T10:00:00+08:00"}, apptest.Line{SKU: "LAMP", Quantity: 1, UnitPrice: "10.00"})
		mixed := kitchen(s, "M1", now, "2025-03-11T09:00:00+08:00")
		for _, tc := range []struct {
			name, code, field string
			vars              apptest.Vars
		}{
			{"no reason", "INVALID_INPUT", "input.reason", with(cancelVars(s, o), "reason", " ")},
			{"no items named", "INVALID_INPUT", "input.items", with(cancelVars(s, o), "items", []apptest.Vars{})},
			{"quantity 0", "INVALID_INPUT", "input.items.0.quantity", cancelVars(s, o, of(o, 0, 0))},
			{"a line twice", "INVALID_INPUT", "input.items.1.orderLine", cancelVars(s, o, of(o, 0, 1), of(o, 0, 1))},
			{"more than bought", "QUANTITY_EXCEEDS_BOUGHT", "input.items.0.quantity", cancelVars(s, o, of(o, 0, 3))},
			{"no key", "INVALID_INPUT", "idempotencyKey", with(cancelVars(s, o), "idempotencyKey", "")},
			{"unknown order", "NOT_FOUND", "input.order", with(cancelVars(s, o), "order", "ord_01h455vb4pex5vsknk084sn02q")},
			{"somebody else's order", "NOT_FOUND", "input.order", cancelVars(s, foreign)},
			{"line of another order", "NOT_FOUND", "input.items.0.orderLine", cancelVars(s, o, of(other, 0, 1))},
			{"delivered", "NOT_ELIGIBLE", "input.items.0", cancelVars(s, there, of(there, 0, 1))},
			{"delivered in part", "NOT_ELIGIBLE", "input.order", cancelVars(s, there)},
			{"dispatched in part", "NOT_ELIGIBLE", "input.items", cancelVars(s, mixed)},
			{"dispatched in part, named", "NOT_ELIGIBLE", "input.items", cancelVars(s, mixed, of(mixed, 0, 1), of(mixed, 1, 1))},
		} {
			t.Run(tc.name, func(t *testing.T) {
				r := refusedAs(t, s.Customer.Refused(cancelOrder, tc.vars), tc.code, tc.field)
				switch tc.name {
				case "delivered", "delivered in part":
					is(t, "instead", param(t, r, "operation"), "returnRequest")
				case "dispatched in part":
					is(t, "dispatched", param(t, r, "dispatched"), "KETTLE")
				}
			})
		}
		is(t, "nothing was held", cancellable(t, s.Customer, o), "UNDISPATCHED 2 191.61; UNDISPATCHED 1 48.39; all 252.00, address")
		is(t, "of the mixed one", cancellable(t, s.Customer, mixed), "IN_TRANSIT 2 191.61; UNDISPATCHED 1 48.39; all none")
		is(t, "of the delivered one", cancellable(t, s.Customer, there), "DELIVERED 0 0.00; UNDISPATCHED 1 10.00; all none")

		// Asked for separately both are done. Delivery is not paid back: the kettles are still coming.
		is(t, "undispatched", amount(cancelled(t, s, mixed, of(mixed, 1, 1)).Data, "refunds.0.amount"), "48.39 CNY")
		is(t, "on its way", cancelled(t, s, mixed, of(mixed, 0, 2)).Str("change"), "INTERCEPT")
		// Of an order that was delivered in part the rest is cancelled, and the order is not cancelled as a whole.
		c := cancelled(t, s, there, of(there, 1, 1))
		is(t, "the rest", amount(c.Data, "refunds.0.amount"), "10.00 CNY")
		is(t, "order", c.Get("order.cancelledAt"), nil)

		for _, who := range []struct {
			role    auth.Role
			cancels bool
			answers bool
		}{
			{auth.Agent, true, true}, {auth.Supervisor, true, true}, {auth.MerchantAdmin, true, true}, {auth.Customer, true, false},
			{auth.Warehouse, false, true}, {auth.Integration, false, true}, {auth.Finance, false, false}, {auth.Technician, false, false},
		} {
			caller := s.Customer
			if who.role != auth.Customer {
				caller = e.As(who.role, s.Slug, "somebody")
			}
			fresh := s.OrderOf("c-1", "R-"+string(who.role), now, nil, apptest.Line{SKU: "LAMP", Quantity: 1, UnitPrice: "10.00"})
			forbidden := func(r apptest.Response) bool { return len(r.Errors) == 1 && r.Errors[0].Code() == "FORBIDDEN" }
			is(t, string(who.role)+" may cancel", !forbidden(caller.Do(cancelOrder, cancelVars(s, fresh))), who.cancels)
			is(t, string(who.role)+" may answer", !forbidden(caller.Do(intercepted, apptest.Vars{"id": "och_01h455vb4pex5vsknk084sn02q", "key": s.Key(), "stopped": true})), who.answers)
		}
	})
}

// MALL-2.3b: where nothing was paid there is nothing to wait for: COMPLETED at once, and no clock for money runs.
func TestUnpaidOrderIsCancelledAtOnce(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", now)
		unpaid := func(number string, dispatched *time.Time) apptest.Order {
			placed, err := time.Parse(time.RFC3339, "2025-03-10T10:15:00+08:00")
			if err != nil {
				t.Fatal(err)
			}
			ctx := auth.With(context.Background(), auth.Actor{Subject: "erp", Role: auth.Integration, MerchantID: s.ID})
			id, err := e.App.Orders.Upsert(ctx, orders.Input{Number: number, PlacedAt: placed, Currency: "CNY", Unpaid: true,
				Customer: orders.CustomerInput{ExternalID: "c-1", Name: "Li Lei"},
				Lines:    []orders.LineInput{{SKU: "KETTLE", Title: "Kettle", Quantity: 2, UnitPrice: 9900, FulfilledAt: dispatched}}})
			if err != nil {
				t.Fatal(err)
			}
			d := s.Agent.Must(`query($id: ID!) { order(id: $id) { lines { id } } }`, apptest.Vars{"id": id})
			return apptest.Order{ID: id, Lines: []string{d.Str("order.lines.0.id")}}
		}
		o := unpaid("U1", nil)
		is(t, "beforehand", cancellable(t, s.Customer, o), "UNDISPATCHED 2 0.00; all 0.00, address")
		c := cancelled(t, s, o, of(o, 0, 1))
		is(t, "a part", c.Str("status")+" "+c.Str("outcome"), "COMPLETED RESOLVED")
		is(t, "order", c.Get("order.cancelledAt"), nil)
		c = cancelled(t, s, o)
		is(t, "the rest", c.Str("status")+" "+c.Str("outcome")+" "+c.Str("outcomeNote"), "COMPLETED RESOLVED Done as asked.")
		is(t, "order", at(t, c.Data, "order.cancelledAt"), now)
		is(t, "refunds", len(c.List("refunds")), 0)
		is(t, "no money clock", c.has("REFUND"), false)
		is(t, "FIRST_RESPONSE", state(c.deadline("FIRST_RESPONSE")), "MET")
		is(t, "timeline", c.events(), []string{"OPENED", "APPROVED", "ORDER_CANCELLED", "CLOSED"})
		is(t, "left", c.Int("items.0.orderLine.returnableQuantity"), 0)

		// On its way and to be paid at the door: stopped, and done.
		dispatched, err := time.Parse(time.RFC3339, "2025-03-11T09:00:00+08:00")
		if err != nil {
			t.Fatal(err)
		}
		o = unpaid("U2", &dispatched)
		c = cancelled(t, s, o)
		is(t, "status", c.Str("status"), "REQUESTED")
		c = caseOf{sub(t, s.Agent.Must(intercepted, apptest.Vars{"id": c.Str("id"), "key": s.Key(), "stopped": true}), "orderInterceptResolve.orderChange"), t}
		is(t, "status", c.Str("status")+" "+c.Str("outcome"), "COMPLETED RESOLVED")
		is(t, "REFUND", state(c.deadline("REFUND")), "CANCELLED")
		is(t, "order", at(t, c.Data, "order.cancelledAt"), now)
	})
}

// An order of which nobody told for 30 days that it was dispatched may have been: a person decides then.
func TestOldSilentOrderIsNotCancelledByItself(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-03-11T10:15:00+08:00")
		o := kitchen(s, "A1", "2025-03-11T10:15:00+08:00") // placed on 2025-03-04 at 10:15
		s.Advance("2025-04-03T10:15:00+08:00")
		is(t, "after 30 days", cancellable(t, s.Customer, o), "UNDISPATCHED 2 191.61; UNDISPATCHED 1 48.39; all 252.00, address")
		s.Advance("2025-04-03T10:15:00.000001+08:00")
		is(t, "after more", cancellable(t, s.Customer, o), "IN_TRANSIT 2 191.61; IN_TRANSIT 1 48.39; all 252.00")
		is(t, "asked for", cancelled(t, s, o).Str("status"), "REQUESTED")
	})
}

// Design decision 7: however many ask at once, a unit is cancelled or returned once; of two answers of the carrier one counts.
func TestCancellationsAtOnce(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", now)
		o := kitchen(s, "A1", now)
		vars := make([]apptest.Vars, 8)
		for i := range vars {
			vars[i] = cancelVars(s, o, of(o, 0, 2), of(o, 1, 1))
			if i%2 == 1 {
				vars[i] = s.RequestVars(o, "REFUND", 2)
			}
		}
		done := make(chan string, len(vars))
		for i, v := range vars {
			go func() {
				doc, field := cancelOrder, "orderCancel"
				if i%2 == 1 {
					doc, field = apptest.RequestReturn, "returnRequest"
				}
				r := s.Customer.Do(doc, v)
				d := apptest.ParseData(t, r.Data)
				if len(r.Errors) > 0 {
					done <- r.Raw
				} else if errs := d.List(field + ".userErrors"); len(errs) > 0 {
					done <- errs[0].Str("code")
				} else {
					done <- "done"
				}
			}()
		}
		var codes []string
		for range vars {
			codes = append(codes, <-done)
		}
		is(t, "done", count(codes, "done"), 1)
		is(t, "refused", count(codes, "QUANTITY_EXCEEDS_BOUGHT")+count(codes, "NOT_ELIGIBLE"), len(vars)-1)
		d := s.Agent.Must(`query($id: ID!) { order(id: $id) { cases { totalCount } lines { returnableQuantity } } }`, apptest.Vars{"id": o.ID})
		is(t, "cases", d.Int("order.cases.totalCount"), 1)
		is(t, "left", d.Int("order.lines.0.returnableQuantity"), 0)

		moving := kitchen(s, "A2", now, "2025-03-11T09:00:00+08:00", "2025-03-11T09:00:00+08:00")
		id := cancelled(t, s, moving).Str("id")
		codes, _ = together(t, "orderInterceptResolve", 4, func(i int) apptest.Response {
			return s.Warehouse.Do(intercepted, apptest.Vars{"id": id, "key": "answer-" + ftoa(i), "stopped": true})
		})
		is(t, "answers", count(codes, ""), 1)
		is(t, "refunds", len(lookChange(t, s.Agent, id).List("refunds")), 1)
	})
}

// MALL-2.3b: a change of an order is a case like any other wherever cases are shown.
func TestOrderChangesAreShownAsCases(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", now)
		o := kitchen(s, "A1", now)
		change := cancelled(t, s, o, of(o, 0, 1))
		ret := s.Request(o, "RETURN_AND_REFUND", 1)
		const kind = `{ __typename id kind ... on OrderChange { change items { quantity orderLine { sku } } } ... on Return { remedy } }`
		d := s.Integration.Must(`query($id: ID!, $o: ID!, $n: String!) {
			node(id: $id) `+strings.ReplaceAll(kind, " id kind", "")+` byNumber: case(number: $n) `+kind+` return(id: $id) { id }
			changes: cases(filter: { kind: [ORDER_CHANGE] }) { totalCount nodes `+kind+` } all: cases { totalCount nodes `+kind+` } returns { totalCount nodes { id } }
			order(id: $o) { cases { nodes `+kind+` } } refunds { nodes { case `+kind+` } } deadlines(filter: { kind: [REFUND] }) { nodes { case `+kind+` } }
		}`, apptest.Vars{"id": change.Str("id"), "o": o.ID, "n": change.Str("number")})
		is(t, "node", d.Str("node.__typename")+" "+d.Str("node.items.0.orderLine.sku"), "OrderChange KETTLE")
		is(t, "by number", d.Str("byNumber.__typename")+" "+d.Str("byNumber.change"), "OrderChange CANCEL")
		is(t, "it is no return", d.Get("return"), nil)
		is(t, "by kind", d.Int("changes.totalCount"), 1)
		is(t, "by kind", d.Str("changes.nodes.0.id")+d.Str("changes.nodes.0.__typename"), change.Str("id")+"OrderChange")
		is(t, "all", d.Int("all.totalCount"), 2)
		is(t, "returns", d.Int("returns.totalCount"), 1)
		is(t, "returns", d.Str("returns.nodes.0.id"), ret)
		is(t, "of the order", len(d.List("order.cases.nodes")), 2)
		is(t, "of the refund", d.Str("refunds.nodes.0.case.__typename"), "OrderChange")
		var types []string
		for _, dl := range d.List("deadlines.nodes") {
			types = append(types, dl.Str("case.__typename"))
		}
		is(t, "of the deadlines", count(types, "OrderChange")+10*count(types, "Return"), 11)
		// And it is worked as any other: messages, assignment.
		s.Agent.Must(respond, apptest.Vars{"id": change.Str("id"), "key": s.Key(), "m": "It is on its way."})
		is(t, "answered", lookChange(t, s.Customer, change.Str("id")).first("RESPONDED", "").Str("note"), "It is on its way.")
	})
}
