package e2e

import (
	"slices"
	"strings"
	"testing"

	"aftersales/internal/apptest"
	"aftersales/internal/auth"
)

// MALL-3.1a: the customer submits an application, which is the start of every clock. Tuesday 2025-03-11 10:15 starts
// FIRST_RESPONSE (24 h), REVIEW (48 h) and REFUND (3 working days: Wed 12, Thu 13, Fri 14, until 24:00).
func TestRequestOpensACaseWithItsDeadlines(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", now)
		o := kettle(s, "A1", now)
		c := look(t, s.Customer, s.Request(o, "RETURN_AND_REFUND", 2))

		is(t, "status", c.Str("status"), "REQUESTED")
		is(t, "version", c.Int("version"), 1)
		is(t, "opened", at(t, c.Data, "openedAt"), now)
		is(t, "remedy", c.Str("remedy"), "RETURN_AND_REFUND")
		is(t, "description", c.Str("description"), "It does not work.")
		is(t, "reason", c.Str("returnReason.handle"), "QUALITY")
		is(t, "quantity", c.Int("items.0.quantity"), 2)
		is(t, "still returnable", c.Int("items.0.orderLine.returnableQuantity"), 0)
		is(t, "closed", c.Get("closedAt"), nil)
		is(t, "outcome", c.Get("outcome"), nil)
		if n := c.Str("number"); !strings.HasPrefix(n, "R250311-") {
			t.Errorf("number %s", n)
		}
		is(t, "deadlines", len(c.List("deadlines")), 3)
		for _, want := range []struct{ kind, clause, promise, promised, due, last string }{
			{"FIRST_RESPONSE", "MALL-4.1a", "24 HOURS", "2025-03-12T10:15:00+08:00", "2025-03-12T10:15:00+08:00", "<nil>"},
			{"REVIEW", "MALL-3.2a", "48 HOURS", "2025-03-13T10:15:00+08:00", "2025-03-13T10:15:00+08:00", "<nil>"},
			{"REFUND", "MALL-4.2a", "3 WORKING_DAYS", "2025-03-15T00:00:00+08:00", "2025-03-15T00:00:00+08:00", "2025-03-14"},
		} {
			d := c.deadline(want.kind)
			is(t, want.kind, state(d), "RUNNING open")
			is(t, want.kind+" owed by", d.Str("obligor"), "MERCHANT")
			is(t, want.kind+" clause", d.Str("rule.clause"), want.clause)
			is(t, want.kind+" plan", d.Str("rule.plan"), "MALL")
			is(t, want.kind+" length", strings.Join([]string{ftoa(d.Int("rule.length")), d.Str("rule.unit")}, " "), want.promise)
			acts := []string{"ESCALATE"}
			if want.kind == "REVIEW" {
				acts = append(acts, "APPROVE")
			}
			is(t, want.kind+" on timeout", d.Strings("rule.onTimeout"), acts)
			is(t, want.kind+" started", at(t, d, "startedAt"), now)
			is(t, want.kind+" promised", at(t, d, "promisedDueAt"), want.promised)
			is(t, want.kind+" due", at(t, d, "dueAt"), want.due)
			is(t, want.kind+" last day", d.Get("lastDay"), want.last)
			is(t, want.kind+" promised last day", d.Get("promisedLastDay"), want.last)
			is(t, want.kind+" risk", d.Str("risk"), "ON_TRACK")
			is(t, want.kind+" provisional", d.Get("provisional"), false)
			is(t, want.kind+" zone", d.Str("timeZone"), "Asia/Shanghai")
		}
		is(t, "next deadline", c.Str("nextDeadline.kind"), "FIRST_RESPONSE")
		is(t, "timeline", c.events(), []string{"OPENED"})
		is(t, "customer's actions", c.Strings("allowedActions"), []string{"RETURN_CONVERT", "RETURN_CANCEL", "CASE_MESSAGE_ADD", "CASE_EVIDENCE_ADD"})
		is(t, "agent's actions", look(t, s.Agent, c.Str("id")).Strings("allowedActions"),
			[]string{"RETURN_REQUEST_INFO", "RETURN_PROPOSE", "RETURN_APPROVE", "RETURN_REJECT", "RETURN_CONVERT", "RETURN_CANCEL", "CASE_ASSIGN", "CASE_RESPOND", "CASE_MESSAGE_ADD", "CASE_EVIDENCE_ADD"})
	})
}

