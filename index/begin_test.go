package index_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"afterbeep/index"
	"afterbeep/index/query"
	"afterbeep/store"
)

// "Somebody rang from 718 555 something": how a number begins is enough.
func TestNumbersByTheirBeginning(t *testing.T) {
	messages := say([]string{
		0: "seven one eight five five five zero one one eight",
		1: "call 617-555-0123 please",
		2: "call +1 617 555 0199 please",
		3: "the code is 718555",
		4: "room 4155b",
		5: "555 apples, and later on 718 pears",
	}...)
	_, x := indexed(t, messages...)
	for _, tc := range []struct {
		q    string
		want []int
		how  []string // of the first hit
	}{
		{"718 555*", []int{3, 0, 5}, []string{"number"}},
		{"718555*", []int{3, 0}, []string{"number"}},
		{"718-555*", []int{3, 0, 5}, []string{"number"}},
		{"(718) 555*", []int{3, 0, 5}, []string{"number"}},
		{"617555012*", []int{1}, []string{"number"}},
		{"6175550123*", []int{1}, []string{"number"}},
		{"+1617555*", []int{2, 1}, []string{"number"}},
		{"617*", []int{2, 1}, []string{"number"}},
		{"4155*", []int{4}, []string{"number"}},
		{"718555", []int{3, 0}, []string{"number"}},
		{"718 555", []int{3, 5, 0}, []string{"number"}},
		{"61755501", []int{2, 1}, []string{"number"}},
		{"-617* -718*", []int{4}, []string{}},
		{"61755* -718555", []int{2, 1}, []string{"number"}},
		{`"6175550123"`, []int{1}, []string{"number"}},
		{`"718 555 0118"`, []int{0}, []string{"number"}},
		{`"seven one eight five five five zero one one eight"`, []int{0}, []string{"number"}},
	} {
		res := search(t, x, store.AllBots(), index.Request{Query: query.Parse(tc.q)})
		if diff := cmp.Diff(tc.want, places(messages, res)[:res.Total]); diff != "" {
			t.Errorf("%s: -want +got\n%s", tc.q, diff)
			continue
		}
		if diff := cmp.Diff(tc.how, res.Hits[0].Matched); diff != "" {
			t.Errorf("%s: -want +got\n%s", tc.q, diff)
		}
		if len(tc.how) > 0 && tc.want[0] == 0 && res.Marker.Mark(messages[0].text, "en") != "<mark>"+messages[0].text+"</mark>" {
			t.Errorf("%s marks %s", tc.q, res.Marker.Mark(messages[0].text, "en"))
		}
	}
}

// The groups of a card's number, each taken for itself, would find the last
// four digits that its mask leaves.
func TestLongNumbersAreNotTakenApart(t *testing.T) {
	messages := say("it is [card ending 4242] thank you", "order 4242 and 1017 please")
	_, x := indexed(t, messages...)
	for q, want := range map[string]int{"4242 4242 4242 4242": 0, "4242-4242-4242-4242": 0, "4242": 2, "4242 1017": 1} {
		if res := search(t, x, store.AllBots(), index.Request{Query: query.Parse(q)}); res.Total != want {
			t.Errorf("%s: %d found, want %d", q, res.Total, want)
		}
	}
}

func TestLongBeginnings(t *testing.T) {
	_, x := indexed(t, say("parcel 40000123456789012 is late", "card 40000123 and 4567")...)
	for q, want := range map[string]int{"40000123456789*": 1, "4000 0123 4567 89*": 1, `"40000123456789"*`: 1, "40000123456780*": 0, "4000 0123 4567 80*": 0} {
		if res := search(t, x, store.AllBots(), index.Request{Query: query.Parse(q)}); res.Total != want {
			t.Errorf("%s: %d found, want %d", q, res.Total, want)
		}
	}
}
