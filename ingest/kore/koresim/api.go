package koresim

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

// Kind is a kind of request.
type Kind string

// The kinds of request: those with a token, the media host's, and all else.
const (
	KindCallDetails  Kind = "callDetails"
	KindSessions     Kind = "getSessions"
	KindVoicemail    Kind = "voicemail"
	KindRecordings   Kind = "recordings"
	KindRecordingsV1 Kind = "recordings-v1"
	KindMedia        Kind = "media"
	KindOther        Kind = "other"
)

// maxBody bounds the request bodies that are read.
const maxBody = 1 << 20

// reply is an answer before it is sent: a body, or a source in its place.
type reply struct {
	status     int
	kind       string // Content-Type; "" is JSON
	body       []byte
	src        source
	header     http.Header // what else there is
	retryAfter time.Duration
	described  bool // repeat the body in response-error-description
}

// head sends everything before the body.
func (r reply) head(w http.ResponseWriter) {
	h := w.Header()
	kind := r.kind
	if kind == "" {
		kind = "application/json; charset=utf-8"
	}
	h.Set("Content-Type", kind)
	if r.retryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(int((r.retryAfter+time.Second-1)/time.Second)))
	}
	if r.described {
		h.Set("response-error-description", string(r.body))
	}
	for k, v := range r.header {
		h[k] = v
	}
	w.WriteHeader(r.status)
}

func (r reply) send(w http.ResponseWriter) {
	r.head(w)
	_, _ = io.Copy(w, r.reader())
}

// source returns what follows the head.
func (r reply) source() source {
	if r.src != nil {
		return r.src
	}
	return bytes.NewReader(r.body)
}

// maxWhole bounds what is read into memory to be damaged.
const maxWhole = 16 << 20

// whole is the body in memory, or its beginning where it is very long.
func (r reply) whole() []byte {
	src := r.source()
	b := make([]byte, min(src.Size(), maxWhole))
	n, _ := src.ReadAt(b, 0)
	return b[:n]
}

func (r reply) reader() io.Reader {
	src := r.source()
	return io.NewSectionReader(src, 0, src.Size())
}

// envelope is the vendor's shape of an error.
func envelope(status, code int, msg string) reply {
	return jsonReply(status, object{{"errors", []object{{{"msg", msg}, {"code", code}}}}})
}

func jsonReply(status int, v any) reply {
	body, err := appendJSON(nil, v)
	if err != nil {
		return reply{status: 500, kind: "text/plain", body: []byte("simulator: " + err.Error())}
	}
	return reply{status: status, body: body}
}

// call is one request to the API whose token was good.
type call struct {
	*http.Request
	body []byte
	now  time.Time
}

// route is one endpoint. A further endpoint is a further row in API.
type route struct {
	method, path string
	kind         Kind
	scope        Scope
	answer       func(call) reply
}

// API returns the handler of the API's origin. Safe for concurrent use.
func (s *Sim) API() http.Handler {
	mux := http.NewServeMux()
	for _, r := range s.routes() {
		mux.Handle(r.path, s.guard(r))
	}
	mux.Handle("/", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.count(KindOther)
		unrouted(r).send(w)
	}))
	return mux
}

func (s *Sim) routes() []route {
	const (
		analytics = "/agentassist/api/public/analytics/account/{accountId}/v2/"
		bot       = "/api/public/bot/{botId}/"
	)
	list := []route{
		// All four spellings of the path stand in the documents.
		{"POST", analytics + "callDetails", KindCallDetails, ScopeAnalytics, s.callDetails},
		{"POST", analytics + "calldetails", KindCallDetails, ScopeAnalytics, s.callDetails},
		{"POST", analytics + "interactionDetails", KindCallDetails, ScopeAnalytics, s.callDetails},
		{"POST", analytics + "interactiondetails", KindCallDetails, ScopeAnalytics, s.callDetails},
		{"POST", bot + "getSessions", KindSessions, ScopeSessions, s.getSessions},
		{"POST", "/api/public/getSessions", KindSessions, ScopeSessions, s.getSessions},
		{"GET", bot + "voicemail", KindVoicemail, ScopeVoicemail, s.voicemail},
		{"GET", bot + "v2/recordings", KindRecordings, ScopeRecordings, s.recordingsV2},
	}
	if s.quirks.V1 != V1Versioned {
		list = append(list, route{"GET", bot + "recordings", KindRecordingsV1, ScopeRecordings, s.recordingsV1})
	}
	if s.quirks.V1 != V1Plain {
		list = append(list, route{"GET", "/api/1.1/public/bot/{botId}/recordings", KindRecordingsV1, ScopeRecordings, s.recordingsV1})
	}
	return list
}

// unrouted is what the upstream's web framework says where nothing is.
func unrouted(r *http.Request) reply {
	return reply{status: 404, kind: "text/html; charset=utf-8", body: fmt.Appendf(nil,
		"<!DOCTYPE html>\n<html lang=\"en\"><head><title>Error</title></head><body><pre>Cannot %s</pre></body></html>\n", r.Method)}
}

// guard does for each request what comes before its answer: count, token,
// scope, limit, fault.
func (s *Sim) guard(rt route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// The upstream's clock is one: its replies are dated by it, too.
		w.Header().Set("Date", s.cfg.Now().UTC().Format(http.TimeFormat))
		s.count(rt.kind)
		if r.Method != rt.method {
			unrouted(r).send(w)
			return
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		if err != nil {
			var tooLong *http.MaxBytesError
			if errors.As(err, &tooLong) {
				envelope(413, 413, "request entity too large").send(w)
			}
			return
		}
		bad := s.authorise(r)
		if bad == nil {
			bad = s.checkScope(rt.scope)
		}
		if bad != nil {
			s.refuse(rt.kind, bad).send(w)
			return
		}
		c := call{Request: r, body: body, now: s.cfg.Now()}
		if out, limited := s.limit(rt.kind, c); limited {
			out.send(w)
			return
		}
		fault := s.strike(rt.kind, r.URL.Query().Get("sessionId"), r.URL.String()+string(body))
		if fault == nil {
			rt.answer(c).send(w)
			return
		}
		s.cfg.Log.Info("fault strikes", "request", rt.kind, "fault", fault.Kind)
		if out, ok := fault.instead(); ok {
			out.send(w)
			return
		}
		fault.deliver(w, r, rt.answer(c))
	})
}

// refuse counts and logs a refusal and words its answer.
func (s *Sim) refuse(k Kind, bad *refusal) reply {
	s.mu.Lock()
	if bad.scope {
		s.stats.OutOfScope++
	} else {
		s.stats.BadTokens++
	}
	s.mu.Unlock()
	s.cfg.Log.Info("request refused", "request", k, "status", bad.status, "code", bad.code, "reason", bad.msg)
	out := envelope(bad.status, bad.code, bad.msg)
	out.described = true
	return out
}

func (s *Sim) count(k Kind) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stats.Requests[k]++
}
