package e2e

import (
	"strings"
	"sync"
	"testing"

	"aftersales/internal/apptest"
)

// MALL-5.1b: what the customer broke is paid for, by a quote whose lines cite the fee schedule (MALL-2.3d): 2 x 30.00 for labour
// and 12.50 for a cord are 72.50. Accepted before it expires the work begins and REPAIR goes on; goods and price end the case.
func TestQuotedRepairIsAcceptedAndDone(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:00:00+08:00"
		s := e.Sandbox("mall", now)
		fees(s)
		id := atDepot(s, broken(t, s, "A1", now))
		unpaid(t, s, id)
		c := lookRepair(t, s.Customer, id)
		is(t, "diagnosis", c.Str("diagnosis.finding")+" "+c.Str("diagnosis.plan")+" "+c.Str("diagnosis.coverageReason"), "The cord is broken. A new cord. HUMAN_CAUSED")
		is(t, "covered", []any{c.Get("diagnosis.humanCaused"), c.Get("diagnosis.covered"), c.Get("diagnosis.goodwill")}, []any{true, false, false})
		is(t, "shown", len(c.List("diagnosis.evidence")), 1)
		is(t, "price open", c.Get("price"), nil)
		refusedAs(t, mechanic(s).Refused(startRepair, apptest.Vars{"id": id}), "ILLEGAL_TRANSITION", "")
		refusedAs(t, mechanic(s).Refused(completeRepair, apptest.Vars{"id": id}), "ILLEGAL_TRANSITION", "")
		s.Advance("2025-03-12T10:00:00+08:00")
		vars := priceVars(s, id)
		q := mechanic(s).Must(quoteRepair, vars).Str("repairQuote.quote.id")
		is(t, "replayed", mechanic(s).Must(quoteRepair, vars).Str("repairQuote.quote.id"), q)
		c = lookRepair(t, s.Customer, id)
		is(t, "quoted", c.Str("status")+" "+c.Str("quote.id")+" "+state(c.deadline("REPAIR")), "QUOTED "+q+" PAUSED open")
		is(t, "total", amount(c.Data, "quotes.0.total"), "72.50 CNY")
		is(t, "line", c.Str("quotes.0.lines.0.fee")+" "+c.Str("quotes.0.lines.0.legalReference")+" "+c.Str("quotes.0.lines.0.amount.amount")+" "+c.Str("quotes.0.lines.0.total.amount"), "LABOUR Price list 3 30.00 60.00")
		is(t, "expires", at(t, c.Data, "quotes.0.expiresAt")+" "+state(c.deadline("QUOTE_REPLY")), "2025-03-20T00:00:00+08:00 RUNNING open")
		is(t, "timeline", c.first("QUOTED", "").Str("text"), "The price of the repair is 72.50 CNY.")
		is(t, "customer may", c.Strings("allowedActions"), []string{"REPAIR_QUOTE_ACCEPT", "REPAIR_QUOTE_DECLINE", "CASE_DISPUTE", "CASE_MESSAGE_ADD", "CASE_EVIDENCE_ADD"})

		// Staff write down what the customer said; the technician does not speak for them.
		refusedAs(t, s.Agent.Refused(acceptQuote, apptest.Vars{"id": q}), "INVALID_INPUT", "message")
		forbidden(t, mechanic(s), acceptQuote, apptest.Vars{"id": q, "m": "Yes."})
		// A changed fee changes no quote that was made.
		s.Admin.Must(`mutation { feeUpsert(input: { code: "LABOUR", name: "N", basis: "each", amount: "99.00", legalReference: "Price list 4", validFrom: "2024-01-01" }) { fee { id } userErrors { code field message } } }`, nil)
		s.Advance("2025-03-14T10:00:00+08:00")
		s.Customer.Must(acceptQuote, apptest.Vars{"id": q, "m": "Go ahead."})
		c = lookRepair(t, s.Customer, id)
		is(t, "accepted", c.Str("status")+" "+c.Str("quotes.0.state")+" "+c.Str("quotes.0.answer")+" "+amount(c.Data, "price"), "IN_REPAIR ACCEPTED Go ahead. 72.50 CNY")
		is(t, "clocks", state(c.deadline("REPAIR"))+" "+state(c.deadline("QUOTE_REPLY")), "RUNNING open MET")
		refusedAs(t, s.Customer.Refused(acceptQuote, apptest.Vars{"id": q}), "NOT_ELIGIBLE", "")
		refusedAs(t, s.Customer.Refused(declineQuote, apptest.Vars{"id": q}), "NOT_ELIGIBLE", "")
		refusedAs(t, mechanic(s).Refused(quoteRepair, priceVars(s, id)), "ILLEGAL_TRANSITION", "")

		// A test that was not passed keeps it in repair.
		refusedAs(t, mechanic(s).Refused(completeRepair, apptest.Vars{"id": id, "in": apptest.Vars{"workDone": "New cord.", "testPassed": false}}), "INVALID_INPUT", "input.testNotes")
		mechanic(s).Must(completeRepair, apptest.Vars{"id": id, "in": apptest.Vars{"workDone": "New cord.", "testPassed": false, "testNotes": "Still cold."}})
		c = lookRepair(t, s.Customer, id)
		is(t, "not passed", c.Str("status")+" "+c.Str("work.testNotes")+" "+state(c.deadline("REPAIR")), "IN_REPAIR Still cold. RUNNING open")
		mechanic(s).Must(completeRepair, apptest.Vars{"id": id, "in": apptest.Vars{"workDone": "New cord and plug.", "testPassed": true, "parts": []apptest.Vars{{"name": "Plug"}}}})
		c = lookRepair(t, s.Customer, id)
		is(t, "tested", c.Str("status")+" "+c.Str("parts.0.name")+" "+c.Str("parts.0.recordedBy"), "TESTED Plug tan.gang")
		is(t, "REPAIR", state(c.deadline("REPAIR"))+" "+at(t, c.deadline("REPAIR"), "metAt"), "MET 2025-03-14T10:00:00+08:00")
		is(t, "SEND_BACK", c.deadline("SEND_BACK").Str("rule.clause"), "MALL-3.3c")

		// A lost parcel is followed by another; the last one counts.
		refusedAs(t, s.Warehouse.Refused(repairGoesHome, apptest.Vars{"id": id, "at": "2025-03-13T10:00:00+08:00"}), "INVALID_INPUT", "input.shippedAt")
		s.Warehouse.Must(repairGoesHome, apptest.Vars{"id": id})
		s.Advance("2025-03-17T10:00:00+08:00")
		mechanic(s).Must(repairGoesHome, apptest.Vars{"id": id, "w": "SF10"})
		refusedAs(t, s.Customer.Refused(repairIsHome, apptest.Vars{"id": id, "at": "2025-03-16T10:00:00+08:00"}), "INVALID_INPUT", "deliveredAt")
		s.Advance("2025-03-18T10:00:00+08:00")
		s.Customer.Must(repairIsHome, apptest.Vars{"id": id})
		c = lookRepair(t, s.Customer, id)
		is(t, "home", c.Str("status")+" "+c.Str("outcome")+" "+at(t, c.Data, "homeAt"), "COMPLETED REPAIRED 2025-03-18T10:00:00+08:00")
		is(t, "closed", at(t, c.Data, "closedAt"), "2025-03-18T10:00:00+08:00")
		is(t, "parcels", []any{c.Get("parcels.1.deliveredAt"), c.Str("parcels.2.waybill"), c.Str("parcels.2.signedBy")}, []any{nil, "SF10", "Li Lei"})
		is(t, "days", c.Get("daysInRepair"), map[string]any{"parts": 0, "repairer": 5}) // 7 days from the receipt, less 2 considering the price
		is(t, "texts", c.first("SENT_BACK", "").Str("text"), "The goods were sent home with SF Express, waybill SF9.")
	})
}

