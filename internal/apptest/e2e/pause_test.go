package e2e

import (
	"fmt"
	"testing"

	"aftersales/internal/apptest"
)

// X8.1: the merchant is judged by a clock that stands still exactly while the customer holds the ball (NEEDS_INFO,
// AWAITING_SHIPMENT, IN_TRANSIT); the literal promise never moves. The review waits for answers only.
func TestClocksStandStillWhileTheCustomerHoldsTheBall(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2026-05-11T10:00:00+08:00")
		o := kettle(s, "A1", "2026-05-11T10:00:00+08:00")
		id := s.Request(o, "RETURN_AND_REFUND", 1)
		check := func(status, refund, review string) {
			t.Helper()
			c := look(t, s.Customer, id)
			is(t, "status", c.Str("status"), status)
			is(t, "REFUND in "+status, state(c.deadline("REFUND")), refund)
			is(t, "REVIEW in "+status, state(c.deadline("REVIEW")), review)
			is(t, "promise in "+status, at(t, c.deadline("REFUND"), "promisedDueAt"), "2026-05-15T00:00:00+08:00")
			is(t, "promise in "+status, at(t, c.deadline("REVIEW"), "promisedDueAt"), "2026-05-13T10:00:00+08:00")
			paused := c.deadline("REFUND").Get("dueAt") == nil
			is(t, "no due time in "+status, paused, refund == "PAUSED open")
			is(t, "no last day in "+status, c.deadline("REFUND").Get("lastDay") == nil, paused)
		}
		check("REQUESTED", "RUNNING open", "RUNNING open")
		s.Advance("2026-05-11T12:00:00+08:00")
		s.Agent.Must(apptest.AskInfo, apptest.Vars{"id": id})
		check("NEEDS_INFO", "PAUSED open", "PAUSED open")
		is(t, "next deadline", look(t, s.Customer, id).Str("nextDeadline.kind"), "INFO_REPLY")
		s.Advance("2026-05-12T15:30:00+08:00")
		s.Customer.Must(apptest.GiveInfo, apptest.Vars{"id": id})
		check("REQUESTED", "RUNNING open", "RUNNING open")
		// The review got its 27.5 hours back; the refund one working day, Tue 12.
		is(t, "REVIEW due", at(t, look(t, s.Customer, id).deadline("REVIEW"), "dueAt"), "2026-05-14T13:30:00+08:00")
		is(t, "REFUND due", at(t, look(t, s.Customer, id).deadline("REFUND"), "dueAt"), "2026-05-16T00:00:00+08:00")

		s.Advance("2026-05-12T16:00:00+08:00")
		s.Agent.Must(apptest.ApproveReturn, apptest.Vars{"id": id})
		check("AWAITING_SHIPMENT", "PAUSED open", "MET")
		is(t, "next deadline", look(t, s.Customer, id).Str("nextDeadline.kind"), "SHIP_BACK")
		s.Advance("2026-05-13T09:00:00+08:00")
		s.Customer.Must(apptest.ShipReturn, apptest.Vars{"id": id})
		check("IN_TRANSIT", "PAUSED open", "MET")
		s.Advance("2026-05-15T09:00:00+08:00") // the promise has passed meanwhile; a clock that stands still misses nothing
		check("IN_TRANSIT", "PAUSED open", "MET")
		s.Warehouse.Must(apptest.ReceiveReturn, apptest.Vars{"id": id})
		check("RECEIVED", "RUNNING open", "MET")
		s.Inspect(id, false)
		check("INSPECTION_FAILED", "RUNNING open", "MET")
		s.Inspect(id, true)
		check("INSPECTION_PASSED", "RUNNING open", "MET")
		refund := s.Refund(id)
		check("REFUNDING", "RUNNING open", "MET")

		// 12, 13, 14; one more for Tue 12, three more for 13, 14, 15: the seventh working day is Wed 20.
		c := look(t, s.Customer, id)
		d := c.deadline("REFUND")
		is(t, "due", at(t, d, "dueAt"), "2026-05-21T00:00:00+08:00")
		is(t, "last day", d.Str("lastDay"), "2026-05-20")
		is(t, "promised last day", d.Str("promisedLastDay"), "2026-05-14")
		is(t, "counted", d.Strings("countedDays"), []string{"2026-05-12", "2026-05-13", "2026-05-14", "2026-05-15", "2026-05-18", "2026-05-19", "2026-05-20"})
		for i, want := range []struct{ from, to, reason string }{
			{"2026-05-11T12:00:00+08:00", "2026-05-12T15:30:00+08:00", "Waiting for your answer"},
			{"2026-05-12T16:00:00+08:00", "2026-05-13T09:00:00+08:00", "Waiting for the goods to be sent"},
			{"2026-05-13T09:00:00+08:00", "2026-05-15T09:00:00+08:00", "Goods on their way back"},
		} {
			p := fmt.Sprintf("pauses.%d.", i)
			is(t, "pause", at(t, d, p+"from")+" "+at(t, d, p+"to")+" "+d.Str(p+"reason"), want.from+" "+want.to+" "+want.reason)
		}
		is(t, "pauses", len(d.List("pauses")), 3)
		is(t, "pauses of the review", len(c.deadline("REVIEW").List("pauses")), 1)
		is(t, "breaches", len(c.told("DEADLINE_BREACHED", "")), 0)

		s.Advance(before(t, "2026-05-21T00:00:00+08:00"))
		s.Confirm(refund)
		check("COMPLETED", "MET", "MET")
	})
}

