package e2e

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"aftersales/internal/apptest"
	"aftersales/internal/lifecycle"
)

// SLA-A-2.2.2: somebody comes within 48 hours of the confirmation; SLA-B-2.2.2: within 24. X8.8: what counts is the visit, not
// the appointment; both are on record. Hours are counted through holidays: Spring Festival 2025 is 28 January to 4 February,
// that of 2026 15 to 23 February, National Day 2025 1 to 8 October.
func TestSiteVisitInTime(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		for _, tc := range []struct{ slug, plan, start, due, clause string }{
			{"a-spring25", "SLA-A", "2025-01-27T15:00:00+08:00", "2025-01-29T15:00:00+08:00", "SLA-A-2.2.2"},
			{"b-spring25", "SLA-B", "2025-01-27T15:00:00+08:00", "2025-01-28T15:00:00+08:00", "SLA-B-2.2.2"},
			{"a-spring26", "SLA-A", "2026-02-14T15:00:00+08:00", "2026-02-16T15:00:00+08:00", "SLA-A-2.2.2"},
			{"b-spring26", "SLA-B", "2026-02-14T15:00:00+08:00", "2026-02-15T15:00:00+08:00", "SLA-B-2.2.2"},
			{"a-national", "SLA-A", "2025-09-30T23:30:00+08:00", "2025-10-02T23:30:00+08:00", "SLA-A-2.2.2"},
			{"b-national", "SLA-B", "2025-09-30T23:30:00+08:00", "2025-10-01T23:30:00+08:00", "SLA-B-2.2.2"},
		} {
			s := e.Sandbox(tc.slug, tc.start)
			adopt(s, tc.plan, lifecycle.Installation, lifecycle.Commissioning, lifecycle.Maintenance)
			o := kettle(s, "A1", tc.start)
			// The appointment is late by itself: it is taken, and the clock says so.
			late := apptest.Vars{"appointment": from(tc.due, strings.Replace(tc.due, ":00:00+08", ":59:00+08", 1))}
			if strings.HasSuffix(tc.due, "30:00+08:00") {
				late = apptest.Vars{"appointment": from(tc.due, strings.Replace(tc.due, ":30:00+08", ":59:00+08", 1))}
			}
			inTime, atDue, toldLate := confirmed(s, o, "INSTALLATION", late), confirmed(s, o, "COMMISSIONING", late), confirmed(s, o, "MAINTENANCE", late)
			d := lookService(t, s.Customer, inTime).deadline("SITE_VISIT")
			is(t, tc.slug, state(d)+" "+at(t, d, "dueAt")+" "+at(t, d, "promisedDueAt")+" "+d.Str("rule.clause")+" "+d.Str("obligor"),
				"RUNNING open "+tc.due+" "+tc.due+" "+tc.clause+" MERCHANT")

			s.Advance(before(t, tc.due))
			is(t, tc.slug+" one instant before", state(lookService(t, s.Customer, atDue).deadline("SITE_VISIT")), "RUNNING open")
			s.Agent.Must(startService, apptest.Vars{"id": inTime})
			d = lookService(t, s.Customer, inTime).deadline("SITE_VISIT")
			is(t, tc.slug+" in time", state(d)+" "+at(t, d, "metAt"), "MET "+cn(t, before(t, tc.due)))

			s.Advance(tc.due)
			is(t, tc.slug+" at the due instant", state(lookService(t, s.Customer, atDue).deadline("SITE_VISIT")), "BREACHED open owed")
			s.Agent.Must(startService, apptest.Vars{"id": atDue})
			c := lookService(t, s.Customer, atDue)
			d = c.deadline("SITE_VISIT")
			is(t, tc.slug+" late", state(d)+" "+at(t, d, "metAt")+" "+at(t, d, "breachedAt"), "BREACHED owed "+tc.due+" "+tc.due)
			is(t, tc.slug+" arranged and there", at(t, c.Data, "visits.0.arrangedAt")+" "+at(t, c.Data, "visits.0.startedAt"), tc.start+" "+tc.due)
			is(t, tc.slug+" told", at(t, c.first("DEADLINE_BREACHED", "visit"), "at"), tc.due)

			// Somebody was there in time and only said so afterwards.
			s.Agent.Must(startService, apptest.Vars{"id": toldLate, "at": before(t, tc.due)})
			d = lookService(t, s.Customer, toldLate).deadline("SITE_VISIT")
			is(t, tc.slug+" told late", state(d)+" "+at(t, d, "breachedAt"), "MET ")
		}
	})
}

