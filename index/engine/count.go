package engine

import (
	"math"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"
)

// The costs by which the ways to count are compared, in tenths of a nanosecond
// as they were measured.
const (
	costDocument  = 20    // counting one document in a column
	costBits      = 5000  // comparing 65,536 documents of two dense bitmaps
	costPosting   = 15    // comparing a document of a sparse bitmap with a dense one
	costLookUp    = 20000 // finding the bitmap of a value
	containerSize = 1 << 16
)

// CountValues counts the documents of a set by a column's values: out[i] is how many
// have column.Names[i]. It takes about 2 ns a document, less for sets of many
// documents.
func (s *Segment) CountValues(in *roaring.Bitmap, column *Column) ([]int, error) {
	n := int(in.GetCardinality())
	rest := int(s.count) - n
	if byValue := column.costByValue(int(s.count)); byValue < costDocument*min(n, rest) {
		return s.countByValue(in, n, column)
	}
	if n <= rest {
		return column.count(in), nil
	}
	// Fewer are missing than there are.
	out := column.count(roaring.Flip(in, 0, uint64(s.count)))
	for i, total := range column.totals {
		out[i] = total - out[i]
	}
	return out, nil
}

// costByValue is what countByValue costs.
func (c *Column) costByValue(count int) int {
	containers := count/containerSize + 1
	sum := 0
	for _, total := range c.totals[1:] {
		sum += costLookUp + min(total*costPosting, containers*costBits)
	}
	return sum
}

// countByValue compares the set with the bitmap of every value. What is left
// has none.
func (s *Segment) countByValue(in *roaring.Bitmap, n int, c *Column) ([]int, error) {
	out := make([]int, len(c.Names))
	out[0] = n
	for i, name := range c.Names[1:] {
		b, err := s.reader.bitmap(c.field.String(), name)
		if err != nil {
			return nil, s.wrap(err)
		}
		out[i+1] = int(in.AndCardinality(b))
		out[0] -= out[i+1]
	}
	return out, nil
}

func (c *Column) count(in *roaring.Bitmap) []int {
	switch {
	case c.bytes != nil:
		return countPlaces(in, c.bytes, len(c.Names))
	case c.words != nil:
		return countPlaces(in, c.words, len(c.Names))
	}
	return countPlaces(in, c.longs, len(c.Names))
}

func countPlaces[T uint8 | uint16 | uint32](in *roaring.Bitmap, places []T, n int) []int {
	// Two counters a value: one has to wait for itself where a value comes
	// twice in a row.
	even, odd := make([]int, n), make([]int, n)
	blocks(in, func(docs []uint32) bool {
		for len(docs) >= 2 {
			even[places[docs[0]]]++
			odd[places[docs[1]]]++
			docs = docs[2:]
		}
		for _, doc := range docs {
			even[places[doc]]++
		}
		return true
	})
	for i, k := range odd {
		even[i] += k
	}
	return even
}

// CountHas counts the documents of a set that have something; name is one of
// HasNames.
func (s *Segment) CountHas(in *roaring.Bitmap, name string) (int, error) {
	b, err := s.reader.bitmap(FieldHas.String(), name)
	if err != nil {
		return 0, s.wrap(err)
	}
	return int(in.AndCardinality(b)), nil
}

// Lengths are buckets of durations. They are safe for concurrent use.
type Lengths struct {
	edges []uint32
	short [shortDurations]uint16 // the bucket of each short duration, from 1 on
}

// shortDurations are those whose bucket is looked up in a table: some minutes.
const shortDurations = 4096

// NewLengths makes the buckets that begin at edges, in tenths of a second, which
// ascend. The last one has no end.
func NewLengths(edges []uint32) *Lengths {
	l := &Lengths{edges: edges}
	for d := range l.short {
		l.short[d] = uint16(l.find(uint32(d)))
	}
	return l
}

// find is the bucket of a duration, from 1 on; 0 is below the first.
func (l *Lengths) find(d uint32) int {
	at, there := slices.BinarySearch(l.edges, d)
	if there {
		at++
	}
	return at
}

