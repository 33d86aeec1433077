package contract

import (
	"fmt"
	"strings"
	"testing"

	"aftersales/internal/apptest"
)

// stocked makes a shop with n orders of two lines each, from customers of their own, and a return of each first line.
func stocked(t testing.TB, e *apptest.Env, slug string, n int) (s *apptest.Shop, orders, returns []string) {
	t.Helper()
	s = e.Sandbox(slug, clockAt)
	in := make([]apptest.Vars, n)
	for i := range n {
		line := func(sku string) apptest.Vars {
			return apptest.Vars{"sku": sku, "title": "Title of " + sku, "quantity": 2, "unitPrice": "99.00", "deliveredAt": delivered, "category": "ELECTRONICS"}
		}
		in[i] = apptest.Vars{"number": fmt.Sprintf("S%03d", i), "placedAt": "2025-09-20T10:00:00+08:00", "paidAt": "2025-09-20T10:00:00+08:00", "currency": "CNY",
			"customer": apptest.Vars{"externalId": fmt.Sprintf("c-%d", i), "name": "Li Lei", "phone": phone}, "lines": []apptest.Vars{line("KETTLE"), line("LAMP")}}
	}
	d := s.Integration.Must(`mutation($in: [OrderInput!]!) { ordersImport(orders: $in) { created userErrors { code message } } }`, apptest.Vars{"in": in})
	if d.Int("ordersImport.created") != n {
		t.Fatalf("%v", d)
	}
	for _, o := range s.Agent.Must(`{ orders(first: 100) { nodes { id lines { id } } } }`, nil).List("orders.nodes") {
		orders = append(orders, o.Str("id"))
		ret := s.Agent.Must(apptest.RequestReturn, s.RequestVars(apptest.Order{ID: o.Str("id"), Lines: []string{o.Str("lines.0.id")}}, "RETURN_AND_REFUND", 1))
		returns = append(returns, ret.Str("returnRequest.return.id"))
		s.Integration.Must(`mutation($l: ID!, $k: String!) { warrantyRegister(input: { idempotencyKey: $k, orderLine: $l, serialNumber: $k }) { userErrors { code } } }`, apptest.Vars{"l": o.Str("lines.1.id"), "k": s.Key()})
	}
	return s, orders, returns
}

// pageRead is a page whose cost must not depend on its size. $n rows are asked for; $ids are as many ids.
type pageRead struct {
	name, doc, rows string
	most            int // statements, whatever the size; one of them finds the token's merchant
}

