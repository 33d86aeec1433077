package contract

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"aftersales/internal/apptest"
)

// budgets are what the reads asked for all day may cost once they are warm: SQL statements on either engine, and objects
// allocated in the server with PostgreSQL, about a quarter above what was measured. Whoever makes one dearer has to say so
// here.
var budgets = []struct {
	name, doc   string
	statements  int
	allocations float64
}{
	{"READ", `query Read($status: [CaseStatus!]) { returns(first: 20, filter: { status: $status }) { nodes { id number status openedAt
		items { quantity orderLine { sku title } } order { number } customer { id name } nextDeadline { kind state dueAt } } } }`, 1, 2000},
	{"QUEUE", `query Queue { deadlines(first: 20) { nodes { id kind dueAt case { number kind customer { name } } } } }`, 1, 1450},
	{"TRACK", `query Track($id: ID!) { return(id: $id) { number status openedAt events(first: 20) { nodes { type at } } deadlines { kind state dueAt metAt } } }`, 1, 700},
	{"READ by selection", `query Read($status: [CaseStatus!]) { returns(first: 20, filter: { status: $status }) { nodes { id number priority
		items { quantity orderLine { sku title } } order { number } customer { id name } nextDeadline { kind state dueAt } } } }`, 6, 15000},
}

// A read stays within its budget. It runs alone: other tests' allocations would count.
func TestReadsKeepTheirBudgets(t *testing.T) {
	for _, engine := range []string{"postgres", "sqlite"} {
		e := apptest.Start(t, engine)
		s, _, returns := stocked(t, e, "mall", 25)
		h := e.App.Handler(http.NotFoundHandler(), "test")
		for _, b := range budgets {
			c := s.Agent
			vars := apptest.Vars{"status": []string{"REQUESTED"}}
			if b.name == "TRACK" {
				c, vars = s.Agent, apptest.Vars{"id": returns[0]}
			}
			body, err := json.Marshal(map[string]any{"query": b.doc, "variables": vars})
			if err != nil {
				t.Fatal(err)
			}
			ask := func() string {
				r := httptest.NewRequest(http.MethodPost, "/graphql", strings.NewReader(string(body)))
				r.Header.Set("Content-Type", "application/json")
				r.Header.Set("Authorization", "Bearer "+c.Token)
				w := httptest.NewRecorder()
				h.ServeHTTP(w, r)
				return w.Body.String()
			}
			for range 5 { // prepared, planned and known
				if answer := ask(); !strings.Contains(answer, `"number"`) || strings.Contains(answer, "errors") {
					t.Fatalf("%s: %s", b.name, answer)
				}
			}
			if statements := e.Statements(func() { ask() }); len(statements) > b.statements {
				t.Errorf("%s, %s: %d statements, %d may be:\n%s", b.name, engine, len(statements), b.statements, strings.Join(statements, "\n"))
			}
			if engine == "postgres" {
				got := testing.AllocsPerRun(100, func() { ask() })
				t.Logf("%s: %.0f allocations", b.name, got)
				if got > b.allocations {
					t.Errorf("%s: %.0f allocations, %.0f may be", b.name, got, b.allocations)
				}
			}
		}
	}
}
