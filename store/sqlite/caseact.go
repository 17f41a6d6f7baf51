package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"afterbeep/store"
)

// Act implements store.Callbacks.
func (s *Store) Act(ctx context.Context, scope store.Scope, voicemailID int64, a store.Action) ([]store.Callback, error) {
	a, err := a.Clean()
	if err != nil {
		return nil, wrap("act on callback", err)
	}
	var changed []store.Callback
	err = s.inTx(ctx, func(tx *sql.Tx) error {
		r := caseReader{tx, s.now()}
		l, err := r.work(ctx, scope, voicemailID)
		if err != nil {
			return err
		}
		changed, err = r.act(ctx, l, store.CaseAct{ID: voicemailID, Action: a, Scope: scope})
		return err
	})
	if err != nil {
		return nil, wrap("act on callback", err)
	}
	return changed, nil
}

// work reads the case of a voicemail; where there is no work on it yet, it is
// begun.
func (r caseReader) work(ctx context.Context, scope store.Scope, id int64) (store.Linked, error) {
	c, err := r.Hold(ctx, id)
	if err == nil {
		had, err := r.Cases(ctx, []int64{c.CaseID})
		return store.Unlinked(had), err
	}
	if !errors.Is(err, store.ErrNotFound) {
		return store.Linked{}, err
	}
	byID, err := voicemails(ctx, r.tx, store.AllBots(), []int64{id})
	if err != nil {
		return store.Linked{}, err
	}
	v := byID[id]
	if v == nil || !scope.Sees(v.BotID) || !scope.SeesQueue(v.Queue) {
		return store.Linked{}, store.ErrNotFound
	}
	return store.BeginWork(ctx, r, *v)
}

// act does the action to the case and returns the messages that have changed.
func (r caseReader) act(ctx context.Context, l store.Linked, x store.CaseAct) ([]store.Callback, error) {
	done, err := x.Act(ctx, r, l)
	if err != nil || len(done.Steps) == 0 {
		return nil, err
	}
	if err := saveCallbacks(ctx, r.tx, done.Changed); err != nil {
		return nil, err
	}
	if err := saveEvents(ctx, r.tx, done.Linked, ""); err != nil {
		return nil, err
	}
	if err := saveSteps(ctx, r.tx, done.Steps); err != nil {
		return nil, err
	}
	if err := writeChanges(ctx, r.tx, store.Judged(done.Steps), false); err != nil {
		return nil, err
	}
	return done.Changed, numberCallbacks(ctx, r.tx, done.Changed)
}

// saveSteps writes the histories and what people corrected.
func saveSteps(ctx context.Context, tx *sql.Tx, steps []store.Step) error {
	for _, step := range steps {
		before, err := step.Before.Encode()
		if err != nil {
			return err
		}
		if err := saveEvents(ctx, tx, step.Events, before); err != nil {
			return err
		}
		if !step.Corrects {
			continue
		}
		if err := saveCorrection(ctx, tx, step.Callback.VoicemailID, step.Correction); err != nil {
			return err
		}
	}
	return nil
}

// ClaimNext implements store.Callbacks.
func (s *Store) ClaimNext(ctx context.Context, scope store.Scope, q store.WorkQuery, a store.Action) ([]store.Callback, error) {
	a.Verb, a.Whole = store.VerbClaim, true
	a, err := a.Clean()
	if err != nil {
		return nil, wrap("claim next callback", err)
	}
	var claimed []store.Callback
	err = s.inTx(ctx, func(tx *sql.Tx) error {
		for _, q := range q.Nexts() {
			if claimed, err = (caseReader{tx, s.now()}).claimNext(ctx, scope, q, a); err != nil || len(claimed) > 0 {
				return err
			}
		}
		return store.ErrNotFound
	})
	if err != nil {
		return nil, wrap("claim next callback", err)
	}
	return claimed, nil
}

// claimNext claims the first case of the list that nobody holds a part of.
func (r caseReader) claimNext(ctx context.Context, scope store.Scope, q store.WorkQuery, a store.Action) ([]store.Callback, error) {
	return store.ClaimFirst(ctx, workReader{r.tx, scope, r.now}, q, r.now, func(one store.Case) ([]store.Callback, error) {
		return r.claim(ctx, scope, one, a)
	})
}

// claim claims a case; nothing where somebody holds a part of it that isn't
// listed.
func (r caseReader) claim(ctx context.Context, scope store.Scope, one store.Case, a store.Action) ([]store.Callback, error) {
	had, err := r.Cases(ctx, []int64{one.ID})
	if err != nil || !one.Still(had, r.now) {
		return nil, err
	}
	x := store.CaseAct{ID: one.Messages[0].VoicemailID, Action: a, Scope: scope}
	claimed, err := r.act(ctx, store.Unlinked(had), x)
	if errors.Is(err, store.ErrHeld) || errors.Is(err, store.ErrClosed) || errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	return claimed, err
}
