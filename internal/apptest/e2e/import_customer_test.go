package e2e

import (
	"testing"

	"aftersales/internal/apptest"
)

// Several orders of one customer in one call: the customer is made once, and the later order's details stand, whether the
// customer was new (first call) or known (second call) and also where they change and change back.
func TestImportOfOneCustomersOrdersInOneCall(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", "2025-09-24T10:00:00+08:00")
		order := func(number, phone string) apptest.Vars {
			return apptest.Vars{"number": number, "placedAt": "2025-09-20T10:00:00+08:00", "currency": "CNY",
				"customer": apptest.Vars{"externalId": "c-7", "name": "Han Mei", "phone": phone},
				"lines":    []apptest.Vars{{"sku": "CUP", "title": "Cup", "quantity": 1, "unitPrice": "9.90"}}}
		}
		importing := func(orders ...apptest.Vars) apptest.Data {
			return s.Integration.Must(`mutation($in: [OrderInput!]!) { ordersImport(orders: $in) { created updated rowErrors { index userErrors { code message } } userErrors { code } } }`,
				apptest.Vars{"in": orders})
		}
		customerOf := func(number string) apptest.Data {
			return s.Agent.Must(`query($n: String!) { order(number: $n) { customer { id phone } } }`, apptest.Vars{"n": number})
		}

		d := importing(order("A1", "19900000001"), order("A2", "19900000002"), order("A3", "19900000003"))
		if d.Int("ordersImport.created") != 3 || len(d.List("ordersImport.rowErrors")) != 0 {
			t.Fatalf("created %d, refused %v", d.Int("ordersImport.created"), d.Get("ordersImport.rowErrors"))
		}
		first, last := customerOf("A1"), customerOf("A3")
		if first.Str("order.customer.id") != last.Str("order.customer.id") || first.Str("order.customer.phone") != "19900000003" {
			t.Errorf("customers %v and %v, want one with the last phone", first, last)
		}

		importing(order("A4", "19900000004"), order("A5", "19900000003"))
		if got := customerOf("A5").Str("order.customer.phone"); got != "19900000003" {
			t.Errorf("phone after a change and back is %s", got)
		}
		// An order that changes needs its customer written before it, while another order of theirs waits.
		changed := order("A1", "19900000006")
		changed["customer"] = apptest.Vars{"externalId": "c-8", "name": "Li Lei", "phone": "19900000006"}
		later := order("A6", "19900000007")
		later["customer"] = apptest.Vars{"externalId": "c-8", "name": "Li Lei", "phone": "19900000007"}
		d = importing(changed, later)
		if d.Int("ordersImport.created") != 1 || d.Int("ordersImport.updated") != 1 {
			t.Errorf("created %d, updated %d", d.Int("ordersImport.created"), d.Int("ordersImport.updated"))
		}
		if a, b := customerOf("A1"), customerOf("A6"); a.Str("order.customer.id") != b.Str("order.customer.id") || a.Str("order.customer.phone") != "19900000007" {
			t.Errorf("customers %v and %v", a, b)
		}
	})
}
