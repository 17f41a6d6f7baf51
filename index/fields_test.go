package index_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"afterbeep/index"
	"afterbeep/index/query"
	"afterbeep/store"
)

// fixed is a feed of voicemails as they are.
type fixed []store.Voicemail

func (f fixed) Head(context.Context) (store.Position, error) {
	return store.Position{StoreID: "fixed", Seq: int64(len(f)), Tag: "t"}, nil
}

func (f fixed) Knows(_ context.Context, p store.Position) (bool, error) {
	return p.StoreID == "fixed", nil
}

func (f fixed) Changes(_ context.Context, after int64, limit int) ([]store.Change, error) {
	var out []store.Change
	for i := int(after); i < min(len(f), int(after)+limit); i++ {
		out = append(out, store.Change{Seq: int64(i + 1), Tag: "t", VoicemailID: f[i].ID, Voicemail: &f[i]})
	}
	return out, nil
}

// archived are voicemails that differ in everything but words.
func archived() fixed {
	file := func(kind store.RecordingKind, status, digest string, length time.Duration) store.Recording {
		return store.Recording{Kind: kind, Status: status, Digest: digest, Duration: length}
	}
	return fixed{
		{ID: 1, BotID: "st-a", SessionID: "67aa-1", Caller: "+14155550123", Called: "+18005550100", Queue: "billing", Lang: "en-US",
			Author: store.Author{ID: "u-ann"}, LeftAt: noon, Duration: 12400 * time.Millisecond, Text: "hello there",
			Transcript: store.TranscriptPresent, Recordings: []store.Recording{file(store.RecordingVoicemail, store.RecordingSuccess, "", 0)}},
		{ID: 2, BotID: "st-a", SessionID: "67aa-2", Caller: "4155550199", Queue: "Billing Late", Lang: "EN", LeftAt: noon.Add(time.Hour),
			Text: "hello call me on four one five five five five oh one double nine", Transcript: store.TranscriptPresent,
			Recordings: []store.Recording{
				file(store.RecordingVoicemail, store.RecordingSuccess, "d", 45*time.Second),
				file(store.RecordingCallV2, store.RecordingSuccess, "d", time.Hour),
			}},
		{ID: 3, BotID: "st-b", SessionID: "67aa-3", Caller: "Anonymous Caller", Lang: "de", LeftAt: noon.AddDate(0, 0, -3),
			Duration: 30 * time.Second, Text: "hello", Transcript: store.TranscriptPresent,
			Recordings: []store.Recording{file(store.RecordingVoicemail, store.RecordingMissing, "", 0)}},
		{ID: 4, BotID: "st-b", SessionID: "67aa-4", Caller: "sip:+14155550123@example.com", Transcript: store.TranscriptPending,
			Recordings: []store.Recording{file(store.RecordingVoicemail, store.RecordingMissing, "d", 2*time.Minute)}},
	}
}

func TestFieldsInAQuery(t *testing.T) {
	t.Parallel()
	x := openIndex(t, t.TempDir(), archived())
	catchUp(t, x)
	for _, tc := range []struct {
		q    string
		want []int64
	}{
		{"bot:st-a", []int64{1, 2}},
		{"bot:ST-A", []int64{1, 2}},
		{"bot:st", nil},
		{"-bot:st-a", []int64{3, 4}},
		{"queue:billing", []int64{1}},
		{`queue:"billing late"`, []int64{2}},
		{"lang:en", []int64{1, 2}},
		{"lang:de OR bot:st-b", []int64{3, 4}},
		{"author:u-ann", []int64{1}},
		{"session:67aa-3", []int64{3}},
		{"session:67AA-3", []int64{3}},
		{"session:67aa", nil},
		{"from:+14155550123", []int64{1, 4}},
		{"from:415-555-0123", []int64{1, 4}},
		{"from:0199", []int64{2}},
		{"from:5550199", []int64{2}},
		{`from:"anonymous caller"`, []int64{3}},
		{`from:"four one five five five five oh one two three"`, []int64{1, 4}},
		{"to:8005550100", []int64{1}},
		{"to:4155550123", nil},
		{"has:recording", []int64{1, 2, 4}},
		{"has:transcript", []int64{1, 2, 3}},
		{"has:number", []int64{2}},
		{"-has:recording", []int64{3}},
		{"longer:30s", []int64{2, 3, 4}},
		{"longer:31s", []int64{2, 4}},
		{"shorter:30s", []int64{1}},
		{"longer:12s shorter:46s", []int64{1, 2, 3}},
		{"on:2025-02-11", []int64{1, 2}},
		{"after:2025-02-08", []int64{1, 2}},
		{"before:2025-02-11", []int64{3, 4}},
		{"-after:2025-02-08", []int64{3, 4}},
		{"hello bot:st-b", []int64{3}},
	} {
		res := search(t, x, store.AllBots(), index.Request{Query: query.Parse(tc.q), Now: noon, Sort: index.SortNewest})
		var got []int64
		for _, h := range res.Hits {
			got = append(got, h.ID)
		}
		slices.Sort(got)
		if diff := cmp.Diff(tc.want, got); diff != "" || res.Total != len(tc.want) {
			t.Errorf("%s: total %d, -want +got\n%s", tc.q, res.Total, diff)
		}
	}
}

