package engine

import (
	"slices"
	"testing"

	"github.com/RoaringBitmap/roaring/v2"
	"pgregory.net/rapid"
)

// drawBitmap draws some containers, each sparse, dense or in runs.
func drawBitmap(t *rapid.T) *roaring.Bitmap {
	b := roaring.New()
	for range rapid.IntRange(0, 6).Draw(t, "containers") {
		base := rapid.Uint64Range(0, 9).Draw(t, "key") << 16
		switch rapid.IntRange(0, 3).Draw(t, "form") {
		case 0:
			for _, low := range rapid.SliceOf(rapid.Uint16()).Draw(t, "lows") {
				b.Add(uint32(base) | uint32(low))
			}
		case 1:
			step := rapid.Uint32Range(2, 15).Draw(t, "step")
			for low := rapid.Uint32Range(0, 9).Draw(t, "first"); low < 1<<16; low += step {
				b.Add(uint32(base) | low)
			}
		case 2:
			from := rapid.Uint64Range(0, 1<<16).Draw(t, "from")
			b.AddRange(base+from, base+rapid.Uint64Range(from, 1<<16).Draw(t, "to"))
		default:
			b.AddRange(base, base+1<<16)
		}
	}
	if rapid.Bool().Draw(t, "runs") {
		b.RunOptimize()
	}
	return b
}

// TestWrittenBitmaps compares what is read out of the bytes of a bitmap with
// what the bitmap has.
func TestWrittenBitmaps(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		b := drawBitmap(rt)
		raw, err := b.ToBytes()
		if err != nil {
			t.Fatal(err)
		}
		w := written(raw)
		if got := w.cardinality(); got != b.GetCardinality() {
			rt.Fatalf("%d documents, want %d", got, b.GetCardinality())
		}
		docs := b.ToArray()
		if got := w.appendTo([]uint32{}); !slices.Equal(docs, got) { // a diff of so many takes most of a test's time
			rt.Fatalf("the documents are not %v, but %v", docs[:min(len(docs), 100)], got[:min(len(got), 100)])
		}
		words := make([]uint64, 10<<16/64)
		w.addTo(words)
		if set := roaring.FromDense(words, true); !set.Equals(b) {
			rt.Fatalf("as bits they are %d, want %d", set.GetCardinality(), b.GetCardinality())
		}
		asked := rapid.SliceOf(rapid.Uint32Range(0, 10<<16)).Draw(rt, "asked")
		for _, at := range rapid.SliceOf(rapid.IntRange(0, max(len(docs)-1, 0))).Draw(rt, "there") {
			if len(docs) > 0 {
				asked = append(asked, docs[at], docs[at]+1)
			}
		}
		slices.Sort(asked)
		ranks := w.ranks()
		for _, doc := range asked {
			want, there := slices.BinarySearch(docs, doc)
			if got := ranks.rank(doc); got != want {
				rt.Fatalf("%d documents are below %d, want %d", got, doc, want)
			}
			if got, found := ranks.find(doc); got != want || found != there {
				rt.Fatalf("document %d is found %v behind %d, want %v and %d", doc, found, got, there, want)
			}
		}
	})
}

func TestStreamSkips(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		numbers := rapid.SliceOf(rapid.Uint64Range(0, 1<<20)).Draw(rt, "numbers")
		var s stream
		for _, n := range numbers {
			for ; n >= 0x80; n >>= 7 {
				s = append(s, byte(n)|0x80)
			}
			s = append(s, byte(n))
		}
		for at := 0; at < len(numbers); at++ {
			n := rapid.IntRange(0, len(numbers)-1-at).Draw(rt, "skip")
			s.skip(n)
			at += n
			if got := s.next(); got != numbers[at] {
				rt.Fatalf("number %d is %d, want %d", at, got, numbers[at])
			}
		}
	})
}
