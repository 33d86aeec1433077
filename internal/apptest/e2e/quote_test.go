package e2e

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"aftersales/internal/apptest"
)

const (
	howMuch = `amount { amount currency } components { kind orderLine { externalId } quantity amount { amount } reason } parts { kind method reference amount { amount } points lapsed }`

	quoteRefund   = `query($in: RefundQuoteInput!) { refundQuote(input: $in) { ` + howMuch + ` } }`
	previewRefund = `query($id: ID!) { return(id: $id) { refundable { amount currency } refundPreview { ` + howMuch + ` } refunds { purpose ` + howMuch + ` } } }`
)

// spelled is a quote, preview or refund in one line: the amount, how it comes about, and by which tenders it goes.
func spelled(q apptest.Data) string {
	var components, parts []string
	for _, c := range q.List("components") {
		words := []string{c.Str("kind")}
		if c.Get("orderLine") != nil {
			words = append(words, c.Str("orderLine.externalId"))
		}
		components = append(components, strings.Join(append(words, c.Str("amount.amount")), " "))
	}
	for _, p := range q.List("parts") {
		words := []string{p.Str("kind")}
		if p.Get("reference") != nil {
			words = append(words, p.Str("reference"))
		}
		words = append(words, p.Str("amount.amount"))
		if p.Get("points") != nil {
			words = append(words, ftoa(p.Int("points"))+"P")
		}
		if p.Get("lapsed") == true {
			words = append(words, "lapsed")
		}
		parts = append(parts, strings.Join(words, " "))
	}
	return q.Str("amount.amount") + " = " + strings.Join(components, ", ") + " | " + strings.Join(parts, ", ")
}

// optionOf is what may be done with one line, by its id.
func optionOf(t testing.TB, c apptest.Caller, lineID, reason, remedy string) apptest.Data {
	t.Helper()
	d := c.Must(`query($id: ID!, $r: String!) { node(id: $id) { ... on OrderLine { afterSalesOptions(reasonHandle: $r) { remedy wouldRefund { amount } blockers { code message } } } } }`,
		apptest.Vars{"id": lineID, "r": reason})
	for _, opt := range d.List("node.afterSalesOptions") {
		if opt.Str("remedy") == remedy {
			return opt
		}
	}
	t.Fatalf("no option %s", remedy)
	return apptest.Data{}
}

// wish asks for quantities of lines by their place in the order.
type wish struct {
	order  apptest.Order
	remedy string
	reason string
	take   map[int]int
}

func (w wish) items() []apptest.Vars {
	var out []apptest.Vars
	for i, l := range w.order.Lines {
		if w.take[i] > 0 {
			out = append(out, apptest.Vars{"orderLine": l, "quantity": w.take[i]})
		}
	}
	return out
}

func (w wish) quote(c apptest.Caller) apptest.Response {
	return c.Do(quoteRefund, apptest.Vars{"in": apptest.Vars{"order": w.order.ID, "items": w.items(), "remedy": w.remedy, "reasonHandle": w.reason}})
}

// quoted is what is told before anything is asked for.
func (w wish) quoted(t testing.TB, c apptest.Caller) string {
	t.Helper()
	r := w.quote(c)
	if len(r.Errors) > 0 {
		t.Fatalf("quote: %s", r.Raw)
	}
	return spelled(sub(t, apptest.ParseData(t, r.Data), "refundQuote"))
}

// request files it and brings it to where its refund can start.
func (w wish) request(t testing.TB, s *apptest.Shop) string {
	t.Helper()
	id := s.Customer.Must(apptest.RequestReturn, apptest.Vars{"in": apptest.Vars{"idempotencyKey": s.Key(), "order": w.order.ID, "items": w.items(), "remedy": w.remedy,
		"reasonHandle": w.reason, "description": "As told."}}).Str("returnRequest.return.id")
	if w.remedy == "RETURN_AND_REFUND" {
		s.ToInspected(id)
	} else {
		s.Agent.Must(apptest.ApproveReturn, apptest.Vars{"id": id})
	}
	return id
}

