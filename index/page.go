package index

import (
	"cmp"
	"container/heap"
	"context"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

	"afterbeep/index/engine"
)

// key is a hit's place in the order. It says all, so that pages can go on
// behind a key even where the hit itself is gone.
type key struct {
	partial bool
	tier    tier    // how close to what was typed; always 0 unless by relevance
	score   float32 // always 0 unless by relevance
	left    int64
	id      int64
}

// compare is negative where a comes before b.
func (a key) compare(b key, order Sort) int {
	if c := a.compareScores(b); c != 0 {
		return c
	}
	if order == SortOldest {
		return cmp.Or(cmp.Compare(a.left, b.left), cmp.Compare(a.id, b.id))
	}
	return cmp.Or(cmp.Compare(b.left, a.left), cmp.Compare(b.id, a.id))
}

// compareScores is compare of all but the time and id.
func (a key) compareScores(b key) int {
	if c := compareBool(a.partial, b.partial); c != 0 {
		return c
	}
	if a.tier != b.tier {
		return cmp.Compare(a.tier, b.tier)
	}
	return cmp.Compare(b.score, a.score)
}

// sameKind tells whether only scores, times and ids differ.
func (a key) sameKind(b key) bool { return a.partial == b.partial && a.tier == b.tier }

func (a key) place() *engine.Place { return &engine.Place{Left: a.left, ID: a.id} }

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// row is a document of a segment and its place in the order.
type row struct {
	key
	segment int
	doc     uint32
}

// pager keeps the first rows behind a key.
type pager struct {
	order Sort
	limit int
	after *key // nil for the first page
	back  bool // the page before after is looked for: everything goes the other way round
	rows  rowHeap
}

// oldestFirst tells in which direction of time hits of one kind are looked for.
func (p *pager) oldestFirst() bool { return (p.order == SortOldest) != p.back }

// turned is what a comparison says in the direction that the pager goes.
func turned(c int, back bool) int {
	if back {
		return -c
	}
	return c
}

// rowHeap has the last row on top.
type rowHeap struct {
	rows  []row
	order Sort
	back  bool
}

func (h *rowHeap) Len() int { return len(h.rows) }
func (h *rowHeap) Less(i, j int) bool {
	return turned(h.rows[i].compare(h.rows[j].key, h.order), h.back) > 0
}
func (h *rowHeap) Swap(i, j int) { h.rows[i], h.rows[j] = h.rows[j], h.rows[i] }
func (h *rowHeap) Push(x any)    { h.rows = append(h.rows, x.(row)) }
func (h *rowHeap) Pop() any {
	last := h.rows[len(h.rows)-1]
	h.rows = h.rows[:len(h.rows)-1]
	return last
}

// full tells that what comes behind all rows can't be on the page. One row more
// than the page has is kept: it tells that another page follows.
func (p *pager) full() bool { return p.rows.Len() > p.limit }

// offer takes a row if it may be on the page.
func (p *pager) offer(r row) {
	if p.after != nil && turned(r.compare(*p.after, p.order), p.back) <= 0 {
		return
	}
	if !p.full() {
		heap.Push(&p.rows, r)
		return
	}
	if turned(r.compare(p.rows.rows[0].key, p.order), p.back) < 0 {
		p.rows.rows[0] = r
		heap.Fix(&p.rows, 0)
	}
}

// page returns the rows in order and whether more follow in the direction that
// was looked in.
func (p *pager) page() ([]row, bool) {
	rows := p.rows.rows
	slices.SortFunc(rows, func(a, b row) int { return turned(a.compare(b.key, p.order), p.back) })
	more := len(rows) > p.limit
	rows = rows[:min(len(rows), p.limit)]
	if p.back {
		slices.Reverse(rows)
	}
	return rows, more
}

// addByTime offers documents of a segment by when they were left alone: they are
// k but for the time and id.
func (p *pager) addByTime(s *engine.Segment, at int, set *roaring.Bitmap, k key) {
	var within engine.Span
	if p.after != nil {
		switch c := turned(k.compareScores(*p.after), p.back); {
		case c < 0:
			return // all were on pages before
		case c == 0:
			within.Behind = p.after.place()
		}
	}
	if p.full() {
		last := p.rows.rows[0].key
		switch c := turned(k.compareScores(last), p.back); {
		case c > 0:
			return // all come behind the page
		case c == 0:
			within.Before = last.place()
		}
	}
	first := s.Newest
	if p.oldestFirst() {
		first = s.Oldest
	}
	columns := s.Columns()
	for _, doc := range first(set, p.limit+1, within) {
		k.left, k.id = columns.Left[doc], columns.ID[doc]
		p.offer(row{key: k, segment: at, doc: doc})
	}
}

