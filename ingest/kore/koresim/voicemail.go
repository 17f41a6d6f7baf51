package koresim

import (
	"fmt"
	"slices"
	"time"
)

// stamp is how the message store writes times.
const stamp = "2006-01-02T15:04:05.000Z"

// msgRetention is what the console says of a deleted recording.
const msgRetention = "Recording not available. It may have been deleted as per your data retention policy."

// voicemail answers GET /api/public/bot/{botId}/voicemail.
func (s *Sim) voicemail(c call) reply {
	id := c.URL.Query().Get("sessionId")
	if id == "" {
		return envelope(400, 400, "sessionId is required")
	}
	s.mu.Lock()
	override, ok := s.replies[id]
	s.mu.Unlock()
	if ok {
		return reply{status: 200, body: override}
	}
	bot := c.PathValue("botId")
	if !s.knowsBot(bot) {
		return envelope(404, 404, "Bot not found")
	}
	x := s.find(id)
	// Where rows name child bots, any bot of the account must do: the client
	// has no way to know which one the session belongs to.
	if x == nil || x.bot != bot && !s.quirks.ChildBotRows {
		return s.without(s.quirks.UnknownSession, "Session not found for the given session id.")
	}
	if x.kind != kindVoicemail {
		return s.without(s.quirks.NoVoicemail, "Voicemail not found for the given session id.")
	}
	if s.deleted(x, c.now) {
		return s.without(s.quirks.Deleted, msgRetention)
	}
	return s.tell(x, c)
}

// deleted tells whether retention has taken the media of x.
func (s *Sim) deleted(x *session, now time.Time) bool {
	if x.spec != nil && x.spec.DeletedAfter > 0 && now.Sub(s.end(x)) >= x.spec.DeletedAfter {
		return true
	}
	return s.cfg.Retention > 0 && now.Sub(x.start) > s.cfg.Retention
}

func (s *Sim) knowsBot(bot string) bool {
	if slices.Contains(s.cfg.BotIDs, bot) {
		return true
	}
	return s.quirks.ChildBotRows && slices.ContainsFunc(s.cfg.BotIDs, func(b string) bool { return childBot(b) == bot })
}

// without answers for a session that has no voicemail.
func (s *Sim) without(a Answer, msg string) reply {
	switch a {
	case AnswerUnavailable:
		return jsonReply(200, object{{"status", "media_unavailable"}})
	case AnswerEnvelope:
		return envelope(200, 404, msg)
	case AnswerNotFound:
		return envelope(404, 404, msg)
	case AnswerBadRequest:
		return envelope(400, 400, msg)
	default:
		return jsonReply(200, object{
			{"status", "success"}, {string(s.quirks.Recording), []object{}}, {"transcriptions", []object{}},
		})
	}
}

// tell answers for a voicemail, as far as it is ready.
func (s *Sim) tell(x *session, c call) reply {
	end := s.end(x)
	textAt := end.Add(s.quirks.TranscriptLag)
	if x.spec != nil {
		textAt = end.Add(x.spec.TranscriptAfter)
	}
	status, files := s.voicemailPlan(x).at(end, c.now), []object{}
	m := s.message(x)
	if status == statusSuccess {
		for n := range m.clips {
			name := "voicemail_" + x.id
			if n > 0 {
				name = fmt.Sprintf("voicemail_%s_%d", x.id, n)
			}
			files = append(files, s.fileObject(x, n, name, c.now))
		}
	}
	o := object{{"status", status}, {string(s.quirks.Recording), files}}
	return jsonReply(200, append(o, s.transcriptions(x, m, c, textAt)...))
}

// transcriptions is the key of that name with its array, or no key at all
// where nothing is to be told and the quirk leaves it out.
func (s *Sim) transcriptions(x *session, m message, c call, ready time.Time) object {
	list := []object{}
	asked := c.URL.Query().Get("transcription") == "true"
	at := x.start.Add(time.Duration(s.waited(x)+s.talked(x)) * time.Second)
	for n, k := range m.clips {
		at = at.Add(time.Duration(k.seconds*1000) * time.Millisecond)
		parts := k.parts
		if ready.After(c.now) {
			parts = nil
		}
		if parts == nil && asked && s.quirks.PendingTranscript == PendingBlank {
			parts = []string{""}
		}
		if asked && parts != nil && !s.end(x).After(c.now) {
			list = append(list, s.transcription(x, n, parts, m.lang, at))
		}
	}
	if len(list) == 0 && s.quirks.PendingTranscript == PendingAbsent {
		return nil
	}
	return object{{"transcriptions", list}}
}

// transcription is one document of the message store, with every field of the sample.
func (s *Sim) transcription(x *session, n int, parts []string, lang string, at time.Time) object {
	d := newDice(x.key, "transcription", uint64(n))
	user, bot, session := "u-"+d.uuid(), x.bot, x.id
	if s.quirks.ForeignIDs && d.chance(.5) {
		bot, session = childBot(x.bot), sessionID(x.start.Add(time.Duration(d.between(1, 90_000))*time.Second), d.next())
	}
	created := at.Add(time.Duration(d.n(1000)) * time.Millisecond).UTC()
	modified := created
	if d.chance(.05) {
		modified = created.Add(time.Duration(d.between(1, 20_000)) * time.Millisecond)
	}
	components := []object{}
	id := "ms-" + d.uuid()
	for _, text := range parts {
		components = append(components, object{
			{"_id", "cp-" + d.uuid()}, {"cT", "text"}, {"data", object{{"text", text}}}, {"thumbnails", []string{}},
		})
	}
	return object{
		{"_id", id}, {"botId", bot}, {"type", "incoming"}, {"status", "received"},
		{"channels", []object{{
			{"handle", object{{"userId", user}, {"taskBotId", bot}}}, {"from", user},
			{"botInfo", object{{"chatBot", "SmartAssist"}, {"taskBotId", bot}}}, {"type", "korevg"},
			{"cc", []string{"", ""}}, {"bcc", []string{"", ""}},
		}}},
		{"components", components},
		{"createdBy", user}, {"createdOn", created.Format(stamp)},
		{"lmodifiedBy", user}, {"lmodifiedOn", modified.Format(stamp)},
		{"sessionId", session}, {"isBB", 0}, {"isD", 0}, {"ms", 1}, {"chnl", "korevg"}, {"lang", lang}, {"sT", 1},
		{"author", object{{"id", user}, {"type", "VOICEMAIL"}}},
		{"__lModifiedOn__", modified.Truncate(time.Second).Format(stamp)},
		{"timestampValue", created.UnixMilli()}, {"__v", 0}, {"resourceid", "messagestore"},
	}
}
