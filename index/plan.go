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
	wanted   []*leaf // of the query that is being planned
}

func newPlanner(e *expander) *planner {
	return &planner{expander: e, leaves: make(map[string]*leaf)}
}

// aside plans another query of the same search: with bounds of its own, and what
// is left out of it is not said. What was looked up is shared.
func (p *planner) aside() *planner {
	e := *p.expander
	e.spent, e.remarks = spent{}, &remarks{}
	return &planner{expander: &e, leaves: p.leaves}
}

// plan looks up a query. The wanted leaves are those outside every Not, each
// once, in order.
func (p *planner) plan(ctx context.Context, root query.Node) (s *step, wanted []*leaf, err error) {
	p.wanted = nil
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

// steps plans nodes that stand side by side.
func (p *planner) steps(ctx context.Context, nodes []query.Node, wanted bool) ([]*step, error) {
	var groups []group
	if wanted {
		var err error
		if groups, err = p.groups(ctx, nodes); err != nil {
			return nil, err
		}
	}
	out := make([]*step, len(nodes))
	for i, n := range nodes {
		var err error
		if wanted && groups[i].length > 0 {
			out[i], err = p.leaf(ctx, n, wanted, groups[i])
		} else {
			out[i], err = p.step(ctx, n, wanted)
		}
		if err != nil {
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
		for _, kid := range n.Nodes { // one by one: they don't stand side by side
			var kids []*step
			if kids, err = p.steps(ctx, []query.Node{kid}, wanted); err != nil {
				return nil, err
			}
			s.kids = append(s.kids, kids...)
		}
	case query.Not:
		s.shape = shapeNot
		s.kids, err = p.steps(ctx, []query.Node{n.Node}, false)
	case query.Filter:
		s.shape, s.field = shapeCondition, n
	case query.Word, query.Phrase, query.Near, query.Number:
		return p.leaf(ctx, n, wanted, group{})
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
	name     string
	synonyms []leafTerms
	related  []leafTerms
}

// groups finds the groups among nodes side by side; each node has its own or an
// empty one.
func (p *planner) groups(ctx context.Context, nodes []query.Node) ([]group, error) {
	out := make([]group, len(nodes))
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
			g, err := p.group(ctx, list, at)
			if err != nil {
				return nil, err
			}
			length := g.length
			if length == 0 {
				at++
				continue
			}
			g.name = strings.Join(list[at:at+length], " ")
			for i := range length {
				out[from+at+i] = p.alsoAlone(g, list[at+i], length)
			}
			at += length
		}
		from = to + 1
	}
	return out, nil
}

// group is that of the words from a place on: what the lists have for them, or
// what they are joined.
func (p *planner) group(ctx context.Context, list []string, at int) (group, error) {
	g := p.expander.synonymsAt(list, at)
	length, whole, err := p.expander.joined(ctx, list, at)
	if length == 0 || length < g.length {
		return g, err
	}
	if length > g.length {
		g = group{length: length}
	}
	g.synonyms = append(g.synonyms, whole)
	return g, nil
}

// alsoAlone is a group for one of its words: what stands for all of them, and
// what stands for that word alone. "change the appointment" is a group, and yet
// "change" may be said of a "booking".
func (p *planner) alsoAlone(g group, word string, length int) group {
	if length == 1 {
		return g
	}
	alone := p.expander.synonymsAt([]string{word}, 0)
	g.synonyms = slices.Concat(g.synonyms, alone.synonyms)
	g.related = slices.Concat(g.related, alone.related)
	return g
}

func (p *planner) leaf(ctx context.Context, n query.Node, wanted bool, g group) (*step, error) {
	key := strconv.FormatBool(wanted) + " " + n.String() + "\x00" + g.name
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