// addAllByTime is addByTime of all segments, those first in which the page likely
// begins: that tells for the others how far to look.
func (p *pager) addAllByTime(m *matcher, sets found, k key) {
	order := make([]int, 0, len(sets))
	for i, set := range sets {
		if !set.IsEmpty() {
			order = append(order, i)
		}
	}
	latest := func(at int) int64 { return m.pieces[at].segment.Columns().Latest() }
	slices.SortFunc(order, func(a, b int) int {
		if p.oldestFirst() {
			a, b = b, a
		}
		return cmp.Compare(latest(b), latest(a))
	})
	for _, at := range order {
		p.addByTime(m.pieces[at].segment, at, sets[at], k)
	}
}

// fill offers all that matches: full is what matches at any tier, partial what
// matches in part.
func (p *pager) fill(ctx context.Context, m *matcher, l limits, full, partial found) error {
	p.rows.order, p.rows.back = p.order, p.back
	if p.back {
		return p.fillBack(ctx, m, l, full, partial)
	}
	if p.order != SortRelevance || len(m.wanted) == 0 {
		p.addAllByTime(m, full, key{})
		if !p.full() {
			p.addAllByTime(m, partial, key{partial: true})
		}
		return ctx.Err()
	}
	if err := p.fillTiers(ctx, m, l, full); err != nil || p.full() {
		return err
	}
	return p.rank(ctx, m, partial, key{partial: true})
}

// fillTiers ranks one tier after the other until the page is full.
func (p *pager) fillTiers(ctx context.Context, m *matcher, l limits, full found) error {
	before := make(found, len(full))
	for t := tierExact; t < tier(tiers) && !p.full(); t++ {
		now := full
		if t < tierLoose {
			var err error
			if now, err = m.upTo(ctx, t, l, full); err != nil {
				return err
			}
		}
		if p.after == nil || !p.after.partial && p.after.tier <= t {
			fresh := make(found, len(now))
			for i := range now {
				fresh[i] = now[i]
				if before[i] != nil && !before[i].IsEmpty() {
					fresh[i] = roaring.AndNot(now[i], before[i])
				}
			}
			if err := p.rank(ctx, m, fresh, key{tier: t}); err != nil {
				return err
			}
		}
		before = now
	}
	return nil
}

// hits are the rows with all that is told of them.
func (m *matcher) hits(ctx context.Context, rows []row) ([]Hit, error) {
	out := make([]Hit, len(rows))
	for i, r := range rows {
		exact := false
		if !r.partial {
			var err error
			if exact, err = m.pieces[r.segment].asTyped(ctx, m.root, r.doc, true); err != nil {
				return nil, err
			}
		}
		matched, err := m.reasons(ctx, r.segment, r.doc, exact, r.partial)
		if err != nil {
			return nil, err
		}
		out[i] = Hit{ID: r.id, Score: float64(r.score), Matched: matched, Partial: r.partial}
	}
	return out, nil
}

// asTyped tells whether a document matches a step as typed; given tells that it
// does at some tier. It looks at the document alone: making the set of all would
// take longer than the rest of a search.
func (p *piece) asTyped(ctx context.Context, s *step, doc uint32, given bool) (bool, error) {
	switch s.shape {
	case shapeLeaf:
		set, err := p.upTo(ctx, s.leaf, tierExact)
		return err == nil && set.Contains(doc), err
	case shapeAnd, shapeOr:
		for _, kid := range s.kids {
			// One that does not match decides for all, or one that does for any.
			ok, err := p.asTyped(ctx, kid, doc, given && s.shape == shapeAnd)
			if err != nil || ok == (s.shape == shapeOr) {
				return ok, err
			}
		}
		return s.shape == shapeAnd, nil
	}
	if given {
		return true, nil // it has no tiers
	}
	set, err := p.match(ctx, s, tierExact)
	return err == nil && set.Contains(doc), err
}
