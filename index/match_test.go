package index_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"afterbeep/index"
	"afterbeep/index/query"
	"afterbeep/store"
)

func TestMatching(t *testing.T) {
	texts := []string{
		0: "Please call me back about the refund",
		1: "I want a refond for order 12345",
		2: "calling about order 12346, it never came",
		3: "me back call please",
		4: "Thanks, all good",
		5: "could you\ncall me at 555 0123",
		6: "Grüße aus Köln, das Paket ist weg",
		7: "l'appel de ma mère, don't worry",
		8: "tall order: fax the form",
		9: "my adress is 5 Main Street",
	}
	messages := say(texts...)
	messages[5].text = "could you\ncall me at 555 0123"
	_, x := indexed(t, messages...)
	for _, tc := range []struct {
		name, q string
		want    []int // sorted
	}{
		{"nothing typed is everything", "", []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}},
		{"one word and what is one letter off", "refund", []int{0, 1}},
		{"case does not matter", "REFUND", []int{0, 1}},
		{"words side by side must all match", "refund order", []int{1}},
		{"a prefix", "call*", []int{0, 2, 3, 5}},
		{"a prefix is not one letter off", "refu*", []int{0}},
		{"a swap of neighbours is one edit", "ordre", []int{1, 2, 8}},
		{"a letter less", "adress", []int{9}},
		{"a letter more", "address", []int{9}},
		{"a word of three letters is exact", "fox", nil},
		{"a word of four letters is one edit away", "cull", []int{0, 3, 5}},
		{"two edits are too many", "zefunx", nil},
		{"two edits that sound alike are not", "rafund", []int{0, 1}},
		{"an inflection", "calling", []int{0, 2, 3, 5}},
		{"digits are exact", "12345", []int{1}},
		{"digits have no neighbours", "12347", nil},
		{"a phrase in order", `"call me back"`, []int{0}},
		{"a phrase across segments", `"you call me"`, []int{5}},
		{"a phrase is exact", `"refund order"`, nil},
		{"a quoted word is exact", `"refund"`, []int{0}},
		{"a phrase that ends in a prefix", `"me ba"*`, []int{0, 3}},
		{"exclusion", "order -tall", []int{1, 2}},
		{"exclusion is exact", "order -fall", []int{1, 2, 8}},
		{"only exclusion", "-order -call", []int{4, 6, 7, 9}},
		{"either", "köln OR fax", []int{6, 8}},
		{"groups", "(köln OR fax) -form", []int{6}},
		{"an excluded group", "-(order OR call OR koln)", []int{4, 7, 9}},
		{"accents do not matter", "gruße koln", []int{6}},
		{"an elided word", "appel", []int{7}},
		{"apostrophes do not matter", "dont", []int{7}},
		{"nowhere", "zebra", nil},
		{"excludes itself", "order -order", nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			res := search(t, x, store.AllBots(), index.Request{Query: query.Parse(tc.q), Limit: 200})
			var got []int
			for _, h := range res.Hits {
				if !h.Partial {
					got = append(got, slices.IndexFunc(messages, func(m message) bool { return m.id() == h.ID }))
				}
			}
			slices.Sort(got)
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s: -want +got\n%s", tc.q, diff)
			}
			if res.Total != len(tc.want) {
				t.Errorf("total is %d, want %d", res.Total, len(tc.want))
			}
		})
	}
}
