package e2e

import (
	"strings"
	"testing"

	"aftersales/internal/apptest"
)

const (
	replace = `mutation($id: ID!, $v: Int, $key: String!, $in: ReturnReplaceInput!) { returnReplace(id: $id, expectedVersion: $v, idempotencyKey: $key, input: $in) { return { id status version } userErrors { code field message params { name value } allowedActions } } }`
	arrived = `mutation($id: ID!, $v: Int, $at: DateTime, $by: String) { returnReplacementDelivered(id: $id, expectedVersion: $v, deliveredAt: $at, signedBy: $by) { return { id status version } userErrors { code field message params { name value } allowedActions } } }`
	convert = `mutation($id: ID!, $v: Int, $to: Remedy!, $why: String!) { returnConvert(id: $id, expectedVersion: $v, remedy: $to, reason: $why) { return { id status version } userErrors { code field message params { name value } allowedActions } } }`

	swapFields = `query($id: ID!) { return(id: $id) { status
		items { id replacementSku choice { sku title serialNumber unitPrice { amount currency } } orderLine { returnableQuantity }
			replacement { id sku title quantity serialNumber paid { amount } unitPrice { amount } fulfilledAt deliveredAt returnableQuantity replaces { id } } }
		parcels { direction purpose carrier waybill shippedAt deliveredAt signedBy }
		refunds { id state amount { amount } }
		order { refunded { amount } total { amount } extraPaid { amount } lines { id sku quantity returnableQuantity paid { amount } replaces { id } } } } }`
)

func swapOf(t *testing.T, c apptest.Caller, id string) apptest.Data {
	t.Helper()
	return sub(t, c.Must(swapFields, apptest.Vars{"id": id}), "return")
}

// parcelOf is a shipment of a replacement.
func parcelOf(more ...apptest.Vars) apptest.Vars {
	in := apptest.Vars{"shipment": apptest.Vars{"carrier": "SF Express", "waybill": "SF0000000002"}}
	for _, m := range more {
		for k, v := range m {
			in[k] = v
		}
	}
	return in
}

// exchangeBack is an exchange of the first line of an order that came back and was accepted.
func exchangeBack(s *apptest.Shop, o apptest.Order, quantity int) string {
	id := s.Request(o, "EXCHANGE", quantity)
	s.ToInspected(id)
	return id
}

