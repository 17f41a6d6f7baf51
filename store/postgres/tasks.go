package postgres

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"afterbeep/store"
)

// taskColumns are what scanTask reads.
const taskColumns = `voicemail_id, kind, n, account_id, bot_id, session_id, left_at, state, attempts, due_at, reason`

func scanTask(row pgx.Row, more ...any) (store.Task, error) {
	var t store.Task
	err := row.Scan(append([]any{&t.VoicemailID, &t.Kind, &t.N, &t.AccountID, &t.BotID, &t.SessionID, at(&t.LeftAt), &t.State, &t.Attempts,
		at(&t.DueAt), &t.Reason}, more...)...)
	return t, err
}

// claimTasksQuery takes the first due tasks of each account and kind by itself,
// because only then the index tasks_due, whose list of states it repeats, has
// the order. Rows that another transaction holds are somebody else's by now.
const claimTasksQuery = `SELECT due.* FROM unnest($1::text[]) AS a (id) CROSS JOIN unnest($2::text[]) AS k (kind) CROSS JOIN LATERAL (
		SELECT ` + taskColumns + `, state_before FROM tasks
		WHERE account_id = a.id AND kind = k.kind AND ready AND state IN ('due', 'waiting', 'retry', 'leased') AND due_at <= $4
		ORDER BY left_at DESC, voicemail_id, n
		LIMIT $3 FOR UPDATE SKIP LOCKED) AS due
	ORDER BY left_at DESC, voicemail_id, kind, n LIMIT $3`

// readyTasksQuery takes up what has come due: no more than that is read of the
// index tasks_next.
const readyTasksQuery = `UPDATE tasks t SET ready = true
	FROM unnest($1::text[]) AS a (id) CROSS JOIN unnest($2::text[]) AS k (kind) CROSS JOIN LATERAL (
		SELECT voicemail_id, kind, n FROM tasks
		WHERE account_id = a.id AND kind = k.kind AND NOT ready AND state IN ('due', 'waiting', 'retry', 'leased') AND due_at <= $3
		ORDER BY due_at LIMIT $4 FOR UPDATE SKIP LOCKED) AS due
	WHERE t.voicemail_id = due.voicemail_id AND t.kind = due.kind AND t.n = due.n`

// claimSkippedQuery is its twin for those that nobody woke.
const claimSkippedQuery = `SELECT idle.* FROM unnest($1::text[]) AS a (id) CROSS JOIN unnest($2::text[]) AS k (kind) CROSS JOIN LATERAL (
		SELECT ` + taskColumns + `, state_before FROM tasks
		WHERE account_id = a.id AND kind = k.kind AND state = 'skipped'
		ORDER BY left_at DESC, voicemail_id, n
		LIMIT $3 FOR UPDATE SKIP LOCKED) AS idle
	ORDER BY left_at DESC, voicemail_id, kind, n LIMIT $3`

// ClaimTasks implements store.Tasks.
func (s *Store) ClaimTasks(ctx context.Context, q store.TaskQuery) ([]store.TaskLease, error) {
	q = q.Clean()
	if err := store.CheckLease(q.Lease); err != nil {
		return nil, fmt.Errorf("claim tasks: %w", err)
	}
	if len(q.Accounts) == 0 || len(q.Kinds) == 0 {
		return nil, ctx.Err()
	}
	var leases []store.TaskLease
	err := s.inTx(ctx, "claim tasks", func(ctx context.Context, t tx) error {
		now, err := t.now(ctx)
		if err != nil {
			return err
		}
		if _, err := t.Exec(ctx, readyTasksQuery, q.Accounts, q.Kinds, now, store.MaxReady); err != nil {
			return err
		}
		due, err := unleasedTasks(ctx, t, claimTasksQuery, q.Accounts, q.Kinds, q.Limit, now)
		if err == nil && q.Skipped && len(due) < q.Limit {
			var skipped []store.Task
			skipped, err = unleasedTasks(ctx, t, claimSkippedQuery, q.Accounts, q.Kinds, q.Limit-len(due))
			due = append(due, skipped...)
		}
		if err != nil {
			return err
		}
		leases, err = leaseTasks(ctx, t, due, now.Add(q.Lease))
		return err
	})
	if err != nil {
		return nil, err
	}
	return leases, nil
}

