-- +goose Up
-- The twin of postgres/0013_old.sql: same tables, same columns.
-- What was found more than two weeks after it was left, and nobody has worked on,
-- is old. It was never news: followers need no word of it, for they begin anew
-- with the program that knows the lane.
UPDATE callbacks SET lane = 'old', next_at = NULL, repeats = 0, rank = 5
    WHERE lane IN ('requests', 'listen') AND status = 'open' AND acted = 0 AND corrected = 0 AND created_at - left_at > 14 * 86400 * 1000000;

-- What waits beside it in its case is no repeat of it.
UPDATE callbacks SET repeats = n.waiting - 1, rank = 3 - min(3, callbacks.found + n.waiting - 1)
    FROM (SELECT case_id, count(*) AS waiting FROM callbacks WHERE lane IN ('requests', 'listen') AND status <> 'done' GROUP BY case_id) n
    WHERE n.case_id = callbacks.case_id AND callbacks.lane IN ('requests', 'listen') AND callbacks.status <> 'done'
      AND EXISTS (SELECT 1 FROM callbacks o WHERE o.case_id = callbacks.case_id AND o.lane = 'old');

CREATE INDEX callbacks_old ON callbacks (left_at DESC, case_id) WHERE lane = 'old' AND status <> 'done';
