package e2e

import (
	"testing"

	"aftersales/internal/apptest"
)

// refundOf asks for some units of each line by REFUND, has it approved and refunded, and returns the amount that was told
// before and the one that was paid.
func refundOf(t *testing.T, s *apptest.Shop, o apptest.Order, line, quantity int) (preview, paid string) {
	t.Helper()
	vars := with(s.RequestVars(o, "REFUND", 1), "items", []apptest.Vars{{"orderLine": o.Lines[line], "quantity": quantity}})
	id := s.Customer.Must(apptest.RequestReturn, vars).Str("returnRequest.return.id")
	s.Agent.Must(apptest.ApproveReturn, apptest.Vars{"id": id})
	preview = amount(look(t, s.Customer, id).Data, "refundable")
	s.Confirm(s.Refund(id))
	c := look(t, s.Customer, id)
	is(t, "refundable after the refund", c.Get("refundable"), nil)
	return preview, amount(c.Data, "refunds.0.amount")
}

func amount(d apptest.Data, path string) string {
	return d.Str(path+".amount") + " " + d.Str(path+".currency")
}

// MALL-3.3d: the refund is recorded with amount, state and reference, when it was started and when it was credited.
func TestRefundIsRecorded(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", now)
		id := s.Request(kettle(s, "A1", now), "RETURN_AND_REFUND", 1)
		refusedAs(t, s.Finance.Refused(apptest.RefundReturn, apptest.Vars{"id": id, "key": s.Key()}), "ILLEGAL_TRANSITION", "")
		s.ToInspected(id)
		s.Advance("2025-03-11T12:00:00+08:00")
		refund := s.Refund(id)
		c := look(t, s.Customer, id)
		is(t, "status", c.Str("status"), "REFUNDING")
		is(t, "state", c.Str("refunds.0.state"), "PROCESSING")
		is(t, "started", at(t, c.Data, "refunds.0.startedAt"), "2025-03-11T12:00:00+08:00")
		is(t, "credited", c.Get("refunds.0.creditedAt"), nil)
		is(t, "told", c.first("REFUND_STARTED", "").Str("text"), "The refund of 99.00 CNY was started.")
		is(t, "REFUND", state(c.deadline("REFUND")), "RUNNING open")

		s.Advance("2025-03-11T15:00:00+08:00")
		confirm := func(vars apptest.Vars) apptest.Vars {
			vars["id"], vars["key"] = refund, s.Key()
			return vars
		}
		refusedAs(t, s.Finance.Refused(apptest.ConfirmRefund, confirm(apptest.Vars{"at": "2025-03-11T15:00:00.000001+08:00"})), "INVALID_INPUT", "creditedAt")
		refusedAs(t, s.Finance.Refused(apptest.ConfirmRefund, confirm(apptest.Vars{"at": "2025-03-11T11:59:59.999999+08:00"})), "INVALID_INPUT", "creditedAt")
		refusedAs(t, s.Finance.Refused(`mutation($id: ID!, $key: String!) { refundConfirm(id: $id, idempotencyKey: $key, reference: " ") { return { id } userErrors { code field } } }`,
			confirm(apptest.Vars{})), "INVALID_INPUT", "reference")
		unknown := confirm(apptest.Vars{})
		unknown["id"] = "ref_01h455vb4pex5vsknk084sn02q"
		refusedAs(t, s.Finance.Refused(apptest.ConfirmRefund, unknown), "NOT_FOUND", "id")
		s.Finance.Must(apptest.ConfirmRefund, confirm(apptest.Vars{"at": "2025-03-11T14:00:00+08:00"}))
		c = look(t, s.Customer, id)
		is(t, "status", c.Str("status"), "COMPLETED")
		is(t, "outcome", c.Str("outcome"), "REFUNDED")
		is(t, "state", c.Str("refunds.0.state"), "CREDITED")
		is(t, "reference", c.Str("refunds.0.reference"), "bank-1")
		is(t, "credited", at(t, c.Data, "refunds.0.creditedAt"), "2025-03-11T14:00:00+08:00")
		is(t, "REFUND", state(c.deadline("REFUND")), "MET")
		is(t, "met", at(t, c.deadline("REFUND"), "metAt"), "2025-03-11T14:00:00+08:00")
		is(t, "closed", at(t, c.Data, "closedAt"), "2025-03-11T15:00:00+08:00")
		is(t, "told", c.first("REFUND_CREDITED", "").Str("text"), "The refund of 99.00 CNY was credited.")
		refusedAs(t, s.Finance.Refused(apptest.ConfirmRefund, confirm(apptest.Vars{})), "ILLEGAL_TRANSITION", "")
	})
}

