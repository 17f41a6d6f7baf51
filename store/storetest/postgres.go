package storetest

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"afterbeep/migrations"
)

// setUpTimeout bounds each step of making and dropping databases.
const setUpTimeout = 5 * time.Minute

// Postgres returns the URL of a fresh, migrated, empty database that is dropped
// when the test ends. It lives on the server of TEST_DATABASE_URL where that is
// set (whose user must be allowed to create databases), else on a throw-away
// server that the test binary starts once from the installed programs and that
// ends with it, however it ends. Without either the test is skipped, or fails
// where REQUIRE_POSTGRES=1. Safe for parallel tests.
func Postgres(t testing.TB) string {
	t.Helper()
	host, err := sharedHost()
	requirePostgres(t, err)
	name := "afterbeep_test_" + strings.ToLower(rand.Text())
	ctx, cancel := context.WithTimeout(context.Background(), setUpTimeout)
	defer cancel()
	if err := onServer(ctx, host.admin, `CREATE DATABASE `+name+` TEMPLATE `+host.template); err != nil {
		t.Fatalf("create a database: %v", err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), setUpTimeout)
		defer cancel()
		if err := onServer(ctx, host.admin, `DROP DATABASE IF EXISTS `+name+` WITH (FORCE)`); err != nil {
			t.Errorf("drop the test's database: %v", err)
		}
	})
	return withDatabase(host.admin, name)
}

// Server is a PostgreSQL server of one test's own, which may be stopped and
// started. Not safe for concurrent use.
type Server struct {
	// URL is of an empty database on it, not migrated.
	URL string

	t       testing.TB
	cluster *cluster
}

// PostgresServer starts a server that ends with the test. It skips and fails as
// Postgres does; TEST_DATABASE_URL has no say, since that server isn't ours to
// stop.
func PostgresServer(t testing.TB) *Server {
	t.Helper()
	c, err := startCluster()
	requirePostgres(t, err)
	t.Cleanup(c.end)
	return &Server{URL: c.url("postgres"), t: t, cluster: c}
}

// Stop ends the server as an administrator does: connections are closed, what
// is committed stays.
func (s *Server) Stop() {
	s.t.Helper()
	if err := s.cluster.stop(); err != nil {
		s.t.Fatalf("stop PostgreSQL: %v", err)
	}
}

// Start starts the server again, with the URL that it had, and waits until it
// takes connections.
func (s *Server) Start() {
	s.t.Helper()
	if err := s.cluster.start(); err != nil {
		s.t.Fatalf("start PostgreSQL: %v", err)
	}
}

// errNoPostgres means that this machine has no server to start.
var errNoPostgres = errors.New("no PostgreSQL here: run make deps, or set TEST_DATABASE_URL")

// sayOnce is for the one loud line of a binary whose tests are skipped.
var sayOnce sync.Once

func requirePostgres(t testing.TB, err error) {
	t.Helper()
	if errors.Is(err, errNoPostgres) && os.Getenv("REQUIRE_POSTGRES") != "1" {
		sayOnce.Do(func() { fmt.Fprintln(os.Stderr, "*** SKIPPING THE TESTS AGAINST POSTGRESQL:", err) })
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// host is a server with the migrated database that tests copy.
type host struct {
	admin    string // URL of a database to give orders from
	template string
	cluster  *cluster // keeps its watchdog's pipe from being collected; nil where the server isn't ours
}

// sharedHost is made at the first use and shared by the binary's tests.
var sharedHost = sync.OnceValues(func() (host, error) {
	h := host{admin: os.Getenv("TEST_DATABASE_URL")}
	var err error
	if h.admin == "" {
		if h.cluster, err = startCluster(); err != nil {
			return host{}, err
		}
		h.admin = h.cluster.url("postgres")
	}
	if h.template, err = makeTemplate(h.admin); err != nil {
		return host{}, fmt.Errorf("make the template database: %w", err)
	}
	return h, nil
})

// makeTemplate makes the migrated database, or finds the one that an earlier
// run left on the server. It is named after the migrations and marked as a
// template when it is complete.
func makeTemplate(admin string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), setUpTimeout)
	defer cancel()
	name, err := templateName()
	if err != nil {
		return "", err
	}
	conn, err := pgx.Connect(ctx, admin)
	if err != nil {
		return "", err
	}
	defer conn.Close(ctx)
	// Other test binaries on the same server wait here. The lock ends with the
	// connection.
	if _, err := conn.Exec(ctx, `SELECT pg_advisory_lock(hashtext('afterbeep test template'))`); err != nil {
		return "", err
	}
	var complete bool
	err = conn.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1 AND datistemplate)`, name).Scan(&complete)
	if err != nil || complete {
		return name, err
	}
	for _, order := range []string{`DROP DATABASE IF EXISTS ` + name + ` WITH (FORCE)`, `CREATE DATABASE ` + name} {
		if _, err := conn.Exec(ctx, order); err != nil {
			return "", err
		}
	}
	if err := migratePostgres(ctx, withDatabase(admin, name)); err != nil {
		return "", err
	}
	// A template that nobody can connect to is never busy when it is copied.
	_, err = conn.Exec(ctx, `ALTER DATABASE `+name+` WITH IS_TEMPLATE true ALLOW_CONNECTIONS false`)
	return name, err
}

func templateName() (string, error) {
	h := sha256.New()
	err := fs.WalkDir(migrations.Postgres, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := fs.ReadFile(migrations.Postgres, path)
		fmt.Fprintf(h, "%s %d\n%s", path, len(body), body)
		return err
	})
	return "afterbeep_template_" + hex.EncodeToString(h.Sum(nil)[:8]), err
}

// migratePostgres runs the migrations only, so that every copy of the template
// makes up its own store id when it is opened.
func migratePostgres(ctx context.Context, url string) error {
	c, err := pgx.ParseConfig(url)
	if err != nil {
		return err
	}
	var db *sql.DB = stdlib.OpenDB(*c)
	defer db.Close()
	p, err := migrations.ForPostgres(db)
	if err != nil {
		return err
	}
	_, err = p.Up(ctx)
	return err
}

// onServer gives an order over a connection of its own.
func onServer(ctx context.Context, url, order string) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, order)
	return err
}

// withDatabase is the URL of another database of the same server.
func withDatabase(server, name string) string {
	u, err := url.Parse(server)
	if err != nil {
		return server // pgx says what is wrong with it
	}
	u.Path = "/" + name
	return u.String()
}
