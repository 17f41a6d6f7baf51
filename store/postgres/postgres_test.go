package postgres

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"afterbeep/store"
	"afterbeep/store/storetest"
)

func open(t *testing.T, c Config) *Store {
	t.Helper()
	s, err := Open(t.Context(), c)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return s
}

func session(id string) store.Session {
	return store.Session{
		AccountID: "a-1", BotID: "st-1", SessionID: id, FoundBy: store.FoundByCallDetails, Voicemail: store.FlagYes, Wanted: true,
		StartedAt: time.Date(2025, 2, 11, 13, 57, 42, 32e6, time.UTC), Caller: "4155550123", CallerE164: "+14155550123",
	}
}

func reply(text string) *store.Reply {
	return &store.Reply{
		Segments: []store.Segment{{
			MessageID: "m-1", ComponentID: "c-1", Text: text, Author: store.Author{ID: "u-1", Type: "VOICEMAIL"}, Lang: "en",
			CreatedOn: time.Date(2025, 2, 11, 13, 57, 42, 32e6, time.UTC),
		}},
		Recordings: []store.Recording{{Kind: store.RecordingVoicemail, FileName: "a.wav", Status: store.RecordingSuccess}},
		Payload:    []byte(`{"text":"` + text + `"}`),
	}
}

// claim saves a session and leases it.
func claim(t *testing.T, s *Store, id string) store.Lease {
	t.Helper()
	if _, err := s.SaveSessions(t.Context(), []store.Session{session(id)}); err != nil {
		t.Fatalf("SaveSessions: %v", err)
	}
	l, err := s.ClaimSession(t.Context(), store.SessionKey{BotID: "st-1", SessionID: id}, time.Minute)
	if err != nil {
		t.Fatalf("ClaimSession: %v", err)
	}
	return l
}

func record(ctx context.Context, s *Store, l store.Lease, text string) error {
	_, err := s.Record(ctx, l, store.Outcome{State: store.StateStored, Reply: reply(text)})
	return err
}

// until waits for a condition that another connection brings about.
func until(t *testing.T, what string, done func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	end := time.NewTimer(3 * time.Minute)
	defer end.Stop()
	for !done() {
		select {
		case <-tick.C:
		case <-end.C:
			t.Fatalf("waited in vain until %s", what)
		}
	}
}

