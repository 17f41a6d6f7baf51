-- +goose Up
-- The beginning of a session's reply that could not be read, redacted.
ALTER TABLE call_sessions ADD COLUMN excerpt TEXT NOT NULL DEFAULT '';

-- What day a session counts for: that of its start, else of when it was found.
ALTER TABLE call_sessions ADD COLUMN day_at INTEGER AS (coalesce(started_at, found_at)) VIRTUAL;

-- The ledger by day counts and lists from these alone.
CREATE INDEX call_sessions_day ON call_sessions (day_at, bot_id, state, voicemail_flag, session_id);
CREATE INDEX call_sessions_open ON call_sessions (state, day_at, bot_id, session_id)
    WHERE state IN ('due', 'leased', 'waiting', 'retry', 'dead', 'gone', 'empty');
CREATE INDEX voicemails_session ON voicemails (bot_id, session_id, transcript_state);

-- When something comes due next: of an account, and of all.
CREATE INDEX call_sessions_next ON call_sessions (account_id, due_at)
    WHERE state IN ('due', 'waiting', 'retry', 'leased');
CREATE INDEX call_sessions_overdue ON call_sessions (due_at, bot_id)
    WHERE state IN ('due', 'waiting', 'retry', 'leased');

CREATE INDEX discovery_windows_looked ON discovery_windows (looked_at);

-- Bots that were connected on a page.
CREATE TABLE bots (
    id         TEXT PRIMARY KEY,
    account_id TEXT    NOT NULL,
    base_url   TEXT    NOT NULL,
    client_id  TEXT    NOT NULL,
    sealed     BLOB    NOT NULL, -- the client secret; the key to it is not in this database
    alg        TEXT    NOT NULL,
    jti        INTEGER NOT NULL,
    region     TEXT    NOT NULL,
    time_zone  TEXT    NOT NULL,
    schedule   TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT    NOT NULL
) STRICT;

-- Ranges of the past that are to be looked at. What of them was looked at is in
-- discovery_windows.
CREATE TABLE backfills (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id TEXT    NOT NULL,
    from_at    INTEGER NOT NULL,
    to_at      INTEGER NOT NULL,
    state      TEXT    NOT NULL,
    asked_by   TEXT    NOT NULL,
    asked_at   INTEGER NOT NULL,
    changed_at INTEGER NOT NULL
) STRICT;
