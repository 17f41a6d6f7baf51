package index

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"afterbeep/index/query"
	"afterbeep/store"
)

const (
	// maxOffers is how many a result has.
	maxOffers = 6
	// maxTried is how many words a query may have for each to be tried to be left
	// out or replaced. A longer query has partial matches.
	maxTried = 8
	// maxSpellings is how many spellings are tried for one word.
	maxSpellings = 4
)

// offering makes the offers of one search.
type offering struct {
	matcher *matcher
	request Request
	scope   store.Scope
	total   int
	seen    map[string]bool
	out     []Offer
}

// offers are at most maxOffers, each with hits.
func (m *matcher) offers(ctx context.Context, s store.Scope, r Request, total int) ([]Offer, error) {
	o := &offering{matcher: m, request: r, scope: s, total: total, seen: map[string]bool{r.Query.String(): true}}
	kinds := []func(context.Context) error{o.withoutFilters}
	// A part of a query that came to a bound may stand for more by itself, and
	// would have to be looked up again.
	if len(m.wanted) <= maxTried && !m.planner.expander.cut {
		kinds = append(kinds, o.unquoted, o.spellings, o.without)
	}
	for _, add := range kinds {
		if err := add(ctx); err != nil {
			return nil, err
		}
	}
	return o.out[:min(len(o.out), maxOffers)], nil
}

// try counts what a query finds.
func (o *offering) try(ctx context.Context, q query.Query, why string, unfiltered bool) (Offer, error) {
	offer := Offer{Query: q.String(), Why: why, Unfiltered: unfiltered}
	if o.seen[offer.Query] && !unfiltered {
		return offer, nil
	}
	o.seen[offer.Query] = true
	r := o.request
	r.Query = q
	if unfiltered {
		r = r.wide()
	}
	s, _, err := o.matcher.planner.aside().plan(ctx, q.Root)
	if err != nil {
		return offer, err
	}
	sets, err := o.matcher.find(ctx, s, tierLoose, newLimits(o.scope, r.within()))
	if err == nil {
		offer.Count = sets.total()
	}
	return offer, err
}

// wide is the request with its query and scope alone.
func (r Request) wide() Request {
	return Request{Query: r.Query, Now: r.Now, Zone: r.Zone, Sort: r.Sort, Limit: r.Limit}
}

// narrowed tells whether the request has more than its query and scope.
func (r Request) narrowed() bool {
	return r.Bot != "" || r.Lang != "" || r.Queue != "" || r.Has != "" || r.Callback != "" || !r.From.IsZero() || !r.To.IsZero()
}

// withoutFilters offers the words alone, without any filter.
func (o *offering) withoutFilters(ctx context.Context) error {
	q, fields := o.request.Query, 0
	for _, n := range sideBySide(q.Root) {
		if _, ok := n.(query.Filter); ok {
			q = q.Without(n)
			fields++
		}
	}
	if _, all := q.Root.(query.All); all || fields == 0 && !o.request.narrowed() {
		return nil
	}
	offer, err := o.try(ctx, q, "without the filters", true)
	if err == nil && offer.Count > o.total {
		o.out = append(o.out, offer)
	}
	return err
}

// unquoted offers the words of each phrase without its quotes, where nothing is
// found: people seldom know word for word what was said.
func (o *offering) unquoted(ctx context.Context) error {
	if o.total > 0 {
		return nil
	}
	var found []Offer
	for _, l := range o.matcher.wanted {
		phrase, ok := l.node.(query.Phrase)
		if !ok || phrase.Hyphenated || len(phrase.Words) < 2 {
			continue
		}
		offer, err := o.try(ctx, o.request.Query.Unquoted(phrase), "without quotes", false)
		if err != nil {
			return err
		}
		if offer.Count > 0 {
			found = append(found, offer)
		}
	}
	o.add(found, maxOffers/2)
	return nil
}

