package sqlite

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"afterbeep/store"
)

// Voicemail implements store.Archive.
func (s *Store) Voicemail(ctx context.Context, scope store.Scope, id int64) (store.Voicemail, error) {
	var v *store.Voicemail
	err := s.inView(ctx, func(tx *sql.Tx) error {
		byID, err := voicemails(ctx, tx, scope, []int64{id})
		v = byID[id]
		return err
	})
	if err == nil && v == nil {
		err = store.ErrNotFound
	}
	if err != nil {
		return store.Voicemail{}, wrap("read voicemail", err)
	}
	return *v, nil
}

// Voicemails implements store.Archive.
func (s *Store) Voicemails(ctx context.Context, scope store.Scope, ids []int64) ([]store.Voicemail, error) {
	if len(ids) == 0 {
		return nil, ctx.Err()
	}
	var byID map[int64]*store.Voicemail
	err := s.inView(ctx, func(tx *sql.Tx) (err error) {
		byID, err = voicemails(ctx, tx, scope, ids)
		return err
	})
	if err != nil {
		return nil, wrap("read voicemails", err)
	}
	var vs []store.Voicemail
	for _, id := range ids {
		if v := byID[id]; v != nil {
			vs = append(vs, *v)
			delete(byID, id)
		}
	}
	return vs, nil
}

// voicemails loads those of ids that the scope sees, with all that belongs to
// them, in a fixed number of queries for each chunk of ids.
func voicemails(ctx context.Context, tx *sql.Tx, scope store.Scope, ids []int64) (map[int64]*store.Voicemail, error) {
	byID := make(map[int64]*store.Voicemail, len(ids))
	for part := range slices.Chunk(ids, chunk) {
		seen, err := loadVoicemails(ctx, tx, scope, part, byID)
		if err != nil {
			return nil, err
		}
		if len(seen) == 0 {
			continue
		}
		if err := loadSegments(ctx, tx, seen, byID); err != nil {
			return nil, err
		}
		if err := loadRecordings(ctx, tx, seen, byID); err != nil {
			return nil, err
		}
	}
	return byID, nil
}

// loadVoicemails adds to byID and returns the ids that it added.
func loadVoicemails(ctx context.Context, tx *sql.Tx, scope store.Scope, ids []int64, byID map[int64]*store.Voicemail) ([]any, error) {
	args := make([]any, len(ids))
	for i, id := range ids {
		args[i] = id
	}
	var seen []any
	err := each(ctx, tx, `SELECT id, bot_id, session_id, account_id, caller, called, queue, started_at, lang, author_id, author_type,
			created_on, modified_on, left_at, transcript, transcript_state, duration_us, analysis_version
		FROM voicemails WHERE id IN (`+marks(len(ids))+`)`, args,
		func(rows *sql.Rows) error {
			var v store.Voicemail
			var us int64
			err := rows.Scan(&v.ID, &v.BotID, &v.SessionID, &v.AccountID, &v.Caller, &v.Called, &v.Queue, at(&v.StartedAt),
				&v.Lang, &v.Author.ID, &v.Author.Type, at(&v.CreatedOn), at(&v.ModifiedOn), at(&v.LeftAt),
				&v.Text, &v.Transcript, &us, &v.AnalysisVersion)
			if err != nil {
				return err
			}
			v.Duration = time.Duration(us) * time.Microsecond
			// Ids of two chunks may be the same.
			if byID[v.ID] == nil && scope.Holds(v.BotID, v.Queue) {
				byID[v.ID] = &v
				seen = append(seen, v.ID)
			}
			return nil
		})
	return seen, err
}

func loadSegments(ctx context.Context, tx *sql.Tx, ids []any, byID map[int64]*store.Voicemail) error {
	return each(ctx, tx, `SELECT voicemail_id, message_id, component_id, text, author_id, author_type, lang, created_on, modified_on
		FROM segments WHERE voicemail_id IN (`+marks(len(ids))+`) ORDER BY voicemail_id, position`, ids,
		func(rows *sql.Rows) error {
			var id int64
			var g store.Segment
			err := rows.Scan(&id, &g.MessageID, &g.ComponentID, &g.Text, &g.Author.ID, &g.Author.Type, &g.Lang,
				at(&g.CreatedOn), at(&g.ModifiedOn))
			if err != nil {
				return err
			}
			byID[id].Segments = append(byID[id].Segments, g)
			return nil
		})
}