// CountDurations counts the documents of a set by duration: out[i] is how many
// are in bucket i.
func (s *Segment) CountDurations(in *roaring.Bitmap, by *Lengths) []int {
	if in.GetCardinality() <= uint64(s.count)/2 {
		return s.columns.countDurations(in, by)
	}
	out := s.columns.countDurations(roaring.Flip(in, 0, uint64(s.count)), by)
	for i, total := range s.columns.allDurations(by) {
		out[i] = total - out[i]
	}
	return out
}

// durationCounts are those of all documents, for the buckets asked for last.
type durationCounts struct {
	by     *Lengths
	counts []int
}

func (c *Columns) allDurations(by *Lengths) []int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.durations.by != by {
		all := roaring.New()
		all.AddRange(0, uint64(len(c.Duration)))
		c.durations = durationCounts{by, c.countDurations(all, by)}
	}
	return c.durations.counts
}

func (c *Columns) countDurations(in *roaring.Bitmap, by *Lengths) []int {
	counts := make([]int, len(by.edges)+1)
	blocks(in, func(docs []uint32) bool {
		for _, doc := range docs {
			if d := c.Duration[doc]; d < shortDurations {
				counts[by.short[d]]++
			} else {
				counts[by.find(d)]++
			}
		}
		return true
	})
	return counts[1:]
}

// LeftUnknown is the Left of a document whose time is not known.
const LeftUnknown = math.MinInt64

// Times is the earliest and the latest Left of a set, but for LeftUnknown; ok
// is false where there is none.
func (s *Segment) Times(in *roaring.Bitmap) (first, last int64, ok bool) {
	oldest := s.Oldest(in, 1, Span{Behind: &Place{LeftUnknown, math.MaxInt64}})
	if len(oldest) == 0 {
		return 0, 0, false
	}
	return s.columns.Left[oldest[0]], s.columns.Left[s.Newest(in, 1, Span{})[0]], true
}

// CountTimes counts the documents of a set by Left: out[i] is how many were
// left from edges[i] to below edges[i+1]. Edges ascend, and there are at least
// two.
func (s *Segment) CountTimes(in *roaring.Bitmap, edges []int64) []int {
	n := in.GetCardinality()
	if n <= uint64(s.count)/2 {
		return s.columns.countTimes(in, edges)
	}
	out := s.columns.countTimes(roaring.Flip(in, 0, uint64(s.count)), edges)
	for i := range out {
		out[i] = s.columns.before(edges[i+1]) - s.columns.before(edges[i]) - out[i]
	}
	return out
}

// maxSlots is how many pieces the time is cut into at most for finding a
// document's bucket. They fit into the first cache.
const maxSlots = 2048

func (c *Columns) countTimes(in *roaring.Bitmap, edges []int64) []int {
	from, to := edges[0], edges[len(edges)-1]
	// A slot tells the bucket in which it begins; from there it is rarely more
	// than one step where there are far more slots than buckets.
	slots, shift := min(max(8*len(edges), int(in.GetCardinality()/8)), maxSlots), 0
	for uint64(to-from)>>shift >= uint64(slots) {
		shift++
	}
	var buckets [maxSlots]uint32
	for i, bucket := 0, 0; i < slots; i++ {
		// Counted from the first edge: the sum may be more than an int64 holds.
		for bucket < len(edges)-2 && uint64(edges[bucket+1]-from) <= uint64(i)<<shift {
			bucket++
		}
		buckets[i] = uint32(bucket)
	}
	out := make([]int, len(edges)-1)
	left, span := c.Left, uint64(to-from)
	blocks(in, func(docs []uint32) bool {
		for _, doc := range docs {
			since := uint64(left[doc] - from)
			if since >= span { // before or behind, in one comparison
				continue
			}
			bucket := buckets[since>>shift%maxSlots]
			for left[doc] >= edges[bucket+1] {
				bucket++
			}
			out[bucket]++
		}
		return true
	})
	return out
}
