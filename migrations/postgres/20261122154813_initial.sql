-- +goose Up
-- create "idempotency_keys" table
CREATE TABLE "idempotency_keys" ("id" character varying NOT NULL, "merchant_id" character varying NOT NULL, "subject" character varying NOT NULL, "operation" character varying NOT NULL, "key" character varying NOT NULL, "input_hash" character varying NOT NULL, "object_id" character varying NOT NULL, "created_at" timestamptz NOT NULL, PRIMARY KEY ("id"));
-- create index "idempotencykey_merchant_id_subject_operation_key" to table: "idempotency_keys"
CREATE UNIQUE INDEX "idempotencykey_merchant_id_subject_operation_key" ON "idempotency_keys" ("merchant_id", "subject", "operation", "key");
-- create "customers" table
CREATE TABLE "customers" ("id" character varying NOT NULL, "merchant_id" character varying NOT NULL, "external_id" character varying NOT NULL, "name" character varying NOT NULL, "email" character varying NULL, "phone" character varying NULL, "address" character varying NULL, PRIMARY KEY ("id"));
-- create index "customer_merchant_id_external_id" to table: "customers"
CREATE UNIQUE INDEX "customer_merchant_id_external_id" ON "customers" ("merchant_id", "external_id");
-- create index "customer_merchant_id_id" to table: "customers"
CREATE UNIQUE INDEX "customer_merchant_id_id" ON "customers" ("merchant_id", "id");
-- create "audit_entries" table
CREATE TABLE "audit_entries" ("id" character varying NOT NULL, "merchant_id" character varying NOT NULL, "action" character varying NOT NULL, "object_id" character varying NOT NULL, "subject" character varying NOT NULL, "role" character varying NOT NULL, "request_id" character varying NULL, "data" jsonb NULL, "at" timestamptz NOT NULL, PRIMARY KEY ("id"));
-- create index "auditentry_merchant_id_at_id" to table: "audit_entries"
CREATE INDEX "auditentry_merchant_id_at_id" ON "audit_entries" ("merchant_id", "at", "id");
-- create index "auditentry_merchant_id_id" to table: "audit_entries"
CREATE UNIQUE INDEX "auditentry_merchant_id_id" ON "audit_entries" ("merchant_id", "id");
-- create index "auditentry_merchant_id_object_id" to table: "audit_entries"
CREATE INDEX "auditentry_merchant_id_object_id" ON "audit_entries" ("merchant_id", "object_id");
-- create "service_policies" table
CREATE TABLE "service_policies" ("id" character varying NOT NULL, "merchant_id" character varying NOT NULL, "version" bigint NOT NULL, "text" character varying NOT NULL, "published_at" timestamptz NOT NULL, PRIMARY KEY ("id"));
-- create index "servicepolicy_merchant_id_id" to table: "service_policies"
CREATE UNIQUE INDEX "servicepolicy_merchant_id_id" ON "service_policies" ("merchant_id", "id");
-- create index "servicepolicy_merchant_id_version" to table: "service_policies"
CREATE UNIQUE INDEX "servicepolicy_merchant_id_version" ON "service_policies" ("merchant_id", "version");
-- create "merchants" table
CREATE TABLE "merchants" ("id" character varying NOT NULL, "slug" character varying NOT NULL, "name" character varying NOT NULL, "mode" character varying NOT NULL, "currency" character varying NOT NULL, "calendar_code" character varying NOT NULL, "jurisdiction" character varying NOT NULL, "plan_code" character varying NOT NULL, "no_reason_days" bigint NULL, "clock_at" timestamptz NULL, "created_at" timestamptz NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "merchants_clock" CHECK (((mode)::text = 'SANDBOX'::text) = (clock_at IS NOT NULL)), CONSTRAINT "merchants_mode" CHECK ((mode)::text = ANY ((ARRAY['LIVE'::character varying, 'SANDBOX'::character varying])::text[])));
-- create index "merchants_slug_key" to table: "merchants"
CREATE UNIQUE INDEX "merchants_slug_key" ON "merchants" ("slug");
-- create "orders" table
CREATE TABLE "orders" ("id" character varying NOT NULL, "number" character varying NOT NULL, "currency" character varying NOT NULL, "placed_at" timestamptz NOT NULL, "paid_at" timestamptz NULL, "cancelled_at" timestamptz NULL, "shipping" bigint NOT NULL, "discount" bigint NOT NULL, "tax" bigint NOT NULL, "total" bigint NOT NULL, "paid" bigint NOT NULL, "imported_refunded" bigint NOT NULL, "refunded" bigint NOT NULL, "input_hash" character varying NOT NULL, "customer_id" character varying NOT NULL, "merchant_id" character varying NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "orders_customers_orders" FOREIGN KEY ("merchant_id", "customer_id") REFERENCES "customers" ("merchant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "orders_merchants_merchant" FOREIGN KEY ("merchant_id") REFERENCES "merchants" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "orders_amounts" CHECK ((shipping >= 0) AND (discount >= 0) AND (tax >= 0) AND (total >= 0) AND (paid >= 0) AND (paid <= total) AND (imported_refunded >= 0)), CONSTRAINT "orders_refunded" CHECK (refunded >= imported_refunded));
-- create index "order_merchant_id_customer_id_placed_at_id" to table: "orders"
CREATE INDEX "order_merchant_id_customer_id_placed_at_id" ON "orders" ("merchant_id", "customer_id", "placed_at", "id");
-- create index "order_merchant_id_id" to table: "orders"
CREATE UNIQUE INDEX "order_merchant_id_id" ON "orders" ("merchant_id", "id");
-- create index "order_merchant_id_number" to table: "orders"
CREATE UNIQUE INDEX "order_merchant_id_number" ON "orders" ("merchant_id", "number");
-- create index "order_merchant_id_placed_at_id" to table: "orders"
CREATE INDEX "order_merchant_id_placed_at_id" ON "orders" ("merchant_id", "placed_at", "id");
-- create "staffs" table
CREATE TABLE "staffs" ("id" character varying NOT NULL, "subject" character varying NOT NULL, "name" character varying NOT NULL, "role" character varying NOT NULL, "merchant_id" character varying NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "staffs_merchants_staff" FOREIGN KEY ("merchant_id") REFERENCES "merchants" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION);
-- create index "staff_merchant_id_id" to table: "staffs"
CREATE UNIQUE INDEX "staff_merchant_id_id" ON "staffs" ("merchant_id", "id");
-- create index "staff_merchant_id_role" to table: "staffs"
CREATE INDEX "staff_merchant_id_role" ON "staffs" ("merchant_id", "role");
-- create index "staff_merchant_id_subject" to table: "staffs"
CREATE UNIQUE INDEX "staff_merchant_id_subject" ON "staffs" ("merchant_id", "subject");
-- create "service_cases" table
CREATE TABLE "service_cases" ("id" character varying NOT NULL, "number" character varying NOT NULL, "kind" character varying NOT NULL, "status" character varying NOT NULL, "version" bigint NOT NULL DEFAULT 1, "revision" bigint NOT NULL DEFAULT 1, "channel" character varying NOT NULL, "priority" character varying NOT NULL, "description" character varying NOT NULL, "plan_code" character varying NOT NULL, "plan_version" bigint NOT NULL, "law_code" character varying NOT NULL DEFAULT 'LAW-CN', "law_version" bigint NOT NULL DEFAULT 1, "opened_at" timestamptz NOT NULL, "ended_at" timestamptz NULL, "closed_at" timestamptz NULL, "next_due_at" timestamptz NULL, "contacted_at" timestamptz NOT NULL, "outcome" character varying NULL, "outcome_note" character varying NULL, "customer_id" character varying NOT NULL, "order_id" character varying NOT NULL, "merchant_id" character varying NOT NULL, "assignee_id" character varying NULL, "escalated_to_id" character varying NULL, PRIMARY KEY ("id"), CONSTRAINT "service_cases_customers_cases" FOREIGN KEY ("merchant_id", "customer_id") REFERENCES "customers" ("merchant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "service_cases_merchants_merchant" FOREIGN KEY ("merchant_id") REFERENCES "merchants" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "service_cases_orders_cases" FOREIGN KEY ("merchant_id", "order_id") REFERENCES "orders" ("merchant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "service_cases_staffs_assignee" FOREIGN KEY ("merchant_id", "assignee_id") REFERENCES "staffs" ("merchant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "service_cases_staffs_escalated_to" FOREIGN KEY ("merchant_id", "escalated_to_id") REFERENCES "staffs" ("merchant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "service_cases_closed" CHECK ((closed_at IS NULL) OR (ended_at IS NOT NULL)), CONSTRAINT "service_cases_kind" CHECK ((kind)::text = 'RETURN'::text), CONSTRAINT "service_cases_outcome" CHECK (((status)::text = ANY ((ARRAY['COMPLETED'::character varying, 'REJECTED'::character varying, 'CANCELLED'::character varying, 'EXPIRED'::character varying])::text[])) = ((outcome IS NOT NULL) AND ((outcome)::text <> ''::text) AND (ended_at IS NOT NULL))), CONSTRAINT "service_cases_status" CHECK ((status)::text = ANY ((ARRAY['REQUESTED'::character varying, 'NEEDS_INFO'::character varying, 'AWAITING_SHIPMENT'::character varying, 'IN_TRANSIT'::character varying, 'RECEIVED'::character varying, 'INSPECTION_PASSED'::character varying, 'INSPECTION_FAILED'::character varying, 'REFUNDING'::character varying, 'COMPLETED'::character varying, 'REJECTED'::character varying, 'CANCELLED'::character varying, 'EXPIRED'::character varying])::text[])));
-- create index "servicecase_merchant_id_assignee_id" to table: "service_cases"
CREATE INDEX "servicecase_merchant_id_assignee_id" ON "service_cases" ("merchant_id", "assignee_id");
-- create index "servicecase_merchant_id_customer_id_opened_at_id" to table: "service_cases"
CREATE INDEX "servicecase_merchant_id_customer_id_opened_at_id" ON "service_cases" ("merchant_id", "customer_id", "opened_at", "id");
-- create index "servicecase_merchant_id_id" to table: "service_cases"
CREATE UNIQUE INDEX "servicecase_merchant_id_id" ON "service_cases" ("merchant_id", "id");
-- create index "servicecase_merchant_id_next_due_at_id" to table: "service_cases"
CREATE INDEX "servicecase_merchant_id_next_due_at_id" ON "service_cases" ("merchant_id", "next_due_at", "id");
-- create index "servicecase_merchant_id_number" to table: "service_cases"
CREATE UNIQUE INDEX "servicecase_merchant_id_number" ON "service_cases" ("merchant_id", "number");
-- create index "servicecase_merchant_id_opened_at_id" to table: "service_cases"
CREATE INDEX "servicecase_merchant_id_opened_at_id" ON "service_cases" ("merchant_id", "opened_at", "id");
-- create index "servicecase_merchant_id_order_id" to table: "service_cases"
CREATE INDEX "servicecase_merchant_id_order_id" ON "service_cases" ("merchant_id", "order_id");
-- create index "servicecase_merchant_id_status_opened_at_id" to table: "service_cases"
CREATE INDEX "servicecase_merchant_id_status_opened_at_id" ON "service_cases" ("merchant_id", "status", "opened_at", "id");
-- create index "servicecase_silent" to table: "service_cases"
CREATE INDEX "servicecase_silent" ON "service_cases" ("merchant_id", "contacted_at") WHERE (ended_at IS NULL);
-- create "case_events" table
CREATE TABLE "case_events" ("id" character varying NOT NULL, "merchant_id" character varying NOT NULL, "type" character varying NOT NULL, "at" timestamptz NOT NULL, "actor_subject" character varying NULL, "actor_role" character varying NULL, "actor_name" character varying NOT NULL, "params" jsonb NULL, "note" character varying NULL, "case_id" character varying NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "case_events_service_cases_events" FOREIGN KEY ("merchant_id", "case_id") REFERENCES "service_cases" ("merchant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION);
-- create index "caseevent_merchant_id_case_id_at_id" to table: "case_events"
CREATE INDEX "caseevent_merchant_id_case_id_at_id" ON "case_events" ("merchant_id", "case_id", "at", "id");
-- create index "caseevent_merchant_id_id" to table: "case_events"
CREATE UNIQUE INDEX "caseevent_merchant_id_id" ON "case_events" ("merchant_id", "id");
-- create "calendars" table
CREATE TABLE "calendars" ("id" character varying NOT NULL, "code" character varying NOT NULL, "version" bigint NOT NULL, "spec" jsonb NOT NULL, "published_at" timestamptz NOT NULL, PRIMARY KEY ("id"));
-- create index "calendar_code_version" to table: "calendars"
CREATE UNIQUE INDEX "calendar_code_version" ON "calendars" ("code", "version");
-- create "deadlines" table
CREATE TABLE "deadlines" ("id" character varying NOT NULL, "merchant_id" character varying NOT NULL, "sandbox" boolean NOT NULL, "kind" character varying NOT NULL, "state" character varying NOT NULL, "open" boolean NOT NULL, "obligor" character varying NOT NULL, "clause" character varying NOT NULL, "plan_code" character varying NOT NULL DEFAULT 'MALL', "plan_version" bigint NOT NULL DEFAULT 1, "rule" jsonb NOT NULL, "on_timeout" jsonb NOT NULL, "at_risk_percent" bigint NOT NULL, "explain" boolean NOT NULL, "started_at" timestamptz NOT NULL, "promised_due_at" timestamptz NOT NULL, "promised_last_day" character varying NULL, "due_at" timestamptz NULL, "last_day" character varying NULL, "at_risk_at" timestamptz NULL, "at_risk_told" boolean NOT NULL DEFAULT false, "met_at" timestamptz NULL, "breached_at" timestamptz NULL, "provisional" boolean NOT NULL, "pauses" jsonb NULL, "explanation_owed" boolean NOT NULL DEFAULT false, "explanation" jsonb NULL, "calendar_id" character varying NOT NULL, "case_id" character varying NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "deadlines_calendars_calendar" FOREIGN KEY ("calendar_id") REFERENCES "calendars" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "deadlines_service_cases_deadlines" FOREIGN KEY ("merchant_id", "case_id") REFERENCES "service_cases" ("merchant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "deadlines_breached" CHECK (NOT (((state)::text = 'BREACHED'::text) AND (breached_at IS NULL))), CONSTRAINT "deadlines_met" CHECK (NOT (((state)::text = 'MET'::text) AND (met_at IS NULL))), CONSTRAINT "deadlines_paused" CHECK (((state)::text = 'PAUSED'::text) = ((due_at IS NULL) AND open)), CONSTRAINT "deadlines_state" CHECK ((state)::text = ANY ((ARRAY['RUNNING'::character varying, 'PAUSED'::character varying, 'MET'::character varying, 'BREACHED'::character varying, 'CANCELLED'::character varying])::text[])));
-- create index "deadline_calendar" to table: "deadlines"
CREATE INDEX "deadline_calendar" ON "deadlines" ("calendar_id", "id") WHERE open;
-- create index "deadline_merchant_due" to table: "deadlines"
CREATE INDEX "deadline_merchant_due" ON "deadlines" ("merchant_id", "due_at") WHERE ((state)::text = 'RUNNING'::text);
-- create index "deadline_merchant_id_case_id" to table: "deadlines"
CREATE INDEX "deadline_merchant_id_case_id" ON "deadlines" ("merchant_id", "case_id");
-- create index "deadline_merchant_id_id" to table: "deadlines"
CREATE UNIQUE INDEX "deadline_merchant_id_id" ON "deadlines" ("merchant_id", "id");
-- create index "deadline_queue" to table: "deadlines"
CREATE INDEX "deadline_queue" ON "deadlines" ("merchant_id", "due_at", "id") WHERE open;
-- create index "deadline_sweep_due" to table: "deadlines"
CREATE INDEX "deadline_sweep_due" ON "deadlines" ("sandbox", "due_at") WHERE ((state)::text = 'RUNNING'::text);
-- create index "deadline_sweep_risk" to table: "deadlines"
CREATE INDEX "deadline_sweep_risk" ON "deadlines" ("sandbox", "at_risk_at") WHERE (((state)::text = 'RUNNING'::text) AND (NOT at_risk_told));
-- create "evidences" table
CREATE TABLE "evidences" ("id" character varying NOT NULL, "merchant_id" character varying NOT NULL, "kind" character varying NOT NULL, "url" character varying NOT NULL, "sha256" character varying NULL, "note" character varying NULL, "author_role" character varying NOT NULL, "author_name" character varying NOT NULL, "at" timestamptz NOT NULL, "case_id" character varying NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "evidences_service_cases_evidence" FOREIGN KEY ("merchant_id", "case_id") REFERENCES "service_cases" ("merchant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION);
-- create index "evidence_merchant_id_case_id_at_id" to table: "evidences"
CREATE INDEX "evidence_merchant_id_case_id_at_id" ON "evidences" ("merchant_id", "case_id", "at", "id");
-- create index "evidence_merchant_id_id" to table: "evidences"
CREATE UNIQUE INDEX "evidence_merchant_id_id" ON "evidences" ("merchant_id", "id");
-- create "messages" table
CREATE TABLE "messages" ("id" character varying NOT NULL, "merchant_id" character varying NOT NULL, "internal" boolean NOT NULL, "text" character varying NOT NULL, "author_subject" character varying NOT NULL, "author_role" character varying NOT NULL, "author_name" character varying NOT NULL, "at" timestamptz NOT NULL, "case_id" character varying NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "messages_service_cases_messages" FOREIGN KEY ("merchant_id", "case_id") REFERENCES "service_cases" ("merchant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION);
-- create index "message_merchant_id_case_id_at_id" to table: "messages"
CREATE INDEX "message_merchant_id_case_id_at_id" ON "messages" ("merchant_id", "case_id", "at", "id");
-- create index "message_merchant_id_id" to table: "messages"
CREATE UNIQUE INDEX "message_merchant_id_id" ON "messages" ("merchant_id", "id");
-- create "order_lines" table
CREATE TABLE "order_lines" ("id" character varying NOT NULL, "merchant_id" character varying NOT NULL, "position" bigint NOT NULL, "external_id" character varying NULL, "sku" character varying NOT NULL, "title" character varying NOT NULL, "quantity" bigint NOT NULL, "unit_price" bigint NOT NULL, "discount" bigint NOT NULL, "paid" bigint NOT NULL, "refunded" bigint NOT NULL DEFAULT 0, "held" bigint NOT NULL DEFAULT 0, "returned" bigint NOT NULL DEFAULT 0, "category" character varying NULL, "serial_number" character varying NULL, "exclusion" character varying NULL, "exclusion_confirmed" boolean NOT NULL DEFAULT false, "fulfilled_at" timestamptz NULL, "delivered_at" timestamptz NULL, "order_id" character varying NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "order_lines_orders_lines" FOREIGN KEY ("merchant_id", "order_id") REFERENCES "orders" ("merchant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "order_lines_money" CHECK ((unit_price >= 0) AND (discount >= 0) AND (paid >= 0) AND (refunded >= 0) AND (refunded <= paid)), CONSTRAINT "order_lines_quantity" CHECK ((quantity >= 1) AND (held >= 0) AND (returned >= 0) AND ((held + returned) <= quantity)));
-- create index "orderline_merchant_id_id" to table: "order_lines"
CREATE UNIQUE INDEX "orderline_merchant_id_id" ON "order_lines" ("merchant_id", "id");
-- create index "orderline_merchant_id_order_id_position" to table: "order_lines"
CREATE INDEX "orderline_merchant_id_order_id_position" ON "order_lines" ("merchant_id", "order_id", "position");
-- create "parcels" table
CREATE TABLE "parcels" ("id" character varying NOT NULL, "merchant_id" character varying NOT NULL, "direction" character varying NOT NULL, "carrier" character varying NOT NULL, "waybill" character varying NOT NULL, "shipped_at" timestamptz NULL, "delivered_at" timestamptz NULL, "case_id" character varying NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "parcels_service_cases_parcels" FOREIGN KEY ("merchant_id", "case_id") REFERENCES "service_cases" ("merchant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION);
-- create index "parcel_merchant_id_case_id" to table: "parcels"
CREATE INDEX "parcel_merchant_id_case_id" ON "parcels" ("merchant_id", "case_id");
-- create index "parcel_merchant_id_id" to table: "parcels"
CREATE UNIQUE INDEX "parcel_merchant_id_id" ON "parcels" ("merchant_id", "id");
-- create index "parcel_merchant_id_waybill" to table: "parcels"
CREATE INDEX "parcel_merchant_id_waybill" ON "parcels" ("merchant_id", "waybill");
-- create "refunds" table
CREATE TABLE "refunds" ("id" character varying NOT NULL, "merchant_id" character varying NOT NULL, "amount" bigint NOT NULL, "currency" character varying NOT NULL, "state" character varying NOT NULL, "gateway" character varying NOT NULL, "reference" character varying NULL, "started_at" timestamptz NOT NULL, "credited_at" timestamptz NULL, "case_id" character varying NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "refunds_service_cases_refunds" FOREIGN KEY ("merchant_id", "case_id") REFERENCES "service_cases" ("merchant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "refunds_amount" CHECK (amount > 0), CONSTRAINT "refunds_credit" CHECK (((state)::text = 'CREDITED'::text) = (credited_at IS NOT NULL)), CONSTRAINT "refunds_state" CHECK ((state)::text = ANY ((ARRAY['PROCESSING'::character varying, 'CREDITED'::character varying])::text[])));
-- create index "refund_merchant_id_case_id" to table: "refunds"
CREATE UNIQUE INDEX "refund_merchant_id_case_id" ON "refunds" ("merchant_id", "case_id");
-- create index "refund_merchant_id_id" to table: "refunds"
CREATE UNIQUE INDEX "refund_merchant_id_id" ON "refunds" ("merchant_id", "id");
-- create index "refund_merchant_id_started_at_id" to table: "refunds"
CREATE INDEX "refund_merchant_id_started_at_id" ON "refunds" ("merchant_id", "started_at", "id");
-- create "return_addresses" table
CREATE TABLE "return_addresses" ("id" character varying NOT NULL, "name" character varying NOT NULL, "recipient" character varying NOT NULL, "phone" character varying NOT NULL, "line" character varying NOT NULL, "city" character varying NOT NULL, "postal_code" character varying NULL, "country" character varying NOT NULL, "is_default" boolean NOT NULL, "merchant_id" character varying NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "return_addresses_merchants_return_addresses" FOREIGN KEY ("merchant_id") REFERENCES "merchants" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION);
-- create index "returnaddress_default" to table: "return_addresses"
CREATE UNIQUE INDEX "returnaddress_default" ON "return_addresses" ("merchant_id") WHERE is_default;
-- create index "returnaddress_merchant_id_id" to table: "return_addresses"
CREATE UNIQUE INDEX "returnaddress_merchant_id_id" ON "return_addresses" ("merchant_id", "id");
-- create index "returnaddress_merchant_id_name" to table: "return_addresses"
CREATE UNIQUE INDEX "returnaddress_merchant_id_name" ON "return_addresses" ("merchant_id", "name");
-- create "return_reasons" table
CREATE TABLE "return_reasons" ("id" character varying NOT NULL, "merchant_id" character varying NOT NULL, "handle" character varying NOT NULL, "label_en" character varying NOT NULL, "label_zh" character varying NOT NULL, "at_fault" character varying NOT NULL, "remedies" jsonb NOT NULL, "urgent" boolean NOT NULL DEFAULT false, "guidance_en" character varying NULL, "guidance_zh" character varying NULL, "position" bigint NOT NULL, PRIMARY KEY ("id"));
-- create index "returnreason_merchant_id_handle" to table: "return_reasons"
CREATE UNIQUE INDEX "returnreason_merchant_id_handle" ON "return_reasons" ("merchant_id", "handle");
-- create index "returnreason_merchant_id_id" to table: "return_reasons"
CREATE UNIQUE INDEX "returnreason_merchant_id_id" ON "return_reasons" ("merchant_id", "id");
-- create "return_details" table
CREATE TABLE "return_details" ("id" character varying NOT NULL, "merchant_id" character varying NOT NULL, "remedy" character varying NOT NULL, "review" jsonb NULL, "open_question" character varying NULL, "steps" jsonb NULL, "materials" jsonb NULL, "reason_id" character varying NOT NULL, "return_address_id" character varying NULL, "case_id" character varying NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "return_details_return_addresses_return_address" FOREIGN KEY ("merchant_id", "return_address_id") REFERENCES "return_addresses" ("merchant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "return_details_return_reasons_reason" FOREIGN KEY ("merchant_id", "reason_id") REFERENCES "return_reasons" ("merchant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "return_details_service_cases_detail" FOREIGN KEY ("merchant_id", "case_id") REFERENCES "service_cases" ("merchant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "return_details_remedy" CHECK ((remedy)::text = ANY ((ARRAY['REFUND'::character varying, 'RETURN_AND_REFUND'::character varying])::text[])));
-- create index "return_details_case_id_key" to table: "return_details"
CREATE UNIQUE INDEX "return_details_case_id_key" ON "return_details" ("case_id");
-- create index "returndetail_merchant_id_id" to table: "return_details"
CREATE UNIQUE INDEX "returndetail_merchant_id_id" ON "return_details" ("merchant_id", "id");
-- create "return_items" table
CREATE TABLE "return_items" ("id" character varying NOT NULL, "merchant_id" character varying NOT NULL, "position" bigint NOT NULL, "quantity" bigint NOT NULL, "accepted_quantity" bigint NULL, "inspection" jsonb NULL, "order_line_id" character varying NOT NULL, "inspector_id" character varying NULL, "case_id" character varying NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "return_items_order_lines_return_items" FOREIGN KEY ("merchant_id", "order_line_id") REFERENCES "order_lines" ("merchant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "return_items_service_cases_items" FOREIGN KEY ("merchant_id", "case_id") REFERENCES "service_cases" ("merchant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "return_items_staffs_inspector" FOREIGN KEY ("merchant_id", "inspector_id") REFERENCES "staffs" ("merchant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "return_items_quantity" CHECK ((quantity >= 1) AND ((accepted_quantity IS NULL) OR ((accepted_quantity >= 0) AND (accepted_quantity <= quantity)))));
-- create index "returnitem_merchant_id_case_id_order_line_id" to table: "return_items"
CREATE UNIQUE INDEX "returnitem_merchant_id_case_id_order_line_id" ON "return_items" ("merchant_id", "case_id", "order_line_id");
-- create index "returnitem_merchant_id_id" to table: "return_items"
CREATE UNIQUE INDEX "returnitem_merchant_id_id" ON "return_items" ("merchant_id", "id");
-- create index "returnitem_merchant_id_order_line_id" to table: "return_items"
CREATE INDEX "returnitem_merchant_id_order_line_id" ON "return_items" ("merchant_id", "order_line_id");

-- +goose Down
-- reverse: create index "returnitem_merchant_id_order_line_id" to table: "return_items"
DROP INDEX "returnitem_merchant_id_order_line_id";
-- reverse: create index "returnitem_merchant_id_id" to table: "return_items"
DROP INDEX "returnitem_merchant_id_id";
-- reverse: create index "returnitem_merchant_id_case_id_order_line_id" to table: "return_items"
DROP INDEX "returnitem_merchant_id_case_id_order_line_id";
-- reverse: create "return_items" table
DROP TABLE "return_items";
-- reverse: create index "returndetail_merchant_id_id" to table: "return_details"
DROP INDEX "returndetail_merchant_id_id";
-- reverse: create index "return_details_case_id_key" to table: "return_details"
DROP INDEX "return_details_case_id_key";
-- reverse: create "return_details" table
DROP TABLE "return_details";
-- reverse: create index "returnreason_merchant_id_id" to table: "return_reasons"
DROP INDEX "returnreason_merchant_id_id";
-- reverse: create index "returnreason_merchant_id_handle" to table: "return_reasons"
DROP INDEX "returnreason_merchant_id_handle";
-- reverse: create "return_reasons" table
DROP TABLE "return_reasons";
-- reverse: create index "returnaddress_merchant_id_name" to table: "return_addresses"
DROP INDEX "returnaddress_merchant_id_name";
-- reverse: create index "returnaddress_merchant_id_id" to table: "return_addresses"
DROP INDEX "returnaddress_merchant_id_id";
-- reverse: create index "returnaddress_default" to table: "return_addresses"
DROP INDEX "returnaddress_default";
-- reverse: create "return_addresses" table
DROP TABLE "return_addresses";
-- reverse: create index "refund_merchant_id_started_at_id" to table: "refunds"
DROP INDEX "refund_merchant_id_started_at_id";
-- reverse: create index "refund_merchant_id_id" to table: "refunds"
DROP INDEX "refund_merchant_id_id";
-- reverse: create index "refund_merchant_id_case_id" to table: "refunds"
DROP INDEX "refund_merchant_id_case_id";
-- reverse: create "refunds" table
DROP TABLE "refunds";
-- reverse: create index "parcel_merchant_id_waybill" to table: "parcels"
DROP INDEX "parcel_merchant_id_waybill";
-- reverse: create index "parcel_merchant_id_id" to table: "parcels"
DROP INDEX "parcel_merchant_id_id";
-- reverse: create index "parcel_merchant_id_case_id" to table: "parcels"
DROP INDEX "parcel_merchant_id_case_id";
-- reverse: create "parcels" table
DROP TABLE "parcels";
-- reverse: create index "orderline_merchant_id_order_id_position" to table: "order_lines"
DROP INDEX "orderline_merchant_id_order_id_position";
-- reverse: create index "orderline_merchant_id_id" to table: "order_lines"
DROP INDEX "orderline_merchant_id_id";
-- reverse: create "order_lines" table
DROP TABLE "order_lines";
-- reverse: create index "message_merchant_id_id" to table: "messages"
DROP INDEX "message_merchant_id_id";
-- reverse: create index "message_merchant_id_case_id_at_id" to table: "messages"
DROP INDEX "message_merchant_id_case_id_at_id";
-- reverse: create "messages" table
DROP TABLE "messages";
-- reverse: create index "evidence_merchant_id_id" to table: "evidences"
DROP INDEX "evidence_merchant_id_id";
-- reverse: create index "evidence_merchant_id_case_id_at_id" to table: "evidences"
DROP INDEX "evidence_merchant_id_case_id_at_id";
-- reverse: create "evidences" table
DROP TABLE "evidences";
-- reverse: create index "deadline_sweep_risk" to table: "deadlines"
DROP INDEX "deadline_sweep_risk";
-- reverse: create index "deadline_sweep_due" to table: "deadlines"
DROP INDEX "deadline_sweep_due";
-- reverse: create index "deadline_queue" to table: "deadlines"
DROP INDEX "deadline_queue";
-- reverse: create index "deadline_merchant_id_id" to table: "deadlines"
DROP INDEX "deadline_merchant_id_id";
-- reverse: create index "deadline_merchant_id_case_id" to table: "deadlines"
DROP INDEX "deadline_merchant_id_case_id";
-- reverse: create index "deadline_merchant_due" to table: "deadlines"
DROP INDEX "deadline_merchant_due";
-- reverse: create index "deadline_calendar" to table: "deadlines"
DROP INDEX "deadline_calendar";
-- reverse: create "deadlines" table
DROP TABLE "deadlines";
-- reverse: create index "calendar_code_version" to table: "calendars"
DROP INDEX "calendar_code_version";
-- reverse: create "calendars" table
DROP TABLE "calendars";
-- reverse: create index "caseevent_merchant_id_id" to table: "case_events"
DROP INDEX "caseevent_merchant_id_id";
-- reverse: create index "caseevent_merchant_id_case_id_at_id" to table: "case_events"
DROP INDEX "caseevent_merchant_id_case_id_at_id";
-- reverse: create "case_events" table
DROP TABLE "case_events";
-- reverse: create index "servicecase_silent" to table: "service_cases"
DROP INDEX "servicecase_silent";
-- reverse: create index "servicecase_merchant_id_status_opened_at_id" to table: "service_cases"
DROP INDEX "servicecase_merchant_id_status_opened_at_id";
-- reverse: create index "servicecase_merchant_id_order_id" to table: "service_cases"
DROP INDEX "servicecase_merchant_id_order_id";
-- reverse: create index "servicecase_merchant_id_opened_at_id" to table: "service_cases"
DROP INDEX "servicecase_merchant_id_opened_at_id";
-- reverse: create index "servicecase_merchant_id_number" to table: "service_cases"
DROP INDEX "servicecase_merchant_id_number";
-- reverse: create index "servicecase_merchant_id_next_due_at_id" to table: "service_cases"
DROP INDEX "servicecase_merchant_id_next_due_at_id";
-- reverse: create index "servicecase_merchant_id_id" to table: "service_cases"
DROP INDEX "servicecase_merchant_id_id";
-- reverse: create index "servicecase_merchant_id_customer_id_opened_at_id" to table: "service_cases"
DROP INDEX "servicecase_merchant_id_customer_id_opened_at_id";
-- reverse: create index "servicecase_merchant_id_assignee_id" to table: "service_cases"
DROP INDEX "servicecase_merchant_id_assignee_id";
-- reverse: create "service_cases" table
DROP TABLE "service_cases";
-- reverse: create index "staff_merchant_id_subject" to table: "staffs"
DROP INDEX "staff_merchant_id_subject";
-- reverse: create index "staff_merchant_id_role" to table: "staffs"
DROP INDEX "staff_merchant_id_role";
-- reverse: create index "staff_merchant_id_id" to table: "staffs"
DROP INDEX "staff_merchant_id_id";
-- reverse: create "staffs" table
DROP TABLE "staffs";
-- reverse: create index "order_merchant_id_placed_at_id" to table: "orders"
DROP INDEX "order_merchant_id_placed_at_id";
-- reverse: create index "order_merchant_id_number" to table: "orders"
DROP INDEX "order_merchant_id_number";
-- reverse: create index "order_merchant_id_id" to table: "orders"
DROP INDEX "order_merchant_id_id";
-- reverse: create index "order_merchant_id_customer_id_placed_at_id" to table: "orders"
DROP INDEX "order_merchant_id_customer_id_placed_at_id";
-- reverse: create "orders" table
DROP TABLE "orders";
-- reverse: create index "merchants_slug_key" to table: "merchants"
DROP INDEX "merchants_slug_key";
-- reverse: create "merchants" table
DROP TABLE "merchants";
-- reverse: create index "servicepolicy_merchant_id_version" to table: "service_policies"
DROP INDEX "servicepolicy_merchant_id_version";
-- reverse: create index "servicepolicy_merchant_id_id" to table: "service_policies"
DROP INDEX "servicepolicy_merchant_id_id";
-- reverse: create "service_policies" table
DROP TABLE "service_policies";
-- reverse: create index "auditentry_merchant_id_object_id" to table: "audit_entries"
DROP INDEX "auditentry_merchant_id_object_id";
-- reverse: create index "auditentry_merchant_id_id" to table: "audit_entries"
DROP INDEX "auditentry_merchant_id_id";
-- reverse: create index "auditentry_merchant_id_at_id" to table: "audit_entries"
DROP INDEX "auditentry_merchant_id_at_id";
-- reverse: create "audit_entries" table
DROP TABLE "audit_entries";
-- reverse: create index "customer_merchant_id_id" to table: "customers"
DROP INDEX "customer_merchant_id_id";
-- reverse: create index "customer_merchant_id_external_id" to table: "customers"
DROP INDEX "customer_merchant_id_external_id";
-- reverse: create "customers" table
DROP TABLE "customers";
-- reverse: create index "idempotencykey_merchant_id_subject_operation_key" to table: "idempotency_keys"
DROP INDEX "idempotencykey_merchant_id_subject_operation_key";
-- reverse: create "idempotency_keys" table
DROP TABLE "idempotency_keys";
