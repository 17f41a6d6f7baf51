package koresim

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// sessions asks getSessions; bot "" is the administrator's form.
func (f *fixture) sessions(bot, query string, body any) answer {
	f.t.Helper()
	b, err := json.Marshal(body)
	if err != nil {
		f.t.Fatal(err)
	}
	path := "/api/public/getSessions"
	if bot != "" {
		path = "/api/public/bot/" + bot + "/getSessions"
	}
	return f.must("POST", f.api.URL+path+"?"+query,
		map[string]string{"auth": token(f.t, f.Sim, nil), "content-type": "application/json"}, b)
}

// sessionIDs are the sessions of a reply, in order.
func sessionIDs(t *testing.T, reply map[string]any) []string {
	t.Helper()
	var out []string
	for _, x := range reply["sessions"].([]any) {
		out = append(out, x.(map[string]any)["sessionId"].(string))
	}
	return out
}

// allSessions pages through a listing as the documents say.
func (f *fixture) allSessions(bot, query string, body map[string]any) []string {
	f.t.Helper()
	var out []string
	for {
		body["skip"] = len(out)
		reply := decode(f.t, f.sessions(bot, query, body))
		page := sessionIDs(f.t, reply)
		out = append(out, page...)
		if reply["moreAvailable"] != true {
			return out
		}
		if len(page) == 0 {
			f.t.Fatal("more available, and an empty page")
		}
	}
}

const sessionsTime = "2006-01-02T15:04:05.000Z"

func datesBody(from, to time.Time) map[string]any {
	return map[string]any{"dateFrom": from.Format(sessionsTime), "dateTo": to.Format(sessionsTime)}
}

func TestSessionsHaveTheSamplesShape(t *testing.T) {
	want := map[string]string{}
	shape(want, "", readJSON(t, "getsessions.json"))
	f := start(t, Config{Voicemails: 20, Other: -1, Span: 5 * 24 * time.Hour, Quirks: documented(nil)})
	got := map[string]string{}
	shape(got, "", any(decode(t, f.sessions(f.cfg.BotIDs[0], "", map[string]any{}))))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-sample +reply):\n%s", diff)
	}
}

func TestSessionsPageNewestFirst(t *testing.T) {
	bots := []string{"st-one", "st-two"}
	for _, limit := range []int{20, 100} {
		f := start(t, Config{Voicemails: 90, Other: 120, Span: 5 * 24 * time.Hour, BotIDs: bots,
			Quirks: documented(func(q *Quirks) { q.SessionsCap = limit })})
		from, to := DefaultUntil.Add(-6*24*time.Hour), DefaultUntil
		var each []string
		for _, bot := range bots {
			list := f.allSessions(bot, "", datesBody(from, to))
			for i, id := range list {
				if x := f.find(id); x == nil || x.bot != bot {
					t.Fatalf("%s: not one of %s", id, bot)
				} else if i > 0 && started(f.find(list[i-1])).Before(started(x).Truncate(time.Second)) {
					t.Errorf("%s comes after an older one", id)
				}
			}
			each = append(each, list...)
		}
		all := f.allSessions("", "", datesBody(from, to))
		slices.Sort(each)
		slices.Sort(all)
		if diff := cmp.Diff(all, each); diff != "" || len(all) != 210 {
			t.Errorf("%d sessions (-administrator's +each bot's):\n%s", len(all), diff)
		}
	}
}

func TestSessionsAreFiltered(t *testing.T) {
	f := start(t, Config{Voicemails: 40, Other: 120, InDialog: .3, VoicemailTag: "voicemail", Span: 5 * 24 * time.Hour, Quirks: documented(nil)})
	bot := f.cfg.BotIDs[0]
	all := func(edit func(map[string]any), query string, keep func(*session) bool) {
		t.Helper()
		body := datesBody(DefaultUntil.Add(-6*24*time.Hour), DefaultUntil)
		if edit != nil {
			edit(body)
		}
		got := f.allSessions(bot, query, body)
		var want []string
		for _, id := range f.Sessions() {
			if keep(f.find(id)) {
				want = append(want, id)
			}
		}
		slices.Sort(got)
		slices.Sort(want)
		if diff := cmp.Diff(want, got); diff != "" || len(want) == 0 || len(want) == 160 {
			t.Errorf("%s: %d wanted (-want +got):\n%s", query, len(want), diff)
		}
	}
	all(nil, "containmentType=agent", func(x *session) bool {
		return x.kind != kindBot && !(x.kind == kindVoicemail && f.inDialog(x))
	})
	all(nil, "containmentType=dropOff", func(x *session) bool { return f.containment(x) == "dropOff" })
	all(nil, "containmentType=selfService", func(x *session) bool { return f.containment(x) == "selfService" })
	all(func(b map[string]any) {
		b["tags"] = map[string]any{"and": []any{map[string]any{"name": "voicemail", "values": []string{"1"}}}}
	}, "", func(x *session) bool { return x.kind == kindVoicemail })
	user := f.userOf(f.base[3])
	all(func(b map[string]any) { b["userId"] = user }, "", func(x *session) bool { return f.userOf(x) == user })
	if got := f.allSessions(bot, "", map[string]any{"sessionType": "non-interactive"}); len(got) != 0 {
		t.Errorf("non-interactive: got %d, want none", len(got))
	}
}

