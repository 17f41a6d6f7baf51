-- +goose Up
-- Times are integer microseconds since 1970 UTC; NULL is "not known".
-- Text compares by bytes (BINARY, SQLite's default).

-- One row: which store this is, and the number of the newest change.
CREATE TABLE feed (
    one      INTEGER PRIMARY KEY CHECK (one = 1),
    store_id TEXT    NOT NULL,
    seq      INTEGER NOT NULL
) STRICT;

CREATE TABLE locks (
    name   TEXT PRIMARY KEY,
    holder TEXT    NOT NULL,
    until  INTEGER NOT NULL
) STRICT;

CREATE TABLE discovery_windows (
    account_id  TEXT    NOT NULL,
    from_at     INTEGER NOT NULL,
    to_at       INTEGER NOT NULL,
    pages       INTEGER NOT NULL,
    row_count   INTEGER NOT NULL,
    looked_at   INTEGER NOT NULL,
    PRIMARY KEY (account_id, from_at, to_at)
) STRICT, WITHOUT ROWID;

CREATE INDEX discovery_windows_to ON discovery_windows (account_id, to_at);

-- Every session known upstream, voicemail or not, and its fetch.
CREATE TABLE call_sessions (
    bot_id          TEXT    NOT NULL,
    session_id      TEXT    NOT NULL,
    account_id      TEXT    NOT NULL,
    conversation_id TEXT    NOT NULL,
    found_by        TEXT    NOT NULL,
    voicemail_flag  TEXT    NOT NULL,
    wanted          INTEGER NOT NULL,
    priority        INTEGER NOT NULL,
    started_at      INTEGER,
    ended_at        INTEGER,
    caller          TEXT    NOT NULL,
    caller_e164     TEXT    NOT NULL,
    called          TEXT    NOT NULL,
    called_e164     TEXT    NOT NULL,
    queue_id        TEXT    NOT NULL,
    queue_name      TEXT    NOT NULL,
    direction       TEXT    NOT NULL,
    channel         TEXT    NOT NULL,
    final_status    TEXT    NOT NULL,
    agents          TEXT    NOT NULL, -- JSON, opaque to SQL
    callback_opted  INTEGER NOT NULL,
    callback_at     INTEGER,
    state           TEXT    NOT NULL,
    attempts        INTEGER NOT NULL,
    due_at          INTEGER, -- of a leased session: when its lease runs out
    lease_token     TEXT    NOT NULL,
    state_before    TEXT    NOT NULL, -- the state that a claim took it from
    reason          TEXT    NOT NULL,
    found_at        INTEGER NOT NULL,
    PRIMARY KEY (bot_id, session_id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX call_sessions_account ON call_sessions (account_id, session_id) WHERE account_id <> '';
CREATE INDEX call_sessions_session ON call_sessions (session_id);
CREATE INDEX call_sessions_due ON call_sessions (account_id, priority, started_at DESC, session_id, bot_id, due_at)
    WHERE state IN ('due', 'waiting', 'retry', 'leased');
CREATE INDEX call_sessions_state ON call_sessions (bot_id, state, due_at);
CREATE INDEX call_sessions_caller ON call_sessions (caller_e164, started_at) WHERE caller_e164 <> '';

-- One row per session that holds a message. id is derived, see store.VoicemailID.
CREATE TABLE voicemails (
    id               INTEGER PRIMARY KEY,
    bot_id           TEXT    NOT NULL,
    session_id       TEXT    NOT NULL,
    account_id       TEXT    NOT NULL,
    caller           TEXT    NOT NULL,
    called           TEXT    NOT NULL,
    queue            TEXT    NOT NULL,
    started_at       INTEGER,
    lang             TEXT    NOT NULL,
    author_id        TEXT    NOT NULL,
    author_type      TEXT    NOT NULL,
    created_on       INTEGER,
    modified_on      INTEGER,
    left_at          INTEGER NOT NULL,
    transcript       TEXT    NOT NULL, -- the words, as people read them
    transcript_state TEXT    NOT NULL,
    duration_us      INTEGER NOT NULL,
    analysis_version INTEGER NOT NULL,
    UNIQUE (bot_id, session_id)
) STRICT;

CREATE INDEX voicemails_left_at ON voicemails (left_at);
CREATE INDEX voicemails_bot_left_at ON voicemails (bot_id, left_at);

CREATE TABLE segments (
    voicemail_id INTEGER NOT NULL REFERENCES voicemails (id) ON DELETE CASCADE,
    position     INTEGER NOT NULL,
    message_id   TEXT    NOT NULL,
    component_id TEXT    NOT NULL,
    text         TEXT    NOT NULL,
    author_id    TEXT    NOT NULL,
    author_type  TEXT    NOT NULL,
    lang         TEXT    NOT NULL,
    created_on   INTEGER,
    modified_on  INTEGER,
    PRIMARY KEY (voicemail_id, position),
    UNIQUE (voicemail_id, message_id, component_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE recordings (
    voicemail_id INTEGER NOT NULL REFERENCES voicemails (id) ON DELETE CASCADE,
    n            INTEGER NOT NULL,
    kind         TEXT    NOT NULL,
    file_name    TEXT    NOT NULL,
    status       TEXT    NOT NULL,
    expiry_hint  INTEGER,
    checked_at   INTEGER,
    PRIMARY KEY (voicemail_id, n)
) STRICT, WITHOUT ROWID;

-- The reply that made the voicemail, without signed queries, gzipped.
CREATE TABLE payloads (
    voicemail_id INTEGER PRIMARY KEY REFERENCES voicemails (id) ON DELETE CASCADE,
    body         BLOB    NOT NULL
) STRICT;

-- One row per voicemail with its latest number. No foreign key: an erased
-- voicemail leaves its row.
CREATE TABLE changes (
    seq          INTEGER PRIMARY KEY,
    voicemail_id INTEGER NOT NULL UNIQUE
) STRICT;

-- The tag of every number ever given. A checkpoint must be found here even
-- when its voicemail has changed again since, so this can't be a column of
-- changes.
CREATE TABLE change_tags (
    seq INTEGER PRIMARY KEY,
    tag TEXT NOT NULL
) STRICT;

CREATE TABLE budgets (
    account_id  TEXT PRIMARY KEY,
    pause_step  INTEGER NOT NULL, -- microseconds; 0 is no pause
    pause_until INTEGER,
    probed_at   INTEGER
) STRICT;

CREATE TABLE budget_calls (
    account_id TEXT    NOT NULL,
    at         INTEGER NOT NULL
) STRICT;

CREATE INDEX budget_calls_at ON budget_calls (account_id, at);

CREATE TABLE users (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    name          TEXT    NOT NULL UNIQUE,
    role          TEXT    NOT NULL,
    all_bots      INTEGER NOT NULL,
    bots          TEXT    NOT NULL, -- JSON, opaque to SQL
    password_hash TEXT    NOT NULL,
    disabled      INTEGER NOT NULL,
    created_at    INTEGER NOT NULL
) STRICT;

CREATE TABLE logins (
    hash       TEXT PRIMARY KEY,
    user_id    INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    expires_at INTEGER NOT NULL
) STRICT;

CREATE INDEX logins_user ON logins (user_id);

CREATE TABLE api_tokens (
    id         TEXT PRIMARY KEY,
    hash       TEXT    NOT NULL UNIQUE,
    user_id    INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    expires_at INTEGER NOT NULL
) STRICT;

CREATE TABLE audit (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    at           INTEGER NOT NULL,
    actor        TEXT    NOT NULL,
    action       TEXT    NOT NULL,
    allowed      INTEGER NOT NULL,
    voicemail_id INTEGER NOT NULL,
    detail       TEXT    NOT NULL,
    remote       TEXT    NOT NULL
) STRICT;
