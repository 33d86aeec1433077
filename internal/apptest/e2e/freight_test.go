package e2e

import (
	"testing"

	"aftersales/internal/apptest"
	"aftersales/internal/auth"
)

const (
	claimFreight = `mutation($id: ID!, $v: Int, $amount: Decimal!, $receipt: ID!) { returnFreightClaim(id: $id, expectedVersion: $v, input: { amount: $amount, receipt: $receipt }) {
		return { id status version freight { back out claimed { amount currency } receipt { id } } refundable { amount currency } } userErrors { code field message params { name value } allowedActions } } }`
	freightOf = `query($id: ID!) { return(id: $id) { version freight { back out claimed { amount } receipt { id } } refundPreview { ` + howMuch + ` } } }`
)

// receiptOf adds a receipt to a return.
func receiptOf(s *apptest.Shop, returnID string) string {
	return s.Customer.Must(`mutation($id: ID!, $key: String!) { caseEvidenceAdd(id: $id, idempotencyKey: $key, input: { kind: DOCUMENT, url: "https://photos.example/receipt.pdf" }) { evidence { id } userErrors { code field message } } }`,
		apptest.Vars{"id": returnID, "key": s.Key()}).Str("caseEvidenceAdd.evidence.id")
}

// MALL-4.2a, law.md 2.1 art. 24: for goods that were bad the way back is the seller's: what the customer paid for it comes on
// top of what was paid for the goods, by a receipt, as the merchant leaves it.
func TestFreightBackIsRepaid(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-03-11T10:15:00+08:00")
		o := put(s, orderIn("A", apptest.Vars{"shipping": "12.00"}, line("a", 1, "60.00", nil)))
		id := s.Request(o, "RETURN_AND_REFUND", 1)
		receipt := receiptOf(s, id)
		claim := func(amount string) apptest.Vars { return apptest.Vars{"id": id, "amount": amount, "receipt": receipt} }
		refusedAs(t, s.Customer.Refused(claimFreight, claim("15.00")), "ILLEGAL_TRANSITION", "") // nothing was sent yet
		s.Agent.Must(apptest.ApproveReturn, apptest.Vars{"id": id})
		s.Customer.Must(apptest.ShipReturn, apptest.Vars{"id": id})
		d := s.Customer.Must(freightOf, apptest.Vars{"id": id})
		is(t, "who bears", d.Str("return.freight.back")+" "+d.Str("return.freight.out"), "MERCHANT MERCHANT")
		is(t, "claimed", d.Get("return.freight.claimed"), nil)
		clocks := look(t, s.Customer, id)

		for _, tc := range []struct {
			name, code, field string
			vars              apptest.Vars
		}{
			{"nothing", "INVALID_INPUT", "input.amount", claim("0")},
			{"below nothing", "INVALID_INPUT", "input.amount", claim("-1")},
			{"a fraction of a fen", "INVALID_INPUT", "input.amount", claim("1.001")},
			{"more than a parcel costs", "INVALID_INPUT", "input.amount", claim("10000000.01")},
			{"a receipt nobody has", "NOT_FOUND", "input.receipt", apptest.Vars{"id": id, "amount": "1", "receipt": "evi_01h455vb4pex5vsknk084sn02q"}},
			{"an old version", "CONFLICT", "", apptest.Vars{"id": id, "amount": "1", "receipt": receipt, "v": 1}},
		} {
			t.Run(tc.name, func(t *testing.T) { refusedAs(t, s.Customer.Refused(claimFreight, tc.vars), tc.code, tc.field) })
		}
		other := s.Request(put(s, orderIn("B", nil, line("a", 1, "60.00", nil))), "RETURN_AND_REFUND", 1)
		refusedAs(t, s.Customer.Refused(claimFreight, apptest.Vars{"id": id, "amount": "1", "receipt": receiptOf(s, other)}), "NOT_FOUND", "input.receipt")
		for _, c := range []apptest.Caller{s.Warehouse, s.Finance, s.Integration, e.Platform()} {
			if r := c.Do(claimFreight, claim("15.00")); len(r.Errors) != 1 || r.Errors[0].Code() != "FORBIDDEN" {
				t.Errorf("claimed by somebody who may not: %s", r.Raw)
			}
		}
		stranger := e.As(auth.Customer, s.Slug, "c-2")
		refusedAs(t, stranger.Refused(claimFreight, claim("15.00")), "NOT_FOUND", "id")

		s.Customer.Must(claimFreight, claim("15.00"))
		d = s.Customer.Must(claimFreight, claim("18.00")) // a slip corrected
		is(t, "claimed", amount(d, "returnFreightClaim.return.freight.claimed")+" "+d.Str("returnFreightClaim.return.freight.receipt.id"), "18.00 CNY "+receipt)
		is(t, "refundable", amount(d, "returnFreightClaim.return.refundable"), "90.00 CNY") // 60.00 + 12.00 out + 18.00 back
		c := look(t, s.Customer, id)
		is(t, "told", c.first("FREIGHT_CLAIMED", "").Str("text"), "The customer asked back the return freight of 15.00 CNY.")
		is(t, "version", c.Int("version"), clocks.Int("version"))
		for _, clock := range []string{"REFUND", "SHIP_BACK"} {
			is(t, clock, state(c.deadline(clock)), state(clocks.deadline(clock)))
		}

		refusedAs(t, s.Agent.Refused(claimFreight, claim("18.01")), "INVALID_INPUT", "input.amount")
		s.Agent.Must(claimFreight, claim("16.00"))
		is(t, "maximum", param(t, refusedAs(t, s.Customer.Refused(claimFreight, claim("18.00")), "INVALID_INPUT", "input.amount"), "maximum"), "16.00")
		s.Customer.Must(claimFreight, claim("15.50"))

		s.Warehouse.Must(apptest.ReceiveReturn, apptest.Vars{"id": id})
		s.Inspect(id, true)
		want := "87.50 = GOODS a 60.00, SHIPPING_OUT 12.00, FREIGHT_BACK 15.50 | MONEY 72.00, MONEY 15.50"
		is(t, "preview", spelled(sub(t, s.Agent.Must(freightOf, apptest.Vars{"id": id}), "return.refundPreview")), want)
		refund := s.Refund(id)
		is(t, "refund", spelled(sub(t, s.Customer.Must(previewRefund, apptest.Vars{"id": id}), "return.refunds.0")), want)
		refusedAs(t, s.Customer.Refused(claimFreight, claim("1.00")), "ILLEGAL_TRANSITION", "")
		s.Confirm(refund)
		// The way back does not count against what was paid for the order.
		is(t, "refunded", s.Agent.Must(`query($id: ID!) { order(id: $id) { refunded { amount } } }`, apptest.Vars{"id": o.ID}).Str("order.refunded.amount"), "72.00")
	})
}

