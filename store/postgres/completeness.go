package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"afterbeep/store"
)

// openSessionsQuery counts the open sessions, from their index alone.
const openSessionsQuery = `SELECT count(*) FROM call_sessions s WHERE s.state IN ('due', 'leased', 'waiting', 'retry')
	AND s.day_at >= $1 AND s.day_at < $2 AND ($3 OR s.bot_id = ANY($4))
	AND NOT EXISTS (SELECT FROM voicemails v WHERE v.bot_id = s.bot_id AND v.session_id = s.session_id)`

// OpenSessions implements store.Completeness.
func (s *Store) OpenSessions(ctx context.Context, scope store.Scope, from, to time.Time) (int, error) {
	scope = scope.WholeBots()
	var n int
	err := s.inView(ctx, "count open sessions", func(ctx context.Context, t tx) error {
		if err := uncompiled(ctx, t); err != nil {
			return err
		}
		return t.QueryRow(ctx, openSessionsQuery, bound(store.Cut(from), pgtype.NegativeInfinity), bound(store.Cut(to), pgtype.Infinity),
			scope.All(), scope.Bots()).Scan(&n)
	})
	return n, err
}

// WakeSession implements store.Completeness.
func (s *Store) WakeSession(ctx context.Context, scope store.Scope, key store.SessionKey) error {
	key = key.Clean()
	return s.inTx(ctx, "wake session", func(ctx context.Context, t tx) error {
		if !scope.WholeBots().Sees(key.BotID) {
			return store.ErrNotFound
		}
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
		x = x.Wake(now)
		b := &pgx.Batch{}
		queueSettled(b, x, now)
		b.Queue(`UPDATE call_sessions SET wanted = $3, priority = $4 WHERE bot_id = $1 AND session_id = $2`,
			x.BotID, x.SessionID, x.Wanted, x.Priority)
		return t.run(ctx, b)
	})
}

// nextDueQuery asks each account by itself, and what is ready apart from what
// is not: only then the index call_sessions_next ends the search at its first
// row.
const nextDueQuery = `SELECT min(n.due_at) FROM unnest($1::text[]) AS a (id) CROSS JOIN (VALUES (false), (true)) AS r (ready) CROSS JOIN LATERAL (
		SELECT due_at FROM call_sessions
		WHERE account_id = a.id AND ready = r.ready AND state IN ('due', 'waiting', 'retry', 'leased')
		ORDER BY due_at LIMIT 1) AS n`

// NextDue implements store.Completeness.
func (s *Store) NextDue(ctx context.Context, accounts []string) (next, now time.Time, err error) {
	clean := make([]string, len(accounts))
	for i, account := range accounts {
		clean[i] = store.CleanText(account)
	}
	err = s.inView(ctx, "find the next session", func(ctx context.Context, t tx) error {
		err := t.QueryRow(ctx, nextDueQuery, clean).Scan(at(&next))
		if err != nil {
			return err
		}
		now, err = t.now(ctx)
		return err
	})
	if err != nil {
		return time.Time{}, time.Time{}, err
	}
	return next, now, nil
}
