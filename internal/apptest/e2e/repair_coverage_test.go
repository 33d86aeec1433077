package e2e

import (
	"testing"

	"aftersales/internal/apptest"
)

// radio is an order of one radio, category ELECTRONICS, placed on 2024-03-05 and delivered on 2024-03-11.
func radio(s *apptest.Shop, number, serial string) apptest.Order {
	line := apptest.Vars{"externalId": "1", "sku": "RADIO", "title": "Radio", "quantity": 1, "unitPrice": "300.00", "category": "ELECTRONICS", "deliveredAt": "2024-03-11T10:00:00+08:00"}
	if serial != "" {
		line["serialNumber"] = serial
	}
	return s.OrderOf("c-1", number, "2024-03-12T10:00:00+08:00", apptest.Vars{"lines": []apptest.Vars{line}})
}

// MALL-5.1b, MALL-5.1c: electronics are in warranty for 12 calendar months from the delivery, and what counts is the day of the
// request, not that of the diagnosis. Asked on the last day, Tuesday 2025-03-11, one instant before midnight: free, although it
// was over when the fault was found; at midnight: paid for.
func TestRepairIsFreeUpToTheLastDayOfTheWarranty(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-03-11T10:00:00+08:00")
		inTime, late := radio(s, "A1", ""), radio(s, "A2", "")
		s.Advance(before(t, "2025-03-12T00:00:00+08:00"))
		free := asked(s, inTime)
		s.Advance("2025-03-12T00:00:00+08:00")
		paid := asked(s, late)
		for _, id := range []string{free, paid} {
			s.Agent.Must(approveRepair, apptest.Vars{"id": id})
			s.Warehouse.Must(receiveRepair, apptest.Vars{"id": id})
			mechanic(s).Must(diagnoseRepair, found(id, nil))
		}
		c := lookRepair(t, s.Customer, free)
		is(t, "covered", []any{c.Get("diagnosis.covered"), c.Str("diagnosis.coverageReason"), amount(c.Data, "price")}, []any{true, "IN_WARRANTY", "0.00 CNY"})
		mechanic(s).Must(startRepair, apptest.Vars{"id": free})
		c = lookRepair(t, s.Customer, paid)
		is(t, "expired", []any{c.Get("diagnosis.covered"), c.Str("diagnosis.coverageReason"), c.Get("price")}, []any{false, "EXPIRED", nil})
		refusedAs(t, mechanic(s).Refused(startRepair, apptest.Vars{"id": paid}), "ILLEGAL_TRANSITION", "")
		fees(s)
		refusedAs(t, mechanic(s).Refused(quoteRepair, priceVars(s, free)), "ILLEGAL_TRANSITION", "")
		priced(s, paid)
	})
}

// MALL-5.1b: in warranty what somebody broke, or what the warranty excludes, is not covered; goodwill repairs it all the same.
// Before the work a diagnosis can be corrected.
func TestWhoBrokeItPays(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-03-11T10:00:00+08:00")
		s.Admin.Must(`mutation { warrantyTermSet(input: { category: "ELECTRONICS", months: 24, basis: DELIVERY, parts: true, labour: true, exclusions: ["Water"] }) { userErrors { code field message } } }`, nil)
		id := atDepot(s, radio(s, "A1", ""))
		says := func(more apptest.Vars) string {
			mechanic(s).Must(diagnoseRepair, found(id, more))
			c := lookRepair(t, s.Agent, id)
			return c.Str("status") + " " + c.Str("diagnosis.coverageReason")
		}
		proof := s.Evidence(mechanic(s), id)
		broken := apptest.Vars{"humanCaused": true, "humanCausedEvidence": []string{proof}}
		is(t, "in warranty", says(nil), "DIAGNOSED IN_WARRANTY")
		is(t, "broken", says(broken), "DIAGNOSED HUMAN_CAUSED")
		is(t, "excluded", says(apptest.Vars{"exclusion": "Water"}), "DIAGNOSED EXCLUDED")
		is(t, "for goodwill", says(apptest.Vars{"exclusion": "Water", "goodwill": true, "goodwillReason": "Once."}), "DIAGNOSED GOODWILL")
		is(t, "no goodwill needed", says(forFree), "DIAGNOSED IN_WARRANTY")
		refuse := func(more apptest.Vars, code, field string) {
			t.Helper()
			refusedAs(t, mechanic(s).Refused(diagnoseRepair, found(id, more)), code, field)
		}
		refuse(apptest.Vars{"exclusion": "Fire"}, "INVALID_INPUT", "input.exclusion")
		refuse(apptest.Vars{"humanCaused": true}, "INVALID_INPUT", "input.humanCausedEvidence")
		refuse(apptest.Vars{"humanCausedEvidence": []string{proof}}, "INVALID_INPUT", "input.humanCaused")
		refuse(apptest.Vars{"humanCaused": true, "humanCausedEvidence": []string{"evi_01h455vb4pex5vsknk084sn02q"}}, "NOT_FOUND", "input.humanCausedEvidence")
		refuse(apptest.Vars{"evidence": []string{"evi_01h455vb4pex5vsknk084sn02q"}}, "NOT_FOUND", "input.evidence")
		refuse(apptest.Vars{"faultFound": false, "repairable": false}, "INVALID_INPUT", "input.repairable")
		refuse(apptest.Vars{"faultFound": false, "exclusion": "Water"}, "INVALID_INPUT", "input.faultFound")
		refuse(apptest.Vars{"goodwill": true}, "INVALID_INPUT", "input.goodwillReason")
		refuse(apptest.Vars{"goodwillReason": "Once."}, "INVALID_INPUT", "input.goodwill")
		refuse(apptest.Vars{"plan": " "}, "INVALID_INPUT", "input.plan")
		refuse(apptest.Vars{"finding": ""}, "INVALID_INPUT", "input.finding")
	})
}

