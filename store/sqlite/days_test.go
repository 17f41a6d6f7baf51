package sqlite

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"afterbeep/store"
)

// TestDaysLeapOverEmptyOnes holds which days are read at all.
func TestDaysLeapOverEmptyOnes(t *testing.T) {
	s := inside(t, filepath.Join(t.TempDir(), "afterbeep.db"))
	var edges []time.Time
	for i := range 101 {
		edges = append(edges, queuedAt.AddDate(0, 0, i))
	}
	var sessions []store.Session
	for i, at := range []time.Time{edges[0].Add(-1000), edges[3], edges[3].Add(time.Hour), edges[5].Add(-1000), edges[50].Add(time.Hour),
		edges[100].Add(-1000), edges[100]} {
		sessions = append(sessions, store.Session{BotID: "b", SessionID: fmt.Sprint("s-", i), StartedAt: at})
	}
	if _, err := s.SaveSessions(t.Context(), sessions); err != nil {
		t.Fatal(err)
	}
	var read []int
	err := s.inView(t.Context(), func(tx *sql.Tx) error {
		for i := 0; ; i++ {
			var err error
			if i, err = nextDay(t.Context(), tx, edges, i); err != nil || i < 0 {
				return err
			}
			read = append(read, i)
		}
	})
	if err != nil || fmt.Sprint(read) != "[3 4 50 99]" {
		t.Errorf("read days %v, error %v", read, err)
	}
	plan := explain(t, s, nextDayQuery, 1, 2)
	if len(plan) != 1 || !containsIndex(plan[0], "call_sessions_day (day_at>? AND day_at<?)") {
		t.Errorf("the next day is found by %q", plan)
	}
}

func BenchmarkDays(b *testing.B) {
	s := queued(b, 300_000, nil)
	if _, err := s.write.ExecContext(b.Context(), `UPDATE call_sessions SET day_at = day_at + (CAST(substr(session_id, 3) AS INTEGER) % 400) * 86400000000`); err != nil {
		b.Fatal(err)
	}
	for name, first := range map[string]time.Time{"full": queuedAt.Truncate(24 * time.Hour), "empty": queuedAt.AddDate(-3, 0, 0)} {
		b.Run(name, func(b *testing.B) {
			var edges []time.Time
			for i := range store.MaxDays + 1 {
				edges = append(edges, first.AddDate(0, 0, i))
			}
			for b.Loop() {
				if _, err := s.Days(b.Context(), store.AllBots(), edges, 0); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
