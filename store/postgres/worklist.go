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
	// What is old waits for nobody.
	isWork = `lane <> 'old'`
)

// conditions are what a row must meet to match, with their arguments.
type conditions struct {
	texts   []string
	args    pgx.NamedArgs
	overdue string // what an overdue row meets
	isAlone string // and one in whose case all that waits is old
}

func (c *conditions) add(text string) { c.texts = append(c.texts, text) }

func (c *conditions) String() string { return strings.Join(c.texts, ` AND `) }

// late makes overdue what store.Callback.Overdue is.
func (c *conditions) late(list []store.Late) {
	left, due := `NULL::timestamptz`, `NULL::timestamptz`
	if len(list) > 0 {
		left, due = `CASE`, `CASE`
		for i, l := range list {
			n := strconv.Itoa(i)
			c.args["late_bot"+n], c.args["late_queue"+n] = l.BotID, l.Queue
			c.args["late_left"+n], c.args["late_due"+n] = known(store.Cut(l.LeftBy)), known(store.Cut(l.DueBefore))
			when := ` WHEN @late_bot` + n + `::text IN ('', bot_id) AND @late_queue` + n + `::text IN ('', queue) THEN `
			left += when + `@late_left` + n + `::timestamptz`
			due += when + `@late_due` + n + `::timestamptz`
		}
		left, due = left+` END`, due+` END`
	}
	c.overdue = `(status <> 'done' AND lane = 'requests' AND (due_at < coalesce(` + due + `, @now) OR due_at IS NULL AND left_at <= ` + left + `))`
}

// matching is what q asks for, in the scope.
func matching(scope store.Scope, q store.WorkQuery, now time.Time) *conditions {
	c := &conditions{args: pgx.NamedArgs{"now": now}}
	c.late(q.Late)
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
	c.isAlone = `NOT EXISTS (SELECT FROM callbacks fresh WHERE fresh.case_id = callbacks.case_id AND fresh.status <> 'done' AND fresh.listed AND fresh.lane <> 'old'`
	if len(scope.Queues()) > 0 {
		c.isAlone += ` AND fresh.queue = ANY(@scope_queues)`
	}
	c.isAlone += `)`
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
	c.args["rank"], c.args["at"], c.args["case"] = q.After.Rank, q.After.At, q.After.CaseID
	switch part {
	case store.WorkNow:
		c.add(`status <> 'done' AND ` + isWork + ` AND ` + isReady)
		if !q.Begins(part) {
			c.add(`(rank, order_at, case_id) > (@rank, @at, @case)`)
		}
		return `rank, order_at, case_id`
	case store.WorkResting:
		c.add(`status <> 'done' AND ` + isWork + ` AND next_at > @now`)
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
	err := s.inView(ctx, "list work", func(ctx context.Context, t tx) error {
		now, err := t.now(ctx)
		if err != nil {
			return err
		}
		cases, next, err = store.PageOfWork(ctx, workReader{t, scope, now}, q, now)
		return err
	})
	if err != nil {
		return nil, store.WorkKey{}, err
	}
	return cases, next, nil
}

// workReader reads pages of the list.
type workReader struct {
	tx
	scope store.Scope
	at    time.Time // what is now
}

var _ store.WorkReader = workReader{}

// Places implements store.WorkReader.
func (r workReader) Places(ctx context.Context, q store.WorkQuery, part store.WorkPart, limit int) ([]store.Callback, error) {
	c := matching(r.scope, q, r.at)
	order := c.from(part, q)
	return readCallbacks(ctx, r.tx, `SELECT `+callbackColumns+` FROM callbacks WHERE `+c.String()+` ORDER BY `+order+` LIMIT `+strconv.Itoa(limit), c.args)
}

// MessagesOf implements store.WorkReader.
func (r workReader) MessagesOf(ctx context.Context, q store.WorkQuery, caseIDs []int64) ([]store.Callback, error) {
	c := matching(r.scope, q, r.at)
	if q.Lane == store.LaneNone {
		c.add(`(` + isWork + ` OR status = 'done')`)
	}
	c.add(`case_id = ANY(@cases)`)
	c.args["cases"] = caseIDs
	return readCallbacks(ctx, r.tx, `SELECT `+callbackColumns+` FROM callbacks WHERE `+c.String(), c.args)
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

func scanStanding(row pgx.CollectableRow) (store.Callback, error) {
	var c store.Callback
	err := row.Scan(&c.CaseID, &c.BotID, &c.Queue, &c.Lang, at(&c.LeftAt), &c.Lane, &c.Status, &c.Assignee, at(&c.LeaseUntil), at(&c.NextAt), at(&c.DueAt))
	return c, err
}

// CountWork implements store.Callbacks.
func (s *Store) CountWork(ctx context.Context, scope store.Scope, user string, late []store.Late) (store.WorkCounts, error) {
	var n store.WorkCounts
	err := s.inView(ctx, "count work", func(ctx context.Context, t tx) error {
		now, err := t.now(ctx)
		if err != nil {
			return err
		}
		c := matching(scope, store.WorkQuery{Late: late}, now)
		c.args["user"] = store.CleanText(user)
		var groups []store.WorkGroup
		var linked []store.Callback
		b := &pgx.Batch{}
		b.Queue(countGroups+c.overdue+countGroupsOf+c.String()+` GROUP BY bot_id, queue, lang`, c.args).Query(func(rows pgx.Rows) (err error) {
			groups, err = pgx.CollectRows(rows, pgx.RowToStructByPos[store.WorkGroup])
			return err
		})
		b.Queue(`SELECT case_id, bot_id, queue, lang, left_at, lane, status, assignee, lease_until, next_at, due_at FROM callbacks
			WHERE status <> 'done' AND case_id = ANY(ARRAY(`+linkedIDs+`)) AND `+c.String(), c.args).Query(func(rows pgx.Rows) (err error) {
			linked, err = pgx.CollectRows(rows, scanStanding)
			return err
		})
		var done int
		doneQuery := countDone
		if !scope.EveryQueue() {
			doneQuery = countDoneInQueues
		}
		b.Queue(doneQuery+c.String(), c.args).QueryRow(func(row pgx.Row) error { return row.Scan(&done) })
		if err := t.run(ctx, b); err != nil {
			return err
		}
		n = store.CountCases(groups, linked, store.CleanText(user), late, now)
		n.Done = done
		return nil
	})
	return n, err
}