// Law of the three guarantees (law.md 2.3): a covered repair counts with the unit's own entry and prolongs its term by the days it
// took, 8 of them here; one that was paid for does not.
func TestCoveredRepairProlongsTheWarranty(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-01-06T10:00:00+08:00")
		o := radio(s, "A1", "")
		entry := s.Customer.Must(`mutation($l: ID!, $k: String!) { warrantyRegister(input: { idempotencyKey: $k, orderLine: $l, serialNumber: "SN-7" }) { warranty { id endsOn } userErrors { code field message } } }`,
			apptest.Vars{"l": o.Lines[0], "k": s.Key()})
		is(t, "to begin with", entry.Str("warrantyRegister.warranty.endsOn"), "2025-03-11")
		counters := func() string {
			d := s.Customer.Must(`query($id: ID!) { warranty(id: $id) { endsOn prolongedDays counters { repairs partsDays repairerDays } } }`, apptest.Vars{"id": entry.Str("warrantyRegister.warranty.id")})
			return d.Str("warranty.endsOn") + " " + ftoa(d.Int("warranty.prolongedDays")) + " " + ftoa(d.Int("warranty.counters.repairs")) + " " + ftoa(d.Int("warranty.counters.partsDays")) + " " + ftoa(d.Int("warranty.counters.repairerDays"))
		}
		run := func(days int, diagnosis apptest.Vars, from string) {
			id := atDepot(s, o)
			if diagnosis == nil {
				unpaid(t, s, id)
				fees(s)
				s.Customer.Must(acceptQuote, apptest.Vars{"id": priced(s, id)})
			} else {
				mechanic(s).Must(diagnoseRepair, found(id, diagnosis))
				mechanic(s).Must(startRepair, apptest.Vars{"id": id})
			}
			part := special(s, id, from[:10])
			s.Advance(shift(t, from, 48))
			mechanic(s).Must(partArrived, apptest.Vars{"id": part})
			mechanic(s).Must(completeRepair, apptest.Vars{"id": id})
			s.Warehouse.Must(repairGoesHome, apptest.Vars{"id": id})
			s.Advance(shift(t, from, 24*days))
			s.Customer.Must(repairIsHome, apptest.Vars{"id": id})
			is(t, "ended", lookRepair(t, s.Customer, id).Str("outcome"), "REPAIRED")
		}
		run(8, apptest.Vars{}, "2025-01-06T10:00:00+08:00")
		is(t, "covered", counters(), "2025-03-19 8 1 2 6")
		run(5, nil, "2025-01-14T10:00:00+08:00")
		is(t, "paid for", counters(), "2025-03-19 8 1 2 6")
	})
}