// MALL-3.3e, MALL-4.2a, X8.2: the exchange is fulfilled when the replacement is delivered, not when it is sent. Asked for on
// Tue 11 March, the three working days are Wed 12, Thu 13, Fri 14; the goods' way back from Tue 11 to Thu 13 gives two of
// them (12, 13) back: the last day is Tue 18.
func TestExchangeIsFulfilledAtDelivery(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const due = "2025-03-19T00:00:00+08:00"
		s := e.Sandbox("mall", "2025-03-11T10:15:00+08:00")
		o := kettle(s, "A1", "2025-03-11T10:15:00+08:00")
		bring := func() string {
			id := s.Request(o, "EXCHANGE", 1)
			s.Agent.Must(apptest.ApproveReturn, apptest.Vars{"id": id})
			s.Customer.Must(apptest.ShipReturn, apptest.Vars{"id": id})
			return id
		}
		inTime, late := bring(), bring()
		c := look(t, s.Customer, inTime)
		is(t, "EXCHANGE", state(c.deadline("EXCHANGE")), "PAUSED open")
		is(t, "promised", at(t, c.deadline("EXCHANGE"), "promisedDueAt"), "2025-03-15T00:00:00+08:00")
		is(t, "no refund is promised", c.has("REFUND"), false)
		s.Advance("2025-03-13T09:00:00+08:00")
		for _, id := range []string{inTime, late} {
			s.Warehouse.Must(apptest.ReceiveReturn, apptest.Vars{"id": id})
			s.Inspect(id, true)
		}
		c = look(t, s.Agent, inTime)
		is(t, "EXCHANGE", state(c.deadline("EXCHANGE")), "RUNNING open")
		is(t, "due", at(t, c.deadline("EXCHANGE"), "dueAt"), due)
		is(t, "refundable", c.Get("refundable"), nil)
		refusedAs(t, s.Finance.Refused(apptest.RefundReturn, apptest.Vars{"id": inTime, "key": s.Key()}), "ILLEGAL_TRANSITION", "")

		// Set aside, then sent with what was chosen.
		item := c.Str("items.0.id")
		d := s.Warehouse.Must(replace, apptest.Vars{"id": inTime, "key": s.Key(), "in": apptest.Vars{"items": []apptest.Vars{{"item": item, "serialNumber": "SN-2"}}}})
		is(t, "status", d.Str("returnReplace.return.status"), "REPLACING")
		swap := swapOf(t, s.Customer, inTime)
		is(t, "choice", swap.Str("items.0.choice.sku")+" "+swap.Str("items.0.choice.title")+" "+swap.Str("items.0.choice.serialNumber"), "KETTLE Title of KETTLE SN-2")
		is(t, "replaced", swap.Get("items.0.replacement"), nil)
		is(t, "lines before it is sent", len(swap.List("order.lines")), 1)
		is(t, "EXCHANGE while it is prepared", state(look(t, s.Customer, inTime).deadline("EXCHANGE")), "RUNNING open")
		s.Advance("2025-03-14T09:00:00+08:00")
		for _, id := range []string{inTime, late} {
			d = s.Warehouse.Must(replace, apptest.Vars{"id": id, "key": s.Key(), "in": parcelOf()})
			is(t, "status", d.Str("returnReplace.return.status"), "REPLACEMENT_SHIPPED")
		}
		c = look(t, s.Customer, inTime)
		is(t, "EXCHANGE once sent", state(c.deadline("EXCHANGE")), "RUNNING open")
		is(t, "told", c.first("REPLACEMENT_SHIPPED", "").Str("text"), "The replacement was sent with SF Express, waybill SF0000000002.")
		is(t, "timeline", c.events(), []string{"OPENED", "APPROVED", "SHIPPED", "RECEIVED", "INSPECTED", "REPLACEMENT_PREPARED", "REPLACEMENT_SHIPPED"})
		is(t, "customer's actions", c.Strings("allowedActions"), []string{"RETURN_REPLACEMENT_DELIVERED", "CASE_MESSAGE_ADD", "CASE_EVIDENCE_ADD"})

		// The last instant is in time; the first of the next day is not, and that owes an explanation.
		s.Advance(before(t, due))
		d = s.Customer.Must(arrived, apptest.Vars{"id": inTime, "by": "Li Lei"})
		is(t, "status", d.Str("returnReplacementDelivered.return.status"), "COMPLETED")
		c = look(t, s.Customer, inTime)
		is(t, "EXCHANGE", state(c.deadline("EXCHANGE")), "MET")
		is(t, "met", at(t, c.deadline("EXCHANGE"), "metAt"), before(t, due))
		is(t, "outcome", c.Str("outcome")+" "+c.Str("outcomeNote"), "REPLACED The replacement was delivered.")
		is(t, "closed", at(t, c.Data, "closedAt"), before(t, due))
		s.Advance(due)
		s.Integration.Must(arrived, apptest.Vars{"id": late})
		c = look(t, s.Customer, late)
		is(t, "EXCHANGE", state(c.deadline("EXCHANGE")), "BREACHED owed")
		is(t, "status", c.Str("status"), "COMPLETED")
		is(t, "closed", c.Get("closedAt"), nil)

		// What the replacement is: a line of its own for which 99.00 was paid, in the place of what is returned.
		swap = swapOf(t, s.Customer, inTime)
		is(t, "replacement", swap.Str("items.0.replacement.sku")+" "+swap.Str("items.0.replacement.serialNumber")+" "+swap.Str("items.0.replacement.paid.amount"), "KETTLE SN-2 99.00")
		is(t, "replaces", swap.Str("items.0.replacement.replaces.id"), item)
		is(t, "sent", at(t, swap, "items.0.replacement.fulfilledAt"), "2025-03-14T09:00:00+08:00")
		is(t, "delivered", at(t, swap, "items.0.replacement.deliveredAt"), before(t, due))
		is(t, "parcels", swap.Str("parcels.0.purpose")+" "+swap.Str("parcels.0.direction")+", "+swap.Str("parcels.1.purpose")+" "+swap.Str("parcels.1.direction"), "RETURN TO_MERCHANT, REPLACEMENT TO_CUSTOMER")
		is(t, "signed", swap.Str("parcels.1.signedBy")+" "+at(t, swap, "parcels.1.deliveredAt"), "Li Lei "+before(t, due))
		is(t, "refunds", len(swap.List("refunds")), 0)
		is(t, "refunded", swap.Str("order.refunded.amount")+" of "+swap.Str("order.total.amount"), "0.00 of 198.00")
		is(t, "lines", len(swap.List("order.lines")), 3) // two kettles on one line, each replaced by a line of its own
		is(t, "old line", swap.Int("order.lines.0.returnableQuantity"), 0)
	})
}

