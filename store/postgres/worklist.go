package postgres

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

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
	args  pgx.NamedArgs
}

func (c *conditions) add(text string) { c.texts = append(c.texts, text) }

func (c *conditions) String() string { return strings.Join(c.texts, ` AND `) }

// matching is what q asks for, in the scope.
func matching(scope store.Scope, q store.WorkQuery, now time.Time) *conditions {
	c := &conditions{args: pgx.NamedArgs{"now": now}}
	c.add(`listed`)
	list := func(column, name string, values []string) {
		if len(values) > 0 {
			c.add(column + ` = ANY(@` + name + `)`)
			c.args[name] = values
		}
	}
	if !scope.EveryBot() {
		c.add(`bot_id = ANY(@scope_bots)`)
		c.args["scope_bots"] = scope.Bots()
	}
	list(`queue`, "scope_queues", scope.Queues())
	list(`bot_id`, "bots", q.Bots)
	list(`queue`, "queues", q.Queues)
	list(`lang`, "langs", q.Langs)
	if q.Lane != store.LaneNone {
		c.add(`lane = @lane`)
		c.args["lane"] = q.Lane
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
		c.args["assignee"] = q.Assignee
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
	c.args["rank"], c.args["at"], c.args["case"] = q.After.Rank, q.After.At, q.After.CaseID
	switch part {
	case store.WorkNow:
		c.add(`status <> 'done' AND ` + isReady)
		if !q.Begins(part) {
			c.add(`(rank, order_at, case_id) > (@rank, @at, @case)`)
		}
		return `rank, order_at, case_id`
	case store.WorkResting:
		c.add(`status <> 'done' AND next_at > @now`)
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
	err := s.inView(ctx, "list work", func(ctx context.Context, t tx) error {
		now, err := t.now(ctx)
		if err != nil {
			return err
		}
		cases, next, err = workOf(ctx, t, scope, q, now)
		return err
	})
	if err != nil {
		return nil, store.WorkKey{}, err
	}
	return cases, next, nil
}

// workOf is a page of the list: it reads places until there are as many cases,
// since a case may have several.
func workOf(ctx context.Context, t tx, scope store.Scope, q store.WorkQuery, now time.Time) ([]store.Case, store.WorkKey, error) {
	limit := q.Limit
	var cases []store.Case
	for _, part := range q.WorkParts() {
		for {
			some, last, err := workPart(ctx, t, scope, q, part, now)
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
func workPart(ctx context.Context, t tx, scope store.Scope, q store.WorkQuery, part store.WorkPart, now time.Time) ([]store.Case, store.WorkKey, error) {
	c := matching(scope, q, now)
	order := c.from(part, q)
	most := q.Limit + 1
	list, err := readCallbacks(ctx, t, `SELECT `+callbackColumns+` FROM callbacks WHERE `+c.String()+` ORDER BY `+order+` LIMIT `+strconv.Itoa(most), c.args)
	if err != nil || len(list) == 0 {
		return nil, store.WorkKey{}, err
	}
	keys, ids := make([]store.WorkKey, len(list)), make([]int64, len(list))
	for i, one := range list {
		keys[i], ids[i] = one.WorkKey(now), one.CaseID
	}
	m := matching(scope, q, now)
	m.add(`case_id = ANY(@cases)`)
	m.args["cases"] = ids
	messages, err := readCallbacks(ctx, t, `SELECT `+callbackColumns+` FROM callbacks WHERE `+m.String(), m.args)
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
	var n store.WorkCounts
	err := s.inView(ctx, "count work", func(ctx context.Context, t tx) error {
		n = store.WorkCounts{Bots: map[string]int{}, Queues: map[string]int{}, Langs: map[string]int{}}
		now, err := t.now(ctx)
		if err != nil {
			return err
		}
		c := matching(scope, store.WorkQuery{}, now)
		c.args["user"] = store.CleanText(user)
		b := &pgx.Batch{}
		b.Queue(`SELECT count(*) FILTER (WHERE open), count(*) FILTER (WHERE mine), count(*) FILTER (WHERE claimed), count(*) FILTER (WHERE overdue),
				count(*) FILTER (WHERE listen) FROM (SELECT bool_or(`+isOpen+` AND lane = 'requests') AS open,
				bool_or(`+isClaimed+` AND assignee = @user) AS mine, bool_or(`+isClaimed+`) AS claimed, bool_or(`+isOverdue+`) AS overdue,
				bool_or(`+isOpen+` AND lane = 'listen' AND `+isReady+`) AS listen
			FROM callbacks WHERE status <> 'done' AND `+c.String()+` GROUP BY case_id) AS cases`, c.args).QueryRow(func(row pgx.Row) error {
			return row.Scan(&n.Open, &n.Mine, &n.Claimed, &n.Overdue, &n.Listen)
		})
		b.Queue(`SELECT count(DISTINCT case_id) FROM callbacks WHERE status = 'done' AND `+c.String(), c.args).QueryRow(func(row pgx.Row) error {
			return row.Scan(&n.Done)
		})
		for column, counts := range map[string]map[string]int{`bot_id`: n.Bots, `queue`: n.Queues, `lang`: n.Langs} {
			b.Queue(`SELECT `+column+`, count(DISTINCT case_id) FROM callbacks WHERE status <> 'done' AND `+isOpen+` AND `+c.String()+` GROUP BY `+column, c.args).
				Query(func(rows pgx.Rows) error {
					var name string
					var some int
					_, err := pgx.ForEachRow(rows, []any{&name, &some}, func() error {
						counts[name] = some
						return nil
					})
					return err
				})
		}
		return t.run(ctx, b)
	})
	return n, err
}
