package e2e

import (
	"fmt"
	"slices"
	"testing"

	"aftersales/internal/apptest"
	"aftersales/internal/auth"
)

const (
	setTerm = `mutation($in: WarrantyTermSetInput!) { warrantyTermSet(input: $in) { warrantyTerm { category months basis own clause depreciationBps scope { parts labour exclusions } } userErrors { code field message params { name value } } } }`
	enrol   = `mutation($in: WarrantyRegisterInput!) { warrantyRegister(input: $in) { warranty { id serialNumber state months basis startsOn endsOn covered reason category coverage { parts labour exclusions } counters { repairs partsDays repairerDays } customer { name } } userErrors { code field message params { name value } } } }`
	sell    = `mutation($id: ID!, $to: String!) { warrantyTransfer(id: $id, customer: $to) { warranty { id } userErrors { code field message params { name value } } } }`

	coverage = `query($id: ID!) { order(id: $id) { lines { id serialNumber warranties { id serialNumber state basis startsOn endsOn prolongedDays replacedBy { serialNumber } replaces { serialNumber } }
		afterSalesOptions { remedy possible note blockers { code message case { id } } promises { kind } warranty { covered reason basis startsOn lastDay scope { parts labour } warranty { serialNumber } } entitlements { remedy reason text depreciated } } } } }`
)

// electronics is an order line of a category, delivered at an instant.
func electronics(quantity int, deliveredAt string, more apptest.Vars) apptest.Vars {
	l := line("phone", quantity, "2999.00", apptest.Vars{"category": "Electronics", "deliveredAt": deliveredAt})
	for k, v := range more {
		l[k] = v
	}
	return l
}

// sold is an order of c-1 with lines as they are.
func sold(s *apptest.Shop, number, placedAt string, lines ...apptest.Vars) apptest.Order {
	return put(s, apptest.Vars{"in": apptest.Vars{"number": number, "placedAt": placedAt, "paidAt": placedAt, "currency": "CNY", "lines": lines,
		"customer": apptest.Vars{"externalId": "c-1", "name": "Li Lei"}}})
}

// repairOption is the option REPAIR of a line of an order.
func repairOption(t testing.TB, c apptest.Caller, o apptest.Order, line int) apptest.Data {
	t.Helper()
	for _, opt := range c.Must(coverage, apptest.Vars{"id": o.ID}).List(fmt.Sprintf("order.lines.%d.afterSalesOptions", line)) {
		if opt.Str("remedy") == "REPAIR" {
			return opt
		}
		is(t, opt.Str("remedy")+" says nothing of a warranty", opt.Get("warranty"), nil)
		is(t, opt.Str("remedy")+" says nothing of entitlements", len(opt.List("entitlements")), 0)
	}
	t.Fatal("no option REPAIR")
	return apptest.Data{}
}

func told(opt apptest.Data) []string {
	out := []string{}
	for _, e := range opt.List("entitlements") {
		out = append(out, e.Str("remedy")+" "+e.Str("reason"))
	}
	return out
}

