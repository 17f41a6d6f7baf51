package sqlite

import (
	"cmp"
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"slices"
	"time"

	"afterbeep/store"
)

// Claim implements store.Sessions.
func (s *Store) Claim(ctx context.Context, q store.ClaimQuery) ([]store.Lease, error) {
	q, err := q.Clean()
	if err != nil {
		return nil, wrap("claim sessions", err)
	}
	if len(q.Accounts) == 0 {
		return nil, ctx.Err()
	}
	var leases []store.Lease
	err = s.inTx(ctx, func(tx *sql.Tx) error {
		now := s.now()
		if err := readySessions(ctx, tx, q.Accounts, now); err != nil {
			return err
		}
		due, err := dueSessions(ctx, tx, q.Accounts, now, q.Limit)
		if err != nil {
			return err
		}
		for _, r := range due {
			l, err := lease(ctx, tx, r, now, q.Lease)
			if err != nil {
				return err
			}
			leases = append(leases, l)
		}
		return nil
	})
	if err != nil {
		return nil, wrap("claim sessions", err)
	}
	return leases, nil
}

// readySessionsQuery takes up what has come due. It reads no more than that of
// call_sessions_next.
const readySessionsQuery = `UPDATE call_sessions SET ready = 1 WHERE (bot_id, session_id) IN (
	SELECT bot_id, session_id FROM call_sessions INDEXED BY call_sessions_next
	WHERE account_id = ? AND ready = 0 AND state IN ('due', 'waiting', 'retry', 'leased') AND due_at <= ? ORDER BY due_at LIMIT ?)`

func readySessions(ctx context.Context, tx *sql.Tx, accounts []string, now time.Time) error {
	for _, account := range accounts {
		if _, err := tx.ExecContext(ctx, readySessionsQuery, account, known(now), store.MaxReady); err != nil {
			return err
		}
	}
	return nil
}

// dueSessionsQuery judges the due time again, because clocks can be set back;
// the plus keeps SQLite from the index that has them.
const dueSessionsQuery = `SELECT ` + ledgerColumns + ` FROM call_sessions
	WHERE account_id = ? AND ready = 1 AND state IN ('due', 'waiting', 'retry', 'leased') AND +due_at <= ?
	ORDER BY priority, started_at DESC NULLS LAST, session_id, bot_id LIMIT ?`

// dueSessions are the first limit due sessions of the accounts. Each account
// is asked by itself, because only then the index call_sessions_due has the
// order.
func dueSessions(ctx context.Context, tx *sql.Tx, accounts []string, now time.Time, limit int) ([]ledgerRow, error) {
	var due []ledgerRow
	for _, account := range accounts {
		err := each(ctx, tx, dueSessionsQuery, []any{account, known(now), limit},
			func(rows *sql.Rows) error {
				r, err := scanLedger(rows)
				due = append(due, r)
				return err
			})
		if err != nil {
			return nil, err
		}
	}
	slices.SortFunc(due, func(a, b ledgerRow) int {
		return cmp.Or(cmp.Compare(a.Priority, b.Priority), b.StartedAt.Compare(a.StartedAt),
			cmp.Compare(a.SessionID, b.SessionID), cmp.Compare(a.BotID, b.BotID))
	})
	return due[:min(limit, len(due))], nil
}

// lease gives the session to the caller. What it hands out is the session as
// it was, also where an earlier holder has died.
func lease(ctx context.Context, tx *sql.Tx, r ledgerRow, now time.Time, d time.Duration) (store.Lease, error) {
	was := r.Session
	if was.State == store.StateLeased {
		was.State = r.before
	}
	l := store.Lease{Session: was, Token: rand.Text(), Until: store.Cut(now.Add(d))}
	_, err := tx.ExecContext(ctx, `UPDATE call_sessions SET state = ?, state_before = ?, due_at = ?, ready = 0, lease_token = ?
		WHERE bot_id = ? AND session_id = ?`, store.StateLeased, was.State, known(l.Until), l.Token, r.BotID, r.SessionID)
	return l, err
}

// ClaimSession implements store.Sessions.
func (s *Store) ClaimSession(ctx context.Context, key store.SessionKey, d time.Duration) (store.Lease, error) {
	if err := store.CheckLease(d); err != nil {
		return store.Lease{}, wrap("claim session", err)
	}
	var l store.Lease
	err := s.inTx(ctx, func(tx *sql.Tx) error {
		r, err := ledgerByKey(ctx, tx, key.Clean())
		if err != nil {
			return err
		}
		now := s.now()
		if r.State == store.StateLeased && r.DueAt.After(now) {
			return store.ErrLeased
		}
		l, err = lease(ctx, tx, r, now, d)
		return err
	})
	if err != nil {
		return store.Lease{}, wrap("claim session", err)
	}
	return l, nil
}

// held is the row of a lease; store.ErrLeaseLost when it is not held any more.
func held(ctx context.Context, tx *sql.Tx, l store.Lease, now time.Time) (ledgerRow, error) {
	r, err := ledgerByKey(ctx, tx, l.Session.Key().Clean())
	if errors.Is(err, store.ErrNotFound) {
		return ledgerRow{}, store.ErrLeaseLost
	}
	if err != nil {
		return ledgerRow{}, err
	}
	if r.State != store.StateLeased || r.token != store.CleanText(l.Token) || !r.DueAt.After(now) {
		return ledgerRow{}, store.ErrLeaseLost
	}
	return r, nil
}

// Renew implements store.Sessions.
func (s *Store) Renew(ctx context.Context, leases []store.Lease, d time.Duration) ([]store.Lease, error) {
	if err := store.CheckLease(d); err != nil {
		return nil, wrap("renew leases", err)
	}
	if len(leases) == 0 {
		return nil, ctx.Err()
	}
	var lost []store.Lease
	err := s.inTx(ctx, func(tx *sql.Tx) error {
		now := s.now()
		for _, l := range leases {
			key := l.Session.Key().Clean()
			n, err := affected(tx.ExecContext(ctx, `UPDATE call_sessions SET due_at = ?
				WHERE bot_id = ? AND session_id = ? AND state = 'leased' AND lease_token = ? AND due_at > ?`,
				known(now.Add(d)), key.BotID, key.SessionID, store.CleanText(l.Token), known(now)))
			if err != nil {
				return err
			}
			if n == 0 {
				lost = append(lost, l)
			}
		}
		return nil
	})
	if err != nil {
		return nil, wrap("renew leases", err)
	}
	return lost, nil
}
