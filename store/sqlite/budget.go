package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"afterbeep/store"
)

// Reserve implements store.Budgets.
func (s *Store) Reserve(ctx context.Context, account string, class store.Class, limits ...store.Limit) (time.Duration, error) {
	account = store.CleanText(account)
	keep, err := store.CheckLimits(limits)
	if err != nil {
		return 0, wrap("reserve a request", err)
	}
	var wait time.Duration
	err = s.inTx(ctx, func(tx *sql.Tx) error {
		now := s.now()
		pause, err := loadPause(ctx, tx, account)
		if err != nil {
			return err
		}
		if wait = pause.Wait(now); wait > 0 {
			return nil
		}
		if wait, err = untilRoom(ctx, tx, account, class, limits, now); err != nil || wait > 0 {
			return err
		}
		if pause.Step > 0 {
			if err := savePause(ctx, tx, account, pause.Probing(now)); err != nil {
				return err
			}
		}
		return countCall(ctx, tx, account, now, keep)
	})
	if err != nil {
		return 0, wrap("reserve a request", err)
	}
	return wait, nil
}

// untilRoom is how long until each limit has room for one more call of the
// class; 0 where that is so now.
func untilRoom(ctx context.Context, tx *sql.Tx, account string, class store.Class, limits []store.Limit, now time.Time) (time.Duration, error) {
	// The clock was put back: what lies ahead of it was sent by now.
	_, err := tx.ExecContext(ctx, `UPDATE budget_calls SET at = ? WHERE account_id = ? AND at > ?`, known(now), account, known(now))
	if err != nil {
		return 0, err
	}
	var wait time.Duration
	for _, l := range limits {
		// The newest calls but one less than allowed must lie before the
		// stretch: the youngest of those says when they will.
		var last time.Time
		err := tx.QueryRowContext(ctx, `SELECT at FROM budget_calls WHERE account_id = ? ORDER BY at DESC LIMIT 1 OFFSET ?`,
			account, store.Allowance(l.Most, class)-1).Scan(at(&last))
		switch {
		case errors.Is(err, sql.ErrNoRows):
		case err != nil:
			return 0, err
		default:
			wait = max(wait, last.Add(l.Per).Sub(now))
		}
	}
	return wait, nil
}

// countCall writes down a call and drops those that count no more.
func countCall(ctx context.Context, tx *sql.Tx, account string, now time.Time, keep time.Duration) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM budget_calls WHERE account_id = ? AND at <= ?`, account, known(now.Add(-keep)))
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO budget_calls (account_id, at) VALUES (?,?)`, account, known(now))
	return err
}

// Answered implements store.Budgets.
func (s *Store) Answered(ctx context.Context, account string, v store.Verdict) error {
	account = store.CleanText(account)
	return wrap("tell how a request was answered", s.inTx(ctx, func(tx *sql.Tx) error {
		had, err := loadPause(ctx, tx, account)
		if err != nil {
			return err
		}
		if p := had.After(v, s.now()); p != had {
			return savePause(ctx, tx, account, p)
		}
		return nil
	}))
}

func loadPause(ctx context.Context, tx *sql.Tx, account string) (store.Pause, error) {
	var p store.Pause
	var us int64
	err := tx.QueryRowContext(ctx, `SELECT pause_step, pause_until, probed_at FROM budgets WHERE account_id = ?`, account).
		Scan(&us, at(&p.Until), at(&p.Probed))
	if errors.Is(err, sql.ErrNoRows) {
		return store.Pause{}, nil
	}
	p.Step = time.Duration(us) * time.Microsecond
	return p, err
}

func savePause(ctx context.Context, tx *sql.Tx, account string, p store.Pause) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO budgets (account_id, pause_step, pause_until, probed_at) VALUES (?,?,?,?)
		ON CONFLICT (account_id) DO UPDATE SET pause_step = excluded.pause_step, pause_until = excluded.pause_until,
			probed_at = excluded.probed_at`,
		account, p.Step.Microseconds(), known(p.Until), known(p.Probed))
	return err
}
