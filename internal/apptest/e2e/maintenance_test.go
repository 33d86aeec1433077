package e2e

import (
	"sync"
	"testing"
	"time"

	"aftersales/internal/apptest"
	"aftersales/internal/auth"
)

const scheduleFields = `id orderLine { id } customer { name } everyMonths firstOn nextAt until note opened`

const (
	setSchedule   = `mutation($in: MaintenanceScheduleInput!) { maintenanceScheduleSet(input: $in) { maintenanceSchedule { ` + scheduleFields + ` }` + refusal + `} }`
	endSchedule   = `mutation($id: ID!) { maintenanceScheduleEnd(id: $id) { maintenanceSchedule { ` + scheduleFields + ` }` + refusal + `} }`
	listSchedules = `query($l: ID, $e: Boolean) { maintenanceSchedules(orderLine: $l, ended: $e) { totalCount nodes { ` + scheduleFields + ` } } }`
	maintenances  = `{ services(filter: { kind: [MAINTENANCE] }, first: 100) { nodes { id number openedAt description quantity channel orderLine { id } customer { name } events(first: 1) { nodes { type actor { role name } } } deadlines { kind state dueAt } } } }`
)

func yearly(o apptest.Order, first string, months int) apptest.Vars {
	return apptest.Vars{"in": apptest.Vars{"orderLine": o.Lines[0], "everyMonths": months, "firstOn": first}}
}

// openings are the days and hours at which cases of maintenance opened, the latest first.
func openings(t *testing.T, c apptest.Caller) []string {
	t.Helper()
	var out []string
	for _, n := range c.Must(maintenances, nil).List("services.nodes") {
		out = append(out, at(t, n, "openedAt"))
	}
	return out
}

// SLA-A-2.1.4, SLA-B-2.1.4: goods are maintained by schedule. A case opens by itself at the start of each day, counted by months
// from the first: 31 January, 28 February, 31 March. Its clocks run from then on; the customer sees schedule and cases.
func TestMaintenanceBySchedule(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-01-10T15:00:00+08:00")
		s.Adopt("MAINTENANCE", "SLA-A")
		o := kettle(s, "A1", "2025-01-10T15:00:00+08:00")
		vars := with(yearly(o, "2025-01-31", 1), "note", "Clean the filter.")
		d := sub(t, s.Customer.Must(setSchedule, vars), "maintenanceScheduleSet.maintenanceSchedule")
		id := d.Str("id")
		is(t, "set", d.Str("orderLine.id")+" "+d.Str("firstOn")+" "+at(t, d, "nextAt")+" "+ftoa(d.Int("opened"))+" "+d.Str("note"),
			o.Lines[0]+" 2025-01-31 2025-01-31T00:00:00+08:00 0 Clean the filter.")

		s.Advance(before(t, "2025-01-31T00:00:00+08:00"))
		is(t, "one instant before", openings(t, s.Customer), []string{})
		s.Advance("2025-04-15T00:00:00+08:00")
		is(t, "opened", openings(t, s.Customer), []string{"2025-03-31T00:00:00+08:00", "2025-02-28T00:00:00+08:00", "2025-01-31T00:00:00+08:00"})
		c := s.Customer.Must(maintenances, nil).List("services.nodes")[2]
		is(t, "a case", c.Str("description")+" "+ftoa(c.Int("quantity"))+" "+c.Str("channel")+" "+c.Str("orderLine.id")+" "+c.Str("customer.name"),
			"Clean the filter. 2 SERVICE_CENTER "+o.Lines[0]+" Li Lei")
		is(t, "by whom", c.Get("events.nodes.0.actor.role"), nil)
		// 24 hours from the start of the day, on the fourth day of the festival.
		is(t, "its clock", c.Str("deadlines.0.kind")+" "+c.Str("deadlines.0.state")+" "+at(t, c, "deadlines.0.dueAt"), "FIRST_RESPONSE BREACHED 2025-02-01T00:00:00+08:00")
		is(t, "next", at(t, s.Customer.Must(listSchedules, nil).List("maintenanceSchedules.nodes")[0], "nextAt"), "2025-04-30T00:00:00+08:00")

		// The same again changes nothing; another interval goes on from the same first day: 31 July, not 30 April.
		again := sub(t, s.Agent.Must(setSchedule, vars), "maintenanceScheduleSet.maintenanceSchedule")
		is(t, "again", again.Str("id")+" "+at(t, again, "nextAt")+" "+ftoa(again.Int("opened")), id+" 2025-04-30T00:00:00+08:00 3")
		d = sub(t, s.Agent.Must(setSchedule, with(with(vars, "everyMonths", 6), "until", "2026-01-31")), "maintenanceScheduleSet.maintenanceSchedule")
		is(t, "every six", d.Str("id")+" "+at(t, d, "nextAt")+" "+d.Str("until"), id+" 2025-07-31T00:00:00+08:00 2026-01-31")
		s.Advance("2026-08-01T00:00:00+08:00")
		is(t, "until the last", openings(t, s.Customer)[:2], []string{"2026-01-31T00:00:00+08:00", "2025-07-31T00:00:00+08:00"})
		list := s.Customer.Must(listSchedules, apptest.Vars{"e": true, "l": o.Lines[0]})
		is(t, "ended", ftoa(list.Int("maintenanceSchedules.totalCount"))+" "+at(t, list, "maintenanceSchedules.nodes.0.nextAt")+" "+ftoa(list.Int("maintenanceSchedules.nodes.0.opened")), "1  5")
		is(t, "none goes on", s.Customer.Must(listSchedules, apptest.Vars{"e": false}).Int("maintenanceSchedules.totalCount"), 0)

		// Taken up anew from another day, and ended by hand: twice is once.
		d = sub(t, s.Customer.Must(setSchedule, yearly(o, "2026-09-30", 12)), "maintenanceScheduleSet.maintenanceSchedule")
		is(t, "anew", d.Str("id")+" "+at(t, d, "nextAt")+" "+ftoa(d.Int("opened")), id+" 2026-09-30T00:00:00+08:00 0")
		for range 2 {
			d = sub(t, s.Customer.Must(endSchedule, apptest.Vars{"id": id}), "maintenanceScheduleEnd.maintenanceSchedule")
			is(t, "ended", d.Get("nextAt"), nil)
		}
		s.Advance("2026-10-15T00:00:00+08:00")
		is(t, "no more", len(openings(t, s.Customer)), 5)
		is(t, "node", s.Customer.Must(`query($id: ID!) { node(id: $id) { ... on MaintenanceSchedule { everyMonths } } }`, apptest.Vars{"id": id}).Int("node.everyMonths"), 12)
	})
}