// paid carries a wish through and returns what was paid, after checking that quote, preview and refund are one.
func (w wish) paid(t testing.TB, s *apptest.Shop) string {
	t.Helper()
	quoted := w.quoted(t, s.Customer)
	id := w.request(t, s)
	before := s.Customer.Must(previewRefund, apptest.Vars{"id": id})
	is(t, "preview", spelled(sub(t, before, "return.refundPreview")), quoted)
	is(t, "refundable", before.Str("return.refundable.amount"), before.Str("return.refundPreview.amount.amount"))
	s.Confirm(s.Refund(id))
	after := s.Customer.Must(previewRefund, apptest.Vars{"id": id})
	is(t, "preview after the refund", after.Get("return.refundPreview"), nil)
	is(t, "purpose", after.Str("return.refunds.0.purpose"), "RETURN")
	refund := spelled(sub(t, after, "return.refunds.0"))
	is(t, "refund", refund, quoted)
	return refund
}

// MALL-4.2a, MALL-2.3c, law.md 2.2: gifts, bundles, free delivery and tenders, each refund computed by hand; what is told before
// is what is paid.
func TestWhatARefundIsMadeOf(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-03-11T10:15:00+08:00")
		const change = "NO_REASON_7D"

		// Kettles at 100.00, each with a mug worth 15.00; 200.00 paid as 150.00 money, 30.00 coupon, 20.00 of 2000 points.
		kettles := put(s, orderIn("K", tenders(tender("POINTS", "p", "20.00", apptest.Vars{"points": 2000}), tender("COUPON", "c", "30.00", nil), tender("MONEY", "w", "150.00", nil)),
			line("k", 2, "100.00", nil), line("m", 2, "0", apptest.Vars{"giftOf": "k", "markedPrice": "15.00"})))
		is(t, "first kettle", wish{kettles, "RETURN_AND_REFUND", change, map[int]int{0: 1}}.paid(t, s), "100.00 = GOODS k 100.00 | MONEY w 100.00")
		is(t, "mugs left", lineOf(t, s, kettles, 1).Int("returnableQuantity"), 1)
		is(t, "second kettle", wish{kettles, "RETURN_AND_REFUND", change, map[int]int{0: 1}}.paid(t, s), "100.00 = GOODS k 100.00 | MONEY w 50.00, COUPON c 30.00, POINTS p 20.00 2000P")

		// Body 400.00 and lens 200.00 as a set, alone 450.00 and 260.00: 600.00 - 450.00 = 150.00, and 450.00 with the rest.
		set := put(s, orderIn("S", nil, line("body", 1, "400.00", apptest.Vars{"bundle": "set", "listPrice": "450.00"}), line("lens", 1, "200.00", apptest.Vars{"bundle": "set", "listPrice": "260.00"})))
		is(t, "lens", wish{set, "RETURN_AND_REFUND", change, map[int]int{1: 1}}.paid(t, s), "150.00 = GOODS lens 200.00, BUNDLE_PRICE lens -50.00 | MONEY 150.00")
		is(t, "body", wish{set, "RETURN_AND_REFUND", change, map[int]int{0: 1}}.paid(t, s), "450.00 = GOODS body 400.00, BUNDLE_PRICE lens 50.00 | MONEY 450.00")

		// Delivery worth 8.00 is free from 150.00 on.
		free := put(s, orderIn("F", apptest.Vars{"freeShippingFrom": "150.00", "shippingWaived": "8.00"}, line("a", 1, "50.00", nil), line("b", 2, "75.00", nil)))
		is(t, "still free", wish{free, "RETURN_AND_REFUND", change, map[int]int{0: 1}}.paid(t, s), "50.00 = GOODS a 50.00 | MONEY 50.00")
		is(t, "a bad one", wish{free, "RETURN_AND_REFUND", "QUALITY", map[int]int{1: 1}}.quoted(t, s.Customer), "75.00 = GOODS b 75.00 | MONEY 75.00")
		is(t, "lost", wish{free, "RETURN_AND_REFUND", change, map[int]int{1: 1}}.paid(t, s), "67.00 = GOODS b 75.00, FREE_SHIPPING_LOST b -8.00 | MONEY 67.00")

		// 100.00 and 12.00 for delivery, which goes back with the last of bad goods.
		out := put(s, orderIn("D", apptest.Vars{"shipping": "12.00"}, line("a", 1, "60.00", nil), line("b", 1, "40.00", nil)))
		is(t, "one of two", wish{out, "RETURN_AND_REFUND", "QUALITY", map[int]int{0: 1}}.paid(t, s), "60.00 = GOODS a 60.00 | MONEY 60.00")
		is(t, "by choice", wish{out, "RETURN_AND_REFUND", change, map[int]int{1: 1}}.quoted(t, s.Customer), "40.00 = GOODS b 40.00 | MONEY 40.00")
		is(t, "the last", wish{out, "REFUND", "QUALITY", map[int]int{1: 1}}.paid(t, s), "52.00 = GOODS b 40.00, SHIPPING_OUT 12.00 | MONEY 52.00")

		// 80.00 of money, 20.00 of a coupon that lapses: a full refund brings 80.00, and what was only the coupon brings nothing.
		lapse := put(s, orderIn("L", tenders(tender("MONEY", "w", "80.00", nil), tender("COUPON", "c", "20.00", apptest.Vars{"lapses": true})), line("a", 1, "70.00", nil), line("b", 3, "10.00", nil)))
		is(t, "money first", wish{lapse, "RETURN_AND_REFUND", change, map[int]int{0: 1}}.paid(t, s), "70.00 = GOODS a 70.00 | MONEY w 70.00")
		is(t, "across", wish{lapse, "RETURN_AND_REFUND", change, map[int]int{1: 2}}.paid(t, s), "10.00 = GOODS b 20.00 | MONEY w 10.00, COUPON c 10.00 lapsed")
		refused := wish{lapse, "RETURN_AND_REFUND", change, map[int]int{1: 1}}.quote(s.Customer)
		is(t, "the coupon alone", refused.Errors[0].Code(), "NOT_ELIGIBLE")
		is(t, "in the options", optionOf(t, s.Customer, lapse.Lines[1], change, "RETURN_AND_REFUND").Str("blockers.0.code"), "ALREADY_REFUNDED")

		// Yen: 1000 over 3 is 333 and 333, 334 with the last.
		yen := put(s, orderIn("Y", apptest.Vars{"currency": "JPY", "discount": "2", "tenders": []apptest.Vars{tender("MONEY", "j", "999", nil), tender("POINTS", "p", "1", apptest.Vars{"points": 7})}}, line("a", 3, "334", nil)))
		is(t, "two", wish{yen, "REFUND", "QUALITY", map[int]int{0: 2}}.paid(t, s), "666 = GOODS a 666 | MONEY j 666")
		is(t, "the third", wish{yen, "REFUND", "QUALITY", map[int]int{0: 1}}.paid(t, s), "334 = GOODS a 334 | MONEY j 333, POINTS p 1 7P")
	})
}

