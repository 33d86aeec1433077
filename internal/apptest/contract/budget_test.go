package contract

import (
	"encoding/json"
	"fmt"
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
		items { quantity orderLine { sku title } } order { number } customer { id name } nextDeadline { kind state dueAt } } } }`, 1, 1800},
	{"QUEUE", `query Queue { deadlines(first: 20) { nodes { id kind dueAt case { number kind customer { name } } } } }`, 1, 1200},
	{"TRACK", `query Track($id: ID!) { return(id: $id) { number status openedAt events(first: 20) { nodes { type at } } deadlines { kind state dueAt metAt } } }`, 1, 500},
	{"OPTIONS", `query Options($order: ID!) { order(id: $order) { number lines { sku returnableQuantity afterSalesOptions { remedy possible } } } }`, 7, 3900},
	{"READ by selection", `query Read($status: [CaseStatus!]) { returns(first: 20, filter: { status: $status }) { nodes { id number priority
		items { quantity orderLine { sku title } } order { number } customer { id name } nextDeadline { kind state dueAt } } } }`, 6, 15000},
}

// asker sends one request again and again to the server itself, without a network.
type asker struct {
	h           http.Handler
	token, body string
}

func (a asker) ask() string {
	r := httptest.NewRequest(http.MethodPost, "/graphql", strings.NewReader(a.body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+a.token)
	w := httptest.NewRecorder()
	a.h.ServeHTTP(w, r)
	return w.Body.String()
}

func newAsker(t testing.TB, h http.Handler, c apptest.Caller, doc string, vars apptest.Vars) asker {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": doc, "variables": vars})
	if err != nil {
		t.Fatal(err)
	}
	a := asker{h, c.Token, string(body)}
	for range 5 { // prepared, planned and known
		if answer := a.ask(); !strings.Contains(answer, `"number"`) || strings.Contains(answer, "errors") {
			t.Fatalf("%s: %s", doc, answer)
		}
	}
	return a
}

// A read stays within its budget. It runs alone: other tests' allocations would count.
func TestReadsKeepTheirBudgets(t *testing.T) {
	for _, engine := range []string{"postgres", "sqlite"} {
		e := apptest.Start(t, engine)
		s, orders, returns := stocked(t, e, "mall", 25)
		h := e.App.Handler(http.NotFoundHandler(), "test")
		for _, b := range budgets {
			a := newAsker(t, h, s.Agent, b.doc, apptest.Vars{"status": []string{"REQUESTED"}, "id": returns[0], "order": orders[0]})
			if statements := e.Statements(func() { a.ask() }); len(statements) > b.statements {
				t.Errorf("%s, %s: %d statements, %d may be:\n%s", b.name, engine, len(statements), b.statements, strings.Join(statements, "\n"))
			}
			if engine == "postgres" {
				got := testing.AllocsPerRun(100, func() { a.ask() })
				t.Logf("%s: %.0f allocations", b.name, got)
				if got > b.allocations {
					t.Errorf("%s: %.0f allocations, %.0f may be", b.name, got, b.allocations)
				}
			}
		}
	}
}

// BenchmarkReads compares the engines: the embedded database is to answer a page of returns at least half as often as
// PostgreSQL does.
func BenchmarkReads(b *testing.B) {
	for _, engine := range []string{"postgres", "sqlite"} {
		e := apptest.Start(b, engine)
		s, orders, returns := stocked(b, e, "mall", 100)
		h := e.App.Handler(http.NotFoundHandler(), "test")
		for _, read := range budgets {
			a := newAsker(b, h, s.Agent, read.doc, apptest.Vars{"status": []string{"REQUESTED"}, "id": returns[0], "order": orders[0]})
			b.Run(read.name+"/"+engine, func(b *testing.B) {
				b.SetParallelism(4)
				b.RunParallel(func(pb *testing.PB) {
					for pb.Next() {
						a.ask()
					}
				})
			})
		}
	}
}

// A return is asked for within its budget: what is read, what is locked, and all it creates. On PostgreSQL that goes out as one
// statement.
func TestARequestKeepsItsBudget(t *testing.T) {
	const runs, warm = 50, 5
	for engine, most := range map[string]int{"postgres": 7, "sqlite": 14} {
		e := apptest.Start(t, engine)
		s := e.Sandbox("mall", clockAt)
		var bought []apptest.Order // a line each
		for i := range (runs+warm)/2 + 2 {
			o := s.Order(fmt.Sprint("B", i), delivered, apptest.Line{SKU: "CUP", Quantity: 1, UnitPrice: "9.00", Delivered: delivered},
				apptest.Line{SKU: "PLATE", Quantity: 1, UnitPrice: "9.00", Delivered: delivered})
			bought = append(bought, apptest.Order{ID: o.ID, Lines: o.Lines[:1]}, apptest.Order{ID: o.ID, Lines: o.Lines[1:]})
		}
		h := e.App.Handler(http.NotFoundHandler(), "test")
		next := 0
		request := func() {
			vars := s.RequestVars(bought[next], "RETURN_AND_REFUND", 1)
			body, err := json.Marshal(map[string]any{"query": `mutation($in: ReturnRequestInput!) { returnRequest(input: $in) { return { status } userErrors { code } } }`, "variables": vars})
			next++
			if err != nil {
				t.Fatal(err)
			}
			if answer := (asker{h, s.Agent.Token, string(body)}).ask(); !strings.Contains(answer, "REQUESTED") {
				t.Fatal(answer)
			}
		}
		for range warm {
			request()
		}
		if statements := e.Statements(request); len(statements) > most {
			t.Errorf("%s: %d statements, %d may be:\n%s", engine, len(statements), most, strings.Join(statements, "\n"))
		}
		if engine == "postgres" {
			got := testing.AllocsPerRun(runs, request)
			t.Logf("%.0f allocations", got)
			if got > 4800 {
				t.Errorf("%.0f allocations, 4800 may be", got)
			}
		}
	}
}
