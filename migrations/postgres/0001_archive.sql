-- +goose Up
-- The twin of sqlite/0001_archive.sql: same tables, same columns.
-- Times are instants cut to microseconds; NULL is "not known". Text that is
-- ordered, compared or unique says COLLATE "C": it compares by bytes, whatever
-- the database's own collation is.

-- One row: which store this is, and the number of the newest change. The row's
-- lock makes numbers become visible in order.
CREATE TABLE feed (
    one      integer PRIMARY KEY CHECK (one = 1),
    store_id text    COLLATE "C" NOT NULL,
    seq      bigint  NOT NULL
);

CREATE TABLE locks (
    name   text        COLLATE "C" PRIMARY KEY,
    holder text        COLLATE "C" NOT NULL,
    until  timestamptz NOT NULL
);

CREATE TABLE discovery_windows (
    account_id  text        COLLATE "C" NOT NULL,
    from_at     timestamptz NOT NULL,
    to_at       timestamptz NOT NULL,
    pages       bigint      NOT NULL,
    row_count   bigint      NOT NULL,
    looked_at   timestamptz NOT NULL,
    PRIMARY KEY (account_id, from_at, to_at)
);

CREATE INDEX discovery_windows_to ON discovery_windows (account_id, to_at);

-- Every session known upstream, voicemail or not, and its fetch.
CREATE TABLE call_sessions (
    bot_id          text        COLLATE "C" NOT NULL,
    session_id      text        COLLATE "C" NOT NULL,
    account_id      text        COLLATE "C" NOT NULL,
    conversation_id text        COLLATE "C" NOT NULL,
    found_by        text        COLLATE "C" NOT NULL,
    voicemail_flag  text        COLLATE "C" NOT NULL,
    wanted          boolean     NOT NULL,
    priority        integer     NOT NULL,
    started_at      timestamptz,
    ended_at        timestamptz,
    caller          text        COLLATE "C" NOT NULL,
    caller_e164     text        COLLATE "C" NOT NULL,
    called          text        COLLATE "C" NOT NULL,
    called_e164     text        COLLATE "C" NOT NULL,
    queue_id        text        COLLATE "C" NOT NULL,
    queue_name      text        COLLATE "C" NOT NULL,
    direction       text        COLLATE "C" NOT NULL,
    channel         text        COLLATE "C" NOT NULL,
    final_status    text        COLLATE "C" NOT NULL,
    agents          text        COLLATE "C" NOT NULL, -- JSON, opaque to SQL
    callback_opted  boolean     NOT NULL,
    callback_at     timestamptz,
    state           text        COLLATE "C" NOT NULL,
    attempts        bigint      NOT NULL,
    due_at          timestamptz, -- of a leased session: when its lease runs out
    lease_token     text        COLLATE "C" NOT NULL,
    state_before    text        COLLATE "C" NOT NULL, -- the state that a claim took it from
    reason          text        COLLATE "C" NOT NULL,
    found_at        timestamptz NOT NULL,
    PRIMARY KEY (bot_id, session_id)
);

CREATE UNIQUE INDEX call_sessions_account ON call_sessions (account_id, session_id) WHERE account_id <> '';
CREATE INDEX call_sessions_session ON call_sessions (session_id);
CREATE INDEX call_sessions_due ON call_sessions (account_id, priority, started_at DESC NULLS LAST, session_id, bot_id, due_at)
    WHERE state IN ('due', 'waiting', 'retry', 'leased');
CREATE INDEX call_sessions_state ON call_sessions (bot_id, state, due_at);
CREATE INDEX call_sessions_caller ON call_sessions (caller_e164, started_at) WHERE caller_e164 <> '';

-- One row per session that holds a message. id is derived, see store.VoicemailID.
CREATE TABLE voicemails (
    id               bigint      PRIMARY KEY,
    bot_id           text        COLLATE "C" NOT NULL,
    session_id       text        COLLATE "C" NOT NULL,
    account_id       text        COLLATE "C" NOT NULL,
    caller           text        COLLATE "C" NOT NULL,
    called           text        COLLATE "C" NOT NULL,
    queue            text        COLLATE "C" NOT NULL,
    started_at       timestamptz,
    lang             text        COLLATE "C" NOT NULL,
    author_id        text        COLLATE "C" NOT NULL,
    author_type      text        COLLATE "C" NOT NULL,
    created_on       timestamptz,
    modified_on      timestamptz,
    left_at          timestamptz NOT NULL,
    transcript       text        COLLATE "C" NOT NULL, -- the words, as people read them
    transcript_state text        COLLATE "C" NOT NULL,
    duration_us      bigint      NOT NULL,
    analysis_version bigint      NOT NULL,
    UNIQUE (bot_id, session_id)
);

