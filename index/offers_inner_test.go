package index

import (
	"testing"

	"afterbeep/index/query"
	"afterbeep/index/synonyms"
)

// TestOffersHaveBoundsOfTheirOwn holds that a word that the query came to a bound
// at is looked up for an offer, without a note and beside the query's own.
func TestOffersHaveBoundsOfTheirOwn(t *testing.T) {
	t.Parallel()
	s := opened(t, "refnd", "refund")
	for name, others := range map[string]int{"within the bounds": 0, "past a bound": maxWidened} {
		t.Run(name, func(t *testing.T) {
			said := &remarks{}
			e, err := newExpander(s, &synonyms.Lists{}, said)
			if err != nil {
				t.Fatal(err)
			}
			e.widened = others // as if they had been other words
			p := newPlanner(e)
			_, own, err := p.plan(t.Context(), query.Parse("refund").Root)
			if err != nil {
				t.Fatal(err)
			}
			notes := len(said.list)
			other := p.aside()
			_, offered, err := other.plan(t.Context(), query.Parse("refund").Root)
			if err != nil || len(offered) != 1 || len(offered[0].edited) != 1 {
				t.Fatalf("the offer stands for %+v, error %v", offered, err)
			}
			if cut := others > 0; (len(own[0].edited) == 0) != cut || (notes == 1) != cut || (own[0] != offered[0]) != cut {
				t.Errorf("the query stands for %+v, notes %q", own[0], said.list)
			}
			if len(said.list) != notes || own[0] != offered[0] && own[0].number == offered[0].number {
				t.Errorf("notes %q, leaves %d and %d", said.list, own[0].number, offered[0].number)
			}
		})
	}
}
