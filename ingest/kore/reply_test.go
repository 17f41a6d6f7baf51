package kore

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestKindsOfAnswers holds how answers are understood whose form no document
// promises, at every endpoint alike.
func TestKindsOfAnswers(t *testing.T) {
	const perMinute = "You've exceeded the per-minute rate limit. Please wait for sometime before retrying."
	for _, tt := range []struct {
		name   string
		status int
		body   string
		kind   Kind
		hourly bool
		is     error
	}{
		{"the four documented limits, 1", 200, `{"errors":[{"msg":"` + perMinute + `","code":4290}]}`, KindLimited, false, nil},
		{"2", 400, `{"errors":[{"msg":"You've exceeded the hourly rate limit. Please wait for sometime before retrying."}]}`, KindLimited, true, nil},
		{"3", 500, `{"message":"Rate limit for this API has been reached. Please try again after some time."}`, KindLimited, false, nil},
		{"4", 403, `"Rate limit for this API has been reached. Please try again later"`, KindLimited, false, nil},
		{"a limit by its code", 200, `{"errors":[{"msg":"slow down","code":429}]}`, KindLimited, false, nil},
		{"a limit as plain text", 200, perMinute, KindLimited, false, nil},
		{"a limit in a list", 200, `[{"message":"` + perMinute + `"}]`, KindLimited, false, nil},
		{"a limit in a page under another title", 200, "<html><title>Error</title><body><p>Too many requests, 1 hour</p>", KindLimited, true, nil},
		{"a limit in half a document", 503, `{"errors":[{"msg":"You've exceeded the hourly rate limit. Pl`, KindLimited, true, nil},
		{"a limit in a broken document", 200, `{"errors":[{"msg":"rate_limit"},]}`, KindLimited, false, nil},
		{"a limit in a fault", 500, `{"fault":{"faultstring":"Quota exceeded","detail":{"errorcode":"policies.Quota"}}}`, KindLimited, false, nil},
		{"a limit within an error within an error", 200, `{"error":{"error":{"message":"Request was throttled."}}}`, KindLimited, false, nil},
		{"a limit without success", 200, `{"success":false,"detail":"API limit reached"}`, KindLimited, false, nil},
		{"half a transcript that speaks of a limit", 200, `{"transcriptions":[{"components":[{"data":{"text":"the rate limit of my`, KindMalformed, false, nil},
		{"401", 401, ``, KindToken, false, nil},
		{"401 in the envelope", 200, `{"errors":[{"msg":"nothing","code":401}]}`, KindToken, false, nil},
		{"4002", 400, `{"errors":[{"msg":"Invalid SDK credentials","code":4002}]}`, KindToken, false, nil},
		{"4002 as a text", 200, `{"errors":[{"msg":"x","code":"4002"}]}`, KindToken, false, nil},
		{"4002, one error alone", 200, `{"errors":{"Msg":"x","Code":4002}}`, KindToken, false, nil},
		{"a replay", 400, `{"errors":[{"msg":"error verifying the jwt: possibly a replay","code":401}]}`, KindToken, false, ErrReplay},
		{"the clock, 1", 400, `{"message":"jwt expired"}`, KindToken, false, nil},
		{"the clock, 2", 200, `{"errors":["Token used before issued"]}`, KindToken, false, nil},
		{"the clock, 3", 500, `{"error":"clock skew too great"}`, KindToken, false, nil},
		{"the clock, 4", 400, `{"error_description":"The token is not yet valid"}`, KindToken, false, nil},
		{"a missing token", 400, `{"errors":[{"msg":"Missing auth token"}]}`, KindToken, false, nil},
		{"unauthorized, with no status", 200, `{"status":401,"message":"Unauthorized"}`, KindToken, false, nil},
		{"unauthorized, a text alone", 200, `Unauthorized`, KindMalformed, false, nil},
		{"a scope", 401, `{"errors":[{"msg":"The JWT app is not mapped to the API scope"}]}`, KindScope, false, nil},
		{"403", 403, `{"errors":[{"msg":"Unauthorized"}]}`, KindScope, false, nil},
		{"403 in the envelope", 200, `{"errors":[{"msg":"no","code":403}]}`, KindScope, false, nil},
		{"permission", 400, `{"errors":[{"msg":"permission denied"}]}`, KindScope, false, nil},
		{"retention", 200, `{"errors":[{"msg":"It may have been deleted as per your data retention policy"}]}`, KindGone, false, nil},
		{"no such session", 400, `{"errors":[{"msg":"Conversation not found for the given session id."}]}`, KindNotFound, false, nil},
		{"an error without anything", 200, `{"errors":[{}],"success":"false"}`, KindServer, false, nil},
		{"a failing gateway", 502, `<html><head><title>502 Bad Gateway</title>`, KindServer, false, nil},
		{"a redirect", 302, ``, KindMalformed, false, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, b := newClient(t, answering(t, tt.status, nil, tt.body).URL, nil)
			for name, ask := range endpoints {
				err := ask(t.Context(), c)
				e, ok := errors.AsType[*Error](err)
				if !ok || e.Kind != tt.kind || e.Hourly != tt.hourly || tt.is != nil && !errors.Is(err, tt.is) {
					t.Errorf("%s: got %v (hourly %v), want %q", name, err, ok && e.Hourly, tt.kind)
				}
				if ok && (e.Excerpt != "") != (e.Kind == KindMalformed && tt.body != "") {
					t.Errorf("%s: got excerpt %q of %v", name, e.Excerpt, err)
				}
			}
			_, verdicts := b.seen()
			limited := 0
			for _, v := range verdicts {
				if v.Limited && v.Hourly == tt.hourly {
					limited++
				}
			}
			if want := len(endpoints); tt.kind == KindLimited && limited != want || tt.kind != KindLimited && limited > 0 {
				t.Errorf("got %d limited verdicts of %v", limited, verdicts)
			}
		})
	}
}

