package e2e

import (
	"testing"

	"aftersales/internal/apptest"
)

const derivePlan = `mutation($k: String!, $in: PlanDeriveInput!) { planDerive(idempotencyKey: $k, input: $in) { plan { code version base { code version } promises { kind clause length unit priority extendTo explainAhead onTimeout compensation { perDayBps capBps clause } } }
	userErrors { code field message params { name value } } } }`

func derive(s *apptest.Shop, in apptest.Vars) apptest.Data {
	return s.Admin.Must(derivePlan, apptest.Vars{"k": s.Key(), "in": in})
}

// A merchant's own plan is stricter, has versions, and a case keeps the one it opened under: also for a second server on the
// same database, which learns of it from there.
func TestADerivedPlanHasVersions(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const opened = "2025-03-11T10:00:00+08:00"
		s := e.Sandbox("mall", opened)
		twelve := apptest.Vars{"base": "MALL", "code": "GOLD", "name": "Gold", "promises": []apptest.Vars{{"kind": "FIRST_RESPONSE", "length": 12}, {"kind": "SHIP_BACK", "length": 14}}}
		key := s.Key()
		d := s.Admin.Must(derivePlan, apptest.Vars{"k": key, "in": twelve})
		is(t, "first version", d.Int("planDerive.plan.version"), 1)
		is(t, "base", d.Str("planDerive.plan.base.code"), "MALL")
		is(t, "again", s.Admin.Must(derivePlan, apptest.Vars{"k": key, "in": twelve}).Int("planDerive.plan.version"), 1)
		s.Adopt("RETURN", "GOLD")
		first := s.Request(kettle(s, "A1", opened), "RETURN_AND_REFUND", 1)
		is(t, "second version", derive(s, apptest.Vars{"base": "GOLD", "code": "GOLD", "name": "Gold", "promises": []apptest.Vars{{"kind": "FIRST_RESPONSE", "length": 90, "unit": "MINUTES"}}}).Int("planDerive.plan.version"), 2)
		second := s.Request(kettle(s, "A2", opened), "RETURN_AND_REFUND", 1)

		other := apptest.StartOn(t, e.Engine, e.Config)
		elsewhere := *s
		elsewhere.Env = other
		agent := s.Agent
		agent.Env = other
		for _, c := range []apptest.Caller{s.Agent, agent} {
			for id, due := range map[string]string{first: "2025-03-11T22:00:00+08:00", second: "2025-03-11T11:30:00+08:00"} {
				got := look(t, c, id).deadline("FIRST_RESPONSE")
				is(t, "due", at(t, got, "dueAt"), due)
			}
			is(t, "kept", c.Must(`query($id: ID!) { case(id: $id) { plans { code version } } }`, apptest.Vars{"id": first}).Int("case.plans.1.version"), 1)
		}
		agent.Must(respondFully, apptest.Vars{"id": first, "k": "elsewhere", "c": true})
		is(t, "answered there", look(t, s.Agent, first).deadline("FIRST_RESPONSE").Str("state"), "MET")
		s.Agent.Must(apptest.ApproveReturn, apptest.Vars{"id": second})
		is(t, "the customer has the longer time", at(t, look(t, s.Agent, second).deadline("SHIP_BACK"), "dueAt"), "2025-03-26T00:00:00+08:00") // 14 days after 11 March
	})
}

