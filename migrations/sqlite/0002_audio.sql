-- +goose Up
-- What the audio archive holds of a recording; empty and 0 where it holds nothing.
ALTER TABLE recordings ADD COLUMN digest      TEXT    NOT NULL DEFAULT '';
ALTER TABLE recordings ADD COLUMN type        TEXT    NOT NULL DEFAULT '';
ALTER TABLE recordings ADD COLUMN bytes       INTEGER NOT NULL DEFAULT 0;
ALTER TABLE recordings ADD COLUMN duration_us INTEGER NOT NULL DEFAULT 0;
ALTER TABLE recordings ADD COLUMN kept_at     INTEGER;

CREATE INDEX recordings_digest ON recordings (digest, bytes) WHERE digest <> '';

-- The waveforms of archived recordings. They are read one at a time, so they
-- don't stand between the columns of which many are read.
CREATE TABLE peaks (
    voicemail_id INTEGER NOT NULL REFERENCES voicemails (id) ON DELETE CASCADE,
    n            INTEGER NOT NULL,
    body         BLOB    NOT NULL,
    PRIMARY KEY (voicemail_id, n)
) STRICT;

-- Work on the audio of voicemails, and its queue.
CREATE TABLE tasks (
    voicemail_id INTEGER NOT NULL REFERENCES voicemails (id) ON DELETE CASCADE,
    kind         TEXT    NOT NULL,
    n            INTEGER NOT NULL,
    account_id   TEXT    NOT NULL,
    bot_id       TEXT    NOT NULL,
    session_id   TEXT    NOT NULL,
    left_at      INTEGER NOT NULL, -- the voicemail's, as is account_id
    state        TEXT    NOT NULL,
    attempts     INTEGER NOT NULL,
    due_at       INTEGER, -- of a leased task: when its lease runs out
    ready        INTEGER NOT NULL, -- due_at has come: claims look at these alone
    lease_token  TEXT    NOT NULL,
    state_before TEXT    NOT NULL, -- the state that a claim took it from
    reason       TEXT    NOT NULL,
    PRIMARY KEY (voicemail_id, kind, n)
) STRICT, WITHOUT ROWID;

-- For what was archived before there were tasks: all audio is due, and calls
-- are looked up when somebody asks for them.
INSERT INTO tasks (voicemail_id, kind, n, account_id, bot_id, session_id, left_at, state, attempts, due_at, ready, lease_token, state_before, reason)
SELECT v.id, 'keep', r.n, v.account_id, v.bot_id, v.session_id, v.left_at, 'due', 0,
    CAST(unixepoch('subsec') * 1000000 AS INTEGER), 1, '', '', ''
FROM recordings r JOIN voicemails v ON v.id = r.voicemail_id WHERE r.status = 'success';

INSERT INTO tasks (voicemail_id, kind, n, account_id, bot_id, session_id, left_at, state, attempts, due_at, ready, lease_token, state_before, reason)
SELECT id, 'look_up', 0, account_id, bot_id, session_id, left_at, 'skipped', 0, NULL, 0, '', '', '' FROM voicemails;

CREATE INDEX tasks_due ON tasks (account_id, kind, left_at DESC, voicemail_id, n)
    WHERE ready = 1 AND state IN ('due', 'waiting', 'retry', 'leased');
CREATE INDEX tasks_next ON tasks (account_id, kind, ready, due_at, bot_id) WHERE state IN ('due', 'waiting', 'retry', 'leased');
CREATE INDEX tasks_skipped ON tasks (account_id, kind, left_at DESC, voicemail_id, n) WHERE state = 'skipped';

-- Of a session: the beginning of its reply that could not be read, redacted;
-- what day it counts for, that of its start, else of when it was found; and
-- whether due_at has come: claims look at these alone, so that those that are
-- not due don't lie in their way. The next migration fills them.
ALTER TABLE call_sessions ADD COLUMN excerpt TEXT    NOT NULL DEFAULT '';
ALTER TABLE call_sessions ADD COLUMN day_at  INTEGER NOT NULL DEFAULT 0;
ALTER TABLE call_sessions ADD COLUMN ready   INTEGER NOT NULL DEFAULT 0;
