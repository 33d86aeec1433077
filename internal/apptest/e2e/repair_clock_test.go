package e2e

import (
	"testing"

	"aftersales/internal/apptest"
)

// The seasons whose holidays and make-up workdays the clocks of repairs are counted over, by China's published calendars:
//
//   - Spring Festival 2025: Fri 2025-01-24; Sun 26 make-up (1), Mon 27 (2), 28 to 02-04 off, Wed 02-05 (3), 6 (4), Fri 7 (5),
//     Sat 8 make-up (6), Mon 10 (7), Tue 11 (8), 12 (9), Thu 13 (10).
//   - National Day 2025, from a make-up Sunday: Sun 2025-09-28; Mon 29 (1), Tue 30 (2), 10-01 to 08 off, Thu 9 (3), Fri 10 (4),
//     Sat 11 make-up (5), Mon 13 (6), 14 (7), 15 (8), 16 (9), Fri 17 (10).
//   - National Day 2025: Tue 2025-09-30; Thu 10-09 (1), Fri 10 (2), Sat 11 (3), Mon 13 (4), 14 (5), 15 (6), Thu 16 (7), Fri 17
//     (8), Mon 20 (9), Tue 21 (10).
//   - Spring Festival 2026: Fri 2026-02-13; Sat 14 make-up (1), 15 to 23 off, Tue 24 (2), 25 (3), 26 (4), Fri 27 (5), Sat 28
//     make-up (6), Mon 03-02 (7), 3 (8), 4 (9), Thu 5 (10).
//   - National Day 2026: Wed 2026-09-30; 10-01 to 07 off, Thu 8 (1), Fri 9 (2), Sat 10 make-up (3), Mon 12 (4), 13 (5), 14 (6),
//     Thu 15 (7), Fri 16 (8), Mon 19 (9), Tue 20 (10).
var seasons = []struct{ slug, start, due, extended string }{
	{"spring25", "2025-01-24T15:00:00+08:00", "2025-02-11T00:00:00+08:00", "2025-02-14T00:00:00+08:00"},
	{"makeup25", "2025-09-28T10:00:00+08:00", "2025-10-15T00:00:00+08:00", "2025-10-18T00:00:00+08:00"},
	{"national25", "2025-09-30T09:00:00+08:00", "2025-10-17T00:00:00+08:00", "2025-10-22T00:00:00+08:00"},
	{"spring26", "2026-02-13T15:00:00+08:00", "2026-03-03T00:00:00+08:00", "2026-03-06T00:00:00+08:00"},
	{"national26", "2026-09-30T09:00:00+08:00", "2026-10-16T00:00:00+08:00", "2026-10-21T00:00:00+08:00"},
}

