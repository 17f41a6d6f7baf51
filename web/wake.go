package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"afterbeep/store"
)

// wake tries again what a session lacks: its audio, or else its voicemail.
// store.ErrLeased while that is going on.
func (s *Server) wake(v *visit, key store.SessionKey, kind store.GapKind) error {
	if kind != store.GapUnarchived {
		if err := s.Store.WakeSession(v.ctx(), v.scope(), key); err != nil {
			return fmt.Errorf("wake session: %w", err)
		}
		return nil
	}
	tasks, err := s.Store.VoicemailTasks(v.ctx(), v.scope(), store.VoicemailID(key.BotID, key.SessionID))
	if err != nil {
		return fmt.Errorf("list tasks: %w", err)
	}
	woken := error(store.ErrNotFound)
	for _, t := range tasks {
		if t.Kind != store.TaskKeep || t.State == store.StateStored {
			continue
		}
		err := s.Store.WakeTask(v.ctx(), v.scope(), t.TaskKey)
		switch {
		case err == nil:
			woken = nil
		case errors.Is(err, store.ErrLeased):
			woken = err
		case !errors.Is(err, store.ErrNotFound):
			return fmt.Errorf("wake task: %w", err)
		}
	}
	return woken
}

// nudge tells those who work that there is work.
func (s *Server) nudge() {
	if s.Enlister != nil {
		s.Enlister.Nudge()
	}
	if s.Keeper != nil {
		s.Keeper.Nudge()
	}
}

// sessionID reads the id of the path. The router takes it from the path that is
// decoded already, except where only the raw one tells its slashes.
func (v *visit) sessionID(name string) string {
	if v.Request().URL.RawPath == "" {
		return v.Param(name)
	}
	id, err := url.PathUnescape(v.Param(name))
	if err != nil {
		return v.Param(name)
	}
	return id
}

// postWake tries a session again.
func (s *Server) postWake(v *visit) error {
	id, bot, kind := v.sessionID("id"), v.FormValue("bot"), store.GapKind(v.FormValue("kind"))
	entry := store.AuditEntry{Detail: "session " + cut(id, maxDetail)}
	row, err := s.Store.Session(v.ctx(), scopeTo(v.scope(), bot), id)
	if errors.Is(err, store.ErrNotFound) {
		return s.deny(v, entry, notFound())
	}
	if err != nil {
		return fmt.Errorf("find session: %w", err)
	}
	if err := s.allow(v, entry); err != nil {
		return err
	}
	if !s.canFetch(row.BotID) {
		return nobodyFetches()
	}
	done := "wake"
	err = s.wake(v, row.Key(), kind)
	switch {
	case errors.Is(err, store.ErrLeased):
		done = "busy"
	case err != nil:
		return err
	}
	s.nudge()
	return v.seeOther(withDone(v.FormValue("back"), sessionPath(row.Key()), done, 0))
}

type sessionPage struct {
	frame
	Said      string
	State     string
	Failed    bool
	Reason    string
	Excerpt   string
	Facts     []fact
	Agents    []agentView
	Voicemail string // its page; "" where there is none
	Wake      string // where to try again
	Bot       string
	ID        string
	Zone      string
}

type agentView struct{ ID, Status, Time string }

func (s *Server) getSession(v *visit) error {
	id := v.sessionID("id")
	entry := store.AuditEntry{Detail: "session " + cut(id, maxDetail)}
	zone, err := v.zone(v.QueryParam("tz"))
	if err != nil {
		zone = time.UTC
	}
	row, err := s.Store.Session(v.ctx(), scopeTo(v.scope(), v.QueryParam("bot")), id)
	if errors.Is(err, store.ErrNotFound) {
		return s.deny(v, entry, notFound())
	}
	if err != nil {
		return fmt.Errorf("find session: %w", err)
	}
	vm, err := s.Store.Voicemail(v.ctx(), v.scope(), store.VoicemailID(row.BotID, row.SessionID))
	if err != nil && !errors.Is(err, store.ErrNotFound) { // not found: known, without a voicemail so far
		return fmt.Errorf("open voicemail: %w", err)
	}
	entry.VoicemailID = vm.ID
	if err := s.allow(v, entry); err != nil {
		return err
	}
	page := &sessionPage{frame: s.frame(v, "Session "+cut(id, 60)), Said: saidOf(v), State: stateSentence(row.State), Reason: row.Reason,
		Failed: row.State == store.StateDead || row.State == store.StateGone, Excerpt: row.Excerpt, Bot: row.BotID, ID: row.SessionID,
		Zone: zone.String(), Facts: sessionFacts(row, v.reading().in(zone))}
	for _, a := range row.Agents {
		page.Agents = append(page.Agents, agentView{ID: a.ID, Status: a.Status, Time: clock(time.Duration(a.Seconds) * time.Second)})
	}
	if vm.ID != 0 {
		page.Voicemail = voicemailPath(vm.ID)
	}
	if row.State != store.StateLeased && s.canFetch(row.BotID) {
		page.Wake = sessionPath(store.SessionKey{SessionID: row.SessionID}) + "/wake"
	}
	return s.page(v, http.StatusOK, page)
}

// sessionFacts is all that is known of a session.
func sessionFacts(s store.Session, r reading) []fact {
	var facts []fact
	text := func(name, value string, code bool) {
		if value != "" {
			facts = append(facts, fact{Name: name, Value: value, Code: code})
		}
	}
	moment := func(name string, t time.Time) {
		if !t.IsZero() {
			st := r.Fine(t)
			st.Text += " (" + ago(t, r.now) + ")"
			facts = append(facts, fact{Name: name, Stamp: &st})
		}
	}
	both := func(name, e164, raw string) {
		text(name, e164, false)
		if raw != e164 {
			text(name+", as told", raw, false)
		}
	}
	moment("Tried next", s.DueAt)
	if s.Attempts > 0 {
		text("Failed tries", fmt.Sprint(s.Attempts), false)
	}
	text("Voicemail", flagWords(s.Voicemail), false)
	moment("Call began", s.StartedAt)
	moment("Call ended", s.EndedAt)
	both("Caller", s.CallerE164, s.Caller)
	both("Called", s.CalledE164, s.Called)
	text("Queue", s.QueueName, false)
	text("Queue id", s.QueueID, true)
	text("Direction", s.Direction, false)
	text("Channel", s.Channel, false)
	text("Ended as", s.FinalStatus, false)
	if s.CallbackOpted {
		text("Callback", "the caller asked to be called back", false)
	}
	moment("Callback asked for", s.CallbackAt)
	text("Session", s.SessionID, true)
	text("Conversation", s.ConversationID, true)
	text("Bot", s.BotID, true)
	text("Account", s.AccountID, true)
	text("Found by", foundWords(s.FoundBy), false)
	moment("Found", s.FoundAt)
	return facts
}

func flagWords(f store.Flag) string {
	switch f {
	case store.FlagYes:
		return "yes, says the contact centre"
	case store.FlagNo:
		return "no, says the contact centre"
	}
	return "the contact centre does not say"
}

func foundWords(by string) string {
	switch by {
	case store.FoundByCallDetails:
		return "the call details"
	case store.FoundByGetSessions:
		return "the list of sessions"
	case store.FoundByList:
		return "a list of ids"
	case store.FoundByImport:
		return "an import"
	case store.FoundByHook:
		return "a push"
	}
	return by
}
