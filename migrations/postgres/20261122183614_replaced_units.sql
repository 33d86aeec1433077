-- +goose Up
-- modify "order_lines" table
ALTER TABLE "order_lines" ADD COLUMN "replaced" bigint NOT NULL DEFAULT 0;

-- +goose Down
-- reverse: modify "order_lines" table
ALTER TABLE "order_lines" DROP COLUMN "replaced";
