package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"afterbeep/store"
)

// Outdated implements store.Analyses.
func (s *Store) Outdated(ctx context.Context, version, limit int) ([]int64, error) {
	var ids []int64
	err := s.inView(ctx, "list outdated", func(ctx context.Context, t tx) error {
		rows, err := t.Query(ctx, `SELECT id FROM voicemails WHERE analysis_version < $1 ORDER BY analysis_version, id LIMIT $2`,
			version, store.Clamp(limit, store.MaxOutdated))
		if err != nil {
			return err
		}
		ids, err = pgx.CollectRows(rows, pgx.RowTo[int64])
		return err
	})
	return ids, err
}

// Reanalyse implements store.Analyses.
func (s *Store) Reanalyse(ctx context.Context, id int64, r store.Reply) (bool, error) {
	clean, changed := r.Clean(), false
	err := s.inTx(ctx, "reanalyse", func(ctx context.Context, t tx) error {
		changed = false
		one, err := lockSessionOf(ctx, t, id)
		if errors.Is(err, store.ErrLeaseLost) {
			return store.ErrNotFound
		}
		if err != nil {
			return err
		}
		vs, err := readVoicemails(ctx, t, store.AllBots(), []int64{id})
		if err != nil {
			return err
		}
		if len(vs) == 0 {
			return store.ErrNotFound
		}
		v, again, shown := store.MergeAnalysis(vs[0], clean)
		if !again {
			return nil
		}
		f, err := store.FollowVoicemail(ctx, caseReader{t}, v, clean.Find)
		if err != nil {
			return err
		}
		changed = shown || f.Body != ""
		return saveAnalysis(ctx, t, vs[0], analysed{v, one, clean.Payload, shown, f})
	})
	return changed && err == nil, err
}

// analysed is a voicemail as a newer analysis made it.
type analysed struct {
	voicemail store.Voicemail
	session   store.Session
	payload   []byte // nil leaves what is stored
	shown     bool
	followed  store.Followed
}

func saveAnalysis(ctx context.Context, t tx, had store.Voicemail, a analysed) error {
	b := &pgx.Batch{}
	if a.shown {
		now, err := t.now(ctx)
		if err != nil {
			return err
		}
		tasks, err := neededTasks(ctx, t, &had, a.voicemail, a.session, now)
		if err != nil {
			return err
		}
		queueTasks(b, tasks, now)
		queueVoicemail(b, a.voicemail)
		queueSegments(b, a.voicemail)
	} else {
		b.Queue(`UPDATE voicemails SET analysis_version = $2 WHERE id = $1`, a.voicemail.ID, a.voicemail.AnalysisVersion)
	}
	if err := queuePayload(b, a.voicemail.ID, a.payload); err != nil {
		return fmt.Errorf("pack payload: %w", err)
	}
	queueFollowed(b, a.followed)
	numberCallbacks(b, a.followed.Changed)
	if a.shown || a.followed.Body != "" {
		queueChanges(b, []int64{a.voicemail.ID}, false)
	}
	return t.run(ctx, b)
}
