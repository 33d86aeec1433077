package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"aftersales/internal/apptest"
)

// What tests read of a return, and how they say what they expected.

const deadlineFields = `id kind state open obligor startedAt promisedDueAt promisedLastDay dueAt lastDay metAt breachedAt risk provisional explanationOwed
	countedDays why pauses { from to reason } rule { clause plan planVersion length unit onTimeout } explanation { reason text toldAt channel } timeZone`

const returnFields = `id number status statusLabel version revision priority openedAt closedAt outcome outcomeNote remedy description channel openQuestion
	returnReason { handle label atFault } escalatedTo { name } assignee { name }
	review { product { ok note } description { ok note } reason { ok note } }
	instructions { steps materials returnAddress { name recipient phone line city } }
	items { id quantity acceptedQuantity orderLine { id returnableQuantity } inspection { passed notes inspectedAt inspector { name } checks { aspect passed note } } }
	parcels { direction carrier waybill shippedAt deliveredAt }
	refundable { amount currency } refunds { id state amount { amount currency } reference startedAt creditedAt }
	deadlines { ` + deadlineFields + ` } nextDeadline { kind } allowedActions
	events(first: 100) { nodes { type at text note actor { role name } } }`

const oneReturn = `query($id: ID!) { return(id: $id) { ` + returnFields + ` } }`

// caseOf is everything a caller sees of a return.
type caseOf struct {
	apptest.Data
	t testing.TB
}

func look(t testing.TB, c apptest.Caller, returnID string) caseOf {
	t.Helper()
	d := c.Must(oneReturn, apptest.Vars{"id": returnID})
	if d.Get("return") == nil {
		t.Fatalf("return %s is not to be seen", returnID)
	}
	return caseOf{sub(t, d, "return"), t}
}

// sub is the object at a path.
func sub(t testing.TB, d apptest.Data, path string) apptest.Data {
	t.Helper()
	m, ok := d.Get(path).(map[string]any)
	if !ok {
		t.Fatalf("%s is no object: %v", path, d.Get(path))
	}
	return apptest.DataOf(t, m)
}

// deadline is the newest deadline of a kind.
func (c caseOf) deadline(kind string) apptest.Data {
	c.t.Helper()
	all := c.List("deadlines")
	for _, d := range slices.Backward(all) {
		if d.Str("kind") == kind {
			return d
		}
	}
	c.t.Fatalf("no deadline %s among %d", kind, len(all))
	return apptest.Data{}
}

// has reports whether the case has a deadline of a kind.
func (c caseOf) has(kind string) bool {
	return slices.ContainsFunc(c.List("deadlines"), func(d apptest.Data) bool { return d.Str("kind") == kind })
}

// events are the types of the timeline in order.
func (c caseOf) events() []string {
	c.t.Helper()
	var types []string
	for _, e := range c.List("events.nodes") {
		types = append(types, e.Str("type"))
	}
	return types
}

// told are the events of a type whose sentence names something ("" for all).
func (c caseOf) told(eventType, naming string) []apptest.Data {
	c.t.Helper()
	return slices.DeleteFunc(c.List("events.nodes"), func(e apptest.Data) bool {
		return e.Str("type") != eventType || !strings.Contains(e.Str("text"), naming)
	})
}

// first is the first of told; there has to be one.
func (c caseOf) first(eventType, naming string) apptest.Data {
	c.t.Helper()
	all := c.told(eventType, naming)
	if len(all) == 0 {
		c.t.Fatalf("no %s of %q in %v", eventType, naming, c.events())
	}
	return all[0]
}

// state is a deadline in one line: its state, whether it is open, and whether an explanation is owed.
func state(d apptest.Data) string {
	s := d.Str("state")
	if d.Get("open") == true {
		s += " open"
	}
	if d.Get("explanationOwed") == true {
		s += " owed"
	}
	return s
}

var beijing = time.FixedZone("", 8*3600)

// at is the instant at a path as Beijing time, "" for null.
func at(t testing.TB, d apptest.Data, path string) string {
	t.Helper()
	if d.Get(path) == nil {
		return ""
	}
	return cn(t, d.Str(path))
}

