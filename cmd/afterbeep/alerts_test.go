package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"afterbeep/alert"
	"afterbeep/store"
)

// TestKillWhileTelling kills the server while it tells a receiver that fails now
// and then. Every voicemail that matches is told, signed with the secret that the
// page showed, and the log tells nothing of it.
func TestKillWhileTelling(t *testing.T) {
	t.Parallel()
	in := install(t)
	var mu sync.Mutex
	var taken strings.Builder
	secret, bad := "", 0
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		seconds, _ := strconv.ParseInt(r.Header.Get(alert.HeaderTimestamp), 10, 64)
		mu.Lock()
		want, err := alert.Sign(secret, r.Header.Get(alert.HeaderID), time.Unix(seconds, 0), body)
		if err != nil || r.Header.Get(alert.HeaderSignature) != want {
			bad++
		}
		taken.Write(body)
		mu.Unlock()
		if rand.IntN(3) == 0 {
			panic(http.ErrAbortHandler) // it has it, and fails to say so
		}
	}))
	defer receiver.Close()
	in.env["ALERT_HOSTS"] = "127.0.0.1"
	token := in.token("ann", "admin")
	server := in.serve()
	server.submit(token, "/saved", url.Values{"search": {"q=refund"}, "name": {"Refunds"}})
	page := server.submit(token, "/alerts", url.Values{"search": {"1"}, "channel": {"webhook"}, "target": {receiver.URL}, "every": {"0s"}})
	mu.Lock()
	secret = regexp.MustCompile(`whsec_[A-Za-z0-9+/=]+`).FindString(strings.NewReplacer("&#43;", "+").Replace(page))
	mu.Unlock()
	if secret == "" {
		t.Fatalf("no secret is shown: %s", tail(page, 2000))
	}
	var links []string
	for round := range 5 {
		lines := ""
		for n := range 20 {
			session := fmt.Sprintf("s-%d-%d", round, n)
			links = append(links, fmt.Sprintf("/voicemails/%d", store.VoicemailID("st-1", session)))
			lines += fmt.Sprintf(`{"botId":"st-1","sessionId":"%s","response":{"status":"success","transcriptions":[{"_id":"m","lang":"en","createdOn":"2025-02-11T13:57:42.032Z","components":[{"_id":"c","cT":"text","data":{"text":"I want a refund"}}]}]}}`+"\n", session)
		}
		in.must(lines, "import", "-")
		<-time.NewTimer(time.Duration(rand.IntN(4000)) * time.Millisecond).C
		server.kill()
		text, _ := server.out.read()
		for _, words := range []string{"refund", secret, receiver.URL} {
			if strings.Contains(text, words) {
				t.Errorf("the log tells %q", words)
			}
		}
		server = in.serve()
	}
	server.await("all are told", func() (bool, string) {
		mu.Lock()
		defer mu.Unlock()
		missing := 0
		for _, link := range links {
			if !strings.Contains(taken.String(), link+`"`) {
				missing++
			}
		}
		return missing == 0, fmt.Sprintf("%d of %d are not told", missing, len(links))
	})
	server.stop()
	mu.Lock()
	defer mu.Unlock()
	if bad > 0 {
		t.Errorf("%d messages were signed with something else", bad)
	}
}

// submit sends a form with a bearer token, and returns the page that follows.
func (p *process) submit(token, path string, form url.Values) string {
	p.in.t.Helper()
	req, err := http.NewRequestWithContext(p.in.t.Context(), http.MethodPost, p.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		p.in.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		p.in.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode >= 400 {
		p.in.t.Fatalf("%s: got %d, %v: %s", path, resp.StatusCode, err, tail(string(body), 2000))
	}
	return string(body)
}