// MALL-1.3a: less than the base promises is refused, naming its clause; and so is what no plan can say.
func TestAPlanBelowItsFloorIsRefused(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-03-11T10:00:00+08:00")
		with := func(base, code string, promise apptest.Vars) apptest.Vars {
			return apptest.Vars{"k": s.Key(), "in": apptest.Vars{"base": base, "code": code, "name": "Own", "promises": []apptest.Vars{promise}}}
		}
		for _, c := range []struct {
			name, base      string
			promise         apptest.Vars
			code, field, by string
		}{
			{"longer", "MALL", apptest.Vars{"kind": "REFUND", "length": 4}, "POLICY_BELOW_FLOOR", "input.promises.0.length", "MALL-4.2a"},
			{"calendar days are not provably longer than hours", "MALL", apptest.Vars{"kind": "REFUND", "length": 73, "unit": "HOURS"}, "POLICY_BELOW_FLOOR", "input.promises.0.length", "MALL-4.2a"},
			{"the customer's time", "MALL", apptest.Vars{"kind": "SHIP_BACK", "length": 6}, "POLICY_BELOW_FLOOR", "input.promises.0.length", "MALL-3.2e"},
			{"a longer extension", "MALL", apptest.Vars{"kind": "REPAIR", "extendTo": 11}, "POLICY_BELOW_FLOOR", "input.promises.0.extendTo", "MALL-4.3b"},
			{"less compensation", "COURIER", apptest.Vars{"kind": "FIRST_RESPONSE", "compensation": apptest.Vars{"perDayBps": 99}}, "POLICY_BELOW_FLOOR", "input.promises.0.compensation", "COURIER-4.1.1"},
			{"not explained in advance", "SLA-B", apptest.Vars{"kind": "SEND_BACK", "explainAhead": false}, "POLICY_BELOW_FLOOR", "input.promises.0.explainAhead", "SLA-B-2.2.4"},
			{"warned later", "SLA-B", apptest.Vars{"kind": "SEND_BACK", "atRiskPercent": 76}, "POLICY_BELOW_FLOOR", "input.promises.0.atRiskPercent", "SLA-B-2.2.4"},
			{"nothing of the kind", "SLA-B", apptest.Vars{"kind": "REFUND", "length": 1}, "INVALID_INPUT", "input.promises.0.kind", ""},
			{"no length", "MALL", apptest.Vars{"kind": "REFUND", "length": 0}, "INVALID_INPUT", "input.promises.0.length", ""},
			{"expiring the customer's case for the merchant's delay", "MALL", apptest.Vars{"kind": "REVIEW", "onTimeout": []string{"EXPIRE"}}, "INVALID_INPUT", "input.promises.0.onTimeout", ""},
			{"compensation of an unknown size", "MALL", apptest.Vars{"kind": "REVIEW", "onTimeout": []string{"PROPOSE_COMPENSATION"}}, "INVALID_INPUT", "input.promises.0.compensation", ""},
			{"unknown base", "SLA-X", apptest.Vars{"kind": "REVIEW", "length": 1}, "NOT_FOUND", "input.base", ""},
		} {
			r := refusedAs(t, s.Admin.Refused(derivePlan, with(c.base, "OWN", c.promise)), c.code, c.field)
			if c.by != "" {
				is(t, c.name, param(t, r, "clause"), c.by)
			}
		}
		refusedAs(t, s.Admin.Refused(derivePlan, with("MALL", "SLA-A", apptest.Vars{"kind": "REVIEW", "length": 1})), "INVALID_INPUT", "input.code")
		refusedAs(t, s.Admin.Refused(derivePlan, with("MALL", "gold", apptest.Vars{"kind": "REVIEW", "length": 1})), "INVALID_INPUT", "input.code")
		derive(s, with("MALL", "OWN", apptest.Vars{"kind": "REVIEW", "length": 1})["in"].(apptest.Vars))
		refusedAs(t, s.Admin.Refused(derivePlan, with("SLA-A", "OWN", apptest.Vars{"kind": "SITE_VISIT", "length": 1})), "INVALID_INPUT", "input.base")
	})
}