// X8.1: a quote that nobody answers expires at the end of the seventh day, which is a no: nothing is repaired, REPAIR ends, the
// goods go home. Accepting one instant before is in time, at the due instant too late.
func TestQuoteExpiresUnanswered(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now, due = "2025-03-11T10:00:00+08:00", "2025-03-19T00:00:00+08:00"
		s := e.Sandbox("mall", now)
		fees(s)
		o := broken(t, s, "A1", now)
		inTime, late := atDepot(s, o), atDepot(s, o)
		unpaid(t, s, inTime)
		unpaid(t, s, late)
		quoteInTime, quoteLate := priced(s, inTime), priced(s, late)
		s.Advance(before(t, due))
		s.Customer.Must(acceptQuote, apptest.Vars{"id": quoteInTime})
		s.Advance(due)
		errs := s.Customer.Refused(acceptQuote, apptest.Vars{"id": quoteLate})
		is(t, "state", refusedAs(t, errs, "NOT_ELIGIBLE", "").Str("params.0.value"), "EXPIRED")
		c := lookRepair(t, s.Customer, late)
		is(t, "goes home", c.Str("status")+" "+c.Str("quotes.0.state")+" "+at(t, c.Data, "quotes.0.answeredAt"), "DIAGNOSED EXPIRED "+due)
		is(t, "clocks", state(c.deadline("REPAIR"))+", "+state(c.deadline("SEND_BACK")), "CANCELLED, RUNNING open")
		is(t, "since", at(t, c.deadline("SEND_BACK"), "startedAt"), due)
		is(t, "by nobody", c.first("QUOTE_DECLINED", "").Str("actor.name"), "system")
		is(t, "customer may", c.Strings("allowedActions"), []string{"CASE_MESSAGE_ADD", "CASE_EVIDENCE_ADD"})
		s.Warehouse.Must(repairGoesHome, apptest.Vars{"id": late})
		s.Customer.Must(repairIsHome, apptest.Vars{"id": late})
		c = lookRepair(t, s.Customer, late)
		is(t, "ended", c.Str("status")+" "+c.Str("outcome")+" "+c.Str("outcomeNote"), "COMPLETED QUOTE_DECLINED The price was declined; the goods went home as they were.")
	})
}

