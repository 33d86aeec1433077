-- +goose NO TRANSACTION
-- +goose Up
-- disable the enforcement of foreign-keys constraints
PRAGMA foreign_keys = off;
-- all or nothing, although foreign keys can only be switched outside a transaction
BEGIN IMMEDIATE;
-- create "new_merchants" table
CREATE TABLE `new_merchants` (`id` text NOT NULL, `slug` text NOT NULL, `name` text NOT NULL, `mode` text NOT NULL, `currency` text NOT NULL, `calendar_code` text NOT NULL, `jurisdiction` text NOT NULL, `plan_code` text NOT NULL, `no_reason_days` integer NULL, `status` text NOT NULL DEFAULT ('ACTIVE'), `refund_limit` integer NULL, `refund_trigger` text NULL, `gateway_url` text NULL, `gateway_secret` text NULL, `clock_at` datetime NULL, `created_at` datetime NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `merchants_clock` CHECK ((mode = 'SANDBOX') = (clock_at IS NOT NULL)), CONSTRAINT `merchants_limit` CHECK (refund_limit IS NULL OR refund_limit >= 0), CONSTRAINT `merchants_mode` CHECK (mode IN ('LIVE', 'SANDBOX')), CONSTRAINT `merchants_status` CHECK (status IN ('ACTIVE', 'CLOSING', 'CLOSED')));
-- copy rows from old table "merchants" to new temporary table "new_merchants"
INSERT INTO `new_merchants` (`id`, `slug`, `name`, `mode`, `currency`, `calendar_code`, `jurisdiction`, `plan_code`, `no_reason_days`, `clock_at`, `created_at`) SELECT `id`, `slug`, `name`, `mode`, `currency`, `calendar_code`, `jurisdiction`, `plan_code`, `no_reason_days`, `clock_at`, `created_at` FROM `merchants`;
-- drop "merchants" table after copying rows
DROP TABLE `merchants`;
-- rename temporary table "new_merchants" to "merchants"
ALTER TABLE `new_merchants` RENAME TO `merchants`;
-- create index "merchants_slug_key" to table: "merchants"
CREATE UNIQUE INDEX `merchants_slug_key` ON `merchants` (`slug`);
-- create "new_orders" table
CREATE TABLE `new_orders` (`id` text NOT NULL, `number` text NOT NULL, `currency` text NOT NULL, `placed_at` datetime NOT NULL, `paid_at` datetime NULL, `cancelled_at` datetime NULL, `shipping` integer NOT NULL, `discount` integer NOT NULL, `tax` integer NOT NULL, `total` integer NOT NULL, `paid` integer NOT NULL, `imported_refunded` integer NOT NULL, `refunded` integer NOT NULL, `tenders` json NULL, `extra_paid` integer NOT NULL DEFAULT (0), `free_shipping_from` integer NULL, `shipping_waived` integer NOT NULL DEFAULT (0), `shipping_refunded` integer NOT NULL DEFAULT (0), `shipping_withheld` integer NOT NULL DEFAULT (0), `ship_to` json NULL, `input_hash` text NOT NULL, `customer_id` text NOT NULL, `merchant_id` text NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `orders_customers_orders` FOREIGN KEY (`merchant_id`, `customer_id`) REFERENCES `customers` (`merchant_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `orders_merchants_merchant` FOREIGN KEY (`merchant_id`) REFERENCES `merchants` (`id`) ON DELETE NO ACTION, CONSTRAINT `orders_amounts` CHECK (shipping >= 0 AND discount >= 0 AND tax >= 0 AND total >= 0 AND paid >= 0 AND paid <= total AND imported_refunded >= 0), CONSTRAINT `orders_refunded` CHECK (refunded >= imported_refunded), CONSTRAINT `orders_shipping` CHECK (extra_paid >= 0 AND shipping_waived >= 0 AND shipping_refunded >= 0 AND shipping_withheld >= 0 AND shipping_refunded <= shipping));
-- copy rows from old table "orders" to new temporary table "new_orders"
INSERT INTO `new_orders` (`id`, `number`, `currency`, `placed_at`, `paid_at`, `cancelled_at`, `shipping`, `discount`, `tax`, `total`, `paid`, `imported_refunded`, `refunded`, `input_hash`, `customer_id`, `merchant_id`) SELECT `id`, `number`, `currency`, `placed_at`, `paid_at`, `cancelled_at`, `shipping`, `discount`, `tax`, `total`, `paid`, `imported_refunded`, `refunded`, `input_hash`, `customer_id`, `merchant_id` FROM `orders`;
-- drop "orders" table after copying rows
DROP TABLE `orders`;
-- rename temporary table "new_orders" to "orders"
ALTER TABLE `new_orders` RENAME TO `orders`;
-- create index "order_merchant_id_id" to table: "orders"
CREATE UNIQUE INDEX `order_merchant_id_id` ON `orders` (`merchant_id`, `id`);
-- create index "order_merchant_id_number" to table: "orders"
CREATE UNIQUE INDEX `order_merchant_id_number` ON `orders` (`merchant_id`, `number`);
-- create index "order_merchant_id_placed_at_id" to table: "orders"
CREATE INDEX `order_merchant_id_placed_at_id` ON `orders` (`merchant_id`, `placed_at`, `id`);
-- create index "order_merchant_id_customer_id_placed_at_id" to table: "orders"
CREATE INDEX `order_merchant_id_customer_id_placed_at_id` ON `orders` (`merchant_id`, `customer_id`, `placed_at`, `id`);
-- create "new_order_lines" table
CREATE TABLE `new_order_lines` (`id` text NOT NULL, `merchant_id` text NOT NULL, `position` integer NOT NULL, `external_id` text NULL, `sku` text NOT NULL, `title` text NOT NULL, `quantity` integer NOT NULL, `unit_price` integer NOT NULL, `discount` integer NOT NULL, `paid` integer NOT NULL, `refunded` integer NOT NULL DEFAULT (0), `held` integer NOT NULL DEFAULT (0), `returned` integer NOT NULL DEFAULT (0), `category` text NULL, `serial_number` text NULL, `exclusion` text NULL, `exclusion_confirmed` bool NOT NULL DEFAULT (false), `fulfilled_at` datetime NULL, `delivered_at` datetime NULL, `gift_of` text NULL, `marked_price` integer NULL, `bundle` text NULL, `list_price` integer NULL, `withheld` integer NOT NULL DEFAULT (0), `order_id` text NOT NULL, `replaces_item_id` text NULL, PRIMARY KEY (`id`), CONSTRAINT `order_lines_orders_lines` FOREIGN KEY (`merchant_id`, `order_id`) REFERENCES `orders` (`merchant_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `order_lines_return_items_replacement` FOREIGN KEY (`merchant_id`, `replaces_item_id`) REFERENCES `return_items` (`merchant_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `order_lines_money` CHECK (unit_price >= 0 AND discount >= 0 AND paid >= 0 AND refunded >= 0 AND refunded <= paid), CONSTRAINT `order_lines_parts` CHECK ((marked_price IS NULL OR marked_price >= 0) AND (list_price IS NULL OR list_price >= 0) AND withheld >= 0), CONSTRAINT `order_lines_quantity` CHECK (quantity >= 1 AND held >= 0 AND returned >= 0 AND held + returned <= quantity));
-- copy rows from old table "order_lines" to new temporary table "new_order_lines"
INSERT INTO `new_order_lines` (`id`, `merchant_id`, `position`, `external_id`, `sku`, `title`, `quantity`, `unit_price`, `discount`, `paid`, `refunded`, `held`, `returned`, `category`, `serial_number`, `exclusion`, `exclusion_confirmed`, `fulfilled_at`, `delivered_at`, `order_id`) SELECT `id`, `merchant_id`, `position`, `external_id`, `sku`, `title`, `quantity`, `unit_price`, `discount`, `paid`, `refunded`, `held`, `returned`, `category`, `serial_number`, `exclusion`, `exclusion_confirmed`, `fulfilled_at`, `delivered_at`, `order_id` FROM `order_lines`;
-- drop "order_lines" table after copying rows
DROP TABLE `order_lines`;
-- rename temporary table "new_order_lines" to "order_lines"
ALTER TABLE `new_order_lines` RENAME TO `order_lines`;
-- create index "order_lines_replaces_item_id_key" to table: "order_lines"
CREATE UNIQUE INDEX `order_lines_replaces_item_id_key` ON `order_lines` (`replaces_item_id`);
-- create index "orderline_merchant_id_id" to table: "order_lines"
CREATE UNIQUE INDEX `orderline_merchant_id_id` ON `order_lines` (`merchant_id`, `id`);
-- create index "orderline_merchant_id_order_id_position" to table: "order_lines"
CREATE INDEX `orderline_merchant_id_order_id_position` ON `order_lines` (`merchant_id`, `order_id`, `position`);
-- create "new_parcels" table
CREATE TABLE `new_parcels` (`id` text NOT NULL, `merchant_id` text NOT NULL, `direction` text NOT NULL, `purpose` text NOT NULL DEFAULT ('RETURN'), `method` text NOT NULL DEFAULT ('SELF'), `carrier` text NOT NULL, `waybill` text NOT NULL, `shipped_at` datetime NULL, `delivered_at` datetime NULL, `signed_by` text NULL, `proof_id` text NULL, `case_id` text NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `parcels_evidences_proof` FOREIGN KEY (`merchant_id`, `proof_id`) REFERENCES `evidences` (`merchant_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `parcels_service_cases_parcels` FOREIGN KEY (`merchant_id`, `case_id`) REFERENCES `service_cases` (`merchant_id`, `id`) ON DELETE NO ACTION);
-- copy rows from old table "parcels" to new temporary table "new_parcels"
INSERT INTO `new_parcels` (`id`, `merchant_id`, `direction`, `carrier`, `waybill`, `shipped_at`, `delivered_at`, `case_id`) SELECT `id`, `merchant_id`, `direction`, `carrier`, `waybill`, `shipped_at`, `delivered_at`, `case_id` FROM `parcels`;
-- drop "parcels" table after copying rows
DROP TABLE `parcels`;
-- rename temporary table "new_parcels" to "parcels"
ALTER TABLE `new_parcels` RENAME TO `parcels`;
-- create index "parcel_merchant_id_id" to table: "parcels"
CREATE UNIQUE INDEX `parcel_merchant_id_id` ON `parcels` (`merchant_id`, `id`);
-- create index "parcel_merchant_id_case_id" to table: "parcels"
CREATE INDEX `parcel_merchant_id_case_id` ON `parcels` (`merchant_id`, `case_id`);
-- create index "parcel_merchant_id_waybill" to table: "parcels"
CREATE INDEX `parcel_merchant_id_waybill` ON `parcels` (`merchant_id`, `waybill`);
-- create "new_refunds" table
CREATE TABLE `new_refunds` (`id` text NOT NULL, `merchant_id` text NOT NULL, `amount` integer NOT NULL, `currency` text NOT NULL, `state` text NOT NULL, `gateway` text NOT NULL, `purpose` text NOT NULL DEFAULT ('RETURN'), `components` json NULL, `parts` json NULL, `reference` text NULL, `failure` text NULL, `attempts` integer NOT NULL DEFAULT (1), `redirection` json NULL, `held` bool NOT NULL DEFAULT (false), `released_by` text NULL, `call_at` datetime NULL, `calls` integer NOT NULL DEFAULT (0), `started_at` datetime NOT NULL, `credited_at` datetime NULL, `case_id` text NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `refunds_service_cases_refunds` FOREIGN KEY (`merchant_id`, `case_id`) REFERENCES `service_cases` (`merchant_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `refunds_amount` CHECK (amount > 0), CONSTRAINT `refunds_credit` CHECK ((state = 'CREDITED') = (credited_at IS NOT NULL)), CONSTRAINT `refunds_states` CHECK (state IN ('PROCESSING', 'CREDITED', 'FAILED')));
-- copy rows from old table "refunds" to new temporary table "new_refunds"
INSERT INTO `new_refunds` (`id`, `merchant_id`, `amount`, `currency`, `state`, `gateway`, `reference`, `started_at`, `credited_at`, `case_id`) SELECT `id`, `merchant_id`, `amount`, `currency`, `state`, `gateway`, `reference`, `started_at`, `credited_at`, `case_id` FROM `refunds`;
-- drop "refunds" table after copying rows
DROP TABLE `refunds`;
-- rename temporary table "new_refunds" to "refunds"
ALTER TABLE `new_refunds` RENAME TO `refunds`;
-- create index "refund_merchant_id_id" to table: "refunds"
CREATE UNIQUE INDEX `refund_merchant_id_id` ON `refunds` (`merchant_id`, `id`);
-- create index "refund_merchant_id_case_id_purpose" to table: "refunds"
CREATE UNIQUE INDEX `refund_merchant_id_case_id_purpose` ON `refunds` (`merchant_id`, `case_id`, `purpose`);
-- create index "refund_merchant_id_started_at_id" to table: "refunds"
CREATE INDEX `refund_merchant_id_started_at_id` ON `refunds` (`merchant_id`, `started_at`, `id`);
-- create index "refund_calls" to table: "refunds"
CREATE INDEX `refund_calls` ON `refunds` (`call_at`) WHERE call_at IS NOT NULL;
-- create "new_return_details" table
CREATE TABLE `new_return_details` (`id` text NOT NULL, `merchant_id` text NOT NULL, `remedy` text NOT NULL, `disposition` text NOT NULL DEFAULT ('RETURN'), `received_at` datetime NULL, `delivered_at` datetime NULL, `goods_owed` integer NOT NULL DEFAULT (0), `refund_trigger` text NOT NULL DEFAULT ('INSPECTION'), `came_from` text NULL, `agreed_amount` integer NULL, `freight_claimed` integer NULL, `freight_back` text NULL, `compensation` integer NULL, `damage_cause` text NULL, `dispute_until` datetime NULL, `replaced_at` datetime NULL, `change` text NULL, `review` json NULL, `open_question` text NULL, `steps` json NULL, `materials` json NULL, `reason_id` text NOT NULL, `freight_receipt_id` text NULL, `return_address_id` text NULL, `case_id` text NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `return_details_return_reasons_reason` FOREIGN KEY (`merchant_id`, `reason_id`) REFERENCES `return_reasons` (`merchant_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `return_details_evidences_freight_receipt` FOREIGN KEY (`merchant_id`, `freight_receipt_id`) REFERENCES `evidences` (`merchant_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `return_details_return_addresses_return_address` FOREIGN KEY (`merchant_id`, `return_address_id`) REFERENCES `return_addresses` (`merchant_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `return_details_service_cases_detail` FOREIGN KEY (`merchant_id`, `case_id`) REFERENCES `service_cases` (`merchant_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `return_details_disposition` CHECK (disposition IN ('RETURN', 'KEEP', 'SCRAP')), CONSTRAINT `return_details_money` CHECK ((agreed_amount IS NULL OR agreed_amount >= 0) AND (freight_claimed IS NULL OR freight_claimed >= 0) AND (compensation IS NULL OR compensation >= 0)), CONSTRAINT `return_details_owed` CHECK (goods_owed >= 0), CONSTRAINT `return_details_remedies` CHECK (remedy IN ('REFUND', 'RETURN_AND_REFUND', 'EXCHANGE', 'REPAIR')));
-- copy rows from old table "return_details" to new temporary table "new_return_details"
INSERT INTO `new_return_details` (`id`, `merchant_id`, `remedy`, `review`, `open_question`, `steps`, `materials`, `reason_id`, `return_address_id`, `case_id`) SELECT `id`, `merchant_id`, `remedy`, `review`, `open_question`, `steps`, `materials`, `reason_id`, `return_address_id`, `case_id` FROM `return_details`;
-- drop "return_details" table after copying rows
DROP TABLE `return_details`;
-- rename temporary table "new_return_details" to "return_details"
ALTER TABLE `new_return_details` RENAME TO `return_details`;
-- create index "return_details_case_id_key" to table: "return_details"
CREATE UNIQUE INDEX `return_details_case_id_key` ON `return_details` (`case_id`);
-- create index "returndetail_merchant_id_id" to table: "return_details"
CREATE UNIQUE INDEX `returndetail_merchant_id_id` ON `return_details` (`merchant_id`, `id`);
-- create "new_return_items" table
CREATE TABLE `new_return_items` (`id` text NOT NULL, `merchant_id` text NOT NULL, `position` integer NOT NULL, `quantity` integer NOT NULL, `accepted_quantity` integer NULL, `inspection` json NULL, `condition` text NULL, `deductions` json NULL, `missing_gifts` json NULL, `weight_grams` integer NULL, `photos` json NULL, `sent_back` integer NOT NULL DEFAULT (0), `holding` bool NOT NULL DEFAULT (true), `wanted_sku` text NULL, `order_line_id` text NOT NULL, `inspector_id` text NULL, `case_id` text NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `return_items_order_lines_return_items` FOREIGN KEY (`merchant_id`, `order_line_id`) REFERENCES `order_lines` (`merchant_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `return_items_staffs_inspector` FOREIGN KEY (`merchant_id`, `inspector_id`) REFERENCES `staffs` (`merchant_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `return_items_service_cases_items` FOREIGN KEY (`merchant_id`, `case_id`) REFERENCES `service_cases` (`merchant_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `return_items_quantity` CHECK (quantity >= 1 AND (accepted_quantity IS NULL OR (accepted_quantity >= 0 AND accepted_quantity <= quantity))), CONSTRAINT `return_items_sent_back` CHECK (sent_back >= 0 AND sent_back <= quantity));
-- copy rows from old table "return_items" to new temporary table "new_return_items"
INSERT INTO `new_return_items` (`id`, `merchant_id`, `position`, `quantity`, `accepted_quantity`, `inspection`, `order_line_id`, `inspector_id`, `case_id`) SELECT `id`, `merchant_id`, `position`, `quantity`, `accepted_quantity`, `inspection`, `order_line_id`, `inspector_id`, `case_id` FROM `return_items`;
-- drop "return_items" table after copying rows
DROP TABLE `return_items`;
-- rename temporary table "new_return_items" to "return_items"
ALTER TABLE `new_return_items` RENAME TO `return_items`;
-- create index "returnitem_merchant_id_id" to table: "return_items"
CREATE UNIQUE INDEX `returnitem_merchant_id_id` ON `return_items` (`merchant_id`, `id`);
-- create index "returnitem_merchant_id_case_id_order_line_id" to table: "return_items"
CREATE UNIQUE INDEX `returnitem_merchant_id_case_id_order_line_id` ON `return_items` (`merchant_id`, `case_id`, `order_line_id`);
-- create index "returnitem_merchant_id_order_line_id" to table: "return_items"
CREATE INDEX `returnitem_merchant_id_order_line_id` ON `return_items` (`merchant_id`, `order_line_id`);
-- create "new_service_cases" table
CREATE TABLE `new_service_cases` (`id` text NOT NULL, `number` text NOT NULL, `kind` text NOT NULL, `status` text NOT NULL, `version` integer NOT NULL DEFAULT (1), `revision` integer NOT NULL DEFAULT (1), `channel` text NOT NULL, `priority` text NOT NULL, `description` text NOT NULL, `plan_code` text NOT NULL, `plan_version` integer NOT NULL, `law_code` text NOT NULL DEFAULT ('LAW-CN'), `law_version` integer NOT NULL DEFAULT (1), `opened_at` datetime NOT NULL, `ended_at` datetime NULL, `closed_at` datetime NULL, `next_due_at` datetime NULL, `contacted_at` datetime NOT NULL, `outcome` text NULL, `outcome_note` text NULL, `customer_id` text NOT NULL, `order_id` text NOT NULL, `merchant_id` text NOT NULL, `assignee_id` text NULL, `escalated_to_id` text NULL, PRIMARY KEY (`id`), CONSTRAINT `service_cases_customers_cases` FOREIGN KEY (`merchant_id`, `customer_id`) REFERENCES `customers` (`merchant_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `service_cases_orders_cases` FOREIGN KEY (`merchant_id`, `order_id`) REFERENCES `orders` (`merchant_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `service_cases_merchants_merchant` FOREIGN KEY (`merchant_id`) REFERENCES `merchants` (`id`) ON DELETE NO ACTION, CONSTRAINT `service_cases_staffs_assignee` FOREIGN KEY (`merchant_id`, `assignee_id`) REFERENCES `staffs` (`merchant_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `service_cases_staffs_escalated_to` FOREIGN KEY (`merchant_id`, `escalated_to_id`) REFERENCES `staffs` (`merchant_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `service_cases_closed` CHECK (closed_at IS NULL OR ended_at IS NOT NULL), CONSTRAINT `service_cases_kinds` CHECK (kind IN ('RETURN', 'REPAIR', 'COURIER_CLAIM', 'COMPLAINT', 'INQUIRY', 'OPINION', 'ORDER_CHANGE', 'INSTALLATION', 'COMMISSIONING', 'USAGE_GUIDANCE', 'MAINTENANCE', 'OTHER')), CONSTRAINT `service_cases_outcome` CHECK ((status IN ('COMPLETED', 'REJECTED', 'CANCELLED', 'EXPIRED')) = (outcome IS NOT NULL AND outcome <> '' AND ended_at IS NOT NULL)), CONSTRAINT `service_cases_statuses` CHECK (status IN ('REQUESTED', 'NEEDS_INFO', 'PROPOSED', 'AWAITING_SHIPMENT', 'IN_TRANSIT', 'VISIT_SCHEDULED', 'IN_VISIT', 'RECEIVED', 'INSPECTION_PASSED', 'INSPECTION_FAILED', 'DIAGNOSED', 'QUOTED', 'IN_REPAIR', 'AWAITING_PARTS', 'TESTED', 'REFUNDING', 'REFUND_FAILED', 'REPLACING', 'REPLACEMENT_SHIPPED', 'SENT_BACK', 'DISPUTED', 'COMPLETED', 'REJECTED', 'CANCELLED', 'EXPIRED')));
-- copy rows from old table "service_cases" to new temporary table "new_service_cases"
INSERT INTO `new_service_cases` (`id`, `number`, `kind`, `status`, `version`, `revision`, `channel`, `priority`, `description`, `plan_code`, `plan_version`, `law_code`, `law_version`, `opened_at`, `ended_at`, `closed_at`, `next_due_at`, `contacted_at`, `outcome`, `outcome_note`, `customer_id`, `order_id`, `merchant_id`, `assignee_id`, `escalated_to_id`) SELECT `id`, `number`, `kind`, `status`, `version`, `revision`, `channel`, `priority`, `description`, `plan_code`, `plan_version`, `law_code`, `law_version`, `opened_at`, `ended_at`, `closed_at`, `next_due_at`, `contacted_at`, `outcome`, `outcome_note`, `customer_id`, `order_id`, `merchant_id`, `assignee_id`, `escalated_to_id` FROM `service_cases`;
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
-- create index "servicecase_silent" to table: "service_cases"
CREATE INDEX `servicecase_silent` ON `service_cases` (`merchant_id`, `contacted_at`) WHERE ended_at IS NULL;
-- create index "servicecase_merchant_id_assignee_id" to table: "service_cases"
CREATE INDEX `servicecase_merchant_id_assignee_id` ON `service_cases` (`merchant_id`, `assignee_id`);
-- create "disputes" table
CREATE TABLE `disputes` (`id` text NOT NULL, `merchant_id` text NOT NULL, `reason` text NOT NULL, `opened_at` datetime NOT NULL, `rounds` json NULL, `verdict` text NULL, `decision` text NULL, `decided_by` text NULL, `decided_at` datetime NULL, `freight_bearer` text NULL, `refund_amount` integer NULL, `compensation` integer NULL, `case_id` text NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `disputes_service_cases_dispute` FOREIGN KEY (`merchant_id`, `case_id`) REFERENCES `service_cases` (`merchant_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `disputes_decided` CHECK ((decided_at IS NULL) = (verdict IS NULL OR verdict = '')));
-- create index "disputes_case_id_key" to table: "disputes"
CREATE UNIQUE INDEX `disputes_case_id_key` ON `disputes` (`case_id`);
-- create index "dispute_merchant_id_id" to table: "disputes"
CREATE UNIQUE INDEX `dispute_merchant_id_id` ON `disputes` (`merchant_id`, `id`);
-- create index "dispute_merchant_id_case_id" to table: "disputes"
CREATE UNIQUE INDEX `dispute_merchant_id_case_id` ON `disputes` (`merchant_id`, `case_id`);
-- create "fees" table
CREATE TABLE `fees` (`id` text NOT NULL, `merchant_id` text NOT NULL, `code` text NOT NULL, `name` text NOT NULL, `basis` text NOT NULL, `amount` integer NOT NULL, `legal_reference` text NOT NULL, `valid_from` text NOT NULL, `valid_to` text NULL, PRIMARY KEY (`id`), CONSTRAINT `fees_amount` CHECK (amount >= 0), CONSTRAINT `fees_valid` CHECK (valid_to IS NULL OR valid_to = '' OR valid_to >= valid_from));
-- create index "fee_merchant_id_id" to table: "fees"
CREATE UNIQUE INDEX `fee_merchant_id_id` ON `fees` (`merchant_id`, `id`);
-- create index "fee_merchant_id_code_valid_from" to table: "fees"
CREATE UNIQUE INDEX `fee_merchant_id_code_valid_from` ON `fees` (`merchant_id`, `code`, `valid_from`);
-- create "parked_parcels" table
CREATE TABLE `parked_parcels` (`id` text NOT NULL, `merchant_id` text NOT NULL, `carrier` text NOT NULL, `waybill` text NOT NULL, `note` text NULL, `arrived_at` datetime NOT NULL, `matched_at` datetime NULL, `case_id` text NULL, PRIMARY KEY (`id`), CONSTRAINT `parked_parcels_service_cases_case` FOREIGN KEY (`merchant_id`, `case_id`) REFERENCES `service_cases` (`merchant_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `parked_parcels_matched` CHECK ((case_id IS NULL) = (matched_at IS NULL)));
-- create index "parkedparcel_merchant_id_id" to table: "parked_parcels"
CREATE UNIQUE INDEX `parkedparcel_merchant_id_id` ON `parked_parcels` (`merchant_id`, `id`);
-- create index "parkedparcel_merchant_id_arrived_at_id" to table: "parked_parcels"
CREATE INDEX `parkedparcel_merchant_id_arrived_at_id` ON `parked_parcels` (`merchant_id`, `arrived_at`, `id`);
-- create index "parkedparcel_merchant_id_waybill" to table: "parked_parcels"
CREATE INDEX `parkedparcel_merchant_id_waybill` ON `parked_parcels` (`merchant_id`, `waybill`);
-- create "proposals" table
CREATE TABLE `proposals` (`id` text NOT NULL, `merchant_id` text NOT NULL, `round` integer NOT NULL, `remedy` text NOT NULL, `disposition` text NOT NULL, `amount` integer NULL, `message` text NOT NULL, `author_name` text NOT NULL, `made_at` datetime NOT NULL, `state` text NOT NULL, `answered_at` datetime NULL, `answer` text NULL, `case_id` text NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `proposals_service_cases_proposals` FOREIGN KEY (`merchant_id`, `case_id`) REFERENCES `service_cases` (`merchant_id`, `id`) ON DELETE NO ACTION, CONSTRAINT `proposals_amount` CHECK (amount IS NULL OR amount >= 0), CONSTRAINT `proposals_answered` CHECK ((state = 'OPEN') = (answered_at IS NULL)), CONSTRAINT `proposals_state` CHECK (state IN ('OPEN', 'ACCEPTED', 'DECLINED', 'EXPIRED')));
-- create index "proposal_merchant_id_id" to table: "proposals"
CREATE UNIQUE INDEX `proposal_merchant_id_id` ON `proposals` (`merchant_id`, `id`);
-- create index "proposal_merchant_id_case_id_round" to table: "proposals"
CREATE UNIQUE INDEX `proposal_merchant_id_case_id_round` ON `proposals` (`merchant_id`, `case_id`, `round`);
-- what is known of cases from before
UPDATE return_details SET disposition = 'KEEP' WHERE remedy = 'REFUND';
UPDATE return_details SET received_at = (SELECT MAX(e.at) FROM case_events e WHERE e.merchant_id = return_details.merchant_id AND e.case_id = return_details.case_id AND e.type = 'RECEIVED');
UPDATE return_details SET goods_owed = COALESCE((SELECT SUM(i.quantity - i.accepted_quantity) FROM return_items i WHERE i.merchant_id = return_details.merchant_id AND i.case_id = return_details.case_id AND i.accepted_quantity IS NOT NULL), 0) WHERE EXISTS (SELECT 1 FROM service_cases c WHERE c.merchant_id = return_details.merchant_id AND c.id = return_details.case_id AND c.ended_at IS NULL);
UPDATE return_items SET holding = false WHERE EXISTS (SELECT 1 FROM service_cases c WHERE c.merchant_id = return_items.merchant_id AND c.id = return_items.case_id AND c.ended_at IS NOT NULL) OR EXISTS (SELECT 1 FROM refunds r WHERE r.merchant_id = return_items.merchant_id AND r.case_id = return_items.case_id);
COMMIT;
-- enable back the enforcement of foreign-keys constraints
PRAGMA foreign_keys = on;

-- +goose Down
-- reverse: create index "proposal_merchant_id_case_id_round" to table: "proposals"
DROP INDEX `proposal_merchant_id_case_id_round`;
-- reverse: create index "proposal_merchant_id_id" to table: "proposals"
DROP INDEX `proposal_merchant_id_id`;
-- reverse: create "proposals" table
DROP TABLE `proposals`;
-- reverse: create index "parkedparcel_merchant_id_waybill" to table: "parked_parcels"
DROP INDEX `parkedparcel_merchant_id_waybill`;
-- reverse: create index "parkedparcel_merchant_id_arrived_at_id" to table: "parked_parcels"
DROP INDEX `parkedparcel_merchant_id_arrived_at_id`;
-- reverse: create index "parkedparcel_merchant_id_id" to table: "parked_parcels"
DROP INDEX `parkedparcel_merchant_id_id`;
-- reverse: create "parked_parcels" table
DROP TABLE `parked_parcels`;
-- reverse: create index "fee_merchant_id_code_valid_from" to table: "fees"
DROP INDEX `fee_merchant_id_code_valid_from`;
-- reverse: create index "fee_merchant_id_id" to table: "fees"
DROP INDEX `fee_merchant_id_id`;
-- reverse: create "fees" table
DROP TABLE `fees`;
-- reverse: create index "dispute_merchant_id_case_id" to table: "disputes"
DROP INDEX `dispute_merchant_id_case_id`;
-- reverse: create index "dispute_merchant_id_id" to table: "disputes"
DROP INDEX `dispute_merchant_id_id`;
-- reverse: create index "disputes_case_id_key" to table: "disputes"
DROP INDEX `disputes_case_id_key`;
-- reverse: create "disputes" table
DROP TABLE `disputes`;
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
-- reverse: create "new_service_cases" table
DROP TABLE `new_service_cases`;
-- reverse: create index "returnitem_merchant_id_order_line_id" to table: "return_items"
DROP INDEX `returnitem_merchant_id_order_line_id`;
-- reverse: create index "returnitem_merchant_id_case_id_order_line_id" to table: "return_items"
DROP INDEX `returnitem_merchant_id_case_id_order_line_id`;
-- reverse: create index "returnitem_merchant_id_id" to table: "return_items"
DROP INDEX `returnitem_merchant_id_id`;
-- reverse: create "new_return_items" table
DROP TABLE `new_return_items`;
-- reverse: create index "returndetail_merchant_id_id" to table: "return_details"
DROP INDEX `returndetail_merchant_id_id`;
-- reverse: create index "return_details_case_id_key" to table: "return_details"
DROP INDEX `return_details_case_id_key`;
-- reverse: create "new_return_details" table
DROP TABLE `new_return_details`;
-- reverse: create index "refund_calls" to table: "refunds"
DROP INDEX `refund_calls`;
-- reverse: create index "refund_merchant_id_started_at_id" to table: "refunds"
DROP INDEX `refund_merchant_id_started_at_id`;
-- reverse: create index "refund_merchant_id_case_id_purpose" to table: "refunds"
DROP INDEX `refund_merchant_id_case_id_purpose`;
-- reverse: create index "refund_merchant_id_id" to table: "refunds"
DROP INDEX `refund_merchant_id_id`;
-- reverse: create "new_refunds" table
DROP TABLE `new_refunds`;
-- reverse: create index "parcel_merchant_id_waybill" to table: "parcels"
DROP INDEX `parcel_merchant_id_waybill`;
-- reverse: create index "parcel_merchant_id_case_id" to table: "parcels"
DROP INDEX `parcel_merchant_id_case_id`;
-- reverse: create index "parcel_merchant_id_id" to table: "parcels"
DROP INDEX `parcel_merchant_id_id`;
-- reverse: create "new_parcels" table
DROP TABLE `new_parcels`;
-- reverse: create index "orderline_merchant_id_order_id_position" to table: "order_lines"
DROP INDEX `orderline_merchant_id_order_id_position`;
-- reverse: create index "orderline_merchant_id_id" to table: "order_lines"
DROP INDEX `orderline_merchant_id_id`;
-- reverse: create index "order_lines_replaces_item_id_key" to table: "order_lines"
DROP INDEX `order_lines_replaces_item_id_key`;
-- reverse: create "new_order_lines" table
DROP TABLE `new_order_lines`;
-- reverse: create index "order_merchant_id_customer_id_placed_at_id" to table: "orders"
DROP INDEX `order_merchant_id_customer_id_placed_at_id`;
-- reverse: create index "order_merchant_id_placed_at_id" to table: "orders"
DROP INDEX `order_merchant_id_placed_at_id`;
-- reverse: create index "order_merchant_id_number" to table: "orders"
DROP INDEX `order_merchant_id_number`;
-- reverse: create index "order_merchant_id_id" to table: "orders"
DROP INDEX `order_merchant_id_id`;
-- reverse: create "new_orders" table
DROP TABLE `new_orders`;
-- reverse: create index "merchants_slug_key" to table: "merchants"
DROP INDEX `merchants_slug_key`;
-- reverse: create "new_merchants" table
DROP TABLE `new_merchants`;