// SLA-A-2.2.1 and MALL-4.1a for services: 24 hours to the first answer; SLA-B-2.2.1: one hour. A confirmation is all of it.
func TestFirstResponseToServices(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		for _, tc := range []struct{ plan, kind, due string }{
			{"SLA-A", "USAGE_GUIDANCE", "2025-01-29T15:00:00+08:00"},
			{"SLA-B", "INSTALLATION", "2025-01-28T16:00:00+08:00"},
		} {
			const start = "2025-01-28T15:00:00+08:00" // the first day of the festival
			s := e.Sandbox("mall-"+strings.ToLower(tc.plan), start)
			adopt(s, tc.plan, lifecycle.Kind(tc.kind))
			o := kettle(s, "A1", start)
			kept, broken := served(s, o, tc.kind), served(s, o, tc.kind)
			find := func(id string) apptest.Data {
				for _, d := range lookService(t, s.Customer, id).List("deadlines") {
					if d.Str("kind") == "FIRST_RESPONSE" && d.Str("rule.plan") == tc.plan {
						return d
					}
				}
				t.Fatal("no promise of " + tc.plan)
				return apptest.Data{}
			}
			is(t, tc.plan, at(t, find(kept), "dueAt"), tc.due)
			s.Advance(before(t, tc.due))
			answer(s, broken) // a word alone is not the whole answer
			s.Agent.Must(confirmService, apptest.Vars{"id": kept, "in": apptest.Vars{"way": "REMOTE", "steps": []string{"We call."}}})
			is(t, tc.plan+" kept", state(find(kept)), "MET")
			s.Advance(tc.due)
			is(t, tc.plan+" broken", state(find(broken)), "BREACHED open owed")
		}
	})
}