// MALL-2.3c: the difference in price is settled both ways, over all items together, without a fee. Two cups at 10.00 and one
// plate at 20.00.
func TestExchangeSettlesTheDifference(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", now)
		bring := func(number string, extra apptest.Vars) (id string, items []string) {
			o := s.OrderOf("c-1", number, now, extra, apptest.Line{SKU: "CUP", Quantity: 2, UnitPrice: "10.00"}, apptest.Line{SKU: "PLATE", Quantity: 1, UnitPrice: "20.00"})
			vars := with(s.RequestVars(o, "EXCHANGE", 1), "items", []apptest.Vars{{"orderLine": o.Lines[0], "quantity": 2, "replacementSku": "MUG"}, {"orderLine": o.Lines[1], "quantity": 1}})
			id = s.Customer.Must(apptest.RequestReturn, vars).Str("returnRequest.return.id")
			s.ToInspected(id)
			for _, it := range swapOf(t, s.Agent, id).List("items") {
				items = append(items, it.Str("id"))
			}
			return id, items
		}
		choose := func(item, price string) apptest.Vars {
			return apptest.Vars{"item": item, "title": "Mug", "unitPrice": price}
		}
		send := func(id string, in apptest.Vars) apptest.Vars { return apptest.Vars{"id": id, "key": s.Key(), "in": in} }

		// Mugs at 7.50 for cups at 10.00: 2 x 2.50 = 5.00 goes back while the parcel is on its way.
		id, items := bring("A1", nil)
		is(t, "wanted", swapOf(t, s.Customer, id).Str("items.0.replacementSku"), "MUG")
		is(t, "wanted", swapOf(t, s.Customer, id).Get("items.1.replacementSku"), nil)
		refusedAs(t, s.Agent.Refused(replace, send(id, parcelOf())), "INVALID_INPUT", "input.items") // nobody said what a mug is
		s.Agent.Must(replace, send(id, parcelOf(apptest.Vars{"items": []apptest.Vars{choose(items[0], "7.50")}})))
		swap := swapOf(t, s.Customer, id)
		is(t, "replacements", swap.Str("items.0.replacement.sku")+" "+swap.Str("items.0.replacement.paid.amount")+", "+swap.Str("items.1.replacement.sku")+" "+swap.Str("items.1.replacement.paid.amount"), "MUG 15.00, PLATE 20.00")
		is(t, "quantity", swap.Int("items.0.replacement.quantity"), 2)
		is(t, "difference", swap.Str("refunds.0.amount.amount")+" "+swap.Str("refunds.0.state"), "5.00 PROCESSING")
		is(t, "refunded", swap.Str("order.refunded.amount"), "5.00")
		is(t, "extra", swap.Str("order.extraPaid.amount"), "0.00")
		// The money is no end of the exchange, and the exchange none of the money.
		s.Customer.Must(arrived, apptest.Vars{"id": id})
		c := look(t, s.Customer, id)
		is(t, "delivered, not yet paid", c.Str("status"), "REFUNDING")
		is(t, "EXCHANGE", state(c.deadline("EXCHANGE")), "MET")
		s.Confirm(swap.Str("refunds.0.id"))
		c = look(t, s.Customer, id)
		is(t, "paid", c.Str("status")+" "+c.Str("outcome"), "COMPLETED REPLACED")

		// Credited before the delivery: the promise stays to be kept.
		id, items = bring("A2", nil)
		s.Agent.Must(replace, send(id, parcelOf(apptest.Vars{"items": []apptest.Vars{choose(items[0], "7.50")}})))
		s.Confirm(swapOf(t, s.Customer, id).Str("refunds.0.id"))
		c = look(t, s.Customer, id)
		is(t, "paid, not yet delivered", c.Str("status"), "REPLACEMENT_SHIPPED")
		is(t, "EXCHANGE", state(c.deadline("EXCHANGE")), "RUNNING open")
		s.Customer.Must(arrived, apptest.Vars{"id": id})
		is(t, "delivered", look(t, s.Customer, id).Str("status"), "COMPLETED")

		// Dearer: 2 x 2.00 more for the mugs, a plate at 17.00 instead of 20.00: 1.00 is to be paid, once, before it is sent.
		id, items = bring("A3", nil)
		dearer := []apptest.Vars{choose(items[0], "12.00"), {"item": items[1], "unitPrice": "17.00"}}
		s.Agent.Must(replace, send(id, apptest.Vars{"items": dearer}))
		r := refusedAs(t, s.Agent.Refused(replace, send(id, parcelOf())), "INVALID_INPUT", "input.differenceReference")
		is(t, "owed", param(t, r, "amount")+" "+param(t, r, "currency"), "1.00 CNY")
		is(t, "told", r.Str("message"), "the replacement is dearer: the customer pays 1.00 CNY first; name the payment's reference")
		is(t, "nothing was settled", len(swapOf(t, s.Agent, id).List("order.lines")), 2)
		paid := send(id, parcelOf(apptest.Vars{"differenceReference": "pay-1"}))
		s.Agent.Must(replace, paid)
		s.Agent.Must(replace, paid) // the same key: nothing twice
		swap = swapOf(t, s.Customer, id)
		is(t, "extra", swap.Str("order.extraPaid.amount"), "1.00")
		is(t, "refunds", len(swap.List("refunds")), 0)
		is(t, "parcels", len(swap.List("parcels")), 2)
		is(t, "values", swap.Str("items.0.replacement.paid.amount")+" "+swap.Str("items.1.replacement.paid.amount"), "24.00 17.00")
		s.Customer.Must(arrived, apptest.Vars{"id": id})

		// All that was paid can go back, and no more: 24.00 + 17.00 = 40.00 + 1.00.
		lines := swapOf(t, s.Customer, id).List("order.lines")
		is(t, "old lines", lines[0].Int("returnableQuantity")+lines[1].Int("returnableQuantity"), 0)
		vars := with(s.RequestVars(apptest.Order{ID: orderIDOf(t, s, id), Lines: []string{lines[2].Str("id")}}, "REFUND", 2), "items",
			[]apptest.Vars{{"orderLine": lines[2].Str("id"), "quantity": 2}, {"orderLine": lines[3].Str("id"), "quantity": 1}})
		back := s.Customer.Must(apptest.RequestReturn, vars).Str("returnRequest.return.id")
		s.Agent.Must(apptest.ApproveReturn, apptest.Vars{"id": back})
		s.Confirm(s.Refund(back))
		swap = swapOf(t, s.Customer, back)
		is(t, "refund of the replacements", swap.Str("refunds.0.amount.amount"), "41.00")
		is(t, "refunded", swap.Str("order.refunded.amount"), "41.00")
	})
}