// A quote may be replaced while it is open, its time begins anew, and the old one can no longer be answered; a declined one sends
// the goods home at once.
func TestQuoteIsReplacedAndDeclined(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:00:00+08:00"
		s := e.Sandbox("mall", now)
		fees(s)
		id := atDepot(s, broken(t, s, "A1", now))
		unpaid(t, s, id)
		first := priced(s, id)
		s.Advance("2025-03-13T10:00:00+08:00")
		second := priced(s, id)
		c := lookRepair(t, s.Customer, id)
		is(t, "states", c.Str("quotes.0.state")+" "+c.Str("quotes.1.state")+" "+ftoa(c.Int("quotes.1.round")), "REPLACED OPEN 2")
		is(t, "expires", at(t, c.Data, "quotes.1.expiresAt"), "2025-03-21T00:00:00+08:00")
		is(t, "one clock", c.openOne("QUOTE_REPLY").Str("state"), "RUNNING")
		is(t, "one pause", len(c.deadline("REPAIR").List("pauses")), 1+2) // shipped at once twice, then considered
		is(t, "state", refusedAs(t, s.Customer.Refused(acceptQuote, apptest.Vars{"id": first}), "NOT_ELIGIBLE", "").Str("params.0.value"), "REPLACED")
		refusedAs(t, s.Agent.Refused(declineQuote, apptest.Vars{"id": second}), "INVALID_INPUT", "message")
		s.Customer.Must(declineQuote, apptest.Vars{"id": second, "m": "Too dear."})
		c = lookRepair(t, s.Customer, id)
		is(t, "declined", c.Str("status")+" "+state(c.deadline("REPAIR"))+" "+state(c.deadline("SEND_BACK")), "DIAGNOSED CANCELLED RUNNING open")
		for _, again := range []string{startRepair, completeRepair, cancelRepair} {
			refusedAs(t, s.Agent.Refused(again, apptest.Vars{"id": id}), "ILLEGAL_TRANSITION", "")
		}
		refusedAs(t, mechanic(s).Refused(diagnoseRepair, found(id, nil)), "ILLEGAL_TRANSITION", "")
		s.Warehouse.Must(fetchRepair, apptest.Vars{"id": id})
		c = lookRepair(t, s.Customer, id)
		is(t, "fetched", c.Str("outcome")+" "+state(c.deadline("SEND_BACK")), "QUOTE_DECLINED MET")
	})
}

