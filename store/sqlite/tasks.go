package sqlite

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"slices"
	"time"

	"afterbeep/store"
)

// taskRow is a row of tasks: the task and its lease.
type taskRow struct {
	store.Task
	token  string
	before store.State // of a leased task: the state it was claimed from
}

const taskColumns = `voicemail_id, kind, n, account_id, bot_id, session_id, left_at, state, attempts, due_at, lease_token,
	state_before, reason`

// openTask tells tasks that are tried again from the others, in the words of
// the indexes.
const openTask = `state IN ('due', 'waiting', 'retry', 'leased')`

func scanTask(rows *sql.Rows) (taskRow, error) {
	var r taskRow
	err := rows.Scan(&r.VoicemailID, &r.Kind, &r.N, &r.AccountID, &r.BotID, &r.SessionID, at(&r.LeftAt), &r.State, &r.Attempts,
		at(&r.DueAt), &r.token, &r.before, &r.Reason)
	return r, err
}

// tasks are the rows that where finds.
func tasks(ctx context.Context, tx *sql.Tx, where string, args ...any) ([]taskRow, error) {
	var found []taskRow
	err := each(ctx, tx, `SELECT `+taskColumns+` FROM tasks WHERE `+where, args, func(rows *sql.Rows) error {
		r, err := scanTask(rows)
		found = append(found, r)
		return err
	})
	return found, err
}

// taskByKey is the row with the key; store.ErrNotFound when there is none.
func taskByKey(ctx context.Context, tx *sql.Tx, k store.TaskKey) (taskRow, error) {
	found, err := tasks(ctx, tx, `voicemail_id = ? AND kind = ? AND n = ?`, k.VoicemailID, k.Kind, k.N)
	if err == nil && len(found) == 0 {
		err = store.ErrNotFound
	}
	if err != nil {
		return taskRow{}, err
	}
	return found[0], nil
}

// tasksOf are a voicemail's tasks, by kind and n.
func tasksOf(ctx context.Context, tx *sql.Tx, voicemailID int64) ([]store.Task, error) {
	rows, err := tasks(ctx, tx, `voicemail_id = ? ORDER BY kind, n`, voicemailID)
	if err != nil {
		return nil, err
	}
	var of []store.Task
	for _, r := range rows {
		of = append(of, r.Task)
	}
	return of, nil
}

// ClaimTasks implements store.Tasks.
func (s *Store) ClaimTasks(ctx context.Context, q store.TaskQuery) ([]store.TaskLease, error) {
	q = q.Clean()
	if err := store.CheckLease(q.Lease); err != nil {
		return nil, wrap("claim tasks", err)
	}
	if len(q.Accounts) == 0 || len(q.Kinds) == 0 {
		return nil, ctx.Err()
	}
	var leases []store.TaskLease
	err := s.inTx(ctx, func(tx *sql.Tx) error {
		now := s.now()
		if err := readyTasks(ctx, tx, q, now); err != nil {
			return err
		}
		due, err := firstTasks(ctx, tx, q, q.Limit, dueTask, known(now))
		if err == nil && q.Skipped && len(due) < q.Limit {
			var skipped []taskRow
			skipped, err = firstTasks(ctx, tx, q, q.Limit-len(due), `state = 'skipped'`)
			due = append(due, skipped...)
		}
		if err != nil {
			return err
		}
		for _, r := range due {
			l, err := leaseTask(ctx, tx, r, now, q.Lease)
			if err != nil {
				return err
			}
			leases = append(leases, l)
		}
		return nil
	})
	if err != nil {
		return nil, wrap("claim tasks", err)
	}
	return leases, nil
}

// dueTask judges the due time again, because clocks can be set back; the plus
// keeps SQLite from the index that has them.
const dueTask = `ready = 1 AND ` + openTask + ` AND +due_at <= ?`

// readyTasksQuery takes up what has come due. It reads no more than that of
// tasks_next.
const readyTasksQuery = `UPDATE tasks SET ready = 1 WHERE (voicemail_id, kind, n) IN (
	SELECT voicemail_id, kind, n FROM tasks INDEXED BY tasks_next
	WHERE account_id = ? AND kind = ? AND ready = 0 AND ` + openTask + ` AND due_at <= ? ORDER BY due_at LIMIT ?)`

