package ingest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"afterbeep/ingest/kore"
	"afterbeep/ingest/kore/koresim"
	"afterbeep/store"
)

// bySessions are the world's bots, searched by their session histories.
func bySessions(c *Config) {
	for i := range c.Bots {
		c.Bots[i].Discovery = DiscoverSessions
	}
}

func TestPassFindsVoicemailsBySessions(t *testing.T) {
	for seed := range uint64(4) {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			w := newWorld(t, koresim.Config{Seed: seed, Voicemails: 30, Other: 400, Span: 30 * 24 * time.Hour, BotIDs: []string{"st-one", "st-two"}})
			in := w.ingester(bySessions, func(c *Config) { c.LookBack = 40 * 24 * time.Hour })
			w.finish(in, 24)
			if got := w.sim.Stats().Requests[koresim.KindCallDetails]; got > 0 {
				t.Errorf("%d looks at the call details", got)
			}
			for _, bot := range w.creds.BotIDs {
				windows, err := w.store.Windows(t.Context(), sessionsWindows(w.creds.AccountID, bot), time.Time{})
				if err != nil || len(windows) == 0 {
					t.Errorf("nothing is written down of bot %s, %v", bot, err)
				}
			}
			if windows, err := w.store.Windows(t.Context(), w.creds.AccountID, time.Time{}); err != nil || len(windows) > 0 {
				t.Errorf("%d windows of the account are written down, %v", len(windows), err)
			}
			for id, v := range w.stored() {
				if s, err := w.store.Session(t.Context(), store.AllBots(), id); err != nil || s.FoundBy != store.FoundByGetSessions || s.Channel == "" {
					t.Errorf("session %s of %s: got %+v, %v", id, v.BotID, s, err)
				}
			}
			w.noneLeased()
		})
	}
}

// paging stands before the upstream and spoils how it pages sessions.
func (w *world) paging(spoil func(skip int, query map[string]any) (refuse bool)) {
	w.t.Helper()
	api := w.sim.API()
	front := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/getSessions") {
			var query map[string]any
			if err := json.NewDecoder(r.Body).Decode(&query); err != nil {
				w.t.Error(err)
			}
			skip, _ := query["skip"].(float64)
			if spoil(int(skip), query) {
				http.Error(rw, `{"errors":[{"msg":"skip is too large","code":400}]}`, http.StatusBadRequest)
				return
			}
			body, err := json.Marshal(query)
			if err != nil {
				w.t.Error(err)
			}
			r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		}
		api.ServeHTTP(rw, r)
	}))
	w.t.Cleanup(front.Close)
	w.server.APIURL = front.URL
	w.client = w.newClient(w.creds.ClientSecret)
}

// Where the paging of the session history breaks off or repeats itself, shorter
// windows are read.
func TestSessionsWithBrokenPaging(t *testing.T) {
	for _, tt := range []struct {
		name  string
		spoil func(skip int, query map[string]any) bool
	}{
		{"refused", func(skip int, _ map[string]any) bool { return skip >= 100 }},
		{"repeated", func(skip int, query map[string]any) bool {
			if skip >= 100 {
				query["skip"], query["offset"] = 0, 0
			}
			return false
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			quirks := koresim.Documented()
			w := newWorld(t, koresim.Config{Voicemails: 300, Other: 300, Span: 5 * 24 * time.Hour, BusyDay: 0.8, Quirks: &quirks})
			w.paging(tt.spoil)
			in := w.ingester(bySessions, func(c *Config) { c.LookBack = 8 * 24 * time.Hour })
			report, err := in.Pass(t.Context(), PassOptions{})
			if err != nil || report.Overfull > 0 {
				t.Errorf("%d overfull minutes, %v", report.Overfull, err)
			}
			if missing := w.missing(); len(missing) > 0 {
				t.Errorf("%d voicemails are missing", len(missing))
			}
			t.Logf("%d calls for %d sessions", w.sim.Stats().Requests[koresim.KindSessions], report.Sessions)
		})
	}
}

// Which sessions of a history are asked for.
func TestSessionsThatAreCandidates(t *testing.T) {
	w := newWorld(t, koresim.Config{Voicemails: 1})
	in := w.ingester(bySessions)
	h := &sessionsReader{run: in.newRun(in.accounts[0], PassOptions{}), bot: in.Bots()[0]}
	now := w.clock.Now()
	for _, tt := range []struct {
		channel, containment, status string
		age                          time.Duration
		want                         bool
	}{
		{"korevg", "agent", "closed", time.Hour, true},
		{"audiocodes", "agent", "closed", time.Hour, true},
		{"twiliovoice", "agent", "closed", time.Hour, true},
		{"ivr", "agent", "closed", time.Hour, true},
		{"ivrVoice", "agent", "closed", time.Hour, true},
		{"IVRVoice", "Agent", "CLOSED", time.Hour, true},
		{"", "", "", time.Hour, true},
		{"rtm", "agent", "closed", time.Hour, false},
		{"System Mail", "agent", "closed", time.Hour, false},
		{"korevg", "selfService", "closed", time.Hour, false},
		{"korevg", "agent", "active", time.Hour, false},
		{"korevg", "agent", "active", 7 * time.Hour, true},
	} {
		row := kore.SessionRow{SessionID: "s", Channel: tt.channel, Containment: tt.containment, Status: tt.status, StartedAt: now.Add(-tt.age), Caller: "(415) 555-2671"}
		got := h.sessionOf(row)
		if got.Wanted != tt.want || got.Priority != store.PriorityUnknown || got.Voicemail != store.FlagUnknown || got.CallerE164 != "+14155552671" {
			t.Errorf("%+v: got %+v", tt, got)
		}
	}
}

// Sessions that are named by their ids alone are described by fifty.
func TestNamedSessionsAreDescribed(t *testing.T) {
	quirks := koresim.Documented()
	w := newWorld(t, koresim.Config{Voicemails: 120, Other: -1, Span: koresim.DefaultSpan, Quirks: &quirks})
	in := w.ingester(bySessions, func(c *Config) { c.LookBack = time.Hour })
	ids := []string{"not-of-this-upstream"}
	for _, v := range w.sim.Voicemails() {
		ids = append(ids, v.SessionID)
	}
	saved, err := in.Enlist(t.Context(), w.creds.BotIDs[0], ids, store.FoundByList)
	if err != nil || saved.New != 121 || saved.Due != 121 {
		t.Fatalf("got %+v, %v", saved, err)
	}
	if _, err := in.Pass(t.Context(), PassOptions{}); err != nil {
		t.Fatal(err)
	}
	if got := w.sim.Stats().Requests[koresim.KindSessions]; got > 3+1 {
		t.Errorf("%d requests for 121 ids and one window", got)
	}
	for _, v := range w.sim.Voicemails() {
		s, err := w.store.Session(t.Context(), store.AllBots(), v.SessionID)
		if err != nil || s.State != store.StateStored || s.Channel == "" || s.FoundBy != store.FoundByList || s.EndedAt.IsZero() || s.Priority != store.PriorityVoicemail {
			t.Errorf("got %+v, %v", s, err)
		}
	}
}
