-- +goose Up
-- The twin of sqlite/0005_remarks.sql: same tables, same columns.
-- What people write about voicemails. It goes with them.
CREATE TABLE notes (
    id           bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    voicemail_id bigint      NOT NULL REFERENCES voicemails (id) ON DELETE CASCADE,
    author       text        COLLATE "C" NOT NULL,
    text         text        COLLATE "C" NOT NULL,
    at           timestamptz NOT NULL
);

CREATE INDEX notes_voicemail ON notes (voicemail_id, id);

CREATE TABLE tags (
    voicemail_id bigint      NOT NULL REFERENCES voicemails (id) ON DELETE CASCADE,
    name         text        COLLATE "C" NOT NULL,
    put_by       text        COLLATE "C" NOT NULL,
    at           timestamptz NOT NULL,
    PRIMARY KEY (voicemail_id, name)
);

CREATE INDEX tags_name ON tags (name, voicemail_id);

-- A caller's messages, and who listened to one. What is longer than 64 bytes is
-- nobody's number (store.MaxCaller), and an entry of an index can't be of any length.
CREATE INDEX voicemails_caller ON voicemails (caller, left_at DESC, id, bot_id) WHERE caller <> '' AND octet_length(caller) <= 64;
CREATE INDEX audit_voicemail ON audit (voicemail_id, action, id) WHERE voicemail_id <> 0;
