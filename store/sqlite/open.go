// Package sqlite is the store on a SQLite file, for one machine.
//
// It hides SQL, the two connection pools (one writer, four readers), the
// journal and the migrations, and promises the contract of package store for
// any number of goroutines and processes on one file. Rules of the business
// are package store's; this package only reads and writes rows.
package sqlite

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"

	"afterbeep/migrations"
	"afterbeep/store"
	"afterbeep/store/summaries"
)

const (
	readers     = 4
	busyTimeout = 10 * time.Second
	// migrateTries bounds how often other processes may get in before us while
	// all of them migrate; between the tries it pauses, longer each time.
	migrateTries = 8
	migratePause = 10 * time.Millisecond
)

// Config says which database to open.
type Config struct {
	// Path of the database file. It is made with mode 0600 where it is
	// missing; its folder must exist.
	Path string
	// Now is the clock that leases, locks, budgets and logins are judged by;
	// nil is time.Now.
	Now func() time.Time
	// Log gets a line when the database is migrated; nil is none.
	Log *slog.Logger
}

// Store is a store.Store on a SQLite file. It is safe for concurrent use.
type Store struct {
	clock   func() time.Time
	write   *sql.DB // one connection; every transaction is immediate
	read    *sql.DB // connections that can't write
	version int64   // of the newest migration that this program has

	summaries *summaries.Cache

	// open is held for reading by each method under way, so that Close can wait.
	open   sync.RWMutex
	closed bool
}

var _ store.Store = (*Store)(nil)

// Open opens the database, makes it where it is missing, and migrates it.
// store.ErrNewerSchema when a newer program has migrated it.
func Open(ctx context.Context, c Config) (*Store, error) {
	if c.Path == "" {
		return nil, errors.New("open database: no path given")
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	path, err := filepath.Abs(c.Path)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	if err := create(ctx, path, c); err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	return start(ctx, path, c)
}

// create makes a database that only its owner may read; SQLite gives its
// journal files the same mode. It is made aside, migrated, and linked in place,
// so that of many who start at once all find it whole: SQLite doesn't wait for
// others while a file becomes a database with a write-ahead journal.
func create(ctx context.Context, path string, c Config) error {
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".afterbeep-*") // mode 0600
	if err != nil {
		return err
	}
	aside := f.Name()
	defer func() {
		for _, part := range []string{"", "-wal", "-shm"} {
			_ = os.Remove(aside + part) // what there is of them
		}
	}()
	if err := f.Close(); err != nil {
		return err
	}
	s, err := start(ctx, aside, c)
	if err != nil {
		return err
	}
	if err := s.Close(); err != nil {
		return err
	}
	if err := os.Link(aside, path); err == nil || errors.Is(err, fs.ErrExist) {
		return nil // or somebody else was faster
	}
	return createEmpty(path)
}

// createEmpty is for file systems that have no links.
func createEmpty(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return f.Close()
}

// start opens a file that is there and migrates it.
func start(ctx context.Context, path string, c Config) (*Store, error) {
	s := &Store{clock: c.Now}
	var err error
	if s.write, err = pool(path, 1, "_txlock", "immediate"); err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	if s.read, err = pool(path, readers, "_pragma", "query_only(1)"); err != nil {
		return nil, errors.Join(fmt.Errorf("open database: %w", err), s.write.Close())
	}
	if err := s.prepare(ctx, c.Log); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// pool opens size connections to the file. Pragmas stand in the data source
// name, because a pragma that is executed reaches one connection only.
func pool(path string, size int, key, value string) (*sql.DB, error) {
	q := url.Values{"_pragma": {
		fmt.Sprintf("busy_timeout(%d)", busyTimeout.Milliseconds()),
		"journal_mode(WAL)", "synchronous(NORMAL)", "foreign_keys(1)",
	}}
	q.Add(key, value)
	name := "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + q.Encode()
	connector, err := sqlite.NewConnector(name)
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(preparing{connector})
	db.SetMaxOpenConns(size)
	db.SetMaxIdleConns(size)
	return db, nil
}

// prepare migrates the database and gives it its id.
func (s *Store) prepare(ctx context.Context, log *slog.Logger) error {
	provider, err := migrations.ForSQLite(s.write)
	if err != nil {
		return fmt.Errorf("migrate database: %w", err)
	}
	if s.version, err = migrate(ctx, provider, log); err != nil {
		return fmt.Errorf("migrate database: %w", err)
	}
	err = s.inTx(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO feed (one, store_id, seq) VALUES (1, ?, 0) ON CONFLICT DO NOTHING`, rand.Text())
		return wrap("make the feed", err)
	})
	if err != nil {
		return err
	}
	s.summaries, err = newSummaries(ctx, s, summaries.DefaultBytes)
	return wrap("prepare to read summaries", err)
}

// migrate brings the database to the newest version and returns that. Each
// migration is one transaction, so when several processes of a new version
// start at once one gets in and the others fail on what it made, or are told
// that the file is busy; they look again.
func migrate(ctx context.Context, p *goose.Provider, log *slog.Logger) (int64, error) {
	for try := 1; ; try++ {
		current, target, err := p.GetVersions(ctx)
		switch {
		case err != nil:
		case current > target:
			return 0, store.ErrNewerSchema
		case current == target:
			return target, nil
		default:
			if _, err = p.Up(ctx); err == nil {
				log.InfoContext(ctx, "database migrated", "from", current, "to", target)
				continue
			}
		}
		if try == migrateTries {
			return 0, err
		}
		select {
		case <-ctx.Done():
			return 0, fmt.Errorf("%w: %w", ctx.Err(), err)
		case <-time.After(time.Duration(try) * migratePause):
		}
	}
}

// Ready implements store.Store.
func (s *Store) Ready(ctx context.Context) error {
	var version int64
	err := s.inView(ctx, func(tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied`).Scan(&version)
	})
	switch {
	case err != nil:
		return wrap("check database", err)
	case version > s.version:
		return wrap("check database", store.ErrNewerSchema)
	case version < s.version:
		return fmt.Errorf("check database: it is at version %d, not %d", version, s.version)
	}
	return nil
}

// Close implements store.Store. Closing twice is no error.
func (s *Store) Close() error {
	s.open.Lock()
	defer s.open.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	// The writer goes last, because only it can fold the journal into the file.
	return wrap("close database", errors.Join(s.read.Close(), s.write.Close()))
}
