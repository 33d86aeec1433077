package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"

	"aftersales/internal/id"
)

// operation is one thing clients do, asked of the product as GraphQL and of the floor as a plain path: the same question.
type operation struct {
	name, role string
	query      string
	// vars are the variables of the i-th request: the product's, and the body of the floor's.
	vars func(s size, i int) map[string]any
	// merchant and customer of the i-th request's token; a write's merchant follows from its variables.
	merchant func(s size, i int) int
	customer func(s size, i int) string
	// answer is the floor: one statement, or for a write one transaction, behind nothing but net/http.
	answer func(ctx context.Context, f *floor, merchantID string, vars map[string]any) ([]byte, error)
}

func number(i int) string { return fmt.Sprintf("%024d", i) }

func spread(s size, i int) int { return int(uint32(i) * 2654435761 % uint32(s.orders())) }

// writes counts the requests of WRITE: every one needs a line that was not asked for before.
var writes atomic.Int64

var operations = []operation{
	{
		name: "READ", role: "AGENT",
		query: `query Read($status: [CaseStatus!]) { returns(first: 20, filter: { status: $status }) { nodes { id number status openedAt
			items { quantity orderLine { sku title } } order { number } customer { id name } nextDeadline { kind state dueAt } } } }`,
		vars:     func(size, int) map[string]any { return map[string]any{"status": []string{"RECEIVED"}} },
		merchant: func(s size, i int) int { return i % s.merchants },
		answer: func(ctx context.Context, f *floor, merchantID string, vars map[string]any) ([]byte, error) {
			return f.one(ctx, readPage, merchantID, vars["status"].([]any)[0])
		},
	},
	{
		name: "QUEUE", role: "AGENT",
		query:    `query Queue { deadlines(first: 20) { nodes { id kind dueAt case { number kind customer { name } } } } }`,
		vars:     func(size, int) map[string]any { return map[string]any{} },
		merchant: func(s size, i int) int { return i % s.merchants },
		answer: func(ctx context.Context, f *floor, merchantID string, _ map[string]any) ([]byte, error) {
			return f.one(ctx, queuePage, merchantID)
		},
	},
	{
		name: "TRACK", role: "CUSTOMER",
		query: `query Track($id: ID!) { return(id: $id) { number status openedAt events(first: 20) { nodes { type at } } deadlines { kind state dueAt metAt } } }`,
		vars: func(s size, i int) map[string]any {
			return map[string]any{"id": "ret_01" + number(spread(s, i))}
		},
		merchant: func(s size, i int) int { return spread(s, i) % s.merchants },
		customer: func(s size, i int) string { return fmt.Sprintf("c-%d", spread(s, i)%(s.merchants*customers)) },
		answer: func(ctx context.Context, f *floor, merchantID string, vars map[string]any) ([]byte, error) {
			return f.one(ctx, trackCase, merchantID, vars["id"])
		},
	},
	{
		name: "OPTIONS", role: "CUSTOMER",
		query: `query Options($id: ID!) { order(id: $id) { lines { sku returnableQuantity afterSalesOptions { remedy possible } } } }`,
		vars: func(s size, i int) map[string]any {
			return map[string]any{"id": "ord_01" + number(spread(s, i))}
		},
		merchant: func(s size, i int) int { return spread(s, i) % s.merchants },
		customer: func(s size, i int) string { return fmt.Sprintf("c-%d", spread(s, i)%(s.merchants*customers)) },
		answer: func(ctx context.Context, f *floor, merchantID string, vars map[string]any) ([]byte, error) {
			return f.one(ctx, options, merchantID, vars["id"])
		},
	},
	{
		name: "WRITE", role: "AGENT",
		query: `mutation Write($in: ReturnRequestInput!) { returnRequest(input: $in) { return { status } userErrors { code } } }`,
		vars: func(s size, i int) map[string]any {
			n := int(writes.Add(1))
			g := n % s.orders()
			return map[string]any{"in": map[string]any{"idempotencyKey": fmt.Sprintf("k%d", n), "order": "ord_01" + number(g), "remedy": "RETURN_AND_REFUND",
				"reasonHandle": "QUALITY", "description": "It does not heat.", "items": []map[string]any{{"orderLine": "lin_02" + number(g), "quantity": 1}}}}
		},
		answer: writeReturn,
	},
}

const stampOf = `to_char(%s AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`

func sqlText(text string) string {
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(text, "@(")
		out.WriteString(before)
		if !found {
			return out.String()
		}
		column, after, _ := strings.Cut(rest, ")")
		fmt.Fprintf(&out, stampOf, column)
		text = after
	}
}