// law.md 2.2: a gift is not returned for money of its own, and the options say so; lines that are worth nothing alone can be
// returned with others.
func TestGiftsAndScrapsAreNotReturnedAlone(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-03-11T10:15:00+08:00")
		o := put(s, orderIn("K", nil, line("k", 1, "100.00", nil), line("m", 1, "0", apptest.Vars{"giftOf": "k", "markedPrice": "15.00"})))
		for _, remedy := range []string{"REFUND", "RETURN_AND_REFUND"} {
			w := wish{o, remedy, "QUALITY", map[int]int{1: 1}}
			opt := optionOf(t, s.Customer, o.Lines[1], "QUALITY", remedy)
			is(t, "blocker", opt.Str("blockers.0.code"), "GIFT")
			is(t, "plainly", opt.Str("blockers.0.message"), "this is a gift: it comes back with Title of k, not for money of its own")
			r := s.Customer.Refused(apptest.RequestReturn, apptest.Vars{"in": apptest.Vars{"idempotencyKey": s.Key(), "order": o.ID, "items": w.items(), "remedy": remedy, "reasonHandle": "QUALITY", "description": "d"}})
			refusedAs(t, r, "NOT_ELIGIBLE", "input.items.0")
			is(t, "quote", w.quote(s.Customer).Errors[0].Code(), "NOT_ELIGIBLE")
			// Beside its article it is refused as well: it comes by itself.
			is(t, "quote with its article", wish{o, remedy, "QUALITY", map[int]int{0: 1, 1: 1}}.quote(s.Customer).Errors[0].Extensions["field"], []any{"input", "items", "1"})
		}

		// The strap is worth 1.00, less than breaking the set costs; together with the lens it counts.
		set := put(s, orderIn("S", nil, line("strap", 1, "1.00", apptest.Vars{"bundle": "set", "listPrice": "1.00"}),
			line("body", 1, "19.00", apptest.Vars{"bundle": "set", "listPrice": "22.00"}), line("lens", 1, "10.00", apptest.Vars{"bundle": "set", "listPrice": "14.00"})))
		alone := wish{set, "RETURN_AND_REFUND", "NO_REASON_7D", map[int]int{0: 1}}
		is(t, "alone", alone.quote(s.Customer).Errors[0].Code(), "NOT_ELIGIBLE")
		opt := optionOf(t, s.Customer, set.Lines[0], "NO_REASON_7D", "RETURN_AND_REFUND")
		is(t, "would refund", opt.Str("wouldRefund.amount")+" "+opt.Str("blockers.0.code"), "0.00 ALREADY_REFUNDED")
		refusedAs(t, s.Customer.Refused(apptest.RequestReturn, apptest.Vars{"in": apptest.Vars{"idempotencyKey": s.Key(), "order": set.ID, "items": alone.items(), "remedy": "RETURN_AND_REFUND", "reasonHandle": "NO_REASON_7D", "description": "d"}}), "NOT_ELIGIBLE", "input.items.0")
		// 1.00 + 10.00, and the body alone is 3.00 dearer.
		is(t, "together", wish{set, "RETURN_AND_REFUND", "NO_REASON_7D", map[int]int{0: 1, 2: 1}}.paid(t, s),
			"8.00 = GOODS strap 1.00, GOODS lens 10.00, BUNDLE_PRICE strap -1.00, BUNDLE_PRICE lens -2.00 | MONEY 8.00")
	})
}

