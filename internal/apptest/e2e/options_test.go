package e2e

import (
	"strconv"
	"testing"

	"aftersales/internal/apptest"
)

func ftoa(n int) string { return strconv.Itoa(n) }

const options = `query($id: ID!, $reason: String, $n: Int) { order(id: $id) { lines { afterSalesOptions(reasonHandle: $reason, quantity: $n) {
	remedy possible until lastDay note wouldRefund { amount currency } blockers { code message case { id number } } promises { kind clause length unit dueAt lastDay } } } } }`

// option is what a customer may do with the first line of an order, for a reason ("" for none) and a remedy.
func option(t testing.TB, c apptest.Caller, o apptest.Order, reason, remedy string) apptest.Data {
	t.Helper()
	return optionFor(t, c, o, reason, remedy, 0)
}

func optionFor(t testing.TB, c apptest.Caller, o apptest.Order, reason, remedy string, quantity int) apptest.Data {
	t.Helper()
	vars := apptest.Vars{"id": o.ID}
	if reason != "" {
		vars["reason"] = reason
	}
	if quantity > 0 {
		vars["n"] = quantity
	}
	for _, opt := range c.Must(options, vars).List("order.lines.0.afterSalesOptions") {
		if opt.Str("remedy") == remedy {
			return opt
		}
	}
	t.Fatalf("no option %s", remedy)
	return apptest.Data{}
}

// Options say what is possible and why not, until when, what it would pay, and what the merchant would promise from now:
// the same that a request is then judged by (MALL-1.3b: the rules are the server's).
func TestOptionsSayWhatARequestWouldDo(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const signed = "2025-03-10T18:00:00+08:00" // seven days later is Mon 2025-03-17, a working day
		s := e.Sandbox("mall", "2025-03-11T10:15:00+08:00")
		o := s.Order("A1", signed, apptest.Line{SKU: "CUP", Quantity: 3, UnitPrice: "10.00", Delivered: signed})

		opt := option(t, s.Customer, o, "", "RETURN_AND_REFUND")
		is(t, "possible", opt.Get("possible"), true)
		is(t, "until", at(t, opt, "until"), "2025-03-18T00:00:00+08:00")
		is(t, "last day", opt.Str("lastDay"), "2025-03-17")
		is(t, "would refund", opt.Str("wouldRefund.amount")+" "+opt.Str("wouldRefund.currency"), "30.00 CNY")
		is(t, "promises", len(opt.List("promises")), 3)
		for _, p := range opt.List("promises") {
			want := map[string]string{"FIRST_RESPONSE": "2025-03-12T10:15:00+08:00", "REVIEW": "2025-03-13T10:15:00+08:00", "REFUND": "2025-03-15T00:00:00+08:00"}
			is(t, p.Str("kind"), at(t, p, "dueAt"), want[p.Str("kind")])
		}
		is(t, "one of three", optionFor(t, s.Customer, o, "QUALITY", "REFUND", 1).Str("wouldRefund.amount"), "10.00")
		none := option(t, s.Customer, o, "NO_REASON_7D", "REFUND")
		is(t, "refund without goods and without reason", none.Str("blockers.0.code"), "NOT_OFFERED")
		repair := option(t, s.Customer, o, "QUALITY", "REPAIR")
		is(t, "repair", repair.Get("possible"), true)
		is(t, "repair", repair.Get("wouldRefund"), nil)
		is(t, "repair", len(repair.List("promises")), 3)

		// What an open case holds is told with the case.
		id := s.Request(o, "RETURN_AND_REFUND", 2)
		held := optionFor(t, s.Customer, o, "QUALITY", "RETURN_AND_REFUND", 2)
		is(t, "possible", held.Get("possible"), false)
		is(t, "blocker", held.Str("blockers.0.code"), "QUANTITY_HELD")
		is(t, "held by", held.Str("blockers.0.case.id"), id)
		is(t, "rest", option(t, s.Customer, o, "QUALITY", "RETURN_AND_REFUND").Str("wouldRefund.amount"), "10.00")

		// What was refunded is gone for good.
		s.ToInspected(id)
		s.Confirm(s.Refund(id))
		last := s.Request(o, "REFUND", 1)
		s.Agent.Must(apptest.ApproveReturn, apptest.Vars{"id": last})
		s.Confirm(s.Refund(last))
		gone := option(t, s.Customer, o, "QUALITY", "REFUND")
		is(t, "blocker", gone.Str("blockers.0.code"), "ALREADY_REFUNDED")
		refusedAs(t, s.Customer.Refused(apptest.RequestReturn, s.RequestVars(o, "REFUND", 1)), "NOT_ELIGIBLE", "input.items.0")

		// After the window the reasons without one remain, and say nothing of an end.
		s.Advance("2025-03-18T00:00:00+08:00")
		late := s.Order("A2", signed, apptest.Line{SKU: "CUP", Quantity: 1, UnitPrice: "10.00", Delivered: signed})
		opt = option(t, s.Customer, late, "", "RETURN_AND_REFUND")
		is(t, "possible", opt.Get("possible"), true)
		is(t, "until", opt.Get("until"), nil)
	})
}

// A bad question is refused with the field's name.
func TestOptionsRefuseNonsense(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-03-11T10:15:00+08:00")
		o := kettle(s, "A1", "2025-03-11T10:15:00+08:00")
		for field, vars := range map[string]apptest.Vars{
			"reasonHandle": {"id": o.ID, "reason": "BECAUSE"},
			"quantity":     {"id": o.ID, "n": 0},
		} {
			r := s.Customer.Do(options, vars)
			if len(r.Errors) != 1 || r.Errors[0].Code() != "BAD_USER_INPUT" {
				t.Fatalf("%s: %s", field, r.Raw)
			}
			is(t, "field", r.Errors[0].Extensions["field"], []string{field})
		}
	})
}
