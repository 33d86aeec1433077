package e2e

import (
	"slices"
	"testing"

	"aftersales/internal/apptest"
	"aftersales/internal/auth"
)

const (
	disputeFields = `id reason openedAt cameFrom verdict decision decidedAt decidedBy freightBearer refundAmount { amount } compensation { amount }
		rounds { number asked question at answers { side text evidence by at } }`
	disputePayload = ` { return { id status version allowedActions disputableUntil dispute { ` + disputeFields + ` } } userErrors { code field message params { name value } allowedActions } } }`

	caseDispute   = `mutation($id: ID!, $v: Int, $k: String!, $r: String!) { caseDispute(id: $id, expectedVersion: $v, idempotencyKey: $k, reason: $r)` + disputePayload
	disputeAnswer = `mutation($id: ID!, $k: String!, $in: DisputeAnswerInput!) { disputeAnswer(id: $id, idempotencyKey: $k, input: $in)` + disputePayload
	disputeAsk    = `mutation($id: ID!, $k: String!, $in: DisputeAskInput!) { disputeAsk(id: $id, idempotencyKey: $k, input: $in)` + disputePayload
	disputeDecide = `mutation($id: ID!, $v: Int, $k: String!, $in: DisputeDecideInput!) { disputeDecide(id: $id, expectedVersion: $v, idempotencyKey: $k, input: $in)` + disputePayload
)

// judge is somebody of the platform who took part in nothing.
func judge(e *apptest.Env) apptest.Caller { return e.As(auth.PlatformAdmin, "", "judge") }

func complain(s *apptest.Shop, id string) apptest.Vars {
	return apptest.Vars{"id": id, "k": s.Key(), "r": "It was broken when it came."}
}

func verdict(s *apptest.Shop, id, verdict string, more apptest.Vars) apptest.Vars {
	in := apptest.Vars{"verdict": verdict, "decision": "Decided: " + verdict + "."}
	for k, v := range more {
		in[k] = v
	}
	return apptest.Vars{"id": id, "k": s.Key(), "in": in}
}

// disputeOf is a return's dispute as a caller sees it.
func disputeOf(t testing.TB, c apptest.Caller, id string) apptest.Data {
	t.Helper()
	return sub(t, c.Must(`query($id: ID!) { return(id: $id) { dispute { `+disputeFields+` } } }`, apptest.Vars{"id": id}), "return.dispute")
}

// rejected makes a return of one kettle at 99.00 that was refused before the goods were sent.
func rejected(s *apptest.Shop, number, now string) (string, apptest.Order) {
	o := kettle(s, number, now)
	id := s.Request(o, "RETURN_AND_REFUND", 1)
	s.Agent.Must(apptest.RejectReturn, apptest.Vars{"id": id})
	return id, o
}

