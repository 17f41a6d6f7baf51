package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"afterbeep/store"
)

// Evidence implements store.Waiting.
func (s *Store) Evidence(ctx context.Context, scope store.Scope, numbers []string, since time.Time, limit int) ([]store.Evidence, error) {
	numbers = store.CleanNumbers(numbers)
	var list []store.Evidence
	err := s.inView(ctx, "look for calls with a number", func(ctx context.Context, t tx) error {
		list = list[:0]
		numbers, err := ownNumbers(ctx, t, numbers)
		if err != nil {
			return err
		}
		seen := map[store.SessionKey]bool{}
		for _, number := range numbers {
			for _, column := range []string{"caller_e164", "called_e164"} {
				// "<> ''" lets Postgres use the index, which leaves out the others.
				rows, err := t.Query(ctx, `SELECT `+sessionColumns+` FROM call_sessions WHERE `+column+` = $1 AND `+column+` <> '' AND started_at > $2
					AND ($3 OR bot_id = ANY($4)) ORDER BY started_at DESC LIMIT $5`, number, store.Cut(since), scope.EveryBot(), scope.Bots(), store.EvidenceLooks)
				if err != nil {
					return err
				}
				found, err := pgx.CollectRows(rows, func(r pgx.CollectableRow) (store.Session, error) { return scanSession(r) })
				if err != nil {
					return err
				}
				for _, x := range found {
					if seen[x.Key()] || !scope.Holds(x.BotID, x.Queue()) {
						continue
					}
					seen[x.Key()] = true
					if e, ok := store.EvidenceOf(x, numbers); ok {
						list = append(list, e)
					}
				}
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return store.SortEvidence(list, limit), nil
}

// ownNumbers are those of the numbers that aren't shared.
func ownNumbers(ctx context.Context, t tx, numbers []string) ([]string, error) {
	d, err := deskOf(ctx, t)
	if err != nil {
		return nil, err
	}
	names := store.NamesOf(numbers)
	err = (caseReader{t}).NamesSaid(ctx, names, 0)
	return names.Own(d), err
}

// seesWork is the condition that a row with bot_id and queue is in a reader's
// scope, of the arguments of seenBy.
const seesWork = `($1 OR bot_id = ANY($2)) AND ($3 OR queue = ANY($4))`

// seenBy are the arguments of seesWork.
func seenBy(scope store.Scope) []any {
	return []any{scope.EveryBot(), scope.Bots(), scope.EveryQueue(), scope.Queues()}
}

// Waits implements store.Waiting.
func (s *Store) Waits(ctx context.Context, scope store.Scope, q store.WaitQuery) ([]store.Wait, error) {
	q = q.Clean()
	var list []store.Wait
	err := s.inView(ctx, "list requests", func(ctx context.Context, t tx) error {
		// The latest time of Postgres stands for no bound: with it, the one
		// statement takes the index on left_at whatever is asked for.
		rows, err := t.Query(ctx, `SELECT voicemail_id, case_id, bot_id, queue, left_at, due_at, status, assignee, lease_until, outcome, closed_at, attempts,
			CASE WHEN attempts > 0 THEN (SELECT array_agg(e.at ORDER BY e.id) FROM callback_events e WHERE e.voicemail_id = callbacks.voicemail_id AND e.verb = 'attempt') END
			FROM callbacks WHERE lane = 'requests' AND `+seesWork+`
			AND left_at >= coalesce($5, '-infinity'::timestamptz) AND left_at < coalesce($6, 'infinity'::timestamptz)
			AND (NOT $7 OR status <> 'done') AND (cardinality($8::text[]) = 0 OR bot_id = ANY($8)) AND (cardinality($9::text[]) = 0 OR queue = ANY($9))
			ORDER BY left_at, voicemail_id LIMIT $10`,
			append(seenBy(scope), known(q.From), known(q.To), q.Open, texts(q.Bots), texts(q.Queues), q.Limit)...)
		if err != nil {
			return err
		}
		list, err = pgx.AppendRows(list[:0], rows, func(r pgx.CollectableRow) (store.Wait, error) {
			var w store.Wait
			var attempts int
			err := r.Scan(&w.VoicemailID, &w.CaseID, &w.BotID, &w.Queue, at(&w.LeftAt), at(&w.DueAt), &w.Status, &w.Assignee, at(&w.LeaseUntil), &w.Outcome, at(&w.ClosedAt), &attempts, &w.Tried)
			for i := range w.Tried {
				w.Tried[i] = store.Cut(w.Tried[i])
			}
			w.Tried = store.Standing(w.Tried, attempts)
			return w, err
		})
		return err
	})
	return list, err
}

// texts is a list that is never NULL.
func texts(list []string) []string { return append([]string{}, list...) }

// OpenRequests implements store.Waiting.
func (s *Store) OpenRequests(ctx context.Context, scope store.Scope, late []store.Late) ([]store.OpenRequests, error) {
	var list []store.OpenRequests
	err := s.inView(ctx, "sum up requests", func(ctx context.Context, t tx) error {
		now, err := t.now(ctx)
		if err != nil {
			return err
		}
		c := matching(scope, store.WorkQuery{Lane: store.LaneRequests, Late: late}, now)
		rows, err := t.Query(ctx, `SELECT bot_id, queue, count(*), count(*) FILTER (WHERE `+c.overdue+`), min(left_at) FROM callbacks
			WHERE status <> 'done' AND `+c.String()+` GROUP BY bot_id, queue ORDER BY bot_id, queue`, c.args)
		if err != nil {
			return err
		}
		list, err = pgx.AppendRows(list[:0], rows, func(r pgx.CollectableRow) (store.OpenRequests, error) {
			var o store.OpenRequests
			err := r.Scan(&o.BotID, &o.Queue, &o.Open, &o.Overdue, at(&o.Oldest))
			return o, err
		})
		return err
	})
	return list, err
}

// ManyNamed implements store.Waiting.
func (s *Store) ManyNamed(ctx context.Context, limit int) ([]store.ManyNamed, error) {
	var list []store.ManyNamed
	err := s.inView(ctx, "list numbers of many names", func(ctx context.Context, t tx) error {
		rows, err := t.Query(ctx, `SELECT number, count(DISTINCT who) AS names, count(DISTINCT voicemail_id) FROM (
				SELECT caller AS number, who, voicemail_id FROM findings WHERE caller <> '' AND who <> ''
				UNION ALL SELECT number, who, voicemail_id FROM findings WHERE number <> '' AND who <> '') x
			GROUP BY number HAVING count(DISTINCT who) >= $1 ORDER BY names DESC, number LIMIT $2`,
			store.SharedNames, store.Clamp(limit, store.MaxManyNamed))
		if err != nil {
			return err
		}
		list, err = pgx.AppendRows(list[:0], rows, func(r pgx.CollectableRow) (store.ManyNamed, error) {
			var m store.ManyNamed
			err := r.Scan(&m.Number, &m.Names, &m.Messages)
			return m, err
		})
		return err
	})
	return list, err
}