// What a schedule refuses; and goods that are gone end it instead of opening a case.
func TestSchedulesAreRefused(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-10T23:30:00+08:00" // still the 10th in Beijing
		s := e.Sandbox("mall", now)
		o := kettle(s, "A1", now)
		foreign := s.OrderOf("c-2", "B1", now, nil, apptest.Line{SKU: "LAMP", Quantity: 1, UnitPrice: "10.00"})
		ok := yearly(o, "2025-03-11", 12)
		for _, tc := range []struct {
			code, field string
			vars        apptest.Vars
		}{
			{"INVALID_INPUT", "input.everyMonths", with(ok, "everyMonths", 0)},
			{"INVALID_INPUT", "input.everyMonths", with(ok, "everyMonths", 121)},
			{"INVALID_INPUT", "input.firstOn", with(ok, "firstOn", "2025-03-10")},
			{"INVALID_INPUT", "input.firstOn", with(ok, "firstOn", "2081-01-01")},
			{"INVALID_INPUT", "input.until", with(ok, "until", "2025-03-10")},
			{"INVALID_INPUT", "input.note", with(ok, "note", "a\x01b")},
			{"NOT_FOUND", "input.orderLine", with(ok, "orderLine", foreign.Lines[0])},
		} {
			refusedAs(t, s.Customer.Refused(setSchedule, tc.vars), tc.code, tc.field)
		}
		refusedAs(t, s.Agent.Refused(endSchedule, apptest.Vars{"id": "mnt_01h455vb4pex5vsknk084sn02q"}), "NOT_FOUND", "id")
		for _, who := range []apptest.Caller{s.Warehouse, s.Finance, s.Integration, e.As(auth.Technician, s.Slug, "he.wei")} {
			if r := who.Do(setSchedule, ok); len(r.Errors) != 1 || r.Errors[0].Code() != "FORBIDDEN" {
				t.Errorf("%s", r.Raw)
			}
		}
		gone := kettle(s, "A2", now)
		s.Customer.Must(setSchedule, yearly(gone, "2025-03-12", 1))
		s.Customer.Must(setSchedule, ok)
		others := e.As(auth.Customer, s.Slug, "c-2")
		is(t, "not theirs", others.Must(listSchedules, nil).Int("maintenanceSchedules.totalCount"), 0)
		s.Customer.Must(cancelOrder, cancelVars(s, gone))
		refusedAs(t, s.Customer.Refused(setSchedule, yearly(gone, "2025-03-12", 1)), "NOT_ELIGIBLE", "input.orderLine")
		s.Advance("2025-03-13T09:00:00+08:00")
		is(t, "opened", openings(t, s.Customer), []string{"2025-03-11T00:00:00+08:00"})
		d := s.Customer.Must(listSchedules, apptest.Vars{"l": gone.Lines[0]})
		is(t, "ended", at(t, d, "maintenanceSchedules.nodes.0.nextAt")+ftoa(d.Int("maintenanceSchedules.nodes.0.opened")), "0")
	})
}

// On a live merchant the background worker opens the cases: once, however many workers come by at once, and one case however
// many days passed while none did.
func TestMaintenanceOpensOnce(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Live("mall")
		now := e.Now()
		first := now.In(beijing).AddDate(0, 0, 2).Format(time.DateOnly)
		var orders []apptest.Order
		for i := range 5 {
			o := kettle(s, "A"+ftoa(i), now.Format(time.RFC3339))
			orders = append(orders, o)
			s.Customer.Must(setSchedule, yearly(o, first, 1))
		}
		sweep := func() {
			var all sync.WaitGroup
			errs := make([]error, 4)
			for i := range errs {
				all.Go(func() { _, errs[i] = e.App.Cases.Sweep(t.Context()) })
			}
			all.Wait()
			for _, err := range errs {
				if err != nil {
					t.Error(err)
				}
			}
		}
		sweep()
		is(t, "too early", len(openings(t, s.Agent)), 0)
		e.AdvanceReal(3 * 24 * time.Hour)
		sweep()
		is(t, "once each", len(openings(t, s.Agent)), len(orders))
		e.AdvanceReal(100 * 24 * time.Hour) // three more months
		sweep()
		sweep()
		is(t, "one for all that passed", len(openings(t, s.Agent)), 2*len(orders))
		for _, n := range s.Agent.Must(listSchedules, nil).List("maintenanceSchedules.nodes") {
			next, err := time.Parse(time.RFC3339, n.Str("nextAt"))
			if err != nil || !next.After(e.Now()) {
				t.Errorf("next %s (%v)", n.Str("nextAt"), err)
			}
			is(t, "opened", n.Int("opened"), 2)
		}
	})
}
