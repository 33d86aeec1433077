package e2e

import (
	"testing"

	"aftersales/internal/apptest"
)

// MALL-1.1a: everybody reads, without login, what each kind of case is promised: SLA-B for repairs loses nothing of MALL for
// returns.
func TestAdoptedStandardsArePublished(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-03-11T10:00:00+08:00")
		s.Adopt("REPAIR", "SLA-B")
		d := e.Anonymous().Must(`{ servicePolicy(merchant: "mall") { plan standards { kind plans { code } promises { kind clause length unit explainAhead } } } }`, nil)
		seen := map[string]map[string]int{}
		plans := map[string]int{}
		for _, st := range d.List("servicePolicy.standards") {
			kind := st.Str("kind")
			seen[kind], plans[kind] = map[string]int{}, len(st.List("plans"))
			for _, p := range st.List("promises") {
				seen[kind][p.Str("clause")] = p.Int("length")
			}
		}
		is(t, "plans of a repair", plans["REPAIR"], 2)
		is(t, "plans of a return", plans["RETURN"], 1)
		is(t, "a repair: B's hour, MALL's 7 days", []int{seen["REPAIR"]["SLA-B-2.2.1"], seen["REPAIR"]["MALL-4.3a"]}, []int{1, 7})
		is(t, "a return: MALL's 3 days, nothing of B", []int{seen["RETURN"]["MALL-4.2a"], seen["RETURN"]["SLA-B-2.2.1"]}, []int{3, 0})
		is(t, "a return: nothing of repairs", seen["RETURN"]["MALL-4.3a"], 0)
	})
}
