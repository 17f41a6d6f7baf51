-- +goose Up
-- The twin of sqlite/0004_search.sql: same table, same columns.
-- The lists of synonyms that an administrator has written: one row, or none.
CREATE TABLE synonyms (
    one        integer     PRIMARY KEY CHECK (one = 1),
    text       text        COLLATE "C" NOT NULL,
    own_only   boolean     NOT NULL,
    changed_by text        COLLATE "C" NOT NULL,
    changed_at timestamptz NOT NULL
);
