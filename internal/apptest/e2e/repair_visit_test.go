package e2e

import (
	"strings"
	"testing"

	"aftersales/internal/apptest"
)

const repairPayload = ` { repair { id status version }` + refusal + `} }`

const (
	scheduleRepair = `mutation($id: ID!, $v: Int, $in: VisitScheduleInput!) { repairVisitSchedule(id: $id, expectedVersion: $v, input: $in)` + repairPayload
	missedRepair   = `mutation($id: ID!, $v: Int, $in: VisitMissedInput!) { repairVisitMissed(id: $id, expectedVersion: $v, input: $in)` + repairPayload
	comeToRepair   = `mutation($id: ID!, $v: Int, $at: DateTime) { repairVisitStart(id: $id, expectedVersion: $v, startedAt: $at)` + repairPayload
	leaveRepair    = `mutation($id: ID!, $v: Int, $in: RepairVisitEndInput!) { repairVisitEnd(id: $id, expectedVersion: $v, input: $in)` + repairPayload
)

// visitsOf are the states of a repair's visits, in order, with what was said about each.
func visitsOf(c apptest.Caller, id string) string {
	var out []string
	for _, v := range c.Must(`query($id: ID!) { repair(id: $id) { visits { state movedBy note technician { name } case { id } } } }`, apptest.Vars{"id": id}).List("repair.visits") {
		out = append(out, v.Str("state"))
	}
	return strings.Join(out, " ")
}

// onSite files a repair of which it is agreed that somebody comes within an hour of the merchant's clock.
func onSite(s *apptest.Shop, o apptest.Order, slot apptest.Vars) string {
	id := asked(s, o)
	s.Agent.Must(approveRepair, apptest.Vars{"id": id, "in": apptest.Vars{"way": "ON_SITE", "steps": []string{"We come."}, "appointment": slot}})
	return id
}

