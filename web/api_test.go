package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"afterbeep/index"
	"afterbeep/store"
)

// golden compares with a file in testdata; -update writes it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// indented makes JSON comparable by line.
func indented(t *testing.T, body string) string {
	t.Helper()
	var b strings.Builder
	raw := json.RawMessage(body)
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(raw); err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	// Ranking is not what these tests are about, nor what a cursor is made of.
	return cursors.ReplaceAllString(scores.ReplaceAllString(b.String(), `"score": "any"`), `"next_cursor": "any"`)
}

var (
	scores  = regexp.MustCompile(`"score": [0-9.]+`)
	cursors = regexp.MustCompile(`"next_cursor": "[^"]+"`)
)

// library is an archive with one of each kind.
func library() []message {
	at := time.Date(2025, 2, 11, 13, 57, 42, 32e6, time.UTC)
	return []message{
		{bot: "st-a", session: "67aa1", caller: "+14155550123", queue: "Returns", left: at, length: 12400 * time.Millisecond,
			segments: []store.Segment{
				{MessageID: "ms-1", ComponentID: "cp-1", Text: "I want my <b>refund</b> & nothing else", Lang: "en", Author: store.Author{ID: "u-1", Type: "VOICEMAIL"}, ModifiedOn: at.Add(7 * time.Millisecond)},
				{MessageID: "ms-1", ComponentID: "cp-2", Text: "Gracias por el reembolso", Lang: "es", Author: store.Author{ID: "u-1", Type: "VOICEMAIL"}, ModifiedOn: at},
			},
			recordings: []store.Recording{{Kind: "call_v2", FileName: "call.wav", Status: "media_in_progress"}, {Kind: store.RecordingVoicemail, FileName: "voicemail_67aa1.wav", Status: store.RecordingSuccess}}},
		{bot: "st-b", session: "67aa2", recordings: []store.Recording{{Kind: store.RecordingVoicemail, FileName: "v.wav", Status: "failed"}}, left: at.Add(-40 * 24 * time.Hour)},
	}
}

func TestSearchJSON(t *testing.T) {
	b := newBench(t)
	b.archive(library()...)
	admin := b.person("ada", store.RoleAdmin)
	got := b.get("/api/v1/voicemails?q=refund&facets=1", admin)
	golden(t, "search.json", indented(t, got.body))
	got = b.get("/api/v1/voicemails?limit=0", admin)
	golden(t, "everything.json", indented(t, got.body))
	if kind := got.Header.Get("Content-Type"); kind != "application/json; charset=utf-8" {
		t.Errorf("got content type %q", kind)
	}
}

func TestVoicemailJSON(t *testing.T) {
	b := newBench(t)
	id := b.archive(library()...)[0]
	got := b.get(fmt.Sprintf("/api/v1/voicemails/%d?q=refund", id), b.person("ada", store.RoleAdmin))
	golden(t, "voicemail.json", indented(t, got.body))
}

func TestSessionJSON(t *testing.T) {
	b := newBench(t)
	b.archive(library()...)
	if _, err := b.store.SaveSessions(t.Context(), []store.Session{{BotID: "st-a", SessionID: "67aa3", FoundBy: store.FoundByCallDetails, Wanted: true}}); err != nil {
		t.Fatal(err)
	}
	admin := b.person("ada", store.RoleAdmin)
	stored := b.get("/api/v1/sessions/67aa2", admin)
	golden(t, "session.json", indented(t, stored.body))
	due := b.get("/api/v1/sessions/67aa3", admin)
	golden(t, "session_due.json", indented(t, due.body))
	if got := b.get("/api/v1/sessions/67aa2", b.person("al", store.RoleAgent, "st-a")); got.StatusCode != missing {
		t.Errorf("another bot's session: got %d, want 404", got.StatusCode)
	}
}

// Nothing that lies outside one's bots shows in hits, totals or facets.
func TestSearchStaysInScope(t *testing.T) {
	b := newBench(t)
	b.archive(library()...)
	tests := []struct {
		name   string
		cookie *http.Cookie
		total  int
	}{
		{"all bots", b.person("ada", store.RoleAdmin), 2},
		{"one bot", b.person("al", store.RoleAgent, "st-a"), 1},
		{"another bot", b.person("bea", store.RoleAgent, "st-b"), 1},
		{"a bot without voicemails", b.person("cy", store.RoleAgent, "st-c"), 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var a SearchAnswer
			got := b.get("/api/v1/voicemails?facets=1", tt.cookie)
			if err := json.Unmarshal([]byte(got.body), &a); err != nil {
				t.Fatal(err)
			}
			counted := 0
			for _, f := range a.Facets.Bot {
				counted += f.Count
			}
			if a.Total != tt.total || len(a.Hits) != tt.total || counted != tt.total {
				t.Errorf("got total %d, %d hits, %d counted, want %d", a.Total, len(a.Hits), counted, tt.total)
			}
		})
	}
}

