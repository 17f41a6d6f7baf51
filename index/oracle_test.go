package index_test

import (
	"cmp"
	"fmt"
	"math"
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
	"afterbeep/index/synonyms"
	spoken "afterbeep/index/words"
	"afterbeep/ingest/enrich/numbers"
	"afterbeep/store"
)

// oracle answers like the index, by reading every text.
type oracle []message

// level is how close a match must be: 0 as typed, 1 in other forms and words,
// 2 one letter off or by sound.
type level int

const (
	typedLevel level = iota
	formsLevel
	looseLevel
)

// testSynonyms are few, so that they are met often.
func testSynonyms() *synonyms.Lists {
	lists, errs := synonyms.Parse("[en]\ncall back = ring me\nrefund = money = give it back\n")
	if len(errs) > 0 {
		panic(errs[0])
	}
	return lists
}

// reading is a message as the oracle reads it.
type reading struct {
	message
	terms   []spoken.Term
	numbers []numbers.Run
	lists   *synonyms.Lists
}

func (m message) read(lists *synonyms.Lists) reading {
	return reading{m, spoken.Analyse(m.text, m.lang), numbers.Find(m.text, spoken.Base(m.lang)), lists}
}

func (r reading) holds(n query.Node, l level) bool {
	switch n := n.(type) {
	case query.And:
		for i, found := range r.holdsEach(n.Nodes, l) {
			if _, not := n.Nodes[i].(query.Not); !not && !found || not && r.holds(n.Nodes[i].(query.Not).Node, typedLevel) {
				return false
			}
		}
		return true
	case query.Or:
		return slices.ContainsFunc(n.Nodes, func(c query.Node) bool { return r.holdsEach([]query.Node{c}, l)[0] })
	case query.Not:
		return !r.holds(n.Node, typedLevel)
	case query.Word:
		return slices.ContainsFunc(r.terms, func(t spoken.Term) bool { return is(t, n, l) })
	case query.Phrase:
		return slices.ContainsFunc(starts(r.terms), func(from int) bool { return phraseAt(n, r.terms[from:]) })
	case query.Near:
		return r.near(n.Words, n.Distance, false)
	case query.Number:
		return r.number(n, l)
	case query.Filter:
		return r.passes(n)
	}
	return true
}

func starts(terms []spoken.Term) []int {
	out := make([]int, len(terms))
	for i := range out {
		out[i] = i
	}
	return out
}

// is tells whether a term is the word of a query.
func is(t spoken.Term, w query.Word, l level) bool {
	switch {
	case w.Prefix:
		return strings.HasPrefix(t.Text, w.Text)
	case t.Text == w.Text:
		return true
	case l == typedLevel:
		return false
	case sameStem(t, w.Text):
		return true
	case l == formsLevel || t.Digits:
		return false
	}
	return (w.Fuzzy || w.AllowsEdit()) && query.OneEdit(w.Text, t.Text) || w.AllowsEdit() && alike(t, w.Text)
}

func sameStem(t spoken.Term, word string) bool {
	lang, stem, ok := strings.Cut(t.Stem, "/")
	if !ok {
		return false
	}
	of, ok := spoken.Stem(lang, word)
	return ok && (of == stem || stem == word)
}

func alike(t spoken.Term, word string) bool {
	sounds := slices.ContainsFunc(spoken.Sounds(word), func(code string) bool {
		return slices.ContainsFunc(t.Sounds, func(s string) bool { return strings.HasPrefix(s, code) })
	})
	return sounds && 100*edits(word, t.Text) <= 67*max(len(word), len(t.Text))
}

// edits counts the letters to change between two words, the slow way.
func edits(a, b string) int {
	switch {
	case a == "" || b == "":
		return len(a) + len(b)
	case a[0] == b[0]:
		return edits(a[1:], b[1:])
	}
	return 1 + min(edits(a[1:], b), edits(a, b[1:]), edits(a[1:], b[1:]))
}

func phraseAt(n query.Phrase, terms []spoken.Term) bool {
	if len(n.Words) > len(terms) {
		return false
	}
	for i, w := range n.Words {
		if !is(terms[i], query.Word{Text: w, Prefix: n.Prefix && i == len(n.Words)-1}, typedLevel) {
			return false
		}
	}
	return true
}

// near tries every window.
func (r reading) near(list []string, distance int, forms bool) bool {
	for from := range r.terms {
		window := r.terms[from:min(len(r.terms), from+distance+len(list))]
		if covers(window, list, forms) {
			return true
		}
	}
	return false
}

// covers tells whether every word has a term of its own.
func covers(terms []spoken.Term, list []string, forms bool) bool {
	if len(list) == 0 {
		return true
	}
	for i, t := range terms {
		if t.Text == list[0] || forms && sameStem(t, list[0]) {
			rest := slices.Delete(slices.Clone(terms), i, i+1)
			if covers(rest, list[1:], forms) {
				return true
			}
		}
	}
	return false
}

func (r reading) number(n query.Number, l level) bool {
	for _, run := range r.numbers {
		if numbers.Matches(run, n.Digits, n.Plus) {
			return true
		}
	}
	return l > typedLevel && !slices.ContainsFunc(n.Words, func(w string) bool {
		return !slices.ContainsFunc(r.terms, func(t spoken.Term) bool { return t.Text == w })
	})
}

