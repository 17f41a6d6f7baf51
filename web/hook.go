package web

import (
	"bytes"
	"cmp"
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
	ids, odd, err := pushedSessions(body)
	if err != nil {
		return badRequest("The body is not JSON.")
	}
	entry.Detail += ", " + plural(len(ids), "session")
	if err := s.allow(v, entry); err != nil {
		return err
	}
	a := HookAnswer{Accepted: len(ids)}
	if odd > 0 {
		a.Note = have(odd, "session id was", "session ids were") + " left out: an id is " + idWords + "."
	}
	if len(ids) == 0 {
		a.Note = cmp.Or(a.Note, "No session id was found in sessionId or metaInfo.sessionId, so there is nothing to do.")
		return v.json(http.StatusAccepted, a)
	}
	if _, err := s.Enlister.Enlist(v.ctx(), bot, ids, store.FoundByHook); err != nil {
		return fmt.Errorf("enlist pushed sessions: %w", err)
	}
	return v.json(http.StatusAccepted, a)
}

// maxPushed is the most sessions that one push may name.
const maxPushed = 100

// pushedSessions finds the ids of sessions in a push: in sessionId, in
// metaInfo.sessionId, or in either of a value in it, whatever the case of their
// names. The upstream's payload is not documented; deeper ones are not taken,
// for a reply's transcriptions may name sessions of others. odd counts what
// stands there and can't be an id. An error means that the body is no JSON.
func pushedSessions(body []byte) (ids []string, odd int, err error) {
	d := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(body, []byte("\uFEFF"))))
	d.UseNumber()
	var value any
	if err := d.Decode(&value); err != nil {
		return nil, 0, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, 0, errors.New("more than one value")
	}
	values, isList := value.([]any)
	if !isList {
		values = []any{value}
	}
	for _, value := range values {
		ids = append(ids, sessionsNamed(value, 1)...)
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	named := len(ids)
	ids = slices.DeleteFunc(ids, func(id string) bool { return !isID(id) })
	return ids[:min(len(ids), maxPushed)], named - len(ids), nil
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
			if id, ok := v.(string); ok && strings.TrimSpace(id) != "" {
				ids = append(ids, strings.TrimSpace(id))
			}
		case "metainfo":
			ids = append(ids, sessionsNamed(opened(v), 0)...)
		}
	}
	if slices.ContainsFunc(ids, isID) || below == 0 {
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

// maxID is how many bytes an id has that is asked for; archives hold longer ones.
const maxID = 256

// idWords say what isID takes.
const idWords = "one word of at most 256 characters, without slashes"

// isID reports whether a text can be the id of a session, bot or account: one
// word of what can be read, that can stand in an address of the upstream's as
// one part of its path.
func isID(id string) bool {
	odd := func(r rune) bool {
		return unicode.IsSpace(r) || !unicode.IsGraphic(r) || r == '/' || r == '\\' || r == utf8.RuneError
	}
	return id != "" && id != "." && id != ".." && len(id) <= maxID && !strings.ContainsFunc(id, odd)
}
