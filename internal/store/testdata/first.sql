-- Rows of every table as the first migration had them. Calendars are installed by the service itself.
INSERT INTO merchants (id, slug, name, mode, currency, calendar_code, jurisdiction, plan_code, no_reason_days, clock_at, created_at) VALUES
  ('mer_01h455vb4pex5vsknk084sn001', 'old', 'Old shop', 'SANDBOX', 'CNY', 'CN', 'CN', 'MALL', 10, '2025-03-11 02:15:00+00:00', '2025-03-01 00:00:00+00:00'),
  ('mer_01h455vb4pex5vsknk084sn002', 'live', 'Live shop', 'LIVE', 'EUR', 'CN', 'DE', 'MALL', NULL, NULL, '2025-03-01 00:00:00+00:00');
INSERT INTO staffs (id, merchant_id, subject, name, role) VALUES
  ('stf_01h455vb4pex5vsknk084sn001', 'mer_01h455vb4pex5vsknk084sn001', 'li.na', 'Li Na', 'AGENT'),
  ('stf_01h455vb4pex5vsknk084sn002', 'mer_01h455vb4pex5vsknk084sn001', 'chen.jing', 'Chen Jing', 'SUPERVISOR');
INSERT INTO return_addresses (id, merchant_id, name, recipient, phone, line, city, postal_code, country, is_default) VALUES
  ('adr_01h455vb4pex5vsknk084sn001', 'mer_01h455vb4pex5vsknk084sn001', 'main', 'Returns', '02100000000', '1 Test Road', 'Shanghai', '200000', 'CN', true);
INSERT INTO return_reasons (id, merchant_id, handle, label_en, label_zh, at_fault, remedies, urgent, guidance_en, guidance_zh, position) VALUES
  ('rsn_01h455vb4pex5vsknk084sn001', 'mer_01h455vb4pex5vsknk084sn001', 'QUALITY', 'Quality problem', '商品质量问题', 'MERCHANT', '["REFUND","RETURN_AND_REFUND"]', false, 'Say what does not work.', '请说明故障现象。', 0);
INSERT INTO service_policies (id, merchant_id, version, text, published_at) VALUES
  ('pol_01h455vb4pex5vsknk084sn001', 'mer_01h455vb4pex5vsknk084sn001', 1, 'Customer first.', '2025-03-02 00:00:00+00:00');
INSERT INTO customers (id, merchant_id, external_id, name, email, phone, address) VALUES
  ('cus_01h455vb4pex5vsknk084sn001', 'mer_01h455vb4pex5vsknk084sn001', 'c-1', 'Li Lei', 'li.lei@example.com', '13800001234', 'Shanghai');
-- 5 cups at 10.00: 1 refunded, 1 being refunded, 2 held, of which one without goods; 1 free.
INSERT INTO orders (id, merchant_id, customer_id, number, currency, placed_at, paid_at, shipping, discount, tax, total, paid, imported_refunded, refunded, input_hash) VALUES
  ('ord_01h455vb4pex5vsknk084sn001', 'mer_01h455vb4pex5vsknk084sn001', 'cus_01h455vb4pex5vsknk084sn001', 'A1', 'CNY', '2025-03-01 00:00:00+00:00', '2025-03-01 00:00:00+00:00', 600, 0, 0, 5600, 5600, 100, 2100, 'h');
INSERT INTO order_lines (id, merchant_id, order_id, position, external_id, sku, title, quantity, unit_price, discount, paid, refunded, held, returned, category, serial_number, exclusion, exclusion_confirmed, fulfilled_at, delivered_at) VALUES
  ('lin_01h455vb4pex5vsknk084sn001', 'mer_01h455vb4pex5vsknk084sn001', 'ord_01h455vb4pex5vsknk084sn001', 0, '1', 'CUP', 'Cup', 5, 1000, 0, 5000, 2000, 2, 2, 'KITCHEN', 'S-1', 'SAFETY_OR_HYGIENE', true, '2025-03-02 00:00:00+00:00', '2025-03-04 00:00:00+00:00');
