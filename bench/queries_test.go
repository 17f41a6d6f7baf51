package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"afterbeep/store"
)

func TestRequestsHaveHits(t *testing.T) {
	c := testCorpus(t, 1500)
	df, err := c.frequencies(t.Context(), 2)
	if err != nil {
		t.Fatal(err)
	}
	requests := c.requests(df, 10)
	if diff := cmp.Diff(requests, c.requests(df, 10)); diff != "" {
		t.Errorf("queries differ from one time to the next:\n%s", diff)
	}
	if err := c.truth(t.Context(), requests, 2); err != nil {
		t.Fatal(err)
	}
	if got := classesOf(requests); !slices.Equal(got, classes()) {
		t.Errorf("classes are %q", got)
	}
	for _, r := range requests {
		if r.Total == 0 && r.Class != classFilter && r.Class != classFuzzy {
			t.Errorf("%s %q finds nothing", r.Class, r.Terms)
		}
		if r.Kind == "term" && r.From == 0 && int(r.DF[0]) != r.Total {
			t.Errorf("%q is in %d voicemails, found in %d", r.Terms, r.DF[0], r.Total)
		}
		if r.New && len(r.Last) != min(r.Total, pageSize) || !slices.IsSortedFunc(r.Last, func(a, b int64) int { return int(b - a) }) {
			t.Errorf("%q: the newest are %d of %d", r.Terms, len(r.Last), r.Total)
		}
	}
}

// TestTruth compares the counter with the most naive loop.
func TestTruth(t *testing.T) {
	c := testCorpus(t, 400)
	df, err := c.frequencies(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	requests := c.requests(df, 8)
	if err := c.truth(t.Context(), requests, 3); err != nil {
		t.Fatal(err)
	}
	want := make([]int, len(requests))
	err = c.each(t.Context(), 1, func(_, _ int, v *store.Voicemail) error {
		text := " " + strings.Join(tokenTexts(v.Text), " ") + " "
		for i, r := range requests {
			if naive(r, v, text) {
				want[i]++
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range requests {
		if r.Total != want[i] {
			t.Errorf("%s %s %q: %d, want %d", r.Class, r.Kind, r.Terms, r.Total, want[i])
		}
	}
}

// naive reports whether r matches v, whose words are text, with spaces around.
func naive(r request, v *store.Voicemail, text string) bool {
	if ms := v.LeftAt.UnixMilli(); r.From != 0 && (ms < r.From || ms > r.To || v.Lang != r.Lang) {
		return false
	}
	some := func(ok func(string) bool) bool { return slices.ContainsFunc(strings.Fields(text), ok) }
	has := func(w string) bool { return strings.Contains(text, " "+w+" ") }
	switch r.Kind {
	case "phrase":
		return has(strings.Join(r.Terms, " "))
	case "prefix":
		return strings.Contains(text, " "+r.Terms[0])
	case "fuzzy":
		return some(func(w string) bool { return oneEdit(w, r.Terms[0]) })
	case "or":
		return slices.ContainsFunc(r.Terms, has)
	}
	return !slices.ContainsFunc(r.Terms, func(w string) bool { return !has(w) })
}

func TestOneEdit(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want bool
	}{
		{"refund", "refund", true}, {"refund", "refnd", true}, {"refund", "refundo", true}, {"refund", "rafund", true},
		{"refund", "refudn", true}, {"refund", "erfund", true}, {"refund", "refdun", false}, {"refund", "rfeudn", false},
		{"refund", "refuxx", false}, {"a", "b", true}, {"", "a", true}, {"", "ab", false}, {"ab", "ba", true}, {"abc", "cba", false},
		{"refunds", "refun", false},
	} {
		if got := oneEdit(tt.a, tt.b); got != tt.want {
			t.Errorf("oneEdit(%q, %q) = %v", tt.a, tt.b, got)
		}
		if got := oneEdit(tt.b, tt.a); got != tt.want {
			t.Errorf("oneEdit(%q, %q) = %v", tt.b, tt.a, got)
		}
	}
}

func TestRequestLines(t *testing.T) {
	path := filepath.Join(t.TempDir(), "requests.jsonl")
	r := request{Class: "filter", Kind: "term", Terms: []string{"due"}, From: 1, To: 2, Lang: "en", DF: []uint32{39759}, Total: 5}
	if err := writeRequests(path, []request{r}); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"class":"filter","kind":"term","terms":["due"],"from":1,"to":2,"lang":"en","new":false,"facets":false,"df":[39759],"total":5}` + "\n"
	if string(got) != want {
		t.Errorf("the line is\n%s, want\n%s", got, want)
	}
	var back request
	if err := json.Unmarshal(got, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(r, back); diff != "" {
		t.Error(diff)
	}
}

func TestTextOfRequests(t *testing.T) {
	for _, tt := range []struct {
		r           request
		want, typed string
	}{
		{request{Kind: "term", Terms: []string{"due"}}, `"due"`, "due"},
		{request{Kind: "and", Terms: []string{"a", "b"}}, `"a" "b"`, "a b"},
		{request{Kind: "or", Terms: []string{"a", "b"}}, `"a" OR "b"`, "a OR b"},
		{request{Kind: "phrase", Terms: []string{"a", "b"}}, `"a b"`, `"a b"`},
		{request{Kind: "prefix", Terms: []string{"ref"}}, "ref*", "ref*"},
		{request{Kind: "fuzzy", Terms: []string{"refnd"}}, "refnd~", "refnd~"},
	} {
		if got := tt.r.text(false); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.r.Kind, got, tt.want)
		}
		if got := tt.r.text(true); got != tt.typed {
			t.Errorf("%s as typed: %s, want %s", tt.r.Kind, got, tt.typed)
		}
		if match, err := tt.r.match(); (err == nil) == (tt.r.Kind == "fuzzy") || err == nil && !strings.HasPrefix(match, `'"`) {
			t.Errorf("%s in FTS5: %s, %v", tt.r.Kind, match, err)
		}
	}
}

func TestNaughtyQueriesAreAllowed(t *testing.T) {
	for _, n := range naughtyQueries(strings.Fields("the to you i and")) {
		if len(n.q) > 32<<10 {
			t.Errorf("%s is %d bytes long: the box takes 32 KB", n.name, len(n.q))
		}
	}
}
