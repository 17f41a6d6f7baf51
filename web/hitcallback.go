package web

import (
	"context"
	"fmt"
	"slices"
	"strings"
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
			hits[i].Callback = requestOf(c, findings[h.ID], h.Text, now)
		}
	}
	return nil
}

// requestOf is what a hit tells of the work on it. text is the voicemail's.
func requestOf(c store.Callback, f store.Finding, text string, now time.Time) Callback {
	a := Callback{Requested: c.Requested, Lane: string(c.Lane), Numbers: []Number{}, WantedAt: strings.Join(piecesOf(text, f.When), ", ")}
	status := c.StatusAt(now)
	if c.Lane != store.LaneNone || status != store.CallbackOpen {
		a.Status = string(status)
	}
	if status != store.CallbackOpen {
		a.Assignee = c.Assignee
	}
	if c.Confidence > 0 {
		a.Confidence = &c.Confidence
	}
	for _, n := range f.ToCall() {
		a.Numbers = append(a.Numbers, Number{E164: n.E164, Said: strings.Join(piecesOf(text, n.Spans), " … ")})
	}
	at := slices.IndexFunc(a.Numbers, func(n Number) bool { return n.E164 == c.Number })
	switch {
	case at > 0 && c.Corrected: // a person has chosen another
		chosen := a.Numbers[at]
		a.Numbers = slices.Insert(slices.Delete(a.Numbers, at, at+1), 0, chosen)
	case at < 0 && c.Corrected && c.Number != "":
		a.Numbers = slices.Insert(a.Numbers, 0, Number{E164: c.Number})
	}
	return a
}

// piecesOf are the pieces of a text that spans name. One that isn't in it, as of
// a text that has changed since, is left out.
func piecesOf(text string, spans []store.Span) []string {
	var out []string
	for _, s := range spans {
		if s.Start >= 0 && s.Start < s.End && s.End <= len(text) {
			out = append(out, text[s.Start:s.End])
		}
	}
	return out
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
	case c.Status == string(store.CallbackDone) && c.Requested:
		return &workTag{"called back", "good"}
	case c.Status == string(store.CallbackDone):
		return &workTag{"done", "good"}
	case c.Requested && c.Status != "":
		return &workTag{"wants a call", "warn"}
	case c.Lane == string(store.LaneListen):
		return &workTag{"needs a listen", "dim"}
	}
	return nil
}
