package engine_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"afterbeep/index/engine"
)

// TestLowest compares what is found in passing with sorting all, with many values
// that are equal and in every order.
func TestLowest(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Uint32Range(0, rapid.SampledFrom([]uint32{1, 9, 1 << 30}).Draw(t, "range")), 0, 400).Draw(t, "values")
		switch rapid.SampledFrom([]string{"as drawn", "ascending", "descending"}).Draw(t, "order") {
		case "ascending":
			slices.Sort(values)
		case "descending":
			slices.Sort(values)
			slices.Reverse(values)
		}
		k := rapid.IntRange(1, 60).Draw(t, "k")
		l := engine.NewLowest[uint32](k, rapid.IntRange(0, 500).Draw(t, "announced"))
		for _, v := range values {
			l.Add(v)
		}
		got := l.Sorted()
		if want := slices.Sorted(slices.Values(values)); !slices.Equal(got, want[:min(k, len(want))]) {
			t.Fatalf("the %d lowest of %v are %v", k, values, got)
		}
		if bound, full := l.Bound(); full && bound != got[len(got)-1] {
			t.Fatalf("bound %d, the last is %d", bound, got[len(got)-1])
		}
	})
}
