package postgres

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"afterbeep/store"
	"afterbeep/store/storetest"
)

var queuedAt = time.Date(2025, 2, 11, 12, 0, 0, 0, time.UTC)

// queued is a store with n sessions of the account "a" that have a voicemail
// each and a task to keep its file, the first of which was left last. All come
// due within the hour after queuedAt, one microsecond after the other.
func queued(t *testing.T, n int, clock func() time.Time) *Store {
	t.Helper()
	s := open(t, Config{URL: storetest.Postgres(t), Now: clock})
	due := queuedAt.Add(time.Hour - time.Duration(n)*time.Microsecond)
	for _, query := range []string{
		`INSERT INTO call_sessions (` + sessionColumns + `, day_at, lease_token, state_before)
			SELECT 'b', 's-' || i, 'a', '', '', 'yes', true, 0, $2::timestamptz - i * interval '1 microsecond', NULL, '', '', '', '', '', '', '', '', '', '', false, NULL,
			'waiting', 1, $3::timestamptz + i * interval '1 microsecond', '', '', $2, $2, '', '' FROM generate_series(1, $1) AS i`,
		`INSERT INTO voicemails SELECT i, 'b', 's-' || i, 'a', '', '', '', NULL, '', '', '', NULL, NULL,
			$2::timestamptz - i * interval '1 microsecond' + 0 * ($3::timestamptz - $2), '', 'none', 0, 1 FROM generate_series(1, $1) AS i`,
		`INSERT INTO tasks (` + taskColumns + `, ready, lease_token, state_before)
			SELECT i, 'keep', 0, 'a', 'b', 's-' || i, $2::timestamptz - i * interval '1 microsecond', 'waiting', 1,
			$3::timestamptz + i * interval '1 microsecond', '', false, '', '' FROM generate_series(1, $1) AS i`,
		`ANALYZE call_sessions, tasks`,
	} {
		args := []any{n, queuedAt, due}
		if strings.HasPrefix(query, "ANALYZE") {
			args = nil
		}
		if _, err := s.pool.Exec(t.Context(), query, args...); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// claimed are the sessions of the sessions and of the tasks that claims find.
func claimed(t *testing.T, s *Store, limit int) (sessions, tasks []string) {
	t.Helper()
	leases, err := s.Claim(t.Context(), store.ClaimQuery{Accounts: []string{"a"}, Limit: limit, Lease: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range leases {
		sessions = append(sessions, l.Session.SessionID)
	}
	held, err := s.ClaimTasks(t.Context(), store.TaskQuery{Accounts: []string{"a"}, Kinds: []store.TaskKind{store.TaskKeep}, Limit: limit, Lease: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range held {
		tasks = append(tasks, l.Task.SessionID)
	}
	return sessions, tasks
}

// TestClaimsWalkOverNoneThatWait has many wait that would come first, and wakes
// the last of them.
func TestClaimsWalkOverNoneThatWait(t *testing.T) {
	const many = store.MaxReady + 500
	now := queuedAt
	s := queued(t, many, func() time.Time { return now })
	check := func(what string, walkedOver int, wantFirst ...string) {
		t.Helper()
		sessions, tasks := claimed(t, s, 1)
		if fmt.Sprint(sessions, tasks) != fmt.Sprint(wantFirst, wantFirst) {
			t.Errorf("%s: claimed sessions %v and tasks %v, want %v", what, sessions, tasks, wantFirst)
		}
		const open = ` WHERE ready AND state IN ('due', 'waiting', 'retry', 'leased')`
		for _, table := range []string{"call_sessions", "tasks"} {
			var left int
			if err := s.pool.QueryRow(t.Context(), `SELECT count(*) FROM `+table+open).Scan(&left); err != nil || left != walkedOver {
				t.Errorf("%s: %d of %s are left to walk over, error %v, want %d", what, left, table, err, walkedOver)
			}
		}
	}
	check("while all wait", 0)
	last := fmt.Sprint("s-", many)
	if err := s.WakeSession(t.Context(), store.AllBots(), store.SessionKey{BotID: "b", SessionID: last}); err != nil {
		t.Fatal(err)
	}
	if err := s.WakeTask(t.Context(), store.AllBots(), store.TaskKey{VoicemailID: many, Kind: store.TaskKeep}); err != nil {
		t.Fatal(err)
	}
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
	s := queued(t, 20_000, nil)
	for index, plan := range map[string]string{
		"call_sessions_next": explain(t, s, readyQuery, queuedAt, []string{"a"}, store.MaxReady),
		"tasks_next":         explain(t, s, readyTasksQuery, []string{"a"}, []string{"keep"}, queuedAt, store.MaxReady),
	} {
		if !strings.Contains(plan, "Index Scan using "+index) || strings.Contains(plan, "Seq Scan") || strings.Contains(plan, "Sort") {
			t.Errorf("%s:\n%s", index, plan)
		}
	}
}
