package postgres

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"afterbeep/store"
)

// sessionColumns are what scanSession reads.
const sessionColumns = `bot_id, session_id, account_id, conversation_id, found_by, voicemail_flag, wanted, priority,
	started_at, ended_at, caller, caller_e164, called, called_e164, queue_id, queue_name, direction, channel, final_status,
	agents, callback_opted, callback_at, state, attempts, due_at, reason, excerpt, found_at`

func scanSession(row pgx.Row, more ...any) (store.Session, error) {
	var s store.Session
	var agents string
	err := row.Scan(append([]any{&s.BotID, &s.SessionID, &s.AccountID, &s.ConversationID, &s.FoundBy, &s.Voicemail, &s.Wanted, &s.Priority,
		at(&s.StartedAt), at(&s.EndedAt), &s.Caller, &s.CallerE164, &s.Called, &s.CalledE164, &s.QueueID, &s.QueueName, &s.Direction, &s.Channel, &s.FinalStatus,
		&agents, &s.CallbackOpted, at(&s.CallbackAt), &s.State, &s.Attempts, at(&s.DueAt), &s.Reason, &s.Excerpt, at(&s.FoundAt)}, more...)...)
	if err != nil {
		return store.Session{}, err
	}
	if err := readList(agents, &s.Agents); err != nil {
		return store.Session{}, fmt.Errorf("read agents: %w", err)
	}
	return s, nil
}

// SaveSessions implements store.Sessions.
func (s *Store) SaveSessions(ctx context.Context, sessions []store.Session) (store.Saved, error) {
	clean := make([]store.Session, len(sessions))
	for i := range sessions {
		var err error
		if clean[i], err = sessions[i].Clean(); err != nil {
			return store.Saved{}, fmt.Errorf("save sessions: %w", err)
		}
	}
	if len(clean) == 0 {
		return store.Saved{}, ctx.Err()
	}
	var saved store.Saved
	err := s.inTx(ctx, "save sessions", func(ctx context.Context, t tx) error {
		l, err := readLedger(ctx, t, clean)
		if err != nil {
			return err
		}
		now, err := t.now(ctx)
		if err != nil {
			return err
		}
		saved = l.enlist(clean, now)
		if err := l.write(ctx, t, now); err != nil {
			return err
		}
		return follow(ctx, t, l.changed(), now)
	})
	if err != nil {
		return store.Saved{}, err
	}
	return saved, nil
}

// ledgerPart is the rows of the sessions at hand by session id, as they are
// and as they become.
type ledgerPart map[string][]*ledgerRow

type ledgerRow struct {
	store.Session
	isNew, isChanged bool
}

// readLedger locks the rows that the sessions may be the same as, in a fixed
// order, so that two callers don't wait for each other.
func readLedger(ctx context.Context, t tx, sessions []store.Session) (ledgerPart, error) {
	ids := make([]string, len(sessions))
	for i, x := range sessions {
		ids[i] = x.SessionID
	}
	rows, err := t.Query(ctx, `SELECT `+sessionColumns+` FROM call_sessions WHERE session_id = ANY($1)
		ORDER BY session_id, bot_id FOR UPDATE`, ids)
	if err != nil {
		return nil, err
	}
	known, err := pgx.CollectRows(rows, func(r pgx.CollectableRow) (store.Session, error) { return scanSession(r) })
	if err != nil {
		return nil, err
	}
	l := make(ledgerPart, len(sessions))
	for _, x := range known {
		l[x.SessionID] = append(l[x.SessionID], &ledgerRow{Session: x})
	}
	return l, nil
}

// find is the row of the same session; nil where there is none.
func (l ledgerPart) find(x store.Session) *ledgerRow {
	rows := l[x.SessionID]
	known := make([]store.Session, len(rows))
	for i, r := range rows {
		known[i] = r.Session
	}
	if at := store.Same(known, x); at >= 0 {
		return rows[at]
	}
	return nil
}

func (l ledgerPart) enlist(sessions []store.Session, now time.Time) store.Saved {
	var saved store.Saved
	for _, x := range sessions {
		r := l.find(x)
		var had *store.Session
		if r == nil {
			saved.New++
			r = &ledgerRow{isNew: true}
			l[x.SessionID] = append(l[x.SessionID], r)
		} else {
			had = &r.Session
		}
		row, changed, due := store.Enlist(had, x, now)
		if due {
			saved.Due++
		}
		r.Session, r.isChanged = row, r.isChanged || changed
	}
	return saved
}

// write inserts and updates in the order in which rows are locked.
func (l ledgerPart) write(ctx context.Context, t tx, now time.Time) error {
	rows := slices.Concat(slices.Collect(maps.Values(l))...)
	slices.SortFunc(rows, func(a, b *ledgerRow) int {
		return cmp.Or(cmp.Compare(a.SessionID, b.SessionID), cmp.Compare(a.BotID, b.BotID))
	})
	b := &pgx.Batch{}
	for _, r := range rows {
		agents, err := listText(r.Agents)
		if err != nil {
			return fmt.Errorf("write agents: %w", err)
		}
		switch {
		case r.isNew:
			queueInsert(b, r.Session, agents, now)
		case r.isChanged:
			queueUpdate(b, r.Session, agents, now)
		}
	}
	err := t.run(ctx, b)
	if isCode(err, codeUnique) {
		// Somebody else has just inserted one of them: it can be read now.
		return errRaced
	}
	return err
}

