package e2e

import (
	"slices"
	"testing"

	"aftersales/internal/apptest"
)

const (
	respondFully = `mutation($id: ID!, $k: String!, $c: Boolean, $p: String) { caseRespond(id: $id, idempotencyKey: $k, message: "We look into it.", confirmsProblem: $c, plan: $p) { case { id } userErrors { code field message } } }`
	clockFields  = `query($id: ID!) { case(id: $id) { allowedActions messages { nodes { text } } events(first: 100) { nodes { type text note clause } } compensations { id state days amount { amount currency } }
		deadlines { id kind state open startedAt dueAt metAt breachedAt explanationOwed explanationState explanationMissed explanation { understanding toldAt }
			facts { needed recorded missing } rule { clause plan planVersion length unit stopAll } } } }`
	explainDelay = `mutation($id: ID!, $at: DateTime!, $u: CustomerUnderstanding) { caseExplainDelay(deadline: $id, input: { reason: WORKLOAD, text: "Too much to do.", toldAt: $at, channel: PHONE, understanding: $u }) {
		deadline { id explanationState explanationMissed explanation { understanding } } userErrors { code field message } } }`
	understood = `mutation($id: ID!, $u: CustomerUnderstanding!) { caseUnderstandingSet(deadline: $id, understanding: $u) { deadline { explanation { understanding } } userErrors { code field message } } }`
)

// clock is a case's deadline by its clause.
func clock(t testing.TB, c apptest.Caller, caseID, clause string) apptest.Data {
	t.Helper()
	for _, d := range c.Must(clockFields, apptest.Vars{"id": caseID}).List("case.deadlines") {
		if d.Str("rule.clause") == clause {
			return d
		}
	}
	t.Fatalf("no deadline by %s", clause)
	return apptest.Data{}
}

func timeline(t testing.TB, c apptest.Caller, caseID string) (types []string) {
	t.Helper()
	for _, e := range c.Must(clockFields, apptest.Vars{"id": caseID}).List("case.events.nodes") {
		types = append(types, e.Str("type"))
	}
	return types
}

// SLA-A-2.2.1, COURIER-4.1.1, reading X8.3: a full response within 24 hours is an answer, the problem confirmed and the plan
// told, in any order; two of the three do not meet it, and the last microsecond is in time. MALL-4.1a needs only the answer.
func TestAFullResponseNeedsAllThreeFacts(t *testing.T) {
	t.Parallel()
	for _, plan := range []struct{ code, clause string }{{"SLA-A", "SLA-A-2.2.1"}, {"COURIER", "COURIER-4.1.1"}} {
		t.Run(plan.code, func(t *testing.T) {
			t.Parallel()
			apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
				const due = "2025-10-02T08:30:00+08:00"
				s := e.Sandbox("mall", "2025-10-01T08:30:00+08:00") // a holiday: hours run through it
				simple := s.Request(kettle(s, "A0", due), "RETURN_AND_REFUND", 1)
				s.Adopt("RETURN", plan.code)
				inTime, tooLate := s.Request(kettle(s, "A1", due), "RETURN_AND_REFUND", 1), s.Request(kettle(s, "A2", due), "RETURN_AND_REFUND", 1)
				say := func(id string, confirms, plan any) {
					s.Agent.Must(respondFully, apptest.Vars{"id": id, "k": s.Key(), "c": confirms, "p": plan})
				}
				say(simple, nil, nil)
				is(t, "one answer is enough for MALL", clock(t, s.Agent, simple, "MALL-4.1a").Str("state"), "MET")
				is(t, "which has no facts", clock(t, s.Agent, simple, "MALL-4.1a").Get("facts"), nil)
				for _, id := range []string{inTime, tooLate} {
					say(id, nil, "We collect it on Friday.")
					d := clock(t, s.Agent, id, plan.clause)
					is(t, "two of three", d.Str("state"), "RUNNING")
					is(t, "needed", d.Strings("facts.needed"), []string{"RESPONDED", "PROBLEM_CONFIRMED", "PLAN_TOLD"})
					is(t, "recorded", d.Strings("facts.recorded"), []string{"RESPONDED", "PLAN_TOLD"})
					is(t, "missing", d.Strings("facts.missing"), []string{"PROBLEM_CONFIRMED"})
					is(t, "rule", d.Strings("rule.stopAll"), []string{"RESPONDED", "PROBLEM_CONFIRMED", "PLAN_TOLD"})
				}
				s.Advance(before(t, due))
				say(inTime, true, nil)
				s.Advance(due)
				say(tooLate, true, nil)
				d := clock(t, s.Agent, inTime, plan.clause)
				is(t, "in time", d.Str("state"), "MET")
				is(t, "met", at(t, d, "metAt"), cn(t, before(t, due)))
				d = clock(t, s.Agent, tooLate, plan.clause)
				is(t, "at the due instant", d.Str("state"), "BREACHED")
				is(t, "breached", at(t, d, "breachedAt"), due)
				is(t, "met late", at(t, d, "metAt"), due)
				// The plan stands in the thread, and both facts in the timeline.
				told := s.Customer.Must(clockFields, apptest.Vars{"id": inTime})
				is(t, "thread", told.Str("case.messages.nodes.1.text"), "We collect it on Friday.")
				for _, e := range []string{"RESPONDED", "PROBLEM_CONFIRMED", "PLAN_TOLD"} {
					if !slices.Contains(timeline(t, s.Customer, inTime), e) {
						t.Errorf("no %s", e)
					}
				}
			})
		})
	}
}

