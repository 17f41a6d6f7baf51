package engine

import (
	"slices"
	"sort"

	"github.com/RoaringBitmap/roaring/v2"
)

// Place is a document's place in the order of time.
type Place struct{ Left, ID int64 }

func (c *Columns) compare(doc uint32, p Place) int {
	switch left := c.Left[doc]; {
	case left < p.Left:
		return -1
	case left > p.Left:
		return 1
	}
	switch id := c.ID[doc]; {
	case id < p.ID:
		return -1
	case id > p.ID:
		return 1
	}
	return 0
}

// Newest returns up to k documents of a set, the latest first and of those of
// one time the highest ID first; with behind, those that come behind that place
// in this order.
func (s *Segment) Newest(in *roaring.Bitmap, k int, behind *Place) []uint32 {
	order := s.columns.byTime
	if behind != nil {
		order = order[:sort.Search(len(order), func(i int) bool { return s.columns.compare(order[i], *behind) >= 0 })]
	}
	return s.first(in, k, order, true)
}

// Oldest is Newest the other way round.
func (s *Segment) Oldest(in *roaring.Bitmap, k int, behind *Place) []uint32 {
	order := s.columns.byTime
	if behind != nil {
		order = order[sort.Search(len(order), func(i int) bool { return s.columns.compare(order[i], *behind) > 0 }):]
	}
	return s.first(in, k, order, false)
}

// The costs of both ways to the first documents, in nanoseconds.
const (
	costStep = 25 // looking whether the next document in time is in the set
	costTake = 12 // comparing a document of the set with what there is
)

// first returns the first k documents of order, from its end where backwards,
// that are in the set. It walks along the order where it meets the set often
// enough, and through the set otherwise.
func (s *Segment) first(in *roaring.Bitmap, k int, order []uint32, backwards bool) []uint32 {
	n := int(in.GetCardinality())
	if n == 0 || k <= 0 || len(order) == 0 {
		return nil
	}
	expected := min(k, n) * (len(order)/n + 1)
	scan := n*costTake + 1000
	if expected*costStep <= scan {
		// The set may lie at the far end: then it was not far to here.
		if out, done := walk(in, k, order, backwards, 4*scan/costStep); done {
			return out
		}
	}
	return s.scan(in, k, order, backwards)
}

// walk goes at most steps along the order; it is not done where it did not find
// k of them until then.
func walk(in *roaring.Bitmap, k int, order []uint32, backwards bool, steps int) (out []uint32, done bool) {
	for i := range order {
		if i == steps {
			return nil, false
		}
		doc := order[i]
		if backwards {
			doc = order[len(order)-1-i]
		}
		if in.Contains(doc) {
			if out = append(out, doc); len(out) == k {
				return out, true
			}
		}
	}
	return out, true
}

// scan goes through the set. order only says within which places. It begins
// where the first documents are likely: later documents were left later, mostly.
func (s *Segment) scan(in *roaring.Bitmap, k int, order []uint32, backwards bool) []uint32 {
	c := s.columns
	place := func(doc uint32) Place { return Place{c.Left[doc], c.ID[doc]} }
	lowest, highest := place(order[0]), place(order[len(order)-1])
	var found []uint32 // in order
	docs := in.ToArray()
	if backwards {
		slices.Reverse(docs)
	}
	for _, doc := range docs {
		if left := c.Left[doc]; left < lowest.Left || left > highest.Left ||
			c.compare(doc, lowest) < 0 || c.compare(doc, highest) > 0 {
			continue
		}
		own := place(doc)
		at := sort.Search(len(found), func(i int) bool {
			if backwards {
				return c.compare(found[i], own) < 0
			}
			return c.compare(found[i], own) > 0
		})
		found = slices.Insert(found, at, doc)
		if len(found) < k {
			continue
		}
		found = found[:k]
		if last := place(found[k-1]); backwards {
			lowest = last
		} else {
			highest = last
		}
	}
	return found
}
