package engine_test

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/RoaringBitmap/roaring/v2"
	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"afterbeep/index/engine"
)

// entry is a document as it was given.
type entry struct {
	id, left int64
	duration uint32
	words    []string
	keywords map[engine.Field]string
	has      []string
}

func (d entry) put(b *engine.Batch) {
	b.Update(fmt.Sprint(d.id), func(to *engine.Document) {
		to.ID, to.Left, to.Duration = d.id, d.left, d.duration
		for i, w := range d.words {
			to.Place(engine.FieldText, w, uint32(i))
			to.Add(engine.FieldSound, w, w)
		}
		for field, value := range d.keywords {
			to.Add(field, value)
		}
		to.Add(engine.FieldHas, d.has...)
	})
}

// model is all documents by id.
type model map[int64]entry

var vocabulary = []string{"a", "al", "all", "call", "calls", "clal", "cell", "köln", "東京", "x", "12345", "zebra"}

var columnFields = []engine.Field{engine.FieldBot, engine.FieldLang, engine.FieldQueue, engine.FieldAuthor}

func drawEntry(t *rapid.T) entry {
	d := entry{
		id: rapid.Int64Range(1, 40).Draw(t, "id"), duration: rapid.SampledFrom([]uint32{0, 1, 2047, 2048, 5000, math.MaxUint32}).Draw(t, "duration"),
		left: rapid.SampledFrom([]int64{engine.LeftUnknown, -1, 0, 1, 2047, 2048, 1 << 40, 1<<40 + 1, math.MaxInt64}).Draw(t, "left"),
		// Long texts, so that a word is there often.
		words:    rapid.SliceOfN(rapid.SampledFrom(vocabulary), 0, 30).Draw(t, "words"),
		has:      rapid.SliceOf(rapid.SampledFrom(engine.HasNames())).Draw(t, "has"),
		keywords: map[engine.Field]string{},
	}
	for _, field := range columnFields {
		d.keywords[field] = rapid.SampledFrom([]string{"", "one", "two", "three"}).Draw(t, field.String())
	}
	return d
}

// held is a snapshot with what it must have.
type held struct {
	s    *engine.Snapshot
	want model
}

// TestAgreesWithDocuments compares what snapshots have with what was given,
// while batches, writes to disk and merges go on.
func TestAgreesWithDocuments(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		dir, err := os.MkdirTemp(t.TempDir(), "")
		if err != nil {
			t.Fatal(err)
		}
		e, err := engine.Open(dir, 2)
		if err != nil {
			t.Fatal(err)
		}
		now, snapshots := model{}, []held{}
		defer func() {
			for _, h := range snapshots {
				h.s.Close()
			}
			if err := e.Close(); err != nil {
				t.Error(err)
			}
		}()
		for range rapid.IntRange(1, 6).Draw(rt, "rounds") {
			b := engine.NewBatch()
			for range rapid.IntRange(0, 12).Draw(rt, "changes") {
				d := drawEntry(rt)
				if rapid.IntRange(0, 3).Draw(rt, "delete") == 0 {
					b.Delete(fmt.Sprint(d.id))
					delete(now, d.id)
					continue
				}
				d.put(b)
				now[d.id] = d
			}
			apply(t, e, b, rapid.Bool().Draw(rt, "on disk"))
			if rapid.IntRange(0, 3).Draw(rt, "merge") == 0 {
				if err := e.Merge(t.Context()); err != nil {
					t.Fatal(err)
				}
				if err := e.Refresh(); err != nil {
					t.Fatal(err)
				}
			}
			s, err := e.Snapshot()
			if err != nil {
				t.Fatal(err)
			}
			snapshots = append(snapshots, held{s, maps.Clone(now)})
			compare(rt, snapshots[len(snapshots)-1])
		}
		compare(rt, snapshots[0]) // as it was, after all that has happened since
	})
}

func compare(t *rapid.T, h held) {
	if got := h.s.Docs(); got != uint64(len(h.want)) {
		t.Fatalf("%d documents, want %d", got, len(h.want))
	}
	seen := 0
	for _, seg := range h.s.Segments {
		if !seg.IsRaw() {
			t.Fatal("a segment is not read straight from its bytes")
		}
		for _, way := range []*engine.Segment{seg, seg.Slow()} {
			compareTerms(t, way, h.want)
			compareColumns(t, way, h.want)
			compareOrder(t, way)
		}
		seen += int(seg.Live().GetCardinality())
	}
	if seen != len(h.want) {
		t.Fatalf("the segments have %d documents, want %d", seen, len(h.want))
	}
	compareWithPlain(t, h)
}

