-- +goose Up
-- add column "choice" to table: "return_items"
ALTER TABLE `return_items` ADD COLUMN `choice` json NULL;

-- +goose Down
-- reverse: add column "choice" to table: "return_items"
ALTER TABLE `return_items` DROP COLUMN `choice`;
