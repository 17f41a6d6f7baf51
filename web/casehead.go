package web

import (
	"fmt"
	"slices"
	"time"

	"afterbeep/store"
)

// headOf is what is said of a case in one line: its first message, as pressing as
// the most pressing of those that wait with it, wanted as early as any of them is
// and, where it has none of its own, with the name and the number of the first that has one.
func headOf(c store.Case, now time.Time) store.Callback {
	head := c.Messages[0]
	for _, m := range c.Messages[1:] {
		if head.Name == "" {
			head.Name = m.Name
		}
		if head.Number == "" {
			head.Number = m.Number
		}
	}
	for _, m := range waitingWith(c, now) {
		head.Urgency = max(head.Urgency, m.Urgency)
		if !m.DueAt.IsZero() && (head.DueAt.IsZero() || m.DueAt.Before(head.DueAt)) {
			head.DueAt = m.DueAt
		}
	}
	return head
}

// waitingWith are the other messages of a case that wait with its first; nil where
// that is done.
func waitingWith(c store.Case, now time.Time) []store.Callback {
	var waiting []store.Callback
	for i, m := range c.Messages {
		done := m.StatusAt(now) == store.CallbackDone
		if i == 0 && done {
			return nil
		}
		if i > 0 && !done && m.Lane != store.LaneOld {
			waiting = append(waiting, m)
		}
	}
	return waiting
}

// anyOverdue reports whether a message of the case is overdue.
func anyOverdue(c store.Case, late []store.Late, now time.Time) bool {
	return slices.ContainsFunc(c.Messages, func(m store.Callback) bool { return m.Overdue(late, now) })
}

// urgentWords are the reasons of a case's urgency: what its messages say, each reason
// once, and that there are several.
func urgentWords(c store.Callback, findings ...store.Finding) []string {
	words := []string{}
	for _, f := range findings {
		for _, why := range f.Urgent {
			if !slices.Contains(words, why) {
				words = append(words, why)
			}
		}
	}
	if c.Repeats > 0 {
		words = append(words, "has left more than one message")
	}
	return words
}

// urgentReasons says why a case is as urgent as it is; own is what was found in its
// first message.
func (s *Server) urgentReasons(v *visit, c store.Case, own store.Finding) ([]string, error) {
	var ids []int64
	for _, m := range c.Messages[1:] {
		if m.StatusAt(v.now) != store.CallbackDone && m.Urgency > 0 {
			ids = append(ids, m.VoicemailID)
		}
	}
	findings := []store.Finding{own}
	if len(ids) > 0 {
		found, err := s.Store.FindingsOf(v.ctx(), v.scope(), ids)
		if err != nil {
			return nil, fmt.Errorf("read what was found in messages of a case: %w", err)
		}
		for _, id := range ids {
			findings = append(findings, found[id])
		}
	}
	return urgentWords(c.Messages[0], findings...), nil
}
