package e2e

import (
	"slices"
	"testing"

	"aftersales/internal/apptest"
)

// replaced is an exchange of the first line of an order, sent; it returns the case's id.
func replaced(s *apptest.Shop, o apptest.Order, in apptest.Vars) string {
	id := exchangeBack(s, o, 1)
	s.Warehouse.Must(replace, apptest.Vars{"id": id, "key": s.Key(), "in": in})
	return id
}

// MALL-3.3e, MALL-1.3a: a replacement has a return window of its own, from its own delivery. In China each line has one: seven
// days from the day after Thu 13 March end with Thu 20; that of the old line ended with Mon 10 (Sat 8, rolled).
func TestReplacementHasItsOwnWindow(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-03-11T10:15:00+08:00")
		o := s.Order("A1", "2025-03-01T10:15:00+08:00", apptest.Line{SKU: "KETTLE", Quantity: 2, UnitPrice: "99.00", Delivered: "2025-03-01T12:00:00+08:00"})
		id := replaced(s, o, parcelOf())
		ask := apptest.Vars{"o": o.ID, "r": "NO_REASON_7D"}
		if got := goodsBack(t, s.Customer.Must(lineOptions, ask), 1); got.Get("possible") != true || got.Get("until") != nil || got.Get("note") == nil {
			t.Errorf("not delivered yet: %v", got)
		}
		s.Advance("2025-03-13T18:00:00+08:00")
		s.Customer.Must(arrived, apptest.Vars{"id": id})
		d := s.Customer.Must(lineOptions, ask)
		if old := goodsBack(t, d, 0); old.Str("blockers.0.code") != "WINDOW_CLOSED" || old.Str("lastDay") != "2025-03-10" {
			t.Errorf("what was bought: %v", old)
		}
		if got := goodsBack(t, d, 1); got.Get("possible") != true || got.Str("lastDay") != "2025-03-20" {
			t.Errorf("replacement: %v", got)
		}
		line := swapOf(t, s.Customer, id).Str("items.0.replacement.id")
		ret := with(s.RequestVars(apptest.Order{ID: o.ID, Lines: []string{line}}, "RETURN_AND_REFUND", 1), "reasonHandle", "NO_REASON_7D")
		s.Advance(before(t, "2025-03-21T00:00:00+08:00"))
		back := s.Customer.Must(apptest.RequestReturn, ret).Str("returnRequest.return.id")
		s.Customer.Must(apptest.CancelReturn, apptest.Vars{"id": back})
		s.Advance("2025-03-21T00:00:00+08:00")
		refusedAs(t, s.Customer.Refused(apptest.RequestReturn, with(ret, "idempotencyKey", s.Key())), "WINDOW_CLOSED", "input.items.0")

		// For a fault it comes back all the same, and can be replaced again.
		again := replaced(s, apptest.Order{ID: o.ID, Lines: []string{line}}, parcelOf())
		s.Customer.Must(arrived, apptest.Vars{"id": again})
		swap := swapOf(t, s.Customer, again)
		is(t, "lines", len(swap.List("order.lines")), 3)
		is(t, "the second replacement replaces", swap.Str("items.0.replacement.replaces.id"), swap.Str("items.0.id"))
		var left []int
		for _, l := range swap.List("order.lines") {
			left = append(left, l.Int("returnableQuantity"))
		}
		is(t, "returnable", left, []int{1, 0, 1})
	})
}

