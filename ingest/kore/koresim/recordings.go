package koresim

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// The statuses of call recordings that stand in the documents and the console.
const (
	statusSuccess     = "success"
	statusInCall      = "call_in_progress"
	statusInProgress  = "media_in_progress"
	statusUnavailable = "media_unavailable"
)

// defaultTrouble is the share of call recordings that are not simply there.
const defaultTrouble = 1. / 6

// recovering are statuses after which the documents say to try again after 24
// hours, and made-up ones: half of them come to an end.
var recovering = []string{
	"partial_download_failed", "partial_upload_failed", "media_conversion_failed",
	"media_being_contemplated", "Media Archived",
}

// lasting are statuses that stay.
var lasting = []string{
	statusUnavailable, "failed", "media_generation_failed", "media_unavailable_short_duration", "recording_disabled",
}

// plan is what becomes of the files of a session.
type plan struct {
	statuses []StatusAt
	files    []NewFile
}

// none tells that there is nothing, and never was to be.
func (p plan) none() bool { return len(p.files) == 0 }

// at is the status at now of a session that ends at end.
func (p plan) at(end, now time.Time) string {
	if end.After(now) {
		return statusInCall
	}
	status := statusInProgress
	for _, s := range p.statuses {
		if !end.Add(s.After).After(now) {
			status = s.Status
		}
	}
	return status
}

// planOf is what becomes of the call recordings of a session: those that an
// agent took have some.
func (s *Sim) planOf(x *session) plan {
	if x.made != nil {
		p := plan{x.made.Statuses, x.made.Files}
		if p.files == nil {
			p.files = []NewFile{{}}
		}
		if p.statuses == nil {
			p.statuses = []StatusAt{{statusSuccess, s.quirks.RecordingLag}}
		}
		return p
	}
	if x.spec != nil || x.kind != kindAnswered && x.kind != kindOutbound && s.talked(x) == 0 {
		return plan{}
	}
	d := newDice(x.key, "recordings", 0)
	p := plan{files: make([]NewFile, 1)}
	if d.chance(.08) { // segments that were not merged
		p.files = make([]NewFile, 2)
	}
	// Ten minutes are never quite ten.
	lag := time.Duration(float64(s.quirks.RecordingLag) * (.8 + .4*d.float()))
	p.statuses = s.fate(&d, lag, s.cfg.Trouble)
	return p
}

// voicemailPlan is that for the files of a voicemail.
func (s *Sim) voicemailPlan(x *session) plan {
	switch {
	case x.spec != nil && x.spec.Statuses != nil:
		return plan{statuses: x.spec.Statuses}
	case x.spec != nil:
		return plan{statuses: []StatusAt{{statusSuccess, x.spec.MediaAfter}}}
	}
	d := newDice(x.key, "fate", 0)
	return plan{statuses: s.fate(&d, s.quirks.MediaLag, s.cfg.VoicemailTrouble)}
}

// fate draws the statuses that follow media_in_progress.
func (s *Sim) fate(d *dice, lag time.Duration, trouble float64) []StatusAt {
	if !d.chance(trouble) {
		return []StatusAt{{statusSuccess, lag}}
	}
	if d.chance(.5) {
		return []StatusAt{{pick(d, lasting), lag}}
	}
	out := []StatusAt{{pick(d, recovering), lag}}
	if d.chance(.5) {
		return append(out, StatusAt{statusSuccess, lag + 24*time.Hour + time.Duration(d.n(3600))*time.Second})
	}
	return out
}

// recordingsV2 answers GET /api/public/bot/{botId}/v2/recordings.
func (s *Sim) recordingsV2(c call) reply {
	id := c.URL.Query().Get("sessionId")
	if id == "" {
		return envelope(400, 400, "sessionId is required")
	}
	x, bad := s.recorded(c, id)
	if bad != nil {
		return *bad
	}
	p := s.planOf(x)
	if p.none() || s.deleted(x, c.now) {
		return s.withoutRecording()
	}
	status, files := p.at(s.end(x), c.now), []object{}
	if status == statusSuccess {
		for n := range p.files {
			d := newDice(x.key, "name", uint64(n))
			name := d.hex(8) + d.hex(8)
			if len(p.files) == 1 {
				name += "-merged"
			}
			files = append(files, s.fileObject(x, callFile+n, name, c.now))
		}
	}
	return jsonReply(200, object{{"status", status}, {"recording", files}})
}

// recorded finds the session of a request for recordings.
func (s *Sim) recorded(c call, id string) (*session, *reply) {
	bot := c.PathValue("botId")
	if !s.knowsBot(bot) {
		r := envelope(404, 404, "Bot not found")
		return nil, &r
	}
	x := s.find(id)
	if x == nil || x.bot != bot && !s.quirks.ChildBotRows {
		r := s.withoutRecording()
		return nil, &r
	}
	return x, nil
}

func (s *Sim) withoutRecording() reply {
	const msg = "Recording not found for the given session id."
	if a := s.quirks.NoRecording; a != AnswerEmpty {
		return s.without(a, msg)
	}
	return jsonReply(200, object{{"status", statusSuccess}, {"recording", []object{}}})
}

// recordingsV1 answers both forms of the first version: the audio inline. It
// knows no status: what is not there yet is not there.
func (s *Sim) recordingsV1(c call) reply {
	id, user := c.URL.Query().Get("sessionId"), c.URL.Query().Get("userId")
	var list []*session
	switch {
	case id != "":
		x, bad := s.recorded(c, id)
		if bad != nil {
			if bad.status == 200 {
				return s.inline(nil)
			}
			return *bad
		}
		list = []*session{x}
	case user != "":
		bot := c.PathValue("botId")
		if !s.knowsBot(bot) {
			return envelope(404, 404, "Bot not found")
		}
		list = slices.DeleteFunc(s.between(time.Unix(0, 0), c.now), func(x *session) bool {
			return !s.belongs(x, bot) || !s.isUser(x, user)
		})
		slices.SortFunc(list, byStart)
	default:
		return envelope(400, 400, "userId or sessionId is required")
	}
	var audio []source
	for _, x := range list {
		p := s.planOf(x)
		if s.deleted(x, c.now) || p.none() || p.at(s.end(x), c.now) != statusSuccess {
			continue
		}
		for n := range p.files {
			audio = append(audio, s.file(x, callFile+n).source)
		}
	}
	return s.inline(audio)
}

// inline is v1's reply: data URIs, made while they are read.
func (s *Sim) inline(audio []source) reply {
	text := func(format string, args ...any) source { return byteSource(fmt.Appendf(nil, format, args...)) }
	// A key is text, not a format: the type may hold anything.
	kind, err := json.Marshal("data:" + s.quirks.InlineType + ";base64,")
	if err != nil {
		return reply{status: 500, kind: "text/plain", body: []byte("simulator: " + err.Error())}
	}
	out := pieces{text(`{"recording":[`)}
	for i, a := range audio {
		comma := ""
		if i > 0 {
			comma = ","
		}
		out = append(out, text("%s%s", comma, kind[:len(kind)-1]), inBase64{a}, text(`"`))
	}
	return reply{status: 200, src: append(out, text("]}"))}
}
