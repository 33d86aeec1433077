package orders_test

import (
	"fmt"
	"slices"
	"testing"

	"aftersales/internal/apptest"
)

const importOrders = `mutation($in: [OrderInput!]!) { ordersImport(orders: $in) { created updated unchanged
  rowErrors { index number userErrors { code field message } } userErrors { code field params { name value } } } }`

func told(number, price string) apptest.Vars {
	return apptest.Vars{"number": number, "placedAt": "2025-09-20T10:00:00+08:00", "currency": "CNY",
		"customer": apptest.Vars{"externalId": "c-7", "name": "Han Mei"},
		"lines":    []apptest.Vars{{"sku": "CUP", "title": "Cup", "quantity": 1, "unitPrice": price}}}
}

// Refused rows are listed by their place in the call, whether the amount could not be read or the order not be taken.
func TestRowErrorsStandInTheOrderOfTheCall(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Live("mall")
		d := s.Integration.Must(importOrders, apptest.Vars{"in": []apptest.Vars{
			told("", "9.90"), told("A1", "9.90"), told("A2", "9.999"), told("A1", "9.90"), told("A3", "-1")}})
		if d.Int("ordersImport.created") != 1 {
			t.Errorf("created %d", d.Int("ordersImport.created"))
		}
		var got []string
		for _, row := range d.List("ordersImport.rowErrors") {
			e := row.List("userErrors")[0]
			got = append(got, fmt.Sprint(row.Int("index"), " ", row.Get("number"), " ", e.Str("code"), " ", e.Strings("field")))
		}
		want := []string{"0  INVALID_INPUT [number]", "2 A2 INVALID_INPUT [lines 0 unitPrice]", "3 A1 INVALID_INPUT [number]", "4 A3 INVALID_INPUT [lines 0 unitPrice]"}
		if !slices.Equal(got, want) {
			t.Errorf("rowErrors\n%q, want\n%q", got, want)
		}
	})
}

// A call of more than 1000 is refused whole, also where part of it could not be read; who may not import is told that first.
func TestTheLimitCountsEveryOrder(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Live("mall")
		many := make([]apptest.Vars, 1001)
		for i := range many {
			many[i] = told(fmt.Sprint(i), "9.999")
		}
		errs := s.Integration.Refused(importOrders, apptest.Vars{"in": many})
		if errs[0].Str("code") != "LIMIT_EXCEEDED" || errs[0].Strings("field")[0] != "orders" || errs[0].Str("params.0.value") != "1000" {
			t.Errorf("%v", errs)
		}
		if r := s.Agent.Do(importOrders, apptest.Vars{"in": many}); len(r.Errors) != 1 || r.Errors[0].Code() != "FORBIDDEN" {
			t.Errorf("an agent: %s", r.Raw)
		}
	})
}
