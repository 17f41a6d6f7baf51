package index_test

import (
	"slices"
	"testing"

	"afterbeep/index"
	"afterbeep/index/query"
	"afterbeep/store"
)

// TestHalfOfTheWords holds that messages with half of the words follow where
// nothing has all of them as typed: what says all in other words may be wrong.
// TestMistypedInAnotherForm holds that a word that nobody said finds, in part, what
// is spelled alike but for its ending.
func TestMistypedInAnotherForm(t *testing.T) {
	t.Parallel()
	texts := []string{"die physiotherapeutin rief an", "the physiotherapists called", "the physician called", "the physio called"}
	var all given
	for i, text := range texts {
		all = append(all, said{ID: string(rune('a' + i)), Lang: "en", Segments: []string{text}}.voicemail())
	}
	x := openIndex(t, t.TempDir(), all)
	catchUp(t, x)
	for q, want := range map[string][]int{
		"physioterapist":   {1},
		"physioterapeut":   {0},
		"physioterapist~":  nil,
		"-physioterapist":  {0, 1, 2, 3},
		"physiotherapists": {1, 3},
		"physiology":       nil,
	} {
		res := search(t, x, store.AllBots(), index.Request{Query: query.Parse(q)})
		var got []int
		for _, h := range res.Hits {
			got = append(got, slices.IndexFunc(all, func(v *store.Voicemail) bool { return v.ID == h.ID }))
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", q, got, want)
		}
	}
	res := search(t, x, store.AllBots(), index.Request{Query: query.Parse("physioterapist")})
	if res.Total != 0 || res.PartialTotal != 1 || !slices.Equal(res.Hits[0].Matched, []string{"spelled alike"}) {
		t.Fatalf("got %+v", res)
	}
	if got, want := res.Marker.Mark(texts[1], "en"), "the <mark>physiotherapists</mark> called"; got != want {
		t.Errorf("marks %s, want %s", got, want)
	}
}

// TestPhraseApart holds that a phrase is found, in part, where a few other words
// stand between its own, the closest first, and that these are marked.
func TestPhraseApart(t *testing.T) {
	t.Parallel()
	texts := []string{
		"could you give me a quote please",
		"give me uh you know a quote",
		"give me um a <quote>",
		"a quote give me",
		"give me the best of all prices and a quote",
		"could you give me a minute",
	}
	var all given
	for i, text := range texts {
		all = append(all, said{ID: string(rune('a' + i)), Lang: "en", Segments: []string{text}}.voicemail())
	}
	x := openIndex(t, t.TempDir(), all)
	catchUp(t, x)
	for q, want := range map[string]struct{ full, partial []int }{
		`"give me a quote"`:         {[]int{0}, []int{2, 1}},
		`"give me a quo"*`:          {[]int{0}, []int{2, 1}},
		`"give me a quote" minute`:  {nil, []int{5, 0, 2, 1}},
		`"give me quote" "a quote"`: {nil, []int{0, 2, 1}},
		`give-me-quote`:             {nil, nil},
		`minute -"give quote"`:      {[]int{5}, nil},
	} {
		res := search(t, x, store.AllBots(), index.Request{Query: query.Parse(q), Sort: index.SortRelevance})
		var full, partial []int
		for _, h := range res.Hits {
			at := slices.IndexFunc(all, func(v *store.Voicemail) bool { return v.ID == h.ID })
			if h.Partial {
				partial = append(partial, at)
			} else {
				full = append(full, at)
			}
		}
		if !slices.Equal(full, want.full) || !slices.Equal(partial, want.partial) {
			t.Errorf("%s: got %v and in part %v, want %v and %v", q, full, partial, want.full, want.partial)
		}
	}
	res := search(t, x, store.AllBots(), index.Request{Query: query.Parse(`"give me a quote"`), Sort: index.SortRelevance})
	if len(res.Hits) != 3 || !slices.Equal(res.Hits[1].Matched, []string{"words between"}) || res.Total != 1 || res.PartialTotal != 2 {
		t.Fatalf("got %+v", res)
	}
	const want = "<mark>give</mark> <mark>me</mark> um <mark>a</mark> &lt;<mark>quote</mark>&gt;"
	if got := res.Marker.Mark(texts[2], "en"); got != want {
		t.Errorf("marks %s, want %s", got, want)
	}
}

func TestHalfOfTheWords(t *testing.T) {
	t.Parallel()
	var all given
	for i, text := range []string{
		"the bill for the gismo is here",
		"it is about a gizmo",
		"the zebra is out",
		"your reimbursement of the quagga",
		"the quagga is asleep, not the zebra",
		"a refund of the quagga, please",
	} {
		all = append(all, said{ID: string(rune('a' + i)), Lang: "en", Segments: []string{text}}.voicemail())
	}
	x := openIndex(t, t.TempDir(), all)
	catchUp(t, x)
	for q, want := range map[string][2][]int{
		"invoice gizmo":        {{0}, {1}},
		"refund quagga":        {{3, 5}, nil},
		"refund quagga sleep":  {nil, {3, 4, 5}},
		"reimbursement quagga": {{3, 5}, nil},
	} {
		r, err := x.Search(t.Context(), store.AllBots(), index.Request{Query: query.Parse(q), Limit: 20})
		if err != nil {
			t.Fatal(err)
		}
		var got [2][]int
		for _, h := range r.Hits {
			part := 0
			if h.Partial {
				part = 1
			}
			got[part] = append(got[part], slices.IndexFunc(all, func(v *store.Voicemail) bool { return v.ID == h.ID }))
		}
		slices.Sort(got[0])
		slices.Sort(got[1])
		if !slices.Equal(got[0], want[0]) || !slices.Equal(got[1], want[1]) {
			t.Errorf("%s: got %v, want %v", q, got, want)
		}
	}
}
