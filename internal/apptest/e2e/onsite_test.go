package e2e

import (
	"fmt"
	"strings"
	"testing"

	"aftersales/internal/apptest"
	"aftersales/internal/auth"
	"aftersales/internal/lifecycle"
)

const serviceFields = `id number kind status statusLabel version channel description closedAt outcome outcomeNote quantity orderLine { id sku }
	order { id } customer { name } wishedTimes { from to } openQuestion serviceWay confirmedAt steps workDone completedAt
	visits { id state startsAt endsAt technician { id name } arrangedAt movedBy note startedAt endedAt case { id status } }
	deadlines { ` + deadlineFields + ` } nextDeadline { kind } allowedActions
	events(first: 100) { nodes { type at text note actor { role name } } }`

const servicePayload = ` { service { ` + serviceFields + ` }` + refusal + `} }`

const (
	requestService  = `mutation($in: ServiceRequestInput!) { serviceRequest(input: $in)` + servicePayload
	askService      = `mutation($id: ID!, $v: Int) { serviceRequestInfo(id: $id, expectedVersion: $v, question: "Which floor?")` + servicePayload
	answerService   = `mutation($id: ID!, $v: Int) { serviceProvideInfo(id: $id, expectedVersion: $v, answer: "The third.")` + servicePayload
	confirmService  = `mutation($id: ID!, $v: Int, $in: ServiceConfirmInput!) { serviceConfirm(id: $id, expectedVersion: $v, input: $in)` + servicePayload
	rejectService   = `mutation($id: ID!, $v: Int) { serviceReject(id: $id, expectedVersion: $v, reason: "We do not go there.")` + servicePayload
	cancelService   = `mutation($id: ID!, $v: Int) { serviceCancel(id: $id, expectedVersion: $v, reason: "Did it myself.")` + servicePayload
	scheduleService = `mutation($id: ID!, $v: Int, $in: VisitScheduleInput!) { serviceVisitSchedule(id: $id, expectedVersion: $v, input: $in)` + servicePayload
	missedService   = `mutation($id: ID!, $v: Int, $in: VisitMissedInput!) { serviceVisitMissed(id: $id, expectedVersion: $v, input: $in)` + servicePayload
	startService    = `mutation($id: ID!, $v: Int, $at: DateTime) { serviceVisitStart(id: $id, expectedVersion: $v, startedAt: $at)` + servicePayload
	endService      = `mutation($id: ID!, $v: Int, $at: DateTime, $note: String = "A part is missing.") { serviceVisitEnd(id: $id, expectedVersion: $v, endedAt: $at, note: $note)` + servicePayload
	completeService = `mutation($id: ID!, $v: Int, $in: ServiceCompleteInput!) { serviceComplete(id: $id, expectedVersion: $v, input: $in)` + servicePayload
)

func lookService(t testing.TB, c apptest.Caller, id string) caseOf {
	t.Helper()
	d := c.Must(`query($id: ID!) { service(id: $id) { `+serviceFields+` } }`, apptest.Vars{"id": id})
	return caseOf{sub(t, d, "service"), t}
}

func serviceVars(s *apptest.Shop, o apptest.Order, kind string) apptest.Vars {
	return apptest.Vars{"in": apptest.Vars{"idempotencyKey": s.Key(), "kind": kind, "orderLine": o.Lines[0], "description": "Please come."}}
}

// served asks, as the customer, for a service for one of an order's first line, and returns the case's id.
func served(s *apptest.Shop, o apptest.Order, kind string) string {
	return s.Customer.Must(requestService, serviceVars(s, o, kind)).Str("serviceRequest.service.id")
}

// confirmed asks for a service and confirms it on site; more is merged into the input of the confirmation.
func confirmed(s *apptest.Shop, o apptest.Order, kind string, more apptest.Vars) string {
	id := served(s, o, kind)
	in := apptest.Vars{"way": "ON_SITE", "steps": []string{"We come."}}
	for k, v := range more {
		in[k] = v
	}
	s.Agent.Must(confirmService, apptest.Vars{"id": id, "in": in})
	return id
}

// adopt lets the merchant keep a plan for some kinds of cases.
func adopt(s *apptest.Shop, plan string, kinds ...lifecycle.Kind) {
	for _, k := range kinds {
		s.Adopt(string(k), plan)
	}
}

func from(start, end string, more ...any) apptest.Vars {
	in := apptest.Vars{"startsAt": start, "endsAt": end}
	for i := 0; i < len(more); i += 2 {
		in[more[i].(string)] = more[i+1]
	}
	return in
}

