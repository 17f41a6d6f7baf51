-- +goose Up
-- Calls with a number, for evidence; those of callers have their index.
CREATE INDEX call_sessions_called ON call_sessions (called_e164, started_at) WHERE called_e164 <> '';

-- Requests by when they were left, for the measure, and those that wait.
CREATE INDEX callbacks_left ON callbacks (left_at, voicemail_id) WHERE lane = 'requests';
CREATE INDEX callbacks_waiting ON callbacks (bot_id, queue, left_at) WHERE lane = 'requests' AND status <> 'done';

-- Alerts on requests that wait for too long have no search. since_at says before
-- when a request was too old that is not told.
ALTER TABLE alerts ALTER COLUMN search_id DROP NOT NULL;
ALTER TABLE alerts ADD COLUMN kind text COLLATE "C" NOT NULL DEFAULT ''; -- '' is on what a search finds, 'overdue' on requests that wait
ALTER TABLE alerts ADD COLUMN older_than_us bigint NOT NULL DEFAULT 0;
ALTER TABLE alerts ADD COLUMN since_at timestamptz;
UPDATE alerts SET since_at = created_at;
