package e2e

import (
	"strings"
	"testing"

	"aftersales/internal/apptest"
)

const (
	lineOptions = `query($o: ID!, $r: String) { order(id: $o) { lines { sku exclusion afterSalesOptions(reasonHandle: $r) { remedy possible until lastDay note freight { back out } blockers { code message } } } } }`
	setWindow   = `mutation($d: Int) { returnWindowSet(days: $d) { servicePolicy { noReason { days floor article } } userErrors { code field message params { name value } } } }`
	clocks      = `query($id: ID!) { return(id: $id) { status deadlines { kind state open startedAt promisedDueAt dueAt lastDay metAt rule { clause plan planVersion length unit } pauses { from to } } nextDeadline { kind } } }`
)

// goodsBack finds the RETURN_AND_REFUND option of a line by its place in the order.
func goodsBack(t *testing.T, d apptest.Data, line int) apptest.Data {
	t.Helper()
	for _, o := range d.List("order.lines")[line].List("afterSalesOptions") {
		if o.Str("remedy") == "RETURN_AND_REFUND" {
			return o
		}
	}
	t.Fatal("no option RETURN_AND_REFUND")
	return apptest.Data{}
}

func clockOf(t *testing.T, d apptest.Data, kind string) apptest.Data {
	t.Helper()
	for _, c := range d.List("return.deadlines") {
		if c.Str("kind") == kind {
			return c
		}
	}
	t.Fatalf("no deadline %s", kind)
	return apptest.Data{}
}

// MALL-1.3a: China's own limit (Consumer Rights Protection Law art. 25) runs beside the promise, from the goods' return,
// seven days, rolled over the National Day holiday.
func TestStatutoryRefundRunsBesideThePromise(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-09-24T10:00:00+08:00")
		o := s.Order("A1", "2025-09-24T10:00:00+08:00", apptest.Line{SKU: "KETTLE", Quantity: 1, UnitPrice: "99.00"})
		id := s.Request(o, "RETURN_AND_REFUND", 1)
		s.Agent.Must(apptest.ApproveReturn, apptest.Vars{"id": id})
		s.Customer.Must(apptest.ShipReturn, apptest.Vars{"id": id})
		for _, c := range s.Agent.Must(clocks, apptest.Vars{"id": id}).List("return.deadlines") {
			if c.Str("kind") == "STATUTORY_REFUND" {
				t.Error("the law's clock started before the goods were back")
			}
		}
		s.Advance("2025-09-26T09:00:00+08:00")
		s.Warehouse.Must(apptest.ReceiveReturn, apptest.Vars{"id": id})
		d := s.Agent.Must(clocks, apptest.Vars{"id": id})
		law := clockOf(t, d, "STATUTORY_REFUND")
		if law.Str("startedAt") != "2025-09-26T01:00:00Z" || law.Str("dueAt") != "2025-10-09T16:00:00Z" || law.Str("lastDay") != "2025-10-09" {
			t.Errorf("law's clock %v", law)
		}
		if law.Str("rule.plan") != "LAW-CN" || law.Str("rule.clause") != "Consumer Rights Protection Law art. 25" || clockOf(t, d, "REFUND").Str("rule.plan") != "MALL" {
			t.Errorf("rule %v", law)
		}
		// The promise: Thu 25, Fri 26, Sun 28 (make-up) from Wed 24, and the two working days the parcel took (25, 26).
		if got := clockOf(t, d, "REFUND").Str("dueAt"); got != "2025-09-30T16:00:00Z" {
			t.Errorf("promise due %s", got)
		}
		if got := d.Str("return.nextDeadline.kind"); got != "REFUND" {
			t.Errorf("next is %s, not the earlier of the two", got)
		}
		s.Inspect(id, true)
		s.Confirm(s.Refund(id))
		d = s.Agent.Must(clocks, apptest.Vars{"id": id})
		if law := clockOf(t, d, "STATUTORY_REFUND"); law.Str("state") != "MET" || law.Str("metAt") != "2025-09-26T01:00:00Z" {
			t.Errorf("after the credit %v", law)
		}
	})
}