func TestFeedNumbersInCommitOrder(t *testing.T) {
	s := open(t, Config{URL: storetest.Postgres(t)})
	ctx := t.Context()
	early, late := claim(t, s, "early"), claim(t, s, "late")

	// The first writer has its number and has not committed.
	held, err := s.pool.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer held.Rollback(context.WithoutCancel(ctx))
	b := &pgx.Batch{}
	queueChanges(b, []int64{1}, false)
	if err := held.SendBatch(ctx, b).Close(); err != nil {
		t.Fatal(err)
	}

	var both sync.WaitGroup
	errs := make([]error, 2)
	for i, l := range []store.Lease{early, late} {
		both.Go(func() { errs[i] = record(ctx, s, l, "hello") })
	}
	waiting := func() int {
		var n int
		err := s.pool.QueryRow(ctx, `SELECT count(*) FROM pg_stat_activity
			WHERE datname = current_database() AND wait_event_type = 'Lock'`).Scan(&n)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	until(t, "both writers wait for the first", func() bool { return waiting() == 2 })
	changes, err := s.Changes(ctx, 0, 10)
	if err != nil || len(changes) != 0 {
		t.Errorf("before the first writer's commit there are %d changes (%v), want none", len(changes), err)
	}
	if err := held.Commit(ctx); err != nil {
		t.Fatal(err)
	}
	both.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	changes, err = s.Changes(ctx, 0, 10)
	if err != nil {
		t.Fatal(err)
	}
	var got []int64
	for _, c := range changes {
		got = append(got, c.Seq)
	}
	if len(got) != 3 || got[0] != 1 || got[1] != 2 || got[2] != 3 {
		t.Errorf("numbers are %v, want 1 2 3", got)
	}
}

func TestFeedHasNoGapAfterARollback(t *testing.T) {
	s := open(t, Config{URL: storetest.Postgres(t)})
	ctx := t.Context()
	l := claim(t, s, "a")
	failed := errors.New("failed")
	err := s.inTx(ctx, "try", func(ctx context.Context, tr tx) error {
		b := &pgx.Batch{}
		queueChanges(b, []int64{7, 8}, false)
		if err := tr.run(ctx, b); err != nil {
			return err
		}
		return failed
	})
	if !errors.Is(err, failed) {
		t.Fatalf("inTx: %v, want %v", err, failed)
	}
	if err := record(ctx, s, l, "hello"); err != nil {
		t.Fatal(err)
	}
	head, err := s.Head(ctx)
	if err != nil || head.Seq != 1 {
		t.Errorf("Head is %+v (%v), want 1", head, err)
	}
}

func TestTransactionsThatRacedBeginAgain(t *testing.T) {
	s := open(t, Config{URL: storetest.Postgres(t)})
	ctx := t.Context()
	// Every caller saves the same sessions, in an order of its own.
	var all sync.WaitGroup
	errs := make([]error, 8)
	saved := make([]store.Saved, len(errs))
	for i := range errs {
		all.Go(func() {
			var xs []store.Session
			for n := range 50 {
				x := session(strings.Repeat("x", (n*7+i*13)%50+1))
				x.QueueName = strings.Repeat("q", i+1)
				xs = append(xs, x)
			}
			saved[i], errs[i] = s.SaveSessions(ctx, xs)
		})
	}
	all.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	total := 0
	for _, x := range saved {
		total += x.New
	}
	if total != 50 {
		t.Errorf("together they saved %d new sessions, want 50", total)
	}
}

func TestOpenOfTwoAtOnce(t *testing.T) {
	url := storetest.PostgresServer(t).URL // not migrated
	stores := make([]*Store, 3)
	errs := make([]error, len(stores))
	var all sync.WaitGroup
	for i := range stores {
		all.Go(func() { stores[i], errs[i] = Open(t.Context(), Config{URL: url}) })
	}
	all.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatalf("Open: %v", err)
	}
	ids := map[string]bool{}
	for _, s := range stores {
		head, err := s.Head(t.Context())
		if err != nil {
			t.Error(err)
		}
		ids[head.StoreID] = true
		s.Close()
	}
	if len(ids) != 1 {
		t.Errorf("the processes see store ids %v, want one", ids)
	}
}

func TestOpenRefusesNewerSchema(t *testing.T) {
	url := storetest.Postgres(t)
	s := open(t, Config{URL: url})
	if _, err := s.pool.Exec(t.Context(), `INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, true)`); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), Config{URL: url}); !errors.Is(err, store.ErrNewerSchema) {
		t.Errorf("Open: %v, want %v", err, store.ErrNewerSchema)
	}
	if err := s.Ready(t.Context()); !errors.Is(err, store.ErrNewerSchema) {
		t.Errorf("Ready: %v, want %v", err, store.ErrNewerSchema)
	}
}

func TestEveryCopyHasItsOwnStoreID(t *testing.T) {
	a, err := open(t, Config{URL: storetest.Postgres(t)}).Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	b, err := open(t, Config{URL: storetest.Postgres(t)}).Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if a.StoreID == b.StoreID || a.StoreID == "" {
		t.Errorf("store ids are %q and %q, want two", a.StoreID, b.StoreID)
	}
}

