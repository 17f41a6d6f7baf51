package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"afterbeep/store"
)

var errClosed = errors.New("the store is closed")

// chunk is how many values one IN list takes: far below SQLite's limit, and
// large enough that a list needs few queries.
const chunk = 500

// now is the clock that times in the database are judged by.
func (s *Store) now() time.Time { return store.Cut(s.clock()) }

// inTx runs fn in one write transaction: all of it happens or nothing.
func (s *Store) inTx(ctx context.Context, fn func(tx *sql.Tx) error) error {
	return s.run(ctx, s.write, nil, fn)
}

// inView runs fn on one unchanging view of the database, for reads of several
// statements.
func (s *Store) inView(ctx context.Context, fn func(tx *sql.Tx) error) error {
	return s.run(ctx, s.read, &sql.TxOptions{ReadOnly: true}, fn)
}

func (s *Store) run(ctx context.Context, db *sql.DB, o *sql.TxOptions, fn func(tx *sql.Tx) error) (err error) {
	s.open.RLock()
	defer s.open.RUnlock()
	if s.closed {
		return errClosed
	}
	// The driver says "interrupted" where the caller gave up.
	defer func() {
		if gone := ctx.Err(); err != nil && gone != nil && !errors.Is(err, gone) {
			err = fmt.Errorf("%w: %w", gone, err)
		}
	}()
	tx, err := db.BeginTx(ctx, o)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	// After Commit this does nothing; a rollback's own error tells nothing new.
	defer func() { _ = tx.Rollback() }()
	if err := fn(tx); err != nil {
		return err
	}
	return wrap("commit", tx.Commit())
}

// wrap says what was being done; nil stays nil.
func wrap(doing string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", doing, err)
}

// found turns the driver's word for an empty result into the contract's.
func found(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return store.ErrNotFound
	}
	return err
}

// known is a time as a column holds it, in microseconds: NULL where it is not
// known.
func known(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return store.Cut(t).UnixMicro()
}

// at reads a column that known wrote into t.
func at(t *time.Time) sql.Scanner { return (*scannedTime)(t) }

type scannedTime time.Time

// Scan implements sql.Scanner.
func (t *scannedTime) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		*t = scannedTime{}
	case int64:
		*t = scannedTime(time.UnixMicro(v).UTC())
	default:
		return fmt.Errorf("a time can't be read from %T", v)
	}
	return nil
}

// each runs fn on every row of a query.
func each(ctx context.Context, tx *sql.Tx, query string, args []any, fn func(rows *sql.Rows) error) error {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := fn(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// affected is how many rows a statement changed.
func affected(r sql.Result, err error) (int64, error) {
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

// marks are n placeholders for an IN list.
func marks(n int) string { return strings.TrimSuffix(strings.Repeat("?,", n), ",") }
