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
		to := from
		var list []string
		for to < len(nodes) {
			w, ok := nodes[to].(query.Word)
			if !ok || w.Prefix || w.Fuzzy {
				break
			}
			list = append(list, w.Text)
			to++
		}
		for at := 0; at < len(list); {
			each, err := p.group(ctx, list, at)
			if err != nil {
				return err
			}
			name := strings.Join(list[at:at+len(each)], " ")
			for i, g := range each {
				p.join(nodes[from+at+i].String(), name, g)
			}
			at += max(len(each), 1)
		}
		from = to + 1
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

// group is that of the words from a place on, as each of them is in it: what the
// lists have for them, what they are joined, and what stands for that word alone.
// "change the appointment" is a group, and yet "change" may be said of a "booking".
func (p *planner) group(ctx context.Context, list []string, at int) ([]group, error) {
	g := p.expander.synonymsAt(list, at)
	length, whole, err := p.expander.joined(ctx, list, at)
	if err != nil {
		return nil, err
	}
	out := make([]group, max(g.length, length))
	for i := range out {
		if i < g.length {
			out[i] = g
		}
		if i < length {
			out[i].synonyms = slices.Concat(out[i].synonyms, []leafTerms{whole})
		}
		if len(out) > 1 && (i > 0 || g.length != 1) {
			alone := p.expander.synonymsAt([]string{list[at+i]}, 0)
			out[i].synonyms = slices.Concat(out[i].synonyms, alone.synonyms)
			out[i].related = slices.Concat(out[i].related, alone.related)
		}
	}
	return out, nil
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
		terms.related = g.related
		l = &leaf{leafTerms: terms, number: len(p.leaves)}
		p.leaves[key] = l
	}
	if wanted && !slices.Contains(p.wanted, l) {
		p.wanted = append(p.wanted, l)
	}
	return &step{shape: shapeLeaf, leaf: l, node: n}, nil
}
