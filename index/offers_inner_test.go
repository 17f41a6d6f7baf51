package index

import (
	"testing"

	"afterbeep/index/query"
	"afterbeep/index/synonyms"
)

// TestOffersHaveBoundsOfTheirOwn holds that what is looked up for an offer neither
// uses up the bounds of the search nor says anything in its notes.
func TestOffersHaveBoundsOfTheirOwn(t *testing.T) {
	t.Parallel()
	said := &remarks{}
	e, err := newExpander(opened(t, "refnd", "refund"), &synonyms.Lists{}, said)
	if err != nil {
		t.Fatal(err)
	}
	p := newPlanner(e)
	_, own, err := p.plan(t.Context(), query.Parse("refund").Root)
	if err != nil {
		t.Fatal(err)
	}
	e.widened = e.bounds.widened // as if there had been more words
	used := e.spent
	for range 2 {
		_, others, err := p.aside().plan(t.Context(), query.Parse("refund refunx").Root)
		if err != nil || len(others) != 2 || others[0] != own[0] || len(others[1].edited) != 1 {
			t.Fatalf("the offer stands for %+v, error %v", others, err)
		}
	}
	if e.spent != used || len(said.list) > 0 {
		t.Errorf("used %+v, want %+v; notes %q", e.spent, used, said.list)
	}
}
