package index

import (
	"context"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"
)

// rank scores documents and offers them. It is k but for the score, time and id.
func (p *pager) rank(ctx context.Context, m *matcher, sets found, k key) error {
	if score, ok := m.constant(k); ok {
		k.score = score
		p.addAllByTime(m, sets, k)
		return ctx.Err()
	}
	for i, set := range sets {
		if set.IsEmpty() {
			continue
		}
		if err := p.rankOne(ctx, m, i, set, k); err != nil {
			return err
		}
	}
	return nil
}

func (p *pager) rankOne(ctx context.Context, m *matcher, at int, set *roaring.Bitmap, k key) error {
	if l := m.only(k); l != nil {
		if done, err := p.addTop(ctx, m, at, l, set, nothing, k); err != nil || done {
			return err
		}
	}
	if done, err := p.addEither(ctx, m, at, set, k); err != nil || done {
		return err
	}
	return p.addAll(ctx, m, at, set, k)
}

// addAll scores all documents of a set and offers them.
func (p *pager) addAll(ctx context.Context, m *matcher, at int, set *roaring.Bitmap, k key) error {
	most := 0
	if p.after == nil {
		most = p.limit + 1
	}
	c, err := m.score(ctx, at, set, k, most, p.floor(k))
	if err == nil {
		p.addScored(m, at, c, k)
	}
	return err
}

// addScored offers documents of a segment by their scores.
func (p *pager) addScored(m *matcher, at int, c *candidates, k key) {
	columns := m.pieces[at].segment.Columns()
	for i, doc := range c.docs {
		if p.full() {
			if last := p.rows.rows[0].key; last.partial == k.partial && last.tier == k.tier && c.scores[i] < last.score {
				continue
			}
		}
		k.score, k.left, k.id = c.scores[i], columns.Left[doc], columns.ID[doc]
		p.offer(row{key: k, segment: at, doc: doc})
	}
}

// floor is the score that a document must reach to be among the rows; 0 where
// any does.
func (p *pager) floor(k key) float32 {
	if !p.full() {
		return 0
	}
	if last := p.rows.rows[0].key; last.partial == k.partial && last.tier == k.tier {
		return last.score
	}
	return 0
}

// asTyped tells whether a key is of what matches as typed alone.
func (a key) asTyped() bool { return !a.partial && a.tier == tierExact }

// everyLeaf tells whether all that matches as typed matches every wanted leaf.
func (m *matcher) everyLeaf() bool {
	kids := m.root.kids
	if m.root.shape == shapeLeaf {
		kids = []*step{m.root}
	}
	for _, l := range m.wanted {
		if !slices.ContainsFunc(kids, func(s *step) bool { return s.shape == shapeLeaf && s.leaf == l }) {
			return false
		}
	}
	return m.root.shape == shapeLeaf || m.root.shape == shapeAnd
}

// constant is the score of all documents of a kind, where they have the same:
// phrases, numbers and beginnings are there or not.
func (m *matcher) constant(k key) (score float32, ok bool) {
	if !k.asTyped() || !m.everyLeaf() {
		return 0, false
	}
	for _, l := range m.scored() {
		if !l.counted() {
			return 0, false
		}
		score += l.rarity * shareOf[wayTyped]
	}
	return score, true
}

// only is the one leaf that scores the documents of a kind; nil where there are
// more.
func (m *matcher) only(k key) *leaf {
	if !k.asTyped() || len(m.wanted) != 1 || !m.everyLeaf() {
		return nil
	}
	return m.wanted[0]
}

// maxEither is of how many alternatives at most the documents that have but one
// of them are looked at apart.
const maxEither = 8

// either are the leaves of which all that matches as typed has one at least; nil
// where it is not so.
func (m *matcher) either(k key) []*leaf {
	root := m.root
	if root.shape == shapeAnd {
		at := slices.IndexFunc(root.kids, func(s *step) bool { return s.shape == shapeOr })
		if at < 0 {
			return nil
		}
		root = root.kids[at]
	}
	if !k.asTyped() || root.shape != shapeOr || len(m.wanted) > maxEither {
		return nil
	}
	for _, kid := range root.kids {
		if kid.shape != shapeLeaf {
			return nil
		}
	}
	if slices.ContainsFunc(m.wanted, func(l *leaf) bool {
		return !slices.ContainsFunc(root.kids, func(s *step) bool { return s.leaf == l })
	}) {
		return nil
	}
	return m.wanted
}

// addEither offers the documents of a set, each of which has one of several
// leaves as typed. Those that match more than one, as typed or not, are few and
// come first, mostly; of the others, the best of each leaf are remembered. It is
// false where that is no way.
func (p *pager) addEither(ctx context.Context, m *matcher, at int, set *roaring.Bitmap, k key) (bool, error) {
	leaves := m.either(k)
	if len(leaves) < 2 || set.GetCardinality() <= topsDocs {
		return false, nil
	}
	own := make([]*roaring.Bitmap, len(leaves))
	for i, l := range leaves {
		var err error
		if own[i], err = m.pieces[at].upTo(ctx, l, tierLoose); err != nil {
			return false, err
		}
	}
	many := inSeveral(own)
	many.And(set)
	if 2*many.GetCardinality() > set.GetCardinality() {
		return false, nil
	}
	if !many.IsEmpty() {
		if err := p.addAll(ctx, m, at, many, k); err != nil {
			return false, err
		}
	}
	for i, l := range leaves {
		if done, err := p.addTop(ctx, m, at, l, set, many, k); err != nil {
			return false, err
		} else if done {
			continue
		}
		rest := roaring.And(set, own[i])
		rest.AndNot(many)
		if l.counted() || l.rarity == 0 {
			alone := k
			alone.score = l.rarity * shareOf[wayTyped]
			p.addByTime(m.pieces[at].segment, at, rest, alone)
		} else if err := p.addAll(ctx, m, at, rest, k); err != nil {
			return false, err
		}
	}
	return true, nil
}

// inSeveral are the documents that are in more than one of two sets or more.
func inSeveral(sets []*roaring.Bitmap) *roaring.Bitmap {
	many := roaring.And(sets[0], sets[1])
	if len(sets) == 2 {
		return many
	}
	once := roaring.Or(sets[0], sets[1])
	for _, set := range sets[2:] {
		many.Or(roaring.And(once, set))
		once.Or(set)
	}
	return many
}
