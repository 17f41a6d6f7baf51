package index

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"
)

// maxWeighed is how many words and groups side by side a query may have to be
// weighed where nothing matches all of them.
const maxWeighed = 16

// bar is what a partial match must reach; it is decided on the first page.
type bar struct {
	words  int     // so many of the words and groups, 0 where none are shown
	weight float32 // or that weight; 0 where only the words count
}

// partial returns the documents that match only most of the words and groups
// that stand side by side, and nothing that is excluded, within limits. Where
// nothing matches all of them, they are also weighed by how rare they are:
// what has half the weight of the best document counts, too.
func (m *matcher) partial(ctx context.Context, full found, l limits, b bar) (found, bar, error) {
	beside := make([]*sides, len(m.pieces))
	for i, p := range m.pieces {
		var err error
		if beside[i], err = p.sides(ctx, m.root); err != nil {
			return nil, b, err
		}
	}
	first := b.words == 0
	if first {
		b.words = max(1, sidesOf(m.root)/2+1)
	}
	if n := sidesOf(m.root); first && full.total() == 0 && n > 1 && n <= maxWeighed {
		best := float32(0)
		for i, p := range m.pieces {
			w, err := p.heaviest(ctx, beside[i], l)
			if err != nil {
				return nil, b, err
			}
			best = max(best, w)
		}
		b.weight = almost(best / 2)
	}
	out := make(found, len(m.pieces))
	for i, p := range m.pieces {
		set := beside[i].inAtLeast(b.words)
		if b.weight > 0 {
			heavy := beside[i].weigh(b.weight)
			set = roaring.Or(set, heavy.atLeast(b.weight))
		}
		var err error
		if out[i], err = l.pass(p.segment, roaring.AndNot(beside[i].allowed(set), full[i])); err != nil {
			return nil, b, err
		}
	}
	return out, b, ctx.Err()
}

// sidesOf is how many words and groups stand side by side in a query.
func sidesOf(root *step) int {
	n := 0
	if root.shape == shapeAnd {
		for _, kid := range root.kids {
			if kid.wanted() {
				n++
			}
		}
	}
	return n
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
}

// side is a word or group that stands side by side with others, and how often.
type side struct {
	set    *roaring.Bitmap
	times  int
	tiers  [tiers]*roaring.Bitmap // set is the last one
	weight float32                // as typed
}

func (p *piece) sides(ctx context.Context, root *step) (*sides, error) {
	out := &sides{}
	if root.shape != shapeAnd {
		return out, nil
	}
	seen := make(map[*leaf]int)
	for _, kid := range root.kids {
		if kid.shape == shapeAll {
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
	slices.SortStableFunc(out.wanted, func(a, b side) int {
		return cmp.Compare(a.set.GetCardinality(), b.set.GetCardinality())
	})
	return out, nil
}

func (p *piece) addSide(ctx context.Context, to *sides, s *step) error {
	if s.shape == shapeNot {
		set, err := p.match(ctx, s.kids[0], tierExact)
		to.unwanted = append(to.unwanted, set)
		return err
	}
	var sets [tiers]*roaring.Bitmap
	for t := range sets {
		var err error
		if sets[t], err = p.match(ctx, s, tier(t)); err != nil {
			return err
		}
	}
	set := sets[tierLoose]
	if !s.wanted() {
		to.needed = append(to.needed, set)
		return nil
	}
	to.wanted = append(to.wanted, side{set: set, times: 1, tiers: sets, weight: s.weight()})
	to.all++
	return nil
}

// weight is what a word or group counts for as typed: as rare as it is. A group
// is not rarer than the most frequent of its words.
func (s *step) weight() float32 {
	if s.leaf != nil {
		return s.leaf.rarity
	}
	least := float32(math.MaxFloat32)
	for _, kid := range s.kids {
		if kid.wanted() {
			least = min(least, kid.weight())
		}
	}
	if least == math.MaxFloat32 {
		return 0
	}
	return least
}

// shareOfTier is what a word or group counts for by how it matches.
var shareOfTier = [tiers]float32{tierExact: 1, tierForms: shareOf[wayInflected], tierLoose: shareOf[wayEdited]}

// weigh returns the weights of all documents that may have at least that much.
func (s *sides) weigh(least float32) *candidates {
	byWeight := slices.Clone(s.wanted)
	slices.SortStableFunc(byWeight, func(a, b side) int { return cmp.Compare(b.weight, a.weight) })
	needed, left := len(byWeight), float32(0)
	for i := len(byWeight) - 1; i >= 0; i-- {
		left += byWeight[i].weight * float32(byWeight[i].times)
		if left < almost(least) { // all from here on don't weigh so much together
			needed = i
		}
	}
	sets := make([]*roaring.Bitmap, needed)
	for i, w := range byWeight[:needed] {
		sets[i] = w.set
	}
	all := union(sets)
	c := newCandidates(all)
	for _, w := range byWeight {
		rest := all
		for t, set := range w.tiers {
			c.each(roaring.And(rest, set), func(at int) { c.scores[at] += w.weight * float32(w.times) * shareOfTier[t] })
			rest = roaring.AndNot(rest, set)
		}
	}
	return c
}

// atLeast returns the candidates that score so much.
func (c *candidates) atLeast(least float32) *roaring.Bitmap {
	out := roaring.New()
	for i, score := range c.scores {
		if score >= least {
			out.Add(c.docs[i])
		}
	}
	return out
}

// heaviest is the greatest weight of any document within limits.
func (p *piece) heaviest(ctx context.Context, s *sides, l limits) (float32, error) {
	c := s.weigh(0)
	within, err := l.pass(p.segment, s.allowed(union(s.sets())))
	if err != nil {
		return 0, err
	}
	best := float32(0)
	c.each(within, func(at int) { best = max(best, c.scores[at]) })
	return best, ctx.Err()
}

func (s *sides) sets() []*roaring.Bitmap {
	out := make([]*roaring.Bitmap, len(s.wanted))
	for i, w := range s.wanted {
		out[i] = w.set
	}
	return out
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
	left := s.all // how many are none of small
	for _, w := range s.wanted {
		if left < enough {
			break
		}
		small = append(small, w.set)
		left -= w.times
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
