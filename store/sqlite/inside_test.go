package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"afterbeep/store"
)

func inside(t *testing.T, path string) *Store {
	t.Helper()
	s, err := Open(t.Context(), Config{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return s
}

// TestPragmasOnEveryConnection holds all connections of a pool at once, because
// a pragma that was executed instead of configured reaches one of them only.
func TestPragmasOnEveryConnection(t *testing.T) {
	s := inside(t, filepath.Join(t.TempDir(), "afterbeep.db"))
	for _, p := range []struct {
		name      string
		db        *sql.DB
		size      int
		queryOnly string
	}{{"writer", s.write, 1, "0"}, {"reader", s.read, readers, "1"}} {
		want := map[string]string{"foreign_keys": "1", "journal_mode": "wal", "synchronous": "1", "busy_timeout": "10000", "query_only": p.queryOnly}
		for i := range p.size {
			c, err := p.db.Conn(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			for pragma, want := range want {
				var got string
				if err := c.QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&got); err != nil {
					t.Fatal(err)
				}
				if got != want {
					t.Errorf("%s %d: %s is %s, want %s", p.name, i, pragma, got, want)
				}
			}
		}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		if c, err := p.db.Conn(ctx); err == nil {
			t.Errorf("the %s pool has more than %d connections", p.name, p.size)
			c.Close()
		}
	}
}

func TestReadersCanNotWrite(t *testing.T) {
	s := inside(t, filepath.Join(t.TempDir(), "afterbeep.db"))
	err := s.inView(t.Context(), func(tx *sql.Tx) error {
		_, err := tx.ExecContext(t.Context(), `DELETE FROM feed`)
		return err
	})
	if err == nil {
		t.Error("a reader wrote")
	}
}

// TestReadersAreNotHeldUp reads while a write transaction is open.
func TestReadersAreNotHeldUp(t *testing.T) {
	s := inside(t, filepath.Join(t.TempDir(), "afterbeep.db"))
	err := s.inTx(t.Context(), func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(t.Context(), `UPDATE feed SET seq = 7`); err != nil {
			return err
		}
		p, err := s.Head(t.Context())
		if p.Seq != 0 {
			t.Errorf("a reader saw what isn't committed")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestTransactionRollsBack(t *testing.T) {
	s := inside(t, filepath.Join(t.TempDir(), "afterbeep.db"))
	stop := errors.New("stop")
	err := s.inTx(t.Context(), func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(t.Context(), `UPDATE feed SET seq = 7`); err != nil {
			return err
		}
		return stop
	})
	if !errors.Is(err, stop) {
		t.Errorf("got error %v", err)
	}
	if p, err := s.Head(t.Context()); err != nil || p.Seq != 0 {
		t.Errorf("got head %d, error %v", p.Seq, err)
	}
}

// TestOpenAtOnce opens a file through many handles of one process.
func TestOpenAtOnce(t *testing.T) {
	for _, c := range []struct {
		name   string
		before func(t *testing.T, path string)
	}{
		{"missing", func(*testing.T, string) {}},
		{"empty", func(t *testing.T, path string) {
			if err := os.WriteFile(path, nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}},
		{"without tables", func(t *testing.T, path string) {
			db, err := pool(path, 1, "_txlock", "immediate")
			if err != nil {
				t.Fatal(err)
			}
			if _, err := db.ExecContext(t.Context(), `PRAGMA user_version = 1`); err != nil {
				t.Fatal(err)
			}
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "afterbeep.db")
			c.before(t, path)
			openAtOnce(t, path)
		})
	}
}

func openAtOnce(t *testing.T, path string) {
	t.Helper()
	stores := make([]*Store, 8)
	g, ctx := errgroup.WithContext(t.Context())
	for i := range stores {
		g.Go(func() (err error) {
			stores[i], err = Open(ctx, Config{Path: path})
			return err
		})
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	ids := make(map[string]bool)
	for _, s := range stores {
		p, err := s.Head(t.Context())
		if err := errors.Join(err, s.Ready(t.Context()), s.Close()); err != nil {
			t.Error(err)
		}
		ids[p.StoreID] = true
	}
	if len(ids) != 1 {
		t.Errorf("the handles see %d stores", len(ids))
	}
}

func TestSchemaOfAnotherVersion(t *testing.T) {
	path := filepath.Join(t.TempDir(), "afterbeep.db")
	s := inside(t, path)
	set := func(query string) {
		t.Helper()
		if _, err := s.write.ExecContext(t.Context(), query); err != nil {
			t.Fatal(err)
		}
	}
	set(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)`)
	if err := s.Ready(t.Context()); !errors.Is(err, store.ErrNewerSchema) {
		t.Errorf("Ready after a newer migration: got error %v", err)
	}
	if _, err := Open(t.Context(), Config{Path: path}); !errors.Is(err, store.ErrNewerSchema) {
		t.Errorf("Open after a newer migration: got error %v", err)
	}
	set(`DELETE FROM goose_db_version WHERE version_id > 0`)
	if err := s.Ready(t.Context()); err == nil || errors.Is(err, store.ErrNewerSchema) {
		t.Errorf("Ready before the newest migration: got error %v", err)
	}
}

// TestCloseWaits closes while a method is under way.
func TestCloseWaits(t *testing.T) {
	s := inside(t, filepath.Join(t.TempDir(), "afterbeep.db"))
	inMethod, closed := make(chan struct{}), make(chan error, 1)
	go func() {
		<-inMethod
		closed <- s.Close()
	}()
	err := s.inTx(t.Context(), func(tx *sql.Tx) error {
		close(inMethod)
		for s.open.TryRLock() { // until Close waits
			s.open.RUnlock()
			runtime.Gosched()
		}
		if len(closed) > 0 {
			t.Error("Close came back before the method did")
		}
		_, err := tx.ExecContext(t.Context(), `UPDATE feed SET seq = seq`)
		return err
	})
	if err != nil {
		t.Errorf("the method failed: %v", err)
	}
	if err := <-closed; err != nil {
		t.Error(err)
	}
	if _, err := s.Head(t.Context()); !errors.Is(err, errClosed) {
		t.Errorf("got error %v", err)
	}
}

// TestQueriesUseTheirIndex holds the queries that must not get slower with the
// archive.
func TestQueriesUseTheirIndex(t *testing.T) {
	s := inside(t, filepath.Join(t.TempDir(), "afterbeep.db"))
	for _, c := range []struct {
		query string
		args  []any
		want  string
	}{
		{dueSessionsQuery, []any{"a", 1, 1}, "call_sessions_due"},
		{nextDueQuery, []any{"a", 0}, "call_sessions_next"},
		{`SELECT bot_id FROM call_sessions WHERE session_id = ? ORDER BY bot_id`, []any{"s"}, "call_sessions_session"},
		{`SELECT bot_id, state, count(*), min(due_at) FROM call_sessions GROUP BY bot_id, state`, nil, "call_sessions_state"},
		{`SELECT bot_id, count(*), min(left_at), max(left_at) FROM voicemails GROUP BY bot_id`, nil, "voicemails_bot_left_at"},
		{`SELECT ` + taskColumns + ` FROM tasks WHERE ` + dueTask + `
			AND account_id = ? AND kind = ? ORDER BY left_at DESC, voicemail_id, n LIMIT ?`, []any{1, "a", "keep", 1}, "tasks_due"},
		{`SELECT ` + taskColumns + ` FROM tasks WHERE state = 'skipped' AND account_id = ? AND kind = ?
			ORDER BY left_at DESC, voicemail_id, n LIMIT ?`, []any{"a", "look_up", 1}, "tasks_skipped"},
		{nextTaskQuery, []any{"a", "keep", 0}, "tasks_next"},
		{`SELECT at FROM budget_calls WHERE account_id = ? ORDER BY at DESC LIMIT 1 OFFSET ?`, []any{"a", 1}, "budget_calls_at"},
	} {
		plan := explain(t, s, c.query, c.args...)
		if len(plan) != 1 || !containsIndex(plan[0], c.want) {
			t.Errorf("%s\n%q", c.query, plan)
		}
	}
}

// explain is the plan of a query, a line for each step.
func explain(t *testing.T, s *Store, query string, args ...any) []string {
	t.Helper()
	var plan []string
	err := s.inView(t.Context(), func(tx *sql.Tx) error {
		return each(t.Context(), tx, "EXPLAIN QUERY PLAN "+query, args, func(rows *sql.Rows) error {
			var id, parent, unused int
			var detail string
			err := rows.Scan(&id, &parent, &unused, &detail)
			plan = append(plan, detail)
			return err
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

func containsIndex(step, index string) bool { return strings.Contains(step, "INDEX "+index) }

// TestErasedVoicemail erases behind the contract's back, which has no method
// for it yet: the change stays, and nothing of the voicemail does.
func TestErasedVoicemail(t *testing.T) {
	s := inside(t, filepath.Join(t.TempDir(), "afterbeep.db"))
	one := store.Session{BotID: "b", SessionID: "s", Wanted: true}
	if _, err := s.SaveSessions(t.Context(), []store.Session{one}); err != nil {
		t.Fatal(err)
	}
	l, err := s.ClaimSession(t.Context(), one.Key(), time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Record(t.Context(), l, store.Outcome{State: store.StateStored, Reply: &store.Reply{
		Segments: []store.Segment{{Text: "hello"}}, Recordings: []store.Recording{{FileName: "a"}}, Payload: []byte("{}"),
	}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.write.ExecContext(t.Context(), `DELETE FROM voicemails`); err != nil {
		t.Fatal(err)
	}
	changes, err := s.Changes(t.Context(), 0, 10)
	if err != nil || len(changes) != 1 || changes[0].Voicemail != nil || changes[0].VoicemailID != store.VoicemailID("b", "s") {
		t.Errorf("got %+v, error %v", changes, err)
	}
	var left int
	err = s.read.QueryRowContext(t.Context(), `SELECT (SELECT count(*) FROM segments) + (SELECT count(*) FROM recordings) +
		(SELECT count(*) FROM payloads) + (SELECT count(*) FROM tasks)`).Scan(&left)
	if err != nil || left != 0 {
		t.Errorf("%d rows are left, error %v", left, err)
	}
}

// TestOldCallsAreDropped keeps the table of calls from growing.
func TestOldCallsAreDropped(t *testing.T) {
	now := time.Now()
	s, err := Open(t.Context(), Config{Path: filepath.Join(t.TempDir(), "afterbeep.db"), Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for range 20 {
		if _, err := s.Reserve(t.Context(), "account", store.ClassListener, store.Limits(100)...); err != nil {
			t.Fatal(err)
		}
		now = now.Add(20 * time.Minute)
	}
	var rows int
	if err := s.read.QueryRowContext(t.Context(), `SELECT count(*) FROM budget_calls`).Scan(&rows); err != nil || rows != 3 {
		t.Errorf("got %d rows, error %v", rows, err)
	}
}