// SLA-A-2.2.2, MALL-4.3a, X8.8: a repair at the customer's. Filed on Monday the 10th of March at nine, SITE_VISIT is due on
// Wednesday at nine and REPAIR at the end of Wednesday the 19th (11 to 14, 17 to 19). Nobody opens on Thursday: REPAIR stands still
// until Friday, one working day. The customer then wants Monday instead: another one.
func TestRepairAtTheCustomers(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-10T09:00:00+08:00"
		s := e.Sandbox("mall", now)
		s.Adopt("REPAIR", "SLA-A")
		tech, techID := fitter(s, "he.wei", "He Wei")
		id := onSite(s, broken(t, s, "A1", now), from("2025-03-11T10:00:00+08:00", "2025-03-11T12:00:00+08:00", "technician", techID))
		c := lookRepair(t, s.Customer, id)
		is(t, "approved", c.Str("status")+" "+c.Str("way"), "VISIT_SCHEDULED ON_SITE")
		is(t, "SITE_VISIT", at(t, c.deadline("SITE_VISIT"), "dueAt"), "2025-03-12T09:00:00+08:00")
		is(t, "REPAIR", at(t, c.deadline("REPAIR"), "dueAt"), "2025-03-20T00:00:00+08:00")
		is(t, "technician's actions", lookRepair(t, tech, id).Strings("allowedActions")[:3], []string{"REPAIR_VISIT_SCHEDULE", "REPAIR_VISIT_MISSED", "REPAIR_VISIT_START"})

		s.Advance("2025-03-11T10:30:00+08:00")
		tech.Must(comeToRepair, apptest.Vars{"id": id})
		c = lookRepair(t, s.Customer, id)
		is(t, "there", c.Str("status")+" "+state(c.deadline("SITE_VISIT"))+" "+state(c.deadline("REPAIR")), "IN_VISIT MET RUNNING open")
		refusedAs(t, s.Customer.Refused(cancelRepair, apptest.Vars{"id": id}), "ILLEGAL_TRANSITION", "")
		tech.Must(diagnoseRepair, found(id, forFree))
		refusedAs(t, tech.Refused(leaveRepair, apptest.Vars{"id": id, "in": apptest.Vars{}}), "INVALID_INPUT", "input.next")
		refusedAs(t, tech.Refused(leaveRepair, apptest.Vars{"id": id, "in": apptest.Vars{"next": "SEND_IN"}}), "INVALID_INPUT", "input.next")
		refusedAs(t, tech.Refused(leaveRepair, apptest.Vars{"id": id, "in": apptest.Vars{"next": "AGAIN", "note": " "}}), "INVALID_INPUT", "input.note")
		tech.Must(leaveRepair, apptest.Vars{"id": id, "in": apptest.Vars{"next": "AGAIN", "note": "A cord is needed."}})
		is(t, "comes again", lookRepair(t, s.Customer, id).Str("status")+" "+visitsOf(s.Customer, id), "DIAGNOSED ENDED")
		refusedAs(t, tech.Refused(leaveRepair, apptest.Vars{"id": id, "in": apptest.Vars{"next": "AGAIN", "note": "Again."}}), "ILLEGAL_TRANSITION", "")

		tech.Must(scheduleRepair, apptest.Vars{"id": id, "in": from("2025-03-13T10:00:00+08:00", "2025-03-13T12:00:00+08:00")})
		s.Advance("2025-03-13T11:00:00+08:00")
		tech.Must(missedRepair, apptest.Vars{"id": id, "in": apptest.Vars{"at": "2025-03-13T10:30:00+08:00", "note": "Nobody."}})
		c = lookRepair(t, s.Customer, id)
		d := c.deadline("REPAIR")
		is(t, "missed", c.Str("status")+" "+state(d)+" "+at(t, d, "pauses.0.from")+" "+state(c.deadline("APPOINTMENT")), "DIAGNOSED PAUSED open 2025-03-13T10:00:00+08:00 RUNNING open")
		tech.Must(scheduleRepair, apptest.Vars{"id": id, "in": from("2025-03-14T10:00:00+08:00", "2025-03-14T12:00:00+08:00")})
		c = lookRepair(t, s.Customer, id)
		is(t, "until Friday", state(c.deadline("REPAIR"))+" "+at(t, c.deadline("REPAIR"), "dueAt")+" "+state(c.deadline("APPOINTMENT")), "RUNNING open 2025-03-21T00:00:00+08:00 MET")
		tech.Must(scheduleRepair, apptest.Vars{"id": id, "in": from("2025-03-17T10:00:00+08:00", "2025-03-17T12:00:00+08:00", "movedBy", "CUSTOMER")})
		d = lookRepair(t, s.Customer, id).deadline("REPAIR")
		is(t, "until Monday", at(t, d, "dueAt")+" "+at(t, d, "promisedDueAt"), "2025-03-22T00:00:00+08:00 2025-03-20T00:00:00+08:00")
		tech.Must(scheduleRepair, apptest.Vars{"id": id, "in": from("2025-03-18T10:00:00+08:00", "2025-03-18T12:00:00+08:00", "movedBy", "MERCHANT")})
		is(t, "the merchant's", at(t, lookRepair(t, s.Customer, id).deadline("REPAIR"), "dueAt"), "2025-03-22T00:00:00+08:00")
		is(t, "visits", visitsOf(s.Customer, id), "ENDED MISSED MOVED MOVED SCHEDULED")

		s.Advance("2025-03-18T10:10:00+08:00")
		tech.Must(comeToRepair, apptest.Vars{"id": id})
		tech.Must(startRepair, apptest.Vars{"id": id})
		s.Advance("2025-03-18T11:00:00+08:00")
		tech.Must(completeRepair, apptest.Vars{"id": id})
		c = lookRepair(t, s.Customer, id)
		is(t, "done", c.Str("status")+" "+c.Str("outcome")+" "+state(c.deadline("REPAIR"))+" "+visitsOf(s.Customer, id), "COMPLETED REPAIRED MET ENDED MISSED MOVED MOVED ENDED")
		is(t, "SITE_VISIT once", len(c.told("SITE_VISIT_DUE", "")), 1)
	})
}

