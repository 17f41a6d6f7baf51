-- +goose Up
-- The twin of postgres/0014_notes.sql.
-- When who wrote a note last changed it.
ALTER TABLE notes ADD COLUMN edited_at INTEGER;
