package sqlite

import (
	"context"
	"database/sql"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"afterbeep/migrations"
	"afterbeep/store"
)

// first makes a database as the first version of this program left it, with
// what the statements put into it.
func first(t *testing.T, path string, statements ...string) {
	t.Helper()
	db, err := pool(path, 1, "_txlock", "immediate")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	p, err := migrations.ForSQLite(db)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.UpTo(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	for _, one := range statements {
		if _, err := db.ExecContext(t.Context(), one); err != nil {
			t.Fatalf("%s: %v", one, err)
		}
	}
}

// archived are two voicemails of the first version: one with a file that can be
// had, one that is missing and one that is being made, and one without any.
var archived = []string{
	`INSERT INTO feed (one, store_id, seq) VALUES (1, 'store', 2)`,
	`INSERT INTO call_sessions VALUES
		('b', 's1', 'a', '', 'calldetails', 'yes', 1, 0, 1000000, NULL, '', '', '', '', '', '', '', '', '', '', 0, NULL, 'stored', 0, NULL, '', '', '', 1000000),
		('b', 's2', 'a', '', 'calldetails', 'yes', 1, 0, 2000000, NULL, '', '', '', '', '', '', '', '', '', '', 0, NULL, 'stored', 0, NULL, '', '', '', 2000000)`,
	`INSERT INTO voicemails VALUES
		(1, 'b', 's1', 'a', '', '', '', 1000000, 'en', '', '', 1000000, NULL, 1000000, 'hello', 'present', 0, 1),
		(2, 'b', 's2', 'a', '', '', '', 2000000, '', '', '', 2000000, NULL, 2000000, '', 'none', 0, 1)`,
	`INSERT INTO recordings VALUES (1, 0, 'voicemail', 'a.wav', 'success', NULL, 1000000),
		(1, 1, 'voicemail', 'b.wav', 'missing', NULL, 1000000), (1, 2, 'voicemail', 'c.wav', 'media_in_progress', NULL, 1000000)`,
	`INSERT INTO changes VALUES (1, 1), (2, 2)`,
	`INSERT INTO change_tags VALUES (1, 'one'), (2, 'two')`,
}

func TestMigrateMakesTasks(t *testing.T) {
	path := filepath.Join(t.TempDir(), "afterbeep.db")
	first(t, path, archived...)
	before := time.Now()
	s := inside(t, path)
	checkMigratedTasks(t, s, before)
	var rows int
	err := s.inView(t.Context(), func(tx *sql.Tx) error {
		return tx.QueryRowContext(t.Context(), `SELECT count(*) FROM tasks`).Scan(&rows)
	})
	if err != nil || rows != 3 {
		t.Errorf("got %d tasks, error %v, want 3", rows, err)
	}
}

func checkMigratedTasks(t *testing.T, s store.Store, before time.Time) {
	t.Helper()
	ctx := t.Context()
	task := func(id int64, kind store.TaskKind, session string, state store.State) store.Task {
		return store.Task{TaskKey: store.TaskKey{VoicemailID: id, Kind: kind}, AccountID: "a", BotID: "b", SessionID: session,
			LeftAt: time.Unix(id, 0).UTC(), State: state}
	}
	keep := task(1, store.TaskKeep, "s1", store.StateDue)
	for id, want := range map[int64][]store.Task{
		1: {keep, task(1, store.TaskLookUp, "s1", store.StateSkipped)},
		2: {task(2, store.TaskLookUp, "s2", store.StateSkipped)},
	} {
		got, err := s.VoicemailTasks(ctx, store.AllBots(), id)
		if err != nil {
			t.Fatal(err)
		}
		if got[0].Kind == store.TaskKeep {
			// To the second: the databases' clocks and Go's may round differently.
			if due := got[0].DueAt; due.Before(before.Add(-time.Second)) || due.After(time.Now().Add(time.Second)) {
				t.Errorf("the task is due at %v, want now", due)
			}
			got[0].DueAt = time.Time{}
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("tasks of voicemail %d (-want +got):\n%s", id, d)
		}
	}
	keepMigrated(ctx, t, s)
}

// keepMigrated archives the recording of voicemail 1.
func keepMigrated(ctx context.Context, t *testing.T, s store.Store) {
	t.Helper()
	l, err := s.ClaimTask(ctx, store.TaskKey{VoicemailID: 1, Kind: store.TaskKeep}, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	kept := &store.Kept{Digest: "d", Bytes: 7, Type: "audio/wav", Duration: time.Second}
	if changed, err := s.RecordTask(ctx, l, store.TaskOutcome{State: store.StateStored, Kept: kept}); err != nil || !changed {
		t.Errorf("changed %v, error %v", changed, err)
	}
	v, err := s.Voicemail(ctx, store.AllBots(), 1)
	if err != nil || v.Text != "hello" || v.Duration != time.Second || len(v.Recordings) != 3 || v.Recordings[0].Digest != "d" || v.Recordings[1].Digest != "" {
		t.Errorf("got %+v, error %v", v, err)
	}
}
