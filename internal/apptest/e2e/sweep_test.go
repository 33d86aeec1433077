package e2e

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"aftersales/internal/apptest"
)

// openMany opens n returns of one unit each, twenty an order and a call.
func openMany(s *apptest.Shop, n int) []string {
	var ids []string
	for len(ids) < n {
		size := min(20, n-len(ids))
		o := s.Order(fmt.Sprint("A", len(ids)), s.Env.Now().Format(time.RFC3339), cups(size, 1)...)
		vars := apptest.Vars{}
		var args, fields []string
		for i := range size {
			vars[fmt.Sprint("v", i)] = s.RequestVars(nth(o, i), "RETURN_AND_REFUND", 1)["in"]
			args = append(args, fmt.Sprintf("$v%d: ReturnRequestInput!", i))
			fields = append(fields, fmt.Sprintf("m%d: returnRequest(input: $v%d) { return { id } userErrors { code } }", i, i))
		}
		d := s.Customer.Must("mutation("+strings.Join(args, ", ")+") { "+strings.Join(fields, " ")+" }", vars)
		for i := range fields {
			ids = append(ids, d.Str(fmt.Sprintf("m%d.return.id", i)))
		}
	}
	return ids
}

// MALL-1.3b: missed deadlines are noticed by the server, with nobody looking, and exactly once however many servers run.
func TestTwoServersSweepEachMissOnce(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		second := apptest.StartOn(t, e.Engine, e.Config)
		var ids []string
		shops := []*apptest.Shop{e.Live("one"), e.Live("two")}
		for _, s := range shops {
			ids = append(ids, openMany(s, 30)...)
		}
		e.AdvanceReal(25 * time.Hour)
		second.AdvanceReal(25 * time.Hour)
		var wg sync.WaitGroup
		for i := range 6 {
			wg.Go(func() {
				if _, err := []*apptest.Env{e, second}[i%2].App.Cases.Sweep(t.Context()); err != nil {
					t.Errorf("sweep: %v", err)
				}
			})
		}
		// Agents who answer in the midst of it miss by an hour, too, and change nothing about the count.
		for i, s := range shops {
			wg.Go(func() { s.Agent.Do(respond, apptest.Vars{"id": ids[i*30], "key": "k", "m": "Sorry to be late."}) })
		}
		wg.Wait()
		if _, err := e.App.Cases.Sweep(t.Context()); err != nil { // cases another sweep held were left to the next
			t.Fatal(err)
		}
		for _, s := range shops {
			d := s.Agent.Must(`{ cases(first: 30) { nodes { priority deadlines { kind state } events(first: 9) { nodes { type at text } } } } }`, nil)
			is(t, "cases", len(d.List("cases.nodes")), 30)
			for _, c := range d.List("cases.nodes") {
				var types []string
				for _, ev := range c.List("events.nodes") {
					if ty := ev.Str("type"); ty != "RESPONDED" {
						types = append(types, ty)
					}
				}
				is(t, "timeline", types, []string{"OPENED", "DEADLINE_BREACHED", "ESCALATED"})
				is(t, "priority", c.Str("priority"), "URGENT")
				i := max(0, slices.IndexFunc(c.List("deadlines"), func(d apptest.Data) bool { return d.Str("kind") == "FIRST_RESPONSE" }))
				is(t, "state", c.Str(fmt.Sprintf("deadlines.%d.state", i)), "BREACHED")
			}
		}
	})
}

// A sweep takes as many statements for many missed deadlines as for few.
func TestSweepIsSetBased(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			statements := map[int]int{}
			for _, n := range []int{40, 120} {
				e := apptest.Start(t, engine)
				s := e.Live("mall")
				openMany(s, n)
				e.AdvanceReal(25 * time.Hour)
				found := 0
				statements[n] = len(e.Statements(func() {
					var err error
					if found, err = e.App.Cases.Sweep(t.Context()); err != nil {
						t.Fatal(err)
					}
				}))
				is(t, "found", found, n)
			}
			is(t, "statements for 120", statements[120], statements[40])
			if statements[40] > 20 {
				t.Errorf("%d statements for a sweep", statements[40])
			}
		})
	}
}

// Expiry is part of the same sweep: many cases whose customers are silent end by as many statements as few, and give back
// what they held.
func TestExpiryIsSetBased(t *testing.T) {
	t.Parallel()
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			statements := map[int]int{}
			for _, n := range []int{5, 40} {
				e := apptest.Start(t, engine)
				s := e.Live("mall")
				for _, id := range openMany(s, n) {
					s.Agent.Must(apptest.AskInfo, apptest.Vars{"id": id})
				}
				e.AdvanceReal(9 * 24 * time.Hour)
				statements[n] = len(e.Statements(func() {
					if _, err := e.App.Cases.Sweep(t.Context()); err != nil {
						t.Fatal(err)
					}
				}))
				d := s.Agent.Must(`{ orders(first: 50) { nodes { lines { quantity returnableQuantity } } } cases(filter: { status: [EXPIRED] }) { totalCount } }`, nil)
				is(t, "expired", d.Int("cases.totalCount"), n)
				for _, o := range d.List("orders.nodes") {
					is(t, "returnable", o.Int("lines.0.returnableQuantity"), o.Int("lines.0.quantity"))
				}
			}
			is(t, "statements for 40", statements[40], statements[5])
		})
	}
}