func TestRestartOfTheServer(t *testing.T) {
	server := storetest.PostgresServer(t)
	s := open(t, Config{URL: server.URL})
	ctx := t.Context()
	a, b := claim(t, s, "a"), claim(t, s, "b")
	if err := record(ctx, s, a, "before"); err != nil {
		t.Fatal(err)
	}
	before, err := s.Head(ctx)
	if err != nil {
		t.Fatal(err)
	}

	// A statement that is under way when the server goes ends with an error.
	began := make(chan struct{})
	ended := make(chan error, 1)
	go func() {
		ended <- s.inTx(ctx, "wait", func(ctx context.Context, t tx) error {
			close(began)
			_, err := t.Exec(ctx, `SELECT pg_sleep(60)`)
			return err
		})
	}()
	<-began
	server.Stop()
	if err := <-ended; err == nil {
		t.Error("a statement on a stopped server ended without an error")
	}
	if err := s.Ready(ctx); err == nil {
		t.Error("Ready on a stopped server returned nil")
	}
	if err := record(ctx, s, b, "meanwhile"); err == nil {
		t.Error("Record on a stopped server returned nil")
	}

	server.Start()
	if err := s.Ready(ctx); err != nil {
		t.Errorf("Ready after the restart: %v", err)
	}
	if err := record(ctx, s, b, "after"); err != nil {
		t.Errorf("Record after the restart: %v", err)
	}
	after, err := s.Head(ctx)
	if err != nil || after.StoreID != before.StoreID || after.Seq != before.Seq+1 {
		t.Errorf("Head after the restart is %+v (%v), want one more than %+v", after, err, before)
	}
}

func TestQuickRestartIsNotNoticed(t *testing.T) {
	server := storetest.PostgresServer(t)
	s := open(t, Config{URL: server.URL, MaxConns: 4})
	ctx := t.Context()
	// Fill the pool with connections that the restart kills.
	var all sync.WaitGroup
	errs := make([]error, 16)
	for i := range errs {
		all.Go(func() { _, errs[i] = s.Head(ctx) })
	}
	all.Wait()
	server.Stop()
	server.Start()
	for i := range errs {
		all.Go(func() {
			if i%2 == 0 {
				_, errs[i] = s.Head(ctx)
			} else {
				_, errs[i] = s.Summaries(ctx, store.AllBots(), []int64{1})
			}
		})
	}
	all.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Errorf("Head and Summaries after a quick restart: %v", err)
	}
}

func TestErrorsDoNotTellTheURL(t *testing.T) {
	const secret = "s3cr3t"
	tests := []struct{ name, url string }{
		{"nobody listens", "postgres://alice:" + secret + "@127.0.0.1:1/voices"},
		{"a slash in the password", "postgres://alice:" + secret + "/x@127.0.0.1:1/voices"},
		{"a slash after digits", "postgres://alice:1/" + secret + "@127.0.0.1/voices?connect_timeout=1"},
		{"a hash in the password", "postgres://alice:" + secret + "#x@127.0.0.1:1/voices"},
		{"a percent sign in the password", "postgres://alice:%" + secret + "@127.0.0.1:1/voices"},
		{"a space in the password", "postgres://alice:" + secret + " x@127.0.0.1:1/voices"},
		{"a wrong port", "postgres://alice:" + secret + "@127.0.0.1:port/voices"},
		{"a wrong parameter", "postgres://alice:" + secret + "@127.0.0.1:1/voices?sslmode=" + secret},
		{"a password as a parameter", "postgres://127.0.0.1:1/voices?user=alice&password=" + secret},
		{"keywords", "host=127.0.0.1 port=1 user=alice password=" + secret},
		{"a folder without a socket", "postgres://alice:" + secret + "@/voices?host=" + t.TempDir()},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			s, err := Open(ctx, Config{URL: test.url})
			if err == nil {
				s.Close()
				t.Fatal("Open returned no error")
			}
			for _, word := range []string{secret, "postgres://alice", "voices"} {
				if strings.Contains(err.Error(), word) {
					t.Errorf("the error tells %q: %v", word, err)
				}
			}
		})
	}
}

func TestEveryTextColumnComparesByBytes(t *testing.T) {
	s := open(t, Config{URL: storetest.Postgres(t)})
	rows, err := s.pool.Query(t.Context(), `SELECT table_name || '.' || column_name FROM information_schema.columns
		WHERE table_schema = 'public' AND table_name <> 'goose_db_version' AND data_type IN ('text', 'character varying')
		AND collation_name IS DISTINCT FROM 'C'`)
	if err != nil {
		t.Fatal(err)
	}
	columns, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	if len(columns) > 0 {
		t.Errorf(`these columns are not COLLATE "C": %v`, columns)
	}
}

