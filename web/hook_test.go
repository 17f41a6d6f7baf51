package web

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"afterbeep/store"
)

// push sends a body as the upstream would.
func (b *bench) push(path, token, body string, header ...string) answer {
	b.t.Helper()
	r := b.request(http.MethodPost, path, strings.NewReader(body), nil)
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return b.send(r)
}

func TestHook(t *testing.T) {
	tests := []struct {
		name, path, token, body string
		status                  int
		accepted                int
	}{
		{"a session", "/hooks/kore/st-a", hookToken, `{"sessionId": "67aa1"}`, 202, 1},
		{"in metaInfo", "/hooks/kore/st-a", hookToken, `{"metaInfo": {"sessionId": "67aa1"}, "x": 1}`, 202, 1},
		{"none", "/hooks/kore/st-a", hookToken, `{"callId": "1"}`, 202, 0},
		{"no object", "/hooks/kore/st-a", hookToken, `"67aa1"`, 202, 0},
		{"no JSON", "/hooks/kore/st-a", hookToken, `sessionId=67aa1`, 400, 0},
		{"nothing", "/hooks/kore/st-a", hookToken, ``, 400, 0},
		{"long", "/hooks/kore/st-a", hookToken, `{"sessionId": "67aa1", "x": "` + strings.Repeat("a", 2*maxBody) + `"}`, 202, 1},
		{"a byte order mark", "/hooks/kore/st-a", hookToken, "\uFEFF" + `{"sessionId": "67aa1"}`, 202, 1},
		{"as much as is taken", "/hooks/kore/st-a", hookToken, `{"sessionId": "67aa1"}` + strings.Repeat(" ", maxPush-22), 202, 1},
		{"too much", "/hooks/kore/st-a", hookToken, `{"sessionId": "67aa1"}` + strings.Repeat(" ", maxPush-21), 413, 0},
		{"no token", "/hooks/kore/st-a", "", `{"sessionId": "67aa1"}`, 401, 0},
		{"another token", "/hooks/kore/st-a", hookToken + "!", `{"sessionId": "67aa1"}`, 401, 0},
		{"another bot", "/hooks/kore/st-z", hookToken, `{"sessionId": "67aa1"}`, 404, 0},
		{"another bot, and no token", "/hooks/kore/st-z", "", `{"sessionId": "67aa1"}`, 401, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t, equipped)
			// curl says that all it sends is a form.
			got := b.push(tt.path, tt.token, tt.body, "Content-Type", "application/x-www-form-urlencoded")
			if got.StatusCode != tt.status {
				t.Fatalf("got %d %s, want %d", got.StatusCode, got.body, tt.status)
			}
			if strings.Contains(b.log.String(), "67aa1") {
				t.Errorf("the log holds what was pushed: %s", b.log)
			}
			row, err := b.store.Session(t.Context(), store.AllBots(), "67aa1")
			if tt.accepted == 0 != errors.Is(err, store.ErrNotFound) {
				t.Errorf("got session %+v, %v", row, err)
			}
			if tt.status != 202 {
				got.errorCode(t)
				return
			}
			var a HookAnswer
			if err := json.Unmarshal([]byte(got.body), &a); err != nil || a.Accepted != tt.accepted || (a.Note == "") != (tt.accepted > 0) {
				t.Errorf("got %s, %v", got.body, err)
			}
			if tt.accepted > 0 && (row.FoundBy != store.FoundByHook || row.State != store.StateDue || row.BotID != "st-a") {
				t.Errorf("got %+v", row)
			}
		})
	}
}

// An endpoint that is off, or has nobody behind it, is none.
func TestHookOff(t *testing.T) {
	off := newBench(t, equipped, func(c *Config) { c.HookHash = "" })
	if got := off.push("/hooks/kore/st-a", "", `{"sessionId": "1"}`); got.StatusCode != missing {
		t.Errorf("off: got %d", got.StatusCode)
	}
	alone := newBench(t, func(c *Config) { c.HookHash = HashSecret(hookToken) })
	if got := alone.push("/hooks/kore/st-a", hookToken, `{"sessionId": "1"}`); got.StatusCode != missing {
		t.Errorf("without a bot: got %d", got.StatusCode)
	}
}

