-- +goose Up
-- The twin of postgres/0011_waiting.sql: same tables, same columns.
-- Calls with a number, for evidence; those of callers have their index.
CREATE INDEX call_sessions_called ON call_sessions (called_e164, started_at) WHERE called_e164 <> '';

-- Requests by when they were left, for the measure, and those that wait.
CREATE INDEX callbacks_left ON callbacks (left_at, voicemail_id) WHERE lane = 'requests';
CREATE INDEX callbacks_waiting ON callbacks (bot_id, queue, left_at) WHERE lane = 'requests' AND status <> 'done';

-- Alerts on requests that wait for too long have no search. A column can't lose
-- its NOT NULL here, and a table that others point at can't be dropped without
-- them: the three are written anew, and the old ones dropped from the leaves.
CREATE TABLE alerts_new (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    kind           TEXT    NOT NULL, -- '' is on what a search finds, 'overdue' on requests that wait
    search_id      INTEGER REFERENCES saved_searches (id) ON DELETE CASCADE,
    user_id        INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    channel        TEXT    NOT NULL,
    target         TEXT    NOT NULL,
    sealed         BLOB    NOT NULL,
    excerpts       INTEGER NOT NULL,
    more_than      INTEGER NOT NULL,
    within_us      INTEGER NOT NULL,
    older_than_us  INTEGER NOT NULL,
    every_us       INTEGER NOT NULL,
    quiet_from     INTEGER NOT NULL, -- minutes of the day
    quiet_to       INTEGER NOT NULL,
    quiet_weekends INTEGER NOT NULL,
    zone           TEXT    NOT NULL,
    paused         INTEGER NOT NULL,
    created_at     INTEGER NOT NULL,
    since          INTEGER NOT NULL, -- only what became news after this number is told
    since_at       INTEGER,          -- requests that were too old before are not told
    seen           INTEGER NOT NULL, -- how far the change feed was looked through
    told_at        INTEGER,
    next_at        INTEGER, -- when what waits to be told is looked at again
    lease_token    TEXT    NOT NULL,
    lease_until    INTEGER
) STRICT;

INSERT INTO alerts_new SELECT id, '', search_id, user_id, channel, target, sealed, excerpts, more_than, within_us, 0, every_us, quiet_from, quiet_to,
    quiet_weekends, zone, paused, created_at, since, created_at, seen, told_at, next_at, lease_token, lease_until FROM alerts;

CREATE TABLE alert_matches_new (
    alert_id     INTEGER NOT NULL REFERENCES alerts_new (id) ON DELETE CASCADE,
    voicemail_id INTEGER NOT NULL,
    left_at      INTEGER NOT NULL,
    delivery_id  TEXT    NOT NULL,
    PRIMARY KEY (alert_id, voicemail_id)
) STRICT;

INSERT INTO alert_matches_new SELECT alert_id, voicemail_id, left_at, delivery_id FROM alert_matches;

CREATE TABLE deliveries_new (
    id          TEXT    PRIMARY KEY,
    alert_id    INTEGER NOT NULL REFERENCES alerts_new (id) ON DELETE CASCADE,
    matches     INTEGER NOT NULL,
    state       TEXT    NOT NULL,
    attempts    INTEGER NOT NULL,
    made_at     INTEGER NOT NULL,
    due_at      INTEGER, -- of a leased one: when its lease runs out
    ended_at    INTEGER,
    reason      TEXT    NOT NULL,
    lease_token TEXT    NOT NULL
) STRICT;

INSERT INTO deliveries_new SELECT id, alert_id, matches, state, attempts, made_at, due_at, ended_at, reason, lease_token FROM deliveries;

DROP TABLE alert_matches;
DROP TABLE deliveries;
DROP TABLE alerts;
ALTER TABLE alerts_new RENAME TO alerts;
ALTER TABLE alert_matches_new RENAME TO alert_matches;
ALTER TABLE deliveries_new RENAME TO deliveries;

CREATE INDEX alerts_search ON alerts (search_id);
CREATE INDEX alerts_user ON alerts (user_id);
CREATE INDEX alert_matches_untold ON alert_matches (alert_id, left_at, voicemail_id) WHERE delivery_id = '';
CREATE INDEX alert_matches_delivery ON alert_matches (delivery_id, left_at, voicemail_id) WHERE delivery_id NOT IN ('', '-');
CREATE INDEX deliveries_due ON deliveries (due_at, id) WHERE state IN ('due', 'leased');
CREATE INDEX deliveries_alert ON deliveries (alert_id, made_at);
CREATE INDEX deliveries_dead ON deliveries (id) WHERE state = 'dead';