func TestClaimWalksItsIndex(t *testing.T) {
	s := open(t, Config{URL: storetest.Postgres(t)})
	ctx := t.Context()
	if _, err := s.pool.Exec(ctx, `INSERT INTO call_sessions (`+sessionColumns+`, ready, day_at, lease_token, state_before)
		SELECT 'st-1', 's-' || n, 'a-1', '', '', 'yes', true, n % 2, now() - n * interval '1 minute', NULL, '', '', '', '', '', '', '', '', '',
		'', false, NULL, CASE WHEN n % 10 = 0 THEN 'due' ELSE 'stored' END, 0, now(), '', '', now(), true, now(), '', ''
		FROM generate_series(1, 50000) AS n`); err != nil {
		t.Fatal(err)
	}
	if _, err := s.pool.Exec(ctx, `ANALYZE call_sessions`); err != nil {
		t.Fatal(err)
	}
	plan := explain(t, s, claimQuery, time.Now(), []string{"a-1"}, 10)
	// The few that come out are sorted once more; the queue must not be.
	if !strings.Contains(plan, "Index Scan using call_sessions_due") || strings.Count(plan, "Sort Key") > 1 {
		t.Errorf("claiming from a long queue sorts it:\n%s", plan)
	}
}

// explain is the plan of a query.
func explain(t *testing.T, s *Store, query string, args ...any) string {
	t.Helper()
	rows, err := s.pool.Query(t.Context(), `EXPLAIN `+query, args...)
	if err != nil {
		t.Fatal(err)
	}
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(lines, "\n")
}

func TestIDsOfAnyLength(t *testing.T) {
	s := open(t, Config{URL: storetest.Postgres(t)})
	ctx := t.Context()
	var long strings.Builder // that doesn't compress
	for long.Len() < 10_000 {
		long.WriteString(rand.Text())
	}
	l := claim(t, s, "a")
	r := reply("hello")
	r.Segments[0].MessageID = long.String()
	if _, err := s.Record(ctx, l, store.Outcome{State: store.StateStored, Reply: r}); err != nil {
		t.Errorf("Record with a long message id: %v", err)
	}
	if _, err := s.SaveSessions(ctx, []store.Session{session(long.String())}); !errors.Is(err, store.ErrInvalid) {
		t.Errorf("SaveSessions with a session id too long for an index: %v, want %v", err, store.ErrInvalid)
	}
}

func TestClockIsTheDatabases(t *testing.T) {
	s := open(t, Config{URL: storetest.Postgres(t)})
	clock := func() time.Time {
		var now time.Time
		if err := s.pool.QueryRow(t.Context(), `SELECT clock_timestamp()`).Scan(&now); err != nil {
			t.Fatal(err)
		}
		return now
	}
	before := clock()
	l, err := s.Ledger(t.Context(), store.AllBots())
	if err != nil {
		t.Fatal(err)
	}
	if after := clock(); l.Now.Before(before) || l.Now.After(after) {
		t.Errorf("the store's time is %v, want one from %v to %v", l.Now, before, after)
	}
}

func TestAnEndedCallerLeavesTheStoreUsable(t *testing.T) {
	s := open(t, Config{URL: storetest.Postgres(t), MaxConns: 1})
	for range 3 {
		ctx, cancel := context.WithCancel(t.Context())
		err := s.inTx(ctx, "wait", func(ctx context.Context, t tx) error {
			cancel()
			_, err := t.Exec(ctx, `SELECT pg_sleep(60)`)
			return err
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("inTx: %v, want %v", err, context.Canceled)
		}
	}
	if err := s.Ready(t.Context()); err != nil {
		t.Errorf("Ready: %v", err)
	}
}

func TestClosedStoreSaysSo(t *testing.T) {
	s := open(t, Config{URL: storetest.Postgres(t)})
	for range 2 {
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	}
	if _, err := s.Head(t.Context()); !errors.Is(err, errClosed) {
		t.Errorf("Head: %v, want %v", err, errClosed)
	}
	if err := s.Ready(t.Context()); !errors.Is(err, errClosed) {
		t.Errorf("Ready: %v, want %v", err, errClosed)
	}
}