var reads = []pageRead{
	{"returns with items, order, customer and next deadline",
		`query($n: Int!) { returns(first: $n) { nodes { number status items { quantity orderLine { sku title } } order { number } customer { name } nextDeadline { kind dueAt lastDay } } pageInfo { hasNextPage } } }`,
		"returns.nodes", 8},
	{"cases with everything a list shows",
		`query($n: Int!) { cases(first: $n, orderBy: NEXT_DUE) { edges { cursor node { number status statusLabel allowedActions order { number } customer { name } assignee { name } nextDeadline { kind dueAt risk why rule { clause } } ... on Return { remedy returnReason { label } refundable { amount } } } } } }`,
		"cases.edges", 14},
	{"the work queue",
		`query($n: Int!) { deadlines(first: $n) { nodes { kind dueAt risk case { number kind customer { name } } } pageInfo { endCursor } } }`,
		"deadlines.nodes", 8},
	{"orders with lines, options and what blocks them",
		`query($n: Int!) { orders(first: $n) { nodes { number customer { name } lines { sku returnableQuantity afterSalesOptions { remedy possible until wouldRefund { amount } blockers { code case { number status } } promises { dueAt } } } } } }`,
		"orders.nodes", 14},
	{"orders with what repairs would cost, and what the law gives",
		`query($n: Int!) { orders(first: $n) { nodes { lines { warranties { covered replacedBy { id } } afterSalesOptions { blockers { case { id } } warranty { lastDay warranty { customer { id } } } entitlements { text } } } } } }`,
		"orders.nodes", 18},
	{"units under warranty",
		`query($n: Int!) { warranties(first: $n) { nodes { serialNumber covered reason counters { repairs } entitlement { remedy } customer { name } orderLine { sku warranties { serialNumber } } replaces { serialNumber } } } }`,
		"warranties.nodes", 12},
	{"orders with what can be cancelled",
		`query($n: Int!) { orders(first: $n) { nodes { number cancelledAt cancellability { addressChangeable wouldRefund { amount } lines { state quantity wouldRefund { amount } orderLine { sku unitPrice { amount } } } } } } }`,
		"orders.nodes", 7},
	{"cases with what changes of orders show",
		`query($n: Int!) { cases(first: $n) { nodes { number ... on OrderChange { change refundable { amount } items { quantity orderLine { sku } } refunds { amount { amount } } } } } }`,
		"cases.nodes", 9},
	{"cases with their events",
		`query($n: Int!) { cases(first: $n) { nodes { number events(first: 3) { nodes { type at text actor { name } } } } } }`,
		"cases.nodes", 3},
	{"returns with refunds, parcels and deadlines",
		`query($n: Int!) { returns(first: $n) { nodes { refunds { amount { amount } } parcels { waybill } deadlines { kind case { number } } review { product { ok } } instructions { steps returnAddress { city } } } } }`,
		"returns.nodes", 7},
	{"returns with their offers",
		`query($n: Int!) { returns(first: $n) { nodes { disposition refundTrigger proposals { round amount { amount } expiresAt state } } } }`,
		"returns.nodes", 6},
	{"returns with all that an inspection found",
		`query($n: Int!) { returns(first: $n) { nodes { disposition damageCause disputableUntil parcels { method proof { url } } items { inspection { condition photos { url } deductions { amount { amount } evidence { url } } missingGifts { quantity orderLine { sku } } } } } } }`,
		"returns.nodes", 8},
	{"parked parcels with the cases they were matched to",
		`query($n: Int!) { parkedParcels(first: $n) { nodes { waybill case { number status customer { name } } } } }`,
		"parkedParcels.nodes", 5},
	{"returns with what each would pay, how and why",
		`query($n: Int!) { returns(first: $n) { nodes { refundPreview { amount { amount } components { kind amount { amount } orderLine { title giftOf { title } } } parts { kind amount { amount } } } freight { back out claimed { amount } receipt { url } } refunds { purpose components { orderLine { sku unitPrice { amount } } } parts { reference } } } } }`,
		"returns.nodes", 9},
	{"orders with tenders, gifts and bundles",
		`query($n: Int!) { orders(first: $n) { nodes { tenders { kind amount { amount } } freeShippingFrom { amount } lines { bundle listPrice { amount } giftOf { sku giftOf { sku } } } } } }`,
		"orders.nodes", 3},
	{"returns with their disputes",
		`query($n: Int!) { returns(first: $n) { nodes { number disputableUntil dispute { reason verdict refundAmount { amount } rounds { question answers { text } } case { id status } } } } }`,
		"returns.nodes", 5},
	{"nodes of mixed types",
		`query($ids: [ID!]!) { nodes(ids: $ids) { id ... on Order { number customer { name } lines { sku } } ... on Return { number order { number } items { quantity } nextDeadline { kind } } } }`,
		"nodes", 9},
}

// A page costs the same number of statements for 1 row and for 100: what a query selects is loaded by selection, one
// statement an edge. A page of 20 returns with items, order number, customer and next deadline takes at most 8 SELECTs, and so
// does the work queue.
func TestReadsCostTheSameWhateverTheirSize(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s, orders, returns := stocked(t, e, "mall", 100)
		for i, id := range returns {
			waybill := fmt.Sprintf("P%03d", i)
			box := s.Park(waybill)
			if i%2 == 0 {
				s.Agent.Must(apptest.CancelReturn, apptest.Vars{"id": id})
				s.Warehouse.Must(apptest.MatchParcel, apptest.Vars{"id": box, "case": id})
			}
		}
		mixed := make([]string, 0, 200)
		for i := range orders {
			mixed = append(mixed, returns[i], orders[i])
		}
		for _, read := range reads {
			read.cost(t, e, s, mixed, 1, 5, 20, 100)
		}
	})
}