// In Germany the window of all lines starts with the delivery of the last one (Directive 2011/83/EU art. 9). A replacement
// opens no window again, and closes none: the pot, delivered on Fri 29 August, is exchanged, and the cup can be returned until
// Fri 12 September as before; the replacement, delivered on Wed 10 September, until Wed 24.
func TestReplacementDoesNotReopenTheOrder(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		e.Platform().Must(`mutation { merchantCreate(input: { idempotencyKey: "de", slug: "laden", name: "Laden", mode: SANDBOX, currency: EUR, calendar: "DE", jurisdiction: "DE", testClockStartsAt: "2025-09-01T10:00:00+02:00" }) { merchant { id } userErrors { code field message } } }`, nil)
		s := e.Sandbox("mall", "2025-09-01T10:00:00+08:00").At("laden")
		s.Admin.Must(`mutation { returnAddressUpsert(input: { name: "main", recipient: "Lager", phone: "0300000000", line: "Weg 1", city: "Berlin", country: "DE", isDefault: true }) { userErrors { code field message } } }`, nil)
		o := s.OrderOf("c-1", "B1", "2025-09-01T10:00:00+02:00", apptest.Vars{"currency": "EUR"},
			apptest.Line{SKU: "POT", Quantity: 1, UnitPrice: "29.00", Delivered: "2025-08-29T12:00:00+02:00"},
			apptest.Line{SKU: "CUP", Quantity: 1, UnitPrice: "9.00", Delivered: "2025-08-20T12:00:00+02:00"})
		ask := apptest.Vars{"o": o.ID, "r": "NO_REASON_7D"}
		last := func(line int) string { return goodsBack(t, s.Customer.Must(lineOptions, ask), line).Str("lastDay") }
		is(t, "cup before", last(1), "2025-09-12")
		id := replaced(s, o, parcelOf())
		is(t, "cup while the pot is replaced", last(1), "2025-09-12")
		s.Advance("2025-09-10T10:00:00+02:00")
		s.Customer.Must(arrived, apptest.Vars{"id": id})
		is(t, "cup", last(1), "2025-09-12")
		is(t, "replacement", last(2), "2025-09-24")
	})
}

// What the merchant's system tells of an order again knows nothing of replacements: they stay, with what was paid on top.
func TestImportLeavesReplacementsAlone(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-03-11T10:15:00+08:00")
		tell := func(more apptest.Vars, lines ...apptest.Vars) apptest.Vars {
			for _, l := range lines {
				delete(l, "externalId") // recognised by its place
			}
			return orderIn("A1", more, lines...)
		}
		paid := tenders(tender("MONEY", "pay-1", "90.00", nil), tender("COUPON", "c-7", "10.00", nil))
		o := put(s, tell(paid, line("cup", 2, "50.00", nil)))
		id := exchangeBack(s, o, 1)
		item := swapOf(t, s.Agent, id).Str("items.0.id")
		// A jug at 58.00 for a cup at 50.00: 8.00 on top.
		s.Agent.Must(replace, apptest.Vars{"id": id, "key": s.Key(), "in": parcelOf(apptest.Vars{"differenceReference": "pay-2",
			"items": []apptest.Vars{{"item": item, "sku": "JUG", "title": "Jug", "unitPrice": "58.00"}}})})
		const look = `query($id: ID!) { order(id: $id) { total { amount } extraPaid { amount } refunded { amount } tenders { kind reference amount { amount } } lines { sku quantity paid { amount } returnableQuantity } } }`
		check := func(when string, skus ...string) {
			t.Helper()
			d := s.Agent.Must(look, apptest.Vars{"id": o.ID})
			var got []string
			for _, l := range d.List("order.lines") {
				got = append(got, l.Str("sku"))
			}
			is(t, when+": lines", got, skus)
			is(t, when+": extra", d.Str("order.extraPaid.amount"), "8.00")
			var means []string
			for _, m := range d.List("order.tenders") {
				means = append(means, m.Str("kind")+" "+m.Str("reference")+" "+m.Str("amount.amount"))
			}
			is(t, when+": tenders", means, []string{"MONEY pay-1 90.00", "COUPON c-7 10.00", "MONEY pay-2 8.00"})
		}
		check("after the exchange", "SKU-cup", "JUG")
		put(s, tell(paid, line("cup", 2, "50.00", nil)))
		check("told again", "SKU-cup", "JUG")
		put(s, tell(apptest.Vars{"discount": "0.00"}, line("cup", 2, "50.00", apptest.Vars{"title": "Cup, blue"})))
		check("changed", "SKU-cup", "JUG")
		// A line more: it comes before the replacements, which keep their place.
		paid["tenders"] = []apptest.Vars{tender("MONEY", "pay-1", "90.00", nil), tender("COUPON", "c-7", "10.00", nil)}
		put(s, tell(apptest.Vars{"tenders": []apptest.Vars{tender("MONEY", "pay-1", "90.00", nil), tender("COUPON", "c-7", "10.00", nil)}, "discount": "9.00"},
			line("cup", 2, "50.00", nil), line("tea", 1, "9.00", nil)))
		check("a line more", "SKU-cup", "SKU-tea", "JUG")

		// 58.00 + 50.00 of the 108.00 that was paid: the discount of 9.00 is spread by price, 8.26 on the cups and 0.74 on the
		// tea, so that one cup is worth 45.87 and the jug 58.00.
		s.Agent.Must(arrived, apptest.Vars{"id": id})
		lines := swapOf(t, s.Agent, id).List("order.lines")
		vars := with(s.RequestVars(o, "REFUND", 1), "items", []apptest.Vars{{"orderLine": lines[0].Str("id"), "quantity": 1}, {"orderLine": lines[2].Str("id"), "quantity": 1}})
		back := s.Customer.Must(apptest.RequestReturn, vars).Str("returnRequest.return.id")
		s.Agent.Must(apptest.ApproveReturn, apptest.Vars{"id": back})
		s.Confirm(s.Refund(back))
		is(t, "refund", swapOf(t, s.Agent, back).Str("refunds.0.amount.amount"), "103.87")
		is(t, "refunded", s.Agent.Must(look, apptest.Vars{"id": o.ID}).Str("order.refunded.amount"), "103.87")
	})
}

