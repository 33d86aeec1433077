package e2e

import (
	"testing"
	"time"

	"aftersales/internal/apptest"
)

// waiting are the two ways a case waits for the customer: for information, and for the goods.
var waiting = []struct {
	kind, status string
	begin, act   string
}{
	{"INFO_REPLY", "NEEDS_INFO", apptest.AskInfo, apptest.GiveInfo},
	{"SHIP_BACK", "AWAITING_SHIPMENT", apptest.ApproveReturn, apptest.ShipReturn},
}

// MALL-1.1b: a case the customer leaves alone ends too, with an outcome: seven calendar days after the question or the
// approval (Tue 11 to the end of Tue 18), at that instant, and what it held is free again.
func TestCaseExpiresWhenTheCustomerDoesNothing(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const due = "2025-03-19T00:00:00+08:00"
		s := e.Sandbox("mall", "2025-03-11T10:15:00+08:00")
		o := s.Order("A1", due, apptest.Line{SKU: "CUP", Quantity: 4, UnitPrice: "10.00"})
		var inTime, idle []string
		s.Advance("2025-03-11T12:00:00+08:00")
		for _, w := range waiting {
			for _, list := range []*[]string{&inTime, &idle} {
				id := s.Request(o, "RETURN_AND_REFUND", 1)
				s.Agent.Must(w.begin, apptest.Vars{"id": id})
				*list = append(*list, id)
			}
		}
		s.Advance(before(t, due))
		for i, w := range waiting {
			is(t, w.kind, state(look(t, s.Customer, idle[i]).deadline(w.kind)), "RUNNING open")
			s.Customer.Must(w.act, apptest.Vars{"id": inTime[i]})
		}
		s.Advance("2025-03-20T09:00:00+08:00") // past the instant, but at it the case expires
		for i, w := range waiting {
			is(t, w.kind+" in time", state(look(t, s.Customer, inTime[i]).deadline(w.kind)), "MET")

			c := look(t, s.Customer, idle[i])
			d := c.deadline(w.kind)
			is(t, w.kind, state(d), "BREACHED")
			is(t, w.kind+" due", at(t, d, "dueAt"), due)
			is(t, w.kind+" breached", at(t, d, "breachedAt"), due)
			is(t, w.kind+" status", c.Str("status")+" "+c.Str("outcome"), "EXPIRED EXPIRED")
			is(t, w.kind+" closed", at(t, c.Data, "closedAt"), due)
			is(t, w.kind+" version", c.Int("version"), 3)
			is(t, "REFUND", state(c.deadline("REFUND")), "CANCELLED")
			is(t, "next deadline", c.Get("nextDeadline"), nil)
			is(t, "expired told", len(c.told("EXPIRED", "")), 1)
			is(t, "expired told", at(t, c.first("EXPIRED", ""), "at"), due)
			is(t, "closed told", len(c.told("CLOSED", "")), 1)
			is(t, "priority", c.Str("priority"), "NORMAL")
			is(t, "actions", c.Strings("allowedActions"), []string{"RETURN_REOPEN"})
		}
		is(t, "returnable", lineOf(t, s, o, 0).Int("returnableQuantity"), 2)
		is(t, "why", look(t, s.Customer, idle[1]).first("EXPIRED", "").Str("text"), "The case expired: the deadline for sending the goods back passed.")
	})
}