// X8.8: who moved an appointment decides who bears the time. Confirmed on Monday the 10th at nine, due on Wednesday the 12th at
// nine. The customer bears what lies between the time that was agreed on and a later one of theirs; what is moved back
// counts again; what the merchant moves is the merchant's.
func TestMovedAppointments(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-03-10T09:00:00+08:00")
		adopt(s, "SLA-A", lifecycle.Services()...)
		day := func(d, hour int) string { return fmt.Sprintf("2025-03-%02dT%02d:00:00+08:00", d, hour) }
		id := confirmed(s, kettle(s, "A1", day(10, 9)), "INSTALLATION", apptest.Vars{"appointment": from(day(11, 10), day(11, 12))})
		for i, step := range []struct {
			by      string
			d, hour int
			due     string
			pauses  []string
		}{
			{"MERCHANT", 11, 16, day(12, 9), nil},
			{"MERCHANT", 11, 10, day(12, 9), nil},
			{"CUSTOMER", 11, 9, day(12, 9), nil}, // earlier costs nothing
			{"MERCHANT", 11, 10, day(12, 9), nil},
			// From Tue 10:00 to Thu 10:00: two days more.
			{"CUSTOMER", 13, 10, day(14, 9), []string{day(11, 10) + " " + day(13, 10)}},
			{"MERCHANT", 13, 14, day(14, 9), []string{day(11, 10) + " " + day(13, 10)}},
			// Again, from Thu 14:00 to Fri 10:00: 20 hours more.
			{"CUSTOMER", 14, 10, day(15, 5), []string{day(11, 10) + " " + day(13, 10), day(13, 14) + " " + day(14, 10)}},
			// Back before that: the 20 hours count again; then half of the two days; then all.
			{"CUSTOMER", 13, 12, day(14, 9), []string{day(11, 10) + " " + day(13, 10)}},
			{"MERCHANT", 12, 10, day(13, 9), []string{day(11, 10) + " " + day(12, 10)}},
			{"CUSTOMER", 11, 9, day(12, 9), nil},
			// And once more, from Tue 9:00 to Thu 9:00.
			{"CUSTOMER", 13, 9, day(14, 9), []string{day(11, 9) + " " + day(13, 9)}},
		} {
			what := fmt.Sprintf("step %d", i)
			s.Agent.Must(scheduleService, apptest.Vars{"id": id, "in": from(day(step.d, step.hour), day(step.d, step.hour+1), "movedBy", step.by, "note", "Because.")})
			c := lookService(t, s.Customer, id)
			d := c.deadline("SITE_VISIT")
			is(t, what, c.Str("status")+" "+state(d)+" "+at(t, d, "dueAt")+" "+at(t, d, "promisedDueAt"), "VISIT_SCHEDULED RUNNING open "+step.due+" "+day(12, 9))
			var pauses []string
			for _, p := range d.List("pauses") {
				pauses = append(pauses, at(t, p, "from")+" "+at(t, p, "to"))
				is(t, what+" reason", p.Str("reason"), "The customer moved the appointment")
			}
			is(t, what+" pauses", pauses, step.pauses)
			visits := c.List("visits")
			is(t, what+" visits", len(visits), i+2)
			old := visits[i]
			is(t, what+" before", old.Str("state")+" "+old.Str("movedBy")+" "+old.Str("note"), "MOVED "+step.by+" Because.")
			is(t, what+" now", visits[i+1].Str("state")+" "+at(t, visits[i+1], "startsAt"), "SCHEDULED "+day(step.d, step.hour))
		}
		is(t, "why", lookService(t, s.Customer, id).deadline("SITE_VISIT").Str("why"), "48 hours from Monday 10 March 2025, 09:00 (Asia/Shanghai), nights and holidays included; "+
			"the pause from 11 March 09:00 to 13 March 09:00 (the customer moved the appointment) adds 48 hours; ends at 09:00 on Friday 14 March 2025.")

		// While the clock stands still nothing is late; it is, at its new due instant.
		s.Advance(day(13, 8))
		is(t, "standing still", state(lookService(t, s.Customer, id).deadline("SITE_VISIT")), "RUNNING open")
		s.Advance(day(14, 9))
		is(t, "due", state(lookService(t, s.Customer, id).deadline("SITE_VISIT")), "BREACHED open owed")

		// Somebody comes before the time that the customer wanted: nothing was spared beyond that.
		s.Advance(day(17, 9))
		id = confirmed(s, kettle(s, "A2", day(17, 9)), "INSTALLATION", apptest.Vars{"appointment": from(day(18, 9), day(18, 10))})
		s.Agent.Must(scheduleService, apptest.Vars{"id": id, "in": from(day(20, 9), day(20, 10), "movedBy", "CUSTOMER")})
		s.Advance(day(19, 8))
		s.Agent.Must(startService, apptest.Vars{"id": id})
		d := lookService(t, s.Customer, id).deadline("SITE_VISIT")
		is(t, "early", state(d)+" "+at(t, d, "pauses.0.to")+" "+at(t, d, "dueAt"), "MET "+day(19, 8)+" "+day(20, 8))
	})
}