// Whatever is found at the customer's: the goods go along (RECEIVED, the depot's 72 hours run from the end of the visit), are sent
// in (SHIP_BACK, 7 days), somebody comes again, or nothing is repaired and the visit was all.
func TestAfterAVisit(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-10T09:00:00+08:00"
		s := e.Sandbox("mall", now)
		s.Adopt("REPAIR", "SLA-A")
		tech, _ := fitter(s, "he.wei", "He Wei")
		slot := from("2025-03-10T09:00:00+08:00", "2025-03-10T12:00:00+08:00")
		visited := func(number string) string {
			id := onSite(s, broken(t, s, number, now), slot)
			tech.Must(comeToRepair, apptest.Vars{"id": id, "at": now})
			return id
		}
		end := func(id string, in apptest.Vars) { tech.Must(leaveRepair, apptest.Vars{"id": id, "in": in}) }
		taken, sent, again, fine, hopeless := visited("A1"), visited("A2"), visited("A3"), visited("A4"), visited("A5")
		s.Advance("2025-03-10T11:00:00+08:00")
		for _, wrong := range []string{"2025-03-10T08:59:59+08:00", "2025-03-10T11:00:01+08:00"} {
			refusedAs(t, tech.Refused(leaveRepair, apptest.Vars{"id": taken, "in": apptest.Vars{"next": "TAKEN_IN", "endedAt": wrong}}), "INVALID_INPUT", "input.endedAt")
		}
		refusedAs(t, tech.Refused(leaveRepair, apptest.Vars{"id": taken, "in": apptest.Vars{"next": "TAKEN_IN", "returnAddress": "adr_01h455vb4pex5vsknk084sn02q"}}), "INVALID_INPUT", "input.returnAddress")
		refusedAs(t, tech.Refused(leaveRepair, apptest.Vars{"id": sent, "in": apptest.Vars{"next": "SEND_IN", "returnAddress": "adr_01h455vb4pex5vsknk084sn02q"}}), "NOT_FOUND", "input.returnAddress")

		end(taken, apptest.Vars{"next": "TAKEN_IN", "endedAt": "2025-03-10T10:00:00+08:00"})
		c := lookRepair(t, s.Customer, taken)
		d := c.deadline("DEPOT_INSPECTION")
		is(t, "taken along", c.Str("status")+" "+c.Str("way")+" "+at(t, c.Data, "receivedAt")+" "+at(t, d, "startedAt")+" "+at(t, d, "dueAt"),
			"RECEIVED DEPOT 2025-03-10T10:00:00+08:00 2025-03-10T10:00:00+08:00 2025-03-13T10:00:00+08:00")
		refusedAs(t, tech.Refused(scheduleRepair, apptest.Vars{"id": taken, "in": from("2025-03-11T10:00:00+08:00", "2025-03-11T12:00:00+08:00")}), "ILLEGAL_TRANSITION", "")
		tech.Must(diagnoseRepair, found(taken, forFree))
		tech.Must(completeRepair, apptest.Vars{"id": taken})
		is(t, "at the depot", lookRepair(t, s.Customer, taken).Str("status"), "TESTED")

		end(sent, apptest.Vars{"next": "SEND_IN"})
		c = lookRepair(t, s.Customer, sent)
		is(t, "to be sent in", c.Str("status")+" "+c.Str("way")+" "+c.Str("instructions.returnAddress.name")+" "+state(c.deadline("REPAIR")), "AWAITING_SHIPMENT DEPOT main PAUSED open")
		is(t, "SHIP_BACK", at(t, c.deadline("SHIP_BACK"), "dueAt"), "2025-03-18T00:00:00+08:00")
		s.Customer.Must(shipRepair, apptest.Vars{"id": sent})
		s.Warehouse.Must(receiveRepair, apptest.Vars{"id": sent})
		c = lookRepair(t, s.Customer, sent)
		is(t, "received", c.Str("status")+" "+state(c.deadline("SHIP_BACK"))+" "+state(c.deadline("DEPOT_INSPECTION")), "RECEIVED MET RUNNING open")

		end(again, apptest.Vars{"next": "AGAIN", "note": "No time."})
		c = lookRepair(t, s.Agent, again)
		is(t, "again", c.Str("status")+" "+visitsOf(s.Agent, again), "REQUESTED ENDED")
		s.Agent.Must(scheduleRepair, apptest.Vars{"id": again, "in": from("2025-03-11T10:00:00+08:00", "2025-03-11T12:00:00+08:00")})
		s.Customer.Must(cancelRepair, apptest.Vars{"id": again})
		is(t, "cancelled", visitsOf(s.Agent, again), "ENDED CANCELLED")

		tech.Must(diagnoseRepair, found(fine, noFault))
		for _, wrong := range []apptest.Vars{{"next": "AGAIN", "note": "Why?"}, {"next": "SEND_IN"}} {
			refusedAs(t, tech.Refused(leaveRepair, apptest.Vars{"id": fine, "in": wrong}), "INVALID_INPUT", "input.next")
		}
		end(fine, apptest.Vars{"note": "It works."})
		c = lookRepair(t, s.Customer, fine)
		is(t, "nothing wrong", c.Str("status")+" "+c.Str("outcome")+" "+visitsOf(s.Customer, fine), "COMPLETED NO_FAULT_FOUND ENDED")

		tech.Must(diagnoseRepair, found(hopeless, beyond))
		end(hopeless, apptest.Vars{"next": "TAKEN_IN"})
		c = lookRepair(t, s.Customer, hopeless)
		is(t, "goes home", c.Str("status")+" "+state(c.deadline("SEND_BACK"))+" "+at(t, c.deadline("SEND_BACK"), "dueAt"), "DIAGNOSED RUNNING open 2025-03-11T11:00:00+08:00")
		is(t, "was diagnosed before", c.has("DEPOT_INSPECTION"), false)
		s.Warehouse.Must(repairGoesHome, apptest.Vars{"id": hopeless})
		s.Customer.Must(repairIsHome, apptest.Vars{"id": hopeless})
		c = lookRepair(t, s.Customer, hopeless)
		is(t, "home", c.Str("status")+" "+c.Str("outcome")+" "+state(c.deadline("SEND_BACK")), "COMPLETED UNREPAIRABLE MET")
	})
}

