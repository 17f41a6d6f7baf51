package koresim

import (
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
	KindCallDetails Kind = "callDetails"
	KindVoicemail   Kind = "voicemail"
	KindMedia       Kind = "media"
	KindOther       Kind = "other"
)

// maxTokenHashes bounds Stats.TokenHashes.
const maxTokenHashes = 1 << 16

// maxBody bounds the request bodies that are read.
const maxBody = 1 << 20

// Stats are counters since New.
type Stats struct {
	// Requests counts all requests by kind, refused ones included.
	Requests map[Kind]int
	// BadTokens counts requests that were refused for their token, replays included.
	BadTokens int
	// Replays counts tokens whose jti had been used before.
	Replays int
	// Tokens counts accepted tokens with a jti; TokenHashes are digests of
	// these in order of arrival (the first 65,536).
	Tokens      int
	TokenHashes []string
	// Limited counts requests beyond RatePerMinute.
	Limited int
	// Faults counts requests that an injected fault struck.
	Faults int
	// Links counts media links handed out, LinksRefused requests to the media
	// host whose link was bad, altered, expired, used up or revoked.
	Links        int
	LinksRefused int
	// AuthLeaks counts requests to the media host that carried a credential.
	// It must stay 0.
	AuthLeaks int
}

// reply is an answer before it is sent.
type reply struct {
	status     int
	kind       string // Content-Type; "" is JSON
	body       []byte
	retryAfter time.Duration
	described  bool // repeat the body in response-error-description
}

func (r reply) send(w http.ResponseWriter) {
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
	w.WriteHeader(r.status)
	_, _ = w.Write(r.body)
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
	const analytics = "/agentassist/api/public/analytics/account/{accountId}/v2/"
	return []route{
		// All four spellings of the path stand in the documents.
		{"POST", analytics + "callDetails", KindCallDetails, s.callDetails},
		{"POST", analytics + "calldetails", KindCallDetails, s.callDetails},
		{"POST", analytics + "interactionDetails", KindCallDetails, s.callDetails},
		{"POST", analytics + "interactiondetails", KindCallDetails, s.callDetails},
		{"GET", "/api/public/bot/{botId}/voicemail", KindVoicemail, s.voicemail},
	}
}

// unrouted is what the upstream's web framework says where nothing is.
func unrouted(r *http.Request) reply {
	return reply{status: 404, kind: "text/html; charset=utf-8", body: fmt.Appendf(nil,
		"<!DOCTYPE html>\n<html lang=\"en\"><head><title>Error</title></head><body><pre>Cannot %s</pre></body></html>\n", r.Method)}
}

// guard does for each request what comes before its answer: count, token,
// fault, limit.
func (s *Sim) guard(rt route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
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
		if bad := s.authorise(r); bad != nil {
			s.mu.Lock()
			s.stats.BadTokens++
			s.mu.Unlock()
			s.cfg.Log.Info("token refused", "request", rt.kind, "status", bad.status, "code", bad.code, "reason", bad.msg)
			out := envelope(bad.status, bad.code, bad.msg)
			out.described = true
			out.send(w)
			return
		}
		c := call{Request: r, body: body, now: s.cfg.Now()}
		fault := s.strike(rt.kind, r.URL.Query().Get("sessionId"))
		if fault != nil {
			s.cfg.Log.Info("fault strikes", "request", rt.kind, "fault", fault.Kind)
			if out, ok := fault.instead(); ok {
				out.send(w)
				return
			}
		}
		out, limited := s.limit(c.now)
		if !limited {
			out = rt.answer(c)
		}
		if fault != nil {
			fault.deliver(w, r, out)
			return
		}
		out.send(w)
	})
}

func (s *Sim) count(k Kind) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stats.Requests[k]++
}

// limit counts a request against the account's rolling minute; limited calls
// themselves do not count.
func (s *Sim) limit(now time.Time) (reply, bool) {
	if s.cfg.RatePerMinute == 0 {
		return reply{}, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	gone := 0
	for gone < len(s.recent) && !s.recent[gone].After(now.Add(-time.Minute)) {
		gone++
	}
	s.recent = append(s.recent[:0], s.recent[gone:]...)
	if len(s.recent) < s.cfg.RatePerMinute {
		s.recent = append(s.recent, now)
		return reply{}, false
	}
	s.stats.Limited++
	out := envelope(s.quirks.LimitedStatus, s.quirks.LimitedStatus, limitedWordings[s.quirks.LimitedWording])
	if s.quirks.RetryAfter {
		out.retryAfter = s.recent[0].Add(time.Minute).Sub(now)
	}
	return out, true
}
