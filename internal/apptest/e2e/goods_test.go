package e2e

import (
	"testing"

	"aftersales/internal/apptest"
)

const ship = `mutation($id: ID!, $in: ReturnShipInput!) { returnShip(id: $id, input: $in) { return { id status version } userErrors { code field message params { name value } allowedActions } } }`

// MALL-3.2e: the customer records carrier, waybill and when it was sent; MALL-3.3a: what arrives is received and inspected,
// by whom and when is kept.
func TestGoodsOnTheirWayBack(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", now)
		o := kettle(s, "A1", now)
		id := s.Request(o, "RETURN_AND_REFUND", 1)
		s.Agent.Must(apptest.ApproveReturn, apptest.Vars{"id": id})
		s.Advance("2025-03-12T09:00:00+08:00")
		parcel := func(carrier, waybill, shipped string) apptest.Vars {
			in := apptest.Vars{"carrier": carrier, "waybill": waybill}
			if shipped != "" {
				in["shippedAt"] = shipped
			}
			return apptest.Vars{"id": id, "in": in}
		}
		refusedAs(t, s.Customer.Refused(ship, parcel(" ", "SF1", "")), "INVALID_INPUT", "input.carrier")
		refusedAs(t, s.Customer.Refused(ship, parcel("SF", "", "")), "INVALID_INPUT", "input.waybill")
		refusedAs(t, s.Customer.Refused(ship, parcel("SF", "SF1", "2025-03-12T09:00:00.000001+08:00")), "INVALID_INPUT", "input.shippedAt")
		refusedAs(t, s.Customer.Refused(ship, parcel("SF", "SF1", "2025-03-11T10:14:59+08:00")), "INVALID_INPUT", "input.shippedAt")
		s.Customer.Must(ship, parcel("SF Express", "SF0000000001", "2025-03-11T20:00:00+08:00"))

		c := look(t, s.Customer, id)
		is(t, "status", c.Str("status"), "IN_TRANSIT")
		is(t, "direction", c.Str("parcels.0.direction"), "TO_MERCHANT")
		is(t, "carrier", c.Str("parcels.0.carrier")+" "+c.Str("parcels.0.waybill"), "SF Express SF0000000001")
		is(t, "shipped", at(t, c.Data, "parcels.0.shippedAt"), "2025-03-11T20:00:00+08:00")
		is(t, "delivered", c.Get("parcels.0.deliveredAt"), nil)
		is(t, "SHIP_BACK", state(c.deadline("SHIP_BACK")), "MET")
		is(t, "told", c.first("SHIPPED", "").Str("text"), "The goods were sent back with SF Express, waybill SF0000000001.")
		is(t, "actions", c.Strings("allowedActions"), []string{"RETURN_CONVERT", "RETURN_CANCEL", "CASE_MESSAGE_ADD", "CASE_EVIDENCE_ADD", "RETURN_DELIVERED", "RETURN_FREIGHT_CLAIM"})

		s.Advance("2025-03-13T08:00:00+08:00")
		s.Warehouse.Must(apptest.ReceiveReturn, apptest.Vars{"id": id})
		c = look(t, s.Customer, id)
		is(t, "status", c.Str("status"), "RECEIVED")
		is(t, "delivered", at(t, c.Data, "parcels.0.deliveredAt"), "2025-03-13T08:00:00+08:00")
		is(t, "received by", c.first("RECEIVED", "").Str("actor.name"), "Zhao Lei")
		is(t, "customer's actions", c.Strings("allowedActions"), []string{"RETURN_CONVERT", "CASE_MESSAGE_ADD", "CASE_EVIDENCE_ADD", "RETURN_DELIVERED", "RETURN_FREIGHT_CLAIM"}) // it is too late to cancel

		s.Advance("2025-03-13T09:30:00+08:00")
		s.Inspect(id, true)
		c = look(t, s.Customer, id)
		is(t, "status", c.Str("status"), "INSPECTION_PASSED")
		is(t, "inspected", at(t, c.Data, "items.0.inspection.inspectedAt"), "2025-03-13T09:30:00+08:00")
		is(t, "inspector", c.Str("items.0.inspection.inspector.name"), "Zhao Lei")
		is(t, "accepted", c.Int("items.0.acceptedQuantity"), 1)
		is(t, "told", c.first("INSPECTED", "").Str("text"), "The goods passed the inspection.")

		// Goods that nobody announced are received as well, and the customer's clock has nothing more to ask.
		id = s.Request(o, "RETURN_AND_REFUND", 1)
		s.Agent.Must(apptest.ApproveReturn, apptest.Vars{"id": id})
		s.Warehouse.Must(apptest.ReceiveReturn, apptest.Vars{"id": id})
		c = look(t, s.Customer, id)
		is(t, "status", c.Str("status"), "RECEIVED")
		is(t, "SHIP_BACK", state(c.deadline("SHIP_BACK")), "MET")
		is(t, "parcels", len(c.List("parcels")), 0)
	})
}

