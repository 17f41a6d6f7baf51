package web

import (
	"fmt"
	"strings"

	"afterbeep/store"
)

// fillAnswer adds what is known around a voicemail: the numbers that it says,
// what people wrote, who heard it, and what else its caller left.
func (s *Server) fillAnswer(v *visit, a *VoicemailAnswer, vm store.Voicemail) error {
	a.Link = strings.TrimRight(s.PublicURL, "/") + voicemailPath(vm.ID)
	work, err := s.workOn(v, vm.ID)
	if err != nil {
		return err
	}
	a.Callback = callbackAnswer(work.callback, work.known, work.finding, vm.Text, v.now)
	a.Numbers = foundNumbers(work.finding, vm.Text)
	if found, _ := s.saidNumbers(vm); len(a.Numbers) == 0 && found != nil {
		a.Numbers = found
	}
	events, err := s.callbackEvents(v, vm.ID)
	if err != nil {
		return err
	}
	a.CallbackEvents = eventAnswers(events)
	if a.ConsoleURL, err = s.consoleLink(v, vm); err != nil {
		return err
	}
	if a.CallerMessages, err = s.callerMessages(v, vm); err != nil {
		return err
	}
	notes, err := s.notesOf(v, vm.ID)
	if err != nil {
		return err
	}
	tags, err := s.tagsOf(v, vm.ID)
	if err != nil {
		return err
	}
	listened, err := s.listened(v, vm.ID)
	if err != nil {
		return err
	}
	a.Tagged = tagAnswers(tags)
	for _, t := range tags {
		a.Tags = append(a.Tags, t.Name)
	}
	a.Notes, a.Heard = make([]NoteAnswer, 0, len(notes)), make([]Listening, 0, len(listened))
	for _, n := range notes {
		a.Notes = append(a.Notes, noteAnswerOf(n))
	}
	for _, e := range listened {
		a.Heard = append(a.Heard, listeningOf(e))
	}
	return nil
}

// callerMessages are the caller's other messages, without this one.
func (s *Server) callerMessages(v *visit, vm store.Voicemail) (CallerMessages, error) {
	out := CallerMessages{Messages: []CallerMessage{}}
	if !ownNumber(vm.Caller, vm.Called) {
		return out, nil
	}
	list, total, err := s.Store.CallerMessages(v.ctx(), v.scope(), vm.Caller, store.MaxCallerMessages)
	if err != nil {
		return out, fmt.Errorf("list a caller's messages: %w", err)
	}
	out.Total = max(total-1, 0)
	for _, m := range list {
		if m.ID != vm.ID {
			out.Messages = append(out.Messages, CallerMessage{ID: m.ID, LeftAt: Stamp(m.LeftAt), DurationS: seconds(m.Duration)})
		}
	}
	return out, nil
}