var (
	readPage = sqlText(`SELECT json_build_object('data', json_build_object('returns', json_build_object('nodes', json_agg(json_build_object('id', c.id, 'number', c.number, 'status', c.status,
  'openedAt', @(c.opened_at), 'items', i.items, 'order', json_build_object('number', o.number), 'customer', json_build_object('id', u.id, 'name', u.name), 'nextDeadline', d.next) ORDER BY c.opened_at DESC, c.id DESC))))
FROM (SELECT id, merchant_id, number, status, opened_at, order_id, customer_id FROM service_cases WHERE merchant_id = $1 AND kind = 'RETURN' AND status = $2 ORDER BY opened_at DESC, id DESC LIMIT 20) c
JOIN orders o ON o.id = c.order_id JOIN customers u ON u.id = c.customer_id
LEFT JOIN LATERAL (SELECT json_agg(json_build_object('quantity', it.quantity, 'orderLine', json_build_object('sku', l.sku, 'title', l.title)) ORDER BY it.position) AS items
  FROM return_items it JOIN order_lines l ON l.id = it.order_line_id WHERE it.merchant_id = c.merchant_id AND it.case_id = c.id) i ON true
LEFT JOIN LATERAL (SELECT json_build_object('kind', d.kind, 'state', d.state, 'dueAt', @(d.due_at)) AS next FROM deadlines d
  WHERE d.merchant_id = c.merchant_id AND d.case_id = c.id AND d.open ORDER BY d.due_at, d.id LIMIT 1) d ON true`)

	queuePage = sqlText(`SELECT json_build_object('data', json_build_object('deadlines', json_build_object('nodes', json_agg(json_build_object('id', d.id, 'kind', d.kind, 'dueAt', @(d.due_at),
  'case', json_build_object('number', c.number, 'kind', c.kind, 'customer', json_build_object('name', u.name))) ORDER BY d.due_at, d.id))))
FROM (SELECT id, kind, due_at, case_id FROM deadlines WHERE merchant_id = $1 AND open ORDER BY due_at, id LIMIT 20) d
JOIN service_cases c ON c.id = d.case_id JOIN customers u ON u.id = c.customer_id`)

	trackCase = sqlText(`SELECT json_build_object('data', json_build_object('return', json_build_object('number', c.number, 'status', c.status, 'openedAt', @(c.opened_at),
  'events', json_build_object('nodes', (SELECT json_agg(json_build_object('type', e.type, 'at', @(e.at)) ORDER BY e.at, e.id) FROM case_events e WHERE e.merchant_id = c.merchant_id AND e.case_id = c.id)),
  'deadlines', (SELECT json_agg(json_build_object('kind', d.kind, 'state', d.state, 'dueAt', @(d.due_at), 'metAt', @(d.met_at)) ORDER BY d.started_at, d.id) FROM deadlines d WHERE d.merchant_id = c.merchant_id AND d.case_id = c.id))))
FROM service_cases c WHERE c.merchant_id = $1 AND c.id = $2`)

	// What is possible, for goods delivered yesterday, paid for and bought for a reason without a window.
	options = `SELECT json_build_object('data', json_build_object('order', json_build_object('lines', json_agg(json_build_object('sku', l.sku, 'returnableQuantity', l.free,
  'afterSalesOptions', (SELECT json_agg(json_build_object('remedy', r.remedy, 'possible', r.offered AND l.free > 0 AND l.requests < 5) ORDER BY r.n)
    FROM (VALUES (1, 'REFUND', true), (2, 'RETURN_AND_REFUND', true), (3, 'EXCHANGE', true), (4, 'REPAIR', true)) r(n, remedy, offered))) ORDER BY l.position))))
FROM (SELECT l.sku, l.position, l.quantity - l.held - l.returned AS free, (SELECT count(*) FROM return_items i JOIN service_cases c ON c.id = i.case_id WHERE i.merchant_id = l.merchant_id AND i.order_line_id = l.id) AS requests
  FROM orders o JOIN order_lines l ON l.merchant_id = o.merchant_id AND l.order_id = o.id WHERE o.merchant_id = $1 AND o.id = $2) l`
)

