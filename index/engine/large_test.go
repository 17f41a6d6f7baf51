package engine_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/RoaringBitmap/roaring/v2"

	"afterbeep/index/engine"
)

// TestManyDocuments compares both ways to read a segment that is large enough
// for every form that postings have.
func TestManyDocuments(t *testing.T) {
	const n = 70_000
	s := snapshot(t, build(t, n, false))
	for _, seg := range s.Segments {
		if !seg.IsRaw() {
			t.Fatal("the segment is not read straight from its file")
		}
		c := seg.Columns()
		for doc := range seg.Count() {
			if d := synthetic(c.ID[doc], false); d.left != c.Left[doc] || d.duration != c.Duration[doc] ||
				d.keywords[engine.FieldAuthor] != c.Author.Names[c.Author.At(doc)] {
				t.Fatalf("document %d has other columns than it was given", doc)
			}
		}
		sets := []*roaring.Bitmap{nil, roaring.New(), roaring.BitmapOf(0, 65535, 65536, seg.Count()-1)}
		for _, step := range []uint32{1, 2, 100, 5000} {
			set := roaring.New()
			for doc := step - 1; doc < seg.Count(); doc += step {
				set.Add(doc)
			}
			sets = append(sets, set)
		}
		for _, w := range []string{"w0", "w1", "w2", "w50", "w1000", "w100000", "none"} {
			for i, in := range sets {
				compareReads(t, fmt.Sprint(w, " in set ", i), seg, w, in)
			}
		}
		compareCounts(t, seg, sets[3:])
		all := []string{"w1", "w2", "w50", "w1000", "w100000", "none"}
		got, err := seg.Union(engine.FieldText, all)
		fatal(t, err)
		want, err := seg.Slow().Union(engine.FieldText, all)
		fatal(t, err)
		if !got.Equals(want) {
			t.Errorf("both unions differ: %d and %d documents", got.GetCardinality(), want.GetCardinality())
		}
	}
}

func compareReads(t *testing.T, what string, seg *engine.Segment, w string, in *roaring.Bitmap) {
	t.Helper()
	read := func(seg *engine.Segment) (out []uint32) {
		weigh := func(doc, freq, length uint32) { out = append(out, doc, freq, length) }
		fatal(t, seg.Weights(engine.FieldText, w, in, weigh))
		fatal(t, seg.Weights(engine.FieldBot, "st-7", in, weigh)) // has no lengths
		fatal(t, seg.Positions(engine.FieldText, w, in, func(doc uint32, at []uint32) {
			out = append(append(out, doc), at...)
		}))
		n, err := seg.DocFreq(engine.FieldText, w)
		fatal(t, err)
		docs, err := seg.Bitmap(engine.FieldText, w)
		fatal(t, err)
		return append(out, uint32(n), uint32(docs.GetCardinality()))
	}
	if got, want := read(seg), read(seg.Slow()); !slices.Equal(got, want) {
		t.Errorf("%s: both ways to read it differ: %d and %d numbers", what, len(got), len(want))
	}
}

func compareCounts(t *testing.T, seg *engine.Segment, sets []*roaring.Bitmap) {
	c := seg.Columns()
	for _, keep := range []string{"st-1 st-2", "st-1", "st-2", "st-1 st-2", ""} { // the last of them kept
		set, err := seg.Keyword(&c.Bot, func(name string) bool { return name == "" || strings.Contains(keep, name) })
		fatal(t, err)
		for doc := range seg.Count() {
			name := c.Bot.Names[c.Bot.At(doc)]
			if want := name == "st-1" && keep != "st-2" && keep != "" || name == "st-2" && keep != "st-1" && keep != ""; set.Contains(doc) != want {
				t.Fatalf("%q: document %d of %s is there: %v", keep, doc, name, !want)
			}
		}
	}
	edges := []int64{c.Left[0] - 1<<40, c.Left[0], c.Left[0] + 1<<36, c.Left[0] + 1<<40}
	for i, in := range sets {
		bots, times := make([]int, len(c.Bot.Names)), make([]int, len(edges)-1)
		for _, doc := range in.ToArray() {
			bots[c.Bot.At(doc)]++
			if at, ok := slices.BinarySearch(edges, c.Left[doc]); ok && at < len(times) {
				times[at]++
			} else if !ok && at > 0 && at <= len(times) {
				times[at-1]++
			}
		}
		got, err := seg.CountValues(in, &c.Bot)
		fatal(t, err)
		same(t, fmt.Sprint("bots of set ", i), bots, got)
		same(t, fmt.Sprint("times of set ", i), times, seg.CountTimes(in, edges))
		for j := range times {
			if n := seg.Between(in, edges[j], edges[j+1]).GetCardinality(); int(n) != times[j] {
				t.Errorf("%d documents of set %d in bucket %d, want %d", n, i, j, times[j])
			}
		}
	}
}