func loadRecordings(ctx context.Context, tx *sql.Tx, ids []any, byID map[int64]*store.Voicemail) error {
	return each(ctx, tx, `SELECT voicemail_id, n, kind, file_name, status, expiry_hint, checked_at,
			digest, type, bytes, duration_us, kept_at
		FROM recordings WHERE voicemail_id IN (`+marks(len(ids))+`) ORDER BY voicemail_id, n`, ids,
		func(rows *sql.Rows) error {
			var id, us int64
			var r store.Recording
			err := rows.Scan(&id, &r.N, &r.Kind, &r.FileName, &r.Status, at(&r.ExpiryHint), at(&r.CheckedAt),
				&r.Digest, &r.Type, &r.Bytes, &us, at(&r.KeptAt))
			if err != nil {
				return err
			}
			r.Duration = time.Duration(us) * time.Microsecond
			byID[id].Recordings = append(byID[id].Recordings, r)
			return nil
		})
}

// Session implements store.Archive.
func (s *Store) Session(ctx context.Context, scope store.Scope, sessionID string) (store.Session, error) {
	var rows []ledgerRow
	err := s.inView(ctx, func(tx *sql.Tx) (err error) {
		rows, err = ledgerRows(ctx, tx, store.CleanText(sessionID))
		return err
	})
	if err != nil {
		return store.Session{}, wrap("read session", err)
	}
	for _, r := range rows {
		if scope.Holds(r.BotID, r.Session.Queue()) {
			return r.Session, nil
		}
	}
	return store.Session{}, wrap("read session", store.ErrNotFound)
}

// Ledger implements store.Archive. Rows are summed up by bot, and the scope is
// applied to the sums.
func (s *Store) Ledger(ctx context.Context, scope store.Scope) (store.Ledger, error) {
	l := store.Ledger{Sessions: make(map[store.State]int), Now: s.now()}
	err := s.inView(ctx, func(tx *sql.Tx) error {
		if err := sumSessions(ctx, tx, scope, &l); err != nil {
			return err
		}
		return sumVoicemails(ctx, tx, scope, &l)
	})
	if err != nil {
		return store.Ledger{}, wrap("sum up the ledger", err)
	}
	return l, nil
}

func sumSessions(ctx context.Context, tx *sql.Tx, scope store.Scope, l *store.Ledger) error {
	return each(ctx, tx, `SELECT bot_id, state, count(*), min(due_at) FROM call_sessions GROUP BY bot_id, state`, nil,
		func(rows *sql.Rows) error {
			var bot string
			var state store.State
			var n int
			var due time.Time
			if err := rows.Scan(&bot, &state, &n, at(&due)); err != nil {
				return err
			}
			if scope.WholeBots().Sees(bot) {
				l.Sessions[state] += n
				l.NextDue = earlier(l.NextDue, due)
			}
			return nil
		})
}

func sumVoicemails(ctx context.Context, tx *sql.Tx, scope store.Scope, l *store.Ledger) error {
	// The queues are looked at only where they have to be: an index has the bots.
	queue, by := `''`, `bot_id`
	if !scope.EveryQueue() {
		queue, by = `queue`, `bot_id, queue`
	}
	return each(ctx, tx, `SELECT bot_id, `+queue+`, count(*), min(left_at), max(left_at) FROM voicemails GROUP BY `+by, nil,
		func(rows *sql.Rows) error {
			var bot, queue string
			var n int
			var oldest, newest time.Time
			if err := rows.Scan(&bot, &queue, &n, at(&oldest), at(&newest)); err != nil {
				return err
			}
			if !scope.Sees(bot) || by != `bot_id` && !scope.SeesQueue(queue) {
				return nil
			}
			l.Voicemails += n
			l.Oldest = earlier(l.Oldest, oldest)
			if newest.After(l.Newest) {
				l.Newest = newest
			}
			return nil
		})
}

// earlier is the earlier of two times of which either may not be known.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || (!b.IsZero() && b.Before(a)) {
		return b
	}
	return a
}

// Payload implements store.Archive.
func (s *Store) Payload(ctx context.Context, scope store.Scope, id int64) ([]byte, error) {
	var bot, queue string
	var packed []byte
	err := s.inView(ctx, func(tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT v.bot_id, v.queue, p.body FROM payloads p JOIN voicemails v ON v.id = p.voicemail_id
			WHERE p.voicemail_id = ?`, id).Scan(&bot, &queue, &packed)
	})
	if err == nil && !scope.Holds(bot, queue) {
		err = store.ErrNotFound
	}
	if err != nil {
		return nil, wrap("read payload", found(err))
	}
	body, err := store.Unpack(packed)
	return body, wrap("read payload", err)
}
