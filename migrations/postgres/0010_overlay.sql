-- +goose Up
-- The twin of sqlite/0010_overlay.sql: same tables, same columns.
-- Whose tags changed, for followers that keep a copy. It is numbered like the
-- change feed, apart from it: a tag is no news of a message.
CREATE TABLE tag_feed (
    one integer NOT NULL PRIMARY KEY CHECK (one = 1),
    seq bigint  NOT NULL
);

CREATE TABLE tag_changes (
    seq          bigint NOT NULL PRIMARY KEY,
    voicemail_id bigint NOT NULL UNIQUE
);

INSERT INTO tag_changes (seq, voicemail_id)
    SELECT row_number() OVER (ORDER BY voicemail_id), voicemail_id FROM tags GROUP BY voicemail_id;
INSERT INTO tag_feed (one, seq) SELECT 1, coalesce(max(seq), 0) FROM tag_changes;

-- The queues that a person is limited to: JSON, opaque to SQL.
ALTER TABLE users ADD COLUMN queues text COLLATE "C" NOT NULL DEFAULT '';
