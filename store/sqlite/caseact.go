package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

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
		l, err := s.readWork(ctx, tx, scope, voicemailID)
		if err != nil {
			return err
		}
		changed, err = actOn(ctx, tx, l, store.CaseAct{ID: voicemailID, Action: a, Scope: scope, Now: s.now()})
		return err
	})
	if err != nil {
		return nil, wrap("act on callback", err)
	}
	return changed, nil
}

// readWork reads the case of a voicemail; where there is no work on it yet, it is
// begun.
func (s *Store) readWork(ctx context.Context, tx *sql.Tx, scope store.Scope, id int64) (linked, error) {
	caseID, err := caseOf(ctx, tx, id)
	if errors.Is(err, store.ErrNotFound) {
		return s.beginWork(ctx, tx, scope, id)
	}
	if err != nil {
		return linked{}, err
	}
	had, err := readCases(ctx, tx, []int64{caseID})
	return linked{had: had, after: had}, err
}

func caseOf(ctx context.Context, tx *sql.Tx, id int64) (caseID int64, err error) {
	err = found(tx.QueryRowContext(ctx, `SELECT case_id FROM callbacks WHERE voicemail_id = ?`, id).Scan(&caseID))
	return caseID, err
}

// beginWork is the work on a voicemail that had none.
func (s *Store) beginWork(ctx context.Context, tx *sql.Tx, scope store.Scope, id int64) (linked, error) {
	byID, err := voicemails(ctx, tx, store.AllBots(), []int64{id})
	if err != nil {
		return linked{}, err
	}
	v := byID[id]
	if v == nil || !scope.Sees(v.BotID) || !scope.SeesQueue(v.Queue) {
		return linked{}, store.ErrNotFound
	}
	k, err := knownOf(ctx, tx, id)
	if err != nil {
		return linked{}, err
	}
	now := s.now()
	d, err := deskOf(ctx, tx)
	if err != nil {
		return linked{}, err
	}
	return linkCase(ctx, tx, store.Idle(*v, k.finding, k.correction, d, now), true, k.finding.Name, now)
}

