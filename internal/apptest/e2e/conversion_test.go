package e2e

import (
	"context"
	"fmt"
	"testing"

	"aftersales/internal/apptest"
	"aftersales/internal/auth"
)

const (
	askRepair     = `mutation($in: RepairRequestInput!) { repairRequest(input: $in) { repair { id } userErrors { code field message } } }`
	takeRepair    = `mutation($id: ID!, $way: RepairWay! = DEPOT) { repairApprove(id: $id, input: { way: $way, steps: ["Send it."] }) { repair { id } userErrors { code field message } } }`
	sendRepair    = `mutation($id: ID!) { repairShip(id: $id, input: { carrier: "SF", waybill: "SF1" }) { repair { id } userErrors { code field message } } }`
	bookRepair    = `mutation($id: ID!) { repairReceive(id: $id) { repair { id } userErrors { code field message } } }`
	convertRepair = `mutation($id: ID!, $k: String!, $v: Int, $to: Remedy! = EXCHANGE, $why: String! = "It does not get well.", $none: Boolean) { repairConvert(id: $id, expectedVersion: $v, idempotencyKey: $k, input: { remedy: $to, reason: $why, noSameModel: $none }) {
		repair { id status outcome successor { id } } return { id status } userErrors { code field message params { name value } allowedActions } } }`
	convertedCase = `query($id: ID!) { return(id: $id) { id number status remedy openedAt description responsible origin { id responsible outcome } evidence { url } instructions { steps returnAddress { city } }
		items { quantity inspection { passed notes deductions { reason amount { amount } } } } refundPreview { amount { amount } }
		deadlines { kind state open startedAt dueAt promisedDueAt explanation { text } pauses { from to } rule { clause plan } } } }`
)

// inRepair asks for the repair of an order's first line and brings it to the depot.
func inRepair(s *apptest.Shop, o apptest.Order, more ...apptest.Vars) string {
	in := apptest.Vars{"idempotencyKey": s.Key(), "orderLine": o.Lines[0], "description": "It does not switch on."}
	for _, m := range more {
		for k, v := range m {
			in[k] = v
		}
	}
	id := s.Customer.Must(askRepair, apptest.Vars{"in": in}).Str("repairRequest.repair.id")
	s.Agent.Must(takeRepair, apptest.Vars{"id": id})
	s.Customer.Must(sendRepair, apptest.Vars{"id": id})
	s.Warehouse.Must(bookRepair, apptest.Vars{"id": id})
	return id
}

func carriedClock(t testing.TB, d apptest.Data, kind string) apptest.Data {
	t.Helper()
	for _, dl := range d.List("return.deadlines") {
		if dl.Str("kind") == kind {
			return dl
		}
	}
	t.Fatalf("no %s: %v", kind, d.List("return.deadlines"))
	return apptest.Data{}
}