// MALL-4.3a: a repair is done within 7 working days of the application, one instant before the due one in time, at it late.
// Late, it is explained before the case closes.
func TestRepairWithinSevenWorkingDays(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		for _, tc := range seasons {
			s := e.Sandbox(tc.slug, tc.start)
			o := broken(t, s, "A1", tc.start)
			inTime, late := inWork(s, o), inWork(s, o)
			d := lookRepair(t, s.Customer, inTime).deadline("REPAIR")
			is(t, tc.slug+" due", at(t, d, "dueAt"), tc.due)
			is(t, tc.slug+" promised", at(t, d, "promisedDueAt"), tc.due)
			is(t, tc.slug+" counted", len(d.Strings("countedDays")), 7)
			is(t, tc.slug+" rule", d.Str("rule.clause")+" "+d.Str("rule.plan"), "MALL-4.3a MALL")

			s.Advance(before(t, tc.due))
			is(t, tc.slug+" still running", state(lookRepair(t, s.Customer, late).deadline("REPAIR")), "RUNNING open")
			mechanic(s).Must(completeRepair, apptest.Vars{"id": inTime})
			is(t, tc.slug+" in time", state(lookRepair(t, s.Customer, inTime).deadline("REPAIR")), "MET")

			s.Advance(tc.due)
			c := lookRepair(t, s.Agent, late)
			is(t, tc.slug+" at the due instant", state(c.deadline("REPAIR")), "BREACHED open owed")
			is(t, tc.slug+" breach told", at(t, c.first("DEADLINE_BREACHED", "repair"), "at"), tc.due)
			mechanic(s).Must(completeRepair, apptest.Vars{"id": late})
			s.Warehouse.Must(repairGoesHome, apptest.Vars{"id": late})
			s.Customer.Must(repairIsHome, apptest.Vars{"id": late})
			c = lookRepair(t, s.Agent, late)
			is(t, tc.slug+" late", state(c.deadline("REPAIR"))+" "+c.Str("status"), "BREACHED owed COMPLETED")
			is(t, tc.slug+" not closed", c.Get("closedAt"), nil)
			closing := `mutation($id: ID!) { caseClose(id: $id) { case { closedAt } userErrors { code field message } } }`
			refusedAs(t, s.Agent.Refused(closing, apptest.Vars{"id": late}), "EXPLANATION_REQUIRED", "")
			s.Agent.Must(`mutation($id: ID!, $at: DateTime!) { caseExplainDelay(deadline: $id, input: { reason: PARTS, text: "The cord was late.", toldAt: $at, channel: PHONE }) { deadline { id } userErrors { code field message } } }`,
				apptest.Vars{"id": c.deadline("REPAIR").Str("id"), "at": tc.due})
			s.Agent.Must(closing, apptest.Vars{"id": late})
		}
	})
}

// MALL-4.3b, X8.10: a special part extends the 7 to 10 working days from the original start, once, before the limit; the
// customer is told.
func TestSpecialPartExtendsTheRepairToTenWorkingDays(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		for _, tc := range seasons {
			s := e.Sandbox(tc.slug, tc.start)
			o := broken(t, s, "A1", tc.start)
			inTime, late, tooLate := inWork(s, o), inWork(s, o), inWork(s, o)
			on := tc.due[:10]
			parts := map[string]string{}
			for _, id := range []string{inTime, late, tooLate} {
				parts[id] = special(s, id, on)
			}
			// Waiting for parts stops nothing.
			c := lookRepair(t, s.Customer, inTime)
			is(t, tc.slug+" waiting", c.Str("status")+" "+state(c.deadline("REPAIR")), "AWAITING_PARTS RUNNING open")
			s.Advance(before(t, tc.due))
			for _, id := range []string{inTime, late} {
				s.Agent.Must(extendRepair, apptest.Vars{"id": id, "part": parts[id]})
				refusedAs(t, s.Agent.Refused(extendRepair, apptest.Vars{"id": id, "part": parts[id]}), "EXTENSION_REFUSED", "")
			}
			c = lookRepair(t, s.Customer, inTime)
			d := c.deadline("REPAIR")
			is(t, tc.slug+" extended", at(t, d, "dueAt"), tc.extended)
			is(t, tc.slug+" from the start", at(t, d, "startedAt"), tc.start)
			is(t, tc.slug+" why", d.Str("extension.reason")+" "+d.Str("extension.part")+" "+ftoa(d.Int("extension.length"))+" "+d.Str("extension.grantedBy.name"), "The board comes from abroad. Board 10 Li Na")
			is(t, tc.slug+" told", len(c.List("messages.nodes")), 1)
			is(t, tc.slug+" in the timeline", c.first("DEADLINE_EXTENDED", "").Str("note"), "The board comes from abroad.")

			s.Advance(tc.due)
			is(t, tc.slug+" at 7 days", state(lookRepair(t, s.Customer, inTime).deadline("REPAIR")), "RUNNING open")
			is(t, tc.slug+" not extended", state(lookRepair(t, s.Customer, tooLate).deadline("REPAIR")), "BREACHED open owed")
			refusedAs(t, s.Agent.Refused(extendRepair, apptest.Vars{"id": tooLate, "part": parts[tooLate]}), "EXTENSION_REFUSED", "")
			s.Advance(before(t, tc.extended))
			mechanic(s).Must(partArrived, apptest.Vars{"id": parts[inTime]})
			mechanic(s).Must(completeRepair, apptest.Vars{"id": inTime})
			is(t, tc.slug+" in time", state(lookRepair(t, s.Customer, inTime).deadline("REPAIR")), "MET")
			s.Advance(tc.extended)
			is(t, tc.slug+" at 10 days", state(lookRepair(t, s.Customer, late).deadline("REPAIR")), "BREACHED open owed")
		}
	})
}

