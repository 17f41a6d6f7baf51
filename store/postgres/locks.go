package postgres

import (
	"context"
	"time"

	"afterbeep/store"
)

// AcquireLock implements store.Locks.
func (s *Store) AcquireLock(ctx context.Context, name, holder string, ttl time.Duration) error {
	name, holder = store.CleanText(name), store.CleanText(holder)
	return s.inTx(ctx, "acquire lock", func(ctx context.Context, t tx) error {
		now, err := t.now(ctx)
		if err != nil {
			return err
		}
		done, err := t.Exec(ctx, `INSERT INTO locks (name, holder, until) VALUES ($1, $2, $3)
			ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until
			WHERE locks.holder = excluded.holder OR locks.until <= $4`, name, holder, store.Cut(now.Add(ttl)), now)
		if err == nil && done.RowsAffected() == 0 {
			return store.ErrLocked
		}
		return err
	})
}

// ReleaseLock implements store.Locks.
func (s *Store) ReleaseLock(ctx context.Context, name, holder string) error {
	return s.inTx(ctx, "release lock", func(ctx context.Context, t tx) error {
		_, err := t.Exec(ctx, `DELETE FROM locks WHERE name = $1 AND holder = $2`, store.CleanText(name), store.CleanText(holder))
		return err
	})
}
