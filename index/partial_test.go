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
