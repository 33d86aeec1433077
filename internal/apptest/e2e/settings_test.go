package e2e

import (
	"fmt"
	"slices"
	"testing"

	"aftersales/internal/apptest"
	"aftersales/internal/auth"
)

// What a merchant sets up at one server holds at every other from that moment on, although each remembers what it read.
func TestSettingsHoldAtEveryServer(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-09-24T10:00:00+08:00")
		other := apptest.StartOn(t, e.Engine, e.Config)
		o := s.Order("A1", "2025-09-20T10:00:00+08:00", apptest.Line{SKU: "KETTLE", Quantity: 5, UnitPrice: "99.00", Delivered: "2025-09-22T10:00:00+08:00"})
		standing := func(c apptest.Caller) string {
			t.Helper()
			terms := c.Must(`{ warrantyTerms { category months } servicePolicy(merchant: "mall") { standards { kind plans { code } } } }`, nil)
			months, plans := "", ""
			for _, term := range terms.List("warrantyTerms") {
				if term.Str("category") == "KETTLES" {
					months = fmt.Sprint(term.Int("months"))
				}
			}
			for _, k := range terms.List("servicePolicy.standards") {
				if k.Str("kind") == "RETURN" {
					for _, p := range k.List("plans") {
						plans += p.Str("code") + " "
					}
				}
			}
			return months + " " + plans
		}
		told := func(c apptest.Caller) (by string, clauses []string) { // of a new return: by whom it was filed, and which clocks run
			t.Helper()
			d := c.Must(`mutation($in: ReturnRequestInput!) { returnRequest(input: $in) { return { events(first: 1) { nodes { actor { name } } } deadlines { rule { clause } } } userErrors { code field message } } }`,
				s.RequestVars(o, "RETURN_AND_REFUND", 1))
			for _, row := range d.List("returnRequest.return.deadlines") {
				clauses = append(clauses, row.Str("rule.clause"))
			}
			slices.Sort(clauses)
			return d.Str("returnRequest.return.events.nodes.0.actor.name"), clauses
		}
		agent := e.As(auth.Agent, s.Slug, "li-na")
		for _, server := range []*apptest.Env{e, other} { // each reads and remembers
			is(t, "at first", standing(s.Admin.At(server)), " MALL ")
			told(agent.At(server))
		}
		by, clauses := told(agent.At(other))
		is(t, "filed by somebody not on the list", by, "li-na")
		is(t, "under", clauses, []string{"MALL-3.2a", "MALL-4.1a", "MALL-4.2a"})
		s.Admin.Must(`mutation { warrantyTermSet(input: { category: "KETTLES", months: 25, basis: DELIVERY, parts: true, labour: true }) { userErrors { code } } }`, nil)
		s.Admin.Must(`mutation { staffUpsert(input: { subject: "li-na", name: "Li Na", role: AGENT }) { userErrors { code } } }`, nil)
		s.Adopt("RETURN", "COURIER")
		for _, server := range []*apptest.Env{e, other} {
			is(t, "then", standing(s.Admin.At(server)), "25 MALL COURIER ")
		}
		by, clauses = told(agent.At(other))
		is(t, "filed by", by, "Li Na")
		is(t, "under", clauses, []string{"COURIER-4.1.1", "MALL-3.2a", "MALL-4.2a"})
		s.Admin.At(other).Must(`mutation { staffUpsert(input: { subject: "li-na", name: "Li Nana", role: AGENT }) { userErrors { code } } }`, nil)
		by, _ = told(agent)
		is(t, "after the name was changed at the other server", by, "Li Nana")
	})
}
