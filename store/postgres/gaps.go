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
	var gaps []store.Gap
	err = s.inView(ctx, op, func(ctx context.Context, t tx) error {
		gaps = nil
		if err := uncompiled(ctx, t); err != nil {
			return err
		}
		f := gapFinder{t: t, q: q, scope: q.Within(scope.WholeBots()), few: few}
		for _, kind := range q.Kinds {
			got, err := f.find(ctx, kind)
			if err != nil {
				return err
			}
			gaps = append(gaps, got...)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return store.SortGaps(gaps, q.Limit), nil
}

// few is how many voicemails may lack something for them to be looked through:
// of more than that, the newest are soon met from the newest session on. The
// database can't tell: it takes bot and session for independent, and a join on
// both for nearly empty.
const few = 5000

// gapFinder finds the newest gaps of each kind.
type gapFinder struct {
	t     tx
	q     store.GapQuery
	scope store.Scope
	few   int
}

func (f gapFinder) find(ctx context.Context, kind store.GapKind) ([]store.Gap, error) {
	switch kind {
	case store.GapWaiting:
		return f.missing(ctx, kind, `s.state IN ('due', 'leased', 'waiting', 'retry')`)
	case store.GapDead:
		return f.missing(ctx, kind, `s.state = 'dead'`)
	case store.GapGone:
		return f.missing(ctx, kind, `s.state IN ('gone', 'empty') AND s.voicemail_flag = 'yes'`)
	case store.GapUntranscribed:
		return f.stored(ctx, kind, untranscribed)
	case store.GapUnarchived:
		return f.stored(ctx, kind, unarchived)
	}
	return f.stored(ctx, kind, unindexed)
}

// missing finds sessions without a voicemail.
func (f gapFinder) missing(ctx context.Context, kind store.GapKind, is string) ([]store.Gap, error) {
	return f.list(ctx, kind, `SELECT s.bot_id, s.session_id, 0, s.day_at, s.state, s.reason, s.excerpt, s.attempts, s.due_at
		FROM call_sessions s
		WHERE `+is+` AND NOT EXISTS (SELECT FROM voicemails v WHERE v.bot_id = s.bot_id AND v.session_id = s.session_id)
		AND `+within+newest)
}

// lack is what voicemails may lack. $1 is up to where the index has followed.
type lack struct {
	ids    string // finds the ids of those that do
	is     string // whether v does
	shown  string // what is shown of it, of s and t
	extras string // what else that needs
}

var (
	untranscribed = lack{
		ids:   `SELECT id FROM voicemails WHERE transcript_state <> 'present'`,
		is:    `v.transcript_state <> 'present'`,
		shown: `s.state, s.reason, s.excerpt, s.attempts, s.due_at`,
	}
	unarchived = lack{
		// Those of the second part are not in the first: told apart by all that
		// was found, both would be read to their ends.
		ids: `(SELECT DISTINCT r.voicemail_id AS id FROM ` + noDigest + `)
			UNION ALL (SELECT DISTINCT t.voicemail_id FROM ` + noEnd + ` AND r.digest <> ''
			AND NOT EXISTS (SELECT FROM ` + noDigest + ` AND r.voicemail_id = t.voicemail_id))`,
		is: `(EXISTS (SELECT FROM ` + noDigest + ` AND r.voicemail_id = v.id)
			OR EXISTS (SELECT FROM ` + noEnd + ` AND t.voicemail_id = v.id))`,
		shown: `coalesce(t.state, ''), coalesce(t.reason, ''), '', coalesce(t.attempts, 0), t.due_at`,
		extras: `LEFT JOIN tasks t ON t.voicemail_id = g.id AND t.kind = 'keep'
			AND t.n = (SELECT least((SELECT min(r.n) FROM ` + noDigest + ` AND r.voicemail_id = g.id),
				(SELECT min(t.n) FROM ` + noEnd + ` AND t.voicemail_id = g.id)))`,
	}
	unindexed = lack{
		ids:   `SELECT voicemail_id AS id FROM changes WHERE seq > $1`,
		is:    `EXISTS (SELECT FROM changes c WHERE c.voicemail_id = v.id AND c.seq > $1)`,
		shown: `s.state, '', '', 0, NULL::timestamptz`,
	}
)

// A recording of a voicemail itself is not archived where it has no digest and
// can be had or could once, of which its task is left; and where work on it has
// not ended well, whatever was archived before. Tasks are looked for one by one:
// EXISTS would be taken for a reason to read all of them.
const (
	hasKeep  = `(SELECT k.state FROM tasks k WHERE k.voicemail_id = r.voicemail_id AND k.kind = 'keep' AND k.n = r.n) IS NOT NULL`
	noDigest = `recordings r WHERE r.digest = '' AND r.kind = 'voicemail' AND (r.status = 'success' OR ` + hasKeep + `)`
	noEnd    = `tasks t JOIN recordings r ON r.voicemail_id = t.voicemail_id AND r.n = t.n
		WHERE t.kind = 'keep' AND t.state NOT IN ('stored', 'skipped') AND r.kind = 'voicemail'`
)

// stored finds sessions whose voicemail lacks something.
func (f gapFinder) stored(ctx context.Context, kind store.GapKind, l lack) ([]store.Gap, error) {
	from, err := f.from(ctx, l)
	if err != nil || from == "" {
		return nil, err
	}
	return f.list(ctx, kind, `SELECT s.bot_id, s.session_id, g.id, s.day_at, `+l.shown+`
		FROM (SELECT s.bot_id, s.session_id, v.id FROM `+from+` WHERE `+within+newest+`) g
		JOIN call_sessions s ON s.bot_id = g.bot_id AND s.session_id = g.session_id `+l.extras)
}

// from is where the sessions are looked for: among the voicemails that lack
// something, or along the days; "" where there is none. Where many lack
// something it is the days, unless these are long and few of theirs do.
func (f gapFinder) from(ctx context.Context, l lack) (string, error) {
	looked := `(` + l.ids + `) c JOIN voicemails v ON v.id = c.id
		JOIN call_sessions s ON s.bot_id = v.bot_id AND s.session_id = v.session_id`
	walked := `call_sessions s CROSS JOIN LATERAL (SELECT v.id FROM voicemails v
		WHERE v.bot_id = s.bot_id AND v.session_id = s.session_id AND ` + l.is + ` LIMIT 1) v`
	n, err := f.upToFew(ctx, `SELECT FROM (`+l.ids+`) c WHERE `+anything)
	switch {
	case err != nil || n == 0:
		return "", err
	case n <= f.few:
		return looked, nil
	}
	n, err = f.upToFew(ctx, `SELECT FROM call_sessions s WHERE `+within)
	if err != nil || n <= f.few {
		return walked, err
	}
	n, err = f.upToFew(ctx, `SELECT FROM `+looked+` WHERE `+within)
	if err != nil || n > f.few {
		return walked, err
	}
	return looked, nil
}

// upToFew counts the rows of a query, to one more than few.
func (f gapFinder) upToFew(ctx context.Context, query string) (int, error) {
	var n int
	err := f.t.QueryRow(ctx, `SELECT count(*) FROM (`+query+` LIMIT $6) AS found`, f.args(f.few+1)...).Scan(&n)
	return n, err
}

// args are the arguments of every query, with its limit.
func (f gapFinder) args(limit int) []any {
	return []any{f.q.Indexed, bound(f.q.From, pgtype.NegativeInfinity), bound(f.q.To, pgtype.Infinity), f.scope.EveryBot(), f.scope.Bots(), limit}
}

// within is the condition on s that every gap meets, and newest the order and
// the end. All queries take the same arguments, which anything and within test so
// that they have a type where nothing else asks for them.
const (
	anything = `$1::bigint IS NOT NULL AND $2::timestamptz IS NOT NULL AND $3::timestamptz IS NOT NULL
		AND $4::bool IS NOT NULL AND coalesce($5::text[], '{}') IS NOT NULL`
	within = `$1::bigint IS NOT NULL AND s.day_at >= $2 AND s.day_at < $3 AND ($4 OR s.bot_id = ANY($5))`
	newest = ` ORDER BY s.day_at DESC, s.bot_id, s.session_id LIMIT $6`
)

func (f gapFinder) list(ctx context.Context, kind store.GapKind, query string) ([]store.Gap, error) {
	rows, err := f.t.Query(ctx, query, f.args(f.q.Limit)...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(r pgx.CollectableRow) (store.Gap, error) {
		g := store.Gap{Kind: kind}
		err := r.Scan(&g.BotID, &g.SessionID, &g.VoicemailID, at(&g.StartedAt), &g.State, &g.Reason, &g.Excerpt, &g.Attempts, at(&g.NextAt))
		return g, err
	})
}

// bound is the argument for a bound that may be none.
func bound(t time.Time, none pgtype.InfinityModifier) pgtype.Timestamptz {
	if t.IsZero() {
		return pgtype.Timestamptz{InfinityModifier: none, Valid: true}
	}
	return known(t)
}
