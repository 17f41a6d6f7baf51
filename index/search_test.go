package index_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"afterbeep/index"
	"afterbeep/index/query"
	"afterbeep/store"
)

// places are the messages of the hits, by their place in messages.
func places(messages []message, res *index.Result) []int {
	at := map[int64]int{}
	for i, m := range messages {
		at[m.id()] = i
	}
	var out []int
	for _, h := range res.Hits {
		out = append(out, at[h.ID])
	}
	return out
}

func TestOrder(t *testing.T) {
	messages := say([]string{
		0: "refund",                                     // short, so it weighs more
		1: "a refund, please, for what I bought in May", // longer
		2: "refund refund refund please",                // more often
		3: "refunds",                                    // one letter off
		4: "something else",
	}...)
	_, x := indexed(t, messages...)
	for _, tc := range []struct {
		q    string
		sort index.Sort
		want []int
	}{
		{"refund", index.SortNewest, []int{3, 2, 1, 0}},
		{"refund", index.SortOldest, []int{0, 1, 2, 3}},
		{"refund", index.SortRelevance, []int{2, 0, 1, 3}},
		{"refund", "", []int{2, 0, 1, 3}},
		{"", "", []int{4, 3, 2, 1, 0}},
		{"", index.SortRelevance, []int{4, 3, 2, 1, 0}},
		{"-something", index.SortRelevance, []int{3, 2, 1, 0}},
		{"", index.SortOldest, []int{0, 1, 2, 3, 4}},
	} {
		res := search(t, x, store.AllBots(), index.Request{Query: query.Parse(tc.q), Sort: tc.sort})
		if diff := cmp.Diff(tc.want, places(messages, res)); diff != "" {
			t.Errorf("%q by %q: -want +got\n%s", tc.q, tc.sort, diff)
		}
	}
	res := search(t, x, store.AllBots(), index.Request{Sort: "sideways"})
	if len(res.Notes) != 1 || res.Total != 5 {
		t.Errorf("an unknown order gives %+v", res)
	}
}

func TestRareWordsWeighMore(t *testing.T) {
	t.Parallel()
	var texts []string
	for range 20 {
		texts = append(texts, "please call again")
	}
	texts = append(texts, "please zebra again")
	messages := say(texts...)
	_, x := indexed(t, messages...)
	res := search(t, x, store.AllBots(), index.Request{Query: query.Parse("call OR zebra"), Sort: index.SortRelevance})
	if got := places(messages, res)[0]; got != 20 {
		t.Errorf("the first hit is %d, want the one with the rare word", got)
	}
}

// A pasted list of a thousand words must not be scored by each of them.
func TestManyAlternativesAreScoredByTheRarest(t *testing.T) {
	t.Parallel()
	var texts, asked []string
	for i := range 100 {
		texts = append(texts, fmt.Sprintf("common wordnumber%c%c", 'a'+i/26, 'a'+i%26))
		asked = append(asked, fmt.Sprintf("wordnumber%c%c*", 'a'+i/26, 'a'+i%26))
	}
	messages := say(append(texts, "common")...)
	_, x := indexed(t, messages...)
	res := ask(t, x, "common OR nowhere OR "+strings.Join(asked, " OR "))
	if got := places(messages, res)[:20]; slices.Contains(got, 100) || res.Total != 101 {
		t.Errorf("of %d, the first are %v", res.Total, got)
	}
	if len(res.Notes) != 1 || !strings.Contains(res.Notes[0], "32 rarest") {
		t.Errorf("notes %q", res.Notes)
	}
	if res := ask(t, x, strings.Join(asked[:32], " OR ")+" OR nowhere"); len(res.Notes) != 0 {
		t.Errorf("of 32 found words: notes %q", res.Notes)
	}
}

func TestMatched(t *testing.T) {
	messages := say("refund order now", "refunds order now", "refnd oder now", "refund", "please ring back", "I am Kathryn, five five five oh one two three")
	_, x := indexed(t, messages...)
	for _, tc := range []struct {
		q    string
		want map[int][]string
	}{
		{"refund order", map[int][]string{0: {"exact"}, 1: {"exact", "inflected"}, 2: {"one letter off"}}},
		{"refund OR order", map[int][]string{0: {"exact"}, 1: {"exact"}, 2: {"one letter off"}, 3: {"exact"}}},
		{"call back please", map[int][]string{4: {"exact", "synonym"}}},
		{"catherine", map[int][]string{5: {"sounds like"}}},
		{"555-0123", map[int][]string{5: {"number"}}},
		{"0123 katharyn", map[int][]string{5: {"one letter off", "number"}}},
		{"-order -oder -i -ring", map[int][]string{3: {}}},
	} {
		got := map[int][]string{}
		res := ask(t, x, tc.q)
		for i, at := range places(messages, res) {
			got[at] = res.Hits[i].Matched
		}
		if diff := cmp.Diff(tc.want, got); diff != "" {
			t.Errorf("%q: -want +got\n%s", tc.q, diff)
		}
	}
}

