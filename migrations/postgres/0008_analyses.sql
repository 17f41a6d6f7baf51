-- +goose Up
-- The twin of sqlite/0008_analyses.sql: same index, same columns.
-- What an older version of the program has analysed is found without reading the archive.
CREATE INDEX voicemails_analysis ON voicemails (analysis_version, id);