// Who may be repaired: the serial number of another article is none of this line's, known units are told apart, and one unit is
// under one repair.
func TestRepairKnowsItsUnits(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-01-06T10:00:00+08:00"
		s, foreign := e.Sandbox("mall", now), e.Sandbox("other", now)
		one, two := radio(s, "A1", "SN-1"), radio(s, "A2", "SN-2")
		radio(foreign, "A1", "SN-9")
		serial := func(o apptest.Order, n string) apptest.Vars { return with(repairVars(s, o), "serialNumber", n) }
		for _, n := range []string{"SN-2", "SN-9", "nobody's"} {
			refusedAs(t, s.Customer.Refused(requestRepair, serial(one, n)), "NOT_FOUND", "input.serialNumber")
		}
		three := broken(t, s, "A3", now)
		refusedAs(t, s.Customer.Refused(requestRepair, serial(three, "SN-2")), "NOT_FOUND", "input.serialNumber")
		id := s.Customer.Must(requestRepair, serial(one, "SN-1")).Str("repairRequest.repair.id")
		errs := s.Customer.Refused(requestRepair, repairVars(s, one))
		is(t, "held by", refusedAs(t, errs, "QUANTITY_EXCEEDS_BOUGHT", "input.quantity").Str("params.1.value"), id)
		s.Customer.Must(requestRepair, repairVars(s, two))

		// Of three irons, two are under repair and one is held for a return: none is left until one of them is free again.
		first := s.Customer.Must(requestRepair, serial(three, "IR-1")).Str("repairRequest.repair.id")
		refusedAs(t, s.Customer.Refused(requestRepair, serial(three, "IR-1")), "QUANTITY_EXCEEDS_BOUGHT", "input.quantity")
		asked(s, three)
		ret := s.Request(three, "RETURN_AND_REFUND", 1)
		refusedAs(t, s.Customer.Refused(requestRepair, serial(three, "IR-3")), "QUANTITY_EXCEEDS_BOUGHT", "input.quantity")
		s.Customer.Must(apptest.CancelReturn, apptest.Vars{"id": ret})
		refusedAs(t, s.Customer.Refused(requestRepair, with(repairVars(s, three), "quantity", 2)), "QUANTITY_EXCEEDS_BOUGHT", "input.quantity")
		asked(s, three)
		s.Customer.Must(cancelRepair, apptest.Vars{"id": first})
		asked(s, three)
		d := s.Customer.Must(`query($id: ID!) { order(id: $id) { lines { returnableQuantity } } }`, apptest.Vars{"id": three.ID})
		is(t, "repaired units stay sold", d.Int("order.lines.0.returnableQuantity"), 3)
	})
}

// What a request is refused for, naming every field; nothing is written then.
func TestRepairRequestsAreChecked(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:00:00+08:00"
		s := e.Sandbox("mall", now)
		o := broken(t, s, "A1", now)
		refuse := func(field string, value any, code string) {
			t.Helper()
			refusedAs(t, s.Customer.Refused(requestRepair, with(repairVars(s, o), field, value)), code, "input."+field)
		}
		refuse("description", " ", "INVALID_INPUT")
		refuse("quantity", 0, "INVALID_INPUT")
		refuse("quantity", 4, "QUANTITY_EXCEEDS_BOUGHT")
		refuse("faultSince", "2025-03-12", "INVALID_INPUT") // tomorrow
		refuse("faultSince", "2025-03-03", "INVALID_INPUT") // placed on 2025-03-04
		refuse("orderLine", "lin_01h455vb4pex5vsknk084sn02q", "NOT_FOUND")
		foreign := s.OrderOf("c-2", "B1", now, nil, apptest.Line{SKU: "IRON", Quantity: 1, UnitPrice: "1.00", Delivered: now})
		refuse("orderLine", foreign.Lines[0], "NOT_FOUND")
		refusedAs(t, s.Customer.Refused(requestRepair, with(with(repairVars(s, o), "quantity", 2), "serialNumber", "X")), "INVALID_INPUT", "input.quantity")
		refusedAs(t, s.Customer.Refused(requestRepair, with(repairVars(s, o), "evidence", []apptest.Vars{{"kind": "PHOTO", "url": "http://x"}})), "INVALID_INPUT", "input.evidence.0.url")
		// Goods that nobody said were delivered; after 30 days they count as arrived.
		coming := s.Order("A2", now, apptest.Line{SKU: "IRON", Quantity: 1, UnitPrice: "1.00"})
		refusedAs(t, s.Customer.Refused(requestRepair, repairVars(s, coming)), "NOT_ELIGIBLE", "input.orderLine")
		is(t, "none yet", s.Agent.Must(`{ repairs { totalCount } }`, nil).Int("repairs.totalCount"), 0)
		vars := repairVars(s, o)
		s.Customer.Must(requestRepair, vars)
		refusedAs(t, s.Customer.Refused(requestRepair, with(vars, "description", "Other words.")), "IDEMPOTENCY_MISMATCH", "")
		forbidden(t, mechanic(s), requestRepair, repairVars(s, o))
		forbidden(t, s.Warehouse, requestRepair, repairVars(s, o))
		is(t, "for the customer", s.Agent.Must(requestRepair, repairVars(s, o)).Str("repairRequest.repair.channel"), "SERVICE_CENTER")
		s.Advance("2025-04-03T10:00:00+08:00")
		s.Customer.Must(requestRepair, repairVars(s, coming))
	})
}