// MALL-5.1c: electronics are covered for a year without anybody saying so. Delivered on Tue 2025-03-04: the last day is
// Wed 2026-03-04. MALL-2.2c: a repair can be asked for all the same afterwards, MALL-5.1b: then it is not free.
func TestElectronicsAreCoveredForAYear(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-03-04T19:00:00+08:00")
		o := sold(s, "A1", "2025-03-01T10:00:00+08:00", electronics(1, "2025-03-04T18:00:00+08:00", nil),
			line("cup", 1, "9.00", apptest.Vars{"deliveredAt": "2025-03-04T18:00:00+08:00"}), line("pot", 1, "9.00", apptest.Vars{"category": "ELECTRONICS"}))
		opt := repairOption(t, s.Customer, o, 0)
		is(t, "possible", opt.Get("possible"), true)
		is(t, "warranty", opt.Str("warranty.reason")+" "+opt.Str("warranty.basis")+" "+opt.Str("warranty.startsOn")+" "+opt.Str("warranty.lastDay"), "IN_WARRANTY DELIVERY 2025-03-04 2026-03-04")
		var promised []string
		for _, p := range opt.List("promises") {
			promised = append(promised, p.Str("kind"))
		}
		is(t, "promises of a repair", promised, []string{"FIRST_RESPONSE", "REVIEW", "REPAIR"})
		cup := repairOption(t, s.Customer, o, 1)
		is(t, "cup", cup.Str("warranty.reason"), "NO_WARRANTY")
		is(t, "a repair of the cup", cup.Get("possible"), true)
		// Not delivered yet: nothing can be repaired, and the term would count from the invoice.
		pot := repairOption(t, s.Customer, o, 2)
		is(t, "pot", pot.Str("blockers.0.code")+" "+pot.Str("warranty.basis")+" "+pot.Str("warranty.startsOn"), "NOT_DELIVERED INVOICE 2025-03-01")
		is(t, "pot says so", pot.Get("note") != nil, true)

		s.Advance(before(t, "2026-03-05T00:00:00+08:00"))
		is(t, "last instant", repairOption(t, s.Customer, o, 0).Get("warranty.covered"), true)
		s.Advance("2026-03-05T00:00:00+08:00")
		opt = repairOption(t, s.Customer, o, 0)
		is(t, "the day after", opt.Str("warranty.reason"), "EXPIRED")
		is(t, "the day after", opt.Get("warranty.covered"), false)
		is(t, "for money", opt.Get("possible"), true)
		is(t, "entitled to", told(opt), []string{})

		refusal := refusedAs(t, s.Customer.Refused(apptest.RequestReturn, s.RequestVars(o, "REPAIR", 1)), "NOT_ELIGIBLE", "input.remedy")
		is(t, "hint", param(t, refusal, "operation"), "repairRequest")
	})
}

// law.md section 2.3: sold on Tue 4 March 2025, a fault within 7 days entitles to a return, within 15 to an exchange.
func TestThreeGuaranteesShowInTheOptions(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-03-04T19:00:00+08:00")
		o := sold(s, "A1", "2025-03-01T10:00:00+08:00", electronics(1, "2025-03-04T18:00:00+08:00", nil))
		is(t, "at once", told(repairOption(t, s.Customer, o, 0)), []string{"RETURN_AND_REFUND WITHIN_RETURN_DAYS", "EXCHANGE WITHIN_RETURN_DAYS", "REPAIR WITHIN_RETURN_DAYS"})
		s.Advance(before(t, "2025-03-12T00:00:00+08:00"))
		is(t, "7 days", len(told(repairOption(t, s.Customer, o, 0))), 3)
		s.Advance("2025-03-12T00:00:00+08:00")
		is(t, "8 days", told(repairOption(t, s.Customer, o, 0)), []string{"EXCHANGE WITHIN_EXCHANGE_DAYS", "REPAIR IN_WARRANTY"})
		s.Advance(before(t, "2025-03-20T00:00:00+08:00"))
		is(t, "15 days", len(told(repairOption(t, s.Customer, o, 0))), 2)
		s.Advance("2025-03-20T00:00:00+08:00")
		is(t, "16 days", told(repairOption(t, s.Customer, o, 0)), []string{"REPAIR IN_WARRANTY"})
		is(t, "in Chinese", repairOption(t, s.Customer.In("zh-CN"), o, 0).Str("entitlements.0.text"), "尚在质保期内。")
	})
}