// A difference above the merchant's limit waits to be released, and one that failed is paid again; the exchange is fulfilled
// meanwhile, and the return ends once the money is there.
func TestExchangeEndsWhenTheDifferenceIsPaid(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", now)
		o := kettle(s, "A1", now)
		cheaper := func(price string) (id, refund string) {
			id = exchangeBack(s, o, 1)
			item := swapOf(t, s.Agent, id).Str("items.0.id")
			s.Warehouse.Must(replace, apptest.Vars{"id": id, "key": s.Key(), "in": parcelOf(apptest.Vars{"items": []apptest.Vars{{"item": item, "unitPrice": price}}})})
			return id, swapOf(t, s.Agent, id).Str("refunds.0.id")
		}
		status := func(id string) string {
			c := look(t, s.Customer, id)
			if c.Get("outcome") == nil {
				return c.Str("status")
			}
			return c.Str("status") + " " + c.Str("outcome")
		}
		s.Admin.Must(setLimit, apptest.Vars{"l": "10"})
		held, refund := cheaper("79.00") // 20.00
		s.Customer.Must(arrived, apptest.Vars{"id": held})
		is(t, "held", status(held), "REFUNDING")
		is(t, "EXCHANGE", state(look(t, s.Customer, held).deadline("EXCHANGE")), "MET")
		refusedAs(t, s.Finance.Refused(apptest.ConfirmRefund, apptest.Vars{"id": refund, "key": s.Key()}), "ILLEGAL_TRANSITION", "")
		s.Finance.Must(release, apptest.Vars{"id": refund, "key": s.Key()})
		s.Confirm(refund)
		is(t, "released and paid", status(held), "COMPLETED REPLACED")

		failing, refund := cheaper("94.00") // 5.00
		s.Finance.Must(apptest.FailRefund, apptest.Vars{"id": refund, "key": s.Key(), "reason": "Account closed."})
		is(t, "failed on the way", status(failing), "REPLACEMENT_SHIPPED")
		s.Customer.Must(arrived, apptest.Vars{"id": failing})
		is(t, "delivered, not paid", status(failing), "REFUND_FAILED")
		s.Finance.Must(apptest.RetryRefund, apptest.Vars{"id": refund, "key": s.Key()})
		is(t, "tried again", status(failing), "REFUNDING")
		s.Confirm(refund)
		is(t, "paid", status(failing), "COMPLETED REPLACED")
	})
}

