package e2e

import (
	"testing"

	"aftersales/internal/apptest"
)

// MALL-2.3c, MALL-5.1b: a unit goes one way only. What is under repair is not taken back beside it, and is free again once it
// is home.
func TestUnitUnderRepairIsNotReturnedToo(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", now)
		o := s.Order("A1", now, apptest.Line{SKU: "KETTLE", Quantity: 2, UnitPrice: "99.00", Delivered: "2025-03-10T10:00:00+08:00"})
		d := s.Customer.Must(`mutation($k: String!, $l: ID!) { repairRequest(input: { idempotencyKey: $k, orderLine: $l, description: "It leaks." }) { repair { id number } userErrors { code field message } } }`,
			apptest.Vars{"k": s.Key(), "l": o.Lines[0]})
		id := d.Str("repairRequest.repair.id")
		refused := refusedAs(t, s.Customer.Refused(apptest.RequestReturn, with(s.RequestVars(o, "RETURN_AND_REFUND", 2), "reasonHandle", "QUALITY")), "QUANTITY_EXCEEDS_BOUGHT", "input.items.0.quantity")
		is(t, "named", refused.Str("params.1.value"), d.Str("repairRequest.repair.number"))
		options := s.Customer.Must(`query($id: ID!) { order(id: $id) { lines { afterSalesOptions(reasonHandle: "QUALITY", quantity: 2) { remedy possible blockers { code } } } } }`, apptest.Vars{"id": o.ID})
		for _, option := range options.List("order.lines.0.afterSalesOptions") {
			is(t, option.Str("remedy")+" possible", option.Get("possible"), false)
		}
		s.Customer.Must(apptest.RequestReturn, with(s.RequestVars(o, "RETURN_AND_REFUND", 1), "reasonHandle", "QUALITY")) // the other one
		s.Customer.Must(`mutation($id: ID!) { repairCancel(id: $id, reason: "It works again.") { repair { status } userErrors { code field message } } }`, apptest.Vars{"id": id})
		s.Customer.Must(apptest.RequestReturn, with(s.RequestVars(o, "RETURN_AND_REFUND", 1), "reasonHandle", "QUALITY"))
	})
}