// Design decision 13, MALL-4.3a: a repair asked for on Tue 11 March 2025 at 10:15 is promised within 7 working days: 12, 13,
// 14, 17, 18, 19, 20 March, due Fri 21 at 00:00. It is on its way from Tue 11 to Thu 13: two of them (12, 13) come back: due
// Tue 25 at 00:00. Converted on Fri 14 that clock goes on in the return, EXCHANGE starts then (17, 18, 19: due Thu 20), and the
// delivered replacement fulfils both.
func TestRepairGoesOnAsAnExchange(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-03-11T10:15:00+08:00")
		o := sold(s, "A1", "2025-02-01T10:00:00+08:00", electronics(1, "2025-02-04T18:00:00+08:00", nil))
		s.Customer.Must(enrol, apptest.Vars{"in": apptest.Vars{"idempotencyKey": "k", "orderLine": o.Lines[0], "serialNumber": "S-1"}})
		in := apptest.Vars{"idempotencyKey": s.Key(), "orderLine": o.Lines[0], "description": "It does not switch on.", "serialNumber": "S-1"}
		id := s.Customer.Must(askRepair, apptest.Vars{"in": in}).Str("repairRequest.repair.id")
		s.Evidence(s.Customer, id)
		key := func(more ...any) apptest.Vars {
			vars := apptest.Vars{"id": id, "k": s.Key()}
			if len(more) == 2 {
				vars[more[0].(string)] = more[1]
			}
			return vars
		}
		refusedAs(t, s.Agent.Refused(convertRepair, key()), "ILLEGAL_TRANSITION", "") // not accepted yet
		s.Agent.Must(takeRepair, apptest.Vars{"id": id})
		s.Customer.Must(sendRepair, apptest.Vars{"id": id})
		refusedAs(t, s.Agent.Refused(convertRepair, key()), "ILLEGAL_TRANSITION", "") // on its way
		s.Advance("2025-03-13T10:00:00+08:00")
		s.Warehouse.Must(bookRepair, apptest.Vars{"id": id})
		s.Advance("2025-03-14T09:00:00+08:00")

		// Nothing entitles the customer: 35 days after delivery, no repair before, nothing late.
		refusal := refusedAs(t, s.Customer.Refused(convertRepair, key()), "NOT_ELIGIBLE", "")
		is(t, "what is missing", param(t, refusal, "covered")+" "+param(t, refusal, "late")+" "+param(t, refusal, "repairs")+"/"+param(t, refusal, "repairsNeeded"), "true false 0/2")
		refusedAs(t, s.Agent.Refused(convertRepair, key("to", "REFUND")), "INVALID_INPUT", "input.remedy")
		refusedAs(t, s.Agent.Refused(convertRepair, key("why", " ")), "INVALID_INPUT", "input.reason")
		refusedAs(t, s.Customer.Refused(convertRepair, key("none", true)), "INVALID_INPUT", "input.noSameModel")
		refusedAs(t, s.Agent.Refused(convertRepair, key("v", 1)), "CONFLICT", "")
		if r := s.Finance.Do(convertRepair, key()); len(r.Errors) != 1 || r.Errors[0].Code() != "FORBIDDEN" {
			t.Errorf("FINANCE converted: %s", r.Raw)
		}

		vars := key()
		d := s.Agent.Must(convertRepair, vars)
		ret := d.Str("repairConvert.return.id")
		is(t, "repair", d.Str("repairConvert.repair.status")+" "+d.Str("repairConvert.repair.outcome")+" "+d.Str("repairConvert.repair.successor.id"), "COMPLETED SWAPPED "+ret)
		is(t, "again", s.Agent.Must(convertRepair, vars).Str("repairConvert.return.id"), ret)
		refusedAs(t, s.Agent.Refused(convertRepair, key()), "ILLEGAL_TRANSITION", "")
		was := s.Customer.Must(`query($id: ID!) { repair(id: $id) { closedAt deadlines { kind state open breachedAt } events(last: 20) { nodes { type } } } }`, apptest.Vars{"id": id})
		is(t, "closed", was.Get("repair.closedAt") != nil, true)
		for _, dl := range was.List("repair.deadlines") {
			is(t, dl.Str("kind")+" of the repair is open", dl.Get("open"), false)
		}

		d = s.Customer.Must(convertedCase, apptest.Vars{"id": ret})
		is(t, "return", d.Str("return.status")+" "+d.Str("return.remedy")+" "+d.Str("return.description"), "INSPECTION_PASSED EXCHANGE It does not switch on.")
		is(t, "opened when the repair was", at(t, sub(t, d, "return"), "openedAt"), "2025-03-11T10:15:00+08:00")
		is(t, "origin", d.Str("return.origin.id")+" "+d.Str("return.origin.outcome"), id+" SWAPPED")
		is(t, "MALL-5.1a", d.Str("return.responsible")+" "+d.Str("return.origin.responsible"), "MERCHANT MERCHANT")
		is(t, "evidence", len(d.List("return.evidence")), 1)
		repair, exchange := carriedClock(t, d, "REPAIR"), carriedClock(t, d, "EXCHANGE")
		is(t, "REPAIR", repair.Str("state")+" "+at(t, repair, "startedAt")+" "+at(t, repair, "dueAt"), "RUNNING 2025-03-11T10:15:00+08:00 2025-03-25T00:00:00+08:00")
		is(t, "EXCHANGE", exchange.Str("state")+" "+at(t, exchange, "startedAt")+" "+at(t, exchange, "dueAt"), "RUNNING 2025-03-14T09:00:00+08:00 2025-03-20T00:00:00+08:00")
		for _, dl := range d.List("return.deadlines") {
			if k := dl.Str("kind"); k == "FIRST_RESPONSE" || k == "REVIEW" {
				t.Errorf("%s starts anew", k)
			}
		}

		item := swapOf(t, s.Agent, ret).Str("items.0.id")
		s.Warehouse.Must(replace, apptest.Vars{"id": ret, "key": s.Key(), "in": parcelOf(apptest.Vars{"items": []apptest.Vars{{"item": item, "serialNumber": "S-2"}}})})
		s.Advance("2025-03-17T09:00:00+08:00")
		s.Customer.Must(arrived, apptest.Vars{"id": ret})
		d = s.Customer.Must(convertedCase, apptest.Vars{"id": ret})
		is(t, "ended", d.Str("return.status"), "COMPLETED")
		is(t, "fulfilled", carriedClock(t, d, "REPAIR").Str("state")+" "+carriedClock(t, d, "EXCHANGE").Str("state"), "MET MET")
		// Both serial numbers; the new term from the day of the exchange.
		w := s.Customer.Must(`{ old: warranty(serial: "S-1") { state replacedBy { serialNumber startsOn endsOn } } }`, nil)
		is(t, "warranty", w.Str("old.state")+" "+w.Str("old.replacedBy.serialNumber")+" "+w.Str("old.replacedBy.startsOn")+" "+w.Str("old.replacedBy.endsOn"), "REPLACED S-2 2025-03-17 2026-03-17")
	})
}