func TestFacetsOfFields(t *testing.T) {
	t.Parallel()
	x := openIndex(t, t.TempDir(), archived())
	catchUp(t, x)
	res := search(t, x, store.AllBots(), index.Request{Facets: true})
	print := func(values []index.FacetValue) string {
		var out []string
		for _, v := range values {
			out = append(out, fmt.Sprintf("%q %d", v.Value, v.Count))
		}
		return strings.Join(out, ", ")
	}
	for _, tc := range []struct{ name, got, want string }{
		{"language", print(res.Facets.Lang), `"en" 2, "" 1, "de" 1`},
		{"bot", print(res.Facets.Bot), `"st-a" 2, "st-b" 2`},
		{"queue", print(res.Facets.Queue), `"" 2, "Billing Late" 1, "billing" 1`},
		{"recording", print(res.Facets.Recording), `"yes" 3, "no" 1`},
		{"duration", print(res.Facets.Duration), `"shorter:15s" 1, "longer:30s shorter:1m" 2, "longer:2m" 1`},
	} {
		if tc.got != tc.want {
			t.Errorf("%s: %s, want %s", tc.name, tc.got, tc.want)
		}
	}
	// A value narrows to what it counts.
	for _, v := range res.Facets.Duration {
		if got := ask(t, x, v.Value).Total; got != v.Count {
			t.Errorf("%s finds %d, want %d", v.Value, got, v.Count)
		}
	}
	within := search(t, x, store.OnlyBots("st-b"), index.Request{Facets: true, Query: query.Parse("hello")})
	if got := print(within.Facets.Bot); got != `"st-b" 1` {
		t.Errorf("within a scope and a query, the bots are %s", got)
	}
	if got := print(within.Facets.Recording); got != `"no" 1` {
		t.Errorf("within a scope and a query, recordings are there as %s", got)
	}
}

// TestRequestLimits expects the fields of a request to do what filters do.
func TestFieldsOfARequest(t *testing.T) {
	t.Parallel()
	x := openIndex(t, t.TempDir(), archived())
	catchUp(t, x)
	for _, tc := range []struct {
		name string
		r    index.Request
		want int
	}{
		{"bot", index.Request{Bot: "st-a"}, 2},
		{"language", index.Request{Lang: "en-GB"}, 2},
		{"queue", index.Request{Queue: "billing"}, 1},
		{"recording", index.Request{Has: "recording"}, 3},
		{"unknown", index.Request{Has: "wings"}, 0},
		{"from", index.Request{From: noon.Add(time.Nanosecond)}, 1},
		{"to", index.Request{To: noon}, 2},
		{"all", index.Request{Bot: "st-a", Lang: "en", Has: "number", From: noon, To: noon.AddDate(0, 0, 1)}, 1},
	} {
		if got := search(t, x, store.AllBots(), tc.r).Total; got != tc.want {
			t.Errorf("%s: %d, want %d", tc.name, got, tc.want)
		}
	}
}

// TestTildeAsksForNothingElse holds that a tilde finds the word and those one
// letter off, and leaves out what the word finds without it.
func TestTildeAsksForNothingElse(t *testing.T) {
	t.Parallel()
	_, x := indexed(t, say("a refund", "two refunds", "they refunded me", "a reimbursement", "a refond", "ask jon", "ask john")...)
	for q, want := range map[string]int{"refund": 5, "refund~": 3, "refund~ -refond": 2, "jon": 1, "jon~": 2} {
		if res := ask(t, x, q); res.Total != want {
			t.Errorf("%s finds %d, want %d", q, res.Total, want)
		}
	}
}

// TestCallersByName holds that who asks for a caller by a name that no caller has
// is told why nothing is found.
func TestCallersByName(t *testing.T) {
	t.Parallel()
	x := openIndex(t, t.TempDir(), archived())
	catchUp(t, x)
	for q, noted := range map[string]bool{
		"from:hartley":             true,
		"hello to:hartley":         true,
		"from:hartley OR from:ann": true,
		"-from:hartley":            false,
		"from:4155550777":          false,
		`from:"anonymous caller"`:  false,
	} {
		res := search(t, x, store.AllBots(), index.Request{Query: query.Parse(q)})
		if got := strings.Contains(strings.Join(res.Notes, "\n"), "asks for a number"); got != noted {
			t.Errorf("%s: %d found, notes %q", q, res.Total, res.Notes)
		}
	}
}
