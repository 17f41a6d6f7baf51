package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"afterbeep/store"
)

// Record implements store.Sessions.
func (s *Store) Record(ctx context.Context, l store.Lease, o store.Outcome) (bool, error) {
	o, err := o.Clean()
	if err != nil {
		return false, fmt.Errorf("record: %w", err)
	}
	changed := false
	err = s.inTx(ctx, "record", func(ctx context.Context, t tx) error {
		x, now, err := lockLeased(ctx, t, l)
		if err != nil {
			return err
		}
		had, err := voicemailOf(ctx, t, x.Key())
		if err != nil {
			return err
		}
		c := store.Conclude(x, had, o, now)
		b := &pgx.Batch{}
		queueSettled(b, c.Session, now)
		var tasks []store.Task
		var f store.Followed
		if c.Changed {
			if tasks, err = neededTasks(ctx, t, had, *c.Voicemail, c.Session, now); err != nil {
				return err
			}
			if f, err = store.FollowVoicemail(ctx, caseReader{t}, *c.Voicemail, o.Reply.Finder()); err != nil {
				return err
			}
		}
		if err := queueConclusion(b, had, c, tasks, f, now); err != nil {
			return err
		}
		changed = c.Changed
		return t.run(ctx, b)
	})
	return changed && err == nil, err
}

// voicemailOf is the session's voicemail, nil where it has none. Whoever holds
// the session's row may write it.
func voicemailOf(ctx context.Context, t tx, key store.SessionKey) (*store.Voicemail, error) {
	vs, err := readVoicemails(ctx, t, store.AllBots(), []int64{store.VoicemailID(key.BotID, key.SessionID)})
	if err != nil || len(vs) == 0 {
		return nil, err
	}
	return &vs[0], nil
}

// queueSettled writes the session's new state and ends its lease.
func queueSettled(b *pgx.Batch, x store.Session, now time.Time) {
	b.Queue(`UPDATE call_sessions SET state = $3, attempts = $4, due_at = $5, reason = $6, excerpt = $7, ready = $8, lease_token = '', state_before = ''
		WHERE bot_id = $1 AND session_id = $2`, x.BotID, x.SessionID, x.State, x.Attempts, known(x.DueAt), x.Reason, x.Excerpt,
		store.Ready(x.DueAt, now))
}

func queueConclusion(b *pgx.Batch, had *store.Voicemail, c store.Conclusion, tasks []store.Task, f store.Followed, now time.Time) error {
	if c.Voicemail == nil {
		return nil
	}
	v := *c.Voicemail
	news := store.IsNews(had, v)
	if c.Changed {
		queueVoicemail(b, v)
		queueSegments(b, v)
	}
	queueRecordings(b, v)
	queueTasks(b, tasks, now)
	if err := queuePayload(b, v.ID, c.Payload); err != nil {
		return err
	}
	if c.Changed {
		queueFollowed(b, f)
		numberCallbacks(b, f.Changed)
		queueChanges(b, []int64{v.ID}, news)
	}
	return nil
}

// queuePayload stores the body; nil leaves what is stored.
func queuePayload(b *pgx.Batch, id int64, body []byte) error {
	if body == nil {
		return nil
	}
	packed, err := store.Pack(body)
	if err != nil {
		return err
	}
	b.Queue(`INSERT INTO payloads (voicemail_id, body) VALUES ($1, $2)
		ON CONFLICT (voicemail_id) DO UPDATE SET body = excluded.body`, id, packed)
	return nil
}

func queueVoicemail(b *pgx.Batch, v store.Voicemail) {
	b.Queue(`INSERT INTO voicemails (`+voicemailColumns+`) VALUES
		($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
		ON CONFLICT (id) DO UPDATE SET account_id = excluded.account_id, caller = excluded.caller, called = excluded.called,
		queue = excluded.queue, started_at = excluded.started_at, lang = excluded.lang, author_id = excluded.author_id,
		author_type = excluded.author_type, created_on = excluded.created_on, modified_on = excluded.modified_on,
		left_at = excluded.left_at, transcript = excluded.transcript, transcript_state = excluded.transcript_state,
		duration_us = excluded.duration_us, analysis_version = excluded.analysis_version`,
		v.ID, v.BotID, v.SessionID, v.AccountID, v.Caller, v.Called, v.Queue, known(v.StartedAt), v.Lang, v.Author.ID, v.Author.Type,
		known(v.CreatedOn), known(v.ModifiedOn), v.LeftAt, v.Text, v.Transcript, v.Duration.Microseconds(), v.AnalysisVersion)
}

func queueSegments(b *pgx.Batch, v store.Voicemail) {
	b.Queue(`DELETE FROM segments WHERE voicemail_id = $1`, v.ID)
	for i, g := range v.Segments {
		b.Queue(`INSERT INTO segments (voicemail_id, position, message_id, component_id, text, author_id, author_type, lang, created_on, modified_on)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
			v.ID, i, g.MessageID, g.ComponentID, g.Text, g.Author.ID, g.Author.Type, g.Lang, known(g.CreatedOn), known(g.ModifiedOn))
	}
}

func queueRecordings(b *pgx.Batch, v store.Voicemail) {
	for _, r := range v.Recordings {
		b.Queue(`INSERT INTO recordings (`+recordingColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
			ON CONFLICT (voicemail_id, n) DO UPDATE SET kind = excluded.kind, file_name = excluded.file_name,
			status = excluded.status, expiry_hint = excluded.expiry_hint, checked_at = excluded.checked_at,
			digest = excluded.digest, type = excluded.type, bytes = excluded.bytes, duration_us = excluded.duration_us,
			kept_at = excluded.kept_at`,
			v.ID, r.N, r.Kind, r.FileName, r.Status, known(r.ExpiryHint), known(r.CheckedAt),
			r.Digest, r.Type, r.Bytes, r.Duration.Microseconds(), known(r.KeptAt))
	}
}