func cn(t testing.TB, instant string) string {
	t.Helper()
	v, err := time.Parse(time.RFC3339Nano, instant)
	if err != nil {
		t.Fatalf("%v", err)
	}
	return v.In(beijing).Format("2006-01-02T15:04:05.999999Z07:00")
}

// before is the last microsecond before an instant.
func before(t testing.TB, instant string) string {
	t.Helper()
	v, err := time.Parse(time.RFC3339Nano, instant)
	if err != nil {
		t.Fatal(err)
	}
	return v.Add(-time.Microsecond).Format(time.RFC3339Nano)
}

// is compares what was found with what was expected, both as text.
func is(t testing.TB, what string, got, want any) {
	t.Helper()
	if g, w := fmt.Sprint(got), fmt.Sprint(want); g != w {
		t.Errorf("%s is %s, want %s", what, g, w)
	}
}

// refusedAs checks that the only refusal has a code and names a field ("" for none), and returns it.
func refusedAs(t testing.TB, errs []apptest.Data, code, field string) apptest.Data {
	t.Helper()
	if len(errs) != 1 {
		t.Fatalf("%d refusals instead of one: %v", len(errs), errs)
	}
	is(t, "code", errs[0].Str("code"), code)
	got := ""
	if errs[0].Get("field") != nil {
		got = strings.Join(errs[0].Strings("field"), ".")
	}
	is(t, "field of "+code, got, field)
	return errs[0]
}

// param is a figure of a refusal.
func param(t testing.TB, refusal apptest.Data, name string) string {
	t.Helper()
	for _, p := range refusal.List("params") {
		if p.Str("name") == name {
			return p.Str("value")
		}
	}
	t.Errorf("no param %s in %v", name, refusal.Get("params"))
	return ""
}

// with is a copy of the variables with one field of the input changed.
func with(vars apptest.Vars, field string, value any) apptest.Vars {
	in := apptest.Vars{}
	for k, v := range vars["in"].(apptest.Vars) {
		in[k] = v
	}
	in[field] = value
	return apptest.Vars{"in": in}
}

// cups are so many lines of so many units at 10.00: one line can be asked for only so often.
func cups(lines, quantity int) []apptest.Line {
	out := make([]apptest.Line, lines)
	for i := range out {
		out[i] = apptest.Line{SKU: "CUP", Quantity: quantity, UnitPrice: "10.00"}
	}
	return out
}

// nth is an order as its n-th line sees it, for requests of that line.
func nth(o apptest.Order, n int) apptest.Order { return apptest.Order{ID: o.ID, Lines: o.Lines[n:]} }

// kettle is an order of two kettles at 99.00.
func kettle(s *apptest.Shop, number, near string) apptest.Order {
	return s.Order(number, near, apptest.Line{SKU: "KETTLE", Quantity: 2, UnitPrice: "99.00"})
}

const (
	respond = `mutation($id: ID!, $key: String!, $m: String!) { caseRespond(id: $id, idempotencyKey: $key, message: $m) { case { id status version } userErrors { code field message params { name value } allowedActions } } }`
	explain = `mutation($id: ID!, $at: DateTime!, $text: String!) { caseExplainDelay(deadline: $id, input: { reason: CARRIER, text: $text, toldAt: $at, channel: PHONE }) { deadline { id state explanationOwed explanation { text toldAt } } userErrors { code field message params { name value } allowedActions } } }`
	closing = `mutation($id: ID!, $v: Int) { caseClose(id: $id, expectedVersion: $v) { case { id status closedAt version } userErrors { code field message params { name value } allowedActions } } }`
	assign  = `mutation($id: ID!, $v: Int, $staff: ID!) { caseAssign(id: $id, expectedVersion: $v, staff: $staff) { case { id status version } userErrors { code field message params { name value } allowedActions } } }`
)

func answer(s *apptest.Shop, returnID string) {
	s.Agent.Must(respond, apptest.Vars{"id": returnID, "key": s.Key(), "m": "We are looking into it."})
}
