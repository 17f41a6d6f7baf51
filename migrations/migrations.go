// Package migrations holds the database schemas, one folder of numbered SQL
// files per dialect with the same numbers in both, and runs them with goose.
// Migrations go forward only; a released file is never edited.
package migrations

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"path"

	"github.com/pressly/goose/v3"
)

// SQLite holds sqlite/NNNN_*.sql.
//
//go:embed sqlite/*.sql
var SQLite embed.FS

// Postgres holds postgres/NNNN_*.sql.
//
//go:embed postgres/*.sql
var Postgres embed.FS

// ForSQLite runs the migrations of SQLite.
func ForSQLite(db *sql.DB, options ...goose.ProviderOption) (*goose.Provider, error) {
	return provider(goose.DialectSQLite3, db, SQLite, options)
}

// ForPostgres runs the migrations of PostgreSQL.
func ForPostgres(db *sql.DB, options ...goose.ProviderOption) (*goose.Provider, error) {
	return provider(goose.DialectPostgres, db, Postgres, options)
}

func provider(d goose.Dialect, db *sql.DB, files fs.FS, options []goose.ProviderOption) (*goose.Provider, error) {
	steps, err := read(files)
	if err != nil {
		return nil, err
	}
	options = append([]goose.ProviderOption{goose.WithDisableGlobalRegistry(true), goose.WithGoMigrations(steps...)}, options...)
	return goose.NewProvider(d, db, nil, options...)
}

// read makes a migration of each file, which is executed whole in one
// transaction. goose would cut the files into statements, for which it takes
// more memory and time than all databases take to execute them.
func read(files fs.FS) ([]*goose.Migration, error) {
	names, err := fs.Glob(files, "*/*.sql")
	if err != nil {
		return nil, err
	}
	steps := make([]*goose.Migration, 0, len(names))
	for _, name := range names {
		version, err := goose.NumericComponent(name)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		body, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		run := func(ctx context.Context, tx *sql.Tx) error {
			if _, err := tx.ExecContext(ctx, string(body)); err != nil {
				return fmt.Errorf("%s: %w", path.Base(name), err)
			}
			return nil
		}
		steps = append(steps, goose.NewGoMigration(version, &goose.GoFunc{RunTx: run}, nil))
	}
	return steps, nil
}
