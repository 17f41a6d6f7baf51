package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"afterbeep/store"
)

// Outdated implements store.Analyses.
func (s *Store) Outdated(ctx context.Context, version, limit int) ([]int64, error) {
	var ids []int64
	err := s.inView(ctx, func(tx *sql.Tx) error {
		return each(ctx, tx, `SELECT id FROM voicemails WHERE analysis_version < ? ORDER BY analysis_version, id LIMIT ?`,
			[]any{version, store.Clamp(limit, store.MaxOutdated)}, func(rows *sql.Rows) error {
				var id int64
				err := rows.Scan(&id)
				ids = append(ids, id)
				return err
			})
	})
	return ids, wrap("list outdated", err)
}

// Reanalyse implements store.Analyses.
func (s *Store) Reanalyse(ctx context.Context, id int64, r store.Reply) (bool, error) {
	clean, changed := r.Clean(), false
	err := s.inTx(ctx, func(tx *sql.Tx) error {
		byID, err := voicemails(ctx, tx, store.AllBots(), []int64{id})
		if err != nil {
			return err
		}
		had := byID[id]
		if had == nil {
			return store.ErrNotFound
		}
		v, again, shown := store.MergeAnalysis(*had, clean)
		if !again {
			return nil
		}
		now := s.now()
		f, err := store.FollowVoicemail(ctx, caseReader{tx, now}, v, clean.Find)
		if err != nil {
			return err
		}
		changed = shown || f.Body != ""
		if err := savePayload(ctx, tx, id, clean.Payload); err != nil {
			return err
		}
		if shown {
			err = saveAnalysis(ctx, tx, had, v, now)
		} else {
			_, err = tx.ExecContext(ctx, `UPDATE voicemails SET analysis_version = ? WHERE id = ?`, v.AnalysisVersion, id)
		}
		if err != nil {
			return err
		}
		if err := errors.Join(saveFollowed(ctx, tx, f), numberCallbacks(ctx, tx, f.Changed)); err != nil || !changed {
			return err
		}
		return writeChanges(ctx, tx, []int64{id}, false)
	})
	return changed && err == nil, wrap("reanalyse", err)
}

// saveAnalysis writes a voicemail that a newer analysis made different.
func saveAnalysis(ctx context.Context, tx *sql.Tx, had *store.Voicemail, v store.Voicemail, now time.Time) error {
	one, err := ledgerByKey(ctx, tx, store.SessionKey{BotID: v.BotID, SessionID: v.SessionID})
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if err := saveVoicemail(ctx, tx, v); err != nil {
		return err
	}
	return saveTasks(ctx, tx, had, v, one.Session, now)
}
