package e2e

import (
	"testing"
	"time"

	"aftersales/internal/apptest"
)

// answers are the four things that count as a first response.
var answers = map[string]func(*testing.T, *apptest.Shop, string){
	"respond": func(_ *testing.T, s *apptest.Shop, id string) { answer(s, id) },
	"approve": func(_ *testing.T, s *apptest.Shop, id string) {
		s.Agent.Must(apptest.ApproveReturn, apptest.Vars{"id": id})
	},
	"ask": func(_ *testing.T, s *apptest.Shop, id string) { s.Agent.Must(apptest.AskInfo, apptest.Vars{"id": id}) },
	"reject": func(_ *testing.T, s *apptest.Shop, id string) {
		s.Agent.Must(apptest.RejectReturn, apptest.Vars{"id": id})
	},
}

// MALL-4.1a: within 24 hours of submission the customer gets a first response. The last microsecond before is in time.
func TestFirstResponseInTheLastMicrosecond(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-10-01T08:30:00+08:00") // a holiday: hour clocks run through it
		o := s.Order("A1", "2025-09-30T10:00:00+08:00", apptest.Line{SKU: "CUP", Quantity: 9, UnitPrice: "10.00"})
		ids := map[string]string{}
		for how := range answers {
			ids[how] = s.Request(o, "RETURN_AND_REFUND", 1)
		}
		s.Advance("2025-10-02T08:29:59.999999+08:00")
		for how, do := range answers {
			do(t, s, ids[how])
		}
		s.Advance("2025-10-02T08:30:00+08:00")
		for how, id := range ids {
			c := look(t, s.Agent, id)
			d := c.deadline("FIRST_RESPONSE")
			is(t, how, state(d), "MET")
			is(t, how+" at", at(t, d, "metAt"), "2025-10-02T08:29:59.999999+08:00")
			is(t, how+" promised", at(t, d, "promisedDueAt"), "2025-10-02T08:30:00+08:00")
			is(t, how+" breached", d.Get("breachedAt"), nil)
			is(t, how+" risk", d.Str("risk"), "ON_TRACK")
			is(t, how+" breaches", len(c.told("DEADLINE_BREACHED", "")), 0)
			is(t, how+" priority", c.Str("priority"), "NORMAL")
		}
	})
}

// MALL-4.1a: exactly 24 hours later is late. The server notices by itself, at the due instant and once, and escalates; an
// answer that comes afterwards is recorded and leaves the breach (MALL-1.3b).
func TestFirstResponseOnTheDueInstantIsLate(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const due = "2025-03-12T10:15:00+08:00"
		s := e.Sandbox("mall", "2025-03-11T10:15:00+08:00")
		o := s.Order("A1", due, apptest.Line{SKU: "CUP", Quantity: 9, UnitPrice: "10.00"})
		ids := map[string]string{}
		for how := range answers {
			ids[how] = s.Request(o, "RETURN_AND_REFUND", 1)
		}
		s.Advance(due)
		for range 3 {
			if _, err := e.App.Cases.Sweep(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		for how, do := range answers {
			id := ids[how]
			c := look(t, s.Agent, id)
			is(t, how, state(c.deadline("FIRST_RESPONSE")), "BREACHED open owed")
			is(t, how+" risk", c.deadline("FIRST_RESPONSE").Str("risk"), "LATE")
			is(t, how+" priority", c.Str("priority"), "URGENT")
			is(t, how+" escalated to", c.Str("escalatedTo.name"), "Chen Jing")

			do(t, s, id)
			c = look(t, s.Agent, id)
			d := c.deadline("FIRST_RESPONSE")
			is(t, how, state(d), "BREACHED owed")
			is(t, how+" met", at(t, d, "metAt"), due)
			is(t, how+" breached", at(t, d, "breachedAt"), due)
			is(t, how+" breaches", len(c.told("DEADLINE_BREACHED", "first response")), 1)
			breach := c.first("DEADLINE_BREACHED", "first response")
			is(t, how+" breach told", at(t, breach, "at"), due)
			is(t, how+" by", breach.Get("actor"), map[string]any{"role": nil, "name": "system"})
			is(t, how+" escalations", len(c.told("ESCALATED", "first response")), 1)
		}
	})
}