// Nobody let the technician in: SITE_VISIT stands still from the start of the appointment until the next one, and the customer
// has seven days to agree on it (SLA-A-3.2.2), until the end of Tuesday the 18th; their silence ends the case.
func TestMissedAppointments(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-03-10T09:00:00+08:00")
		adopt(s, "SLA-A", lifecycle.Services()...)
		o := kettle(s, "A1", "2025-03-10T09:00:00+08:00")
		first := apptest.Vars{"appointment": from("2025-03-11T10:00:00+08:00", "2025-03-11T12:00:00+08:00")}
		id, silent := confirmed(s, o, "INSTALLATION", first), confirmed(s, o, "INSTALLATION", first)
		lateNews := confirmed(s, o, "COMMISSIONING", apptest.Vars{"appointment": from("2025-03-12T08:00:00+08:00", "2025-03-12T12:00:00+08:00")})
		miss := func(id, at string) apptest.Vars {
			return apptest.Vars{"id": id, "in": apptest.Vars{"at": at, "note": "Nobody opened."}}
		}
		refusedAs(t, s.Agent.Refused(missedService, miss(id, "2025-03-11T10:30:00+08:00")), "INVALID_INPUT", "input.at") // to come
		s.Advance("2025-03-11T11:00:00+08:00")
		for _, wrong := range []string{"2025-03-11T09:59:59+08:00", "2025-03-11T11:00:01+08:00"} {
			refusedAs(t, s.Agent.Refused(missedService, miss(id, wrong)), "INVALID_INPUT", "input.at")
		}
		refusedAs(t, s.Agent.Refused(missedService, apptest.Vars{"id": id, "in": apptest.Vars{"at": "2025-03-11T10:15:00+08:00", "note": ""}}), "INVALID_INPUT", "input.note")
		s.Agent.Must(missedService, miss(id, "2025-03-11T10:15:00+08:00"))
		s.Agent.Must(missedService, miss(silent, "2025-03-11T10:15:00+08:00"))
		c := lookService(t, s.Customer, id)
		is(t, "missed", c.Str("status")+" "+c.Str("visits.0.state")+" "+c.Str("visits.0.note"), "REQUESTED MISSED Nobody opened.")
		d := c.deadline("SITE_VISIT")
		is(t, "SITE_VISIT", state(d)+" "+at(t, d, "pauses.0.from")+" "+at(t, d, "pauses.0.to")+" "+d.Str("pauses.0.reason"),
			"PAUSED open 2025-03-11T10:00:00+08:00  Nobody let the technician in")
		d = c.deadline("APPOINTMENT")
		is(t, "APPOINTMENT", state(d)+" "+d.Str("obligor")+" "+at(t, d, "startedAt")+" "+at(t, d, "dueAt"), "RUNNING open CUSTOMER 2025-03-11T11:00:00+08:00 2025-03-19T00:00:00+08:00")
		refusedAs(t, s.Agent.Refused(missedService, miss(id, "2025-03-11T10:15:00+08:00")), "ILLEGAL_TRANSITION", "")

		// The due instant of the promise passes; a clock that stands still misses nothing. One case was not known to be missed.
		s.Advance("2025-03-12T10:00:00+08:00")
		is(t, "standing still", state(lookService(t, s.Customer, id).deadline("SITE_VISIT")), "PAUSED open")
		is(t, "not known", state(lookService(t, s.Customer, lateNews).deadline("SITE_VISIT")), "BREACHED open owed")
		s.Agent.Must(missedService, miss(lateNews, "2025-03-12T08:30:00+08:00"))
		d = lookService(t, s.Customer, lateNews).deadline("SITE_VISIT")
		is(t, "known late", state(d)+" "+at(t, d, "breachedAt"), "PAUSED open ")

		// From Tue 10:00 to Fri 10:00: three days more than Wed 9:00.
		s.Agent.Must(scheduleService, apptest.Vars{"id": id, "in": from("2025-03-14T10:00:00+08:00", "2025-03-14T12:00:00+08:00")})
		c = lookService(t, s.Customer, id)
		d = c.deadline("SITE_VISIT")
		is(t, "goes on", c.Str("status")+" "+state(d)+" "+at(t, d, "dueAt")+" "+at(t, d, "pauses.0.to"), "VISIT_SCHEDULED RUNNING open 2025-03-15T09:00:00+08:00 2025-03-14T10:00:00+08:00")
		is(t, "APPOINTMENT", state(c.deadline("APPOINTMENT")), "MET")
		// The customer wants another day once more: from Fri 10:00 to Sat 10:00; then an earlier one, and Fri 10:00 is Thu 10:00.
		s.Agent.Must(scheduleService, apptest.Vars{"id": id, "in": from("2025-03-15T10:00:00+08:00", "2025-03-15T12:00:00+08:00", "movedBy", "CUSTOMER")})
		is(t, "moved", at(t, lookService(t, s.Customer, id).deadline("SITE_VISIT"), "dueAt"), "2025-03-16T09:00:00+08:00")
		s.Agent.Must(scheduleService, apptest.Vars{"id": id, "in": from("2025-03-13T10:00:00+08:00", "2025-03-13T12:00:00+08:00", "movedBy", "CUSTOMER")})
		d = lookService(t, s.Customer, id).deadline("SITE_VISIT")
		is(t, "moved back", at(t, d, "dueAt")+" "+ftoa(len(d.List("pauses"))), "2025-03-14T09:00:00+08:00 1")
		s.Advance("2025-03-13T10:30:00+08:00")
		s.Agent.Must(startService, apptest.Vars{"id": id})
		is(t, "there", state(lookService(t, s.Customer, id).deadline("SITE_VISIT")), "MET")

		s.Advance(before(t, "2025-03-19T00:00:00+08:00"))
		is(t, "silent", lookService(t, s.Customer, silent).Str("status"), "REQUESTED")
		s.Advance("2025-03-19T00:00:00+08:00")
		c = lookService(t, s.Customer, silent)
		is(t, "expired", c.Str("status")+" "+c.Str("outcome")+" "+at(t, c.Data, "closedAt")+" "+state(c.deadline("SITE_VISIT")), "EXPIRED EXPIRED 2025-03-19T00:00:00+08:00 CANCELLED")
	})
}

