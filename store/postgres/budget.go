package postgres

import (
	"context"
	"fmt"
	"time"

	"afterbeep/store"
)

// Reserve implements store.Budgets.
func (s *Store) Reserve(ctx context.Context, account string, class store.Class, limits ...store.Limit) (time.Duration, error) {
	account = store.CleanText(account)
	const op = "reserve a request"
	keep, err := store.CheckLimits(limits)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", op, err)
	}
	var wait time.Duration
	err = s.inTx(ctx, op, func(ctx context.Context, t tx) error {
		p, now, err := lockBudget(ctx, t, account)
		if err != nil {
			return err
		}
		if wait = p.Wait(now); wait > 0 {
			return nil
		}
		if err := dropCalls(ctx, t, account, now, keep); err != nil {
			return err
		}
		if wait, err = untilRoom(ctx, t, account, class, limits, now); err != nil || wait > 0 {
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

// dropCalls forgets the calls that count no more.
func dropCalls(ctx context.Context, t tx, account string, now time.Time, keep time.Duration) error {
	if _, err := t.Exec(ctx, `DELETE FROM budget_calls WHERE account_id = $1 AND at <= $2`, account, now.Add(-keep)); err != nil {
		return err
	}
	// The clock was put back: what lies ahead of it was sent by now.
	_, err := t.Exec(ctx, `UPDATE budget_calls SET at = $2 WHERE account_id = $1 AND at > $2`, account, now)
	return err
}

// untilRoom is how long until each limit has room for one more call of the
// class; 0 where that is so now.
func untilRoom(ctx context.Context, t tx, account string, class store.Class, limits []store.Limit, now time.Time) (time.Duration, error) {
	var wait time.Duration
	for _, l := range limits {
		// The newest calls but one less than allowed must lie before the
		// stretch: the youngest of those says when they will.
		var last time.Time
		err := t.QueryRow(ctx, `SELECT (SELECT at FROM budget_calls WHERE account_id = $1 ORDER BY at DESC OFFSET $2 LIMIT 1)`,
			account, store.Allowance(l.Most, class)-1).Scan(at(&last))
		if err != nil {
			return 0, err
		}
		if !last.IsZero() {
			wait = max(wait, last.Add(l.Per).Sub(now))
		}
	}
	return wait, nil
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
