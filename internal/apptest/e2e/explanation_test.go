package e2e

import (
	"strings"
	"testing"

	"aftersales/internal/apptest"
)

// creditedLate is a refund due at 2025-03-15T00:00 that was credited at 2025-03-17T09:00, Beijing time.
func creditedLate(t *testing.T, s *apptest.Shop) string {
	t.Helper()
	id := s.Request(kettle(s, "A1", "2025-03-11T10:15:00+08:00"), "REFUND", 1)
	s.Agent.Must(apptest.ApproveReturn, apptest.Vars{"id": id})
	refund := s.Refund(id)
	s.Advance("2025-03-17T09:00:00+08:00")
	s.Confirm(refund)
	return id
}

// Facts are never refused: the late refund completes the case. But it is not closed before the customer was told why
// (MALL-1.3b: the server holds it, not the client).
func TestLateCaseClosesOnlyWithItsExplanation(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-03-11T10:15:00+08:00")
		id := creditedLate(t, s)
		c := look(t, s.Agent, id)
		is(t, "status", c.Str("status")+" "+c.Str("outcome"), "COMPLETED REFUNDED")
		is(t, "closed", c.Get("closedAt"), nil)
		is(t, "REFUND", state(c.deadline("REFUND")), "BREACHED owed")
		is(t, "actions", c.Strings("allowedActions"), []string{"CASE_RESPOND", "CASE_MESSAGE_ADD", "CASE_EVIDENCE_ADD", "CASE_EXPLAIN_DELAY"})
		refund, response := c.deadline("REFUND").Str("id"), c.deadline("FIRST_RESPONSE").Str("id")

		r := s.Agent.Do(closing, apptest.Vars{"id": id})
		payload := sub(t, apptest.ParseData(t, r.Data), "caseClose")
		refusal := refusedAs(t, payload.List("userErrors"), "EXPLANATION_REQUIRED", "")
		is(t, "named", param(t, refusal, "deadline1"), refund)
		if !strings.Contains(refusal.Str("message"), "REFUND") {
			t.Errorf("message %s", refusal.Str("message"))
		}
		is(t, "case in the answer", payload.Str("case.status"), "COMPLETED")

		told := func(deadline, at, text string) apptest.Vars {
			return apptest.Vars{"id": deadline, "at": at, "text": text}
		}
		const noon = "2025-03-16T12:00:00+08:00"
		refusedAs(t, s.Agent.Refused(explain, told(refund, "2025-03-17T09:00:00.000001+08:00", "Bank.")), "INVALID_INPUT", "input.toldAt")
		refusedAs(t, s.Agent.Refused(explain, told(refund, "2025-03-11T10:14:59.999999+08:00", "Bank.")), "INVALID_INPUT", "input.toldAt")
		refusedAs(t, s.Agent.Refused(explain, told(refund, noon, " ")), "INVALID_INPUT", "input.text")
		refusedAs(t, s.Agent.Refused(explain, told(response, noon, "Bank.")), "NOT_ELIGIBLE", "")
		refusedAs(t, s.Agent.Refused(explain, told("dln_01h455vb4pex5vsknk084sn02q", noon, "Bank.")), "NOT_FOUND", "deadline")
		is(t, "still owed", state(look(t, s.Agent, id).deadline("REFUND")), "BREACHED owed")

		s.Agent.Must(explain, told(refund, noon, " The bank was closed. "))
		c = look(t, s.Customer, id)
		d := c.deadline("REFUND")
		is(t, "explained", state(d), "BREACHED")
		is(t, "explanation", d.Str("explanation.reason")+" "+d.Str("explanation.text")+" "+d.Str("explanation.channel"), "CARRIER The bank was closed. PHONE")
		is(t, "told at", at(t, d, "explanation.toldAt"), noon)
		is(t, "in the timeline", c.first("DELAY_EXPLAINED", "refund").Str("note"), "The bank was closed.")
		is(t, "closed by explaining", c.Get("closedAt"), nil)
		is(t, "actions", look(t, s.Agent, id).Strings("allowedActions"), []string{"CASE_RESPOND", "CASE_MESSAGE_ADD", "CASE_EVIDENCE_ADD", "CASE_CLOSE"})
		refusedAs(t, s.Agent.Refused(explain, told(refund, noon, "Once more.")), "ILLEGAL_TRANSITION", "")

		s.Advance("2025-03-17T10:00:00+08:00")
		s.Agent.Must(closing, apptest.Vars{"id": id, "v": c.Int("version")})
		s.Advance("2025-03-17T11:00:00+08:00")
		s.Agent.Must(closing, apptest.Vars{"id": id}) // closing what is closed changes nothing
		c = look(t, s.Agent, id)
		is(t, "closed", at(t, c.Data, "closedAt"), "2025-03-17T10:00:00+08:00")
		is(t, "closed told", len(c.told("CLOSED", "")), 1)
		is(t, "actions", c.Strings("allowedActions"), []string{})
		refusedAs(t, s.Agent.Refused(respond, apptest.Vars{"id": id, "key": s.Key(), "m": "Thank you."}), "ILLEGAL_TRANSITION", "")
	})
}

// Told in advance, while the deadline is at risk, nothing is owed when it is missed, and the case closes by itself.
func TestDelayExplainedInAdvance(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-03-11T10:15:00+08:00")
		id := s.Request(kettle(s, "A1", "2025-03-11T10:15:00+08:00"), "REFUND", 1)
		s.Agent.Must(apptest.ApproveReturn, apptest.Vars{"id": id})
		refund := s.Refund(id)
		deadline := look(t, s.Agent, id).deadline("REFUND").Str("id")
		say := apptest.Vars{"id": deadline, "at": "2025-03-11T10:15:00+08:00", "text": "The bank is slow."}
		refusedAs(t, s.Agent.Refused(explain, say), "ILLEGAL_TRANSITION", "") // nothing is near yet
		refusedAs(t, s.Agent.Refused(closing, apptest.Vars{"id": id}), "ILLEGAL_TRANSITION", "")
		s.Advance("2025-03-14T02:33:45+08:00")
		s.Agent.Must(explain, say)
		s.Advance("2025-03-17T09:00:00+08:00")
		is(t, "missed", state(look(t, s.Agent, id).deadline("REFUND")), "BREACHED open")
		s.Confirm(refund)
		c := look(t, s.Agent, id)
		is(t, "missed", state(c.deadline("REFUND")), "BREACHED")
		is(t, "closed", at(t, c.Data, "closedAt"), "2025-03-17T09:00:00+08:00")
	})
}