func TestHookIsAudited(t *testing.T) {
	b := newBench(t, equipped)
	b.push("/hooks/kore/st-a", hookToken, `{"sessionId": "67aa1"}`)
	b.push("/hooks/kore/st-z", hookToken, `{"sessionId": "67aa1"}`)
	b.push("/hooks/kore/st-a", "wrong", `{"sessionId": "67aa1"}`)
	want := []store.AuditEntry{
		{Actor: "push", Action: store.AuditPush, Allowed: true, Detail: "bot st-a, 1 session"},
		{Actor: "push", Action: store.AuditPush, Detail: "bot st-z"},
		{Actor: "push", Action: store.AuditPush, Detail: "/hooks/kore/:botId"},
	}
	if diff := cmp.Diff(want, b.trail()); diff != "" {
		t.Errorf("entries (-want +got):\n%s", diff)
	}
}

// Guessing the token is slowed down, and pushing is not.
func TestHookGuessing(t *testing.T) {
	b := newBench(t, equipped)
	for range 200 {
		if got := b.push("/hooks/kore/st-a", hookToken, `{}`); got.StatusCode != http.StatusAccepted {
			t.Fatalf("a push: got %d", got.StatusCode)
		}
	}
	for range triesPerName {
		if got := b.push("/hooks/kore/st-a", "guess", `{}`); got.StatusCode != noLogin {
			t.Fatalf("a guess: got %d", got.StatusCode)
		}
	}
	for _, token := range []string{"guess", hookToken} {
		got := b.push("/hooks/kore/st-a", token, `{}`)
		if got.StatusCode != http.StatusTooManyRequests || got.Header.Get("Retry-After") == "" || got.errorCode(t) != codeTooMany {
			t.Errorf("one more: got %d", got.StatusCode)
		}
	}
	r := b.request(http.MethodPost, "/hooks/kore/st-a", strings.NewReader(`{}`), nil)
	r.RemoteAddr = "198.51.100.7:1"
	r.Header.Set("Authorization", "Bearer "+hookToken)
	if got := b.send(r); got.StatusCode != http.StatusAccepted {
		t.Errorf("from elsewhere: got %d", got.StatusCode)
	}
}

func TestHookTellsThatItFailed(t *testing.T) {
	b := newBench(t, equipped)
	b.Enlister.(*recruiter).err = errors.New("disk full")
	if got := b.push("/hooks/kore/st-a", hookToken, `{"sessionId": "1"}`); got.StatusCode != http.StatusInternalServerError || strings.Contains(got.body, "disk") {
		t.Errorf("got %d %s", got.StatusCode, got.body)
	}
}

