-- +goose Up
-- The twin of sqlite/0009_callbacks.sql: same tables, same columns.
-- What the machine found in a voicemail's text. body is JSON, opaque to SQL;
-- what is beside it tells under how many names a number is used.
CREATE TABLE findings (
    voicemail_id bigint PRIMARY KEY REFERENCES voicemails (id) ON DELETE CASCADE,
    caller       text   COLLATE "C" NOT NULL, -- E.164
    number       text   COLLATE "C" NOT NULL, -- the best one to call
    who          text   COLLATE "C" NOT NULL, -- folded
    body         text   COLLATE "C" NOT NULL
);

CREATE INDEX findings_caller ON findings (caller, who) WHERE caller <> '' AND who <> '';
CREATE INDEX findings_number ON findings (number, who) WHERE number <> '' AND who <> '';

-- What people say instead, which wins.
CREATE TABLE corrections (
    voicemail_id bigint      PRIMARY KEY REFERENCES voicemails (id) ON DELETE CASCADE,
    requested    boolean,
    number       text        COLLATE "C" NOT NULL,
    made_by      text        COLLATE "C" NOT NULL,
    at           timestamptz NOT NULL
);

-- The work on voicemails. rank and order_at are their place in the work list
-- (store.Callback.Rank, OrderAt), listed whether they have one.
CREATE TABLE callbacks (
    voicemail_id bigint           PRIMARY KEY REFERENCES voicemails (id) ON DELETE CASCADE,
    bot_id       text             COLLATE "C" NOT NULL,
    queue        text             COLLATE "C" NOT NULL,
    lang         text             COLLATE "C" NOT NULL,
    left_at      timestamptz      NOT NULL,
    case_id      bigint           NOT NULL,
    lane         text             COLLATE "C" NOT NULL,
    requested    boolean          NOT NULL,
    confidence   double precision NOT NULL,
    listen       text             COLLATE "C" NOT NULL,
    corrected    boolean          NOT NULL,
    caller       text             COLLATE "C" NOT NULL,
    number       text             COLLATE "C" NOT NULL,
    name         text             COLLATE "C" NOT NULL,
    found        integer          NOT NULL,
    repeats      bigint           NOT NULL,
    due_at       timestamptz,
    status       text             COLLATE "C" NOT NULL,
    assignee     text             COLLATE "C" NOT NULL,
    lease_until  timestamptz,
    next_at      timestamptz,
    attempts     bigint           NOT NULL,
    outcome      text             COLLATE "C" NOT NULL,
    closed_at    timestamptz,
    seen_at      timestamptz,
    seen_by      text             COLLATE "C" NOT NULL,
    heard_at     timestamptz,
    heard_by     text             COLLATE "C" NOT NULL,
    acted        boolean          NOT NULL,
    created_at   timestamptz      NOT NULL,
    seq          bigint           NOT NULL,
    rank         integer          NOT NULL,
    order_at     timestamptz      NOT NULL,
    listed       boolean          NOT NULL
);

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
    id           bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    voicemail_id bigint      NOT NULL REFERENCES voicemails (id) ON DELETE CASCADE,
    at           timestamptz NOT NULL,
    done_by      text        COLLATE "C" NOT NULL, -- '' is the program
    verb         text        COLLATE "C" NOT NULL,
    status_from  text        COLLATE "C" NOT NULL,
    status_to    text        COLLATE "C" NOT NULL,
    detail       text        COLLATE "C" NOT NULL,
    note         text        COLLATE "C" NOT NULL,
    number       text        COLLATE "C" NOT NULL,
    before       text        COLLATE "C" NOT NULL  -- JSON, opaque to SQL: what an undo restores
);

CREATE INDEX callback_events_voicemail ON callback_events (voicemail_id, id);
CREATE INDEX callback_events_tries ON callback_events (number, at) WHERE verb IN ('attempt', 'undo') AND number <> '';

-- How the house works: one row, or none. JSON, opaque to SQL.
CREATE TABLE desk (
    one  integer PRIMARY KEY CHECK (one = 1),
    body text    COLLATE "C" NOT NULL
);

-- The number of the newest change of the work. It is taken under the row's lock,
-- as that of the change feed.
ALTER TABLE feed ADD COLUMN callbacks bigint NOT NULL DEFAULT 0;
