package e2e

import (
	"testing"

	"aftersales/internal/apptest"
	"aftersales/internal/auth"
)

// Elsewhere the law and the calendar are others (Directive 2011/83/EU art. 9, Regulation 1182/71): delivered on Fri
// 2025-12-12, the fourteenth day is Fri 26 December, a holiday, so the last day is Mon 29. A refund asked for on Mon 22 at
// noon is due by the end of Mon 29 as well: Tue 23 (1), Wed 24 (2), 25 and 26 off, Mon 29 (3).
func TestMerchantInBerlin(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		e.Platform().Must(`mutation { merchantCreate(input: { idempotencyKey: "k", slug: "berlin", name: "Berlin", mode: SANDBOX, currency: EUR, calendar: "DE", jurisdiction: "DE",
			testClockStartsAt: "2025-12-22T12:00:00+01:00" }) { merchant { id } userErrors { code } } }`, nil)
		s := &apptest.Shop{Env: e, Slug: "berlin", Admin: e.As(auth.MerchantAdmin, "berlin", "admin"), Integration: e.As(auth.Integration, "berlin", "erp"), Customer: e.As(auth.Customer, "berlin", "c-1")}
		const delivered, due = "2025-12-12T16:00:00+01:00", "2025-12-30T00:00:00+01:00"
		o := s.OrderOf("c-1", "A1", delivered, apptest.Vars{"currency": "EUR"}, apptest.Line{SKU: "TASSE", Quantity: 3, UnitPrice: "10.00", Delivered: delivered})
		opt := option(t, s.Customer, o, "NO_REASON_7D", "RETURN_AND_REFUND")
		is(t, "last day", opt.Str("lastDay"), "2025-12-29")
		is(t, "until", at(t, opt, "until"), cn(t, due))
		is(t, "would refund", amount(opt, "wouldRefund"), "30.00 EUR")
		ask := func() apptest.Vars {
			return with(s.RequestVars(o, "RETURN_AND_REFUND", 1), "reasonHandle", "NO_REASON_7D")
		}
		id := s.Customer.Must(apptest.RequestReturn, ask()).Str("returnRequest.return.id")
		d := look(t, s.Customer, id).deadline("REFUND")
		is(t, "due", at(t, d, "dueAt"), cn(t, due))
		is(t, "zone", d.Str("timeZone"), "Europe/Berlin")
		s.Advance(before(t, due))
		s.Customer.Must(apptest.RequestReturn, ask())
		s.Advance(due)
		r := refusedAs(t, s.Customer.Refused(apptest.RequestReturn, ask()), "WINDOW_CLOSED", "input.items.0")
		is(t, "law", param(t, r, "rule")+" "+param(t, r, "lastDay"), "Directive 2011/83/EU art. 9 2025-12-29")
	})
}