// cost reads pages of several sizes, the first of which is 1, and compares what they cost.
func (read pageRead) cost(t *testing.T, e *apptest.Env, s *apptest.Shop, mixed []string, sizes ...int) {
	t.Helper()
	var first int
	for _, n := range sizes {
		vars, want := apptest.Vars{"n": n}, n
		if strings.Contains(read.doc, "$ids") {
			want = max(n, 2) // one of each type
			vars = apptest.Vars{"ids": mixed[:want]}
		}
		var d apptest.Data
		statements := e.Statements(func() { d = s.Agent.Must(read.doc, vars) })
		got := len(statements)
		for _, q := range statements {
			if !strings.HasPrefix(q, "SELECT") {
				t.Errorf("%s: a read writes: %s", read.name, q)
			}
		}
		if rows := len(d.Get(read.rows).([]any)); rows != want {
			t.Errorf("%s: %d rows, asked for %d", read.name, rows, want)
		}
		if n == 1 {
			first = got
			t.Logf("%s: %d statements", read.name, got)
		}
		if got != first || got > read.most {
			t.Errorf("%s, %d rows: %d statements, 1 row takes %d, at most %d may be:\n%s", read.name, n, got, first, read.most, strings.Join(statements, "\n"))
		}
	}
}

// The same of repairs with all that a work list of them shows: 1 row, and 10 rows, with their findings, prices, parts and disputes.
func TestRepairsCostTheSameWhateverTheirNumber(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s := e.Sandbox("mall", clockAt)
		for range 10 {
			id := bringRepair(s, quoted)
			s.Customer.Must(`mutation($id: ID!, $k: String!) { caseDispute(id: $id, idempotencyKey: $k, reason: "I did not.") { case { id } userErrors { code field message } } }`, apptest.Vars{"id": id, "k": s.Key()})
		}
		read := pageRead{"repairs with findings, prices, parts and disputes",
			`query($n: Int!) { repairs(first: $n) { nodes { number status allowedActions way quantity orderLine { sku } order { number } customer { name } nextDeadline { kind dueAt } deadlines { kind state }
				diagnosis { finding coverageReason evidence { id } } price { amount } quotes { state expiresAt total { amount } lines { name } } quote { id } parts { name } visits { state technician { name } } parcels { waybill }
				daysInRepair { parts repairer } instructions { steps returnAddress { name } } disputableUntil dispute { reason verdict rounds { question } case { id number } } successor { id } } } }`,
			"repairs.nodes", 22}
		read.cost(t, e, s, nil, 1, 10)
	})
}

// totalCount is counted when asked for and only then, on every connection.
func TestTotalCountIsCountedOnlyWhenAsked(t *testing.T) {
	t.Parallel()
	apptest.EachEngine(t, func(t *testing.T, e *apptest.Env) {
		s, _, _ := stocked(t, e, "mall", 3)
		for _, list := range []string{"cases", "returns", "orders", "deadlines", "refunds", "parkedParcels", "warranties", "tickets"} {
			count := func(doc string) (counts int) {
				for _, q := range e.Statements(func() { s.Agent.Must(doc, nil) }) {
					if strings.Contains(strings.ToUpper(q), "COUNT(") {
						counts++
					}
				}
				return counts
			}
			if got := count(`{ ` + list + `(first: 2) { nodes { id } edges { cursor } pageInfo { hasNextPage } } }`); got != 0 {
				t.Errorf("%s without totalCount: %d counts", list, got)
			}
			if got := count(`{ ` + list + `(first: 2) { nodes { id } totalCount } }`); got != 1 {
				t.Errorf("%s with totalCount: %d counts", list, got)
			}
		}
		// What is not selected is not loaded.
		for doc, table := range map[string]string{
			`{ returns { nodes { number } } }`:                                  "deadlines",
			`{ returns { nodes { order { number } } } }`:                        "customers",
			`{ orders { nodes { number } } }`:                                   "order_lines",
			`{ returns { nodes { items @skip(if: true) { quantity } } } }`:      "return_items",
			`{ deadlines { nodes { kind dueAt } } }`:                            "service_cases",
			`{ cases { nodes { ... on Return { number } } } }`:                  "return_details",
			`{ orders { nodes { cases @include(if: false) { totalCount } } } }`: "service_cases",
		} {
			for _, q := range e.Statements(func() { s.Agent.Must(doc, nil) }) {
				if strings.Contains(q, "FROM \""+table+"\"") || strings.Contains(q, "FROM `"+table+"`") {
					t.Errorf("%s reads %s: %s", doc, table, q)
				}
			}
		}
	})
}
