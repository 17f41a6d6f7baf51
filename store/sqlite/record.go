package sqlite

import (
	"context"
	"database/sql"
	"time"

	"afterbeep/store"
)

// Record implements store.Sessions.
func (s *Store) Record(ctx context.Context, l store.Lease, o store.Outcome) (bool, error) {
	o, err := o.Clean()
	if err != nil {
		return false, wrap("record", err)
	}
	changed := false
	err = s.inTx(ctx, func(tx *sql.Tx) error {
		now := s.now()
		r, err := held(ctx, tx, l, now)
		if err != nil {
			return err
		}
		had, err := voicemailOf(ctx, tx, r.Session)
		if err != nil {
			return err
		}
		c := store.Conclude(r.Session, had, o, now)
		if err := saveLedger(ctx, tx, ledgerRow{Session: c.Session}, now); err != nil {
			return err
		}
		changed = c.Changed
		return saveConclusion(ctx, tx, had, c, o.Reply.Finder(), now)
	})
	return changed && err == nil, wrap("record", err)
}

// voicemailOf is the session's voicemail; nil where it has none.
func voicemailOf(ctx context.Context, tx *sql.Tx, one store.Session) (*store.Voicemail, error) {
	id := store.VoicemailID(one.BotID, one.SessionID)
	byID, err := voicemails(ctx, tx, store.AllBots(), []int64{id})
	return byID[id], err
}

func saveConclusion(ctx context.Context, tx *sql.Tx, had *store.Voicemail, c store.Conclusion, find func(store.Voicemail) store.Finding, now time.Time) error {
	switch {
	case c.Voicemail == nil:
		return nil
	case !c.Changed:
		return saveRecordings(ctx, tx, *c.Voicemail)
	}
	if err := saveVoicemail(ctx, tx, *c.Voicemail); err != nil {
		return err
	}
	if err := savePayload(ctx, tx, c.Voicemail.ID, c.Payload); err != nil {
		return err
	}
	if err := saveTasks(ctx, tx, had, *c.Voicemail, c.Session, now); err != nil {
		return err
	}
	if err := followShown(ctx, tx, *c.Voicemail, find, now); err != nil {
		return err
	}
	return writeChanges(ctx, tx, []int64{c.Voicemail.ID}, store.IsNews(had, *c.Voicemail))
}

// saveVoicemail inserts the voicemail or replaces what is stored of it.
func saveVoicemail(ctx context.Context, tx *sql.Tx, v store.Voicemail) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO voicemails (id, bot_id, session_id, account_id, caller, called, queue, started_at,
			lang, author_id, author_type, created_on, modified_on, left_at, transcript, transcript_state, duration_us, analysis_version)
		VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)
		ON CONFLICT (id) DO UPDATE SET account_id = excluded.account_id, caller = excluded.caller, called = excluded.called,
			queue = excluded.queue, started_at = excluded.started_at, lang = excluded.lang, author_id = excluded.author_id,
			author_type = excluded.author_type, created_on = excluded.created_on, modified_on = excluded.modified_on,
			left_at = excluded.left_at, transcript = excluded.transcript, transcript_state = excluded.transcript_state,
			duration_us = excluded.duration_us, analysis_version = excluded.analysis_version`,
		v.ID, v.BotID, v.SessionID, v.AccountID, v.Caller, v.Called, v.Queue, known(v.StartedAt),
		v.Lang, v.Author.ID, v.Author.Type, known(v.CreatedOn), known(v.ModifiedOn), known(v.LeftAt), v.Text, v.Transcript,
		v.Duration.Microseconds(), v.AnalysisVersion)
	if err != nil {
		return err
	}
	if err := saveSegments(ctx, tx, v); err != nil {
		return err
	}
	return saveRecordings(ctx, tx, v)
}

func saveSegments(ctx context.Context, tx *sql.Tx, v store.Voicemail) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM segments WHERE voicemail_id = ?`, v.ID); err != nil {
		return err
	}
	for i, g := range v.Segments {
		_, err := tx.ExecContext(ctx, `INSERT INTO segments (voicemail_id, position, message_id, component_id, text,
				author_id, author_type, lang, created_on, modified_on) VALUES (?,?,?,?,?,?,?,?,?,?)`,
			v.ID, i, g.MessageID, g.ComponentID, g.Text, g.Author.ID, g.Author.Type, g.Lang, known(g.CreatedOn), known(g.ModifiedOn))
		if err != nil {
			return err
		}
	}
	return nil
}

func saveRecordings(ctx context.Context, tx *sql.Tx, v store.Voicemail) error {
	for _, r := range v.Recordings {
		_, err := tx.ExecContext(ctx, `INSERT INTO recordings (voicemail_id, n, kind, file_name, status, expiry_hint, checked_at,
				digest, type, bytes, duration_us, kept_at) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)
			ON CONFLICT (voicemail_id, n) DO UPDATE SET kind = excluded.kind, file_name = excluded.file_name,
				status = excluded.status, expiry_hint = excluded.expiry_hint, checked_at = excluded.checked_at,
				digest = excluded.digest, type = excluded.type, bytes = excluded.bytes, duration_us = excluded.duration_us,
				kept_at = excluded.kept_at`,
			v.ID, r.N, r.Kind, r.FileName, r.Status, known(r.ExpiryHint), known(r.CheckedAt),
			r.Digest, r.Type, r.Bytes, r.Duration.Microseconds(), known(r.KeptAt))
		if err != nil {
			return err
		}
	}
	return nil
}

// savePayload stores the body; nil leaves what is stored.
func savePayload(ctx context.Context, tx *sql.Tx, id int64, body []byte) error {
	if body == nil {
		return nil
	}
	packed, err := store.Pack(body)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO payloads (voicemail_id, body) VALUES (?,?)
		ON CONFLICT (voicemail_id) DO UPDATE SET body = excluded.body`, id, packed)
	return err
}
