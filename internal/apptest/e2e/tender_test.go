package e2e

import (
	"testing"

	"aftersales/internal/apptest"
)

const upsertOrder = `mutation($in: OrderInput!) { orderUpsert(input: $in) { order { id lines { id } } userErrors { code field message } } }`

// line is a line of an order by externalId; more is merged into it.
func line(external string, quantity int, price string, more apptest.Vars) apptest.Vars {
	l := apptest.Vars{"externalId": external, "sku": "SKU-" + external, "title": "Title of " + external, "quantity": quantity, "unitPrice": price}
	for k, v := range more {
		l[k] = v
	}
	return l
}

// orderIn is an order of c-1 as input, delivered two days before the shop's clock; more is merged into it.
func orderIn(number string, more apptest.Vars, lines ...apptest.Vars) apptest.Vars {
	for _, l := range lines {
		l["deliveredAt"] = "2025-03-09T12:00:00+08:00"
	}
	in := apptest.Vars{"number": number, "placedAt": "2025-03-04T10:15:00+08:00", "currency": "CNY", "lines": lines,
		"customer": apptest.Vars{"externalId": "c-1", "name": "Li Lei"}}
	for k, v := range more {
		in[k] = v
	}
	return apptest.Vars{"in": in}
}

// put writes an order that has to be taken.
func put(s *apptest.Shop, vars apptest.Vars) apptest.Order {
	d := s.Integration.Must(upsertOrder, vars)
	o := apptest.Order{ID: d.Str("orderUpsert.order.id")}
	for _, l := range d.List("orderUpsert.order.lines") {
		o.Lines = append(o.Lines, l.Str("id"))
	}
	return o
}

// tender is one means of payment; points and lapses by more.
func tender(kind, reference, amount string, more apptest.Vars) apptest.Vars {
	t := apptest.Vars{"kind": kind, "reference": reference, "amount": amount}
	for k, v := range more {
		t[k] = v
	}
	return t
}

func tenders(t ...apptest.Vars) apptest.Vars { return apptest.Vars{"tenders": t} }