// MALL-5.1c: what a merchant sets, and what it cannot.
func TestWarrantyTerms(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-03-04T19:00:00+08:00")
		term := func(category string, months int, more ...apptest.Vars) apptest.Vars {
			in := apptest.Vars{"category": category, "months": months, "basis": "INVOICE"}
			for _, m := range more {
				for k, v := range m {
					in[k] = v
				}
			}
			return apptest.Vars{"in": in}
		}
		terms := func(c apptest.Caller) []string {
			var out []string
			for _, v := range c.Must(`{ warrantyTerms { category months basis own clause } }`, nil).List("warrantyTerms") {
				out = append(out, fmt.Sprintf("%v %v %v %v %v", v.Get("category"), v.Get("months"), v.Get("basis"), v.Get("own"), v.Get("clause")))
			}
			return out
		}
		is(t, "without any", terms(s.Customer), []string{"ELECTRONICS 12 DELIVERY false MALL-5.1c"})
		refusal := refusedAs(t, s.Admin.Refused(setTerm, term("electronics", 11)), "POLICY_BELOW_FLOOR", "input.months")
		is(t, "clause", param(t, refusal, "clause")+" "+param(t, refusal, "minimum"), "MALL-5.1c 12")
		refusedAs(t, s.Admin.Refused(setTerm, term("SHOES", 0)), "INVALID_INPUT", "input.months")
		refusedAs(t, s.Admin.Refused(setTerm, term("SHOES", 241)), "INVALID_INPUT", "input.months")
		refusedAs(t, s.Admin.Refused(setTerm, term(" ", 6)), "INVALID_INPUT", "input.category")
		refusedAs(t, s.Admin.Refused(setTerm, term("SHOES", 6, apptest.Vars{"depreciationBps": 10001})), "INVALID_INPUT", "input.depreciationBps")
		refusedAs(t, s.Admin.Refused(setTerm, term("SHOES", 6, apptest.Vars{"parts": false, "labour": false})), "INVALID_INPUT", "input.parts")
		refusedAs(t, s.Admin.Refused(setTerm, term("SHOES", 6, apptest.Vars{"exclusions": []string{"wear", ""}})), "INVALID_INPUT", "input.exclusions.1")
		refusedAs(t, s.Admin.Refused(setTerm, term("SHOES", 6, apptest.Vars{"basis": "EXCHANGE"})), "INVALID_INPUT", "input.basis")
		d := s.Admin.Must(setTerm, term("Shoes", 6, apptest.Vars{"labour": false, "exclusions": []string{"wear"}, "depreciationBps": 5}))
		is(t, "set", fmt.Sprint(d.Get("warrantyTermSet.warrantyTerm.category"), d.Get("warrantyTermSet.warrantyTerm.scope"), d.Get("warrantyTermSet.warrantyTerm.depreciationBps")),
			"SHOESmap[exclusions:[wear] labour:false parts:true] 5")
		s.Admin.Must(setTerm, term("SHOES", 9))
		s.Admin.Must(setTerm, term("Electronics", 24, apptest.Vars{"basis": "DELIVERY"}))
		is(t, "own", terms(s.Agent), []string{"ELECTRONICS 24 DELIVERY true MALL-5.1c", "SHOES 9 INVOICE true <nil>"})
		if r := s.Agent.Do(setTerm, term("SHOES", 10)); len(r.Errors) != 1 || r.Errors[0].Code() != "FORBIDDEN" {
			t.Errorf("an agent set a term: %s", r.Raw)
		}

		// Abroad the law's guarantee holds for everything (Directive (EU) 2019/771 art. 10).
		e.Platform().Must(`mutation { merchantCreate(input: { idempotencyKey: "de", slug: "laden", name: "Laden", mode: SANDBOX, currency: EUR, calendar: "DE", jurisdiction: "DE", testClockStartsAt: "2025-03-04T10:00:00+01:00" }) { userErrors { code } } }`, nil)
		de := s.At("laden")
		is(t, "Germany", terms(de.Agent), []string{" 24 DELIVERY false Directive (EU) 2019/771 art. 10", "ELECTRONICS 24 DELIVERY false Directive (EU) 2019/771 art. 10"})
		refusal = refusedAs(t, de.Admin.Refused(setTerm, term("BOOKS", 23)), "POLICY_BELOW_FLOOR", "input.months")
		is(t, "article", param(t, refusal, "clause"), "Directive (EU) 2019/771 art. 10")
		de.Admin.Must(setTerm, term("BOOKS", 24))
	})
}

// Ends of terms by calendar months (Civil Code 202, 203): 29 February 2024 and 12 months is Fri 28 February 2025; 31 January
// 2025 and 1 month Fri 28 February; 3 May 2025 and 12 months falls into Labour Day of 2026 (1 to 5 May), so that Wed 6 May is
// the last day; 8 March 2025 and 12 months is a Sunday, so that it is Mon 9 March 2026.
func TestWarrantyEndsByTheCalendar(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-06-04T19:00:00+08:00")
		s.Admin.Must(setTerm, apptest.Vars{"in": apptest.Vars{"category": "INK", "months": 1, "basis": "INVOICE"}})
		for i, c := range []struct{ category, day, ends string }{
			{"ELECTRONICS", "2024-02-29", "2025-02-28"}, {"INK", "2025-01-31", "2025-02-28"}, {"ELECTRONICS", "2025-05-03", "2026-05-06"}, {"ELECTRONICS", "2025-03-08", "2026-03-09"},
		} {
			o := sold(s, fmt.Sprint("N", i), c.day+"T10:00:00+08:00", electronics(1, c.day+"T23:59:00+08:00", apptest.Vars{"category": c.category}))
			d := s.Integration.Must(enrol, apptest.Vars{"in": apptest.Vars{"idempotencyKey": s.Key(), "orderLine": o.Lines[0]}})
			is(t, c.day, d.Str("warrantyRegister.warranty.startsOn")+" "+d.Str("warrantyRegister.warranty.endsOn"), c.day+" "+c.ends)
		}
	})
}

