package web

import (
	"fmt"
	"slices"

	"afterbeep/store"
)

// botsProgress is how far everything is that the bots bring.
type botsProgress struct {
	Running bool
	Moving  bool   // it is asked for again, for more will be to tell soon
	Ran     []fact // when it was and will be looked
	Ask     bool   // a pass can be asked for
	Safe    *progressView
	Due     string // sessions that are still to be fetched; "" for none
	Past    []backfillView
	At      stampView // when all of this was so
}

// leadStep is a step of the way from an empty installation to the first search.
type leadStep struct {
	Title, Words  string
	Href, Link    string // where the step is taken; "" where it takes itself
	Kore          bool   // it is taken in the vendor's console
	Done, Current bool
}

// progressOf gathers how far the visitor's bots are.
func (s *Server) progressOf(v *visit, ledger store.Ledger) (*botsProgress, error) {
	if !s.connected() {
		return nil, nil
	}
	r, st := v.reading(), s.Ingest.Status()
	p := &botsProgress{Running: st.Running, Ask: true, At: r.Exact(v.now)}
	moment := func(name string, view stampView) { p.Ran = append(p.Ran, fact{Name: name, Stamp: &view}) }
	if !st.LastEnd.IsZero() {
		moment("Looked last", r.Stamp(st.LastEnd))
	}
	if !st.NextAt.IsZero() {
		moment("Looks next", r.Stamp(st.NextAt))
	}
	if st.Schedule != "" {
		p.Ran = append(p.Ran, fact{Name: "Schedule", Value: st.Schedule, Code: true})
	}
	lags, err := s.Store.Lags(v.ctx(), v.scope(), s.worked())
	if err != nil {
		return nil, fmt.Errorf("see how far the archive is: %w", err)
	}
	if lags.Recordings > 0 {
		p.Safe = &progressView{Value: lags.Kept, Max: lags.Recordings,
			Text: fmt.Sprintf("%s of %s archived", r.Number(int64(lags.Kept)), r.Count(int64(lags.Recordings), "recording"))}
	}
	due := 0
	for _, state := range []store.State{store.StateDue, store.StateLeased, store.StateWaiting, store.StateRetry} {
		due += ledger.Sessions[state]
	}
	if due > 0 {
		p.Due = r.Count(int64(due), "call") + " still to be fetched or waited for"
	}
	past, err := s.backfills(v, r.place())
	if err != nil {
		return nil, err
	}
	p.Past = slices.DeleteFunc(past.Runs, func(run backfillView) bool { return run.To == "" }) // those that are done
	p.Moving = p.Running || slices.ContainsFunc(p.Past, func(run backfillView) bool { return run.To == store.BackfillStopped })
	return p, nil
}

// leadOf is the way to the first voicemail, nil once there is one.
func (s *Server) leadOf(v *visit, ledger store.Ledger) []leadStep {
	if ledger.Voicemails > 0 || s.Bots == nil || !v.scope().All() {
		return nil
	}
	connected := s.connected()
	sessions := 0
	for _, n := range ledger.Sessions {
		sessions += n
	}
	found := "Afterbeep looks by itself, and you can have it look now. The first look goes back two days unless the settings say otherwise; older calls come with a backfill on the ledger."
	if sessions > 0 {
		found = plural(sessions, "call") + " found so far, and none of them holds a voicemail yet."
	}
	steps := []leadStep{
		{Title: "Sign in", Words: "You are the administrator of all bots.", Done: true},
		{Title: "Give Afterbeep a key in Kore.ai", Kore: true, Done: connected},
		{Title: "Enter it, test it, save it", Words: "The form below tries each thing that is needed and says what is not right yet.", Href: "#form", Link: "To the form", Done: connected},
		{Title: "Let the first voicemails arrive", Words: found},
		{Title: "Search", Words: "Type what somebody said, or a number. Then add the people who are to use it.", Href: peoplePath, Link: "Add people"},
	}
	for i := range steps {
		if !steps[i].Done {
			steps[i].Current = true
			break
		}
	}
	return steps
}
