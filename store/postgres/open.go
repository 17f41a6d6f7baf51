// Package postgres keeps the store's contract on PostgreSQL.
//
// It hides SQL, pgx and the schema. It promises what package store promises,
// to many processes on one database. It contains no rules of its own: what is
// merged, settled or paused is decided by package store. Folder and file names
// match store/sqlite, so that a diff of the two is a review.
package postgres

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"afterbeep/migrations"
	"afterbeep/store"
	"afterbeep/store/summaries"
)

// Config says which database to use and how.
type Config struct {
	// URL is postgres://... or postgresql://..., with the parameters that libpq
	// knows, and pool_max_conns. It is in no error and in no log.
	URL string
	// Now is the clock that leases, due times, locks, pauses and expiries are
	// judged by. nil is the database's own, so that the processes on one
	// database need not agree on the time; tests replace it.
	Now func() time.Time
	// Log is told of migrations. nil is silent.
	Log *slog.Logger
	// MaxConns bounds the connections; 0 is as the URL says, else 10.
	MaxConns int
}

const (
	defaultConns = 10
	// A server that doesn't answer the door is told of soon; the caller decides
	// whether to come again.
	connectTimeout = 5 * time.Second
	// No statement of this package takes long on a sane database: what takes
	// longer waits for a lock that somebody forgot, or walks a damaged index.
	statementTimeout = "30s"
	// A process that was stopped in a transaction must not hold others up.
	idleTimeout = "60s"
)

// Store is store.Store on PostgreSQL. Safe for concurrent use.
type Store struct {
	pool   *pgxpool.Pool
	clock  func() time.Time // nil: the database's
	schema int64            // the newest migration that this program knows
	closed atomic.Bool

	summaries *summaries.Cache
}

var _ store.Store = (*Store)(nil)

// Open connects to the database, migrates it and returns its store. Two
// processes may open an empty database at the same time. ErrNewerSchema when a
// newer program has migrated it.
func Open(ctx context.Context, c Config) (*Store, error) {
	pc, err := c.pool()
	if err != nil {
		return nil, err
	}
	log := c.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	schema, err := migrate(ctx, pc.ConnConfig, log)
	if err != nil {
		return nil, fmt.Errorf("migrate: %w", plain(err))
	}
	pool, err := pgxpool.NewWithConfig(ctx, pc)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", plain(err))
	}
	s := &Store{pool: pool, clock: c.Now, schema: schema}
	if s.summaries, err = summaries.New(summarySource{s}, summaries.DefaultBytes); err != nil {
		pool.Close()
		return nil, err
	}
	if err := s.prepare(ctx); err != nil {
		pool.Close()
		return nil, err
	}
	return s, nil
}

// pool reads the configuration. The URL may hold a password, and pgx quotes
// what it can't read, so its words are dropped.
func (c Config) pool() (*pgxpool.Config, error) {
	if !strings.HasPrefix(c.URL, "postgres://") && !strings.HasPrefix(c.URL, "postgresql://") {
		return nil, errors.New("the database URL must begin with postgres:// or postgresql://")
	}
	pc, err := pgxpool.ParseConfig(c.URL)
	if err != nil {
		return nil, errors.New("the database URL can't be read: it must be postgres://USER:PASSWORD@HOST:PORT/DATABASE, with special characters of the password percent-encoded, and parameters that PostgreSQL knows")
	}
	switch {
	case c.MaxConns > 0:
		pc.MaxConns = int32(min(c.MaxConns, 1000))
	case !strings.Contains(c.URL, "pool_max_conns"):
		pc.MaxConns = defaultConns
	}
	cc := pc.ConnConfig
	if cc.ConnectTimeout == 0 {
		cc.ConnectTimeout = connectTimeout
	}
	for name, value := range map[string]string{
		"application_name":                    "afterbeep",
		"statement_timeout":                   statementTimeout,
		"idle_in_transaction_session_timeout": idleTimeout,
	} {
		if cc.RuntimeParams[name] == "" {
			cc.RuntimeParams[name] = value
		}
	}
	pc.AfterConnect = func(_ context.Context, conn *pgx.Conn) error {
		// pgx hands out local times otherwise.
		conn.TypeMap().RegisterType(&pgtype.Type{
			Name: "timestamptz", OID: pgtype.TimestamptzOID, Codec: &pgtype.TimestamptzCodec{ScanLocation: time.UTC},
		})
		return nil
	}
	return pc, nil
}

// migrate brings the database to this program's schema and returns that
// schema's number. A session lock keeps two processes apart.
func migrate(ctx context.Context, cc *pgx.ConnConfig, log *slog.Logger) (int64, error) {
	cc = cc.Copy()
	delete(cc.RuntimeParams, "statement_timeout") // building an index may take its time
	db := stdlib.OpenDB(*cc)
	defer db.Close()
	// The default asks every 5 s: too slow for programs that start together.
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 120))
	if err != nil {
		return 0, err
	}
	p, err := migrations.ForPostgres(db, goose.WithSessionLocker(locker), goose.WithSlog(slog.New(slog.DiscardHandler)))
	if err != nil {
		return 0, err
	}
	sources := p.ListSources()
	newest := sources[len(sources)-1].Version
	if err := refuseNewer(ctx, db, newest); err != nil {
		return 0, err
	}
	done, err := p.Up(ctx)
	if err != nil {
		return 0, err
	}
	for _, m := range done {
		log.InfoContext(ctx, "database migrated", "version", m.Source.Version, "took", m.Duration)
	}
	return newest, nil
}

// refuseNewer is asked before goose is, which would report the versions that
// it misses instead.
func refuseNewer(ctx context.Context, db *sql.DB, newest int64) error {
	var migrated bool
	if err := db.QueryRowContext(ctx, `SELECT to_regclass('goose_db_version') IS NOT NULL`).Scan(&migrated); err != nil || !migrated {
		return err
	}
	var at int64
	if err := db.QueryRowContext(ctx, versionQuery).Scan(&at); err != nil {
		return err
	}
	if at > newest {
		return store.ErrNewerSchema
	}
	return nil
}

const versionQuery = `SELECT COALESCE(max(version_id), 0) FROM goose_db_version WHERE is_applied`

// prepare gives a new database its id and makes sure of the schema.
func (s *Store) prepare(ctx context.Context) error {
	_, err := s.pool.Exec(ctx, `INSERT INTO feed (one, store_id, seq) VALUES (1, $1, 0) ON CONFLICT DO NOTHING`, rand.Text())
	if err == nil {
		_, err = s.pool.Exec(ctx, `INSERT INTO tag_feed (one, seq) VALUES (1, 0) ON CONFLICT DO NOTHING`)
	}
	if err != nil {
		return fmt.Errorf("prepare the feed: %w", plain(err))
	}
	return s.Ready(ctx)
}

// Ready implements store.Store.
func (s *Store) Ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	var at int64
	err := s.inView(ctx, "check the database", func(ctx context.Context, t tx) error {
		return t.QueryRow(ctx, versionQuery).Scan(&at)
	})
	switch {
	case err != nil:
		return err
	case at > s.schema:
		return store.ErrNewerSchema
	case at < s.schema:
		return fmt.Errorf("the database is at migration %d, this program needs %d", at, s.schema)
	}
	return nil
}

// Close implements store.Store. Closing twice is no error.
func (s *Store) Close() error {
	s.closed.Store(true)
	s.pool.Close()
	return nil
}
