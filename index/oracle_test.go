package index_test

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"afterbeep/index"
	"afterbeep/index/query"
	"afterbeep/store"
)

// oracle answers like the index, by reading every text.
type oracle []message

// answer lists full and partial matches, each in the order of r.Sort; by
// relevance, only the set is meant.
func (o oracle) answer(s store.Scope, r index.Request) (full, partial []message) {
	var all []reading
	var rest oracle
	typed := false // something matches all as typed
	for _, m := range o {
		all = append(all, m.read(r.Query.Root))
	}
	for i, m := range o {
		base, _, _ := strings.Cut(strings.ToLower(m.lang), "-")
		switch {
		case !s.Sees(m.bot), r.Bot != "" && m.bot != r.Bot, r.Lang != "" && base != r.Lang:
		case !r.From.IsZero() && m.left.Before(r.From), !r.To.IsZero() && !m.left.Before(r.To):
		case all[i].holds(r.Query.Root, looseLevel):
			full = append(full, m)
			typed = typed || all[i].holds(r.Query.Root, typedLevel)
		default:
			rest = append(rest, m)
		}
	}
	if len(full) < 10 {
		partial = rest.partial(r.Query.Root, !typed)
	}
	for _, list := range [][]message{full, partial} {
		slices.SortFunc(list, func(a, b message) int {
			c := cmp.Or(a.left.Compare(b.left), cmp.Compare(a.id(), b.id()))
			if r.Sort == index.SortOldest {
				return c
			}
			return -c
		})
	}
	return full, partial
}

func ids(lists ...[]message) []int64 {
	out := []int64{}
	for _, l := range lists {
		for _, m := range l {
			out = append(out, m.id())
		}
	}
	return out
}

var vocabulary = []string{
	"call", "calls", "cell", "clal", "called", "all", "refund", "refnud", "refunds", "order", "order1", "12345",
	"12346", "a", "me", "back", "Köln", "koeln", "don't", "dont", "fall\nback", "東京", "calling", "ring", "give it",
	"five five five", "oh one two three", "555-0123", "Meier", "Mayer", "Catherine", "Kathryn", "money",
}

func drawMessage(t *rapid.T, session string) message {
	words := rapid.SliceOfN(rapid.SampledFrom(vocabulary), 0, 7).Draw(t, "words")
	return message{
		session: session,
		bot:     rapid.SampledFrom([]string{"st-a", "st-b", "st-c"}).Draw(t, "bot"),
		lang:    rapid.SampledFrom([]string{"en", "en-US", "de", ""}).Draw(t, "lang"),
		text:    strings.Join(words, " "),
		left:    noon.Add(time.Duration(rapid.IntRange(0, 9).Draw(t, "left")) * time.Microsecond),
	}
}

var fragments = append([]string{"OR", "-", "(", ")", `"`, "*", "cal*", `"call me"`, `"me ba"*`, "-back", "ca*", "-(call OR me)",
	`"call back"~2`, `"me call me"~1`, `"refund order1 a"~3`, "cal~", "me~", "call me back", "555 0123", "555 0123 555 0123", "0123", "-0123", "bot:st-a", "-bot:st-b", "lang:en",
	"session:s0-1", "on:2025-02-11", "before:2025-02-11", "has:transcript", "(bot:st-a OR lang:de)"}, vocabulary...)

func drawRequest(t *rapid.T) (store.Scope, index.Request) {
	parts := rapid.SliceOfN(rapid.SampledFrom(fragments), 0, 6).Draw(t, "query")
	r := index.Request{
		Query: query.Parse(strings.Join(parts, " ")),
		Sort:  rapid.SampledFrom([]index.Sort{index.SortNewest, index.SortOldest, index.SortRelevance}).Draw(t, "sort"),
		Limit: rapid.IntRange(1, 7).Draw(t, "limit"),
		Bot:   rapid.SampledFrom([]string{"", "", "", "st-a", "st-z"}).Draw(t, "bot filter"),
		Lang:  rapid.SampledFrom([]string{"", "", "", "en", "de"}).Draw(t, "lang filter"),
	}
	if rapid.IntRange(0, 3).Draw(t, "bounded") == 0 {
		r.From = noon.Add(time.Duration(rapid.IntRange(0, 5).Draw(t, "from")) * time.Microsecond)
		r.To = noon.Add(time.Duration(rapid.IntRange(3, 9).Draw(t, "to")) * time.Microsecond)
	}
	scope := rapid.SampledFrom([]store.Scope{
		store.AllBots(), store.AllBots(), store.OnlyBots("st-a", "st-b"), store.OnlyBots("st-c"), {},
	}).Draw(t, "scope")
	return scope, r
}