func TestPartial(t *testing.T) {
	messages := say([]string{
		0: "alpha bravo charlie delta",
		1: "alpha bravo charlie",
		2: "alpha bravo",
		3: "bravo charlie delta zulu",
		4: "delta",
	}...)
	_, x := indexed(t, messages...)
	for _, tc := range []struct {
		name, q        string
		total, partial int
		newest         []int
	}{
		{"most of four words is three", "alpha bravo charlie delta", 1, 2, []int{0, 3, 1}},
		{"most of three words is two", "alpha bravo delta", 1, 3, []int{0, 3, 2, 1}},
		{"where nothing has all, half of two words", "alpha zulu", 0, 4, []int{3, 2, 1, 0}},
		{"where nothing has all, half of four words", "alpha bravo zulu yak", 0, 4, []int{3, 2, 1, 0}},
		{"never less than half", "delta zulu yak echo xray", 0, 0, nil},
		{"frequent words don't count", "the alpha of my yak", 0, 3, []int{2, 1, 0}},
		{"half only where nothing has more", "alpha bravo charlie yak", 0, 2, []int{1, 0}},
		{"where nothing has all, more than half of three", "bravo (zulu OR alpha) echo", 0, 4, []int{3, 2, 1, 0}},
		{"most of two words is both", "alpha delta", 1, 0, []int{0}},
		{"what is excluded stays out", "alpha bravo charlie delta -zulu", 1, 1, []int{0, 1}},
		{"a group counts once", "(alpha OR zulu) bravo delta", 2, 2, []int{3, 0, 2, 1}},
		{"a phrase counts once", `"alpha bravo" charlie delta`, 1, 2, []int{0, 3, 1}},
		{"a group of what is not wanted", "alpha zulu (-yak OR -echo)", 0, 4, []int{3, 2, 1, 0}},
		{"either asks for nothing more", "alpha OR zulu", 4, 0, []int{3, 2, 1, 0}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			res := search(t, x, store.AllBots(), index.Request{Query: query.Parse(tc.q), Sort: index.SortNewest})
			if res.Total != tc.total || res.PartialTotal != tc.partial {
				t.Errorf("total %d and %d partial, want %d and %d", res.Total, res.PartialTotal, tc.total, tc.partial)
			}
			if diff := cmp.Diff(tc.newest, places(messages, res)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			for i, h := range res.Hits {
				if h.Partial != (i >= tc.total) {
					t.Errorf("hit %d: partial is %v", i, h.Partial)
				}
			}
		})
	}
}

func TestPartialOnlyBelowTen(t *testing.T) {
	t.Parallel()
	var texts []string
	for range 10 {
		texts = append(texts, "alpha bravo charlie")
	}
	messages := say(append(texts, "alpha bravo")...)
	_, x := indexed(t, messages[1:]...)
	if res := ask(t, x, "alpha bravo charlie"); res.Total != 9 || res.PartialTotal != 1 {
		t.Errorf("with nine: %d and %d partial", res.Total, res.PartialTotal)
	}
	_, x = indexed(t, messages...)
	if res := ask(t, x, "alpha bravo charlie"); res.Total != 10 || res.PartialTotal != 0 {
		t.Errorf("with ten: %d and %d partial", res.Total, res.PartialTotal)
	}
}

// What reads all there is asks for full matches alone, in large pages.
func TestFullOnly(t *testing.T) {
	t.Parallel()
	_, x := indexed(t, say("alpha bravo charlie", "alpha bravo", "alpha delta", "alpha charlie")...)
	r := index.Request{Query: query.Parse("alpha bravo charlie"), Sort: index.SortNewest, FullOnly: true, Limit: index.MaxFullLimit}
	res := search(t, x, store.AllBots(), r)
	if res.Total != 1 || res.PartialTotal != 0 || len(res.Hits) != 1 || len(res.Offers) != 0 || len(res.Notes) != 0 {
		t.Errorf("got %+v, want the full match alone", res)
	}
	r.FullOnly, r.Limit = false, 1
	cursor := search(t, x, store.AllBots(), r).NextCursor
	r.FullOnly, r.Cursor = true, cursor
	if res := search(t, x, store.AllBots(), r); len(res.Hits) != 0 || res.NextCursor != "" {
		t.Errorf("behind the full matches: got %+v, want nothing", res)
	}
	r.Cursor, r.Limit = "", index.MaxFullLimit+1
	if res := search(t, x, store.AllBots(), r); len(res.Notes) != 1 {
		t.Errorf("too long a page: got notes %q", res.Notes)
	}
}

