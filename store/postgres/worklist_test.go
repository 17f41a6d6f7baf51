package postgres

import (
	"testing"
	"time"

	"afterbeep/store"
	"afterbeep/store/storetest"
)

// manyCallbacks is a store with so much work: of a hundred, ninety requests wait,
// five rest, three are claimed and two are done. Every tenth is a repeat.
func manyCallbacks(tb testing.TB, n int) *Store {
	tb.Helper()
	s, err := Open(tb.Context(), Config{URL: storetest.Postgres(tb)})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = s.Close() })
	for _, query := range []string{
		`INSERT INTO voicemails (` + voicemailColumns + `) SELECT n, 'bot-' || n % 7, 's-' || n, 'a', '', '', 'queue-' || n % 5, NULL, 'en', '', '', NULL, NULL,
			now() - n * interval '1 minute', 'please call me back', 'present', 0, 4 FROM generate_series(1, $1::int) AS n`,
		`INSERT INTO callbacks (` + callbackColumns + `, rank, order_at, listed) SELECT n, 'bot-' || n % 7, 'queue-' || n % 5, (ARRAY['en', 'es', 'fr', 'de'])[1 + n % 4],
			now() - n * interval '1 minute', CASE WHEN n % 70 = 0 THEN n - 7 ELSE n END, 'requests', true, 0.9, '', false, '', '', '', n % 3, 0, NULL,
			CASE WHEN n % 100 < 3 THEN 'claimed' WHEN n % 100 < 5 THEN 'done' ELSE 'open' END, CASE WHEN n % 100 < 5 THEN 'agent' || n % 50 ELSE '' END,
			CASE WHEN n % 100 < 3 THEN now() + interval '1 hour' END, CASE WHEN n % 100 BETWEEN 5 AND 9 THEN now() + interval '1 hour' END, 0, '',
			CASE WHEN n % 100 BETWEEN 3 AND 4 THEN now() END, NULL, '', NULL, '', false, now(), n, 3 - n % 3, now() - n * interval '1 minute', true
			FROM generate_series(1, $1::int) AS n`,
	} {
		if _, err := s.pool.Exec(tb.Context(), query, n); err != nil {
			tb.Fatal(err)
		}
	}
	if _, err := s.pool.Exec(tb.Context(), `ANALYZE callbacks`); err != nil {
		tb.Fatal(err)
	}
	return s
}

// workQueries are what the pages ask for.
func workQueries() map[string]store.WorkQuery {
	return map[string]store.WorkQuery{
		"all": {}, "open": {Status: store.CallbackOpen}, "ready": {Ready: true, Lane: store.LaneRequests}, "mine": {Assignee: "agent1"},
		"claimed": {Status: store.CallbackClaimed}, "done": {Status: store.CallbackDone}, "overdue": {Overdue: true, Late: []store.Late{{LeftBy: time.Now().Add(-time.Hour)}}},
		"bot": {Bots: []string{"bot-3"}, Status: store.CallbackOpen}, "lang": {Langs: []string{"es"}, Ready: true},
		"deep": {After: store.WorkKey{Rank: 2, At: time.Now().Add(-1000 * time.Hour), CaseID: 1}},
	}
}

// TestWorkOfManyIsListedAtOnce holds that a page of the work list doesn't read
// the list: PostgreSQL itself tells how many rows it read for it.
func TestWorkOfManyIsListedAtOnce(t *testing.T) {
	s := manyCallbacks(t, 100_000)
	scope := store.OnlyBots("bot-0", "bot-1", "bot-2", "bot-3", "bot-4", "bot-5")
	const most = 10_000
	for name, q := range workQueries() {
		q.Limit = 50
		before := rowsRead(t, s)
		if _, _, err := s.Work(t.Context(), scope, q); err != nil {
			t.Fatal(err)
		}
		read := rowsRead(t, s) - before
		t.Logf("%s: %d rows", name, read)
		if read > most || read < int64(q.Limit) {
			t.Errorf("%s reads %d rows of 100,000, want %d to %d", name, read, q.Limit, most)
		}
	}
}

// rowsRead is how many rows of callbacks were read since PostgreSQL began.
func rowsRead(t *testing.T, s *Store) (n int64) {
	t.Helper()
	for _, c := range s.pool.AcquireAllIdle(t.Context()) {
		// What a connection counts it hands over when it is at rest, once in a while.
		_, err := c.Exec(t.Context(), `SELECT pg_stat_force_next_flush()`)
		c.Release()
		if err != nil {
			t.Fatal(err)
		}
	}
	err := s.pool.QueryRow(t.Context(), `SELECT seq_tup_read + coalesce(idx_tup_fetch, 0) FROM pg_stat_user_tables WHERE relname = 'callbacks'`).Scan(&n)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func BenchmarkWork(b *testing.B) {
	s := manyCallbacks(b, 100_000)
	scope := store.OnlyBots("bot-0", "bot-1", "bot-2", "bot-3", "bot-4", "bot-5")
	for name, q := range workQueries() {
		q.Limit = 50
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, _, err := s.Work(b.Context(), scope, q); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("counts", func(b *testing.B) {
		for b.Loop() {
			if _, err := s.CountWork(b.Context(), scope, "agent1", nil); err != nil {
				b.Fatal(err)
			}
		}
	})
}
