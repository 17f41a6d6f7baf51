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
	// What is old waits for nobody.
	isWork = `lane <> 'old'`
)

// conditions are what a row must meet to match, with their arguments.
type conditions struct {
	texts   []string
	args    []any
	overdue string // what an overdue row meets
	isAlone string // and one in whose case all that waits is old
}

func (c *conditions) add(text string) { c.texts = append(c.texts, text) }

func (c *conditions) arg(name string, value any) { c.args = append(c.args, sql.Named(name, value)) }

func (c *conditions) String() string { return strings.Join(c.texts, ` AND `) }

// among adds that a column has one of the values, of which there are some.
func among[T any](c *conditions, column, name string, values []T) {
	for i, v := range values {
		c.arg(fmt.Sprint(name, i), v)
	}
	c.add(column + ` IN (` + named(name, len(values)) + `)`)
}

// named are n arguments whose names begin with name.
func named(name string, n int) string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprint("@", name, i)
	}
	return strings.Join(names, `, `)
}

// late makes overdue what store.Callback.Overdue is.
func (c *conditions) late(list []store.Late) {
	left, due := `NULL`, `NULL`
	if len(list) > 0 {
		left, due = `CASE`, `CASE`
		for i, l := range list {
			bot, queue, leftBy, dueBefore := fmt.Sprint("late_bot", i), fmt.Sprint("late_queue", i), fmt.Sprint("late_left", i), fmt.Sprint("late_due", i)
			c.arg(bot, l.BotID)
			c.arg(queue, l.Queue)
			c.arg(leftBy, known(store.Cut(l.LeftBy)))
			c.arg(dueBefore, known(store.Cut(l.DueBefore)))
			when := ` WHEN @` + bot + ` IN ('', bot_id) AND @` + queue + ` IN ('', queue) THEN @`
			left += when + leftBy
			due += when + dueBefore
		}
		left, due = left+` END`, due+` END`
	}
	c.overdue = `(status <> 'done' AND lane = 'requests' AND (due_at < coalesce(` + due + `, @now) OR due_at IS NULL AND left_at <= ` + left + `))`
}

// matching is what q asks for, in the scope.
func matching(scope store.Scope, q store.WorkQuery, now time.Time) *conditions {
	c := &conditions{}
	c.arg("now", known(now))
	c.late(q.Late)
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
	c.isAlone = `NOT EXISTS (SELECT 1 FROM callbacks fresh WHERE fresh.case_id = callbacks.case_id AND fresh.status <> 'done' AND fresh.listed AND fresh.lane <> 'old'`
	if n := len(scope.Queues()); n > 0 {
		c.isAlone += ` AND fresh.queue IN (` + named("scope_queue", n) + `)`
	}
	c.isAlone += `)`
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
		c.add(c.overdue)
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
		c.add(`status <> 'done' AND ` + isWork + ` AND ` + isReady)
		if !q.Begins(part) {
			c.add(`(rank, order_at, case_id) > (@rank, @at, @case)`)
		}
		return `rank, order_at, case_id`
	case store.WorkResting:
		c.add(`status <> 'done' AND ` + isWork + ` AND next_at IS NOT NULL AND next_at > @now`)
		if !q.Begins(part) {
			c.add(`(next_at, case_id) > (@at, @case)`)
		}
		return `next_at, case_id`
	case store.WorkOld:
		c.add(`status <> 'done' AND lane = 'old' AND ` + c.isAlone)
		if !q.Begins(part) {
			c.add(`(left_at < @at OR left_at = @at AND case_id > @case)`)
		}
		return `left_at DESC, case_id`
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
		now := s.now()
		cases, next, err = store.PageOfWork(ctx, workReader{tx, scope, now}, q, now)
		return err
	})
	if err != nil {
		return nil, store.WorkKey{}, wrap("list work", err)
	}
	return cases, next, nil
}

// workReader reads pages of the list.
type workReader struct {
	tx    *sql.Tx
	scope store.Scope
	now   time.Time
}

var _ store.WorkReader = workReader{}

// Places implements store.WorkReader.
func (r workReader) Places(ctx context.Context, q store.WorkQuery, part store.WorkPart, limit int) ([]store.Callback, error) {
	c := matching(r.scope, q, r.now)
	order := c.from(part, q)
	c.arg("most", limit)
	return readCallbacks(ctx, r.tx, `SELECT `+callbackColumns+` FROM callbacks WHERE `+c.String()+` ORDER BY `+order+` LIMIT @most`, c.args...)
}

