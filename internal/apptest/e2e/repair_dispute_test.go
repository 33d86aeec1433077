package e2e

import (
	"slices"
	"testing"

	"aftersales/internal/apptest"
	"aftersales/internal/auth"
)

const (
	repairDispute = ` { return { id } case { id status ... on Repair { disputableUntil dispute { ` + disputeFields + ` case { id } } } } userErrors { code field message params { name value } allowedActions } } }`

	disputeRepair = `mutation($id: ID!, $v: Int, $k: String!, $r: String!) { caseDispute(id: $id, expectedVersion: $v, idempotencyKey: $k, reason: $r)` + repairDispute
	answerDispute = `mutation($id: ID!, $k: String!, $in: DisputeAnswerInput!) { disputeAnswer(id: $id, idempotencyKey: $k, input: $in)` + repairDispute
	decideRepair  = `mutation($id: ID!, $v: Int, $k: String!, $in: DisputeDecideInput!) { disputeDecide(id: $id, expectedVersion: $v, idempotencyKey: $k, input: $in)` + repairDispute
	disputable    = `query($id: ID!) { repair(id: $id) { disputableUntil dispute { id verdict } } }`
)

// MALL-1.3c: a repair that was refused goes to the platform. For the customer it begins again, with its clock from the decision;
// for the merchant it stays refused.
func TestDisputeOfARejectedRepair(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:00:00+08:00" // a Tuesday of plain working weeks
		s := e.Sandbox("mall", now)
		s.Adopt("REPAIR", "SLA-A")
		o := broken(t, s, "A1", now)
		won, lost := asked(s, o), asked(s, o)
		wished := repairVars(s, o)
		wished["in"].(apptest.Vars)["wishedWay"] = "ON_SITE"
		atHome := s.Customer.Must(requestRepair, wished).Str("repairRequest.repair.id")
		late := asked(s, broken(t, s, "A2", now))
		refusedAs(t, s.Customer.Refused(disputeRepair, complain(s, won)), "ILLEGAL_TRANSITION", "") // nothing was refused yet
		for _, id := range []string{won, lost, atHome, late} {
			s.Agent.Must(rejectRepair, apptest.Vars{"id": id})
		}
		// Seven days after Tue 11: to the end of Tue 18.
		is(t, "until", at(t, s.Customer.Must(disputable, apptest.Vars{"id": won}), "repair.disputableUntil"), "2025-03-19T00:00:00+08:00")
		c := lookRepair(t, s.Customer, won)
		is(t, "offered", slices.Contains(c.Strings("allowedActions"), "CASE_DISPUTE"), true)

		s.Advance("2025-03-12T09:00:00+08:00")
		forbidden(t, mechanic(s), disputeRepair, complain(s, won))
		vars := complain(s, won)
		d := s.Customer.Must(disputeRepair, vars)
		is(t, "status", d.Str("caseDispute.case.status")+" "+d.Str("caseDispute.case.id"), "DISPUTED "+won)
		is(t, "no return", d.Get("caseDispute.return"), nil)
		is(t, "dispute", d.Str("caseDispute.case.dispute.cameFrom")+" "+d.Str("caseDispute.case.dispute.case.id"), "REJECTED "+won)
		is(t, "replayed", s.Customer.Must(disputeRepair, vars).Str("caseDispute.case.dispute.id"), d.Str("caseDispute.case.dispute.id"))
		c = lookRepair(t, s.Customer, won)
		is(t, "taken up again", []any{c.Get("outcome"), c.Get("closedAt")}, []any{nil, nil})
		is(t, "customer may", c.Strings("allowedActions"), []string{"CASE_MESSAGE_ADD", "CASE_EVIDENCE_ADD", "DISPUTE_ANSWER"})
		is(t, "clocks", state(c.deadline("DISPUTE_ANSWER"))+" "+at(t, c.deadline("DISPUTE_DECISION"), "dueAt"), "RUNNING open 2025-03-20T00:00:00+08:00")
		s.Agent.Must(answerDispute, apptest.Vars{"id": won, "k": s.Key(), "in": apptest.Vars{"text": "It was worn out."}})
		is(t, "answered", state(lookRepair(t, s.Agent, won).deadline("DISPUTE_ANSWER")), "MET")
		for _, id := range []string{lost, atHome} {
			s.Agent.Must(disputeRepair, complain(s, id))
		}
		open := judge(e).Must(`query { disputes(open: true, first: 10) { nodes { case { id } } } }`, nil)
		is(t, "queue", len(open.List("disputes.nodes")), 3)

		// One iron of three may be asked for elsewhere by now; all three are in dispute.
		refusedAs(t, s.Customer.Refused(requestRepair, repairVars(s, o)), "QUANTITY_EXCEEDS_BOUGHT", "input.quantity")

		s.Advance("2025-03-13T09:00:00+08:00")
		forbidden(t, s.Admin, decideRepair, verdict(s, won, "MERCHANT", nil))
		refusedAs(t, e.As(auth.PlatformAdmin, "", "li.na").Refused(decideRepair, verdict(s, won, "MERCHANT", nil)), "FORBIDDEN", "") // who refused it
		for _, x := range []struct {
			field   string
			verdict string
			more    apptest.Vars
		}{{"verdict", "SHARED", apptest.Vars{"refundAmount": "1.00"}}, {"remedy", "MERCHANT", apptest.Vars{"remedy": "EXCHANGE"}},
			{"disposition", "CARRIER", apptest.Vars{"disposition": "KEEP"}}, {"compensation", "MERCHANT", apptest.Vars{"compensation": "5.00"}}} {
			refusedAs(t, judge(e).Refused(decideRepair, verdict(s, won, x.verdict, x.more)), "NOT_ELIGIBLE", "input."+x.field)
		}
		is(t, "decided", judge(e).Must(decideRepair, verdict(s, won, "MERCHANT", nil)).Str("disputeDecide.case.status"), "AWAITING_SHIPMENT")
		c = lookRepair(t, s.Customer, won)
		is(t, "told", c.Str("way")+" "+c.Str("instructions.steps.0")+" "+c.Str("instructions.returnAddress.name"), "DEPOT Decided: MERCHANT. main")
		is(t, "clocks", state(c.deadline("DISPUTE_DECISION"))+" "+at(t, c.openOne("REPAIR"), "startedAt")+" "+state(c.openOne("REPAIR"))+" "+state(c.openOne("SHIP_BACK")),
			"MET 2025-03-13T09:00:00+08:00 PAUSED open RUNNING open")
		refusedAs(t, s.Agent.Refused(rejectRepair, apptest.Vars{"id": won}), "ILLEGAL_TRANSITION", "")
		s.Warehouse.Must(receiveRepair, apptest.Vars{"id": won})
		// From Thu 13: 14, 17 to 21, 24.
		is(t, "due", at(t, lookRepair(t, s.Customer, won).openOne("REPAIR"), "dueAt"), "2025-03-25T00:00:00+08:00")
		mechanic(s).Must(diagnoseRepair, found(won, forFree))

		judge(e).Must(decideRepair, verdict(s, lost, "CUSTOMER", nil))
		c = lookRepair(t, s.Customer, lost)
		is(t, "lost", c.Str("status")+" "+c.Str("outcome")+" "+c.Str("outcomeNote"), "REJECTED REJECTED Decided: CUSTOMER.")
		refusedAs(t, s.Customer.Refused(disputeRepair, complain(s, lost)), "ILLEGAL_TRANSITION", "") // once a case

		judge(e).Must(decideRepair, verdict(s, atHome, "CARRIER", nil))
		c = lookRepair(t, s.Customer, atHome)
		is(t, "at the customer's", c.Str("status")+" "+c.Str("way")+" "+state(c.openOne("REPAIR"))+" "+at(t, c.openOne("SITE_VISIT"), "dueAt"), "REQUESTED ON_SITE RUNNING open 2025-03-15T09:00:00+08:00")
		s.Agent.Must(scheduleRepair, apptest.Vars{"id": atHome, "in": from("2025-03-14T10:00:00+08:00", "2025-03-14T12:00:00+08:00")})

		s.Advance("2025-03-19T00:00:00+08:00")
		is(t, "last day", refusedAs(t, s.Customer.Refused(disputeRepair, complain(s, late)), "WINDOW_CLOSED", "").Str("params.0.value"), "2025-03-18")
	})
}