// An appointment is to come, not endless, and its technician nowhere else; an overlap names the visit. The times being the
// same, only the technician changes.
func TestAppointmentsAreRefused(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-10T09:00:00+08:00"
		s, other := e.Sandbox("mall", now), e.Sandbox("other", now)
		_, he := fitter(s, "he.wei", "He Wei")
		tech2, ma := fitter(s, "ma.li", "Ma Li")
		_, foreign := fitter(other, "he.wei", "He Wei")
		o := kettle(s, "A1", now)
		a, b := confirmed(s, o, "INSTALLATION", nil), confirmed(s, o, "INSTALLATION", nil)
		book := func(id string, in apptest.Vars) apptest.Vars { return apptest.Vars{"id": id, "in": in} }
		for _, tc := range []struct {
			code, field string
			in          apptest.Vars
		}{
			{"INVALID_INPUT", "input.startsAt", from("2025-03-10T08:59:59+08:00", "2025-03-10T10:00:00+08:00")},
			{"INVALID_INPUT", "input.startsAt", from("2026-03-12T09:00:00+08:00", "2026-03-12T10:00:00+08:00")},
			{"INVALID_INPUT", "input.endsAt", from("2025-03-11T10:00:00+08:00", "2025-03-11T10:00:00+08:00")},
			{"INVALID_INPUT", "input.endsAt", from("2025-03-11T10:00:00+08:00", "2025-03-12T10:00:01+08:00")},
			{"INVALID_INPUT", "input.note", from("2025-03-11T10:00:00+08:00", "2025-03-11T12:00:00+08:00", "note", strings.Repeat("長", 5001))},
			{"INVALID_INPUT", "input.movedBy", from("2025-03-11T10:00:00+08:00", "2025-03-11T12:00:00+08:00", "movedBy", "CUSTOMER")},
			{"INVALID_INPUT", "input.movedBy", from("2025-03-11T10:00:00+08:00", "2025-03-11T12:00:00+08:00", "movedBy", "CARRIER")},
			{"NOT_FOUND", "input.technician", from("2025-03-11T10:00:00+08:00", "2025-03-11T12:00:00+08:00", "technician", foreign)},
		} {
			refusedAs(t, s.Agent.Refused(scheduleService, book(a, tc.in)), tc.code, tc.field)
		}
		s.Agent.Must(scheduleService, book(a, from("2025-03-11T10:00:00+08:00", "2025-03-11T12:00:00+08:00", "technician", he)))
		visit := lookService(t, s.Agent, a).Str("visits.0.id")
		refusedAs(t, s.Agent.Refused(scheduleService, book(a, from("2025-03-11T14:00:00+08:00", "2025-03-11T15:00:00+08:00"))), "INVALID_INPUT", "input.movedBy")
		overlap := from("2025-03-11T11:59:59+08:00", "2025-03-11T13:00:00+08:00", "technician", he)
		is(t, "named", param(t, refusedAs(t, s.Agent.Refused(scheduleService, book(b, overlap)), "NOT_ELIGIBLE", "input.technician"), "visit"), visit)
		s.Agent.Must(scheduleService, book(b, from("2025-03-11T12:00:00+08:00", "2025-03-11T13:00:00+08:00", "technician", he))) // right after

		// Somebody else comes at the same time; then the first is free for more.
		s.Agent.Must(scheduleService, book(a, from("2025-03-11T10:00:00+08:00", "2025-03-11T12:00:00+08:00", "technician", ma)))
		c := lookService(t, s.Agent, a)
		is(t, "another technician", ftoa(len(c.List("visits")))+" "+c.Str("visits.0.technician.name"), "1 Ma Li")
		s.Agent.Must(scheduleService, book(b, from("2025-03-11T11:00:00+08:00", "2025-03-11T12:00:00+08:00", "movedBy", "MERCHANT")))
		is(t, "as before", lookService(t, s.Agent, b).Str("visits.1.technician.name"), "He Wei")

		// The calendar: who goes where on the 11th.
		list := func(vars apptest.Vars) []string {
			d := s.Agent.Must(`query($from: DateTime!, $to: DateTime!, $t: ID, $st: [VisitState!]) { visits(from: $from, to: $to, technician: $t, state: $st) { totalCount nodes { startsAt state technician { name } case { id } } } }`, vars)
			var out []string
			for _, n := range d.List("visits.nodes") {
				out = append(out, cn(t, n.Str("startsAt"))[8:16]+" "+n.Str("state")+" "+n.Str("technician.name"))
			}
			is(t, "counted", d.Int("visits.totalCount"), len(out))
			return out
		}
		all := apptest.Vars{"from": "2025-03-11T00:00:00+08:00", "to": "2025-03-12T00:00:00+08:00"}
		is(t, "all", list(all), []string{"11T10:00 SCHEDULED Ma Li", "11T11:00 SCHEDULED He Wei", "11T12:00 MOVED He Wei"})
		is(t, "his", list(apptest.Vars{"from": all["from"], "to": all["to"], "t": he, "st": []string{"SCHEDULED"}}), []string{"11T11:00 SCHEDULED He Wei"})
		is(t, "touching", list(apptest.Vars{"from": "2025-03-11T11:59:00+08:00", "to": "2025-03-11T12:00:00+08:00"}), []string{"11T10:00 SCHEDULED Ma Li", "11T11:00 SCHEDULED He Wei"})
		is(t, "after", list(apptest.Vars{"from": "2025-03-11T13:00:00+08:00", "to": "2025-03-12T00:00:00+08:00"}), []string{})
		for _, bad := range []apptest.Vars{{"from": all["to"], "to": all["from"]}, {"from": all["from"], "to": all["from"]}} {
			if r := s.Agent.Do(`query($from: DateTime!, $to: DateTime!) { visits(from: $from, to: $to) { totalCount } }`, bad); len(r.Errors) != 1 || r.Errors[0].Code() != "BAD_USER_INPUT" {
				t.Errorf("%s", r.Raw)
			}
		}
		if r := s.Customer.Do(`query($from: DateTime!, $to: DateTime!) { visits(from: $from, to: $to) { totalCount } }`, all); len(r.Errors) != 1 || r.Errors[0].Code() != "FORBIDDEN" {
			t.Errorf("%s", r.Raw)
		}

		// A visit begins after the confirmation, ends after it began, and neither in the future; a technician who begins it is its.
		nobodys := confirmed(s, o, "COMMISSIONING", apptest.Vars{"appointment": from("2025-03-10T10:00:00+08:00", "2025-03-10T11:00:00+08:00")})
		for _, wrong := range []string{"2025-03-10T08:59:59+08:00", "2025-03-10T09:00:01+08:00"} {
			refusedAs(t, tech2.Refused(startService, apptest.Vars{"id": nobodys, "at": wrong}), "INVALID_INPUT", "startedAt")
		}
		tech2.Must(startService, apptest.Vars{"id": nobodys})
		is(t, "theirs", lookService(t, s.Agent, nobodys).Str("visits.0.technician.name"), "Ma Li")
		for _, wrong := range []string{"2025-03-10T08:59:59+08:00", "2025-03-10T09:00:01+08:00"} {
			refusedAs(t, tech2.Refused(endService, apptest.Vars{"id": nobodys, "at": wrong}), "INVALID_INPUT", "endedAt")
			refusedAs(t, tech2.Refused(completeService, apptest.Vars{"id": nobodys, "in": apptest.Vars{"workDone": "All.", "endedAt": wrong}}), "INVALID_INPUT", "input.endedAt")
		}
		refusedAs(t, tech2.Refused(endService, apptest.Vars{"id": nobodys, "note": " "}), "INVALID_INPUT", "note")
		refusedAs(t, tech2.Refused(completeService, apptest.Vars{"id": nobodys, "in": apptest.Vars{"workDone": ""}}), "INVALID_INPUT", "input.workDone")
	})
}

