package index

import (
	"testing"

	"afterbeep/index/engine"
	"afterbeep/index/query"
	"afterbeep/index/synonyms"
)

// TestMostIsNoLess holds that no document gets more from a word than is taken for
// the most that it adds, beside another word that stands there as typed.
func TestMostIsNoLess(t *testing.T) {
	t.Parallel()
	lists, errs := synonyms.Parse("dog > spaniel\n")
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	long := []string{"dog"}
	for range 600 {
		long = append(long, "well")
	}
	s := openedAll(t, long, []string{"refund", "spaniel"}, []string{"refund"}, []string{"nothing"})
	e, err := newExpander(s, lists, &remarks{})
	if err != nil {
		t.Fatal(err)
	}
	r, _ := Request{Query: query.Parse("dog OR refund")}.complete()
	m, err := newMatcher(t.Context(), e, r)
	if err != nil {
		t.Fatal(err)
	}
	if err := m.weighLeaves(t.Context()); err != nil {
		t.Fatal(err)
	}
	dog, p := m.wanted[0], m.pieces[0]
	best, err := p.topOf(t.Context(), term{engine.FieldText, "dog"}, topDocs)
	if err != nil || len(best.keys) != 1 {
		t.Fatalf("the best are %v, error %v", best, err)
	}
	// Remembered, as in a segment in which more have the word.
	p.recalled.remember(term{engine.FieldText, "dog"}, best, maxTops(p.segment.Count()))
	set, err := p.upTo(t.Context(), dog, tierLoose)
	if err != nil {
		t.Fatal(err)
	}
	c := newCandidates(set)
	if err := p.score(t.Context(), dog, c, false); err != nil {
		t.Fatal(err)
	}
	most := m.most(0, dog, key{tier: tierExact})
	for i, score := range c.scores {
		if score > most {
			t.Errorf("document %d gets %g, more than %g", c.docs[i], score, most)
		}
	}
	if len(c.docs) != 2 {
		t.Errorf("%d documents match, want 2", len(c.docs))
	}
}