// Refusals of the review and of the way in: state, version, fields, and who may.
func TestRepairReviewIsChecked(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:00:00+08:00"
		s := e.Sandbox("mall", now)
		o := broken(t, s, "A1", now)
		id := asked(s, o)
		vars := apptest.Vars{"id": id}
		refusedAs(t, s.Agent.Refused(askAboutRepair, apptest.Vars{"id": id, "q": ""}), "INVALID_INPUT", "question")
		refusedAs(t, s.Agent.Refused(rejectRepair, apptest.Vars{"id": id, "r": ""}), "INVALID_INPUT", "reason")
		refusedAs(t, s.Agent.Refused(approveRepair, apptest.Vars{"id": id, "in": apptest.Vars{"way": "DEPOT", "steps": []string{}}}), "INVALID_INPUT", "input.steps")
		refusedAs(t, s.Agent.Refused(approveRepair, apptest.Vars{"id": id, "in": apptest.Vars{"way": "ON_SITE", "steps": []string{"Wait"}, "returnAddress": "adr_01h455vb4pex5vsknk084sn02q"}}), "INVALID_INPUT", "input.returnAddress")
		refusedAs(t, s.Agent.Refused(approveRepair, apptest.Vars{"id": id, "in": apptest.Vars{"way": "DEPOT", "steps": []string{"S"}, "returnAddress": "adr_01h455vb4pex5vsknk084sn02q"}}), "NOT_FOUND", "input.returnAddress")
		refusedAs(t, s.Agent.Refused(approveRepair, apptest.Vars{"id": id, "v": 7}), "CONFLICT", "")
		for _, tc := range []struct {
			by  apptest.Caller
			doc string
		}{{s.Customer, approveRepair}, {mechanic(s), approveRepair}, {s.Customer, receiveRepair}, {s.Warehouse, rejectRepair}, {mechanic(s), cancelRepair}} {
			forbidden(t, tc.by, tc.doc, vars)
		}
		for _, doc := range []string{answerRepair, shipRepair, cancelRepair} {
			refusedAs(t, s.Env.As("CUSTOMER", s.Slug, "c-2").Refused(doc, vars), "NOT_FOUND", "id")
		}
		refusedAs(t, s.Customer.Refused(shipRepair, vars), "ILLEGAL_TRANSITION", "")
		refusedAs(t, s.Warehouse.Refused(receiveRepair, vars), "ILLEGAL_TRANSITION", "")
		s.Agent.Must(approveRepair, vars)
		refusedAs(t, s.Agent.Refused(rejectRepair, vars), "ILLEGAL_TRANSITION", "")
		refusedAs(t, s.Customer.Refused(shipRepair, apptest.Vars{"id": id, "at": "2025-03-11T09:59:59+08:00"}), "INVALID_INPUT", "input.shippedAt")
		s.Customer.Must(shipRepair, vars)
		refusedAs(t, s.Customer.Refused(repairAtDoor, vars), "INVALID_INPUT", "input.proof")
		refusedAs(t, s.Agent.Refused(repairAtDoor, apptest.Vars{"id": id, "in": apptest.Vars{}}), "INVALID_INPUT", "input.signedBy")
		refusedAs(t, s.Agent.Refused(repairAtDoor, apptest.Vars{"id": id, "in": apptest.Vars{"signedBy": "Z", "deliveredAt": "2025-03-12T10:00:00+08:00"}}), "INVALID_INPUT", "input.deliveredAt")
		s.Warehouse.Must(receiveRepair, vars)
		// The signature turns out to be earlier than the click; said once.
		s.Customer.Must(repairAtDoor, apptest.Vars{"id": id, "in": apptest.Vars{"proof": s.Evidence(s.Customer, id)}})
		refusedAs(t, s.Agent.Refused(repairAtDoor, vars), "ILLEGAL_TRANSITION", "")

		rejected := asked(s, o)
		s.Agent.Must(rejectRepair, apptest.Vars{"id": rejected})
		c := lookRepair(t, s.Customer, rejected)
		is(t, "rejected", c.Str("status")+" "+c.Str("outcome")+" "+c.Str("outcomeNote"), "REJECTED REJECTED Worn out.")
		cancelled := asked(s, o)
		s.Customer.Must(cancelRepair, apptest.Vars{"id": cancelled})
		is(t, "withdrawn", lookRepair(t, s.Customer, cancelled).Str("outcome"), "CANCELLED")
		site := asked(s, o)
		s.Agent.Must(approveRepair, apptest.Vars{"id": site, "in": apptest.Vars{"way": "ON_SITE", "steps": []string{"Wait for our call"}}})
		c = lookRepair(t, s.Customer, site)
		is(t, "on site", c.Str("status")+" "+c.Str("way")+" "+state(c.deadline("REPAIR")), "REQUESTED ON_SITE RUNNING open")
		is(t, "nobody sends", []any{c.has("SHIP_BACK"), c.Get("instructions.returnAddress")}, []any{false, nil})
	})
}