func checks(failed ...string) []apptest.Vars {
	var out []apptest.Vars
	for _, aspect := range []string{"APPEARANCE", "FUNCTION", "ACCESSORIES"} {
		passed := true
		for _, f := range failed {
			passed = passed && f != aspect
		}
		out = append(out, apptest.Vars{"aspect": aspect, "passed": passed})
	}
	return out
}

// received is a return of 3 cups and 2 plates that has come back, and its two items.
func received(t *testing.T, s *apptest.Shop, number string) (id string, items []string) {
	t.Helper()
	const near = "2025-03-11T10:15:00+08:00"
	o := s.Order(number, near, apptest.Line{SKU: "CUP", Quantity: 3, UnitPrice: "10.00"}, apptest.Line{SKU: "PLATE", Quantity: 2, UnitPrice: "20.00"})
	vars := with(s.RequestVars(o, "RETURN_AND_REFUND", 3), "items", []apptest.Vars{{"orderLine": o.Lines[0], "quantity": 3}, {"orderLine": o.Lines[1], "quantity": 2}})
	id = s.Customer.Must(apptest.RequestReturn, vars).Str("returnRequest.return.id")
	s.Agent.Must(apptest.ApproveReturn, apptest.Vars{"id": id})
	s.Warehouse.Must(apptest.ReceiveReturn, apptest.Vars{"id": id})
	for _, it := range look(t, s.Agent, id).List("items") {
		items = append(items, it.Str("id"))
	}
	return id, items
}

// MALL-3.3b: every line is inspected, and always for appearance, function and accessories.
func TestInspectionIsComplete(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-03-11T10:15:00+08:00")
		id, items := received(t, s, "A1")
		_, foreign := received(t, s, "A2")
		ok := func(item string) apptest.Vars { return apptest.Vars{"item": item, "checks": checks()} }
		and := func(v apptest.Vars, field string, value any) apptest.Vars { v[field] = value; return v }
		for _, tc := range []struct {
			name, field string
			findings    []apptest.Vars
		}{
			{"nothing", "items", []apptest.Vars{}},
			{"one of two", "items", []apptest.Vars{ok(items[0])}},
			{"one twice", "items", []apptest.Vars{ok(items[0]), ok(items[0])}},
			{"one too many", "items", []apptest.Vars{ok(items[0]), ok(items[1]), ok(items[0])}},
			{"another return's", "items", []apptest.Vars{ok(items[0]), ok(foreign[1])}},
			{"another return's beside", "items", []apptest.Vars{ok(items[0]), ok(items[1]), ok(foreign[1])}},
			{"no accessories", "items.1.checks", []apptest.Vars{ok(items[0]), and(ok(items[1]), "checks", checks()[:2])}},
			{"appearance twice", "items.0.checks.3.aspect", []apptest.Vars{and(ok(items[0]), "checks", append(checks(), checks()[0])), ok(items[1])}},
			{"more than came", "items.1.acceptedQuantity", []apptest.Vars{ok(items[0]), and(ok(items[1]), "acceptedQuantity", 3)}},
			{"less than nothing", "items.0.acceptedQuantity", []apptest.Vars{and(ok(items[0]), "acceptedQuantity", -1), ok(items[1])}},
		} {
			t.Run(tc.name, func(t *testing.T) {
				refusedAs(t, s.Warehouse.Refused(apptest.InspectReturn, apptest.Vars{"id": id, "items": tc.findings}), "INVALID_INPUT", tc.field)
			})
		}
		c := look(t, s.Agent, id)
		is(t, "status", c.Str("status"), "RECEIVED")
		is(t, "inspection", c.Get("items.0.inspection"), nil)

		// More may be looked at than must be, with notes.
		first := and(ok(items[0]), "checks", append(checks(), apptest.Vars{"aspect": "PACKAGING", "passed": false, "note": "torn"}))
		first["notes"], first["acceptedQuantity"] = "As new.", 3
		s.Warehouse.Must(apptest.InspectReturn, apptest.Vars{"id": id, "items": []apptest.Vars{ok(items[1]), first}})
		c = look(t, s.Customer, id)
		is(t, "notes", c.Str("items.0.inspection.notes"), "As new.")
		is(t, "checks", len(c.List("items.0.inspection.checks")), 4)
		is(t, "packaging", c.Str("items.0.inspection.checks.3.note"), "torn")
		is(t, "passed", c.Get("items.0.inspection.passed"), false) // one check failed, and still all three were accepted
		is(t, "accepted", c.Int("items.0.acceptedQuantity"), 3)
		is(t, "status", c.Str("status"), "INSPECTION_PASSED")
	})
}