func TestAResponseIsRefused(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-10-01T08:30:00+08:00")
		id := s.Request(kettle(s, "A1", "2025-10-01T08:30:00+08:00"), "RETURN_AND_REFUND", 1)
		key := s.Key()
		refusedAs(t, s.Agent.Refused(respondFully, apptest.Vars{"id": id, "k": key, "p": " "}), "INVALID_INPUT", "plan")
		s.Agent.Must(respondFully, apptest.Vars{"id": id, "k": key, "p": "Soon."})
		s.Agent.Must(respondFully, apptest.Vars{"id": id, "k": key, "p": "Soon."})
		refusedAs(t, s.Agent.Refused(respondFully, apptest.Vars{"id": id, "k": key, "p": "Later."}), "IDEMPOTENCY_MISMATCH", "")
		is(t, "said once", len(s.Agent.Must(clockFields, apptest.Vars{"id": id}).List("case.messages.nodes")), 2)
	})
}

// ahead adopts a plan for returns that wants its 24 hours explained before they are over, as SLA-B does.
func ahead(s *apptest.Shop) {
	derive(s, apptest.Vars{"base": "SLA-A", "code": "AHEAD", "name": "Explained in advance", "promises": []apptest.Vars{{"kind": "FIRST_RESPONSE", "explainAhead": true}}})
	s.Adopt("RETURN", "AHEAD")
}