// MALL-4.3a, SLA-A-2.2.5a: what was missed goes on, and so does its explanation. Due on Fri 21 March; a customer whose repair is
// late may convert it, and the breach, once, is the return's to explain.
func TestLateRepairMayBeConvertedByTheCustomer(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-03-11T10:15:00+08:00")
		o := sold(s, "A1", "2025-02-01T10:00:00+08:00", electronics(1, "2025-02-04T18:00:00+08:00", nil), line("cup", 1, "9.00", apptest.Vars{"deliveredAt": "2025-02-04T18:00:00+08:00"}))
		cup := apptest.Order{ID: o.ID, Lines: o.Lines[1:]}
		id, uncovered := inRepair(s, o), inRepair(s, cup)
		s.Advance(before(t, "2025-03-21T00:00:00+08:00"))
		refusedAs(t, s.Customer.Refused(convertRepair, apptest.Vars{"id": id, "k": s.Key()}), "NOT_ELIGIBLE", "")
		s.Advance("2025-03-21T00:00:00+08:00")
		refusal := refusedAs(t, s.Customer.Refused(convertRepair, apptest.Vars{"id": uncovered, "k": s.Key()}), "NOT_ELIGIBLE", "")
		is(t, "late, but not under warranty", param(t, refusal, "covered")+" "+param(t, refusal, "late"), "false true")
		ret := s.Customer.Must(convertRepair, apptest.Vars{"id": id, "k": s.Key(), "to": "RETURN_AND_REFUND"}).Str("repairConvert.return.id")
		d := s.Agent.Must(convertedCase, apptest.Vars{"id": ret})
		repair := carriedClock(t, d, "REPAIR")
		is(t, "REPAIR", repair.Str("state")+" "+fmt.Sprint(repair.Get("open")), "BREACHED true")
		is(t, "nothing is charged for use", d.Str("return.refundPreview.amount.amount"), "2999.00")
		was := s.Agent.Must(`query($id: ID!) { repair(id: $id) { closedAt outcome deadlines(state: [BREACHED]) { kind } } }`, apptest.Vars{"id": id})
		is(t, "the repair", was.Str("repair.outcome"), "REFUNDED")
		is(t, "is closed, and the breach counts once", was.Get("repair.closedAt") != nil && len(was.List("repair.deadlines")) == 0, true)
		s.Confirm(s.Refund(ret))
		d = s.Agent.Must(`query($id: ID!) { return(id: $id) { status closedAt deadlines(state: [BREACHED]) { id kind } } }`, apptest.Vars{"id": ret})
		is(t, "ended, not closed", d.Str("return.status")+" "+fmt.Sprint(d.Get("return.closedAt")), "COMPLETED <nil>")
		is(t, "to explain", d.Str("return.deadlines.0.kind"), "REPAIR")
	})
}