// Registration by the buyer and for them: once for a serial number, once for a unit, never for what is somebody else's.
func TestWarrantyRegistration(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s, other := e.Sandbox("mall", "2025-03-04T19:00:00+08:00"), e.Sandbox("rival", "2025-03-04T19:00:00+08:00")
		o := sold(s, "A1", "2025-03-01T10:00:00+08:00", electronics(2, "2025-03-04T18:00:00+08:00", nil), line("cup", 1, "9.00", nil),
			electronics(1, "2025-03-04T18:00:00+08:00", apptest.Vars{"externalId": "known", "serialNumber": "K-1"}))
		in := func(line int, serial string) apptest.Vars {
			return apptest.Vars{"in": apptest.Vars{"idempotencyKey": s.Key(), "orderLine": o.Lines[line], "serialNumber": serial}}
		}
		first := in(0, " S-1 ")
		w := sub(t, s.Customer.Must(enrol, first), "warrantyRegister.warranty")
		is(t, "registered", fmt.Sprint(w.Get("serialNumber"), w.Get("state"), w.Get("months"), w.Get("basis"), w.Get("startsOn"), w.Get("endsOn"), w.Get("covered"), w.Get("reason"), w.Get("category")),
			fmt.Sprint("S-1", "ACTIVE", 12, "DELIVERY", "2025-03-04", "2026-03-04", true, "IN_WARRANTY", "ELECTRONICS"))
		is(t, "again", s.Customer.Must(enrol, first).Str("warrantyRegister.warranty.id"), w.Str("id"))
		first["in"].(apptest.Vars)["serialNumber"] = "S-9"
		refusedAs(t, s.Customer.Refused(enrol, first), "IDEMPOTENCY_MISMATCH", "")
		refusal := refusedAs(t, s.Agent.Refused(enrol, in(0, "S-1")), "NOT_ELIGIBLE", "input.serialNumber")
		is(t, "named", param(t, refusal, "serialNumber"), "S-1")
		s.Integration.Must(enrol, in(0, "S-2"))
		refusedAs(t, s.Customer.Refused(enrol, in(0, "S-3")), "QUANTITY_EXCEEDS_BOUGHT", "input.orderLine")
		refusedAs(t, s.Customer.Refused(enrol, in(1, "C-1")), "NOT_ELIGIBLE", "input.orderLine")
		refusedAs(t, s.Customer.Refused(enrol, in(2, "K-2")), "INVALID_INPUT", "input.serialNumber")
		s.Customer.Must(enrol, in(2, "K-1"))

		stranger := e.As(auth.Customer, "mall", "c-2")
		refusedAs(t, stranger.Refused(enrol, in(0, "S-4")), "NOT_FOUND", "input.orderLine")
		refusedAs(t, other.Agent.Refused(enrol, in(0, "S-4")), "NOT_FOUND", "input.orderLine")
		if r := s.Warehouse.Do(enrol, in(0, "S-4")); len(r.Errors) != 1 || r.Errors[0].Code() != "FORBIDDEN" {
			t.Errorf("the warehouse registered: %s", r.Raw)
		}

		// A serial number of another merchant, or of another customer, is not found; the same number may be both's.
		const bySerial = `query($s: String!) { warranty(serial: $s) { id } warranties { totalCount nodes { serialNumber } } }`
		is(t, "own", s.Customer.Must(bySerial, apptest.Vars{"s": "S-1"}).Str("warranty.id"), w.Str("id"))
		is(t, "newest first", s.Customer.Must(bySerial, apptest.Vars{"s": "S-1"}).Str("warranties.nodes.0.serialNumber"), "K-1")
		for who, c := range map[string]apptest.Caller{"another merchant's": other.Agent, "another customer's": stranger} {
			d := c.Must(bySerial, apptest.Vars{"s": "S-1"})
			is(t, who, d.Get("warranty"), nil)
			is(t, who+" list", d.Int("warranties.totalCount"), 0)
			is(t, who+" node", c.Must(`query($id: ID!) { node(id: $id) { id } }`, apptest.Vars{"id": w.Str("id")}).Get("node"), nil)
		}
		theirs := sold(other, "B1", "2025-03-01T10:00:00+08:00", electronics(1, "2025-03-04T18:00:00+08:00", nil))
		other.Customer.Must(enrol, apptest.Vars{"in": apptest.Vars{"idempotencyKey": "k", "orderLine": theirs.Lines[0], "serialNumber": "S-1"}})
		r := s.Agent.Do(`{ warranty { id } }`, nil)
		if len(r.Errors) != 1 || r.Errors[0].Code() != "BAD_USER_INPUT" {
			t.Errorf("neither id nor serial: %s", r.Raw)
		}

		// Two registrations of the last unit at once: one of them.
		last := sold(s, "A2", "2025-03-01T10:00:00+08:00", electronics(1, "2025-03-04T18:00:00+08:00", nil))
		codes, _ := together(t, "warrantyRegister", 4, func(i int) apptest.Response {
			return s.Agent.Do(enrol, apptest.Vars{"in": apptest.Vars{"idempotencyKey": fmt.Sprint("last-", i), "orderLine": last.Lines[0], "serialNumber": fmt.Sprint("L-", i)}})
		})
		is(t, "one", count(codes, ""), 1)
		is(t, "the others", count(codes, "QUANTITY_EXCEEDS_BOUGHT"), 3)
		// One serial number for two units at once: one of them.
		pair := sold(s, "A3", "2025-03-01T10:00:00+08:00", electronics(4, "2025-03-04T18:00:00+08:00", nil))
		codes, _ = together(t, "warrantyRegister", 4, func(i int) apptest.Response {
			return s.Agent.Do(enrol, apptest.Vars{"in": apptest.Vars{"idempotencyKey": fmt.Sprint("pair-", i), "orderLine": pair.Lines[0], "serialNumber": "P-1"}})
		})
		is(t, "one", count(codes, ""), 1)
		is(t, "the others", count(codes, "NOT_ELIGIBLE"), 3)
	})
}

