package index

import (
	"cmp"
	"context"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

	"afterbeep/index/query"
	"afterbeep/index/words"
)

// partial returns the documents that match only so many of the words and groups
// that stand side by side, frequent words apart, and nothing that is excluded,
// within limits. Where bar is 0 it decides how many that are, and says so: more
// than half of them, or where nothing has all as typed and nothing more than half,
// exactly half: what has all in other words alone may be beside the point. A phrase
// counts there with other words between its own, too, also where it is all there is.
func (m *matcher) partial(ctx context.Context, full found, l limits, bar int) (found, int, error) {
	m.inPart = true
	beside := make([]*sides, len(m.pieces))
	for i, p := range m.pieces {
		var err error
		if beside[i], err = p.sides(ctx, m.root); err != nil {
			return nil, 0, err
		}
	}
	if slices.ContainsFunc(m.pieces, func(p *piece) bool { return p.tooMany }) {
		m.planner.expander.remarks.add("the words of a phrase are in so many messages that not all were looked through for others between them")
	}
	if bar > 0 {
		out, err := m.inAtLeast(ctx, beside, bar, full, l)
		return out, bar, err
	}
	n := sidesOf(m.root)
	bar = n/2 + 1
	out, err := m.inAtLeast(ctx, beside, bar, full, l)
	if err != nil || n == 0 || n%2 == 1 || out.total() > 0 {
		return out, bar, err
	}
	typed := full
	if full.total() > 0 {
		if typed, err = m.upTo(ctx, tierExact, l, full); err != nil {
			return nil, 0, err
		}
	}
	if typed.total() == 0 {
		bar = n / 2
		out, err = m.inAtLeast(ctx, beside, bar, full, l)
	}
	return out, bar, err
}

// inAtLeast returns the documents that match so many words and groups, but are
// none of full.
func (m *matcher) inAtLeast(ctx context.Context, beside []*sides, bar int, full found, l limits) (found, error) {
	out := make(found, len(m.pieces))
	for i, p := range m.pieces {
		set := beside[i].allowed(beside[i].inAtLeast(bar))
		var err error
		if out[i], err = l.pass(p, roaring.AndNot(set, full[i])); err != nil {
			return nil, err
		}
	}
	return out, ctx.Err()
}

// sidesOf is how many words and groups side by side in a query count.
func sidesOf(root *step) int {
	n := 0
	if root.shape == shapeAnd {
		skip := root.skipsFrequent()
		for _, kid := range root.kids {
			if kid.wanted() && !(skip && kid.frequent()) {
				n++
			}
		}
	}
	return n
}

// differentSides is how many of them there are without repetitions.
func differentSides(root *step) int {
	n := 0
	seen := map[*leaf]bool{}
	for _, kid := range root.kids {
		if root.shape == shapeAnd && kid.wanted() && (kid.leaf == nil || !seen[kid.leaf]) {
			n++
			seen[kid.leaf] = true
		}
	}
	return n
}

// frequent tells the words that stand in most messages, such as "the" and "my".
func (s *step) frequent() bool {
	w, ok := s.node.(query.Word)
	return ok && !w.Prefix && !w.Fuzzy && words.Hot(w.Text)
}

// skipsFrequent tells whether the frequent words beside others don't count: to
// have "the" and "my" in common is to have nothing in common. Where there are no
// other words, they do.
func (s *step) skipsFrequent() bool {
	return slices.ContainsFunc(s.kids, func(kid *step) bool { return kid.wanted() && !kid.frequent() })
}

// wanted tells whether a step beside others is one of the words and groups.
func (s *step) wanted() bool {
	return s.shape == shapeLeaf || s.shape == shapeOr || s.shape == shapeAnd
}

// sides are what stands side by side in a query.
type sides struct {
	wanted           []side
	all              int // how many are wanted
	needed, unwanted []*roaring.Bitmap
	documents        uint32 // of the segment
	tally            *tally // of wanted; nil where not counted
}

// side is a word or group that stands side by side with others, and how often.
type side struct {
	set   *roaring.Bitmap
	times int
}

func (p *piece) sides(ctx context.Context, root *step) (*sides, error) {
	out := &sides{documents: p.segment.Count()}
	if root.shape == shapeLeaf {
		return out, p.addSide(ctx, out, root)
	}
	if root.shape != shapeAnd {
		return out, nil
	}
	seen, skip := make(map[*leaf]int), root.skipsFrequent()
	for _, kid := range root.kids {
		if kid.shape == shapeAll || skip && kid.frequent() {
			continue
		}
		if at, ok := seen[kid.leaf]; ok && kid.leaf != nil {
			out.wanted[at].times++
			out.all++
			continue
		}
		if err := p.addSide(ctx, out, kid); err != nil {
			return nil, err
		}
		if kid.leaf != nil {
			seen[kid.leaf] = len(out.wanted) - 1
		}
	}
	out.sort()
	return out, nil
}

func (s *sides) sort() {
	slices.SortStableFunc(s.wanted, func(a, b side) int {
		return cmp.Compare(a.set.GetCardinality(), b.set.GetCardinality())
	})
}

func (p *piece) addSide(ctx context.Context, to *sides, s *step) error {
	if s.shape == shapeNot {
		set, err := p.match(ctx, s.kids[0], tierExact)
		to.unwanted = append(to.unwanted, set)
		return err
	}
	t := tierLoose
	if s.shape == shapeLeaf {
		t = tierPart
	}
	set, err := p.match(ctx, s, t)
	if err != nil {
		return err
	}
	if !s.wanted() {
		to.needed = append(to.needed, set)
		return nil
	}
	to.wanted = append(to.wanted, side{set: set, times: 1})
	to.all++
	return nil
}

// allowed leaves out what is excluded or lacks what is needed.
func (s *sides) allowed(set *roaring.Bitmap) *roaring.Bitmap {
	for _, other := range s.needed {
		set = roaring.And(set, other)
	}
	for _, other := range s.unwanted {
		set = roaring.AndNot(set, other)
	}
	return set
}

// inAtLeast returns what is in at least enough of the sets. Whatever is, is in
// one of the smaller sets at least, so the others are only looked at for that.
func (s *sides) inAtLeast(enough int) *roaring.Bitmap {
	var small []*roaring.Bitmap
	documents := uint64(0) // of small, one by one
	left := s.all          // how many are none of small
	for _, w := range s.wanted {
		if left < enough {
			break
		}
		small = append(small, w.set)
		documents += w.set.GetCardinality()
		left -= w.times
	}
	if s.tally != nil || enough > 1 && documents > uint64(s.documents)/tallyShare {
		return s.tallied().atLeast(enough)
	}
	set := union(small)
	if enough <= 1 || set.IsEmpty() {
		return set
	}
	docs := set.ToArray()
	times := make([]int, len(docs))
	c := candidates{set: set, docs: docs}
	for _, w := range s.wanted {
		c.each(roaring.And(set, w.set), func(at int) { times[at] += w.times })
	}
	out := roaring.New()
	for i, n := range times {
		if n >= enough {
			out.Add(docs[i])
		}
	}
	return out
}

// tallyShare is the share of a segment's documents from which on all sets are
// counted at once, rather than those documents looked for in each.
const tallyShare = 64

func (s *sides) tallied() *tally {
	if s.tally == nil {
		s.tally = newTally(s.documents)
		for _, w := range s.wanted {
			s.tally.add(w.set, w.times)
		}
	}
	return s.tally
}
