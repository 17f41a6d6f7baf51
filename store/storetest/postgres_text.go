package storetest

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// PostgresText is all that the tables of a database hold, a row a line, for tests
// that look for what must not be in it. Bytes are in hexadecimal.
func PostgresText(t testing.TB, url string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), setUpTimeout)
	defer cancel()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	tables, err := texts(ctx, conn, `SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'`)
	if err != nil || len(tables) == 0 {
		t.Fatalf("tables: %v, %v", tables, err)
	}
	var all strings.Builder
	for _, table := range tables {
		rows, err := texts(ctx, conn, `SELECT r::text FROM `+table+` r`)
		if err != nil {
			t.Fatal(fmt.Errorf("read %s: %w", table, err))
		}
		for _, row := range rows {
			all.WriteString(table + " " + row + "\n")
		}
	}
	return all.String()
}

func texts(ctx context.Context, conn *pgx.Conn, query string) ([]string, error) {
	rows, err := conn.Query(ctx, query)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}
