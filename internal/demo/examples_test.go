package demo_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"aftersales/internal/apptest"
	"aftersales/internal/auth"
	"aftersales/internal/console"
	"aftersales/internal/demo"
)

// run sends an example exactly as the landing page would, and returns its data; top-level errors fail the test.
func run(t *testing.T, c apptest.Caller, x console.Example) apptest.Data {
	t.Helper()
	var vars apptest.Vars
	if x.Variables != "" {
		if err := json.Unmarshal([]byte(x.Variables), &vars); err != nil {
			t.Fatalf("%s: variables: %v", x.Title, err)
		}
	}
	r := c.Do(x.Query, vars)
	if len(r.Errors) > 0 {
		t.Fatalf("%s: %s", x.Title, r.Raw)
	}
	return apptest.ParseData(t, r.Data)
}

func examples(t *testing.T, e *apptest.Env, embedded bool) []console.Example {
	t.Helper()
	out, err := demo.Examples(t.Context(), e.App, embedded)
	if err != nil || len(out) != 5 {
		t.Fatalf("%d examples, %v", len(out), err)
	}
	return out
}

// The five numbered examples of the embedded default, in order, each by the person it names.
func TestExamplesAnswerAsPromised(t *testing.T) {
	t.Parallel()
	eachEngine(t, func(t *testing.T, e *apptest.Env) {
		x := examples(t, e, true)

		queue := run(t, as(t, e, x[0].TokenLabel), x[0]).List("deadlines.nodes")
		if len(queue) != 10 || queue[0].Str("risk") != "LATE" || queue[0].Str("case.escalatedTo.name") != "陈静" {
			t.Errorf("the queue: %v", queue)
		}
		risks := map[string]bool{}
		for _, d := range queue {
			risks[d.Str("risk")] = true
			if d.Str("why") == "" {
				t.Errorf("no why: %v", d)
			}
		}
		if !risks["AT_RISK"] || !risks["ON_TRACK"] {
			t.Errorf("risks in the queue: %v", risks)
		}

		line := run(t, as(t, e, x[1].TokenLabel), x[1]).List("order.lines")[0]
		back := line.List("afterSalesOptions")[slices.IndexFunc(line.List("afterSalesOptions"), func(o apptest.Data) bool { return o.Str("remedy") == "RETURN_AND_REFUND" })]
		// 299.00 of 536.00, less its part of the discount of 40.00; the window of 7 days from September 27 ends in the
		// holiday and moves to the first working day after it.
		if back.Get("possible") != true || back.Str("wouldRefund.amount") != "276.69" || back.Str("lastDay") != "2025-10-09" || len(back.List("promises")) == 0 {
			t.Errorf("the option: %v", back)
		}

		own := run(t, as(t, e, x[2].TokenLabel), x[2])
		refund := own.List("return.deadlines")[slices.IndexFunc(own.List("return.deadlines"), func(d apptest.Data) bool { return d.Str("kind") == "REFUND" })]
		if own.Str("return.outcome") != "REFUNDED" || refund.Str("state") != "BREACHED" || refund.Str("explanation.reason") != "WORKLOAD" || len(own.List("return.events.nodes")) < 12 {
			t.Errorf("the customer's case: %v", own)
		}

		li := as(t, e, x[3].TokenLabel)
		before := answer(t, li, everyCase)
		refused := run(t, li, x[3])
		err := refused.List("returnRefund.userErrors")[0]
		if err.Str("code") != "ILLEGAL_TRANSITION" || !slices.Contains(err.Strings("allowedActions"), "RETURN_APPROVE") || refused.Get("returnRefund.refund") != nil {
			t.Errorf("the refusal: %v", refused)
		}
		if after := answer(t, li, everyCase); after != before {
			t.Errorf("the refusal changed\n%s\nto\n%s", before, after)
		}

		zhou := as(t, e, x[4].TokenLabel)
		over := run(t, zhou, x[4])
		if len(over.List("testClockAdvance.userErrors"))+len(over.List("caseExplainDelay.userErrors")) != 0 {
			t.Fatalf("over the holiday: %v", over)
		}
		d := over.Get("caseExplainDelay.deadline").(map[string]any)
		if d["state"] != "BREACHED" || d["breachedAt"] != "2025-10-10T16:00:00Z" || len(d["pauses"].([]any)) != 2 || d["explanation"] == nil ||
			!strings.Contains(d["why"].(string), "National Day") {
			t.Errorf("over the holiday: %v", d)
		}
		for _, want := range []string{"DEADLINE_BREACHED", "ESCALATED", "DELAY_EXPLAINED"} {
			if !slices.ContainsFunc(over.List("caseExplainDelay.deadline.case.events.nodes"), func(ev apptest.Data) bool { return ev.Str("type") == want }) {
				t.Errorf("no %s in %v", want, over.Get("caseExplainDelay.deadline.case.events.nodes"))
			}
		}
	})
}

