-- +goose Up
-- The lists of synonyms that an administrator has written: one row, or none.
CREATE TABLE synonyms (
    one        INTEGER PRIMARY KEY CHECK (one = 1),
    text       TEXT    NOT NULL,
    own_only   INTEGER NOT NULL,
    changed_by TEXT    NOT NULL,
    changed_at INTEGER NOT NULL
) STRICT;