-- Completed, refunding, received, requested without goods, cancelled.
INSERT INTO service_cases (id, merchant_id, number, kind, status, version, revision, channel, priority, description, plan_code, plan_version, law_code, law_version, opened_at, ended_at, closed_at, next_due_at, contacted_at, outcome, outcome_note, customer_id, order_id, assignee_id, escalated_to_id) VALUES
  ('ret_01h455vb4pex5vsknk084sn001', 'mer_01h455vb4pex5vsknk084sn001', 'R1', 'RETURN', 'COMPLETED', 6, 9, 'WEBSITE', 'NORMAL', 'One', 'MALL', 1, 'LAW-CN', 1, '2025-03-05 00:00:00+00:00', '2025-03-08 00:00:00+00:00', '2025-03-08 00:00:00+00:00', NULL, '2025-03-07 00:00:00+00:00', 'REFUNDED', '', 'cus_01h455vb4pex5vsknk084sn001', 'ord_01h455vb4pex5vsknk084sn001', 'stf_01h455vb4pex5vsknk084sn001', NULL),
  ('ret_01h455vb4pex5vsknk084sn002', 'mer_01h455vb4pex5vsknk084sn001', 'R2', 'RETURN', 'REFUNDING', 6, 8, 'PHONE', 'URGENT', 'Two', 'MALL', 1, 'LAW-CN', 1, '2025-03-06 00:00:00+00:00', NULL, NULL, NULL, '2025-03-07 00:00:00+00:00', NULL, NULL, 'cus_01h455vb4pex5vsknk084sn001', 'ord_01h455vb4pex5vsknk084sn001', NULL, 'stf_01h455vb4pex5vsknk084sn002'),
  ('ret_01h455vb4pex5vsknk084sn003', 'mer_01h455vb4pex5vsknk084sn001', 'R3', 'RETURN', 'RECEIVED', 4, 5, 'APP', 'NORMAL', 'Three', 'MALL', 1, 'LAW-CN', 1, '2025-03-10 00:00:00+00:00', NULL, NULL, NULL, '2025-03-10 00:00:00+00:00', NULL, NULL, 'cus_01h455vb4pex5vsknk084sn001', 'ord_01h455vb4pex5vsknk084sn001', NULL, NULL),
  ('ret_01h455vb4pex5vsknk084sn004', 'mer_01h455vb4pex5vsknk084sn001', 'R4', 'RETURN', 'REQUESTED', 1, 1, 'APP', 'NORMAL', 'Four', 'MALL', 1, 'LAW-CN', 1, '2025-03-11 02:00:00+00:00', NULL, NULL, '2025-03-13 02:00:00+00:00', '2025-03-11 02:00:00+00:00', NULL, NULL, 'cus_01h455vb4pex5vsknk084sn001', 'ord_01h455vb4pex5vsknk084sn001', NULL, NULL),
  ('ret_01h455vb4pex5vsknk084sn005', 'mer_01h455vb4pex5vsknk084sn001', 'R5', 'RETURN', 'CANCELLED', 2, 2, 'APP', 'NORMAL', 'Five', 'MALL', 1, 'LAW-CN', 1, '2025-03-09 00:00:00+00:00', '2025-03-09 01:00:00+00:00', '2025-03-09 01:00:00+00:00', NULL, '2025-03-09 00:00:00+00:00', 'CANCELLED', 'changed my mind', 'cus_01h455vb4pex5vsknk084sn001', 'ord_01h455vb4pex5vsknk084sn001', NULL, NULL);
INSERT INTO return_details (id, merchant_id, case_id, remedy, review, open_question, steps, materials, reason_id, return_address_id) VALUES
  ('rdt_01h455vb4pex5vsknk084sn001', 'mer_01h455vb4pex5vsknk084sn001', 'ret_01h455vb4pex5vsknk084sn001', 'RETURN_AND_REFUND', '{"product":{"ok":true},"description":{"ok":true},"reason":{"ok":true,"note":"seen"}}', NULL, '["Pack it"]', '["Receipt"]', 'rsn_01h455vb4pex5vsknk084sn001', 'adr_01h455vb4pex5vsknk084sn001'),
  ('rdt_01h455vb4pex5vsknk084sn002', 'mer_01h455vb4pex5vsknk084sn001', 'ret_01h455vb4pex5vsknk084sn002', 'REFUND', NULL, NULL, '["Wait"]', NULL, 'rsn_01h455vb4pex5vsknk084sn001', NULL),
  ('rdt_01h455vb4pex5vsknk084sn003', 'mer_01h455vb4pex5vsknk084sn001', 'ret_01h455vb4pex5vsknk084sn003', 'RETURN_AND_REFUND', NULL, NULL, '["Pack it"]', NULL, 'rsn_01h455vb4pex5vsknk084sn001', 'adr_01h455vb4pex5vsknk084sn001'),
  ('rdt_01h455vb4pex5vsknk084sn004', 'mer_01h455vb4pex5vsknk084sn001', 'ret_01h455vb4pex5vsknk084sn004', 'REFUND', NULL, NULL, NULL, NULL, 'rsn_01h455vb4pex5vsknk084sn001', NULL),
  ('rdt_01h455vb4pex5vsknk084sn005', 'mer_01h455vb4pex5vsknk084sn001', 'ret_01h455vb4pex5vsknk084sn005', 'RETURN_AND_REFUND', NULL, 'Why?', NULL, NULL, 'rsn_01h455vb4pex5vsknk084sn001', NULL);
