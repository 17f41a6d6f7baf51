package postgres

import (
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"afterbeep/store/storetest"
)

func TestClaimingTasksWalksItsIndex(t *testing.T) {
	s := open(t, Config{URL: storetest.Postgres(t)})
	ctx := t.Context()
	b := &pgx.Batch{}
	b.Queue(`INSERT INTO voicemails (` + voicemailColumns + `)
		SELECT n, 'st-1', 's-' || n, 'a-1', '', '', '', NULL, '', '', '', NULL, NULL, now() - n * interval '1 minute', '', 'none', 0, 1
		FROM generate_series(1, 50000) AS n`)
	b.Queue(`INSERT INTO tasks (` + taskColumns + `, ready, lease_token, state_before)
		SELECT id, kind, 0, account_id, bot_id, session_id, left_at, CASE id % 10 WHEN 0 THEN 'due' WHEN 1 THEN 'skipped' ELSE 'stored' END, 0, now(), '', true, '', ''
		FROM voicemails, unnest(ARRAY['keep', 'look_up']) AS kind`)
	if err := s.pool.SendBatch(ctx, b).Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.pool.Exec(ctx, `ANALYZE tasks`); err != nil {
		t.Fatal(err)
	}
	accounts, kinds := []string{"a-1"}, []string{"keep", "look_up"}
	for index, plan := range map[string]string{
		"tasks_due":     explain(t, s, claimTasksQuery, accounts, kinds, 10, time.Now()),
		"tasks_skipped": explain(t, s, claimSkippedQuery, accounts, kinds, 10),
	} {
		if !strings.Contains(plan, "Index Scan using "+index) || strings.Count(plan, "Sort Key") > 1 {
			t.Errorf("claiming from a long queue sorts it:\n%s", plan)
		}
	}
}
