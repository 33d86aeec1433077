-- +goose Up
-- disable the enforcement of foreign-keys constraints
PRAGMA foreign_keys = off;
-- create "new_deadlines" table
CREATE TABLE `new_deadlines` (`id` text NOT NULL, `merchant_id` text NOT NULL, `sandbox` bool NOT NULL, `kind` text NOT NULL, `state` text NOT NULL, `open` bool NOT NULL, `obligor` text NOT NULL, `clause` text NOT NULL, `plan_code` text NOT NULL DEFAULT ('MALL'), `plan_version` integer NOT NULL DEFAULT (1), `rule` json NOT NULL, `on_timeout` json NOT NULL, `at_risk_percent` integer NOT NULL, `explain` bool NOT NULL, `started_at` datetime NOT NULL, `promised_due_at` datetime NOT NULL, `promised_last_day` text NULL, `due_at` datetime NULL, `last_day` text NULL, `at_risk_at` datetime NULL, `at_risk_told` bool NOT NULL DEFAULT (false), `met_at` datetime NULL, `breached_at` datetime NULL, `provisional` bool NOT NULL, `pauses` json NULL, `explanation_owed` bool NOT NULL DEFAULT (false), `explanation` json NULL, `calendar_id` text NOT NULL, `case_id` text NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `deadlines_calendars_calendar` FOREIGN KEY (`calendar_id`) REFERENCES `calendars` (`id`) ON DELETE NO ACTION, CONSTRAINT `deadlines_service_cases_deadlines` FOREIGN KEY (`merchant_id`, `case_id`) REFERENCES `service_cases` (`merchant_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `deadlines_breached` CHECK (NOT (state = 'BREACHED' AND breached_at IS NULL)), CONSTRAINT `deadlines_met` CHECK (NOT (state = 'MET' AND met_at IS NULL)), CONSTRAINT `deadlines_paused` CHECK ((state = 'PAUSED') = (due_at IS NULL AND open)), CONSTRAINT `deadlines_state` CHECK (state IN ('RUNNING', 'PAUSED', 'MET', 'BREACHED', 'CANCELLED')));
-- copy rows from old table "deadlines" to new temporary table "new_deadlines"
INSERT INTO `new_deadlines` (`id`, `merchant_id`, `sandbox`, `kind`, `state`, `open`, `obligor`, `clause`, `rule`, `on_timeout`, `at_risk_percent`, `explain`, `started_at`, `promised_due_at`, `promised_last_day`, `due_at`, `last_day`, `at_risk_at`, `at_risk_told`, `met_at`, `breached_at`, `provisional`, `pauses`, `explanation_owed`, `explanation`, `calendar_id`, `case_id`) SELECT `id`, `merchant_id`, `sandbox`, `kind`, `state`, `open`, `obligor`, `clause`, `rule`, `on_timeout`, `at_risk_percent`, `explain`, `started_at`, `promised_due_at`, `promised_last_day`, `due_at`, `last_day`, `at_risk_at`, `at_risk_told`, `met_at`, `breached_at`, `provisional`, `pauses`, `explanation_owed`, `explanation`, `calendar_id`, `case_id` FROM `deadlines`;
-- drop "deadlines" table after copying rows
DROP TABLE `deadlines`;
-- rename temporary table "new_deadlines" to "deadlines"
ALTER TABLE `new_deadlines` RENAME TO `deadlines`;
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
-- add column "no_reason_days" to table: "merchants"
ALTER TABLE `merchants` ADD COLUMN `no_reason_days` integer NULL;
-- create "new_order_lines" table
CREATE TABLE `new_order_lines` (`id` text NOT NULL, `merchant_id` text NOT NULL, `position` integer NOT NULL, `external_id` text NULL, `sku` text NOT NULL, `title` text NOT NULL, `quantity` integer NOT NULL, `unit_price` integer NOT NULL, `discount` integer NOT NULL, `paid` integer NOT NULL, `refunded` integer NOT NULL DEFAULT (0), `held` integer NOT NULL DEFAULT (0), `returned` integer NOT NULL DEFAULT (0), `category` text NULL, `serial_number` text NULL, `exclusion` text NULL, `exclusion_confirmed` bool NOT NULL DEFAULT (false), `fulfilled_at` datetime NULL, `delivered_at` datetime NULL, `order_id` text NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `order_lines_orders_lines` FOREIGN KEY (`merchant_id`, `order_id`) REFERENCES `orders` (`merchant_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `order_lines_money` CHECK (unit_price >= 0 AND discount >= 0 AND paid >= 0 AND refunded >= 0 AND refunded <= paid), CONSTRAINT `order_lines_quantity` CHECK (quantity >= 1 AND held >= 0 AND returned >= 0 AND held + returned <= quantity));
-- copy rows from old table "order_lines" to new temporary table "new_order_lines"
INSERT INTO `new_order_lines` (`id`, `merchant_id`, `position`, `external_id`, `sku`, `title`, `quantity`, `unit_price`, `discount`, `paid`, `refunded`, `held`, `returned`, `category`, `serial_number`, `fulfilled_at`, `delivered_at`, `order_id`) SELECT `id`, `merchant_id`, `position`, `external_id`, `sku`, `title`, `quantity`, `unit_price`, `discount`, `paid`, `refunded`, `held`, `returned`, `category`, `serial_number`, `fulfilled_at`, `delivered_at`, `order_id` FROM `order_lines`;
-- drop "order_lines" table after copying rows
DROP TABLE `order_lines`;
-- rename temporary table "new_order_lines" to "order_lines"
ALTER TABLE `new_order_lines` RENAME TO `order_lines`;
-- create index "orderline_merchant_id_id" to table: "order_lines"
CREATE UNIQUE INDEX `orderline_merchant_id_id` ON `order_lines` (`merchant_id`, `id`);
-- create index "orderline_merchant_id_order_id_position" to table: "order_lines"
CREATE INDEX `orderline_merchant_id_order_id_position` ON `order_lines` (`merchant_id`, `order_id`, `position`);
-- create "new_service_cases" table
CREATE TABLE `new_service_cases` (`id` text NOT NULL, `number` text NOT NULL, `kind` text NOT NULL, `status` text NOT NULL, `version` integer NOT NULL DEFAULT (1), `revision` integer NOT NULL DEFAULT (1), `channel` text NOT NULL, `priority` text NOT NULL, `description` text NOT NULL, `plan_code` text NOT NULL, `plan_version` integer NOT NULL, `law_code` text NOT NULL DEFAULT ('LAW-CN'), `law_version` integer NOT NULL DEFAULT (1), `opened_at` datetime NOT NULL, `ended_at` datetime NULL, `closed_at` datetime NULL, `next_due_at` datetime NULL, `outcome` text NULL, `outcome_note` text NULL, `customer_id` text NOT NULL, `order_id` text NOT NULL, `merchant_id` text NOT NULL, `assignee_id` text NULL, `escalated_to_id` text NULL, PRIMARY KEY (`id`), CONSTRAINT `service_cases_customers_cases` FOREIGN KEY (`merchant_id`, `customer_id`) REFERENCES `customers` (`merchant_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `service_cases_orders_cases` FOREIGN KEY (`merchant_id`, `order_id`) REFERENCES `orders` (`merchant_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `service_cases_merchants_merchant` FOREIGN KEY (`merchant_id`) REFERENCES `merchants` (`id`) ON DELETE NO ACTION, CONSTRAINT `service_cases_staffs_assignee` FOREIGN KEY (`merchant_id`, `assignee_id`) REFERENCES `staffs` (`merchant_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `service_cases_staffs_escalated_to` FOREIGN KEY (`merchant_id`, `escalated_to_id`) REFERENCES `staffs` (`merchant_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `service_cases_closed` CHECK (closed_at IS NULL OR ended_at IS NOT NULL), CONSTRAINT `service_cases_kind` CHECK (kind IN ('RETURN')), CONSTRAINT `service_cases_outcome` CHECK ((status IN ('COMPLETED', 'REJECTED', 'CANCELLED', 'EXPIRED')) = (outcome IS NOT NULL AND outcome <> '' AND ended_at IS NOT NULL)), CONSTRAINT `service_cases_status` CHECK (status IN ('REQUESTED', 'NEEDS_INFO', 'AWAITING_SHIPMENT', 'IN_TRANSIT', 'RECEIVED', 'INSPECTION_PASSED', 'INSPECTION_FAILED', 'REFUNDING', 'COMPLETED', 'REJECTED', 'CANCELLED', 'EXPIRED')));
-- copy rows from old table "service_cases" to new temporary table "new_service_cases"
INSERT INTO `new_service_cases` (`id`, `number`, `kind`, `status`, `version`, `revision`, `channel`, `priority`, `description`, `plan_code`, `plan_version`, `opened_at`, `ended_at`, `closed_at`, `next_due_at`, `outcome`, `outcome_note`, `customer_id`, `order_id`, `merchant_id`, `assignee_id`, `escalated_to_id`) SELECT `id`, `number`, `kind`, `status`, `version`, `revision`, `channel`, `priority`, `description`, `plan_code`, `plan_version`, `opened_at`, `ended_at`, `closed_at`, `next_due_at`, `outcome`, `outcome_note`, `customer_id`, `order_id`, `merchant_id`, `assignee_id`, `escalated_to_id` FROM `service_cases`;
-- drop "service_cases" table after copying rows
DROP TABLE `service_cases`;
-- rename temporary table "new_service_cases" to "service_cases"
ALTER TABLE `new_service_cases` RENAME TO `service_cases`;
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
-- create index "servicecase_merchant_id_assignee_id" to table: "service_cases"
CREATE INDEX `servicecase_merchant_id_assignee_id` ON `service_cases` (`merchant_id`, `assignee_id`);
-- enable back the enforcement of foreign-keys constraints
PRAGMA foreign_keys = on;

-- +goose Down
-- reverse: create index "servicecase_merchant_id_assignee_id" to table: "service_cases"
DROP INDEX `servicecase_merchant_id_assignee_id`;
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
-- reverse: create "new_service_cases" table
DROP TABLE `new_service_cases`;
-- reverse: create index "orderline_merchant_id_order_id_position" to table: "order_lines"
DROP INDEX `orderline_merchant_id_order_id_position`;
-- reverse: create index "orderline_merchant_id_id" to table: "order_lines"
DROP INDEX `orderline_merchant_id_id`;
-- reverse: create "new_order_lines" table
DROP TABLE `new_order_lines`;
-- reverse: add column "no_reason_days" to table: "merchants"
ALTER TABLE `merchants` DROP COLUMN `no_reason_days`;
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
-- reverse: create "new_deadlines" table
DROP TABLE `new_deadlines`;