INSERT INTO return_items (id, merchant_id, case_id, order_line_id, position, quantity, accepted_quantity, inspection, inspector_id) VALUES
  ('rit_01h455vb4pex5vsknk084sn001', 'mer_01h455vb4pex5vsknk084sn001', 'ret_01h455vb4pex5vsknk084sn001', 'lin_01h455vb4pex5vsknk084sn001', 0, 1, 1, '{"checks":[{"aspect":"APPEARANCE","passed":true}],"passed":true,"inspectedAt":"2025-03-07T00:00:00Z"}', 'stf_01h455vb4pex5vsknk084sn001'),
  ('rit_01h455vb4pex5vsknk084sn002', 'mer_01h455vb4pex5vsknk084sn001', 'ret_01h455vb4pex5vsknk084sn002', 'lin_01h455vb4pex5vsknk084sn001', 0, 1, NULL, NULL, NULL),
  ('rit_01h455vb4pex5vsknk084sn003', 'mer_01h455vb4pex5vsknk084sn001', 'ret_01h455vb4pex5vsknk084sn003', 'lin_01h455vb4pex5vsknk084sn001', 0, 1, NULL, NULL, NULL),
  ('rit_01h455vb4pex5vsknk084sn004', 'mer_01h455vb4pex5vsknk084sn001', 'ret_01h455vb4pex5vsknk084sn004', 'lin_01h455vb4pex5vsknk084sn001', 0, 1, NULL, NULL, NULL),
  ('rit_01h455vb4pex5vsknk084sn005', 'mer_01h455vb4pex5vsknk084sn001', 'ret_01h455vb4pex5vsknk084sn005', 'lin_01h455vb4pex5vsknk084sn001', 0, 2, NULL, NULL, NULL);
INSERT INTO parcels (id, merchant_id, case_id, direction, carrier, waybill, shipped_at, delivered_at) VALUES
  ('par_01h455vb4pex5vsknk084sn001', 'mer_01h455vb4pex5vsknk084sn001', 'ret_01h455vb4pex5vsknk084sn001', 'TO_MERCHANT', 'SF Express', 'SF1', '2025-03-05 06:00:00+00:00', '2025-03-06 06:00:00+00:00');
INSERT INTO refunds (id, merchant_id, case_id, amount, currency, state, gateway, reference, started_at, credited_at) VALUES
  ('ref_01h455vb4pex5vsknk084sn001', 'mer_01h455vb4pex5vsknk084sn001', 'ret_01h455vb4pex5vsknk084sn001', 1000, 'CNY', 'CREDITED', 'manual', 'bank-1', '2025-03-07 00:00:00+00:00', '2025-03-08 00:00:00+00:00'),
  ('ref_01h455vb4pex5vsknk084sn002', 'mer_01h455vb4pex5vsknk084sn001', 'ret_01h455vb4pex5vsknk084sn002', 1000, 'CNY', 'PROCESSING', 'manual', NULL, '2025-03-10 00:00:00+00:00', NULL);
INSERT INTO deadlines (id, merchant_id, case_id, calendar_id, sandbox, kind, state, open, obligor, clause, plan_code, plan_version, rule, on_timeout, at_risk_percent, explain, started_at, promised_due_at, promised_last_day, due_at, last_day, at_risk_at, at_risk_told, met_at, breached_at, provisional, pauses, explanation_owed, explanation)
  SELECT 'dln_01h455vb4pex5vsknk084sn001', 'mer_01h455vb4pex5vsknk084sn001', 'ret_01h455vb4pex5vsknk084sn004', id, true, 'REVIEW', 'RUNNING', true, 'MERCHANT', 'MALL-3.2a', 'MALL', 1, '{"unit":"HOURS","length":48}', '["ESCALATE"]', 75, true,
    '2025-03-11 02:00:00+00:00', '2025-03-13 02:00:00+00:00', NULL, '2025-03-13 02:00:00+00:00', NULL, '2025-03-12 14:00:00+00:00', false, NULL, NULL, false, NULL, false, NULL FROM calendars WHERE code = 'CN';
