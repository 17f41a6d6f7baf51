package sqlite

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"afterbeep/store"
)

// TestMigrateGivesDays counts sessions of the first version, one with a start
// and one without.
func TestMigrateGivesDays(t *testing.T) {
	path := filepath.Join(t.TempDir(), "afterbeep.db")
	first(t, path, `INSERT INTO call_sessions VALUES
		('b', 's1', 'a', '', 'calldetails', 'yes', 1, 0, 1000000, NULL, '', '', '', '', '', '', '', '', '', '', 0, NULL, 'dead', 3, NULL, '', '', 'not JSON', 9000000),
		('b', 's2', '', '', 'import', '', 1, 0, NULL, NULL, '', '', '', '', '', '', '', '', '', '', 0, NULL, 'due', 0, 2000000, '', '', '', 2000000)`)
	checkMigratedDays(t, inside(t, path))
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
