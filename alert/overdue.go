package alert

import (
	"context"
	"fmt"
	"slices"
	"time"

	"afterbeep/measure"
	"afterbeep/store"
)

// overdueLate is for how long a request that got too old is looked for: messages
// may arrive late, and be found to be requests later still.
const overdueLate = 3 * 24 * time.Hour

// lookForOverdue looks for requests that are overdue or, where the alert has a limit
// of its own, older than that. Each is told once, because a match is kept once;
// those that were so before the alert was set are none.
func (w *Watch) lookForOverdue(ctx context.Context, l store.AlertLease, through int64) error {
	a := l.Alert
	f := store.AlertFound{Seen: max(through, a.Seen)}
	desk, err := w.Store.Desk(ctx)
	if err != nil {
		return err
	}
	clock, err := measure.NewClock(desk)
	if err != nil {
		return fmt.Errorf("read business hours: %w", err)
	}
	now := w.Now()
	since := a.SinceAt
	if earliest := now.Add(-overdueLate); earliest.After(since) {
		since = earliest
	}
	q := store.WaitQuery{Open: true, To: now, Limit: store.MaxWaits}
	if limit := a.OlderThan; limit > 0 {
		q.From, q.To = clock.OldestLate(since, limit), now.Add(-limit)
	}
	waits, err := w.Store.Waits(ctx, l.User.Scope(), q)
	if err != nil {
		return err
	}
	for _, one := range waits {
		at := clock.OverdueAt(one.BotID, one.Queue, one.LeftAt, one.DueAt)
		if a.OlderThan > 0 {
			at = clock.LateAt(one.BotID, one.Queue, one.LeftAt, a.OlderThan)
		}
		if !at.After(now) && at.After(since) {
			f.Matches = append(f.Matches, store.Match{VoicemailID: one.VoicemailID, LeftAt: one.LeftAt})
		}
	}
	_, err = w.Store.RecordAlert(ctx, l, f)
	return err
}

// stillOpen are those of the requests that nobody has closed since they were
// found: of the others there is nothing to tell any more.
func (w *Watch) stillOpen(ctx context.Context, l store.DeliveryLease, vs []store.Voicemail) ([]store.Voicemail, error) {
	ids := make([]int64, len(vs))
	for i, v := range vs {
		ids[i] = v.ID
	}
	work, err := w.Store.CallbacksOf(ctx, l.User.Scope(), ids)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(vs, func(v store.Voicemail) bool {
		c, there := work[v.ID]
		return !there || c.Status == store.CallbackDone || c.Lane != store.LaneRequests
	}), nil
}