// MALL-4.2a, money.md F8, M17: an order's discount of 10.00 over lines of 33.33, 33.33 and 33.34 is 3.33, 3.33 and 3.34, so
// that 30.00 was paid for each. M19: of a line of 3 for which 10.00 was paid, the third unit brings the rest.
func TestRefundAmounts(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", now)
		pays := func(o apptest.Order, line, quantity int, want string) {
			t.Helper()
			preview, paid := refundOf(t, s, o, line, quantity)
			is(t, "preview", preview, want)
			is(t, "refund", paid, want)
		}
		three := func(number, currency, discount string, prices ...string) apptest.Order {
			var lines []apptest.Line
			for _, p := range prices {
				lines = append(lines, apptest.Line{SKU: "S", Quantity: 1, UnitPrice: p})
			}
			return s.OrderOf("c-1", number, now, apptest.Vars{"discount": discount, "currency": currency}, lines...)
		}
		m17 := three("M17", "CNY", "10.00", "33.33", "33.33", "33.34")
		for line := range 3 {
			is(t, "paid", lineOf(t, s, m17, line).Str("paid.amount"), "30.00")
			pays(m17, line, 1, "30.00 CNY")
		}
		// An order in a currency other than the merchant's, and one without minor units: 1000 less 100, as 33, 33 and 34.
		pays(three("USD", "USD", "0.01", "0.10", "0.10"), 0, 1, "0.09 USD")
		jpy := three("JPY", "JPY", "100", "333", "333", "334")
		pays(jpy, 2, 1, "300 JPY")

		// 3 x 3.34 less 0.02 of the line's own discount is 10.00; 3.33, 3.33, 3.34 however they come back.
		line := func(number string) apptest.Order {
			return s.OrderOf("c-1", number, now, apptest.Vars{"lines": []apptest.Vars{{"externalId": "1", "sku": "CUP", "title": "Cup", "quantity": 3, "unitPrice": "3.34", "discount": "0.02"}}})
		}
		m19 := line("M19")
		for _, want := range []string{"3.33 CNY", "3.33 CNY", "3.34 CNY"} {
			pays(m19, 0, 1, want)
		}
		again := line("M19b")
		pays(again, 0, 2, "6.66 CNY")
		pays(again, 0, 1, "3.34 CNY")
		order := s.Agent.Must(`query($id: ID!) { order(id: $id) { refunded { amount } total { amount } } }`, apptest.Vars{"id": m19.ID})
		is(t, "refunded in all", order.Str("order.refunded.amount"), "10.00")
	})
}

// What was refunded before, outside this service, lowers what is left; never more than was paid goes back. Where nothing is
// left the case still has a way to an end (MALL-1.1b).
func TestImportedRefundsLowerWhatIsLeft(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", now)
		order := func(refunded string) apptest.Order {
			return s.OrderOf("c-1", "A1", now, apptest.Vars{"refunded": refunded}, apptest.Line{SKU: "KETTLE", Quantity: 2, UnitPrice: "99.00"})
		}
		o := order("150.00") // of 198.00
		is(t, "would refund", option(t, s.Customer, o, "QUALITY", "REFUND").Str("wouldRefund.amount"), "48.00")
		preview, paid := refundOf(t, s, o, 0, 1)
		is(t, "preview", preview, "48.00 CNY")
		is(t, "refund", paid, "48.00 CNY")
		opt := option(t, s.Customer, o, "QUALITY", "REFUND")
		is(t, "blocker", opt.Str("blockers.0.code"), "ALREADY_REFUNDED")
		is(t, "would refund", opt.Str("wouldRefund.amount"), "0.00")
		refusedAs(t, s.Customer.Refused(apptest.RequestReturn, s.RequestVars(o, "REFUND", 1)), "NOT_ELIGIBLE", "input.items.0")
		refused := s.Integration.Refused(`mutation($in: OrderInput!) { orderUpsert(input: $in) { order { id } userErrors { code field } } }`, apptest.Vars{"in": apptest.Vars{
			"number": "A1", "placedAt": now, "currency": "CNY", "customer": apptest.Vars{"externalId": "c-1", "name": "Li Lei"}, "refunded": "150.01",
			"lines": []apptest.Vars{{"externalId": "1", "sku": "KETTLE", "title": "Kettle", "quantity": 2, "unitPrice": "99.00"}}}})
		refusedAs(t, refused, "INVALID_INPUT", "input.refunded")

		// The refund happened elsewhere after the request was approved.
		b := s.Order("B1", now, apptest.Line{SKU: "LAMP", Quantity: 1, UnitPrice: "50.00"})
		id := s.Request(b, "REFUND", 1)
		s.Agent.Must(apptest.ApproveReturn, apptest.Vars{"id": id})
		s.OrderOf("c-1", "B1", now, apptest.Vars{"refunded": "50.00"}, apptest.Line{SKU: "LAMP", Quantity: 1, UnitPrice: "50.00"})
		is(t, "preview", amount(look(t, s.Agent, id).Data, "refundable"), "0.00 CNY")
		r := refusedAs(t, s.Finance.Refused(apptest.RefundReturn, apptest.Vars{"id": id, "key": s.Key()}), "AMOUNT_EXCEEDS_PAID", "")
		is(t, "remaining", param(t, r, "remaining")+" of "+param(t, r, "paid")+" "+param(t, r, "currency"), "0.00 of 50.00 CNY")
		c := look(t, s.Agent, id)
		is(t, "status", c.Str("status"), "REFUNDING")
		is(t, "refunds", len(c.List("refunds")), 0)
		s.Agent.Must(apptest.RejectReturn, apptest.Vars{"id": id})
		is(t, "status", look(t, s.Agent, id).Str("status"), "REJECTED")
	})
}
