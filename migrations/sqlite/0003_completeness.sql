-- +goose Up
-- The columns of call_sessions that 0002 has made are filled here.
UPDATE call_sessions SET day_at = coalesce(started_at, found_at),
    ready = coalesce(due_at <= CAST(unixepoch('subsec') * 1000000 AS INTEGER), 0);

DROP INDEX call_sessions_due;
CREATE INDEX call_sessions_due ON call_sessions (account_id, priority, started_at DESC, session_id, bot_id)
    WHERE ready = 1 AND state IN ('due', 'waiting', 'retry', 'leased');

-- The ledger by day counts and lists from these alone.
CREATE INDEX call_sessions_day ON call_sessions (day_at, bot_id, state, voicemail_flag, session_id);
CREATE INDEX call_sessions_open ON call_sessions (state, day_at, bot_id, session_id)
    WHERE state IN ('due', 'leased', 'waiting', 'retry', 'dead');
CREATE INDEX call_sessions_gone ON call_sessions (day_at, bot_id, session_id)
    WHERE state IN ('gone', 'empty') AND voicemail_flag = 'yes';
CREATE INDEX voicemails_session ON voicemails (bot_id, session_id, transcript_state);
CREATE INDEX voicemails_untranscribed ON voicemails (bot_id, session_id) WHERE transcript_state <> 'present';
CREATE INDEX recordings_unkept ON recordings (voicemail_id, kind, n, status) WHERE digest = '';
CREATE INDEX tasks_unkept ON tasks (voicemail_id, n, state, bot_id, account_id) WHERE kind = 'keep' AND state NOT IN ('stored', 'skipped');

-- When something of an account comes due next, and what of a bot is overdue.
CREATE INDEX call_sessions_next ON call_sessions (account_id, ready, due_at, bot_id)
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