// After visitors moved on and the server started again, the examples still run without faults, and the refusal is one
// again, on a case that is still waiting.
func TestExamplesAfterVisitors(t *testing.T) {
	t.Parallel()
	e := start(t, "sqlite")
	x := examples(t, e, true)
	run(t, as(t, e, x[4].TokenLabel), x[4])
	var seen struct{ ID string }
	if err := json.Unmarshal([]byte(x[3].Variables), &seen); err != nil {
		t.Fatal(err)
	}
	li := as(t, e, x[3].TokenLabel)
	if c := li.Must(`query($id: ID!) { return(id: $id) { status } }`, apptest.Vars{"id": seen.ID}).Str("return.status"); c != "EXPIRED" {
		t.Fatalf("approved by itself and never sent, the case is %s", c)
	}

	stale := run(t, li, x[3]).List("returnRefund.userErrors")
	if len(stale) != 1 || stale[0].Str("code") != "CONFLICT" {
		t.Errorf("the old example: %v", stale)
	}
	x = examples(t, e, true)
	for i := range x {
		d := run(t, as(t, e, x[i].TokenLabel), x[i])
		if i == 3 {
			if err := d.List("returnRefund.userErrors")[0]; err.Str("code") != "ILLEGAL_TRANSITION" || len(err.Strings("allowedActions")) == 0 {
				t.Errorf("the refusal: %v", d)
			}
		}
		if i == 4 && len(d.List("testClockAdvance.userErrors")) != 0 {
			t.Errorf("the clock: %v", d)
		}
	}
}

// Where a demo's cases are not there, the examples that need one are left out instead of failing the start.
func TestExamplesWithoutTheDemosCases(t *testing.T) {
	t.Parallel()
	e := apptest.Start(t, "sqlite")
	e.Sandbox(demo.Mall, "2025-09-24T10:00:00+08:00")
	got, err := demo.Examples(t.Context(), e.App, true)
	if err != nil || len(got) != 2 {
		t.Errorf("%d examples, %v", len(got), err)
	}
}

// Elsewhere the examples name no object: every role that reads cases can run all of them that it may, and the first
// three need no token at all.
func TestExamplesForAnyDeployment(t *testing.T) {
	t.Parallel()
	e := apptest.Start(t, "sqlite")
	s := e.Sandbox("mall", "2025-09-24T10:00:00+08:00")
	s.Request(s.Order("A1", "2025-09-24T10:00:00+08:00", apptest.Line{SKU: "KETTLE", Quantity: 1, UnitPrice: "99.00"}), "RETURN_AND_REFUND", 1)
	x := examples(t, e, false)
	for i := range x {
		if x[i].TokenLabel != "" {
			t.Errorf("%s names %q", x[i].Title, x[i].TokenLabel)
		}
		if i < 3 {
			run(t, e.Anonymous(), x[i])
		}
		run(t, s.Agent, x[i])
		if i != 3 {
			run(t, s.Customer, x[i])
		}
	}
	if d := run(t, e.Anonymous(), x[1]); d.Str("deadlinePreview.dueAt") != "2025-10-10T16:00:00Z" || !strings.Contains(d.Str("deadlinePreview.why"), "National Day") {
		t.Errorf("the preview: %v", d)
	}
	if got := len(run(t, e.As(auth.Warehouse, "mall", "zhao.lei"), x[4]).List("returns.nodes")); got != 1 {
		t.Errorf("%d returns", got)
	}
}