// MALL-1.3a: in the EU the 14 days run from the notice, and stand still until the goods are on their way (Directive
// 2011/83/EU art. 13); the window starts with the last line's delivery (art. 9).
func TestGermanLawCountsFromNoticeAndLastLine(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		e.Platform().Must(`mutation { merchantCreate(input: { idempotencyKey: "de", slug: "laden", name: "Laden", mode: SANDBOX, currency: EUR, calendar: "DE", jurisdiction: "DE", testClockStartsAt: "2025-09-01T10:00:00+02:00" }) { merchant { id } userErrors { code } } }`, nil)
		s := e.Sandbox("mall", "2025-09-01T10:00:00+08:00").At("laden")
		s.Admin.Must(`mutation { returnAddressUpsert(input: { name: "main", recipient: "Lager", phone: "0300000000", line: "Weg 1", city: "Berlin", country: "DE", isDefault: true }) { userErrors { code } } }`, nil)
		o := s.OrderOf("c-1", "B1", "2025-09-01T10:00:00+02:00", apptest.Vars{"currency": "EUR"},
			apptest.Line{SKU: "CUP", Quantity: 1, UnitPrice: "9.00", Delivered: "2025-08-20T12:00:00+02:00"},
			apptest.Line{SKU: "POT", Quantity: 1, UnitPrice: "29.00", Delivered: "2025-08-29T12:00:00+02:00"})
		got := goodsBack(t, s.Customer.Must(lineOptions, apptest.Vars{"o": o.ID, "r": "NO_REASON_7D"}), 0)
		// Fri 29 August + 14 days = Fri 12 September, also for the cup delivered on 20 August.
		if got.Get("possible") != true || got.Str("lastDay") != "2025-09-12" || got.Str("until") != "2025-09-12T22:00:00Z" {
			t.Errorf("option %v", got)
		}
		id := s.Request(o, "RETURN_AND_REFUND", 1)
		d := s.Agent.Must(clocks, apptest.Vars{"id": id})
		if law := clockOf(t, d, "STATUTORY_REFUND"); law.Str("dueAt") != "2025-09-15T22:00:00Z" || law.Str("rule.plan") != "LAW-DE" {
			t.Errorf("at the notice %v", law)
		}
		s.Agent.Must(apptest.ApproveReturn, apptest.Vars{"id": id})
		s.Advance("2025-09-03T10:00:00+02:00")
		d = s.Agent.Must(clocks, apptest.Vars{"id": id})
		if law := clockOf(t, d, "STATUTORY_REFUND"); law.Get("dueAt") != nil || law.Str("state") != "PAUSED" {
			t.Errorf("withheld until the goods are sent %v", law)
		}
		s.Customer.Must(apptest.ShipReturn, apptest.Vars{"id": id})
		d = s.Agent.Must(clocks, apptest.Vars{"id": id})
		// Two midnights (2 and 3 September) were withheld: the 17th.
		if law := clockOf(t, d, "STATUTORY_REFUND"); law.Str("state") != "RUNNING" || law.Str("dueAt") != "2025-09-17T22:00:00Z" || law.Str("promisedDueAt") != "2025-09-15T22:00:00Z" {
			t.Errorf("on proof of sending %v", law)
		}
	})
}