// MALL-1.3c, E-commerce Law art. 63: a customer whose request was refused turns to the platform; both sides are heard, each
// within 72 hours; the platform decides within 7 days, and what it decides is owed from then on.
func TestDisputeOfARejection(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00" // a Tuesday of plain working weeks
		s := e.Sandbox("mall", now)
		id, o := rejected(s, "A1", now)
		c := look(t, s.Customer, id)
		is(t, "status", c.Str("status"), "REJECTED")
		is(t, "actions", slices.Contains(c.Strings("allowedActions"), "CASE_DISPUTE"), true)
		// Seven days after Tue 11: to the end of Tue 18.
		is(t, "disputable until", at(t, s.Customer.Must(`query($id: ID!) { return(id: $id) { disputableUntil } }`, apptest.Vars{"id": id}), "return.disputableUntil"), "2025-03-19T00:00:00+08:00")
		is(t, "returnable", lineOf(t, s, o, 0).Int("returnableQuantity"), 2)

		s.Advance("2025-03-12T09:00:00+08:00")
		d := s.Customer.Must(caseDispute, complain(s, id))
		is(t, "status", d.Str("caseDispute.return.status"), "DISPUTED")
		is(t, "disputable until", d.Get("caseDispute.return.disputableUntil"), nil)
		c = look(t, s.Customer, id)
		is(t, "taken up again", []any{c.Get("outcome"), c.Get("outcomeNote"), c.Get("closedAt")}, []any{nil, nil, nil})
		is(t, "held again", lineOf(t, s, o, 0).Int("returnableQuantity"), 1)
		is(t, "customer's actions", c.Strings("allowedActions"), []string{"CASE_MESSAGE_ADD", "CASE_EVIDENCE_ADD", "DISPUTE_ANSWER"})
		answer, decision := c.deadline("DISPUTE_ANSWER"), c.deadline("DISPUTE_DECISION")
		is(t, "DISPUTE_ANSWER", state(answer)+" "+answer.Str("obligor"), "RUNNING open MERCHANT")
		is(t, "answer due", at(t, answer, "dueAt"), "2025-03-15T09:00:00+08:00") // 72 hours
		is(t, "DISPUTE_DECISION", state(decision)+" "+decision.Str("obligor"), "RUNNING open PLATFORM")
		is(t, "decision due", at(t, decision, "dueAt"), "2025-03-20T00:00:00+08:00") // Thu 13 to Wed 19
		is(t, "REFUND", state(c.deadline("REFUND")), "CANCELLED")

		s.Advance("2025-03-13T09:00:00+08:00")
		s.Agent.Must(disputeAnswer, apptest.Vars{"id": id, "k": s.Key(), "in": apptest.Vars{"text": "It was used."}})
		is(t, "DISPUTE_ANSWER", state(look(t, s.Agent, id).deadline("DISPUTE_ANSWER")), "MET")
		photo := s.Customer.Must(addEvidence, apptest.Vars{"id": id, "k": s.Key(), "in": apptest.Vars{"kind": "PHOTO", "url": "https://photos.example/1.jpg"}}).Str("caseEvidenceAdd.evidence.id")
		s.Customer.Must(disputeAnswer, apptest.Vars{"id": id, "k": s.Key(), "in": apptest.Vars{"text": "See the seal.", "evidence": []string{photo}}})

		// The platform asks both; the customer answers, the merchant does not: that has no consequence but its record.
		s.Advance("2025-03-13T12:00:00+08:00")
		judge(e).Must(disputeAsk, apptest.Vars{"id": id, "k": s.Key(), "in": apptest.Vars{"sides": []string{"CUSTOMER", "MERCHANT"}, "question": "Who opened the box?"}})
		c = look(t, s.Customer, id)
		is(t, "DISPUTE_EVIDENCE", state(c.deadline("DISPUTE_EVIDENCE"))+" "+c.deadline("DISPUTE_EVIDENCE").Str("obligor"), "RUNNING open CUSTOMER")
		is(t, "evidence due", at(t, c.deadline("DISPUTE_EVIDENCE"), "dueAt"), "2025-03-16T12:00:00+08:00")
		is(t, "answer due again", at(t, c.deadline("DISPUTE_ANSWER"), "dueAt"), "2025-03-16T12:00:00+08:00")
		s.Customer.Must(disputeAnswer, apptest.Vars{"id": id, "k": s.Key(), "in": apptest.Vars{"text": "I did."}})
		s.Advance("2025-03-17T10:00:00+08:00")
		c = look(t, s.Agent, id)
		is(t, "DISPUTE_EVIDENCE", state(c.deadline("DISPUTE_EVIDENCE")), "MET")
		is(t, "DISPUTE_ANSWER", state(c.deadline("DISPUTE_ANSWER")), "BREACHED open")
		is(t, "status", c.Str("status"), "DISPUTED")
		for _, side := range []apptest.Caller{s.Customer, s.Agent} {
			d := disputeOf(t, side, id)
			is(t, "came from", d.Str("cameFrom"), "REJECTED")
			rounds := d.List("rounds")
			is(t, "rounds", len(rounds), 2)
			is(t, "first asked", rounds[0].Strings("asked"), []string{"MERCHANT"})
			is(t, "first question", rounds[0].Str("question"), "It was broken when it came.")
			is(t, "first answer", rounds[0].Str("answers.0.side")+" "+rounds[0].Str("answers.0.text")+" "+rounds[0].Str("answers.0.by"), "MERCHANT It was used. Li Na")
			is(t, "second answer", rounds[0].Str("answers.1.side")+" "+rounds[0].Str("answers.1.text")+" "+rounds[0].Str("answers.1.by"), "CUSTOMER See the seal. Li Lei")
			is(t, "its evidence", rounds[0].Strings("answers.1.evidence"), []string{photo})
			is(t, "second asked", rounds[1].Strings("asked"), []string{"CUSTOMER", "MERCHANT"})
			is(t, "second answers", len(rounds[1].List("answers")), 1)
		}

		// For the customer: the goods were never sent, so they come back, and the refund is owed within 3 working days.
		judge(e).Must(disputeDecide, verdict(s, id, "MERCHANT", apptest.Vars{"compensation": "20.00"}))
		c = look(t, s.Customer, id)
		is(t, "status", c.Str("status"), "AWAITING_SHIPMENT")
		is(t, "address", c.Str("instructions.returnAddress.name"), "main")
		is(t, "steps", c.Strings("instructions.steps"), []string{"Decided: MERCHANT."})
		is(t, "DISPUTE_DECISION", state(c.deadline("DISPUTE_DECISION")), "MET")
		is(t, "DISPUTE_ANSWER", state(c.deadline("DISPUTE_ANSWER")), "BREACHED")
		is(t, "SHIP_BACK", state(c.deadline("SHIP_BACK")), "RUNNING open")
		is(t, "ship back by", at(t, c.deadline("SHIP_BACK"), "dueAt"), "2025-03-25T00:00:00+08:00")
		refund := c.deadline("REFUND")
		is(t, "REFUND", state(refund), "PAUSED open")
		is(t, "begun", at(t, refund, "startedAt"), "2025-03-17T10:00:00+08:00")
		is(t, "promised", at(t, refund, "promisedDueAt"), "2025-03-21T00:00:00+08:00") // Tue 18, Wed 19, Thu 20
		d = disputeOf(t, s.Customer, id)
		is(t, "verdict", d.Str("verdict")+" "+d.Str("decidedBy")+" "+d.Str("freightBearer")+" "+d.Str("compensation.amount"), "MERCHANT judge MERCHANT 20.00")
		is(t, "decided", at(t, d, "decidedAt"), "2025-03-17T10:00:00+08:00")

		s.Customer.Must(apptest.ShipReturn, apptest.Vars{"id": id})
		s.Warehouse.Must(apptest.ReceiveReturn, apptest.Vars{"id": id})
		s.Inspect(id, true)
		// What the platform decided the merchant does not refuse.
		refusedAs(t, s.Agent.Refused(apptest.RejectReturn, apptest.Vars{"id": id}), "ILLEGAL_TRANSITION", "")
		c = look(t, s.Agent, id)
		is(t, "actions", slices.Contains(c.Strings("allowedActions"), "RETURN_REJECT"), false)
		is(t, "disputable again", slices.Contains(c.Strings("allowedActions"), "CASE_DISPUTE"), false)
		// 99.00 for the kettle, 20.00 of compensation.
		is(t, "refundable", c.Str("refundable.amount"), "119.00")
		s.Confirm(s.Refund(id))
		c = look(t, s.Customer, id)
		is(t, "ended", c.Str("status")+" "+c.Str("outcome")+" "+c.Str("refunds.0.amount.amount"), "COMPLETED REFUNDED 119.00")
		is(t, "REFUND", state(c.deadline("REFUND")), "MET")
	})
}

