package koresim

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
)

// hook is a receiver of notifications.
type hook struct {
	*httptest.Server
	mu     sync.Mutex
	got    []map[string]any
	paths  []string
	tokens []string
	status int
	came   chan struct{}
}

func newHook(t *testing.T) *hook {
	h := &hook{status: http.StatusAccepted, came: make(chan struct{}, 1000)}
	h.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		var v map[string]any
		if err := json.Unmarshal(b, &v); err != nil {
			t.Errorf("%v: %s", err, b)
		}
		h.mu.Lock()
		defer h.mu.Unlock()
		h.got, h.paths, h.tokens = append(h.got, v), append(h.paths, r.URL.Path), append(h.tokens, r.Header.Get("Authorization"))
		w.WriteHeader(h.status)
		h.came <- struct{}{}
	}))
	t.Cleanup(h.Close)
	return h
}

func TestNotifications(t *testing.T) {
	for _, q := range notifyShapes {
		now := at
		f := start(t, Config{Voicemails: 30, Other: 30, LivePerHour: 20, BotIDs: []string{"st-one", "st-two"},
			Quirks: documented(func(x *Quirks) { x.Notify = q }), Now: func() time.Time { return now }})
		h := newHook(t)
		cfg := NotifyConfig{URL: h.URL + "/hooks/{botId}", Headers: map[string]string{"Authorization": "Bearer x"}, MetaInfo: map[string]string{"flow": "main"}}
		before := len(f.Voicemails())
		if n, err := f.NotifyNow(t.Context(), cfg); n != 0 || err != nil {
			t.Errorf("at first: %d sent, %v, want none of the past", n, err)
		}
		added := f.Add(NewVoicemail{})
		now = now.Add(3 * time.Hour)
		n, err := f.NotifyNow(t.Context(), cfg)
		want := f.Voicemails()[before:]
		if err != nil || n != len(want) || n < 5 {
			t.Fatalf("%d sent, %v, want %d", n, err, len(want))
		}
		if n, err := f.NotifyNow(t.Context(), cfg); n != 0 || err != nil {
			t.Errorf("again: %d sent, %v, want none", n, err)
		}
		var named, truth []string
		for i, v := range h.got {
			meta := v["metaInfo"].(map[string]any)
			ids := meta
			if q == NotifyTop {
				ids = v
			}
			id := ids["sessionId"].(string)
			named = append(named, id)
			if meta["flow"] != "main" || h.tokens[i] != "Bearer x" || h.paths[i] != "/hooks/"+f.find(id).bot {
				t.Errorf("got %v at %s", v, h.paths[i])
			}
		}
		for _, v := range want {
			truth = append(truth, v.SessionID)
		}
		slices.Sort(named)
		slices.Sort(truth)
		if diff := cmp.Diff(truth, named); diff != "" || !slices.Contains(named, added.SessionID) {
			t.Errorf("(-truth +told):\n%s", diff)
		}
		if got := f.Stats().Notified; got != n {
			t.Errorf("counted %d, want %d", got, n)
		}
	}
}

func TestNotificationsThatFail(t *testing.T) {
	f := start(t, Config{Voicemails: -1, Other: -1, Quirks: documented(nil)})
	h := newHook(t)
	h.status = 500
	f.Add(NewVoicemail{})
	if n, err := f.NotifyNow(t.Context(), NotifyConfig{URL: h.URL + "/secret-path"}); n != 0 || err == nil || strings.Contains(err.Error(), "secret-path") {
		t.Errorf("500: %d sent, %v", n, err)
	}
	h.Close()
	f.Add(NewVoicemail{})
	if n, err := f.NotifyNow(t.Context(), NotifyConfig{URL: h.URL + "/secret-path"}); n != 0 || err == nil || strings.Contains(err.Error(), "secret-path") {
		t.Errorf("nobody there: %d sent, %v", n, err)
	}
	if got := f.Stats().NotifyFailed; got != 2 {
		t.Errorf("failed: counted %d, want 2", got)
	}
	for _, bad := range []string{"", "ftp://x/", "/path", "http://", ":"} {
		if err := f.Notify(t.Context(), NotifyConfig{URL: bad}); err == nil {
			t.Errorf("%q: taken", bad)
		}
	}
}

func TestNotifyRunsUntilItsContextEnds(t *testing.T) {
	h := newHook(t)
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	s, err := New(Config{Voicemails: -1, Other: -1, Quirks: documented(nil)})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	go func() {
		done <- s.Notify(ctx, NotifyConfig{URL: h.URL, Every: time.Millisecond, Client: client})
	}()
	for range 3 {
		s.Add(NewVoicemail{})
		select {
		case <-h.came:
		case <-time.After(3 * time.Minute):
			t.Fatal("nothing came")
		}
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
