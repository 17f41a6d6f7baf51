package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"afterbeep/store"
)

// Gaps implements store.Completeness.
func (s *Store) Gaps(ctx context.Context, scope store.Scope, q store.GapQuery) ([]store.Gap, error) {
	const op = "list gaps"
	q, err := q.Clean()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", op, err)
	}
	scope = q.Within(scope)
	var gaps []store.Gap
	err = s.inView(ctx, op, func(ctx context.Context, t tx) error {
		gaps = gaps[:0]
		if _, err := t.Exec(ctx, `SET LOCAL jit = off`); err != nil {
			return err
		}
		b := &pgx.Batch{}
		for _, kind := range q.Kinds {
			args := []any{scope.All(), scope.Bots(), bound(q.From, pgtype.NegativeInfinity), bound(q.To, pgtype.Infinity), q.Limit}
			if kind == store.GapUnindexed {
				args = append(args, q.Indexed)
			}
			b.Queue(gapQueries[kind], args...).Query(func(rows pgx.Rows) error {
				var err error
				gaps, err = pgx.AppendRows(gaps, rows, func(r pgx.CollectableRow) (store.Gap, error) {
					g := store.Gap{Kind: kind}
					err := r.Scan(&g.BotID, &g.SessionID, &g.VoicemailID, at(&g.StartedAt), &g.State, &g.Reason, &g.Excerpt, &g.Attempts, at(&g.NextAt))
					return g, err
				})
				return err
			})
		}
		return t.run(ctx, b)
	})
	if err != nil {
		return nil, err
	}
	return store.SortGaps(gaps, q.Limit), nil
}

// gapQueries find the newest gaps of each kind.
var gapQueries = map[store.GapKind]string{
	store.GapWaiting: missing(`s.state IN ('due', 'leased', 'waiting', 'retry')`),
	store.GapDead:    missing(`s.state = 'dead'`),
	store.GapGone:    missing(`s.state IN ('gone', 'empty') AND s.voicemail_flag = 'yes'`),
	store.GapUntranscribed: lacking(`v.transcript_state <> 'present'`,
		`s.state, s.reason, s.excerpt, s.attempts, s.due_at`, ``),
	store.GapUnarchived: lacking(`EXISTS (SELECT FROM recordings r WHERE r.voicemail_id = v.id AND `+unkept+`)`,
		`coalesce(t.state, ''), coalesce(t.reason, ''), '', coalesce(t.attempts, 0), t.due_at`,
		`LEFT JOIN tasks t ON t.voicemail_id = g.id AND t.kind = 'keep'
			AND t.n = (SELECT min(r.n) FROM recordings r WHERE r.voicemail_id = g.id AND `+unkept+`)`),
	store.GapUnindexed: lacking(`EXISTS (SELECT FROM changes c WHERE c.voicemail_id = v.id AND c.seq > $6)`,
		`s.state, '', '', 0, NULL::timestamptz`, ``),
}

// unkept is that a recording r of the voicemail itself can be had and is not
// archived.
const unkept = `r.kind = 'voicemail' AND r.status = 'success' AND r.digest = ''`

// within is the condition on s that every gap meets.
const within = `s.day_at >= $3 AND s.day_at < $4 AND ($1 OR s.bot_id = ANY($2))`

// bound is the argument for a bound that may be none.
func bound(t time.Time, none pgtype.InfinityModifier) pgtype.Timestamptz {
	if t.IsZero() {
		return pgtype.Timestamptz{InfinityModifier: none, Valid: true}
	}
	return known(t)
}

// missing finds sessions without a voicemail.
func missing(is string) string {
	return `SELECT s.bot_id, s.session_id, 0, s.day_at, s.state, s.reason, s.excerpt, s.attempts, s.due_at
		FROM call_sessions s
		WHERE ` + is + ` AND NOT EXISTS (SELECT FROM voicemails v WHERE v.bot_id = s.bot_id AND v.session_id = s.session_id)
		AND ` + within + ` ORDER BY s.day_at DESC, s.bot_id, s.session_id LIMIT $5`
}

// lacking finds sessions whose voicemail v lacks something.
func lacking(is, shown, more string) string {
	return `SELECT s.bot_id, s.session_id, g.id, s.day_at, ` + shown + `
		FROM (SELECT s.bot_id, s.session_id, v.id FROM call_sessions s
			JOIN voicemails v ON v.bot_id = s.bot_id AND v.session_id = s.session_id
			WHERE ` + is + ` AND ` + within + ` ORDER BY s.day_at DESC, s.bot_id, s.session_id LIMIT $5) g
		JOIN call_sessions s ON s.bot_id = g.bot_id AND s.session_id = g.session_id ` + more
}
