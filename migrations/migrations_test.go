package migrations

import (
	"database/sql"
	"io/fs"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite"
)

// TestFiles holds the dialects to the same numbers and names, and the files to
// what runs them: an annotation of goose beyond the first line has no effect.
func TestFiles(t *testing.T) {
	names := make(map[string][]string)
	for dialect, files := range map[string]fs.FS{"sqlite": SQLite, "postgres": Postgres} {
		all, err := fs.Glob(files, "*/*.sql")
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range all {
			names[dialect] = append(names[dialect], path.Base(name))
			body, err := fs.ReadFile(files, name)
			if err != nil {
				t.Fatal(err)
			}
			rest, ok := strings.CutPrefix(string(body), "-- +goose Up\n")
			if !ok || strings.Contains(rest, "+goose") {
				t.Errorf("%s: want one annotation, +goose Up in the first line", name)
			}
		}
	}
	if d := cmp.Diff(names["postgres"], names["sqlite"]); d != "" || len(names["sqlite"]) == 0 {
		t.Errorf("files (-postgres +sqlite):\n%s", d)
	}
}

// TestOneFileIsOneTransaction has a file fail in its second statement.
func TestOneFileIsOneTransaction(t *testing.T) {
	db, err := sql.Open("sqlite", filepath.Join(t.TempDir(), "db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	files := fstest.MapFS{
		"sqlite/0001_a.sql": {Data: []byte("-- +goose Up\nCREATE TABLE a (x);\nCREATE TABLE b (x);")},
		"sqlite/0002_b.sql": {Data: []byte("-- +goose Up\nDROP TABLE a;\nINSERT INTO missing VALUES (1);\nDROP TABLE b;")},
	}
	p, err := provider(goose.DialectSQLite3, db, files, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Up(t.Context()); err == nil || !strings.Contains(err.Error(), "0002_b.sql: ") || !strings.Contains(err.Error(), "missing") {
		t.Errorf("got error %v, want the file's name and what was wrong", err)
	}
	current, target, err := p.GetVersions(t.Context())
	if err != nil || current != 1 || target != 2 {
		t.Errorf("got version %d of %d, error %v, want 1 of 2", current, target, err)
	}
	var tables int
	if err := db.QueryRowContext(t.Context(), `SELECT count(*) FROM sqlite_schema WHERE name IN ('a', 'b')`).Scan(&tables); err != nil || tables != 2 {
		t.Errorf("got %d of the first file's tables, error %v, want both", tables, err)
	}
}
