package index

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"afterbeep/index/engine"
)

// opened is a snapshot of one segment whose only document has the words.
func opened(t *testing.T, list ...string) *engine.Snapshot {
	t.Helper()
	return openedAll(t, list)
}

// openedAll is an index of documents of these words.
func openedAll(t *testing.T, docs ...[]string) *engine.Snapshot {
	t.Helper()
	e, err := engine.Open(t.TempDir(), 1)
	if err != nil {
		t.Fatal(err)
	}
	b := engine.NewBatch()
	for n, list := range docs {
		b.Update(strconv.Itoa(n+1), func(d *engine.Document) {
			d.ID = int64(n + 1)
			for i, w := range list {
				d.Place(engine.FieldText, w, uint32(i))
			}
		})
	}
	if err := e.Apply(b); err != nil {
		t.Fatal(err)
	}
	s, err := e.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.Close()
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// TestBeginningsAreCutWithANote holds that whoever does not get all words that
// begin so is told, in an index of one segment, too.
func TestBeginningsAreCutWithANote(t *testing.T) {
	t.Parallel()
	s := opened(t, "refund", "refunded", "refunds", "zebra")
	for left, cut := range map[int]bool{0: true, 2: true, 3: false, 4: false} {
		t.Run(fmt.Sprint(left, " left to look through"), func(t *testing.T) {
			e, err := newExpander(s, nil, &remarks{})
			if err != nil {
				t.Fatal(err)
			}
			e.listed = e.bounds.listed - left
			found, err := e.beginWith(t.Context(), "refun")
			if err != nil || len(found) != min(left, 3) {
				t.Errorf("found %q, error %v", found, err)
			}
			if got := len(e.remarks.list) > 0; got != cut {
				t.Errorf("notes %q", e.remarks.list)
			}
		})
	}
}

// TestTheMostFrequentBeginningsAreFound holds that what segments keep of a short
// beginning comes to the words that a walk through all of them finds, for words
// that are frequent in few segments, in all, or in none.
func TestTheMostFrequentBeginningsAreFound(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			s := frequencies(t, rand.New(rand.NewPCG(seed, 1)))
			if len(s.Segments) < 2 {
				t.Fatalf("%d segments, want several", len(s.Segments))
			}
			for _, prefix := range []string{"b", "b1", "b12", "c", "d"} {
				want, cut := walked(t, s, prefix)
				for _, again := range []string{"looked up", "kept"} {
					e, err := newExpander(s, nil, &remarks{})
					if err != nil {
						t.Fatal(err)
					}
					got, err := e.beginWith(t.Context(), prefix)
					if err != nil || !slices.Equal(got, want) {
						t.Errorf("%s, %s: %d words, error %v; want these %d: %s", prefix, again, len(got), err, len(want), cmp.Diff(want, got))
					}
					if noted := len(e.remarks.list) > 0; noted != cut {
						t.Errorf("%s: notes %q", prefix, e.remarks.list)
					}
				}
			}
		})
	}
}

// frequencies is an index of several segments: words that begin with b have a
// frequency that falls, those with c are all as rare.
func frequencies(t *testing.T, rng *rand.Rand) *engine.Snapshot {
	t.Helper()
	e, err := engine.Open(t.TempDir(), 1)
	if err != nil {
		t.Fatal(err)
	}
	id := 0
	for part := range 4 {
		b := engine.NewBatch()
		for range 400 {
			id++
			b.Update(strconv.Itoa(id), func(d *engine.Document) {
				d.ID = int64(id)
				for place := range 30 {
					n := int(math.Pow(2, rng.Float64()*12)) * (1 + part*(place%2))
					d.Place(engine.FieldText, fmt.Sprint("b", n), uint32(2*place))
					d.Place(engine.FieldText, fmt.Sprint("c", rng.IntN(100)), uint32(2*place+1))
				}
				for place := range 4 {
					d.Place(engine.FieldText, fmt.Sprint("b", rng.IntN(1_000_000)), uint32(100+place))
				}
			})
		}
		if err := e.Apply(b); err != nil {
			t.Fatal(err)
		}
	}
	s, err := e.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.Close()
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// walked are the most frequent words that begin with prefix, by going through
// all; cut says that there are more.
func walked(t *testing.T, s *engine.Snapshot, prefix string) (list []string, cut bool) {
	t.Helper()
	counts := make(map[string]uint64)
	for _, g := range s.Segments {
		err := g.Prefix(engine.FieldText, prefix, 0, func(term string, docs uint64) bool {
			counts[term] += docs
			return true
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	e, err := newExpander(s, nil, &remarks{})
	if err != nil {
		t.Fatal(err)
	}
	return e.mostFrequent(counts, "beginning with", prefix), len(counts) > maxExpansions
}

// TestLearntBeginningsAreThoseOfAWalk holds that what is looked up beforehand of
// a segment, in one walk, is what a walk for one beginning finds, and that words
// of few are left to searches.
func TestLearntBeginningsAreThoseOfAWalk(t *testing.T) {
	t.Parallel()
	s := frequencies(t, rand.New(rand.NewPCG(7, 1)))
	e, err := newExpander(s, nil, &remarks{})
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range s.Segments {
		r := &recalled{}
		if err := r.learn(t.Context(), g); err != nil {
			t.Fatal(err)
		}
		all := *r.kept.learnt.Load()
		for _, prefix := range []string{"b", "b1", "b9"} {
			want, err := e.topOf(t.Context(), g, prefix)
			if err != nil {
				t.Fatal(err)
			}
			got, learnt := all[prefix]
			if learnt != (want.rest > 0) || learnt && !cmp.Equal(got, want, cmp.AllowUnexported(topWords{})) {
				t.Errorf("%s: learnt %v, %s", prefix, learnt, cmp.Diff(want, got, cmp.AllowUnexported(topWords{})))
			}
		}
		for _, prefix := range []string{"c", "b12", ""} {
			if _, learnt := all[prefix]; learnt {
				t.Errorf("%q is learnt", prefix)
			}
		}
		if kept := len(all["b"].counts); kept == 0 || kept > keptBeginnings {
			t.Errorf("of b, %d words are kept", kept)
		}
	}
}