func TestScope(t *testing.T) {
	var messages []message
	for i, bot := range []string{"st-a", "st-b", "st-b"} {
		m := say("alpha bravo charlie")[0]
		m.session, m.bot, m.lang = fmt.Sprint("s", i), bot, []string{"en", "de", "de"}[i]
		messages = append(messages, m)
	}
	part := messages[2]
	part.session, part.text = "s3", "alpha bravo"
	messages = append(messages, part)
	_, x := indexed(t, messages...)
	for _, tc := range []struct {
		name           string
		scope          store.Scope
		bot            string
		total, partial int
		bots, langs    []index.FacetValue
	}{
		{"every bot", store.AllBots(), "", 3, 1, []index.FacetValue{{Value: "st-b", Count: 2}, {Value: "st-a", Count: 1}}, []index.FacetValue{{Value: "de", Count: 2}, {Value: "en", Count: 1}}},
		{"one bot", store.OnlyBots("st-a"), "", 1, 0, []index.FacetValue{{Value: "st-a", Count: 1}}, []index.FacetValue{{Value: "en", Count: 1}}},
		{"another bot, asked for", store.OnlyBots("st-a"), "st-b", 0, 0, []index.FacetValue{}, []index.FacetValue{}},
		{"one of all, asked for", store.AllBots(), "st-b", 2, 1, []index.FacetValue{{Value: "st-b", Count: 2}}, []index.FacetValue{{Value: "de", Count: 2}}},
		{"an unknown bot", store.OnlyBots("st-z"), "", 0, 0, []index.FacetValue{}, []index.FacetValue{}},
		{"no bot", store.OnlyBots(), "", 0, 0, []index.FacetValue{}, []index.FacetValue{}},
		{"the zero scope", store.Scope{}, "", 0, 0, []index.FacetValue{}, []index.FacetValue{}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			res := search(t, x, tc.scope, index.Request{Query: query.Parse("alpha bravo charlie"), Bot: tc.bot, Facets: true})
			if res.Total != tc.total || res.PartialTotal != tc.partial || len(res.Hits) != tc.total+tc.partial {
				t.Errorf("%d, %d partial, %d hits; want %d and %d", res.Total, res.PartialTotal, len(res.Hits), tc.total, tc.partial)
			}
			if diff := cmp.Diff(tc.bots, res.Facets.Bot); diff != "" {
				t.Errorf("bots: -want +got\n%s", diff)
			}
			if diff := cmp.Diff(tc.langs, res.Facets.Lang); diff != "" {
				t.Errorf("languages: -want +got\n%s", diff)
			}
		})
	}
}

