package index

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"afterbeep/index/query"
)

// shape says what a step of a plan does.
type shape uint8

const (
	shapeAll shape = iota
	shapeAnd
	shapeOr
	shapeNot
	shapeLeaf
	shapeCondition // a filter such as bot:
)

// step is a node of the query, with its words looked up.
type step struct {
	shape shape
	kids  []*step
	leaf  *leaf        // of shapeLeaf
	field query.Filter // of shapeCondition
	node  query.Node
}

// leaf is a word, phrase, near or number of the query.
type leaf struct {
	leafTerms
	number int     // unique in a search
	rarity float32 // BM25's idf; 0 where nothing matches
	tells  []uint8 // how much each of the alternatives does
}

// planner looks queries up, so that they can be matched against segments. Leaves
// that several queries of one search have in common are looked up once.
type planner struct {
	expander *expander
	leaves   map[string]*leaf
	// Of the query that is being planned: its wanted leaves, and the groups that
	// its words are in, by the word as typed.
	wanted []*leaf
	shared map[string]group
}

func newPlanner(e *expander) *planner {
	return &planner{expander: e, leaves: make(map[string]*leaf)}
}

// aside plans another query of the same search: with bounds of its own, and what
// is left out of it is not said. What was looked up is shared.
func (p *planner) aside() *planner {
	e := *p.expander
	e.spent, e.remarks, e.picked = spent{}, &remarks{}, make(choice)
	return &planner{expander: &e, leaves: p.leaves}
}

// plan looks up a query. The wanted leaves are those outside every Not, each
// once, in order: which these are is told by the query alone. What the index and
// the lists hold only decides what they stand for, so that a cursor lasts while
// voicemails arrive and synonyms are edited.
func (p *planner) plan(ctx context.Context, root query.Node) (s *step, wanted []*leaf, err error) {
	p.wanted, p.shared = nil, make(map[string]group)
	p.expander.bounds = boundsOf(root)
	if err := p.share(ctx, []query.Node{root}); err != nil {
		return nil, nil, err
	}
	steps, err := p.steps(ctx, []query.Node{root}, true)
	if err != nil {
		return nil, nil, err
	}
	s = steps[0]
	bounds := boundsAll(root)
	for _, kid := range append([]*step{s}, s.kids...) {
		if kid.shape == shapeCondition && slices.Contains(bounds, kid.field) {
			kid.shape = shapeAll // Request.within has it
		}
	}
	return s, p.wanted, nil
}

