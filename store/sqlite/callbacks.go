package sqlite

import (
	"context"
	"database/sql"
	"slices"

	"afterbeep/store"
)

// callbackColumns are what readCallbacks reads, and saveCallbacks writes.
const callbackColumns = `voicemail_id, bot_id, queue, lang, left_at, case_id, lane, requested, confidence, listen, corrected, caller, number, name,
	found, repeats, due_at, status, assignee, lease_until, next_at, attempts, outcome, closed_at, seen_at, seen_by, heard_at, heard_by, acted,
	created_at, seq`

// inQueues is a reader's scope as SQL over rows with bot_id and queue.
func inQueues(scope store.Scope) (string, []any) {
	text, args := `true`, []any(nil)
	if !scope.EveryBot() {
		text, args = inScope(scope, "bot_id")
	}
	if queues := scope.Queues(); len(queues) > 0 {
		text += ` AND queue IN (` + marks(len(queues)) + `)`
		args = append(args, anys(queues)...)
	}
	return ` AND ` + text, args
}

// anys is a list as arguments of a query.
func anys[T any](list []T) []any {
	args := make([]any, len(list))
	for i, v := range list {
		args[i] = v
	}
	return args
}

// readCallbacks reads rows of callbackColumns.
func readCallbacks(ctx context.Context, tx *sql.Tx, query string, args ...any) ([]store.Callback, error) {
	var list []store.Callback
	err := each(ctx, tx, query, args, func(rows *sql.Rows) error {
		var c store.Callback
		err := rows.Scan(&c.VoicemailID, &c.BotID, &c.Queue, &c.Lang, at(&c.LeftAt), &c.CaseID, &c.Lane, &c.Requested, &c.Confidence, &c.Listen, &c.Corrected,
			&c.Caller, &c.Number, &c.Name, &c.Found, &c.Repeats, at(&c.DueAt), &c.Status, &c.Assignee, at(&c.LeaseUntil), at(&c.NextAt), &c.Attempts,
			&c.Outcome, at(&c.ClosedAt), at(&c.SeenAt), &c.SeenBy, at(&c.HeardAt), &c.HeardBy, &c.Acted, at(&c.CreatedAt), &c.Seq)
		list = append(list, c.Weighed())
		return err
	})
	return list, err
}

// saveCallbacks writes the rows, without their numbers.
func saveCallbacks(ctx context.Context, tx *sql.Tx, list []store.Callback) error {
	for _, c := range list {
		_, err := tx.ExecContext(ctx, `INSERT INTO callbacks (`+callbackColumns+`, rank, order_at, listed) VALUES
			(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)
			ON CONFLICT (voicemail_id) DO UPDATE SET queue = excluded.queue, lang = excluded.lang, left_at = excluded.left_at,
			case_id = excluded.case_id, lane = excluded.lane, requested = excluded.requested, confidence = excluded.confidence,
			listen = excluded.listen, corrected = excluded.corrected, caller = excluded.caller, number = excluded.number, name = excluded.name,
			found = excluded.found, repeats = excluded.repeats, due_at = excluded.due_at, status = excluded.status, assignee = excluded.assignee,
			lease_until = excluded.lease_until, next_at = excluded.next_at, attempts = excluded.attempts, outcome = excluded.outcome,
			closed_at = excluded.closed_at, seen_at = excluded.seen_at, seen_by = excluded.seen_by, heard_at = excluded.heard_at,
			heard_by = excluded.heard_by, acted = excluded.acted, rank = excluded.rank, order_at = excluded.order_at, listed = excluded.listed`,
			c.VoicemailID, c.BotID, c.Queue, c.Lang, known(c.LeftAt), c.CaseID, c.Lane, c.Requested, c.Confidence, c.Listen, c.Corrected,
			c.Caller, c.Number, c.Name, c.Found, c.Repeats, known(c.DueAt), c.Status, c.Assignee, known(c.LeaseUntil), known(c.NextAt), c.Attempts,
			c.Outcome, known(c.ClosedAt), known(c.SeenAt), c.SeenBy, known(c.HeardAt), c.HeardBy, c.Acted, known(c.CreatedAt), c.Seq,
			c.Rank(), known(c.OrderAt()), c.Listed())
		if err != nil {
			return wrap("save work", err)
		}
	}
	return nil
}