// MALL-1.3c, MALL-5.1b: that somebody broke it, and the price with it, goes to the platform. While it decides REPAIR and the time
// to answer the price stand still (X8.1). Nobody to blame: free, since the goods were in warranty when the customer asked; else
// the price stands, with what was left of its time.
func TestDisputeOfAVerdict(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:00:00+08:00" // the last day of the radios' warranty
		s := e.Sandbox("mall", now)
		fees(s)
		open := func(number string) (string, string) {
			id := atDepot(s, radio(s, number, ""))
			unpaid(t, s, id)
			return id, priced(s, id)
		}
		won, _ := open("A1")
		lost, price := open("A2")
		declined, no := open("A3")
		s.Customer.Must(declineQuote, apptest.Vars{"id": no})
		home, refusedPrice := open("A4")
		s.Customer.Must(declineQuote, apptest.Vars{"id": refusedPrice})
		hopeless := atDepot(s, radio(s, "A5", ""))
		mechanic(s).Must(diagnoseRepair, found(hopeless, apptest.Vars{"repairable": false, "humanCaused": true, "humanCausedEvidence": []string{s.Evidence(mechanic(s), hopeless)}}))
		paid, agreed := open("A6")
		s.Customer.Must(acceptQuote, apptest.Vars{"id": agreed})
		refusedAs(t, s.Customer.Refused(disputeRepair, complain(s, paid)), "ILLEGAL_TRANSITION", "") // agreed to
		is(t, "nothing to dispute", s.Customer.Must(disputable, apptest.Vars{"id": paid}).Get("repair.disputableUntil"), nil)
		refusedAs(t, s.Customer.Refused(convertRepair, apptest.Vars{"id": hopeless, "k": s.Key()}), "NOT_ELIGIBLE", "") // misused

		s.Advance("2025-03-13T10:00:00+08:00")
		s.Warehouse.Must(repairGoesHome, apptest.Vars{"id": home})
		s.Customer.Must(repairIsHome, apptest.Vars{"id": home})
		for _, id := range []string{won, lost, declined, home, hopeless} {
			s.Customer.Must(disputeRepair, complain(s, id))
		}
		c := lookRepair(t, s.Customer, lost)
		is(t, "stand still", state(c.deadline("REPAIR"))+", "+state(c.deadline("QUOTE_REPLY"))+", "+state(lookRepair(t, s.Customer, declined).deadline("SEND_BACK")), "PAUSED open, PAUSED open, PAUSED open")
		refusedAs(t, s.Customer.Refused(acceptQuote, apptest.Vars{"id": price}), "ILLEGAL_TRANSITION", "")
		refusedAs(t, mechanic(s).Refused(diagnoseRepair, found(won, nil)), "ILLEGAL_TRANSITION", "")
		refusedAs(t, e.As(auth.PlatformAdmin, "", "tan.gang").Refused(decideRepair, verdict(s, won, "MERCHANT", nil)), "FORBIDDEN", "") // who found it

		s.Advance("2025-03-16T10:00:00+08:00") // three days later
		for _, id := range []string{won, declined, home, hopeless} {
			judge(e).Must(decideRepair, verdict(s, id, "MERCHANT", nil))
		}
		judge(e).Must(decideRepair, verdict(s, lost, "CUSTOMER", nil))

		c = lookRepair(t, s.Customer, won)
		is(t, "free", []any{c.Str("status"), c.Get("diagnosis.humanCaused"), c.Get("diagnosis.covered"), c.Str("diagnosis.coverageReason"), amount(c.Data, "price"), c.Str("quotes.0.state")},
			[]any{"DIAGNOSED", false, true, "IN_WARRANTY", "0.00 CNY", "REPLACED"})
		is(t, "goes on", state(c.deadline("REPAIR"))+" "+state(c.deadline("QUOTE_REPLY")), "RUNNING open CANCELLED")
		again := found(won, apptest.Vars{"humanCaused": true, "humanCausedEvidence": []string{s.Evidence(mechanic(s), won)}})
		refusedAs(t, mechanic(s).Refused(diagnoseRepair, again), "NOT_ELIGIBLE", "input.humanCaused") // decided is decided
		mechanic(s).Must(startRepair, apptest.Vars{"id": won})
		mechanic(s).Must(completeRepair, apptest.Vars{"id": won})

		c = lookRepair(t, s.Customer, lost)
		is(t, "the price stands", c.Str("status")+" "+c.Str("quotes.0.state")+" "+state(c.deadline("QUOTE_REPLY")), "QUOTED OPEN RUNNING open")
		// Asked on Tue 11, so to the end of Tue 18, and three days longer.
		is(t, "its time", at(t, c.deadline("QUOTE_REPLY"), "dueAt")+" "+at(t, c.Data, "quotes.0.expiresAt"), "2025-03-22T00:00:00+08:00 2025-03-22T00:00:00+08:00")
		s.Customer.Must(acceptQuote, apptest.Vars{"id": price})

		c = lookRepair(t, s.Customer, declined)
		is(t, "declined", c.Str("status")+" "+state(c.deadline("SEND_BACK"))+" "+at(t, c.openOne("REPAIR"), "startedAt"), "DIAGNOSED CANCELLED 2025-03-16T10:00:00+08:00")
		mechanic(s).Must(startRepair, apptest.Vars{"id": declined})

		c = lookRepair(t, s.Customer, home)
		is(t, "sent in again", c.Str("status")+" "+state(c.openOne("REPAIR"))+" "+state(c.openOne("SHIP_BACK")), "AWAITING_SHIPMENT PAUSED open RUNNING open")
		s.Warehouse.Must(receiveRepair, apptest.Vars{"id": home})
		mechanic(s).Must(diagnoseRepair, found(home, nil))
		mechanic(s).Must(startRepair, apptest.Vars{"id": home}) // free

		c = lookRepair(t, s.Customer, hopeless)
		is(t, "beyond repair", c.Str("status")+" "+c.Str("diagnosis.coverageReason"), "DIAGNOSED IN_WARRANTY")
		is(t, "something else", s.Customer.Must(convertRepair, apptest.Vars{"id": hopeless, "k": s.Key()}).Str("repairConvert.repair.outcome"), "SWAPPED")
	})
}

