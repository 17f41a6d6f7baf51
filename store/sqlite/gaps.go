package sqlite

import (
	"context"
	"database/sql"
	"math"
	"slices"

	"afterbeep/store"
)

// Gaps implements store.Completeness.
func (s *Store) Gaps(ctx context.Context, scope store.Scope, q store.GapQuery) ([]store.Gap, error) {
	q, err := q.Clean()
	if err != nil {
		return nil, wrap("list gaps", err)
	}
	var gaps []store.Gap
	err = s.inView(ctx, func(tx *sql.Tx) error {
		f := gapFinder{tx: tx, q: q, scope: q.Within(scope.WholeBots()), few: few}
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
		return nil, wrap("list gaps", err)
	}
	return store.SortGaps(gaps, q.Limit), nil
}

// few is how many voicemails may lack something for them to be looked through:
// of more than that, the newest are soon met from the newest session on.
const few = 5000

// gapFinder finds the newest gaps of each kind.
type gapFinder struct {
	tx    *sql.Tx
	q     store.GapQuery
	scope store.Scope
	few   int
}

func (f gapFinder) find(ctx context.Context, kind store.GapKind) ([]store.Gap, error) {
	switch kind {
	case store.GapWaiting:
		var gaps []store.Gap
		for _, state := range openStates() {
			some, err := f.missing(ctx, kind, openSessions, state)
			if err != nil {
				return nil, err
			}
			gaps = append(gaps, some...)
		}
		return gaps, nil
	case store.GapDead:
		return f.missing(ctx, kind, openSessions, store.StateDead)
	case store.GapGone:
		return f.missing(ctx, kind, goneSessions)
	case store.GapUntranscribed:
		return f.stored(ctx, kind, untranscribed)
	case store.GapUnarchived:
		return f.stored(ctx, kind, unarchived)
	}
	return f.stored(ctx, kind, unindexed, f.q.Indexed)
}

// openStates are the states in which a session is fetched, or will be.
func openStates() []store.State {
	return []store.State{store.StateDue, store.StateLeased, store.StateWaiting, store.StateRetry}
}

// Sessions that may lack a voicemail, each with the index that has their order:
// of one state, and of two, which don't need to be told apart.
const (
	openSessions = `call_sessions s INDEXED BY call_sessions_open
		WHERE s.state IN ('due', 'leased', 'waiting', 'retry', 'dead') AND s.state = ?`
	goneSessions = `call_sessions s INDEXED BY call_sessions_gone
		WHERE s.state IN ('gone', 'empty') AND s.voicemail_flag = 'yes'`
)

// missing finds sessions without a voicemail.
func (f gapFinder) missing(ctx context.Context, kind store.GapKind, from string, args ...any) ([]store.Gap, error) {
	within, more := f.within()
	return f.list(ctx, kind, `SELECT s.bot_id, s.session_id, 0, s.day_at, s.state, s.reason, s.excerpt, s.attempts, s.due_at FROM `+from+`
		AND NOT EXISTS (SELECT 1 FROM voicemails v WHERE v.bot_id = s.bot_id AND v.session_id = s.session_id)
		AND `+within+` ORDER BY s.day_at DESC, s.bot_id, s.session_id LIMIT ?`, append(append(args, more...), f.q.Limit))
}

// lack is what voicemails may lack.
type lack struct {
	ids    string // finds the ids of those that do
	is     string // whether v does
	shown  string // what is shown of it, of s and t
	extras string // what else that needs
}

var (
	untranscribed = lack{
		ids:   `SELECT id FROM voicemails INDEXED BY voicemails_untranscribed WHERE transcript_state <> 'present'`,
		is:    `v.transcript_state <> 'present'`,
		shown: `s.state, s.reason, s.excerpt, s.attempts, s.due_at`,
	}
	unarchived = lack{
		// Those of the second part are not in the first: told apart by all that
		// was found, both would be read to their ends.
		ids: `SELECT DISTINCT r.voicemail_id AS id FROM ` + noDigest + `
			UNION ALL SELECT DISTINCT t.voicemail_id FROM ` + noEnd + `
			AND CASE WHEN r.digest <> '' THEN NOT EXISTS (SELECT 1 FROM ` + noDigest + ` AND r.voicemail_id = t.voicemail_id) END`,
		is:    isUnkept,
		shown: `coalesce(t.state, ''), coalesce(t.reason, ''), '', coalesce(t.attempts, 0), t.due_at`,
		extras: `LEFT JOIN tasks t ON t.voicemail_id = g.id AND t.kind = 'keep'
			AND t.n = (SELECT min(n) FROM (SELECT r.n FROM ` + noDigest + ` AND r.voicemail_id = g.id
				UNION ALL SELECT t.n FROM ` + noEnd + ` AND t.voicemail_id = g.id))`,
	}
	unindexed = lack{
		ids:   `SELECT voicemail_id AS id FROM changes WHERE seq > ?`,
		is:    `EXISTS (SELECT 1 FROM changes c WHERE c.voicemail_id = v.id AND c.seq > ?)`,
		shown: `s.state, '', '', 0, NULL`,
	}
)

// A recording of a voicemail itself is not archived where it has no digest and
// can be had or could once, of which its task is left; and where work on it has
// not ended well, whatever was archived before.
const (
	hasKeep  = `EXISTS (SELECT 1 FROM tasks k WHERE k.voicemail_id = r.voicemail_id AND k.kind = 'keep' AND k.n = r.n)`
	noDigest = `recordings r INDEXED BY recordings_unkept
		WHERE r.digest = '' AND r.kind = 'voicemail' AND (r.status = 'success' OR ` + hasKeep + `)`
	noEnd = `tasks t INDEXED BY tasks_unkept CROSS JOIN recordings r ON r.voicemail_id = t.voicemail_id AND r.n = t.n
		WHERE t.kind = 'keep' AND t.state NOT IN ('stored', 'skipped') AND r.kind = 'voicemail'`
	isUnkept = `(EXISTS (SELECT 1 FROM ` + noDigest + ` AND r.voicemail_id = v.id)
		OR EXISTS (SELECT 1 FROM ` + noEnd + ` AND t.voicemail_id = v.id))`
)

// stored finds sessions whose voicemail lacks something. args are those of l.ids
// and of l.is.
func (f gapFinder) stored(ctx context.Context, kind store.GapKind, l lack, args ...any) ([]store.Gap, error) {
	from, err := f.from(ctx, l, args...)
	if err != nil || from == "" {
		return nil, err
	}
	within, more := f.within()
	return f.list(ctx, kind, `SELECT s.bot_id, s.session_id, g.id, s.day_at, `+l.shown+`
		FROM (SELECT s.bot_id, s.session_id, v.id FROM `+from+within+` ORDER BY s.day_at DESC, s.bot_id, s.session_id LIMIT ?) g
		CROSS JOIN call_sessions s ON s.bot_id = g.bot_id AND s.session_id = g.session_id `+l.extras,
		append(append(args, more...), f.q.Limit))
}

// from is where the sessions are looked for: among the voicemails that lack
// something, or along the days; "" where there is none. Where many lack
// something it is the days, unless these are long and few of theirs do.
func (f gapFinder) from(ctx context.Context, l lack, args ...any) (string, error) {
	looked := `(` + l.ids + `) c CROSS JOIN voicemails v ON v.id = c.id
		CROSS JOIN call_sessions s ON s.bot_id = v.bot_id AND s.session_id = v.session_id WHERE `
	walked := `call_sessions s INDEXED BY call_sessions_day CROSS JOIN voicemails v INDEXED BY voicemails_session
		ON v.bot_id = s.bot_id AND v.session_id = s.session_id WHERE ` + l.is + ` AND `
	within, more := f.within()
	n, err := f.upToFew(ctx, l.ids, args...)
	switch {
	case err != nil || n == 0:
		return "", err
	case n <= f.few:
		return looked, nil
	}
	n, err = f.upToFew(ctx, `SELECT 1 FROM call_sessions s INDEXED BY call_sessions_day WHERE `+within, more...)
	if err != nil || n <= f.few {
		return walked, err
	}
	n, err = f.upToFew(ctx, `SELECT 1 FROM `+looked+within, slices.Concat(args, more)...)
	if err != nil || n > f.few {
		return walked, err
	}
	return looked, nil
}

// upToFew counts the rows of a query, to one more than few.
func (f gapFinder) upToFew(ctx context.Context, query string, args ...any) (int, error) {
	var n int
	err := f.tx.QueryRowContext(ctx, `SELECT count(*) FROM (`+query+` LIMIT ?)`, append(slices.Clone(args), f.few+1)...).Scan(&n)
	return n, err
}

// within is the condition on s that every gap meets.
func (f gapFinder) within() (string, []any) {
	from, to := int64(math.MinInt64), int64(math.MaxInt64)
	if !f.q.From.IsZero() {
		from = f.q.From.UnixMicro()
	}
	if !f.q.To.IsZero() {
		to = f.q.To.UnixMicro()
	}
	sees, bots := inScope(f.scope, "s.bot_id")
	return `s.day_at >= ? AND s.day_at < ? AND ` + sees, append([]any{from, to}, bots...)
}

func (f gapFinder) list(ctx context.Context, kind store.GapKind, query string, args []any) ([]store.Gap, error) {
	var gaps []store.Gap
	err := each(ctx, f.tx, query, args, func(rows *sql.Rows) error {
		g := store.Gap{Kind: kind}
		err := rows.Scan(&g.BotID, &g.SessionID, &g.VoicemailID, at(&g.StartedAt), &g.State, &g.Reason, &g.Excerpt, &g.Attempts, at(&g.NextAt))
		gaps = append(gaps, g)
		return err
	})
	return gaps, err
}