func orderIDOf(t *testing.T, s *apptest.Shop, returnID string) string {
	t.Helper()
	return s.Agent.Must(`query($id: ID!) { return(id: $id) { order { id } } }`, apptest.Vars{"id": returnID}).Str("return.order.id")
}

// MALL-2.1b: what can be exchanged is exchanged: a free line too, part of what came back, and what never came.
func TestExchangeOfFreePartialAndMissingGoods(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", now)
		// Nothing was paid for it: nothing can be refunded, but it can be exchanged.
		free := s.Order("A1", now, apptest.Line{SKU: "GIFT", Quantity: 1, UnitPrice: "0.00"}, apptest.Line{SKU: "CUP", Quantity: 1, UnitPrice: "10.00"})
		is(t, "refund", option(t, s.Customer, free, "QUALITY", "RETURN_AND_REFUND").Get("possible"), false)
		opt := option(t, s.Customer, free, "QUALITY", "EXCHANGE")
		is(t, "exchange", opt.Get("possible"), true)
		is(t, "would refund", opt.Get("wouldRefund"), nil)
		kinds := []string{}
		for _, p := range opt.List("promises") {
			kinds = append(kinds, p.Str("kind"))
		}
		is(t, "promises", kinds, []string{"FIRST_RESPONSE", "REVIEW", "EXCHANGE"})
		id := exchangeBack(s, free, 1)
		refusedAs(t, s.Agent.Refused(convert, apptest.Vars{"id": id, "to": "RETURN_AND_REFUND", "why": "Sold out."}), "NOT_ELIGIBLE", "remedy")
		s.Agent.Must(replace, apptest.Vars{"id": id, "key": s.Key(), "in": parcelOf()})
		s.Agent.Must(arrived, apptest.Vars{"id": id})
		swap := swapOf(t, s.Customer, id)
		is(t, "free", swap.Str("items.0.replacement.paid.amount")+" "+swap.Str("status"), "0.00 COMPLETED")

		// Two of three are accepted: two are replaced, the third is the customer's again. 10.00 / 3 each, so 6.66 for two.
		part := s.Order("A2", now, apptest.Line{SKU: "CUP", Quantity: 3, UnitPrice: "3.34"})
		s.OrderOf("c-1", "A2", now, apptest.Vars{"discount": "0.02"}, apptest.Line{SKU: "CUP", Quantity: 3, UnitPrice: "3.34"}) // 10.00 was paid
		id = s.Request(part, "EXCHANGE", 3)
		s.Agent.Must(apptest.ApproveReturn, apptest.Vars{"id": id})
		s.Warehouse.Must(apptest.ReceiveReturn, apptest.Vars{"id": id})
		item := look(t, s.Agent, id).Str("items.0.id")
		s.Warehouse.Must(apptest.InspectReturn, apptest.Vars{"id": id, "items": []apptest.Vars{{"item": item, "checks": checks("FUNCTION"), "acceptedQuantity": 2}}})
		s.Agent.Must(replace, apptest.Vars{"id": id, "key": s.Key(), "in": parcelOf()})
		swap = swapOf(t, s.Customer, id)
		is(t, "replaced", swap.Int("items.0.replacement.quantity"), 2)
		is(t, "worth", swap.Str("items.0.replacement.paid.amount"), "6.66")
		is(t, "kept", swap.Int("items.0.orderLine.returnableQuantity"), 1)

		// What never came does not come back: approved is replaced at once, and the clock never stood still.
		lost := s.Order("A3", now, apptest.Line{SKU: "CUP", Quantity: 1, UnitPrice: "10.00"})
		id = s.Customer.Must(apptest.RequestReturn, with(s.RequestVars(lost, "EXCHANGE", 1), "reasonHandle", "NOT_RECEIVED")).Str("returnRequest.return.id")
		s.Agent.Must(apptest.ApproveReturn, apptest.Vars{"id": id})
		c := look(t, s.Customer, id)
		is(t, "status", c.Str("status"), "REPLACING")
		is(t, "EXCHANGE", state(c.deadline("EXCHANGE")), "RUNNING open")
		is(t, "SHIP_BACK", c.has("SHIP_BACK"), false)
		s.Agent.Must(replace, apptest.Vars{"id": id, "key": s.Key(), "in": parcelOf()})
		s.Agent.Must(arrived, apptest.Vars{"id": id})
		is(t, "status", look(t, s.Customer, id).Str("status"), "COMPLETED")
	})
}

