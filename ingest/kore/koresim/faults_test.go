package koresim

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"
)

// faultCase is a fault and what a request that it strikes must meet.
type faultCase struct {
	fault Fault
	want  func(t *testing.T, a answer, err error)
}

func TestFaults(t *testing.T) {
	testFaults(t, []faultCase{
		{Fault{Kind: FaultStatus}, status(503, "Service Unavailable")},
		{Fault{Kind: FaultStatus, Status: 502}, status(502, "Bad Gateway")},
		{Fault{Kind: FaultReset}, func(t *testing.T, _ answer, err error) {
			if !errors.Is(err, syscall.ECONNRESET) && !errors.Is(err, io.EOF) {
				t.Errorf("got %v, want a reset", err)
			}
		}},
		{Fault{Kind: FaultTruncated}, func(t *testing.T, a answer, err error) {
			if !errors.Is(err, io.ErrUnexpectedEOF) || len(a.body) == 0 || json.Valid(a.body) {
				t.Errorf("got %v after %d bytes, want an unexpected end in the middle", err, len(a.body))
			}
		}},
		{Fault{Kind: FaultHTML}, status(200, "<!DOCTYPE html>")},
		{Fault{Kind: FaultLimit429, RetryAfter: 1500 * time.Millisecond}, func(t *testing.T, a answer, _ error) {
			if a.status != 429 || a.header.Get("Retry-After") != "2" {
				t.Errorf("got status %d, Retry-After %q", a.status, a.header.Get("Retry-After"))
			}
		}},
		{Fault{Kind: FaultLimitText}, status(200, "Rate limit for this API has been reached")},
		{Fault{Kind: FaultLimitHourly}, status(200, "hourly rate limit")},
		{Fault{Kind: FaultReplay}, status(401, "possibly a replay")},
		{Fault{Kind: FaultSlowDrip, Delay: time.Millisecond}, func(t *testing.T, a answer, err error) {
			if err != nil || a.status != 200 || !json.Valid(a.body) {
				t.Errorf("got status %d, %v, want the whole reply in the end", a.status, err)
			}
		}},
		{Fault{Kind: FaultEmpty}, func(t *testing.T, a answer, _ error) {
			if a.status != 200 || len(a.body) != 0 {
				t.Errorf("got status %d, %d bytes", a.status, len(a.body))
			}
		}},
		{Fault{Kind: FaultNotFound}, status(404, `{"errors":[{"msg":"Not Found"`)},
	})
}

func TestFaultsOfBodies(t *testing.T) {
	testFaults(t, []faultCase{
		{Fault{Kind: FaultInvalidUTF8}, func(t *testing.T, a answer, _ error) {
			if utf8.Valid(a.body) {
				t.Error("got valid UTF-8")
			}
		}},
		{Fault{Kind: FaultWrongTypes}, status(200, `"status":7`)},
		{Fault{Kind: FaultHugeNumbers}, status(200, "1e400")},
		{Fault{Kind: FaultTwisted}, status(200, `"status":7`)},
		{Fault{Kind: FaultWrongLeaves}, status(200, `"fileUrl":2`)},
		{Fault{Kind: FaultDuplicateKeys}, status(200, `{"status":0,"transcriptions":1,"voicemail recording":2,"status":"success"`)},
		{Fault{Kind: FaultDeepNesting}, status(200, strings.Repeat("[", 200_000))},
		{Fault{Kind: FaultGzip}, func(t *testing.T, _ answer, err error) {
			if err == nil {
				t.Error("it was gzip")
			}
		}},
		{Fault{Kind: FaultGzipBomb, Size: 3 << 20}, func(t *testing.T, a answer, err error) {
			if err != nil || len(a.body) < 3<<20 || !json.Valid(a.body) || !strings.Contains(string(a.body[3<<20:]), `"success"`) {
				t.Errorf("got %d bytes, %v", len(a.body), err)
			}
		}},
		{Fault{Kind: FaultResetBody}, func(t *testing.T, a answer, err error) {
			if !errors.Is(err, syscall.ECONNRESET) && !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("got %v after %d bytes, want a reset", err, len(a.body))
			}
		}},
		{Fault{Kind: FaultRedirect, Location: "http://192.0.2.1/"}, func(t *testing.T, a answer, err error) {
			if err != nil || a.status != 302 || a.header.Get("Location") != "http://192.0.2.1/" {
				t.Errorf("got status %d to %s, %v", a.status, a.header.Get("Location"), err)
			}
		}},
		{Fault{Kind: FaultLimitText, Status: 400}, status(400, "Rate limit for this API has been reached")},
		{Fault{Kind: FaultUnknownStatus}, status(200, "media_being_contemplated")},
		{Fault{Kind: FaultHuge, Size: 3 << 20}, func(t *testing.T, a answer, err error) {
			if err != nil || len(a.body) < 3<<20 || !json.Valid(a.body) || !strings.Contains(string(a.body[3<<20:]), `"success"`) {
				t.Errorf("got %d bytes, %v, want the true reply in the end", len(a.body), err)
			}
		}},
		{Fault{Kind: FaultBody, Status: 418, Body: []byte("teapot")}, status(418, "teapot")},
	})
}

