-- +goose Up
-- The twin of sqlite/0007_saved.sql: same tables, same columns.
-- news is the number with which a voicemail was last news: it came, or its
-- transcript did. What was there before this column is none.
ALTER TABLE changes ADD COLUMN news bigint NOT NULL DEFAULT 0;

CREATE INDEX changes_news ON changes (news);

-- Searches that people keep. params is the query of an address, opaque to SQL.
CREATE TABLE saved_searches (
    id         bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id    bigint      NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name       text        COLLATE "C" NOT NULL,
    params     text        COLLATE "C" NOT NULL,
    shared     boolean     NOT NULL,
    created_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    UNIQUE (user_id, name)
);

-- How far the change feed was when somebody last looked at a saved search.
CREATE TABLE saved_looks (
    search_id bigint      NOT NULL REFERENCES saved_searches (id) ON DELETE CASCADE,
    user_id   bigint      NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    seq       bigint      NOT NULL,
    at        timestamptz NOT NULL,
    PRIMARY KEY (search_id, user_id)
);

CREATE INDEX saved_looks_user ON saved_looks (user_id);

-- Who is told of what a saved search finds anew, and how.
CREATE TABLE alerts (
    id             bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    search_id      bigint      NOT NULL REFERENCES saved_searches (id) ON DELETE CASCADE,
    user_id        bigint      NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    channel        text        COLLATE "C" NOT NULL,
    target         text        COLLATE "C" NOT NULL,
    sealed         bytea       NOT NULL,
    excerpts       boolean     NOT NULL,
    more_than      bigint      NOT NULL,
    within_us      bigint      NOT NULL,
    every_us       bigint      NOT NULL,
    quiet_from     bigint      NOT NULL, -- minutes of the day
    quiet_to       bigint      NOT NULL,
    quiet_weekends boolean     NOT NULL,
    zone           text        COLLATE "C" NOT NULL,
    paused         boolean     NOT NULL,
    created_at     timestamptz NOT NULL,
    since          bigint      NOT NULL, -- only what became news after this number is told
    seen           bigint      NOT NULL, -- how far the change feed was looked through
    told_at        timestamptz,
    next_at        timestamptz, -- when what waits to be told is looked at again
    lease_token    text        COLLATE "C" NOT NULL,
    lease_until    timestamptz
);

CREATE INDEX alerts_search ON alerts (search_id);
CREATE INDEX alerts_user ON alerts (user_id);

-- What an alert has found: '' waits to be told, '-' will not be. No foreign key
-- to the voicemail: an erased one leaves its row.
CREATE TABLE alert_matches (
    alert_id     bigint      NOT NULL REFERENCES alerts (id) ON DELETE CASCADE,
    voicemail_id bigint      NOT NULL,
    left_at      timestamptz NOT NULL,
    delivery_id  text        COLLATE "C" NOT NULL,
    PRIMARY KEY (alert_id, voicemail_id)
);

CREATE INDEX alert_matches_untold ON alert_matches (alert_id, left_at, voicemail_id) WHERE delivery_id = '';
CREATE INDEX alert_matches_delivery ON alert_matches (delivery_id, left_at, voicemail_id) WHERE delivery_id NOT IN ('', '-');

-- Messages on their way. The id is the one that the receiver sees.
CREATE TABLE deliveries (
    id          text        COLLATE "C" PRIMARY KEY,
    alert_id    bigint      NOT NULL REFERENCES alerts (id) ON DELETE CASCADE,
    matches     bigint      NOT NULL,
    state       text        COLLATE "C" NOT NULL,
    attempts    bigint      NOT NULL,
    made_at     timestamptz NOT NULL,
    due_at      timestamptz, -- of a leased one: when its lease runs out
    ended_at    timestamptz,
    reason      text        COLLATE "C" NOT NULL,
    lease_token text        COLLATE "C" NOT NULL
);

CREATE INDEX deliveries_due ON deliveries (due_at, id) WHERE state IN ('due', 'leased');
CREATE INDEX deliveries_alert ON deliveries (alert_id, made_at);
CREATE INDEX deliveries_dead ON deliveries (id) WHERE state = 'dead';
