package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"afterbeep/store"
)

// Lags implements store.Completeness.
func (s *Store) Lags(ctx context.Context, scope store.Scope) (store.Lags, error) {
	var l store.Lags
	err := s.inView(ctx, func(tx *sql.Tx) error {
		l.Now = s.now()
		sees, bots := inScope(scope, "bot_id")
		err := tx.QueryRowContext(ctx, `SELECT max(left_at), (SELECT max(looked_at) FROM discovery_windows) FROM voicemails WHERE `+sees,
			bots...).Scan(at(&l.Newest), at(&l.LookedAt))
		if err != nil {
			return err
		}
		for from, to := range map[string]*time.Time{
			`call_sessions INDEXED BY call_sessions_overdue`: &l.OldestDue, `tasks INDEXED BY tasks_overdue`: &l.OldestAudio,
		} {
			err := tx.QueryRowContext(ctx, `SELECT due_at FROM `+from+` WHERE state IN ('due', 'waiting', 'retry', 'leased')
				AND bot_id <> '' AND due_at <= ? AND `+sees+` ORDER BY due_at LIMIT 1`, append([]any{known(l.Now)}, bots...)...).Scan(at(to))
			if err != nil && !errors.Is(err, sql.ErrNoRows) {
				return err
			}
		}
		return countRecordings(ctx, tx, scope, &l)
	})
	if err != nil {
		return store.Lags{}, wrap("tell the lags", err)
	}
	return l, nil
}

// countRecordings counts the archived recordings, and those that could be by
// the state of their tasks.
func countRecordings(ctx context.Context, tx *sql.Tx, scope store.Scope, l *store.Lags) error {
	kept, open := `recordings r INDEXED BY recordings_digest WHERE true`, `recordings r INDEXED BY recordings_unkept`
	sees, bots := inScope(scope, "v.bot_id")
	if !scope.All() {
		kept = `voicemails v INDEXED BY voicemails_session CROSS JOIN recordings r ON r.voicemail_id = v.id WHERE ` + sees
		open = `voicemails v INDEXED BY voicemails_session CROSS JOIN recordings r INDEXED BY recordings_unkept ON r.voicemail_id = v.id`
	}
	err := tx.QueryRowContext(ctx, `SELECT coalesce(sum(n), 0), coalesce(sum(bytes), 0)
		FROM (SELECT count(*) AS n, max(r.bytes) AS bytes FROM `+kept+` AND r.digest <> '' GROUP BY r.digest)`, bots...).
		Scan(&l.Kept, &l.KeptBytes)
	if err != nil {
		return err
	}
	l.Recordings = l.Kept
	return each(ctx, tx, `SELECT coalesce(t.state, ''), count(*) FROM `+open+`
		LEFT JOIN tasks t ON t.voicemail_id = r.voicemail_id AND t.kind = 'keep' AND t.n = r.n
		WHERE r.status = 'success' AND r.digest = '' AND `+sees+` GROUP BY 1`, bots, func(rows *sql.Rows) error {
		var state store.State
		var n int
		if err := rows.Scan(&state, &n); err != nil {
			return err
		}
		l.AddUnkept(state, n)
		return nil
	})
}
