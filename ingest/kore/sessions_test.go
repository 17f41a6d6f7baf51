package kore

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// The vendor's sample, without its trailing commas.
const sessionsReply = `{ "total": 250, "moreAvailable": true, "sessions": [
  { "sessionId": "67d97c8faaaaaaaaaaaaaaaa", "botId": "st-1", "channel": "korevg", "userId": "u-1",
    "start_time": "2025-03-18T14:00:47.505Z", "end_time": "2025-03-18T14:01:37.518Z", "session_lang": ["en", "de"],
    "sessionType": "interactive", "containmentType": "agent", "sessionStatus": "closed", "isDeveloper": false,
    "tags": { "userTags": [], "sessionTags": [ {"name":"voiceAgentTransferStart","value":"1"}, {"name":"callerNumber","value":"+15550100"} ], "altText": [] },
    "noOfMessagesExchanged": 4, "noOfTasksExecuted": 1 },
  { "SESSION_ID": "67d97c8fbbbbbbbbbbbbbbbb", "startTime": 1742306447505, "end_time": "", "sessionLang": "fr", "isDeveloper": "1", "tags": [ {"name":"CALLER_NUMBER","value":15550177} ] },
  { "botId": "st-1" } ],
  "invalidSessions": ["67d97c8fcccccccccccccccc"] }`