// MessagesOf implements store.WorkReader.
func (r workReader) MessagesOf(ctx context.Context, q store.WorkQuery, caseIDs []int64) ([]store.Callback, error) {
	c := matching(r.scope, q, r.now)
	if q.Lane == store.LaneNone {
		c.add(`(` + isWork + ` OR status = 'done')`)
	}
	among(c, `case_id`, "case", caseIDs)
	return readCallbacks(ctx, r.tx, `SELECT `+callbackColumns+` FROM callbacks WHERE `+c.String(), c.args...)
}

// Cases of one message are counted where they are; most are. linkedIDs are the
// others.
const (
	linkedIDs   = `SELECT case_id FROM callbacks WHERE case_id <> voicemail_id`
	countGroups = `SELECT bot_id, queue, lang, count(*) FILTER (WHERE ` + isOpen + ` AND lane = 'requests'), count(*) FILTER (WHERE ` + isOpen + ` AND ` + isWork + `),
		count(*) FILTER (WHERE ` + isClaimed + ` AND assignee = @user), count(*) FILTER (WHERE ` + isClaimed + `),
		count(*) FILTER (WHERE ` + isOpen + ` AND lane = 'listen' AND ` + isReady + `), count(*) FILTER (WHERE lane = 'old'), count(*) FILTER (WHERE `
	countGroupsOf = `) FROM callbacks WHERE status <> 'done' AND case_id NOT IN (` + linkedIDs + `) AND `
	// A case counts by its first message, or else by what else of it is done.
	countDone = `SELECT count(*) FILTER (WHERE case_id = voicemail_id) + count(DISTINCT case_id) FILTER (WHERE case_id <> voicemail_id AND NOT EXISTS
		(SELECT 1 FROM callbacks first WHERE first.voicemail_id = callbacks.case_id AND first.status = 'done')) FROM callbacks WHERE status = 'done' AND `
	// In some queues only, a case's first message may not be seen.
	countDoneInQueues = `SELECT count(DISTINCT case_id) FROM callbacks WHERE status = 'done' AND `
)

// CountWork implements store.Callbacks.
func (s *Store) CountWork(ctx context.Context, scope store.Scope, user string, late []store.Late) (store.WorkCounts, error) {
	var n store.WorkCounts
	err := s.inView(ctx, func(tx *sql.Tx) error {
		now := s.now()
		c := matching(scope, store.WorkQuery{Late: late}, now)
		c.arg("user", store.CleanText(user))
		var groups []store.WorkGroup
		err := each(ctx, tx, countGroups+c.overdue+countGroupsOf+c.String()+` GROUP BY bot_id, queue, lang`, c.args, func(rows *sql.Rows) error {
			var g store.WorkGroup
			err := rows.Scan(&g.Bot, &g.Queue, &g.Lang, &g.Open, &g.Any, &g.Mine, &g.Claimed, &g.Listen, &g.Old, &g.Overdue)
			groups = append(groups, g)
			return err
		})
		if err != nil {
			return err
		}
		var linked []store.Callback
		err = each(ctx, tx, `SELECT case_id, bot_id, queue, lang, left_at, lane, status, assignee, lease_until, next_at, due_at FROM callbacks
			WHERE status <> 'done' AND case_id IN (`+linkedIDs+`) AND `+c.String(), c.args, func(rows *sql.Rows) error {
			var c store.Callback
			err := rows.Scan(&c.CaseID, &c.BotID, &c.Queue, &c.Lang, at(&c.LeftAt), &c.Lane, &c.Status, &c.Assignee, at(&c.LeaseUntil), at(&c.NextAt), at(&c.DueAt))
			linked = append(linked, c)
			return err
		})
		if err != nil {
			return err
		}
		n = store.CountCases(groups, linked, store.CleanText(user), late, now)
		doneQuery := countDone
		if !scope.EveryQueue() {
			doneQuery = countDoneInQueues
		}
		return tx.QueryRowContext(ctx, doneQuery+c.String(), c.args...).Scan(&n.Done)
	})
	return n, wrap("count work", err)
}