// subset draws some documents of a segment, deleted ones too.
func subset(t *rapid.T, seg *engine.Segment) *roaring.Bitmap {
	out := roaring.New()
	for doc := range seg.Count() {
		if rapid.Bool().Draw(t, "in") {
			out.Add(doc)
		}
	}
	return out
}

func compareTerms(t *rapid.T, seg *engine.Segment, want model) {
	ids := seg.Columns().ID
	in := subset(t, seg)
	liveIn := roaring.And(in, seg.Live())
	several := rapid.SliceOf(rapid.SampledFrom(append(vocabulary, "ab", "cal"))).Draw(t, "several")
	listed := rapid.SampledFrom([]string{"a", "cal", "k", "z"}).Draw(t, "listed before")
	fatal(t, seg.Prefix(engine.FieldText, listed, rapid.IntRange(0, 2).Draw(t, "limit"), func(string, uint64) bool { return true }))
	union, err := seg.Union(engine.FieldText, several)
	fatal(t, err)
	wanted := roaring.New()
	for _, w := range several {
		docs, err := seg.Bitmap(engine.FieldText, w)
		fatal(t, err)
		wanted.Or(docs)
	}
	if !union.Equals(wanted) {
		t.Fatalf("%q together have %v, want %v", several, union, wanted)
	}
	for _, w := range vocabulary {
		docs, err := seg.Bitmap(engine.FieldText, w)
		fatal(t, err)
		n, err := seg.DocFreq(engine.FieldText, w)
		fatal(t, err)
		if n != docs.GetCardinality() {
			t.Fatalf("%q: DocFreq is %d of %d", w, n, docs.GetCardinality())
		}
		if sounds, err := seg.Bitmap(engine.FieldSound, w); err != nil || !sounds.Equals(docs) {
			t.Fatalf("%q: the documents of its sound are %v, want %v (%v)", w, sounds, docs, err)
		}
		live := roaring.And(docs, seg.Live())
		got := map[int64]string{}
		fatal(t, seg.Weights(engine.FieldText, w, nil, func(doc, freq, length uint32) {
			if seg.Live().Contains(doc) {
				got[ids[doc]] = fmt.Sprint(freq, " of ", length)
			}
		}))
		places := map[int64]string{}
		fatal(t, seg.Positions(engine.FieldText, w, liveIn, func(doc uint32, positions []uint32) {
			places[ids[doc]] = fmt.Sprint(positions)
		}))
		asked, err := seg.Places(engine.FieldText, w, in)
		fatal(t, err)
		for it := in.Iterator(); it.HasNext(); {
			doc := it.Next()
			got := fmt.Sprint(asked.In(doc, nil))
			if want, there := places[ids[doc]]; there && got != want || docs.Contains(doc) != (got != "[]") {
				t.Fatalf("%q is asked for at %s, want %s", w, got, want)
			}
		}
		wantWeights, wantPlaces := map[int64]string{}, map[int64]string{}
		for doc := range seg.Count() {
			if !seg.Live().Contains(doc) {
				continue
			}
			d := want[ids[doc]]
			var at []uint32
			for i, have := range d.words {
				if have == w {
					at = append(at, uint32(i))
				}
			}
			if live.Contains(doc) != (len(at) > 0) {
				t.Fatalf("%q: document %d is among its documents: %v", w, doc, live.Contains(doc))
			}
			if len(at) > 0 {
				wantWeights[d.id] = fmt.Sprint(len(at), " of ", len(d.words))
				if in.Contains(doc) {
					wantPlaces[d.id] = fmt.Sprint(at)
				}
			}
		}
		same(t, w+": weights", wantWeights, got)
		same(t, w+": places", wantPlaces, places)
		compareSome(t, seg, w, in)
	}
	compareDictionary(t, seg)
}

// compareSome expects the weights of some documents to be those of all.
func compareSome(t *rapid.T, seg *engine.Segment, w string, in *roaring.Bitmap) {
	read := func(in *roaring.Bitmap) (out []string) {
		last := -1
		fatal(t, seg.Weights(engine.FieldText, w, in, func(doc, freq, length uint32) {
			if int(doc) <= last {
				t.Fatalf("%q: document %d comes behind %d", w, doc, last)
			}
			last = int(doc)
			out = append(out, fmt.Sprint(doc, freq, length))
		}))
		return out
	}
	docs, err := seg.Bitmap(engine.FieldText, w)
	fatal(t, err)
	var want []string
	all := read(nil)
	for i, doc := range docs.ToArray() {
		if in.Contains(doc) {
			want = append(want, all[i])
		}
	}
	same(t, w+": weights of some", want, read(in))
}

