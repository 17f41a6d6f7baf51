// Package migrations holds the database schemas, one folder of numbered SQL
// files per dialect with the same numbers in both. Migrations go forward only;
// a released file is never edited. The stores run them with goose.
package migrations

import "embed"

// SQLite holds sqlite/NNNN_*.sql.
//
//go:embed sqlite/*.sql
var SQLite embed.FS

// Postgres holds postgres/NNNN_*.sql.
//
//go:embed postgres/*.sql
var Postgres embed.FS