// Of appointments made at once for one technician and one time, one is made; of two acts on one case, one wins.
func TestATechnicianIsInOnePlace(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-10T09:00:00+08:00"
		s := e.Sandbox("mall", now)
		_, he := fitter(s, "he.wei", "He Wei")
		var cases []string
		for i := range 6 {
			cases = append(cases, confirmed(s, kettle(s, fmt.Sprint("A", i), now), "INSTALLATION", nil))
		}
		race := func(docs []string, vars []apptest.Vars) (won int, codes []string) {
			answers := make([]apptest.Response, len(vars))
			var all sync.WaitGroup
			for i := range vars {
				all.Go(func() { answers[i] = s.Agent.Do(docs[i%len(docs)], vars[i]) })
			}
			all.Wait()
			for _, a := range answers {
				switch {
				case len(a.Errors) > 0:
					t.Errorf("%s", a.Raw)
				case strings.Contains(a.Raw, `"userErrors":[]`):
					won++
				default:
					for _, code := range []string{"NOT_ELIGIBLE", "CONFLICT", "ILLEGAL_TRANSITION"} {
						if strings.Contains(a.Raw, `"`+code+`"`) {
							codes = append(codes, code)
						}
					}
				}
			}
			return won, codes
		}
		var vars []apptest.Vars
		for _, id := range cases {
			vars = append(vars, apptest.Vars{"id": id, "in": from("2025-03-11T10:00:00+08:00", "2025-03-11T12:00:00+08:00", "technician", he)})
		}
		won, codes := race([]string{scheduleService}, vars)
		is(t, "won", won, 1)
		is(t, "lost", len(codes), 5)

		// Moved and begun at the same version.
		one := confirmed(s, kettle(s, "B", now), "INSTALLATION", apptest.Vars{"appointment": from("2025-03-12T10:00:00+08:00", "2025-03-12T12:00:00+08:00")})
		v := lookService(t, s.Agent, one).Int("version")
		won, codes = race([]string{scheduleService, startService}, []apptest.Vars{
			{"id": one, "v": v, "in": from("2025-03-13T10:00:00+08:00", "2025-03-13T12:00:00+08:00", "movedBy", "MERCHANT")}, {"id": one, "v": v}})
		is(t, "won", won, 1)
		is(t, "lost", codes, []string{"CONFLICT"})
	})
}