func readyTasks(ctx context.Context, tx *sql.Tx, q store.TaskQuery, now time.Time) error {
	for _, account := range q.Accounts {
		for _, kind := range q.Kinds {
			if _, err := tx.ExecContext(ctx, readyTasksQuery, account, kind, known(now), store.MaxReady); err != nil {
				return err
			}
		}
	}
	return nil
}

// firstTasks are the first limit tasks that q and where want. Each account and
// kind is asked by itself, because only then the indexes have the order.
func firstTasks(ctx context.Context, tx *sql.Tx, q store.TaskQuery, limit int, where string, args ...any) ([]taskRow, error) {
	var first []taskRow
	for _, account := range q.Accounts {
		for _, kind := range q.Kinds {
			some, err := tasks(ctx, tx, where+` AND account_id = ? AND kind = ?
				ORDER BY left_at DESC, voicemail_id, n LIMIT ?`, append(slices.Clone(args), account, kind, limit)...)
			if err != nil {
				return nil, err
			}
			first = append(first, some...)
		}
	}
	slices.SortFunc(first, func(a, b taskRow) int {
		if c := b.LeftAt.Compare(a.LeftAt); c != 0 {
			return c
		}
		return a.Compare(b.TaskKey)
	})
	return first[:min(limit, len(first))], nil
}

// leaseTask gives the task to the caller. What it hands out is the task as it
// was, also where an earlier holder has died.
func leaseTask(ctx context.Context, tx *sql.Tx, r taskRow, now time.Time, d time.Duration) (store.TaskLease, error) {
	was := r.Task
	if was.State == store.StateLeased {
		was.State = r.before
	}
	l := store.TaskLease{Task: was, Token: rand.Text(), Until: store.Cut(now.Add(d))}
	_, err := tx.ExecContext(ctx, `UPDATE tasks SET state = ?, state_before = ?, due_at = ?, ready = 0, lease_token = ?
		WHERE voicemail_id = ? AND kind = ? AND n = ?`, store.StateLeased, was.State, known(l.Until), l.Token, r.VoicemailID, r.Kind, r.N)
	return l, err
}

// ClaimTask implements store.Tasks.
func (s *Store) ClaimTask(ctx context.Context, key store.TaskKey, d time.Duration) (store.TaskLease, error) {
	if err := store.CheckLease(d); err != nil {
		return store.TaskLease{}, wrap("claim task", err)
	}
	var l store.TaskLease
	err := s.inTx(ctx, func(tx *sql.Tx) error {
		r, err := taskByKey(ctx, tx, key.Clean())
		if err != nil {
			return err
		}
		now := s.now()
		if r.State == store.StateLeased && r.DueAt.After(now) {
			return store.ErrLeased
		}
		l, err = leaseTask(ctx, tx, r, now, d)
		return err
	})
	if err != nil {
		return store.TaskLease{}, wrap("claim task", err)
	}
	return l, nil
}

// RenewTasks implements store.Tasks.
func (s *Store) RenewTasks(ctx context.Context, leases []store.TaskLease, d time.Duration) ([]store.TaskLease, error) {
	if err := store.CheckLease(d); err != nil {
		return nil, wrap("renew tasks", err)
	}
	if len(leases) == 0 {
		return nil, ctx.Err()
	}
	var lost []store.TaskLease
	err := s.inTx(ctx, func(tx *sql.Tx) error {
		now := s.now()
		for _, l := range leases {
			key := l.Task.Clean()
			n, err := affected(tx.ExecContext(ctx, `UPDATE tasks SET due_at = ?
				WHERE voicemail_id = ? AND kind = ? AND n = ? AND state = 'leased' AND lease_token = ? AND due_at > ?`,
				known(now.Add(d)), key.VoicemailID, key.Kind, key.N, store.CleanText(l.Token), known(now)))
			if err != nil {
				return err
			}
			if n == 0 {
				lost = append(lost, l)
			}
		}
		return nil
	})
	if err != nil {
		return nil, wrap("renew tasks", err)
	}
	return lost, nil
}