// A warranty goes with the goods: the new owner sees it, the old one no more.
func TestWarrantyTransfer(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-03-04T19:00:00+08:00")
		o := sold(s, "A1", "2025-03-01T10:00:00+08:00", electronics(1, "2025-03-04T18:00:00+08:00", nil))
		s.OrderOf("c-2", "A2", "2025-03-04T19:00:00+08:00", apptest.Vars{"customer": apptest.Vars{"externalId": "c-2", "name": "Han Meimei"}}, apptest.Line{SKU: "CUP", Quantity: 1, UnitPrice: "9.00"})
		id := s.Customer.Must(enrol, apptest.Vars{"in": apptest.Vars{"idempotencyKey": "k", "orderLine": o.Lines[0], "serialNumber": "S-1"}}).Str("warrantyRegister.warranty.id")
		buyer := e.As(auth.Customer, "mall", "c-2")
		const read = `query($id: ID!) { warranty(id: $id) { serialNumber covered orderLine { id } customer { name } entitlement { remedy } } }`
		is(t, "before", buyer.Must(read, apptest.Vars{"id": id}).Get("warranty"), nil)
		refusedAs(t, s.Agent.Refused(sell, apptest.Vars{"id": id, "to": "nobody"}), "NOT_FOUND", "customer")
		refusedAs(t, s.Agent.Refused(sell, apptest.Vars{"id": "war_01h455vb4pex5vsknk084sn02q", "to": "c-2"}), "NOT_FOUND", "id")
		if r := s.Customer.Do(sell, apptest.Vars{"id": id, "to": "c-2"}); len(r.Errors) != 1 || r.Errors[0].Code() != "FORBIDDEN" {
			t.Errorf("a customer transferred: %s", r.Raw)
		}
		s.Agent.Must(sell, apptest.Vars{"id": id, "to": "c-2"})
		s.Agent.Must(sell, apptest.Vars{"id": id, "to": "c-2"})
		is(t, "the old owner", s.Customer.Must(read, apptest.Vars{"id": id}).Get("warranty"), nil)
		d := buyer.Must(read, apptest.Vars{"id": id})
		is(t, "the new owner", d.Str("warranty.serialNumber")+" "+d.Str("warranty.customer.name"), "S-1 Han Meimei")
		is(t, "covered", d.Get("warranty.covered"), true)
		is(t, "whose order it was", d.Get("warranty.orderLine"), nil)
		// All units stay registered, whoever has them.
		refusedAs(t, s.Customer.Refused(enrol, apptest.Vars{"in": apptest.Vars{"idempotencyKey": "k2", "orderLine": o.Lines[0], "serialNumber": "S-2"}}), "QUANTITY_EXCEEDS_BOUGHT", "input.orderLine")
	})
}

