-- +goose Up
-- The twin of sqlite/0002_audio.sql: same tables, same columns.

-- What the audio archive holds of a recording; empty and 0 where it holds nothing.
ALTER TABLE recordings ADD COLUMN digest      text   COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE recordings ADD COLUMN type        text   COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE recordings ADD COLUMN bytes       bigint NOT NULL DEFAULT 0;
ALTER TABLE recordings ADD COLUMN duration_us bigint NOT NULL DEFAULT 0;
ALTER TABLE recordings ADD COLUMN kept_at     timestamptz;

-- An earlier version of this program that is still running would replace
-- recordings by what it knows of them. Without a default it can't.
ALTER TABLE recordings ALTER COLUMN digest DROP DEFAULT;

CREATE INDEX recordings_digest ON recordings (digest, bytes) WHERE digest <> '';

-- The waveforms of archived recordings. They are read one at a time, so they
-- don't stand between the columns of which many are read.
CREATE TABLE peaks (
    voicemail_id bigint  NOT NULL REFERENCES voicemails (id) ON DELETE CASCADE,
    n            integer NOT NULL,
    body         bytea   NOT NULL,
    PRIMARY KEY (voicemail_id, n)
);

-- Work on the audio of voicemails, and its queue.
CREATE TABLE tasks (
    voicemail_id bigint      NOT NULL REFERENCES voicemails (id) ON DELETE CASCADE,
    kind         text        COLLATE "C" NOT NULL,
    n            integer     NOT NULL,
    account_id   text        COLLATE "C" NOT NULL,
    bot_id       text        COLLATE "C" NOT NULL,
    session_id   text        COLLATE "C" NOT NULL,
    left_at      timestamptz NOT NULL, -- the voicemail's, as is account_id
    state        text        COLLATE "C" NOT NULL,
    attempts     bigint      NOT NULL,
    due_at       timestamptz, -- of a leased task: when its lease runs out
    ready        boolean     NOT NULL, -- due_at has come: claims look at these alone
    lease_token  text        COLLATE "C" NOT NULL,
    state_before text        COLLATE "C" NOT NULL, -- the state that a claim took it from
    reason       text        COLLATE "C" NOT NULL,
    PRIMARY KEY (voicemail_id, kind, n)
);

-- For what was archived before there were tasks: all audio is due, and calls
-- are looked up when somebody asks for them.
INSERT INTO tasks (voicemail_id, kind, n, account_id, bot_id, session_id, left_at, state, attempts, due_at, ready, lease_token, state_before, reason)
SELECT v.id, 'keep', r.n, v.account_id, v.bot_id, v.session_id, v.left_at, 'due', 0, clock_timestamp(), true, '', '', ''
FROM recordings r JOIN voicemails v ON v.id = r.voicemail_id WHERE r.status = 'success';

INSERT INTO tasks (voicemail_id, kind, n, account_id, bot_id, session_id, left_at, state, attempts, due_at, ready, lease_token, state_before, reason)
SELECT id, 'look_up', 0, account_id, bot_id, session_id, left_at, 'skipped', 0, NULL, false, '', '', '' FROM voicemails;

CREATE INDEX tasks_due ON tasks (account_id, kind, left_at DESC, voicemail_id, n)
    WHERE ready AND state IN ('due', 'waiting', 'retry', 'leased');
CREATE INDEX tasks_next ON tasks (account_id, kind, ready, due_at, bot_id) WHERE state IN ('due', 'waiting', 'retry', 'leased');
CREATE INDEX tasks_skipped ON tasks (account_id, kind, left_at DESC, voicemail_id, n) WHERE state = 'skipped';

-- Of a session: the beginning of its reply that could not be read, redacted;
-- what day it counts for, that of its start, else of when it was found; and
-- whether due_at has come: claims look at these alone, so that those that are
-- not due don't lie in their way. The next migration fills them: this one keeps
-- everybody from the table, and so must not take long from here on.
ALTER TABLE call_sessions
    ADD COLUMN excerpt text COLLATE "C" NOT NULL DEFAULT '',
    ADD COLUMN day_at timestamptz,
    ADD COLUMN ready boolean NOT NULL DEFAULT false;
