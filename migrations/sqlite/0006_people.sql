-- +goose Up
-- How a person wants pages to be, what sign-ins and tokens are known by, and
-- ways into the audit log.
ALTER TABLE users ADD COLUMN settings TEXT NOT NULL DEFAULT ''; -- JSON, opaque to SQL

ALTER TABLE logins ADD COLUMN created_at INTEGER;
ALTER TABLE logins ADD COLUMN remote TEXT NOT NULL DEFAULT '';
ALTER TABLE logins ADD COLUMN agent TEXT NOT NULL DEFAULT '';

ALTER TABLE api_tokens ADD COLUMN created_at INTEGER;
ALTER TABLE api_tokens ADD COLUMN name TEXT NOT NULL DEFAULT '';
CREATE INDEX api_tokens_user ON api_tokens (user_id);

CREATE INDEX audit_actor ON audit (actor, id);
CREATE INDEX audit_action ON audit (action, id);
CREATE INDEX audit_refused ON audit (id) WHERE NOT allowed;