// TestRepliesOfAnySizeAreBounded sends 100 MB and drips without end.
func TestRepliesOfAnySizeAreBounded(t *testing.T) {
	for _, tt := range []struct {
		name  string
		write func(w io.Writer)
		kind  Kind
	}{
		{"one text", func(w io.Writer) {
			io.WriteString(w, `{"a":"`)
			io.CopyN(w, repeat("x"), 100<<20)
		}, KindTooLarge},
		{"brackets", func(w io.Writer) { io.CopyN(w, repeat(`{"a":[{},[],`), 100<<20) }, KindTooLarge},
		{"values, below the cap", func(w io.Writer) {
			io.WriteString(w, `{"status":"x","z":[0`)
			io.CopyN(w, repeat(`,{}`), 15<<20)
			io.WriteString(w, `]}`)
		}, KindTooLarge},
		{"blanks", func(w io.Writer) { io.CopyN(w, repeat(" "), 100<<20) }, KindTooLarge},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := serve(t, func(w http.ResponseWriter, _ *http.Request) { tt.write(w) })
			for _, name := range []string{"voicemail", "sessions", "recordings v1"} { // the others read as the first does
				ask := endpoints[name]
				c, _ := newClient(t, s.URL, func(c *Config) { c.Timeout = time.Minute })
				grown, err := growth(func() error { return ask(t.Context(), c) })
				t.Logf("%s: the heap grew by %d MB", name, grown)
				if KindOf(err) != tt.kind && !(name == "recordings v1" && KindOf(err) == KindMalformed) {
					t.Errorf("%s: got %v, want %q", name, err, tt.kind)
				}
				if grown > 64 {
					t.Errorf("%s: the heap grew by %d MB", name, grown)
				}
			}
		})
	}
	t.Run("drips", func(t *testing.T) {
		s := serve(t, func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, `{"status":"success","recording":["data:,`)
			for w.(http.Flusher).Flush(); r.Context().Err() == nil; w.(http.Flusher).Flush() {
				select {
				case <-r.Context().Done():
				case <-time.After(5 * time.Millisecond):
					io.WriteString(w, "QUFB")
				}
			}
		})
		c, _ := newClient(t, s.URL, func(c *Config) { c.Timeout, c.MediaTimeout = 150*time.Millisecond, 150*time.Millisecond })
		for name, ask := range endpoints {
			if err := ask(t.Context(), c); KindOf(err) != KindNetwork || !strings.Contains(err.Error(), "in time") {
				t.Errorf("%s: got %v", name, err)
			}
		}
	})
}