// The merchant's decision stands: the case ends again, with the platform's words, and what it held is free.
func TestDisputeLost(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", now)
		id, o := rejected(s, "A1", now)
		s.Agent.Must(caseDispute, complain(s, id)) // staff write down the customer's wish
		judge(e).Must(disputeDecide, verdict(s, id, "CUSTOMER", nil))
		c := look(t, s.Customer, id)
		is(t, "ended", c.Str("status")+" "+c.Str("outcome")+" "+c.Str("outcomeNote"), "REJECTED REJECTED Decided: CUSTOMER.")
		is(t, "closed", c.Get("closedAt") != nil, true)
		is(t, "returnable", lineOf(t, s, o, 0).Int("returnableQuantity"), 2)
		is(t, "DISPUTE_ANSWER", state(c.deadline("DISPUTE_ANSWER")), "CANCELLED") // nothing was said, nothing was late
		is(t, "freight", disputeOf(t, s.Customer, id).Get("freightBearer"), nil)
		// Once only.
		is(t, "actions", slices.Contains(c.Strings("allowedActions"), "CASE_DISPUTE"), false)
		refusedAs(t, s.Customer.Refused(caseDispute, complain(s, id)), "ILLEGAL_TRANSITION", "")
	})
}

// A failed inspection is disputed: the merchant's clocks stand still, and a decision for the customer pays all of it.
func TestDisputeOfAFailedInspection(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", now)
		var ids []string
		for _, number := range []string{"A1", "A2", "A3"} {
			id := s.Request(kettle(s, number, now), "RETURN_AND_REFUND", 2)
			s.Agent.Must(apptest.ApproveReturn, apptest.Vars{"id": id})
			s.Customer.Must(apptest.ShipReturn, apptest.Vars{"id": id})
			s.Warehouse.Must(apptest.ReceiveReturn, apptest.Vars{"id": id})
			s.Inspect(id, false)
			ids = append(ids, id)
		}
		s.Advance("2025-03-12T09:00:00+08:00")
		for _, id := range ids {
			s.Customer.Must(caseDispute, complain(s, id))
			c := look(t, s.Agent, id)
			is(t, "REFUND", state(c.deadline("REFUND")), "PAUSED open")
			is(t, "came from", disputeOf(t, s.Agent, id).Str("cameFrom"), "INSPECTION_FAILED")
		}
		s.Advance("2025-03-14T09:00:00+08:00")

		// The carrier broke them: two kettles at 99.00, in full; the clock that ran before goes on.
		judge(e).Must(disputeDecide, verdict(s, ids[0], "CARRIER", nil))
		c := look(t, s.Customer, ids[0])
		is(t, "status", c.Str("status"), "REFUNDING")
		is(t, "accepted", c.Int("items.0.acceptedQuantity"), 2)
		is(t, "refundable", c.Str("refundable.amount"), "198.00")
		is(t, "bearer", disputeOf(t, s.Customer, ids[0]).Str("freightBearer"), "CARRIER")
		refund := c.deadline("REFUND")
		is(t, "REFUND", state(refund), "RUNNING open")
		is(t, "begun", at(t, refund, "startedAt"), "2025-03-11T10:15:00+08:00")
		is(t, "actions", slices.Contains(look(t, s.Agent, ids[0]).Strings("allowedActions"), "RETURN_REJECT"), false)
		s.Confirm(s.Refund(ids[0]))
		is(t, "ended", look(t, s.Customer, ids[0]).Str("outcome"), "REFUNDED")

		// Shared: 80.50 of the 198.00 that the rules would give.
		for amount, tc := range map[string]struct{ code, field string }{
			"198.01": {"AMOUNT_EXCEEDS_PAID", "input.refundAmount"}, "0.00": {"INVALID_INPUT", "input.refundAmount"},
			"x": {"INVALID_INPUT", "input.refundAmount"}, "1.005": {"INVALID_INPUT", "input.refundAmount"},
		} {
			r := refusedAs(t, judge(e).Refused(disputeDecide, verdict(s, ids[1], "SHARED", apptest.Vars{"refundAmount": amount})), tc.code, tc.field)
			if tc.code == "AMOUNT_EXCEEDS_PAID" {
				is(t, "maximum", param(t, r, "maximum"), "198.00")
			}
		}
		judge(e).Must(disputeDecide, verdict(s, ids[1], "SHARED", apptest.Vars{"refundAmount": "80.50", "freightBearer": "CUSTOMER"}))
		c = look(t, s.Customer, ids[1])
		is(t, "status", c.Str("status"), "REFUNDING")
		is(t, "refundable", c.Str("refundable.amount"), "80.50")
		d := disputeOf(t, s.Customer, ids[1])
		is(t, "shared", d.Str("refundAmount.amount")+" "+d.Str("freightBearer"), "80.50 CUSTOMER")
		s.Confirm(s.Refund(ids[1]))
		is(t, "ended", look(t, s.Customer, ids[1]).Str("refunds.0.amount.amount"), "80.50")
		is(t, "returned", lineOf(t, s, apptest.Order{ID: s.Agent.Must(`query($id: ID!) { return(id: $id) { order { id } } }`, apptest.Vars{"id": ids[1]}).Str("return.order.id")}, 0).Int("returnableQuantity"), 0)

		// An exchange instead of the money: the clock goes on under its other name.
		judge(e).Must(disputeDecide, verdict(s, ids[2], "MERCHANT", apptest.Vars{"remedy": "EXCHANGE", "disposition": "RETURN"}))
		c = look(t, s.Customer, ids[2])
		is(t, "status", c.Str("status")+" "+c.Str("remedy"), "REPLACING EXCHANGE")
		is(t, "EXCHANGE", state(c.deadline("EXCHANGE")), "RUNNING open")
		is(t, "REFUND", state(c.deadline("REFUND")), "CANCELLED")
	})
}