// Nothing is repaired: without a fault, beyond repair, or withdrawn while the goods are at the depot. They go home by the same
// clock. What cannot be repaired is still owed something else in its place: its REPAIR runs on.
func TestGoodsThatAreNotRepairedGoHome(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:00:00+08:00"
		s := e.Sandbox("mall", now)
		s.Adopt("REPAIR", "SLA-A")
		o := broken(t, s, "A1", now)
		for _, tc := range []struct {
			name, outcome, repair string
			stop                  func(id string)
		}{
			{"no fault", "NO_FAULT_FOUND", "CANCELLED", func(id string) { mechanic(s).Must(diagnoseRepair, found(id, noFault)) }},
			{"beyond repair", "UNREPAIRABLE", "RUNNING open", func(id string) { mechanic(s).Must(diagnoseRepair, found(id, beyond)) }},
			{"beyond repair, as the work showed", "UNREPAIRABLE", "RUNNING open", func(id string) {
				mechanic(s).Must(diagnoseRepair, found(id, forFree))
				mechanic(s).Must(startRepair, apptest.Vars{"id": id})
				mechanic(s).Must(diagnoseRepair, found(id, beyond))
			}},
			{"withdrawn", "CANCELLED", "CANCELLED", func(id string) { s.Customer.Must(cancelRepair, apptest.Vars{"id": id}) }},
			{"withdrawn during the work", "CANCELLED", "CANCELLED", func(id string) {
				mechanic(s).Must(diagnoseRepair, found(id, forFree))
				special(s, id, "2025-03-20")
				s.Customer.Must(cancelRepair, apptest.Vars{"id": id})
			}},
		} {
			id := atDepot(s, o)
			tc.stop(id)
			c := lookRepair(t, s.Customer, id)
			is(t, tc.name, c.Str("status")+", "+state(c.deadline("REPAIR"))+", "+state(c.deadline("SEND_BACK")), "DIAGNOSED, "+tc.repair+", RUNNING open")
			is(t, tc.name+": 24 hours", at(t, c.deadline("SEND_BACK"), "dueAt"), "2025-03-12T10:00:00+08:00")
			is(t, tc.name+": inspection", c.deadline("DEPOT_INSPECTION").Get("open"), false)
			is(t, tc.name+": may", lookRepair(t, s.Warehouse, id).Strings("allowedActions"), []string{"REPAIR_SEND_BACK", "REPAIR_COLLECT", "CASE_MESSAGE_ADD", "CASE_EVIDENCE_ADD"})
			s.Warehouse.Must(repairGoesHome, apptest.Vars{"id": id})
			s.Integration.Must(repairIsHome, apptest.Vars{"id": id})
			c = lookRepair(t, s.Customer, id)
			is(t, tc.name+": ended", c.Str("status")+" "+c.Str("outcome"), "COMPLETED "+tc.outcome)
			is(t, tc.name+": closed", at(t, c.Data, "closedAt"), now)
			is(t, tc.name+": clocks", len(c.List("deadlines")) > 3 && c.Get("nextDeadline") == nil, true)
		}
	})
}

// Goods that the customer fetches wait for 30 days, until the end of Thursday 10 April; then the case expires, one instant before
// it does not. Found later they are handed over all the same, or sent after all.
func TestRepairedGoodsWaitForCollection(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now, due = "2025-03-11T10:00:00+08:00", "2025-04-11T00:00:00+08:00"
		s := e.Sandbox("mall", now)
		o := broken(t, s, "A1", now)
		fetched, forgotten, sent := inWork(s, o), inWork(s, o), inWork(s, o)
		for _, id := range []string{fetched, forgotten, sent} {
			mechanic(s).Must(completeRepair, apptest.Vars{"id": id, "in": apptest.Vars{"workDone": "New cord.", "testPassed": true, "handover": "COLLECT"}})
		}
		c := lookRepair(t, s.Customer, fetched)
		is(t, "ready", c.Str("status")+" "+at(t, c.deadline("COLLECTION"), "dueAt")+" "+c.deadline("COLLECTION").Str("obligor"), "TESTED "+due+" CUSTOMER")
		is(t, "nothing to send", c.has("SEND_BACK"), false)
		s.Advance(before(t, due))
		s.Warehouse.Must(fetchRepair, apptest.Vars{"id": fetched})
		c = lookRepair(t, s.Customer, fetched)
		is(t, "fetched", c.Str("status")+" "+c.Str("outcome")+" "+state(c.deadline("COLLECTION")), "COMPLETED REPAIRED MET")
		s.Advance(due)
		for _, id := range []string{forgotten, sent} {
			c = lookRepair(t, s.Customer, id)
			is(t, "expired", c.Str("status")+" "+c.Str("outcome"), "EXPIRED EXPIRED")
		}
		s.Warehouse.Must(fetchRepair, apptest.Vars{"id": forgotten})
		is(t, "found", lookRepair(t, s.Customer, forgotten).Str("status")+" "+lookRepair(t, s.Customer, forgotten).Str("outcome"), "COMPLETED REPAIRED")
		s.Warehouse.Must(repairGoesHome, apptest.Vars{"id": sent})
		c = lookRepair(t, s.Customer, sent)
		is(t, "taken up again", []any{c.Str("status"), c.Get("outcome"), c.Get("closedAt")}, []any{"SENT_BACK", nil, nil})
		s.Customer.Must(repairIsHome, apptest.Vars{"id": sent})
		is(t, "sent after all", lookRepair(t, s.Customer, sent).Str("outcome"), "REPAIRED")
	})
}

