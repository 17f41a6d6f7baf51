package postgres

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"afterbeep/store"
)

// What is overdue for longest, of each account and kind by itself, and what is
// ready apart from what is not, as the indexes have them.
const (
	oldestSession = `SELECT min(o.due_at) FROM unnest($4::text[]) AS a (id) CROSS JOIN (VALUES (false), (true)) AS r (ready)
		CROSS JOIN LATERAL (SELECT due_at FROM call_sessions
			WHERE account_id = a.id AND ready = r.ready AND state IN ('due', 'waiting', 'retry', 'leased')
			AND due_at <= $3 AND ($1 OR bot_id = ANY($2)) ORDER BY due_at LIMIT 1) AS o`
	oldestTask = `SELECT min(o.due_at) FROM unnest($4::text[]) AS a (id) CROSS JOIN unnest($5::text[]) AS k (kind)
		CROSS JOIN (VALUES (false), (true)) AS r (ready) CROSS JOIN LATERAL (SELECT due_at FROM tasks
			WHERE account_id = a.id AND kind = k.kind AND ready = r.ready AND state IN ('due', 'waiting', 'retry', 'leased')
			AND due_at <= $3 AND ($1 OR bot_id = ANY($2)) ORDER BY due_at LIMIT 1) AS o`
)

// Lags implements store.Completeness.
func (s *Store) Lags(ctx context.Context, scope store.Scope, w store.Worked) (store.Lags, error) {
	w, scope = w.Clean(), scope.WholeBots()
	var l store.Lags
	err := s.inView(ctx, "tell the lags", func(ctx context.Context, t tx) error {
		now, err := t.now(ctx)
		if err != nil {
			return err
		}
		l = store.Lags{Now: now}
		b := &pgx.Batch{}
		b.Queue(`SELECT (SELECT max(left_at) FROM voicemails WHERE $1 OR bot_id = ANY($2)), (SELECT max(looked_at) FROM discovery_windows),
				(`+oldestSession+`), (`+oldestTask+`)`,
			scope.All(), scope.Bots(), now, w.Accounts, w.Kinds).QueryRow(func(row pgx.Row) error {
			return row.Scan(at(&l.Newest), at(&l.LookedAt), at(&l.OldestDue), at(&l.OldestAudio))
		})
		queueRecordingCounts(b, scope, w, &l)
		return t.run(ctx, b)
	})
	if err != nil {
		return store.Lags{}, err
	}
	return l, nil
}

// queueRecordingCounts counts the recordings with a digest, and those that are
// not archived by the state of their tasks.
func queueRecordingCounts(b *pgx.Batch, scope store.Scope, w store.Worked, l *store.Lags) {
	from, args := `recordings r WHERE true`, []any(nil)
	if !scope.All() {
		from, args = `recordings r JOIN voicemails v ON v.id = r.voicemail_id WHERE v.bot_id = ANY($1)`, []any{scope.Bots()}
	}
	b.Queue(`SELECT coalesce(sum(n), 0)::bigint, coalesce(sum(bytes), 0)::bigint
		FROM (SELECT count(*) AS n, max(r.bytes) AS bytes FROM `+from+` AND r.digest <> '' GROUP BY r.digest) k`, args...).
		QueryRow(func(row pgx.Row) error {
			err := row.Scan(&l.Kept, &l.KeptBytes)
			l.Recordings += l.Kept
			return err
		})
	var keeps []string // whose recordings are archived
	if slices.Contains(w.Kinds, store.TaskKeep) {
		keeps = w.Accounts
	}
	worked := fmt.Sprintf("coalesce(t.account_id = ANY($%d), false)", len(args)+1)
	sees := "true"
	if !scope.All() {
		sees = "t.bot_id = ANY($1)"
	}
	b.Queue(`SELECT coalesce(t.state, ''), `+worked+`, false, count(*)
		FROM (SELECT r.voicemail_id, r.n, r.status FROM `+from+` AND r.digest = '') u
		LEFT JOIN tasks t ON t.voicemail_id = u.voicemail_id AND t.kind = 'keep' AND t.n = u.n
		WHERE u.status = 'success' OR t.n IS NOT NULL GROUP BY 1, 2
		UNION ALL SELECT t.state, `+worked+`, true, count(*)
		FROM tasks t JOIN recordings r ON r.voicemail_id = t.voicemail_id AND r.n = t.n
		WHERE t.kind = 'keep' AND t.state NOT IN ('stored', 'skipped') AND r.digest <> '' AND `+sees+` GROUP BY 1, 2`, append(args, keeps)...).
		Query(func(rows pgx.Rows) error {
			var state store.State
			var worked, digest bool
			var n int
			_, err := pgx.ForEachRow(rows, []any{&state, &worked, &digest, &n}, func() error {
				l.AddUnkept(state, worked, digest, n)
				return nil
			})
			return err
		})
}
