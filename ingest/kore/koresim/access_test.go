package koresim

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"
)

// ask makes one request of each kind.
func (f *fixture) ask(k Kind) answer {
	f.t.Helper()
	bot := f.cfg.BotIDs[0]
	switch k {
	case KindCallDetails:
		return f.details("", windowBody(at.Add(-time.Hour), at))
	case KindSessions:
		return f.sessions(bot, "", map[string]any{})
	case KindRecordings:
		return f.v2("0123456789abcdef01234567")
	case KindRecordingsV1:
		return f.apiGet("/api/public/bot/" + bot + "/recordings?sessionId=0123456789abcdef01234567")
	default:
		return f.voicemail("0123456789abcdef01234567")
	}
}

var apiKinds = []Kind{KindCallDetails, KindSessions, KindVoicemail, KindRecordings, KindRecordingsV1}

func TestScopes(t *testing.T) {
	needs := map[Kind]Scope{
		KindCallDetails: ScopeAnalytics, KindSessions: ScopeSessions, KindVoicemail: ScopeVoicemail,
		KindRecordings: ScopeRecordings, KindRecordingsV1: ScopeRecordings,
	}
	for _, status := range []int{403, 401, 400} {
		for _, scopes := range [][]Scope{nil, {}, {ScopeAnalytics}, {ScopeSessions, ScopeVoicemail}, {ScopeRecordings}} {
			f := start(t, Config{Voicemails: -1, Other: -1, Scopes: scopes, Quirks: documented(func(q *Quirks) {
				q.UnknownSession, q.NoRecording, q.ScopeStatus = AnswerEmpty, AnswerEmpty, status
			})})
			refused := 0
			for _, k := range apiKinds {
				want := 200
				if scopes != nil && !slices.Contains(scopes, needs[k]) {
					want = status
					refused++
				}
				if a := f.ask(k); a.status != want || want != 200 && !strings.Contains(string(a.body), "API scope") {
					t.Errorf("%v, %s: got status %d: %s", scopes, k, a.status, a.body)
				}
			}
			st := f.Stats()
			if st.OutOfScope != refused || st.BadTokens != 0 {
				t.Errorf("%v: %d out of scope, %d bad tokens, want %d and 0", scopes, st.OutOfScope, st.BadTokens, refused)
			}
			for _, k := range apiKinds {
				if st.Requests[k] != 1 {
					t.Errorf("%s: counted %d, want 1", k, st.Requests[k])
				}
			}
		}
	}
}

func TestSkewIsConfigured(t *testing.T) {
	for _, tc := range []struct {
		max, ahead time.Duration
		want       int
	}{
		{0, 9 * time.Second, 200}, {0, 11 * time.Second, 401},
		{5 * time.Minute, 4 * time.Minute, 200}, {5 * time.Minute, 10 * time.Minute, 401},
		{5 * time.Minute, -5 * time.Minute, 200}, {5 * time.Minute, -10 * time.Minute, 401},
	} {
		f := start(t, Config{Voicemails: 1, Other: -1, MaxSkew: tc.max, Quirks: documented(nil)})
		raw := token(t, f.Sim, func(c jwt.MapClaims) {
			now := at.Add(tc.ahead)
			c["iat"], c["exp"] = now.Unix(), now.Add(time.Minute).Unix()
		})
		a := f.must("GET", f.voicemailURL(f.Voicemails()[0].SessionID), map[string]string{"auth": raw}, nil)
		if a.status != tc.want {
			t.Errorf("at most %v, clock %v ahead: got status %d, want %d: %s", tc.max, tc.ahead, a.status, tc.want, a.body)
		}
	}
}

