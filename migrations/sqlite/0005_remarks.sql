-- +goose Up
-- What people write about voicemails. It goes with them.
CREATE TABLE notes (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    voicemail_id INTEGER NOT NULL REFERENCES voicemails (id) ON DELETE CASCADE,
    author       TEXT    NOT NULL,
    text         TEXT    NOT NULL,
    at           INTEGER NOT NULL
) STRICT;

CREATE INDEX notes_voicemail ON notes (voicemail_id, id);

CREATE TABLE tags (
    voicemail_id INTEGER NOT NULL REFERENCES voicemails (id) ON DELETE CASCADE,
    name         TEXT    NOT NULL,
    put_by       TEXT    NOT NULL,
    at           INTEGER NOT NULL,
    PRIMARY KEY (voicemail_id, name)
) STRICT, WITHOUT ROWID;

CREATE INDEX tags_name ON tags (name, voicemail_id);

-- A caller's messages, and who listened to one.
CREATE INDEX voicemails_caller ON voicemails (caller, left_at DESC, id, bot_id) WHERE caller <> '';
CREATE INDEX audit_voicemail ON audit (voicemail_id, action, id) WHERE voicemail_id <> 0;
