package koresim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// fixture is a simulator behind two real HTTP servers.
type fixture struct {
	*Sim
	t          *testing.T
	api, media *httptest.Server
}

// at is the clock of most tests: an hour after the last call.
var at = DefaultUntil.Add(time.Hour)

func start(t *testing.T, cfg Config) *fixture {
	t.Helper()
	if cfg.Now == nil {
		cfg.Now = func() time.Time { return at }
	}
	s, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	f := &fixture{Sim: s, t: t, api: httptest.NewServer(s.API()), media: httptest.NewServer(s.Media())}
	t.Cleanup(f.api.Close)
	t.Cleanup(f.media.Close)
	if err := s.SetMediaURL(f.media.URL); err != nil {
		t.Fatal(err)
	}
	return f
}

var jtis atomic.Int64

// token is a good one for a simulator, changed by edit.
func token(t *testing.T, s *Sim, edit func(jwt.MapClaims)) string {
	t.Helper()
	now := s.cfg.Now()
	claims := jwt.MapClaims{
		"appId": s.cfg.ClientID, "iat": now.Unix(), "exp": now.Add(time.Minute).Unix(),
		"jti": "test-" + strconv.FormatInt(jtis.Add(1), 10),
	}
	if edit != nil {
		edit(claims)
	}
	raw, err := jwt.NewWithClaims(jwt.SigningMethodHS256, claims).SignedString([]byte(s.cfg.ClientSecret))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (f *fixture) do(method, url string, header map[string]string, body []byte) (answer, error) {
	f.t.Helper()
	req, err := http.NewRequestWithContext(f.t.Context(), method, url, bytes.NewReader(body))
	if err != nil {
		f.t.Fatal(err)
	}
	for k, v := range header {
		req.Header.Set(k, v)
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return answer{}, err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	return answer{res.StatusCode, res.Header, b}, err
}

func (f *fixture) must(method, url string, header map[string]string, body []byte) answer {
	f.t.Helper()
	a, err := f.do(method, url, header, body)
	if err != nil {
		f.t.Fatal(err)
	}
	return a
}

func (f *fixture) voicemailURL(session string) string {
	return f.api.URL + "/api/public/bot/" + f.cfg.BotIDs[0] + "/voicemail?sessionId=" + session + "&transcription=true"
}

func (f *fixture) voicemail(session string) answer {
	f.t.Helper()
	return f.must("GET", f.voicemailURL(session), map[string]string{"auth": token(f.t, f.Sim, nil)}, nil)
}

// details asks for a page of call details; query is "offset=0&limit=100" or so.
func (f *fixture) details(query string, body map[string]any) answer {
	f.t.Helper()
	b, err := json.Marshal(body)
	if err != nil {
		f.t.Fatal(err)
	}
	url := f.api.URL + "/agentassist/api/public/analytics/account/" + f.cfg.AccountID + "/v2/callDetails?" + query
	return f.must("POST", url, map[string]string{
		"auth": token(f.t, f.Sim, nil), "accountId": f.cfg.AccountID, "iId": f.cfg.BotIDs[0],
		"content-type": "application/json;charset=UTF-8",
	}, b)
}

const detailsTime = "2006-01-02 15:04:05"

func windowBody(from, to time.Time) map[string]any {
	return map[string]any{
		"startDate": from.UTC().Format(detailsTime), "endDate": to.UTC().Format(detailsTime), "timeZoneOffset": 0,
	}
}

func decode(t *testing.T, a answer) map[string]any {
	t.Helper()
	if a.status != 200 {
		t.Fatalf("status %d: %.200s", a.status, a.body)
	}
	var v map[string]any
	if err := json.Unmarshal(a.body, &v); err != nil {
		t.Fatalf("%v: %.200s", err, a.body)
	}
	return v
}

func documented(edit func(*Quirks)) *Quirks {
	q := Documented()
	if edit != nil {
		edit(&q)
	}
	return &q
}

// New makes up when calls happened and no text: composing one message costs
// some sixty allocations. They are counted, because clocks tell of the machine.
func TestDefaultsStartCheaply(t *testing.T) {
	var s *Sim
	allocs := testing.AllocsPerRun(1, func() {
		var err error
		if s, err = New(Config{}); err != nil {
			t.Fatal(err)
		}
	})
	if got, want := len(s.base), 8000; got != want {
		t.Fatalf("sessions: got %d, want %d", got, want)
	}
	if per := allocs / 8000; per > 10 {
		t.Errorf("New allocates %.1f times a session, want at most 10", per)
	} else {
		t.Logf("New allocates %.1f times a session", per)
	}
}

func TestConfigIsChecked(t *testing.T) {
	for name, cfg := range map[string]Config{
		"short span":       {Span: time.Minute},
		"busy day":         {BusyDay: 2},
		"negative rate":    {RatePerMinute: -1},
		"id with a slash":  {AccountID: "a/b"},
		"bot with a space": {BotIDs: []string{"st 1"}},
		"before the epoch": {Until: time.Unix(5, 0)},
		"unknown quirk":    {Quirks: documented(func(q *Quirks) { q.Sort = "sideways" })},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := New(cfg); err == nil {
				t.Error("New succeeded, want an error")
			}
		})
	}
}

func TestSmoke(t *testing.T) {
	f := start(t, Config{Voicemails: 50, Quirks: documented(nil)})
	v := f.Voicemails()
	if len(v) != 50 {
		t.Fatalf("voicemails: got %d, want 50", len(v))
	}
	got := decode(t, f.voicemail(v[7].SessionID))
	url := got["voicemail recording"].([]any)[0].(map[string]any)["fileUrl"].(string)
	a := f.must("GET", url, nil, nil)
	if a.status != 200 || string(a.body[:4]) != "RIFF" {
		t.Errorf("file: got status %d, %.20q", a.status, a.body)
	}
	rows := decode(t, f.details("offset=0&limit=100", windowBody(v[7].Start, v[7].Start)))["data"].([]any)
	if len(rows) != 1 || rows[0].(map[string]any)["isVoicemail"] != "YES" {
		t.Errorf("rows: got %s", fmt.Sprint(rows))
	}
}
