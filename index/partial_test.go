package index

import (
	"testing"

	"github.com/RoaringBitmap/roaring/v2"
	"pgregory.net/rapid"
)

// TestWeighNothingLeftOut holds that all documents are weighed where any weight
// will do, whatever the last bit of a sum of weights says. The query of the
// last side is such as (-zebra OR -yak): it weighs nothing.
func TestWeighNothingLeftOut(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		s := &sides{}
		weights := rapid.SliceOfN(rapid.Float32Range(0.1, 15), 1, 8).Draw(rt, "weights")
		for i, w := range append(weights, 0) {
			set := roaring.BitmapOf(uint32(i))
			s.wanted = append(s.wanted, side{set: set, times: 1, tiers: [tiers]*roaring.Bitmap{set, set, set}, weight: w})
		}
		c := s.weigh(0)
		if got, want := c.set.ToArray(), union(s.sets()).ToArray(); len(got) != len(want) {
			rt.Fatalf("weighed %d, want %d", got, want)
		}
		for i, w := range weights {
			if c.scores[i] != w {
				rt.Errorf("%d weighs %g, want %g", i, c.scores[i], w)
			}
		}
	})
}
