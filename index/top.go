package index

import (
	"cmp"
	"container/heap"
	"context"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

	"afterbeep/index/engine"
)

const (
	// topDocs is how many of the best documents of a word are remembered for
	// each segment: more than the longest page has.
	topDocs = 512
	// topBytes is what those of one word take: 4 KB.
	topBytes = topDocs * 8
	// topShare is how many documents a segment has for each word that it
	// remembers: 2 bytes a document, 3 MB in an index of 1.5 million.
	topShare = topBytes / 2
)

// maxTops is for how many words of a segment the best documents are remembered.
// Words that so few documents have that all of them would be are not.
func maxTops(documents uint32) int { return max(int(documents/topShare), leastTops) }

// leastTops is for how many words a small segment remembers them, 128 KB: there
// are some ten of these at a time.
const leastTops = 32

// top is the best documents of a word in a segment, deleted ones included.
type top struct {
	docs    []uint32
	weights []float32
}

// compareBest is negative where the document a with its weight comes before b:
// by weight, then newest, then id, as pages go.
func compareBest(c *engine.Columns, a, b uint32, x, y float32) int {
	return cmp.Or(cmp.Compare(y, x), cmp.Compare(c.Left[b], c.Left[a]), cmp.Compare(c.ID[b], c.ID[a]))
}

// topOf returns the best documents of a term. They take reading all of its
// weights once.
func (p *piece) topOf(ctx context.Context, t term) (*top, error) {
	if known := p.recalled.top(t); known != nil {
		return known, nil
	}
	type scored struct {
		doc    uint32
		weight float32
	}
	columns := p.segment.Columns()
	before := func(a, b scored) int { return compareBest(columns, a.doc, b.doc, a.weight, b.weight) }
	best := make([]scored, 0, 4*topDocs)
	least := float32(0) // what is below can't be among the best
	err := p.weights(ctx, t, nil, func(doc, freq, length uint32) {
		w := weigh(freq, length)
		if w < least {
			return
		}
		if best = append(best, scored{doc, w}); len(best) == cap(best) {
			slices.SortFunc(best, before)
			best = best[:topDocs]
			least = best[topDocs-1].weight
		}
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(best, before)
	best = best[:min(len(best), topDocs)]
	out := &top{make([]uint32, len(best)), make([]float32, len(best))}
	for i, s := range best {
		out.docs[i], out.weights[i] = s.doc, s.weight
	}
	p.recalled.remember(t, out, maxTops(p.segment.Count()))
	return out, nil
}

// single is the one term that scores the documents of the first tier, if there
// is but one.
func (m *matcher) single() (t term, factor float32, ok bool) {
	if len(m.wanted) != 1 || m.root.shape != shapeLeaf && m.root.shape != shapeAnd {
		return term{}, 0, false
	}
	l := m.wanted[0]
	list := l.terms(wayTyped)
	if l.counted() || len(list) != 1 {
		return term{}, 0, false
	}
	return list[0], l.rarity * shareOf[wayTyped], true
}

// addTop offers the documents of a set, all of which have the term, from those
// that are remembered as the best. It is false where these may not be enough.
func (p *pager) addTop(ctx context.Context, m *matcher, at int, set *roaring.Bitmap, k key) (bool, error) {
	t, factor, ok := m.single()
	if !ok || k.partial || k.tier != tierExact || set.GetCardinality() <= topDocs {
		return false, nil
	}
	best, err := m.pieces[at].topOf(ctx, t)
	if err != nil {
		return false, err
	}
	columns := m.pieces[at].segment.Columns()
	for i, doc := range best.docs {
		if !set.Contains(doc) {
			continue
		}
		k.score, k.left, k.id = factor*best.weights[i], columns.Left[doc], columns.ID[doc]
		r := row{key: k, segment: at, doc: doc}
		if p.full() && r.compare(p.rows.rows[0].key, p.order) > 0 {
			return true, nil // as are all others
		}
		p.offer(r)
	}
	p.takeBack(at, k)
	return false, nil
}

// takeBack forgets the rows of a segment that are k but for the score, time and
// id. What they have displaced stays away: they are offered again.
func (p *pager) takeBack(at int, k key) {
	p.rows.rows = slices.DeleteFunc(p.rows.rows, func(r row) bool {
		return r.segment == at && r.partial == k.partial && r.tier == k.tier
	})
	heap.Init(&p.rows)
}