// law.md 2.1 art. 25: who changed their mind bears the way back, and is told by which law. Where no goods come back there is
// none; filed by staff it stays what staff filed.
func TestFreightBackIsTheCustomersByChoice(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-03-11T10:15:00+08:00")
		o := put(s, orderIn("A", nil, line("a", 3, "60.00", nil)))
		id := s.Customer.Must(apptest.RequestReturn, with(s.RequestVars(o, "RETURN_AND_REFUND", 1), "reasonHandle", "NO_REASON_7D")).Str("returnRequest.return.id")
		receipt := receiptOf(s, id)
		s.Agent.Must(apptest.ApproveReturn, apptest.Vars{"id": id})
		s.Customer.Must(apptest.ShipReturn, apptest.Vars{"id": id})
		is(t, "who bears", s.Customer.Must(freightOf, apptest.Vars{"id": id}).Str("return.freight.back"), "CUSTOMER")
		for _, c := range []apptest.Caller{s.Customer, s.Agent} {
			r := refusedAs(t, c.Refused(claimFreight, apptest.Vars{"id": id, "amount": "15.00", "receipt": receipt}), "NOT_ELIGIBLE", "")
			is(t, "law", param(t, r, "rule"), "Consumer Rights Protection Law art. 25")
			is(t, "reason", param(t, r, "reason"), "NO_REASON_7D")
		}
		is(t, "no goods", s.Customer.Must(freightOf, apptest.Vars{"id": s.Request(o, "REFUND", 1)}).Get("return.freight"), nil)

		filed := s.Request(o, "RETURN_AND_REFUND", 1)
		receipt = receiptOf(s, filed)
		s.Agent.Must(apptest.ApproveReturn, apptest.Vars{"id": filed})
		s.Customer.Must(apptest.ShipReturn, apptest.Vars{"id": filed})
		s.Supervisor.Must(claimFreight, apptest.Vars{"id": filed, "amount": "9.00", "receipt": receipt})
		refusedAs(t, s.Customer.Refused(claimFreight, apptest.Vars{"id": filed, "amount": "10.00", "receipt": receipt}), "INVALID_INPUT", "input.amount")
		s.Admin.Must(claimFreight, apptest.Vars{"id": filed, "amount": "0", "receipt": receipt})
		is(t, "granted", s.Customer.Must(freightOf, apptest.Vars{"id": filed}).Str("return.freight.claimed.amount"), "0.00")
	})
}