// MALL-3.2b: product, description and reason are what a review judges, so none of them can be missing; and nothing is held
// by a request that was refused.
func TestRequestNeedsProductDescriptionAndReason(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", now)
		o := kettle(s, "A1", now)
		other := kettle(s, "A2", now)
		foreign := s.OrderOf("c-2", "B1", now, nil, apptest.Line{SKU: "LAMP", Quantity: 1, UnitPrice: "10.00"})
		ok := s.RequestVars(o, "RETURN_AND_REFUND", 1)
		item := func(line string, n int) apptest.Vars { return apptest.Vars{"orderLine": line, "quantity": n} }
		for _, tc := range []struct {
			name, code, field string
			vars              apptest.Vars
		}{
			{"no product", "INVALID_INPUT", "input.items", with(ok, "items", []apptest.Vars{})},
			{"no description", "INVALID_INPUT", "input.description", with(ok, "description", " \n")},
			{"description of control characters", "INVALID_INPUT", "input.description", with(ok, "description", "a\x01b")},
			{"description too long", "INVALID_INPUT", "input.description", with(ok, "description", strings.Repeat("長", 5001))},
			{"unknown reason", "INVALID_INPUT", "input.reasonHandle", with(ok, "reasonHandle", "BECAUSE")},
			{"empty reason", "INVALID_INPUT", "input.reasonHandle", with(ok, "reasonHandle", "")},
			{"unknown order", "NOT_FOUND", "input.order", with(ok, "order", "ord_01h455vb4pex5vsknk084sn02q")},
			{"somebody else's order", "NOT_FOUND", "input.order", with(with(ok, "order", foreign.ID), "items", []apptest.Vars{item(foreign.Lines[0], 1)})},
			{"unknown line", "NOT_FOUND", "input.items.0.orderLine", with(ok, "items", []apptest.Vars{item("lin_01h455vb4pex5vsknk084sn02q", 1)})},
			{"line of another order", "NOT_FOUND", "input.items.1.orderLine", with(ok, "items", []apptest.Vars{item(o.Lines[0], 1), item(other.Lines[0], 1)})},
			{"the same line twice", "INVALID_INPUT", "input.items.1.orderLine", with(ok, "items", []apptest.Vars{item(o.Lines[0], 1), item(o.Lines[0], 1)})},
			{"quantity 0", "INVALID_INPUT", "input.items.0.quantity", with(ok, "items", []apptest.Vars{item(o.Lines[0], 0)})},
			{"quantity below 0", "INVALID_INPUT", "input.items.0.quantity", with(ok, "items", []apptest.Vars{item(o.Lines[0], -1)})},
			{"more than bought", "QUANTITY_EXCEEDS_BOUGHT", "input.items.0.quantity", with(ok, "items", []apptest.Vars{item(o.Lines[0], 3)})},
			{"a quantity beyond all bounds", "QUANTITY_EXCEEDS_BOUGHT", "input.items.0.quantity", with(ok, "items", []apptest.Vars{item(o.Lines[0], 2147483647)})},
			{"no key", "INVALID_INPUT", "idempotencyKey", with(ok, "idempotencyKey", "")},
		} {
			t.Run(tc.name, func(t *testing.T) {
				refusedAs(t, s.Customer.Refused(apptest.RequestReturn, tc.vars), tc.code, tc.field)
			})
		}
		// What the schema requires is not even read.
		for _, missing := range []string{"order", "items", "reasonHandle", "description", "remedy"} {
			v := with(ok, missing, nil)
			delete(v["in"].(apptest.Vars), missing)
			if r := s.Customer.Do(apptest.RequestReturn, v); len(r.Errors) == 0 {
				t.Errorf("without %s: %s", missing, r.Raw)
			}
		}
		// All at once are reported together.
		errs := s.Customer.Refused(apptest.RequestReturn, with(with(ok, "description", ""), "items", []apptest.Vars{item(o.Lines[0], 0)}))
		is(t, "refusals at once", len(errs), 2)

		d := s.Agent.Must(`query($id: ID!) { order(id: $id) { lines { returnableQuantity } cases { totalCount } } }`, apptest.Vars{"id": o.ID})
		is(t, "cases", d.Int("order.cases.totalCount"), 0)
		is(t, "returnable", d.Int("order.lines.0.returnableQuantity"), 2)
	})
}