// numberCallbacks numbers the rows as changed, and tells list. As writeChanges it
// belongs at the end of the transaction.
func numberCallbacks(ctx context.Context, tx *sql.Tx, list []store.Callback) error {
	for i := range list {
		if err := tx.QueryRowContext(ctx, `UPDATE feed SET callbacks = callbacks + 1 RETURNING callbacks`).Scan(&list[i].Seq); err != nil {
			return wrap("number a change of work", err)
		}
		if _, err := tx.ExecContext(ctx, `UPDATE callbacks SET seq = ? WHERE voicemail_id = ?`, list[i].Seq, list[i].VoicemailID); err != nil {
			return wrap("number a change of work", err)
		}
	}
	return nil
}

// saveEvents writes entries of histories; before is what the last one found.
func saveEvents(ctx context.Context, tx *sql.Tx, events []store.CallbackEvent, before string) error {
	for i, e := range events {
		was := ""
		if i == len(events)-1 {
			was = before
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO callback_events (voicemail_id, at, done_by, verb, status_from, status_to, detail, note, number, before)
			VALUES (?,?,?,?,?,?,?,?,?,?)`, e.VoicemailID, known(e.At), e.By, e.Verb, e.From, e.To, e.Detail, e.Note, e.Number, was)
		if err != nil {
			return wrap("write history", err)
		}
	}
	return nil
}

// saveCorrection writes what a person says of a voicemail; nil takes it back.
func saveCorrection(ctx context.Context, tx *sql.Tx, id int64, x *store.Correction) error {
	if x == nil {
		_, err := tx.ExecContext(ctx, `DELETE FROM corrections WHERE voicemail_id = ?`, id)
		return err
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO corrections (voicemail_id, requested, number, made_by, at) VALUES (?,?,?,?,?)
		ON CONFLICT (voicemail_id) DO UPDATE SET requested = excluded.requested, number = excluded.number, made_by = excluded.made_by, at = excluded.at`,
		id, x.Requested, x.Number, x.By, known(x.At))
	return err
}

// Callback implements store.Callbacks.
func (s *Store) Callback(ctx context.Context, scope store.Scope, voicemailID int64) (store.Callback, error) {
	byID, err := s.CallbacksOf(ctx, scope, []int64{voicemailID})
	c, there := byID[voicemailID]
	if err == nil && !there {
		err = wrap("read callback", store.ErrNotFound)
	}
	return c, err
}

// CallbacksOf implements store.Callbacks.
func (s *Store) CallbacksOf(ctx context.Context, scope store.Scope, voicemailIDs []int64) (map[int64]store.Callback, error) {
	byID := make(map[int64]store.Callback, len(voicemailIDs))
	if len(voicemailIDs) == 0 {
		return byID, ctx.Err()
	}
	sees, scopeArgs := inQueues(scope)
	err := s.inView(ctx, func(tx *sql.Tx) error {
		now := s.now()
		for part := range slices.Chunk(voicemailIDs, chunk) {
			list, err := readCallbacks(ctx, tx, `SELECT `+callbackColumns+` FROM callbacks WHERE voicemail_id IN (`+marks(len(part))+`)`+sees,
				append(anys(part), scopeArgs...)...)
			if err != nil {
				return err
			}
			for _, c := range list {
				byID[c.VoicemailID], _ = c.Lapse(now)
			}
		}
		return nil
	})
	return byID, wrap("read callbacks", err)
}

// CaseOf implements store.Callbacks.
func (s *Store) CaseOf(ctx context.Context, scope store.Scope, voicemailID int64) ([]store.Callback, error) {
	var list []store.Callback
	sees, args := inQueues(scope)
	err := s.inView(ctx, func(tx *sql.Tx) (err error) {
		now := s.now()
		list, err = readCallbacks(ctx, tx, `SELECT `+callbackColumns+` FROM callbacks
			WHERE case_id = (SELECT case_id FROM callbacks WHERE voicemail_id = ?)`+sees+` ORDER BY left_at, voicemail_id LIMIT ?`,
			append(append([]any{voicemailID}, args...), store.MaxCase)...)
		for i, c := range list {
			list[i], _ = c.Lapse(now)
		}
		return err
	})
	if err != nil {
		return nil, wrap("read the case of a callback", err)
	}
	return list, nil
}

// Finding implements store.Callbacks.
func (s *Store) Finding(ctx context.Context, scope store.Scope, voicemailID int64) (store.Finding, error) {
	var body string
	sees, args := inQueues(scope)
	err := s.inView(ctx, func(tx *sql.Tx) error {
		return found(tx.QueryRowContext(ctx, `SELECT coalesce(f.body, '') FROM voicemails v LEFT JOIN findings f ON f.voicemail_id = v.id WHERE v.id = ?`+sees,
			append([]any{voicemailID}, args...)...).Scan(&body))
	})
	if err != nil {
		return store.Finding{}, wrap("read finding", err)
	}
	return store.DecodeFinding(body)
}

// FindingsOf implements store.Callbacks.
func (s *Store) FindingsOf(ctx context.Context, scope store.Scope, voicemailIDs []int64) (map[int64]store.Finding, error) {
	byID := make(map[int64]store.Finding, len(voicemailIDs))
	if len(voicemailIDs) == 0 {
		return byID, ctx.Err()
	}
	sees, scopeArgs := inQueues(scope)
	err := s.inView(ctx, func(tx *sql.Tx) error {
		for part := range slices.Chunk(voicemailIDs, chunk) {
			err := each(ctx, tx, `SELECT v.id, f.body FROM voicemails v JOIN findings f ON f.voicemail_id = v.id
				WHERE v.id IN (`+marks(len(part))+`)`+sees, append(anys(part), scopeArgs...), func(rows *sql.Rows) error {
				var id int64
				var body string
				err := rows.Scan(&id, &body)
				if err == nil {
					byID[id], err = store.DecodeFinding(body)
				}
				return err
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, wrap("read findings", err)
	}
	return byID, nil
}

// CallbackEvents implements store.Callbacks.
func (s *Store) CallbackEvents(ctx context.Context, scope store.Scope, voicemailID int64) ([]store.CallbackEvent, error) {
	var list []store.CallbackEvent
	sees, args := inQueues(scope)
	err := s.inView(ctx, func(tx *sql.Tx) error {
		return each(ctx, tx, `SELECT e.id, e.voicemail_id, e.at, e.done_by, e.verb, e.status_from, e.status_to, e.detail, e.note, e.number
			FROM callback_events e JOIN voicemails v ON v.id = e.voicemail_id WHERE v.id = ?`+sees+` ORDER BY e.id`, append([]any{voicemailID}, args...),
			func(rows *sql.Rows) error {
				var e store.CallbackEvent
				err := rows.Scan(&e.ID, &e.VoicemailID, at(&e.At), &e.By, &e.Verb, &e.From, &e.To, &e.Detail, &e.Note, &e.Number)
				list = append(list, e)
				return err
			})
	})
	if err != nil {
		return nil, wrap("list events of a callback", err)
	}
	return list, nil
}

// Corrections implements store.Callbacks.
func (s *Store) Corrections(ctx context.Context, scope store.Scope, after int64, limit int) ([]store.Correction, error) {
	var list []store.Correction
	sees, args := inQueues(scope)
	args = append(append([]any{after}, args...), store.Clamp(limit, store.MaxCorrections))
	err := s.inView(ctx, func(tx *sql.Tx) (err error) {
		list, err = readCorrections(ctx, tx, `JOIN voicemails v ON v.id = x.voicemail_id WHERE x.voicemail_id > ?`+sees+
			` ORDER BY x.voicemail_id LIMIT ?`, args...)
		return err
	})
	return list, wrap("list corrections", err)
}

func readCorrections(ctx context.Context, tx *sql.Tx, rest string, args ...any) ([]store.Correction, error) {
	var list []store.Correction
	err := each(ctx, tx, `SELECT x.voicemail_id, x.requested, x.number, x.made_by, x.at FROM corrections x `+rest, args, func(rows *sql.Rows) error {
		var x store.Correction
		err := rows.Scan(&x.VoicemailID, &x.Requested, &x.Number, &x.By, at(&x.At))
		list = append(list, x)
		return err
	})
	return list, err
}

// CallbackChanges implements store.Callbacks.
func (s *Store) CallbackChanges(ctx context.Context, after int64, limit int) ([]store.Callback, error) {
	var list []store.Callback
	err := s.inView(ctx, func(tx *sql.Tx) (err error) {
		list, err = readCallbacks(ctx, tx, `SELECT `+callbackColumns+` FROM callbacks WHERE seq > ? ORDER BY seq LIMIT ?`,
			after, store.Clamp(limit, store.MaxChanges))
		return err
	})
	return list, wrap("read changes of callbacks", err)
}

// LastCallbackChange implements store.Callbacks.
func (s *Store) LastCallbackChange(ctx context.Context) (int64, error) {
	var seq int64
	err := s.inView(ctx, func(tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT coalesce(max(seq), 0) FROM callbacks`).Scan(&seq)
	})
	return seq, wrap("read the last change of callbacks", err)
}