// Every refusal of the exchange names its field, and leaves everything as it was.
func TestExchangeRefusals(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", now)
		o := kettle(s, "A1", now)
		for _, remedy := range []string{"REFUND", "RETURN_AND_REFUND"} {
			vars := with(s.RequestVars(o, remedy, 1), "items", []apptest.Vars{{"orderLine": o.Lines[0], "quantity": 1, "replacementSku": "POT"}})
			refusedAs(t, s.Customer.Refused(apptest.RequestReturn, vars), "INVALID_INPUT", "input.items.0.replacementSku")
		}
		long := with(s.RequestVars(o, "EXCHANGE", 1), "items", []apptest.Vars{{"orderLine": o.Lines[0], "quantity": 1, "replacementSku": strings.Repeat("x", 201)}})
		refusedAs(t, s.Customer.Refused(apptest.RequestReturn, long), "INVALID_INPUT", "input.items.0.replacementSku")

		id := s.Request(o, "EXCHANGE", 1)
		try := func(in apptest.Vars) []apptest.Data {
			t.Helper()
			return s.Agent.Refused(replace, apptest.Vars{"id": id, "key": s.Key(), "in": in})
		}
		refusedAs(t, try(parcelOf()), "ILLEGAL_TRANSITION", "")
		s.ToInspected(id)
		item := swapOf(t, s.Agent, id).Str("items.0.id")
		one := func(more apptest.Vars) apptest.Vars {
			more["item"] = item
			return apptest.Vars{"items": []apptest.Vars{more}}
		}
		for _, tc := range []struct {
			code, field string
			in          apptest.Vars
		}{
			{"NOT_FOUND", "input.items.0.item", apptest.Vars{"items": []apptest.Vars{{"item": "rit_01h455vb4pex5vsknk084sn02q"}}}},
			{"INVALID_INPUT", "input.items.1.item", apptest.Vars{"items": []apptest.Vars{{"item": item}, {"item": item}}}},
			{"INVALID_INPUT", "input.items.0.title", one(apptest.Vars{"sku": "POT", "unitPrice": "1.00"})},
			{"INVALID_INPUT", "input.items.0.unitPrice", one(apptest.Vars{"sku": "POT", "title": "Pot"})},
			{"INVALID_INPUT", "input.items.0.unitPrice", one(apptest.Vars{"unitPrice": "1.001"})},
			{"INVALID_INPUT", "input.items.0.unitPrice", one(apptest.Vars{"unitPrice": "-1.00"})},
			{"INVALID_INPUT", "input.items.0.unitPrice", one(apptest.Vars{"unitPrice": "10000000000.01"})},
			{"INVALID_INPUT", "input.items.0.sku", one(apptest.Vars{"sku": strings.Repeat("x", 201)})},
			{"INVALID_INPUT", "input.items.0.serialNumber", one(apptest.Vars{"serialNumber": strings.Repeat("x", 101)})},
			{"INVALID_INPUT", "input.shipment.carrier", apptest.Vars{"shipment": apptest.Vars{"carrier": " ", "waybill": "1"}}},
			{"INVALID_INPUT", "input.shipment.waybill", apptest.Vars{"shipment": apptest.Vars{"carrier": "SF", "waybill": strings.Repeat("1", 101)}}},
			{"INVALID_INPUT", "input.shipment.shippedAt", apptest.Vars{"shipment": apptest.Vars{"carrier": "SF", "waybill": "1", "shippedAt": "2025-03-11T10:15:00.000001+08:00"}}},
			{"INVALID_INPUT", "input.shipment.shippedAt", apptest.Vars{"shipment": apptest.Vars{"carrier": "SF", "waybill": "1", "shippedAt": before(t, now)}}},
			{"INVALID_INPUT", "input.differenceReference", apptest.Vars{"differenceReference": "pay-1"}},
			{"INVALID_INPUT", "input.differenceReference", parcelOf(apptest.Vars{"differenceReference": "pay-1"})}, // nothing is owed
		} {
			refusedAs(t, try(tc.in), tc.code, tc.field)
		}
		for _, c := range []apptest.Caller{s.Customer, s.Finance, s.Integration} {
			if r := c.Do(replace, apptest.Vars{"id": id, "key": s.Key(), "in": parcelOf()}); len(r.Errors) != 1 || r.Errors[0].Code() != "FORBIDDEN" {
				t.Errorf("allowed: %s", r.Raw)
			}
		}
		refusedAs(t, s.Agent.Refused(arrived, apptest.Vars{"id": id}), "ILLEGAL_TRANSITION", "")
		c := look(t, s.Agent, id)
		is(t, "status", c.Str("status"), "INSPECTION_PASSED")
		is(t, "choice", swapOf(t, s.Agent, id).Get("items.0.choice"), nil)
		refusedAs(t, s.Agent.Refused(replace, apptest.Vars{"id": id, "v": c.Int("version") - 1, "key": s.Key(), "in": parcelOf()}), "CONFLICT", "")

		s.Advance("2025-03-11T12:00:00+08:00")
		sent := apptest.Vars{"id": id, "key": "sent", "in": parcelOf()}
		s.Agent.Must(replace, sent)
		refusedAs(t, s.Agent.Refused(replace, apptest.Vars{"id": id, "key": "sent", "in": parcelOf(apptest.Vars{"differenceReference": "x"})}), "IDEMPOTENCY_MISMATCH", "")
		refusedAs(t, s.Agent.Refused(arrived, apptest.Vars{"id": id, "at": before(t, "2025-03-11T12:00:00+08:00")}), "INVALID_INPUT", "deliveredAt")
		refusedAs(t, s.Agent.Refused(arrived, apptest.Vars{"id": id, "at": "2025-03-11T12:00:00.000001+08:00"}), "INVALID_INPUT", "deliveredAt")
		refusedAs(t, s.Agent.Refused(arrived, apptest.Vars{"id": id, "by": strings.Repeat("x", 201)}), "INVALID_INPUT", "signedBy")
		for _, act := range []apptest.Vars{{"to": "RETURN_AND_REFUND"}, {"to": "EXCHANGE"}} {
			act["id"], act["why"] = id, "Too late."
			refusedAs(t, s.Agent.Refused(convert, act), "ILLEGAL_TRANSITION", "")
		}

		// Lost on its way: sent again, and nothing but that.
		refusedAs(t, try(apptest.Vars{}), "INVALID_INPUT", "input.shipment")
		refusedAs(t, try(parcelOf(apptest.Vars{"items": []apptest.Vars{{"item": item}}})), "INVALID_INPUT", "input.items")
		refusedAs(t, try(parcelOf(apptest.Vars{"differenceReference": "x"})), "INVALID_INPUT", "input.differenceReference")
		s.Advance("2025-03-12T12:00:00+08:00")
		s.Agent.Must(replace, apptest.Vars{"id": id, "key": s.Key(), "in": apptest.Vars{"shipment": apptest.Vars{"carrier": "EMS", "waybill": "E2"}}})
		s.Agent.Must(arrived, apptest.Vars{"id": id})
		swap := swapOf(t, s.Customer, id)
		is(t, "status", swap.Str("status"), "COMPLETED")
		is(t, "lines", len(swap.List("order.lines")), 2)
		is(t, "lost", swap.Get("parcels.1.deliveredAt"), nil)
		is(t, "arrived", swap.Str("parcels.2.waybill")+" "+at(t, swap, "parcels.2.deliveredAt"), "E2 2025-03-12T12:00:00+08:00")
	})
}

// Of two who send the replacement at once one does; goods and money move once.
func TestExchangeTwiceAtOnce(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", now)
		id := exchangeBack(s, kettle(s, "A1", now), 2)
		item := swapOf(t, s.Agent, id).Str("items.0.id")
		keys, version := []string{s.Key(), s.Key(), s.Key(), s.Key()}, look(t, s.Agent, id).Int("version")
		codes, _ := together(t, "returnReplace", len(keys), func(i int) apptest.Response {
			return s.Agent.Do(replace, apptest.Vars{"id": id, "v": version, "key": keys[i],
				"in": parcelOf(apptest.Vars{"items": []apptest.Vars{{"item": item, "unitPrice": "90.00"}}})})
		})
		is(t, "sent", count(codes, ""), 1)
		swap := swapOf(t, s.Customer, id)
		is(t, "lines", len(swap.List("order.lines")), 2)
		is(t, "refunds", len(swap.List("refunds")), 1)
		is(t, "difference", swap.Str("order.refunded.amount"), "18.00") // 2 x 9.00
		is(t, "parcels", len(swap.List("parcels")), 2)
	})
}
