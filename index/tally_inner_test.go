package index

import (
	"testing"

	"github.com/RoaringBitmap/roaring/v2"
	"pgregory.net/rapid"
)

// TestTallyCounts holds that counting many documents at a time gives what
// counting one by one does.
func TestTallyCounts(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		documents := rapid.Uint32Range(1, 2000).Draw(t, "documents")
		counts := make([]int, documents)
		tally := newTally(documents)
		sum := 0
		for range rapid.IntRange(0, 12).Draw(t, "sets") {
			set := roaring.New()
			times := rapid.IntRange(1, 5).Draw(t, "times")
			step := rapid.Uint32Range(1, 40).Draw(t, "step")
			for doc := rapid.Uint32Range(0, documents-1).Draw(t, "first"); doc < documents; doc += step {
				set.Add(doc)
				counts[doc] += times
			}
			set.RunOptimize()
			tally.add(set, times)
			sum += times
		}
		for n := 1; n <= sum+1; n++ {
			want := roaring.New()
			for doc, count := range counts {
				if count >= n {
					want.Add(uint32(doc))
				}
			}
			if got := tally.atLeast(n); !got.Equals(want) {
				t.Fatalf("at least %d: %v, want %v", n, got, want)
			}
		}
	})
}

// TestTalliedSidesAgree holds that words side by side are counted alike where
// they are frequent and where they are rare.
func TestTalliedSidesAgree(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		one, other := &sides{documents: 1 << 20}, &sides{}
		for range rapid.IntRange(1, 8).Draw(t, "sides") {
			set := roaring.New()
			set.AddRange(0, uint64(rapid.IntRange(0, 30).Draw(t, "many")))
			set.AddMany(rapid.SliceOfN(rapid.Uint32Range(0, 99), 0, 20).Draw(t, "others"))
			w := side{set: set, times: rapid.IntRange(1, 3).Draw(t, "times")}
			one.wanted, other.wanted = append(one.wanted, w), append(other.wanted, w)
			one.all += w.times
		}
		other.all, other.documents = one.all, 100
		one.sort()
		other.sort()
		for enough := range one.all + 1 {
			if a, b := one.inAtLeast(enough+1), other.inAtLeast(enough+1); !a.Equals(b) {
				t.Fatalf("at least %d: %v and %v", enough+1, a, b)
			}
		}
	})
}

// TestLongQueriesAreScoredByTheRarest holds that few words decide the order where
// many are frequent, that some always do, and that arriving voicemails don't
// change which.
func TestLongQueriesAreScoredByTheRarest(t *testing.T) {
	t.Parallel()
	leaves := func(n int, df, all uint64) (out []*leaf) {
		for range n {
			out = append(out, &leaf{rarity: rarity(df, all)})
		}
		return out
	}
	for _, tc := range []struct {
		name    string
		n       int
		df, all uint64
		now     uint64 // voicemails by now
		part    int
		want    int
	}{
		{"few, frequent", 5, 900_000, 1_000_000, 1_000_000, 1, 5},
		{"many, frequent", 50, 500_000, 1_000_000, 1_000_000, 1, leastScored},
		{"many, rare", 50, 1000, 1_000_000, 1_000_000, 1, 50},
		{"too many, rare", 500, 10, 1_000_000, 1_000_000, 1, maxScored},
		{"some", 50, 50_000, 1_000_000, 1_000_000, 1, 9},
		{"some, later", 50, 50_000, 1_000_000, 1_010_000, 1, 9},
		{"small archive", 50, 900, 1000, 1000, 1, 50},
		{"many alternatives, frequent", 50, 500_000, 1_000_000, 1_000_000, 2, leastScored / 2},
		{"many alternatives, rare", 50, 1000, 1_000_000, 1_000_000, 2, maxScored / 2},
		{"many alternatives, some", 50, 50_000, 1_000_000, 1_000_000, 2, 4},
		{"many alternatives, some, later", 50, 50_000, 1_000_000, 1_010_000, 2, 4},
	} {
		if got := affordable(leaves(tc.n, tc.df, tc.all), tc.now, tc.part); got != tc.want {
			t.Errorf("%s: %d of %d words, want %d", tc.name, got, tc.n, tc.want)
		}
	}
}

// TestCandidatesAreFound holds that looking up the place of a candidate tells the
// same as searching for it, before and after some were left out.
func TestCandidatesAreFound(t *testing.T) {
	t.Parallel()
	for _, step := range []uint32{1, 3, placedShare + 1} {
		set := roaring.New()
		for doc := step; doc < 4*leastPlaced*step; doc += step {
			set.Add(doc)
		}
		c := newCandidates(set)
		check := func() {
			t.Helper()
			for i, doc := range c.docs {
				if got := c.find(0, doc); got != i {
					t.Fatalf("every %d: %d is candidate %d, want %d", step, doc, got, i)
				}
			}
			if placed := c.places != nil; placed != (step < placedShare) {
				t.Fatalf("every %d: places are noted: %v", step, placed)
			}
		}
		check()
		for i := range c.scores {
			c.scores[i] = float32(i % 2)
		}
		if c.prune(1, 0, 0.1); step == 1 && len(c.docs) != 2*leastPlaced-1 {
			t.Fatalf("%d are left", len(c.docs))
		}
		if step == 1 {
			check()
		}
	}
}