func compareDictionary(t *rapid.T, seg *engine.Segment) {
	terms := map[string]uint64{}
	fatal(t, seg.Prefix(engine.FieldText, "", 0, func(term string, docs uint64) bool {
		terms[term] = docs
		return true
	}))
	for _, w := range vocabulary {
		n, err := seg.DocFreq(engine.FieldText, w)
		fatal(t, err)
		if terms[w] != n {
			t.Fatalf("the dictionary has %d documents for %q, want %d", terms[w], w, n)
		}
	}
	for _, prefix := range []string{"a", "cal", "k", "東", "z", "\xff"} {
		var got, want []string
		fatal(t, seg.Prefix(engine.FieldText, prefix, 2, func(term string, docs uint64) bool {
			got = append(got, fmt.Sprint(term, docs))
			return true
		}))
		for _, term := range slices.Sorted(maps.Keys(terms)) {
			if strings.HasPrefix(term, prefix) && len(want) < 2 {
				want = append(want, fmt.Sprint(term, terms[term]))
			}
		}
		same(t, "beginning with "+prefix, want, got)
	}
	for _, w := range []string{"call", "clal", "kölm", "東", "l", "zebr"} {
		var got, want []string
		fatal(t, seg.OneEdit(engine.FieldText, w, func(term string) bool {
			got = append(got, term)
			return true
		}))
		for _, term := range slices.Sorted(maps.Keys(terms)) {
			if oneEdit(w, term) {
				want = append(want, term)
			}
		}
		same(t, "one edit from "+w, want, got)
	}
}

// oneEdit is the definition, the slow way.
func oneEdit(a, b string) bool {
	if a == b {
		return true
	}
	x := []rune(a)
	for i := 0; i <= len(x); i++ {
		for _, r := range b {
			if string(slices.Insert(slices.Clone(x), i, r)) == b {
				return true
			}
			if i < len(x) && string(slices.Concat(x[:i], []rune{r}, x[i+1:])) == b {
				return true
			}
		}
		if i < len(x) && string(slices.Concat(x[:i], x[i+1:])) == b {
			return true
		}
		if i+1 < len(x) && string(slices.Concat(x[:i], []rune{x[i+1], x[i]}, x[i+2:])) == b {
			return true
		}
	}
	return utf8.RuneCountInString(a) == 0 && utf8.RuneCountInString(b) <= 1
}

func compareColumns(t *rapid.T, seg *engine.Segment, want model) {
	c := seg.Columns()
	hits := subset(t, seg)
	for doc := range seg.Count() {
		if !seg.Live().Contains(doc) {
			continue
		}
		d := want[c.ID[doc]]
		if c.Left[doc] != d.left || c.Duration[doc] != d.duration {
			t.Fatalf("left %d for %d, want %d for %d", c.Left[doc], c.Duration[doc], d.left, d.duration)
		}
		for i, name := range engine.HasNames() {
			if got := c.Has[doc]>>i&1 == 1; got != slices.Contains(d.has, name) {
				t.Fatalf("has %s: %v, want %v", name, got, d.has)
			}
		}
		for _, field := range columnFields {
			column := c.ColumnOf(field)
			if got := column.Names[column.At(doc)]; got != d.keywords[field] {
				t.Fatalf("%s is %q, want %q", field, got, d.keywords[field])
			}
		}
	}
	for _, field := range columnFields {
		column := c.ColumnOf(field)
		got, err := seg.CountValues(hits, column)
		fatal(t, err)
		counts := make([]int, len(column.Names))
		for _, doc := range hits.ToArray() {
			counts[column.At(doc)]++
		}
		same(t, field.String(), counts, got)
		keep := map[string]bool{}
		for _, name := range column.Names {
			keep[name] = rapid.Bool().Draw(t, "keep")
		}
		kept, err := seg.Keyword(column, func(name string) bool { return keep[name] })
		fatal(t, err)
		for doc := range seg.Count() {
			if kept.Contains(doc) != keep[column.Names[column.At(doc)]] {
				t.Fatalf("%s: document %d is kept: %v", field, doc, kept.Contains(doc))
			}
		}
	}
	for _, name := range engine.HasNames() {
		n, err := seg.CountHas(hits, name)
		fatal(t, err)
		if docs, err := seg.Bitmap(engine.FieldHas, name); err != nil || uint64(n) != docs.AndCardinality(hits) {
			t.Fatalf("%d have %s, want %d (%v)", n, name, docs.AndCardinality(hits), err)
		}
	}
}

