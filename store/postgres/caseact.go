package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

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
		l, err := lockWork(ctx, t, scope, voicemailID, a.Relinks())
		if err != nil {
			return err
		}
		changed, err = actOn(ctx, t, l, store.CaseAct{ID: voicemailID, Action: a, Scope: scope})
		return err
	})
	if err != nil {
		return nil, err
	}
	return changed, nil
}

// lockWork locks the case of a voicemail; where there is no work on it yet, it
// is begun. relinks says that numbers may change.
func lockWork(ctx context.Context, t tx, scope store.Scope, id int64, relinks bool) (linked, error) {
	caseID, err := caseOf(ctx, t, id)
	if none := errors.Is(err, pgx.ErrNoRows); none || err == nil && relinks {
		if err := lockLinks(ctx, t); err != nil {
			return linked{}, err
		}
		caseID, err = caseOf(ctx, t, id)
		if errors.Is(err, pgx.ErrNoRows) {
			return beginWork(ctx, t, scope, id)
		}
	}
	if err != nil {
		return linked{}, err
	}
	had, err := lockCases(ctx, t, []int64{caseID})
	if err == nil && store.OfCase(had, id) == nil {
		err = errRaced // it belongs to another case by now
	}
	return linked{had: had, after: had}, err
}

func caseOf(ctx context.Context, t tx, id int64) (caseID int64, err error) {
	err = t.QueryRow(ctx, `SELECT case_id FROM callbacks WHERE voicemail_id = $1`, id).Scan(&caseID)
	return caseID, err
}

// beginWork is the work on a voicemail that had none. The links are locked.
func beginWork(ctx context.Context, t tx, scope store.Scope, id int64) (linked, error) {
	vs, err := readVoicemails(ctx, t, store.AllBots(), []int64{id})
	if err != nil {
		return linked{}, err
	}
	if len(vs) == 0 || !scope.Sees(vs[0].BotID) || !scope.SeesQueue(vs[0].Queue) {
		return linked{}, store.ErrNotFound
	}
	k, err := knownOf(ctx, t, id)
	if err != nil {
		return linked{}, err
	}
	now, err := t.now(ctx)
	if err != nil {
		return linked{}, err
	}
	d, err := deskOf(ctx, t)
	if err != nil {
		return linked{}, err
	}
	return linkCase(ctx, t, store.Idle(vs[0], k.finding, k.correction, d, now), true, k.finding.Name, now)
}

// actOn does the action to the case, which is locked, and returns the messages
// that have changed.
func actOn(ctx context.Context, t tx, l linked, x store.CaseAct) ([]store.Callback, error) {
	if err := prepareAct(ctx, t, store.OfCase(l.after, x.ID), &x); err != nil {
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
		if l, err = relink(ctx, t, l, steps[0].Callback, x.Now); err != nil {
			return nil, err
		}
		after = l.after
	}
	changed := store.ChangedCallbacks(l.had, after)
	b := &pgx.Batch{}
	queueCallbacks(b, changed)
	queueEvents(b, l.events, "")
	for _, step := range steps {
		before, err := step.Before.Encode()
		if err != nil {
			return nil, err
		}
		queueEvents(b, step.Events, before)
		if step.Corrects {
			queueCorrection(b, step.Callback.VoicemailID, step.Correction)
		}
	}
	numberCallbacks(b, changed)
	queueChanges(b, store.Judged(steps), false)
	return changed, t.run(ctx, b)
}

// relink is the case of a message whose numbers may be others now.
func relink(ctx context.Context, t tx, l linked, c store.Callback, now time.Time) (linked, error) {
	k, err := knownOf(ctx, t, c.VoicemailID)
	if err != nil {
		return linked{}, err
	}
	again, err := linkCase(ctx, t, c, false, k.finding.Name, now)
	if err != nil {
		return linked{}, err
	}
	again.events = l.events
	return again, nil
}

// prepareAct reads what deciding needs.
func prepareAct(ctx context.Context, t tx, members []store.Callback, x *store.CaseAct) error {
	var err error
	if x.Desk, err = deskOf(ctx, t); err != nil {
		return err
	}
	if x.Now, err = t.now(ctx); err != nil {
		return err
	}
	ids := make([]int64, len(members))
	for i, c := range members {
		ids[i] = c.VoicemailID
		x.Members = append(x.Members, store.Member{Callback: c})
	}
	switch x.Action.Verb {
	case store.VerbAttempt:
		x.Tried, err = triedSince(ctx, t, ids, x.Number(), x.Action.Since(x.Now))
		return err
	case store.VerbCorrect, store.VerbUndo:
		if err := readMemberCorrections(ctx, t, ids, x); err != nil {
			return err
		}
	}
	if x.Action.Verb == store.VerbUndo {
		return readLasts(ctx, t, ids, x)
	}
	return nil
}