// A quote is refused as the request would be.
func TestQuotesAreRefusedAsRequestsAre(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-03-11T10:15:00+08:00")
		o := put(s, orderIn("A", nil, line("a", 2, "10.00", nil)))
		old := put(s, orderIn("O", nil, line("a", 1, "10.00", nil)))
		s.Integration.Must(upsertOrder, apptest.Vars{"in": apptest.Vars{"number": "O", "placedAt": "2025-02-01T10:15:00+08:00", "currency": "CNY", "customer": apptest.Vars{"externalId": "c-1", "name": "Li Lei"},
			"lines": []apptest.Vars{{"externalId": "a", "sku": "SKU-a", "title": "Title of a", "quantity": 1, "unitPrice": "10.00", "deliveredAt": "2025-02-03T12:00:00+08:00"}}}})
		for _, tc := range []struct {
			name, code, field string
			w                 wish
		}{
			{"nothing", "BAD_USER_INPUT", "input.items", wish{o, "REFUND", "QUALITY", nil}},
			{"below one", "BAD_USER_INPUT", "input.items.0.quantity", wish{o, "REFUND", "QUALITY", map[int]int{0: -1}}},
			{"no such reason", "BAD_USER_INPUT", "input.reasonHandle", wish{o, "REFUND", "BECAUSE", map[int]int{0: 1}}},
			{"an exchange", "BAD_USER_INPUT", "input.remedy", wish{o, "EXCHANGE", "QUALITY", map[int]int{0: 1}}},
			{"more than bought", "QUANTITY_EXCEEDS_BOUGHT", "input.items.0.quantity", wish{o, "REFUND", "QUALITY", map[int]int{0: 3}}},
			{"no remedy of the reason", "NOT_ELIGIBLE", "input.items.0", wish{o, "REFUND", "NO_REASON_7D", map[int]int{0: 1}}},
			{"too late", "WINDOW_CLOSED", "input.items.0", wish{old, "RETURN_AND_REFUND", "NO_REASON_7D", map[int]int{0: 1}}},
		} {
			items := tc.w.items()
			if tc.w.take[0] < 0 {
				items = []apptest.Vars{{"orderLine": o.Lines[0], "quantity": -1}}
			}
			if items == nil {
				items = []apptest.Vars{}
			}
			r := s.Customer.Do(quoteRefund, apptest.Vars{"in": apptest.Vars{"order": tc.w.order.ID, "items": items, "remedy": tc.w.remedy, "reasonHandle": tc.w.reason}})
			if len(r.Errors) != 1 {
				t.Errorf("%s: %s", tc.name, r.Raw)
				continue
			}
			is(t, tc.name, r.Errors[0].Code()+" "+strings.ReplaceAll(strings.Trim(fmt.Sprint(r.Errors[0].Extensions["field"]), "[]"), " ", "."), tc.code+" "+tc.field)
		}
		stranger := e.As("CUSTOMER", s.Slug, "c-2")
		is(t, "somebody else's order", apptest.ParseData(t, wish{o, "REFUND", "QUALITY", map[int]int{0: 1}}.quote(stranger).Data).Get("refundQuote"), nil)
		is(t, "the platform", wish{o, "REFUND", "QUALITY", map[int]int{0: 1}}.quoted(t, e.Platform()), "10.00 = GOODS a 10.00 | MONEY 10.00")
	})
}

