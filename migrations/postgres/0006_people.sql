-- +goose Up
-- The twin of sqlite/0006_people.sql: same columns, same indexes.
-- How a person wants pages to be, what sign-ins and tokens are known by, and
-- ways into the audit log.
ALTER TABLE users ADD COLUMN settings text COLLATE "C" NOT NULL DEFAULT ''; -- JSON, opaque to SQL

ALTER TABLE logins ADD COLUMN created_at timestamptz;
ALTER TABLE logins ADD COLUMN remote text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE logins ADD COLUMN agent text COLLATE "C" NOT NULL DEFAULT '';

ALTER TABLE api_tokens ADD COLUMN created_at timestamptz;
ALTER TABLE api_tokens ADD COLUMN name text COLLATE "C" NOT NULL DEFAULT '';
CREATE INDEX api_tokens_user ON api_tokens (user_id);

CREATE INDEX audit_actor ON audit (actor, id);
CREATE INDEX audit_action ON audit (action, id);
CREATE INDEX audit_refused ON audit (id) WHERE NOT allowed;
