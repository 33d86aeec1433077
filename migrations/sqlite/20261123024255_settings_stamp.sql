-- +goose Up
-- modify "merchants" table
ALTER TABLE `merchants` ADD COLUMN `settings_stamp` text NOT NULL DEFAULT '';

-- +goose Down
-- reverse: modify "merchants" table
ALTER TABLE `merchants` DROP COLUMN `settings_stamp`;
