package postgres

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"afterbeep/migrations"
	"afterbeep/store"
	"afterbeep/store/storetest"
)

// first makes a database as the first version of this program left it, with
// what the statements put into it.
func first(t *testing.T, url string, statements ...string) {
	t.Helper()
	c, err := pgx.ParseConfig(url)
	if err != nil {
		t.Fatal(err)
	}
	db := stdlib.OpenDB(*c)
	defer db.Close()
	// The database comes with all migrations done.
	if _, err := db.ExecContext(t.Context(), `DROP SCHEMA public CASCADE; CREATE SCHEMA public`); err != nil {
		t.Fatal(err)
	}
	p, err := migrations.ForPostgres(db)
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
		('b', 's1', 'a', '', 'calldetails', 'yes', true, 0, to_timestamp(1), NULL, '', '', '', '', '', '', '', '', '', '', false, NULL, 'stored', 0, NULL, '', '', '', to_timestamp(1)),
		('b', 's2', 'a', '', 'calldetails', 'yes', true, 0, to_timestamp(2), NULL, '', '', '', '', '', '', '', '', '', '', false, NULL, 'stored', 0, NULL, '', '', '', to_timestamp(2))`,
	`INSERT INTO voicemails VALUES
		(1, 'b', 's1', 'a', '', '', '', to_timestamp(1), 'en', '', '', to_timestamp(1), NULL, to_timestamp(1), 'hello', 'present', 0, 1),
		(2, 'b', 's2', 'a', '', '', '', to_timestamp(2), '', '', '', to_timestamp(2), NULL, to_timestamp(2), '', 'none', 0, 1)`,
	`INSERT INTO recordings VALUES (1, 0, 'voicemail', 'a.wav', 'success', NULL, to_timestamp(1)),
		(1, 1, 'voicemail', 'b.wav', 'missing', NULL, to_timestamp(1)), (1, 2, 'voicemail', 'c.wav', 'media_in_progress', NULL, to_timestamp(1))`,
	`INSERT INTO changes VALUES (1, 1), (2, 2)`,
	`INSERT INTO change_tags VALUES (1, 'one'), (2, 'two')`,
}

func TestMigrateMakesTasks(t *testing.T) {
	url := storetest.Postgres(t)
	first(t, url, archived...)
	before := time.Now()
	s := open(t, Config{URL: url})
	checkMigratedTasks(t, s, before)
	var rows int
	err := s.pool.QueryRow(t.Context(), `SELECT count(*) FROM tasks`).Scan(&rows)
	if err != nil || rows != 3 {
		t.Errorf("got %d tasks, error %v, want 3", rows, err)
	}
}

// TestAnOlderVersionWipesNothing runs what the first version of this program runs
// when it is still there.
func TestAnOlderVersionWipesNothing(t *testing.T) {
	url := storetest.Postgres(t)
	first(t, url, archived...)
	s := open(t, Config{URL: url})
	keepMigrated(t.Context(), t, s)
	b := &pgx.Batch{}
	b.Queue(`DELETE FROM recordings WHERE voicemail_id = 1`)
	b.Queue(`INSERT INTO recordings (voicemail_id, n, kind, file_name, status, expiry_hint, checked_at)
		VALUES (1, 0, 'voicemail', 'a.wav', 'success', NULL, NULL)`)
	if err := s.pool.SendBatch(t.Context(), b).Close(); err == nil {
		t.Error("it wrote")
	}
	v, err := s.Voicemail(t.Context(), store.AllBots(), 1)
	if err != nil || v.Recordings[0].Digest != "d" {
		t.Errorf("got %+v, error %v", v, err)
	}
	var generated int
	err = s.pool.QueryRow(t.Context(), `SELECT count(*) FROM information_schema.columns WHERE is_generated <> 'NEVER'`).Scan(&generated)
	if err != nil || generated > 0 {
		t.Errorf("%d columns are made by the database, which rewrites tables for them; error %v", generated, err)
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
