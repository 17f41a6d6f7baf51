package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"afterbeep/store"
)

// voicemailColumns are what scanVoicemail reads.
const voicemailColumns = `id, bot_id, session_id, account_id, caller, called, queue, started_at, lang, author_id, author_type,
	created_on, modified_on, left_at, transcript, transcript_state, duration_us, analysis_version`

// recordingColumns are what readRecordings reads.
const recordingColumns = `voicemail_id, n, kind, file_name, status, expiry_hint, checked_at, digest, type, bytes, duration_us, kept_at`

func scanVoicemail(row pgx.Row) (store.Voicemail, error) {
	var v store.Voicemail
	var us int64
	err := row.Scan(&v.ID, &v.BotID, &v.SessionID, &v.AccountID, &v.Caller, &v.Called, &v.Queue, at(&v.StartedAt), &v.Lang, &v.Author.ID, &v.Author.Type,
		at(&v.CreatedOn), at(&v.ModifiedOn), at(&v.LeftAt), &v.Text, &v.Transcript, &us, &v.AnalysisVersion)
	v.Duration = time.Duration(us) * time.Microsecond
	return v, err
}

// readVoicemails reads the voicemails of ids that are in the scope, in the
// order of ids, each once, with segments and recordings. It takes one round trip,
// however many they are.
func readVoicemails(ctx context.Context, t tx, scope store.Scope, ids []int64) ([]store.Voicemail, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	byID := make(map[int64]*store.Voicemail, len(ids))
	b := &pgx.Batch{}
	b.Queue(`SELECT `+voicemailColumns+` FROM voicemails WHERE id = ANY($1)`+inScope, scopeArgs(ids, scope)...).Query(func(rows pgx.Rows) error {
		for rows.Next() {
			v, err := scanVoicemail(rows)
			if err != nil {
				return err
			}
			byID[v.ID] = &v
		}
		return rows.Err()
	})
	b.Queue(`SELECT voicemail_id, message_id, component_id, text, author_id, author_type, lang, created_on, modified_on
		FROM segments WHERE voicemail_id = ANY($1) ORDER BY voicemail_id, position`, ids).Query(func(rows pgx.Rows) error {
		return readSegments(rows, byID)
	})
	b.Queue(`SELECT `+recordingColumns+`
		FROM recordings WHERE voicemail_id = ANY($1) ORDER BY voicemail_id, n`, ids).Query(func(rows pgx.Rows) error {
		return readRecordings(rows, byID)
	})
	if err := t.run(ctx, b); err != nil {
		return nil, err
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

// readSegments hands the rows to their voicemails. Rows of one that isn't
// there lie outside the scope.
func readSegments(rows pgx.Rows, byID map[int64]*store.Voicemail) error {
	for rows.Next() {
		var id int64
		var g store.Segment
		if err := rows.Scan(&id, &g.MessageID, &g.ComponentID, &g.Text, &g.Author.ID, &g.Author.Type, &g.Lang, at(&g.CreatedOn), at(&g.ModifiedOn)); err != nil {
			return err
		}
		if v := byID[id]; v != nil {
			v.Segments = append(v.Segments, g)
		}
	}
	return rows.Err()
}

func readRecordings(rows pgx.Rows, byID map[int64]*store.Voicemail) error {
	for rows.Next() {
		var id, us int64
		var r store.Recording
		err := rows.Scan(&id, &r.N, &r.Kind, &r.FileName, &r.Status, at(&r.ExpiryHint), at(&r.CheckedAt),
			&r.Digest, &r.Type, &r.Bytes, &us, at(&r.KeptAt))
		if err != nil {
			return err
		}
		r.Duration = time.Duration(us) * time.Microsecond
		if v := byID[id]; v != nil {
			v.Recordings = append(v.Recordings, r)
		}
	}
	return rows.Err()
}

// Voicemail implements store.Archive.
func (s *Store) Voicemail(ctx context.Context, scope store.Scope, id int64) (store.Voicemail, error) {
	var v store.Voicemail
	err := s.inView(ctx, "read voicemail", func(ctx context.Context, t tx) error {
		vs, err := readVoicemails(ctx, t, scope, []int64{id})
		if err != nil {
			return err
		}
		if len(vs) == 0 {
			return store.ErrNotFound
		}
		v = vs[0]
		return nil
	})
	return v, err
}

// Voicemails implements store.Archive.
func (s *Store) Voicemails(ctx context.Context, scope store.Scope, ids []int64) ([]store.Voicemail, error) {
	if len(ids) == 0 {
		return nil, ctx.Err()
	}
	var vs []store.Voicemail
	err := s.inView(ctx, "read voicemails", func(ctx context.Context, t tx) (err error) {
		vs, err = readVoicemails(ctx, t, scope, ids)
		return err
	})
	return vs, err
}

// Session implements store.Archive.
func (s *Store) Session(ctx context.Context, scope store.Scope, sessionID string) (store.Session, error) {
	var x store.Session
	err := s.inView(ctx, "read session", func(ctx context.Context, t tx) error {
		var err error
		x, err = scanSession(t.QueryRow(ctx, `SELECT `+sessionColumns+` FROM call_sessions
			WHERE session_id = $1 AND ($2 OR bot_id = ANY($3)) AND ($4 OR CASE queue_name WHEN '' THEN queue_id ELSE queue_name END = ANY($5))
			ORDER BY bot_id LIMIT 1`, scopeArgs(store.CleanText(sessionID), scope)...))
		return err
	})
	return x, err
}

// Ledger implements store.Archive.
func (s *Store) Ledger(ctx context.Context, scope store.Scope) (store.Ledger, error) {
	var l store.Ledger
	err := s.inView(ctx, "sum up the ledger", func(ctx context.Context, t tx) error {
		l = store.Ledger{Sessions: map[store.State]int{}}
		whole := scope.WholeBots()
		b := &pgx.Batch{}
		b.Queue(`SELECT state, count(*) FROM call_sessions WHERE $1 OR bot_id = ANY($2) GROUP BY state`,
			whole.EveryBot(), whole.Bots()).Query(func(rows pgx.Rows) error {
			var state store.State
			var n int
			_, err := pgx.ForEachRow(rows, []any{&state, &n}, func() error {
				l.Sessions[state] = n
				return nil
			})
			return err
		})
		b.Queue(`SELECT min(due_at) FROM call_sessions
			WHERE state IN ('due', 'waiting', 'retry', 'leased') AND ($1 OR bot_id = ANY($2))`,
			whole.EveryBot(), whole.Bots()).QueryRow(func(row pgx.Row) error { return row.Scan(at(&l.NextDue)) })
		b.Queue(`SELECT count(*), min(left_at), max(left_at) FROM voicemails WHERE ($1 OR bot_id = ANY($2)) AND ($3 OR queue = ANY($4))`,
			scope.EveryBot(), scope.Bots(), scope.EveryQueue(), scope.Queues()).QueryRow(func(row pgx.Row) error {
			return row.Scan(&l.Voicemails, at(&l.Oldest), at(&l.Newest))
		})
		if err := t.run(ctx, b); err != nil {
			return err
		}
		var err error
		l.Now, err = t.now(ctx)
		return err
	})
	return l, err
}

// Payload implements store.Archive.
func (s *Store) Payload(ctx context.Context, scope store.Scope, id int64) ([]byte, error) {
	var packed []byte
	err := s.inView(ctx, "read payload", func(ctx context.Context, t tx) error {
		return t.QueryRow(ctx, `SELECT p.body FROM payloads p JOIN voicemails v ON v.id = p.voicemail_id
			WHERE v.id = $1`+inScope, scopeArgs(id, scope)...).Scan(&packed)
	})
	if err != nil {
		return nil, err
	}
	return store.Unpack(packed)
}