func TestTheAccountsCallsAreLogged(t *testing.T) {
	now := at
	f := start(t, Config{Voicemails: -1, Other: -1, RatePerMinute: 6, Quirks: documented(func(q *Quirks) { q.UnknownSession = AnswerEmpty }),
		Now: func() time.Time { return now }})
	f.Inject(Fault{Kind: FaultStatus, On: KindRecordings}) // a struck request has been made
	for _, k := range apiKinds {
		f.ask(k)
		now = now.Add(time.Second)
	}
	f.must("GET", f.voicemailURL("x"), map[string]string{"auth": "bad"}, nil)
	want := []time.Time{at, at.Add(2 * time.Second), at.Add(3 * time.Second), at.Add(4 * time.Second)}
	if diff := cmp.Diff(want, f.AccountCalls()); diff != "" {
		t.Errorf("account (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]time.Time{at.Add(time.Second)}, f.SessionsCalls(f.cfg.BotIDs[0])); diff != "" {
		t.Errorf("bot (-want +got):\n%s", diff)
	}
	f.Spend(2)
	if a := f.ask(KindVoicemail); a.status != 429 {
		t.Errorf("used up by others: got status %d, want 429", a.status)
	}
	now = now.Add(56 * time.Second)
	if a := f.ask(KindVoicemail); a.status == 429 {
		t.Error("still limited when the first has left the minute")
	}
}

func TestLimitedCallsMayCount(t *testing.T) {
	for _, counts := range []bool{false, true} {
		now := at
		f := start(t, Config{Voicemails: -1, Other: -1, RatePerMinute: 2, Now: func() time.Time { return now }, Quirks: documented(func(q *Quirks) {
			q.LimitedCount, q.UnknownSession = counts, AnswerEmpty
		})})
		for range 3 {
			f.ask(KindVoicemail)
			now = now.Add(25 * time.Second)
		}
		// 75 s on: of three calls, the second is 50 s old and the third, refused, 25.
		if got := f.ask(KindVoicemail).status == 429; got != counts {
			t.Errorf("counts %v: limited %v", counts, got)
		}
	}
}

func TestVoicemailStatuses(t *testing.T) {
	now := at
	f := start(t, Config{Voicemails: -1, Other: -1, Quirks: documented(nil), Now: func() time.Time { return now }})
	v := f.Add(NewVoicemail{Texts: []string{"hello"}, TranscriptAfter: time.Minute, Statuses: []StatusAt{
		{"media_in_progress", 0}, {"partial_upload_failed", 10 * time.Minute}, {"success", 25 * time.Hour}, {"media_unavailable", 50 * time.Hour},
	}})
	for _, tc := range []struct {
		after       time.Duration
		status      string
		files, text int
	}{
		{0, "media_in_progress", 0, 0}, {time.Minute, "media_in_progress", 0, 1}, {time.Hour, "partial_upload_failed", 0, 1},
		{25 * time.Hour, "success", 1, 1}, {51 * time.Hour, "media_unavailable", 0, 1},
	} {
		now = at.Add(tc.after)
		reply := decode(t, f.voicemail(v.SessionID))
		if n := len(reply["voicemail recording"].([]any)); reply["status"] != tc.status || n != tc.files || len(texts(t, reply)) != tc.text {
			t.Errorf("after %v: %v, %d files, %d texts", tc.after, reply["status"], n, len(texts(t, reply)))
		}
	}
}

func TestVoicemailTrouble(t *testing.T) {
	now := at
	f := start(t, Config{Voicemails: 200, Other: -1, VoicemailTrouble: .5, Until: at.Add(-time.Hour), Span: 10 * time.Hour,
		Quirks: documented(nil), Now: func() time.Time { return now }})
	good := func() (n int) {
		for _, v := range f.Voicemails() {
			if decode(t, f.voicemail(v.SessionID))["status"] == "success" {
				n++
			}
		}
		return n
	}
	before := good()
	now = now.Add(48 * time.Hour)
	after := good()
	if before < 70 || before > 130 || after <= before+10 || after > 170 {
		t.Errorf("%d good at first, %d two days later", before, after)
	}
}

// An agent who spoke before shows in the row; a voicemail of a dialog has no flag.
func TestRowsOfUnusualVoicemails(t *testing.T) {
	f := start(t, Config{Voicemails: 150, Other: -1, InDialog: .3, Span: 5 * 24 * time.Hour, Quirks: documented(nil)})
	spoke, dialog := 0, 0
	for _, row := range f.everything(windowBody(DefaultUntil.Add(-6*24*time.Hour), DefaultUntil)) {
		x := f.find(row["sessionId"].(string))
		_, answered := row["destinations"].([]any)[0].(map[string]any)["respondingAgent"]
		if answered != !f.planOf(x).none() {
			t.Errorf("%s: an agent spoke %v, recorded %v", x.id, answered, !answered)
		}
		if _, flagged := row["isVoicemail"]; flagged == f.inDialog(x) {
			t.Errorf("%s: flagged %v, in a dialog %v", x.id, flagged, f.inDialog(x))
		}
		if answered {
			spoke++
		}
		if f.inDialog(x) {
			dialog++
		}
	}
	if spoke < 10 || spoke > 45 || dialog < 30 || dialog > 60 {
		t.Errorf("an agent spoke in %d, %d in a dialog, of 150", spoke, dialog)
	}
}
