package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"math"
	"time"

	"afterbeep/store"
)

// ledgerRow is a row of call_sessions: the session and its lease.
type ledgerRow struct {
	store.Session
	token  string
	before store.State // of a leased session: the state it was claimed from
}

const ledgerColumns = `bot_id, session_id, account_id, conversation_id, found_by, voicemail_flag, wanted, priority,
	started_at, ended_at, caller, caller_e164, called, called_e164, queue_id, queue_name, direction, channel,
	final_status, agents, callback_opted, callback_at, state, attempts, due_at, lease_token, state_before, reason, excerpt, found_at`

func scanLedger(rows *sql.Rows) (ledgerRow, error) {
	var r ledgerRow
	var agents string
	err := rows.Scan(&r.BotID, &r.SessionID, &r.AccountID, &r.ConversationID, &r.FoundBy, &r.Voicemail, &r.Wanted, &r.Priority,
		at(&r.StartedAt), at(&r.EndedAt), &r.Caller, &r.CallerE164, &r.Called, &r.CalledE164, &r.QueueID, &r.QueueName,
		&r.Direction, &r.Channel, &r.FinalStatus, &agents, &r.CallbackOpted, at(&r.CallbackAt), &r.State, &r.Attempts,
		at(&r.DueAt), &r.token, &r.before, &r.Reason, &r.Excerpt, at(&r.FoundAt))
	if err != nil {
		return ledgerRow{}, err
	}
	if agents == "" {
		return r, nil
	}
	return r, wrap("agents", json.Unmarshal([]byte(agents), &r.Agents))
}

func (r ledgerRow) values() ([]any, error) {
	agents := "" // no agents are no text
	if len(r.Agents) > 0 {
		b, err := json.Marshal(r.Agents)
		if err != nil {
			return nil, fmt.Errorf("agents: %w", err)
		}
		agents = string(b)
	}
	return []any{r.BotID, r.SessionID, r.AccountID, r.ConversationID, r.FoundBy, r.Voicemail, r.Wanted, r.Priority,
		known(r.StartedAt), known(r.EndedAt), r.Caller, r.CallerE164, r.Called, r.CalledE164, r.QueueID, r.QueueName,
		r.Direction, r.Channel, r.FinalStatus, agents, r.CallbackOpted, known(r.CallbackAt), r.State, r.Attempts,
		known(r.DueAt), r.token, r.before, r.Reason, r.Excerpt, known(r.FoundAt)}, nil
}