CREATE INDEX voicemails_left_at ON voicemails (left_at);
CREATE INDEX voicemails_bot_left_at ON voicemails (bot_id, left_at);

-- A segment is told from its siblings by its ids, as package store merges them.
-- No UNIQUE says so here: an index entry holds 2,700 bytes at most, and the
-- upstream's ids may be of any length.
CREATE TABLE segments (
    voicemail_id bigint  NOT NULL REFERENCES voicemails (id) ON DELETE CASCADE,
    position     integer NOT NULL,
    message_id   text    COLLATE "C" NOT NULL,
    component_id text    COLLATE "C" NOT NULL,
    text         text    COLLATE "C" NOT NULL,
    author_id    text    COLLATE "C" NOT NULL,
    author_type  text    COLLATE "C" NOT NULL,
    lang         text    COLLATE "C" NOT NULL,
    created_on   timestamptz,
    modified_on  timestamptz,
    PRIMARY KEY (voicemail_id, position)
);

CREATE TABLE recordings (
    voicemail_id bigint  NOT NULL REFERENCES voicemails (id) ON DELETE CASCADE,
    n            integer NOT NULL,
    kind         text    COLLATE "C" NOT NULL,
    file_name    text    COLLATE "C" NOT NULL,
    status       text    COLLATE "C" NOT NULL,
    expiry_hint  timestamptz,
    checked_at   timestamptz,
    PRIMARY KEY (voicemail_id, n)
);

-- The reply that made the voicemail, without signed queries, gzipped. It is
-- compressed already, so the database need not try.
CREATE TABLE payloads (
    voicemail_id bigint PRIMARY KEY REFERENCES voicemails (id) ON DELETE CASCADE,
    body         bytea  NOT NULL
);

ALTER TABLE payloads ALTER COLUMN body SET STORAGE EXTERNAL;

-- One row per voicemail with its latest number. No foreign key: an erased
-- voicemail leaves its row.
CREATE TABLE changes (
    seq          bigint PRIMARY KEY,
    voicemail_id bigint NOT NULL UNIQUE
);

-- The tag of every number ever given. A checkpoint must be found here even
-- when its voicemail has changed again since, so this can't be a column of
-- changes.
CREATE TABLE change_tags (
    seq bigint PRIMARY KEY,
    tag text   COLLATE "C" NOT NULL
);

CREATE TABLE budgets (
    account_id  text        COLLATE "C" PRIMARY KEY,
    pause_step  bigint      NOT NULL, -- microseconds; 0 is no pause
    pause_until timestamptz,
    probed_at   timestamptz
);

CREATE TABLE budget_calls (
    account_id text        COLLATE "C" NOT NULL,
    at         timestamptz NOT NULL
);

CREATE INDEX budget_calls_at ON budget_calls (account_id, at);

CREATE TABLE users (
    id            bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name          text        COLLATE "C" NOT NULL UNIQUE,
    role          text        COLLATE "C" NOT NULL,
    all_bots      boolean     NOT NULL,
    bots          text        COLLATE "C" NOT NULL, -- JSON, opaque to SQL
    password_hash text        COLLATE "C" NOT NULL,
    disabled      boolean     NOT NULL,
    created_at    timestamptz NOT NULL
);

CREATE TABLE logins (
    hash       text        COLLATE "C" PRIMARY KEY,
    user_id    bigint      NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    expires_at timestamptz NOT NULL
);

CREATE INDEX logins_user ON logins (user_id);

CREATE TABLE api_tokens (
    id         text        COLLATE "C" PRIMARY KEY,
    hash       text        COLLATE "C" NOT NULL UNIQUE,
    user_id    bigint      NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    expires_at timestamptz NOT NULL
);

CREATE TABLE audit (
    id           bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at           timestamptz NOT NULL,
    actor        text        COLLATE "C" NOT NULL,
    action       text        COLLATE "C" NOT NULL,
    allowed      boolean     NOT NULL,
    voicemail_id bigint      NOT NULL,
    detail       text        COLLATE "C" NOT NULL,
    remote       text        COLLATE "C" NOT NULL
);