// spellings offers words of this archive that are nearly those of the query.
func (o *offering) spellings(ctx context.Context) error {
	var found []Offer
	for _, l := range o.matcher.wanted {
		word, ok := l.node.(query.Word)
		if !ok || word.Prefix {
			continue
		}
		list, err := o.nearly(ctx, l)
		if err != nil {
			return err
		}
		for _, spelling := range list {
			q := query.Query{Root: replaced(o.request.Query.Root, word, query.Phrase{Words: []string{spelling}})}
			offer, err := o.try(ctx, q, fmt.Sprintf("“%s” is in this archive", spelling), false)
			if err != nil {
				return err
			}
			if offer.Count > 0 {
				found = append(found, offer)
			}
		}
	}
	o.add(found, maxOffers/2)
	return nil
}

// nearly are the most frequent of the words that are one letter off or sound
// like the word of a leaf, as frequent ones as they may be.
func (o *offering) nearly(ctx context.Context, l *leaf) ([]string, error) {
	e := o.matcher.planner.aside().expander
	alike, err := e.soundingLike(ctx, l.exact[0])
	if err != nil {
		return nil, err
	}
	var entries []entry
	for _, text := range slices.Concat(l.edited, alike) {
		n, err := e.count(ctx, fieldText, text)
		if err != nil {
			return nil, err
		}
		entries = append(entries, entry{text, n})
	}
	slices.SortFunc(entries, func(a, b entry) int {
		return cmp.Or(cmp.Compare(b.count, a.count), cmp.Compare(a.term, b.term))
	})
	var out []string
	for _, e := range entries {
		if len(out) < maxSpellings && !slices.Contains(out, e.term) {
			out = append(out, e.term)
		}
	}
	return out, nil
}

// replaced is a tree with another node in place of a word.
func replaced(n query.Node, word query.Word, by query.Node) query.Node {
	switch n := n.(type) {
	case query.And:
		return query.And{Nodes: eachReplaced(n.Nodes, word, by)}
	case query.Or:
		return query.Or{Nodes: eachReplaced(n.Nodes, word, by)}
	case query.Word:
		if n == word {
			return by
		}
	}
	return n
}

func eachReplaced(nodes []query.Node, word query.Word, by query.Node) []query.Node {
	out := make([]query.Node, len(nodes))
	for i, n := range nodes {
		out[i] = replaced(n, word, by)
	}
	return out
}

// without offers the query without each of its words.
func (o *offering) without(ctx context.Context) error {
	if len(o.matcher.wanted) < 2 {
		return nil
	}
	var found []Offer
	for _, l := range o.matcher.wanted {
		offer, err := o.try(ctx, o.request.Query.Without(l.node), "without "+l.node.String(), false)
		if err != nil {
			return err
		}
		if offer.Count > o.total {
			found = append(found, offer)
		}
	}
	if len(found) == 0 && o.total == 0 {
		return o.alone(ctx)
	}
	o.add(found, maxOffers)
	return nil
}

// alone offers each word by itself, where leaving out any one finds nothing; and
// first what is left of the query without those that nobody says.
func (o *offering) alone(ctx context.Context) error {
	var found []Offer
	rest, unsaid := o.request.Query, []string{}
	for _, l := range o.matcher.wanted {
		q := o.request.Query
		for _, other := range o.matcher.wanted {
			if other != l {
				q = q.Without(other.node)
			}
		}
		offer, err := o.try(ctx, q, "by itself", false)
		if err != nil {
			return err
		}
		if offer.Count > 0 {
			found = append(found, offer)
		} else {
			rest, unsaid = rest.Without(l.node), append(unsaid, l.node.String())
		}
	}
	if len(found) > 1 && len(unsaid) > 0 {
		offer, err := o.try(ctx, rest, "without "+strings.Join(unsaid, ", "), false)
		if err != nil {
			return err
		}
		if offer.Count > 0 {
			o.out = append(o.out, offer)
		}
	}
	o.add(found, maxOffers)
	return nil
}

// add takes the offers with the fewest hits above nothing first: they are the
// nearest to what was asked.
func (o *offering) add(found []Offer, most int) {
	slices.SortStableFunc(found, func(a, b Offer) int { return cmp.Compare(a.Count, b.Count) })
	o.out = append(o.out, found[:min(len(found), most)]...)
}