func TestSearchParameters(t *testing.T) {
	b := newBench(t)
	b.archive(library()...)
	admin := b.person("ada", store.RoleAdmin)
	tests := []struct {
		query  string
		status int
		total  int
		note   string // one of the notes holds it
	}{
		{"from=2025-02-11&to=2025-02-11", 200, 1, ""},
		{"from=2025-02-11T13:57:42.032Z", 200, 1, ""},
		{"from=2025-02-11T13:57:42.033Z", 200, 0, ""},
		{"to=2025-02-11T13:57:42.032Z", 200, 1, ""},
		{"from=2025-02-11T14:57:42.032%2B01:00", 200, 1, ""},
		{"from=2025-02-11T14:57:42.032+01:00", 200, 1, ""}, // a plus that nobody encoded
		{"to=2025-02-11&tz=Asia/Tokyo", 200, 2, ""},
		{"to=2025-02-10&tz=America/New_York", 200, 1, ""},
		{"from=2025-02-12&to=2025-02-01", 200, 0, ""},
		{"bot=st-b", 200, 1, ""},
		{"lang=en", 200, 1, ""},
		{"queue=Returns", 200, 1, ""},
		{"queue=Elsewhere", 200, 0, ""},
		{"has=recording", 200, 1, ""},
		{"has=Transcript", 200, 1, ""},
		{"has=number", 200, 0, ""},
		{"q=queue:Returns+has:recording+-lang:de", 200, 1, ""},
		{"q=on:yesterday&tz=UTC", 200, 1, ""}, // by the server's clock, not the machine's
		{"q=newer_than:1d", 200, 1, ""},
		{"q=shorter:15s", 200, 1, ""},
		{"limit=1", 200, 2, ""},
		{"limit=0", 200, 2, "1 to 200"},
		{"limit=-5", 200, 2, "1 to 200"},
		{"limit=201", 200, 2, "1 to 200"},
		{"limit=99999999999999999999", 200, 2, "1 to 200"},
		{"callback=1", 200, 0, ""},
		{"callback=no", 200, 2, ""},
		{"callback=none", 200, 2, ""},
		{"callback=taken", 200, 0, ""},
		{"callback=maybe", 400, 0, ""},
		{"q=is:new", 200, 2, ""},
		{"q=is:mine", 200, 0, ""},
		{"sort=oldest", 200, 2, ""},
		{"sort=relevance", 200, 2, ""},
		{"unknown=1", 200, 2, ""},
		{"q=" + strings.Repeat("a+", 16<<10), 200, 0, ""},
		{"q=%00%ff%22((((-", 200, 2, ""},
		{"q=nowhere;said", 200, 0, ""}, // signs that nobody encoded
		{"q=nowhere%", 200, 0, ""},
		{"q=nowhere%2&bot=%zz", 200, 0, ""},
		{"from=yesterday", 400, 0, ""},
		{"to=2025-02-30", 400, 0, ""},
		{"tz=Mars/Olympus", 400, 0, ""},
		{"tz=Local", 400, 0, ""},
		{"tz=../../etc/passwd", 400, 0, ""},
		{"sort=best", 400, 0, ""},
		{"has=everything", 400, 0, ""},
		{"limit=many", 400, 0, ""},
		{"cursor=nonsense", 400, 0, ""},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprintf("%.60s", tt.query), func(t *testing.T) {
			got := b.get("/api/v1/voicemails?"+tt.query, admin)
			if got.StatusCode != tt.status {
				t.Fatalf("got %d, want %d: %s", got.StatusCode, tt.status, got.body)
			}
			if tt.status != 200 {
				if code := got.errorCode(t); code != codeBadRequest {
					t.Errorf("got code %s", code)
				}
				return
			}
			var a SearchAnswer
			if err := json.Unmarshal([]byte(got.body), &a); err != nil {
				t.Fatal(err)
			}
			if a.Total != tt.total {
				t.Errorf("got total %d, want %d", a.Total, tt.total)
			}
			if notes := strings.Join(a.Notes, "\n"); !strings.Contains(notes, tt.note) {
				t.Errorf("got notes %q, want one about %q", notes, tt.note)
			}
		})
	}
}

