package contract

import (
	"fmt"
	"testing"

	"aftersales/internal/apptest"
)

// States that a service at the customer's can be brought to, beside REQUESTED and NEEDS_INFO.
const (
	confirmedService = "REQUESTED, confirmed"
	visitAgreed      = "VISIT_SCHEDULED"
	inVisit          = "IN_VISIT"
)

func onServiceDo(call string) string {
	return `mutation($id: ID!) { ` + call + ` { service { id status } userErrors { code field message } } }`
}

// bringService makes a service of c-1 whose first appointment begins at once, and brings it to a state; it returns its id.
func bringService(s *apptest.Shop, state string) string {
	id := s.Customer.Must(`mutation($in: ServiceRequestInput!) { serviceRequest(input: $in) { service { id } userErrors { code field message } } }`,
		apptest.Vars{"in": apptest.Vars{"idempotencyKey": s.Key(), "kind": "INSTALLATION", "orderLine": order(s).Lines[0], "description": "Come."}}).Str("serviceRequest.service.id")
	vars := apptest.Vars{"id": id}
	switch state {
	case requested:
	case needsInfo:
		s.Agent.Must(onServiceDo(`serviceRequestInfo(id: $id, question: "Q?")`), vars)
	case confirmedService:
		s.Agent.Must(onServiceDo(`serviceConfirm(id: $id, input: { way: ON_SITE, steps: ["S"] })`), vars)
	case visitAgreed, inVisit:
		s.Agent.Must(onServiceDo(`serviceConfirm(id: $id, input: { way: ON_SITE, steps: ["S"], appointment: { startsAt: "`+clockAt+`", endsAt: "2025-09-24T12:00:00+08:00" } })`), vars)
		if state == inVisit {
			s.Agent.Must(onServiceDo(`serviceVisitStart(id: $id)`), vars)
		}
	default:
		panic("no such state: " + state)
	}
	return id
}

// onService brings a service to a state for an attempt, the same one until it is used up.
func onService(state string) func(*world) apptest.Vars {
	return func(w *world) apptest.Vars {
		if w.targets["service "+state] == "" {
			w.targets["service "+state] = bringService(w.main, state)
		}
		return apptest.Vars{"id": w.targets["service "+state], "key": fmt.Sprintf("key-%d", w.next())}
	}
}

// maintained sets a maintenance schedule for an order's first line and returns its id.
func maintained(s *apptest.Shop, o apptest.Order) string {
	return s.Agent.Must(`mutation($line: ID!) { maintenanceScheduleSet(input: { orderLine: $line, everyMonths: 6, firstOn: "2025-12-31" }) { maintenanceSchedule { id } userErrors { code field message } } }`,
		apptest.Vars{"line": o.Lines[0]}).Str("maintenanceScheduleSet.maintenanceSchedule.id")
}

// appoint makes a service for an order line with an agreed visit, and a maintenance schedule for the line.
func appoint(s *apptest.Shop, line string) {
	d := s.Agent.Must(`mutation($in: ServiceRequestInput!, $line: ID!) { serviceRequest(input: $in) { service { id } userErrors { code field message } }
		maintenanceScheduleSet(input: { orderLine: $line, everyMonths: 6, firstOn: "2025-12-31" }) { userErrors { code field message } } }`,
		apptest.Vars{"line": line, "in": apptest.Vars{"idempotencyKey": s.Key(), "kind": "INSTALLATION", "orderLine": line, "description": "Come."}})
	s.Agent.Must(onServiceDo(`serviceConfirm(id: $id, input: { way: ON_SITE, steps: ["S"], appointment: { startsAt: "`+clockAt+`", endsAt: "2025-09-24T12:00:00+08:00" } })`),
		apptest.Vars{"id": d.Str("serviceRequest.service.id")})
}

// serviceReads are the pages of services, visits and schedules; all cases of the shop are services.
var serviceReads = []pageRead{
	{"services with their visits",
		`query($n: Int!) { services(first: $n) { nodes { number status serviceWay steps wishedTimes { from } orderLine { sku unitPrice { amount } } visits { state startsAt technician { name } case { number } } nextDeadline { kind } allowedActions } } }`,
		"services.nodes", 11},
	{"the calendar of visits",
		`query($n: Int!) { visits(first: $n, from: "2025-09-01T00:00:00Z", to: "2025-10-31T00:00:00Z") { nodes { startsAt state technician { name } case { number customer { name } ... on OnSiteService { orderLine { sku } } } } } }`,
		"visits.nodes", 7},
	{"maintenance schedules",
		`query($n: Int!) { maintenanceSchedules(first: $n) { nodes { nextAt everyMonths orderLine { sku unitPrice { amount } } customer { name } } } }`,
		"maintenanceSchedules.nodes", 6},
}

// A page of services, of visits or of schedules costs the same number of statements for 1 row and for 100.
func TestReadsOfServicesCostTheSameWhateverTheirSize(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", clockAt)
		for range 100 {
			appoint(s, order(s).Lines[0])
		}
		for _, read := range serviceReads {
			read.cost(t, e, s, nil)
		}
	})
}

func onRepairDo(call string) string {
	return `mutation($id: ID!) { ` + call + ` { repair { id status } userErrors { code field message } } }`
}

// bringRepairVisit makes a repair of c-1 at the customer's, whose first appointment begins at once, and brings it to a state.
func bringRepairVisit(s *apptest.Shop, state string) string {
	id := bringRepair(s, requested)
	vars := apptest.Vars{"id": id}
	switch state {
	case requested:
	case confirmedService:
		s.Agent.Must(onRepairDo(`repairApprove(id: $id, input: { way: ON_SITE, steps: ["S"] })`), vars)
	case visitAgreed, inVisit:
		s.Agent.Must(onRepairDo(`repairApprove(id: $id, input: { way: ON_SITE, steps: ["S"], appointment: { startsAt: "`+clockAt+`", endsAt: "2025-09-24T12:00:00+08:00" } })`), vars)
		if state == inVisit {
			s.Agent.Must(onRepairDo(`repairVisitStart(id: $id)`), vars)
		}
	default:
		panic("no such state: " + state)
	}
	return id
}

// onRepairVisit is onService for repairs at the customer's.
func onRepairVisit(state string) func(*world) apptest.Vars {
	return func(w *world) apptest.Vars {
		if w.targets["repair visit "+state] == "" {
			w.targets["repair visit "+state] = bringRepairVisit(w.main, state)
		}
		return apptest.Vars{"id": w.targets["repair visit "+state]}
	}
}
