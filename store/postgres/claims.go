package postgres

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"afterbeep/store"
)

// claimQuery takes the first due sessions of each account by itself, because
// only then the index call_sessions_due, whose list of states it repeats, has
// the order. Rows that another transaction holds are somebody else's by now.
const claimQuery = `SELECT due.* FROM unnest($2::text[]) AS a (id) CROSS JOIN LATERAL (
		SELECT ` + sessionColumns + `, state_before FROM call_sessions
		WHERE account_id = a.id AND ready AND state IN ('due', 'waiting', 'retry', 'leased') AND due_at <= $1
		ORDER BY priority, started_at DESC NULLS LAST, session_id, bot_id
		LIMIT $3 FOR UPDATE SKIP LOCKED) AS due
	ORDER BY priority, started_at DESC NULLS LAST, session_id, bot_id LIMIT $3`

// readyQuery takes up what has come due: no more than that is read of the index
// call_sessions_next.
const readyQuery = `UPDATE call_sessions s SET ready = true
	FROM unnest($2::text[]) AS a (id) CROSS JOIN LATERAL (
		SELECT bot_id, session_id FROM call_sessions
		WHERE account_id = a.id AND NOT ready AND state IN ('due', 'waiting', 'retry', 'leased') AND due_at <= $1
		ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED) AS due
	WHERE s.bot_id = due.bot_id AND s.session_id = due.session_id`

// Claim implements store.Sessions.
func (s *Store) Claim(ctx context.Context, q store.ClaimQuery) ([]store.Lease, error) {
	q, err := q.Clean()
	if err != nil {
		return nil, fmt.Errorf("claim: %w", err)
	}
	if len(q.Accounts) == 0 {
		return nil, ctx.Err()
	}
	var leases []store.Lease
	err = s.inTx(ctx, "claim", func(ctx context.Context, t tx) error {
		now, err := t.now(ctx)
		if err != nil {
			return err
		}
		if _, err := t.Exec(ctx, readyQuery, now, q.Accounts, store.MaxReady); err != nil {
			return err
		}
		rows, err := t.Query(ctx, claimQuery, now, q.Accounts, q.Limit)
		if err != nil {
			return err
		}
		due, err := pgx.CollectRows(rows, func(r pgx.CollectableRow) (store.Session, error) { return scanUnleased(r) })
		if err != nil {
			return err
		}
		leases, err = lease(ctx, t, due, now.Add(q.Lease))
		return err
	})
	if err != nil {
		return nil, err
	}
	return leases, nil
}

// scanUnleased reads a session as it was before anybody claimed it, with
// state_before as the last column.
func scanUnleased(row pgx.Row) (store.Session, error) {
	var before store.State
	x, err := scanSession(row, &before)
	if x.State == store.StateLeased {
		x.State = before
	}
	return x, err
}

// lease writes the leases of sessions that are locked.
func lease(ctx context.Context, t tx, sessions []store.Session, until time.Time) ([]store.Lease, error) {
	if len(sessions) == 0 {
		return nil, nil
	}
	leases := make([]store.Lease, len(sessions))
	b := &pgx.Batch{}
	for i, x := range sessions {
		leases[i] = store.Lease{Session: x, Token: rand.Text(), Until: store.Cut(until)}
		b.Queue(`UPDATE call_sessions SET state = 'leased', state_before = $3, lease_token = $4, due_at = $5, ready = false
			WHERE bot_id = $1 AND session_id = $2`, x.BotID, x.SessionID, x.State, leases[i].Token, leases[i].Until)
	}
	if err := t.run(ctx, b); err != nil {
		return nil, err
	}
	return leases, nil
}

