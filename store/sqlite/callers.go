package sqlite

import (
	"context"
	"database/sql"
	"time"

	"afterbeep/store"
)

// CallerMessages implements store.Callers.
func (s *Store) CallerMessages(ctx context.Context, scope store.Scope, caller string, limit int) (list []store.CallerMessage, total int, err error) {
	caller = store.CleanText(caller)
	if caller == "" || len(caller) > store.MaxCaller {
		return nil, 0, ctx.Err()
	}
	sees, seen := inQueues(scope)
	// "<> ''" lets SQLite use the index on callers, which leaves out the others.
	where, args := ` FROM voicemails WHERE caller = ? AND caller <> ''`+sees, append([]any{caller}, seen...)
	err = s.inView(ctx, func(tx *sql.Tx) error {
		if own, err := ownNumbers(ctx, tx, []string{caller}); err != nil || len(own) == 0 {
			return err
		}
		if err := tx.QueryRowContext(ctx, `SELECT count(*)`+where, args...).Scan(&total); err != nil {
			return err
		}
		return each(ctx, tx, `SELECT id, left_at, duration_us`+where+` ORDER BY left_at DESC, id LIMIT ?`,
			append(args, store.Clamp(limit, store.MaxCallerMessages)), func(rows *sql.Rows) error {
				var m store.CallerMessage
				var us int64
				err := rows.Scan(&m.ID, at(&m.LeftAt), &us)
				m.Duration = time.Duration(us) * time.Microsecond
				list = append(list, m)
				return err
			})
	})
	if err != nil {
		return nil, 0, wrap("list a caller's messages", err)
	}
	return list, total, nil
}
