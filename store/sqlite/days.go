package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"afterbeep/store"
)

// Days implements store.Completeness. Each day is asked by itself: so many rows
// fit into memory while they are grouped, those of a year don't. Days without a
// session are leapt over.
func (s *Store) Days(ctx context.Context, scope store.Scope, edges []time.Time, indexed int64) ([]store.LedgerDay, error) {
	edges, err := store.CutEdges(edges)
	if err != nil {
		return nil, wrap("count days", err)
	}
	sees, bots := inScope(scope.WholeBots(), "s.bot_id")
	var groups []store.Alike
	err = s.inView(ctx, func(tx *sql.Tx) error {
		for i := 0; ; i++ {
			var err error
			if i, err = nextDay(ctx, tx, edges, i); err != nil || i < 0 {
				return err
			}
			args := append([]any{indexed, known(edges[i]), known(edges[i+1])}, bots...)
			err = each(ctx, tx, dayQuery+sees+` GROUP BY 1, 2, 3, 4, 5, 6, 7, 8`, args, func(rows *sql.Rows) error {
				g := store.Alike{Day: edges[i]}
				err := rows.Scan(&g.BotID, &g.State, &g.Flag, &g.Voicemail, &g.Transcript, &g.Audio, &g.Unkept, &g.Indexed, &g.N)
				groups = append(groups, g)
				return err
			})
			if err != nil {
				return err
			}
		}
	})
	if err != nil {
		return nil, wrap("count days", err)
	}
	return store.SumDays(groups), nil
}

// nextDayQuery tells the next day_at with a session.
const nextDayQuery = `SELECT min(day_at) FROM call_sessions WHERE day_at >= ? AND day_at < ?`

// nextDay is the first day from i on, by its edge, that has a session; -1 where
// none has.
func nextDay(ctx context.Context, tx *sql.Tx, edges []time.Time, i int) (int, error) {
	var day time.Time
	err := tx.QueryRowContext(ctx, nextDayQuery, known(edges[i]), known(edges[len(edges)-1])).Scan(at(&day))
	if err != nil || day.IsZero() {
		return -1, err
	}
	next, found := slices.BinarySearchFunc(edges, day, time.Time.Compare)
	if !found {
		next-- // it is the day that began before
	}
	return next, nil
}

// dayQuery groups sessions. It reads indexes, and of the tables only that of
// recordings; SQLite must be told of them, because it takes a unique index, or
// one on the bot, for the better one.
const dayQuery = `SELECT s.bot_id, s.state, s.voicemail_flag, v.id IS NOT NULL, coalesce(v.transcript_state, ''),
		EXISTS (SELECT 1 FROM recordings r
			WHERE r.voicemail_id = v.id AND r.kind = 'voicemail' AND (r.status = 'success' OR r.digest <> '' OR ` + hasKeep + `)),
		` + isUnkept + `,
		EXISTS (SELECT 1 FROM changes c WHERE c.voicemail_id = v.id AND c.seq <= ?), count(*)
	FROM call_sessions s INDEXED BY call_sessions_day
	LEFT JOIN voicemails v INDEXED BY voicemails_session ON v.bot_id = s.bot_id AND v.session_id = s.session_id
	WHERE s.day_at >= ? AND s.day_at < ? AND `

// inScope is the condition that the column names a bot in the scope. Without a
// bot it names none, NULL: of an empty list SQLite knows so soon that there is
// nothing to find that it can't take the index it is told to.
func inScope(scope store.Scope, column string) (string, []any) {
	if scope.EveryBot() {
		return "true", nil
	}
	if len(scope.Bots()) == 0 {
		return column + " IN (NULL)", nil
	}
	var args []any
	for _, bot := range scope.Bots() {
		args = append(args, bot)
	}
	return column + " IN (" + marks(len(args)) + ")", args
}

// Known implements store.Completeness.
func (s *Store) Known(ctx context.Context, scope store.Scope) (first, last time.Time, err error) {
	sees, bots := inScope(scope.WholeBots(), "bot_id")
	// Two reads of one row each: SQLite walks all of it for both at once.
	err = s.inView(ctx, func(tx *sql.Tx) error {
		for order, to := range map[string]*time.Time{"ASC": &first, "DESC": &last} {
			row := tx.QueryRowContext(ctx, `SELECT day_at FROM call_sessions INDEXED BY call_sessions_day WHERE `+sees+
				` ORDER BY day_at `+order+` LIMIT 1`, bots...)
			if err := row.Scan(at(to)); err != nil && !errors.Is(err, sql.ErrNoRows) {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return time.Time{}, time.Time{}, wrap("tell the known days", err)
	}
	return first, last, nil
}