func TestFilters(t *testing.T) {
	messages := say("one", "two", "three", "four")
	messages[0].lang, messages[1].lang, messages[2].lang, messages[3].lang = "en-US", "EN", "de_AT", ""
	for i := range messages {
		messages[i].left = noon.Add(time.Duration(i) * time.Microsecond)
	}
	_, x := indexed(t, messages...)
	at := func(d time.Duration) time.Time { return noon.Add(d).In(time.FixedZone("", 3600)) }
	for _, tc := range []struct {
		name string
		r    index.Request
		want []int
	}{
		{"a language whatever its region", index.Request{Lang: "en"}, []int{0, 1}},
		{"a language with its region", index.Request{Lang: "en-GB"}, []int{0, 1}},
		{"another", index.Request{Lang: "de"}, []int{2}},
		{"from is inclusive", index.Request{From: at(time.Microsecond)}, []int{1, 2, 3}},
		{"to is exclusive", index.Request{To: at(time.Microsecond)}, []int{0}},
		{"between the microseconds", index.Request{From: at(500), To: at(1500)}, []int{1}},
		{"an empty range", index.Request{From: at(2000), To: at(2000)}, nil},
		{"a range the wrong way round", index.Request{From: at(3000), To: at(0)}, nil},
	} {
		tc.r.Sort = index.SortOldest
		if diff := cmp.Diff(tc.want, places(messages, search(t, x, store.AllBots(), tc.r))); diff != "" {
			t.Errorf("%s: -want +got\n%s", tc.name, diff)
		}
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	var texts []string
	for i := range 250 {
		texts = append(texts, fmt.Sprintf("message abc%d", i))
	}
	_, x := indexed(t, say(texts...)...)
	for _, tc := range []struct {
		limit, hits int
		noted       bool
	}{{0, 20, false}, {1, 1, false}, {200, 200, false}, {-3, 1, true}, {1000, 200, true}} {
		res := search(t, x, store.AllBots(), index.Request{Limit: tc.limit})
		if len(res.Hits) != tc.hits || (len(res.Notes) > 0) != tc.noted || res.Total != 250 {
			t.Errorf("limit %d gives %d hits, notes %q", tc.limit, len(res.Hits), res.Notes)
		}
	}
	res := ask(t, x, "abc*")
	if res.Total != 200 || len(res.Notes) != 1 || !strings.Contains(res.Notes[0], "200") {
		t.Errorf("250 expansions: total %d, notes %q", res.Total, res.Notes)
	}
	if res := ask(t, x, "abc1*"); res.Total != 111 || len(res.Notes) != 0 {
		t.Errorf("111 expansions: total %d, notes %q", res.Total, res.Notes)
	}
	if res := ask(t, x, "abc* mess* -abc7 OR zzz"); res.Total == 0 {
		t.Errorf("with others: %+v", res)
	}
}

// TestHugeQueries holds that what a query may cost is bounded by counts, which
// the notes tell, and that all else of it is answered.
func TestHugeQueries(t *testing.T) {
	t.Parallel()
	_, x := indexed(t, say("word alpha", "message bravo")...)
	const left, edits, forms = "at most 800 words", "the first 8 words", "the first 16 words"
	for _, tc := range []struct {
		name, q, note  string
		total, partial int
	}{
		{"1,501 words", "word " + words("w%04dx ", 1500), left, 0, 0},
		{"1,001 or", "word OR " + words("w%04dx OR ", 1000), left, 1, 0},
		{"letters only", words("%s ", 1000), edits, 0, 0},
		{"most of many", words("%s ", 1000), "more than 256", 0, 0},
		{"in other forms", words("%s ", 201), forms, 0, 0},
		{"synonyms", strings.Repeat("refund cancel ", 13) + "word", "synonyms", 0, 0},
		{"letters only, or", "word OR " + words("%s OR ", 900), edits, 1, 0},
		{"32 KB", strings.Repeat("word ", 32<<10/5), left, 1, 0},
		{"parentheses", strings.Repeat("(", 50) + "word" + strings.Repeat(")", 50), "", 1, 0},
		{"prefixes", strings.Repeat("a* b* w* ", 250), "", 0, 1},
		{"phrases", strings.Repeat(`"word alpha" `, 300), "", 1, 0},
		{"NUL and emoji", "word\x00 🙂 \u202eword", "🙂", 1, 0},
		{"no UTF-8", "word \xff\xfe", "left out", 1, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			res := ask(t, x, tc.q)
			if res.Total != tc.total || res.PartialTotal != tc.partial {
				t.Errorf("total %d and %d partial, want %d and %d", res.Total, res.PartialTotal, tc.total, tc.partial)
			}
			if notes := strings.Join(res.Notes, "\n"); !strings.Contains(notes, tc.note) || tc.note == "" && notes != "" {
				t.Errorf("notes %q, want %q", res.Notes, tc.note)
			}
		})
	}
}

// countdown is a context that ends when it has been asked that often: a
// deadline that hits the same place of the work on every machine.
type countdown struct {
	context.Context
	left atomic.Int64
}

func (c *countdown) Err() error {
	if c.left.Add(-1) < 0 {
		return context.DeadlineExceeded
	}
	return nil
}

// TestSearchGivesUp holds that a search asks in all of its parts whether anybody
// still waits, and answers nothing where it was given up.
func TestSearchGivesUp(t *testing.T) {
	t.Parallel()
	_, x := indexed(t, say("word alpha", "words bravo", "message charlie")...)
	for _, tc := range []struct {
		q     string
		parts int // at least so often it must ask
	}{
		{"word", 3},
		{"wor*", 3},
		{`"word alpha"`, 4},
		{"word -message", 4},
		{words("%s ", 100), 100},
		{strings.Repeat("word alpha bravo ", 100), 10},
		{words("(word OR w%04dx) ", 400), 400},
	} {
		r := index.Request{Query: query.Parse(tc.q)}
		var asked int64
		for range 2 { // the first time more is looked up
			whole := &countdown{Context: t.Context()}
			whole.left.Store(1 << 30)
			if _, err := x.Search(whole, store.AllBots(), r); err != nil {
				t.Fatal(err)
			}
			asked = 1<<30 - whole.left.Load()
		}
		if asked < int64(tc.parts) {
			t.Errorf("%.20q: it asks %d times whether to go on, want %d", tc.q, asked, tc.parts)
		}
		for after := int64(0); after < asked; after += 1 + asked/20 {
			ctx := &countdown{Context: t.Context()}
			ctx.left.Store(after)
			if res, err := x.Search(ctx, store.AllBots(), r); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%.20q, given up after %d of %d: %v, %v", tc.q, after, asked, res, err)
			}
		}
	}
}

