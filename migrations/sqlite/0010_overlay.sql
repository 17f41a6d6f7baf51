-- +goose Up
-- Whose tags changed, for followers that keep a copy. It is numbered like the
-- change feed, apart from it: a tag is no news of a message.
CREATE TABLE tag_feed (
    one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    seq INTEGER NOT NULL
) STRICT;

CREATE TABLE tag_changes (
    seq          INTEGER NOT NULL PRIMARY KEY,
    voicemail_id INTEGER NOT NULL UNIQUE
) STRICT;

INSERT INTO tag_changes (seq, voicemail_id)
    SELECT row_number() OVER (ORDER BY voicemail_id), voicemail_id FROM tags GROUP BY voicemail_id;
INSERT INTO tag_feed (one, seq) SELECT 1, coalesce(max(seq), 0) FROM tag_changes;

-- The queues that a person is limited to: JSON, opaque to SQL.
ALTER TABLE users ADD COLUMN queues TEXT NOT NULL DEFAULT '';
