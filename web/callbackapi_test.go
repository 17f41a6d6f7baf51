package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"afterbeep/store"
)

func TestCallbacksAPI(t *testing.T) {
	b := newBench(t)
	ids := b.archive(request("st-a", "s1", "+14155550123"), request("st-a", "s2", "+14155550199"))
	bea, cal := b.person("bea", store.RoleAgent), b.person("cal", store.RoleAgent)
	send := func(who *http.Cookie, path, body string) answer {
		r := b.request(http.MethodPost, "/api/v1/callbacks"+path, strings.NewReader(body), who)
		r.Header.Set("Content-Type", "application/json")
		return b.send(r)
	}
	one := fmt.Sprintf("/%d", ids[0])
	steps := []struct {
		name   string
		who    *http.Cookie
		path   string
		body   string
		code   int
		status string
	}{
		{"claim", bea, one + "/claim", "", ok, "claimed"},
		{"claim what another holds", cal, one + "/claim", "{}", clash, ""},
		{"attempt without a result", bea, one + "/attempt", "{}", unread, ""},
		{"attempt", bea, one + "/attempt", `{"result": "no_answer", "next": "2025-02-12T15:00:00Z", "note": "rang out"}`, ok, "open"},
		{"no time", bea, one + "/attempt", `{"result": "busy", "next": "soon"}`, unread, ""},
		{"no JSON", bea, one + "/note", `{`, unread, ""},
		{"two of them", bea, one + "/note", `{"note": "a"} {"note": "b"}`, unread, ""},
		{"a name that is none", bea, one + "/close", `{"outcome": "reached", "hole": true}`, unread, ""},
		{"note", cal, one + "/note", `{"note": "hello"}`, ok, "open"},
		{"snooze", cal, one + "/snooze", `{"next": "2025-02-13T15:00:00Z"}`, ok, "open"},
		{"close", bea, one + "/close", `{"outcome": "reached", "note": "done"}`, ok, "done"},
		{"release what is done", bea, one + "/release", "", clash, ""},
		{"reopen", bea, one + "/reopen", "", ok, "open"},
		{"the next one", cal, "/next", "", ok, "claimed"},
	}
	for _, tt := range steps {
		t.Run(tt.name, func(t *testing.T) {
			got := send(tt.who, tt.path, tt.body)
			if got.StatusCode != tt.code {
				t.Fatalf("got %d %s, want %d", got.StatusCode, got.body, tt.code)
			}
			if tt.code != ok {
				got.errorCode(t)
				return
			}
			var a CallbackAnswer
			if err := json.Unmarshal([]byte(got.body), &a); err != nil || a.Status != tt.status {
				t.Errorf("got %q, %v, want %q", a.Status, err, tt.status)
			}
		})
	}
	var list CallbacksAnswer
	if err := json.Unmarshal([]byte(b.get("/api/v1/callbacks?lane=requests&status=claimed&mine=1", cal).body), &list); err != nil {
		t.Fatal(err)
	}
	if len(list.Callbacks) != 1 || list.Callbacks[0].Assignee != "cal" || list.Counts.Mine != 1 || list.Counts.Open != 1 || list.Counts.Claimed != 1 {
		t.Errorf("got %+v", list)
	}
	var v VoicemailAnswer
	if err := json.Unmarshal([]byte(b.get(fmt.Sprintf("/api/v1/voicemails/%d", ids[0]), bea).body), &v); err != nil {
		t.Fatal(err)
	}
	if !v.Callback.Requested || v.Callback.Status != "open" || v.Callback.Confidence == nil || *v.Callback.Confidence != 0.97 {
		t.Errorf("the voicemail's callback is %+v", v.Callback)
	}
	var did []string
	for _, e := range v.CallbackEvents {
		did = append(did, e.Actor+" "+e.Action)
	}
	want := []string{" found", "bea claim", "bea attempt", "cal note", "cal snooze", "bea close", "bea reopen"}
	if diff := cmp.Diff(want, did); diff != "" {
		t.Errorf("history (-want +got):\n%s", diff)
	}
	// What is one's own is what one holds; what one has closed is asked for.
	held := list.Callbacks[0].ID
	send(cal, fmt.Sprintf("/%d/close", held), `{"outcome": "reached"}`)
	for query, want := range map[string]int{"?mine=1": 0, "?mine=1&status=done": 1} {
		if got := b.listed("/api/v1/callbacks"+query, cal); len(got.Callbacks) != want {
			t.Errorf("%s lists %d, want %d", query, len(got.Callbacks), want)
		}
	}
}