// EXTENSION_REFUSED without a special part, for one that is not special, for another case's; the plan decides whether at all.
func TestExtensionNeedsASpecialPartOfTheCase(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:00:00+08:00" // Tuesday; 7 working days: until the end of Thu 20
		s := e.Sandbox("mall", now)
		o := broken(t, s, "A1", now)
		id, other := inWork(s, o), inWork(s, o)
		foreign := special(s, other, "2025-03-20")
		refusedAs(t, s.Agent.Refused(extendRepair, apptest.Vars{"id": id, "part": "prt_01h455vb4pex5vsknk084sn02q"}), "EXTENSION_REFUSED", "part")
		refusedAs(t, s.Agent.Refused(extendRepair, apptest.Vars{"id": id, "part": foreign}), "EXTENSION_REFUSED", "part")
		plain := mechanic(s).Must(recordPart, apptest.Vars{"id": id, "key": s.Key(), "in": apptest.Vars{"name": "Screw"}}).Str("repairPartRecord.part.id")
		refusedAs(t, s.Agent.Refused(extendRepair, apptest.Vars{"id": id, "part": plain}), "EXTENSION_REFUSED", "part")
		own := special(s, id, "2025-03-19")
		refusedAs(t, s.Agent.Refused(extendRepair, apptest.Vars{"id": id, "part": own, "r": " "}), "INVALID_INPUT", "reason")
		forbidden(t, mechanic(s), extendRepair, apptest.Vars{"id": id, "part": own})
		forbidden(t, s.Customer, extendRepair, apptest.Vars{"id": id, "part": own})
		is(t, "nothing granted", lookRepair(t, s.Agent, id).deadline("REPAIR").Get("extension"), nil)
		s.Agent.Must(extendRepair, apptest.Vars{"id": id, "part": own})
		// Once done, or ended, there is nothing to extend.
		mechanic(s).Must(partArrived, apptest.Vars{"id": own})
		mechanic(s).Must(completeRepair, apptest.Vars{"id": id})
		refusedAs(t, s.Agent.Refused(extendRepair, apptest.Vars{"id": id, "part": own}), "ILLEGAL_TRANSITION", "")
	})
}

// X8.10 while the clock stands still: the special part is known before its price is accepted. Tuesday 2025-03-11; Wed 12 (1),
// Thu 13 (2), quoted on Fri 14 at 10:00, accepted on Tue 18 at 10:00: of the days Fri 14 to Tue 18 as much is given back as
// stood still, so that 10 working days end two working days later than Tue 25: with Thu 27.
func TestExtensionWhileTheCustomerConsidersAQuote(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:00:00+08:00"
		s := e.Sandbox("mall", now)
		fees(s)
		id := atDepot(s, broken(t, s, "A1", now))
		unpaid(t, s, id)
		s.Advance("2025-03-14T10:00:00+08:00")
		part := special(s, id, "2025-03-25")
		is(t, "still diagnosed", lookRepair(t, s.Agent, id).Str("status"), "DIAGNOSED")
		q := priced(s, id)
		c := lookRepair(t, s.Agent, id)
		is(t, "paused", state(c.deadline("REPAIR")), "PAUSED open")
		s.Agent.Must(extendRepair, apptest.Vars{"id": id, "part": part})
		is(t, "still paused", state(lookRepair(t, s.Agent, id).deadline("REPAIR")), "PAUSED open")
		s.Advance("2025-03-18T10:00:00+08:00")
		s.Customer.Must(acceptQuote, apptest.Vars{"id": q})
		c = lookRepair(t, s.Customer, id)
		is(t, "awaits its part", c.Str("status")+" "+state(c.deadline("REPAIR")), "AWAITING_PARTS RUNNING open")
		is(t, "due", at(t, c.deadline("REPAIR"), "dueAt"), "2025-03-28T00:00:00+08:00")
	})
}

