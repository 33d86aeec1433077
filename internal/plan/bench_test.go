package plan

import (
	"testing"
	"time"

	"aftersales/internal/deadline"
	"aftersales/internal/lifecycle"
)

// evaluate is what happens when a case opens: what three plans promise it, counted, and what of that holds.
func evaluate(tb testing.TB) func() {
	b, err := BuiltIn()
	if err != nil {
		tb.Fatal(err)
	}
	cal := china(tb)
	plans := []*Plan{b.Latest("MALL"), b.Latest("SLA-A"), b.Latest("SLA-B")}
	at := time.Date(2025, 9, 29, 4, 0, 0, 0, time.UTC) // over the National Day
	of := Subject{Kind: lifecycle.Repairs}
	return func() {
		all := make([]Candidate, 0, 8)
		for _, p := range plans {
			for _, pr := range p.Starting(lifecycle.Opened, of) {
				r, err := deadline.Compute(cal, deadline.Clock{Rule: pr.Rule(), Start: at})
				if err != nil {
					tb.Fatal(err)
				}
				all = append(all, Candidate{p, pr, r.PromisedDueAt})
			}
		}
		if len(Holding(all)) != 3 {
			tb.Fatal(clauses(Holding(all)))
		}
	}
}

// A case's plans are evaluated in well under 50 microseconds.
func BenchmarkThreePlans(b *testing.B) {
	run := evaluate(b)
	b.ReportAllocs()
	for b.Loop() {
		run()
	}
}

// The budget that keeps it so on any machine.
func TestThreePlansAllocateLittle(t *testing.T) {
	run := evaluate(t)
	if got := testing.AllocsPerRun(100, run); got > 40 {
		t.Errorf("%.0f allocations", got)
	}
}