func TestSessionsByID(t *testing.T) {
	f := start(t, Config{Voicemails: 40, Other: 60, Span: 20 * 24 * time.Hour, Quirks: documented(nil)})
	bot, list := f.cfg.BotIDs[0], f.Sessions()
	asked := append(slices.Clone(list[:48]), list[0], "67d97c8faaaaaaaaaaaaaaaa")
	reply := decode(t, f.sessions(bot, "containmentType=dropOff", map[string]any{"sessionId": asked, "limit": 1, "dateFrom": "2001-01-01"}))
	if got := sessionIDs(t, reply); len(got) != 48 {
		t.Errorf("got %d sessions, want the 48 asked for once each", len(got))
	}
	if diff := cmp.Diff([]any{"67d97c8faaaaaaaaaaaaaaaa"}, reply["invalidSessions"]); diff != "" {
		t.Errorf("invalid (-want +got):\n%s", diff)
	}
	if a := f.sessions(bot, "", map[string]any{"sessionId": append(asked, list[1])}); a.status != 400 {
		t.Errorf("51 ids: got status %d, want 400", a.status)
	}
	for _, x := range reply["sessions"].([]any) {
		o := x.(map[string]any)
		began, _ := sessionTime(o["sessionId"].(string))
		tags := o["tags"].(map[string]any)["sessionTags"].([]any)
		if o["channel"] == "korevg" && (len(tags) > 0) != (at.Sub(began) <= tagsFor) {
			t.Errorf("began %v: %d tags", began, len(tags))
		}
	}
}

func TestSessionsRefuse(t *testing.T) {
	f := start(t, Config{Voicemails: 3, Other: -1, Quirks: documented(nil)})
	bot := f.cfg.BotIDs[0]
	for name, tc := range map[string]struct {
		query string
		body  any
		want  int
	}{
		"nothing":           {"", map[string]any{}, 200},
		"seven days":        {"", map[string]any{"dateFrom": "2026-05-01T00:00:00.000Z", "dateTo": "2026-05-08T00:00:00.000Z"}, 400},
		"just less":         {"", map[string]any{"dateFrom": "2026-05-01T00:00:00.000Z", "dateTo": "2026-05-07T23:59:59.999Z"}, 200},
		"days":              {"", map[string]any{"dateFrom": "2026-05-01", "dateTo": "2026-05-07"}, 200},
		"eight days":        {"", map[string]any{"dateFrom": "2026-05-01", "dateTo": "2026-05-08"}, 400},
		"backwards":         {"", map[string]any{"dateFrom": "2026-05-08", "dateTo": "2026-05-01"}, 400},
		"only from":         {"", map[string]any{"dateFrom": "2026-05-31"}, 200},
		"only from, old":    {"", map[string]any{"dateFrom": "2026-01-31"}, 400},
		"no date":           {"", map[string]any{"dateFrom": "yesterday"}, 400},
		"negative skip":     {"", map[string]any{"skip": -1}, 400},
		"limit of nothing":  {"", map[string]any{"limit": 0}, 400},
		"not an object":     {"", []int{1}, 400},
		"other containment": {"containmentType=human", map[string]any{}, 400},
	} {
		if a := f.sessions(bot, tc.query, tc.body); a.status != tc.want {
			t.Errorf("%s: got status %d, want %d: %s", name, a.status, tc.want, a.body)
		}
	}
	if a := f.sessions("st-other", "", map[string]any{}); a.status != 404 {
		t.Errorf("other bot: got status %d, want 404", a.status)
	}
	if a := f.must(http.MethodGet, f.api.URL+"/api/public/bot/"+bot+"/getSessions", map[string]string{"auth": token(t, f.Sim, nil)}, nil); a.status != 404 {
		t.Errorf("GET: got status %d, want 404", a.status)
	}
}

func TestOpenSessions(t *testing.T) {
	for _, open := range []bool{false, true} {
		f := start(t, Config{Voicemails: -1, Other: -1, Quirks: documented(func(q *Quirks) { q.OpenSessions = open })})
		c := f.AddCall(NewCall{Start: at.Add(-time.Minute), Seconds: 600})
		reply := decode(t, f.sessions(f.cfg.BotIDs[0], "", map[string]any{}))
		got := sessionIDs(t, reply)
		if (len(got) == 1) != open {
			t.Fatalf("open %v: got %d sessions", open, len(got))
		}
		if !open {
			continue
		}
		row := reply["sessions"].([]any)[0].(map[string]any)
		if _, ended := row["end_time"]; ended || row["sessionStatus"] != "active" || got[0] != c.SessionID {
			t.Errorf("got %v", row)
		}
	}
}

