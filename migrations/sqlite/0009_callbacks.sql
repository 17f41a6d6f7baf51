-- +goose Up
-- What the machine found in a voicemail's text. body is JSON, opaque to SQL;
-- what is beside it tells under how many names a number is used.
CREATE TABLE findings (
    voicemail_id INTEGER PRIMARY KEY REFERENCES voicemails (id) ON DELETE CASCADE,
    caller       TEXT    NOT NULL, -- E.164
    number       TEXT    NOT NULL, -- the best one to call
    who          TEXT    NOT NULL, -- folded
    body         TEXT    NOT NULL
) STRICT;

CREATE INDEX findings_caller ON findings (caller, who) WHERE caller <> '' AND who <> '';
CREATE INDEX findings_number ON findings (number, who) WHERE number <> '' AND who <> '';

-- What people say instead, which wins.
CREATE TABLE corrections (
    voicemail_id INTEGER PRIMARY KEY REFERENCES voicemails (id) ON DELETE CASCADE,
    requested    INTEGER,
    number       TEXT    NOT NULL,
    made_by      TEXT    NOT NULL,
    at           INTEGER NOT NULL
) STRICT;

-- The work on voicemails. rank and order_at are their place in the work list
-- (store.Callback.Rank, OrderAt), listed whether they have one.
CREATE TABLE callbacks (
    voicemail_id INTEGER PRIMARY KEY REFERENCES voicemails (id) ON DELETE CASCADE,
    bot_id       TEXT    NOT NULL,
    queue        TEXT    NOT NULL,
    lang         TEXT    NOT NULL,
    left_at      INTEGER NOT NULL,
    case_id      INTEGER NOT NULL,
    lane         TEXT    NOT NULL,
    requested    INTEGER NOT NULL,
    confidence   REAL    NOT NULL,
    listen       TEXT    NOT NULL,
    corrected    INTEGER NOT NULL,
    caller       TEXT    NOT NULL,
    number       TEXT    NOT NULL,
    name         TEXT    NOT NULL,
    found        INTEGER NOT NULL,
    repeats      INTEGER NOT NULL,
    due_at       INTEGER,
    status       TEXT    NOT NULL,
    assignee     TEXT    NOT NULL,
    lease_until  INTEGER,
    next_at      INTEGER,
    attempts     INTEGER NOT NULL,
    outcome      TEXT    NOT NULL,
    closed_at    INTEGER,
    seen_at      INTEGER,
    seen_by      TEXT    NOT NULL,
    heard_at     INTEGER,
    heard_by     TEXT    NOT NULL,
    acted        INTEGER NOT NULL,
    created_at   INTEGER NOT NULL,
    seq          INTEGER NOT NULL,
    rank         INTEGER NOT NULL,
    order_at     INTEGER NOT NULL,
    listed       INTEGER NOT NULL
) STRICT;

CREATE INDEX callbacks_now ON callbacks (rank, order_at, case_id) WHERE status <> 'done' AND listed;
CREATE INDEX callbacks_resting ON callbacks (next_at, case_id) WHERE status <> 'done' AND listed AND next_at IS NOT NULL;
CREATE INDEX callbacks_done ON callbacks (closed_at DESC, case_id) WHERE status = 'done';
CREATE INDEX callbacks_held ON callbacks (assignee, rank, order_at, case_id) WHERE status = 'claimed';
CREATE INDEX callbacks_case ON callbacks (case_id);
CREATE INDEX callbacks_linked ON callbacks (case_id) WHERE case_id <> voicemail_id;
CREATE INDEX callbacks_due ON callbacks (due_at) WHERE status <> 'done' AND due_at IS NOT NULL;
CREATE INDEX callbacks_caller ON callbacks (bot_id, caller) WHERE caller <> '';
CREATE INDEX callbacks_number ON callbacks (bot_id, number) WHERE number <> '';
CREATE INDEX callbacks_seq ON callbacks (seq);

-- Who did what when. Rows are only added.
CREATE TABLE callback_events (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    voicemail_id INTEGER NOT NULL REFERENCES voicemails (id) ON DELETE CASCADE,
    at           INTEGER NOT NULL,
    done_by      TEXT    NOT NULL, -- '' is the program
    verb         TEXT    NOT NULL,
    status_from  TEXT    NOT NULL,
    status_to    TEXT    NOT NULL,
    detail       TEXT    NOT NULL,
    note         TEXT    NOT NULL,
    number       TEXT    NOT NULL,
    before       TEXT    NOT NULL  -- JSON, opaque to SQL: what an undo restores
) STRICT;

CREATE INDEX callback_events_voicemail ON callback_events (voicemail_id, id);
CREATE INDEX callback_events_tries ON callback_events (number, at) WHERE verb IN ('attempt', 'undo') AND number <> '';

-- How the house works: one row, or none. JSON, opaque to SQL.
CREATE TABLE desk (
    one          INTEGER PRIMARY KEY CHECK (one = 1),
    body         TEXT    NOT NULL
) STRICT;

-- The number of the newest change of the work. It is taken under the row's lock,
-- as that of the change feed.
ALTER TABLE feed ADD COLUMN callbacks INTEGER NOT NULL DEFAULT 0;