INSERT INTO deadlines (id, merchant_id, case_id, calendar_id, sandbox, kind, state, open, obligor, clause, plan_code, plan_version, rule, on_timeout, at_risk_percent, explain, started_at, promised_due_at, promised_last_day, due_at, last_day, at_risk_at, at_risk_told, met_at, breached_at, provisional, pauses, explanation_owed, explanation)
  SELECT 'dln_01h455vb4pex5vsknk084sn002', 'mer_01h455vb4pex5vsknk084sn001', 'ret_01h455vb4pex5vsknk084sn001', id, true, 'REFUND', 'BREACHED', false, 'MERCHANT', 'MALL-4.2a', 'MALL', 1, '{"unit":"WORKING_DAYS","length":3}', '["ESCALATE"]', 75, true,
    '2025-03-05 00:00:00+00:00', '2025-03-07 16:00:00+00:00', '2025-03-07', '2025-03-07 16:00:00+00:00', '2025-03-07', NULL, true, '2025-03-08 00:00:00+00:00', '2025-03-07 16:00:00+00:00', false, '[{"from":"2025-03-05T01:00:00Z","to":"2025-03-05T02:00:00Z","reason":"AWAITING_SHIPMENT"}]', false, '{"reason":"CARRIER","text":"Sorry.","toldAt":"2025-03-08T00:00:00Z","channel":"PHONE"}' FROM calendars WHERE code = 'CN';
INSERT INTO case_events (id, merchant_id, case_id, type, at, actor_subject, actor_role, actor_name, params, note) VALUES
  ('evt_01h455vb4pex5vsknk084sn001', 'mer_01h455vb4pex5vsknk084sn001', 'ret_01h455vb4pex5vsknk084sn001', 'RECEIVED', '2025-03-06 06:00:00+00:00', 'zhao.lei', 'WAREHOUSE', 'Zhao Lei', NULL, NULL),
  ('evt_01h455vb4pex5vsknk084sn002', 'mer_01h455vb4pex5vsknk084sn001', 'ret_01h455vb4pex5vsknk084sn003', 'RECEIVED', '2025-03-10 08:00:00+00:00', 'zhao.lei', 'WAREHOUSE', 'Zhao Lei', NULL, NULL),
  ('evt_01h455vb4pex5vsknk084sn003', 'mer_01h455vb4pex5vsknk084sn001', 'ret_01h455vb4pex5vsknk084sn004', 'OPENED', '2025-03-11 02:00:00+00:00', 'c-1', 'CUSTOMER', 'Li Lei', '{"a":"b"}', 'Four');
INSERT INTO messages (id, merchant_id, case_id, internal, text, author_subject, author_role, author_name, at) VALUES
  ('msg_01h455vb4pex5vsknk084sn001', 'mer_01h455vb4pex5vsknk084sn001', 'ret_01h455vb4pex5vsknk084sn001', true, 'Note', 'li.na', 'AGENT', 'Li Na', '2025-03-07 00:00:00+00:00');
INSERT INTO evidences (id, merchant_id, case_id, kind, url, sha256, note, author_role, author_name, at) VALUES
  ('evi_01h455vb4pex5vsknk084sn001', 'mer_01h455vb4pex5vsknk084sn001', 'ret_01h455vb4pex5vsknk084sn001', 'PHOTO', 'https://photos.example/1.jpg', NULL, 'The lid', 'CUSTOMER', 'Li Lei', '2025-03-05 00:00:00+00:00');
INSERT INTO idempotency_keys (id, merchant_id, subject, operation, key, input_hash, object_id, created_at) VALUES
  ('idk_01h455vb4pex5vsknk084sn001', 'mer_01h455vb4pex5vsknk084sn001', 'c-1', 'returnRequest', 'k', 'h', 'ret_01h455vb4pex5vsknk084sn001', '2025-03-05 00:00:00+00:00');
INSERT INTO audit_entries (id, merchant_id, action, object_id, subject, role, request_id, data, at) VALUES
  ('aud_01h455vb4pex5vsknk084sn001', 'mer_01h455vb4pex5vsknk084sn001', 'PERSONAL_DATA_READ', 'cus_01h455vb4pex5vsknk084sn001', 'li.na', 'AGENT', 'r-1', '{"x":1}', '2025-03-05 00:00:00+00:00');
