package plan

import (
	"slices"
	"testing"

	"aftersales/internal/deadline"
	"aftersales/internal/lifecycle"
	"aftersales/internal/problem"
)

func ref[T any](v T) *T { return &v }

func derived(b *Book, base string, changes ...Change) (*Plan, error) {
	return Derive(b.Latest(base), nil, Ref{"OWN", 1}, "Own", changes)
}

// What may be bettered, and how the promise reads then.
func TestDeriveBetters(t *testing.T) {
	t.Parallel()
	b := book(t)
	repair := Subject{Kind: lifecycle.Repairs}
	for _, c := range []struct {
		name, base string
		change     Change
		want       func(Promise) bool
	}{
		{"fewer days", "MALL", Change{Kind: Repair, Length: ref(5)}, func(p Promise) bool { return p.Length == 5 && p.Extension.To == 10 }},
		{"days for working days", "MALL", Change{Kind: Repair, Unit: ref(deadline.Days)}, func(p Promise) bool { return p.Unit == deadline.Days && p.Extension == nil }},
		{"24 hours for each working day", "MALL", Change{Kind: Repair, Length: ref(168), Unit: ref(deadline.Hours)}, func(p Promise) bool { return p.Length == 168 }},
		{"a shorter extension", "MALL", Change{Kind: Repair, ExtendTo: ref(9)}, func(p Promise) bool { return p.Extension.To == 9 && p.Extension.Clause == "MALL-4.3b" }},
		{"no extension", "MALL", Change{Kind: Repair, ExtendTo: ref(7)}, func(p Promise) bool { return p.Extension == nil }},
		{"minutes for hours", "SLA-B", Change{Kind: FirstResponse, Length: ref(60), Unit: ref(deadline.Minutes)}, func(p Promise) bool { return p.Unit == deadline.Minutes }},
		{"earlier warning", "SLA-A", Change{Kind: SiteVisit, AtRiskPercent: ref(50)}, func(p Promise) bool { return p.AtRiskPercent == 50 }},
		{"explained in advance", "SLA-A", Change{Kind: SiteVisit, ExplainAhead: ref(true)}, func(p Promise) bool { return p.Explain && p.ExplainAhead }},
		{"a consequence more", "MALL", Change{Kind: Repair, OnTimeout: []TimeoutAction{Escalate}}, func(p Promise) bool { return len(p.OnTimeout) == 1 }},
		{"compensation", "MALL", Change{Kind: Repair, PerDayBps: ref(50), CapBps: ref(500)}, func(p Promise) bool {
			return p.Compensation.Clause == CompensationClause && slices.Contains(p.OnTimeout, Compensate)
		}},
		{"more time for the customer", "MALL", Change{Kind: QuoteReply, Length: ref(14)}, func(p Promise) bool { return p.Length == 14 }},
	} {
		p, err := derived(b, c.base, c.change)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got, ok := p.Promise(c.change.Kind, repair); !ok || !c.want(got) {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
	// The base is untouched.
	if pr, _ := b.Latest("MALL").Promise(Repair, repair); pr.Length != 7 || pr.Compensation != nil {
		t.Errorf("%+v", pr)
	}
}

// Everything a merchant may change never falls below the base: refused with the clause named, by every unit.
func TestDeriveRefusesLess(t *testing.T) {
	t.Parallel()
	b := book(t)
	for _, c := range []struct {
		name, base string
		change     Change
		code       problem.Code
		clause     string
	}{
		{"a day more", "MALL", Change{Kind: Repair, Length: ref(8)}, problem.PolicyBelowFloor, "MALL-4.3a"},
		{"an hour more than 24 a day", "MALL", Change{Kind: Repair, Length: ref(169), Unit: ref(deadline.Hours)}, problem.PolicyBelowFloor, "MALL-4.3a"},
		{"working days for hours", "SLA-A", Change{Kind: SiteVisit, Length: ref(1), Unit: ref(deadline.WorkingDays)}, problem.PolicyBelowFloor, "SLA-A-2.2.2"},
		{"days for hours", "SLA-A", Change{Kind: SiteVisit, Length: ref(1), Unit: ref(deadline.Days)}, problem.PolicyBelowFloor, "SLA-A-2.2.2"},
		{"61 minutes for an hour", "SLA-B", Change{Kind: FirstResponse, Length: ref(61), Unit: ref(deadline.Minutes)}, problem.PolicyBelowFloor, "SLA-B-2.2.1"},
		{"extension beyond 10", "MALL", Change{Kind: Repair, ExtendTo: ref(11)}, problem.PolicyBelowFloor, "MALL-4.3b"},
		{"extension where there is none", "SLA-A", Change{Kind: SiteVisit, ExtendTo: ref(60)}, problem.PolicyBelowFloor, "SLA-A-2.2.2"},
		{"extension below the length", "MALL", Change{Kind: Repair, ExtendTo: ref(6)}, problem.InvalidInput, ""},
		{"less time for the customer", "MALL", Change{Kind: QuoteReply, Length: ref(6)}, problem.PolicyBelowFloor, "MALL-5.1b"},
		{"a lower cap", "COURIER", Change{Kind: FirstResponse, CapBps: ref(999)}, problem.PolicyBelowFloor, "COURIER-4.1.1"},
		{"a cap below a day", "MALL", Change{Kind: Repair, PerDayBps: ref(100), CapBps: ref(99)}, problem.InvalidInput, ""},
		{"more than all of it", "MALL", Change{Kind: Repair, PerDayBps: ref(100), CapBps: ref(10_001)}, problem.InvalidInput, ""},
		{"later warning", "SLA-A", Change{Kind: SiteVisit, AtRiskPercent: ref(80)}, problem.PolicyBelowFloor, "SLA-A-2.2.2"},
		{"warning at the limit", "SLA-A", Change{Kind: SiteVisit, AtRiskPercent: ref(100)}, problem.InvalidInput, ""},
		{"paying back a repair", "MALL", Change{Kind: Repair, OnTimeout: []TimeoutAction{PayBack}}, problem.InvalidInput, ""},
		{"the customer explains", "MALL", Change{Kind: QuoteReply, ExplainAhead: ref(true)}, problem.InvalidInput, ""},
		{"the customer pays", "MALL", Change{Kind: QuoteReply, PerDayBps: ref(1), CapBps: ref(1)}, problem.InvalidInput, ""},
		{"no such unit", "MALL", Change{Kind: Repair, Unit: ref(deadline.Unit("WEEKS"))}, problem.InvalidInput, ""},
		{"no such promise", "SLA-B", Change{Kind: Refund, Length: ref(1)}, problem.InvalidInput, ""},
		{"urgent, and slower than all", "MALL", Change{Kind: FirstResponse, Priority: "URGENT", Length: ref(25)}, problem.PolicyBelowFloor, UrgentClause},
	} {
		_, err := derived(b, c.base, c.change)
		all := problem.All(err)
		if len(all) != 1 || all[0].Code != c.code {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if c.clause != "" && !slices.Contains(all[0].Params, problem.Param{Name: "clause", Value: c.clause}) {
			t.Errorf("%s: %v", c.name, all[0].Params)
		}
	}
	_, err := derived(b, "MALL", Change{Kind: Repair, Length: ref(8)}, Change{Kind: Repair, Length: ref(6)}, Change{Kind: Review, Length: ref(49)})
	if all := problem.All(err); len(all) != 3 {
		t.Errorf("all reasons at once: %v", err)
	}
}

// The law is a floor as well, where it has a clock of the same kind (MALL-1.3a).
func TestDeriveHoldsTheLaw(t *testing.T) {
	t.Parallel()
	law := &Plan{Promises: []Promise{{Kind: Repair, Clause: "the law", Length: 5, Unit: deadline.WorkingDays, Obligor: Merchant}}}
	_, err := Derive(book(t).Latest("MALL"), law, Ref{"OWN", 1}, "Own", []Change{{Kind: Repair, Length: ref(6)}})
	if all := problem.All(err); len(all) != 1 || all[0].Params[0].Value != "the law" {
		t.Errorf("%v", err)
	}
}

// COURIER-4.1.2: an urgent target stands beside the promise to all, which stays.
func TestDeriveAddsAnUrgentTarget(t *testing.T) {
	t.Parallel()
	p, err := derived(book(t), "MALL", Change{Kind: FirstResponse, Priority: "URGENT", Length: ref(15), Unit: ref(deadline.Minutes)})
	if err != nil {
		t.Fatal(err)
	}
	got := p.Starting(lifecycle.Opened, Subject{Kind: lifecycle.Repairs, Priority: "URGENT"})
	if n := len(slices.DeleteFunc(got, func(pr Promise) bool { return pr.Kind != FirstResponse })); n != 2 {
		t.Errorf("%d promises to urgent cases", n)
	}
	got = p.Starting(lifecycle.Opened, Subject{Kind: lifecycle.Repairs, Priority: "NORMAL"})
	if i := slices.IndexFunc(got, func(pr Promise) bool { return pr.Kind == FirstResponse }); got[i].Length != 24 {
		t.Errorf("%v", got[i])
	}
}
