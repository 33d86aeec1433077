package e2e

import (
	"sync"
	"testing"

	"aftersales/internal/apptest"
)

const adoptPlans = `mutation($in: PlanAdoptInput!) { planAdopt(input: $in) { plans { code version adoptedFor } userErrors { code field message params { name value } } } }`

// adoption is what a kind's new cases open under, by what `plans` says.
func adoption(c apptest.Caller, kind string) (codes []string) {
	for _, p := range c.Must(`{ plans { code version adoptedFor } }`, nil).List("plans") {
		for _, k := range p.Strings("adoptedFor") {
			if k == kind {
				codes = append(codes, p.Str("code"))
			}
		}
	}
	return codes
}

// SLA-A-2.2.1: a merchant keeps a plan for a kind of cases beside MALL; new cases open under both and keep them, also once the
// merchant keeps something else.
func TestAPlanIsAdoptedForNewCasesOfAKind(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-03-11T10:15:00+08:00")
		is(t, "at first", adoption(s.Agent, "RETURN"), []string{"MALL"})
		before := s.Request(kettle(s, "A1", "2025-03-11T10:15:00+08:00"), "RETURN_AND_REFUND", 1)
		s.Adopt("RETURN", "SLA-A", "COURIER")
		is(t, "adopted", adoption(s.Agent, "RETURN"), []string{"COURIER", "MALL", "SLA-A"})
		is(t, "for repairs", adoption(s.Agent, "REPAIR"), []string{"MALL"})
		during := s.Request(kettle(s, "A2", "2025-03-11T10:15:00+08:00"), "RETURN_AND_REFUND", 1)
		s.Adopt("RETURN")
		is(t, "given up", adoption(s.Agent, "RETURN"), []string{"MALL"})
		plansOf := func(id string) (codes []string) {
			for _, p := range s.Customer.Must(`query($id: ID!) { case(id: $id) { plans { code version } } }`, apptest.Vars{"id": id}).List("case.plans") {
				codes = append(codes, p.Str("code"))
				if p.Int("version") < 1 {
					t.Error("version")
				}
			}
			return codes
		}
		is(t, "before", plansOf(before), []string{"MALL"})
		is(t, "during", plansOf(during), []string{"MALL", "SLA-A", "COURIER"}) // MALL first, the rest in the order adopted
	})
}

func TestAdoptionIsRefused(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-03-11T10:15:00+08:00")
		for _, c := range []struct {
			name  string
			in    apptest.Vars
			code  string
			field []string
		}{
			{"unknown", apptest.Vars{"kinds": []string{"RETURN"}, "plans": []string{"SLA-A", "SLA-X"}}, "NOT_FOUND", []string{"input", "plans", "1"}},
			{"a law", apptest.Vars{"kinds": []string{"RETURN"}, "plans": []string{"LAW-CN"}}, "NOT_FOUND", []string{"input", "plans", "0"}},
			{"SLA-B has no return", apptest.Vars{"kinds": []string{"REPAIR", "RETURN"}, "plans": []string{"SLA-B"}}, "NOT_ELIGIBLE", []string{"input", "plans", "0"}},
			{"no kind", apptest.Vars{"kinds": []string{}, "plans": []string{"SLA-A"}}, "INVALID_INPUT", []string{"input", "kinds"}},
			{"too many", apptest.Vars{"kinds": []string{"RETURN"}, "plans": []string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11"}}, "INVALID_INPUT", []string{"input", "plans"}},
		} {
			errs := s.Admin.Refused(adoptPlans, apptest.Vars{"in": c.in})
			is(t, c.name, errs[0].Str("code"), c.code)
			is(t, c.name+" field", errs[0].Strings("field"), c.field)
			is(t, c.name+" once", len(errs), 1)
		}
		is(t, "nothing was written", adoption(s.Admin, "REPAIR"), []string{"MALL"})
		r := s.Supervisor.Do(adoptPlans, apptest.Vars{"in": apptest.Vars{"kinds": []string{"RETURN"}, "plans": []string{}}})
		if len(r.Errors) != 1 || r.Errors[0].Code() != "FORBIDDEN" {
			t.Errorf("supervisor: %s", r.Raw)
		}
		if r := s.Customer.Do(`{ plans { code } }`, nil); len(r.Errors) != 1 || r.Errors[0].Code() != "FORBIDDEN" {
			t.Errorf("customer: %s", r.Raw)
		}
	})
}

// Two who set the same kind at once: one after the other, never a mixture.
func TestTwoAdoptAtOnce(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-03-11T10:15:00+08:00")
		var wg sync.WaitGroup
		for i := range 6 {
			wg.Go(func() {
				s.Admin.Do(adoptPlans, apptest.Vars{"in": apptest.Vars{"kinds": []string{"REPAIR"}, "plans": []string{[]string{"SLA-A", "SLA-B"}[i%2]}}})
			})
		}
		wg.Wait()
		is(t, "plans beside MALL", len(adoption(s.Admin, "REPAIR")), 2)
	})
}