// MALL-4.2a: for random orders and random returns of them, what was quoted is what is previewed and what is paid, and no order
// and no tender ever pays back more than it was.
func TestQuotePreviewAndRefundAreOne(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-03-11T10:15:00+08:00")
		number := 0
		for seed := range 6 {
			plan := rapid.Custom(drawOrder).Example(seed + 1)
			number++
			plan.vars["in"].(apptest.Vars)["number"] = fmt.Sprint("R", number)
			o := put(s, plan.vars)
			for _, w := range plan.wishes {
				w.order = o
				for i := range w.take {
					w.take[i] = min(w.take[i], lineOf(t, s, o, i).Int("returnableQuantity"))
				}
				if r := w.quote(s.Customer); len(w.items()) == 0 || len(r.Errors) > 0 {
					if len(w.items()) > 0 {
						is(t, "refused quote", r.Errors[0].Code(), "NOT_ELIGIBLE")
					}
					continue
				}
				w.paid(t, s)
			}
			d := s.Agent.Must(`query($id: ID!) { order(id: $id) { total { amount } refunded { amount } } }`, apptest.Vars{"id": o.ID})
			if minor(t, d.Str("order.refunded.amount")) > minor(t, d.Str("order.total.amount")) {
				t.Errorf("order %d: %v", number, d)
			}
		}
	})
}

func minor(t testing.TB, amount string) int {
	t.Helper()
	n, err := strconv.Atoi(strings.ReplaceAll(amount, ".", ""))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// drawn is an order to make and what is then asked for.
type drawn struct {
	vars   apptest.Vars
	wishes []wish
}

// drawOrder draws an order with a bundle, a gift and tenders, and some returns of it.
func drawOrder(t *rapid.T) drawn {
	price := func(c int) string { return fmt.Sprintf("%d.%02d", c/100, c%100) }
	total := 0
	var lines []apptest.Vars
	bundled := func(i, c int) apptest.Vars {
		if i == 2 {
			return nil
		}
		return apptest.Vars{"bundle": "set", "listPrice": price(c + rapid.IntRange(0, 900).Draw(t, "dearer"))}
	}
	for i := range 3 {
		n, c := rapid.IntRange(1, 3).Draw(t, "quantity"), rapid.IntRange(1, 9999).Draw(t, "price")
		lines = append(lines, line(fmt.Sprint(i), n, price(c), bundled(i, c)))
		total += n * c
	}
	lines = append(lines, line("gift", 2, "0", apptest.Vars{"giftOf": "0", "markedPrice": "9.99"}))
	more := apptest.Vars{}
	if rapid.Bool().Draw(t, "free") {
		more["freeShippingFrom"], more["shippingWaived"] = price(rapid.IntRange(1, total).Draw(t, "from")), "8.00"
	} else {
		more["shipping"] = "12.00"
		total += 1200
	}
	points := rapid.IntRange(1, total-2).Draw(t, "points")
	coupon := rapid.IntRange(1, total-points-1).Draw(t, "coupon")
	more["tenders"] = []apptest.Vars{tender("POINTS", "p", price(points), apptest.Vars{"points": rapid.IntRange(1, 5000).Draw(t, "number")}),
		tender("COUPON", "c", price(coupon), apptest.Vars{"lapses": rapid.Bool().Draw(t, "lapses")}), tender("MONEY", "w", price(total-points-coupon), nil)}
	d := drawn{vars: orderIn("", more, lines...)}
	for range 3 {
		w := wish{remedy: "RETURN_AND_REFUND", reason: rapid.SampledFrom([]string{"NO_REASON_7D", "QUALITY"}).Draw(t, "reason"), take: map[int]int{}}
		for i := range 3 {
			w.take[i] = rapid.IntRange(0, 2).Draw(t, "take")
		}
		d.wishes = append(d.wishes, w)
	}
	return d
}