// saveLedger inserts the row or replaces the one with its key.
func saveLedger(ctx context.Context, tx *sql.Tx, r ledgerRow, now time.Time) error {
	values, err := r.values()
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO call_sessions (`+ledgerColumns+`, day_at, ready)
		VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)
		ON CONFLICT (bot_id, session_id) DO UPDATE SET account_id = excluded.account_id,
			conversation_id = excluded.conversation_id, found_by = excluded.found_by,
			voicemail_flag = excluded.voicemail_flag, wanted = excluded.wanted, priority = excluded.priority,
			started_at = excluded.started_at, ended_at = excluded.ended_at, caller = excluded.caller,
			caller_e164 = excluded.caller_e164, called = excluded.called, called_e164 = excluded.called_e164,
			queue_id = excluded.queue_id, queue_name = excluded.queue_name, direction = excluded.direction,
			channel = excluded.channel, final_status = excluded.final_status, agents = excluded.agents,
			callback_opted = excluded.callback_opted, callback_at = excluded.callback_at, state = excluded.state,
			attempts = excluded.attempts, due_at = excluded.due_at, lease_token = excluded.lease_token,
			state_before = excluded.state_before, reason = excluded.reason, excerpt = excluded.excerpt, day_at = excluded.day_at,
			ready = excluded.ready`,
		append(values, known(r.Day()), store.Ready(r.DueAt, now))...)
	return err
}

// ledgerRows are all rows with the session id, by bot id.
func ledgerRows(ctx context.Context, tx *sql.Tx, sessionID string) ([]ledgerRow, error) {
	var all []ledgerRow
	err := each(ctx, tx, `SELECT `+ledgerColumns+` FROM call_sessions WHERE session_id = ? ORDER BY bot_id`, []any{sessionID},
		func(rows *sql.Rows) error {
			r, err := scanLedger(rows)
			all = append(all, r)
			return err
		})
	return all, err
}

// ledgerByKey is the row with the key; store.ErrNotFound when there is none.
func ledgerByKey(ctx context.Context, tx *sql.Tx, k store.SessionKey) (ledgerRow, error) {
	r, err := ledgerRow{}, store.ErrNotFound
	scan := each(ctx, tx, `SELECT `+ledgerColumns+` FROM call_sessions WHERE bot_id = ? AND session_id = ?`,
		[]any{k.BotID, k.SessionID}, func(rows *sql.Rows) error {
			r, err = scanLedger(rows)
			return err
		})
	if scan != nil {
		return ledgerRow{}, scan
	}
	return r, err
}

// SaveSessions implements store.Sessions.
func (s *Store) SaveSessions(ctx context.Context, sessions []store.Session) (store.Saved, error) {
	clean := make([]store.Session, len(sessions))
	for i, one := range sessions {
		var err error
		if clean[i], err = one.Clean(); err != nil {
			return store.Saved{}, wrap("save sessions", err)
		}
	}
	if len(clean) == 0 {
		return store.Saved{}, ctx.Err()
	}
	var saved store.Saved
	err := s.inTx(ctx, func(tx *sql.Tx) error {
		now := s.now()
		var changed []int64
		for _, one := range clean {
			id, err := saveSession(ctx, tx, one, now, &saved)
			if err != nil {
				return err
			}
			changed = append(changed, id...)
		}
		return writeChanges(ctx, tx, changed, false)
	})
	if err != nil {
		return store.Saved{}, wrap("save sessions", err)
	}
	return saved, nil
}

// saveSession saves one session and, where its voicemail shows something else
// now, that; it returns the voicemail's id then.
func saveSession(ctx context.Context, tx *sql.Tx, one store.Session, now time.Time, saved *store.Saved) ([]int64, error) {
	rows, err := ledgerRows(ctx, tx, one.SessionID)
	if err != nil {
		return nil, err
	}
	sessions := make([]store.Session, len(rows))
	for i, r := range rows {
		sessions[i] = r.Session
	}
	var had *store.Session
	var row ledgerRow
	if i := store.Same(sessions, one); i >= 0 {
		had, row = &sessions[i], rows[i]
	}
	var changed, due bool
	row.Session, changed, due = store.Enlist(had, one, now)
	if !changed {
		return nil, nil
	}
	if due {
		saved.Due++
	}
	if had == nil {
		saved.New++
	}
	if err := saveLedger(ctx, tx, row, now); err != nil || had == nil {
		return nil, err
	}
	return follow(ctx, tx, row.Session, now)
}

// follow brings what a session tells into its voicemail, if it has one, and
// its tasks.
func follow(ctx context.Context, tx *sql.Tx, row store.Session, now time.Time) ([]int64, error) {
	had, err := voicemailOf(ctx, tx, row)
	if err != nil || had == nil {
		return nil, err
	}
	v, changed := store.ShownBy(row, *had)
	if err := saveTasks(ctx, tx, had, v, row, now); err != nil || !changed {
		return nil, err
	}
	if err := saveVoicemail(ctx, tx, store.Unread(*had, v)); err != nil {
		return nil, err
	}
	return []int64{v.ID}, followShown(ctx, tx, v, nil, now)
}

// SaveWindow implements store.Sessions.
func (s *Store) SaveWindow(ctx context.Context, w store.Window) error {
	w = w.Clean()
	return wrap("save window", s.inTx(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO discovery_windows (account_id, from_at, to_at, pages, row_count, looked_at)
			VALUES (?,?,?,?,?,?)
			ON CONFLICT (account_id, from_at, to_at) DO UPDATE SET pages = excluded.pages,
				row_count = excluded.row_count, looked_at = excluded.looked_at`,
			w.AccountID, w.From.UnixMicro(), w.To.UnixMicro(), w.Pages, w.Rows, w.LookedAt.UnixMicro())
		return err
	}))
}

// Windows implements store.Sessions.
func (s *Store) Windows(ctx context.Context, account string, since time.Time) ([]store.Window, error) {
	after := int64(math.MinInt64)
	if !since.IsZero() {
		after = store.Cut(since).UnixMicro()
	}
	var windows []store.Window
	err := s.inView(ctx, func(tx *sql.Tx) error {
		return each(ctx, tx, `SELECT account_id, from_at, to_at, pages, row_count, looked_at FROM discovery_windows
			WHERE account_id = ? AND to_at > ? ORDER BY from_at, to_at`, []any{store.CleanText(account), after},
			func(rows *sql.Rows) error {
				var w store.Window
				err := rows.Scan(&w.AccountID, at(&w.From), at(&w.To), &w.Pages, &w.Rows, at(&w.LookedAt))
				windows = append(windows, w)
				return err
			})
	})
	if err != nil {
		return nil, wrap("list windows", err)
	}
	return windows, nil
}
