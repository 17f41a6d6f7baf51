package web

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"afterbeep/store"
)

// consolePlaces are what may stand in Config.ConsoleURL.
func consolePlaces() []string {
	return []string{"{session_id}", "{conversation_id}", "{bot_id}", "{account_id}"}
}

// CheckConsoleURL says what is wrong with an address for Config.ConsoleURL; nil
// where nothing is. It must be https, or http, and name the session or its
// conversation: else it would lead everywhere to the same place.
func CheckConsoleURL(template string) error {
	if template == "" {
		return nil
	}
	filled := template
	for _, place := range consolePlaces() {
		filled = strings.ReplaceAll(filled, place, "x")
	}
	u, err := url.Parse(filled)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		return errors.New("must begin with https:// and a host")
	case strings.ContainsAny(filled, "{}"):
		return fmt.Errorf("may have %s in it and no other braces", strings.Join(consolePlaces(), ", "))
	case !strings.Contains(template, "{session_id}") && !strings.Contains(template, "{conversation_id}"):
		return errors.New("must have {session_id} or {conversation_id} in it")
	}
	base, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(template, "https://"), "http://"), "/")
	if strings.Contains(base, "{") {
		return errors.New("can’t have braces before the path")
	}
	return nil
}

// consoleLink is where the voicemail's conversation is shown in the upstream's
// console; "" where no address is known, or something that stands in it isn't.
func (s *Server) consoleLink(v *visit, vm store.Voicemail) (string, error) {
	if s.ConsoleURL == "" {
		return "", nil
	}
	values := map[string]string{"{session_id}": vm.SessionID, "{bot_id}": vm.BotID, "{account_id}": vm.AccountID}
	if strings.Contains(s.ConsoleURL, "{conversation_id}") {
		row, err := s.Store.Session(v.ctx(), v.scope(), vm.SessionID)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return "", fmt.Errorf("find session: %w", err)
		}
		if row.BotID == vm.BotID {
			values["{conversation_id}"] = row.ConversationID
		}
	}
	var pairs []string
	for _, place := range consolePlaces() {
		if values[place] == "" && strings.Contains(s.ConsoleURL, place) {
			return "", nil
		}
		pairs = append(pairs, place, url.QueryEscape(values[place]))
	}
	return strings.NewReplacer(pairs...).Replace(s.ConsoleURL), nil
}