// fitter makes a member of staff who goes to customers, and gives their id too.
func fitter(s *apptest.Shop, subject, name string) (apptest.Caller, string) {
	d := s.Admin.Must(`mutation($s: String!, $n: String!) { staffUpsert(input: { subject: $s, name: $n, role: TECHNICIAN }) { staff { id } userErrors { code field message } } }`,
		apptest.Vars{"s": subject, "n": name})
	return s.Env.As(auth.Technician, s.Slug, subject), d.Str("staffUpsert.staff.id")
}

// SLA-A-2.1.1, SLA-B-2.1.2: installation, commissioning and guidance at the customer's, from the request to the work done, each
// step with who may do it, what the customer sees of it and in the order of the timeline.
func TestServiceFromRequestToCompletion(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-03-10T09:00:00+08:00")
		adopt(s, "SLA-A", lifecycle.Services()...)
		tech, techID := fitter(s, "he.wei", "He Wei")
		o := kettle(s, "A1", "2025-03-10T09:00:00+08:00")
		vars := with(serviceVars(s, o, "INSTALLATION"), "wishedTimes", []apptest.Vars{{"from": "2025-03-11T10:00:00+08:00", "to": "2025-03-11T18:00:00+08:00"}})
		vars = with(vars, "quantity", 2)
		id := s.Customer.Must(requestService, vars).Str("serviceRequest.service.id")
		is(t, "the same key", s.Customer.Must(requestService, vars).Str("serviceRequest.service.id"), id)
		refusedAs(t, s.Customer.Refused(requestService, with(vars, "quantity", 1)), "IDEMPOTENCY_MISMATCH", "")

		c := lookService(t, s.Customer, id)
		if n := c.Str("number"); !strings.HasPrefix(n, "S250310-") {
			t.Errorf("number %s", n)
		}
		is(t, "opened", c.Str("kind")+" "+c.Str("status")+" "+c.Str("channel")+" "+ftoa(c.Int("quantity"))+" "+c.Str("orderLine.sku"), "INSTALLATION REQUESTED WEBSITE 2 KETTLE")
		is(t, "wished", at(t, c.Data, "wishedTimes.0.from"), "2025-03-11T10:00:00+08:00")
		is(t, "way", c.Get("serviceWay"), nil)
		// Whoever answers, confirms and tells the plan within SLA-A's 24 hours keeps MALL's 24 hours to answer, too.
		is(t, "clocks", ftoa(len(c.List("deadlines")))+" "+c.deadline("FIRST_RESPONSE").Str("rule.clause"), "1 SLA-A-2.2.1")
		is(t, "customer's actions", c.Strings("allowedActions"), []string{"SERVICE_CANCEL", "CASE_MESSAGE_ADD", "CASE_EVIDENCE_ADD"})
		is(t, "agent's actions", lookService(t, s.Agent, id).Strings("allowedActions"),
			[]string{"SERVICE_REQUEST_INFO", "SERVICE_CONFIRM", "SERVICE_REJECT", "SERVICE_CANCEL", "CASE_ASSIGN", "CASE_RESPOND", "CASE_MESSAGE_ADD", "CASE_EVIDENCE_ADD"})
		is(t, "technician's actions", lookService(t, tech, id).Strings("allowedActions"), []string{"CASE_MESSAGE_ADD", "CASE_EVIDENCE_ADD"})

		s.Agent.Must(askService, apptest.Vars{"id": id})
		c = lookService(t, s.Customer, id)
		is(t, "asked", c.Str("status")+" "+c.Str("openQuestion")+" "+state(c.deadline("INFO_REPLY")), "NEEDS_INFO Which floor? RUNNING open")
		s.Customer.Must(answerService, apptest.Vars{"id": id})
		is(t, "answered", lookService(t, s.Customer, id).Get("openQuestion"), nil)

		s.Advance("2025-03-10T11:00:00+08:00")
		s.Agent.Must(confirmService, apptest.Vars{"id": id, "v": 3, "in": apptest.Vars{"way": "ON_SITE", "steps": []string{"Unpack it", "Wait for us"},
			"appointment": from("2025-03-11T10:00:00+08:00", "2025-03-11T12:00:00+08:00", "technician", techID, "note", "Ring twice.")}})
		c = lookService(t, s.Customer, id)
		is(t, "confirmed", c.Str("status")+" "+c.Str("serviceWay")+" "+at(t, c.Data, "confirmedAt"), "VISIT_SCHEDULED ON_SITE 2025-03-10T11:00:00+08:00")
		is(t, "told", c.Strings("steps"), []string{"Unpack it", "Wait for us"})
		v := c.List("visits")[0]
		is(t, "visit", v.Str("state")+" "+at(t, v, "startsAt")+" "+v.Str("technician.name")+" "+at(t, v, "arrangedAt")+" "+v.Str("note"),
			"SCHEDULED 2025-03-11T10:00:00+08:00 He Wei 2025-03-10T11:00:00+08:00 Ring twice.")
		is(t, "its case", v.Str("case.id")+" "+v.Str("case.status"), id+" VISIT_SCHEDULED")
		d := c.deadline("SITE_VISIT")
		is(t, "SITE_VISIT", state(d)+" "+at(t, d, "startedAt")+" "+at(t, d, "dueAt")+" "+d.Str("rule.clause"),
			"RUNNING open 2025-03-10T11:00:00+08:00 2025-03-12T11:00:00+08:00 SLA-A-2.2.2")
		is(t, "said", c.first("VISIT_SCHEDULED", "").Str("text"), "A visit was agreed for 2025-03-11 10:00 – 12:00 (Asia/Shanghai).")
		is(t, "said", lookService(t, s.Customer.In("zh-CN"), id).first("VISIT_SCHEDULED", "").Str("text"), "已预约上门时间：2025-03-11 10:00 – 12:00 (Asia/Shanghai)。")
		is(t, "customer's actions", c.Strings("allowedActions"), []string{"SERVICE_CANCEL", "CASE_MESSAGE_ADD", "CASE_EVIDENCE_ADD"})
		is(t, "technician's actions", lookService(t, tech, id).Strings("allowedActions"),
			[]string{"SERVICE_VISIT_SCHEDULE", "SERVICE_VISIT_MISSED", "SERVICE_VISIT_START", "CASE_MESSAGE_ADD", "CASE_EVIDENCE_ADD"})

		s.Advance("2025-03-11T11:00:00+08:00")
		tech.Must(startService, apptest.Vars{"id": id, "at": "2025-03-11T10:30:00+08:00"})
		c = lookService(t, s.Customer, id)
		d = c.deadline("SITE_VISIT")
		is(t, "there", c.Str("status")+" "+state(d)+" "+at(t, d, "metAt"), "IN_VISIT MET 2025-03-11T10:30:00+08:00")
		is(t, "technician's actions", lookService(t, tech, id).Strings("allowedActions"),
			[]string{"SERVICE_VISIT_END", "SERVICE_COMPLETE", "CASE_MESSAGE_ADD", "CASE_EVIDENCE_ADD"})
		refusedAs(t, s.Customer.Refused(cancelService, apptest.Vars{"id": id}), "ILLEGAL_TRANSITION", "")

		tech.Must(endService, apptest.Vars{"id": id, "at": "2025-03-11T10:50:00+08:00"})
		c = lookService(t, s.Customer, id)
		is(t, "comes again", c.Str("status")+" "+c.Str("visits.0.state")+" "+at(t, c.Data, "visits.0.endedAt")+" "+c.Str("visits.0.note"),
			"REQUESTED ENDED 2025-03-11T10:50:00+08:00 A part is missing.")
		refusedAs(t, tech.Refused(completeService, apptest.Vars{"id": id, "in": apptest.Vars{"workDone": "All."}}), "ILLEGAL_TRANSITION", "")
		tech.Must(scheduleService, apptest.Vars{"id": id, "in": from("2025-03-12T10:00:00+08:00", "2025-03-12T12:00:00+08:00")})
		s.Advance("2025-03-12T10:05:00+08:00")
		tech.Must(startService, apptest.Vars{"id": id})
		s.Advance("2025-03-12T11:30:00+08:00")
		tech.Must(completeService, apptest.Vars{"id": id, "in": apptest.Vars{"workDone": "Mounted and tested.", "endedAt": "2025-03-12T11:00:00+08:00"}})
		c = lookService(t, s.Customer, id)
		is(t, "done", c.Str("status")+" "+c.Str("outcome")+" "+c.Str("workDone")+" "+at(t, c.Data, "completedAt")+" "+at(t, c.Data, "closedAt"),
			"COMPLETED RESOLVED Mounted and tested. 2025-03-12T11:30:00+08:00 2025-03-12T11:30:00+08:00")
		v = c.List("visits")[1]
		is(t, "second visit", v.Str("state")+" "+v.Str("technician.name")+" "+at(t, v, "startedAt")+" "+at(t, v, "endedAt"),
			"ENDED He Wei 2025-03-12T10:05:00+08:00 2025-03-12T11:00:00+08:00")
		is(t, "timeline", c.events(), []string{"OPENED", "INFO_REQUESTED", "INFO_PROVIDED", "APPROVED", "SITE_VISIT_DUE", "VISIT_SCHEDULED",
			"VISIT_STARTED", "VISIT_ENDED", "VISIT_SCHEDULED", "VISIT_STARTED", "VISIT_ENDED", "SERVICE_DONE", "CLOSED"})
		is(t, "answers", state(c.deadline("FIRST_RESPONSE")), "MET")

		// Another way to the same.
		d = s.Customer.Must(`query($id: ID!, $n: String!, $v: ID!) { node(id: $id) { ... on OnSiteService { status visits { state } } } service(number: $n) { id }
			case(id: $id) { __typename number } visit: node(id: $v) { ... on Visit { state case { number } } } services(filter: { kind: [INSTALLATION] }) { totalCount nodes { id } } }`,
			apptest.Vars{"id": id, "n": c.Str("number"), "v": v.Str("id")})
		is(t, "node", d.Str("node.status")+" "+d.Str("service.id")+" "+d.Str("case.__typename")+" "+d.Str("visit.case.number"), "COMPLETED "+id+" OnSiteService "+c.Str("number"))
		is(t, "list", fmt.Sprint(d.Int("services.totalCount"), d.Str("services.nodes.0.id")), fmt.Sprint(1, id))
		others := e.As(auth.Customer, s.Slug, "c-2")
		s.OrderOf("c-2", "B1", "2025-03-10T09:00:00+08:00", nil, apptest.Line{SKU: "LAMP", Quantity: 1, UnitPrice: "10.00"})
		is(t, "not theirs", others.Must(`query($id: ID!) { service(id: $id) { id } }`, apptest.Vars{"id": id}).Get("service"), nil)
	})
}