// The time to dispute is over: the refusal names its last day.
func TestDisputeTooLate(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", now)
		inTime, _ := rejected(s, "A1", now)
		late, _ := rejected(s, "A2", now)
		s.Advance("2025-03-18T23:59:59+08:00")
		s.Customer.Must(caseDispute, complain(s, inTime))
		s.Advance("2025-03-19T00:00:00+08:00")
		is(t, "actions", slices.Contains(look(t, s.Customer, late).Strings("allowedActions"), "CASE_DISPUTE"), false)
		r := refusedAs(t, s.Customer.Refused(caseDispute, complain(s, late)), "WINDOW_CLOSED", "")
		is(t, "last day", param(t, r, "lastDay"), "2025-03-18")
		is(t, "told", r.Str("message"), "the 7 days to turn to the platform ended with 2025-03-18")
	})
}

// What cannot be disputed, by whom, and twice.
func TestDisputeRefusals(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", now)
		open := s.Request(kettle(s, "A0", now), "RETURN_AND_REFUND", 1)
		refusedAs(t, s.Customer.Refused(caseDispute, complain(s, open)), "ILLEGAL_TRANSITION", "")
		refusedAs(t, judge(e).Refused(disputeDecide, verdict(s, open, "MERCHANT", nil)), "ILLEGAL_TRANSITION", "")
		refusedAs(t, judge(e).Refused(disputeAsk, apptest.Vars{"id": open, "k": s.Key(), "in": apptest.Vars{"sides": []string{"CUSTOMER"}, "question": "Why?"}}), "ILLEGAL_TRANSITION", "")
		refusedAs(t, s.Customer.Refused(disputeAnswer, apptest.Vars{"id": open, "k": s.Key(), "in": apptest.Vars{"text": "So."}}), "ILLEGAL_TRANSITION", "")

		// Somebody else took the goods meanwhile: the same customer asked again for both.
		id, o := rejected(s, "A1", now)
		second := s.Request(o, "REFUND", 2)
		r := refusedAs(t, s.Customer.Refused(caseDispute, complain(s, id)), "QUANTITY_EXCEEDS_BOUGHT", "")
		is(t, "returnable", param(t, r, "returnable"), "0")
		is(t, "still ended", look(t, s.Customer, id).Str("status"), "REJECTED")
		s.Customer.Must(apptest.CancelReturn, apptest.Vars{"id": second})

		vars := complain(s, id)
		refusedAs(t, s.Customer.Refused(caseDispute, apptest.Vars{"id": id, "k": s.Key(), "r": " "}), "INVALID_INPUT", "reason")
		refusedAs(t, s.Customer.Refused(caseDispute, apptest.Vars{"id": id, "k": s.Key(), "r": "R", "v": 1}), "CONFLICT", "")
		refusedAs(t, e.As(auth.Customer, "mall", "c-2").Refused(caseDispute, complain(s, id)), "NOT_FOUND", "id")
		s.Customer.Must(caseDispute, vars)
		// The same key again answers with the same dispute; with other words it is refused.
		is(t, "again", s.Customer.Must(caseDispute, vars).Int("caseDispute.return.version"), 3)
		vars["r"] = "Other."
		refusedAs(t, s.Customer.Refused(caseDispute, vars), "IDEMPOTENCY_MISMATCH", "")
		is(t, "rounds", len(disputeOf(t, s.Customer, id).List("rounds")), 1)

		for _, c := range []apptest.Caller{s.Warehouse, s.Finance, s.Integration, judge(e)} {
			if r := c.Do(caseDispute, complain(s, id)); len(r.Errors) != 1 || r.Errors[0].Code() != "FORBIDDEN" {
				t.Errorf("disputed: %s", r.Raw)
			}
		}
		for _, c := range []apptest.Caller{s.Customer, s.Agent, s.Supervisor, s.Admin} {
			for _, call := range []struct {
				doc  string
				vars apptest.Vars
			}{{disputeDecide, verdict(s, id, "MERCHANT", nil)}, {disputeAsk, apptest.Vars{"id": id, "k": s.Key(), "in": apptest.Vars{"sides": []string{"CUSTOMER"}, "question": "Why?"}}}} {
				if r := c.Do(call.doc, call.vars); len(r.Errors) != 1 || r.Errors[0].Code() != "FORBIDDEN" {
					t.Errorf("did the platform's work: %s", r.Raw)
				}
			}
		}
	})
}

