package e2e

import (
	"slices"
	"testing"

	"aftersales/internal/apptest"
)

// What strands a person when a parcel is lost or comes in two, and what would give goods away.

// MALL-3.3c: goods that were sent home and lost on the way are sent again; the last parcel is the one that arrives.
func TestSentBackAgain(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", now)
		id, item := comeBack(t, s, kettle(s, "A1", now), "QUALITY", 2, approval())
		s.Warehouse.Must(apptest.InspectReturn, apptest.Vars{"id": id, "items": []apptest.Vars{finding(item, apptest.Vars{"condition": "WRONG_GOODS", "notes": "Not ours."})}})
		s.Warehouse.Must(sendBack, apptest.Vars{"id": id, "in": apptest.Vars{"carrier": "SF", "waybill": "LOST"}})
		s.Advance("2025-03-14T09:00:00+08:00")
		is(t, "offered", slices.Contains(look(t, s.Warehouse, id).Strings("allowedActions"), "RETURN_SEND_BACK"), true)
		s.Warehouse.Must(sendBack, apptest.Vars{"id": id, "in": apptest.Vars{"carrier": "SF", "waybill": "FOUND"}})
		s.Customer.Must(apptest.SentBackHome, apptest.Vars{"id": id})
		c := look(t, s.Agent, id)
		is(t, "home", c.Str("status")+" "+c.Str("outcomeNote"), "REJECTED Not ours.")
		d := s.Agent.Must(`query($id: ID!) { return(id: $id) { parcels { waybill purpose deliveredAt } items { orderLine { returnableQuantity } } } }`, apptest.Vars{"id": id})
		for _, p := range d.List("return.parcels") {
			is(t, p.Str("waybill")+" arrived", p.Get("deliveredAt") != nil, p.Str("waybill") == "FOUND")
		}
		is(t, "free again", d.Int("return.items.0.orderLine.returnableQuantity"), 2)
	})
}

// MALL-3.3a: the second parcel of a return whose first one was booked in is matched to it and changes no clock.
func TestSecondParcelOfAReturn(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", now)
		id, _ := comeBack(t, s, kettle(s, "A1", now), "QUALITY", 2, approval())
		before := look(t, s.Agent, id)
		s.Advance("2025-03-12T09:00:00+08:00")
		s.Warehouse.Must(apptest.MatchParcel, apptest.Vars{"id": s.Park("SECOND"), "case": id})
		after := look(t, s.Agent, id)
		is(t, "status", after.Str("status"), "RECEIVED")
		is(t, "REFUND due", after.deadline("REFUND").Str("dueAt"), before.deadline("REFUND").Str("dueAt"))
		is(t, "the law's due", after.openOne("STATUTORY_REFUND").Str("dueAt"), before.openOne("STATUTORY_REFUND").Str("dueAt"))
		is(t, "told", after.first("PARCEL_MATCHED", "").Str("at"), "2025-03-12T01:00:00Z")
	})
}

// MALL-2.3c: an order whose money went back already by another way is not exchanged for goods as a present; a part of the
// money that went back does not stand in the way.
func TestNoExchangeOfRefundedOrders(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", now)
		for _, c := range []struct {
			number, refunded string
			possible         bool
		}{{"A1", "198.00", false}, {"A2", "10.00", true}} {
			o := s.OrderOf("c-1", c.number, now, apptest.Vars{"refunded": c.refunded}, apptest.Line{SKU: "KETTLE", Quantity: 2, UnitPrice: "99.00"})
			d := s.Customer.Must(`query($id: ID!) { order(id: $id) { lines { afterSalesOptions(reasonHandle: "QUALITY") { remedy possible } } } }`, apptest.Vars{"id": o.ID})
			for _, r := range d.List("order.lines.0.afterSalesOptions") {
				if r.Str("remedy") == "EXCHANGE" {
					is(t, c.number+" possible", r.Get("possible"), c.possible)
				}
			}
			if !c.possible {
				refusedAs(t, s.Customer.Refused(apptest.RequestReturn, with(s.RequestVars(o, "EXCHANGE", 1), "reasonHandle", "QUALITY")), "NOT_ELIGIBLE", "input.items.0")
			}
		}
	})
}

// A customer is offered what they may do: an exchange instead of money, not money instead of an exchange.
func TestConvertIsOfferedOneWay(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", now)
		for remedy, offered := range map[string]bool{"EXCHANGE": false, "RETURN_AND_REFUND": true} {
			id := s.Request(kettle(s, remedy, now), remedy, 1)
			is(t, remedy, slices.Contains(look(t, s.Customer, id).Strings("allowedActions"), "RETURN_CONVERT"), offered)
			is(t, remedy+" to staff", slices.Contains(look(t, s.Agent, id).Strings("allowedActions"), "RETURN_CONVERT"), true)
		}
	})
}

// What an inspection found is the same by whatever way one comes to it.
func TestFindingsOfWhatWasReplaced(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", now)
		id := replaced(s, kettle(s, "A1", now), parcelOf())
		const found = `inspection { passed checks { aspect } photos { id } missingGifts { quantity } deductions { reason } }`
		d := s.Agent.Must(`query($id: ID!) { return(id: $id) { items { `+found+` } order { id lines { replaces { id `+found+` } } } } }`, apptest.Vars{"id": id})
		order := s.Agent.Must(`query($id: ID!) { order(id: $id) { lines { replaces { `+found+` } } } }`, apptest.Vars{"id": d.Str("return.order.id")})
		is(t, "by the order", len(order.List("order.lines.1.replaces.inspection.checks")), len(d.List("return.items.0.inspection.checks")))
		is(t, "some", len(d.List("return.items.0.inspection.checks")) > 0, true)
	})
}
