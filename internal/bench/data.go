package main

import (
	"context"
	"database/sql"
	"fmt"
)

// size is how much of everything the data set holds.
type size struct{ merchants, perMerchant int }

func (s size) orders() int { return s.merchants * s.perMerchant }

// customers is how many each merchant has.
const customers = 200

// The data set is written by the database itself, so that ten times as much is still a matter of minutes. Case k of a
// merchant opened k minutes ago; its status follows from k, so that every page has the same shape.
//
// Parameters are formatted in: they are numbers of our own, and generate_series wants them as such.
const dataSet = `
CREATE TEMP TABLE m AS SELECT id, row_number() OVER (ORDER BY slug) - 1 AS n,
  (SELECT r.id FROM return_reasons r WHERE r.merchant_id = merchants.id AND r.handle = 'QUALITY') AS reason_id FROM merchants;
CREATE TEMP TABLE g AS SELECT g, m.id AS merchant_id, m.reason_id, g / %[1]d AS k, date_trunc('second', now()) - (g / %[1]d) * interval '1 minute' - interval '1 hour' AS at,
  lpad(g::text, 24, '0') AS no, lpad((g %% (%[1]d * %[3]d))::text, 24, '0') AS customer
  FROM generate_series(0, %[2]d - 1) g JOIN m ON m.n = g %% %[1]d;
ALTER TABLE g ADD COLUMN status text;
UPDATE g SET status = (ARRAY['REQUESTED','AWAITING_SHIPMENT','IN_TRANSIT','RECEIVED','INSPECTION_PASSED','REFUNDING','COMPLETED','COMPLETED','COMPLETED','COMPLETED'])[1 + k %% 10];

INSERT INTO customers (id, merchant_id, external_id, name, email, phone)
  SELECT DISTINCT ON (customer) 'cus_01' || customer, merchant_id, 'c-' || customer::bigint, 'Customer ' || customer::bigint, 'c@example.com', '13800001234' FROM g ORDER BY customer, g;
INSERT INTO orders (id, merchant_id, customer_id, number, currency, placed_at, paid_at, shipping, discount, tax, total, paid, imported_refunded, refunded, input_hash)
  SELECT 'ord_01' || no, merchant_id, 'cus_01' || customer, 'N' || g, 'CNY', at - interval '5 days', at - interval '5 days', 0, 0, 0, 100000, 100000, 0,
    CASE WHEN status = 'COMPLETED' THEN 10000 ELSE 0 END, '' FROM g;
INSERT INTO order_lines (id, merchant_id, order_id, position, external_id, sku, title, quantity, unit_price, discount, paid, refunded, held, returned, delivered_at)
  SELECT 'lin_0' || l || no, merchant_id, 'ord_01' || no, l, l::text, 'SKU-' || g %% 997, 'Title of article ' || g %% 997, 5, 10000, 0, 50000,
    CASE WHEN status = 'COMPLETED' AND l = 1 THEN 10000 ELSE 0 END, CASE WHEN status <> 'COMPLETED' AND l <= 1 + k %% 2 THEN 1 ELSE 0 END,
    CASE WHEN status = 'COMPLETED' AND l = 1 THEN 1 ELSE 0 END, date_trunc('second', now()) - interval '1 day' FROM g, generate_series(1, 2) l;
INSERT INTO service_cases (id, merchant_id, number, kind, status, channel, priority, description, plan_code, plan_version, opened_at, ended_at, closed_at, next_due_at, contacted_at, outcome, customer_id, order_id)
  SELECT 'ret_01' || no, merchant_id, 'R' || g, 'RETURN', status, 'WEBSITE', 'NORMAL', 'It does not work.', 'MALL', 3, at, e, e,
    CASE WHEN status = 'COMPLETED' THEN NULL ELSE at + interval '400 days' END, at, CASE WHEN status = 'COMPLETED' THEN 'REFUNDED' END, 'cus_01' || customer, 'ord_01' || no
  FROM g, LATERAL (SELECT CASE WHEN status = 'COMPLETED' THEN at + interval '30 minutes' END AS e) x;
INSERT INTO return_details (id, merchant_id, case_id, remedy, reason_id) SELECT 'rdt_01' || no, merchant_id, 'ret_01' || no, 'RETURN_AND_REFUND', reason_id FROM g;
INSERT INTO return_items (id, merchant_id, case_id, order_line_id, position, quantity)
  SELECT 'rit_0' || l || no, merchant_id, 'ret_01' || no, 'lin_0' || l || no, l - 1, 1 FROM g, generate_series(1, 1 + k %% 2) l;
INSERT INTO deadlines (id, merchant_id, case_id, calendar_id, sandbox, kind, state, open, obligor, clause, plan_code, plan_version, rule, on_timeout, at_risk_percent, explain,
    started_at, promised_due_at, due_at, at_risk_at, met_at, provisional)
  SELECT 'dln_0' || l || no, merchant_id, 'ret_01' || no, (SELECT id FROM calendars WHERE code = 'CN'), false, (ARRAY['REFUND', 'FIRST_RESPONSE'])[l],
    CASE WHEN met THEN 'MET' ELSE 'RUNNING' END, NOT met, 'MERCHANT', (ARRAY['MALL-4.2a', 'MALL-4.1a'])[l], 'MALL', 3, '{"unit":"HOURS","length":9600}', '["ESCALATE"]', 75, true,
    at, at + interval '400 days', at + interval '400 days', at + interval '300 days', CASE WHEN met THEN at + interval '20 minutes' END, false
  FROM g, generate_series(1, 2) l, LATERAL (SELECT status = 'COMPLETED' OR l = 2 AND status <> 'REQUESTED' AS met) x;
INSERT INTO case_events (id, merchant_id, case_id, type, at, actor_subject, actor_role, actor_name)
  SELECT 'evt_0' || l || no, merchant_id, 'ret_01' || no, (ARRAY['OPENED', 'RESPONDED', 'APPROVED', 'SHIPPED'])[l], at + l * interval '1 minute', 'c', 'CUSTOMER', 'Customer'
  FROM g, generate_series(1, 4) l WHERE l = 1 OR status <> 'REQUESTED';
DROP TABLE g; DROP TABLE m;
`