// Three quarters of the time gone, the deadline is at risk, and that is told once: 18 of 24 hours for the response, 36 of
// 48 for the review; of the 85 h 45 min that three working days come to here, a quarter is 21 h 26 min 15 s.
func TestAtRiskIsToldOnce(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-03-11T10:15:00+08:00")
		address(s, "main", false) // without a default address nothing is approved by itself
		id := s.Request(kettle(s, "A1", "2025-03-11T10:15:00+08:00"), "RETURN_AND_REFUND", 1)
		for _, step := range []struct{ kind, name, instant string }{
			{"FIRST_RESPONSE", "first response", "2025-03-12T04:15:00+08:00"},
			{"REVIEW", "review", "2025-03-12T22:15:00+08:00"},
			{"REFUND", "refund", "2025-03-14T02:33:45+08:00"},
		} {
			s.Advance(before(t, step.instant))
			c := look(t, s.Agent, id)
			is(t, step.kind+" before", c.deadline(step.kind).Str("risk"), "ON_TRACK")
			is(t, step.kind+" told before", len(c.told("DEADLINE_AT_RISK", step.name)), 0)
			s.Advance(step.instant)
			c = look(t, s.Agent, id)
			is(t, step.kind+" at", c.deadline(step.kind).Str("risk"), "AT_RISK")
			is(t, step.kind+" told", len(c.told("DEADLINE_AT_RISK", step.name)), 1)
		}
		s.Advance("2025-03-16T00:00:00+08:00") // in one stride over what is left
		c := look(t, s.Agent, id)
		times := func(eventType string) (list []string) {
			for _, e := range c.told(eventType, "") {
				list = append(list, at(t, e, "at"))
			}
			return list
		}
		is(t, "at risk", times("DEADLINE_AT_RISK"), []string{"2025-03-12T04:15:00+08:00", "2025-03-12T22:15:00+08:00", "2025-03-14T02:33:45+08:00"})
		is(t, "breached", times("DEADLINE_BREACHED"), []string{"2025-03-12T10:15:00+08:00", "2025-03-13T10:15:00+08:00", "2025-03-15T00:00:00+08:00"})
		is(t, "next deadline", c.Str("nextDeadline.kind"), "FIRST_RESPONSE") // missed, and still the first to make good
	})
}

// A LIVE merchant lives by the real clock, and an answer that comes before any sweep finds its deadline missed all the same.
func TestLateAnswerBeforeAnySweep(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Live("mall")
		opened := e.Now()
		o := s.Order("A1", opened.Format(time.RFC3339), apptest.Line{SKU: "CUP", Quantity: 2, UnitPrice: "10.00"})
		early, late := s.Request(o, "RETURN_AND_REFUND", 1), s.Request(o, "RETURN_AND_REFUND", 1)
		e.AdvanceReal(24*time.Hour - time.Microsecond)
		answer(s, early)
		e.AdvanceReal(time.Microsecond)
		// Before the sweep came by it is late to look at already.
		is(t, "risk", look(t, s.Agent, late).deadline("FIRST_RESPONSE").Str("risk"), "LATE")
		answer(s, late)
		if _, err := e.App.Cases.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		is(t, "early", state(look(t, s.Agent, early).deadline("FIRST_RESPONSE")), "MET")
		c := look(t, s.Agent, late)
		d := c.deadline("FIRST_RESPONSE")
		is(t, "late", state(d), "BREACHED owed")
		is(t, "breached", at(t, d, "breachedAt"), cn(t, opened.Add(24*time.Hour).Format(time.RFC3339Nano)))
		is(t, "breaches", len(c.told("DEADLINE_BREACHED", "first response")), 1)
		is(t, "escalations", len(c.told("ESCALATED", "first response")), 1)
		is(t, "timeline", c.events(), []string{"OPENED", "DEADLINE_BREACHED", "ESCALATED", "RESPONDED"})
	})
}