// steps plans nodes one by one.
func (p *planner) steps(ctx context.Context, nodes []query.Node, wanted bool) ([]*step, error) {
	out := make([]*step, len(nodes))
	for i, n := range nodes {
		var err error
		if out[i], err = p.step(ctx, n, wanted); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (p *planner) step(ctx context.Context, n query.Node, wanted bool) (*step, error) {
	s := &step{node: n}
	var err error
	switch n := n.(type) {
	case query.And:
		s.shape = shapeAnd
		s.kids, err = p.steps(ctx, n.Nodes, wanted)
	case query.Or:
		s.shape = shapeOr
		s.kids, err = p.steps(ctx, n.Nodes, wanted)
	case query.Not:
		s.shape = shapeNot
		s.kids, err = p.steps(ctx, []query.Node{n.Node}, false)
	case query.Filter:
		s.shape, s.field = shapeCondition, n
	case query.Word, query.Phrase, query.Near, query.Number:
		return p.leaf(ctx, n, wanted)
	}
	if err != nil {
		return nil, err
	}
	return s, nil
}

// group is words side by side that synonyms stand for together: each of the
// words matches where a synonym of the group does.
type group struct {
	length   int
	names    []string // its words; of several groups that share a word, each's
	synonyms []leafTerms
	related  []leafTerms
}

// share finds the groups among nodes side by side, and within them.
func (p *planner) share(ctx context.Context, nodes []query.Node) error {
	if err := p.groups(ctx, nodes); err != nil {
		return err
	}
	for _, n := range nodes {
		switch n := n.(type) {
		case query.And:
			if err := p.share(ctx, n.Nodes); err != nil {
				return err
			}
		case query.Or:
			for i := range n.Nodes { // one by one: they don't stand side by side
				if err := p.share(ctx, n.Nodes[i:i+1]); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// groups finds the groups among nodes side by side. A word that stands in several
// is one leaf, with what stands for any of them.
func (p *planner) groups(ctx context.Context, nodes []query.Node) error {
	for from := 0; from < len(nodes); {
		var r run
		for _, n := range nodes[from:] {
			words := plainWords(n)
			if words == nil {
				break
			}
			r.nodes, r.begins = append(r.nodes, n), append(r.begins, len(r.words))
			r.words = append(r.words, words...)
		}
		r.begins = append(r.begins, len(r.words))
		for i := range r.nodes {
			if r.done > i {
				continue
			}
			if err := p.group(ctx, &r, i); err != nil {
				return err
			}
		}
		from += len(r.nodes) + 1
	}
	return nil
}

// run is nodes side by side that synonyms may stand for.
type run struct {
	nodes  []query.Node
	words  []string // of all nodes
	begins []int    // in words, of each node; behind them, where the last one ends
	done   int      // how many nodes' groups are known
}

// plainWords are those of a node that synonyms may stand for, nil of others.
func plainWords(n query.Node) []string {
	switch n := n.(type) {
	case query.Word:
		if !n.Prefix && !n.Fuzzy {
			return []string{n.Text}
		}
	case query.Phrase:
		if n.Hyphenated {
			return n.Words
		}
	}
	return nil
}

// join puts a word into a group, beside those that it is in.
func (p *planner) join(word, name string, g group) {
	in := p.shared[word]
	if slices.Contains(in.names, name) {
		return
	}
	in.names = append(in.names, name)
	in.synonyms = slices.Concat(in.synonyms, g.synonyms)
	in.related = slices.Concat(in.related, g.related)
	p.shared[word] = in
}

// group finds the group that begins with a node of a run, and puts each node in it
// in there: with what the lists have for all, what they are joined, and what stands
// for that node alone. "change the appointment" is a group, and yet "change" may be
// said of a "booking".
func (p *planner) group(ctx context.Context, r *run, first int) error {
	at := r.begins[first]
	g := p.expander.synonymsAt(r.words, at)
	joined, whole, err := p.expander.joined(ctx, r.words, at)
	if err != nil {
		return err
	}
	end := at + max(g.length, joined)
	if end == at {
		r.done = first + 1
		return nil
	}
	for r.done = first; r.done == first || r.done < len(r.nodes) && r.begins[r.done] < end; r.done++ {
		var mine group
		own := r.words[r.begins[r.done]:r.begins[r.done+1]]
		to := r.begins[r.done+1]
		if to <= at+g.length {
			mine.synonyms, mine.related = g.synonyms, g.related
		}
		if to <= at+joined {
			mine.synonyms = slices.Concat(mine.synonyms, []leafTerms{whole})
		}
		if r.done > first || g.length != len(own) {
			if alone := p.expander.synonymsAt(own, 0); alone.length == len(own) {
				mine.synonyms = slices.Concat(mine.synonyms, alone.synonyms)
				mine.related = slices.Concat(mine.related, alone.related)
			}
		}
		p.join(r.nodes[r.done].String(), strings.Join(r.words[at:end], " "), mine)
	}
	return nil
}

func (p *planner) leaf(ctx context.Context, n query.Node, wanted bool) (*step, error) {
	var g group
	if wanted {
		g = p.shared[n.String()]
	}
	key := strconv.FormatBool(wanted) + " " + n.String() + "\x00" + strings.Join(g.names, "\x00")
	l := p.leaves[key]
	if l == nil {
		terms, err := p.expander.leaf(ctx, n, wanted)
		if err != nil {
			return nil, err
		}
		terms.synonyms = slices.Concat(g.synonyms, terms.synonyms)
		terms.related = slices.Concat(g.related, terms.related)
		l = &leaf{leafTerms: terms, number: len(p.leaves)}
		p.leaves[key] = l
	}
	if wanted && !slices.Contains(p.wanted, l) {
		p.wanted = append(p.wanted, l)
	}
	return &step{shape: shapeLeaf, leaf: l, node: n}, nil
}