func TestPushedSessions(t *testing.T) {
	tests := []struct {
		name, body string
		want       []string
	}{
		{"plain", `{"sessionId": "a"}`, []string{"a"}},
		{"any case", `{"SESSIONID": "a"}`, []string{"a"}},
		{"metaInfo, any case", `{"MetaInfo": {"SessionID": "a"}}`, []string{"a"}},
		{"both", `{"sessionId": "b", "metaInfo": {"sessionId": "a"}}`, []string{"a", "b"}},
		{"the same twice", `{"sessionId": "a", "metaInfo": {"sessionId": "a"}}`, []string{"a"}},
		{"metaInfo as text", `{"metaInfo": "{\"sessionId\": \"a\"}"}`, []string{"a"}},
		{"metaInfo as other text", `{"metaInfo": "hello"}`, nil},
		{"one level down", `{"event": {"sessionId": "a"}}`, []string{"a"}},
		{"metaInfo one level down", `{"event": {"metaInfo": {"sessionId": "a"}}}`, []string{"a"}},
		{"two levels down", `{"a": {"b": {"sessionId": "a"}}}`, nil},
		{"a transcription's", `{"sessionId": "a", "transcriptions": [{"sessionId": "b"}], "reply": {"sessionId": "c"}}`, []string{"a"}},
		{"several", `[{"sessionId": "b"}, {"sessionId": "a"}, 3]`, []string{"a", "b"}},
		{"a number", `{"sessionId": 12}`, nil},
		{"null", `{"sessionId": null, "metaInfo": null}`, nil},
		{"blanks around", `{"sessionId": " a "}`, []string{"a"}},
		{"no id", `{"sessionId": "a b"}`, nil},
		{"no id, and one level down", `{"sessionId": "a b", "event": {"sessionId": "a"}}`, []string{"a"}},
		{"too long", `{"sessionId": "` + strings.Repeat("a", store.MaxID+1) + `"}`, nil},
		{"null itself", `null`, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, _, err := pushedSessions([]byte(tt.body))
			if err != nil {
				t.Fatal(err)
			}
			if strings.Join(got, " ") != strings.Join(tt.want, " ") {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
	for _, body := range []string{"", "{", "hello", `{} {}`, `{"a": 1}]`, strings.Repeat("[", 20_000)} {
		if ids, _, err := pushedSessions([]byte(body)); err == nil {
			t.Errorf("%.20q was taken: %q", body, ids)
		}
	}
}

// What no request can hold is no id, and whoever sent it is told.
func TestIDsThatNoRequestHolds(t *testing.T) {
	for _, id := range []string{".", "..", "a/b", `a\b`, "a\x7fb", "a\x01", "a\uFFFD", "a\x80", "a b", "", "a\u00a0b", strings.Repeat("a", 257)} {
		if isID(id) {
			t.Errorf("%.20q is taken for an id", id)
		}
	}
	for _, id := range []string{"...", ".a", "67aa3802-f1b2", "a%2fb", "é", "a:b?c#d", strings.Repeat("a", 256)} {
		if !isID(id) {
			t.Errorf("%.20q is taken for no id", id)
		}
	}
	b := newBench(t, equipped)
	for _, tt := range []struct {
		body     string
		accepted int
		note     string
	}{
		{`{"sessionId": "../x"}`, 0, "1 session id was left out"},
		{`[{"sessionId": ".."}, {"sessionId": "a/b"}]`, 0, "2 session ids were left out"},
		{`[{"sessionId": "67aa1"}, {"sessionId": "a/b"}]`, 1, "1 session id was left out"},
		{`{"sessionId": ""}`, 0, "No session id was found"},
	} {
		got := b.push("/hooks/kore/st-a", hookToken, tt.body)
		var a HookAnswer
		if err := json.Unmarshal([]byte(got.body), &a); err != nil || got.StatusCode != http.StatusAccepted || a.Accepted != tt.accepted || !strings.Contains(a.Note, tt.note) {
			t.Errorf("%s: got %d %s", tt.body, got.StatusCode, got.body)
		}
	}
	for _, bot := range []string{"%2e%2e", "st%2Fa", "st%20a"} {
		if got := b.push("/hooks/kore/"+bot, hookToken, `{"sessionId": "67aa1"}`); got.StatusCode != missing {
			t.Errorf("bot %s: got %d", bot, got.StatusCode)
		}
	}
}

func FuzzPushedSessions(f *testing.F) {
	for _, seed := range []string{`{"sessionId": "a"}`, `{"metaInfo": "{\"sessionId\": \"a\"}"}`, `[{"sessionId": "\u0000"}]`, `{"a": {"metainfo": {"SESSIONID": "ÿ"}}}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		ids, _, err := pushedSessions(body)
		if err != nil && ids != nil || len(ids) > maxPushed {
			t.Fatalf("got %q, %v", ids, err)
		}
		for i, id := range ids {
			if !isID(id) || store.CleanText(id) != id || i > 0 && ids[i-1] >= id {
				t.Errorf("got %q", ids)
			}
		}
	})
}