func TestSessions(t *testing.T) {
	var body map[string]any
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if want := "/api/public/bot/" + testBot + "/getSessions?containmentType=agent"; r.Method != "POST" || r.RequestURI != want {
			t.Errorf("got %s %s, want POST %s", r.Method, r.RequestURI, want)
		}
		claimsOf(t, r.Header.Get("auth"), "HS256", time.Now())
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			t.Error(err)
		}
		io.WriteString(w, sessionsReply)
	})
	own := &budget{}
	c, b := newClient(t, s.URL, func(c *Config) { c.SessionsBudget = own })
	from := time.Date(2025, 3, 18, 2, 0, 0, 1_000_001, time.FixedZone("", 2*3600))
	got, err := c.Sessions(t.Context(), ClassDiscovery, SessionsQuery{
		BotID: testBot, From: from, To: from.Add(time.Hour), Containment: ContainmentAgent, Skip: 100, Limit: 50, SessionIDs: []string{"67d97c8faaaaaaaaaaaaaaaa"},
	})
	if err != nil {
		t.Fatal(err)
	}
	wantBody := map[string]any{
		"skip": 100.0, "offset": 100.0, "limit": 50.0, "dateFrom": "2025-03-18T00:00:00.001Z", "dateTo": "2025-03-18T01:00:00.002Z",
		"sessionId": []any{"67d97c8faaaaaaaaaaaaaaaa"},
	}
	if d := cmp.Diff(wantBody, body); d != "" {
		t.Errorf("body -want +got:\n%s", d)
	}
	at := func(clock string) time.Time {
		at, err := time.Parse(time.RFC3339Nano, "2025-03-18T"+clock+"Z")
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	want := &SessionsPage{
		Received: 3, More: true, Total: 250, Invalid: []string{"67d97c8fcccccccccccccccc"}, Notes: []string{"sessions[2]: has no session id"},
		Rows: []SessionRow{{
			SessionID: "67d97c8faaaaaaaaaaaaaaaa", BotID: "st-1", UserID: "u-1", Channel: "korevg", Containment: "agent", Status: "closed",
			Caller: "+15550100", StartedAt: at("14:00:47.505"), EndedAt: at("14:01:37.518"), Lang: "en", Developer: FlagNo,
		}, {
			SessionID: "67d97c8fbbbbbbbbbbbbbbbb", Caller: "15550177", StartedAt: at("14:00:47.505"), Lang: "fr", Developer: FlagYes,
		}},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	if classes, _ := b.seen(); len(classes) > 0 {
		t.Errorf("the account's budget was drawn on: %v", classes)
	}
	if classes, verdicts := own.seen(); len(classes) != 1 || len(verdicts) != 1 || verdicts[0].Limited {
		t.Errorf("of the sessions' budget: got %v and %v", classes, verdicts)
	}
}

// TestSessionsLimited tells the budget that the limit is about, and it alone.
func TestSessionsLimited(t *testing.T) {
	s := answering(t, 200, nil, `{"errors":[{"msg":"You've exceeded the hourly rate limit. Please wait for sometime before retrying."}]}`)
	own := &budget{}
	c, b := newClient(t, s.URL, func(c *Config) { c.SessionsBudget = own })
	now := time.Now()
	_, err := c.Sessions(t.Context(), ClassDiscovery, SessionsQuery{BotID: testBot, From: now.Add(-time.Hour), To: now})
	if KindOf(err) != KindLimited {
		t.Errorf("got %v", err)
	}
	if _, verdicts := own.seen(); len(verdicts) != 1 || verdicts[0] != (Verdict{Limited: true, Hourly: true}) {
		t.Errorf("got %v", verdicts)
	}
	if _, verdicts := b.seen(); len(verdicts) > 0 {
		t.Errorf("the account's budget was told: %v", verdicts)
	}
	c, b = newClient(t, s.URL, nil) // without one of its own
	c.Sessions(t.Context(), ClassDiscovery, SessionsQuery{BotID: testBot, From: now.Add(-time.Hour), To: now})
	if classes, verdicts := b.seen(); len(classes) != 1 || len(verdicts) != 1 {
		t.Errorf("got %v and %v", classes, verdicts)
	}
}

func TestSessionsQueryIsChecked(t *testing.T) {
	from := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	good := SessionsQuery{BotID: testBot, From: from, To: from.Add(MaxSessionsSpan - time.Millisecond), Limit: MaxSessionsLimit, Containment: ContainmentDropOff}
	s := answering(t, 200, nil, `{"sessions":[],"moreAvailable":false}`)
	c, b := newClient(t, s.URL, nil)
	for name, change := range map[string]func(*SessionsQuery){
		"no bot":              func(q *SessionsQuery) { q.BotID = "" },
		"no from":             func(q *SessionsQuery) { q.From = time.Time{} },
		"no time and no ids":  func(q *SessionsQuery) { q.From, q.To = time.Time{}, time.Time{} },
		"backwards":           func(q *SessionsQuery) { q.To = from.Add(-time.Second) },
		"seven days":          func(q *SessionsQuery) { q.To = from.Add(MaxSessionsSpan) },
		"nearly seven days":   func(q *SessionsQuery) { q.To = q.To.Add(time.Nanosecond) },
		"skip":                func(q *SessionsQuery) { q.Skip = -1 },
		"limit":               func(q *SessionsQuery) { q.Limit = MaxSessionsLimit + 1 },
		"fifty-one ids":       func(q *SessionsQuery) { q.SessionIDs = strings.Split(strings.Repeat("a,", MaxSessionIDs)+"a", ",") },
		"an id that is none":  func(q *SessionsQuery) { q.SessionIDs = []string{"a/b"} },
		"another containment": func(q *SessionsQuery) { q.Containment = "x" },
	} {
		q := good
		change(&q)
		if _, err := c.Sessions(t.Context(), ClassDiscovery, q); KindOf(err) != KindBadRequest {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if classes, _ := b.seen(); len(classes) > 0 {
		t.Errorf("a wrong query was sent: %v", classes)
	}
	byID := SessionsQuery{BotID: testBot, SessionIDs: strings.Split(strings.Repeat("a,", MaxSessionIDs-1)+"a", ",")}
	for _, q := range []SessionsQuery{good, byID} {
		if _, err := c.Sessions(t.Context(), ClassDiscovery, q); err != nil {
			t.Errorf("a good query: %v", err)
		}
	}
}

func TestParseSessionsJudges(t *testing.T) {
	const row = `{"sessionId":"a"}`
	for _, tt := range []struct {
		name, body     string
		kind           Kind
		rows, received int
		more           bool
	}{
		{"none", `{"sessions":[],"moreAvailable":false,"total":0}`, KindNone, 0, 0, false},
		{"a word alone", `{"more_available":"false"}`, KindNone, 0, 0, false},
		{"more, as a text", `{"sessions":[` + row + `],"moreAvailable":"TRUE"}`, KindNone, 1, 1, true},
		{"more, as a number", `{"sessions":[` + row + `],"MoreAvailable":1}`, KindNone, 1, 1, true},
		{"more, in another word", `{"sessions":[` + row + `],"hasMore":true}`, KindNone, 1, 1, true},
		{"more of nothing", `{"sessions":[],"moreAvailable":true}`, KindNone, 0, 0, false},
		{"no word, but a total", `{"sessions":[` + row + `],"total":9}`, KindNone, 1, 1, true},
		{"no word, the total reached", `{"sessions":[` + row + `],"total":"7"}`, KindNone, 1, 1, false},
		{"no word, a full page", `{"sessions":[` + row + `,` + row + `]}`, KindNone, 2, 2, true},
		{"no word that can be read", `{"sessions":[` + row + `],"moreAvailable":"perhaps"}`, KindNone, 1, 1, true},
		{"no word, no total, a short page", `{"sessions":[` + row + `],"moreAvailable":{}}`, KindNone, 1, 1, true},
		{"no word, a total of the page", `{"sessions":[` + row + `,` + row + `],"total":2}`, KindNone, 2, 2, true},
		{"no word, an empty page", `{"sessions":[]}`, KindNone, 0, 0, false},
		{"one, not in a list", `{"sessions":` + row + `,"total":1}`, KindNone, 1, 1, false},
		{"only invalid", `{"invalidSessions":["a",{"sessionId":"b"},7]}`, KindNone, 0, 0, false},
		{"rows of wrong types", `{"sessions":[1,null,"x",{"sessionId":5},` + row + `]}`, KindNone, 1, 5, true},
		{"only ids that are none", `{"total":"about 1","sessions":[{"sessionId":24,"channel":"x"}]}`, KindMalformed, 0, 0, false},
		{"an object of rows", `{"sessions":{"0":[24,5]}}`, KindMalformed, 0, 0, false},
		{"wrong fields", `{"more":0,"sessions":[{"sessionId":"a","tags":7,"session_lang":{},"start_time":{},"isDeveloper":[]}]}`, KindNone, 1, 1, false},
		{"a tag about rate limits", `{"more":0,"sessions":[{"sessionId":"a","tags":{"sessionTags":[{"name":"x","value":"rate limit"}]}}]}`, KindNone, 1, 1, false},
		{"limited", `{"sessions":[],"message":"Rate limit for this API has been reached"}`, KindLimited, 0, 0, false},
		{"a scope", `{"errors":[{"msg":"The app has no scope for this API","code":403}]}`, KindScope, 0, 0, false},
		{"encrypted", `{"sessions":"QUFBQQ==","iv":"QUFB"}`, KindMalformed, 0, 0, false},
		{"encrypted, no sessions", `{"encryptedPayload":"QUFBQQ=="}`, KindMalformed, 0, 0, false},
		{"nothing expected", `{"rows":[]}`, KindMalformed, 0, 0, false},
		{"empty object", `{}`, KindMalformed, 0, 0, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p, err := ParseSessions([]byte(tt.body), 6, 2)
			if got := KindOf(err); got != tt.kind {
				t.Fatalf("got kind %q (%v), want %q", got, err, tt.kind)
			}
			if err == nil && (len(p.Rows) != tt.rows || p.Received != tt.received || p.More != tt.more) {
				t.Errorf("got %+v", p)
			}
		})
	}
}

func FuzzParseSessions(f *testing.F) {
	f.Add([]byte(sessionsReply))
	f.Add([]byte(`{"sessions":{"sessionId":1,"tags":{"sessionTags":{"callerNumber":[]}}},"invalidSessions":{"_id":2},"total":1e300}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		p, err := ParseSessions(body, 0, 100)
		if (p == nil) == (err == nil) || err != nil && KindOf(err) == KindNone {
			t.Fatalf("page %v with error %v", p, err)
		}
		if err == nil && (p.Received < len(p.Rows) || p.More && p.Received == 0) {
			t.Fatalf("%+v", p)
		}
	})
}