func (r reading) passes(f query.Filter) bool {
	switch f.Field {
	case "bot":
		return r.bot == f.Value
	case "lang":
		return spoken.Base(r.lang) == f.Value
	case "session":
		return r.session == f.Value
	case "has":
		return f.Value == "transcript" && r.text != ""
	}
	from, to := f.Window(noon, time.UTC)
	return !r.left.Before(from) && (to.IsZero() || r.left.Before(to))
}

// holdsEach tells of nodes side by side whether each matches: by itself, or by a
// synonym of a group that it stands in.
func (r reading) holdsEach(nodes []query.Node, l level) []bool {
	out := make([]bool, len(nodes))
	for i, n := range nodes {
		out[i] = r.holds(n, l)
	}
	for from := 0; from < len(nodes) && l > typedLevel; from++ {
		var list []string
		for _, n := range nodes[from:] {
			w, ok := n.(query.Word)
			if !ok || w.Prefix || w.Fuzzy {
				break
			}
			list = append(list, w.Text)
		}
		for at := 0; at < len(list); at++ {
			length, others := r.lists.Of(list, at)
			for _, other := range others {
				if r.near(other, 3, true) {
					for i := range length {
						out[from+at+i] = true
					}
				}
			}
			at += max(length-1, 0)
		}
		from += len(list)
	}
	return out
}

// side is a word or group that stands side by side with others.
type side struct {
	at     int // in the And
	weight float64
}

// weights are those of the words and groups among nodes side by side: how rare
// each is.
func weights(all []reading, nodes []query.Node) []side {
	var out []side
	for i, n := range nodes {
		switch n := n.(type) {
		case query.Not, query.Filter:
		case query.And:
			out = append(out, side{i, least(weights(all, n.Nodes))})
		case query.Or:
			var kids []side
			for _, kid := range n.Nodes {
				kids = append(kids, weights(all, []query.Node{kid})...)
			}
			out = append(out, side{i, least(kids)})
		default:
			out = append(out, side{i, rarity(all, nodes, i)})
		}
	}
	return out
}

func least(sides []side) float64 {
	if len(sides) == 0 {
		return 0
	}
	return slices.MinFunc(sides, func(a, b side) int { return cmp.Compare(a.weight, b.weight) }).weight
}

func rarity(all []reading, nodes []query.Node, at int) float64 {
	df := 0.0
	for l := typedLevel; l <= looseLevel && df == 0; l++ {
		for _, r := range all {
			if r.holdsEach(nodes, l)[at] {
				df++
			}
		}
	}
	return math.Log(1 + (float64(len(all))-df+0.5)/(df+0.5))
}

// most is how many of the words and groups side by side match, and what they
// weigh; none where something excluded does.
func (r reading) most(nodes []query.Node, sides []side) (found int, weight float64) {
	for _, n := range nodes {
		_, isFilter := n.(query.Filter)
		not, isNot := n.(query.Not)
		if isFilter && !r.holds(n, typedLevel) || isNot && r.holds(not.Node, typedLevel) {
			return 0, 0
		}
	}
	shares := []float64{1, 0.8, 0.4}
	for _, s := range sides {
		for l := typedLevel; l <= looseLevel; l++ {
			if r.holdsEach(nodes, l)[s.at] {
				found, weight = found+1, weight+s.weight*shares[l]
				break
			}
		}
	}
	return found, weight
}

// partial keeps the messages that match most of what stands side by side.
func (o oracle) partial(all []reading, root query.Node, none bool) []message {
	and, ok := root.(query.And)
	if !ok {
		return nil
	}
	sides := weights(all, and.Nodes)
	if len(sides) < 2 {
		return nil
	}
	best, found, heavy := 0.0, make([]int, len(o)), make([]float64, len(o))
	for i, m := range o {
		found[i], heavy[i] = m.read(testSynonyms()).most(and.Nodes, sides)
		best = max(best, heavy[i])
	}
	var out []message
	for i, m := range o {
		if found[i] > len(sides)/2 || none && heavy[i] > 0 && heavy[i] >= best/2*0.9999 {
			out = append(out, m)
		}
	}
	return out
}

// answer lists full and partial matches, each in the order of r.Sort; by
// relevance, only the set is meant.
func (o oracle) answer(s store.Scope, r index.Request) (full, partial []message) {
	var all []reading
	var rest oracle
	for _, m := range o {
		all = append(all, m.read(testSynonyms()))
	}
	for i, m := range o {
		base, _, _ := strings.Cut(strings.ToLower(m.lang), "-")
		switch {
		case !s.Sees(m.bot), r.Bot != "" && m.bot != r.Bot, r.Lang != "" && base != r.Lang:
		case !r.From.IsZero() && m.left.Before(r.From), !r.To.IsZero() && !m.left.Before(r.To):
		case all[i].holdsEach([]query.Node{r.Query.Root}, looseLevel)[0]:
			full = append(full, m)
		default:
			rest = append(rest, m)
		}
	}
	if len(full) < 10 {
		partial = rest.partial(all, r.Query.Root, len(full) == 0)
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
	`"call back"~2`, `"me call me"~1`, `"refund order1 a"~3`, "cal~", "me~", "call me back", "555 0123", "0123", "-0123", "bot:st-a", "-bot:st-b", "lang:en",
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