// law.md section 2.3, money.md F13: two repairs before, and the customer may choose. Invoiced on Sat 1 February 2025, converted
// on Wed 11 June: 130 days, less 10 in repair, is 120 at 5 in ten thousand a day: 2999.00 x 0.94 = 2819.06. Without the same
// model nothing is charged.
func TestThirdFaultEntitlesToMoneyLessUse(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-03-11T10:15:00+08:00")
		s.Admin.Must(setTerm, apptest.Vars{"in": apptest.Vars{"category": "ELECTRONICS", "months": 12, "basis": "INVOICE", "depreciationBps": 5}})
		o := sold(s, "A1", "2025-02-01T10:00:00+08:00", electronics(2, "2025-02-04T18:00:00+08:00", nil))
		s.Advance("2025-06-11T10:15:00+08:00")
		var repairs []string
		for _, serial := range []string{"S-1", "S-2"} {
			w := s.Customer.Must(enrol, apptest.Vars{"in": apptest.Vars{"idempotencyKey": serial, "orderLine": o.Lines[0], "serialNumber": serial}}).Str("warrantyRegister.warranty.id")
			ctx := auth.AsSystem(context.Background(), s.ID)
			for _, days := range [][2]int{{4, 3}, {0, 3}} {
				if err := e.App.Store.InTx(ctx, func(ctx context.Context) error { return e.App.Warranties.Repaired(ctx, w, days[0], days[1], true) }); err != nil {
					t.Fatal(err)
				}
			}
			// Prolonged: Sun 1 February 2026 and 10 days is Wed 11 February 2026.
			d := s.Customer.Must(`query($id: ID!) { warranty(id: $id) { endsOn prolongedDays counters { repairs partsDays repairerDays } entitlement { remedy reason depreciated } } }`, apptest.Vars{"id": w})
			is(t, "prolonged", fmt.Sprint(d.Get("warranty.endsOn"), " ", d.Get("warranty.prolongedDays"), " ", d.Get("warranty.counters")), "2026-02-11 10 map[partsDays:4 repairerDays:6 repairs:2]")
			is(t, "entitled", d.Str("warranty.entitlement.0.remedy")+" "+d.Str("warranty.entitlement.0.reason")+" "+fmt.Sprint(d.Get("warranty.entitlement.0.depreciated")), "RETURN_AND_REFUND REPAIRED_TOO_OFTEN true")
			repairs = append(repairs, inRepair(s, o, apptest.Vars{"serialNumber": serial}))
		}
		// What broke it is found out first.
		early := apptest.Vars{"id": repairs[0], "k": s.Key(), "to": "RETURN_AND_REFUND"}
		refusedAs(t, s.Customer.Refused(convertRepair, early), "NOT_ELIGIBLE", "")
		s.Agent.Must(diagnoseRepair, apptest.Vars{"id": repairs[0], "in": apptest.Vars{"finding": "The board is dead again.", "plan": "A new board."}})
		ret := s.Customer.Must(convertRepair, early).Str("repairConvert.return.id")
		d := s.Customer.Must(convertedCase, apptest.Vars{"id": ret})
		is(t, "less use", d.Str("return.refundPreview.amount.amount"), "2819.06")
		is(t, "deduction", d.Str("return.items.0.inspection.deductions.0.reason")+" "+d.Str("return.items.0.inspection.deductions.0.amount.amount"), "DEPRECIATION 179.94")
		full := s.Agent.Must(convertRepair, apptest.Vars{"id": repairs[1], "k": s.Key(), "to": "RETURN_AND_REFUND", "none": true}).Str("repairConvert.return.id")
		is(t, "no same model", s.Customer.Must(convertedCase, apptest.Vars{"id": full}).Str("return.refundPreview.amount.amount"), "2999.00")
		// Exchanged after all, nothing is charged; and the clock of the repair goes on.
		s.Customer.Must(convert, apptest.Vars{"id": ret, "to": "EXCHANGE", "why": "Rather a new one."})
		d = s.Customer.Must(convertedCase, apptest.Vars{"id": ret})
		is(t, "deductions of an exchange", len(d.List("return.items.0.inspection.deductions")), 0)
		is(t, "REPAIR goes on", carriedClock(t, d, "REPAIR").Get("open"), true)
		is(t, "EXCHANGE", carriedClock(t, d, "EXCHANGE").Get("open"), true)
	})
}

