-- +goose Up
-- create "derived_plans" table
CREATE TABLE "derived_plans" ("id" character varying NOT NULL, "merchant_id" character varying NOT NULL, "code" character varying NOT NULL, "version" bigint NOT NULL, "base_code" character varying NOT NULL, "base_version" bigint NOT NULL, "spec" jsonb NOT NULL, "published_at" timestamptz NOT NULL, "published_by" character varying NOT NULL, PRIMARY KEY ("id"));
-- create index "derivedplan_merchant_id_code_version" to table: "derived_plans"
CREATE UNIQUE INDEX "derivedplan_merchant_id_code_version" ON "derived_plans" ("merchant_id", "code", "version");
-- create index "derivedplan_merchant_id_id" to table: "derived_plans"
CREATE UNIQUE INDEX "derivedplan_merchant_id_id" ON "derived_plans" ("merchant_id", "id");
-- create "warranty_terms" table
CREATE TABLE "warranty_terms" ("id" character varying NOT NULL, "merchant_id" character varying NOT NULL, "category" character varying NOT NULL, "months" bigint NOT NULL, "basis" character varying NOT NULL, "parts" boolean NOT NULL, "labour" boolean NOT NULL, "exclusions" jsonb NULL, "depreciation_bps" bigint NOT NULL DEFAULT 0, PRIMARY KEY ("id"), CONSTRAINT "warranty_terms_basis" CHECK ((basis)::text = ANY ((ARRAY['INVOICE'::character varying, 'DELIVERY'::character varying])::text[])), CONSTRAINT "warranty_terms_counts" CHECK ((months >= 1) AND (depreciation_bps >= 0) AND (depreciation_bps <= 10000)));
-- create index "warrantyterm_merchant_id_category" to table: "warranty_terms"
CREATE UNIQUE INDEX "warrantyterm_merchant_id_category" ON "warranty_terms" ("merchant_id", "category");
-- create index "warrantyterm_merchant_id_id" to table: "warranty_terms"
CREATE UNIQUE INDEX "warrantyterm_merchant_id_id" ON "warranty_terms" ("merchant_id", "id");
-- modify "deadlines" table
ALTER TABLE "deadlines" ADD CONSTRAINT "deadlines_extended" CHECK (extended_to >= 0), ADD COLUMN "explain_ahead" boolean NOT NULL DEFAULT false, ADD COLUMN "explanation_missed" boolean NOT NULL DEFAULT false, ADD COLUMN "facts" jsonb NULL, ADD COLUMN "extended_to" bigint NOT NULL DEFAULT 0, ADD COLUMN "extension" jsonb NULL, ADD COLUMN "extended_by_id" character varying NULL, ADD CONSTRAINT "deadlines_staffs_granter" FOREIGN KEY ("merchant_id", "extended_by_id") REFERENCES "staffs" ("merchant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION;
-- modify "service_cases" table
ALTER TABLE "service_cases" ADD CONSTRAINT "service_cases_order" CHECK ((order_id IS NOT NULL) OR ((kind)::text = ANY ((ARRAY['COMPLAINT'::character varying, 'INQUIRY'::character varying, 'OPINION'::character varying, 'OTHER'::character varying])::text[]))), ALTER COLUMN "order_id" DROP NOT NULL, ADD COLUMN "plans" jsonb NULL, ADD COLUMN "about_id" character varying NULL, ADD COLUMN "origin_id" character varying NULL;
-- create index "service_cases_origin_id_key" to table: "service_cases"
CREATE UNIQUE INDEX "service_cases_origin_id_key" ON "service_cases" ("origin_id");
-- create index "servicecase_about" to table: "service_cases"
CREATE INDEX "servicecase_about" ON "service_cases" ("merchant_id", "about_id") WHERE (about_id IS NOT NULL);
-- create index "servicecase_merchant_id_kind_opened_at_id" to table: "service_cases"
CREATE INDEX "servicecase_merchant_id_kind_opened_at_id" ON "service_cases" ("merchant_id", "kind", "opened_at", "id");
-- create "compensations" table
CREATE TABLE "compensations" ("id" character varying NOT NULL, "merchant_id" character varying NOT NULL, "clause" character varying NOT NULL, "base" bigint NOT NULL, "currency" character varying NOT NULL, "per_day_bps" bigint NOT NULL, "cap_bps" bigint NOT NULL, "days" bigint NOT NULL, "amount" bigint NOT NULL, "state" character varying NOT NULL, "proposed_at" timestamptz NOT NULL, "decided_at" timestamptz NULL, "decided_by" character varying NULL, "note" character varying NULL, "deadline_id" character varying NOT NULL, "case_id" character varying NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "compensations_deadlines_deadline" FOREIGN KEY ("merchant_id", "deadline_id") REFERENCES "deadlines" ("merchant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "compensations_service_cases_compensations" FOREIGN KEY ("merchant_id", "case_id") REFERENCES "service_cases" ("merchant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "compensations_amounts" CHECK ((base >= 0) AND (per_day_bps >= 0) AND (cap_bps >= 0) AND (days >= 1) AND (amount >= 0)), CONSTRAINT "compensations_decided" CHECK (((state)::text = 'PROPOSED'::text) = (decided_at IS NULL)), CONSTRAINT "compensations_state" CHECK ((state)::text = ANY ((ARRAY['PROPOSED'::character varying, 'APPROVED'::character varying, 'REJECTED'::character varying, 'WITHDRAWN'::character varying])::text[])));
-- create index "compensation_merchant_id_case_id" to table: "compensations"
CREATE INDEX "compensation_merchant_id_case_id" ON "compensations" ("merchant_id", "case_id");
-- create index "compensation_merchant_id_deadline_id" to table: "compensations"
CREATE UNIQUE INDEX "compensation_merchant_id_deadline_id" ON "compensations" ("merchant_id", "deadline_id");
-- create index "compensation_merchant_id_id" to table: "compensations"
CREATE UNIQUE INDEX "compensation_merchant_id_id" ON "compensations" ("merchant_id", "id");
-- create index "compensation_merchant_id_state_proposed_at_id" to table: "compensations"
CREATE INDEX "compensation_merchant_id_state_proposed_at_id" ON "compensations" ("merchant_id", "state", "proposed_at", "id");
-- create "maintenance_schedules" table
CREATE TABLE "maintenance_schedules" ("id" character varying NOT NULL, "merchant_id" character varying NOT NULL, "every_months" bigint NOT NULL, "first_on" character varying NOT NULL, "opened" bigint NOT NULL DEFAULT 0, "next_at" timestamptz NULL, "sandbox" boolean NOT NULL, "until" character varying NULL, "note" character varying NULL, "order_line_id" character varying NOT NULL, "customer_id" character varying NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "maintenance_schedules_customers_customer" FOREIGN KEY ("merchant_id", "customer_id") REFERENCES "customers" ("merchant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "maintenance_schedules_order_lines_order_line" FOREIGN KEY ("merchant_id", "order_line_id") REFERENCES "order_lines" ("merchant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "maintenance_every" CHECK ((every_months >= 1) AND (opened >= 0)));
-- create index "maintenance_due" to table: "maintenance_schedules"
CREATE INDEX "maintenance_due" ON "maintenance_schedules" ("sandbox", "next_at") WHERE (next_at IS NOT NULL);
-- create index "maintenanceschedule_merchant_id_id" to table: "maintenance_schedules"
CREATE UNIQUE INDEX "maintenanceschedule_merchant_id_id" ON "maintenance_schedules" ("merchant_id", "id");
-- create index "maintenanceschedule_merchant_id_next_at" to table: "maintenance_schedules"
CREATE INDEX "maintenanceschedule_merchant_id_next_at" ON "maintenance_schedules" ("merchant_id", "next_at");
-- create index "maintenanceschedule_merchant_id_order_line_id" to table: "maintenance_schedules"
CREATE UNIQUE INDEX "maintenanceschedule_merchant_id_order_line_id" ON "maintenance_schedules" ("merchant_id", "order_line_id");
-- create "plan_adoptions" table
CREATE TABLE "plan_adoptions" ("id" character varying NOT NULL, "kind" character varying NOT NULL, "plan_code" character varying NOT NULL, "position" bigint NOT NULL, "adopted_at" timestamptz NOT NULL, "merchant_id" character varying NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "plan_adoptions_merchants_adoptions" FOREIGN KEY ("merchant_id") REFERENCES "merchants" ("id") ON UPDATE NO ACTION ON DELETE NO ACTION);
-- create index "planadoption_merchant_id_id" to table: "plan_adoptions"
CREATE UNIQUE INDEX "planadoption_merchant_id_id" ON "plan_adoptions" ("merchant_id", "id");
-- create index "planadoption_merchant_id_kind_plan_code" to table: "plan_adoptions"
CREATE UNIQUE INDEX "planadoption_merchant_id_kind_plan_code" ON "plan_adoptions" ("merchant_id", "kind", "plan_code");
-- create "warranties" table
CREATE TABLE "warranties" ("id" character varying NOT NULL, "merchant_id" character varying NOT NULL, "serial_number" character varying NULL, "category" character varying NULL, "months" bigint NOT NULL, "starts_on" character varying NOT NULL, "basis" character varying NOT NULL, "prolonged_days" bigint NOT NULL DEFAULT 0, "ends_on" character varying NOT NULL, "parts" boolean NOT NULL, "labour" boolean NOT NULL, "exclusions" jsonb NULL, "state" character varying NOT NULL DEFAULT 'ACTIVE', "repairs" bigint NOT NULL DEFAULT 0, "parts_days" bigint NOT NULL DEFAULT 0, "repairer_days" bigint NOT NULL DEFAULT 0, "registered_at" timestamptz NOT NULL, "registered_by" character varying NOT NULL, "order_line_id" character varying NOT NULL, "customer_id" character varying NOT NULL, "replaced_by_id" character varying NULL, PRIMARY KEY ("id"), CONSTRAINT "warranties_customers_customer" FOREIGN KEY ("merchant_id", "customer_id") REFERENCES "customers" ("merchant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "warranties_order_lines_warranties" FOREIGN KEY ("merchant_id", "order_line_id") REFERENCES "order_lines" ("merchant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "warranties_basis" CHECK ((basis)::text = ANY ((ARRAY['INVOICE'::character varying, 'DELIVERY'::character varying, 'EXCHANGE'::character varying])::text[])), CONSTRAINT "warranties_counts" CHECK ((months >= 1) AND (prolonged_days >= 0) AND (repairs >= 0) AND (parts_days >= 0) AND (repairer_days >= 0) AND ((starts_on)::text <= (ends_on)::text)), CONSTRAINT "warranties_state" CHECK ((state)::text = ANY ((ARRAY['ACTIVE'::character varying, 'REPLACED'::character varying])::text[])));
-- create index "warranties_replaced_by_id_key" to table: "warranties"
CREATE UNIQUE INDEX "warranties_replaced_by_id_key" ON "warranties" ("replaced_by_id");
-- create index "warranty_merchant_id_customer_id_registered_at_id" to table: "warranties"
CREATE INDEX "warranty_merchant_id_customer_id_registered_at_id" ON "warranties" ("merchant_id", "customer_id", "registered_at", "id");
-- create index "warranty_merchant_id_id" to table: "warranties"
CREATE UNIQUE INDEX "warranty_merchant_id_id" ON "warranties" ("merchant_id", "id");
-- create index "warranty_merchant_id_order_line_id" to table: "warranties"
CREATE INDEX "warranty_merchant_id_order_line_id" ON "warranties" ("merchant_id", "order_line_id");
-- create index "warranty_merchant_id_registered_at_id" to table: "warranties"
CREATE INDEX "warranty_merchant_id_registered_at_id" ON "warranties" ("merchant_id", "registered_at", "id");
-- create index "warranty_serial" to table: "warranties"
CREATE UNIQUE INDEX "warranty_serial" ON "warranties" ("merchant_id", "serial_number") WHERE (((serial_number)::text <> ''::text) AND ((state)::text = 'ACTIVE'::text));
-- create "repair_details" table
CREATE TABLE "repair_details" ("id" character varying NOT NULL, "merchant_id" character varying NOT NULL, "quantity" bigint NOT NULL DEFAULT 1, "serial_number" character varying NULL, "fault_since" character varying NULL, "standing" jsonb NULL, "way" character varying NULL, "wished_way" character varying NULL, "wished_times" jsonb NULL, "confirmed_at" timestamptz NULL, "open_question" character varying NULL, "steps" jsonb NULL, "delivered_at" timestamptz NULL, "received_at" timestamptz NULL, "home_at" timestamptz NULL, "diagnosed_at" timestamptz NULL, "finding" character varying NULL, "plan" character varying NULL, "human_caused" boolean NOT NULL DEFAULT false, "human_caused_evidence" jsonb NULL, "evidence" jsonb NULL, "covered" boolean NOT NULL DEFAULT false, "goodwill" boolean NOT NULL DEFAULT false, "coverage_reason" character varying NULL, "result" character varying NULL, "dispute_until" timestamptz NULL, "came_from" character varying NULL, "ruled" boolean NOT NULL DEFAULT false, "accepted_at" timestamptz NULL, "price" bigint NOT NULL DEFAULT 0, "parts_since" timestamptz NULL, "completed_at" timestamptz NULL, "work_done" character varying NULL, "test_notes" character varying NULL, "collecting" boolean NOT NULL DEFAULT false, "parts_seconds" bigint NOT NULL DEFAULT 0, "parts_days" bigint NOT NULL DEFAULT 0, "repairer_days" bigint NOT NULL DEFAULT 0, "order_line_id" character varying NOT NULL, "return_address_id" character varying NULL, "case_id" character varying NOT NULL, "warranty_id" character varying NULL, PRIMARY KEY ("id"), CONSTRAINT "repair_details_order_lines_repairs" FOREIGN KEY ("merchant_id", "order_line_id") REFERENCES "order_lines" ("merchant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "repair_details_return_addresses_return_address" FOREIGN KEY ("merchant_id", "return_address_id") REFERENCES "return_addresses" ("merchant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "repair_details_service_cases_repair" FOREIGN KEY ("merchant_id", "case_id") REFERENCES "service_cases" ("merchant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "repair_details_warranties_cases" FOREIGN KEY ("merchant_id", "warranty_id") REFERENCES "warranties" ("merchant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "repair_details_numbers" CHECK ((price >= 0) AND (parts_seconds >= 0) AND (parts_days >= 0) AND (repairer_days >= 0)), CONSTRAINT "repair_details_quantity" CHECK (quantity >= 1), CONSTRAINT "repair_details_way" CHECK ((way IS NULL) OR ((way)::text = ANY ((ARRAY[''::character varying, 'DEPOT'::character varying, 'ON_SITE'::character varying, 'REMOTE'::character varying])::text[]))));
-- create index "repair_details_case_id_key" to table: "repair_details"
CREATE UNIQUE INDEX "repair_details_case_id_key" ON "repair_details" ("case_id");
-- create index "repairdetail_merchant_id_id" to table: "repair_details"
CREATE UNIQUE INDEX "repairdetail_merchant_id_id" ON "repair_details" ("merchant_id", "id");
-- create index "repairdetail_merchant_id_order_line_id" to table: "repair_details"
CREATE INDEX "repairdetail_merchant_id_order_line_id" ON "repair_details" ("merchant_id", "order_line_id");
-- create index "repairdetail_merchant_id_warranty_id" to table: "repair_details"
CREATE INDEX "repairdetail_merchant_id_warranty_id" ON "repair_details" ("merchant_id", "warranty_id");
-- create "repair_parts" table
CREATE TABLE "repair_parts" ("id" character varying NOT NULL, "merchant_id" character varying NOT NULL, "name" character varying NOT NULL, "part_number" character varying NULL, "quantity" bigint NOT NULL, "special" boolean NOT NULL, "supplier" character varying NULL, "expected_on" character varying NULL, "recorded_at" timestamptz NOT NULL, "recorded_by" character varying NOT NULL, "arrived_at" timestamptz NULL, "case_id" character varying NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "repair_parts_service_cases_parts" FOREIGN KEY ("merchant_id", "case_id") REFERENCES "service_cases" ("merchant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "repair_parts_quantity" CHECK (quantity >= 1), CONSTRAINT "repair_parts_special" CHECK ((NOT special) OR (((supplier)::text <> ''::text) AND ((expected_on)::text <> ''::text))));
-- create index "repairpart_merchant_id_case_id" to table: "repair_parts"
CREATE INDEX "repairpart_merchant_id_case_id" ON "repair_parts" ("merchant_id", "case_id");
-- create index "repairpart_merchant_id_id" to table: "repair_parts"
CREATE UNIQUE INDEX "repairpart_merchant_id_id" ON "repair_parts" ("merchant_id", "id");
-- create "repair_quotes" table
CREATE TABLE "repair_quotes" ("id" character varying NOT NULL, "merchant_id" character varying NOT NULL, "round" bigint NOT NULL, "lines" jsonb NOT NULL, "total" bigint NOT NULL, "currency" character varying NOT NULL, "message" character varying NULL, "author_name" character varying NOT NULL, "made_at" timestamptz NOT NULL, "state" character varying NOT NULL, "answered_at" timestamptz NULL, "answer" character varying NULL, "case_id" character varying NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "repair_quotes_service_cases_quotes" FOREIGN KEY ("merchant_id", "case_id") REFERENCES "service_cases" ("merchant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "repair_quotes_answered" CHECK (((state)::text = 'OPEN'::text) = (answered_at IS NULL)), CONSTRAINT "repair_quotes_state" CHECK ((state)::text = ANY ((ARRAY['OPEN'::character varying, 'ACCEPTED'::character varying, 'DECLINED'::character varying, 'EXPIRED'::character varying, 'REPLACED'::character varying])::text[])), CONSTRAINT "repair_quotes_total" CHECK (total >= 0));
-- create index "repairquote_merchant_id_case_id_round" to table: "repair_quotes"
CREATE UNIQUE INDEX "repairquote_merchant_id_case_id_round" ON "repair_quotes" ("merchant_id", "case_id", "round");
-- create index "repairquote_merchant_id_id" to table: "repair_quotes"
CREATE UNIQUE INDEX "repairquote_merchant_id_id" ON "repair_quotes" ("merchant_id", "id");
-- create index "repairquote_open" to table: "repair_quotes"
CREATE UNIQUE INDEX "repairquote_open" ON "repair_quotes" ("merchant_id", "case_id") WHERE ((state)::text = 'OPEN'::text);
-- create "ticket_details" table
CREATE TABLE "ticket_details" ("id" character varying NOT NULL, "merchant_id" character varying NOT NULL, "subject" character varying NOT NULL, "topic" character varying NULL, "ground" character varying NULL, "order_line_ids" jsonb NULL, "open_question" character varying NULL, "answer" character varying NULL, "answered_at" timestamptz NULL, "answered_by" character varying NULL, "satisfied" boolean NULL, "reply" character varying NULL, "case_id" character varying NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "ticket_details_service_cases_ticket" FOREIGN KEY ("merchant_id", "case_id") REFERENCES "service_cases" ("merchant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "ticket_details_answer" CHECK (((answer IS NULL) OR ((answer)::text = ''::text)) = (answered_at IS NULL)), CONSTRAINT "ticket_details_topic" CHECK (((topic IS NULL) OR ((topic)::text = ''::text)) <> ((ground IS NULL) OR ((ground)::text = ''::text))));
-- create index "ticket_details_case_id_key" to table: "ticket_details"
CREATE UNIQUE INDEX "ticket_details_case_id_key" ON "ticket_details" ("case_id");
-- create index "ticketdetail_merchant_id_ground" to table: "ticket_details"
CREATE INDEX "ticketdetail_merchant_id_ground" ON "ticket_details" ("merchant_id", "ground");
-- create index "ticketdetail_merchant_id_id" to table: "ticket_details"
CREATE UNIQUE INDEX "ticketdetail_merchant_id_id" ON "ticket_details" ("merchant_id", "id");
-- create "visits" table
CREATE TABLE "visits" ("id" character varying NOT NULL, "merchant_id" character varying NOT NULL, "round" bigint NOT NULL, "state" character varying NOT NULL, "starts_at" timestamptz NOT NULL, "ends_at" timestamptz NOT NULL, "arranged_at" timestamptz NOT NULL, "arranged_by" character varying NOT NULL, "moved_by" character varying NULL, "note" character varying NULL, "started_at" timestamptz NULL, "ended_at" timestamptz NULL, "case_id" character varying NOT NULL, "technician_id" character varying NULL, PRIMARY KEY ("id"), CONSTRAINT "visits_service_cases_visits" FOREIGN KEY ("merchant_id", "case_id") REFERENCES "service_cases" ("merchant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "visits_staffs_technician" FOREIGN KEY ("merchant_id", "technician_id") REFERENCES "staffs" ("merchant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "visits_state" CHECK ((state)::text = ANY ((ARRAY['SCHEDULED'::character varying, 'MOVED'::character varying, 'MISSED'::character varying, 'STARTED'::character varying, 'ENDED'::character varying, 'CANCELLED'::character varying])::text[])), CONSTRAINT "visits_times" CHECK ((starts_at < ends_at) AND ((ended_at IS NULL) OR (started_at IS NOT NULL))));
-- create index "visit_merchant_id_case_id_round" to table: "visits"
CREATE UNIQUE INDEX "visit_merchant_id_case_id_round" ON "visits" ("merchant_id", "case_id", "round");
-- create index "visit_merchant_id_id" to table: "visits"
CREATE UNIQUE INDEX "visit_merchant_id_id" ON "visits" ("merchant_id", "id");
-- create index "visit_merchant_id_starts_at_id" to table: "visits"
CREATE INDEX "visit_merchant_id_starts_at_id" ON "visits" ("merchant_id", "starts_at", "id");

-- +goose Down
-- reverse: create index "visit_merchant_id_starts_at_id" to table: "visits"
DROP INDEX "visit_merchant_id_starts_at_id";
-- reverse: create index "visit_merchant_id_id" to table: "visits"
DROP INDEX "visit_merchant_id_id";
-- reverse: create index "visit_merchant_id_case_id_round" to table: "visits"
DROP INDEX "visit_merchant_id_case_id_round";
-- reverse: create "visits" table
DROP TABLE "visits";
-- reverse: create index "ticketdetail_merchant_id_id" to table: "ticket_details"
DROP INDEX "ticketdetail_merchant_id_id";
-- reverse: create index "ticketdetail_merchant_id_ground" to table: "ticket_details"
DROP INDEX "ticketdetail_merchant_id_ground";
-- reverse: create index "ticket_details_case_id_key" to table: "ticket_details"
DROP INDEX "ticket_details_case_id_key";
-- reverse: create "ticket_details" table
DROP TABLE "ticket_details";
-- reverse: create index "repairquote_open" to table: "repair_quotes"
DROP INDEX "repairquote_open";
-- reverse: create index "repairquote_merchant_id_id" to table: "repair_quotes"
DROP INDEX "repairquote_merchant_id_id";
-- reverse: create index "repairquote_merchant_id_case_id_round" to table: "repair_quotes"
DROP INDEX "repairquote_merchant_id_case_id_round";
-- reverse: create "repair_quotes" table
DROP TABLE "repair_quotes";
-- reverse: create index "repairpart_merchant_id_id" to table: "repair_parts"
DROP INDEX "repairpart_merchant_id_id";
-- reverse: create index "repairpart_merchant_id_case_id" to table: "repair_parts"
DROP INDEX "repairpart_merchant_id_case_id";
-- reverse: create "repair_parts" table
DROP TABLE "repair_parts";
-- reverse: create index "repairdetail_merchant_id_warranty_id" to table: "repair_details"
DROP INDEX "repairdetail_merchant_id_warranty_id";
-- reverse: create index "repairdetail_merchant_id_order_line_id" to table: "repair_details"
DROP INDEX "repairdetail_merchant_id_order_line_id";
-- reverse: create index "repairdetail_merchant_id_id" to table: "repair_details"
DROP INDEX "repairdetail_merchant_id_id";
-- reverse: create index "repair_details_case_id_key" to table: "repair_details"
DROP INDEX "repair_details_case_id_key";
-- reverse: create "repair_details" table
DROP TABLE "repair_details";
-- reverse: create index "warranty_serial" to table: "warranties"
DROP INDEX "warranty_serial";
-- reverse: create index "warranty_merchant_id_registered_at_id" to table: "warranties"
DROP INDEX "warranty_merchant_id_registered_at_id";
-- reverse: create index "warranty_merchant_id_order_line_id" to table: "warranties"
DROP INDEX "warranty_merchant_id_order_line_id";
-- reverse: create index "warranty_merchant_id_id" to table: "warranties"
DROP INDEX "warranty_merchant_id_id";
-- reverse: create index "warranty_merchant_id_customer_id_registered_at_id" to table: "warranties"
DROP INDEX "warranty_merchant_id_customer_id_registered_at_id";
-- reverse: create index "warranties_replaced_by_id_key" to table: "warranties"
DROP INDEX "warranties_replaced_by_id_key";
-- reverse: create "warranties" table
DROP TABLE "warranties";
-- reverse: create index "planadoption_merchant_id_kind_plan_code" to table: "plan_adoptions"
DROP INDEX "planadoption_merchant_id_kind_plan_code";
-- reverse: create index "planadoption_merchant_id_id" to table: "plan_adoptions"
DROP INDEX "planadoption_merchant_id_id";
-- reverse: create "plan_adoptions" table
DROP TABLE "plan_adoptions";
-- reverse: create index "maintenanceschedule_merchant_id_order_line_id" to table: "maintenance_schedules"
DROP INDEX "maintenanceschedule_merchant_id_order_line_id";
-- reverse: create index "maintenanceschedule_merchant_id_next_at" to table: "maintenance_schedules"
DROP INDEX "maintenanceschedule_merchant_id_next_at";
-- reverse: create index "maintenanceschedule_merchant_id_id" to table: "maintenance_schedules"
DROP INDEX "maintenanceschedule_merchant_id_id";
-- reverse: create index "maintenance_due" to table: "maintenance_schedules"
DROP INDEX "maintenance_due";
-- reverse: create "maintenance_schedules" table
DROP TABLE "maintenance_schedules";
-- reverse: create index "compensation_merchant_id_state_proposed_at_id" to table: "compensations"
DROP INDEX "compensation_merchant_id_state_proposed_at_id";
-- reverse: create index "compensation_merchant_id_id" to table: "compensations"
DROP INDEX "compensation_merchant_id_id";
-- reverse: create index "compensation_merchant_id_deadline_id" to table: "compensations"
DROP INDEX "compensation_merchant_id_deadline_id";
-- reverse: create index "compensation_merchant_id_case_id" to table: "compensations"
DROP INDEX "compensation_merchant_id_case_id";
-- reverse: create "compensations" table
DROP TABLE "compensations";
-- reverse: create index "servicecase_merchant_id_kind_opened_at_id" to table: "service_cases"
DROP INDEX "servicecase_merchant_id_kind_opened_at_id";
-- reverse: create index "servicecase_about" to table: "service_cases"
DROP INDEX "servicecase_about";
-- reverse: create index "service_cases_origin_id_key" to table: "service_cases"
DROP INDEX "service_cases_origin_id_key";
-- reverse: modify "service_cases" table
ALTER TABLE "service_cases" DROP COLUMN "origin_id", DROP COLUMN "about_id", DROP COLUMN "plans", ALTER COLUMN "order_id" SET NOT NULL, DROP CONSTRAINT "service_cases_order";
-- reverse: modify "deadlines" table
ALTER TABLE "deadlines" DROP CONSTRAINT "deadlines_staffs_granter", DROP COLUMN "extended_by_id", DROP COLUMN "extension", DROP COLUMN "extended_to", DROP COLUMN "facts", DROP COLUMN "explanation_missed", DROP COLUMN "explain_ahead", DROP CONSTRAINT "deadlines_extended";
-- reverse: create index "warrantyterm_merchant_id_id" to table: "warranty_terms"
DROP INDEX "warrantyterm_merchant_id_id";
-- reverse: create index "warrantyterm_merchant_id_category" to table: "warranty_terms"
DROP INDEX "warrantyterm_merchant_id_category";
-- reverse: create "warranty_terms" table
DROP TABLE "warranty_terms";
-- reverse: create index "derivedplan_merchant_id_id" to table: "derived_plans"
DROP INDEX "derivedplan_merchant_id_id";
-- reverse: create index "derivedplan_merchant_id_code_version" to table: "derived_plans"
DROP INDEX "derivedplan_merchant_id_code_version";
-- reverse: create "derived_plans" table
DROP TABLE "derived_plans";
