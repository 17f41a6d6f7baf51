-- +goose Up
-- The twin of sqlite/0003_completeness.sql: same tables, same columns.
-- The columns of call_sessions that 0002 has made are filled here, while others
-- may read.
LOCK TABLE call_sessions IN SHARE ROW EXCLUSIVE MODE;
UPDATE call_sessions SET day_at = coalesce(started_at, found_at), ready = coalesce(due_at <= clock_timestamp(), false);

DROP INDEX call_sessions_due;
CREATE INDEX call_sessions_due ON call_sessions (account_id, priority, started_at DESC NULLS LAST, session_id, bot_id)
    WHERE ready AND state IN ('due', 'waiting', 'retry', 'leased');

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
    id         text        COLLATE "C" PRIMARY KEY,
    account_id text        COLLATE "C" NOT NULL,
    base_url   text        COLLATE "C" NOT NULL,
    client_id  text        COLLATE "C" NOT NULL,
    sealed     bytea       NOT NULL, -- the client secret; the key to it is not in this database
    alg        text        COLLATE "C" NOT NULL,
    jti        boolean     NOT NULL,
    region     text        COLLATE "C" NOT NULL,
    time_zone  text        COLLATE "C" NOT NULL,
    schedule   text        COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL,
    created_by text        COLLATE "C" NOT NULL
);

-- Ranges of the past that are to be looked at. What of them was looked at is in
-- discovery_windows.
CREATE TABLE backfills (
    id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id text        COLLATE "C" NOT NULL,
    from_at    timestamptz NOT NULL,
    to_at      timestamptz NOT NULL,
    state      text        COLLATE "C" NOT NULL,
    asked_by   text        COLLATE "C" NOT NULL,
    asked_at   timestamptz NOT NULL,
    changed_at timestamptz NOT NULL
);

-- Last, because nobody may read from here on. An earlier version of this program
-- that is still running can't add sessions any more, of which it knows no day.
ALTER TABLE call_sessions ALTER COLUMN day_at SET NOT NULL;
