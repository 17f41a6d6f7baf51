package web

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"afterbeep/store"
)

// asking is a voicemail in which the machine finds a request.
func (b *bench) asking(session, queue, text string, f store.Finding) int64 {
	b.t.Helper()
	s := store.Session{AccountID: "acc", BotID: "st-a", SessionID: session, FoundBy: store.FoundByImport, Voicemail: store.FlagYes, Wanted: true,
		CallerE164: "+14155550100", QueueName: queue, StartedAt: noon.Add(-time.Hour)}
	if _, err := b.store.SaveSessions(b.t.Context(), []store.Session{s}); err != nil {
		b.t.Fatal(err)
	}
	lease, err := b.store.ClaimSession(b.t.Context(), s.Key(), time.Minute)
	if err != nil {
		b.t.Fatal(err)
	}
	reply := &store.Reply{Segments: said(text), Payload: []byte("{}"), AnalysisVersion: 1, Find: func(store.Voicemail) store.Finding { return f }}
	if _, err := b.store.Record(b.t.Context(), lease, store.Outcome{State: store.StateStored, Reply: reply}); err != nil {
		b.t.Fatal(err)
	}
	return store.VoicemailID(s.BotID, session)
}

func (b *bench) act(id int64, a store.Action) {
	b.t.Helper()
	if _, err := b.store.Act(b.t.Context(), store.AllBots(), id, a); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) found(query string, who string) SearchAnswer {
	b.t.Helper()
	scope := store.AllBots().As(who)
	p := ParamsOf(must(url.ParseQuery(query)))
	a, err := b.engine.Search(b.t.Context(), scope, p)
	if err != nil {
		b.t.Fatal(err)
	}
	return *a
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// What people do is found at once, by who asks, without anything being indexed.
func TestSearchByCallbacks(t *testing.T) {
	b := newBench(t)
	const text = "please call me at 415 555 0123 after three"
	request := store.Finding{Requested: true, Confidence: 0.97, When: []store.Span{{Start: 31, End: 42}},
		Numbers: []store.FoundNumber{{Kind: store.NumberCall, E164: "+14155550123", Digits: "4155550123", Spans: []store.Span{{Start: 18, End: 30}}, Valid: true}}}
	one, two := b.asking("one", "billing", text, request), b.asking("two", "claims", "thanks, all sorted", store.Finding{Confidence: 0.9})
	b.asking("three", "", "mhm", store.Finding{Listen: store.ListenFewWords, Confidence: 0.3})
	b.catchUp()
	count := func(query, who string) int { return b.found(query, who).Total }
	check := func(when string, want map[string]int) {
		t.Helper()
		got := map[string]int{}
		for q := range want {
			got[q] = count(q, "ada")
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: -want +got\n%s", when, diff)
		}
	}
	check("found", map[string]int{"q=has:callback": 1, "q=is:open": 1, "callback=open": 1, "has=callback": 1, "q=-has:callback": 2, "q=is:new": 3, "q=is:listen": 1, "callback=none": 1})
	hit := b.found("q=is:open", "ada").Hits[0]
	confidence := 0.97
	want := Callback{Requested: true, Status: "open", Confidence: &confidence, Numbers: []Number{{E164: "+14155550123", Said: "415 555 0123"}}, WantedAt: "after three", Lane: "requests"}
	if diff := cmp.Diff(want, hit.Callback); diff != "" {
		t.Errorf("callback -want +got\n%s", diff)
	}
	before := must(b.store.Head(t.Context()))
	b.act(one, store.Action{Verb: store.VerbClaim, By: "ada", Lease: time.Minute})
	if after := must(b.store.Head(t.Context())); after != before {
		t.Errorf("a claim moved the feed of voicemails from %v to %v", before, after)
	}
	check("claimed", map[string]int{"q=is:open": 0, "q=is:claimed": 1, "q=is:mine": 1, "callback=mine": 1})
	if n := count("q=is:mine", "ben"); n != 0 {
		t.Errorf("it is Ben's, too: %d", n)
	}
	if got := b.found("q=is:claimed", "").Hits[0].Callback.Assignee; got != "ada" {
		t.Errorf("held by %q", got)
	}
	b.act(one, store.Action{Verb: store.VerbClose, By: "ada", Outcome: "reached"})
	b.act(two, store.Action{Verb: store.VerbSeen, By: "ben"})
	check("closed", map[string]int{"q=is:open": 0, "q=is:claimed": 0, "q=is:done": 1, "callback=done": 1, "q=is:seen": 1, "q=is:new": 1})
	facet := b.found("q=-tag:x&facets=1", "").Facets.Callback
	if diff := cmp.Diff([]FacetValue{{"listen", 1}, {"done", 1}, {"none", 1}}, facet); diff != "" {
		t.Errorf("facet -want +got\n%s", diff)
	}
	if _, err := b.store.AddTag(t.Context(), store.AllBots(), store.Tag{VoicemailID: two, Name: "Call Back", By: "ben"}); err != nil {
		t.Fatal(err)
	}
	check("tagged", map[string]int{"q=tag:call-back": 1, `q=tag:"Call back"`: 1, "q=-tag:call-back": 2})
}

// The page shows where the work stands, and each number of the facet leads to so
// many.
func TestSearchPageOfCallbacks(t *testing.T) {
	b := newBench(t)
	cookie := b.person("ada", store.RoleAgent)
	b.asking("one", "billing", "please call me", store.Finding{Requested: true, Confidence: 0.97})
	b.asking("two", "claims", "thanks, all sorted", store.Finding{Confidence: 0.9})
	b.catchUp()
	page := b.get("/", cookie).body
	for _, want := range []string{`<span class="tag warn">wants a call</span>`, `href="/?callback=open"`, `href="/?callback=none"`, `id="callback"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if page := b.get("/?callback=open", cookie).body; !strings.Contains(page, "open: to be called back") || strings.Count(page, `<li class="hit"`) != 1 {
		t.Error("the link leads elsewhere")
	}
	var a SearchAnswer
	if err := json.Unmarshal([]byte(b.get("/api/v1/voicemails?callback=open", cookie).body), &a); err != nil || a.Total != 1 || a.Hits[0].Callback.Status != "open" {
		t.Errorf("the API says %+v, %v", a, err)
	}
}

func TestInsightsOfCallbacks(t *testing.T) {
	b := newBench(t)
	for i := range 3 {
		b.asking(fmt.Sprint("s", i), "", "please call me", store.Finding{Requested: i > 0, Confidence: 0.97})
	}
	b.catchUp()
	in, err := b.engine.Insights(t.Context(), store.AllBots(), Params{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int{2}, in.Requests); diff != "" {
		t.Errorf("requests -want +got\n%s", diff)
	}
	page := b.get("/insights?period=all", b.person("ana", store.RoleAnalyst)).body
	for _, want := range []string{"Requests to be called back", "Where callbacks stand", "callback=requested"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

func TestExportOfCallbacks(t *testing.T) {
	b := newBench(t)
	b.asking("one", "", "please call me", store.Finding{Requested: true, Confidence: 0.97, Numbers: []store.FoundNumber{{Kind: store.NumberCall, E164: "+14155550123"}}})
	b.catchUp()
	got := b.exported(ExportCSV, store.AllBots(), Params{Callback: "open"})
	if !strings.Contains(got, ",requested,open,+14155550123,,,please call me") {
		t.Errorf("the table says %q", got)
	}
	if got := b.exported(ExportJSONL, store.AllBots(), Params{Q: "has:callback"}); !strings.Contains(got, `"callback":{"requested":true,"status":"open"`) {
		t.Errorf("the lines say %q", got)
	}
}

// A hit says what is known of its work: that somebody was called back is not.
func TestWorkTags(t *testing.T) {
	for name, tt := range map[string]struct {
		callback Callback
		want     string
	}{
		"a request":                 {Callback{Requested: true, Status: "open", Lane: "requests"}, "wants a call"},
		"doubtful":                  {Callback{Status: "open", Lane: "listen"}, "needs a listen"},
		"done, maybe not by a call": {Callback{Requested: true, Status: "done", Lane: "requests"}, "done"},
		"held":                      {Callback{Requested: true, Status: "claimed", Assignee: "bea", Lane: "listen"}, "claimed by bea"},
		"old":                       {Callback{Requested: true, Status: "open", Lane: "old"}, "old request"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := workTagOf(tt.callback); got == nil || got.Text != tt.want {
				t.Errorf("got %+v, want %q", got, tt.want)
			}
		})
	}
}
