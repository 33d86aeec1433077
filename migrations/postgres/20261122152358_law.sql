-- +goose Up
-- modify "deadlines" table
ALTER TABLE "deadlines" ADD COLUMN "plan_code" character varying NOT NULL DEFAULT 'MALL', ADD COLUMN "plan_version" bigint NOT NULL DEFAULT 1;
-- modify "merchants" table
ALTER TABLE "merchants" ADD COLUMN "no_reason_days" bigint NULL;
-- modify "order_lines" table
ALTER TABLE "order_lines" ADD COLUMN "exclusion" character varying NULL, ADD COLUMN "exclusion_confirmed" boolean NOT NULL DEFAULT false;
-- modify "service_cases" table
ALTER TABLE "service_cases" ADD COLUMN "law_code" character varying NOT NULL DEFAULT 'LAW-CN', ADD COLUMN "law_version" bigint NOT NULL DEFAULT 1;

-- +goose Down
-- reverse: modify "service_cases" table
ALTER TABLE "service_cases" DROP COLUMN "law_version", DROP COLUMN "law_code";
-- reverse: modify "order_lines" table
ALTER TABLE "order_lines" DROP COLUMN "exclusion_confirmed", DROP COLUMN "exclusion";
-- reverse: modify "merchants" table
ALTER TABLE "merchants" DROP COLUMN "no_reason_days";
-- reverse: modify "deadlines" table
ALTER TABLE "deadlines" DROP COLUMN "plan_version", DROP COLUMN "plan_code";
