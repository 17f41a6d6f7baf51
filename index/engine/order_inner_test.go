package engine

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/RoaringBitmap/roaring/v2"
)

// TestWaysToTheFirst compares the two ways to the first documents of a set: both
// are taken, each where it costs less.
func TestWaysToTheFirst(t *testing.T) {
	t.Parallel()
	const count = 5000
	rng := rand.New(rand.NewPCG(1, 2))
	for _, times := range []int64{1, 40, 1 << 40} {
		c := newColumns(count)
		for doc := range c.Left {
			c.Left[doc], c.ID[doc] = rng.Int64N(times), int64(doc+1)
		}
		if rng.IntN(2) == 0 {
			slices.Sort(c.Left)
		}
		c.byTime = timeOrder(c.Left)
		c.finish()
		s := &Segment{count: count, columns: c}
		for range 200 {
			in := roaring.New()
			for range rng.IntN(2 * count) {
				in.Add(uint32(rng.IntN(count)))
			}
			from := rng.Uint32N(count)
			ranks := between{from, from + rng.Uint32N(count-from+1)}
			k, backwards := 1+rng.IntN(300), rng.IntN(2) == 0
			want, done := s.walk(in, k, ranks, backwards, count)
			if got := s.scan(in, k, ranks, backwards); !done || !slices.Equal(got, want) {
				t.Fatalf("the first %d of ranks %v, backwards: %v, are\n%v by the set and\n%v by time", k, ranks, backwards, got, want)
			}
		}
	}
}
