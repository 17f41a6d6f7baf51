package web

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"afterbeep/store"
)

// workOn reads what is known of the work on a voicemail.
func (s *Server) workOn(v *visit, id int64) (workOn, error) {
	var w workOn
	var err error
	if w.callback, err = s.Store.Callback(v.ctx(), v.scope(), id); err != nil && !errors.Is(err, store.ErrNotFound) {
		return w, fmt.Errorf("read callback: %w", err)
	}
	w.known = err == nil
	if w.finding, err = s.Store.Finding(v.ctx(), v.scope(), id); err != nil && !errors.Is(err, store.ErrNotFound) {
		return w, fmt.Errorf("read what was found: %w", err)
	}
	if w.desk, err = s.Store.Desk(v.ctx()); err != nil {
		return w, fmt.Errorf("read how the desk works: %w", err)
	}
	return w, nil
}

// callbackAnswer is the request of a voicemail, as the API gives it. text is the
// voicemail's.
func callbackAnswer(c store.Callback, known bool, f store.Finding, text string, now time.Time) Callback {
	a := Callback{Requested: f.Requested, Numbers: []Number{}, WantedAt: strings.Join(saidList(text, f.When), ", ")}
	if known {
		a.Requested, a.Assignee, a.Lane = c.Requested, c.Assignee, string(c.Lane)
		if c.Lane != store.LaneNone || c.Status != store.CallbackOpen {
			a.Status = string(c.StatusAt(now))
		}
		if c.StatusAt(now) == store.CallbackOpen {
			a.Assignee = ""
		}
	}
	if f.Confidence > 0 {
		a.Confidence = &f.Confidence
	}
	for _, n := range f.ToCall() {
		a.Numbers = append(a.Numbers, Number{E164: n.E164, Said: saidAt(text, n.Spans)})
	}
	if known && c.Corrected && c.Number != "" { // what a person says is the best
		a.Numbers = withFirst(a.Numbers, c.Number)
	}
	return a
}

// withFirst puts a number before the others.
func withFirst(list []Number, e164 string) []Number {
	first := []Number{{E164: e164}}
	for _, n := range list {
		if n.E164 == e164 {
			first[0] = n
		} else {
			first = append(first, n)
		}
	}
	return first
}

// foundNumbers are all numbers that were found in a text.
func foundNumbers(f store.Finding, text string) []FoundNumber {
	out := make([]FoundNumber, 0, len(f.Numbers))
	for _, n := range f.Numbers {
		out = append(out, FoundNumber{E164: n.E164, Said: saidAt(text, n.Spans), Digits: n.Digits, Kind: string(n.Kind), Ext: n.Ext,
			Label: n.Label, CallerID: n.CallerID})
	}
	return out
}

// eventAnswers is a callback's history, as the API gives it.
func eventAnswers(events []store.CallbackEvent) []CallbackEvent {
	out := make([]CallbackEvent, 0, len(events))
	for _, e := range events {
		out = append(out, CallbackEvent{ID: e.ID, At: Stamp(e.At), Actor: e.By, Action: string(e.Verb), From: string(e.From), To: string(e.To),
			Detail: e.Detail, Note: e.Note, Number: e.Number})
	}
	return out
}

func (s *Server) callbackEvents(v *visit, id int64) ([]store.CallbackEvent, error) {
	events, err := s.Store.CallbackEvents(v.ctx(), v.scope(), id)
	if err != nil {
		return nil, fmt.Errorf("read history of a callback: %w", err)
	}
	return events, nil
}
