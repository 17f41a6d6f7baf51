package postgres

import (
	"context"
	"runtime"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"afterbeep/store"
	"afterbeep/store/storetest"
)

// TestConformance runs the suite. A row touches its database through the store
// only, so a few databases serve all rows, emptied in between: making one takes
// longer than most rows.
func TestConformance(t *testing.T) {
	p := &databases{of: map[string]string{}, free: make(chan string, runtime.GOMAXPROCS(0))}
	for range cap(p.free) {
		p.free <- storetest.Postgres(t)
	}
	storetest.Run(t, func(t *testing.T, o storetest.Options) store.Store {
		s, err := Open(t.Context(), Config{URL: p.url(t, o.Database), Now: o.Now})
		if err != nil {
			t.Fatalf("Open: %v", err)
		}
		return s
	})
}

// databases lends databases to rows.
type databases struct {
	free chan string // URLs

	mu sync.Mutex
	of map[string]string // URLs by the row's name for them
}

// url is that of the named database, which is t's until it ends.
func (p *databases) url(t *testing.T, name string) string {
	p.mu.Lock()
	url, lent := p.of[name]
	p.mu.Unlock()
	if lent {
		return url
	}
	url = <-p.free
	p.mu.Lock()
	p.of[name] = url
	p.mu.Unlock()
	t.Cleanup(func() {
		if err := empty(url); err != nil {
			t.Errorf("empty the database: %v", err)
		}
		p.mu.Lock()
		delete(p.of, name)
		p.mu.Unlock()
		p.free <- url
	})
	return url
}

// empty leaves what a fresh database has, but for the ids given so far: the
// tables and their migrations.
func empty(url string) error {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	// Not TRUNCATE, which gives every table new files and takes ten times as
	// long. Foreign keys cascade.
	_, err = conn.Exec(ctx, `DO $$ DECLARE t text; BEGIN
		FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'goose_db_version' LOOP
			EXECUTE format('DELETE FROM %I', t);
		END LOOP; END $$`)
	return err
}