// testFaults injects each fault by itself, once.
func testFaults(t *testing.T, cases []faultCase) {
	t.Helper()
	for _, tc := range cases {
		t.Run(string(tc.fault.Kind), func(t *testing.T) {
			f := start(t, Config{Voicemails: 3, Other: -1, Quirks: documented(nil)})
			v := f.Voicemails()[0]
			tc.fault.Times = 1
			f.Inject(tc.fault)
			raw := token(t, f.Sim, nil)
			a, err := f.do("GET", f.voicemailURL(v.SessionID), map[string]string{"auth": raw}, nil)
			tc.want(t, a, err)
			if a := f.voicemail(v.SessionID); a.status != 200 {
				t.Errorf("afterwards: got status %d, want 200", a.status)
			}
			// The token was used up before the fault struck.
			if a := f.must("GET", f.voicemailURL(v.SessionID), map[string]string{"auth": raw}, nil); a.status != 401 {
				t.Errorf("same token again: got status %d, want 401", a.status)
			}
			if got := f.Stats().Faults; got != 1 {
				t.Errorf("faults: got %d, want 1", got)
			}
		})
	}
}

func status(code int, text string) func(*testing.T, answer, error) {
	return func(t *testing.T, a answer, err error) {
		t.Helper()
		if err != nil || a.status != code || !strings.Contains(string(a.body), text) {
			t.Errorf("got %v, status %d: %.200s, want %d and %q", err, a.status, a.body, code, text)
		}
	}
}

func TestFaultsStrikeWhereTold(t *testing.T) {
	f := start(t, Config{Voicemails: 5, Other: -1, Quirks: documented(nil)})
	v := f.Voicemails()
	remove := f.Inject(Fault{Kind: FaultNotFound, On: KindVoicemail, SessionID: v[1].SessionID, After: 1})
	for i, want := range []int{200, 404, 404} {
		if got := f.voicemail(v[1].SessionID).status; got != want {
			t.Errorf("request %d: got status %d, want %d", i+1, got, want)
		}
	}
	if got := f.voicemail(v[2].SessionID).status; got != 200 {
		t.Errorf("other session: got status %d, want 200", got)
	}
	remove()
	remove()
	if got := f.voicemail(v[1].SessionID).status; got != 200 {
		t.Errorf("removed: got status %d, want 200", got)
	}
	// Media faults know their session, too.
	link := f.links(v[3].SessionID)[0]
	f.Inject(Fault{Kind: FaultTruncated, On: KindMedia, SessionID: v[3].SessionID, Times: 1})
	if _, err := f.do("GET", link, nil, nil); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("media: got %v, want an unexpected end", err)
	}
	if a := f.must("GET", link, nil, nil); a.status != 200 {
		t.Errorf("media afterwards: got status %d", a.status)
	}
}

func TestFaultsByChanceAreTheSameAgain(t *testing.T) {
	run := func() string {
		f := start(t, Config{Voicemails: 5, Other: -1, Quirks: documented(nil)})
		id := f.Voicemails()[0].SessionID
		f.Inject(Fault{Kind: FaultStatus, Probability: .4})
		var out strings.Builder
		for range 60 {
			if f.voicemail(id).status == 200 {
				out.WriteByte('.')
			} else {
				out.WriteByte('x')
			}
		}
		return out.String()
	}
	a, b := run(), run()
	if n := strings.Count(a, "x"); a != b || n < 12 || n > 36 {
		t.Errorf("got %s and %s, want the same twice, about 24 of 60", a, b)
	}
}

func TestRateLimit(t *testing.T) {
	for _, tc := range []struct {
		name       string
		edit       func(*Quirks)
		status     int
		retryAfter string
	}{
		{"429", nil, 429, ""},
		{"200 and Retry-After", func(q *Quirks) { q.LimitedStatus, q.RetryAfter, q.LimitedWording = 200, true, 2 }, 200, "50"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			now := at
			f := start(t, Config{Voicemails: 3, Other: -1, RatePerMinute: 5, Quirks: documented(tc.edit), Now: func() time.Time { return now }})
			id := f.Voicemails()[0].SessionID
			for i := range 5 {
				if a := f.voicemail(id); a.status != 200 || strings.Contains(string(a.body), "ate limit") {
					t.Fatalf("request %d: got status %d: %s", i+1, a.status, a.body)
				}
				if i == 0 {
					now = now.Add(10 * time.Second)
				}
			}
			a := f.voicemail(id)
			if a.status != tc.status || !strings.Contains(strings.ToLower(string(a.body)), "rate limit") || a.header.Get("Retry-After") != tc.retryAfter {
				t.Errorf("sixth: got status %d, Retry-After %q: %s", a.status, a.header.Get("Retry-After"), a.body)
			}
			now = now.Add(50 * time.Second) // the first one leaves the minute
			if a := f.voicemail(id); strings.Contains(string(a.body), "ate limit") {
				t.Errorf("a minute after the first: got %s", a.body)
			}
			if a := f.voicemail(id); !strings.Contains(strings.ToLower(string(a.body)), "rate limit") {
				t.Errorf("and one more: got status %d, want the limit: the minute rolls", a.status)
			}
			if got := f.Stats().Limited; got != 2 {
				t.Errorf("limited: got %d, want 2", got)
			}
		})
	}
}