// MALL-1.3a: excepted goods, some only when the buyer confirmed it at purchase; a fault is never excepted.
func TestExceptedGoods(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-09-24T10:00:00+08:00")
		d := s.Integration.Must(`mutation { orderUpsert(input: { number: "A1", placedAt: "2025-09-20T00:00:00Z", currency: CNY, customer: { externalId: "c-1", name: "Li Lei" }, lines: [
			{ externalId: "1", sku: "FISH", title: "Fish", quantity: 1, unitPrice: "30.00", deliveredAt: "2025-09-23T12:00:00+08:00", exclusion: PERISHABLE },
			{ externalId: "2", sku: "PHONE", title: "Phone", quantity: 1, unitPrice: "3000.00", deliveredAt: "2025-09-23T12:00:00+08:00", exclusion: VALUE_FALLS_ON_USE },
			{ externalId: "3", sku: "TABLET", title: "Tablet", quantity: 1, unitPrice: "2000.00", deliveredAt: "2025-09-23T12:00:00+08:00", exclusion: VALUE_FALLS_ON_USE, exclusionConfirmed: true } ] }) { order { id lines { id exclusion } } userErrors { code field message } } }`, nil)
		o := apptest.Order{ID: d.Str("orderUpsert.order.id")}
		for _, l := range d.List("orderUpsert.order.lines") {
			o.Lines = append(o.Lines, l.Str("id"))
		}
		options := s.Customer.Must(lineOptions, apptest.Vars{"o": o.ID, "r": "NO_REASON_7D"})
		for i, blocked := range []bool{true, false, true} {
			got := goodsBack(t, options, i)
			if got.Get("possible") != !blocked {
				t.Errorf("line %d: %v", i, got)
			}
			if blocked && got.Str("blockers.0.code") != "EXCLUDED" {
				t.Errorf("line %d: %v", i, got)
			}
		}
		if got := goodsBack(t, options, 1); got.Str("lastDay") != "2025-09-30" || got.Str("freight.back") != "CUSTOMER" {
			t.Errorf("unconfirmed: %v", got)
		}
		for i := range 3 {
			if got := goodsBack(t, s.Customer.Must(lineOptions, apptest.Vars{"o": o.ID, "r": "QUALITY"}), i); got.Get("possible") != true || got.Str("freight.back") != "MERCHANT" {
				t.Errorf("a fault of line %d: %v", i, got)
			}
		}
		in := s.RequestVars(o, "RETURN_AND_REFUND", 1)
		in["in"].(apptest.Vars)["reasonHandle"] = "NO_REASON_7D"
		errs := s.Customer.Refused(apptest.RequestReturn, in)
		if errs[0].Str("code") != "NOT_ELIGIBLE" || !strings.Contains(errs[0].Str("message"), "art. 25") {
			t.Errorf("%v", errs)
		}
	})
}

// MALL-1.3a: a merchant may better the law's window, never undercut it.
func TestMerchantMayBetterTheLawNeverUndercutIt(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-09-24T10:00:00+08:00")
		o := s.Order("A1", "2025-09-24T10:00:00+08:00", apptest.Line{SKU: "KETTLE", Quantity: 1, UnitPrice: "99.00", Delivered: "2025-09-10T10:00:00+08:00"})
		ask := apptest.Vars{"o": o.ID, "r": "NO_REASON_7D"}
		if got := goodsBack(t, s.Customer.Must(lineOptions, ask), 0); got.Get("possible") != false || got.Str("blockers.0.code") != "WINDOW_CLOSED" || got.Str("lastDay") != "2025-09-17" {
			t.Errorf("by law %v", got)
		}
		errs := s.Admin.Refused(setWindow, apptest.Vars{"d": 6})
		if errs[0].Str("code") != "POLICY_BELOW_FLOOR" || errs[0].Str("params.0.value") != "7" || !strings.Contains(errs[0].Str("params.1.value"), "art. 25") {
			t.Errorf("%v", errs)
		}
		if errs := s.Admin.Refused(setWindow, apptest.Vars{"d": 366}); errs[0].Str("code") != "INVALID_INPUT" {
			t.Errorf("%v", errs)
		}
		if d := s.Admin.Must(setWindow, apptest.Vars{"d": 15}); d.Int("returnWindowSet.servicePolicy.noReason.days") != 15 || d.Int("returnWindowSet.servicePolicy.noReason.floor") != 7 {
			t.Errorf("%v", d)
		}
		if got := goodsBack(t, s.Customer.Must(lineOptions, ask), 0); got.Get("possible") != true || got.Str("lastDay") != "2025-09-25" {
			t.Errorf("15 days %v", got)
		}
		s.Admin.Must(setWindow, apptest.Vars{"d": nil})
		if got := goodsBack(t, s.Customer.Must(lineOptions, ask), 0); got.Get("possible") != false {
			t.Errorf("the law's again %v", got)
		}
		if r := s.Agent.Do(setWindow, apptest.Vars{"d": 20}); len(r.Errors) != 1 || r.Errors[0].Code() != "FORBIDDEN" {
			t.Errorf("an agent set it: %s", r.Raw)
		}
	})
}