func TestSessionsLimits(t *testing.T) {
	now := at
	f := start(t, Config{Voicemails: 3, Other: -1, SessionsPerMinute: 3, SessionsPerHour: 7, RatePerMinute: 2, BotIDs: []string{"st-one", "st-two"},
		Quirks: documented(func(q *Quirks) { q.RetryAfter = true }), Now: func() time.Time { return now }})
	ask := func(bot string) answer { return f.sessions(bot, "", map[string]any{}) }
	var got []string
	for range 4 { // three and one too many, twice; then the hour is full
		for range 4 {
			a := ask("st-one")
			text := fmt.Sprint(a.status)
			if strings.Contains(string(a.body), "hourly") {
				text = "hour " + a.header.Get("Retry-After")
			}
			got = append(got, text)
		}
		now = now.Add(time.Minute)
	}
	want := strings.Split("200,200,200,429,200,200,200,429,200,hour 3480,hour 3480,hour 3480,hour 3420,hour 3420,hour 3420,hour 3420", ",")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if a := ask("st-two"); a.status != 200 {
		t.Errorf("the other bot: got status %d, want 200", a.status)
	}
	if n := len(f.AccountCalls()); n != 0 {
		t.Errorf("they draw on the account's limit, %d times", n)
	}
	calls := f.SessionsCalls("st-one")
	if len(calls) != 16 || MostWithin(calls, time.Minute) != 4 || MostWithin(calls, time.Hour) != 16 {
		t.Errorf("%d calls, %d in a minute, %d in an hour", len(calls), MostWithin(calls, time.Minute), MostWithin(calls, time.Hour))
	}
	now = now.Add(time.Hour)
	f.SpendSessions("st-one", 3)
	if a := ask("st-one"); a.status != 429 {
		t.Errorf("spent by others: got status %d, want 429", a.status)
	}
}

// FuzzGetSessions sends anything as query and body: never a panic, and never a
// session that the documents say is not meant.
func FuzzGetSessions(f *testing.F) {
	s, err := New(Config{Voicemails: 20, Other: 20, Span: 9 * 24 * time.Hour, Quirks: documented(nil), Now: at.UTC})
	if err != nil {
		f.Fatal(err)
	}
	f.Add("agent", `{"dateFrom":"2026-05-25","dateTo":"2026-05-31","skip":1,"limit":3}`)
	f.Add("", `{"sessionId":["a","a"],"tags":{"and":[{"name":"x"}],"or":[{}]}}`)
	f.Add("selfService", "")
	f.Add("dropOff", `{"limit":1e400}`)
	f.Fuzz(func(t *testing.T, containment, body string) {
		r := httptest.NewRequest("POST", "/?"+url.Values{"containmentType": {containment}}.Encode(), nil)
		r.SetPathValue("botId", s.cfg.BotIDs[0])
		out := s.getSessions(call{Request: r, body: []byte(body), now: at})
		if out.status != 200 && out.status != 400 || !json.Valid(out.body) {
			t.Fatalf("status %d: %s", out.status, out.body)
		}
		var reply struct {
			Sessions []struct{ SessionID, ContainmentType string }
		}
		if err := json.Unmarshal(out.body, &reply); err != nil {
			t.Fatal(err)
		}
		for _, x := range reply.Sessions {
			if s.find(x.SessionID) == nil || containment != "" && x.ContainmentType != containment && !strings.Contains(body, x.SessionID) {
				t.Errorf("%s: %s", x.SessionID, x.ContainmentType)
			}
		}
	})
}

// The same configuration at the same time answers with the same bytes.
func TestNewEndpointsAreTheSameAgain(t *testing.T) {
	run := func() (out []string) {
		f := start(t, Config{Seed: 7, Voicemails: 30, Other: 60, Span: 5 * 24 * time.Hour, MediaSeconds: 1})
		if err := f.SetMediaURL("https://media.example"); err != nil {
			t.Fatal(err)
		}
		bot := f.cfg.BotIDs[0]
		out = append(out, string(f.sessions(bot, "", map[string]any{}).body))
		for _, id := range f.Sessions()[:40] {
			out = append(out, string(f.v2(id).body))
		}
		for _, path := range []string{"/api/public/bot/", "/api/1.1/public/bot/"} {
			out = append(out, string(f.apiGet(path+bot+"/recordings?userId="+f.userOf(f.base[0])).body))
		}
		return out
	}
	if diff := cmp.Diff(run(), run()); diff != "" {
		t.Errorf("(-once +again):\n%.2000s", diff)
	}
}