// Quantities are held across all open cases; the refusal says how many are left and which case stands in the way.
func TestRequestHoldsQuantitiesAcrossCases(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", now)
		o := s.Order("A1", now, apptest.Line{SKU: "CUP", Quantity: 3, UnitPrice: "10.00"}, apptest.Line{SKU: "PLATE", Quantity: 1, UnitPrice: "20.00"})
		first := s.Request(o, "RETURN_AND_REFUND", 2)
		number := look(t, s.Agent, first).Str("number")

		r := refusedAs(t, s.Customer.Refused(apptest.RequestReturn, s.RequestVars(o, "RETURN_AND_REFUND", 2)), "QUANTITY_EXCEEDS_BOUGHT", "input.items.0.quantity")
		is(t, "returnable", param(t, r, "returnable"), "1")
		is(t, "blocking case", param(t, r, "case"), number)
		is(t, "message", r.Str("message"), "2 asked for, 1 can still be returned: 3 bought, 2 in open cases, 0 returned")

		// Two cases on one line, together all that was bought; a refused line takes the others with it.
		both := with(s.RequestVars(o, "RETURN_AND_REFUND", 1), "items", []apptest.Vars{{"orderLine": o.Lines[1], "quantity": 1}, {"orderLine": o.Lines[0], "quantity": 2}})
		refusedAs(t, s.Customer.Refused(apptest.RequestReturn, both), "QUANTITY_EXCEEDS_BOUGHT", "input.items.1.quantity")
		second := s.Request(o, "REFUND", 1)
		is(t, "plates", lineOf(t, s, o, 1).Int("returnableQuantity"), 1)
		r = refusedAs(t, s.Customer.Refused(apptest.RequestReturn, s.RequestVars(o, "REFUND", 1)), "QUANTITY_EXCEEDS_BOUGHT", "input.items.0.quantity")
		is(t, "returnable", param(t, r, "returnable"), "0")

		s.Customer.Must(apptest.CancelReturn, apptest.Vars{"id": second})
		is(t, "cups after cancelling", lineOf(t, s, o, 0).Int("returnableQuantity"), 1)
		s.Request(o, "RETURN_AND_REFUND", 1)
	})
}

func lineOf(t *testing.T, s *apptest.Shop, o apptest.Order, i int) apptest.Data {
	t.Helper()
	return s.Agent.Must(`query($id: ID!) { order(id: $id) { lines { returnableQuantity paid { amount } } } }`, apptest.Vars{"id": o.ID}).List("order.lines")[i]
}

// MALL-2.1a: quality defect, damage, late delivery, wrong item and any other problem can be named as the reason of a case.
// MALL-2.1b: a quality problem entitles to a return (an exchange is what QUALITY allows too, but not offered yet).
// MALL-3.1c: what the customer demands is said; what is not offered is refused by name, not dropped.
func TestRequestForEveryReasonAndRemedy(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", now)
		reasons := s.Customer.Must(`{ returnReasons { handle label atFault remedies } }`, nil).List("returnReasons")
		var handles []string
		for _, r := range reasons {
			handles = append(handles, r.Str("handle"))
		}
		for _, want := range []string{"QUALITY", "DAMAGED", "LATE_DISPATCH", "WRONG_ITEM", "OTHER"} {
			if !slices.Contains(handles, want) {
				t.Errorf("no reason %s", want)
			}
		}
		for _, r := range reasons {
			o := s.Order("A-"+r.Str("handle"), now, apptest.Line{SKU: "CUP", Quantity: 100, UnitPrice: "10.00"})
			entitled := r.Strings("remedies")
			for _, remedy := range []string{"REFUND", "RETURN_AND_REFUND", "EXCHANGE", "REPAIR"} {
				vars := with(s.RequestVars(o, remedy, 1), "reasonHandle", r.Str("handle"))
				if slices.Contains(entitled, remedy) && remedy != "REPAIR" {
					c := look(t, s.Customer, s.Customer.Must(apptest.RequestReturn, vars).Str("returnRequest.return.id"))
					is(t, "reason", c.Str("returnReason.handle"), r.Str("handle"))
					is(t, "remedy", c.Str("remedy"), remedy)
					continue
				}
				field := "input.items.0"
				if remedy == "REPAIR" {
					field = "input.remedy" // there is an operation of its own
				}
				refusedAs(t, s.Customer.Refused(apptest.RequestReturn, vars), "NOT_ELIGIBLE", field)
			}
		}
		i := max(0, slices.Index(handles, "QUALITY"))
		is(t, "QUALITY entitles to", reasons[i].Strings("remedies"), []string{"REFUND", "RETURN_AND_REFUND", "EXCHANGE", "REPAIR"})
		is(t, "QUALITY is the fault of", reasons[i].Str("atFault"), "MERCHANT")
		zh := s.Customer.In("zh-CN").Must(`{ returnReasons { label } }`, nil)
		is(t, "label", zh.List("returnReasons")[i].Str("label"), "商品质量问题")
	})
}