// words repeats the format with different numbers, or with words of letters.
func words(format string, n int) string {
	var b strings.Builder
	for i := range n {
		if strings.Contains(format, "%s") {
			fmt.Fprintf(&b, format, string([]byte{'a' + byte(i%26), 'a' + byte(i/26%26), 'a' + byte(i/676), 'q', 'x'}))
		} else {
			fmt.Fprintf(&b, format, i)
		}
	}
	return b.String()
}

func TestCursorIsBound(t *testing.T) {
	messages := say("alpha one", "alpha two", "alpha three", "alphas")
	_, x := indexed(t, messages...)
	base := index.Request{Query: query.Parse("alpha"), Limit: 1}
	good := search(t, x, store.AllBots(), base).NextCursor
	if good == "" {
		t.Fatal("no cursor")
	}
	with := func(f func(r *index.Request)) index.Request {
		r := base
		r.Cursor = good
		f(&r)
		return r
	}
	for _, tc := range []struct {
		name  string
		scope store.Scope
		r     index.Request
		ok    bool
	}{
		{"its own", store.AllBots(), with(func(*index.Request) {}), true},
		{"its own query, typed otherwise", store.AllBots(), with(func(r *index.Request) { r.Query = query.Parse("  ALPHA ") }), true},
		{"another limit", store.AllBots(), with(func(r *index.Request) { r.Limit = 3 }), true},
		{"with facets", store.AllBots(), with(func(r *index.Request) { r.Facets = true }), true},
		{"another query", store.AllBots(), with(func(r *index.Request) { r.Query = query.Parse("alpha one") }), false},
		{"another sort", store.AllBots(), with(func(r *index.Request) { r.Sort = index.SortNewest }), false},
		{"another bot", store.AllBots(), with(func(r *index.Request) { r.Bot = "st-a" }), false},
		{"another language", store.AllBots(), with(func(r *index.Request) { r.Lang = "en" }), false},
		{"another start", store.AllBots(), with(func(r *index.Request) { r.From = noon }), false},
		{"another end", store.AllBots(), with(func(r *index.Request) { r.To = noon }), false},
		{"another zone", store.AllBots(), with(func(r *index.Request) { r.Zone = time.FixedZone("East", 3600) }), false},
		{"later", store.AllBots(), with(func(r *index.Request) { r.Now = time.Now().Add(time.Hour) }), true},
		{"another scope", store.OnlyBots("st-a"), with(func(*index.Request) {}), false},
		{"no scope", store.Scope{}, with(func(*index.Request) {}), false},
		{"broken", store.AllBots(), with(func(r *index.Request) { r.Cursor = good[:20] + "_" + good[21:] }), false},
		{"cut", store.AllBots(), with(func(r *index.Request) { r.Cursor = good[:len(good)-4] }), false},
		{"short", store.AllBots(), with(func(r *index.Request) { r.Cursor = "AAAA" }), false},
		{"no base64", store.AllBots(), with(func(r *index.Request) { r.Cursor = "?!" }), false},
	} {
		_, err := x.Search(t.Context(), tc.scope, tc.r)
		if tc.ok && err != nil || !tc.ok && !errors.Is(err, index.ErrCursor) {
			t.Errorf("%s: %v", tc.name, err)
		}
	}
}

// TestPagesAcrossARebuild holds that a cursor means nothing that a rebuild or a
// restart could change.
func TestPagesAcrossARebuild(t *testing.T) {
	t.Parallel()
	var texts []string
	for i := range 30 {
		texts = append(texts, strings.Repeat("alpha ", i%4+1)+"bravo")
	}
	_, x := indexed(t, say(texts...)...)
	r := index.Request{Query: query.Parse("alpha"), Limit: 4, Sort: index.SortRelevance}
	want := allIDs(t, x, store.AllBots(), r)
	first := search(t, x, store.AllBots(), r)
	if err := x.Rebuild(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	r.Cursor = first.NextCursor
	if diff := cmp.Diff(want[4:], allIDs(t, x, store.AllBots(), r)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}
