package kore

import (
	"encoding/json"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// Rows in the shapes of the vendor's pages: a call handed on between agents,
// and one that never left the bot.
const detailsReply = `{ "numResults": 3, "data": [
  { "conversationId": "c-0a1b2c3-1111-2222-3333-444455556666", "sessionId": "68db8194aaaaaaaaaaaaaaaa",
    "channel": "Voice", "isVoicemail": "NO", "Direction": "Inbound", "finalStatus": "CLOSED", "botId": "st-1",
    "sessionStartTime": "2025-09-30T07:07:00", "sessionEndTime": "2025-09-30T07:08:06",
    "metaInfo": { "caller": "+15550100", "callee": "+15550199", "dialedNumber": "+15550199", "agentTransferConfig": {} },
    "destinations": [
      { "destinationType": "QueueEntry", "queueId": "qu-1", "queueName": "Default Queue", "EnterTime": "2025-09-30T07:07:11",
        "CallbackOpted": true, "CallbackOptedTime": "2025-09-30T07:07:36.810Z", "userCallbackAcceptTime": "2025-09-30T07:07:50.589Z",
        "respondingAgent": { "agentId": "u-1", "status": "Answered", "interactionDuration": 49 },
        "nonRespondingAgents": [ { "agentId": "u-9", "nonResponseEvent": "Ignored" } ] },
      { "destinationType": "AgentSegment", "agentId": "u-2", "status": "Answered", "interactionDuration": 15.4 },
      { "destinationType": "QueueEntry", "queueId": "qu-2", "queueName": "Billing", "CallbackOpted": false } ],
    "sessionleveltags": [ {"name":"callerNumber","value":"+15550177"} ] },
  { "sessionId": "68db7457bbbbbbbbbbbbbbbb", "channel": "Web/Mobile Client", "finalStatus": "BotResolved",
    "sessionStartTime": "2025-09-30T2:25:54", "sessionEndTime": "", "botId": "st-2",
    "sessionleveltags": [ {"name":"other","value":1}, {"name":"CALLER_NUMBER","value":15550177} ] },
  { "conversationId": "c-without-a-session" } ] }`

func TestCallDetails(t *testing.T) {
	var body map[string]any
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if want := "/agentassist/api/public/analytics/account/" + testAccount + "/v2/callDetails?limit=50&offset=3"; r.Method != "POST" || r.RequestURI != want {
			t.Errorf("got %s %s, want POST %s", r.Method, r.RequestURI, want)
		}
		for name, want := range map[string]string{"iId": testBot, "accountId": testAccount, "Content-Type": "application/json;charset=UTF-8"} {
			if got := r.Header.Get(name); got != want {
				t.Errorf("header %s: got %q, want %q", name, got, want)
			}
		}
		claimsOf(t, r.Header.Get("auth"), "HS256", time.Now())
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			t.Error(err)
		}
		io.WriteString(w, detailsReply)
	})
	c, _ := newClient(t, s.URL, nil)
	from := time.Date(2025, 9, 30, 2, 0, 0, 900, time.FixedZone("", 2*3600))
	got, err := c.CallDetails(t.Context(), ClassDiscovery, CallDetailsQuery{BotID: testBot, From: from, To: from.Add(time.Hour), Page: 3, Limit: 50})
	if err != nil {
		t.Fatal(err)
	}
	wantBody := map[string]any{
		"startDate": "2025-09-30 00:00:00", "endDate": "2025-09-30 01:00:01", "timeZoneOffset": 0.0, "selectedFields": []any{"sessionleveltags"},
	}
	if d := cmp.Diff(wantBody, body); d != "" {
		t.Errorf("body -want +got:\n%s", d)
	}
	day := func(clock string) time.Time {
		at, err := time.Parse(time.RFC3339Nano, "2025-09-30T"+clock+"Z")
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	want := &CallDetailsPage{
		Received: 3, Notes: []string{"data[2]: has no session id"},
		Rows: []CallRow{{
			SessionID: "68db8194aaaaaaaaaaaaaaaa", ConversationID: "c-0a1b2c3-1111-2222-3333-444455556666", BotID: "st-1", Channel: "Voice",
			Voicemail: FlagNo, Direction: "Inbound", FinalStatus: "CLOSED", StartedAt: day("07:07:00"), EndedAt: day("07:08:06"),
			Caller: "+15550100", Called: "+15550199", QueueID: "qu-2", QueueName: "Billing",
			Agents:        []Agent{{ID: "u-1", Status: "Answered", Seconds: 49}, {ID: "u-2", Status: "Answered", Seconds: 15}},
			CallbackOpted: FlagYes, CallbackAt: day("07:07:36.810"),
		}, {
			SessionID: "68db7457bbbbbbbbbbbbbbbb", BotID: "st-2", Channel: "Web/Mobile Client", FinalStatus: "BotResolved",
			StartedAt: day("02:25:54"), Caller: "15550177",
		}},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}

func TestCallDetailsQueryIsChecked(t *testing.T) {
	from := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	good := CallDetailsQuery{BotID: testBot, From: from, To: from.Add(MaxDetailsSpan), Page: 10, Limit: 100}
	s := serve(t, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, `{"data":[]}`) })
	c, b := newClient(t, s.URL, nil)
	for name, change := range map[string]func(*CallDetailsQuery){
		"no bot":          func(q *CallDetailsQuery) { q.BotID = "" },
		"no from":         func(q *CallDetailsQuery) { q.From = time.Time{} },
		"backwards":       func(q *CallDetailsQuery) { q.To = from.Add(-time.Second) },
		"over seven days": func(q *CallDetailsQuery) { q.To = q.To.Add(time.Nanosecond) },
		"page eleven":     func(q *CallDetailsQuery) { q.Page = 11 },
		"page before":     func(q *CallDetailsQuery) { q.Page = -1 },
		"limit":           func(q *CallDetailsQuery) { q.Limit = 101 },
	} {
		q := good
		change(&q)
		if _, err := c.CallDetails(t.Context(), ClassDiscovery, q); KindOf(err) != KindBadRequest {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if classes, _ := b.seen(); len(classes) > 0 {
		t.Errorf("a wrong query was sent: %v", classes)
	}
	if _, err := c.CallDetails(t.Context(), ClassDiscovery, good); err != nil {
		t.Errorf("the widest query: %v", err)
	}
	good.To = good.From // one second is a stretch
	if _, err := c.CallDetails(t.Context(), ClassDiscovery, good); err != nil {
		t.Errorf("the narrowest query: %v", err)
	}
}

func TestVoicemailFlag(t *testing.T) {
	for _, tt := range []struct {
		value string
		want  Flag
		notes int
	}{
		{`"YES"`, FlagYes, 0}, {`"yes"`, FlagYes, 0}, {`"Y"`, FlagYes, 0}, {`" True "`, FlagYes, 0}, {`true`, FlagYes, 0}, {`1`, FlagYes, 0}, {`"1"`, FlagYes, 0},
		{`"NO"`, FlagNo, 0}, {`"n"`, FlagNo, 0}, {`false`, FlagNo, 0}, {`0`, FlagNo, 0}, {`"FALSE"`, FlagNo, 0},
		{`null`, FlagUnknown, 0}, {`""`, FlagUnknown, 0}, {`"N/A"`, FlagUnknown, 0},
		{`"maybe"`, FlagUnknown, 1}, {`2`, FlagUnknown, 1}, {`[]`, FlagUnknown, 1}, {`{}`, FlagUnknown, 1},
	} {
		for _, key := range []string{"isVoicemail", "is_voicemail", "IsVoiceMail"} {
			p, err := ParseCallDetails([]byte(`{"data":[{"sessionId":"s","` + key + `":` + tt.value + `}]}`))
			if err != nil {
				t.Fatal(err)
			}
			if p.Rows[0].Voicemail != tt.want || len(p.Notes) != tt.notes {
				t.Errorf("%s %s: got %q with notes %q, want %q", key, tt.value, p.Rows[0].Voicemail, p.Notes, tt.want)
			}
		}
	}
}

func TestParseCallDetailsJudges(t *testing.T) {
	for _, tt := range []struct {
		name, body        string
		kind              Kind
		received, skipped int
	}{
		{"no rows", `{"numResults":0,"data":[]}`, KindNone, 0, 0},
		{"a count alone", `{"numResults":0}`, KindNone, 0, 0},
		{"one row, not in a list", `{"data":{"sessionId":"a"}}`, KindNone, 1, 0},
		{"rows of wrong types", `{"data":[1,null,"x",{"sessionId":5},{"sessionId":"a"}]}`, KindNone, 5, 4},
		{"only rows without a session", `{"data":[{"conversationId":"c-1"}]}`, KindNone, 1, 1},
		{"only rows of something else", `{"data":[{"a":1}]}`, KindMalformed, 0, 0},
		{"only ids that are none", `{"data":[{"sessionId":24,"channel":5,"conversationId":"c-1"}]}`, KindMalformed, 0, 0},
		{"an object of rows", `{"numResults":"about 1","data":{"0":[24,5]}}`, KindMalformed, 0, 0},
		{"wrong fields", `{"data":[{"sessionId":"a","metaInfo":"x","destinations":7,"sessionleveltags":{"name":[]},"sessionStartTime":{}}]}`, KindNone, 1, 0},
		{"a reason about rate limits", `{"data":[{"sessionId":"a","reason":"rate limit"}]}`, KindNone, 1, 0},
		{"limited", `{"data":[],"message":"Rate limit for this API has been reached"}`, KindLimited, 0, 0},
		{"encrypted", `{"data":"QUFBQQ==","iv":"QUFB"}`, KindMalformed, 0, 0},
		{"nothing expected", `{"rows":[]}`, KindMalformed, 0, 0},
		{"empty object", `{}`, KindMalformed, 0, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p, err := ParseCallDetails([]byte(tt.body))
			if got := KindOf(err); got != tt.kind {
				t.Fatalf("got kind %q (%v), want %q", got, err, tt.kind)
			}
			if err == nil && (p.Received != tt.received || len(p.Rows) != tt.received-tt.skipped) {
				t.Errorf("got %+v", p)
			}
		})
	}
}