// SLA-A-2.2.5a, SLA-A-2.2.5b, SLA-B-2.2.5: from 18 of 24 hours on the explanation is wanted, and the work queue asks for it.
// Given before the limit all is well; otherwise the limit is a second breach, and the case still closes once it is explained.
// How the customer took it is recorded at once or later.
func TestAnExplanationIsWantedBeforeTheLimit(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const opened, atRisk, due, clause = "2025-03-11T10:00:00+08:00", "2025-03-12T04:00:00+08:00", "2025-03-12T10:00:00+08:00", "SLA-A-2.2.1"
		s := e.Sandbox("mall", opened)
		ahead(s)
		told, silent := s.Request(kettle(s, "A1", opened), "RETURN_AND_REFUND", 1), s.Request(kettle(s, "A2", opened), "RETURN_AND_REFUND", 1)
		wanted := func() (ids []string) {
			for _, d := range s.Agent.Must(`{ deadlines(filter: { explanationWanted: true }) { nodes { id } } }`, nil).List("deadlines.nodes") {
				ids = append(ids, d.Str("id"))
			}
			slices.Sort(ids)
			return ids
		}
		first, second := clock(t, s.Agent, told, clause).Str("id"), clock(t, s.Agent, silent, clause).Str("id")
		s.Advance(before(t, atRisk))
		is(t, "before", clock(t, s.Agent, told, clause).Str("explanationState"), "NOT_NEEDED")
		is(t, "wanted before", len(wanted()), 0)
		s.Advance(atRisk)
		is(t, "from then on", clock(t, s.Agent, told, clause).Str("explanationState"), "WANTED")
		both := []string{first, second}
		slices.Sort(both)
		is(t, "the queue asks", wanted(), both)
		is(t, "the others", s.Agent.Must(`{ deadlines(filter: { explanationWanted: false, kind: [FIRST_RESPONSE] }) { totalCount } }`, nil).Int("deadlines.totalCount"), 0)
		refusedAs(t, s.Agent.Refused(understood, apptest.Vars{"id": first, "u": "ACCEPTED"}), "NOT_ELIGIBLE", "")

		s.Agent.Must(explainDelay, apptest.Vars{"id": first, "at": atRisk})
		d := clock(t, s.Agent, told, clause)
		is(t, "given", d.Str("explanationState"), "GIVEN")
		is(t, "no answer yet", d.Str("explanation.understanding"), "NO_ANSWER")
		is(t, "the queue asks on", wanted(), []string{second})
		s.Agent.Must(understood, apptest.Vars{"id": first, "u": "ACCEPTED"})
		s.Agent.Must(understood, apptest.Vars{"id": first, "u": "ACCEPTED"}) // changes nothing
		is(t, "accepted", clock(t, s.Agent, told, clause).Str("explanation.understanding"), "ACCEPTED")

		s.Advance(due)
		is(t, "nothing is wanted any more", len(wanted()), 0)
		d = clock(t, s.Agent, told, clause)
		is(t, "told in advance", []any{d.Str("explanationState"), d.Get("explanationMissed"), d.Get("explanationOwed")}, []any{"GIVEN", false, false})
		d = clock(t, s.Agent, silent, clause)
		is(t, "not told", []any{d.Str("explanationState"), d.Get("explanationMissed"), d.Get("explanationOwed")}, []any{"OWED", true, true})
		is(t, "a second breach", slices.Contains(timeline(t, s.Agent, silent), "EXPLANATION_MISSED"), true)
		is(t, "only there", slices.Contains(timeline(t, s.Agent, told), "EXPLANATION_MISSED"), false)

		for _, id := range []string{told, silent} {
			s.Agent.Must(apptest.RejectReturn, apptest.Vars{"id": id})
		}
		closed := func(id string) any {
			return s.Agent.Must(`query($id: ID!) { case(id: $id) { closedAt } }`, apptest.Vars{"id": id}).Get("case.closedAt")
		}
		is(t, "explained in advance, closed by itself", closed(told) != nil, true)
		is(t, "not explained, not closed", closed(silent), nil)
		s.Agent.Must(explainDelay, apptest.Vars{"id": second, "at": due, "u": "REFUSED"})
		d = clock(t, s.Agent, silent, clause)
		is(t, "too late, and said so", []any{d.Str("explanationState"), d.Get("explanationMissed"), d.Str("explanation.understanding")}, []any{"LATE", true, "REFUSED"})
		s.Agent.Must(`mutation($id: ID!) { caseClose(id: $id) { case { id } userErrors { code field message } } }`, apptest.Vars{"id": silent})
		is(t, "closed", closed(silent) != nil, true)
		s.Agent.Must(understood, apptest.Vars{"id": second, "u": "ACCEPTED"}) // the customer came round, after the end
		is(t, "events", len(slices.DeleteFunc(timeline(t, s.Agent, told), func(e string) bool { return e != "UNDERSTANDING_RECORDED" })), 1)
		if r := s.Customer.Do(understood, apptest.Vars{"id": first, "u": "REFUSED"}); len(r.Errors) != 1 || r.Errors[0].Code() != "FORBIDDEN" {
			t.Errorf("customer: %s", r.Raw)
		}
	})
}

// SLA-B-2.2.5: told in advance but written down after the limit: a fact known late heals the second breach, not the first.
func TestAnExplanationRecordedLateMayHaveBeenInTime(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const opened, due, clause = "2025-03-11T10:00:00+08:00", "2025-03-12T10:00:00+08:00", "SLA-A-2.2.1"
		s := e.Sandbox("mall", opened)
		ahead(s)
		id := s.Request(kettle(s, "A1", opened), "RETURN_AND_REFUND", 1)
		s.Advance("2025-03-12T12:00:00+08:00")
		d := clock(t, s.Agent, id, clause)
		is(t, "missed", d.Get("explanationMissed"), true)
		s.Agent.Must(explainDelay, apptest.Vars{"id": d.Str("id"), "at": before(t, due)})
		d = clock(t, s.Agent, id, clause)
		is(t, "in time after all", []any{d.Str("explanationState"), d.Get("explanationMissed"), d.Str("state")}, []any{"GIVEN", false, "BREACHED"})
	})
}
