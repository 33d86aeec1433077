-- +goose Up
-- create "audit_entries" table
CREATE TABLE `audit_entries` (`id` text NOT NULL, `merchant_id` text NOT NULL, `action` text NOT NULL, `object_id` text NOT NULL, `subject` text NOT NULL, `role` text NOT NULL, `request_id` text NULL, `data` json NULL, `at` datetime NOT NULL, PRIMARY KEY (`id`));
-- create index "auditentry_merchant_id_id" to table: "audit_entries"
CREATE UNIQUE INDEX `auditentry_merchant_id_id` ON `audit_entries` (`merchant_id`, `id`);
-- create index "auditentry_merchant_id_at_id" to table: "audit_entries"
CREATE INDEX `auditentry_merchant_id_at_id` ON `audit_entries` (`merchant_id`, `at`, `id`);
-- create index "auditentry_merchant_id_object_id" to table: "audit_entries"
CREATE INDEX `auditentry_merchant_id_object_id` ON `audit_entries` (`merchant_id`, `object_id`);
-- create "calendars" table
CREATE TABLE `calendars` (`id` text NOT NULL, `code` text NOT NULL, `version` integer NOT NULL, `spec` json NOT NULL, `published_at` datetime NOT NULL, PRIMARY KEY (`id`));
-- create index "calendar_code_version" to table: "calendars"
CREATE UNIQUE INDEX `calendar_code_version` ON `calendars` (`code`, `version`);
-- create "case_events" table
CREATE TABLE `case_events` (`id` text NOT NULL, `merchant_id` text NOT NULL, `type` text NOT NULL, `at` datetime NOT NULL, `actor_subject` text NULL, `actor_role` text NULL, `actor_name` text NOT NULL, `params` json NULL, `note` text NULL, `case_id` text NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `case_events_service_cases_events` FOREIGN KEY (`merchant_id`, `case_id`) REFERENCES `service_cases` (`merchant_id`, `id`) ON DELETE NO ACTION);
-- create index "caseevent_merchant_id_id" to table: "case_events"
CREATE UNIQUE INDEX `caseevent_merchant_id_id` ON `case_events` (`merchant_id`, `id`);
-- create index "caseevent_merchant_id_case_id_at_id" to table: "case_events"
CREATE INDEX `caseevent_merchant_id_case_id_at_id` ON `case_events` (`merchant_id`, `case_id`, `at`, `id`);
-- create "customers" table
CREATE TABLE `customers` (`id` text NOT NULL, `merchant_id` text NOT NULL, `external_id` text NOT NULL, `name` text NOT NULL, `email` text NULL, `phone` text NULL, `address` text NULL, PRIMARY KEY (`id`));
-- create index "customer_merchant_id_id" to table: "customers"
CREATE UNIQUE INDEX `customer_merchant_id_id` ON `customers` (`merchant_id`, `id`);
-- create index "customer_merchant_id_external_id" to table: "customers"
CREATE UNIQUE INDEX `customer_merchant_id_external_id` ON `customers` (`merchant_id`, `external_id`);
-- create "deadlines" table
CREATE TABLE `deadlines` (`id` text NOT NULL, `merchant_id` text NOT NULL, `sandbox` bool NOT NULL, `kind` text NOT NULL, `state` text NOT NULL, `open` bool NOT NULL, `obligor` text NOT NULL, `clause` text NOT NULL, `plan_code` text NOT NULL DEFAULT ('MALL'), `plan_version` integer NOT NULL DEFAULT (1), `rule` json NOT NULL, `on_timeout` json NOT NULL, `at_risk_percent` integer NOT NULL, `explain` bool NOT NULL, `started_at` datetime NOT NULL, `promised_due_at` datetime NOT NULL, `promised_last_day` text NULL, `due_at` datetime NULL, `last_day` text NULL, `at_risk_at` datetime NULL, `at_risk_told` bool NOT NULL DEFAULT (false), `met_at` datetime NULL, `breached_at` datetime NULL, `provisional` bool NOT NULL, `pauses` json NULL, `explanation_owed` bool NOT NULL DEFAULT (false), `explanation` json NULL, `calendar_id` text NOT NULL, `case_id` text NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `deadlines_calendars_calendar` FOREIGN KEY (`calendar_id`) REFERENCES `calendars` (`id`) ON DELETE NO ACTION, CONSTRAINT `deadlines_service_cases_deadlines` FOREIGN KEY (`merchant_id`, `case_id`) REFERENCES `service_cases` (`merchant_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `deadlines_breached` CHECK (NOT (state = 'BREACHED' AND breached_at IS NULL)), CONSTRAINT `deadlines_met` CHECK (NOT (state = 'MET' AND met_at IS NULL)), CONSTRAINT `deadlines_paused` CHECK ((state = 'PAUSED') = (due_at IS NULL AND open)), CONSTRAINT `deadlines_state` CHECK (state IN ('RUNNING', 'PAUSED', 'MET', 'BREACHED', 'CANCELLED')));
-- create index "deadline_merchant_id_id" to table: "deadlines"
CREATE UNIQUE INDEX `deadline_merchant_id_id` ON `deadlines` (`merchant_id`, `id`);
-- create index "deadline_merchant_id_case_id" to table: "deadlines"
CREATE INDEX `deadline_merchant_id_case_id` ON `deadlines` (`merchant_id`, `case_id`);
-- create index "deadline_queue" to table: "deadlines"
CREATE INDEX `deadline_queue` ON `deadlines` (`merchant_id`, `due_at`, `id`) WHERE open;
-- create index "deadline_sweep_due" to table: "deadlines"
CREATE INDEX `deadline_sweep_due` ON `deadlines` (`sandbox`, `due_at`) WHERE state = 'RUNNING';
-- create index "deadline_sweep_risk" to table: "deadlines"
CREATE INDEX `deadline_sweep_risk` ON `deadlines` (`sandbox`, `at_risk_at`) WHERE state = 'RUNNING' AND NOT at_risk_told;
-- create index "deadline_merchant_due" to table: "deadlines"
CREATE INDEX `deadline_merchant_due` ON `deadlines` (`merchant_id`, `due_at`) WHERE state = 'RUNNING';
-- create index "deadline_calendar" to table: "deadlines"
CREATE INDEX `deadline_calendar` ON `deadlines` (`calendar_id`, `id`) WHERE open;
-- create "evidences" table
CREATE TABLE `evidences` (`id` text NOT NULL, `merchant_id` text NOT NULL, `kind` text NOT NULL, `url` text NOT NULL, `sha256` text NULL, `note` text NULL, `author_role` text NOT NULL, `author_name` text NOT NULL, `at` datetime NOT NULL, `case_id` text NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `evidences_service_cases_evidence` FOREIGN KEY (`merchant_id`, `case_id`) REFERENCES `service_cases` (`merchant_id`, `id`) ON DELETE NO ACTION);
-- create index "evidence_merchant_id_id" to table: "evidences"
CREATE UNIQUE INDEX `evidence_merchant_id_id` ON `evidences` (`merchant_id`, `id`);
-- create index "evidence_merchant_id_case_id_at_id" to table: "evidences"
CREATE INDEX `evidence_merchant_id_case_id_at_id` ON `evidences` (`merchant_id`, `case_id`, `at`, `id`);
-- create "idempotency_keys" table
CREATE TABLE `idempotency_keys` (`id` text NOT NULL, `merchant_id` text NOT NULL, `subject` text NOT NULL, `operation` text NOT NULL, `key` text NOT NULL, `input_hash` text NOT NULL, `object_id` text NOT NULL, `created_at` datetime NOT NULL, PRIMARY KEY (`id`));
-- create index "idempotencykey_merchant_id_subject_operation_key" to table: "idempotency_keys"
CREATE UNIQUE INDEX `idempotencykey_merchant_id_subject_operation_key` ON `idempotency_keys` (`merchant_id`, `subject`, `operation`, `key`);
-- create "merchants" table
CREATE TABLE `merchants` (`id` text NOT NULL, `slug` text NOT NULL, `name` text NOT NULL, `mode` text NOT NULL, `currency` text NOT NULL, `calendar_code` text NOT NULL, `jurisdiction` text NOT NULL, `plan_code` text NOT NULL, `no_reason_days` integer NULL, `clock_at` datetime NULL, `created_at` datetime NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `merchants_clock` CHECK ((mode = 'SANDBOX') = (clock_at IS NOT NULL)), CONSTRAINT `merchants_mode` CHECK (mode IN ('LIVE', 'SANDBOX')));
-- create index "merchants_slug_key" to table: "merchants"
CREATE UNIQUE INDEX `merchants_slug_key` ON `merchants` (`slug`);
-- create "messages" table
CREATE TABLE `messages` (`id` text NOT NULL, `merchant_id` text NOT NULL, `internal` bool NOT NULL, `text` text NOT NULL, `author_subject` text NOT NULL, `author_role` text NOT NULL, `author_name` text NOT NULL, `at` datetime NOT NULL, `case_id` text NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `messages_service_cases_messages` FOREIGN KEY (`merchant_id`, `case_id`) REFERENCES `service_cases` (`merchant_id`, `id`) ON DELETE NO ACTION);
-- create index "message_merchant_id_id" to table: "messages"
CREATE UNIQUE INDEX `message_merchant_id_id` ON `messages` (`merchant_id`, `id`);
-- create index "message_merchant_id_case_id_at_id" to table: "messages"
CREATE INDEX `message_merchant_id_case_id_at_id` ON `messages` (`merchant_id`, `case_id`, `at`, `id`);
-- create "orders" table
CREATE TABLE `orders` (`id` text NOT NULL, `number` text NOT NULL, `currency` text NOT NULL, `placed_at` datetime NOT NULL, `paid_at` datetime NULL, `cancelled_at` datetime NULL, `shipping` integer NOT NULL, `discount` integer NOT NULL, `tax` integer NOT NULL, `total` integer NOT NULL, `paid` integer NOT NULL, `imported_refunded` integer NOT NULL, `refunded` integer NOT NULL, `input_hash` text NOT NULL, `customer_id` text NOT NULL, `merchant_id` text NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `orders_customers_orders` FOREIGN KEY (`merchant_id`, `customer_id`) REFERENCES `customers` (`merchant_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `orders_merchants_merchant` FOREIGN KEY (`merchant_id`) REFERENCES `merchants` (`id`) ON DELETE NO ACTION, CONSTRAINT `orders_amounts` CHECK (shipping >= 0 AND discount >= 0 AND tax >= 0 AND total >= 0 AND paid >= 0 AND paid <= total AND imported_refunded >= 0), CONSTRAINT `orders_refunded` CHECK (refunded >= imported_refunded));
-- create index "order_merchant_id_id" to table: "orders"
CREATE UNIQUE INDEX `order_merchant_id_id` ON `orders` (`merchant_id`, `id`);
-- create index "order_merchant_id_number" to table: "orders"
CREATE UNIQUE INDEX `order_merchant_id_number` ON `orders` (`merchant_id`, `number`);
-- create index "order_merchant_id_placed_at_id" to table: "orders"
CREATE INDEX `order_merchant_id_placed_at_id` ON `orders` (`merchant_id`, `placed_at`, `id`);
-- create index "order_merchant_id_customer_id_placed_at_id" to table: "orders"
CREATE INDEX `order_merchant_id_customer_id_placed_at_id` ON `orders` (`merchant_id`, `customer_id`, `placed_at`, `id`);
-- create "order_lines" table
CREATE TABLE `order_lines` (`id` text NOT NULL, `merchant_id` text NOT NULL, `position` integer NOT NULL, `external_id` text NULL, `sku` text NOT NULL, `title` text NOT NULL, `quantity` integer NOT NULL, `unit_price` integer NOT NULL, `discount` integer NOT NULL, `paid` integer NOT NULL, `refunded` integer NOT NULL DEFAULT (0), `held` integer NOT NULL DEFAULT (0), `returned` integer NOT NULL DEFAULT (0), `category` text NULL, `serial_number` text NULL, `exclusion` text NULL, `exclusion_confirmed` bool NOT NULL DEFAULT (false), `fulfilled_at` datetime NULL, `delivered_at` datetime NULL, `order_id` text NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `order_lines_orders_lines` FOREIGN KEY (`merchant_id`, `order_id`) REFERENCES `orders` (`merchant_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `order_lines_money` CHECK (unit_price >= 0 AND discount >= 0 AND paid >= 0 AND refunded >= 0 AND refunded <= paid), CONSTRAINT `order_lines_quantity` CHECK (quantity >= 1 AND held >= 0 AND returned >= 0 AND held + returned <= quantity));
-- create index "orderline_merchant_id_id" to table: "order_lines"
CREATE UNIQUE INDEX `orderline_merchant_id_id` ON `order_lines` (`merchant_id`, `id`);
-- create index "orderline_merchant_id_order_id_position" to table: "order_lines"
CREATE INDEX `orderline_merchant_id_order_id_position` ON `order_lines` (`merchant_id`, `order_id`, `position`);
-- create "parcels" table
CREATE TABLE `parcels` (`id` text NOT NULL, `merchant_id` text NOT NULL, `direction` text NOT NULL, `carrier` text NOT NULL, `waybill` text NOT NULL, `shipped_at` datetime NULL, `delivered_at` datetime NULL, `case_id` text NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `parcels_service_cases_parcels` FOREIGN KEY (`merchant_id`, `case_id`) REFERENCES `service_cases` (`merchant_id`, `id`) ON DELETE NO ACTION);
-- create index "parcel_merchant_id_id" to table: "parcels"
CREATE UNIQUE INDEX `parcel_merchant_id_id` ON `parcels` (`merchant_id`, `id`);
-- create index "parcel_merchant_id_case_id" to table: "parcels"
CREATE INDEX `parcel_merchant_id_case_id` ON `parcels` (`merchant_id`, `case_id`);
-- create index "parcel_merchant_id_waybill" to table: "parcels"
CREATE INDEX `parcel_merchant_id_waybill` ON `parcels` (`merchant_id`, `waybill`);
-- create "refunds" table
CREATE TABLE `refunds` (`id` text NOT NULL, `merchant_id` text NOT NULL, `amount` integer NOT NULL, `currency` text NOT NULL, `state` text NOT NULL, `gateway` text NOT NULL, `reference` text NULL, `started_at` datetime NOT NULL, `credited_at` datetime NULL, `case_id` text NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `refunds_service_cases_refunds` FOREIGN KEY (`merchant_id`, `case_id`) REFERENCES `service_cases` (`merchant_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `refunds_amount` CHECK (amount > 0), CONSTRAINT `refunds_credit` CHECK ((state = 'CREDITED') = (credited_at IS NOT NULL)), CONSTRAINT `refunds_state` CHECK (state IN ('PROCESSING', 'CREDITED')));
-- create index "refund_merchant_id_id" to table: "refunds"
CREATE UNIQUE INDEX `refund_merchant_id_id` ON `refunds` (`merchant_id`, `id`);
-- create index "refund_merchant_id_case_id" to table: "refunds"
CREATE UNIQUE INDEX `refund_merchant_id_case_id` ON `refunds` (`merchant_id`, `case_id`);
-- create index "refund_merchant_id_started_at_id" to table: "refunds"
CREATE INDEX `refund_merchant_id_started_at_id` ON `refunds` (`merchant_id`, `started_at`, `id`);
-- create "return_addresses" table
CREATE TABLE `return_addresses` (`id` text NOT NULL, `name` text NOT NULL, `recipient` text NOT NULL, `phone` text NOT NULL, `line` text NOT NULL, `city` text NOT NULL, `postal_code` text NULL, `country` text NOT NULL, `is_default` bool NOT NULL, `merchant_id` text NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `return_addresses_merchants_return_addresses` FOREIGN KEY (`merchant_id`) REFERENCES `merchants` (`id`) ON DELETE NO ACTION);
-- create index "returnaddress_merchant_id_id" to table: "return_addresses"
CREATE UNIQUE INDEX `returnaddress_merchant_id_id` ON `return_addresses` (`merchant_id`, `id`);
-- create index "returnaddress_merchant_id_name" to table: "return_addresses"
CREATE UNIQUE INDEX `returnaddress_merchant_id_name` ON `return_addresses` (`merchant_id`, `name`);
-- create index "returnaddress_default" to table: "return_addresses"
CREATE UNIQUE INDEX `returnaddress_default` ON `return_addresses` (`merchant_id`) WHERE is_default;
-- create "return_details" table
CREATE TABLE `return_details` (`id` text NOT NULL, `merchant_id` text NOT NULL, `remedy` text NOT NULL, `review` json NULL, `open_question` text NULL, `steps` json NULL, `materials` json NULL, `reason_id` text NOT NULL, `return_address_id` text NULL, `case_id` text NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `return_details_return_reasons_reason` FOREIGN KEY (`merchant_id`, `reason_id`) REFERENCES `return_reasons` (`merchant_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `return_details_return_addresses_return_address` FOREIGN KEY (`merchant_id`, `return_address_id`) REFERENCES `return_addresses` (`merchant_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `return_details_service_cases_detail` FOREIGN KEY (`merchant_id`, `case_id`) REFERENCES `service_cases` (`merchant_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `return_details_remedy` CHECK (remedy IN ('REFUND', 'RETURN_AND_REFUND')));
-- create index "return_details_case_id_key" to table: "return_details"
CREATE UNIQUE INDEX `return_details_case_id_key` ON `return_details` (`case_id`);
-- create index "returndetail_merchant_id_id" to table: "return_details"
CREATE UNIQUE INDEX `returndetail_merchant_id_id` ON `return_details` (`merchant_id`, `id`);
-- create "return_items" table
CREATE TABLE `return_items` (`id` text NOT NULL, `merchant_id` text NOT NULL, `position` integer NOT NULL, `quantity` integer NOT NULL, `accepted_quantity` integer NULL, `inspection` json NULL, `order_line_id` text NOT NULL, `inspector_id` text NULL, `case_id` text NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `return_items_order_lines_return_items` FOREIGN KEY (`merchant_id`, `order_line_id`) REFERENCES `order_lines` (`merchant_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `return_items_staffs_inspector` FOREIGN KEY (`merchant_id`, `inspector_id`) REFERENCES `staffs` (`merchant_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `return_items_service_cases_items` FOREIGN KEY (`merchant_id`, `case_id`) REFERENCES `service_cases` (`merchant_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `return_items_quantity` CHECK (quantity >= 1 AND (accepted_quantity IS NULL OR (accepted_quantity >= 0 AND accepted_quantity <= quantity))));
-- create index "returnitem_merchant_id_id" to table: "return_items"
CREATE UNIQUE INDEX `returnitem_merchant_id_id` ON `return_items` (`merchant_id`, `id`);
-- create index "returnitem_merchant_id_case_id_order_line_id" to table: "return_items"
CREATE UNIQUE INDEX `returnitem_merchant_id_case_id_order_line_id` ON `return_items` (`merchant_id`, `case_id`, `order_line_id`);
-- create index "returnitem_merchant_id_order_line_id" to table: "return_items"
CREATE INDEX `returnitem_merchant_id_order_line_id` ON `return_items` (`merchant_id`, `order_line_id`);
-- create "return_reasons" table
CREATE TABLE `return_reasons` (`id` text NOT NULL, `merchant_id` text NOT NULL, `handle` text NOT NULL, `label_en` text NOT NULL, `label_zh` text NOT NULL, `at_fault` text NOT NULL, `remedies` json NOT NULL, `urgent` bool NOT NULL DEFAULT (false), `guidance_en` text NULL, `guidance_zh` text NULL, `position` integer NOT NULL, PRIMARY KEY (`id`));
-- create index "returnreason_merchant_id_id" to table: "return_reasons"
CREATE UNIQUE INDEX `returnreason_merchant_id_id` ON `return_reasons` (`merchant_id`, `id`);
-- create index "returnreason_merchant_id_handle" to table: "return_reasons"
CREATE UNIQUE INDEX `returnreason_merchant_id_handle` ON `return_reasons` (`merchant_id`, `handle`);
-- create "service_cases" table
CREATE TABLE `service_cases` (`id` text NOT NULL, `number` text NOT NULL, `kind` text NOT NULL, `status` text NOT NULL, `version` integer NOT NULL DEFAULT (1), `revision` integer NOT NULL DEFAULT (1), `channel` text NOT NULL, `priority` text NOT NULL, `description` text NOT NULL, `plan_code` text NOT NULL, `plan_version` integer NOT NULL, `law_code` text NOT NULL DEFAULT ('LAW-CN'), `law_version` integer NOT NULL DEFAULT (1), `opened_at` datetime NOT NULL, `ended_at` datetime NULL, `closed_at` datetime NULL, `next_due_at` datetime NULL, `contacted_at` datetime NOT NULL, `outcome` text NULL, `outcome_note` text NULL, `customer_id` text NOT NULL, `order_id` text NOT NULL, `merchant_id` text NOT NULL, `assignee_id` text NULL, `escalated_to_id` text NULL, PRIMARY KEY (`id`), CONSTRAINT `service_cases_customers_cases` FOREIGN KEY (`merchant_id`, `customer_id`) REFERENCES `customers` (`merchant_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `service_cases_orders_cases` FOREIGN KEY (`merchant_id`, `order_id`) REFERENCES `orders` (`merchant_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `service_cases_merchants_merchant` FOREIGN KEY (`merchant_id`) REFERENCES `merchants` (`id`) ON DELETE NO ACTION, CONSTRAINT `service_cases_staffs_assignee` FOREIGN KEY (`merchant_id`, `assignee_id`) REFERENCES `staffs` (`merchant_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `service_cases_staffs_escalated_to` FOREIGN KEY (`merchant_id`, `escalated_to_id`) REFERENCES `staffs` (`merchant_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `service_cases_closed` CHECK (closed_at IS NULL OR ended_at IS NOT NULL), CONSTRAINT `service_cases_kind` CHECK (kind IN ('RETURN')), CONSTRAINT `service_cases_outcome` CHECK ((status IN ('COMPLETED', 'REJECTED', 'CANCELLED', 'EXPIRED')) = (outcome IS NOT NULL AND outcome <> '' AND ended_at IS NOT NULL)), CONSTRAINT `service_cases_status` CHECK (status IN ('REQUESTED', 'NEEDS_INFO', 'AWAITING_SHIPMENT', 'IN_TRANSIT', 'RECEIVED', 'INSPECTION_PASSED', 'INSPECTION_FAILED', 'REFUNDING', 'COMPLETED', 'REJECTED', 'CANCELLED', 'EXPIRED')));
-- create index "servicecase_merchant_id_id" to table: "service_cases"
CREATE UNIQUE INDEX `servicecase_merchant_id_id` ON `service_cases` (`merchant_id`, `id`);
-- create index "servicecase_merchant_id_number" to table: "service_cases"
CREATE UNIQUE INDEX `servicecase_merchant_id_number` ON `service_cases` (`merchant_id`, `number`);
-- create index "servicecase_merchant_id_opened_at_id" to table: "service_cases"
CREATE INDEX `servicecase_merchant_id_opened_at_id` ON `service_cases` (`merchant_id`, `opened_at`, `id`);
-- create index "servicecase_merchant_id_status_opened_at_id" to table: "service_cases"
CREATE INDEX `servicecase_merchant_id_status_opened_at_id` ON `service_cases` (`merchant_id`, `status`, `opened_at`, `id`);
-- create index "servicecase_merchant_id_next_due_at_id" to table: "service_cases"
CREATE INDEX `servicecase_merchant_id_next_due_at_id` ON `service_cases` (`merchant_id`, `next_due_at`, `id`);
-- create index "servicecase_merchant_id_customer_id_opened_at_id" to table: "service_cases"
CREATE INDEX `servicecase_merchant_id_customer_id_opened_at_id` ON `service_cases` (`merchant_id`, `customer_id`, `opened_at`, `id`);
-- create index "servicecase_merchant_id_order_id" to table: "service_cases"
CREATE INDEX `servicecase_merchant_id_order_id` ON `service_cases` (`merchant_id`, `order_id`);
-- create index "servicecase_silent" to table: "service_cases"
CREATE INDEX `servicecase_silent` ON `service_cases` (`merchant_id`, `contacted_at`) WHERE ended_at IS NULL;
-- create index "servicecase_merchant_id_assignee_id" to table: "service_cases"
CREATE INDEX `servicecase_merchant_id_assignee_id` ON `service_cases` (`merchant_id`, `assignee_id`);
-- create "service_policies" table
CREATE TABLE `service_policies` (`id` text NOT NULL, `merchant_id` text NOT NULL, `version` integer NOT NULL, `text` text NOT NULL, `published_at` datetime NOT NULL, PRIMARY KEY (`id`));
-- create index "servicepolicy_merchant_id_id" to table: "service_policies"
CREATE UNIQUE INDEX `servicepolicy_merchant_id_id` ON `service_policies` (`merchant_id`, `id`);
-- create index "servicepolicy_merchant_id_version" to table: "service_policies"
CREATE UNIQUE INDEX `servicepolicy_merchant_id_version` ON `service_policies` (`merchant_id`, `version`);
-- create "staffs" table
CREATE TABLE `staffs` (`id` text NOT NULL, `subject` text NOT NULL, `name` text NOT NULL, `role` text NOT NULL, `merchant_id` text NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `staffs_merchants_staff` FOREIGN KEY (`merchant_id`) REFERENCES `merchants` (`id`) ON DELETE NO ACTION);
-- create index "staff_merchant_id_id" to table: "staffs"
CREATE UNIQUE INDEX `staff_merchant_id_id` ON `staffs` (`merchant_id`, `id`);
-- create index "staff_merchant_id_subject" to table: "staffs"
CREATE UNIQUE INDEX `staff_merchant_id_subject` ON `staffs` (`merchant_id`, `subject`);
-- create index "staff_merchant_id_role" to table: "staffs"
CREATE INDEX `staff_merchant_id_role` ON `staffs` (`merchant_id`, `role`);

-- +goose Down
-- reverse: create index "staff_merchant_id_role" to table: "staffs"
DROP INDEX `staff_merchant_id_role`;
-- reverse: create index "staff_merchant_id_subject" to table: "staffs"
DROP INDEX `staff_merchant_id_subject`;
-- reverse: create index "staff_merchant_id_id" to table: "staffs"
DROP INDEX `staff_merchant_id_id`;
-- reverse: create "staffs" table
DROP TABLE `staffs`;
-- reverse: create index "servicepolicy_merchant_id_version" to table: "service_policies"
DROP INDEX `servicepolicy_merchant_id_version`;
-- reverse: create index "servicepolicy_merchant_id_id" to table: "service_policies"
DROP INDEX `servicepolicy_merchant_id_id`;
-- reverse: create "service_policies" table
DROP TABLE `service_policies`;
-- reverse: create index "servicecase_merchant_id_assignee_id" to table: "service_cases"
DROP INDEX `servicecase_merchant_id_assignee_id`;
-- reverse: create index "servicecase_silent" to table: "service_cases"
DROP INDEX `servicecase_silent`;
-- reverse: create index "servicecase_merchant_id_order_id" to table: "service_cases"
DROP INDEX `servicecase_merchant_id_order_id`;
-- reverse: create index "servicecase_merchant_id_customer_id_opened_at_id" to table: "service_cases"
DROP INDEX `servicecase_merchant_id_customer_id_opened_at_id`;
-- reverse: create index "servicecase_merchant_id_next_due_at_id" to table: "service_cases"
DROP INDEX `servicecase_merchant_id_next_due_at_id`;
-- reverse: create index "servicecase_merchant_id_status_opened_at_id" to table: "service_cases"
DROP INDEX `servicecase_merchant_id_status_opened_at_id`;
-- reverse: create index "servicecase_merchant_id_opened_at_id" to table: "service_cases"
DROP INDEX `servicecase_merchant_id_opened_at_id`;
-- reverse: create index "servicecase_merchant_id_number" to table: "service_cases"
DROP INDEX `servicecase_merchant_id_number`;
-- reverse: create index "servicecase_merchant_id_id" to table: "service_cases"
DROP INDEX `servicecase_merchant_id_id`;
-- reverse: create "service_cases" table
DROP TABLE `service_cases`;
-- reverse: create index "returnreason_merchant_id_handle" to table: "return_reasons"
DROP INDEX `returnreason_merchant_id_handle`;
-- reverse: create index "returnreason_merchant_id_id" to table: "return_reasons"
DROP INDEX `returnreason_merchant_id_id`;
-- reverse: create "return_reasons" table
DROP TABLE `return_reasons`;
-- reverse: create index "returnitem_merchant_id_order_line_id" to table: "return_items"
DROP INDEX `returnitem_merchant_id_order_line_id`;
-- reverse: create index "returnitem_merchant_id_case_id_order_line_id" to table: "return_items"
DROP INDEX `returnitem_merchant_id_case_id_order_line_id`;
-- reverse: create index "returnitem_merchant_id_id" to table: "return_items"
DROP INDEX `returnitem_merchant_id_id`;
-- reverse: create "return_items" table
DROP TABLE `return_items`;
-- reverse: create index "returndetail_merchant_id_id" to table: "return_details"
DROP INDEX `returndetail_merchant_id_id`;
-- reverse: create index "return_details_case_id_key" to table: "return_details"
DROP INDEX `return_details_case_id_key`;
-- reverse: create "return_details" table
DROP TABLE `return_details`;
-- reverse: create index "returnaddress_default" to table: "return_addresses"
DROP INDEX `returnaddress_default`;
-- reverse: create index "returnaddress_merchant_id_name" to table: "return_addresses"
DROP INDEX `returnaddress_merchant_id_name`;
-- reverse: create index "returnaddress_merchant_id_id" to table: "return_addresses"
DROP INDEX `returnaddress_merchant_id_id`;
-- reverse: create "return_addresses" table
DROP TABLE `return_addresses`;
-- reverse: create index "refund_merchant_id_started_at_id" to table: "refunds"
DROP INDEX `refund_merchant_id_started_at_id`;
-- reverse: create index "refund_merchant_id_case_id" to table: "refunds"
DROP INDEX `refund_merchant_id_case_id`;
-- reverse: create index "refund_merchant_id_id" to table: "refunds"
DROP INDEX `refund_merchant_id_id`;
-- reverse: create "refunds" table
DROP TABLE `refunds`;
-- reverse: create index "parcel_merchant_id_waybill" to table: "parcels"
DROP INDEX `parcel_merchant_id_waybill`;
-- reverse: create index "parcel_merchant_id_case_id" to table: "parcels"
DROP INDEX `parcel_merchant_id_case_id`;
-- reverse: create index "parcel_merchant_id_id" to table: "parcels"
DROP INDEX `parcel_merchant_id_id`;
-- reverse: create "parcels" table
DROP TABLE `parcels`;
-- reverse: create index "orderline_merchant_id_order_id_position" to table: "order_lines"
DROP INDEX `orderline_merchant_id_order_id_position`;
-- reverse: create index "orderline_merchant_id_id" to table: "order_lines"
DROP INDEX `orderline_merchant_id_id`;
-- reverse: create "order_lines" table
DROP TABLE `order_lines`;
-- reverse: create index "order_merchant_id_customer_id_placed_at_id" to table: "orders"
DROP INDEX `order_merchant_id_customer_id_placed_at_id`;
-- reverse: create index "order_merchant_id_placed_at_id" to table: "orders"
DROP INDEX `order_merchant_id_placed_at_id`;
-- reverse: create index "order_merchant_id_number" to table: "orders"
DROP INDEX `order_merchant_id_number`;
-- reverse: create index "order_merchant_id_id" to table: "orders"
DROP INDEX `order_merchant_id_id`;
-- reverse: create "orders" table
DROP TABLE `orders`;
-- reverse: create index "message_merchant_id_case_id_at_id" to table: "messages"
DROP INDEX `message_merchant_id_case_id_at_id`;
-- reverse: create index "message_merchant_id_id" to table: "messages"
DROP INDEX `message_merchant_id_id`;
-- reverse: create "messages" table
DROP TABLE `messages`;
-- reverse: create index "merchants_slug_key" to table: "merchants"
DROP INDEX `merchants_slug_key`;
-- reverse: create "merchants" table
DROP TABLE `merchants`;
-- reverse: create index "idempotencykey_merchant_id_subject_operation_key" to table: "idempotency_keys"
DROP INDEX `idempotencykey_merchant_id_subject_operation_key`;
-- reverse: create "idempotency_keys" table
DROP TABLE `idempotency_keys`;
-- reverse: create index "evidence_merchant_id_case_id_at_id" to table: "evidences"
DROP INDEX `evidence_merchant_id_case_id_at_id`;
-- reverse: create index "evidence_merchant_id_id" to table: "evidences"
DROP INDEX `evidence_merchant_id_id`;
-- reverse: create "evidences" table
DROP TABLE `evidences`;
-- reverse: create index "deadline_calendar" to table: "deadlines"
DROP INDEX `deadline_calendar`;
-- reverse: create index "deadline_merchant_due" to table: "deadlines"
DROP INDEX `deadline_merchant_due`;
-- reverse: create index "deadline_sweep_risk" to table: "deadlines"
DROP INDEX `deadline_sweep_risk`;
-- reverse: create index "deadline_sweep_due" to table: "deadlines"
DROP INDEX `deadline_sweep_due`;
-- reverse: create index "deadline_queue" to table: "deadlines"
DROP INDEX `deadline_queue`;
-- reverse: create index "deadline_merchant_id_case_id" to table: "deadlines"
DROP INDEX `deadline_merchant_id_case_id`;
-- reverse: create index "deadline_merchant_id_id" to table: "deadlines"
DROP INDEX `deadline_merchant_id_id`;
-- reverse: create "deadlines" table
DROP TABLE `deadlines`;
-- reverse: create index "customer_merchant_id_external_id" to table: "customers"
DROP INDEX `customer_merchant_id_external_id`;
-- reverse: create index "customer_merchant_id_id" to table: "customers"
DROP INDEX `customer_merchant_id_id`;
-- reverse: create "customers" table
DROP TABLE `customers`;
-- reverse: create index "caseevent_merchant_id_case_id_at_id" to table: "case_events"
DROP INDEX `caseevent_merchant_id_case_id_at_id`;
-- reverse: create index "caseevent_merchant_id_id" to table: "case_events"
DROP INDEX `caseevent_merchant_id_id`;
-- reverse: create "case_events" table
DROP TABLE `case_events`;
-- reverse: create index "calendar_code_version" to table: "calendars"
DROP INDEX `calendar_code_version`;
-- reverse: create "calendars" table
DROP TABLE `calendars`;
-- reverse: create index "auditentry_merchant_id_object_id" to table: "audit_entries"
DROP INDEX `auditentry_merchant_id_object_id`;
-- reverse: create index "auditentry_merchant_id_at_id" to table: "audit_entries"
DROP INDEX `auditentry_merchant_id_at_id`;
-- reverse: create index "auditentry_merchant_id_id" to table: "audit_entries"
DROP INDEX `auditentry_merchant_id_id`;
-- reverse: create "audit_entries" table
DROP TABLE `audit_entries`;
