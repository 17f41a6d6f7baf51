package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
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
	upTo(t, path, 1, statements...)
}

// upTo brings a database to the version of a migration, and puts into it what the
// statements do.
func upTo(t *testing.T, path string, version int64, statements ...string) {
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
	if _, err := p.UpTo(t.Context(), version); err != nil {
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

// The tables of alerts are written anew by a migration: no row and no column of
// them is lost, and what points at them still does.
func TestMigrateKeepsAlerts(t *testing.T) {
	path := filepath.Join(t.TempDir(), "afterbeep.db")
	first(t, path, archived...)
	upTo(t, path, 10,
		`INSERT INTO users (id, name, role, all_bots, bots, password_hash, disabled, created_at) VALUES (5, 'ada', 'admin', 1, '[]', '', 0, 1000000)`,
		`INSERT INTO saved_searches VALUES (7, 5, 'refunds', 'q=refund', 0, 1000000, 1000000)`,
		`INSERT INTO alerts VALUES (3, 7, 5, 'webhook', 'https://a.example', x'616263', 1, 4, 60000000, 120000000, 1, 2, 1, 'UTC', 1, 3000000, 11, 12, 4000000, 5000000, 'lease', 6000000),
			(9, 7, 5, 'email', 'ada@example.com', x'', 0, 0, 0, 0, 0, 0, 0, 'UTC', 0, 3000000, 1, 2, NULL, NULL, '', NULL)`,
		`INSERT INTO alert_matches VALUES (3, 1, 1000000, ''), (3, 2, 2000000, 'd1'), (9, 1, 1000000, '-')`,
		`INSERT INTO deliveries VALUES ('d1', 3, 1, 'leased', 2, 3000000, 4000000, NULL, 'busy', 'token'), ('d2', 9, 1, 'sent', 1, 3000000, NULL, 5000000, '', '')`)
	s := inside(t, path)
	rows := func(query string) (got []string) {
		t.Helper()
		err := s.inView(t.Context(), func(tx *sql.Tx) error {
			return each(t.Context(), tx, query, nil, func(r *sql.Rows) error {
				var one string
				err := r.Scan(&one)
				got = append(got, one)
				return err
			})
		})
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	for query, want := range map[string][]string{
		`SELECT concat_ws('|', id, '[' || kind || ']', search_id, user_id, channel, target, hex(sealed), excerpts, more_than, within_us, older_than_us, every_us, quiet_from, quiet_to,
			quiet_weekends, zone, paused, created_at, since, since_at, seen, told_at, next_at, lease_token, lease_until) FROM alerts ORDER BY id`: {
			"3|[]|7|5|webhook|https://a.example|616263|1|4|60000000|0|120000000|1|2|1|UTC|1|3000000|11|3000000|12|4000000|5000000|lease|6000000",
			"9|[]|7|5|email|ada@example.com||0|0|0|0|0|0|0|0|UTC|0|3000000|1|3000000|2|"},
		`SELECT concat_ws('|', alert_id, voicemail_id, left_at, delivery_id) FROM alert_matches ORDER BY alert_id, voicemail_id`: {"3|1|1000000|", "3|2|2000000|d1", "9|1|1000000|-"},
		`SELECT concat_ws('|', id, alert_id, matches, state, attempts, made_at, due_at, ended_at, reason, lease_token) FROM deliveries ORDER BY id`: {
			"d1|3|1|leased|2|3000000|4000000|busy|token", "d2|9|1|sent|1|3000000|5000000||"},
		`SELECT "table" || ' ' || parent FROM pragma_foreign_key_check`: nil,
		`SELECT name FROM sqlite_master WHERE name LIKE '%_new'`:        nil,
		`SELECT m.name || ' ' || f."table" FROM sqlite_master m, pragma_foreign_key_list(m.name) f WHERE m.name IN ('alert_matches', 'deliveries') ORDER BY 1`: {
			"alert_matches alerts", "deliveries alerts"},
	} {
		if d := cmp.Diff(want, rows(query)); d != "" {
			t.Errorf("%s (-want +got):\n%s", query, d)
		}
	}
}

// Requests of a version that knew no old ones are old where they were found late
// and nobody has worked on them, and what waits beside one is no repeat of it.
func TestMigrateMovesOldRequests(t *testing.T) {
	path := filepath.Join(t.TempDir(), "afterbeep.db")
	first(t, path, archived...)
	const (
		day     = 24 * 3600 * 1_000_000
		found   = 100 * day
		columns = `voicemail_id, bot_id, queue, lang, left_at, case_id, lane, requested, confidence, listen, corrected, caller, number, name, found, repeats, status, assignee,
			attempts, outcome, seen_by, heard_by, acted, created_at, seq, rank, order_at, listed`
	)
	var rows, voicemails, sessions []string
	want := map[int64]string{}
	for i, one := range []struct {
		left, caseID int64
		lane         string
		acted        int
		want         string
	}{
		{found - 14*day, 3, "requests", 0, "requests 0"},
		{found - 15*day, 4, "requests", 0, "old 0"},
		{found - 15*day, 5, "requests", 1, "requests 0"},
		{found - 15*day, 6, "listen", 0, "old 0"},
		{found - 15*day, 7, "", 0, " 0"},
		{found - 15*day, 8, "requests", 0, "old 0"}, // of one case with the next two
		{found - day, 8, "requests", 0, "requests 1"},
		{found, 8, "requests", 0, "requests 1"},
	} {
		id := int64(i + 3)
		want[id] = one.want
		sessions = append(sessions, fmt.Sprintf(`('b', 'c%d', 'a', '', 'calldetails', 'yes', 1, 0, 1, NULL, '', '', '', '', '', '', '', '', '', '', 0, NULL, 'stored', 0, NULL, '', '', '', 1)`, id))
		voicemails = append(voicemails, fmt.Sprintf(`(%d, 'b', 'c%d', 'a', '', '', '', %d, 'en', '', '', 1, NULL, 1, 'hello', 'present', 0, 1)`, id, id, one.left))
		repeats := 0
		if one.caseID == 8 {
			repeats = 2
		}
		rows = append(rows, fmt.Sprintf(`(%d, 'b', '', 'en', %d, %d, '%s', 1, 1, '', 0, '', '', '', 0, %d, 'open', '', 0, '', '', '', %d, %d, %d, %d, %d, 1)`,
			id, one.left, one.caseID, one.lane, repeats, one.acted, int64(found), id, 3-repeats, one.left))
	}
	upTo(t, path, 1, `INSERT INTO call_sessions VALUES `+strings.Join(sessions, ", "), `INSERT INTO voicemails VALUES `+strings.Join(voicemails, ", "))
	upTo(t, path, 12, `INSERT INTO callbacks (`+columns+`) VALUES `+strings.Join(rows, ", "))
	s := inside(t, path)
	for id, want := range want {
		c, err := s.Callback(t.Context(), store.AllBots(), id)
		if got := fmt.Sprintf("%s %d", c.Lane, c.Repeats); err != nil || got != want || c.Urgency != c.Repeats {
			t.Errorf("%d is %q, urgency %d, %v, want %q", id, got, c.Urgency, err, want)
		}
	}
	cases, _, err := s.Work(t.Context(), store.AllBots(), store.WorkQuery{Lane: store.LaneRequests, Status: store.CallbackOpen, Limit: 20})
	if err != nil || len(cases) != 3 || cases[0].ID != 8 || len(cases[0].Messages) != 2 {
		t.Errorf("open are %+v, %v", cases, err)
	}
}
