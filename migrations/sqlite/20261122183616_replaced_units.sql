-- +goose Up
-- add column "replaced" to table: "order_lines"
ALTER TABLE `order_lines` ADD COLUMN `replaced` integer NOT NULL DEFAULT (0);

-- +goose Down
-- reverse: add column "replaced" to table: "order_lines"
ALTER TABLE `order_lines` DROP COLUMN `replaced`;