func fill(ctx context.Context, db *sql.DB, s size) error {
	conn, err := db.Conn(ctx) // temporary tables and settings live on one
	if err != nil {
		return err
	}
	defer conn.Close()
	// Foreign keys hold by construction, and indexes are made faster at the end: looking after them row by row would take most of
	// the time.
	const without = `SET session_replication_role = replica; SET maintenance_work_mem = '256MB';
CREATE TEMP TABLE later AS SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND indexdef LIKE 'CREATE INDEX %';
DO $$ DECLARE i record; BEGIN FOR i IN SELECT * FROM later LOOP EXECUTE format('DROP INDEX %I', i.indexname); END LOOP; END $$;`
	const with = `DO $$ DECLARE i record; BEGIN FOR i IN SELECT * FROM later LOOP EXECUTE i.indexdef; END LOOP; END $$;
DROP TABLE later; RESET session_replication_role; RESET maintenance_work_mem;`
	for _, text := range []string{without, fmt.Sprintf(dataSet, s.merchants, s.orders(), customers), with, "VACUUM ANALYZE"} {
		if _, err := conn.ExecContext(ctx, text); err != nil {
			return fmt.Errorf("data set: %w", err)
		}
	}
	return nil
}

// overdue makes one database of open deadlines for the sweep: n running ones, a tenth of them due.
const overdueSet = `
CREATE TEMP TABLE g AS SELECT g, (SELECT id FROM merchants LIMIT 1) AS merchant_id, 'sw' || g AS no FROM generate_series(0, %[1]d - 1) g;
INSERT INTO customers (id, merchant_id, external_id, name) SELECT 'sweep-customer', id, 'sweep', 'Sweep' FROM merchants LIMIT 1;
INSERT INTO orders (id, merchant_id, customer_id, number, currency, placed_at, shipping, discount, tax, total, paid, imported_refunded, refunded, input_hash)
  SELECT 'sweep-order', id, 'sweep-customer', 'SWEEP', 'CNY', now(), 0, 0, 0, 0, 0, 0, 0, '' FROM merchants LIMIT 1;
INSERT INTO service_cases (id, merchant_id, number, kind, status, channel, priority, description, plan_code, plan_version, opened_at, next_due_at, contacted_at, customer_id, order_id)
  SELECT no, merchant_id, no, 'RETURN', 'RECEIVED', 'WEBSITE', 'NORMAL', '', 'MALL', 3, now(), now(), now(), 'sweep-customer', 'sweep-order' FROM g;
INSERT INTO deadlines (id, merchant_id, case_id, calendar_id, sandbox, kind, state, open, obligor, clause, plan_code, plan_version, rule, on_timeout, at_risk_percent, explain,
    started_at, promised_due_at, due_at, at_risk_at, at_risk_told, provisional)
  SELECT no, merchant_id, no, (SELECT id FROM calendars WHERE code = 'CN'), false, 'REFUND', 'RUNNING', true, 'MERCHANT', 'MALL-4.2a', 'MALL', 3,
    '{"unit":"HOURS","length":72}', '["ESCALATE"]', 75, true, now() - interval '9 days', d, d, d - interval '1 day', g %% 10 = 0, false
  FROM g, LATERAL (SELECT CASE WHEN g %% 10 = 0 THEN now() - interval '1 hour' - g * interval '1 millisecond' ELSE now() + interval '300 days' END AS d) x;
DROP TABLE g;
`

func fillOverdue(ctx context.Context, db *sql.DB, n int) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, fmt.Sprintf(overdueSet, n)); err != nil {
		return fmt.Errorf("overdue deadlines: %w", err)
	}
	_, err = conn.ExecContext(ctx, "VACUUM ANALYZE")
	return err
}
