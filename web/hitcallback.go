package web

import (
	"context"
	"fmt"
	"time"

	"afterbeep/store"
)

// addCallbacks tells with each hit what is known of the request to be called
// back. What was found is read for those alone that have one, or need a listen.
func (e *Engine) addCallbacks(ctx context.Context, scope store.Scope, hits []Hit, ids []int64, now time.Time) error {
	if len(hits) == 0 {
		return nil
	}
	work, err := e.Archive.CallbacksOf(ctx, scope, ids)
	if err != nil {
		return fmt.Errorf("read callbacks of hits: %w", err)
	}
	var asking []int64
	for id, c := range work {
		if c.Requested || c.Lane != store.LaneNone {
			asking = append(asking, id)
		}
	}
	var findings map[int64]store.Finding
	if len(asking) > 0 {
		if findings, err = e.Archive.FindingsOf(ctx, scope, asking); err != nil {
			return fmt.Errorf("read what was found in hits: %w", err)
		}
	}
	for i, h := range hits {
		if c, known := work[h.ID]; known {
			hits[i].Callback = callbackAnswer(c, true, findings[h.ID], h.Text, now)
		}
	}
	return nil
}

// workTag says on a hit where the work on it stands.
type workTag struct {
	Text string
	Mark string // of the tag: "good", "warn" or "dim"
}

func workTagOf(c Callback) *workTag {
	switch {
	case c.Status == string(store.CallbackClaimed):
		return &workTag{"claimed by " + c.Assignee, "dim"}
	case c.Status == string(store.CallbackDone):
		return &workTag{"done", "good"}
	case c.Lane == string(store.LaneOld):
		return &workTag{"old request", "dim"}
	case c.Requested && c.Status != "":
		return &workTag{"wants a call", "warn"}
	case c.Lane == string(store.LaneListen):
		return &workTag{"needs a listen", "dim"}
	}
	return nil
}
