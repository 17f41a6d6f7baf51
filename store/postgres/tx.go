package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"

	"afterbeep/store"
)

const (
	// tries bounds how often a transaction is begun that lost a race.
	tries = 8
	// txTimeout is the end of one try, so that a server that fell silent
	// doesn't hold its caller for ever.
	txTimeout = time.Minute
)

// The SQLSTATE codes that this package acts on.
const (
	codeUnique        = "23505"
	codeForeignKey    = "23503"
	codeSerialization = "40001"
	codeDeadlock      = "40P01"
	codeLimit         = "54000"
)

var (
	// errRaced asks inTx to begin again.
	errRaced = errors.New("another transaction was faster")
	// errBegin tells that nothing was asked of the database yet.
	errBegin  = errors.New("begin")
	errClosed = errors.New("the store is closed")
)

// tx is a transaction and the clock that it judges times by.
type tx struct {
	pgx.Tx
	clock func() time.Time
}

// now is the time, cut. It is asked for after the locks that may make the
// transaction wait, and not the transaction's start, which may be long ago.
func (t tx) now(ctx context.Context) (time.Time, error) {
	if t.clock != nil {
		return store.Cut(t.clock()), nil
	}
	var now time.Time
	if err := t.QueryRow(ctx, `SELECT clock_timestamp()`).Scan(&now); err != nil {
		return time.Time{}, fmt.Errorf("read the clock: %w", err)
	}
	return now, nil
}

// run sends a batch and waits for all its answers.
func (t tx) run(ctx context.Context, b *pgx.Batch) error {
	if b.Len() == 0 {
		return nil
	}
	return t.SendBatch(ctx, b).Close()
}

// inTx runs fn in a transaction, again where it lost a race, and names what
// went wrong after op. fn may run more than once.
func (s *Store) inTx(ctx context.Context, op string, fn func(ctx context.Context, t tx) error) error {
	return s.try(ctx, op, pgx.TxOptions{}, fn)
}

// inView runs fn on one unchanging view of the database, for reads of several
// statements.
func (s *Store) inView(ctx context.Context, op string, fn func(ctx context.Context, t tx) error) error {
	return s.try(ctx, op, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, fn)
}

func (s *Store) try(ctx context.Context, op string, o pgx.TxOptions, fn func(ctx context.Context, t tx) error) error {
	var err error
	for n := range tries {
		if s.closed.Load() {
			err = errClosed
			break
		}
		if n > 0 && !pause(ctx, n) {
			break
		}
		if err = s.once(ctx, o, fn); err == nil || !again(err) {
			break
		}
	}
	if err != nil {
		return fmt.Errorf("%s: %w", op, plain(err))
	}
	return nil
}

func (s *Store) once(ctx context.Context, o pgx.TxOptions, fn func(ctx context.Context, t tx) error) error {
	ctx, cancel := context.WithTimeout(ctx, txTimeout)
	defer cancel()
	p, err := s.pool.BeginTx(ctx, o)
	if err != nil {
		return fmt.Errorf("%w: %w", errBegin, err)
	}
	// After a commit this does nothing. Where ctx has ended it drops the
	// connection, and the server rolls back.
	defer p.Rollback(ctx)
	if err := fn(ctx, tx{Tx: p, clock: s.clock}); err != nil {
		return err
	}
	return p.Commit(ctx)
}

// again reports whether a transaction that ended with err wrote nothing and
// may do better the next time.
func again(err error) bool {
	if errors.Is(err, errBegin) {
		// A pooled connection was dead, as after a restart of the server. A
		// server that takes no connection, or says nothing for txTimeout, is
		// the caller's to wait for.
		var c *pgconn.ConnectError
		return !errors.As(err, &c) && !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, context.Canceled)
	}
	return errors.Is(err, errRaced) || isCode(err, codeSerialization) || isCode(err, codeDeadlock)
}

// pause waits a random while that grows with n and reports whether the caller
// is still waiting.
func pause(ctx context.Context, n int) bool {
	t := time.NewTimer(time.Duration(n) * time.Duration(1+rand.IntN(10)) * time.Millisecond)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

func isCode(err error, code string) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && e.Code == code
}

// plain takes from an error what tells of the URL: pgx puts user and database
// before the reason for which it could not connect, and a URL that was misread
// has pieces of the password there.
func plain(err error) error {
	var c *pgconn.ConnectError
	if errors.As(err, &c) {
		return fmt.Errorf("connect: %w", c.Unwrap())
	}
	if errors.Is(err, pgx.ErrNoRows) {
		return store.ErrNotFound
	}
	if isCode(err, codeLimit) { // an id is too long for an index
		return fmt.Errorf("%w: %w", store.ErrInvalid, err)
	}
	return err
}

// at reads a time that may not be known.
func at(t *time.Time) pgtype.TimestamptzScanner { return (*scannedTime)(t) }

type scannedTime time.Time

// ScanTimestamptz implements pgtype.TimestamptzScanner.
func (t *scannedTime) ScanTimestamptz(v pgtype.Timestamptz) error {
	if v.InfinityModifier != pgtype.Finite {
		return errors.New("a time in the database is infinite")
	}
	*t = scannedTime(v.Time)
	return nil
}

// known is the argument for a time that may not be known.
func known(t time.Time) pgtype.Timestamptz {
	return pgtype.Timestamptz{Time: t, Valid: !t.IsZero()}
}

// listText is how a list is kept: JSON, and no text where it holds nothing.
func listText[T any](list []T) (string, error) {
	if len(list) == 0 {
		return "", nil
	}
	b, err := json.Marshal(list)
	return string(b), err
}

// readList is the reverse of listText.
func readList[T any](text string, list *[]T) error {
	if text == "" {
		return nil
	}
	return json.Unmarshal([]byte(text), list)
}