// Nobody comes where the goods are sent in; an appointment is checked with the approval; and visits are the business of those who
// go there.
func TestRepairVisitsAreRefused(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-10T09:00:00+08:00"
		s := e.Sandbox("mall", now)
		_, techID := fitter(s, "he.wei", "He Wei")
		slot := from("2025-03-11T10:00:00+08:00", "2025-03-11T12:00:00+08:00", "technician", techID)
		id := asked(s, broken(t, s, "A1", now))
		approval := func(way string, slot apptest.Vars) apptest.Vars {
			return apptest.Vars{"id": id, "in": apptest.Vars{"way": way, "steps": []string{"S"}, "appointment": slot}}
		}
		refusedAs(t, s.Agent.Refused(scheduleRepair, apptest.Vars{"id": id, "in": slot}), "ILLEGAL_TRANSITION", "")
		refusedAs(t, s.Agent.Refused(approveRepair, approval("DEPOT", slot)), "INVALID_INPUT", "input.appointment")
		refusedAs(t, s.Agent.Refused(approveRepair, approval("ON_SITE", from("2025-03-11T12:00:00+08:00", "2025-03-11T10:00:00+08:00"))), "INVALID_INPUT", "input.appointment.endsAt")
		refusedAs(t, s.Agent.Refused(approveRepair, approval("ON_SITE", from("2025-03-09T10:00:00+08:00", "2025-03-09T12:00:00+08:00"))), "INVALID_INPUT", "input.appointment.startsAt")
		confirmed(s, kettle(s, "K1", now), "INSTALLATION", apptest.Vars{"appointment": slot})
		refusedAs(t, s.Agent.Refused(approveRepair, approval("ON_SITE", slot)), "NOT_ELIGIBLE", "input.appointment.technician") // at a service elsewhere
		s.Agent.Must(approveRepair, apptest.Vars{"id": id, "in": apptest.Vars{"way": "ON_SITE", "steps": []string{"S"}}})
		is(t, "time to be agreed", lookRepair(t, s.Agent, id).Str("status"), "REQUESTED")
		missed := apptest.Vars{"id": id, "in": apptest.Vars{"at": now, "note": "N"}}
		leave := apptest.Vars{"id": id, "in": apptest.Vars{"next": "TAKEN_IN"}}
		refusedAs(t, s.Agent.Refused(missedRepair, missed), "ILLEGAL_TRANSITION", "")
		refusedAs(t, s.Agent.Refused(comeToRepair, apptest.Vars{"id": id}), "ILLEGAL_TRANSITION", "")
		refusedAs(t, s.Agent.Refused(leaveRepair, leave), "ILLEGAL_TRANSITION", "")
		s.Agent.Must(scheduleRepair, apptest.Vars{"id": id, "in": from("2025-03-11T10:00:00+08:00", "2025-03-11T12:00:00+08:00")})
		refusedAs(t, s.Agent.Refused(scheduleRepair, apptest.Vars{"id": id, "v": 1, "in": slot}), "CONFLICT", "")
		for _, who := range []apptest.Caller{s.Customer, s.Warehouse, s.Finance, s.Integration} {
			forbidden(t, who, scheduleRepair, apptest.Vars{"id": id, "in": slot})
			forbidden(t, who, missedRepair, missed)
			forbidden(t, who, comeToRepair, apptest.Vars{"id": id})
			forbidden(t, who, leaveRepair, leave)
		}
	})
}