// TestAgreesWithReadingEveryText compares ids, totals, order and facets over
// archives that change between searches.
func TestAgreesWithReadingEveryText(t *testing.T) {
	t.Parallel()
	empty := emptyStore(t)
	rapid.Check(t, func(rt *rapid.T) {
		a, x, done := scratch(t, empty)
		defer done()
		var all oracle
		for round := range rapid.IntRange(1, 3).Draw(rt, "rounds") {
			for i := range rapid.IntRange(0, 10).Draw(rt, "changes") {
				m := drawMessage(rt, fmt.Sprintf("s%d-%d", round, i))
				if len(all) == 0 || rapid.IntRange(0, 2).Draw(rt, "again") > 0 {
					all = append(all, m)
					a.record(t, m)
					continue
				}
				at := rapid.IntRange(0, len(all)-1).Draw(rt, "which")
				if m.text == "" || all[at].text == m.text {
					continue // an empty or equal reply changes nothing
				}
				all[at].text, all[at].modified = m.text, noon.Add(time.Duration(round*100+i)*time.Second)
				a.record(t, all[at])
			}
			catchUp(t, x)
			if got := x.Status().Voicemails; got != len(all) {
				rt.Fatalf("%d voicemails are indexed, want %d", got, len(all))
			}
			for range 10 {
				scope, r := drawRequest(rt)
				compare(rt, t, x, all, scope, r)
			}
		}
	})
}

// emptyStore is the file of a store that holds nothing: copying it takes less
// than making another.
func emptyStore(t *testing.T) string {
	t.Helper()
	a := newArchive(t)
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	return a.path
}

// scratch is an archive and an index for one round of a property test.
func scratch(t *testing.T, empty string) (*archive, *index.Index, func()) {
	t.Helper()
	dir, err := os.MkdirTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	copyStore(t, empty, filepath.Join(dir, "store.db"))
	a := openArchive(t, filepath.Join(dir, "store.db"))
	x, err := index.Open(t.Context(), index.Config{Dir: filepath.Join(dir, "index"), Feed: a, Synonyms: testSynonyms})
	if err != nil {
		t.Fatal(err)
	}
	return a, x, func() {
		_ = x.Close()
		_ = a.Close()
		_ = os.RemoveAll(dir)
	}
}

func compare(rt *rapid.T, t *testing.T, x *index.Index, all oracle, scope store.Scope, r index.Request) {
	full, partial := all.answer(scope, r)
	r.Facets = true
	res := search(t, x, scope, r)
	if res.Total != len(full) || res.PartialTotal != len(partial) {
		rt.Fatalf("%q: total %d and %d partial, want %d and %d", r.Query, res.Total, res.PartialTotal, len(full), len(partial))
	}
	counts := map[string]int{}
	for _, m := range full {
		counts[m.bot]++
	}
	for _, f := range res.Facets.Bot {
		if counts[f.Value] != f.Count {
			rt.Fatalf("%q: facet %s has %d, want %d", r.Query, f.Value, f.Count, counts[f.Value])
		}
		delete(counts, f.Value)
	}
	sum := 0
	for _, b := range res.Facets.Histogram.Buckets {
		sum += b.Count
	}
	if len(counts) > 0 || sum != len(full) {
		rt.Fatalf("%q: facets lack %v; the histogram has %d, want %d", r.Query, counts, sum, len(full))
	}
	got, want := append([]int64{}, allIDs(t, x, scope, r)...), ids(full, partial)
	if r.Sort == index.SortRelevance {
		slices.Sort(got[:len(full)])
		slices.Sort(want[:len(full)])
		slices.Sort(got[len(full):])
		slices.Sort(want[len(full):])
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		rt.Fatalf("%q %+v: -want +got\n%s", r.Query, r, diff)
	}
}

// TestPagesWhileVoicemailsArrive walks all pages while others are recorded:
// what was there at the first page is there once, in order.
func TestPagesWhileVoicemailsArrive(t *testing.T) {
	t.Parallel()
	empty := emptyStore(t)
	rapid.Check(t, func(rt *rapid.T) {
		a, x, done := scratch(t, empty)
		defer done()
		var all oracle
		add := func(most int) {
			var fresh []message
			for range rapid.IntRange(0, most).Draw(rt, "arriving") {
				fresh = append(fresh, drawMessage(rt, fmt.Sprint("s", len(all)+len(fresh))))
			}
			a.record(t, fresh...)
			all = append(all, fresh...)
			catchUp(t, x)
		}
		add(25)
		for range 3 {
			scope, r := drawRequest(rt)
			arrivals := 4 // else they may outrun a walk of short pages
			walk(rt, t, x, all, scope, r, func() {
				if arrivals--; arrivals >= 0 {
					add(3)
				}
			})
		}
	})
}

// walk takes every page, with something happening in between.
func walk(rt *rapid.T, t *testing.T, x *index.Index, all oracle, scope store.Scope, r index.Request, between func()) {
	want := map[int64]bool{}
	for _, id := range ids(all.answer(scope, r)) {
		want[id] = true
	}
	seen, inPartial := map[int64]bool{}, false
	for {
		res := search(t, x, scope, r)
		for _, h := range res.Hits {
			if seen[h.ID] {
				rt.Fatalf("%q: %d is there twice", r.Query, h.ID)
			}
			if inPartial && !h.Partial {
				rt.Fatalf("%q: a full match follows a partial one", r.Query)
			}
			seen[h.ID], inPartial = true, h.Partial
			delete(want, h.ID)
		}
		if res.NextCursor == "" {
			break
		}
		r.Cursor = res.NextCursor
		between()
	}
	if len(want) > 0 {
		rt.Fatalf("%q %+v: %d were on no page", r.Query, r, len(want))
	}
}