// SLA-A-2.2.3, SLA-B-2.2.3: found out, with a plan, within 72 or 48 hours of the receipt; SLA-A-2.2.4, SLA-B-2.2.4, X8.9: on its
// way home within 24 hours of the end of the repair. Hours go on over the Spring Festival. MALL's promises hold beside them.
func TestDepotInspectionAndSendBackByTheHour(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		for _, tc := range []struct {
			plan, slug, start string
			hours             int
		}{{"SLA-A", "a25", "2025-01-27T15:00:00+08:00", 72}, {"SLA-B", "b26", "2026-02-14T15:00:00+08:00", 48}} {
			s := e.Sandbox(tc.slug, tc.start)
			s.Adopt("REPAIR", tc.plan)
			o := broken(t, s, "A1", tc.start)
			inTime, late := atDepot(s, o), atDepot(s, o)
			due := shift(t, tc.start, tc.hours)
			c := lookRepair(t, s.Customer, inTime)
			d := c.deadline("DEPOT_INSPECTION")
			is(t, tc.plan+" due", at(t, d, "dueAt"), due)
			is(t, tc.plan+" rule", d.Str("rule.plan")+" "+d.Str("rule.clause"), tc.plan+" "+tc.plan+"-2.2.3")
			is(t, tc.plan+" MALL's own", c.deadline("REPAIR").Str("rule.plan"), "MALL")
			s.Advance(before(t, due))
			mechanic(s).Must(diagnoseRepair, found(inTime, forFree))
			is(t, tc.plan+" in time", state(lookRepair(t, s.Customer, inTime).deadline("DEPOT_INSPECTION")), "MET")
			s.Advance(due)
			is(t, tc.plan+" late", state(lookRepair(t, s.Customer, late).deadline("DEPOT_INSPECTION")), "BREACHED open owed")
			mechanic(s).Must(diagnoseRepair, found(late, forFree))
			is(t, tc.plan+" made good", state(lookRepair(t, s.Customer, late).deadline("DEPOT_INSPECTION")), "BREACHED owed")

			mechanic(s).Must(completeRepair, apptest.Vars{"id": inTime})
			mechanic(s).Must(completeRepair, apptest.Vars{"id": late})
			home := shift(t, due, 24)
			c = lookRepair(t, s.Customer, inTime)
			is(t, tc.plan+" SEND_BACK", at(t, c.deadline("SEND_BACK"), "dueAt")+" "+c.deadline("SEND_BACK").Str("rule.clause"), home+" "+tc.plan+"-2.2.4")
			s.Advance(before(t, home))
			s.Warehouse.Must(repairGoesHome, apptest.Vars{"id": inTime})
			is(t, tc.plan+" sent in time", state(lookRepair(t, s.Customer, inTime).deadline("SEND_BACK")), "MET")
			s.Advance(home)
			is(t, tc.plan+" not sent", state(lookRepair(t, s.Customer, late).deadline("SEND_BACK")), "BREACHED open owed")
			// Dispatch is what counts; delivery is recorded beside it.
			s.Advance(shift(t, home, 48))
			s.Customer.Must(repairIsHome, apptest.Vars{"id": inTime})
			c = lookRepair(t, s.Customer, inTime)
			is(t, tc.plan+" both recorded", at(t, c.Data, "parcels.1.shippedAt")+" "+at(t, c.Data, "parcels.1.deliveredAt"), cn(t, before(t, home))+" "+shift(t, home, 48))
			is(t, tc.plan+" still in time", state(c.deadline("SEND_BACK")), "MET")
		}
	})
}