// MALL-3.3c: what meets the conditions goes on to the refund the customer chose; what does not can be looked at again or is
// rejected with a reason.
func TestInspectionFailedAndAgain(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-03-11T10:15:00+08:00")
		findings := func(items []string, cups, plates any) []apptest.Vars {
			return []apptest.Vars{{"item": items[0], "checks": checks("FUNCTION"), "acceptedQuantity": cups}, {"item": items[1], "checks": checks("APPEARANCE"), "acceptedQuantity": plates}}
		}
		id, items := received(t, s, "A1")
		s.Warehouse.Must(apptest.InspectReturn, apptest.Vars{"id": id, "items": findings(items, nil, nil)})
		c := look(t, s.Agent, id)
		is(t, "status", c.Str("status"), "INSPECTION_FAILED")
		is(t, "accepted", c.Int("items.0.acceptedQuantity"), 0)
		is(t, "told", c.first("INSPECTED", "").Str("text"), "The goods did not pass the inspection.")
		is(t, "actions", c.Strings("allowedActions"), []string{"RETURN_PROPOSE", "RETURN_REJECT", "RETURN_INSPECT", "RETURN_SEND_BACK", "CASE_DISPUTE", "CASE_ASSIGN", "CASE_RESPOND", "CASE_MESSAGE_ADD", "CASE_EVIDENCE_ADD"})
		r := refusedAs(t, s.Agent.Refused(apptest.RefundReturn, apptest.Vars{"id": id, "key": s.Key()}), "ILLEGAL_TRANSITION", "")
		is(t, "allowed instead", r.Strings("allowedActions"), []string{"RETURN_PROPOSE", "RETURN_REJECT", "RETURN_INSPECT", "RETURN_SEND_BACK", "CASE_DISPUTE", "CASE_ASSIGN", "CASE_RESPOND", "CASE_MESSAGE_ADD", "CASE_EVIDENCE_ADD"})

		// Looked at again two cups are fine: 20.00 of 70.00, and the rest is the customer's again.
		s.Warehouse.Must(apptest.InspectReturn, apptest.Vars{"id": id, "items": findings(items, 2, 0)})
		c = look(t, s.Customer, id)
		is(t, "status", c.Str("status"), "INSPECTION_PASSED")
		is(t, "refundable", c.Str("refundable.amount"), "20.00")
		refund := s.Refund(id)
		s.Confirm(refund)
		c = look(t, s.Customer, id)
		is(t, "refunded", c.Str("refunds.0.amount.amount"), "20.00")
		is(t, "cups returnable", c.Int("items.0.orderLine.returnableQuantity"), 1)
		is(t, "plates returnable", c.Int("items.1.orderLine.returnableQuantity"), 2)

		// Or the return ends there, with a reason.
		id, items = received(t, s, "A2")
		s.Warehouse.Must(apptest.InspectReturn, apptest.Vars{"id": id, "items": findings(items, 0, 0)})
		s.Agent.Must(apptest.RejectReturn, apptest.Vars{"id": id})
		c = look(t, s.Customer, id)
		is(t, "status", c.Str("status"), "REJECTED")
		is(t, "why", c.Str("outcomeNote"), "Worn.")
		is(t, "cups returnable", c.Int("items.0.orderLine.returnableQuantity"), 3)
	})
}
