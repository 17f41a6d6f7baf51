package web

import (
	"fmt"
	"slices"

	"afterbeep/store"
)

// evidenceShown is how many calls a card shows that may have settled it.
const evidenceShown = 5

// evidenceView is a call that may have settled what a caller wanted.
type evidenceView struct {
	Words  string // "Answered by agent u-1 for 3 min"
	When   stampView
	Number string
	Queue  string
	Note   string // for the history, where it is closed for that
	First  bool   // it has the key
	N      int    // its place
	Later  bool   // another message of the case, which waits, was left after it
}

// evidence finds the calls with any of the numbers since the message was left.
// Whether one of them settled it, only people can say: nothing is closed by it.
// others are the other messages of the case: what was left after a call it did not settle.
func (s *Server) evidence(v *visit, c store.Callback, others []store.Callback, numbers []string, read reading) ([]evidenceView, error) {
	if c.Status == store.CallbackDone {
		return nil, nil
	}
	list, err := s.Store.Evidence(v.ctx(), v.scope(), append(numbers, c.Caller, c.Number), c.LeftAt, evidenceShown)
	if err != nil {
		return nil, fmt.Errorf("look for calls with a number: %w", err)
	}
	var views []evidenceView
	for i, e := range list {
		one := evidenceView{When: read.Exact(e.StartedAt), Number: numberViewOf(e.Number, "").Text, Queue: e.Queue, First: i == 0, N: i}
		one.Later = slices.ContainsFunc(others, func(m store.Callback) bool { return m.Status != store.CallbackDone && m.LeftAt.After(e.StartedAt) })
		one.Words = "Answered"
		if e.Outbound {
			one.Words = "Called, and reached,"
		}
		if e.Agent != "" {
			one.Words += " by agent " + e.Agent
		}
		if e.Talk > 0 {
			one.Words += " for " + talkText(e.Talk.Seconds())
		}
		one.Note = fmt.Sprintf("Handled already: %s, %s", one.Words, one.When.Text)
		views = append(views, one)
	}
	return views, nil
}

// toCall are the numbers of the card.
func (page *callbackPage) toCall() []string {
	var numbers []string
	if page.Best != nil {
		numbers = append(numbers, page.Best.e164)
	}
	for _, n := range page.Others {
		numbers = append(numbers, n.e164)
	}
	return numbers
}

// talkText is how long people spoke.
func talkText(seconds float64) string {
	if seconds < 60 {
		return fmt.Sprintf("%.0f s", seconds)
	}
	return fmt.Sprintf("%d min", int(seconds+30)/60)
}
