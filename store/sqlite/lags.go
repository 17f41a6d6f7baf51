package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"afterbeep/store"
)

// Lags implements store.Completeness.
func (s *Store) Lags(ctx context.Context, scope store.Scope, w store.Worked) (store.Lags, error) {
	scope = scope.WholeBots()
	w = w.Clean()
	var l store.Lags
	err := s.inView(ctx, func(tx *sql.Tx) error {
		l.Now = s.now()
		sees, bots := inScope(scope, "bot_id")
		err := tx.QueryRowContext(ctx, `SELECT max(left_at), (SELECT max(looked_at) FROM discovery_windows) FROM voicemails WHERE `+sees,
			bots...).Scan(at(&l.Newest), at(&l.LookedAt))
		if err != nil {
			return err
		}
		if err := oldestDue(ctx, tx, scope, w, &l); err != nil {
			return err
		}
		return countRecordings(ctx, tx, scope, w, &l)
	})
	if err != nil {
		return store.Lags{}, wrap("tell the lags", err)
	}
	return l, nil
}

// oldestDue looks for what is overdue for longest, of each account and kind by
// itself, and what is ready apart from what is not, as the indexes have them.
func oldestDue(ctx context.Context, tx *sql.Tx, scope store.Scope, w store.Worked, l *store.Lags) error {
	sees, bots := inScope(scope, "bot_id")
	oldest := func(from string, to *time.Time, args ...any) error {
		for ready := range 2 {
			var due time.Time
			err := tx.QueryRowContext(ctx, `SELECT due_at FROM `+from+` AND ready = ? AND due_at <= ?
				AND state IN ('due', 'waiting', 'retry', 'leased') AND `+sees+` ORDER BY due_at LIMIT 1`,
				slices.Concat(args, []any{ready, known(l.Now)}, bots)...).Scan(at(&due))
			if err != nil && !errors.Is(err, sql.ErrNoRows) {
				return err
			}
			*to = earlier(*to, due)
		}
		return nil
	}
	for _, account := range w.Accounts {
		if err := oldest(`call_sessions INDEXED BY call_sessions_next WHERE account_id = ?`, &l.OldestDue, account); err != nil {
			return err
		}
		for _, kind := range w.Kinds {
			if err := oldest(`tasks INDEXED BY tasks_next WHERE account_id = ? AND kind = ?`, &l.OldestAudio, account, kind); err != nil {
				return err
			}
		}
	}
	return nil
}

// countRecordings counts the recordings with a digest, and those that are not
// archived by the state of their tasks.
func countRecordings(ctx context.Context, tx *sql.Tx, scope store.Scope, w store.Worked, l *store.Lags) error {
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
	worked, args := "false", []any(nil)
	if slices.Contains(w.Kinds, store.TaskKeep) && len(w.Accounts) > 0 {
		worked = "coalesce(t.account_id IN (" + marks(len(w.Accounts)) + "), false)"
		for _, account := range w.Accounts {
			args = append(args, account)
		}
	}
	ended, bots := inScope(scope, "t.bot_id")
	return each(ctx, tx, `SELECT coalesce(t.state, ''), `+worked+`, false, count(*) FROM `+open+`
		LEFT JOIN tasks t ON t.voicemail_id = r.voicemail_id AND t.kind = 'keep' AND t.n = r.n
		WHERE r.digest = '' AND (r.status = 'success' OR t.n IS NOT NULL) AND `+sees+` GROUP BY 1, 2
		UNION ALL SELECT t.state, `+worked+`, true, count(*) FROM tasks t INDEXED BY tasks_unkept
		CROSS JOIN recordings r ON r.voicemail_id = t.voicemail_id AND r.n = t.n
		WHERE t.kind = 'keep' AND t.state NOT IN ('stored', 'skipped') AND r.digest <> '' AND `+ended+` GROUP BY 1, 2`,
		slices.Concat(args, bots, args, bots), func(rows *sql.Rows) error {
			var state store.State
			var worked, digest bool
			var n int
			if err := rows.Scan(&state, &worked, &digest, &n); err != nil {
				return err
			}
			l.AddUnkept(state, worked, digest, n)
			return nil
		})
}