// unleasedTasks reads tasks as they were before anybody claimed them, with
// state_before as the last column.
func unleasedTasks(ctx context.Context, t tx, query string, args ...any) ([]store.Task, error) {
	rows, err := t.Query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(r pgx.CollectableRow) (store.Task, error) {
		var before store.State
		x, err := scanTask(r, &before)
		if x.State == store.StateLeased {
			x.State = before
		}
		return x, err
	})
}

// leaseTasks writes the leases of tasks that are locked.
func leaseTasks(ctx context.Context, t tx, tasks []store.Task, until time.Time) ([]store.TaskLease, error) {
	if len(tasks) == 0 {
		return nil, nil
	}
	leases := make([]store.TaskLease, len(tasks))
	b := &pgx.Batch{}
	for i, x := range tasks {
		leases[i] = store.TaskLease{Task: x, Token: rand.Text(), Until: store.Cut(until)}
		b.Queue(`UPDATE tasks SET state = 'leased', state_before = $4, lease_token = $5, due_at = $6, ready = false
			WHERE voicemail_id = $1 AND kind = $2 AND n = $3`, x.VoicemailID, x.Kind, x.N, x.State, leases[i].Token, leases[i].Until)
	}
	if err := t.run(ctx, b); err != nil {
		return nil, err
	}
	return leases, nil
}

// lockTask reads a task for writing, as it is. busy tells that its lease is
// held.
func lockTask(ctx context.Context, t tx, key store.TaskKey) (x store.Task, before store.State, busy bool, now time.Time, err error) {
	x, err = scanTask(t.QueryRow(ctx, `SELECT `+taskColumns+`, state_before FROM tasks
		WHERE voicemail_id = $1 AND kind = $2 AND n = $3::bigint FOR UPDATE`, key.VoicemailID, key.Kind, key.N), &before)
	if err != nil {
		return store.Task{}, "", false, time.Time{}, err
	}
	now, err = t.now(ctx)
	return x, before, x.State == store.StateLeased && x.DueAt.After(now), now, err
}

// ClaimTask implements store.Tasks.
func (s *Store) ClaimTask(ctx context.Context, key store.TaskKey, d time.Duration) (store.TaskLease, error) {
	if err := store.CheckLease(d); err != nil {
		return store.TaskLease{}, fmt.Errorf("claim task: %w", err)
	}
	key = key.Clean()
	var l store.TaskLease
	err := s.inTx(ctx, "claim task", func(ctx context.Context, t tx) error {
		x, before, busy, now, err := lockTask(ctx, t, key)
		if err != nil {
			return err
		}
		if busy {
			return store.ErrLeased
		}
		if x.State == store.StateLeased {
			x.State = before
		}
		leases, err := leaseTasks(ctx, t, []store.Task{x}, now.Add(d))
		if err != nil {
			return err
		}
		l = leases[0]
		return nil
	})
	if err != nil {
		return store.TaskLease{}, err
	}
	return l, nil
}

