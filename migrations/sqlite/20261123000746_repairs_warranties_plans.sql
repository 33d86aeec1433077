-- +goose NO TRANSACTION
-- +goose Up
-- disable the enforcement of foreign-keys constraints
PRAGMA foreign_keys = off;
-- all or nothing, although foreign keys can only be switched outside a transaction
BEGIN IMMEDIATE;
-- create "new_deadlines" table
CREATE TABLE `new_deadlines` (`id` text NOT NULL, `merchant_id` text NOT NULL, `sandbox` bool NOT NULL, `kind` text NOT NULL, `state` text NOT NULL, `open` bool NOT NULL, `obligor` text NOT NULL, `clause` text NOT NULL, `plan_code` text NOT NULL DEFAULT ('MALL'), `plan_version` integer NOT NULL DEFAULT (1), `rule` json NOT NULL, `on_timeout` json NOT NULL, `at_risk_percent` integer NOT NULL, `explain` bool NOT NULL, `explain_ahead` bool NOT NULL DEFAULT (false), `explanation_missed` bool NOT NULL DEFAULT (false), `facts` json NULL, `extended_to` integer NOT NULL DEFAULT (0), `extension` json NULL, `started_at` datetime NOT NULL, `promised_due_at` datetime NOT NULL, `promised_last_day` text NULL, `due_at` datetime NULL, `last_day` text NULL, `at_risk_at` datetime NULL, `at_risk_told` bool NOT NULL DEFAULT (false), `met_at` datetime NULL, `breached_at` datetime NULL, `provisional` bool NOT NULL, `pauses` json NULL, `explanation_owed` bool NOT NULL DEFAULT (false), `explanation` json NULL, `calendar_id` text NOT NULL, `extended_by_id` text NULL, `case_id` text NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `deadlines_calendars_calendar` FOREIGN KEY (`calendar_id`) REFERENCES `calendars` (`id`) ON DELETE NO ACTION, CONSTRAINT `deadlines_staffs_granter` FOREIGN KEY (`merchant_id`, `extended_by_id`) REFERENCES `staffs` (`merchant_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `deadlines_service_cases_deadlines` FOREIGN KEY (`merchant_id`, `case_id`) REFERENCES `service_cases` (`merchant_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `deadlines_breached` CHECK (NOT (state = 'BREACHED' AND breached_at IS NULL)), CONSTRAINT `deadlines_extended` CHECK (extended_to >= 0), CONSTRAINT `deadlines_met` CHECK (NOT (state = 'MET' AND met_at IS NULL)), CONSTRAINT `deadlines_paused` CHECK ((state = 'PAUSED') = (due_at IS NULL AND open)), CONSTRAINT `deadlines_state` CHECK (state IN ('RUNNING', 'PAUSED', 'MET', 'BREACHED', 'CANCELLED')));
-- copy rows from old table "deadlines" to new temporary table "new_deadlines"
INSERT INTO `new_deadlines` (`id`, `merchant_id`, `sandbox`, `kind`, `state`, `open`, `obligor`, `clause`, `plan_code`, `plan_version`, `rule`, `on_timeout`, `at_risk_percent`, `explain`, `started_at`, `promised_due_at`, `promised_last_day`, `due_at`, `last_day`, `at_risk_at`, `at_risk_told`, `met_at`, `breached_at`, `provisional`, `pauses`, `explanation_owed`, `explanation`, `calendar_id`, `case_id`) SELECT `id`, `merchant_id`, `sandbox`, `kind`, `state`, `open`, `obligor`, `clause`, `plan_code`, `plan_version`, `rule`, `on_timeout`, `at_risk_percent`, `explain`, `started_at`, `promised_due_at`, `promised_last_day`, `due_at`, `last_day`, `at_risk_at`, `at_risk_told`, `met_at`, `breached_at`, `provisional`, `pauses`, `explanation_owed`, `explanation`, `calendar_id`, `case_id` FROM `deadlines`;
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
-- create "new_service_cases" table
CREATE TABLE `new_service_cases` (`id` text NOT NULL, `number` text NOT NULL, `kind` text NOT NULL, `status` text NOT NULL, `version` integer NOT NULL DEFAULT (1), `revision` integer NOT NULL DEFAULT (1), `channel` text NOT NULL, `priority` text NOT NULL, `description` text NOT NULL, `plan_code` text NOT NULL, `plan_version` integer NOT NULL, `plans` json NULL, `law_code` text NOT NULL DEFAULT ('LAW-CN'), `law_version` integer NOT NULL DEFAULT (1), `opened_at` datetime NOT NULL, `ended_at` datetime NULL, `closed_at` datetime NULL, `next_due_at` datetime NULL, `contacted_at` datetime NOT NULL, `outcome` text NULL, `outcome_note` text NULL, `customer_id` text NOT NULL, `order_id` text NULL, `merchant_id` text NOT NULL, `assignee_id` text NULL, `escalated_to_id` text NULL, `about_id` text NULL, `origin_id` text NULL, PRIMARY KEY (`id`), CONSTRAINT `service_cases_customers_cases` FOREIGN KEY (`merchant_id`, `customer_id`) REFERENCES `customers` (`merchant_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `service_cases_orders_cases` FOREIGN KEY (`merchant_id`, `order_id`) REFERENCES `orders` (`merchant_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `service_cases_merchants_merchant` FOREIGN KEY (`merchant_id`) REFERENCES `merchants` (`id`) ON DELETE NO ACTION, CONSTRAINT `service_cases_staffs_assignee` FOREIGN KEY (`merchant_id`, `assignee_id`) REFERENCES `staffs` (`merchant_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `service_cases_staffs_escalated_to` FOREIGN KEY (`merchant_id`, `escalated_to_id`) REFERENCES `staffs` (`merchant_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `service_cases_closed` CHECK (closed_at IS NULL OR ended_at IS NOT NULL), CONSTRAINT `service_cases_kinds` CHECK (kind IN ('RETURN', 'REPAIR', 'COURIER_CLAIM', 'COMPLAINT', 'INQUIRY', 'OPINION', 'ORDER_CHANGE', 'INSTALLATION', 'COMMISSIONING', 'USAGE_GUIDANCE', 'MAINTENANCE', 'OTHER')), CONSTRAINT `service_cases_order` CHECK (order_id IS NOT NULL OR kind IN ('COMPLAINT', 'INQUIRY', 'OPINION', 'OTHER')), CONSTRAINT `service_cases_outcome` CHECK ((status IN ('COMPLETED', 'REJECTED', 'CANCELLED', 'EXPIRED')) = (outcome IS NOT NULL AND outcome <> '' AND ended_at IS NOT NULL)), CONSTRAINT `service_cases_statuses` CHECK (status IN ('REQUESTED', 'NEEDS_INFO', 'PROPOSED', 'AWAITING_SHIPMENT', 'IN_TRANSIT', 'VISIT_SCHEDULED', 'IN_VISIT', 'RECEIVED', 'INSPECTION_PASSED', 'INSPECTION_FAILED', 'DIAGNOSED', 'QUOTED', 'IN_REPAIR', 'AWAITING_PARTS', 'TESTED', 'REFUNDING', 'REFUND_FAILED', 'REPLACING', 'REPLACEMENT_SHIPPED', 'SENT_BACK', 'DISPUTED', 'COMPLETED', 'REJECTED', 'CANCELLED', 'EXPIRED')));
-- copy rows from old table "service_cases" to new temporary table "new_service_cases"
INSERT INTO `new_service_cases` (`id`, `number`, `kind`, `status`, `version`, `revision`, `channel`, `priority`, `description`, `plan_code`, `plan_version`, `law_code`, `law_version`, `opened_at`, `ended_at`, `closed_at`, `next_due_at`, `contacted_at`, `outcome`, `outcome_note`, `customer_id`, `order_id`, `merchant_id`, `assignee_id`, `escalated_to_id`) SELECT `id`, `number`, `kind`, `status`, `version`, `revision`, `channel`, `priority`, `description`, `plan_code`, `plan_version`, `law_code`, `law_version`, `opened_at`, `ended_at`, `closed_at`, `next_due_at`, `contacted_at`, `outcome`, `outcome_note`, `customer_id`, `order_id`, `merchant_id`, `assignee_id`, `escalated_to_id` FROM `service_cases`;
-- drop "service_cases" table after copying rows
DROP TABLE `service_cases`;
-- rename temporary table "new_service_cases" to "service_cases"
ALTER TABLE `new_service_cases` RENAME TO `service_cases`;
-- create index "service_cases_origin_id_key" to table: "service_cases"
CREATE UNIQUE INDEX `service_cases_origin_id_key` ON `service_cases` (`origin_id`);
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
-- create index "servicecase_about" to table: "service_cases"
CREATE INDEX `servicecase_about` ON `service_cases` (`merchant_id`, `about_id`) WHERE about_id IS NOT NULL;
-- create index "servicecase_silent" to table: "service_cases"
CREATE INDEX `servicecase_silent` ON `service_cases` (`merchant_id`, `contacted_at`) WHERE ended_at IS NULL;
-- create index "servicecase_merchant_id_assignee_id" to table: "service_cases"
CREATE INDEX `servicecase_merchant_id_assignee_id` ON `service_cases` (`merchant_id`, `assignee_id`);
-- create index "servicecase_merchant_id_kind_opened_at_id" to table: "service_cases"
CREATE INDEX `servicecase_merchant_id_kind_opened_at_id` ON `service_cases` (`merchant_id`, `kind`, `opened_at`, `id`);
-- create "compensations" table
CREATE TABLE `compensations` (`id` text NOT NULL, `merchant_id` text NOT NULL, `clause` text NOT NULL, `base` integer NOT NULL, `currency` text NOT NULL, `per_day_bps` integer NOT NULL, `cap_bps` integer NOT NULL, `days` integer NOT NULL, `amount` integer NOT NULL, `state` text NOT NULL, `proposed_at` datetime NOT NULL, `decided_at` datetime NULL, `decided_by` text NULL, `note` text NULL, `deadline_id` text NOT NULL, `case_id` text NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `compensations_deadlines_deadline` FOREIGN KEY (`merchant_id`, `deadline_id`) REFERENCES `deadlines` (`merchant_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `compensations_service_cases_compensations` FOREIGN KEY (`merchant_id`, `case_id`) REFERENCES `service_cases` (`merchant_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `compensations_amounts` CHECK (base >= 0 AND per_day_bps >= 0 AND cap_bps >= 0 AND days >= 1 AND amount >= 0), CONSTRAINT `compensations_decided` CHECK ((state = 'PROPOSED') = (decided_at IS NULL)), CONSTRAINT `compensations_state` CHECK (state IN ('PROPOSED', 'APPROVED', 'REJECTED', 'WITHDRAWN')));
-- create index "compensation_merchant_id_id" to table: "compensations"
CREATE UNIQUE INDEX `compensation_merchant_id_id` ON `compensations` (`merchant_id`, `id`);
-- create index "compensation_merchant_id_deadline_id" to table: "compensations"
CREATE UNIQUE INDEX `compensation_merchant_id_deadline_id` ON `compensations` (`merchant_id`, `deadline_id`);
-- create index "compensation_merchant_id_case_id" to table: "compensations"
CREATE INDEX `compensation_merchant_id_case_id` ON `compensations` (`merchant_id`, `case_id`);
-- create index "compensation_merchant_id_state_proposed_at_id" to table: "compensations"
CREATE INDEX `compensation_merchant_id_state_proposed_at_id` ON `compensations` (`merchant_id`, `state`, `proposed_at`, `id`);
-- create "derived_plans" table
CREATE TABLE `derived_plans` (`id` text NOT NULL, `merchant_id` text NOT NULL, `code` text NOT NULL, `version` integer NOT NULL, `base_code` text NOT NULL, `base_version` integer NOT NULL, `spec` json NOT NULL, `published_at` datetime NOT NULL, `published_by` text NOT NULL, PRIMARY KEY (`id`));
-- create index "derivedplan_merchant_id_id" to table: "derived_plans"
CREATE UNIQUE INDEX `derivedplan_merchant_id_id` ON `derived_plans` (`merchant_id`, `id`);
-- create index "derivedplan_merchant_id_code_version" to table: "derived_plans"
CREATE UNIQUE INDEX `derivedplan_merchant_id_code_version` ON `derived_plans` (`merchant_id`, `code`, `version`);
-- create "maintenance_schedules" table
CREATE TABLE `maintenance_schedules` (`id` text NOT NULL, `merchant_id` text NOT NULL, `every_months` integer NOT NULL, `first_on` text NOT NULL, `opened` integer NOT NULL DEFAULT (0), `next_at` datetime NULL, `sandbox` bool NOT NULL, `until` text NULL, `note` text NULL, `order_line_id` text NOT NULL, `customer_id` text NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `maintenance_schedules_order_lines_order_line` FOREIGN KEY (`merchant_id`, `order_line_id`) REFERENCES `order_lines` (`merchant_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `maintenance_schedules_customers_customer` FOREIGN KEY (`merchant_id`, `customer_id`) REFERENCES `customers` (`merchant_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `maintenance_every` CHECK (every_months >= 1 AND opened >= 0));
-- create index "maintenanceschedule_merchant_id_id" to table: "maintenance_schedules"
CREATE UNIQUE INDEX `maintenanceschedule_merchant_id_id` ON `maintenance_schedules` (`merchant_id`, `id`);
-- create index "maintenanceschedule_merchant_id_order_line_id" to table: "maintenance_schedules"
CREATE UNIQUE INDEX `maintenanceschedule_merchant_id_order_line_id` ON `maintenance_schedules` (`merchant_id`, `order_line_id`);
-- create index "maintenanceschedule_merchant_id_next_at" to table: "maintenance_schedules"
CREATE INDEX `maintenanceschedule_merchant_id_next_at` ON `maintenance_schedules` (`merchant_id`, `next_at`);
-- create index "maintenance_due" to table: "maintenance_schedules"
CREATE INDEX `maintenance_due` ON `maintenance_schedules` (`sandbox`, `next_at`) WHERE next_at IS NOT NULL;
-- create "plan_adoptions" table
CREATE TABLE `plan_adoptions` (`id` text NOT NULL, `kind` text NOT NULL, `plan_code` text NOT NULL, `position` integer NOT NULL, `adopted_at` datetime NOT NULL, `merchant_id` text NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `plan_adoptions_merchants_adoptions` FOREIGN KEY (`merchant_id`) REFERENCES `merchants` (`id`) ON DELETE NO ACTION);
-- create index "planadoption_merchant_id_id" to table: "plan_adoptions"
CREATE UNIQUE INDEX `planadoption_merchant_id_id` ON `plan_adoptions` (`merchant_id`, `id`);
-- create index "planadoption_merchant_id_kind_plan_code" to table: "plan_adoptions"
CREATE UNIQUE INDEX `planadoption_merchant_id_kind_plan_code` ON `plan_adoptions` (`merchant_id`, `kind`, `plan_code`);
-- create "repair_details" table
CREATE TABLE `repair_details` (`id` text NOT NULL, `merchant_id` text NOT NULL, `quantity` integer NOT NULL DEFAULT (1), `serial_number` text NULL, `fault_since` text NULL, `standing` json NULL, `way` text NULL, `wished_way` text NULL, `wished_times` json NULL, `confirmed_at` datetime NULL, `open_question` text NULL, `steps` json NULL, `delivered_at` datetime NULL, `received_at` datetime NULL, `home_at` datetime NULL, `diagnosed_at` datetime NULL, `finding` text NULL, `plan` text NULL, `human_caused` bool NOT NULL DEFAULT (false), `human_caused_evidence` json NULL, `evidence` json NULL, `covered` bool NOT NULL DEFAULT (false), `goodwill` bool NOT NULL DEFAULT (false), `coverage_reason` text NULL, `result` text NULL, `dispute_until` datetime NULL, `came_from` text NULL, `ruled` bool NOT NULL DEFAULT (false), `accepted_at` datetime NULL, `price` integer NOT NULL DEFAULT (0), `parts_since` datetime NULL, `completed_at` datetime NULL, `work_done` text NULL, `test_notes` text NULL, `collecting` bool NOT NULL DEFAULT (false), `parts_seconds` integer NOT NULL DEFAULT (0), `parts_days` integer NOT NULL DEFAULT (0), `repairer_days` integer NOT NULL DEFAULT (0), `order_line_id` text NOT NULL, `return_address_id` text NULL, `case_id` text NOT NULL, `warranty_id` text NULL, PRIMARY KEY (`id`), CONSTRAINT `repair_details_order_lines_repairs` FOREIGN KEY (`merchant_id`, `order_line_id`) REFERENCES `order_lines` (`merchant_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `repair_details_return_addresses_return_address` FOREIGN KEY (`merchant_id`, `return_address_id`) REFERENCES `return_addresses` (`merchant_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `repair_details_service_cases_repair` FOREIGN KEY (`merchant_id`, `case_id`) REFERENCES `service_cases` (`merchant_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `repair_details_warranties_cases` FOREIGN KEY (`merchant_id`, `warranty_id`) REFERENCES `warranties` (`merchant_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `repair_details_numbers` CHECK (price >= 0 AND parts_seconds >= 0 AND parts_days >= 0 AND repairer_days >= 0), CONSTRAINT `repair_details_quantity` CHECK (quantity >= 1), CONSTRAINT `repair_details_way` CHECK (way IS NULL OR way IN ('', 'DEPOT', 'ON_SITE', 'REMOTE')));
-- create index "repair_details_case_id_key" to table: "repair_details"
CREATE UNIQUE INDEX `repair_details_case_id_key` ON `repair_details` (`case_id`);
-- create index "repairdetail_merchant_id_id" to table: "repair_details"
CREATE UNIQUE INDEX `repairdetail_merchant_id_id` ON `repair_details` (`merchant_id`, `id`);
-- create index "repairdetail_merchant_id_order_line_id" to table: "repair_details"
CREATE INDEX `repairdetail_merchant_id_order_line_id` ON `repair_details` (`merchant_id`, `order_line_id`);
-- create index "repairdetail_merchant_id_warranty_id" to table: "repair_details"
CREATE INDEX `repairdetail_merchant_id_warranty_id` ON `repair_details` (`merchant_id`, `warranty_id`);
-- create "repair_parts" table
CREATE TABLE `repair_parts` (`id` text NOT NULL, `merchant_id` text NOT NULL, `name` text NOT NULL, `part_number` text NULL, `quantity` integer NOT NULL, `special` bool NOT NULL, `supplier` text NULL, `expected_on` text NULL, `recorded_at` datetime NOT NULL, `recorded_by` text NOT NULL, `arrived_at` datetime NULL, `case_id` text NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `repair_parts_service_cases_parts` FOREIGN KEY (`merchant_id`, `case_id`) REFERENCES `service_cases` (`merchant_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `repair_parts_quantity` CHECK (quantity >= 1), CONSTRAINT `repair_parts_special` CHECK (NOT special OR (supplier <> '' AND expected_on <> '')));
-- create index "repairpart_merchant_id_id" to table: "repair_parts"
CREATE UNIQUE INDEX `repairpart_merchant_id_id` ON `repair_parts` (`merchant_id`, `id`);
-- create index "repairpart_merchant_id_case_id" to table: "repair_parts"
CREATE INDEX `repairpart_merchant_id_case_id` ON `repair_parts` (`merchant_id`, `case_id`);
-- create "repair_quotes" table
CREATE TABLE `repair_quotes` (`id` text NOT NULL, `merchant_id` text NOT NULL, `round` integer NOT NULL, `lines` json NOT NULL, `total` integer NOT NULL, `currency` text NOT NULL, `message` text NULL, `author_name` text NOT NULL, `made_at` datetime NOT NULL, `state` text NOT NULL, `answered_at` datetime NULL, `answer` text NULL, `case_id` text NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `repair_quotes_service_cases_quotes` FOREIGN KEY (`merchant_id`, `case_id`) REFERENCES `service_cases` (`merchant_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `repair_quotes_answered` CHECK ((state = 'OPEN') = (answered_at IS NULL)), CONSTRAINT `repair_quotes_state` CHECK (state IN ('OPEN', 'ACCEPTED', 'DECLINED', 'EXPIRED', 'REPLACED')), CONSTRAINT `repair_quotes_total` CHECK (total >= 0));
-- create index "repairquote_merchant_id_id" to table: "repair_quotes"
CREATE UNIQUE INDEX `repairquote_merchant_id_id` ON `repair_quotes` (`merchant_id`, `id`);
-- create index "repairquote_merchant_id_case_id_round" to table: "repair_quotes"
CREATE UNIQUE INDEX `repairquote_merchant_id_case_id_round` ON `repair_quotes` (`merchant_id`, `case_id`, `round`);
-- create index "repairquote_open" to table: "repair_quotes"
CREATE UNIQUE INDEX `repairquote_open` ON `repair_quotes` (`merchant_id`, `case_id`) WHERE state = 'OPEN';
-- create "ticket_details" table
CREATE TABLE `ticket_details` (`id` text NOT NULL, `merchant_id` text NOT NULL, `subject` text NOT NULL, `topic` text NULL, `ground` text NULL, `order_line_ids` json NULL, `open_question` text NULL, `answer` text NULL, `answered_at` datetime NULL, `answered_by` text NULL, `satisfied` bool NULL, `reply` text NULL, `case_id` text NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `ticket_details_service_cases_ticket` FOREIGN KEY (`merchant_id`, `case_id`) REFERENCES `service_cases` (`merchant_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `ticket_details_answer` CHECK ((answer IS NULL OR answer = '') = (answered_at IS NULL)), CONSTRAINT `ticket_details_topic` CHECK ((topic IS NULL OR topic = '') <> (ground IS NULL OR ground = '')));
-- create index "ticket_details_case_id_key" to table: "ticket_details"
CREATE UNIQUE INDEX `ticket_details_case_id_key` ON `ticket_details` (`case_id`);
-- create index "ticketdetail_merchant_id_id" to table: "ticket_details"
CREATE UNIQUE INDEX `ticketdetail_merchant_id_id` ON `ticket_details` (`merchant_id`, `id`);
-- create index "ticketdetail_merchant_id_ground" to table: "ticket_details"
CREATE INDEX `ticketdetail_merchant_id_ground` ON `ticket_details` (`merchant_id`, `ground`);
-- create "visits" table
CREATE TABLE `visits` (`id` text NOT NULL, `merchant_id` text NOT NULL, `round` integer NOT NULL, `state` text NOT NULL, `starts_at` datetime NOT NULL, `ends_at` datetime NOT NULL, `arranged_at` datetime NOT NULL, `arranged_by` text NOT NULL, `moved_by` text NULL, `note` text NULL, `started_at` datetime NULL, `ended_at` datetime NULL, `case_id` text NOT NULL, `technician_id` text NULL, PRIMARY KEY (`id`), CONSTRAINT `visits_service_cases_visits` FOREIGN KEY (`merchant_id`, `case_id`) REFERENCES `service_cases` (`merchant_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `visits_staffs_technician` FOREIGN KEY (`merchant_id`, `technician_id`) REFERENCES `staffs` (`merchant_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `visits_state` CHECK (state IN ('SCHEDULED', 'MOVED', 'MISSED', 'STARTED', 'ENDED', 'CANCELLED')), CONSTRAINT `visits_times` CHECK (starts_at < ends_at AND (ended_at IS NULL OR started_at IS NOT NULL)));
-- create index "visit_merchant_id_id" to table: "visits"
CREATE UNIQUE INDEX `visit_merchant_id_id` ON `visits` (`merchant_id`, `id`);
-- create index "visit_merchant_id_case_id_round" to table: "visits"
CREATE UNIQUE INDEX `visit_merchant_id_case_id_round` ON `visits` (`merchant_id`, `case_id`, `round`);
-- create index "visit_merchant_id_starts_at_id" to table: "visits"
CREATE INDEX `visit_merchant_id_starts_at_id` ON `visits` (`merchant_id`, `starts_at`, `id`);
-- create "warranties" table
CREATE TABLE `warranties` (`id` text NOT NULL, `merchant_id` text NOT NULL, `serial_number` text NULL, `category` text NULL, `months` integer NOT NULL, `starts_on` text NOT NULL, `basis` text NOT NULL, `prolonged_days` integer NOT NULL DEFAULT (0), `ends_on` text NOT NULL, `parts` bool NOT NULL, `labour` bool NOT NULL, `exclusions` json NULL, `state` text NOT NULL DEFAULT ('ACTIVE'), `repairs` integer NOT NULL DEFAULT (0), `parts_days` integer NOT NULL DEFAULT (0), `repairer_days` integer NOT NULL DEFAULT (0), `registered_at` datetime NOT NULL, `registered_by` text NOT NULL, `order_line_id` text NOT NULL, `customer_id` text NOT NULL, `replaced_by_id` text NULL, PRIMARY KEY (`id`), CONSTRAINT `warranties_order_lines_warranties` FOREIGN KEY (`merchant_id`, `order_line_id`) REFERENCES `order_lines` (`merchant_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `warranties_customers_customer` FOREIGN KEY (`merchant_id`, `customer_id`) REFERENCES `customers` (`merchant_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `warranties_basis` CHECK (basis IN ('INVOICE', 'DELIVERY', 'EXCHANGE')), CONSTRAINT `warranties_counts` CHECK (months >= 1 AND prolonged_days >= 0 AND repairs >= 0 AND parts_days >= 0 AND repairer_days >= 0 AND starts_on <= ends_on), CONSTRAINT `warranties_state` CHECK (state IN ('ACTIVE', 'REPLACED')));
-- create index "warranties_replaced_by_id_key" to table: "warranties"
CREATE UNIQUE INDEX `warranties_replaced_by_id_key` ON `warranties` (`replaced_by_id`);
-- create index "warranty_merchant_id_id" to table: "warranties"
CREATE UNIQUE INDEX `warranty_merchant_id_id` ON `warranties` (`merchant_id`, `id`);
-- create index "warranty_merchant_id_order_line_id" to table: "warranties"
CREATE INDEX `warranty_merchant_id_order_line_id` ON `warranties` (`merchant_id`, `order_line_id`);
-- create index "warranty_merchant_id_customer_id_registered_at_id" to table: "warranties"
CREATE INDEX `warranty_merchant_id_customer_id_registered_at_id` ON `warranties` (`merchant_id`, `customer_id`, `registered_at`, `id`);
-- create index "warranty_merchant_id_registered_at_id" to table: "warranties"
CREATE INDEX `warranty_merchant_id_registered_at_id` ON `warranties` (`merchant_id`, `registered_at`, `id`);
-- create index "warranty_serial" to table: "warranties"
CREATE UNIQUE INDEX `warranty_serial` ON `warranties` (`merchant_id`, `serial_number`) WHERE serial_number <> '' AND state = 'ACTIVE';
-- create "warranty_terms" table
CREATE TABLE `warranty_terms` (`id` text NOT NULL, `merchant_id` text NOT NULL, `category` text NOT NULL, `months` integer NOT NULL, `basis` text NOT NULL, `parts` bool NOT NULL, `labour` bool NOT NULL, `exclusions` json NULL, `depreciation_bps` integer NOT NULL DEFAULT (0), PRIMARY KEY (`id`), CONSTRAINT `warranty_terms_basis` CHECK (basis IN ('INVOICE', 'DELIVERY')), CONSTRAINT `warranty_terms_counts` CHECK (months >= 1 AND depreciation_bps >= 0 AND depreciation_bps <= 10000));
-- create index "warrantyterm_merchant_id_id" to table: "warranty_terms"
CREATE UNIQUE INDEX `warrantyterm_merchant_id_id` ON `warranty_terms` (`merchant_id`, `id`);
-- create index "warrantyterm_merchant_id_category" to table: "warranty_terms"
CREATE UNIQUE INDEX `warrantyterm_merchant_id_category` ON `warranty_terms` (`merchant_id`, `category`);
COMMIT;
-- enable back the enforcement of foreign-keys constraints
PRAGMA foreign_keys = on;

-- +goose Down
-- reverse: create index "warrantyterm_merchant_id_category" to table: "warranty_terms"
DROP INDEX `warrantyterm_merchant_id_category`;
-- reverse: create index "warrantyterm_merchant_id_id" to table: "warranty_terms"
DROP INDEX `warrantyterm_merchant_id_id`;
-- reverse: create "warranty_terms" table
DROP TABLE `warranty_terms`;
-- reverse: create index "warranty_serial" to table: "warranties"
DROP INDEX `warranty_serial`;
-- reverse: create index "warranty_merchant_id_registered_at_id" to table: "warranties"
DROP INDEX `warranty_merchant_id_registered_at_id`;
-- reverse: create index "warranty_merchant_id_customer_id_registered_at_id" to table: "warranties"
DROP INDEX `warranty_merchant_id_customer_id_registered_at_id`;
-- reverse: create index "warranty_merchant_id_order_line_id" to table: "warranties"
DROP INDEX `warranty_merchant_id_order_line_id`;
-- reverse: create index "warranty_merchant_id_id" to table: "warranties"
DROP INDEX `warranty_merchant_id_id`;
-- reverse: create index "warranties_replaced_by_id_key" to table: "warranties"
DROP INDEX `warranties_replaced_by_id_key`;
-- reverse: create "warranties" table
DROP TABLE `warranties`;
-- reverse: create index "visit_merchant_id_starts_at_id" to table: "visits"
DROP INDEX `visit_merchant_id_starts_at_id`;
-- reverse: create index "visit_merchant_id_case_id_round" to table: "visits"
DROP INDEX `visit_merchant_id_case_id_round`;
-- reverse: create index "visit_merchant_id_id" to table: "visits"
DROP INDEX `visit_merchant_id_id`;
-- reverse: create "visits" table
DROP TABLE `visits`;
-- reverse: create index "ticketdetail_merchant_id_ground" to table: "ticket_details"
DROP INDEX `ticketdetail_merchant_id_ground`;
-- reverse: create index "ticketdetail_merchant_id_id" to table: "ticket_details"
DROP INDEX `ticketdetail_merchant_id_id`;
-- reverse: create index "ticket_details_case_id_key" to table: "ticket_details"
DROP INDEX `ticket_details_case_id_key`;
-- reverse: create "ticket_details" table
DROP TABLE `ticket_details`;
-- reverse: create index "repairquote_open" to table: "repair_quotes"
DROP INDEX `repairquote_open`;
-- reverse: create index "repairquote_merchant_id_case_id_round" to table: "repair_quotes"
DROP INDEX `repairquote_merchant_id_case_id_round`;
-- reverse: create index "repairquote_merchant_id_id" to table: "repair_quotes"
DROP INDEX `repairquote_merchant_id_id`;
-- reverse: create "repair_quotes" table
DROP TABLE `repair_quotes`;
-- reverse: create index "repairpart_merchant_id_case_id" to table: "repair_parts"
DROP INDEX `repairpart_merchant_id_case_id`;
-- reverse: create index "repairpart_merchant_id_id" to table: "repair_parts"
DROP INDEX `repairpart_merchant_id_id`;
-- reverse: create "repair_parts" table
DROP TABLE `repair_parts`;
-- reverse: create index "repairdetail_merchant_id_warranty_id" to table: "repair_details"
DROP INDEX `repairdetail_merchant_id_warranty_id`;
-- reverse: create index "repairdetail_merchant_id_order_line_id" to table: "repair_details"
DROP INDEX `repairdetail_merchant_id_order_line_id`;
-- reverse: create index "repairdetail_merchant_id_id" to table: "repair_details"
DROP INDEX `repairdetail_merchant_id_id`;
-- reverse: create index "repair_details_case_id_key" to table: "repair_details"
DROP INDEX `repair_details_case_id_key`;
-- reverse: create "repair_details" table
DROP TABLE `repair_details`;
-- reverse: create index "planadoption_merchant_id_kind_plan_code" to table: "plan_adoptions"
DROP INDEX `planadoption_merchant_id_kind_plan_code`;
-- reverse: create index "planadoption_merchant_id_id" to table: "plan_adoptions"
DROP INDEX `planadoption_merchant_id_id`;
-- reverse: create "plan_adoptions" table
DROP TABLE `plan_adoptions`;
-- reverse: create index "maintenance_due" to table: "maintenance_schedules"
DROP INDEX `maintenance_due`;
-- reverse: create index "maintenanceschedule_merchant_id_next_at" to table: "maintenance_schedules"
DROP INDEX `maintenanceschedule_merchant_id_next_at`;
-- reverse: create index "maintenanceschedule_merchant_id_order_line_id" to table: "maintenance_schedules"
DROP INDEX `maintenanceschedule_merchant_id_order_line_id`;
-- reverse: create index "maintenanceschedule_merchant_id_id" to table: "maintenance_schedules"
DROP INDEX `maintenanceschedule_merchant_id_id`;
-- reverse: create "maintenance_schedules" table
DROP TABLE `maintenance_schedules`;
-- reverse: create index "derivedplan_merchant_id_code_version" to table: "derived_plans"
DROP INDEX `derivedplan_merchant_id_code_version`;
-- reverse: create index "derivedplan_merchant_id_id" to table: "derived_plans"
DROP INDEX `derivedplan_merchant_id_id`;
-- reverse: create "derived_plans" table
DROP TABLE `derived_plans`;
-- reverse: create index "compensation_merchant_id_state_proposed_at_id" to table: "compensations"
DROP INDEX `compensation_merchant_id_state_proposed_at_id`;
-- reverse: create index "compensation_merchant_id_case_id" to table: "compensations"
DROP INDEX `compensation_merchant_id_case_id`;
-- reverse: create index "compensation_merchant_id_deadline_id" to table: "compensations"
DROP INDEX `compensation_merchant_id_deadline_id`;
-- reverse: create index "compensation_merchant_id_id" to table: "compensations"
DROP INDEX `compensation_merchant_id_id`;
-- reverse: create "compensations" table
DROP TABLE `compensations`;
-- reverse: create index "servicecase_merchant_id_kind_opened_at_id" to table: "service_cases"
DROP INDEX `servicecase_merchant_id_kind_opened_at_id`;
-- reverse: create index "servicecase_merchant_id_assignee_id" to table: "service_cases"
DROP INDEX `servicecase_merchant_id_assignee_id`;
-- reverse: create index "servicecase_silent" to table: "service_cases"
DROP INDEX `servicecase_silent`;
-- reverse: create index "servicecase_about" to table: "service_cases"
DROP INDEX `servicecase_about`;
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
-- reverse: create index "service_cases_origin_id_key" to table: "service_cases"
DROP INDEX `service_cases_origin_id_key`;
-- reverse: create "new_service_cases" table
DROP TABLE `new_service_cases`;
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
