-- +goose Up
-- modify "return_items" table
ALTER TABLE "return_items" ADD COLUMN "choice" jsonb NULL;

-- +goose Down
-- reverse: modify "return_items" table
ALTER TABLE "return_items" DROP COLUMN "choice";
