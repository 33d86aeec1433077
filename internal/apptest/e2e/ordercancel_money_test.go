package e2e

import (
	"testing"

	"aftersales/internal/apptest"
)

// coming is orderIn for lines that were not dispatched.
func coming(number string, more apptest.Vars, lines ...apptest.Vars) apptest.Vars {
	vars := orderIn(number, more, lines...)
	for _, l := range lines {
		delete(l, "deliveredAt")
	}
	return vars
}

// MALL-2.3c, MALL-4.2a: what a cancellation brings back, to the cent, whatever the order was made of. want is the refunds of one
// call after the other, each for one unit of the line named; "" for none.
func TestCancellationsPayBackAllThatWasPaid(t *testing.T) {
	t.Parallel()
	type part struct {
		line, quantity int
		want           string
	}
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-03-11T10:15:00+08:00")
		for _, tc := range []struct {
			name  string
			order apptest.Vars
			parts []part
			whole bool
		}{
			// The gift goes with its article and brings nothing; by itself it is given up for nothing.
			{"gift", coming("G1", nil, line("1", 1, "99.00", nil), line("2", 2, "0.00", apptest.Vars{"giftOf": "1", "markedPrice": "5.00"})),
				[]part{{0, 1, "99.00"}}, true},
			{"gift by itself", coming("G2", nil, line("1", 1, "99.00", nil), line("2", 2, "0.00", apptest.Vars{"giftOf": "1", "markedPrice": "5.00"})),
				[]part{{1, 1, ""}, {0, 1, "99.00"}}, true},
			// 80.00 each alone, 60.00 in the bundle: who cancels one keeps the other at 60.00.
			{"bundle", coming("B1", nil, line("1", 1, "60.00", apptest.Vars{"bundle": "SET", "listPrice": "80.00"}), line("2", 1, "60.00", apptest.Vars{"bundle": "SET", "listPrice": "80.00"})),
				[]part{{0, 1, "60.00"}, {1, 1, "60.00"}}, true},
			// Delivery cost nothing from 100.00 on: cancelling down to 50.00 takes nothing off.
			{"free delivery", coming("F1", apptest.Vars{"freeShippingFrom": "100.00", "shippingWaived": "12.00"}, line("1", 2, "50.00", nil)),
				[]part{{0, 1, "50.00"}, {0, 1, "50.00"}}, true},
			// 100.00 for three: 33.33, 33.33 and the rest with the last; delivery of 9.99 with it.
			{"thirds", coming("T1", apptest.Vars{"shipping": "9.99", "discount": "2.00"}, line("1", 3, "34.00", nil)),
				[]part{{0, 1, "33.33"}, {0, 1, "33.33"}, {0, 1, "43.33"}}, true},
			// 60.00 in money, a coupon of 30.00 that is used up, 10.00 in points: money first, then the coupon, which nobody gets
			// back: 50.00; 10.00 and 10.00 in points.
			{"tenders", coming("P1", tenders(tender("MONEY", "m", "60.00", nil), tender("COUPON", "c", "30.00", apptest.Vars{"lapses": true}), tender("POINTS", "p", "10.00", apptest.Vars{"points": 1000})), line("1", 2, "50.00", nil)),
				[]part{{0, 1, "50.00"}, {0, 1, "20.00"}}, true},
			// Paid by a coupon alone that is used up: nothing reaches the customer.
			{"a coupon that lapses", coming("C1", tenders(tender("COUPON", "c", "50.00", apptest.Vars{"lapses": true})), line("1", 1, "50.00", nil)),
				[]part{{0, 1, ""}}, true},
			// 198.00, of which 150.00 was paid back elsewhere.
			{"refunded before", coming("R1", apptest.Vars{"refunded": "150.00"}, line("1", 2, "99.00", nil)),
				[]part{{0, 1, "48.00"}, {0, 1, ""}}, true},
		} {
			t.Run(tc.name, func(t *testing.T) {
				o := put(s, tc.order)
				for i, p := range tc.parts {
					told := s.Customer.Must(cancellability, apptest.Vars{"id": o.ID})
					c := cancelled(t, s, o, of(o, p.line, p.quantity))
					if p.want == "" {
						is(t, "ends", c.Str("status")+" "+c.Str("outcome"), "COMPLETED RESOLVED")
						is(t, "refunds", len(c.List("refunds")), 0)
					} else {
						is(t, "refund", c.Str("refunds.0.amount.amount"), p.want)
					}
					if i == len(tc.parts)-1 { // what was left was told beforehand
						want := p.want
						if want == "" {
							want = "0.00"
						}
						is(t, "told", told.Str("order.cancellability.wouldRefund.amount"), want)
						is(t, "cancelled as a whole", c.Get("order.cancelledAt") != nil, tc.whole)
					}
				}
			})
		}
	})
}

