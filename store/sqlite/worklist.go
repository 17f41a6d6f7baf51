package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"afterbeep/store"
)

// The pieces of which queries of the work list are made. now is the time.
const (
	isOpen    = `(status = 'open' OR status = 'claimed' AND lease_until <= @now)`
	isClaimed = `(status = 'claimed' AND lease_until > @now)`
	isReady   = `(next_at IS NULL OR next_at <= @now)`
	isOverdue = `(status <> 'done' AND due_at < @now)`
)

// conditions are what a row must meet to match, with their arguments.
type conditions struct {
	texts []string
	args  []any
}

func (c *conditions) add(text string) { c.texts = append(c.texts, text) }

func (c *conditions) arg(name string, value any) { c.args = append(c.args, sql.Named(name, value)) }

func (c *conditions) String() string { return strings.Join(c.texts, ` AND `) }

// among adds that a column has one of the values, of which there are some.
func among[T any](c *conditions, column, name string, values []T) {
	names := make([]string, len(values))
	for i, v := range values {
		names[i] = fmt.Sprint(name, i)
		c.arg(names[i], v)
	}
	c.add(column + ` IN (@` + strings.Join(names, `, @`) + `)`)
}

// matching is what q asks for, in the scope.
func matching(scope store.Scope, q store.WorkQuery, now time.Time) *conditions {
	c := &conditions{}
	c.arg("now", known(now))
	c.add(`listed`)
	list := func(column, name string, values []string) {
		if len(values) > 0 {
			among(c, column, name, values)
		}
	}
	switch bots := scope.Bots(); {
	case scope.EveryBot():
	case len(bots) == 0:
		c.add(`FALSE`)
	default:
		list(`bot_id`, "scope_bot", bots)
	}
	list(`queue`, "scope_queue", scope.Queues())
	list(`bot_id`, "bot", q.Bots)
	list(`queue`, "queue", q.Queues)
	list(`lang`, "lang", q.Langs)
	if q.Lane != store.LaneNone {
		c.add(`lane = @lane`)
		c.arg("lane", q.Lane)
	}
	switch q.Status {
	case store.CallbackOpen:
		c.add(isOpen)
	case store.CallbackClaimed:
		c.add(isClaimed)
	case store.CallbackDone:
		c.add(`status = 'done'`)
	}
	if q.Assignee != "" {
		c.add(`assignee = @assignee AND (status = 'done' OR ` + isClaimed + `)`)
		c.arg("assignee", q.Assignee)
	}
	if q.Overdue {
		c.add(isOverdue)
	}
	if q.Ready {
		c.add(isOpen + ` AND ` + isReady)
	}
	return c
}

// from adds the rows of a part of the list that come after q.After, and returns
// their order.
func (c *conditions) from(part store.WorkPart, q store.WorkQuery) (order string) {
	if !q.Begins(part) {
		c.arg("rank", q.After.Rank)
		c.arg("at", q.After.At.UnixMicro())
		c.arg("case", q.After.CaseID)
	}
	switch part {
	case store.WorkNow:
		c.add(`status <> 'done' AND ` + isReady)
		if !q.Begins(part) {
			c.add(`(rank, order_at, case_id) > (@rank, @at, @case)`)
		}
		return `rank, order_at, case_id`
	case store.WorkResting:
		c.add(`status <> 'done' AND next_at IS NOT NULL AND next_at > @now`)
		if !q.Begins(part) {
			c.add(`(next_at, case_id) > (@at, @case)`)
		}
		return `next_at, case_id`
	}
	c.add(`status = 'done'`)
	if !q.Begins(part) {
		c.add(`(closed_at < @at OR closed_at = @at AND case_id > @case)`)
	}
	return `closed_at DESC, case_id`
}

// Work implements store.Callbacks.
func (s *Store) Work(ctx context.Context, scope store.Scope, q store.WorkQuery) ([]store.Case, store.WorkKey, error) {
	q = q.Clean()
	var cases []store.Case
	var next store.WorkKey
	err := s.inView(ctx, func(tx *sql.Tx) (err error) {
		cases, next, err = workOf(ctx, tx, scope, q, s.now())
		return err
	})
	if err != nil {
		return nil, store.WorkKey{}, wrap("list work", err)
	}
	return cases, next, nil
}

