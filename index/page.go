package index

import (
	"cmp"
	"container/heap"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"
)

// key is a hit's place in the order. It says all, so that pages can go on
// behind a key even where the hit itself is gone.
type key struct {
	partial bool
	edited  bool    // not as typed; always false unless by relevance
	score   float32 // always 0 unless by relevance
	left    int64
	id      int64
}

// compare is negative where a comes before b.
func (a key) compare(b key, order Sort) int {
	if c := compareBool(a.partial, b.partial); c != 0 {
		return c
	}
	if order == SortOldest {
		return cmp.Or(cmp.Compare(a.left, b.left), cmp.Compare(a.id, b.id))
	}
	return cmp.Or(
		compareBool(a.edited, b.edited), cmp.Compare(b.score, a.score),
		cmp.Compare(b.left, a.left), cmp.Compare(b.id, a.id))
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

type row struct {
	key
	doc   uint32
	score float32
}

// pager keeps the first rows behind a key.
type pager struct {
	order   Sort
	limit   int
	after   *key // nil for the first page
	matcher *matcher
	exact   *roaring.Bitmap
	rows    rowHeap
}

// rowHeap has the last row on top.
type rowHeap struct {
	rows  []row
	order Sort
}

func (h *rowHeap) Len() int           { return len(h.rows) }
func (h *rowHeap) Less(i, j int) bool { return h.rows[i].compare(h.rows[j].key, h.order) > 0 }
func (h *rowHeap) Swap(i, j int)      { h.rows[i], h.rows[j] = h.rows[j], h.rows[i] }
func (h *rowHeap) Push(x any)         { h.rows = append(h.rows, x.(row)) }
func (h *rowHeap) Pop() any {
	last := h.rows[len(h.rows)-1]
	h.rows = h.rows[:len(h.rows)-1]
	return last
}

// add offers documents, which are ascending.
func (p *pager) add(docs []uint32, partial bool) {
	p.rows.order = p.order
	var scores []float32
	if p.order == SortRelevance {
		scores = p.matcher.scores(docs)
	}
	v, at := p.matcher.view, 0
	for i, doc := range docs {
		at = v.partFrom(at, doc)
		c, n := v.parts[at].cols, doc-v.parts[at].base
		r := row{key: key{partial: partial, left: c.left[n], id: c.id[n]}, doc: doc}
		if scores != nil {
			r.key.score, r.score = scores[i], scores[i]
			r.edited = !partial && !p.exact.Contains(doc)
		}
		p.offer(r)
	}
}

// offer keeps one row more than the page has, which tells that there is another.
func (p *pager) offer(r row) {
	if p.after != nil && r.compare(*p.after, p.order) <= 0 {
		return
	}
	if p.rows.Len() <= p.limit {
		heap.Push(&p.rows, r)
		return
	}
	if r.compare(p.rows.rows[0].key, p.order) < 0 {
		p.rows.rows[0] = r
		heap.Fix(&p.rows, 0)
	}
}

// page returns the rows in order and whether more follow.
func (p *pager) page() ([]row, bool) {
	rows := p.rows.rows
	slices.SortFunc(rows, func(a, b row) int { return a.compare(b.key, p.order) })
	if len(rows) > p.limit {
		return rows[:p.limit], true
	}
	return rows, false
}

// hits are the rows with all that is told of them.
func (p *pager) hits(rows []row) []Hit {
	if p.order != SortRelevance {
		p.score(rows)
	}
	out := make([]Hit, len(rows))
	for i, r := range rows {
		exact := !r.partial && p.exact.Contains(r.doc)
		out[i] = Hit{ID: r.id, Score: float64(r.score), Matched: p.matcher.reasons(r.doc, exact), Partial: r.partial}
	}
	return out
}

// score scores the rows of a page that was not ordered by score.
func (p *pager) score(rows []row) {
	docs := make([]uint32, len(rows))
	for i, r := range rows {
		docs[i] = r.doc
	}
	slices.Sort(docs)
	scores := p.matcher.scores(docs)
	for i := range rows {
		at, _ := slices.BinarySearch(docs, rows[i].doc)
		rows[i].score = scores[at]
	}
}