// actOn does the action to the case and returns the messages that have changed.
func actOn(ctx context.Context, tx *sql.Tx, l linked, x store.CaseAct) ([]store.Callback, error) {
	if err := prepareAct(ctx, tx, store.OfCase(l.after, x.ID), &x); err != nil {
		return nil, err
	}
	steps, err := x.Decide()
	if err != nil || len(steps) == 0 {
		return nil, err
	}
	after := l.after
	for _, step := range steps {
		after = store.WithCallback(after, step.Callback)
	}
	if steps[0].Corrects {
		if l, err = relink(ctx, tx, l, steps[0].Callback, x.Now); err != nil {
			return nil, err
		}
		after = l.after
	}
	changed := store.ChangedCallbacks(l.had, after)
	if err := saveCallbacks(ctx, tx, changed); err != nil {
		return nil, err
	}
	if err := saveEvents(ctx, tx, l.events, ""); err != nil {
		return nil, err
	}
	if err := saveSteps(ctx, tx, steps); err != nil {
		return nil, err
	}
	if err := writeChanges(ctx, tx, store.Judged(steps), false); err != nil {
		return nil, err
	}
	return changed, numberCallbacks(ctx, tx, changed)
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

// relink is the case of a message whose numbers may be others now.
func relink(ctx context.Context, tx *sql.Tx, l linked, c store.Callback, now time.Time) (linked, error) {
	k, err := knownOf(ctx, tx, c.VoicemailID)
	if err != nil {
		return linked{}, err
	}
	again, err := linkCase(ctx, tx, c, false, k.finding.Name, now)
	again.events = l.events
	return again, err
}

// prepareAct reads what deciding needs.
func prepareAct(ctx context.Context, tx *sql.Tx, members []store.Callback, x *store.CaseAct) error {
	var err error
	if x.Desk, err = deskOf(ctx, tx); err != nil {
		return err
	}
	ids := make([]int64, len(members))
	for i, c := range members {
		ids[i] = c.VoicemailID
		x.Members = append(x.Members, store.Member{Callback: c})
	}
	switch x.Action.Verb {
	case store.VerbAttempt:
		x.Tried, err = triedSince(ctx, tx, ids, x.Number(), x.Action.Since(x.Now))
		return err
	case store.VerbCorrect, store.VerbUndo:
		if err := readMemberCorrections(ctx, tx, ids, x); err != nil {
			return err
		}
	}
	if x.Action.Verb == store.VerbUndo {
		return readLasts(ctx, tx, ids, x)
	}
	return nil
}

// triedSince is how often somebody tried to reach the caller of a case.
func triedSince(ctx context.Context, tx *sql.Tx, ids []int64, number string, since time.Time) (n int, err error) {
	args := append(anys(ids), known(since), number, known(since))
	err = tx.QueryRowContext(ctx, `SELECT count(DISTINCT at) FILTER (WHERE verb = 'attempt') - count(DISTINCT at) FILTER (WHERE verb = 'undo')
		FROM (SELECT verb, at FROM callback_events WHERE voicemail_id IN (`+marks(len(ids))+`) AND at >= ?
				AND (verb = 'attempt' OR verb = 'undo' AND detail = 'attempt')
			UNION SELECT verb, at FROM callback_events WHERE number = ? AND number <> '' AND at >= ?
				AND verb IN ('attempt', 'undo') AND (verb = 'attempt' OR detail = 'attempt')) AS tries`, args...).Scan(&n)
	return n, err
}

func readMemberCorrections(ctx context.Context, tx *sql.Tx, ids []int64, x *store.CaseAct) error {
	list, err := readCorrections(ctx, tx, `WHERE x.voicemail_id IN (`+marks(len(ids))+`)`, anys(ids)...)
	for i := range list {
		if m := x.Member(list[i].VoicemailID); m != nil {
			m.Correction = &list[i]
		}
	}
	return err
}

// readLasts reads what somebody last did to each message.
func readLasts(ctx context.Context, tx *sql.Tx, ids []int64, x *store.CaseAct) error {
	verbs := store.Undoable()
	return each(ctx, tx, `SELECT id, voicemail_id, at, done_by, verb, status_from, status_to, detail, before FROM callback_events
		WHERE id IN (SELECT max(id) FROM callback_events WHERE voicemail_id IN (`+marks(len(ids))+`) AND verb IN (`+marks(len(verbs))+`) GROUP BY voicemail_id)`,
		slices.Concat(anys(ids), anys(verbs)), func(rows *sql.Rows) error {
			var e store.CallbackEvent
			var before string
			err := rows.Scan(&e.ID, &e.VoicemailID, at(&e.At), &e.By, &e.Verb, &e.From, &e.To, &e.Detail, &before)
			if m := x.Member(e.VoicemailID); err == nil && m != nil {
				m.Last = e
				m.Before, err = store.DecodeBefore(before)
			}
			return err
		})
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
			if claimed, err = claimNext(ctx, tx, scope, q, a, s.now()); err != nil || len(claimed) > 0 {
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
func claimNext(ctx context.Context, tx *sql.Tx, scope store.Scope, q store.WorkQuery, a store.Action, now time.Time) ([]store.Callback, error) {
	for {
		cases, next, err := workOf(ctx, tx, scope, q, now)
		if err != nil {
			return nil, err
		}
		for _, one := range cases {
			claimed, err := claimCase(ctx, tx, scope, one, a, now)
			if err != nil || len(claimed) > 0 {
				return claimed, err
			}
		}
		if next == (store.WorkKey{}) {
			return nil, nil
		}
		q.After = next
	}
}

// claimCase claims a case; nothing where somebody holds a part of it that isn't
// listed.
func claimCase(ctx context.Context, tx *sql.Tx, scope store.Scope, one store.Case, a store.Action, now time.Time) ([]store.Callback, error) {
	had, err := readCases(ctx, tx, []int64{one.ID})
	if err != nil || !one.Still(had, now) {
		return nil, err
	}
	x := store.CaseAct{ID: one.Messages[0].VoicemailID, Action: a, Scope: scope, Now: now}
	claimed, err := actOn(ctx, tx, linked{had: had, after: had}, x)
	if errors.Is(err, store.ErrHeld) || errors.Is(err, store.ErrClosed) || errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	return claimed, err
}
