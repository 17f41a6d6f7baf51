package postgres

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"afterbeep/store"
	"afterbeep/store/storetest"
)

// TestMigrateGivesDays counts sessions of the first version, one with a start
// and one without.
func TestMigrateGivesDays(t *testing.T) {
	url := storetest.Postgres(t)
	first(t, url, `INSERT INTO call_sessions VALUES
		('b', 's1', 'a', '', 'calldetails', 'yes', true, 0, to_timestamp(1), NULL, '', '', '', '', '', '', '', '', '', '', false, NULL, 'dead', 3, NULL, '', '', 'not JSON', to_timestamp(9)),
		('b', 's2', '', '', 'import', '', true, 0, NULL, NULL, '', '', '', '', '', '', '', '', '', '', false, NULL, 'due', 0, to_timestamp(2), '', '', '', to_timestamp(2))`)
	checkMigratedDays(t, open(t, Config{URL: url}))
}

func checkMigratedDays(t *testing.T, s store.Store) {
	t.Helper()
	at := func(seconds int64) time.Time { return time.Unix(seconds, 0).UTC() }
	days, err := s.Days(t.Context(), store.AllBots(), []time.Time{at(0), at(2), at(3), at(10)}, 0)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]store.LedgerDay{
		{BotID: "b", Day: at(2), Known: 1, Waiting: 1}, {BotID: "b", Day: at(0), Known: 1, Dead: 1, Voicemails: 1},
	}, days); d != "" {
		t.Errorf("days (-want +got):\n%s", d)
	}
	gaps, err := s.Gaps(t.Context(), store.AllBots(), store.GapQuery{Limit: 9})
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]store.Gap{
		{SessionKey: store.SessionKey{BotID: "b", SessionID: "s2"}, Kind: store.GapWaiting, State: store.StateDue, NextAt: at(2), StartedAt: at(2)},
		{SessionKey: store.SessionKey{BotID: "b", SessionID: "s1"}, Kind: store.GapDead, State: store.StateDead, Reason: "not JSON", Attempts: 3, StartedAt: at(1)},
	}, gaps); d != "" {
		t.Errorf("gaps (-want +got):\n%s", d)
	}
}

// TestTheNextIsFoundAtOnce holds the queries that are asked again and again, and
// must not read all that is due.
func TestTheNextIsFoundAtOnce(t *testing.T) {
	s := open(t, Config{URL: storetest.Postgres(t)})
	ctx := t.Context()
	for _, query := range []string{`INSERT INTO call_sessions (` + sessionColumns + `, day_at, lease_token, state_before)
		SELECT 'st-1', 's-' || n, 'a-' || n % 2, '', '', 'yes', true, 0, now(), NULL, '', '', '', '', '', '', '', '', '',
		'', false, NULL, 'due', 0, now() + n * interval '1 second', '', '', now(), now(), '', '' FROM generate_series(1, 20000) AS n`, `ANALYZE call_sessions`} {
		if _, err := s.pool.Exec(ctx, query); err != nil {
			t.Fatal(err)
		}
	}
	rows, err := s.pool.Query(ctx, `EXPLAIN (ANALYZE, TIMING OFF, SUMMARY OFF) `+nextDueQuery, []string{"a-0", "a-1"})
	if err != nil {
		t.Fatal(err)
	}
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	if plan := strings.Join(lines, "\n"); !strings.Contains(plan, "using call_sessions_next") || !strings.Contains(plan, "rows=0 loops=4") {
		t.Errorf("the next is looked for:\n%s", plan)
	}
}