// law.md section 2.3: after an exchange the term starts anew, and both serial numbers stay on record. Delivered on Tue 4 March
// 2025 to Wed 4 March 2026; the replacement on Mon 10 March 2025 to Tue 10 March 2026.
func TestWarrantyOfAnExchangedUnit(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-03-04T19:00:00+08:00")
		o := sold(s, "A1", "2025-03-01T10:00:00+08:00", electronics(1, "2025-03-04T18:00:00+08:00", nil))
		old := s.Customer.Must(enrol, apptest.Vars{"in": apptest.Vars{"idempotencyKey": "k", "orderLine": o.Lines[0], "serialNumber": "S-1"}}).Str("warrantyRegister.warranty.id")
		id := exchangeBack(s, o, 1)
		item := swapOf(t, s.Agent, id).Str("items.0.id")
		s.Warehouse.Must(replace, apptest.Vars{"id": id, "key": s.Key(), "in": parcelOf(apptest.Vars{"items": []apptest.Vars{{"item": item, "serialNumber": "S-2"}}})})
		d := s.Customer.Must(coverage, apptest.Vars{"id": o.ID})
		is(t, "on its way", d.Str("order.lines.0.warranties.0.state"), "ACTIVE")
		s.Advance("2025-03-10T18:00:00+08:00")
		s.Customer.Must(arrived, apptest.Vars{"id": id})
		lines := s.Customer.Must(coverage, apptest.Vars{"id": o.ID}).List("order.lines")
		was, now := lines[0].List("warranties")[0], lines[1].List("warranties")[0]
		is(t, "old", was.Str("serialNumber")+" "+was.Str("state")+" "+was.Str("replacedBy.serialNumber"), "S-1 REPLACED S-2")
		is(t, "new", now.Str("serialNumber")+" "+now.Str("state")+" "+now.Str("basis")+" "+now.Str("startsOn")+" "+now.Str("endsOn")+" "+now.Str("replaces.serialNumber"), "S-2 ACTIVE EXCHANGE 2025-03-10 2026-03-10 S-1")
		opt := repairOption(t, s.Customer, o, 1)
		is(t, "the replacement is covered", opt.Str("warranty.warranty.serialNumber")+" "+opt.Str("warranty.lastDay"), "S-2 2026-03-10")
		gone := repairOption(t, s.Customer, o, 0)
		is(t, "what was exchanged", gone.Str("blockers.0.code")+" "+gone.Str("warranty.reason"), "ALREADY_REFUNDED REPLACED")
		refusedAs(t, s.Agent.Refused(sell, apptest.Vars{"id": old, "to": "c-1x"}), "NOT_FOUND", "customer")
		// Found by either serial number.
		for serial, state := range map[string]string{"S-1": "REPLACED", "S-2": "ACTIVE"} {
			is(t, serial, s.Customer.Must(`query($s: String!) { warranty(serial: $s) { state } }`, apptest.Vars{"s": serial}).Str("warranty.state"), state)
		}
		if !slices.Equal(told(opt), []string{"RETURN_AND_REFUND WITHIN_RETURN_DAYS", "EXCHANGE WITHIN_RETURN_DAYS", "REPAIR WITHIN_RETURN_DAYS"}) {
			t.Errorf("the days of the law start anew: %v", told(opt))
		}
	})
}
