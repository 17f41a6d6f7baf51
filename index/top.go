package index

import (
	"container/heap"
	"context"
	"math"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

	"afterbeep/index/engine"
)

// How many of the best documents of a word are remembered for each segment:
// those of some pages, and of the longest page where that is asked for.
const (
	topDocs  = 128
	topsDocs = 512
)

// top is the best documents of a word in a segment, deleted ones included, the
// best first: by weight, then newest, then id, as pages go.
type top struct {
	keys []topKey
	all  bool // no other document has the word
}

// topKey is the weight of a document and its rank in time; the lower, the better.
type topKey uint64

// The bits of positive floats are in the order of the floats.
func newTopKey(weight float32, rank uint32) topKey {
	return ^topKey(uint64(math.Float32bits(weight))<<32 | uint64(rank))
}

func (k topKey) weight() float32 { return math.Float32frombits(uint32(^k >> 32)) }
func (k topKey) rank() uint32    { return uint32(^k) }

// bytes is what a top takes.
func (t *top) bytes() int { return len(t.keys)*8 + topOverhead }

// topOverhead is what a top takes beside its documents: its word, and its place
// in a map.
const topOverhead = 128

// most is the greatest weight that any document has.
func (t *top) most() float32 {
	if len(t.keys) == 0 {
		return 0
	}
	return t.keys[0].weight()
}

// topOf returns so many of the best documents of a term, or more. Where they are
// not remembered, they take reading all of the term's weights.
func (p *piece) topOf(ctx context.Context, t term, most int) (*top, error) {
	bytes := maxTops(p.segment.Count())
	if known := p.recalled.top(t, bytes); known != nil && (known.all || len(known.keys) >= most) {
		return known, nil
	}
	columns := p.segment.Columns()
	n, err := p.segment.DocFreq(t.field, t.text)
	if err != nil {
		return nil, err
	}
	best := engine.NewLowest[topKey](most, int(n))
	least := float32(0) // what is below can't be among the best
	err = p.weights(ctx, t, nil, func(doc, freq, length uint32) {
		w := weigh(freq, length)
		if w < least {
			return
		}
		best.Add(newTopKey(w, columns.Rank(doc)))
		if bound, full := best.Bound(); full {
			least = bound.weight()
		}
	})
	if err != nil {
		return nil, err
	}
	out := &top{keys: slices.Clip(slices.Clone(best.Sorted())), all: int(n) <= most}
	p.recalled.remember(t, out, bytes)
	return out, nil
}

// single is the one term by whose weights the documents of the first tier are
// ordered that a leaf matches.
func (l *leaf) single() (t term, factor float32, ok bool) {
	list := l.terms(wayTyped)
	if l.counted() || len(list) != 1 || l.rarity == 0 {
		return term{}, 0, false
	}
	return list[0], l.rarity * shareOf[wayTyped], true
}

// addTop offers the documents of a set, all of which have the term of a leaf,
// from those that are remembered as the best, but for those of another set. It is
// false where these may not be enough.
func (p *pager) addTop(ctx context.Context, m *matcher, at int, l *leaf, set, but *roaring.Bitmap, k key) (bool, error) {
	t, factor, ok := l.single()
	most := topDocs
	if p.limit >= topDocs/2 {
		most = topsDocs
	}
	n := int(set.GetCardinality())
	if !ok || k.partial || k.tier != tierExact || n <= topDocs || p.limit >= most {
		return false, nil
	}
	piece := m.pieces[at]
	all, err := piece.by(ctx, l, wayTyped)
	if err != nil {
		return false, err
	}
	if n*most < p.limit*int(all.GetCardinality()) {
		return false, nil // hardly any of the best would be in the set
	}
	best, err := piece.topOf(ctx, t, most)
	if err != nil {
		return false, err
	}
	columns := piece.segment.Columns()
	for _, one := range best.keys {
		doc := columns.Ranked(one.rank())
		if !set.Contains(doc) || but.Contains(doc) {
			continue
		}
		k.score, k.left, k.id = factor*one.weight(), columns.Left[doc], columns.ID[doc]
		r := row{key: k, segment: at, doc: doc}
		if p.full() && r.compare(p.rows.rows[0].key, p.order) > 0 {
			return true, nil // as are all others
		}
		p.offer(r)
	}
	if best.all {
		return true, nil
	}
	p.takeBack(at, k, func(doc uint32) bool { return all.Contains(doc) && !but.Contains(doc) })
	return false, nil
}

// takeBack forgets some rows of a segment that are k but for the score, time and
// id. What they have displaced stays away: they are offered again.
func (p *pager) takeBack(at int, k key, these func(doc uint32) bool) {
	p.rows.rows = slices.DeleteFunc(p.rows.rows, func(r row) bool {
		return r.segment == at && r.sameKind(k) && these(r.doc)
	})
	heap.Init(&p.rows)
}
