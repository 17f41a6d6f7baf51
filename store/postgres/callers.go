package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"afterbeep/store"
)

// CallerMessages implements store.Callers.
func (s *Store) CallerMessages(ctx context.Context, scope store.Scope, caller string, limit int) (list []store.CallerMessage, total int, err error) {
	caller = store.CleanText(caller)
	if caller == "" || len(caller) > store.MaxCaller {
		return nil, 0, ctx.Err()
	}
	// Its last two conditions let Postgres use the index on callers, which leaves
	// out the others.
	const where = ` FROM voicemails WHERE caller = $1 AND ($2 OR bot_id = ANY($3)) AND ($4 OR queue = ANY($5)) AND caller <> '' AND octet_length(caller) <= 64`
	err = s.inView(ctx, "list a caller's messages", func(ctx context.Context, t tx) error {
		if own, err := ownNumbers(ctx, t, []string{caller}); err != nil || len(own) == 0 {
			return err
		}
		if err := t.QueryRow(ctx, `SELECT count(*)`+where, scopeArgs(caller, scope)...).Scan(&total); err != nil {
			return err
		}
		rows, err := t.Query(ctx, `SELECT id, left_at, duration_us`+where+` ORDER BY left_at DESC, id LIMIT $6`,
			append(scopeArgs(caller, scope), store.Clamp(limit, store.MaxCallerMessages))...)
		if err != nil {
			return err
		}
		list, err = pgx.AppendRows(list[:0], rows, func(r pgx.CollectableRow) (store.CallerMessage, error) {
			var m store.CallerMessage
			var us int64
			err := r.Scan(&m.ID, at(&m.LeftAt), &us)
			m.Duration = time.Duration(us) * time.Microsecond
			return m, err
		})
		return err
	})
	if err != nil {
		return nil, 0, err
	}
	return list, total, nil
}
