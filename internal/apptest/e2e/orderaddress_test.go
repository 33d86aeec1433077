package e2e

import (
	"strings"
	"testing"

	"aftersales/internal/apptest"
	"aftersales/internal/auth"
)

func shipTo(line string) apptest.Vars {
	return apptest.Vars{"recipient": "Han Meimei", "phone": "13900005678", "line": line, "city": "Hangzhou", "postalCode": "310000", "country": "CN"}
}

func amendVars(s *apptest.Shop, o apptest.Order, to apptest.Vars) apptest.Vars {
	return apptest.Vars{"in": apptest.Vars{"idempotencyKey": s.Key(), "order": o.ID, "shipTo": to, "reason": "Moved."}}
}

// goesTo is an order's address in one line, as a caller sees it.
func goesTo(t testing.TB, c apptest.Caller, o apptest.Order) string {
	t.Helper()
	d := c.Must(`query($id: ID!) { order(id: $id) { shipTo { recipient phone line city postalCode country } } }`, apptest.Vars{"id": o.ID})
	if d.Get("order.shipTo") == nil {
		return "nowhere"
	}
	var parts []string
	for _, f := range []string{"recipient", "phone", "line", "city", "postalCode", "country"} {
		parts = append(parts, d.Str("order.shipTo."+f))
	}
	return strings.Join(parts, ", ")
}

