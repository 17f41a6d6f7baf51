package engine

import (
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

// Rank is how many of the segment's documents come before one by Left, then ID.
func (c *Columns) Rank(doc uint32) uint32 { return c.ranks[doc] }

// Ranked is the document of a rank.
func (c *Columns) Ranked(rank uint32) uint32 { return c.byTime[rank] }

// Latest is the Left of the document of the highest rank; LeftUnknown where
// there is none.
func (c *Columns) Latest() int64 {
	if len(c.byTime) == 0 {
		return LeftUnknown
	}
	return c.Left[c.byTime[len(c.byTime)-1]]
}

// Span is what lies between two places in an order; those of neither are in it,
// and nil is no bound.
type Span struct{ Behind, Before *Place }

// Newest returns up to k documents of a set within a span, the latest first and
// of those of one time the highest ID first.
func (s *Segment) Newest(in *roaring.Bitmap, k int, within Span) []uint32 {
	return s.first(in, k, s.columns.ranksBetween(within.Before, within.Behind), true)
}

// Oldest is Newest the other way round.
func (s *Segment) Oldest(in *roaring.Bitmap, k int, within Span) []uint32 {
	return s.first(in, k, s.columns.ranksBetween(within.Behind, within.Before), false)
}

// between are ranks, the first one inclusive.
type between struct{ from, to uint32 }

// ranksBetween are those after one place in time and before another.
func (c *Columns) ranksBetween(after, before *Place) between {
	out := between{0, uint32(len(c.byTime))}
	if after != nil {
		out.from = uint32(sort.Search(len(c.byTime), func(i int) bool { return c.compare(c.byTime[i], *after) > 0 }))
	}
	if before != nil {
		out.to = uint32(sort.Search(len(c.byTime), func(i int) bool { return c.compare(c.byTime[i], *before) >= 0 }))
	}
	return out
}

// The costs of both ways to the first documents, in nanoseconds.
const (
	costStep = 25 // looking whether the next document in time is in the set
	costTake = 4  // comparing a document of the set with what there is
)

// first returns the first k documents of a set by their ranks, the highest first
// where backwards. It walks along the ranks where it meets the set often enough,
// and through the set otherwise.
func (s *Segment) first(in *roaring.Bitmap, k int, ranks between, backwards bool) []uint32 {
	n := int(in.GetCardinality())
	if n == 0 || k <= 0 || ranks.from >= ranks.to {
		return nil
	}
	scan := n*costTake + 1000
	if expected := min(k, n) * (int(s.count)/n + 1); min(expected, int(ranks.to-ranks.from))*costStep <= scan {
		// The set may lie at the far end: then it was not far to here.
		if out, done := s.walk(in, k, ranks, backwards, 4*scan/costStep); done {
			return out
		}
	}
	return s.scan(in, k, ranks, backwards)
}

// walk goes at most steps along the ranks; it is not done where it did not find
// k documents until then.
func (s *Segment) walk(in *roaring.Bitmap, k int, ranks between, backwards bool, steps int) (out []uint32, done bool) {
	order := s.columns.byTime[ranks.from:ranks.to]
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

// scan goes through the set.
func (s *Segment) scan(in *roaring.Bitmap, k int, ranks between, backwards bool) []uint32 {
	// Ranks are turned round to go backwards: the lowest are the first.
	flip := uint32(0)
	least, below := ranks.from, ranks.to
	if backwards {
		flip = ^flip
		least, below = ^(ranks.to - 1), ^ranks.from+1
	}
	lowest := NewLowest[uint32](k, int(min(in.GetCardinality(), uint64(ranks.to-ranks.from))))
	every := s.columns.ranks
	blocks(in, func(docs []uint32) bool {
		for _, doc := range docs {
			// In one comparison: what is below the first is far behind the end.
			if rank := every[doc] ^ flip; rank-least < below-least {
				lowest.Add(rank)
			}
		}
		if bound, full := lowest.Bound(); full {
			below = bound
		}
		return true
	})
	found := lowest.Sorted()
	for i, rank := range found {
		found[i] = s.columns.byTime[rank^flip]
	}
	return found
}