// Pages of one hit each find everything once, whatever the order.
func TestCursorWalk(t *testing.T) {
	b := newBench(t)
	var ms []message
	for i := range 7 {
		ms = append(ms, message{bot: "st-a", session: fmt.Sprint(i), left: noon.Add(-time.Duration(i) * time.Hour), segments: said("please call about the refund")})
	}
	b.archive(ms...)
	admin := b.person("ada", store.RoleAdmin)
	for _, order := range []string{"newest", "oldest", "relevance"} {
		p := Params{Q: "refund", Sort: order, Limit: "2"}
		seen := map[int64]bool{}
		for pages := 0; ; pages++ {
			var a SearchAnswer
			got := b.get(p.Link("/api/v1/voicemails"), admin)
			if err := json.Unmarshal([]byte(got.body), &a); err != nil || pages > 7 {
				t.Fatalf("page %d: %v", pages, err)
			}
			for _, h := range a.Hits {
				if seen[h.ID] {
					t.Errorf("%s: %d is there twice", order, h.ID)
				}
				seen[h.ID] = true
			}
			if p.Cursor = a.NextCursor; p.Cursor == "" {
				break
			}
			foreign := p
			foreign.Q = "call"
			if got := b.get(foreign.Link("/api/v1/voicemails"), admin); got.StatusCode != http.StatusBadRequest {
				t.Errorf("cursor of another query: got %d, want 400", got.StatusCode)
			}
		}
		if len(seen) != 7 {
			t.Errorf("%s: saw %d, want 7", order, len(seen))
		}
	}
}

// The command line asks the same engine and gives the same JSON.
func TestEngineAnswersLikeTheAPI(t *testing.T) {
	b := newBench(t)
	b.archive(library()...)
	p := Params{Q: "refund OR reembolso", Facets: "1"}
	e := &Engine{Index: b.index, Archive: b.store, Now: func() time.Time { return noon }}
	a, err := e.Search(t.Context(), store.AllBots(), p)
	if err != nil {
		t.Fatal(err)
	}
	var out, again strings.Builder
	if err := writeJSON(&out, a); err != nil {
		t.Fatal(err)
	}
	got := b.get(p.Link("/api/v1/voicemails"), b.person("ada", store.RoleAdmin))
	if diff := cmp.Diff(got.body, out.String()); diff != "" {
		t.Errorf("answers differ (-API +engine):\n%s", diff)
	}
	var back SearchAnswer
	if err := json.Unmarshal([]byte(out.String()), &back); err != nil {
		t.Fatal(err)
	}
	if err := writeJSON(&again, back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(out.String(), again.String()); diff != "" {
		t.Errorf("an answer that was read does not write itself again (-first +again):\n%s", diff)
	}
}

func FuzzSearchParameters(f *testing.F) {
	for _, seed := range []string{"q=refund&facets=1", "q=\"a b\"*&sort=oldest&limit=3", "from=2025-02-11&tz=Europe/Berlin", "cursor=AAAA", "q=%ff%00&lang=x&bot=y&to=9999-12-31"} {
		f.Add(seed)
	}
	b := newBench(f)
	b.archive(library()...)
	f.Fuzz(func(t *testing.T, raw string) {
		values, err := url.ParseQuery(raw)
		if err != nil {
			return
		}
		_, err = b.engine.Search(t.Context(), store.AllBots(), ParamsOf(values))
		if _, bad := errors.AsType[*ParamError](err); err != nil && !bad && !errors.Is(err, index.ErrCursor) {
			t.Errorf("%q: %v", raw, err)
		}
	})
}

// The id of an address is decoded once: what it decodes to is the id, whatever
// it looks like.
func TestSessionIDsAreDecodedOnce(t *testing.T) {
	b := newBench(t, equipped)
	for _, id := range []string{"a%2eb", "a.b", "a/b", "a b%20"} {
		b.known(store.Session{AccountID: "acc-1", BotID: "st-a", SessionID: id, FoundBy: store.FoundByImport}, store.Outcome{})
	}
	admin := b.person("ada", store.RoleAdmin)
	for _, tt := range []struct{ escaped, id string }{ // "" is none
		{"a.b", "a.b"}, {"a%2eb", "a.b"}, {"a%252eb", "a%2eb"}, {"a%25252eb", ""}, {"a%2Fb", "a/b"}, {"a%252Fb", ""},
		{"a%20b%2520", "a b%20"}, {"a%20b%20", ""}, {"%252e%252e", ""},
	} {
		want := ok
		if tt.id == "" {
			want = missing
		}
		for _, path := range []string{"/api/v1/sessions/", "/sessions/"} {
			got := b.get(path+tt.escaped, admin)
			if got.StatusCode != want || !strings.Contains(got.body, tt.id) {
				t.Errorf("%s%s: got %d %.200s, want %q", path, tt.escaped, got.StatusCode, got.body, tt.id)
			}
		}
	}
}