// MALL-4.2a: an order says how it was paid, what came with it for nothing, and what was sold together, and nothing that
// contradicts itself.
func TestOrdersSayHowTheyWerePaid(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-03-11T10:15:00+08:00")
		kettle := func() apptest.Vars { return line("k", 1, "100.00", nil) }
		mug := func(more apptest.Vars) apptest.Vars { return line("m", 1, "0", more) }
		points := tender("POINTS", "p", "5.00", apptest.Vars{"points": 500})
		for _, tc := range []struct {
			name, field string
			vars        apptest.Vars
		}{
			{"less than the total", "input.tenders", orderIn("A", tenders(tender("MONEY", "w", "94.99", nil), points), kettle())},
			{"more than the total", "input.tenders", orderIn("A", tenders(tender("MONEY", "w", "100.01", nil)), kettle())},
			{"nothing by one", "input.tenders.0.amount", orderIn("A", tenders(tender("MONEY", "w", "0", nil), tender("MONEY", "w", "100.00", nil)), kettle())},
			{"below nothing by one", "input.tenders.0.amount", orderIn("A", tenders(tender("MONEY", "w", "-1", nil), tender("MONEY", "w", "101.00", nil)), kettle())},
			{"points without a number", "input.tenders.0.points", orderIn("A", tenders(tender("POINTS", "p", "100.00", nil)), kettle())},
			{"money in points", "input.tenders.0.points", orderIn("A", tenders(tender("MONEY", "w", "100.00", apptest.Vars{"points": 1})), kettle())},
			{"money that lapses", "input.tenders.0.lapses", orderIn("A", tenders(tender("MONEY", "w", "100.00", apptest.Vars{"lapses": true})), kettle())},
			{"a fraction of a fen", "input.tenders.0.amount", orderIn("A", tenders(tender("MONEY", "w", "100.001", nil)), kettle())},
			{"delivery waived by no rule", "input.freeShippingFrom", orderIn("A", apptest.Vars{"shippingWaived": "8.00"}, kettle())},
			{"delivery waived below nothing", "input.shippingWaived", orderIn("A", apptest.Vars{"freeShippingFrom": "1", "shippingWaived": "-8.00"}, kettle())},
			{"a gift of nothing", "input.lines.1.giftOf", orderIn("A", nil, kettle(), mug(apptest.Vars{"giftOf": "x"}))},
			{"a gift of itself", "input.lines.1.giftOf", orderIn("A", nil, kettle(), mug(apptest.Vars{"giftOf": "m"}))},
			{"a gift of a gift", "input.lines.2.giftOf", orderIn("A", nil, kettle(), mug(apptest.Vars{"giftOf": "k"}), line("n", 1, "0", apptest.Vars{"giftOf": "m"}))},
			{"a gift with a price", "input.lines.1.unitPrice", orderIn("A", nil, kettle(), line("m", 1, "0.01", apptest.Vars{"giftOf": "k"}))},
			{"a gift in a bundle", "input.lines.1.bundle", orderIn("A", nil, kettle(), mug(apptest.Vars{"giftOf": "k", "bundle": "set"}))},
			{"a marked price of what was bought", "input.lines.0.markedPrice", orderIn("A", nil, line("k", 1, "100.00", apptest.Vars{"markedPrice": "1.00"}))},
			{"a marked price below nothing", "input.lines.1.markedPrice", orderIn("A", nil, kettle(), mug(apptest.Vars{"giftOf": "k", "markedPrice": "-1"}))},
			{"cheaper alone", "input.lines.0.listPrice", orderIn("A", nil, line("k", 1, "100.00", apptest.Vars{"bundle": "set", "listPrice": "99.99"}))},
			{"a price alone without a bundle", "input.lines.0.listPrice", orderIn("A", nil, line("k", 1, "100.00", apptest.Vars{"listPrice": "120.00"}))},
		} {
			t.Run(tc.name, func(t *testing.T) {
				refusedAs(t, s.Integration.Refused(upsertOrder, tc.vars), "INVALID_INPUT", tc.field)
			})
		}

		whole := orderIn("B", apptest.Vars{"freeShippingFrom": "99.00", "shippingWaived": "8.00",
			"tenders": []apptest.Vars{points, tender("COUPON", "c", "15.00", apptest.Vars{"lapses": true, "method": "SPRING"}), tender("MONEY", "w", "80.00", apptest.Vars{"method": "WECHAT"})}},
			line("k", 1, "100.00", apptest.Vars{"bundle": "set", "listPrice": "120.00"}), mug(apptest.Vars{"giftOf": "k", "markedPrice": "15.00"}))
		o := put(s, whole)
		d := s.Customer.Must(`query($id: ID!, $line: ID!) {
			order(id: $id) { tenders { kind method reference amount { amount } points lapses } freeShippingFrom { amount } shippingWaived { amount }
				lines { giftOf { id unitPrice { amount } returnableQuantity giftOf { id } } markedPrice { amount } bundle listPrice { amount currency } } }
			node(id: $line) { ... on OrderLine { giftOf { id title listPrice { amount } afterSalesOptions { remedy } } } }
		}`, apptest.Vars{"id": o.ID, "line": o.Lines[1]})
		is(t, "refunded in order", d.Str("order.tenders.0.kind")+" "+d.Str("order.tenders.1.kind")+" "+d.Str("order.tenders.2.kind"), "MONEY COUPON POINTS")
		is(t, "money", d.Str("order.tenders.0.method")+" "+d.Str("order.tenders.0.reference")+" "+d.Str("order.tenders.0.amount.amount"), "WECHAT w 80.00")
		is(t, "coupon lapses", d.Get("order.tenders.1.lapses"), true)
		is(t, "points", d.Int("order.tenders.2.points"), 500)
		is(t, "money's points", d.Get("order.tenders.0.points"), nil)
		is(t, "free delivery", d.Str("order.freeShippingFrom.amount")+" "+d.Str("order.shippingWaived.amount"), "99.00 8.00")
		is(t, "bundle", d.Str("order.lines.0.bundle")+" "+amount(d, "order.lines.0.listPrice"), "set 120.00 CNY")
		is(t, "bought", d.Get("order.lines.0.giftOf"), nil)
		is(t, "gift of", d.Str("order.lines.1.giftOf.id")+" "+d.Str("order.lines.1.giftOf.unitPrice.amount")+" "+d.Str("order.lines.1.markedPrice.amount"), o.Lines[0]+" 100.00 15.00")
		is(t, "gift of, by id", d.Str("node.giftOf.id")+" "+d.Str("node.giftOf.listPrice.amount"), o.Lines[0]+" 120.00")
		is(t, "what can be done with that", len(d.List("node.giftOf.afterSalesOptions")), 4)

		// The same again says nothing new, whatever the order of the tenders says nothing new of the tenders; left out, they stay.
		version := `query($id: ID!) { order(id: $id) { tenders { reference } freeShippingFrom { amount } lines { listPrice { amount } } } }`
		put(s, whole)
		put(s, orderIn("B", nil, line("k", 1, "100.00", nil), mug(apptest.Vars{"giftOf": "k"})))
		d = s.Agent.Must(version, apptest.Vars{"id": o.ID})
		is(t, "known tenders", len(d.List("order.tenders")), 3)
		is(t, "no threshold any more", d.Get("order.freeShippingFrom"), nil)
		is(t, "no price alone any more", d.Get("order.lines.0.listPrice"), nil)
		refusedAs(t, s.Integration.Refused(upsertOrder, orderIn("B", nil, line("k", 1, "110.00", nil), mug(apptest.Vars{"giftOf": "k"}))), "INVALID_INPUT", "input.tenders")
		put(s, orderIn("B", tenders(tender("MONEY", "w2", "110.00", nil)), line("k", 1, "110.00", nil), mug(apptest.Vars{"giftOf": "k"})))
		is(t, "other tenders", s.Agent.Must(version, apptest.Vars{"id": o.ID}).Str("order.tenders.0.reference"), "w2")

		// Once a refund went by them they stand.
		id := s.Request(o, "REFUND", 1)
		s.Agent.Must(apptest.ApproveReturn, apptest.Vars{"id": id})
		s.Refund(id)
		refusedAs(t, s.Integration.Refused(upsertOrder, orderIn("B", tenders(tender("MONEY", "w3", "110.00", nil)), line("k", 1, "110.00", nil), mug(apptest.Vars{"giftOf": "k"}))), "INVALID_INPUT", "input.tenders")
		put(s, orderIn("B", tenders(tender("MONEY", "w2", "110.00", nil)), line("k", 1, "110.00", apptest.Vars{"category": "kitchen"}), mug(apptest.Vars{"giftOf": "k"})))
	})
}