// Parts, quotes and work are checked: fields, limits, and that a part is awaited at all.
func TestRepairWorkIsChecked(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:00:00+08:00"
		s := e.Sandbox("mall", now)
		fees(s)
		o := broken(t, s, "A1", now)
		id := atDepot(s, o)
		unpaid(t, s, id)
		lines := func(l ...apptest.Vars) apptest.Vars {
			return apptest.Vars{"id": id, "key": s.Key(), "in": apptest.Vars{"lines": append([]apptest.Vars{}, l...)}}
		}
		refusedAs(t, mechanic(s).Refused(quoteRepair, lines()), "INVALID_INPUT", "input.lines")
		refusedAs(t, mechanic(s).Refused(quoteRepair, lines(apptest.Vars{"fee": "LABOUR"}, apptest.Vars{"fee": "NONE"})), "INVALID_INPUT", "input.lines.1.fee")
		refusedAs(t, mechanic(s).Refused(quoteRepair, lines(apptest.Vars{"fee": "LABOUR", "quantity": 0})), "INVALID_INPUT", "input.lines.0.quantity")
		forbidden(t, s.Warehouse, quoteRepair, priceVars(s, id))
		forbidden(t, s.Customer, quoteRepair, priceVars(s, id))
		for range 10 {
			priced(s, id)
		}
		refusedAs(t, mechanic(s).Refused(quoteRepair, priceVars(s, id)), "LIMIT_EXCEEDED", "")
		refusedAs(t, s.Customer.Refused(acceptQuote, apptest.Vars{"id": "quo_01h455vb4pex5vsknk084sn02q"}), "NOT_FOUND", "quote")
		part := func(more apptest.Vars) apptest.Vars {
			in := apptest.Vars{"name": "Board"}
			for k, v := range more {
				in[k] = v
			}
			return apptest.Vars{"id": id, "key": s.Key(), "in": in}
		}
		for _, tc := range []struct {
			more  apptest.Vars
			field string
		}{{apptest.Vars{"name": ""}, "name"}, {apptest.Vars{"quantity": 0}, "quantity"}, {apptest.Vars{"expectedOn": "2025-03-10"}, "expectedOn"},
			{apptest.Vars{"special": true, "expectedOn": "2025-03-20"}, "supplier"}, {apptest.Vars{"special": true, "supplier": "S"}, "expectedOn"}} {
			refusedAs(t, mechanic(s).Refused(recordPart, part(tc.more)), "INVALID_INPUT", "input."+tc.field)
		}
		vars := part(nil)
		first := mechanic(s).Must(recordPart, vars).Str("repairPartRecord.part.id")
		is(t, "replayed", mechanic(s).Must(recordPart, vars).Str("repairPartRecord.part.id"), first)
		refusedAs(t, mechanic(s).Refused(partArrived, apptest.Vars{"id": first}), "NOT_ELIGIBLE", "") // it was at hand
		for range 49 {
			mechanic(s).Must(recordPart, part(nil))
		}
		refusedAs(t, mechanic(s).Refused(recordPart, part(nil)), "LIMIT_EXCEEDED", "")

		id = inWork(s, o)
		refusedAs(t, mechanic(s).Refused(completeRepair, apptest.Vars{"id": id, "in": apptest.Vars{"workDone": "", "testPassed": true}}), "INVALID_INPUT", "input.workDone")
		forbidden(t, s.Warehouse, completeRepair, apptest.Vars{"id": id})
		for _, doc := range []string{repairGoesHome, fetchRepair, repairIsHome} {
			refusedAs(t, s.Agent.Refused(doc, apptest.Vars{"id": id}), "ILLEGAL_TRANSITION", "")
		}
		mechanic(s).Must(completeRepair, apptest.Vars{"id": id})
		refusedAs(t, mechanic(s).Refused(completeRepair, apptest.Vars{"id": id}), "ILLEGAL_TRANSITION", "")
		forbidden(t, s.Customer, repairGoesHome, apptest.Vars{"id": id})
	})
}