// The rounds have bounds, and cite only what is the case's.
func TestDisputeRounds(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", now)
		other, _ := rejected(s, "A0", now)
		s.Customer.Must(caseDispute, complain(s, other))
		foreign := s.Customer.Must(addEvidence, apptest.Vars{"id": other, "k": s.Key(), "in": apptest.Vars{"kind": "PHOTO", "url": "https://photos.example/1.jpg"}}).Str("caseEvidenceAdd.evidence.id")
		id, _ := rejected(s, "A1", now)
		s.Customer.Must(caseDispute, complain(s, id))

		ask := func(question string, sides ...string) apptest.Vars {
			return apptest.Vars{"id": id, "k": s.Key(), "in": apptest.Vars{"sides": append([]string{}, sides...), "question": question}}
		}
		refusedAs(t, judge(e).Refused(disputeAsk, ask(" ", "CUSTOMER")), "INVALID_INPUT", "input.question")
		refusedAs(t, judge(e).Refused(disputeAsk, ask("Why?")), "INVALID_INPUT", "input.sides")
		refusedAs(t, judge(e).Refused(disputeAsk, ask("Why?", "MERCHANT", "MERCHANT")), "INVALID_INPUT", "input.sides")
		say := func(text string, evidence ...string) apptest.Vars {
			return apptest.Vars{"id": id, "k": s.Key(), "in": apptest.Vars{"text": text, "evidence": evidence}}
		}
		refusedAs(t, s.Customer.Refused(disputeAnswer, say(" ")), "INVALID_INPUT", "input.text")
		refusedAs(t, s.Customer.Refused(disputeAnswer, say("See.", foreign)), "NOT_FOUND", "input.evidence.0")
		refusedAs(t, s.Customer.Refused(disputeAnswer, say("See.", foreign, foreign)), "INVALID_INPUT", "input.evidence.1")
		refusedAs(t, s.Customer.Refused(disputeAnswer, say("See.", make([]string, 21)...)), "INVALID_INPUT", "input.evidence")

		// To ask one side gives that side time, not the other.
		once := ask("Why so late?", "MERCHANT")
		s.Advance("2025-03-11T12:00:00+08:00")
		judge(e).Must(disputeAsk, once)
		c := look(t, s.Customer, id)
		is(t, "DISPUTE_EVIDENCE", c.has("DISPUTE_EVIDENCE"), false)
		is(t, "answer due", at(t, c.deadline("DISPUTE_ANSWER"), "dueAt"), "2025-03-14T12:00:00+08:00")
		is(t, "the old time", state(c.List("deadlines")[slices.IndexFunc(c.List("deadlines"), func(d apptest.Data) bool { return d.Str("kind") == "DISPUTE_ANSWER" })]), "CANCELLED")
		is(t, "asked", c.first("EVIDENCE_ASKED", "").Str("note"), "Why so late?")
		judge(e).Must(disputeAsk, once) // a repetition asks nothing
		is(t, "rounds", len(disputeOf(t, s.Customer, id).List("rounds")), 2)
		for range 3 {
			judge(e).Must(disputeAsk, ask("And?", "CUSTOMER"))
		}
		r := refusedAs(t, judge(e).Refused(disputeAsk, ask("And?", "CUSTOMER")), "LIMIT_EXCEEDED", "")
		is(t, "maximum", param(t, r, "maximum"), "5")
		for range 20 {
			s.Customer.Must(disputeAnswer, say("Because."))
		}
		refusedAs(t, s.Customer.Refused(disputeAnswer, say("Because.")), "LIMIT_EXCEEDED", "")
		is(t, "answers", len(disputeOf(t, s.Agent, id).List("rounds.4.answers")), 20)
	})
}
