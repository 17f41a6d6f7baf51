package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
)

// numbered is a pool of one connection with a table of the numbers up to n.
func numbered(t *testing.T, n int) *sql.DB {
	t.Helper()
	db, err := pool(filepath.Join(t.TempDir(), "db"), 1, "_txlock", "immediate")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	if _, err := db.Exec(`CREATE TABLE numbers (n INTEGER)`); err != nil {
		t.Fatal(err)
	}
	for i := range n {
		if _, err := db.Exec(`INSERT INTO numbers VALUES (?)`, i); err != nil {
			t.Fatal(err)
		}
	}
	return db
}

func numbersOf(t *testing.T, tx *sql.Tx, query string, args ...any) (list []int) {
	t.Helper()
	err := each(t.Context(), tx, query, args, func(rows *sql.Rows) error {
		list = append(list, 0)
		return rows.Scan(&list[len(list)-1])
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// TestAStatementIsReadWhileItIsRead holds that a query whose rows are being read
// may be asked again, on the one connection that there is.
func TestAStatementIsReadWhileItIsRead(t *testing.T) {
	t.Parallel()
	tx, err := numbered(t, 3).Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	const query = `SELECT n FROM numbers WHERE n >= ? ORDER BY n`
	var got []int
	for range 2 {
		err = each(t.Context(), tx, query, []any{1}, func(rows *sql.Rows) error {
			var n int
			if err := rows.Scan(&n); err != nil {
				return err
			}
			got = append(append(got, n), numbersOf(t, tx, query, 0)...)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if want := []int{1, 0, 1, 2, 2, 0, 1, 2, 1, 0, 1, 2, 2, 0, 1, 2}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// TestStatementsComeAndGo holds that more statements than are kept all answer,
// that a table that changes is read as it is, and that what was given up leaves
// the statement as it was.
func TestStatementsComeAndGo(t *testing.T) {
	t.Parallel()
	db := numbered(t, 4)
	for range 2 {
		for i := range 2 * keptStatements {
			var n int
			if err := db.QueryRow(fmt.Sprintf(`SELECT count(*) + %d FROM numbers WHERE n < ?`, i), 2).Scan(&n); err != nil || n != 2+i {
				t.Fatalf("statement %d: got %d, %v", i, n, err)
			}
		}
	}
	err := errors.Join(db.Ping(), kept(t, db))
	if err != nil {
		t.Error(err)
	}
	const all = `SELECT * FROM numbers WHERE n = 1`
	columns := func() int {
		rows, err := db.Query(all)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		names, err := rows.Columns()
		if err != nil {
			t.Fatal(err)
		}
		return len(names)
	}
	before := columns()
	if _, err := db.Exec(`ALTER TABLE numbers ADD COLUMN more TEXT`); err != nil {
		t.Fatal(err)
	}
	if after := columns(); before != 1 || after != 2 {
		t.Errorf("%d columns before one was added, %d after", before, after)
	}
	ctx, cancel := context.WithCancel(t.Context())
	const long = `WITH RECURSIVE up(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM up WHERE n < ?) SELECT max(n) FROM up`
	cancel()
	var n int
	if err := db.QueryRowContext(ctx, long, 1_000_000).Scan(&n); !errors.Is(err, context.Canceled) {
		t.Errorf("a query that was given up: %v", err)
	}
	if err := db.QueryRow(long, 5).Scan(&n); err != nil || n != 5 {
		t.Errorf("asked again: %d, %v", n, err)
	}
	if _, err := db.Exec(`no statement at all`); err == nil {
		t.Error("no error for what is no statement")
	}
}

// kept is an error where the connection keeps more than it may.
func kept(t *testing.T, db *sql.DB) error {
	t.Helper()
	c, err := db.Conn(t.Context())
	if err != nil {
		return err
	}
	defer c.Close()
	return c.Raw(func(driver any) error {
		if n := len(driver.(*conn).kept); n == 0 || n > keptStatements {
			return fmt.Errorf("%d statements are kept, want 1 to %d", n, keptStatements)
		}
		return nil
	})
}
