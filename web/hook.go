package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"afterbeep/store"
)

// hookPath takes pushes of the upstream: JSON that names a session.
const hookPath = "/hooks/kore/:botId"

// HookAnswer is what a push is answered.
type HookAnswer struct {
	Accepted int    `json:"accepted"` // sessions that were named
	Note     string `json:"note"`
}

// pusher is the name that pushes leave in the audit log.
const pusher = "push"

// admitPush lets through whoever sends the token of the push endpoint. An
// endpoint that is switched off looks like none.
func (s *Server) admitPush(v *visit) error {
	if s.HookHash == "" {
		return notFound()
	}
	// An address that guessed too often waits, whatever it sends now.
	if wait := s.pushes.wait(v.RealIP(), pusher, v.now); wait > 0 {
		return tooMany(wait)
	}
	if isSecret(s.HookHash, bearer(v.Request())) {
		return nil
	}
	s.pushes.try(v.RealIP(), pusher, v.now)
	return s.deny(v, store.AuditEntry{Actor: pusher, Detail: v.route.path}, unauthorized())
}

func (s *Server) postHook(v *visit) error {
	bot := v.sessionID("botId")
	entry := store.AuditEntry{Actor: pusher, Detail: "bot " + cut(bot, maxDetail)}
	if s.Enlister == nil || s.Ingest == nil || !slices.Contains(s.Ingest.Status().Bots, bot) {
		return s.deny(v, entry, &fault{status: http.StatusNotFound, code: codeNotFound, title: "No such bot", words: "No bot of that id is connected."})
	}
	body, err := io.ReadAll(v.Request().Body)
	if err != nil {
		return unreadable(err)
	}
	ids, err := pushedSessions(body)
	if err != nil {
		return badRequest("The body is not JSON.")
	}
	entry.Detail += ", " + plural(len(ids), "session")
	if err := s.allow(v, entry); err != nil {
		return err
	}
	if len(ids) == 0 {
		return v.json(http.StatusAccepted, HookAnswer{Note: "No session id was found in sessionId or metaInfo.sessionId, so there is nothing to do."})
	}
	if _, err := s.Enlister.Enlist(v.ctx(), bot, ids, store.FoundByHook); err != nil {
		return fmt.Errorf("enlist pushed sessions: %w", err)
	}
	return v.json(http.StatusAccepted, HookAnswer{Accepted: len(ids)})
}

// maxPushed is the most sessions that one push may name.
const maxPushed = 100

// pushedSessions finds the ids of sessions in a push: in sessionId, in
// metaInfo.sessionId, or in either of a value in it, whatever the case of their
// names. The upstream's payload is not documented; deeper ones are not taken,
// for a reply's transcriptions may name sessions of others. An error means that
// the body is no JSON.
func pushedSessions(body []byte) ([]string, error) {
	d := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(body, []byte("\uFEFF"))))
	d.UseNumber()
	var value any
	if err := d.Decode(&value); err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than one value")
	}
	values, isList := value.([]any)
	if !isList {
		values = []any{value}
	}
	var ids []string
	for _, value := range values {
		ids = append(ids, sessionsNamed(value, 1)...)
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	return ids[:min(len(ids), maxPushed)], nil
}

// sessionsNamed looks into an object and, where it names none itself, as many
// levels below it.
func sessionsNamed(value any, below int) []string {
	fields, ok := value.(map[string]any)
	if !ok {
		return nil
	}
	var ids []string
	for name, v := range fields {
		switch strings.ToLower(name) {
		case "sessionid":
			if id, ok := v.(string); ok && isSessionID(strings.TrimSpace(id)) {
				ids = append(ids, strings.TrimSpace(id))
			}
		case "metainfo":
			ids = append(ids, sessionsNamed(opened(v), 0)...)
		}
	}
	if len(ids) > 0 || below == 0 {
		return ids
	}
	for _, v := range fields {
		ids = append(ids, sessionsNamed(v, below-1)...)
	}
	return ids
}

// opened reads JSON that was put into a string.
func opened(value any) any {
	text, ok := value.(string)
	if !ok {
		return value
	}
	var inner any
	if json.Unmarshal([]byte(text), &inner) != nil {
		return nil
	}
	return inner
}

// isSessionID reports whether a text can be the id of a session: one word of
// what can be read, not too long.
func isSessionID(id string) bool {
	odd := func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsGraphic(r) || r == utf8.RuneError }
	return id != "" && len(id) <= store.MaxID && !strings.ContainsFunc(id, odd)
}
