-- +goose Up
-- modify "merchants" table
ALTER TABLE "merchants" ADD CONSTRAINT "merchants_limit" CHECK ((refund_limit IS NULL) OR (refund_limit >= 0)), ADD CONSTRAINT "merchants_status" CHECK ((status)::text = ANY ((ARRAY['ACTIVE'::character varying, 'CLOSING'::character varying, 'CLOSED'::character varying])::text[])), ADD COLUMN "status" character varying NOT NULL DEFAULT 'ACTIVE', ADD COLUMN "refund_limit" bigint NULL, ADD COLUMN "refund_trigger" character varying NULL, ADD COLUMN "gateway_url" character varying NULL, ADD COLUMN "gateway_secret" character varying NULL;
-- modify "orders" table
ALTER TABLE "orders" ADD CONSTRAINT "orders_shipping" CHECK ((extra_paid >= 0) AND (shipping_waived >= 0) AND (shipping_refunded >= 0) AND (shipping_withheld >= 0) AND (shipping_refunded <= shipping)), ADD COLUMN "tenders" jsonb NULL, ADD COLUMN "extra_paid" bigint NOT NULL DEFAULT 0, ADD COLUMN "free_shipping_from" bigint NULL, ADD COLUMN "shipping_waived" bigint NOT NULL DEFAULT 0, ADD COLUMN "shipping_refunded" bigint NOT NULL DEFAULT 0, ADD COLUMN "shipping_withheld" bigint NOT NULL DEFAULT 0, ADD COLUMN "ship_to" jsonb NULL;
-- drop index "refund_merchant_id_case_id" from table: "refunds"
DROP INDEX "refund_merchant_id_case_id";
-- modify "refunds" table
ALTER TABLE "refunds" DROP CONSTRAINT "refunds_state", ADD CONSTRAINT "refunds_states" CHECK ((state)::text = ANY ((ARRAY['PROCESSING'::character varying, 'CREDITED'::character varying, 'FAILED'::character varying])::text[])), ADD COLUMN "purpose" character varying NOT NULL DEFAULT 'RETURN', ADD COLUMN "components" jsonb NULL, ADD COLUMN "parts" jsonb NULL, ADD COLUMN "failure" character varying NULL, ADD COLUMN "attempts" bigint NOT NULL DEFAULT 1, ADD COLUMN "redirection" jsonb NULL, ADD COLUMN "held" boolean NOT NULL DEFAULT false, ADD COLUMN "released_by" character varying NULL, ADD COLUMN "call_at" timestamptz NULL, ADD COLUMN "calls" bigint NOT NULL DEFAULT 0;
-- create index "refund_calls" to table: "refunds"
CREATE INDEX "refund_calls" ON "refunds" ("call_at") WHERE (call_at IS NOT NULL);
-- create index "refund_merchant_id_case_id_purpose" to table: "refunds"
CREATE UNIQUE INDEX "refund_merchant_id_case_id_purpose" ON "refunds" ("merchant_id", "case_id", "purpose");
-- modify "service_cases" table
ALTER TABLE "service_cases" DROP CONSTRAINT "service_cases_kind", DROP CONSTRAINT "service_cases_status", ADD CONSTRAINT "service_cases_kinds" CHECK ((kind)::text = ANY ((ARRAY['RETURN'::character varying, 'REPAIR'::character varying, 'COURIER_CLAIM'::character varying, 'COMPLAINT'::character varying, 'INQUIRY'::character varying, 'OPINION'::character varying, 'ORDER_CHANGE'::character varying, 'INSTALLATION'::character varying, 'COMMISSIONING'::character varying, 'USAGE_GUIDANCE'::character varying, 'MAINTENANCE'::character varying, 'OTHER'::character varying])::text[])), ADD CONSTRAINT "service_cases_statuses" CHECK ((status)::text = ANY ((ARRAY['REQUESTED'::character varying, 'NEEDS_INFO'::character varying, 'PROPOSED'::character varying, 'AWAITING_SHIPMENT'::character varying, 'IN_TRANSIT'::character varying, 'VISIT_SCHEDULED'::character varying, 'IN_VISIT'::character varying, 'RECEIVED'::character varying, 'INSPECTION_PASSED'::character varying, 'INSPECTION_FAILED'::character varying, 'DIAGNOSED'::character varying, 'QUOTED'::character varying, 'IN_REPAIR'::character varying, 'AWAITING_PARTS'::character varying, 'TESTED'::character varying, 'REFUNDING'::character varying, 'REFUND_FAILED'::character varying, 'REPLACING'::character varying, 'REPLACEMENT_SHIPPED'::character varying, 'SENT_BACK'::character varying, 'DISPUTED'::character varying, 'COMPLETED'::character varying, 'REJECTED'::character varying, 'CANCELLED'::character varying, 'EXPIRED'::character varying])::text[]));
-- create "fees" table
CREATE TABLE "fees" ("id" character varying NOT NULL, "merchant_id" character varying NOT NULL, "code" character varying NOT NULL, "name" character varying NOT NULL, "basis" character varying NOT NULL, "amount" bigint NOT NULL, "legal_reference" character varying NOT NULL, "valid_from" character varying NOT NULL, "valid_to" character varying NULL, PRIMARY KEY ("id"), CONSTRAINT "fees_amount" CHECK (amount >= 0), CONSTRAINT "fees_valid" CHECK ((valid_to IS NULL) OR ((valid_to)::text = ''::text) OR ((valid_to)::text >= (valid_from)::text)));
-- create index "fee_merchant_id_code_valid_from" to table: "fees"
CREATE UNIQUE INDEX "fee_merchant_id_code_valid_from" ON "fees" ("merchant_id", "code", "valid_from");
-- create index "fee_merchant_id_id" to table: "fees"
CREATE UNIQUE INDEX "fee_merchant_id_id" ON "fees" ("merchant_id", "id");
-- create "disputes" table
CREATE TABLE "disputes" ("id" character varying NOT NULL, "merchant_id" character varying NOT NULL, "reason" character varying NOT NULL, "opened_at" timestamptz NOT NULL, "rounds" jsonb NULL, "verdict" character varying NULL, "decision" character varying NULL, "decided_by" character varying NULL, "decided_at" timestamptz NULL, "freight_bearer" character varying NULL, "refund_amount" bigint NULL, "compensation" bigint NULL, "case_id" character varying NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "disputes_service_cases_dispute" FOREIGN KEY ("merchant_id", "case_id") REFERENCES "service_cases" ("merchant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "disputes_decided" CHECK ((decided_at IS NULL) = ((verdict IS NULL) OR ((verdict)::text = ''::text))));
-- create index "dispute_merchant_id_case_id" to table: "disputes"
CREATE UNIQUE INDEX "dispute_merchant_id_case_id" ON "disputes" ("merchant_id", "case_id");
-- create index "dispute_merchant_id_id" to table: "disputes"
CREATE UNIQUE INDEX "dispute_merchant_id_id" ON "disputes" ("merchant_id", "id");
-- create index "disputes_case_id_key" to table: "disputes"
CREATE UNIQUE INDEX "disputes_case_id_key" ON "disputes" ("case_id");
-- modify "return_items" table
ALTER TABLE "return_items" ADD CONSTRAINT "return_items_sent_back" CHECK ((sent_back >= 0) AND (sent_back <= quantity)), ADD COLUMN "condition" character varying NULL, ADD COLUMN "deductions" jsonb NULL, ADD COLUMN "missing_gifts" jsonb NULL, ADD COLUMN "weight_grams" bigint NULL, ADD COLUMN "photos" jsonb NULL, ADD COLUMN "sent_back" bigint NOT NULL DEFAULT 0, ADD COLUMN "holding" boolean NOT NULL DEFAULT true, ADD COLUMN "wanted_sku" character varying NULL;
-- modify "order_lines" table
ALTER TABLE "order_lines" ADD CONSTRAINT "order_lines_parts" CHECK (((marked_price IS NULL) OR (marked_price >= 0)) AND ((list_price IS NULL) OR (list_price >= 0)) AND (withheld >= 0)), ADD COLUMN "gift_of" character varying NULL, ADD COLUMN "marked_price" bigint NULL, ADD COLUMN "bundle" character varying NULL, ADD COLUMN "list_price" bigint NULL, ADD COLUMN "withheld" bigint NOT NULL DEFAULT 0, ADD COLUMN "replaces_item_id" character varying NULL, ADD CONSTRAINT "order_lines_return_items_replacement" FOREIGN KEY ("merchant_id", "replaces_item_id") REFERENCES "return_items" ("merchant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION;
-- create index "order_lines_replaces_item_id_key" to table: "order_lines"
CREATE UNIQUE INDEX "order_lines_replaces_item_id_key" ON "order_lines" ("replaces_item_id");
-- modify "parcels" table
ALTER TABLE "parcels" ADD COLUMN "purpose" character varying NOT NULL DEFAULT 'RETURN', ADD COLUMN "method" character varying NOT NULL DEFAULT 'SELF', ADD COLUMN "signed_by" character varying NULL, ADD COLUMN "proof_id" character varying NULL, ADD CONSTRAINT "parcels_evidences_proof" FOREIGN KEY ("merchant_id", "proof_id") REFERENCES "evidences" ("merchant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION;
-- create "parked_parcels" table
CREATE TABLE "parked_parcels" ("id" character varying NOT NULL, "merchant_id" character varying NOT NULL, "carrier" character varying NOT NULL, "waybill" character varying NOT NULL, "note" character varying NULL, "arrived_at" timestamptz NOT NULL, "matched_at" timestamptz NULL, "case_id" character varying NULL, PRIMARY KEY ("id"), CONSTRAINT "parked_parcels_service_cases_case" FOREIGN KEY ("merchant_id", "case_id") REFERENCES "service_cases" ("merchant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "parked_parcels_matched" CHECK ((case_id IS NULL) = (matched_at IS NULL)));
-- create index "parkedparcel_merchant_id_arrived_at_id" to table: "parked_parcels"
CREATE INDEX "parkedparcel_merchant_id_arrived_at_id" ON "parked_parcels" ("merchant_id", "arrived_at", "id");
-- create index "parkedparcel_merchant_id_id" to table: "parked_parcels"
CREATE UNIQUE INDEX "parkedparcel_merchant_id_id" ON "parked_parcels" ("merchant_id", "id");
-- create index "parkedparcel_merchant_id_waybill" to table: "parked_parcels"
CREATE INDEX "parkedparcel_merchant_id_waybill" ON "parked_parcels" ("merchant_id", "waybill");
-- create "proposals" table
CREATE TABLE "proposals" ("id" character varying NOT NULL, "merchant_id" character varying NOT NULL, "round" bigint NOT NULL, "remedy" character varying NOT NULL, "disposition" character varying NOT NULL, "amount" bigint NULL, "message" character varying NOT NULL, "author_name" character varying NOT NULL, "made_at" timestamptz NOT NULL, "state" character varying NOT NULL, "answered_at" timestamptz NULL, "answer" character varying NULL, "case_id" character varying NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "proposals_service_cases_proposals" FOREIGN KEY ("merchant_id", "case_id") REFERENCES "service_cases" ("merchant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION, CONSTRAINT "proposals_amount" CHECK ((amount IS NULL) OR (amount >= 0)), CONSTRAINT "proposals_answered" CHECK (((state)::text = 'OPEN'::text) = (answered_at IS NULL)), CONSTRAINT "proposals_state" CHECK ((state)::text = ANY ((ARRAY['OPEN'::character varying, 'ACCEPTED'::character varying, 'DECLINED'::character varying, 'EXPIRED'::character varying])::text[])));
-- create index "proposal_merchant_id_case_id_round" to table: "proposals"
CREATE UNIQUE INDEX "proposal_merchant_id_case_id_round" ON "proposals" ("merchant_id", "case_id", "round");
-- create index "proposal_merchant_id_id" to table: "proposals"
CREATE UNIQUE INDEX "proposal_merchant_id_id" ON "proposals" ("merchant_id", "id");
-- modify "return_details" table
ALTER TABLE "return_details" DROP CONSTRAINT "return_details_remedy", ADD CONSTRAINT "return_details_disposition" CHECK ((disposition)::text = ANY ((ARRAY['RETURN'::character varying, 'KEEP'::character varying, 'SCRAP'::character varying])::text[])), ADD CONSTRAINT "return_details_money" CHECK (((agreed_amount IS NULL) OR (agreed_amount >= 0)) AND ((freight_claimed IS NULL) OR (freight_claimed >= 0)) AND ((compensation IS NULL) OR (compensation >= 0))), ADD CONSTRAINT "return_details_owed" CHECK (goods_owed >= 0), ADD CONSTRAINT "return_details_remedies" CHECK ((remedy)::text = ANY ((ARRAY['REFUND'::character varying, 'RETURN_AND_REFUND'::character varying, 'EXCHANGE'::character varying, 'REPAIR'::character varying])::text[])), ADD COLUMN "disposition" character varying NOT NULL DEFAULT 'RETURN', ADD COLUMN "received_at" timestamptz NULL, ADD COLUMN "delivered_at" timestamptz NULL, ADD COLUMN "goods_owed" bigint NOT NULL DEFAULT 0, ADD COLUMN "refund_trigger" character varying NOT NULL DEFAULT 'INSPECTION', ADD COLUMN "came_from" character varying NULL, ADD COLUMN "agreed_amount" bigint NULL, ADD COLUMN "freight_claimed" bigint NULL, ADD COLUMN "freight_back" character varying NULL, ADD COLUMN "compensation" bigint NULL, ADD COLUMN "damage_cause" character varying NULL, ADD COLUMN "dispute_until" timestamptz NULL, ADD COLUMN "replaced_at" timestamptz NULL, ADD COLUMN "change" character varying NULL, ADD COLUMN "freight_receipt_id" character varying NULL, ADD CONSTRAINT "return_details_evidences_freight_receipt" FOREIGN KEY ("merchant_id", "freight_receipt_id") REFERENCES "evidences" ("merchant_id", "id") ON UPDATE NO ACTION ON DELETE NO ACTION;

-- what is known of cases from before
UPDATE return_details SET disposition = 'KEEP' WHERE remedy = 'REFUND';
UPDATE return_details SET received_at = (SELECT MAX(e.at) FROM case_events e WHERE e.merchant_id = return_details.merchant_id AND e.case_id = return_details.case_id AND e.type = 'RECEIVED');
UPDATE return_details SET goods_owed = COALESCE((SELECT SUM(i.quantity - i.accepted_quantity) FROM return_items i WHERE i.merchant_id = return_details.merchant_id AND i.case_id = return_details.case_id AND i.accepted_quantity IS NOT NULL), 0) WHERE EXISTS (SELECT 1 FROM service_cases c WHERE c.merchant_id = return_details.merchant_id AND c.id = return_details.case_id AND c.ended_at IS NULL);
UPDATE return_items SET holding = false WHERE EXISTS (SELECT 1 FROM service_cases c WHERE c.merchant_id = return_items.merchant_id AND c.id = return_items.case_id AND c.ended_at IS NOT NULL) OR EXISTS (SELECT 1 FROM refunds r WHERE r.merchant_id = return_items.merchant_id AND r.case_id = return_items.case_id);

-- +goose Down
-- reverse: modify "return_details" table
ALTER TABLE "return_details" DROP CONSTRAINT "return_details_evidences_freight_receipt", DROP COLUMN "freight_receipt_id", DROP COLUMN "change", DROP COLUMN "replaced_at", DROP COLUMN "dispute_until", DROP COLUMN "damage_cause", DROP COLUMN "compensation", DROP COLUMN "freight_back", DROP COLUMN "freight_claimed", DROP COLUMN "agreed_amount", DROP COLUMN "came_from", DROP COLUMN "refund_trigger", DROP COLUMN "goods_owed", DROP COLUMN "delivered_at", DROP COLUMN "received_at", DROP COLUMN "disposition", DROP CONSTRAINT "return_details_remedies", DROP CONSTRAINT "return_details_owed", DROP CONSTRAINT "return_details_money", DROP CONSTRAINT "return_details_disposition", ADD CONSTRAINT "return_details_remedy" CHECK ((remedy)::text = ANY (ARRAY[('REFUND'::character varying)::text, ('RETURN_AND_REFUND'::character varying)::text]));
-- reverse: create index "proposal_merchant_id_id" to table: "proposals"
DROP INDEX "proposal_merchant_id_id";
-- reverse: create index "proposal_merchant_id_case_id_round" to table: "proposals"
DROP INDEX "proposal_merchant_id_case_id_round";
-- reverse: create "proposals" table
DROP TABLE "proposals";
-- reverse: create index "parkedparcel_merchant_id_waybill" to table: "parked_parcels"
DROP INDEX "parkedparcel_merchant_id_waybill";
-- reverse: create index "parkedparcel_merchant_id_id" to table: "parked_parcels"
DROP INDEX "parkedparcel_merchant_id_id";
-- reverse: create index "parkedparcel_merchant_id_arrived_at_id" to table: "parked_parcels"
DROP INDEX "parkedparcel_merchant_id_arrived_at_id";
-- reverse: create "parked_parcels" table
DROP TABLE "parked_parcels";
-- reverse: modify "parcels" table
ALTER TABLE "parcels" DROP CONSTRAINT "parcels_evidences_proof", DROP COLUMN "proof_id", DROP COLUMN "signed_by", DROP COLUMN "method", DROP COLUMN "purpose";
-- reverse: create index "order_lines_replaces_item_id_key" to table: "order_lines"
DROP INDEX "order_lines_replaces_item_id_key";
-- reverse: modify "order_lines" table
ALTER TABLE "order_lines" DROP CONSTRAINT "order_lines_return_items_replacement", DROP COLUMN "replaces_item_id", DROP COLUMN "withheld", DROP COLUMN "list_price", DROP COLUMN "bundle", DROP COLUMN "marked_price", DROP COLUMN "gift_of", DROP CONSTRAINT "order_lines_parts";
-- reverse: modify "return_items" table
ALTER TABLE "return_items" DROP COLUMN "wanted_sku", DROP COLUMN "holding", DROP COLUMN "sent_back", DROP COLUMN "photos", DROP COLUMN "weight_grams", DROP COLUMN "missing_gifts", DROP COLUMN "deductions", DROP COLUMN "condition", DROP CONSTRAINT "return_items_sent_back";
-- reverse: create index "disputes_case_id_key" to table: "disputes"
DROP INDEX "disputes_case_id_key";
-- reverse: create index "dispute_merchant_id_id" to table: "disputes"
DROP INDEX "dispute_merchant_id_id";
-- reverse: create index "dispute_merchant_id_case_id" to table: "disputes"
DROP INDEX "dispute_merchant_id_case_id";
-- reverse: create "disputes" table
DROP TABLE "disputes";
-- reverse: create index "fee_merchant_id_id" to table: "fees"
DROP INDEX "fee_merchant_id_id";
-- reverse: create index "fee_merchant_id_code_valid_from" to table: "fees"
DROP INDEX "fee_merchant_id_code_valid_from";
-- reverse: create "fees" table
DROP TABLE "fees";
-- reverse: modify "service_cases" table
ALTER TABLE "service_cases" DROP CONSTRAINT "service_cases_statuses", DROP CONSTRAINT "service_cases_kinds", ADD CONSTRAINT "service_cases_status" CHECK ((status)::text = ANY (ARRAY[('REQUESTED'::character varying)::text, ('NEEDS_INFO'::character varying)::text, ('AWAITING_SHIPMENT'::character varying)::text, ('IN_TRANSIT'::character varying)::text, ('RECEIVED'::character varying)::text, ('INSPECTION_PASSED'::character varying)::text, ('INSPECTION_FAILED'::character varying)::text, ('REFUNDING'::character varying)::text, ('COMPLETED'::character varying)::text, ('REJECTED'::character varying)::text, ('CANCELLED'::character varying)::text, ('EXPIRED'::character varying)::text])), ADD CONSTRAINT "service_cases_kind" CHECK ((kind)::text = 'RETURN'::text);
-- reverse: create index "refund_merchant_id_case_id_purpose" to table: "refunds"
DROP INDEX "refund_merchant_id_case_id_purpose";
-- reverse: create index "refund_calls" to table: "refunds"
DROP INDEX "refund_calls";
-- reverse: modify "refunds" table
ALTER TABLE "refunds" DROP COLUMN "calls", DROP COLUMN "call_at", DROP COLUMN "released_by", DROP COLUMN "held", DROP COLUMN "redirection", DROP COLUMN "attempts", DROP COLUMN "failure", DROP COLUMN "parts", DROP COLUMN "components", DROP COLUMN "purpose", DROP CONSTRAINT "refunds_states", ADD CONSTRAINT "refunds_state" CHECK ((state)::text = ANY (ARRAY[('PROCESSING'::character varying)::text, ('CREDITED'::character varying)::text]));
-- reverse: drop index "refund_merchant_id_case_id" from table: "refunds"
CREATE UNIQUE INDEX "refund_merchant_id_case_id" ON "refunds" ("merchant_id", "case_id");
-- reverse: modify "orders" table
ALTER TABLE "orders" DROP COLUMN "ship_to", DROP COLUMN "shipping_withheld", DROP COLUMN "shipping_refunded", DROP COLUMN "shipping_waived", DROP COLUMN "free_shipping_from", DROP COLUMN "extra_paid", DROP COLUMN "tenders", DROP CONSTRAINT "orders_shipping";
-- reverse: modify "merchants" table
ALTER TABLE "merchants" DROP COLUMN "gateway_secret", DROP COLUMN "gateway_url", DROP COLUMN "refund_trigger", DROP COLUMN "refund_limit", DROP COLUMN "status", DROP CONSTRAINT "merchants_status", DROP CONSTRAINT "merchants_limit";