// A merchant who answered late owes the explanation also for a case that the customer let expire.
func TestExpiredCaseStaysUnclosedWhileAnExplanationIsOwed(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-03-11T10:15:00+08:00")
		id := s.Request(kettle(s, "A1", "2025-03-11T10:15:00+08:00"), "RETURN_AND_REFUND", 1)
		s.Advance("2025-03-12T10:15:00+08:00")
		s.Agent.Must(apptest.AskInfo, apptest.Vars{"id": id})
		s.Advance("2025-03-20T00:00:00+08:00")
		c := look(t, s.Agent, id)
		is(t, "status", c.Str("status")+" "+c.Str("outcome"), "EXPIRED EXPIRED")
		is(t, "closed", c.Get("closedAt"), nil)
		is(t, "actions", c.Strings("allowedActions"), []string{"PARCEL_MATCH", "RETURN_REOPEN", "CASE_RESPOND", "CASE_MESSAGE_ADD", "CASE_EVIDENCE_ADD", "CASE_EXPLAIN_DELAY"})
		r := refusedAs(t, s.Agent.Refused(closing, apptest.Vars{"id": id}), "EXPLANATION_REQUIRED", "")
		is(t, "named", param(t, r, "deadline1"), c.deadline("FIRST_RESPONSE").Str("id"))
		s.Agent.Must(explain, apptest.Vars{"id": c.deadline("FIRST_RESPONSE").Str("id"), "at": "2025-03-19T12:00:00+08:00", "text": "We were closed."})
		s.Agent.Must(closing, apptest.Vars{"id": id})
		is(t, "closed", at(t, look(t, s.Agent, id).Data, "closedAt"), "2025-03-20T00:00:00+08:00")
	})
}

// One instant late is late although no sweep has come by: the act is refused, and the answer shows the case as expired.
func TestActingOnAnExpiredCaseBeforeAnySweep(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Live("mall")
		o, opened := s.Order("A1", e.Now().Format(time.RFC3339), cups(7, 1)...), 0
		open := func(begin string) string {
			id := s.Request(nth(o, opened), "RETURN_AND_REFUND", 1)
			opened++
			s.Agent.Must(begin, apptest.Vars{"id": id})
			return id
		}
		type attempt struct {
			name, id, query string
			by              apptest.Caller
			vars            apptest.Vars
		}
		late := []attempt{
			{"returnProvideInfo", open(apptest.AskInfo), apptest.GiveInfo, s.Customer, nil},
			{"returnShip", open(apptest.ApproveReturn), apptest.ShipReturn, s.Customer, nil},
			{"returnReceive", open(apptest.ApproveReturn), apptest.ReceiveReturn, s.Warehouse, nil},
			{"returnCancel", open(apptest.AskInfo), apptest.CancelReturn, s.Customer, nil},
			{"caseRespond", open(apptest.AskInfo), respond, s.Agent, apptest.Vars{"key": s.Key(), "m": "Are you still there?"}},
			{"returnRefund", open(apptest.ApproveReturn), apptest.RefundReturn, s.Finance, apptest.Vars{"key": s.Key()}},
		}
		inTime := open(apptest.AskInfo)
		y, m, d := e.Now().In(beijing).Date()
		due := time.Date(y, m, d+8, 0, 0, 0, 0, beijing) // today is not counted, the seventh day ends at 24:00
		e.AdvanceReal(due.Sub(e.Now()) - time.Microsecond)
		s.Customer.Must(apptest.GiveInfo, apptest.Vars{"id": inTime})
		e.AdvanceReal(time.Microsecond)
		for _, a := range late {
			vars := apptest.Vars{"id": a.id}
			for k, v := range a.vars {
				vars[k] = v
			}
			r := a.by.Do(a.query, vars)
			if len(r.Errors) > 0 {
				t.Fatalf("%s: %s", a.name, r.Raw)
			}
			payload := sub(t, apptest.ParseData(t, r.Data), a.name)
			refusedAs(t, payload.List("userErrors"), "ILLEGAL_TRANSITION", "")
			object := "return"
			if a.name == "caseRespond" {
				object = "case"
			}
			is(t, a.name+": the case in the answer", payload.Str(object+".status"), "EXPIRED")
			c := look(t, s.Agent, a.id)
			is(t, a.name+": expired", len(c.told("EXPIRED", "")), 1)
			is(t, a.name+": closed", at(t, c.Data, "closedAt"), cn(t, due.Format(time.RFC3339)))
		}
		if _, err := e.App.Cases.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, a := range late {
			is(t, a.name+": expired once", len(look(t, s.Agent, a.id).told("EXPIRED", "")), 1)
		}
		for i := range opened { // the last is held by the case answered in time
			is(t, "returnable", lineOf(t, s, o, i).Int("returnableQuantity") == 1, i < len(late))
		}
	})
}