// RecordTask implements store.Tasks.
func (s *Store) RecordTask(ctx context.Context, l store.TaskLease, o store.TaskOutcome) (bool, error) {
	key := l.Task.Clean()
	o, err := o.Clean(key.Kind)
	if err != nil {
		return false, wrap("record task", err)
	}
	changed := false
	err = s.inTx(ctx, func(tx *sql.Tx) error {
		now := s.now()
		t, err := heldTask(ctx, tx, key, store.CleanText(l.Token), now)
		if err != nil {
			return err
		}
		byID, err := voicemails(ctx, tx, store.AllBots(), []int64{t.VoicemailID})
		if err != nil {
			return err
		}
		had := *byID[t.VoicemailID] // it is there, because a task goes with it
		c := store.ConcludeTask(t, had, o, now)
		changed = c.Changed
		if err := endTask(ctx, tx, c.Task, now); err != nil {
			return err
		}
		return saveTaskConclusion(ctx, tx, c, had, o, now)
	})
	return changed && err == nil, wrap("record task", err)
}

// heldTask is the task of a lease; store.ErrLeaseLost when it is not held any
// more.
func heldTask(ctx context.Context, tx *sql.Tx, key store.TaskKey, token string, now time.Time) (store.Task, error) {
	r, err := taskByKey(ctx, tx, key)
	if errors.Is(err, store.ErrNotFound) {
		return store.Task{}, store.ErrLeaseLost
	}
	if err != nil {
		return store.Task{}, err
	}
	if r.State != store.StateLeased || r.token != token || !r.DueAt.After(now) {
		return store.Task{}, store.ErrLeaseLost
	}
	return r.Task, nil
}

// endTask writes the task's state and ends its lease.
func endTask(ctx context.Context, tx *sql.Tx, t store.Task, now time.Time) error {
	_, err := tx.ExecContext(ctx, `UPDATE tasks SET state = ?, attempts = ?, due_at = ?, ready = ?, reason = ?, lease_token = '', state_before = ''
		WHERE voicemail_id = ? AND kind = ? AND n = ?`, t.State, t.Attempts, known(t.DueAt), store.Ready(t.DueAt, now), t.Reason, t.VoicemailID, t.Kind, t.N)
	return err
}

// saveTaskConclusion writes what work on a task has found.
func saveTaskConclusion(ctx context.Context, tx *sql.Tx, c store.TaskConclusion, had store.Voicemail, o store.TaskOutcome, now time.Time) error {
	if o.Recordings == nil && o.Kept == nil && !o.Lost {
		return nil
	}
	v := c.Voicemail
	if _, err := tx.ExecContext(ctx, `UPDATE voicemails SET duration_us = ? WHERE id = ?`, v.Duration.Microseconds(), v.ID); err != nil {
		return err
	}
	if err := saveRecordings(ctx, tx, v); err != nil {
		return err
	}
	if o.Kept != nil || o.Lost {
		var peaks []byte
		if o.Kept != nil {
			peaks = o.Kept.Peaks
		}
		if err := savePeaks(ctx, tx, c.Task, peaks); err != nil {
			return err
		}
	}
	one, err := ledgerByKey(ctx, tx, store.SessionKey{BotID: v.BotID, SessionID: v.SessionID})
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if err := saveTasks(ctx, tx, &had, v, one.Session, now); err != nil {
		return err
	}
	if !c.Changed {
		return nil
	}
	return writeChanges(ctx, tx, []int64{v.ID}, false)
}

// savePeaks replaces the waveform of a recording.
func savePeaks(ctx context.Context, tx *sql.Tx, t store.Task, peaks []byte) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM peaks WHERE voicemail_id = ? AND n = ?`, t.VoicemailID, t.N); err != nil {
		return err
	}
	if len(peaks) == 0 {
		return nil
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO peaks (voicemail_id, n, body) VALUES (?,?,?)`, t.VoicemailID, t.N, peaks)
	return err
}

// saveTasks makes the tasks of a voicemail that is written. A lease that is
// held stays.
func saveTasks(ctx context.Context, tx *sql.Tx, was *store.Voicemail, v store.Voicemail, one store.Session, now time.Time) error {
	had, err := tasksOf(ctx, tx, v.ID)
	if err != nil {
		return err
	}
	for _, t := range store.TasksFor(was, v, one, had, now) {
		_, err := tx.ExecContext(ctx, `INSERT INTO tasks (`+taskColumns+`, ready) VALUES (?,?,?,?,?,?,?,?,?,?,'','',?,?)
			ON CONFLICT (voicemail_id, kind, n) DO UPDATE SET account_id = excluded.account_id, left_at = excluded.left_at,
				state = excluded.state, attempts = excluded.attempts, due_at = excluded.due_at, ready = excluded.ready,
				reason = excluded.reason`,
			t.VoicemailID, t.Kind, t.N, t.AccountID, t.BotID, t.SessionID, known(t.LeftAt), t.State, t.Attempts, known(t.DueAt), t.Reason,
			store.Ready(t.DueAt, now))
		if err != nil {
			return err
		}
	}
	return nil
}