// X8.1, E36: submitted Mon 11 at ten, approved Tue 12 at three, back on Fri 15 at nine. Working days in (12, 15] are 13, 14
// and 15: the sixth working day is Tue 19. E38: a pause within one day adds none.
func TestPauseArithmetic(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2026-05-11T10:00:00+08:00")
		o := kettle(s, "A1", "2026-05-11T10:00:00+08:00")
		e36, e38 := s.Request(o, "RETURN_AND_REFUND", 1), s.Request(o, "RETURN_AND_REFUND", 1)
		answer(s, e38)
		s.Advance("2026-05-12T15:00:00+08:00")
		s.Agent.Must(apptest.ApproveReturn, apptest.Vars{"id": e36})
		address(s, "main", false) // without a default address nothing is approved by itself
		s.Advance("2026-05-13T09:00:00+08:00")
		s.Agent.Must(apptest.AskInfo, apptest.Vars{"id": e38})
		s.Advance("2026-05-13T18:00:00+08:00")
		s.Customer.Must(apptest.GiveInfo, apptest.Vars{"id": e38})
		is(t, "E38 due", at(t, look(t, s.Customer, e38).deadline("REFUND"), "dueAt"), "2026-05-15T00:00:00+08:00")
		s.Advance("2026-05-15T09:00:00+08:00")
		s.Warehouse.Must(apptest.ReceiveReturn, apptest.Vars{"id": e36})
		d := look(t, s.Customer, e36).deadline("REFUND")
		is(t, "E36 due", at(t, d, "dueAt"), "2026-05-20T00:00:00+08:00")
		is(t, "E36 why", d.Str("why"), "3 working days from Monday 11 May 2026, 10:00 (Asia/Shanghai), that day not counted; weekends are not counted; "+
			"the pause from 12 May 15:00 to 15 May 09:00 (waiting for the customer to send the goods) adds 3 working days; ends at 24:00 on Tuesday 19 May 2026.")
		// E40: what was missed is not healed by waiting afterwards.
		s.Advance("2026-05-18T09:00:00+08:00")
		s.Agent.Must(apptest.AskInfo, apptest.Vars{"id": e38})
		c := look(t, s.Customer, e38)
		is(t, "E40", state(c.deadline("REFUND")), "BREACHED open owed")
		is(t, "E40 due", at(t, c.deadline("REFUND"), "dueAt"), "2026-05-15T00:00:00+08:00")
		is(t, "E40 breached", at(t, c.deadline("REFUND"), "breachedAt"), "2026-05-15T00:00:00+08:00")
	})
}
