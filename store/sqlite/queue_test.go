package sqlite

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"afterbeep/store"
)

var queuedAt = time.Date(2025, 2, 11, 12, 0, 0, 0, time.UTC)

// queued is a store with n sessions of the account "a" that have a voicemail
// each and a task to keep its file, the first of which was left last. All come
// due within the hour after queuedAt, one microsecond after the other.
func queued(tb testing.TB, n int, clock func() time.Time) *Store {
	tb.Helper()
	s, err := Open(tb.Context(), Config{Path: filepath.Join(tb.TempDir(), "afterbeep.db"), Now: clock})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Errorf("Close: %v", err)
		}
	})
	for _, query := range []string{
		`INSERT INTO call_sessions (` + ledgerColumns + `, day_at)
			SELECT 'b', 's-' || i, 'a', '', '', 'yes', 1, 0, ?2 - i, NULL, '', '', '', '', '', '', '', '', '', '', 0, NULL,
			'waiting', 1, ?2 + 3600000000 - ?1 + i, '', '', '', '', ?2, ?2 FROM n`,
		`INSERT INTO voicemails SELECT i, 'b', 's-' || i, 'a', '', '', '', NULL, '', '', '', NULL, NULL, ?2 - i, '', 'none', 0, 1 FROM n`,
		`INSERT INTO tasks (` + taskColumns + `, ready)
			SELECT i, 'keep', 0, 'a', 'b', 's-' || i, ?2 - i, 'waiting', 1, ?2 + 3600000000 - ?1 + i, '', '', '', 0 FROM n`,
	} {
		query = `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1) ` + query
		if _, err := s.write.ExecContext(tb.Context(), query, n, known(queuedAt)); err != nil {
			tb.Fatal(err)
		}
	}
	return s
}

// claimed are the sessions of the sessions and of the tasks that claims find.
func claimed(tb testing.TB, s *Store, limit int) (sessions, tasks []string) {
	tb.Helper()
	leases, err := s.Claim(tb.Context(), store.ClaimQuery{Accounts: []string{"a"}, Limit: limit, Lease: time.Hour})
	if err != nil {
		tb.Fatal(err)
	}
	for _, l := range leases {
		sessions = append(sessions, l.Session.SessionID)
	}
	held, err := s.ClaimTasks(tb.Context(), store.TaskQuery{Accounts: []string{"a"}, Kinds: []store.TaskKind{store.TaskKeep}, Limit: limit, Lease: time.Hour})
	if err != nil {
		tb.Fatal(err)
	}
	for _, l := range held {
		tasks = append(tasks, l.Task.SessionID)
	}
	return sessions, tasks
}

// walked is how many rows a claim may have to walk over.
func walked(t *testing.T, s *Store) (sessions, tasks int) {
	t.Helper()
	err := s.read.QueryRowContext(t.Context(), `SELECT
		(SELECT count(*) FROM call_sessions INDEXED BY call_sessions_due WHERE ready = 1 AND state IN ('due', 'waiting', 'retry', 'leased')),
		(SELECT count(*) FROM tasks INDEXED BY tasks_due WHERE ready = 1 AND state IN ('due', 'waiting', 'retry', 'leased'))`).
		Scan(&sessions, &tasks)
	if err != nil {
		t.Fatal(err)
	}
	return sessions, tasks
}

// TestClaimsWalkOverNoneThatWait has many wait that would come first, and wakes
// the last of them.
func TestClaimsWalkOverNoneThatWait(t *testing.T) {
	const many = store.MaxReady + 500
	now := queuedAt
	s := queued(t, many, func() time.Time { return now })
	last := fmt.Sprint("s-", many)
	wake := func() {
		t.Helper()
		if err := s.WakeSession(t.Context(), store.AllBots(), store.SessionKey{BotID: "b", SessionID: last}); err != nil {
			t.Fatal(err)
		}
		if err := s.WakeTask(t.Context(), store.AllBots(), store.TaskKey{VoicemailID: many, Kind: store.TaskKeep}); err != nil {
			t.Fatal(err)
		}
	}
	check := func(what string, walkedOver int, wantFirst ...string) {
		t.Helper()
		sessions, tasks := claimed(t, s, 1)
		if fmt.Sprint(sessions, tasks) != fmt.Sprint(wantFirst, wantFirst) {
			t.Errorf("%s: claimed sessions %v and tasks %v, want %v", what, sessions, tasks, wantFirst)
		}
		if sessions, tasks := walked(t, s); sessions != walkedOver || tasks != walkedOver {
			t.Errorf("%s: %d sessions and %d tasks are left to walk over, want %d", what, sessions, tasks, walkedOver)
		}
	}
	check("while all wait", 0)
	wake()
	check("one was woken", 0, last)

	now = queuedAt.Add(time.Hour) // one is leased until then, and comes due last
	check("all are due", store.MaxReady-1, "s-1")
	check("more are taken up", many-2, "s-2")
	all := 2
	for {
		sessions, tasks := claimed(t, s, store.MaxClaim)
		if len(sessions) != len(tasks) {
			t.Fatalf("%d sessions, and %d tasks", len(sessions), len(tasks))
		}
		if len(sessions) == 0 {
			break
		}
		all += len(sessions)
	}
	if all != many {
		t.Errorf("%d were claimed, want %d", all, many)
	}
}

// TestTakingUpReadsItsIndex holds that what comes due is found without reading
// what is not.
func TestTakingUpReadsItsIndex(t *testing.T) {
	s := queued(t, 1, nil)
	for _, c := range []struct {
		query string
		args  []any
		want  string
	}{
		{readySessionsQuery, []any{"a", 1, 1}, "INDEX call_sessions_next (account_id=? AND ready=? AND due_at<?)"},
		{readyTasksQuery, []any{"a", "keep", 1, 1}, "INDEX tasks_next (account_id=? AND kind=? AND ready=? AND due_at<?)"},
	} {
		plan := explain(t, s, c.query, c.args...)
		if len(plan) != 3 || !strings.Contains(plan[0], "USING PRIMARY KEY") || !strings.HasSuffix(plan[2], c.want) {
			t.Errorf("%s\n%q", c.query, plan)
		}
	}
}

// TestOpenSessionsReadsIndexesAlone holds that counting them touches no table.
func TestOpenSessionsReadsIndexesAlone(t *testing.T) {
	s := queued(t, 1, nil)
	plan := explain(t, s, openSessionsQuery+`s.day_at >= ? AND s.day_at < ? AND s.bot_id IN (?)`, "due", 1, 2, "b")
	if len(plan) != 3 || !strings.HasSuffix(plan[0], "COVERING INDEX call_sessions_open (state=? AND day_at>? AND day_at<?)") ||
		!strings.Contains(plan[2], "COVERING INDEX voicemails_session") {
		t.Errorf("%q", plan)
	}
}

func BenchmarkOpenSessions(b *testing.B) {
	s := queued(b, 300_000, nil)
	for b.Loop() {
		if _, err := s.OpenSessions(b.Context(), store.OnlyBots("b"), time.Time{}, time.Time{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkClaimBehindManyThatWait(b *testing.B) {
	s := queued(b, 300_000, func() time.Time { return queuedAt })
	for b.Loop() {
		claimed(b, s, 4)
	}
}