// MALL-1.3c: a verdict disputed when the repair is over, or the goods are on their way home. For the customer: what was looked at at
// the customer's begins again there; what cannot be repaired stays on its way, or ended, and may be exchanged once it is home;
// what is repaired after all is asked for once it is home, not before. For the merchant: it ends as it had. Somebody who is there is not disputed with, and an excluded cause is disputed like a person's fault.
func TestDisputeOfAVerdictAfterTheEnd(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:00:00+08:00" // the last day of the radios' warranty
		s := e.Sandbox("mall", now)
		fees(s)
		s.Admin.Must(setTerm, apptest.Vars{"in": apptest.Vars{"category": "ELECTRONICS", "months": 12, "basis": "DELIVERY", "exclusions": []string{"Water"}}})
		wet := atDepot(s, radio(s, "A1", ""))
		mechanic(s).Must(diagnoseRepair, found(wet, apptest.Vars{"exclusion": "Water"}))

		visited := onSite(s, radio(s, "A2", ""), from(now, "2025-03-11T12:00:00+08:00"))
		mechanic(s).Must(comeToRepair, apptest.Vars{"id": visited})
		unpaid(t, s, visited)
		price := priced(s, visited)
		refusedAs(t, s.Customer.Refused(disputeRepair, complain(s, visited)), "ILLEGAL_TRANSITION", "") // somebody is there
		mechanic(s).Must(leaveRepair, apptest.Vars{"id": visited, "in": apptest.Vars{"next": "AGAIN", "note": "A cord is needed."}})
		s.Customer.Must(declineQuote, apptest.Vars{"id": price})

		hopeless := func(number string) string {
			id := atDepot(s, radio(s, number, ""))
			mechanic(s).Must(diagnoseRepair, found(id, apptest.Vars{"repairable": false, "humanCaused": true, "humanCausedEvidence": []string{s.Evidence(mechanic(s), id)}}))
			s.Warehouse.Must(repairGoesHome, apptest.Vars{"id": id})
			return id
		}
		sent, atHome, lost := hopeless("A3"), hopeless("A4"), hopeless("A5")
		for _, id := range []string{atHome, lost} {
			s.Customer.Must(repairIsHome, apptest.Vars{"id": id})
		}
		tooDear := func(number string) string {
			id := atDepot(s, radio(s, number, ""))
			unpaid(t, s, id)
			s.Customer.Must(declineQuote, apptest.Vars{"id": priced(s, id)})
			s.Warehouse.Must(repairGoesHome, apptest.Vars{"id": id})
			return id
		}
		under, came, stays := tooDear("A6"), tooDear("A7"), tooDear("A8")
		for _, id := range []string{wet, visited, sent, atHome, lost, under, came, stays} {
			s.Customer.Must(disputeRepair, complain(s, id))
		}
		s.Advance("2025-03-12T10:00:00+08:00")
		for _, id := range []string{came, stays} { // the carrier hands them over while it is disputed
			is(t, "home meanwhile", s.Customer.Must(repairIsHome, apptest.Vars{"id": id}).Str("repairSendBackDelivered.repair.status"), "DISPUTED")
			refusedAs(t, s.Customer.Refused(repairIsHome, apptest.Vars{"id": id}), "ILLEGAL_TRANSITION", "")
			c := lookRepair(t, s.Customer, id)
			is(t, "counted", []any{at(t, c.Data, "homeAt"), c.Get("daysInRepair")}, []any{"2025-03-12T10:00:00+08:00", map[string]any{"parts": 0, "repairer": 1}})
		}
		// Declined on the day on which it was found: that the platform takes until tomorrow is nobody's delay.
		is(t, "days at the customer's", lookRepair(t, s.Customer, visited).Get("daysInRepair"), map[string]any{"parts": 0, "repairer": 0})
		address(s, "main", false) // no default spares the merchant nothing
		for _, id := range []string{wet, visited, sent, atHome, under, came} {
			judge(e).Must(decideRepair, verdict(s, id, "MERCHANT", nil))
		}
		for _, id := range []string{lost, stays} {
			judge(e).Must(decideRepair, verdict(s, id, "CUSTOMER", nil))
		}

		c := lookRepair(t, s.Customer, under)
		is(t, "with the carrier", []any{c.Str("status"), c.Str("diagnosis.coverageReason"), slices.Contains(kindsOf(c), "SHIP_BACK open")}, []any{"SENT_BACK", "IN_WARRANTY", false})
		s.Customer.Must(repairIsHome, apptest.Vars{"id": under})
		for _, id := range []string{under, came} {
			c := lookRepair(t, s.Customer, id)
			is(t, "asked for", []any{c.Str("status"), c.Get("outcome"), c.Get("homeAt"), c.Str("instructions.steps.0"), c.Str("instructions.returnAddress.name"), state(c.openOne("SHIP_BACK")), state(c.openOne("REPAIR"))},
				[]any{"AWAITING_SHIPMENT", nil, nil, "Decided: MERCHANT.", "main", "RUNNING open", "PAUSED open"})
			s.Customer.Must(shipRepair, apptest.Vars{"id": id})
			s.Warehouse.Must(receiveRepair, apptest.Vars{"id": id})
			mechanic(s).Must(diagnoseRepair, found(id, nil))
			mechanic(s).Must(startRepair, apptest.Vars{"id": id}) // free
		}
		c = lookRepair(t, s.Customer, stays)
		is(t, "ended at home", []any{c.Str("status"), c.Str("outcome"), at(t, c.Data, "homeAt")}, []any{"COMPLETED", "QUOTE_DECLINED", "2025-03-12T10:00:00+08:00"})

		is(t, "dry", lookRepair(t, s.Customer, wet).Str("diagnosis.coverageReason"), "IN_WARRANTY")
		mechanic(s).Must(startRepair, apptest.Vars{"id": wet})

		c = lookRepair(t, s.Customer, visited)
		is(t, "again at the customer's", []any{c.Str("status"), c.Str("way"), c.Get("outcome"), state(c.openOne("REPAIR")), at(t, c.openOne("REPAIR"), "startedAt")},
			[]any{"REQUESTED", "ON_SITE", nil, "RUNNING open", "2025-03-12T10:00:00+08:00"})
		mechanic(s).Must(scheduleRepair, apptest.Vars{"id": visited, "in": from("2025-03-12T10:00:00+08:00", "2025-03-12T12:00:00+08:00")})
		mechanic(s).Must(comeToRepair, apptest.Vars{"id": visited})
		mechanic(s).Must(diagnoseRepair, found(visited, nil))
		mechanic(s).Must(completeRepair, apptest.Vars{"id": visited})
		is(t, "done", lookRepair(t, s.Customer, visited).Str("outcome"), "REPAIRED")

		// Entitled, but not to the goods and another one: once they are home. Only the merchant can say that they were lost.
		c = lookRepair(t, s.Customer, sent)
		is(t, "on its way", []any{c.Str("status"), slices.Contains(c.Strings("allowedActions"), "REPAIR_CONVERT")}, []any{"SENT_BACK", false})
		is(t, "if lost", slices.Contains(lookRepair(t, s.Agent, sent).Strings("allowedActions"), "REPAIR_CONVERT"), true)
		refusedAs(t, s.Customer.Refused(convertRepair, apptest.Vars{"id": sent, "k": s.Key()}), "NOT_ELIGIBLE", "")
		s.Customer.Must(repairIsHome, apptest.Vars{"id": sent})
		for _, id := range []string{sent, atHome} {
			c := lookRepair(t, s.Customer, id)
			is(t, "ended", c.Str("status")+" "+c.Str("outcome")+" "+c.Str("diagnosis.coverageReason"), "COMPLETED UNREPAIRABLE IN_WARRANTY")
			s.Customer.Must(convertRepair, apptest.Vars{"id": id, "k": s.Key()})
		}
		c = lookRepair(t, s.Customer, lost)
		is(t, "as before", c.Str("status")+" "+c.Str("outcome")+" "+c.Str("outcomeNote")+" "+c.Str("diagnosis.coverageReason"), "COMPLETED UNREPAIRABLE Decided: CUSTOMER. HUMAN_CAUSED")
		refusedAs(t, s.Customer.Refused(convertRepair, apptest.Vars{"id": lost, "k": s.Key()}), "NOT_ELIGIBLE", "")
	})
}

// kindsOf are the clocks of a case, each with its state.
func kindsOf(c caseOf) []string {
	var out []string
	for _, d := range c.List("deadlines") {
		kind := d.Str("kind")
		if d.Get("open") == true {
			kind += " open"
		}
		out = append(out, kind)
	}
	return out
}