func queueInsert(b *pgx.Batch, x store.Session, agents string, now time.Time) {
	b.Queue(`INSERT INTO call_sessions (`+sessionColumns+`, ready, day_at, lease_token, state_before) VALUES
		($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, '', '')`,
		x.BotID, x.SessionID, x.AccountID, x.ConversationID, x.FoundBy, x.Voicemail, x.Wanted, x.Priority,
		known(x.StartedAt), known(x.EndedAt), x.Caller, x.CallerE164, x.Called, x.CalledE164, x.QueueID, x.QueueName, x.Direction, x.Channel, x.FinalStatus,
		agents, x.CallbackOpted, known(x.CallbackAt), x.State, x.Attempts, known(x.DueAt), x.Reason, x.Excerpt, known(x.FoundAt),
		store.Ready(x.DueAt, now), x.Day())
}

func queueUpdate(b *pgx.Batch, x store.Session, agents string, now time.Time) {
	b.Queue(`UPDATE call_sessions SET account_id = $3, conversation_id = $4, voicemail_flag = $5, wanted = $6, priority = $7,
		started_at = $8, ended_at = $9, caller = $10, caller_e164 = $11, called = $12, called_e164 = $13, queue_id = $14, queue_name = $15,
		direction = $16, channel = $17, final_status = $18, agents = $19, callback_opted = $20, callback_at = $21,
		state = $22, attempts = $23, due_at = $24, reason = $25, ready = $26, day_at = $27
		WHERE bot_id = $1 AND session_id = $2`,
		x.BotID, x.SessionID, x.AccountID, x.ConversationID, x.Voicemail, x.Wanted, x.Priority,
		known(x.StartedAt), known(x.EndedAt), x.Caller, x.CallerE164, x.Called, x.CalledE164, x.QueueID, x.QueueName,
		x.Direction, x.Channel, x.FinalStatus, agents, x.CallbackOpted, known(x.CallbackAt),
		x.State, x.Attempts, known(x.DueAt), x.Reason, store.Ready(x.DueAt, now), x.Day())
}

// changed are the sessions that were known before and tell more now.
func (l ledgerPart) changed() []store.Session {
	var changed []store.Session
	for _, rows := range l {
		for _, r := range rows {
			if r.isChanged && !r.isNew {
				changed = append(changed, r.Session)
			}
		}
	}
	return changed
}

// follow makes the sessions' voicemails and tasks show what the sessions tell
// now.
func follow(ctx context.Context, t tx, sessions []store.Session, now time.Time) error {
	if len(sessions) == 0 {
		return nil
	}
	byID := make(map[int64]store.Session, len(sessions))
	ids := make([]int64, len(sessions))
	for i, x := range sessions {
		ids[i] = store.VoicemailID(x.BotID, x.SessionID)
		byID[ids[i]] = x
	}
	slices.Sort(ids)
	had, err := readVoicemails(ctx, t, store.AllBots(), ids)
	if err != nil || len(had) == 0 {
		return err
	}
	tasks, err := lockTasksByID(ctx, t, ids)
	if err != nil {
		return err
	}
	b := &pgx.Batch{}
	var changed []int64
	var works []store.Callback
	for _, v := range had {
		shown, differs := store.ShownBy(byID[v.ID], v)
		queueTasks(b, store.TasksFor(&v, shown, byID[v.ID], tasks[v.ID], now), now)
		if differs {
			work, err := followShown(ctx, t, shown)
			if err != nil {
				return err
			}
			queueVoicemail(b, store.Unread(v, shown))
			changed, works = append(changed, v.ID), append(works, work...)
		}
	}
	numberCallbacks(b, works)
	queueChanges(b, changed, false)
	return t.run(ctx, b)
}

// SaveWindow implements store.Sessions.
func (s *Store) SaveWindow(ctx context.Context, w store.Window) error {
	w = w.Clean()
	return s.inTx(ctx, "save window", func(ctx context.Context, t tx) error {
		_, err := t.Exec(ctx, `INSERT INTO discovery_windows (account_id, from_at, to_at, pages, row_count, looked_at)
			VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (account_id, from_at, to_at)
			DO UPDATE SET pages = excluded.pages, row_count = excluded.row_count, looked_at = excluded.looked_at`,
			w.AccountID, w.From, w.To, w.Pages, w.Rows, w.LookedAt)
		return err
	})
}

// Windows implements store.Sessions.
func (s *Store) Windows(ctx context.Context, account string, since time.Time) ([]store.Window, error) {
	var windows []store.Window
	err := s.inView(ctx, "list windows", func(ctx context.Context, t tx) error {
		rows, err := t.Query(ctx, `SELECT account_id, from_at, to_at, pages, row_count, looked_at FROM discovery_windows
			WHERE account_id = $1 AND to_at > $2 ORDER BY from_at, to_at`, store.CleanText(account), store.Cut(since))
		if err != nil {
			return err
		}
		windows, err = pgx.AppendRows(windows[:0], rows, func(r pgx.CollectableRow) (store.Window, error) {
			var w store.Window
			err := r.Scan(&w.AccountID, at(&w.From), at(&w.To), &w.Pages, &w.Rows, at(&w.LookedAt))
			return w, err
		})
		return err
	})
	return windows, err
}