// triedSince is how often somebody tried to reach the caller of a case.
func triedSince(ctx context.Context, t tx, ids []int64, number string, since time.Time) (n int, err error) {
	err = t.QueryRow(ctx, `SELECT count(DISTINCT at) FILTER (WHERE verb = 'attempt') - count(DISTINCT at) FILTER (WHERE verb = 'undo')
		FROM (SELECT verb, at FROM callback_events WHERE voicemail_id = ANY($1) AND at >= $3 AND (verb = 'attempt' OR verb = 'undo' AND detail = 'attempt')
			UNION SELECT verb, at FROM callback_events WHERE number = $2 AND number <> '' AND at >= $3
				AND verb IN ('attempt', 'undo') AND (verb = 'attempt' OR detail = 'attempt')) AS tries`, ids, number, since).Scan(&n)
	return n, err
}

func readMemberCorrections(ctx context.Context, t tx, ids []int64, x *store.CaseAct) error {
	list, err := readCorrections(ctx, t, `WHERE x.voicemail_id = ANY($1)`, ids)
	for i := range list {
		if m := x.Member(list[i].VoicemailID); m != nil {
			m.Correction = &list[i]
		}
	}
	return err
}

// readLasts reads what somebody last did to each message.
func readLasts(ctx context.Context, t tx, ids []int64, x *store.CaseAct) error {
	rows, err := t.Query(ctx, `SELECT id, voicemail_id, at, done_by, verb, status_from, status_to, detail, before FROM callback_events
		WHERE id IN (SELECT max(id) FROM callback_events WHERE voicemail_id = ANY($1) AND verb = ANY($2) GROUP BY voicemail_id)`, ids, store.Undoable())
	if err != nil {
		return err
	}
	var e store.CallbackEvent
	var before string
	_, err = pgx.ForEachRow(rows, []any{&e.ID, &e.VoicemailID, at(&e.At), &e.By, &e.Verb, &e.From, &e.To, &e.Detail, &before}, func() error {
		m := x.Member(e.VoicemailID)
		if m == nil {
			return nil
		}
		m.Last, err = e, nil
		m.Before, err = store.DecodeBefore(before)
		return err
	})
	return err
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
			if claimed, err = claimNext(ctx, t, scope, q, a); err != nil || len(claimed) > 0 {
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
func claimNext(ctx context.Context, t tx, scope store.Scope, q store.WorkQuery, a store.Action) ([]store.Callback, error) {
	for {
		now, err := t.now(ctx)
		if err != nil {
			return nil, err
		}
		cases, next, err := workOf(ctx, t, scope, q, now)
		if err != nil {
			return nil, err
		}
		for _, one := range cases {
			claimed, err := claimCase(ctx, t, scope, one, a)
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

// claimCase claims a case; nothing where somebody else does so at the same time,
// or has done.
func claimCase(ctx context.Context, t tx, scope store.Scope, one store.Case, a store.Action) ([]store.Callback, error) {
	var all, free int
	err := t.QueryRow(ctx, `WITH free AS (SELECT voicemail_id FROM callbacks WHERE case_id = $1 ORDER BY voicemail_id FOR UPDATE SKIP LOCKED)
		SELECT (SELECT count(*) FROM callbacks WHERE case_id = $1), (SELECT count(*) FROM free)`, one.ID).Scan(&all, &free)
	if err != nil || free < all || all == 0 {
		return nil, err
	}
	had, err := lockCases(ctx, t, []int64{one.ID})
	if err != nil {
		return nil, err
	}
	x := store.CaseAct{ID: one.Messages[0].VoicemailID, Action: a, Scope: scope}
	if now, err := t.now(ctx); err != nil || !one.Still(had, now) {
		return nil, err
	}
	claimed, err := actOn(ctx, t, linked{had: had, after: had}, x)
	if errors.Is(err, store.ErrHeld) || errors.Is(err, store.ErrClosed) || errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	return claimed, err
}
