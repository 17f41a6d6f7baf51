package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"afterbeep/store"
)

// Days implements store.Completeness.
func (s *Store) Days(ctx context.Context, scope store.Scope, edges []time.Time, indexed int64) ([]store.LedgerDay, error) {
	scope = scope.WholeBots()
	const op = "count days"
	edges, err := store.CutEdges(edges)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", op, err)
	}
	var groups []store.Alike
	err = s.inView(ctx, op, func(ctx context.Context, t tx) error {
		if err := uncompiled(ctx, t); err != nil {
			return err
		}
		rows, err := t.Query(ctx, daysQuery, edges, edges[0], edges[len(edges)-1], indexed, scope.All(), scope.Bots())
		if err != nil {
			return err
		}
		groups, err = pgx.AppendRows(groups[:0], rows, func(r pgx.CollectableRow) (store.Alike, error) {
			var g store.Alike
			var day int // the first is 1
			err := r.Scan(&day, &g.BotID, &g.State, &g.Flag, &g.Voicemail, &g.Transcript, &g.Audio, &g.Unkept, &g.Indexed, &g.N)
			g.Day = edges[max(day, 1)-1]
			return g, err
		})
		return err
	})
	if err != nil {
		return nil, err
	}
	return store.SumDays(groups), nil
}

// daysQuery groups sessions. Recordings are grouped beside them, since to ask
// for those of one voicemail after the other would take longer.
const daysQuery = `SELECT width_bucket(s.day_at, $1::timestamptz[]), s.bot_id, s.state, s.voicemail_flag, v.id IS NOT NULL,
		coalesce(v.transcript_state, ''), r.voicemail_id IS NOT NULL, coalesce(r.unkept, false), coalesce(c.seq <= $4, false), count(*)
	FROM call_sessions s
	LEFT JOIN voicemails v ON v.bot_id = s.bot_id AND v.session_id = s.session_id
	LEFT JOIN changes c ON c.voicemail_id = v.id
	LEFT JOIN (SELECT r.voicemail_id, bool_or(r.digest = '' OR o.n IS NOT NULL) AS unkept FROM recordings r
		LEFT JOIN tasks o ON o.voicemail_id = r.voicemail_id AND o.n = r.n AND o.kind = 'keep' AND o.state NOT IN ('stored', 'skipped')
		WHERE r.kind = 'voicemail' AND (r.status = 'success' OR r.digest <> '' OR ` + hasKeep + `)
		GROUP BY r.voicemail_id) r ON r.voicemail_id = v.id
	WHERE s.day_at >= $2 AND s.day_at < $3 AND ($5 OR s.bot_id = ANY($6))
	GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9`

// uncompiled keeps the transaction's queries from being compiled, which for
// those of the ledger would take longer than to run them.
func uncompiled(ctx context.Context, t tx) error {
	_, err := t.Exec(ctx, `SET LOCAL jit = off`)
	return err
}

// Known implements store.Completeness.
func (s *Store) Known(ctx context.Context, scope store.Scope) (first, last time.Time, err error) {
	scope = scope.WholeBots()
	err = s.inView(ctx, "tell the known days", func(ctx context.Context, t tx) error {
		return t.QueryRow(ctx, `SELECT (SELECT day_at FROM call_sessions WHERE $1 OR bot_id = ANY($2) ORDER BY day_at LIMIT 1),
			(SELECT day_at FROM call_sessions WHERE $1 OR bot_id = ANY($2) ORDER BY day_at DESC LIMIT 1)`,
			scope.All(), scope.Bots()).Scan(at(&first), at(&last))
	})
	if err != nil {
		return time.Time{}, time.Time{}, err
	}
	return first, last, nil
}