// What cannot be repaired is exchanged or paid back at the customer's choice; goods that never left the customer are to be sent.
func TestUnrepairableAndGoodsWithTheCustomer(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-03-11T10:15:00+08:00")
		o := sold(s, "A1", "2025-02-01T10:00:00+08:00", electronics(1, "2025-02-04T18:00:00+08:00", nil))
		id := inRepair(s, o)
		s.Agent.Must(diagnoseRepair, apptest.Vars{"id": id, "in": apptest.Vars{"finding": "The board is burnt.", "plan": "Another unit, or the money.", "repairable": false}})
		// Two at once: one.
		codes, _ := together(t, "repairConvert", 4, func(i int) apptest.Response {
			return s.Customer.Do(convertRepair, apptest.Vars{"id": id, "k": fmt.Sprint("at-once-", i)})
		})
		is(t, "one", count(codes, ""), 1)
		is(t, "the others", count(codes, "CONFLICT")+count(codes, "ILLEGAL_TRANSITION"), 3)

		// Delivered on Tue 4 March, asked on Tue 11 March, the seventh day: the law gives money at once.
		p := sold(s, "A2", "2025-03-01T10:00:00+08:00", electronics(1, "2025-03-04T18:00:00+08:00", nil))
		in := apptest.Vars{"idempotencyKey": s.Key(), "orderLine": p.Lines[0], "description": "It does not switch on."}
		here := s.Customer.Must(askRepair, apptest.Vars{"in": in}).Str("repairRequest.repair.id")
		s.Agent.Must(takeRepair, apptest.Vars{"id": here, "way": "ON_SITE"})
		ret := s.Customer.Must(convertRepair, apptest.Vars{"id": here, "k": s.Key(), "to": "RETURN_AND_REFUND"}).Str("repairConvert.return.id")
		d := s.Customer.Must(convertedCase, apptest.Vars{"id": ret})
		is(t, "status", d.Str("return.status")+" "+d.Str("return.instructions.returnAddress.city"), "AWAITING_SHIPMENT Shanghai")
		is(t, "SHIP_BACK", carriedClock(t, d, "SHIP_BACK").Str("state"), "RUNNING")
		is(t, "REPAIR waits for the goods", carriedClock(t, d, "REPAIR").Str("state")+" "+carriedClock(t, d, "REFUND").Str("state"), "PAUSED PAUSED")
		s.Customer.Must(apptest.ShipReturn, apptest.Vars{"id": ret})
		s.Warehouse.Must(apptest.ReceiveReturn, apptest.Vars{"id": ret})
		s.Inspect(ret, true)
		s.Confirm(s.Refund(ret))
		d = s.Customer.Must(convertedCase, apptest.Vars{"id": ret})
		is(t, "done", d.Str("return.status")+" "+carriedClock(t, d, "REPAIR").Str("state")+" "+carriedClock(t, d, "REFUND").Str("state"), "COMPLETED MET MET")
	})
}