// MALL-2.3b: as long as nothing was dispatched an order goes elsewhere at once, on record as a case with an outcome; MALL-2.3c:
// for nothing. Afterwards the way is orderCancel.
func TestAddressIsChangedBeforeDispatch(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		const now = "2025-03-11T10:15:00+08:00"
		s := e.Sandbox("mall", now)
		placed := func(number string, extra apptest.Vars, dispatched ...string) apptest.Order {
			in := apptest.Vars{"lines": kitchenLines(dispatched...)}
			for k, v := range extra {
				in[k] = v
			}
			return s.OrderOf("c-1", number, now, in)
		}
		o := placed("A1", apptest.Vars{"shipTo": shipTo("1 Old Road")})
		is(t, "before", goesTo(t, s.Customer, o), "Han Meimei, 13900005678, 1 Old Road, Hangzhou, 310000, CN")
		vars := amendVars(s, o, shipTo(" 2 New Road "))
		c := caseOf{sub(t, s.Customer.Must(amendOrder, vars), "orderAmendAddress.orderChange"), t}
		is(t, "case", c.Str("kind")+" "+c.Str("change")+" "+c.Str("status")+" "+c.Str("outcome"), "ORDER_CHANGE ADDRESS COMPLETED RESOLVED")
		is(t, "why", c.Str("description"), "Moved.")
		is(t, "timeline", c.events(), []string{"OPENED", "APPROVED", "ADDRESS_CHANGED", "CLOSED"})
		is(t, "FIRST_RESPONSE", state(c.deadline("FIRST_RESPONSE")), "MET")
		is(t, "no money clock", c.has("REFUND"), false)
		is(t, "items and refunds", len(c.List("items"))+len(c.List("refunds")), 0)
		is(t, "after", goesTo(t, s.Customer, o), "Han Meimei, 13900005678, 2 New Road, Hangzhou, 310000, CN")
		is(t, "replayed", s.Customer.Must(amendOrder, vars).Str("orderAmendAddress.orderChange.id"), c.Str("id"))
		refusedAs(t, s.Customer.Refused(amendOrder, with(vars, "shipTo", shipTo("3 Other Road"))), "IDEMPOTENCY_MISMATCH", "")

		// SLA-A-3.1.4: whole for those who serve the customer and for the system that sends the goods, masked for others.
		const masked = "H***, 139****5678, ***, Hangzhou, ******, CN"
		for role, want := range map[auth.Role]string{auth.Agent: "", auth.Supervisor: "", auth.MerchantAdmin: "", auth.Integration: "",
			auth.Warehouse: masked, auth.Finance: masked, auth.Technician: masked} {
			if want == "" {
				want = "Han Meimei, 13900005678, 2 New Road, Hangzhou, 310000, CN"
			}
			is(t, "for "+string(role), goesTo(t, e.As(role, s.Slug, "somebody"), o), want)
		}

		// An import that says nothing of the address keeps it; one that names another is newer.
		placed("A1", nil)
		is(t, "kept", goesTo(t, s.Agent, o), "Han Meimei, 13900005678, 2 New Road, Hangzhou, 310000, CN")
		placed("A1", apptest.Vars{"shipTo": shipTo("4 Shop Road")})
		is(t, "newer", goesTo(t, s.Agent, o), "Han Meimei, 13900005678, 4 Shop Road, Hangzhou, 310000, CN")

		for _, tc := range []struct {
			name, code, field string
			vars              apptest.Vars
		}{
			{"no recipient", "INVALID_INPUT", "input.shipTo.recipient", amendVars(s, o, with2(shipTo("1"), "recipient", " "))},
			{"no phone", "INVALID_INPUT", "input.shipTo.phone", amendVars(s, o, with2(shipTo("1"), "phone", ""))},
			{"no line", "INVALID_INPUT", "input.shipTo.line", amendVars(s, o, shipTo(""))},
			{"control characters", "INVALID_INPUT", "input.shipTo.city", amendVars(s, o, with2(shipTo("1"), "city", "a\x01"))},
			{"a long code", "INVALID_INPUT", "input.shipTo.postalCode", amendVars(s, o, with2(shipTo("1"), "postalCode", strings.Repeat("1", 21)))},
			{"no country", "INVALID_INPUT", "input.shipTo.country", amendVars(s, o, with2(shipTo("1"), "country", "China"))},
			{"long words", "INVALID_INPUT", "input.reason", with(amendVars(s, o, shipTo("1")), "reason", strings.Repeat("x", 5001))},
			{"no key", "INVALID_INPUT", "idempotencyKey", with(amendVars(s, o, shipTo("1")), "idempotencyKey", "")},
			{"somebody else's", "NOT_FOUND", "input.order", amendVars(s, s.OrderOf("c-2", "B1", now, nil, apptest.Line{SKU: "LAMP", Quantity: 1, UnitPrice: "1.00"}), shipTo("1"))},
			{"dispatched in part", "NOT_ELIGIBLE", "input.order", amendVars(s, placed("P1", nil, "2025-03-11T09:00:00+08:00"), shipTo("1"))},
			{"delivered", "NOT_ELIGIBLE", "input.order", amendVars(s, s.Order("D1", now, apptest.Line{SKU: "LAMP", Quantity: 1, UnitPrice: "1.00", Delivered: now}), shipTo("1"))},
		} {
			t.Run(tc.name, func(t *testing.T) {
				r := refusedAs(t, s.Customer.Refused(amendOrder, tc.vars), tc.code, tc.field)
				if tc.name == "dispatched in part" {
					is(t, "instead", param(t, r, "operation"), "orderCancel")
				}
			})
		}
		refused := s.Integration.Refused(`mutation($in: OrderInput!) { orderUpsert(input: $in) { order { id } userErrors { code field message } } }`,
			apptest.Vars{"in": apptest.Vars{"number": "X1", "placedAt": now, "currency": "CNY", "customer": apptest.Vars{"externalId": "c-1", "name": "Li Lei"},
				"shipTo": shipTo(""), "lines": kitchenLines()}})
		refusedAs(t, refused, "INVALID_INPUT", "input.shipTo.line")
		cancelled(t, s, o)
		refusedAs(t, s.Customer.Refused(amendOrder, amendVars(s, o, shipTo("1"))), "NOT_ELIGIBLE", "input.order")
		if r := s.Warehouse.Do(amendOrder, amendVars(s, o, shipTo("1"))); len(r.Errors) != 1 || r.Errors[0].Code() != "FORBIDDEN" {
			t.Errorf("WAREHOUSE: %s", r.Raw)
		}
	})
}