// MALL-3.3b, MALL-3.3c: of three cups at 10.00 two are accepted, used by 1.50 in all, and the third is not: the customer owes
// 1.50 for two new ones, and gets the third one back. Nothing is replaced, refused or inspected again after that.
func TestExchangeOfUsedAndRefusedGoods(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", now)
		o := s.Order("A1", now, apptest.Line{SKU: "CUP", Quantity: 3, UnitPrice: "10.00"})
		id := s.Request(o, "EXCHANGE", 3)
		s.Agent.Must(apptest.ApproveReturn, apptest.Vars{"id": id})
		s.Warehouse.Must(apptest.ReceiveReturn, apptest.Vars{"id": id})
		item := swapOf(t, s.Agent, id).Str("items.0.id")
		photo := s.Warehouse.Must(addEvidence, apptest.Vars{"id": id, "k": s.Key(), "in": apptest.Vars{"kind": "PHOTO", "url": "https://photos.example/1.jpg"}}).Str("caseEvidenceAdd.evidence.id")
		s.Warehouse.Must(apptest.InspectReturn, apptest.Vars{"id": id, "items": []apptest.Vars{{"item": item, "checks": checks("FUNCTION"), "acceptedQuantity": 2,
			"condition": "USED", "deductions": []apptest.Vars{{"reason": "USED", "amount": "1.50", "note": "Tea stains.", "evidence": []string{photo}}}}}})
		send := func(reference any) apptest.Vars {
			return apptest.Vars{"id": id, "key": s.Key(), "in": parcelOf(apptest.Vars{"differenceReference": reference})}
		}
		r := refusedAs(t, s.Agent.Refused(replace, send(nil)), "INVALID_INPUT", "input.differenceReference")
		is(t, "owed", param(t, r, "amount"), "1.50")
		s.Agent.Must(replace, send("pay-1"))
		swap := swapOf(t, s.Customer, id)
		is(t, "replaced", swap.Int("items.0.replacement.quantity"), 2)
		is(t, "worth", swap.Str("items.0.replacement.paid.amount"), "20.00")
		is(t, "extra", swap.Str("order.extraPaid.amount"), "1.50")
		is(t, "the customer's again", swap.Int("items.0.orderLine.returnableQuantity"), 1)

		s.Customer.Must(arrived, apptest.Vars{"id": id})
		c := look(t, s.Admin, id)
		is(t, "the third is still here", c.Str("status"), "INSPECTION_FAILED")
		is(t, "EXCHANGE", state(c.deadline("EXCHANGE")), "MET")
		is(t, "SEND_BACK", state(c.deadline("SEND_BACK")), "RUNNING open")
		for _, action := range []string{"RETURN_REPLACE", "RETURN_REJECT", "RETURN_INSPECT", "RETURN_PROPOSE", "RETURN_CONVERT", "RETURN_REFUND"} {
			is(t, action, slices.Contains(c.Strings("allowedActions"), action), false)
		}
		refusedAs(t, s.Agent.Refused(replace, send(nil)), "ILLEGAL_TRANSITION", "")
		s.Warehouse.Must(apptest.SendBack, apptest.Vars{"id": id})
		s.Warehouse.Must(apptest.SentBackHome, apptest.Vars{"id": id})
		c = look(t, s.Customer, id)
		is(t, "end", c.Str("status")+" "+c.Str("outcome"), "COMPLETED REPLACED")
		swap = swapOf(t, s.Customer, id)
		is(t, "parcels", swap.Str("parcels.0.purpose")+" "+swap.Str("parcels.1.purpose"), "REPLACEMENT SEND_BACK")
	})
}

// A page of returns with their replacements costs the same number of statements for one and for four.
func TestReplacementsAreReadAtOnce(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", now)
		for _, number := range []string{"A1", "A2", "A3", "A4"} {
			replaced(s, kettle(s, number, now), parcelOf())
		}
		read := func(n int) int {
			return e.Selects(func() {
				d := s.Agent.Must(`query($n: Int!) { returns(first: $n) { nodes { parcels { purpose } items { choice { sku } replacement { paid { amount } unitPrice { amount } replaces { id } } }
					order { lines { paid { amount } replaces { id orderLine { sku unitPrice { amount } } } } } } } }`, apptest.Vars{"n": n})
				for _, r := range d.List("returns.nodes") {
					is(t, "replaces", r.Str("items.0.replacement.replaces.id"), r.Str("order.lines.1.replaces.id"))
				}
			})
		}
		one, four := read(1), read(4)
		is(t, "statements for four", four, one)
	})
}