// X8.1: REPAIR stands still while the customer answers, ships, and considers a quote, and in no other status. Tuesday
// 2025-03-11 10:00; asked and answered on Wed 12 and Thu 13 at 10:00; approved then, shipped on Fri 14, delivered on Mon 17 at
// 10:00 by signature, booked in on Tue 18. From Wed 12 10:00 to Mon 17 10:00 it stands still, so that the 7 working days
// Wed 12 to Thu 20 become Wed 12 and Tue 18 to Tue 25, but for what the pauses leave of Wed 12.
func TestRepairStandsStillWhileTheCustomerHoldsTheBall(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:00:00+08:00"
		s := e.Sandbox("mall", now)
		id := asked(s, broken(t, s, "A1", now))
		vars := apptest.Vars{"id": id}
		repair := func() string {
			d := lookRepair(t, s.Agent, id).deadline("REPAIR")
			return state(d) + " " + at(t, d, "dueAt")
		}
		is(t, "requested", repair(), "RUNNING open 2025-03-21T00:00:00+08:00")
		s.Advance("2025-03-12T10:00:00+08:00")
		s.Agent.Must(askAboutRepair, vars)
		is(t, "asked", repair(), "PAUSED open ")
		s.Advance("2025-03-13T10:00:00+08:00")
		s.Customer.Must(answerRepair, vars)
		is(t, "answered", state(lookRepair(t, s.Agent, id).deadline("REPAIR")), "RUNNING open")
		s.Agent.Must(approveRepair, vars)
		is(t, "awaited", repair(), "PAUSED open ")
		s.Advance("2025-03-14T10:00:00+08:00")
		s.Customer.Must(shipRepair, vars)
		is(t, "on the way", repair(), "PAUSED open ")
		s.Advance("2025-03-18T10:00:00+08:00")
		s.Integration.Must(repairAtDoor, apptest.Vars{"id": id, "in": apptest.Vars{"deliveredAt": "2025-03-17T10:00:00+08:00", "signedBy": "Zhao"}})
		c := lookRepair(t, s.Agent, id)
		is(t, "signed", c.Str("status")+" "+state(c.deadline("REPAIR")), "IN_TRANSIT RUNNING open")
		is(t, "to be booked in", at(t, c.deadline("RECEIPT_CONFIRMATION"), "dueAt"), "2025-03-21T00:00:00+08:00")
		pauses := c.deadline("REPAIR").List("pauses")
		is(t, "from the question", at(t, pauses[0], "from"), "2025-03-12T10:00:00+08:00")
		is(t, "to the signature", at(t, pauses[len(pauses)-1], "to"), "2025-03-17T10:00:00+08:00")
		due := at(t, c.deadline("REPAIR"), "dueAt")
		s.Warehouse.Must(receiveRepair, vars)
		is(t, "booking in changes nothing", repair(), "RUNNING open "+due)
		is(t, "due", due, "2025-03-26T00:00:00+08:00")
	})
}

// Nobody reviews for 48 hours: accepted for the depot by itself; nobody books in what was delivered for 3 days (until the end
// of Sunday 16): received by itself, at the instant at which that was due.
func TestSilenceAcceptsAndReceivesARepair(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:00:00+08:00"
		s := e.Sandbox("mall", now)
		id := asked(s, broken(t, s, "A1", now))
		s.Advance(before(t, "2025-03-13T10:00:00+08:00"))
		is(t, "before", lookRepair(t, s.Agent, id).Str("status"), "REQUESTED")
		s.Advance("2025-03-13T10:00:00+08:00")
		c := lookRepair(t, s.Customer, id)
		is(t, "accepted", c.Str("status")+" "+c.Str("way")+" "+c.Str("instructions.returnAddress.name"), "AWAITING_SHIPMENT DEPOT main")
		is(t, "by nobody", c.first("APPROVED", "").Str("actor.name"), "system")
		s.Customer.Must(shipRepair, apptest.Vars{"id": id})
		s.Warehouse.Must(repairAtDoor, apptest.Vars{"id": id})
		s.Advance("2025-03-20T10:00:00+08:00")
		c = lookRepair(t, s.Customer, id)
		is(t, "received", c.Str("status")+" "+at(t, c.Data, "receivedAt"), "RECEIVED 2025-03-17T00:00:00+08:00")
	})
}