// COURIER-4.1.2: an urgent target is configuration: 30 minutes for urgent cases beside the 24 hours for all.
func TestAnUrgentTargetIsAdded(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const opened = "2025-03-11T10:00:00+08:00"
		s := e.Sandbox("mall", opened)
		derive(s, apptest.Vars{"base": "MALL", "code": "QUICK", "name": "Quick", "promises": []apptest.Vars{{"kind": "FIRST_RESPONSE", "priority": "URGENT", "length": 30, "unit": "MINUTES"}}})
		s.Adopt("RETURN", "QUICK")
		vars := s.RequestVars(kettle(s, "A1", opened), "RETURN_AND_REFUND", 1)
		vars["in"].(apptest.Vars)["reasonHandle"] = "WRONG_ITEM"
		urgent := s.Customer.Must(apptest.RequestReturn, vars).Str("returnRequest.return.id")
		normal := s.Request(kettle(s, "A2", opened), "RETURN_AND_REFUND", 1)
		is(t, "urgent", at(t, clock(t, s.Agent, urgent, "COURIER-4.1.2"), "dueAt"), "2025-03-11T10:30:00+08:00")
		is(t, "normal", at(t, clock(t, s.Agent, normal, "MALL-4.1a"), "dueAt"), "2025-03-12T10:00:00+08:00")
	})
}

// What a stricter plan would have changed on last quarter's cases: three were answered after 1, 5 and 23 hours, a fourth after
// 25, a fifth belongs to this quarter. Of the three kept, 2 would have missed 4 hours.
func TestAPlanIsTriedOutOnLastQuarter(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-03-03T10:00:00+08:00")
		o := s.Order("A1", "2025-03-03T10:00:00+08:00", apptest.Line{SKU: "CUP", Quantity: 9, UnitPrice: "10.00"})
		var ids []string
		for range 4 {
			ids = append(ids, s.Request(o, "RETURN_AND_REFUND", 1))
		}
		for i, when := range []string{"2025-03-03T11:00:00+08:00", "2025-03-03T15:00:00+08:00", "2025-03-04T09:00:00+08:00", "2025-03-04T11:00:00+08:00"} {
			s.Advance(when)
			answer(s, ids[i])
		}
		s.Advance("2025-04-01T00:00:00+08:00") // the first instant of the second quarter in Shanghai
		s.Request(o, "RETURN_AND_REFUND", 1)
		const preview = `query($k: [CaseKind!], $in: PlanDeriveInput!) { planPreview(kinds: $k, input: $in) { plan { code version } from to cases truncated promises { promise { kind length unit } cases kept wouldMiss } } }`
		in := apptest.Vars{"base": "MALL", "code": "GOLD", "name": "Gold", "promises": []apptest.Vars{{"kind": "FIRST_RESPONSE", "length": 4}}}
		var d apptest.Data
		statements := e.Statements(func() { d = s.Admin.Must(preview, apptest.Vars{"in": in}) })
		is(t, "quarter", []any{d.Str("planPreview.from"), d.Str("planPreview.to")}, []any{"2025-01-01", "2025-03-31"})
		is(t, "cases", d.Int("planPreview.cases"), 4)
		p := d.List("planPreview.promises")[0]
		is(t, "first response", []any{p.Str("promise.kind"), p.Int("promise.length"), p.Int("cases"), p.Int("kept"), p.Int("wouldMiss")}, []any{"FIRST_RESPONSE", 4, 4, 3, 2})
		if len(statements) > 12 {
			t.Errorf("%d statements", len(statements))
		}
		is(t, "nothing is kept", len(s.Admin.Must(`{ plans { code builtIn } }`, nil).List("plans")), 7)
		is(t, "no repairs", s.Admin.Must(preview, apptest.Vars{"k": []string{"REPAIR"}, "in": in}).Int("planPreview.cases"), 0)
		r := s.Admin.Do(preview, apptest.Vars{"in": apptest.Vars{"base": "MALL", "code": "GOLD", "name": "Gold", "promises": []apptest.Vars{{"kind": "FIRST_RESPONSE", "length": 25}}}})
		if len(r.Errors) != 1 || r.Errors[0].Code() != "POLICY_BELOW_FLOOR" {
			t.Errorf("%s", r.Raw)
		}
	})
}