func compareOrder(t *rapid.T, seg *engine.Segment) {
	c := seg.Columns()
	hits := subset(t, seg)
	order := hits.ToArray()
	slices.SortFunc(order, func(a, b uint32) int {
		return cmp.Or(cmp.Compare(c.Left[a], c.Left[b]), cmp.Compare(c.ID[a], c.ID[b]))
	})
	// Only one of the versions of a voicemail is ever live.
	hits.And(seg.Live())
	order = slices.DeleteFunc(order, func(doc uint32) bool { return !hits.Contains(doc) })
	newest := slices.Clone(order)
	slices.Reverse(newest)
	k := rapid.IntRange(1, 8).Draw(t, "k")
	for _, way := range []struct {
		name  string
		want  []uint32
		first func(*roaring.Bitmap, int, engine.Span) []uint32
	}{{"newest", newest, seg.Newest}, {"oldest", order, seg.Oldest}} {
		same(t, way.name, prefixOf(way.want, k), orNone(way.first(hits, k, engine.Span{})))
		for i, doc := range way.want {
			at := &engine.Place{Left: c.Left[doc], ID: c.ID[doc]}
			same(t, way.name+" behind", prefixOf(way.want[i+1:], k), orNone(way.first(hits, k, engine.Span{Behind: at})))
			same(t, way.name+" before", prefixOf(way.want[:i], k), orNone(way.first(hits, k, engine.Span{Before: at})))
			last := rapid.IntRange(i, len(way.want)-1).Draw(t, "last")
			within := engine.Span{Behind: at, Before: &engine.Place{Left: c.Left[way.want[last]], ID: c.ID[way.want[last]]}}
			same(t, way.name+" within", prefixOf(way.want[min(i+1, last):last], k), orNone(way.first(hits, k, within)))
		}
	}
	edges := []int64{-5, 0, 1, 2048, 1 << 40, 1<<40 + 1, 1 << 50}
	got, counts := seg.CountTimes(hits, edges), make([]int, len(edges)-1)
	for i := range counts {
		between := seg.Between(hits, edges[i], edges[i+1])
		for _, doc := range order {
			if is := c.Left[doc] >= edges[i] && c.Left[doc] < edges[i+1]; is != between.Contains(doc) {
				t.Fatalf("%d is between %d and %d: %v", c.Left[doc], edges[i], edges[i+1], !is)
			} else if is {
				counts[i]++
			}
		}
	}
	same(t, "times", counts, got)
	lengths := []uint32{0, 1, 2048, 5000}
	got, counts = seg.CountDurations(hits, engine.NewLengths(lengths)), make([]int, len(lengths))
	for _, doc := range order {
		at, _ := slices.BinarySearch(lengths, c.Duration[doc]+1)
		if c.Duration[doc] == math.MaxUint32 {
			at = len(lengths)
		}
		counts[at-1]++
	}
	same(t, "durations", counts, got)
	for _, below := range []uint32{2048, 5000} {
		lasting, err := seg.Lasting(1, below)
		if err != nil {
			t.Fatal(err)
		}
		for doc := range seg.Count() {
			if d := c.Duration[doc]; lasting.Contains(doc) != (d > 0 && d < below) {
				t.Fatalf("%d is below %d: %v", d, below, lasting.Contains(doc))
			}
		}
	}
}

func orNone(docs []uint32) []uint32 { return append([]uint32{}, docs...) }

func prefixOf(docs []uint32, k int) []uint32 { return orNone(docs[:min(k, len(docs))]) }

// compareWithPlain reads the live documents as plain Bleve does.
func compareWithPlain(t *rapid.T, h held) {
	for _, w := range vocabulary {
		got, want := map[string]string{}, map[string]string{}
		for _, seg := range h.s.Segments {
			fatal(t, seg.Weights(engine.FieldText, w, seg.Live(), func(doc, freq, length uint32) {
				norm := float32(1 / math.Sqrt(float64(length)))
				fatal(t, seg.Positions(engine.FieldText, w, roaring.BitmapOf(doc), func(_ uint32, at []uint32) {
					got[fmt.Sprint(seg.Columns().ID[doc])] = fmt.Sprint(freq, norm, at)
				}))
			}))
		}
		plain := h.s.Plain()
		r, err := plain.TermFieldReader(context.Background(), []byte(w), engine.FieldText.String(), true, true, true)
		fatal(t, err)
		for {
			d, err := r.Next(nil)
			fatal(t, err)
			if d == nil {
				break
			}
			id, err := plain.ExternalID(d.ID)
			fatal(t, err)
			at := []uint32{}
			for _, v := range d.Vectors {
				at = append(at, uint32(v.Pos-1))
			}
			want[id] = fmt.Sprint(d.Freq, float32(d.Norm), at)
		}
		fatal(t, r.Close())
		same(t, w+" of plain Bleve", want, got)
	}
}

func fatal(t interface{ Fatal(...any) }, err error) {
	if err != nil {
		t.Fatal(err)
	}
}

func same(t interface{ Fatalf(string, ...any) }, what string, want, got any) {
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Fatalf("%s: -want +got\n%s", what, diff)
	}
}
