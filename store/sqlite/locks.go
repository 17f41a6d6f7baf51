package sqlite

import (
	"context"
	"database/sql"
	"time"

	"afterbeep/store"
)

// AcquireLock implements store.Locks.
func (s *Store) AcquireLock(ctx context.Context, name, holder string, ttl time.Duration) error {
	name, holder = store.CleanText(name), store.CleanText(holder)
	return wrap("acquire lock", s.inTx(ctx, func(tx *sql.Tx) error {
		now := s.now()
		n, err := affected(tx.ExecContext(ctx, `INSERT INTO locks (name, holder, until) VALUES (?,?,?)
			ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until
			WHERE locks.holder = excluded.holder OR locks.until <= ?`, name, holder, known(now.Add(ttl)), known(now)))
		if err == nil && n == 0 {
			err = store.ErrLocked
		}
		return err
	}))
}

// ReleaseLock implements store.Locks.
func (s *Store) ReleaseLock(ctx context.Context, name, holder string) error {
	return wrap("release lock", s.inTx(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM locks WHERE name = ? AND holder = ?`, store.CleanText(name), store.CleanText(holder))
		return err
	}))
}