// WakeTask implements store.Tasks.
func (s *Store) WakeTask(ctx context.Context, scope store.Scope, key store.TaskKey) error {
	return wrap("wake task", s.inTx(ctx, func(tx *sql.Tx) error {
		r, err := taskByKey(ctx, tx, key.Clean())
		if err != nil {
			return err
		}
		now := s.now()
		switch {
		case !scope.WholeBots().Sees(r.BotID):
			return store.ErrNotFound
		case r.State == store.StateLeased && r.DueAt.After(now):
			return store.ErrLeased
		}
		r.State, r.Attempts, r.DueAt, r.Reason = store.StateDue, 0, now, ""
		return endTask(ctx, tx, r.Task, now)
	}))
}

// VoicemailTasks implements store.Tasks.
func (s *Store) VoicemailTasks(ctx context.Context, scope store.Scope, voicemailID int64) ([]store.Task, error) {
	var all []store.Task
	err := s.inView(ctx, func(tx *sql.Tx) error {
		err := mustSee(ctx, tx, scope, voicemailID)
		if err == nil {
			all, err = tasksOf(ctx, tx, voicemailID)
		}
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	return all, wrap("list tasks", err)
}

// NextTask implements store.Tasks.
func (s *Store) NextTask(ctx context.Context, q store.TaskQuery) (next, now time.Time, err error) {
	q, now = q.Clean(), s.now()
	err = s.inView(ctx, func(tx *sql.Tx) error {
		for _, account := range q.Accounts {
			for _, kind := range q.Kinds {
				due, err := nextTask(ctx, tx, account, kind, q.Skipped, now)
				if err != nil {
					return err
				}
				next = earlier(next, due)
			}
		}
		return nil
	})
	if err != nil {
		return time.Time{}, time.Time{}, wrap("look for the next task", err)
	}
	return next, now, nil
}

const nextTaskQuery = `SELECT min(due_at) FROM tasks WHERE account_id = ? AND kind = ? AND ready = ? AND ` + openTask

func nextTask(ctx context.Context, tx *sql.Tx, account string, kind store.TaskKind, skipped bool, now time.Time) (time.Time, error) {
	var due time.Time
	for ready := range 2 { // each is a row of tasks_next
		var first time.Time
		if err := tx.QueryRowContext(ctx, nextTaskQuery, account, kind, ready).Scan(at(&first)); err != nil {
			return due, err
		}
		due = earlier(due, first)
	}
	if !skipped {
		return due, nil
	}
	var any bool
	err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM tasks WHERE account_id = ? AND kind = ? AND state = 'skipped')`,
		account, kind).Scan(&any)
	if any {
		due = earlier(due, now)
	}
	return due, err
}

// Peaks implements store.Tasks.
func (s *Store) Peaks(ctx context.Context, scope store.Scope, voicemailID int64, n int) ([]byte, error) {
	var bot, queue string
	var peaks []byte
	err := s.inView(ctx, func(tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT v.bot_id, v.queue, p.body FROM peaks p JOIN voicemails v ON v.id = p.voicemail_id
			WHERE p.voicemail_id = ? AND p.n = ?`, voicemailID, n).Scan(&bot, &queue, &peaks)
	})
	if err == nil && !scope.Holds(bot, queue) {
		err = store.ErrNotFound
	}
	if err != nil {
		return nil, wrap("read peaks", found(err))
	}
	return peaks, nil
}

// KeptBytes implements store.Tasks.
func (s *Store) KeptBytes(ctx context.Context) (int64, error) {
	var n int64
	err := s.inView(ctx, func(tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT coalesce(sum(bytes), 0) FROM
			(SELECT max(bytes) AS bytes FROM recordings WHERE digest <> '' GROUP BY digest)`).Scan(&n)
	})
	return n, wrap("sum up archived audio", err)
}