// ClaimSession implements store.Sessions.
func (s *Store) ClaimSession(ctx context.Context, key store.SessionKey, d time.Duration) (store.Lease, error) {
	if err := store.CheckLease(d); err != nil {
		return store.Lease{}, fmt.Errorf("claim session: %w", err)
	}
	key = key.Clean()
	var l store.Lease
	err := s.inTx(ctx, "claim session", func(ctx context.Context, t tx) error {
		x, token, err := lockSession(ctx, t, key)
		if err != nil {
			return err
		}
		now, err := t.now(ctx)
		if err != nil {
			return err
		}
		if token != "" && x.DueAt.After(now) {
			return store.ErrLeased
		}
		leases, err := lease(ctx, t, []store.Session{x}, now.Add(d))
		if err != nil {
			return err
		}
		l = leases[0]
		return nil
	})
	if err != nil {
		return store.Lease{}, err
	}
	return l, nil
}

// lockSession reads a session for writing, with its lease's token; "" where it
// isn't leased.
func lockSession(ctx context.Context, t tx, key store.SessionKey) (store.Session, string, error) {
	var x store.Session
	var before store.State
	var token string
	row := t.QueryRow(ctx, `SELECT `+sessionColumns+`, state_before, lease_token FROM call_sessions
		WHERE bot_id = $1 AND session_id = $2 FOR UPDATE`, key.BotID, key.SessionID)
	x, err := scanSession(row, &before, &token)
	if err != nil {
		return store.Session{}, "", err
	}
	if x.State == store.StateLeased {
		x.State = before
	}
	return x, token, nil
}

// Renew implements store.Sessions.
func (s *Store) Renew(ctx context.Context, leases []store.Lease, d time.Duration) ([]store.Lease, error) {
	if err := store.CheckLease(d); err != nil {
		return nil, fmt.Errorf("renew: %w", err)
	}
	if len(leases) == 0 {
		return nil, ctx.Err()
	}
	bots, ids, tokens := make([]string, len(leases)), make([]string, len(leases)), make([]string, len(leases))
	for i, l := range leases {
		key := l.Session.Key().Clean()
		bots[i], ids[i], tokens[i] = key.BotID, key.SessionID, store.CleanText(l.Token)
	}
	var lost []store.Lease
	err := s.inTx(ctx, "renew", func(ctx context.Context, t tx) error {
		now, err := t.now(ctx)
		if err != nil {
			return err
		}
		rows, err := t.Query(ctx, `WITH held AS (
				SELECT s.bot_id, s.session_id FROM call_sessions s
				JOIN unnest($1::text[], $2::text[], $3::text[]) AS l (bot_id, session_id, token)
				ON s.bot_id = l.bot_id AND s.session_id = l.session_id AND s.lease_token = l.token
				WHERE s.state = 'leased' AND s.due_at > $4
				ORDER BY s.session_id, s.bot_id FOR UPDATE OF s)
			UPDATE call_sessions s SET due_at = $5 FROM held
			WHERE s.bot_id = held.bot_id AND s.session_id = held.session_id
			RETURNING s.lease_token`, bots, ids, tokens, now, store.Cut(now.Add(d)))
		if err != nil {
			return err
		}
		held, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			return err
		}
		lost = without(leases, held)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return lost, nil
}

// without is the leases whose tokens are not among held.
func without(leases []store.Lease, held []string) []store.Lease {
	has := make(map[string]bool, len(held))
	for _, token := range held {
		has[token] = true
	}
	var lost []store.Lease
	for _, l := range leases {
		if !has[l.Token] {
			lost = append(lost, l)
		}
	}
	return lost
}

// lockLeased reads the session of a lease that is still held, for writing.
func lockLeased(ctx context.Context, t tx, l store.Lease) (store.Session, time.Time, error) {
	x, token, err := lockSession(ctx, t, l.Session.Key().Clean())
	if errors.Is(err, pgx.ErrNoRows) {
		return store.Session{}, time.Time{}, store.ErrLeaseLost
	}
	if err != nil {
		return store.Session{}, time.Time{}, err
	}
	now, err := t.now(ctx)
	if err != nil {
		return store.Session{}, time.Time{}, err
	}
	if token == "" || token != l.Token || !x.DueAt.After(now) {
		return store.Session{}, time.Time{}, store.ErrLeaseLost
	}
	return x, now, nil
}