// RenewTasks implements store.Tasks.
func (s *Store) RenewTasks(ctx context.Context, leases []store.TaskLease, d time.Duration) ([]store.TaskLease, error) {
	if err := store.CheckLease(d); err != nil {
		return nil, fmt.Errorf("renew tasks: %w", err)
	}
	if len(leases) == 0 {
		return nil, ctx.Err()
	}
	ids, ns := make([]int64, len(leases)), make([]int, len(leases))
	kinds, tokens := make([]string, len(leases)), make([]string, len(leases))
	for i, l := range leases {
		key := l.Task.Clean()
		ids[i], kinds[i], ns[i], tokens[i] = key.VoicemailID, string(key.Kind), key.N, store.CleanText(l.Token)
	}
	var lost []store.TaskLease
	err := s.inTx(ctx, "renew tasks", func(ctx context.Context, t tx) error {
		now, err := t.now(ctx)
		if err != nil {
			return err
		}
		rows, err := t.Query(ctx, `WITH held AS (
				SELECT t.voicemail_id, t.kind, t.n FROM tasks t
				JOIN unnest($1::bigint[], $2::text[], $3::bigint[], $4::text[]) AS l (voicemail_id, kind, n, token)
				ON t.voicemail_id = l.voicemail_id AND t.kind = l.kind AND t.n = l.n AND t.lease_token = l.token
				WHERE t.state = 'leased' AND t.due_at > $5
				ORDER BY t.voicemail_id, t.kind, t.n FOR UPDATE OF t)
			UPDATE tasks t SET due_at = $6 FROM held
			WHERE t.voicemail_id = held.voicemail_id AND t.kind = held.kind AND t.n = held.n
			RETURNING t.lease_token`, ids, kinds, ns, tokens, now, store.Cut(now.Add(d)))
		if err != nil {
			return err
		}
		held, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			return err
		}
		lost = nil
		for i, l := range leases {
			if !slices.Contains(held, tokens[i]) {
				lost = append(lost, l)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return lost, nil
}

// RecordTask implements store.Tasks. Locks are taken in the order of Record:
// the session's row, whose holder may write the voicemail, then the tasks.
func (s *Store) RecordTask(ctx context.Context, l store.TaskLease, o store.TaskOutcome) (bool, error) {
	key := l.Task.Clean()
	o, err := o.Clean(key.Kind)
	if err != nil {
		return false, fmt.Errorf("record task: %w", err)
	}
	changed := false
	err = s.inTx(ctx, "record task", func(ctx context.Context, t tx) error {
		one, err := lockSessionOf(ctx, t, key.VoicemailID)
		if err != nil {
			return err
		}
		tasks, err := lockTasks(ctx, t, []int64{key.VoicemailID})
		if err != nil {
			return err
		}
		now, err := t.now(ctx)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(tasks, func(x leasedTask) bool { return x.TaskKey == key })
		if i < 0 || !tasks[i].heldBy(store.CleanText(l.Token), now) {
			return store.ErrLeaseLost
		}
		vs, err := readVoicemails(ctx, t, store.AllBots(), []int64{key.VoicemailID})
		if err != nil {
			return err
		}
		had := vs[0] // it is there, because a task goes with it
		c := store.ConcludeTask(tasks[i].Task, had, o, now)
		tasks[i].Task = c.Task
		b := &pgx.Batch{}
		queueEnded(b, c.Task, now)
		if o.Recordings != nil || o.Kept != nil || o.Lost {
			queueTaskConclusion(b, c, o)
			queueTasks(b, store.TasksFor(&had, c.Voicemail, one, plainTasks(tasks), now), now)
		}
		if changed = c.Changed; changed {
			queueChanges(b, []int64{key.VoicemailID}, false)
		}
		return t.run(ctx, b)
	})
	return changed && err == nil, err
}

// lockSessionOf reads the session of a voicemail for writing. A voicemail whose
// session isn't known has the zero Session.
func lockSessionOf(ctx context.Context, t tx, voicemailID int64) (store.Session, error) {
	var key store.SessionKey
	err := t.QueryRow(ctx, `SELECT bot_id, session_id FROM voicemails WHERE id = $1`, voicemailID).Scan(&key.BotID, &key.SessionID)
	if errors.Is(err, pgx.ErrNoRows) {
		return store.Session{}, store.ErrLeaseLost
	}
	if err != nil {
		return store.Session{}, err
	}
	one, _, err := lockSession(ctx, t, key)
	if errors.Is(err, pgx.ErrNoRows) {
		return store.Session{}, nil
	}
	return one, err
}

// leasedTask is a task and its lease.
type leasedTask struct {
	store.Task
	token string
}

func (t leasedTask) heldBy(token string, now time.Time) bool {
	return t.State == store.StateLeased && t.token == token && t.DueAt.After(now)
}

func plainTasks(leased []leasedTask) []store.Task {
	tasks := make([]store.Task, len(leased))
	for i, l := range leased {
		tasks[i] = l.Task
	}
	return tasks
}

// lockTasks reads the tasks of voicemails for writing, in the order of their
// keys, so that two callers don't wait for each other.
func lockTasks(ctx context.Context, t tx, ids []int64) ([]leasedTask, error) {
	rows, err := t.Query(ctx, `SELECT `+taskColumns+`, lease_token FROM tasks WHERE voicemail_id = ANY($1)
		ORDER BY voicemail_id, kind, n FOR UPDATE`, ids)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(r pgx.CollectableRow) (leasedTask, error) {
		var l leasedTask
		var err error
		l.Task, err = scanTask(r, &l.token)
		return l, err
	})
}

// lockTasksByID is lockTasks by voicemail, without the leases.
func lockTasksByID(ctx context.Context, t tx, ids []int64) (map[int64][]store.Task, error) {
	leased, err := lockTasks(ctx, t, ids)
	byID := make(map[int64][]store.Task, len(ids))
	for _, l := range leased {
		byID[l.VoicemailID] = append(byID[l.VoicemailID], l.Task)
	}
	return byID, err
}

// neededTasks are the tasks that a voicemail's new content makes necessary.
func neededTasks(ctx context.Context, t tx, had *store.Voicemail, v store.Voicemail, one store.Session, now time.Time) ([]store.Task, error) {
	tasks, err := lockTasks(ctx, t, []int64{v.ID})
	return store.TasksFor(had, v, one, plainTasks(tasks), now), err
}

// queueEnded writes the task's state and ends its lease.
func queueEnded(b *pgx.Batch, t store.Task, now time.Time) {
	b.Queue(`UPDATE tasks SET state = $4, attempts = $5, due_at = $6, reason = $7, ready = $8, lease_token = '', state_before = ''
		WHERE voicemail_id = $1 AND kind = $2 AND n = $3`, t.VoicemailID, t.Kind, t.N, t.State, t.Attempts, known(t.DueAt), t.Reason,
		store.Ready(t.DueAt, now))
}

// queueTaskConclusion writes what work on a task has found.
func queueTaskConclusion(b *pgx.Batch, c store.TaskConclusion, o store.TaskOutcome) {
	v := c.Voicemail
	b.Queue(`UPDATE voicemails SET duration_us = $2 WHERE id = $1`, v.ID, v.Duration.Microseconds())
	queueRecordings(b, v)
	if o.Kept != nil || o.Lost {
		b.Queue(`DELETE FROM peaks WHERE voicemail_id = $1 AND n = $2`, v.ID, c.Task.N)
	}
	if o.Kept != nil && len(o.Kept.Peaks) > 0 {
		b.Queue(`INSERT INTO peaks (voicemail_id, n, body) VALUES ($1, $2, $3)`, v.ID, c.Task.N, o.Kept.Peaks)
	}
}

// queueTasks writes tasks that store.TasksFor made of locked ones. A lease that
// is held stays.
func queueTasks(b *pgx.Batch, tasks []store.Task, now time.Time) {
	for _, t := range tasks {
		b.Queue(`INSERT INTO tasks (`+taskColumns+`, ready, lease_token, state_before) VALUES
			($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, '', '')
			ON CONFLICT (voicemail_id, kind, n) DO UPDATE SET account_id = excluded.account_id, left_at = excluded.left_at,
			state = excluded.state, attempts = excluded.attempts, due_at = excluded.due_at, reason = excluded.reason,
			ready = excluded.ready`,
			t.VoicemailID, t.Kind, t.N, t.AccountID, t.BotID, t.SessionID, t.LeftAt, t.State, t.Attempts, known(t.DueAt), t.Reason,
			store.Ready(t.DueAt, now))
	}
}

// WakeTask implements store.Tasks.
func (s *Store) WakeTask(ctx context.Context, scope store.Scope, key store.TaskKey) error {
	key = key.Clean()
	return s.inTx(ctx, "wake task", func(ctx context.Context, t tx) error {
		x, _, busy, now, err := lockTask(ctx, t, key)
		switch {
		case err != nil:
			return err
		case !scope.WholeBots().Sees(x.BotID):
			return store.ErrNotFound
		case busy:
			return store.ErrLeased
		}
		x.State, x.Attempts, x.DueAt, x.Reason = store.StateDue, 0, now, ""
		b := &pgx.Batch{}
		queueEnded(b, x, now)
		return t.run(ctx, b)
	})
}

// VoicemailTasks implements store.Tasks.
func (s *Store) VoicemailTasks(ctx context.Context, scope store.Scope, voicemailID int64) ([]store.Task, error) {
	var tasks []store.Task
	err := s.inView(ctx, "list tasks", func(ctx context.Context, t tx) error {
		rows, err := t.Query(ctx, `SELECT `+taskColumns+` FROM tasks WHERE voicemail_id = $1 AND EXISTS (SELECT FROM voicemails WHERE id = $1`+inScope+`)
			ORDER BY kind, n`, scopeArgs(voicemailID, scope)...)
		if err != nil {
			return err
		}
		tasks, err = pgx.CollectRows(rows, func(r pgx.CollectableRow) (store.Task, error) { return scanTask(r) })
		return err
	})
	if err != nil {
		return nil, err
	}
	return tasks, nil
}

// NextTask implements store.Tasks.
func (s *Store) NextTask(ctx context.Context, q store.TaskQuery) (next, now time.Time, err error) {
	q = q.Clean()
	err = s.inView(ctx, "look for the next task", func(ctx context.Context, t tx) error {
		var skipped bool
		err := t.QueryRow(ctx, `SELECT min(first.due_at), $3 AND coalesce(bool_or(first.skipped), false)
			FROM unnest($1::text[]) AS a (id) CROSS JOIN unnest($2::text[]) AS k (kind) CROSS JOIN LATERAL (SELECT
				least((SELECT min(due_at) FROM tasks WHERE account_id = a.id AND kind = k.kind AND NOT ready AND state IN ('due', 'waiting', 'retry', 'leased')),
					(SELECT min(due_at) FROM tasks WHERE account_id = a.id AND kind = k.kind AND ready AND state IN ('due', 'waiting', 'retry', 'leased'))) AS due_at,
				$3 AND EXISTS (SELECT FROM tasks WHERE account_id = a.id AND kind = k.kind AND state = 'skipped') AS skipped) AS first`,
			q.Accounts, q.Kinds, q.Skipped).Scan(at(&next), &skipped)
		if err != nil {
			return err
		}
		now, err = t.now(ctx)
		if skipped && (next.IsZero() || next.After(now)) {
			next = now
		}
		return err
	})
	if err != nil {
		return time.Time{}, time.Time{}, err
	}
	return next, now, nil
}

// Peaks implements store.Tasks.
func (s *Store) Peaks(ctx context.Context, scope store.Scope, voicemailID int64, n int) ([]byte, error) {
	var peaks []byte
	err := s.inView(ctx, "read peaks", func(ctx context.Context, t tx) error {
		return t.QueryRow(ctx, `SELECT p.body FROM peaks p JOIN voicemails v ON v.id = p.voicemail_id
			WHERE p.voicemail_id = $1 AND p.n = $2::bigint AND ($3 OR v.bot_id = ANY($4)) AND ($5 OR v.queue = ANY($6))`,
			voicemailID, n, scope.EveryBot(), scope.Bots(), scope.EveryQueue(), scope.Queues()).Scan(&peaks)
	})
	if err != nil {
		return nil, err
	}
	return peaks, nil
}

// KeptBytes implements store.Tasks.
func (s *Store) KeptBytes(ctx context.Context) (int64, error) {
	var n int64
	err := s.inView(ctx, "sum up archived audio", func(ctx context.Context, t tx) error {
		return t.QueryRow(ctx, `SELECT coalesce(sum(bytes), 0)::bigint FROM
			(SELECT max(bytes) AS bytes FROM recordings WHERE digest <> '' GROUP BY digest) AS once`).Scan(&n)
	})
	return n, err
}
