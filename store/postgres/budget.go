package postgres

import (
	"context"
	"time"

	"afterbeep/store"
)

// Reserve implements store.Budgets.
func (s *Store) Reserve(ctx context.Context, account string, class store.Class, perMinute int) (time.Duration, error) {
	account = store.CleanText(account)
	allowed := store.Allowance(perMinute, class)
	var wait time.Duration
	err := s.inTx(ctx, "reserve a request", func(ctx context.Context, t tx) error {
		p, now, err := lockBudget(ctx, t, account)
		if err != nil {
			return err
		}
		if wait = p.Wait(now); wait > 0 {
			return nil
		}
		if wait, err = untilRoom(ctx, t, account, allowed, now); err != nil || wait > 0 {
			return err
		}
		if _, err := t.Exec(ctx, `INSERT INTO budget_calls (account_id, at) VALUES ($1, $2)`, account, now); err != nil {
			return err
		}
		return writePause(ctx, t, account, p, p.Probing(now))
	})
	if err != nil {
		return 0, err
	}
	return wait, nil
}

// lockBudget makes the account's callers go one after the other.
func lockBudget(ctx context.Context, t tx, account string) (store.Pause, time.Time, error) {
	// The update that changes nothing locks a row that is there already.
	row := t.QueryRow(ctx, `INSERT INTO budgets (account_id, pause_step) VALUES ($1, 0)
		ON CONFLICT (account_id) DO UPDATE SET pause_step = budgets.pause_step
		RETURNING pause_step, pause_until, probed_at`, account)
	var p store.Pause
	var step int64
	if err := row.Scan(&step, at(&p.Until), at(&p.Probed)); err != nil {
		return store.Pause{}, time.Time{}, err
	}
	p.Step = time.Duration(step) * time.Microsecond
	now, err := t.now(ctx)
	return p, now, err
}

// untilRoom is how long it takes until fewer than allowed requests lie within
// the last minute; 0 when it is so now. Requests that are older are dropped.
func untilRoom(ctx context.Context, t tx, account string, allowed int, now time.Time) (time.Duration, error) {
	if _, err := t.Exec(ctx, `DELETE FROM budget_calls WHERE account_id = $1 AND at <= $2`, account, now.Add(-time.Minute)); err != nil {
		return 0, err
	}
	// The clock was put back: what lies ahead of it was sent by now.
	if _, err := t.Exec(ctx, `UPDATE budget_calls SET at = $2 WHERE account_id = $1 AND at > $2`, account, now); err != nil {
		return 0, err
	}
	// The newest calls but allowed-1 must be gone: the youngest of those that
	// must go says when.
	var last time.Time
	err := t.QueryRow(ctx, `SELECT (SELECT at FROM budget_calls WHERE account_id = $1 ORDER BY at DESC OFFSET $2 LIMIT 1)`,
		account, allowed-1).Scan(at(&last))
	if err != nil || last.IsZero() {
		return 0, err
	}
	return last.Add(time.Minute).Sub(now), nil
}

func writePause(ctx context.Context, t tx, account string, had, p store.Pause) error {
	if p == had {
		return nil
	}
	_, err := t.Exec(ctx, `UPDATE budgets SET pause_step = $2, pause_until = $3, probed_at = $4 WHERE account_id = $1`,
		account, p.Step.Microseconds(), known(p.Until), known(p.Probed))
	return err
}

// Answered implements store.Budgets.
func (s *Store) Answered(ctx context.Context, account string, v store.Verdict) error {
	account = store.CleanText(account)
	return s.inTx(ctx, "note an answer", func(ctx context.Context, t tx) error {
		p, now, err := lockBudget(ctx, t, account)
		if err != nil {
			return err
		}
		return writePause(ctx, t, account, p, p.After(v, now))
	})
}
