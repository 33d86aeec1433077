package e2e

import (
	"slices"
	"testing"

	"aftersales/internal/apptest"
)

// SLA-A-2.1.2, SLA-B-2.1.3, X8.4: the scope of each plan is data. A covers repair and return, B repair alone: adopting B for
// returns is refused, and for repairs it takes nothing from MALL's returns. Cases of the other kinds: ticket_plan_test.go.
func TestScopesOfThePlans(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-03-11T10:15:00+08:00")
		scope := map[string][]string{}
		for _, p := range s.Agent.Must(`{ plans { code kinds } }`, nil).List("plans") {
			scope[p.Str("code")] = p.Strings("kinds")
		}
		for _, c := range []struct {
			plan, kind string
			in         bool
		}{{"SLA-A", "REPAIR", true}, {"SLA-A", "RETURN", true}, {"SLA-A", "INQUIRY", true}, {"SLA-A", "COMPLAINT", true}, {"SLA-A", "INSTALLATION", true},
			{"SLA-B", "REPAIR", true}, {"SLA-B", "RETURN", false}, {"SLA-B", "INQUIRY", true}, {"SLA-B", "COMPLAINT", true}, {"SLA-B", "MAINTENANCE", true}} {
			is(t, c.plan+" covers "+c.kind, slices.Contains(scope[c.plan], c.kind), c.in)
		}
		refusedAs(t, s.Admin.Refused(adoptPlans, apptest.Vars{"in": apptest.Vars{"kinds": []string{"RETURN"}, "plans": []string{"SLA-B"}}}), "NOT_ELIGIBLE", "input.plans.0")
		s.Adopt("REPAIR", "SLA-B")
		id := s.Request(kettle(s, "A1", "2025-03-11T10:15:00+08:00"), "RETURN_AND_REFUND", 1)
		is(t, "returns are MALL's", look(t, s.Agent, id).deadline("FIRST_RESPONSE").Str("rule.clause"), "MALL-4.1a")
	})
}

// SLA-A-3.2.1, SLA-A-3.1.1: the customer is asked for what is needed; the repair's clock stands still until they answer, and
// runs on from there. Asked on Wed 12 March, answered on Fri 14: Thu 13 and Fri 14 are added to 7 working days from Tue 11
// (Wed 12 to Thu 20 March), which makes Mon 24 the last.
func TestRepairWaitsForWhatTheCustomerOwes(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-03-11T10:15:00+08:00")
		id := s.Customer.Must(requestRepair, repairVars(s, broken(t, s, "A1", "2025-03-11T10:15:00+08:00"))).Str("repairRequest.repair.id")
		is(t, "promised", at(t, lookRepair(t, s.Agent, id).deadline("REPAIR"), "dueAt"), "2025-03-21T00:00:00+08:00")
		s.Advance("2025-03-12T09:00:00+08:00")
		s.Agent.Must(askAboutRepair, apptest.Vars{"id": id})
		is(t, "stands still", state(lookRepair(t, s.Agent, id).deadline("REPAIR")), "PAUSED open")
		s.Advance("2025-03-14T09:00:00+08:00")
		s.Customer.Must(answerRepair, apptest.Vars{"id": id})
		c := lookRepair(t, s.Customer, id)
		is(t, "goes on", c.Str("status")+" "+state(c.deadline("REPAIR"))+" "+at(t, c.deadline("REPAIR"), "dueAt"), "REQUESTED RUNNING open 2025-03-25T00:00:00+08:00")
		is(t, "the promise stands", at(t, c.deadline("REPAIR"), "promisedDueAt"), "2025-03-21T00:00:00+08:00")
	})
}
