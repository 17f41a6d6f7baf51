package web

import (
	"errors"
	"net/http"
	"slices"

	"afterbeep/store"
)

// workState says on a message's page where the work on it stands: every voicemail
// is new, seen or done.
type workState struct {
	Mark   string // "new", "seen" or "done", or what is being done
	Tone   string // of its tag
	Words  string // who, and why
	When   *stampView
	Href   string // its card
	Done   string // where it is done, by who may; "" where it is, or is work of the list
	Reopen string
}

// workState is the state of a voicemail.
func (s *Server) workState(v *visit, id int64, w workOn, read reading) *workState {
	st := &workState{Mark: "new", Words: "Nobody has opened it before.", Href: callbackHref(id)}
	stamped := func(mark, tone, words string, at stampView) {
		st.Mark, st.Tone, st.Words, st.When = mark, tone, words, &at
	}
	c := w.callback
	switch {
	case !w.known:
	case c.Status == store.CallbackDone:
		stamped("done", "good", outcomeLabel(w.desk, c.Outcome)+", by "+c.Assignee+",", read.Stamp(c.ClosedAt))
	case c.StatusAt(v.now) == store.CallbackClaimed:
		stamped("claimed", "warn", c.Assignee+" works on it until", read.Exact(c.LeaseUntil))
	case c.Lane == store.LaneRequests:
		st.Mark, st.Tone, st.Words = "to call back", "warn", "The caller asks to be called back."
	case c.Lane == store.LaneListen:
		st.Mark, st.Tone, st.Words = "needs a listen", "warn", sentence(listenWords(c, v.now))
	case c.Lane == store.LaneOld && c.Requested:
		st.Mark, st.Tone, st.Words = "old", "dim", "The caller asked to be called back, which was found long after."
	case c.Lane == store.LaneOld:
		st.Mark, st.Tone, st.Words = "old", "dim", sentence(listenWords(c, v.now))
	case !c.SeenAt.IsZero():
		stamped("seen", "dim", "First opened by "+c.SeenBy, read.Stamp(c.SeenAt))
	}
	if !may(v.user.Role, rightWork) {
		return st
	}
	switch {
	case c.Status == store.CallbackDone:
		st.Reopen = callbackHref(id) + "/reopen"
	case c.Lane == store.LaneNone && c.StatusAt(v.now) != store.CallbackClaimed:
		st.Done = callbackHref(id) + "/close"
	}
	return st
}

// outcomeLabel is what people call an outcome.
func outcomeLabel(d store.Desk, key string) string {
	for _, list := range [][]store.Disposition{d.Dispositions, store.DefaultDesk().Dispositions} {
		if i := slices.IndexFunc(list, func(one store.Disposition) bool { return one.Key == key }); i >= 0 {
			return list[i].Label
		}
	}
	return key
}

// markSeen writes down that somebody who may work opened a voicemail. A page is
// shown where that fails, too: what was opened is in the audit log.
func (s *Server) markSeen(v *visit, id int64) {
	// Who only asks whether it is there, or fetches ahead, has not seen it.
	if v.Request().Method != http.MethodGet || v.Request().Header.Get("Sec-Purpose") != "" {
		return
	}
	s.mark(v, id, store.VerbSeen)
}

// markHeard writes down that somebody who may work listens, and tells those who
// look at it now.
func (s *Server) markHeard(v *visit, vm store.Voicemail) {
	s.mark(v, vm.ID, store.VerbHeard)
	c, err := s.Store.Callback(v.ctx(), v.scope(), vm.ID)
	if err != nil {
		c = store.Callback{VoicemailID: vm.ID, CaseID: vm.ID, BotID: vm.BotID, Queue: vm.Queue, Status: store.CallbackOpen}
	}
	s.work.listens(c, v.user.Name, v.now)
}

// mark writes down what somebody does by looking or listening. Only those who may
// work: what an analyst opened is not seen to.
func (s *Server) mark(v *visit, id int64, verb store.Verb) {
	if !may(v.user.Role, rightWork) {
		return
	}
	_, err := s.Store.Act(v.ctx(), v.scope(), id, store.Action{Verb: verb, By: v.user.Name})
	if err != nil && !errors.Is(err, store.ErrNotFound) && v.ctx().Err() == nil {
		s.Log.WarnContext(v.ctx(), "what somebody did can't be marked", "request_id", v.id, "verb", string(verb), "err", err)
	}
}
