package sqlite

import (
	"context"
	"database/sql"
	"time"

	"afterbeep/store"
)

// openSessionsQuery counts the open sessions of one state, from their index alone.
const openSessionsQuery = `SELECT count(*) FROM ` + openSessions + `
	AND NOT EXISTS (SELECT 1 FROM voicemails v INDEXED BY voicemails_session WHERE v.bot_id = s.bot_id AND v.session_id = s.session_id)
	AND `

// OpenSessions implements store.Completeness.
func (s *Store) OpenSessions(ctx context.Context, scope store.Scope, from, to time.Time) (int, error) {
	within, args := gapFinder{q: store.GapQuery{From: store.Cut(from), To: store.Cut(to)}, scope: scope.WholeBots()}.within()
	all := 0
	err := s.inView(ctx, func(tx *sql.Tx) error {
		for _, state := range openStates() {
			var n int
			if err := tx.QueryRowContext(ctx, openSessionsQuery+within, append([]any{state}, args...)...).Scan(&n); err != nil {
				return err
			}
			all += n
		}
		return nil
	})
	if err != nil {
		return 0, wrap("count open sessions", err)
	}
	return all, nil
}

// WakeSession implements store.Completeness.
func (s *Store) WakeSession(ctx context.Context, scope store.Scope, key store.SessionKey) error {
	key = key.Clean()
	return wrap("wake session", s.inTx(ctx, func(tx *sql.Tx) error {
		if !scope.WholeBots().Sees(key.BotID) {
			return store.ErrNotFound
		}
		r, err := ledgerByKey(ctx, tx, key)
		if err != nil {
			return err
		}
		now := s.now()
		if r.State == store.StateLeased && r.DueAt.After(now) {
			return store.ErrLeased
		}
		return saveLedger(ctx, tx, ledgerRow{Session: r.Wake(now)}, now)
	}))
}

const nextDueQuery = `SELECT min(due_at) FROM call_sessions
	WHERE account_id = ? AND ready = ? AND state IN ('due', 'waiting', 'retry', 'leased')`

// NextDue implements store.Completeness.
func (s *Store) NextDue(ctx context.Context, accounts []string) (next, now time.Time, err error) {
	err = s.inView(ctx, func(tx *sql.Tx) error {
		for _, account := range accounts {
			for ready := range 2 { // each is a row of call_sessions_next
				var due time.Time
				err := tx.QueryRowContext(ctx, nextDueQuery, store.CleanText(account), ready).Scan(at(&due))
				if err != nil {
					return err
				}
				next = earlier(next, due)
			}
		}
		now = s.now()
		return nil
	})
	if err != nil {
		return time.Time{}, time.Time{}, wrap("find the next session", err)
	}
	return next, now, nil
}