// Guidance by telephone needs nobody there: no SITE_VISIT, and it is done without a visit. If it turns out that somebody has to
// come, SITE_VISIT starts when that is agreed on.
func TestRemoteServices(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-03-10T09:00:00+08:00")
		adopt(s, "SLA-A", lifecycle.UsageGuidance)
		o := kettle(s, "A1", "2025-03-10T09:00:00+08:00")
		remote := apptest.Vars{"way": "REMOTE", "steps": []string{"We call."}}
		call, come := served(s, o, "USAGE_GUIDANCE"), served(s, o, "USAGE_GUIDANCE")
		s.Agent.Must(confirmService, apptest.Vars{"id": call, "in": remote})
		s.Agent.Must(confirmService, apptest.Vars{"id": come, "in": remote})
		c := lookService(t, s.Agent, call)
		is(t, "confirmed", c.Str("status")+" "+c.Str("serviceWay"), "REQUESTED REMOTE")
		is(t, "SITE_VISIT", c.has("SITE_VISIT"), false)
		refusedAs(t, s.Agent.Refused(completeService, apptest.Vars{"id": call, "in": apptest.Vars{"workDone": "Told.", "endedAt": "2025-03-10T09:00:00+08:00"}}), "INVALID_INPUT", "input.endedAt")
		s.Agent.Must(completeService, apptest.Vars{"id": call, "in": apptest.Vars{"workDone": "Told."}})
		c = lookService(t, s.Customer, call)
		is(t, "done", c.Str("status")+" "+c.Str("outcome")+" "+c.Str("workDone"), "COMPLETED RESOLVED Told.")

		s.Advance("2025-03-11T09:00:00+08:00")
		s.Agent.Must(scheduleService, apptest.Vars{"id": come, "in": from("2025-03-12T10:00:00+08:00", "2025-03-12T12:00:00+08:00")})
		c = lookService(t, s.Customer, come)
		is(t, "on site", c.Str("status")+" "+c.Str("serviceWay")+" "+at(t, c.deadline("SITE_VISIT"), "dueAt"), "VISIT_SCHEDULED ON_SITE 2025-03-13T09:00:00+08:00")
	})
}