// MALL-3.1b: every channel is recorded; an agent files for the customer, whose case it is all the same.
func TestRequestByEveryChannelAndByStaff(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", now)
		o := s.Order("A1", now, cups(9, 1)...)
		for i, channel := range []string{"SERVICE_CENTER", "ONLINE_CHAT", "PHONE", "EMAIL", "SOCIAL_MEDIA", "APP", "WEBSITE"} {
			id := s.Agent.Must(apptest.RequestReturn, with(s.RequestVars(nth(o, i), "RETURN_AND_REFUND", 1), "channel", channel)).Str("returnRequest.return.id")
			c := look(t, s.Customer, id)
			is(t, "channel", c.Str("channel"), channel)
			is(t, "filed by", c.Str("events.nodes.0.actor.name"), "Li Na")
			is(t, "role", c.Str("events.nodes.0.actor.role"), "AGENT")
		}
		is(t, "customer's own channel", look(t, s.Customer, s.Request(nth(o, 7), "REFUND", 1)).Str("channel"), "WEBSITE")
		byAgent := s.Agent.Must(apptest.RequestReturn, s.RequestVars(nth(o, 8), "REFUND", 1)).Str("returnRequest.return.id")
		is(t, "agent's channel", look(t, s.Agent, byAgent).Str("channel"), "SERVICE_CENTER")
		// Filed by an agent or not, another customer sees nothing of it.
		stranger := e.As(auth.Customer, s.Slug, "c-2")
		is(t, "seen by a stranger", stranger.Must(`query($id: ID!) { return(id: $id) { id } }`, apptest.Vars{"id": byAgent}).Get("return"), nil)
	})
}

// The seven days for a return without reason (Consumer Rights Protection Law art. 25) over National Day 2025: signed for on
// Fri 09-26, the seventh day is Fri 10-03, inside the holiday 10-01 to 10-08, so the last day is Thu 10-09 (Civil Code 203).
func TestWindowRollsOverNationalDay(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const signed, due = "2025-09-26T18:20:00+08:00", "2025-10-10T00:00:00+08:00"
		s := e.Sandbox("mall", "2025-09-27T09:00:00+08:00")
		o := s.Order("A1", signed, apptest.Line{SKU: "CUP", Quantity: 5, UnitPrice: "10.00", Delivered: signed})
		ask := func() apptest.Vars {
			return with(s.RequestVars(o, "RETURN_AND_REFUND", 1), "reasonHandle", "NO_REASON_7D")
		}
		opt := option(t, s.Customer, o, "NO_REASON_7D", "RETURN_AND_REFUND")
		is(t, "possible", opt.Get("possible"), true)
		is(t, "last day", opt.Str("lastDay"), "2025-10-09")
		is(t, "until", at(t, opt, "until"), due)

		s.Advance(before(t, due))
		s.Customer.Must(apptest.RequestReturn, ask())

		s.Advance(due)
		r := refusedAs(t, s.Customer.Refused(apptest.RequestReturn, ask()), "WINDOW_CLOSED", "input.items.0")
		is(t, "last day", param(t, r, "lastDay"), "2025-10-09")
		is(t, "law", param(t, r, "rule"), "Consumer Rights Protection Law art. 25")
		is(t, "message", r.Str("message"), "the 7 days for a return without reason (Consumer Rights Protection Law art. 25) ended with 2025-10-09")
		zh := s.Customer.In("zh-CN").Refused(apptest.RequestReturn, ask())
		if m := zh[0].Str("message"); !strings.Contains(m, "2025-10-09") || !strings.Contains(m, "届满") {
			t.Errorf("message %s", m)
		}
		opt = option(t, s.Customer, o, "NO_REASON_7D", "RETURN_AND_REFUND")
		is(t, "possible", opt.Get("possible"), false)
		is(t, "blocker", opt.Str("blockers.0.code"), "WINDOW_CLOSED")

		// Another reason has no window, and a line nobody said was delivered has none that has begun.
		s.Request(o, "RETURN_AND_REFUND", 1)
		unknown := s.Order("A2", signed, apptest.Line{SKU: "CUP", Quantity: 1, UnitPrice: "10.00"})
		opt = option(t, s.Customer, unknown, "NO_REASON_7D", "RETURN_AND_REFUND")
		is(t, "possible without delivery", opt.Get("possible"), true)
		is(t, "until", opt.Get("until"), nil)
		is(t, "note", opt.Str("note"), "The delivery date is not known, so the return window is open.")
		s.Customer.Must(apptest.RequestReturn, with(s.RequestVars(unknown, "RETURN_AND_REFUND", 1), "reasonHandle", "NO_REASON_7D"))
	})
}
