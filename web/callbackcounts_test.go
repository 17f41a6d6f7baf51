package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"afterbeep/store"
)

// doubtful is a message that a person has to listen to.
func doubtful(bot, session, caller string) message {
	m := request(bot, session, caller)
	m.find = func(store.Voicemail) store.Finding { return store.Finding{Listen: store.ListenFewWords} }
	return m
}

// The list holds what its counts say, of whichever lane it came.
func TestCallbacksListedAreCounted(t *testing.T) {
	b := newBench(t)
	ids := b.archive(request("st-a", "asks", "+14155550123"), request("st-a", "asks too", "+14155550124"), doubtful("st-a", "doubtful", "+14155550125"),
		doubtful("st-a", "doubtful too", "+14155550126"), doubtful("st-a", "doubtful as well", "+14155550127"))
	bea := b.person("bea", store.RoleAgent)
	for i, path := range []string{"/claim", "/close", "/claim", "/close"} {
		r := b.request(http.MethodPost, fmt.Sprintf("/api/v1/callbacks/%d%s", ids[i], path), strings.NewReader(`{"outcome": "reached"}`), bea)
		r.Header.Set("Content-Type", "application/json")
		if got := b.send(r); got.StatusCode != ok {
			t.Fatalf("%s: got %d %s", path, got.StatusCode, got.body)
		}
	}
	for query, want := range map[string]int{"status=open": 0, "lane=listen&status=open": 1, "mine=1&status=claimed": 2, "status=claimed": 2, "status=done": 2} {
		var list CallbacksAnswer
		if err := json.Unmarshal([]byte(b.get("/api/v1/callbacks?"+query, bea).body), &list); err != nil {
			t.Fatal(err)
		}
		n := map[string]int{"status=open": list.Counts.Open, "lane=listen&status=open": list.Counts.Listen, "mine=1&status=claimed": list.Counts.Mine,
			"status=claimed": list.Counts.Claimed, "status=done": list.Counts.Done}[query]
		if len(list.Callbacks) != want || n != want {
			t.Errorf("%s: got %d and a count of %d, want %d", query, len(list.Callbacks), n, want)
		}
	}
}
