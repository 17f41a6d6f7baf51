-- +goose Up
-- The twin of postgres/0007_saved.sql: same tables, same columns.
-- news is the number with which a voicemail was last news: it came, or its
-- transcript did. What was there before this column is none.
ALTER TABLE changes ADD COLUMN news INTEGER NOT NULL DEFAULT 0;

CREATE INDEX changes_news ON changes (news);

-- Searches that people keep. params is the query of an address, opaque to SQL.
CREATE TABLE saved_searches (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id    INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name       TEXT    NOT NULL,
    params     TEXT    NOT NULL,
    shared     INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    UNIQUE (user_id, name)
) STRICT;

-- How far the change feed was when somebody last looked at a saved search.
CREATE TABLE saved_looks (
    search_id INTEGER NOT NULL REFERENCES saved_searches (id) ON DELETE CASCADE,
    user_id   INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    seq       INTEGER NOT NULL,
    at        INTEGER NOT NULL,
    PRIMARY KEY (search_id, user_id)
) STRICT;

CREATE INDEX saved_looks_user ON saved_looks (user_id);

-- Who is told of what a saved search finds anew, and how.
CREATE TABLE alerts (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    search_id      INTEGER NOT NULL REFERENCES saved_searches (id) ON DELETE CASCADE,
    user_id        INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    channel        TEXT    NOT NULL,
    target         TEXT    NOT NULL,
    sealed         BLOB    NOT NULL,
    excerpts       INTEGER NOT NULL,
    more_than      INTEGER NOT NULL,
    within_us      INTEGER NOT NULL,
    every_us       INTEGER NOT NULL,
    quiet_from     INTEGER NOT NULL, -- minutes of the day
    quiet_to       INTEGER NOT NULL,
    quiet_weekends INTEGER NOT NULL,
    zone           TEXT    NOT NULL,
    paused         INTEGER NOT NULL,
    created_at     INTEGER NOT NULL,
    since          INTEGER NOT NULL, -- only what became news after this number is told
    seen           INTEGER NOT NULL, -- how far the change feed was looked through
    told_at        INTEGER,
    next_at        INTEGER, -- when what waits to be told is looked at again
    lease_token    TEXT    NOT NULL,
    lease_until    INTEGER
) STRICT;

CREATE INDEX alerts_search ON alerts (search_id);
CREATE INDEX alerts_user ON alerts (user_id);

-- What an alert has found: '' waits to be told, '-' will not be. No foreign key
-- to the voicemail: an erased one leaves its row.
CREATE TABLE alert_matches (
    alert_id     INTEGER NOT NULL REFERENCES alerts (id) ON DELETE CASCADE,
    voicemail_id INTEGER NOT NULL,
    left_at      INTEGER NOT NULL,
    delivery_id  TEXT    NOT NULL,
    PRIMARY KEY (alert_id, voicemail_id)
) STRICT;

CREATE INDEX alert_matches_untold ON alert_matches (alert_id, left_at, voicemail_id) WHERE delivery_id = '';
CREATE INDEX alert_matches_delivery ON alert_matches (delivery_id, left_at, voicemail_id) WHERE delivery_id NOT IN ('', '-');

-- Messages on their way. The id is the one that the receiver sees.
CREATE TABLE deliveries (
    id          TEXT    PRIMARY KEY,
    alert_id    INTEGER NOT NULL REFERENCES alerts (id) ON DELETE CASCADE,
    matches     INTEGER NOT NULL,
    state       TEXT    NOT NULL,
    attempts    INTEGER NOT NULL,
    made_at     INTEGER NOT NULL,
    due_at      INTEGER, -- of a leased one: when its lease runs out
    ended_at    INTEGER,
    reason      TEXT    NOT NULL,
    lease_token TEXT    NOT NULL
) STRICT;

CREATE INDEX deliveries_due ON deliveries (due_at, id) WHERE state IN ('due', 'leased');
CREATE INDEX deliveries_alert ON deliveries (alert_id, made_at);
CREATE INDEX deliveries_dead ON deliveries (id) WHERE state = 'dead';
