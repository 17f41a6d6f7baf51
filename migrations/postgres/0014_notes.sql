-- +goose Up
-- The twin of sqlite/0014_notes.sql.
-- When who wrote a note last changed it.
ALTER TABLE notes ADD COLUMN edited_at timestamptz;