// workOf is a page of the list: it reads places until there are as many cases,
// since a case may have several.
func workOf(ctx context.Context, tx *sql.Tx, scope store.Scope, q store.WorkQuery, now time.Time) ([]store.Case, store.WorkKey, error) {
	limit := q.Limit
	var cases []store.Case
	for _, part := range q.WorkParts() {
		for {
			some, last, err := workPart(ctx, tx, scope, q, part, now)
			if err != nil {
				return nil, store.WorkKey{}, err
			}
			cases = append(cases, some...)
			if len(cases) > limit {
				return cases[:limit], cases[limit-1].Key, nil
			}
			if last == (store.WorkKey{}) {
				break
			}
			q.After = last
		}
	}
	return cases, store.WorkKey{}, nil
}

// workPart reads one stretch of a part's places, and the cases that have theirs
// there; last is where it ended, zero at the end of the part.
func workPart(ctx context.Context, tx *sql.Tx, scope store.Scope, q store.WorkQuery, part store.WorkPart, now time.Time) ([]store.Case, store.WorkKey, error) {
	c := matching(scope, q, now)
	order := c.from(part, q)
	most := q.Limit + 1
	c.arg("most", most)
	list, err := readCallbacks(ctx, tx, `SELECT `+callbackColumns+` FROM callbacks WHERE `+c.String()+` ORDER BY `+order+` LIMIT @most`, c.args...)
	if err != nil || len(list) == 0 {
		return nil, store.WorkKey{}, err
	}
	keys, ids := make([]store.WorkKey, len(list)), make([]int64, len(list))
	for i, one := range list {
		keys[i], ids[i] = one.WorkKey(now), one.CaseID
	}
	m := matching(scope, q, now)
	among(m, `case_id`, "case", ids)
	messages, err := readCallbacks(ctx, tx, `SELECT `+callbackColumns+` FROM callbacks WHERE `+m.String(), m.args...)
	if err != nil {
		return nil, store.WorkKey{}, err
	}
	last := keys[len(keys)-1]
	if len(list) < most {
		last = store.WorkKey{}
	}
	return store.GatherCases(keys, messages, now), last, nil
}

// CountWork implements store.Callbacks.
func (s *Store) CountWork(ctx context.Context, scope store.Scope, user string) (store.WorkCounts, error) {
	n := store.WorkCounts{Bots: map[string]int{}, Queues: map[string]int{}, Langs: map[string]int{}}
	err := s.inView(ctx, func(tx *sql.Tx) error {
		c := matching(scope, store.WorkQuery{}, s.now())
		c.arg("user", store.CleanText(user))
		err := tx.QueryRowContext(ctx, `SELECT count(*) FILTER (WHERE open), count(*) FILTER (WHERE mine), count(*) FILTER (WHERE claimed),
				count(*) FILTER (WHERE overdue), count(*) FILTER (WHERE listen) FROM (SELECT max(`+isOpen+` AND lane = 'requests') AS open,
				max(`+isClaimed+` AND assignee = @user) AS mine, max(`+isClaimed+`) AS claimed, max(`+isOverdue+`) AS overdue,
				max(`+isOpen+` AND lane = 'listen' AND `+isReady+`) AS listen
			FROM callbacks WHERE status <> 'done' AND `+c.String()+` GROUP BY case_id) AS cases`, c.args...).
			Scan(&n.Open, &n.Mine, &n.Claimed, &n.Overdue, &n.Listen)
		if err != nil {
			return err
		}
		err = tx.QueryRowContext(ctx, `SELECT count(DISTINCT case_id) FROM callbacks WHERE status = 'done' AND `+c.String(), c.args...).Scan(&n.Done)
		if err != nil {
			return err
		}
		for column, counts := range map[string]map[string]int{`bot_id`: n.Bots, `queue`: n.Queues, `lang`: n.Langs} {
			err := each(ctx, tx, `SELECT `+column+`, count(DISTINCT case_id) FROM callbacks WHERE status <> 'done' AND `+isOpen+` AND `+c.String()+` GROUP BY `+column,
				c.args, func(rows *sql.Rows) error {
					var name string
					var some int
					err := rows.Scan(&name, &some)
					counts[name] = some
					return err
				})
			if err != nil {
				return err
			}
		}
		return nil
	})
	return n, wrap("count work", err)
}