// What a service can be asked for, and what else is refused: every field of the request, and every state in which nothing of
// it can be done. Whoever has not to do with it is refused before anything is looked at.
func TestServicesAreRefused(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-10T09:00:00+08:00"
		s := e.Sandbox("mall", now)
		o := kettle(s, "A1", now)
		foreign := s.OrderOf("c-2", "B1", now, nil, apptest.Line{SKU: "LAMP", Quantity: 1, UnitPrice: "10.00"})
		ok := serviceVars(s, o, "COMMISSIONING")
		for _, tc := range []struct {
			name, code, field string
			vars              apptest.Vars
		}{
			{"a kind that is no service", "INVALID_INPUT", "input.kind", with(ok, "kind", "REPAIR")},
			{"none", "INVALID_INPUT", "input.quantity", with(ok, "quantity", 0)},
			{"more than bought", "QUANTITY_EXCEEDS_BOUGHT", "input.quantity", with(ok, "quantity", 3)},
			{"no words", "INVALID_INPUT", "input.description", with(ok, "description", " ")},
			{"a time without length", "INVALID_INPUT", "input.wishedTimes.0.to", with(ok, "wishedTimes", []apptest.Vars{{"from": now, "to": now}})},
			{"an unknown line", "NOT_FOUND", "input.orderLine", with(ok, "orderLine", "lin_01h455vb4pex5vsknk084sn02q")},
			{"somebody else's line", "NOT_FOUND", "input.orderLine", with(ok, "orderLine", foreign.Lines[0])},
			{"no key", "INVALID_INPUT", "idempotencyKey", with(ok, "idempotencyKey", "")},
		} {
			t.Log(tc.name)
			refusedAs(t, s.Customer.Refused(requestService, tc.vars), tc.code, tc.field)
		}
		six := make([]apptest.Vars, 6)
		for i := range six {
			six[i] = apptest.Vars{"from": now, "to": "2025-03-10T10:00:00+08:00"}
		}
		refusedAs(t, s.Customer.Refused(requestService, with(ok, "wishedTimes", six)), "INVALID_INPUT", "input.wishedTimes")

		// Goods that were cancelled or sent back need no service; five of a kind are enough.
		gone := kettle(s, "A2", now)
		s.Customer.Must(cancelOrder, cancelVars(s, gone))
		refusedAs(t, s.Customer.Refused(requestService, serviceVars(s, gone, "INSTALLATION")), "NOT_ELIGIBLE", "input.orderLine")
		var ids []string
		for range 5 {
			ids = append(ids, served(s, o, "COMMISSIONING"))
		}
		is(t, "maximum", param(t, refusedAs(t, s.Customer.Refused(requestService, ok), "LIMIT_EXCEEDED", ""), "maximum"), "5")
		s.Customer.Must(requestService, with(ok, "kind", "USAGE_GUIDANCE"))

		id := apptest.Vars{"id": ids[0]}
		onSite := apptest.Vars{"id": ids[0], "in": apptest.Vars{"way": "ON_SITE", "steps": []string{"We come."}}}
		slot := from("2025-03-11T10:00:00+08:00", "2025-03-11T12:00:00+08:00")
		visit := apptest.Vars{"id": ids[0], "in": slot}
		missed := apptest.Vars{"id": ids[0], "in": apptest.Vars{"at": now, "note": "Nobody."}}
		done := apptest.Vars{"id": ids[0], "in": apptest.Vars{"workDone": "All."}}
		for _, step := range []struct {
			doc  string
			vars apptest.Vars
		}{{answerService, id}, {scheduleService, visit}, {missedService, missed}, {startService, id}, {endService, id}, {completeService, done}} {
			refusedAs(t, s.Agent.Refused(step.doc, step.vars), "ILLEGAL_TRANSITION", "")
		}
		for field, in := range map[string]apptest.Vars{
			"input.steps":              {"way": "ON_SITE", "steps": []string{}},
			"input.steps.1":            {"way": "ON_SITE", "steps": []string{"We come.", ""}},
			"input.appointment":        {"way": "REMOTE", "steps": []string{"We call."}, "appointment": slot},
			"input.appointment.endsAt": {"way": "ON_SITE", "steps": []string{"We come."}, "appointment": from("2025-03-11T10:00:00+08:00", "2025-03-11T10:00:00+08:00")},
		} {
			refusedAs(t, s.Agent.Refused(confirmService, apptest.Vars{"id": ids[0], "in": in}), "INVALID_INPUT", field)
		}
		refusedAs(t, s.Agent.Refused(confirmService, apptest.Vars{"id": ids[0], "v": 7, "in": onSite["in"]}), "CONFLICT", "")
		s.Agent.Must(confirmService, onSite)
		for _, doc := range []string{confirmService, askService, rejectService} {
			refusedAs(t, s.Agent.Refused(doc, onSite), "ILLEGAL_TRANSITION", "")
		}
		refusedAs(t, s.Agent.Refused(startService, id), "ILLEGAL_TRANSITION", "") // no time is agreed on
		for _, who := range []apptest.Caller{s.Customer, s.Warehouse, s.Finance, s.Integration} {
			for _, step := range []struct {
				doc  string
				vars apptest.Vars
			}{{confirmService, onSite}, {rejectService, id}, {askService, id}, {scheduleService, visit}, {missedService, missed}, {startService, id}, {endService, id}, {completeService, done}} {
				if r := who.Do(step.doc, step.vars); len(r.Errors) != 1 || r.Errors[0].Code() != "FORBIDDEN" {
					t.Errorf("%s", r.Raw)
				}
			}
		}

		s.Agent.Must(rejectService, apptest.Vars{"id": ids[1]})
		c := lookService(t, s.Customer, ids[1])
		is(t, "rejected", c.Str("status")+" "+c.Str("outcome")+" "+c.Str("outcomeNote"), "REJECTED REJECTED We do not go there.")
		s.Agent.Must(scheduleService, visit)
		s.Customer.Must(cancelService, id)
		c = lookService(t, s.Customer, ids[0])
		is(t, "cancelled", c.Str("status")+" "+c.Str("outcome")+" "+c.Str("visits.0.state"), "CANCELLED CANCELLED CANCELLED")
		refusedAs(t, s.Agent.Refused(scheduleService, visit), "ILLEGAL_TRANSITION", "")

		// The question was not answered: the case expires at the end of the seventh day after it.
		s.Agent.Must(askService, apptest.Vars{"id": ids[2]})
		s.Advance(before(t, "2025-03-18T00:00:00+08:00"))
		is(t, "before", lookService(t, s.Customer, ids[2]).Str("status"), "NEEDS_INFO")
		s.Advance("2025-03-18T00:00:00+08:00")
		c = lookService(t, s.Customer, ids[2])
		is(t, "expired", c.Str("status")+" "+c.Str("outcome"), "EXPIRED EXPIRED")
	})
}