// The law says who keeps the cost of delivery once a part has arrived: in the EU it goes back with the last of the goods
// (Directive 2011/83/EU art. 13), in China the seller keeps it.
func TestDeliveryOfAnOrderThatArrivedInPart(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		e.Platform().Must(`mutation { merchantCreate(input: { idempotencyKey: "de", slug: "laden", name: "Laden", mode: SANDBOX, currency: EUR, calendar: "DE", jurisdiction: "DE", testClockStartsAt: "2025-03-11T10:15:00+08:00" }) { merchant { id } userErrors { code } } }`, nil)
		cn := e.Sandbox("mall", "2025-03-11T10:15:00+08:00")
		de := cn.At("laden")
		for shop, want := range map[*apptest.Shop]string{cn: "20.00", de: "25.00"} {
			currency := map[*apptest.Shop]string{cn: "CNY", de: "EUR"}[shop]
			in := coming("A1", apptest.Vars{"currency": currency, "shipping": "5.00"}, line("1", 1, "30.00", nil), line("2", 1, "20.00", nil))
			in["in"].(apptest.Vars)["lines"].([]apptest.Vars)[0]["deliveredAt"] = "2025-03-09T12:00:00+08:00"
			o := put(shop, in)
			shop.Confirm(refundOnly(t, shop, o))
			c := cancelled(t, shop, o, of(o, 1, 1))
			is(t, "in "+currency, c.Str("refunds.0.amount.amount"), want)
			is(t, "cancelled as a whole", c.Get("order.cancelledAt"), nil)
		}
	})
}

// refundOnly has the first line of an order refunded without its coming back, and returns the refund.
func refundOnly(t *testing.T, s *apptest.Shop, o apptest.Order) string {
	t.Helper()
	vars := with(s.RequestVars(o, "REFUND", 1), "reasonHandle", "OTHER")
	id := s.Customer.Must(apptest.RequestReturn, vars).Str("returnRequest.return.id")
	s.Agent.Must(apptest.ApproveReturn, apptest.Vars{"id": id})
	return s.Refund(id)
}

// MALL-3.3d: the refund of a cancellation is paid, fails, is tried again and is held above the limit as any other; the case
// follows it, and REFUND runs on until the money is there.
func TestRefundOfACancellationFailsAndIsRetried(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", now)
		c := cancelled(t, s, kitchen(s, "A1", now))
		id, refund := c.Str("id"), c.Str("refunds.0.id")
		d := s.Finance.Must(apptest.FailRefund, apptest.Vars{"id": refund, "key": s.Key(), "reason": "The account is closed."})
		is(t, "case of the answer", d.Str("refundFail.case.id"), id)
		is(t, "no return", d.Get("refundFail.return"), nil)
		c = lookChange(t, s.Agent, id)
		is(t, "status", c.Str("status")+" "+c.Str("refunds.0.state"), "REFUND_FAILED FAILED")
		is(t, "REFUND", state(c.deadline("REFUND")), "RUNNING open")
		s.Finance.Must(apptest.RetryRefund, apptest.Vars{"id": refund, "key": s.Key()})
		is(t, "status", lookChange(t, s.Agent, id).Str("status"), "REFUNDING")
		s.Confirm(refund)
		c = lookChange(t, s.Agent, id)
		is(t, "status", c.Str("status")+" "+c.Str("outcome"), "COMPLETED REFUNDED")
		is(t, "REFUND", state(c.deadline("REFUND")), "MET")

		// Above the limit somebody who answers for it releases it; nobody can confirm it before.
		s.LimitRefunds("100.00")
		c = cancelled(t, s, kitchen(s, "A2", now))
		refund = c.Str("refunds.0.id")
		refusedAs(t, s.Finance.Refused(apptest.ConfirmRefund, apptest.Vars{"id": refund, "key": s.Key()}), "ILLEGAL_TRANSITION", "")
		s.Finance.Must(`mutation($id: ID!, $key: String!) { refundRelease(id: $id, idempotencyKey: $key) { refund { held } case { id status } userErrors { code field message } } }`,
			apptest.Vars{"id": refund, "key": s.Key()})
		s.Confirm(refund)
		is(t, "status", lookChange(t, s.Agent, c.Str("id")).Str("status"), "COMPLETED")
	})
}

// The deadline of a cancellation that nobody pays is missed, escalated and explained like any other (SLA-A-2.2.5a).
func TestCancellationThatIsPaidLate(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", now)
		c := cancelled(t, s, kitchen(s, "A1", now))
		s.Advance("2025-03-15T00:00:00+08:00")
		c = lookChange(t, s.Agent, c.Str("id"))
		is(t, "REFUND", state(c.deadline("REFUND")), "BREACHED open owed")
		is(t, "escalated", len(c.told("ESCALATED", "refund")), 1)
		s.Confirm(c.Str("refunds.0.id"))
		c = lookChange(t, s.Agent, c.Str("id"))
		is(t, "status", c.Str("status"), "COMPLETED")
		is(t, "not closed", c.Get("closedAt"), nil)
		s.Agent.Must(explain, apptest.Vars{"id": c.deadline("REFUND").Str("id"), "at": "2025-03-15T00:00:00+08:00", "text": "The bank was closed."})
		s.Agent.Must(closing, apptest.Vars{"id": c.Str("id")})
		is(t, "closed", at(t, lookChange(t, s.Agent, c.Str("id")).Data, "closedAt"), "2025-03-15T00:00:00+08:00")
	})
}