// Law of the three guarantees: days in repair by cause, waiting for parts apart from the rest. Received on Tue 11, ordered on Wed
// 12 at 10:00, there on Sat 15 at 10:00: 3 whole days of parts; home on Wed 19: 8 days in all, 5 of them the repairer's.
func TestDaysInRepairByCause(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:00:00+08:00"
		s := e.Sandbox("mall", now)
		id := inWork(s, broken(t, s, "A1", now))
		s.Advance("2025-03-12T10:00:00+08:00")
		board := special(s, id, "2025-03-16")
		cord := mechanic(s).Must(recordPart, apptest.Vars{"id": id, "key": s.Key(), "in": apptest.Vars{"name": "Cord", "expectedOn": "2025-03-13"}}).Str("repairPartRecord.part.id")
		s.Advance("2025-03-13T10:00:00+08:00")
		s.Warehouse.Must(partArrived, apptest.Vars{"id": cord})
		is(t, "one more to come", lookRepair(t, s.Agent, id).Str("status"), "AWAITING_PARTS")
		is(t, "so far", lookRepair(t, s.Customer, id).Get("daysInRepair"), map[string]any{"parts": 1, "repairer": 1})
		s.Advance("2025-03-16T10:00:00+08:00")
		refusedAs(t, s.Warehouse.Refused(partArrived, apptest.Vars{"id": cord}), "NOT_ELIGIBLE", "")
		refusedAs(t, s.Warehouse.Refused(partArrived, apptest.Vars{"id": board, "at": "2025-03-12T09:00:00+08:00"}), "INVALID_INPUT", "arrivedAt")
		s.Warehouse.Must(partArrived, apptest.Vars{"id": board, "at": "2025-03-15T10:00:00+08:00"})
		mechanic(s).Must(completeRepair, apptest.Vars{"id": id})
		s.Warehouse.Must(repairGoesHome, apptest.Vars{"id": id})
		s.Advance("2025-03-19T20:00:00+08:00")
		s.Customer.Must(repairIsHome, apptest.Vars{"id": id})
		s.Advance("2025-03-25T10:00:00+08:00")
		is(t, "in all", lookRepair(t, s.Customer, id).Get("daysInRepair"), map[string]any{"parts": 3, "repairer": 5})
	})
}

// Two at once: one quote is accepted or declined, not both; the same goods go home once.
func TestOneOfTwoAnswersToAQuoteWins(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:00:00+08:00"
		s := e.Sandbox("mall", now)
		fees(s)
		id := atDepot(s, broken(t, s, "A1", now))
		unpaid(t, s, id)
		q := priced(s, id)
		var done sync.WaitGroup
		answers := make([]apptest.Response, 6)
		for i := range answers {
			done.Go(func() {
				doc := acceptQuote
				if i%2 == 1 {
					doc = declineQuote
				}
				answers[i] = s.Customer.Do(doc, apptest.Vars{"id": q})
			})
		}
		done.Wait()
		won := 0
		for _, r := range answers {
			if strings.Contains(r.Raw, `"userErrors":[]`) {
				won++
			} else if !strings.Contains(r.Raw, `"CONFLICT"`) && !strings.Contains(r.Raw, `"NOT_ELIGIBLE"`) {
				t.Errorf("%s", r.Raw)
			}
		}
		c := lookRepair(t, s.Agent, id)
		is(t, "won", won, 1)
		is(t, "answers", len(c.told("QUOTE_ACCEPTED", ""))+len(c.told("QUOTE_DECLINED", "")), 1)
	})
}
