package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"afterbeep/store"
)

// Act implements store.Callbacks.
func (s *Store) Act(ctx context.Context, scope store.Scope, voicemailID int64, a store.Action) ([]store.Callback, error) {
	a, err := a.Clean()
	if err != nil {
		return nil, fmt.Errorf("act on callback: %w", err)
	}
	var changed []store.Callback
	err = s.inTx(ctx, "act on callback", func(ctx context.Context, t tx) error {
		r := caseReader{t}
		l, err := r.work(ctx, scope, voicemailID, a.Relinks())
		if err != nil {
			return err
		}
		changed, err = r.act(ctx, l, store.CaseAct{ID: voicemailID, Action: a, Scope: scope})
		return err
	})
	if err != nil {
		return nil, err
	}
	return changed, nil
}

// work locks the case of a voicemail; where there is no work on it yet, it is
// begun. relinks says that numbers may change.
func (r caseReader) work(ctx context.Context, scope store.Scope, id int64, relinks bool) (store.Linked, error) {
	caseID, err := caseOf(ctx, r.tx, id)
	if none := errors.Is(err, pgx.ErrNoRows); none || err == nil && relinks {
		if err := lockLinks(ctx, r.tx); err != nil {
			return store.Linked{}, err
		}
		caseID, err = caseOf(ctx, r.tx, id)
		if errors.Is(err, pgx.ErrNoRows) {
			return r.begin(ctx, scope, id)
		}
	}
	if err != nil {
		return store.Linked{}, err
	}
	had, err := r.Cases(ctx, []int64{caseID})
	if err == nil && store.OfCase(had, id) == nil {
		err = errRaced // it belongs to another case by now
	}
	return store.Unlinked(had), err
}

// begin is the work on a voicemail that had none. The links are locked.
func (r caseReader) begin(ctx context.Context, scope store.Scope, id int64) (store.Linked, error) {
	vs, err := readVoicemails(ctx, r.tx, store.AllBots(), []int64{id})
	if err != nil {
		return store.Linked{}, err
	}
	if len(vs) == 0 || !scope.Sees(vs[0].BotID) || !scope.SeesQueue(vs[0].Queue) {
		return store.Linked{}, store.ErrNotFound
	}
	return store.BeginWork(ctx, r, vs[0])
}

// act does the action to the case, which is locked, and returns the messages that
// have changed.
func (r caseReader) act(ctx context.Context, l store.Linked, x store.CaseAct) ([]store.Callback, error) {
	done, err := x.Act(ctx, r, l)
	if err != nil || len(done.Steps) == 0 {
		return nil, err
	}
	b := &pgx.Batch{}
	queueCallbacks(b, done.Changed)
	queueEvents(b, done.Linked, "")
	for _, step := range done.Steps {
		before, err := step.Before.Encode()
		if err != nil {
			return nil, err
		}
		queueEvents(b, step.Events, before)
		if step.Corrects {
			queueCorrection(b, step.Callback.VoicemailID, step.Correction)
		}
	}
	numberCallbacks(b, done.Changed)
	queueChanges(b, store.Judged(done.Steps), false)
	return done.Changed, r.run(ctx, b)
}

// ClaimNext implements store.Callbacks.
func (s *Store) ClaimNext(ctx context.Context, scope store.Scope, q store.WorkQuery, a store.Action) ([]store.Callback, error) {
	a.Verb, a.Whole = store.VerbClaim, true
	a, err := a.Clean()
	if err != nil {
		return nil, fmt.Errorf("claim next callback: %w", err)
	}
	var claimed []store.Callback
	err = s.inTx(ctx, "claim next callback", func(ctx context.Context, t tx) error {
		for _, q := range q.Nexts() {
			if claimed, err = (caseReader{t}).claimNext(ctx, scope, q, a); err != nil || len(claimed) > 0 {
				return err
			}
		}
		return store.ErrNotFound
	})
	if err != nil {
		return nil, err
	}
	return claimed, nil
}

// claimNext claims the first case of the list that nobody else is about to claim.
func (r caseReader) claimNext(ctx context.Context, scope store.Scope, q store.WorkQuery, a store.Action) ([]store.Callback, error) {
	now, err := r.now(ctx)
	if err != nil {
		return nil, err
	}
	return store.ClaimFirst(ctx, workReader{r.tx, scope, now}, q, now, func(one store.Case) ([]store.Callback, error) {
		return r.claim(ctx, scope, one, a)
	})
}

// claim claims a case; nothing where somebody else does so at the same time,
// or has done.
func (r caseReader) claim(ctx context.Context, scope store.Scope, one store.Case, a store.Action) ([]store.Callback, error) {
	var all, free int
	err := r.QueryRow(ctx, `WITH free AS (SELECT voicemail_id FROM callbacks WHERE case_id = $1 ORDER BY voicemail_id FOR UPDATE SKIP LOCKED)
		SELECT (SELECT count(*) FROM callbacks WHERE case_id = $1), (SELECT count(*) FROM free)`, one.ID).Scan(&all, &free)
	if err != nil || free < all || all == 0 {
		return nil, err
	}
	had, err := r.Cases(ctx, []int64{one.ID})
	if err != nil {
		return nil, err
	}
	x := store.CaseAct{ID: one.Messages[0].VoicemailID, Action: a, Scope: scope}
	if now, err := r.now(ctx); err != nil || !one.Still(had, now) {
		return nil, err
	}
	claimed, err := r.act(ctx, store.Unlinked(had), x)
	if errors.Is(err, store.ErrHeld) || errors.Is(err, store.ErrClosed) || errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	return claimed, err
}
