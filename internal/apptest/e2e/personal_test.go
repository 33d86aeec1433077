package e2e

import (
	"testing"

	"aftersales/internal/apptest"
)

// SLA-A-3.1.4: an import that knows its customers only by e-mail or telephone makes ids of those; they are as personal as
// the fields themselves, in what is shown and in what can be searched for.
func TestExternalIDsThatArePersonalAreMasked(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const at = "2025-09-24T10:00:00+08:00"
		s := e.Sandbox("mall", at)
		for _, c := range []struct{ id, masked string }{
			{"han.mei@example.com", "h***@example.com"}, {"tel:+8619900000001", "tel:+86*******0001"}, {"c-7", "c-7"},
		} {
			o := s.OrderOf(c.id, "N-"+c.id, at, nil, apptest.Line{SKU: "KETTLE", Quantity: 1, UnitPrice: "99.00"})
			id := s.Agent.Must(apptest.RequestReturn, s.RequestVars(o, "REFUND", 1)).Str("returnRequest.return.id")
			const query = `query($id: ID!) { return(id: $id) { customer { externalId } } }`
			if got := s.Warehouse.Must(query, apptest.Vars{"id": id}).Str("return.customer.externalId"); got != c.masked {
				t.Errorf("WAREHOUSE sees %s as %s, want %s", c.id, got, c.masked)
			}
			if got := s.Agent.Must(query, apptest.Vars{"id": id}).Str("return.customer.externalId"); got != c.id {
				t.Errorf("AGENT sees %s as %s", c.id, got)
			}
			const search = `query($q: String!) { cases(filter: { search: $q }) { nodes { id } } }`
			if got := len(s.Agent.Must(search, apptest.Vars{"q": c.id[:3]}).List("cases.nodes")); got != 1 {
				t.Errorf("AGENT finds %d cases by %s", got, c.id)
			}
			want := 0
			if c.masked == c.id {
				want = 1
			}
			if got := len(s.Warehouse.Must(search, apptest.Vars{"q": c.id[:3]}).List("cases.nodes")); got != want {
				t.Errorf("WAREHOUSE finds %d cases by %s, want %d", got, c.id, want)
			}
		}
	})
}