// writeReturn is what a return's request must at least do: look at order and reason, hold the line, write case, detail, item,
// three deadlines, event and key.
func writeReturn(ctx context.Context, f *floor, merchantID string, vars map[string]any) ([]byte, error) {
	in := vars["in"].(map[string]any)
	item := in["items"].([]any)[0].(map[string]any)
	tx, err := f.db.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }()
	caseID := id.New(id.Return)
	var customer, reason, calendar string
	read := []struct {
		text string
		args []any
		to   []any
	}{
		{"SELECT customer_id FROM orders WHERE merchant_id = $1 AND id = $2", []any{merchantID, in["order"]}, []any{&customer}},
		{"SELECT id FROM return_reasons WHERE merchant_id = $1 AND handle = $2", []any{merchantID, in["reasonHandle"]}, []any{&reason}},
		{"SELECT id FROM calendars WHERE code = 'CN' ORDER BY version DESC LIMIT 1", nil, []any{&calendar}},
	}
	for _, r := range read {
		stmt, err := f.in(ctx, tx, r.text)
		if err == nil {
			err = stmt.QueryRowContext(ctx, r.args...).Scan(r.to...)
		}
		if err != nil {
			return nil, err
		}
	}
	write := []struct {
		text string
		args []any
	}{
		{"INSERT INTO idempotency_keys (id, merchant_id, subject, operation, key, input_hash, object_id, created_at) VALUES ($1, $2, 'bench', 'returnRequest', $3, '', $4, now())", []any{id.New(id.Idempotency), merchantID, in["idempotencyKey"], caseID}},
		{"UPDATE order_lines SET held = held + $3 WHERE merchant_id = $1 AND id = $2 AND held + returned + $3 <= quantity", []any{merchantID, item["orderLine"], item["quantity"]}},
		{"INSERT INTO service_cases (id, merchant_id, number, kind, status, channel, priority, description, plan_code, plan_version, opened_at, next_due_at, contacted_at, customer_id, order_id) VALUES ($1, $2, $3, 'RETURN', 'REQUESTED', 'WEBSITE', 'NORMAL', $4, 'MALL', 3, now(), now() + interval '1 day', now(), $5, $6)",
			[]any{caseID, merchantID, "R" + id.Suffix(caseID, 8), in["description"], customer, in["order"]}},
		{"INSERT INTO return_details (id, merchant_id, case_id, remedy, reason_id) VALUES ($1, $2, $3, $4, $5)", []any{id.New(id.ReturnDetail), merchantID, caseID, in["remedy"], reason}},
		{"INSERT INTO return_items (id, merchant_id, case_id, order_line_id, position, quantity) VALUES ($1, $2, $3, $4, 0, $5)", []any{id.New(id.ReturnItem), merchantID, caseID, item["orderLine"], item["quantity"]}},
		{`INSERT INTO deadlines (id, merchant_id, case_id, calendar_id, sandbox, kind, state, open, obligor, clause, plan_code, plan_version, rule, on_timeout, at_risk_percent, explain, started_at, promised_due_at, due_at, at_risk_at, provisional)
  SELECT v.id, $1, $2, $3, false, v.kind, 'RUNNING', true, 'MERCHANT', 'MALL', 'MALL', 3, '{"unit":"HOURS","length":24}', '["ESCALATE"]', 75, true, now(), now() + interval '1 day', now() + interval '1 day', now() + interval '18 hours', false
  FROM (VALUES ($4::text, 'FIRST_RESPONSE'), ($5, 'REVIEW'), ($6, 'REFUND')) v(id, kind)`, []any{merchantID, caseID, calendar, id.New(id.Deadline), id.New(id.Deadline), id.New(id.Deadline)}},
		{"INSERT INTO case_events (id, merchant_id, case_id, type, at, actor_subject, actor_role, actor_name) VALUES ($1, $2, $3, 'OPENED', now(), 'bench', 'AGENT', 'bench')", []any{id.New(id.CaseEvent), merchantID, caseID}},
	}
	for _, w := range write {
		stmt, err := f.in(ctx, tx, w.text)
		if err == nil {
			_, err = stmt.ExecContext(ctx, w.args...)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", w.text[:30], err)
		}
	}
	if err := tx.Commit(); err != nil {
		return nil, err
	}
	return []byte(`{"data":{"returnRequest":{"return":{"status":"REQUESTED"},"userErrors":[]}}}`), nil
}

// floor is the least a server can do for these questions: net/http, lib/pq, prepared statements; no schema, no access rules.
type floor struct {
	db    *sql.DB
	mu    sync.Mutex
	stmts map[string]*sql.Stmt
}

func newFloor(ctx context.Context, url string, conns int) (*floor, error) {
	db, err := sql.Open("postgres", url)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	f := &floor{db: db, stmts: map[string]*sql.Stmt{}}
	for _, text := range []string{readPage, queuePage, trackCase, options} {
		if f.stmts[text], err = db.PrepareContext(ctx, text); err != nil {
			return nil, err
		}
	}
	return f, nil
}

func (f *floor) one(ctx context.Context, text string, args ...any) (answer []byte, err error) {
	return answer, f.stmts[text].QueryRowContext(ctx, args...).Scan(&answer)
}

// in is a statement of a transaction, prepared the first time.
func (f *floor) in(ctx context.Context, tx *sql.Tx, text string) (*sql.Stmt, error) {
	f.mu.Lock()
	stmt := f.stmts[text]
	f.mu.Unlock()
	if stmt == nil {
		var err error
		if stmt, err = f.db.PrepareContext(ctx, text); err != nil {
			return nil, err
		}
		f.mu.Lock()
		f.stmts[text] = stmt
		f.mu.Unlock()
	}
	return tx.StmtContext(ctx, stmt), nil
}

// ServeHTTP takes /OPERATION/merchantID with the variables as its body.
func (f *floor) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	parts := strings.Split(r.URL.Path, "/")
	for _, op := range operations {
		if len(parts) != 3 || op.name != parts[1] {
			continue
		}
		var vars map[string]any
		if err := json.NewDecoder(r.Body).Decode(&vars); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		answer, err := op.answer(r.Context(), f, parts[2], vars)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(answer)
		return
	}
	http.NotFound(w, r)
}