func TestAnsweringAgentAmongNonResponding(t *testing.T) {
	p, err := ParseCallDetails([]byte(`{"data":[{"sessionId":"a","destinations":[{
		"respondingAgent":{"agentId":"u-1","status":"Answered","interactionDuration":"7"},
		"nonRespondingAgents":[{"agentId":"u-1","status":"Answered"},{"agentId":"u-2","status":"answered","interactionDuration":-3},{"agentId":"u-3"}]}]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	want := []Agent{{ID: "u-1", Status: "Answered", Seconds: 7}, {ID: "u-2", Status: "answered"}}
	if d := cmp.Diff(want, p.Rows[0].Agents); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}

func FuzzParseCallDetails(f *testing.F) {
	f.Add([]byte(detailsReply))
	f.Add([]byte(`{"data":{"sessionId":1,"isVoicemail":"maybe","destinations":{"agentId":2,"interactionDuration":1e300}}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		p, err := ParseCallDetails(body)
		if (p == nil) == (err == nil) {
			t.Fatalf("page %v with error %v", p, err)
		}
		if err != nil {
			if KindOf(err) == KindNone {
				t.Fatalf("error without a kind: %v", err)
			}
			return
		}
		if p.Received < len(p.Rows) {
			t.Fatalf("received %d, rows %d", p.Received, len(p.Rows))
		}
		for _, r := range p.Rows {
			if r.SessionID == "" {
				t.Fatal("a row without a session id")
			}
		}
	})
}
