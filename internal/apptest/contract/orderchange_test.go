package contract

import (
	"fmt"
	"strings"
	"testing"

	"aftersales/internal/apptest"
)

const amendTo = `mutation($in: OrderAmendAddressInput!) { orderAmendAddress(input: $in) { orderChange { id order { id } } userErrors { code field message } } }`

func amended(s *apptest.Shop, order string) apptest.Vars {
	return apptest.Vars{"in": apptest.Vars{"idempotencyKey": s.Key(), "order": order, "reason": "Moved.",
		"shipTo": apptest.Vars{"recipient": "Han Meimei", "phone": "13900005678", "line": "2 New Road", "city": "Hangzhou", "country": "CN"}}}
}

// MALL-2.3b: who cancelled or redirected an order stays on record; SLA-A-3.1.4: without the address itself, there and in the
// timeline.
func TestChangesOfOrdersAreAudited(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", clockAt)
		db := openRows(t, e)
		o := coming(s, "A1", "")
		s.Agent.Must(amendTo, amended(s, o.ID))
		s.Customer.Must(`mutation($in: OrderCancelInput!) { orderCancel(input: $in) { orderChange { id } userErrors { code field message } } }`,
			apptest.Vars{"in": apptest.Vars{"idempotencyKey": s.Key(), "order": o.ID, "reason": "Late."}})
		rows := db.column(`SELECT action || ' ' || object_id || ' ' || role FROM audit_entries ORDER BY id`)
		if want := fmt.Sprintf("[ORDER_ADDRESS_CHANGED %[1]s AGENT ORDER_CANCELLED %[1]s CUSTOMER]", o.ID); fmt.Sprint(rows) != want {
			t.Errorf("audit %v, want %s", rows, want)
		}
		for _, table := range []string{"audit_entries", "case_events", "service_cases", "idempotency_keys"} {
			text := strings.Join(db.column(`SELECT `+rowText(e, table)+` FROM `+table+` t`), "\n")
			for _, secret := range []string{"New Road", "13900005678", "Han Meimei"} {
				if strings.Contains(text, secret) {
					t.Errorf("%s holds %s", table, secret)
				}
			}
		}
	})
}

// rowText is a whole row as text, in the words of the engine.
func rowText(e *apptest.Env, table string) string {
	if e.Engine == "postgres" {
		return "t::text"
	}
	return map[string]string{
		"audit_entries":    "action || coalesce(data, '')",
		"case_events":      "coalesce(params, '') || coalesce(note, '')",
		"service_cases":    "description || coalesce(outcome_note, '')",
		"idempotency_keys": "input_hash",
	}[table]
}

// SLA-A-3.1.4: each read of where an order goes is on record for staff and for the merchant's system, none for the customer
// themself and for those who see it masked.
func TestReadsOfShippingAddressesAreAudited(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", clockAt)
		db := openRows(t, e)
		o := coming(s, "A1", "")
		s.Customer.Must(amendTo, amended(s, o.ID))
		doc := `query($id: ID!) { order(id: $id) { shipTo { line phone } } }`
		for _, tc := range []struct {
			who  string
			c    apptest.Caller
			want int
		}{{"AGENT", s.Agent, 1}, {"INTEGRATION", s.Integration, 1}, {"CUSTOMER", s.Customer, 0}, {"WAREHOUSE", s.Warehouse, 0}} {
			before := db.audits()
			r := tc.c.Do(doc, apptest.Vars{"id": o.ID})
			if got := db.audits() - before; got != tc.want || len(r.Errors) > 0 {
				t.Errorf("%s: %d audit rows, want %d: %s", tc.who, got, tc.want, r.Raw)
			}
			if whole := strings.Contains(r.Raw, "2 New Road"); whole != (tc.who != "WAREHOUSE") {
				t.Errorf("%s sees %s", tc.who, r.Raw)
			}
		}
	})
}
