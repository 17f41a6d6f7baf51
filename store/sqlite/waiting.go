package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"afterbeep/store"
)

// Evidence implements store.Waiting.
func (s *Store) Evidence(ctx context.Context, scope store.Scope, numbers []string, since time.Time, limit int) ([]store.Evidence, error) {
	numbers = store.CleanNumbers(numbers)
	var list []store.Evidence
	err := s.inView(ctx, func(tx *sql.Tx) error {
		numbers, err := ownNumbers(ctx, tx, numbers)
		if err != nil {
			return err
		}
		seen := map[store.SessionKey]bool{}
		sees, bots := inScope(scope, "bot_id")
		for _, number := range numbers {
			for _, column := range []string{"caller_e164", "called_e164"} {
				// "<> ''" lets SQLite use the index, which leaves out the others.
				query := `SELECT ` + ledgerColumns + ` FROM call_sessions WHERE ` + column + ` = ? AND ` + column + ` <> '' AND started_at > ? AND ` + sees + `
					ORDER BY started_at DESC LIMIT ?`
				args := append(append([]any{number, known(store.Cut(since))}, bots...), store.EvidenceLooks)
				err := each(ctx, tx, query, args, func(rows *sql.Rows) error {
					r, err := scanLedger(rows)
					if err != nil || seen[r.Key()] || !scope.Holds(r.BotID, r.Queue()) {
						return err
					}
					seen[r.Key()] = true
					if e, ok := store.EvidenceOf(r.Session, numbers); ok {
						list = append(list, e)
					}
					return nil
				})
				if err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return nil, wrap("look for calls with a number", err)
	}
	return store.SortEvidence(list, limit), nil
}

// ownNumbers are those of the numbers that aren't shared.
func ownNumbers(ctx context.Context, tx *sql.Tx, numbers []string) ([]string, error) {
	d, err := deskOf(ctx, tx)
	if err != nil {
		return nil, err
	}
	names := store.NamesOf(numbers)
	err = (caseReader{tx: tx}).NamesSaid(ctx, names, 0)
	return names.Own(d), err
}

// Waits implements store.Waiting.
func (s *Store) Waits(ctx context.Context, scope store.Scope, q store.WaitQuery) ([]store.Wait, error) {
	q = q.Clean()
	sees, args := inQueues(scope)
	where := `lane = 'requests'` + sees
	also := func(condition string, values ...any) {
		where += ` AND ` + condition
		args = append(args, values...)
	}
	if !q.From.IsZero() {
		also(`left_at >= ?`, known(q.From))
	}
	if !q.To.IsZero() {
		also(`left_at < ?`, known(q.To))
	}
	if q.Open {
		also(`status <> 'done'`)
	}
	if len(q.Bots) > 0 {
		also(`bot_id IN (`+marks(len(q.Bots))+`)`, anys(q.Bots)...)
	}
	if len(q.Queues) > 0 {
		also(`queue IN (`+marks(len(q.Queues))+`)`, anys(q.Queues)...)
	}
	var list []store.Wait
	err := s.inView(ctx, func(tx *sql.Tx) error {
		return each(ctx, tx, `SELECT voicemail_id, case_id, bot_id, queue, left_at, due_at, status, assignee, lease_until, outcome, closed_at, attempts,
			CASE WHEN attempts > 0 THEN (SELECT json_group_array(at) FROM (SELECT at FROM callback_events e WHERE e.voicemail_id = callbacks.voicemail_id AND e.verb = 'attempt' ORDER BY e.id)) ELSE '[]' END
			FROM callbacks WHERE `+where+` ORDER BY left_at, voicemail_id LIMIT ?`, append(args, q.Limit), func(rows *sql.Rows) error {
			var w store.Wait
			var attempts int
			var tries []byte
			err := rows.Scan(&w.VoicemailID, &w.CaseID, &w.BotID, &w.Queue, at(&w.LeftAt), at(&w.DueAt), &w.Status, &w.Assignee, at(&w.LeaseUntil), &w.Outcome, at(&w.ClosedAt), &attempts, &tries)
			if err != nil {
				return err
			}
			w.Tried, err = triedAt(tries, attempts)
			list = append(list, w)
			return err
		})
	})
	if err != nil {
		return nil, wrap("list requests", err)
	}
	return list, nil
}

// triedAt reads the times of attempts, of which so many count.
func triedAt(list []byte, count int) ([]time.Time, error) {
	var micros []int64
	if err := json.Unmarshal(list, &micros); err != nil {
		return nil, fmt.Errorf("read attempts: %w", err)
	}
	var tries []time.Time
	for _, m := range micros {
		tries = append(tries, time.UnixMicro(m).UTC())
	}
	return store.Standing(tries, count), nil
}

// OpenRequests implements store.Waiting.
func (s *Store) OpenRequests(ctx context.Context, scope store.Scope, late []store.Late) ([]store.OpenRequests, error) {
	var list []store.OpenRequests
	err := s.inView(ctx, func(tx *sql.Tx) error {
		c := matching(scope, store.WorkQuery{Lane: store.LaneRequests, Late: late}, s.now())
		return each(ctx, tx, `SELECT bot_id, queue, count(*), count(*) FILTER (WHERE `+c.overdue+`), min(left_at) FROM callbacks
			WHERE status <> 'done' AND `+c.String()+` GROUP BY bot_id, queue ORDER BY bot_id, queue`, c.args, func(rows *sql.Rows) error {
			var o store.OpenRequests
			err := rows.Scan(&o.BotID, &o.Queue, &o.Open, &o.Overdue, at(&o.Oldest))
			list = append(list, o)
			return err
		})
	})
	if err != nil {
		return nil, wrap("sum up requests", err)
	}
	return list, nil
}

// ManyNamed implements store.Waiting.
func (s *Store) ManyNamed(ctx context.Context, limit int) ([]store.ManyNamed, error) {
	var list []store.ManyNamed
	err := s.inView(ctx, func(tx *sql.Tx) error {
		return each(ctx, tx, `SELECT number, count(DISTINCT who) AS names, count(DISTINCT voicemail_id) FROM (
				SELECT caller AS number, who, voicemail_id FROM findings WHERE caller <> '' AND who <> ''
				UNION ALL SELECT number, who, voicemail_id FROM findings WHERE number <> '' AND who <> '')
			GROUP BY number HAVING count(DISTINCT who) >= ? ORDER BY names DESC, number LIMIT ?`,
			[]any{store.SharedNames, store.Clamp(limit, store.MaxManyNamed)}, func(rows *sql.Rows) error {
				var m store.ManyNamed
				err := rows.Scan(&m.Number, &m.Names, &m.Messages)
				list = append(list, m)
				return err
			})
	})
	if err != nil {
		return nil, wrap("list numbers of many names", err)
	}
	return list, nil
}
